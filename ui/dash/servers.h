/* servers.h: servers as people think of them: the many addresses of one name
 * and port are one row. */
#pragma once
#include "inventory/query.h"

struct server_group {
	char *id;         /* "smtp.example.com:587", "[2001:db8::25]:25" */
	const char *name; /* NULL: only its address is known */
	const char *service;
	unsigned port;
	const struct server **v; /* those that it is made of, most used first */
	size_t n;
	struct names devices; /* ids, each once, in order; the texts are v's */
	struct names offered; /* mechanisms offered in clear; the same */
	bool starttls;
	uint64_t sessions, messages;
	uint64_t by_use[USE_BASIC + 1]; /* sessions by their own verdict */
	int64_t first_seen, last_seen;
};

struct server_groups {
	struct server_list *list;
	struct server_group *v;
	size_t n;
};

/* Takes list. NULL if memory is out. */
struct server_groups *server_groups_from(struct server_list *list);
void server_groups_free(struct server_groups *g);
/* A mechanism that a password can be taken from is offered without TLS. */
bool server_offers_clear(const struct server_group *v);
/* Microsoft's own: Exchange Online or Outlook. */
bool server_is_cloud(const struct server_group *v);
