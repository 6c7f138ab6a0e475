/* query_private.h: what the files of the query share. */
#pragma once
#include "inventory/query.h"
#include "inventory/sql.h"

struct oui;

sqlite3 *query_handle(struct query *q);
const char *query_path(const struct query *q);
/* The registry of vendors, read when first asked for. */
bool query_vendors(struct query *q, struct oui **out, struct err *e);
/* The rules of what to do, read when first asked for. */
struct advices;
bool query_advices(struct query *q, struct advices **out, struct err *e);
/* Rules of the program and those that the inventory was concluded with. */
bool query_rules(struct query *q, const struct rules **out, struct err *e);
/* One's own domains, if anybody said which. */
const struct names *query_own(const struct query *q);
/* Of several names that lead to an address one that says mail, then the
 * last. */
#define QUERY_DNS_ORDER "value GLOB 'smtp*' OR value GLOB 'mail*' OR " \
	"value GLOB 'mx*' OR value GLOB '*.mail.*' DESC, last_seen DESC, value"
/* What the address ?2 of the site ?1 was called when somebody asked. */
#define QUERY_DNS_NAME "SELECT value FROM identities WHERE scope = '' AND " \
	"subject = 'ip:' || CASE ?1 WHEN '' THEN '' ELSE ?1 || '/' END || " \
	"?2 AND kind = 'dns' ORDER BY " QUERY_DNS_ORDER " LIMIT 1"
/* What is known of a service, as a copy; frees it. */
struct endpoint_service;
void query_why(struct service_why *w, char **service,
	const struct endpoint_service *s);
void query_why_free(struct service_why *w);
/* Services, recipients and advice of all devices of the list. */
bool query_advise(struct query *q, struct device_list *l, struct err *e);
/* The accounts that devices of the list are likely to have, and what follows
 * of that. */
bool query_candidates(struct query *q, struct device_list *l, struct err *e);
/* One snapshot for several statements. */
bool query_begin(struct query *q, struct err *e);
void query_end(struct query *q);
/* A statement that runs across calls: the connection must stay. */
void query_hold(struct query *q, int by);

/* What credentials were used for in the last day. */
struct use_hours {
	struct use_hour *v; /* by credential */
	size_t n;
	int64_t last; /* the hour since 1970 that hours end with */
};
bool use_hours_read(struct query *q, struct use_hours *out, struct err *e);
/* QUERY_DAY of them, the oldest first; NULL: it was not used. */
const uint32_t *use_hours_of(const struct use_hours *h, int64_t credential);
void use_hours_free(struct use_hours *h);

/* A text column as a clean copy: the file may come from anybody. NULL where
 * it is NULL. free() it. */
char *query_text(sqlite3_stmt *s, int at);
/* The same of a list with `between` between two entries. */
struct names query_names(sqlite3_stmt *s, int at, char between);
void names_add(struct names *n, const char *text);
bool names_have(const struct names *n, const char *text);
void names_free(struct names *n);
/* A number that an enum of so many values is made from. */
unsigned query_enum(sqlite3_stmt *s, int at, unsigned most);
uint64_t query_count(sqlite3_stmt *s, int at); /* never negative */
/* The 16 bytes of a session's key as hexadecimal digits. */
void query_hex(sqlite3_stmt *s, int at, char out[33]);
