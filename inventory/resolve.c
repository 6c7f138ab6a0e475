/* resolve.c: see resolve.h: which ends belong to which device, and which
 * devices have to be made anew. */
#include "inventory/resolve.h"
#include "inventory/facts.h"
#include "inventory/identify.h"
#include "inventory/resolve_private.h"
#include "inventory/rules.h"
#include "inventory/tally.h"
#include "inventory/tenant.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	KNOWN, /* marks the device of an end; no row where it has none yet */
	DIRTY, FRESH, FRESH_NEXT, FRESH_DONE, TODO_ALL, TODO_END, TODO_NAMED,
	TODO_ADDRESS, TODO_DEVICE, TODO_MAC, TODO_NEXT, TODO_DONE, MAC_OF,
	SERVER_CLIENTS, HOLDERS, QUIET, NAMED,
	GET, SET, UNSET, NEXT, DONE, STALE, STATEMENTS,
};

static const char *const statements[STATEMENTS] = {
	[KNOWN] = "INSERT INTO temp.dirty (device) SELECT device "
		"FROM device_ends WHERE \"end\" = ?1 "
		"ON CONFLICT DO UPDATE SET device = excluded.device",
	[DIRTY] = "INSERT OR IGNORE INTO temp.dirty (device) VALUES (?1)",
	[FRESH] = "INSERT OR IGNORE INTO temp.fresh VALUES (?1)",
	[FRESH_NEXT] =
		"SELECT \"end\" FROM temp.fresh ORDER BY \"end\" LIMIT 1",
	[FRESH_DONE] = "DELETE FROM temp.fresh WHERE \"end\" = ?1",
	/* Clients, by the tally of their servers: forged packets have any
	 * port. */
	[TODO_ALL] = "INSERT INTO temp.todo SELECT DISTINCT \"end\" "
		"FROM end_tally WHERE kind = ?1",
	[TODO_END] = "INSERT OR IGNORE INTO temp.todo VALUES (?1)",
	/* Those of the address that are not known by their frames' MAC: they
	 * may have another name now. */
	[TODO_NAMED] = "INSERT OR IGNORE INTO temp.todo SELECT o.id "
		"FROM ends e JOIN ends o ON o.scope = e.scope AND "
		"o.ip = e.ip AND o.port = 0 JOIN device_ends d "
		"ON d.\"end\" = o.id WHERE e.id = ?1 AND "
		"(o.ttl NOT IN (64, 128, 255) OR "
		"d.device <> 'mac:' || o.mac)",
	[TODO_ADDRESS] = "INSERT OR IGNORE INTO temp.todo SELECT e.id "
		"FROM ends e JOIN end_use u ON u.\"end\" = e.id "
		"WHERE e.scope = ?1 AND e.ip = ?2 AND e.port = 0",
	/* Ends of one address lean on each other: all of them. */
	[TODO_DEVICE] = "INSERT OR IGNORE INTO temp.todo SELECT o.id "
		"FROM device_ends d JOIN ends e ON e.id = d.\"end\" "
		"JOIN ends o ON o.scope = e.scope AND o.ip = e.ip AND "
		"o.port = 0 JOIN end_use u ON u.\"end\" = o.id "
		"WHERE d.device = ?1",
	[TODO_MAC] = "INSERT OR IGNORE INTO temp.todo SELECT o.id FROM "
		"(SELECT scope, ip FROM ends WHERE mac = ?1 AND port = 0 "
		"LIMIT 2048) e JOIN ends o ON o.scope = e.scope AND "
		"o.ip = e.ip AND o.port = 0 "
		"JOIN end_use u ON u.\"end\" = o.id",
	[TODO_NEXT] = "SELECT \"end\" FROM temp.todo ORDER BY \"end\" LIMIT 1",
	[TODO_DONE] = "DELETE FROM temp.todo WHERE \"end\" = ?1",
	[MAC_OF] = "SELECT scope, ip, mac FROM ends WHERE id = ?1",
	[SERVER_CLIENTS] = "INSERT OR IGNORE INTO temp.dirty (device) "
		"SELECT d.device FROM ends s JOIN ends c ON "
		"c.scope = s.scope AND c.ip = s.ip AND c.port = 0 "
		"JOIN device_ends d ON d.\"end\" = c.id WHERE s.id = ?1",
	/* Devices that an address is of, or may be. */
	[HOLDERS] = "INSERT OR IGNORE INTO temp.dirty (device) "
		"SELECT d.device FROM ends e JOIN device_ends d "
		"ON d.\"end\" = e.id WHERE e.scope = ?1 AND e.ip = ?2 AND "
		"e.port = 0 UNION SELECT 'mac:' || mac FROM bindings "
		"WHERE scope = ?1 AND ip = ?2",
	/* Of one that has sent, sessions tell when it was there. */
	[QUIET] = "INSERT OR IGNORE INTO temp.dirty (device) "
		"SELECT 'mac:' || ?1 WHERE NOT EXISTS (SELECT 1 FROM devices "
		"WHERE device = 'mac:' || ?1 AND sessions > 0)",
	/* One that was quiet may be part of another now, or the reverse. */
	[NAMED] = "INSERT OR IGNORE INTO temp.dirty (device) "
		"SELECT DISTINCT subject FROM identities WHERE scope = '' AND "
		"subject IN ('mac:' || ?3, 'ip:' || ?2, "
		"'ip:' || ?1 || '/' || ?2)",
	[GET] = "SELECT device FROM device_ends WHERE \"end\" = ?1",
	[SET] = "INSERT INTO device_ends VALUES (?1, ?2) "
		"ON CONFLICT DO UPDATE SET device = ?2",
	[UNSET] = "DELETE FROM device_ends WHERE \"end\" = ?1",
	[NEXT] = "SELECT id, device FROM temp.dirty ORDER BY id LIMIT 1",
	[DONE] = "DELETE FROM temp.dirty WHERE id = ?1",
	[STALE] = "INSERT INTO meta VALUES ('stale', ?1 OR EXISTS "
		"(SELECT 1 FROM temp.dirty)) ON CONFLICT DO UPDATE "
		"SET value = excluded.value WHERE value <> excluded.value",
};

struct resolver {
	struct db *db;
	struct identify *identify;
	struct fold *fold;
	sqlite3_stmt *s[STATEMENTS];
	bool changed;
};

bool resolver_open(struct resolver **out, struct db *db, struct err *e)
{
	static const char temp[] =
		"CREATE TABLE temp.dirty (id INTEGER PRIMARY KEY,"
		"  device TEXT NOT NULL UNIQUE);"
		"CREATE TABLE temp.fresh (\"end\" INTEGER PRIMARY KEY);"
		"CREATE TABLE temp.todo (\"end\" INTEGER PRIMARY KEY);";
	struct resolver *r = xcalloc(1, sizeof *r);

	r->db = db;
	if (!sql_exec(db_handle(db), temp, e) ||
		!db_prepare(db, statements, r->s, STATEMENTS, e) ||
		!identify_open(&r->identify, db, e) ||
		!fold_open(&r->fold, db, e)) {
		resolver_close(r);
		return false;
	}
	*out = r;
	return true;
}

void resolver_close(struct resolver *r)
{
	if (!r)
		return;
	db_finalize(r->s, STATEMENTS);
	identify_close(r->identify);
	fold_close(r->fold);
	sqlite3_exec(db_handle(r->db), "DROP TABLE IF EXISTS temp.dirty;"
		"DROP TABLE IF EXISTS temp.fresh;"
		"DROP TABLE IF EXISTS temp.todo;", NULL, NULL, NULL);
	free(r);
}

static bool run_text(struct resolver *r, int statement, const char *a,
	const char *b, struct err *e)
{
	sql_bind_text(r->s[statement], 1, a);
	if (b)
		sql_bind_text(r->s[statement], 2, b);
	return sql_run(r->s[statement], e);
}

bool resolver_device(struct resolver *r, const char *device, struct err *e)
{
	r->changed = true;
	return run_text(r, DIRTY, device, NULL, e);
}

bool resolver_address(struct resolver *r, const char *scope, const char *ip,
	const char *subject, struct err *e)
{
	r->changed = true;
	return run_text(r, DIRTY, subject, NULL, e) &&
		run_text(r, HOLDERS, scope, ip, e);
}

/* Once a MAC is a router's, none of its ends is known by it. */
static bool leave_router(struct resolver *r, const char *mac, struct err *e)
{
	char device[5 + MAC_TEXT];
	bool router;

	if (!identify_is_router(r->identify, mac, &router, e))
		return false;
	if (!router)
		return true;
	stpcpy(stpcpy(device, "mac:"), mac);
	return run_text(r, TODO_DEVICE, device, NULL, e);
}

/* The address and MAC of an end, "" where it has none. */
struct card {
	char scope[TEXT_MAX], ip[ADDR_TEXT], mac[MAC_TEXT];
};

static bool card_of(struct resolver *r, int64_t end, struct card *c,
	struct err *e)
{
	char *out[] = {c->scope, c->ip, c->mac};
	const size_t cap[] = {sizeof c->scope, sizeof c->ip, sizeof c->mac};
	sqlite3_stmt *s = r->s[MAC_OF];
	bool row;

	sql_bind(s, 1, end);
	if (!sql_row(s, &row, e))
		return false;
	for (int i = 0; i < 3; i++) {
		const char *text = row
			? (const char *)sqlite3_column_text(s, i) : NULL;

		text_clean(out[i], cap[i], text ? text : "",
			text ? strlen(text) : 0);
	}
	sql_reset(s);
	return true;
}

static bool named(struct resolver *r, const char *scope, const char *ip,
	const char *mac, struct err *e)
{
	sql_bind_text(r->s[NAMED], 3, mac);
	return run_text(r, NAMED, scope, ip, e);
}

/* A new end may give its address or its MAC another meaning. */
static bool new_end(struct resolver *r, int64_t end, struct err *e)
{
	struct card c;

	sql_bind(r->s[TODO_END], 1, end);
	return sql_run(r->s[TODO_END], e) && card_of(r, end, &c, e) &&
		named(r, c.scope, c.ip, c.mac, e) &&
		run_text(r, TODO_ADDRESS, c.scope, c.ip, e) &&
		(c.mac[0] == '\0' || leave_router(r, c.mac, e));
}

static bool run_number(struct resolver *r, int statement, int64_t v,
	struct err *e)
{
	sql_bind(r->s[statement], 1, v);
	return sql_run(r->s[statement], e);
}

bool resolver_client(struct resolver *r, int64_t end, struct err *e)
{
	r->changed = true;
	if (!run_number(r, KNOWN, end, e))
		return false;
	if (sqlite3_changes(db_handle(r->db)) == 0)
		return run_number(r, FRESH, end, e);
	return run_number(r, TODO_NAMED, end, e);
}

/* And so may one that has gone. */
bool resolver_gone(struct resolver *r, int64_t end, struct err *e)
{
	struct card c;

	r->changed = true;
	return run_number(r, KNOWN, end, e) && run_number(r, UNSET, end, e) &&
		run_number(r, FRESH_DONE, end, e) &&
		run_number(r, TODO_DONE, end, e) && card_of(r, end, &c, e) &&
		named(r, c.scope, c.ip, c.mac, e) &&
		run_text(r, TODO_ADDRESS, c.scope, c.ip, e) &&
		(c.mac[0] == '\0' || run_text(r, TODO_MAC, c.mac, NULL, e));
}

bool resolver_server(struct resolver *r, int64_t end, struct err *e)
{
	r->changed = true;
	sql_bind(r->s[SERVER_CLIENTS], 1, end);
	return sql_run(r->s[SERVER_CLIENTS], e);
}

bool resolver_binding(struct resolver *r, const char *scope, const char *ip,
	const char *mac, struct err *e)
{
	char device[5 + MAC_TEXT];

	r->changed = true;
	stpcpy(stpcpy(device, "mac:"), mac);
	return run_text(r, TODO_ADDRESS, scope, ip, e) &&
		named(r, scope, ip, mac, e) &&
		run_text(r, TODO_DEVICE, device, NULL, e) &&
		run_text(r, TODO_MAC, mac, NULL, e) &&
		run_text(r, DIRTY, device, NULL, e);
}

bool resolver_seen(struct resolver *r, const char *mac, struct err *e)
{
	r->changed = true;
	return run_text(r, QUIET, mac, NULL, e);
}

static bool assign(struct resolver *r, int64_t end, struct err *e)
{
	char device[IDENTIFY_DEVICE], before[IDENTIFY_DEVICE];
	sqlite3_stmt *s = r->s[GET];
	const char *text;
	bool row;

	if (!identify_end(r->identify, end, device, e))
		return false;
	sql_bind(s, 1, end);
	if (!sql_row(s, &row, e))
		return false;
	text = row ? (const char *)sqlite3_column_text(s, 0) : NULL;
	text_clean(before, sizeof before, text ? text : "",
		text ? strlen(text) : 0);
	sql_reset(s);
	if (strcmp(device, before) == 0)
		return true;
	sql_bind(r->s[SET], 1, end);
	sql_bind_text(r->s[SET], 2, device);
	return sql_run(r->s[SET], e) && run_text(r, DIRTY, device, NULL, e) &&
		(before[0] == '\0' || run_text(r, DIRTY, before, NULL, e));
}

/* The first number of a statement's only row. */
static bool first(sqlite3_stmt *s, bool *row, int64_t *out, struct err *e)
{
	if (!sql_row(s, row, e))
		return false;
	if (*row)
		*out = sqlite3_column_int64(s, 0);
	return true;
}

/* Takes ends off a list, one by one, and does what is to be done. */
static bool each(struct resolver *r, int next, int done,
	bool (*act)(struct resolver *, int64_t, struct err *), struct err *e)
{
	for (;;) {
		int64_t end = 0;
		bool row;

		if (!first(r->s[next], &row, &end, e))
			return false;
		sql_reset(r->s[next]);
		if (!row)
			return true;
		if (!run_number(r, done, end, e) || !act(r, end, e))
			return false;
	}
}

static bool fold_one(struct resolver *r, bool *any, struct err *e)
{
	char device[IDENTIFY_DEVICE];
	sqlite3_stmt *s = r->s[NEXT];
	int64_t id = 0;

	if (!first(s, any, &id, e))
		return false;
	if (*any) {
		const char *text = (const char *)sqlite3_column_text(s, 1);

		text_clean(device, sizeof device, text ? text : "",
			text ? strlen(text) : 0);
	}
	sql_reset(s);
	if (!*any)
		return true;
	sql_bind(r->s[DONE], 1, id);
	return sql_run(r->s[DONE], e) && fold_device(r->fold, device, e);
}

bool resolver_run(struct resolver *r, size_t most, struct err *e)
{
	bool any = true;

	if (!r->changed)
		return true;
	/* All sums are written: only now the ends can be judged. */
	if (!each(r, FRESH_NEXT, FRESH_DONE, new_end, e) ||
		!each(r, TODO_NEXT, TODO_DONE, assign, e))
		return false;
	for (size_t n = 0; any && n < most; n++)
		if (!fold_one(r, &any, e))
			return false;
	r->changed = any;
	return true;
}

bool resolver_note(struct resolver *r, bool missing, struct err *e)
{
	return run_number(r, STALE, missing, e);
}

bool resolve_is_stale(struct db *db, bool *stale, struct err *e)
{
	int64_t left, print;

	if (!sql_number(db_handle(db), "SELECT value FROM meta "
			"WHERE key = 'stale'", 0, &left, e) ||
		!sql_number(db_handle(db), "SELECT value FROM meta "
			"WHERE key = 'rules'", 0, &print, e))
		return false;
	*stale = left != 0 || (uint64_t)print != rules_print(db_rules(db));
	return true;
}

static bool note_print(struct db *db, struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool ok = sql_prepare(db_handle(db), &s, "INSERT INTO meta VALUES "
		"('rules', ?1) ON CONFLICT DO UPDATE SET value = ?1", e);

	if (ok) {
		sql_bind(s, 1, (int64_t)rules_print(db_rules(db)));
		ok = sql_run(s, e);
	}
	sqlite3_finalize(s);
	return ok;
}

static bool note_rules(struct db *db, struct err *e)
{
	size_t n;
	const struct rules_text *texts = rules_added(db_rules(db), &n);
	sqlite3_stmt *s = NULL;
	bool ok = sql_exec(db_handle(db), "DELETE FROM rule_texts", e) &&
		sql_prepare(db_handle(db), &s, "INSERT INTO rule_texts "
			"VALUES (?1, ?2, ?3)", e);

	for (size_t i = 0; ok && i < n; i++) {
		sql_bind(s, 1, (int64_t)i);
		sql_bind_text(s, 2, texts[i].name);
		sql_bind_text(s, 3, texts[i].text);
		ok = sql_run(s, e);
	}
	sqlite3_finalize(s);
	return ok && note_print(db, e);
}

/* In the order of clients, so that each row of their sums is written once. */
static bool every_session(struct facts_reader *reader, struct tally *t,
	struct err *e)
{
	int64_t client = 0;
	struct facts f;
	bool found;

	for (;;) {
		if (!facts_next(reader, &f, &found, e))
			return false;
		if (!found)
			return tally_flush(t, NULL, e);
		if (f.client != client && !tally_flush_clients(t, e))
			return false;
		client = f.client;
		tally_add(t, &f);
		if (tally_is_full(t) && !tally_flush(t, NULL, e))
			return false;
	}
}

static bool every_client(struct resolver *r, struct err *e)
{
	r->changed = true;
	return run_number(r, TODO_ALL, TALLY_SERVER, e);
}

/* Hosts that perhaps are devices which sent nothing. */
static bool every_identity(struct db *db, struct resolver *r, struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool row, ok;

	if (!sql_prepare(db_handle(db), &s, "SELECT DISTINCT subject FROM "
			"identities ORDER BY subject", e))
		return false;
	while ((ok = sql_row(s, &row, e)) && row) {
		char device[IDENTIFY_DEVICE];
		const char *text = (const char *)sqlite3_column_text(s, 0);

		text_clean(device, sizeof device, text ? text : "",
			text ? strlen(text) : 0);
		if (!(ok = resolver_device(r, device, e)))
			break;
	}
	sqlite3_finalize(s);
	return ok;
}

bool resolve_all(struct db *db, struct err *e)
{
	static const char forget[] = "DELETE FROM device_ends;"
		"DELETE FROM devices; DELETE FROM timeline;"
		"DELETE FROM credential_use; DELETE FROM credential_froms;"
		"DELETE FROM end_last;"
		"DELETE FROM end_hours; DELETE FROM end_tally;"
		"DELETE FROM end_use;";
	struct facts_reader *reader = NULL;
	struct resolver *r = NULL;
	struct tally *t = NULL;
	bool ok = false;

	if (!db_cache(db, DB_CACHE_ALL_KIB, e) ||
		!facts_open(&reader, db, e) || !facts_sort(reader, e) ||
		!sql_exec(db_handle(db), "BEGIN IMMEDIATE", e))
		goto close;
	if (sql_exec(db_handle(db), forget, e) && resolver_open(&r, db, e) &&
		tally_open(&t, db, e))
		ok = every_session(reader, t, e) && every_client(r, e) &&
			every_identity(db, r, e) &&
			resolver_run(r, SIZE_MAX, e) &&
			resolver_note(r, false, e) && note_rules(db, e);
	tally_close(t);
	resolver_close(r);
	ok = ok && sql_exec(db_handle(db), "COMMIT", e);
	if (!ok)
		sqlite3_exec(db_handle(db), "ROLLBACK", NULL, NULL, NULL);
close:
	facts_close(reader);
	ok = ok && tenant_conclude(db_handle(db), db_rules(db), e);
	return db_cache(db, DB_CACHE_KIB, ok ? e : NULL) && ok;
}
