/* query_proof.c: the session that shows best how a device sends; see query.h.
 * Sessions have no index but time: they are walked from the newest until every
 * device has one that says what its verdict says. */
#include "inventory/query_private.h"
#include <stdlib.h>
#include <string.h>

static const char ends_sql[] =
	"SELECT \"end\", device FROM device_ends ORDER BY \"end\"";
static const char walk_sql[] = "SELECT s.session, s.client, s.accepted, "
	"c.class, a.evidence FROM sessions s "
	"LEFT JOIN auth_events a ON a.session = s.session "
	"LEFT JOIN credentials c ON c.id = a.credential "
	"ORDER BY s.session DESC";

/* How well a session shows it. */
enum shows { NOTHING, THAT_IT_SENDS, HOW_IT_SENDS };

struct end {
	int64_t id;
	struct device *device;
};

struct walk {
	struct end *ends; /* by id */
	size_t ends_n;
	uint8_t *shows;   /* of each device of the list */
	size_t left;      /* devices without the best */
	struct device_list *l;
};

static bool read_ends(struct query *q, struct walk *w, struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool row = true, ok;

	ok = sql_prepare(query_handle(q), &s, ends_sql, e);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		const char *id = (const char *)sqlite3_column_text(s, 1);
		const struct device *d = id ? device_with_id(w->l, id) : NULL;

		if (!d)
			continue;
		w->ends = xgrow(w->ends, w->ends_n, sizeof *w->ends);
		w->ends[w->ends_n++] = (struct end){
			sqlite3_column_int64(s, 0), w->l->v + (d - w->l->v)};
	}
	sqlite3_finalize(s);
	return ok;
}

static int by_end(const void *key, const void *member)
{
	int64_t a = *(const int64_t *)key;
	int64_t b = ((const struct end *)member)->id;

	return a < b ? -1 : a > b;
}

/* One AUTH of a session, or a session without any. */
static enum shows judge(sqlite3_stmt *s, const struct device *d)
{
	static const enum auth_use uses[] = {
		[RECORD_BASIC] = USE_BASIC, [RECORD_OAUTH] = USE_OAUTH,
		[RECORD_OTHER] = USE_OTHER};
	static const enum evidence evidences[] = {
		EVIDENCE_SEEN, EVIDENCE_RESYNCED, EVIDENCE_INFERRED};
	bool auth = sqlite3_column_type(s, 3) != SQLITE_NULL;

	if (auth)
		return uses[query_enum(s, 3, RECORD_OTHER)] == d->use &&
			evidences[query_enum(s, 4, RECORD_INFERRED)] ==
				d->evidence ? HOW_IT_SENDS : THAT_IT_SENDS;
	switch (d->use) {
	case USE_NONE:
		return query_count(s, 2) > 0 ? HOW_IT_SENDS : THAT_IT_SENDS;
	case USE_REQUIRED:
	case USE_UNKNOWN: return HOW_IT_SENDS;
	case USE_OTHER: case USE_OAUTH: case USE_BASIC: break;
	}
	return THAT_IT_SENDS;
}

static void take(sqlite3_stmt *s, struct walk *w)
{
	int64_t client = sqlite3_column_int64(s, 1);
	struct end *end = bsearch(&client, w->ends, w->ends_n,
		sizeof *w->ends, by_end);
	struct device *d = end ? end->device : NULL;
	uint8_t *best = d ? &w->shows[d - w->l->v] : NULL;
	enum shows shows;

	if (!d || *best == HOW_IT_SENDS)
		return;
	shows = judge(s, d);
	if (shows <= *best)
		return;
	*best = (uint8_t)shows;
	query_hex(s, 0, d->proof);
	w->left -= shows == HOW_IT_SENDS;
}

bool query_proofs(struct query *q, struct device_list *l, struct err *e)
{
	struct walk w = {.l = l};
	sqlite3_stmt *s = NULL;
	bool row = true, ok;

	if (l->n == 0)
		return true;
	w.shows = xcalloc(l->n, 1);
	for (size_t i = 0; i < l->n; i++)
		w.left += l->v[i].sessions > 0;
	ok = read_ends(q, &w, e) &&
		sql_prepare(query_handle(q), &s, walk_sql, e);
	while (ok && w.left > 0 && (ok = sql_row(s, &row, e)) && row)
		take(s, &w);
	sqlite3_finalize(s);
	free(w.ends);
	free(w.shows);
	return ok;
}
