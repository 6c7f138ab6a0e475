/* server_facts.h: what sessions told of a server, of each kind the newest, as
 * names and services are concluded from it. */
#pragma once
#include "inventory/endpoint.h"
#include "inventory/query_private.h"

struct server_facts {
	char *sni, *proxied, *dns, *certificate, *greeted;
	char *certificates; /* all names, a newline between two */
	size_t certificates_n;
};

/* The statement has the kind of a fact and its value as columns 0 and 1, the
 * newest first. True if the fact is a name. */
bool server_facts_take(struct server_facts *f, sqlite3_stmt *s);
void server_facts_free(struct server_facts *f);

/* Borrows from f, ip and own. */
struct endpoint_facts server_facts_of(const struct server_facts *f,
	const char *ip, const struct names *own);
