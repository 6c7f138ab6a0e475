/* server_names.c: see server_names.h. */
#include "inventory/server_names.h"
#include "capture/base/text.h"
#include <stdlib.h>
#include <string.h>

/* What was asked last: an office has few servers and many devices. */
enum { SLOTS = 1024 };

struct slot {
	char *label, *name;
};

struct server_names {
	sqlite3_stmt *s;
	struct slot slots[SLOTS];
};

/* DNS, a certificate or a greeting names a server only where no client said
 * whom it wanted, to the server or to a proxy; the last one said wins. */
static const char sql[] = "SELECT value FROM (SELECT value, last_seen, "
	"CASE kind WHEN 'sni' THEN 0 WHEN 'proxied' THEN 1 "
	"WHEN 'certificate' THEN 3 ELSE 4 END AS rank "
	"FROM server_facts WHERE scope IN "
	"(SELECT '' UNION SELECT site FROM sensors) AND ip = ?1 AND "
	"port = ?2 AND kind IN ('sni', 'proxied', 'certificate', 'host') "
	"UNION ALL SELECT * FROM (SELECT value, last_seen, 2 "
	"FROM identities WHERE scope = '' AND kind = 'dns' AND subject IN "
	"(SELECT 'ip:' || ?1 UNION SELECT 'ip:' || site || '/' || ?1 "
	"FROM sensors) ORDER BY " QUERY_DNS_ORDER " LIMIT 1)) "
	"ORDER BY rank, last_seen DESC, value LIMIT 1";

bool server_names_open(struct server_names **out, struct query *q,
	struct err *e)
{
	struct server_names *s = xcalloc(1, sizeof *s);

	if (!sql_prepare(query_handle(q), &s->s, sql, e)) {
		server_names_close(s);
		return false;
	}
	*out = s;
	return true;
}

void server_names_close(struct server_names *s)
{
	if (!s)
		return;
	sqlite3_finalize(s->s);
	for (size_t i = 0; i < SLOTS; i++) {
		free(s->slots[i].label);
		free(s->slots[i].name);
	}
	free(s);
}

static struct slot *slot_of(struct server_names *s, const char *label)
{
	uint32_t h = 2166136261; /* FNV-1a: a cache, not a table */

	for (; *label != '\0'; label++)
		h = (h ^ (uint8_t)*label) * 16777619;
	return &s->slots[h % SLOTS];
}

bool server_label_split(const char *label, char host[TEXT_MAX],
	const char **port)
{
	const char *colon = strrchr(label, ':');
	size_t n = colon ? (size_t)(colon - label) : 0;

	if (n == 0 || n >= TEXT_MAX)
		return false;
	if (label[0] == '[' && n > 2 && label[n - 1] == ']') {
		label++;
		n -= 2;
	}
	memcpy(host, label, n);
	host[n] = '\0';
	*port = colon + 1;
	return true;
}

static bool ask(struct server_names *s, const char *label, char **name,
	struct err *e)
{
	char ip[TEXT_MAX], *server;
	const char *port;
	bool row;

	*name = xstrdup(label);
	if (!server_label_split(label, ip, &port))
		return true;
	sql_bind_text(s->s, 1, ip);
	sql_bind(s->s, 2, strtol(port, NULL, 10));
	if (!sql_row(s->s, &row, e))
		return false;
	server = row ? query_text(s->s, 0) : NULL;
	sql_reset(s->s);
	if (server) {
		free(*name);
		*name = xcalloc(strlen(server) + strlen(port) + 2, 1);
		stpcpy(stpcpy(stpcpy(*name, server), ":"), port);
		free(server);
	}
	return true;
}

bool server_names_of(struct server_names *s, const char *label,
	const char **name, struct err *e)
{
	struct slot *slot = slot_of(s, label);

	if (!slot->label || strcmp(slot->label, label) != 0) {
		free(slot->label);
		free(slot->name);
		slot->label = xstrdup(label);
		if (!ask(s, label, &slot->name, e))
			return false;
	}
	*name = slot->name;
	return true;
}

bool server_names_apply(struct server_names *s, struct names *n,
	struct err *e)
{
	struct names named = {0};

	for (size_t i = 0; i < n->n; i++) {
		const char *name;

		if (!server_names_of(s, n->v[i], &name, e)) {
			names_free(&named);
			return false;
		}
		if (!names_have(&named, name))
			names_add(&named, name);
	}
	names_free(n);
	*n = named;
	return true;
}
