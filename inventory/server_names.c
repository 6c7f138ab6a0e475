/* server_names.c: see server_names.h. */
#include "inventory/server_names.h"
#include "inventory/rules.h"
#include "inventory/server_facts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What was asked last: an office has few servers and many devices. */
enum { SLOTS = 1024 };

struct slot {
	char *label, *name, *service;
};

struct server_names {
	sqlite3_stmt *s;
	const struct providers *providers;
	const struct names *own;
	struct slot slots[SLOTS];
};

/* The sites whose private addresses these may be, and what DNS said. */
static const char sql[] = "SELECT kind, value FROM (SELECT kind, value, "
	"last_seen FROM server_facts WHERE scope IN "
	"(SELECT '' UNION SELECT site FROM sensors) AND ip = ?1 AND "
	"port = ?2 AND kind IN ('sni', 'proxied', 'certificate', 'host') "
	"UNION ALL SELECT * FROM (SELECT 'dns', value, last_seen "
	"FROM identities WHERE scope = '' AND kind = 'dns' AND subject IN "
	"(SELECT 'ip:' || ?1 UNION SELECT 'ip:' || site || '/' || ?1 "
	"FROM sensors) ORDER BY " QUERY_DNS_ORDER " LIMIT 1)) "
	"ORDER BY last_seen DESC, value LIMIT 256";

bool server_names_open(struct server_names **out, struct query *q,
	const struct names *own, struct err *e)
{
	struct server_names *s = xcalloc(1, sizeof *s);
	const struct rules *rules;

	s->own = own;
	if (!query_rules(q, &rules, e) ||
		!sql_prepare(query_handle(q), &s->s, sql, e)) {
		server_names_close(s);
		return false;
	}
	s->providers = rules_providers(rules);
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
		free(s->slots[i].service);
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

void server_label(const char *host, unsigned port, char *out, size_t cap)
{
	snprintf(out, cap, strchr(host, ':') ? "[%s]:%u" : "%s:%u", host,
		port);
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

static void conclude(const struct server_names *s, const char *ip,
	const char *port, const struct server_facts *known, struct slot *slot)
{
	struct endpoint_facts f = server_facts_of(known, ip, s->own);
	struct endpoint_service service;
	char name[TEXT_MAX];

	if (endpoint_name(&f, name) != ENDPOINT_UNNAMED) {
		free(slot->name);
		slot->name = xcalloc(strlen(name) + strlen(port) + 2, 1);
		stpcpy(stpcpy(stpcpy(slot->name, name), ":"), port);
	}
	if (endpoint_service(s->providers, &f, &service)) {
		free(slot->service);
		slot->service = xstrdup(service.of->service);
	}
}

static bool ask(struct server_names *s, const char *label, struct slot *slot,
	struct err *e)
{
	struct server_facts known = {0};
	char ip[TEXT_MAX];
	const char *port;
	bool row, ok;

	slot->label = xstrdup(label);
	slot->name = xstrdup(label);
	slot->service = xstrdup("other");
	if (!server_label_split(label, ip, &port))
		return true;
	sql_bind_text(s->s, 1, ip);
	sql_bind(s->s, 2, strtol(port, NULL, 10));
	while ((ok = sql_row(s->s, &row, e)) && row)
		server_facts_take(&known, s->s);
	sql_reset(s->s);
	if (ok)
		conclude(s, ip, port, &known, slot);
	server_facts_free(&known);
	return ok;
}

static bool find(struct server_names *s, const char *label,
	const struct slot **out, struct err *e)
{
	struct slot *slot = slot_of(s, label);

	*out = slot;
	if (slot->label && strcmp(slot->label, label) == 0)
		return true;
	free(slot->label);
	free(slot->name);
	free(slot->service);
	return ask(s, label, slot, e);
}

bool server_names_service(struct server_names *s, const char *label,
	const char **service, struct err *e)
{
	const struct slot *slot;

	if (!find(s, label, &slot, e))
		return false;
	*service = slot->service;
	return true;
}

bool server_names_apply(struct server_names *s, struct names *n,
	struct err *e)
{
	struct names named = {0};

	for (size_t i = 0; i < n->n; i++) {
		const struct slot *slot;

		if (!find(s, n->v[i], &slot, e)) {
			names_free(&named);
			return false;
		}
		if (!names_have(&named, slot->name))
			names_add(&named, slot->name);
	}
	names_free(n);
	*n = named;
	return true;
}
