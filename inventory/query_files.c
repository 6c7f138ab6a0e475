/* query_files.c: the captures that were read, for those who read more. */
#include "inventory/query_private.h"
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 20000, PARTIAL_MAX = 100000 };

static const char files_sql[] = "SELECT source, digest, packets, file_size, "
	"first_seen, last_seen, label, path "
	"FROM sources WHERE live = 0 ORDER BY last_seen DESC, id LIMIT ?1";

/* Only where it can matter: without an index, all sessions are many. What was
 * idle (3) may go on in a file that lies between two that were read. */
static const char partial_sql[] = "SELECT first_seen, first_seen + lasted, "
	"flags & 1, ending IN (0, 3) FROM sessions "
	"WHERE flags & 1 OR ending IN (0, 3) OR gap_bytes > 0 "
	"ORDER BY first_seen DESC LIMIT ?1";

/* A reading that was killed told nothing of what was open then: all that was
 * ten minutes (the engine's idle time) before may go on in that file. */
static const char killed_sql[] = "SELECT CASE WHEN first_seen > 0 THEN "
	"first_seen ELSE (SELECT max(last_seen) FROM sources WHERE live = 0) "
	"END - 600000000, last_seen, 1, 1 FROM sources "
	"WHERE live = 0 AND state = 0 LIMIT ?1";

static void read_print(sqlite3_stmt *s, int at, uint8_t out[32])
{
	const void *p = sqlite3_column_blob(s, at);

	memset(out, 0, 32);
	if (p && sqlite3_column_bytes(s, at) == 32)
		memcpy(out, p, 32);
}

static void read_file(sqlite3_stmt *s, struct file_known *f)
{
	*f = (struct file_known){
		.packets = query_count(s, 2), .size = query_count(s, 3),
		.first_seen = sqlite3_column_int64(s, 4),
		.last_seen = sqlite3_column_int64(s, 5),
		.label = query_text(s, 6),
	};
	/* Names of files are bytes; whoever opens one wants them as they
	 * are. */
	if (sqlite3_column_bytes(s, 7) > 0)
		f->path = xstrdup((const char *)sqlite3_column_text(s, 7));
	read_print(s, 0, f->id);
	read_print(s, 1, f->digest);
}

static bool read_files(struct query *q, struct file_list *l, struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool ok, row = true;

	ok = sql_prepare(query_handle(q), &s, files_sql, e);
	if (ok)
		sql_bind(s, 1, FILES_MAX);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		l->v = xgrow(l->v, l->n, sizeof *l->v);
		read_file(s, &l->v[l->n++]);
	}
	sqlite3_finalize(s);
	return ok;
}

static bool read_partial(struct query *q, struct file_list *l,
	const char *sql, struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool ok, row = true;

	ok = sql_prepare(query_handle(q), &s, sql, e);
	if (ok)
		sql_bind(s, 1, PARTIAL_MAX);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		l->partial = xgrow(l->partial, l->partial_n,
			sizeof *l->partial);
		l->partial[l->partial_n++] = (struct file_partial){
			sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1),
			sqlite3_column_int(s, 2) != 0,
			sqlite3_column_int(s, 3) != 0};
	}
	sqlite3_finalize(s);
	return ok;
}

bool query_files(struct query *q, struct file_list **out, struct err *e)
{
	struct file_list *l = xcalloc(1, sizeof *l);

	if (!read_files(q, l, e) ||
		(l->n > 0 && (!read_partial(q, l, partial_sql, e) ||
			!read_partial(q, l, killed_sql, e)))) {
		file_list_free(l);
		return false;
	}
	*out = l;
	return true;
}

void file_list_free(struct file_list *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].label);
		free(l->v[i].path);
	}
	free(l->v);
	free(l->partial);
	free(l);
}

bool query_totals(struct query *q, uint64_t *devices, uint64_t *sessions,
	struct err *e)
{
	int64_t d, n;

	if (!sql_number(query_handle(q), "SELECT count(*) FROM devices", 0,
		    &d, e) ||
		!sql_number(query_handle(q), "SELECT ifnull(sum(sessions), 0) "
			"FROM timeline", 0, &n, e))
		return false;
	*devices = d > 0 ? (uint64_t)d : 0;
	*sessions = n > 0 ? (uint64_t)n : 0;
	return true;
}
