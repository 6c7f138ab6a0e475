/* check.c: see check.h. */
#include "inventory/check.h"
#include "capture/base/text.h"
#include "inventory/db_private.h"
#include "inventory/schema.h"
#include <string.h>

/* The first row of a check that gives none where all is well. */
static bool none(struct db *db, const char *sql, const char *well,
	const char *what, struct err *e)
{
	char found[TEXT_MAX] = "";
	sqlite3_stmt *s = NULL;
	bool row = false, ok;

	ok = sql_prepare(db_handle(db), &s, sql, e) && sql_row(s, &row, e);
	if (ok && row) {
		const char *text = (const char *)sqlite3_column_text(s, 0);

		text_clean(found, sizeof found, text ? text : "",
			text ? strlen(text) : 0);
		if (!well || strcmp(found, well) != 0)
			ok = err_set(e, ERR_RUN, "'%s' is damaged: %s (%s); "
				"read the captures again into a new one",
				sqlite3_db_filename(db_handle(db), "main"),
				what, found);
	}
	sqlite3_finalize(s);
	return ok;
}

bool check_all(struct db *db, struct check_result *out, struct err *e)
{
	int64_t sessions, devices, counted, forgotten;
	bool read = none(db, "PRAGMA integrity_check(1)", "ok",
		"its pages or indexes", e) &&
		none(db, "PRAGMA foreign_key_check", NULL,
			"a reference to nothing in table", e) &&
		sql_number(db_handle(db), "SELECT count(*) FROM sessions", 0,
			&sessions, e) &&
		sql_number(db_handle(db), "SELECT count(*) FROM devices", 0,
			&devices, e) &&
		sql_number(db_handle(db), "SELECT ifnull(sum(sessions), 0) "
			"FROM devices", 0, &counted, e) &&
		sql_number(db_handle(db), "SELECT value FROM meta "
			"WHERE key = 'forgotten'", 0, &forgotten, e);

	if (!read)
		return false;
	*out = (struct check_result){(uint64_t)sessions, (uint64_t)devices,
		SCHEMA_VERSION, (uint64_t)forgotten};
	if (counted != sessions)
		return err_set(e, ERR_RUN, "'%s' has %lld sessions and its "
			"devices %lld; 'mailcensus check --rebuild' counts "
			"them anew", sqlite3_db_filename(db_handle(db), "main"),
			(long long)sessions, (long long)counted);
	return true;
}
