/* query_health.c: how well the capture heard, hour by hour; see query.h. */
#include "capture/base/envelope.h"
#include "inventory/query_private.h"
#include <stdlib.h>

#define COUNTS(of) "total(" of "packets), total(" of "bytes), " \
	"total(" of "dropped), total(" of "if_dropped), " \
	"total(" of "not_understood), total(" of "malformed), " \
	"total(" of "cut), total(" of "gaps), total(" of "gap_bytes), " \
	"total(" of "duplicates), total(" of "out_of_order), " \
	"total(" of "evicted), total(" of "lost_records), " \
	"total(" of "sessions), total(" of "one_sided), total(" of "lossy)"

enum { TOTAL, HOURS, STRANGERS, STATEMENTS };

static const char *const statements[STATEMENTS] = {
	[TOTAL] = "SELECT 0, " COUNTS("") " FROM sources WHERE ?1 = ?1",
	[HOURS] = "SELECT hour, " COUNTS("") " FROM source_hours "
		/* 2^63 ns are so many hours. */
		"WHERE hour BETWEEN max(?1, 0) AND 2562047 "
		"GROUP BY hour ORDER BY hour",
	[STRANGERS] = "SELECT registry, number, total(frames) AS n "
		"FROM source_strangers WHERE ?1 = ?1 "
		"GROUP BY registry, number ORDER BY n DESC, registry, number "
		"LIMIT 64",
};

/* Sums are of floating point: they do not overflow, whatever a file holds. */
static uint64_t sum(sqlite3_stmt *s, int at)
{
	double v = sqlite3_column_double(s, at);

	return v < 0 ? 0 : v >= 9e18 ? (uint64_t)9e18 : (uint64_t)v;
}

static void read_hour(sqlite3_stmt *s, struct health_hour *h)
{
	uint64_t *counts[] = {
		&h->packets, &h->bytes, &h->dropped, &h->if_dropped,
		&h->not_understood, &h->malformed, &h->cut, &h->gaps,
		&h->gap_bytes, &h->duplicates, &h->out_of_order, &h->evicted,
		&h->lost_records, &h->sessions, &h->one_sided, &h->lossy,
	};

	h->at = sqlite3_column_int64(s, 0) * 3600 * 1000000;
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		*counts[i] = sum(s, (int)i + 1);
}

static void read_row(sqlite3_stmt *s, int which, struct health *h)
{
	char name[HEALTH_NAME];

	switch (which) {
	case TOTAL:
		read_hour(s, &h->total);
		break;
	case HOURS:
		h->v = xgrow(h->v, h->n, sizeof *h->v);
		read_hour(s, &h->v[h->n++]);
		break;
	case STRANGERS:
		envelope_name((enum envelope_registry)query_enum(s, 0,
				ENVELOPE_REGISTRIES - 1),
			(uint32_t)sqlite3_column_int64(s, 1), name,
			sizeof name);
		h->strangers = xrealloc(h->strangers, h->strangers_n + 1,
			sizeof *h->strangers);
		h->strangers[h->strangers_n++] =
			(struct health_stranger){xstrdup(name), sum(s, 2)};
		break;
	default: break;
	}
}

bool query_health(struct query *q, int64_t since, struct health **out,
	struct err *e)
{
	struct health *h = xcalloc(1, sizeof *h);
	bool ok = query_begin(q, e);

	for (int i = 0; ok && i < STATEMENTS; i++) {
		sqlite3_stmt *s = NULL;
		bool row = true;

		ok = sql_prepare(query_handle(q), &s, statements[i], e);
		if (ok)
			sql_bind(s, 1, since / (3600LL * 1000000));
		while (ok && (ok = sql_row(s, &row, e)) && row)
			read_row(s, i, h);
		sqlite3_finalize(s);
	}
	query_end(q);
	if (!ok) {
		health_free(h);
		return false;
	}
	*out = h;
	return true;
}

void health_free(struct health *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->strangers_n; i++)
		free(h->strangers[i].name);
	free(h->strangers);
	free(h->v);
	free(h);
}

double health_loss(const struct health_hour *h)
{
	double lost = (double)h->dropped + (double)h->lost_records;
	double all = (double)h->packets + lost;

	return all > 0 ? lost / all : 0;
}

const struct health_hour *health_worst(const struct health *h)
{
	const struct health_hour *worst = NULL;

	for (size_t i = 0; i < h->n; i++)
		if (health_loss(&h->v[i]) > 0 && (!worst ||
				health_loss(&h->v[i]) > health_loss(worst)))
			worst = &h->v[i];
	return worst;
}
