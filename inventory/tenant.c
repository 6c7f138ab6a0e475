/* tenant.c: see tenant.h. Facts are read in one snapshot; only what comes of
 * them is written, so that a capture is not kept waiting while they are held
 * against each other. */
#include "inventory/tenant.h"
#include "capture/base/hash.h"
#include "capture/base/text.h"
#include "inventory/endpoint.h"
#include "inventory/join.h"
#include "inventory/query_private.h"
#include "inventory/rules.h"
#include "inventory/verdict.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Servers of the provider whose sign-ins the logs have, by session profile: a
 * session with another one has no match in them. */
static const char temp_sql[] =
	"CREATE TABLE IF NOT EXISTS temp.provided (profile INTEGER NOT NULL,"
	"  server INTEGER NOT NULL, PRIMARY KEY (profile, server))"
	"  WITHOUT ROWID; DELETE FROM temp.provided;";
static const char servers_sql[] = "SELECT x.profile, x.server, "
	"(SELECT text FROM texts WHERE id = p.sni), "
	"(SELECT text FROM texts WHERE id = c.cn), "
	"(SELECT text FROM texts WHERE id = c.names), "
	"(SELECT text FROM texts WHERE id = x.banner), "
	"(SELECT text FROM texts WHERE id = x.proxied), v.scope, v.ip "
	"FROM (SELECT profile, server, max(banner) AS banner, "
	"max(proxied) AS proxied FROM sessions GROUP BY 1, 2) x "
	"JOIN profiles p ON p.id = x.profile AND p.tls > 0 "
	"JOIN ends v ON v.id = x.server "
	"LEFT JOIN certificates c ON c.id = p.certificate";

/* Names of one mailbox are one account. */
#define ACCOUNT_OF(id, name) "ifnull((SELECT n.account FROM tenant_names n " \
	"WHERE n.name = " name "), " id ")"
static const char accounts_sql[] = "SELECT " ACCOUNT_OF("a.id", "a.account")
	", a.account FROM tenant_accounts a UNION "
	"SELECT account, name FROM tenant_names ORDER BY 1, 2";
static const char events_sql[] = "SELECT " ACCOUNT_OF("a.id", "a.account")
	", e.at, e.kind, e.ip, e.outcome FROM tenant_events e "
	"JOIN tenant_accounts a ON a.id = e.account";
static const char uses_sql[] = "SELECT " ACCOUNT_OF("a.id", "a.account")
	", r.use FROM tenant_report r "
	"JOIN tenant_accounts a ON a.id = r.account";
/* Of whom there are events or reports; without any, all. */
static const char active_sql[] = "SELECT DISTINCT " ACCOUNT_OF("a.id",
	"a.account") " FROM tenant_accounts a WHERE a.id IN (SELECT account "
	"FROM tenant_events UNION SELECT account FROM tenant_report) ORDER BY 1";

static const char devices_sql[] =
	"SELECT device, froms FROM devices ORDER BY device";
static const char sensors_sql[] = "SELECT id FROM sensors ORDER BY id";
/* An account that was seen is not hidden; nor is one where lengths say that
 * none was used. */
static const char tries_sql[] = "SELECT s.client, s.sensor, s.first_seen, "
	"s.first_seen + s.lasted, a.after, a.account_min, a.account_max, "
	"a.outcome, (SELECT text FROM texts WHERE id = p.seen_as) "
	"FROM sessions s CROSS JOIN temp.provided v ON v.profile = s.profile "
	"AND v.server = s.server JOIN profiles p ON p.id = s.profile "
	"LEFT JOIN auth_events a ON a.session = s.session "
	"LEFT JOIN credentials c ON c.id = a.credential "
	"WHERE ifnull(c.account, 0) = 0 AND s.guess <> ?1";

/* Rows of numbers that are looked up by the first of them. */
struct numbers {
	struct number {
		int64_t key;
		uint32_t at;
	} *v;
	size_t n;
};

struct tenant {
	sqlite3 *h;
	char **names;     /* of accounts, each the one to show */
	struct join_account *accounts;
	uint8_t *uses;    /* of accounts, as the report says: auth_use */
	size_t accounts_n;
	struct numbers by_id, ends, sensors;
	char **devices;
	size_t devices_n;
	struct join_event *events;
	size_t events_n;
	struct join_try *tries;
	size_t tries_n;
	struct join_hint *hints;
	size_t hints_n;
};

static void put_number(struct numbers *l, int64_t key, uint32_t at)
{
	l->v = xgrow(l->v, l->n, sizeof *l->v);
	l->v[l->n++] = (struct number){key, at};
}

static int by_key(const void *x, const void *y)
{
	const struct number *a = x, *b = y;

	return a->key < b->key ? -1 : a->key > b->key;
}

static bool find_number(const struct numbers *l, int64_t key, uint32_t *at)
{
	struct number k = {.key = key};
	const struct number *found = l->n > 0 ? bsearch(&k, l->v, l->n,
		sizeof *l->v, by_key) : NULL;

	if (found)
		*at = found->at;
	return found != NULL;
}

/* Equal for equal addresses; 0 for none. Nobody gains by a collision. */
static uint64_t ip_number(const char *ip)
{
	static const uint8_t key[16] = {0};

	return ip && ip[0] != '\0' ? hash_sip(key, ip, strlen(ip)) | 1 : 0;
}

static const char *column(sqlite3_stmt *s, int at)
{
	return (const char *)sqlite3_column_text(s, at);
}

/* --- reading --- */

static bool put_provided(const struct providers *p, sqlite3_stmt *s,
	sqlite3_stmt *put, sqlite3_stmt *dns, struct err *e)
{
	struct endpoint_facts f = {
		.sni = column(s, 2), .cert_cn = column(s, 3),
		.cert_names = column(s, 4), .banner = column(s, 5),
		.proxied = column(s, 6), .ip = column(s, 8),
	};
	struct endpoint_service service;
	bool row;

	sql_bind_text(dns, 1, column(s, 7));
	sql_bind_text(dns, 2, column(s, 8));
	if (!sql_row(dns, &row, e))
		return false;
	f.dns = row ? column(dns, 0) : NULL;
	/* Its MX takes mail without an account. */
	if (endpoint_service(p, &f, &service) && service.of->demands &&
		strncmp(service.of->service, "exchange-online-",
			strlen("exchange-online-")) == 0) {
		sql_bind(put, 1, sqlite3_column_int64(s, 0));
		sql_bind(put, 2, sqlite3_column_int64(s, 1));
		row = sql_run(put, e);
	} else {
		row = true;
	}
	sql_reset(dns);
	return row;
}

static bool read_servers(struct tenant *t, const struct rules *rules,
	struct err *e)
{
	sqlite3_stmt *s = NULL, *put = NULL, *dns = NULL;
	bool row = true, ok;

	ok = sql_prepare(t->h, &s, servers_sql, e) &&
		sql_prepare(t->h, &put, "INSERT OR IGNORE INTO temp.provided "
			"VALUES (?1, ?2)", e) &&
		sql_prepare(t->h, &dns, QUERY_DNS_NAME, e);
	while (ok && (ok = sql_row(s, &row, e)) && row)
		ok = put_provided(rules_providers(rules), s, put, dns, e);
	sqlite3_finalize(s);
	sqlite3_finalize(put);
	sqlite3_finalize(dns);
	return ok;
}

/* Which accounts there are: those that do something, by number. */
static bool read_active(struct tenant *t, struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool row = true, ok;
	int64_t any;

	if (!sql_number(t->h, "SELECT EXISTS (SELECT 1 FROM tenant_events) "
			"OR EXISTS (SELECT 1 FROM tenant_report)", 0, &any, e))
		return false;
	ok = sql_prepare(t->h, &s, any ? active_sql : "SELECT account "
		"FROM tenant_mailboxes ORDER BY 1", e);
	while (ok && (ok = sql_row(s, &row, e)) && row)
		put_number(&t->by_id, sqlite3_column_int64(s, 0),
			(uint32_t)t->by_id.n);
	sqlite3_finalize(s);
	t->accounts_n = t->by_id.n;
	t->accounts = xcalloc(t->accounts_n, sizeof *t->accounts);
	t->names = xcalloc(t->accounts_n, sizeof *t->names);
	t->uses = xcalloc(t->accounts_n, sizeof *t->uses);
	return ok;
}

/* Lengths of all their names, and the one to show. */
static bool read_accounts(struct tenant *t, struct err *e)
{
	static const char own_sql[] =
		"SELECT account FROM tenant_accounts WHERE id = ?1";
	sqlite3_stmt *s = NULL, *own = NULL;
	bool row = true, ok;
	uint32_t at;

	ok = sql_prepare(t->h, &s, accounts_sql, e) &&
		sql_prepare(t->h, &own, own_sql, e);
	while (ok && (ok = sql_row(s, &row, e)) && row)
		if (find_number(&t->by_id, sqlite3_column_int64(s, 0), &at))
			join_add_length(&t->accounts[at].lengths,
				(size_t)sqlite3_column_bytes(s, 1));
	for (size_t i = 0; ok && i < t->accounts_n; i++) {
		sql_bind(own, 1, t->by_id.v[i].key);
		ok = sql_row(own, &row, e);
		if (ok)
			t->names[i] = row ? query_text(own, 0) : NULL;
		sql_reset(own);
	}
	sqlite3_finalize(s);
	sqlite3_finalize(own);
	return ok;
}

static bool read_uses(struct tenant *t, struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool row = true, ok;
	uint32_t at;

	ok = sql_prepare(t->h, &s, uses_sql, e);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		uint8_t use = (uint8_t)query_enum(s, 1, USE_BASIC);

		if (find_number(&t->by_id, sqlite3_column_int64(s, 0), &at) &&
			use > t->uses[at])
			t->uses[at] = use;
	}
	sqlite3_finalize(s);
	return ok;
}

static bool read_events(struct tenant *t, struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool row = true, ok;
	uint32_t at;

	ok = sql_prepare(t->h, &s, events_sql, e);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		if (!find_number(&t->by_id, sqlite3_column_int64(s, 0), &at))
			continue;
		t->events = xgrow(t->events, t->events_n, sizeof *t->events);
		t->events[t->events_n++] = (struct join_event){
			.account = at, .at = sqlite3_column_int64(s, 1),
			.message = sqlite3_column_int(s, 2) != 0,
			.ip = ip_number(column(s, 3)),
			.outcome = (uint8_t)query_enum(s, 4, RECORD_REJECTED)};
	}
	sqlite3_finalize(s);
	return ok;
}

static int by_hint(const void *x, const void *y)
{
	const struct join_hint *a = x, *b = y;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return a->account < b->account ? -1 : a->account > b->account;
}

/* The accounts that a device's senders belong to. */
static bool read_hints(struct tenant *t, sqlite3_stmt *account,
	uint32_t device, const struct names *froms, struct err *e)
{
	bool row;
	uint32_t at;

	for (size_t i = 0; i < froms->n; i++) {
		sql_bind_text(account, 1, froms->v[i]);
		if (!sql_row(account, &row, e))
			return false;
		if (row && find_number(&t->by_id,
				sqlite3_column_int64(account, 0), &at)) {
			t->hints = xgrow(t->hints, t->hints_n,
				sizeof *t->hints);
			t->hints[t->hints_n++] = (struct join_hint){device,
				at};
		}
		sql_reset(account);
	}
	return true;
}

static bool read_devices(struct tenant *t, struct err *e)
{
	static const char account_sql[] = "SELECT ifnull((SELECT account "
		"FROM tenant_names WHERE name = lower(?1)), (SELECT id FROM "
		"tenant_accounts WHERE account = lower(?1)))";
	sqlite3_stmt *s = NULL, *account = NULL;
	bool row = true, ok;

	ok = sql_prepare(t->h, &s, devices_sql, e) &&
		sql_prepare(t->h, &account, account_sql, e);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		struct names froms = query_names(s, 1, '\n');
		char *id = query_text(s, 0);

		ok = read_hints(t, account, (uint32_t)t->devices_n, &froms, e);
		t->devices = xgrow(t->devices, t->devices_n,
			sizeof *t->devices);
		t->devices[t->devices_n++] = id;
		names_free(&froms);
	}
	sqlite3_finalize(s);
	sqlite3_finalize(account);
	if (t->hints_n > 0)
		qsort(t->hints, t->hints_n, sizeof *t->hints, by_hint);
	return ok;
}

static int by_text(const void *x, const void *y)
{
	const char *const *a = x, *const *b = y;

	return strcmp(*a, *b);
}

static bool read_ends(struct tenant *t, struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool row = true, ok;

	ok = sql_prepare(t->h, &s, "SELECT \"end\", device FROM device_ends "
		"ORDER BY 1", e);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		const char *id = column(s, 1);
		char **found = id && t->devices_n > 0 ? bsearch(&id,
			t->devices, t->devices_n, sizeof *t->devices, by_text)
			: NULL;

		if (found)
			put_number(&t->ends, sqlite3_column_int64(s, 0),
				(uint32_t)(found - t->devices));
	}
	sqlite3_finalize(s);
	s = NULL;
	row = true;
	ok = ok && sql_prepare(t->h, &s, sensors_sql, e);
	while (ok && (ok = sql_row(s, &row, e)) && row)
		put_number(&t->sensors, sqlite3_column_int64(s, 0),
			(uint32_t)t->sensors.n);
	sqlite3_finalize(s);
	return ok;
}

static bool read_tries(struct tenant *t, struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool row = true, ok;

	ok = sql_prepare(t->h, &s, tries_sql, e);
	if (ok)
		sql_bind(s, 1, RECORD_NO_AUTH);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		struct join_try v = {
			.at = sqlite3_column_int64(s, 2) +
				sqlite3_column_int64(s, 4),
			.end = sqlite3_column_int64(s, 3),
			.min = (uint16_t)query_enum(s, 5, UINT16_MAX),
			.max = (uint16_t)query_enum(s, 6, UINT16_MAX),
			.outcome = (uint8_t)query_enum(s, 7, RECORD_REJECTED),
			.ip = ip_number(column(s, 8)),
		};

		if (!find_number(&t->ends, sqlite3_column_int64(s, 0),
			    &v.device) ||
			!find_number(&t->sensors, sqlite3_column_int64(s, 1),
				&v.sensor))
			continue;
		t->tries = xgrow(t->tries, t->tries_n, sizeof *t->tries);
		t->tries[t->tries_n++] = v;
	}
	sqlite3_finalize(s);
	return ok;
}

/* --- writing --- */

static bool write_matches(struct tenant *t, const struct join_result *r,
	struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool ok = sql_prepare(t->h, &s, "INSERT INTO device_accounts "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", e);

	for (size_t i = 0; ok && i < r->matches_n; i++) {
		const struct join_match *m = &r->matches[i];

		sql_bind_text(s, 1, t->devices[m->device]);
		sql_bind_text(s, 2, t->names[m->account]);
		sql_bind(s, 3, m->score);
		sql_bind(s, 4, m->hits);
		sql_bind(s, 5, m->tries);
		sql_bind(s, 6, m->why);
		sql_bind(s, 7, t->uses[m->account]);
		ok = sql_run(s, e);
	}
	sqlite3_finalize(s);
	return ok;
}

static bool write_clocks(struct tenant *t, const struct join_result *r,
	struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool ok = sql_prepare(t->h, &s, "INSERT INTO tenant_clocks "
		"VALUES (?1, ?2, ?3)", e);

	for (size_t i = 0; ok && i < t->sensors.n; i++) {
		if (r->clocks[i].pairs == 0)
			continue;
		sql_bind(s, 1, t->sensors.v[i].key);
		sql_bind(s, 2, r->clocks[i].ahead);
		sql_bind(s, 3, r->clocks[i].pairs);
		ok = sql_run(s, e);
	}
	sqlite3_finalize(s);
	return ok;
}

static bool write_all(struct tenant *t, const struct join_result *r,
	struct err *e)
{
	if (!sql_exec(t->h, "BEGIN IMMEDIATE", e))
		return false;
	if (sql_exec(t->h, "DELETE FROM device_accounts;"
			"DELETE FROM tenant_clocks;", e) &&
		write_matches(t, r, e) && write_clocks(t, r, e) &&
		sql_exec(t->h, "COMMIT", e))
		return true;
	sqlite3_exec(t->h, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

static bool read_all(struct tenant *t, const struct rules *rules,
	struct err *e)
{
	bool ok;

	if (!sql_exec(t->h, temp_sql, e) || !sql_exec(t->h, "BEGIN", e))
		return false;
	ok = read_servers(t, rules, e) && read_active(t, e) &&
		read_accounts(t, e) && read_uses(t, e) && read_events(t, e) &&
		read_devices(t, e) && read_ends(t, e) && read_tries(t, e);
	sqlite3_exec(t->h, "COMMIT", NULL, NULL, NULL);
	return ok;
}

static void tenant_free(struct tenant *t)
{
	for (size_t i = 0; i < t->accounts_n; i++)
		free(t->names[i]);
	for (size_t i = 0; i < t->devices_n; i++)
		free(t->devices[i]);
	free(t->names);
	free(t->accounts);
	free(t->uses);
	free(t->devices);
	free(t->by_id.v);
	free(t->ends.v);
	free(t->sensors.v);
	free(t->events);
	free(t->tries);
	free(t->hints);
}

bool tenant_conclude(sqlite3 *h, const struct rules *rules, struct err *e)
{
	struct tenant t = {.h = h};
	struct join_result r = {0};
	int64_t any;
	bool ok;

	if (!sql_number(h, "SELECT EXISTS (SELECT 1 FROM tenant_accounts)", 0,
		    &any, e))
		return false;
	if (!any)
		return true;
	ok = read_all(&t, rules, e);
	if (ok) {
		struct join_facts f = {
			.accounts = t.accounts, .events = t.events,
			.tries = t.tries, .hints = t.hints,
			.accounts_n = t.accounts_n, .events_n = t.events_n,
			.tries_n = t.tries_n, .hints_n = t.hints_n,
			.devices_n = t.devices_n, .sensors_n = t.sensors.n,
		};

		join(&f, &r);
		ok = write_all(&t, &r, e);
		join_result_free(&r);
	}
	tenant_free(&t);
	return ok;
}
