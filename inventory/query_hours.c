/* query_hours.c: the hours of the last day in which credentials were used; see
 * query_private.h. */
#include "capture/base/bytes.h"
#include "inventory/query_private.h"
#include <stdlib.h>

struct use_hour {
	int64_t credential;
	uint32_t n[QUERY_DAY];
};

static const uint64_t NS_HOUR = UINT64_C(3600) * 1000000000;

/* A session's key begins with its time, and so the order is that of time. */
static int64_t hour_of(sqlite3_stmt *s, int at)
{
	const void *key = sqlite3_column_blob(s, at);
	int n = sqlite3_column_bytes(s, at);
	struct rd r = rd_init(key, key && n > 0 ? (size_t)n : 0);
	uint64_t ns = rd_be64(&r);

	return rd_ok(&r) ? (int64_t)(ns / NS_HOUR) : 0;
}


/* One AUTH. */
struct use {
	int64_t credential;
	int hour;
};

struct uses {
	struct use *v;
	size_t n, cap;
};

static void add(struct uses *u, int64_t credential, int hour)
{
	if (u->n == u->cap) {
		u->cap = u->cap > 0 ? 2 * u->cap : 1024;
		u->v = xrealloc(u->v, u->cap, sizeof *u->v);
	}
	u->v[u->n++] = (struct use){credential, hour};
}

static int by_credential(const void *x, const void *y)
{
	const struct use *a = x, *b = y;

	return a->credential < b->credential ? -1
		: a->credential > b->credential;
}

static void fold(struct uses *u, struct use_hours *h)
{
	size_t n = 0;

	if (u->n > 0)
		qsort(u->v, u->n, sizeof *u->v, by_credential);
	for (size_t i = 0; i < u->n; i++)
		n += i == 0 || u->v[i].credential != u->v[i - 1].credential;
	h->v = xcalloc(n + 1, sizeof *h->v);
	for (size_t i = 0; i < u->n; i++) {
		if (i == 0 || u->v[i].credential != u->v[i - 1].credential)
			h->v[h->n++].credential = u->v[i].credential;
		h->v[h->n - 1].n[u->v[i].hour]++;
	}
}

static bool read_uses(struct query *q, struct use_hours *h, struct err *e)
{
	static const char sql[] = "SELECT session, credential "
		"FROM auth_events WHERE session >= ?1";
	int64_t first = h->last - QUERY_DAY + 1;
	uint8_t key[16] = {0};
	struct wr w = wr_init(key, sizeof key);
	struct uses uses = {.v = NULL};
	sqlite3_stmt *s = NULL;
	bool row = true, ok;

	wr_be64(&w, first > 0 ? (uint64_t)first * NS_HOUR : 0);
	ok = sql_prepare(query_handle(q), &s, sql, e);
	if (ok)
		sql_bind_blob(s, 1, key, sizeof key);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		int64_t at = hour_of(s, 0) - first;

		if (at >= 0 && at < QUERY_DAY)
			add(&uses, sqlite3_column_int64(s, 1), (int)at);
	}
	sqlite3_finalize(s);
	fold(&uses, h);
	free(uses.v);
	return ok;
}

bool use_hours_read(struct query *q, struct use_hours *out, struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool row, ok;

	*out = (struct use_hours){.v = NULL};
	ok = sql_prepare(query_handle(q), &s,
		"SELECT max(session) FROM auth_events", e) &&
		sql_row(s, &row, e);
	if (ok)
		out->last = hour_of(s, 0);
	sqlite3_finalize(s);
	return ok && read_uses(q, out, e);
}

const uint32_t *use_hours_of(const struct use_hours *h, int64_t credential)
{
	size_t low = 0, high = h->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (h->v[middle].credential < credential)
			low = middle + 1;
		else
			high = middle;
	}
	return low < h->n && h->v[low].credential == credential
		? h->v[low].n : NULL;
}

void use_hours_free(struct use_hours *h)
{
	free(h->v);
	*h = (struct use_hours){.v = NULL};
}
