/* db_private.h: what the other files of this folder see of an open one. */
#pragma once
#include "capture/base/addr.h"
#include "inventory/db.h"
#include "inventory/sql.h"

sqlite3 *db_handle(struct db *db);
/* The row of this inventory's own sensor. */
int64_t db_sensor_row(const struct db *db);
/* The site whose private address this is, "" for one valid everywhere. */
const char *db_scope(const struct db *db, const struct addr *a);

/* What conclusions are drawn with. */
struct rules;
const struct rules *db_rules(const struct db *db);
/* The vendor of a network card, "00:26:73:..."; NULL: unknown. Borrowed. */
const char *db_vendor(struct db *db, const char *mac);

/* Statements of a writer, prepared from a table of texts in one go. */
bool db_prepare(struct db *db, const char *const *sql, sqlite3_stmt **out,
	size_t n, struct err *e);
void db_finalize(sqlite3_stmt **s, size_t n);

/* Pages of the file that are kept in memory: most of what a writer touches is
 * at the ends of tables, but conclusions that are drawn anew go through all. */
enum { DB_CACHE_KIB = 8192, DB_CACHE_ALL_KIB = 32768 };
bool db_cache(struct db *db, int kib, struct err *e);
