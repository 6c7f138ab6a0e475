/* store.c: see store.h. */
#include "inventory/import/store.h"
#include <stdlib.h>
#include <string.h>

enum {
	ADD_NAME, ADD_MAILBOX, ADD_REPORT, ADD_EVENT, ADD_DOMAIN, IS_OWN,
	PUT_IMPORT, DROP_REFUSALS, PUT_REFUSAL, KNOWN, STATEMENTS,
};

/* The domain of an account, which has one '@'. */
#define DOMAIN(of) "substr(" of ", instr(" of ", '@') + 1)"

/* A transaction of these alone locks nothing of the inventory. */
static const char temp[] =
	"PRAGMA temp.cache_size = -32768;"
	"CREATE TABLE temp.new_names (name TEXT PRIMARY KEY,"
	"  account TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE temp.new_mailboxes (account TEXT PRIMARY KEY,"
	"  off INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE temp.new_report (account TEXT NOT NULL,"
	"  use INTEGER NOT NULL, messages INTEGER NOT NULL,"
	"  tls_old INTEGER NOT NULL, PRIMARY KEY (account, use))"
	"  WITHOUT ROWID;"
	"CREATE TABLE temp.new_events (account TEXT NOT NULL,"
	"  at INTEGER NOT NULL, kind INTEGER NOT NULL, ip TEXT NOT NULL,"
	"  outcome INTEGER NOT NULL,"
	"  PRIMARY KEY (account, at, kind, ip, outcome)) WITHOUT ROWID;"
	"CREATE TABLE temp.own (domain TEXT PRIMARY KEY) WITHOUT ROWID;"
	"INSERT OR IGNORE INTO temp.own SELECT " DOMAIN("account")
	"  FROM tenant_accounts;";

static const char *const statements[STATEMENTS] = {
	[ADD_NAME] = "INSERT OR REPLACE INTO temp.new_names VALUES (?1, ?2)",
	[ADD_MAILBOX] =
		"INSERT OR REPLACE INTO temp.new_mailboxes VALUES (?1, ?2)",
	/* Of two rows of one account the greater: a report a month, or a
	 * report that was made again. */
	[ADD_REPORT] = "INSERT INTO temp.new_report VALUES (?1, ?2, ?3, ?4) "
		"ON CONFLICT DO UPDATE SET "
		"messages = max(messages, excluded.messages), "
		"tls_old = max(tls_old, excluded.tls_old)",
	[ADD_EVENT] = "INSERT OR IGNORE INTO temp.new_events "
		"VALUES (?1, ?2, ?3, ?4, ?5)",
	[ADD_DOMAIN] = "INSERT OR IGNORE INTO temp.own VALUES (lower(?1))",
	[IS_OWN] = "SELECT 1 FROM temp.own WHERE domain = " DOMAIN("?1"),
	[PUT_IMPORT] = "INSERT INTO imports (digest, kind, label, "
		"imported_at, taken) VALUES (?1, ?2, ?3, ?4, ?5) "
		"ON CONFLICT (digest) DO UPDATE SET taken = excluded.taken "
		"WHERE taken <> excluded.taken",
	[DROP_REFUSALS] = "DELETE FROM import_refusals WHERE import = "
		"(SELECT id FROM imports WHERE digest = ?1)",
	[PUT_REFUSAL] = "INSERT INTO import_refusals SELECT id, ?2, ?3 "
		"FROM imports WHERE digest = ?1",
	[KNOWN] = "SELECT 1 FROM imports WHERE digest = ?1",
};

/* Facts with their natural keys: those that were known stay as they are. Of a
 * mailbox that was exported again the later word counts. */
static const char take[] =
	"INSERT OR IGNORE INTO tenant_accounts (account) "
	"SELECT account FROM temp.new_names UNION "
	"SELECT account FROM temp.new_report UNION "
	"SELECT account FROM temp.new_events;"
	"INSERT INTO tenant_names SELECT n.name, a.id FROM temp.new_names n "
	"JOIN tenant_accounts a ON a.account = n.account WHERE true "
	"ON CONFLICT DO UPDATE SET account = excluded.account "
	"WHERE account <> excluded.account;"
	"INSERT INTO tenant_mailboxes SELECT a.id, m.off "
	"FROM temp.new_mailboxes m JOIN tenant_accounts a "
	"ON a.account = m.account WHERE true ON CONFLICT DO UPDATE "
	"SET off = excluded.off WHERE off <> excluded.off;"
	"INSERT INTO tenant_report SELECT a.id, r.use, r.messages, r.tls_old "
	"FROM temp.new_report r JOIN tenant_accounts a "
	"ON a.account = r.account WHERE true ON CONFLICT DO UPDATE SET "
	"messages = max(messages, excluded.messages), "
	"tls_old = max(tls_old, excluded.tls_old) "
	"WHERE messages < excluded.messages OR tls_old < excluded.tls_old;"
	"INSERT OR IGNORE INTO tenant_events SELECT a.id, e.at, e.kind, e.ip, "
	"e.outcome FROM temp.new_events e JOIN tenant_accounts a "
	"ON a.account = e.account ORDER BY 1, 2, 3, 4, 5;";

struct store {
	sqlite3 *h;
	sqlite3_stmt *s[STATEMENTS];
	uint64_t rows;
};

bool store_open(struct store **out, sqlite3 *h, struct err *e)
{
	struct store *s = xcalloc(1, sizeof *s);

	s->h = h;
	if (!sql_exec(h, temp, e) || !sql_exec(h, "BEGIN", e))
		goto fail;
	for (int i = 0; i < STATEMENTS; i++)
		if (!sql_prepare(h, &s->s[i], statements[i], e))
			goto fail;
	*out = s;
	return true;
fail:
	store_close(s);
	return false;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(s->s[i]);
	if (!sqlite3_get_autocommit(s->h))
		sqlite3_exec(s->h, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_exec(s->h, "DROP TABLE IF EXISTS temp.new_names;"
		"DROP TABLE IF EXISTS temp.new_mailboxes;"
		"DROP TABLE IF EXISTS temp.new_report;"
		"DROP TABLE IF EXISTS temp.new_events;"
		"DROP TABLE IF EXISTS temp.own;", NULL, NULL, NULL);
	free(s);
}

bool store_add_domain(struct store *s, const char *domain, struct err *e)
{
	sql_bind_text(s->s[ADD_DOMAIN], 1, domain);
	return sql_run(s->s[ADD_DOMAIN], e);
}

static bool put_names(struct store *s, const struct import_row *row,
	struct err *e)
{
	sql_bind_text(s->s[ADD_NAME], 2, row->account);
	for (size_t i = 0; i < row->names_n; i++) {
		sql_bind_text(s->s[ADD_NAME], 1, row->names[i]);
		if (!sql_run(s->s[ADD_NAME], e))
			return false;
	}
	sql_bind_text(s->s[ADD_MAILBOX], 1, row->account);
	sql_bind(s->s[ADD_MAILBOX], 2, row->off);
	return sql_run(s->s[ADD_MAILBOX], e);
}

static bool put_report(struct store *s, const struct import_row *row,
	struct err *e)
{
	sqlite3_stmt *q = s->s[ADD_REPORT];

	sql_bind_text(q, 1, row->account);
	sql_bind(q, 2, row->use);
	sql_bind_count(q, 3, row->messages);
	sql_bind(q, 4, row->tls_old);
	return sql_run(q, e);
}

static bool put_event(struct store *s, enum import_kind k,
	const struct import_row *row, struct err *e)
{
	sqlite3_stmt *q = s->s[ADD_EVENT];

	sql_bind_text(q, 1, row->account);
	sql_bind(q, 2, row->at);
	sql_bind(q, 3, k == IMPORT_TRACE);
	sql_bind_text(q, 4, row->ip);
	sql_bind(q, 5, row->outcome);
	return sql_run(q, e);
}

bool store_row(struct store *s, enum import_kind k,
	const struct import_row *row, struct err *e)
{
	if (++s->rows > STORE_ROWS)
		return err_set(e, ERR_USAGE, "more than %d rows to keep; "
			"import a shorter time, one after the other",
			STORE_ROWS);
	switch (k) {
	case IMPORT_MAILBOXES:
		if (!put_names(s, row, e))
			return false;
		for (size_t i = 0; i < row->names_n; i++)
			if (!store_add_domain(s,
				strchr(row->names[i], '@') + 1, e))
				return false;
		return true;
	case IMPORT_REPORT:
		return put_report(s, row, e) && store_add_domain(s,
			strchr(row->account, '@') + 1, e);
	case IMPORT_SIGNINS:
		return put_event(s, k, row, e) && store_add_domain(s,
			strchr(row->account, '@') + 1, e);
	case IMPORT_TRACE: return put_event(s, k, row, e);
	case IMPORT_KINDS: break;
	}
	return false;
}

bool store_own(struct store *s, const char *account, bool *own, struct err *e)
{
	sql_bind_text(s->s[IS_OWN], 1, account);
	if (!sql_row(s->s[IS_OWN], own, e))
		return false;
	sql_reset(s->s[IS_OWN]);
	return true;
}

/* The row that says so. */
static bool put_import(struct store *s, struct import_result *r, int64_t now,
	struct err *e)
{
	sql_bind_blob(s->s[KNOWN], 1, r->digest, sizeof r->digest);
	if (!sql_row(s->s[KNOWN], &r->known, e))
		return false;
	sql_reset(s->s[KNOWN]);
	sql_bind_blob(s->s[PUT_IMPORT], 1, r->digest, sizeof r->digest);
	sql_bind(s->s[PUT_IMPORT], 2, r->kind);
	sql_bind_text(s->s[PUT_IMPORT], 3, r->label);
	sql_bind(s->s[PUT_IMPORT], 4, now);
	sql_bind_count(s->s[PUT_IMPORT], 5, r->taken);
	sql_bind_blob(s->s[DROP_REFUSALS], 1, r->digest, sizeof r->digest);
	sql_bind_blob(s->s[PUT_REFUSAL], 1, r->digest, sizeof r->digest);
	if (!sql_run(s->s[PUT_IMPORT], e) || !sql_run(s->s[DROP_REFUSALS], e))
		return false;
	for (int i = IMPORT_TAKEN + 1; i < IMPORT_REFUSALS; i++) {
		if (r->refused[i] == 0)
			continue;
		sql_bind(s->s[PUT_REFUSAL], 2, i);
		sql_bind_count(s->s[PUT_REFUSAL], 3, r->refused[i]);
		if (!sql_run(s->s[PUT_REFUSAL], e))
			return false;
	}
	return true;
}

bool store_commit(struct store *s, struct import_result *results, size_t n,
	int64_t now, struct err *e)
{
	if (!sql_exec(s->h, "COMMIT", e) ||
		!sql_exec(s->h, "BEGIN IMMEDIATE", e))
		return false;
	if (!sql_exec(s->h, take, e))
		goto fail;
	for (size_t i = 0; i < n; i++)
		if (!put_import(s, &results[i], now, e))
			goto fail;
	if (sql_exec(s->h, "COMMIT", e))
		return true;
fail:
	sqlite3_exec(s->h, "ROLLBACK", NULL, NULL, NULL);
	return false;
}
