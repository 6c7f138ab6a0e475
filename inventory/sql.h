/* sql.h: SQLite as the inventory uses it; private to this folder. */
#pragma once
#include "capture/base/err.h"
#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

/* Says that `doing` ("write to") the database failed, why, and what helps. */
bool sql_fail(sqlite3 *h, struct err *e, const char *doing);

bool sql_exec(sqlite3 *h, const char *sql, struct err *e);
bool sql_prepare(sqlite3 *h, sqlite3_stmt **out, const char *sql,
	struct err *e);
/* Runs a statement that returns no rows, and makes it ready for the next. */
bool sql_run(sqlite3_stmt *s, struct err *e);
/* One row: true and *row tells whether there is one; reset it afterwards. */
bool sql_row(sqlite3_stmt *s, bool *row, struct err *e);
void sql_reset(sqlite3_stmt *s);
/* The only number of a query, or `otherwise` where there is no row. */
bool sql_number(sqlite3 *h, const char *sql, int64_t otherwise, int64_t *out,
	struct err *e);

/* Parameters count from 1. Texts are borrowed until the statement has run. */
void sql_bind_text(sqlite3_stmt *s, int at, const char *text); /* or NULL */
void sql_bind_blob(sqlite3_stmt *s, int at, const void *p, size_t n);
void sql_bind(sqlite3_stmt *s, int at, int64_t v);
/* Counters do not fit a signed column above 2^63: they stop there. */
void sql_bind_count(sqlite3_stmt *s, int at, uint64_t v);

/* Memory or death: what a program that watches cannot do without. */
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n, size_t size);
/* A list of n members with room for one more. It only ever grows, by one each
 * time: there is new room at each power of two. */
void *xgrow(void *list, size_t n, size_t size);
char *xstrdup(const char *s); /* NULL gives NULL */
