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
/* Of all servers at once, device by device, as both tables lie. */
static const char devices_sql[] = "SELECT d.device, t.value "
	"FROM device_ends d CROSS JOIN end_tally t ON t.kind = ?1 "
	"AND t.\"end\" = d.\"end\" ORDER BY d.device";
static const char end_sql[] = "SELECT scope, ip, port FROM ends WHERE id = ?1";

enum { SERVERS, DNS, FACTS, USE, BY_USE, DEVICES, END, STATEMENTS };

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

/* An end of a server and which of the list it is. */
struct server_end {
	int64_t id;
	size_t at; /* SIZE_MAX: none of them */
};

/* What devices are counted with, while the list is made. */
struct counting {
	struct server_list *l;
	char **scopes; /* of its servers */
	struct server_end *v; /* by id */
	size_t n;
};

static int compare(const struct counting *c, size_t at, sqlite3_stmt *s)
{
	const char *ip = (const char *)sqlite3_column_text(s, 1);
	const char *scope = (const char *)sqlite3_column_text(s, 0);
	int64_t port = sqlite3_column_int64(s, 2);
	const struct server *v = &c->l->v[at];
	int by = strcmp(v->ip ? v->ip : "", ip ? ip : "");

	if (by != 0)
		return by;
	if (v->port != port)
		return v->port < port ? -1 : 1;
	return strcmp(c->scopes[at], scope ? scope : "");
}

/* The server whose key is in the statement's row. */
static size_t server_at(const struct counting *c, sqlite3_stmt *s)
{
	size_t low = 0, high = c->l->n;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int by = compare(c, middle, s);

		if (by == 0)
			return middle;
		if (by < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return SIZE_MAX;
}

/* One server has an end for each router that its frames came by. */
static bool server_of_end(struct counting *c, sqlite3_stmt *s, int64_t id,
	size_t *at, struct err *e)
{
	size_t low = 0, high = c->n;
	bool row;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (c->v[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == c->n || c->v[low].id != id) {
		sql_bind(s, 1, id);
		if (!sql_row(s, &row, e))
			return false;
		*at = row ? server_at(c, s) : SIZE_MAX;
		sql_reset(s);
		c->v = xgrow(c->v, c->n, sizeof *c->v);
		memmove(c->v + low + 1, c->v + low,
			(c->n - low) * sizeof *c->v);
		c->v[low] = (struct server_end){id, *at};
		c->n++;
	}
	*at = c->v[low].at;
	return true;
}

/* Devices come in order, so each is the last one or new. */
static void add_device(struct server *v, const char *id)
{
	if (v->devices > 0 &&
		strcmp(v->device_ids.v[v->device_ids.n - 1], id) == 0)
		return;
	names_add(&v->device_ids, id);
	v->devices = v->device_ids.n;
}

static bool count_devices(sqlite3_stmt *const *s, struct counting *c,
	struct err *e)
{
	bool row, ok;
	size_t at;

	sql_bind(s[DEVICES], 1, TALLY_SERVER);
	while ((ok = sql_row(s[DEVICES], &row, e)) && row) {
		const char *id =
			(const char *)sqlite3_column_text(s[DEVICES], 0);

		ok = server_of_end(c, s[END],
			sqlite3_column_int64(s[DEVICES], 1), &at, e);
		if (!ok)
			break;
		if (id && at != SIZE_MAX)
			add_device(&c->l->v[at], id);
	}
	return ok;
}

static bool read_servers(const struct concluding *c, sqlite3_stmt *const *s,
	struct server_list *l, struct err *e)
{
	struct counting n = {.l = l};
	bool row, ok;
	size_t cap = 0;

	while ((ok = sql_row(s[SERVERS], &row, e)) && row) {
		if (l->n == cap) {
			cap = cap > 0 ? 2 * cap : 64;
			l->v = xrealloc(l->v, cap, sizeof *l->v);
			n.scopes = xrealloc(n.scopes, cap, sizeof *n.scopes);
		}
		n.scopes[l->n] = query_text(s[SERVERS], 0);
		if (!n.scopes[l->n])
			n.scopes[l->n] = xstrdup("");
		ok = read_server(c, s, &l->v[l->n++], e);
		if (!ok)
			break;
	}
	ok = ok && count_devices(s, &n, e);
	for (size_t i = 0; i < l->n; i++)
		free(n.scopes[i]);
	free(n.scopes);
	free(n.v);
	return ok;
}

bool query_servers(struct query *q, struct server_list **out, struct err *e)
{
	static const char *const sql[STATEMENTS] = {
		servers_sql, dns_sql, facts_sql, use_sql, by_use_sql,
		devices_sql, end_sql};
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
