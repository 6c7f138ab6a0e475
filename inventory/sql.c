/* sql.c: see sql.h. */
#include "inventory/sql.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *remedy(int code)
{
	switch (code & 0xff) {
	case SQLITE_FULL: return "; make room on the disk and start again";
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return "; 'mailcensus check' tells what is left of it";
	case SQLITE_READONLY:
	case SQLITE_PERM: return "; use -d for a file that you may write";
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return "; another program holds it";
	case SQLITE_IOERR: return "; the disk or its file system fails";
	default: return "";
	}
}

bool sql_fail(sqlite3 *h, struct err *e, const char *doing)
{
	const char *path = sqlite3_db_filename(h, "main");

	return err_set(e, ERR_RUN, "cannot %s '%s': %s%s", doing,
		path ? path : "", sqlite3_errmsg(h),
		remedy(sqlite3_errcode(h)));
}

static bool fail(sqlite3_stmt *s, struct err *e)
{
	return sql_fail(sqlite3_db_handle(s), e,
		sqlite3_stmt_readonly(s) ? "read" : "write to");
}

bool sql_exec(sqlite3 *h, const char *sql, struct err *e)
{
	if (sqlite3_exec(h, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sql_fail(h, e, "write to");
	return true;
}

bool sql_prepare(sqlite3 *h, sqlite3_stmt **out, const char *sql,
	struct err *e)
{
	if (sqlite3_prepare_v3(h, sql, -1, SQLITE_PREPARE_PERSISTENT, out,
		    NULL) != SQLITE_OK)
		return sql_fail(h, e, "read");
	return true;
}

bool sql_run(sqlite3_stmt *s, struct err *e)
{
	int code = sqlite3_step(s);

	if (code != SQLITE_DONE) {
		fail(s, e);
		sqlite3_reset(s);
		return false;
	}
	sqlite3_reset(s);
	return true;
}

bool sql_row(sqlite3_stmt *s, bool *row, struct err *e)
{
	int code = sqlite3_step(s);

	if (code != SQLITE_ROW && code != SQLITE_DONE) {
		fail(s, e);
		sqlite3_reset(s);
		return false;
	}
	*row = code == SQLITE_ROW;
	return true;
}

void sql_reset(sqlite3_stmt *s)
{
	sqlite3_reset(s);
}

bool sql_number(sqlite3 *h, const char *sql, int64_t otherwise, int64_t *out,
	struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool row, ok;

	if (!sql_prepare(h, &s, sql, e))
		return false;
	ok = sql_row(s, &row, e);
	if (ok)
		*out = row ? sqlite3_column_int64(s, 0) : otherwise;
	sqlite3_finalize(s);
	return ok;
}

void sql_bind_text(sqlite3_stmt *s, int at, const char *text)
{
	int code = sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);

	assert(code == SQLITE_OK);
	(void)code;
}

void sql_bind_blob(sqlite3_stmt *s, int at, const void *p, size_t n)
{
	int code = sqlite3_bind_blob64(s, at, p, n, SQLITE_STATIC);

	assert(code == SQLITE_OK);
	(void)code;
}

void sql_bind(sqlite3_stmt *s, int at, int64_t v)
{
	int code = sqlite3_bind_int64(s, at, v);

	assert(code == SQLITE_OK);
	(void)code;
}

void sql_bind_count(sqlite3_stmt *s, int at, uint64_t v)
{
	sql_bind(s, at, v > INT64_MAX ? INT64_MAX : (int64_t)v);
}

static void *must(void *p)
{
	if (!p) {
		fputs("mailcensus: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	return must(calloc(n > 0 ? n : 1, size));
}

void *xrealloc(void *p, size_t n, size_t size)
{
	return must(reallocarray(p, n > 0 ? n : 1, size));
}

void *xgrow(void *list, size_t n, size_t size)
{
	return (n & (n - 1)) == 0 ? xrealloc(list, n > 0 ? 2 * n : 1, size)
		: list;
}

char *xstrdup(const char *s)
{
	return s ? must(strdup(s)) : NULL;
}
