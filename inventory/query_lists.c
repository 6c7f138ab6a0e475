/* query_lists.c: servers and the hours; see query.h. */
#include "capture/base/text.h"
#include "inventory/own.h"
#include "inventory/query_private.h"
#include "inventory/rules.h"
#include "inventory/server_facts.h"
#include "inventory/tally.h"
#include <stdlib.h>
#include <string.h>

/* --- servers --- */

static void add_text(struct names *n, sqlite3_stmt *s, int at)
{
	char *text = query_text(s, at);

	if (text && !names_have(n, text))
		names_add(n, text);
	free(text);
}

static const char servers_sql[] = "SELECT scope, ip, port, first_seen, "
	"last_seen FROM servers ORDER BY ip, port, scope";
static const char facts_sql[] = "SELECT kind, value FROM server_facts "
	"WHERE scope = ?1 AND ip = ?2 AND port = ?3 "
	"ORDER BY last_seen DESC, value LIMIT 256";
static const char dns_sql[] = QUERY_DNS_NAME;
static const char use_sql[] = "SELECT ifnull(sum(u.sessions), 0), "
	"ifnull(sum(u.messages), 0) FROM ends v JOIN end_use u "
	"ON u.\"end\" = v.id WHERE v.scope = ?1 AND v.ip = ?2 AND v.port = ?3";
static const char by_use_sql[] = "SELECT t.value, sum(t.n) FROM ends v "
	"JOIN end_tally t ON t.kind = ?4 AND t.\"end\" = v.id "
	"WHERE v.scope = ?1 AND v.ip = ?2 AND v.port = ?3 GROUP BY 1";
/* Of all servers at once: the tally lies in the order of clients. */
static const char devices_sql[] = "SELECT DISTINCT v.scope, v.ip, v.port, "
	"d.device FROM end_tally t JOIN ends v "
	"ON v.id = t.value JOIN device_ends d ON d.\"end\" = t.\"end\" "
	"WHERE t.kind = ?1 ORDER BY v.ip, v.port, v.scope, d.device";

enum { SERVERS, DNS, FACTS, USE, BY_USE, DEVICES, STATEMENTS };

static void server_free(struct server *v)
{
	free(v->ip);
	free(v->name);
	free(v->name_from);
	free(v->service);
	query_why_free(&v->why);
	names_free(&v->names);
	names_free(&v->banners);
	names_free(&v->offered);
	names_free(&v->seen_as);
	names_free(&v->device_ids);
}

void server_list_free(struct server_list *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		server_free(&l->v[i]);
	free(l->v);
	free(l);
}

static void take_fact(struct server *v, struct server_facts *known,
	sqlite3_stmt *s)
{
	char *kind = query_text(s, 0);

	if (server_facts_take(known, s))
		add_text(&v->names, s, 1);
	else if (!kind)
		return;
	else if (strcmp(kind, "greeting") == 0)
		add_text(&v->banners, s, 1);
	else if (strcmp(kind, "offered") == 0)
		add_text(&v->offered, s, 1);
	else if (strcmp(kind, "seen_as") == 0)
		add_text(&v->seen_as, s, 1);
	else if (strcmp(kind, "starttls") == 0)
		v->starttls = true;
	free(kind);
}

/* What all servers of a list are concluded with. */
struct concluding {
	const struct providers *providers;
	struct names own;
};

static void conclude(const struct concluding *c, struct server *v,
	const struct server_facts *known)
{
	struct endpoint_facts f = server_facts_of(known, v->ip, &c->own);
	struct endpoint_service service;
	char name[TEXT_MAX];
	enum endpoint_from from = endpoint_name(&f, name);

	if (from != ENDPOINT_UNNAMED) {
		v->name = xstrdup(name);
		v->name_from = xstrdup(endpoint_from_word(from));
	}
	endpoint_service(c->providers, &f, &service);
	query_why(&v->why, &v->service, &service);
}

static void bind_key(sqlite3_stmt *s, sqlite3_stmt *key)
{
	sql_bind_text(s, 1, (const char *)sqlite3_column_text(key, 0));
	sql_bind_text(s, 2, (const char *)sqlite3_column_text(key, 1));
	sql_bind(s, 3, sqlite3_column_int64(key, 2));
}

static bool read_server(const struct concluding *c, sqlite3_stmt *const *s,
	struct server *v, struct err *e)
{
	struct server_facts known = {0};
	bool row, ok;

	*v = (struct server){
		.ip = query_text(s[SERVERS], 1),
		.port = query_enum(s[SERVERS], 2, UINT16_MAX),
		.first_seen = sqlite3_column_int64(s[SERVERS], 3),
		.last_seen = sqlite3_column_int64(s[SERVERS], 4),
	};
	for (int i = FACTS; i <= BY_USE; i++)
		bind_key(s[i], s[SERVERS]);
	sql_bind(s[BY_USE], 4, TALLY_USE);
	while ((ok = sql_row(s[FACTS], &row, e)) && row)
		take_fact(v, &known, s[FACTS]);
	sql_reset(s[FACTS]);
	sql_bind_text(s[DNS], 1,
		(const char *)sqlite3_column_text(s[SERVERS], 0));
	sql_bind_text(s[DNS], 2, v->ip);
	if (ok && (ok = sql_row(s[DNS], &row, e)) && row) {
		known.dns = query_text(s[DNS], 0);
		add_text(&v->names, s[DNS], 0);
	}
	sql_reset(s[DNS]);
	conclude(c, v, &known);
	server_facts_free(&known);
	if (ok && (ok = sql_row(s[USE], &row, e)) && row) {
		v->sessions = query_count(s[USE], 0);
		v->messages = query_count(s[USE], 1);
	}
	v->role = v->why.way == WAY_OWN && v->messages > 0 ? ROLE_MTA
		: ROLE_DEVICE;
	sql_reset(s[USE]);
	while (ok && (ok = sql_row(s[BY_USE], &row, e)) && row)
		v->by_use[query_enum(s[BY_USE], 0, USE_BASIC)] +=
			query_count(s[BY_USE], 1);
	sql_reset(s[BY_USE]);
	return ok;
}

static int compare(sqlite3_stmt *a, sqlite3_stmt *b)
{
	const char *ip[] = {(const char *)sqlite3_column_text(a, 1),
		(const char *)sqlite3_column_text(b, 1)};
	const char *scope[] = {(const char *)sqlite3_column_text(a, 0),
		(const char *)sqlite3_column_text(b, 0)};
	int64_t port[] = {sqlite3_column_int64(a, 2),
		sqlite3_column_int64(b, 2)};
	int by = strcmp(ip[0] ? ip[0] : "", ip[1] ? ip[1] : "");

	if (by != 0)
		return by;
	if (port[0] != port[1])
		return port[0] < port[1] ? -1 : 1;
	return strcmp(scope[0] ? scope[0] : "", scope[1] ? scope[1] : "");
}

static void add_device(struct server *v, sqlite3_stmt *s)
{
	char *id = query_text(s, 3);

	if (id)
		names_add(&v->device_ids, id);
	free(id);
	v->devices = v->device_ids.n;
}

/* DEVICES is walked beside SERVERS: both are in the same order. */
static bool take_devices(sqlite3_stmt *const *s, bool *left,
	struct server *v, struct err *e)
{
	while (*left) {
		int by = compare(s[DEVICES], s[SERVERS]);

		if (by > 0)
			return true;
		if (by == 0)
			add_device(v, s[DEVICES]);
		if (!sql_row(s[DEVICES], left, e))
			return false;
	}
	return true;
}

static bool read_servers(const struct concluding *c, sqlite3_stmt *const *s,
	struct server_list *l, struct err *e)
{
	bool row, left, ok;
	size_t cap = 0;

	sql_bind(s[DEVICES], 1, TALLY_SERVER);
	ok = sql_row(s[DEVICES], &left, e);
	while (ok && (ok = sql_row(s[SERVERS], &row, e)) && row) {
		if (l->n == cap) {
			cap = cap > 0 ? 2 * cap : 64;
			l->v = xrealloc(l->v, cap, sizeof *l->v);
		}
		ok = read_server(c, s, &l->v[l->n++], e) &&
			take_devices(s, &left, &l->v[l->n - 1], e);
	}
	return ok;
}

bool query_servers(struct query *q, struct server_list **out, struct err *e)
{
	static const char *const sql[STATEMENTS] = {
		servers_sql, dns_sql, facts_sql, use_sql, by_use_sql,
		devices_sql};
	struct server_list *l = xcalloc(1, sizeof *l);
	sqlite3_stmt *s[STATEMENTS] = {0};
	struct concluding c = {0};
	const struct rules *rules = NULL;
	bool ok = query_begin(q, e);

	ok = ok && query_rules(q, &rules, e) && own_domains(q, &c.own, e);
	for (int i = 0; ok && i < STATEMENTS; i++)
		ok = sql_prepare(query_handle(q), &s[i], sql[i], e);
	if (ok)
		c.providers = rules_providers(rules);
	ok = ok && read_servers(&c, s, l, e);
	names_free(&c.own);
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(s[i]);
	query_end(q);
	if (!ok) {
		server_list_free(l);
		return false;
	}
	*out = l;
	return true;
}

/* --- the hours --- */

void timeline_free(struct timeline *t)
{
	if (!t)
		return;
	free(t->v);
	free(t);
}

bool query_timeline(struct query *q, int64_t since, struct timeline **out,
	struct err *e)
{
	static const char sql[] = "SELECT hour, use, sessions FROM timeline "
		"WHERE hour >= ?1 AND hour < 2562047788 ORDER BY hour, use";
	const int64_t us = 3600LL * 1000000;
	struct timeline *t = xcalloc(1, sizeof *t);
	sqlite3_stmt *s = NULL;
	size_t cap = 0;
	bool row = true, ok;

	ok = sql_prepare(query_handle(q), &s, sql, e);
	if (ok)
		sql_bind(s, 1, since > 0 ? since / us : 0);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		int64_t at = sqlite3_column_int64(s, 0) * us;
		uint64_t n = query_count(s, 2);

		if (t->n == cap) {
			cap = cap > 0 ? 2 * cap : 64;
			t->v = xrealloc(t->v, cap, sizeof *t->v);
		}
		if (t->n == 0 || t->v[t->n - 1].at != at)
			t->v[t->n++] = (struct timeline_hour){.at = at};
		t->v[t->n - 1].by_use[query_enum(s, 1, USE_BASIC)] =
			n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
	}
	sqlite3_finalize(s);
	if (!ok) {
		timeline_free(t);
		return false;
	}
	*out = t;
	return true;
}
