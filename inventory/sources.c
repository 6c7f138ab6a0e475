/* sources.c: see sources.h. */
#include "inventory/sources.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	PUT, KNOWN, ROW, PATH, HOUR, STRANGERS, FORGET, STRANGER, STATEMENTS,
};

static const char *const statements[STATEMENTS] = {
	[PUT] = "INSERT INTO sources (source, sensor, live, label, state, "
		"reason, beat_at, first_seen, last_seen, packets, bytes, "
		"dropped, not_understood, malformed, cut, gaps, gap_bytes, "
		"duplicates, out_of_order, flows, evicted, lost_records, "
		"file_done, file_size, files_done, files, if_dropped, "
		"sessions, one_sided, lossy, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
		"?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, "
		"?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31) "
		"ON CONFLICT DO UPDATE SET label = ?4, state = ?5, "
		"reason = ?6, beat_at = max(beat_at, ?7), "
		"first_seen = CASE WHEN first_seen = 0 THEN ?8 "
		"WHEN ?8 = 0 THEN first_seen ELSE min(first_seen, ?8) END, "
		"last_seen = max(last_seen, ?9), packets = max(packets, ?10), "
		"bytes = max(bytes, ?11), dropped = max(dropped, ?12), "
		"not_understood = max(not_understood, ?13), "
		"malformed = max(malformed, ?14), cut = max(cut, ?15), "
		"gaps = max(gaps, ?16), gap_bytes = max(gap_bytes, ?17), "
		"duplicates = max(duplicates, ?18), "
		"out_of_order = max(out_of_order, ?19), "
		"flows = max(flows, ?20), evicted = max(evicted, ?21), "
		"lost_records = max(lost_records, ?22), file_done = ?23, "
		"file_size = ?24, files_done = ?25, files = ?26, "
		"if_dropped = max(if_dropped, ?27), "
		"sessions = max(sessions, ?28), "
		"one_sided = max(one_sided, ?29), lossy = max(lossy, ?30), "
		/* Said once it was read whole. */
		"digest = CASE WHEN ?31 = x'' THEN digest ELSE ?31 END",
	[KNOWN] = "UPDATE sources SET label = ?2, "
		"beat_at = max(beat_at, ?3) WHERE source = ?1",
	[ROW] = "SELECT id FROM sources WHERE source = ?1",
	[PATH] = "UPDATE sources SET path = ?2 WHERE source = ?1",
	[HOUR] = "INSERT INTO source_hours SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, "
		"?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18 "
		"FROM sources WHERE source = ?1 "
		"ON CONFLICT DO UPDATE SET packets = max(packets, ?3), "
		"bytes = max(bytes, ?4), dropped = max(dropped, ?5), "
		"if_dropped = max(if_dropped, ?6), "
		"not_understood = max(not_understood, ?7), "
		"malformed = max(malformed, ?8), cut = max(cut, ?9), "
		"gaps = max(gaps, ?10), gap_bytes = max(gap_bytes, ?11), "
		"duplicates = max(duplicates, ?12), "
		"out_of_order = max(out_of_order, ?13), "
		"evicted = max(evicted, ?14), "
		"lost_records = max(lost_records, ?15), "
		"sessions = max(sessions, ?16), "
		"one_sided = max(one_sided, ?17), lossy = max(lossy, ?18)",
	[STRANGERS] = "SELECT ifnull(sum(frames), 0) FROM source_strangers "
		"WHERE source = ?1",
	[FORGET] = "DELETE FROM source_strangers WHERE source = ?1",
	[STRANGER] = "INSERT OR IGNORE INTO source_strangers "
		"VALUES (?1, ?2, ?3, ?4)",
};

struct sources {
	struct db *db;
	sqlite3_stmt *s[STATEMENTS];
};

bool sources_open(struct sources **out, struct db *db, struct err *e)
{
	struct sources *s = xcalloc(1, sizeof *s);

	s->db = db;
	if (!db_prepare(db, statements, s->s, STATEMENTS, e)) {
		sources_close(s);
		return false;
	}
	*out = s;
	return true;
}

void sources_close(struct sources *s)
{
	if (!s)
		return;
	db_finalize(s->s, STATEMENTS);
	free(s);
}

static int64_t us(int64_t ns)
{
	return ns / 1000;
}

static bool put(struct sources *s, const struct record_source *r,
	int64_t wall, struct err *e)
{
	static const uint8_t none[sizeof r->digest];
	const uint64_t counts[] = {
		r->packets, r->bytes, r->dropped, r->not_understood,
		r->malformed, r->cut, r->gaps, r->gap_bytes, r->duplicates,
		r->out_of_order, r->flows, r->evicted, r->lost_records,
		r->file_done, r->file_size, r->files_done, r->files,
		r->if_dropped, r->sessions, r->one_sided, r->lossy,
	};
	bool whole = memcmp(r->digest, none, sizeof none) != 0;
	sqlite3_stmt *q = s->s[PUT];
	int at = 1;

	sql_bind_blob(q, at++, r->id, sizeof r->id);
	sql_bind(q, at++, db_sensor_row(s->db));
	sql_bind(q, at++, r->live);
	sql_bind_text(q, at++, r->label);
	sql_bind(q, at++, r->state);
	sql_bind_text(q, at++, r->reason);
	sql_bind(q, at++, wall);
	sql_bind(q, at++, us(r->first_seen));
	sql_bind(q, at++, us(r->last_seen));
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		sql_bind_count(q, at++, counts[i]);
	sql_bind_blob(q, at++, r->digest, whole ? sizeof r->digest : 0);
	return sql_run(q, e);
}

static bool put_known(struct sources *s, const struct record_source *r,
	int64_t wall, struct err *e)
{
	sqlite3_stmt *q = s->s[KNOWN];

	sql_bind_blob(q, 1, r->id, sizeof r->id);
	sql_bind_text(q, 2, r->label);
	sql_bind(q, 3, wall);
	return sql_run(q, e);
}

/* 0: there is none. */
static bool find(struct sources *s, const uint8_t id[32], int64_t *row,
	struct err *e)
{
	sqlite3_stmt *q = s->s[ROW];
	bool found;

	sql_bind_blob(q, 1, id, 32);
	if (!sql_row(q, &found, e))
		return false;
	*row = found ? sqlite3_column_int64(q, 0) : 0;
	sql_reset(q);
	return true;
}

/* Sums over a list must hold, whatever it says. */
static uint64_t frames_of(const struct record_stranger *s)
{
	const uint64_t most = INT64_MAX / RECORD_STRANGERS;

	return s->frames < most ? s->frames : most;
}

/* Of two lists the one that counts more stays, whole: both are short, their
 * union might not be. */
static bool put_strangers(struct sources *s, const struct record_source *r,
	int64_t row, struct err *e)
{
	sqlite3_stmt *q = s->s[STRANGERS];
	uint64_t old, new = 0;
	bool found;

	for (size_t i = 0; i < r->stranger_n; i++)
		new += frames_of(&r->strangers[i]);
	sql_bind(q, 1, row);
	if (!sql_row(q, &found, e))
		return false;
	old = (uint64_t)sqlite3_column_int64(q, 0);
	sql_reset(q);
	if (new <= old)
		return true;
	sql_bind(s->s[FORGET], 1, row);
	if (!sql_run(s->s[FORGET], e))
		return false;
	q = s->s[STRANGER];
	for (size_t i = 0; i < r->stranger_n; i++) {
		sql_bind(q, 1, row);
		sql_bind(q, 2, r->strangers[i].registry);
		sql_bind(q, 3, r->strangers[i].number);
		sql_bind_count(q, 4, frames_of(&r->strangers[i]));
		if (!sql_run(q, e))
			return false;
	}
	return true;
}

bool sources_put(struct sources *s, const struct record_source *r,
	int64_t wall, int64_t *row, struct err *e)
{
	if (r->known)
		return put_known(s, r, wall, e) && find(s, r->id, row, e);
	if (!put(s, r, wall, e) || !find(s, r->id, row, e))
		return false;
	assert(*row > 0);
	return put_strangers(s, r, *row, e);
}

bool sources_put_hour(struct sources *s, const struct record_source *r,
	struct err *e)
{
	const uint64_t counts[] = {
		r->packets, r->bytes, r->dropped, r->if_dropped,
		r->not_understood, r->malformed, r->cut, r->gaps,
		r->gap_bytes, r->duplicates, r->out_of_order, r->evicted,
		r->lost_records, r->sessions, r->one_sided, r->lossy,
	};
	sqlite3_stmt *q = s->s[HOUR];
	int at = 1;

	sql_bind_blob(q, at++, r->id, sizeof r->id);
	sql_bind(q, at++, us(r->first_seen) / (3600LL * 1000000));
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		sql_bind_count(q, at++, counts[i]);
	return sql_run(q, e);
}

bool sources_put_path(struct sources *s, const uint8_t id[32],
	const char *path, struct err *e)
{
	sqlite3_stmt *q = s->s[PATH];

	sql_bind_blob(q, 1, id, 32);
	sql_bind_text(q, 2, path);
	return sql_run(q, e);
}
