/* join_clock.c: how far two clocks are apart, when events of the one are those
 * of the other, but some are missing and others are foreign: the difference
 * that more pairs have than chance would give. */
#include "inventory/join.h"
#include "inventory/sql.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	REACH = 1800,  /* s: clocks that are further apart are broken */
	BINS = 2 * REACH + 1,
	SMOOTH = 2,    /* s: a sign-in is stamped to the second */
	SPREAD = 15,   /* s: a slow sign-in */
	LEAST = 5,     /* pairs */
	WORK = 40000000, /* pairs that are looked at */
};

static const int64_t second = 1000000;

/* What is known of clocks that could not be compared. */
static const struct join_clock unknown = {0, 30 * INT64_C(1000000), 0};

/* Index of the first try at or after a time. */
static size_t first_at(const struct join_try *tries, size_t n, int64_t at)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (tries[mid].at < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int bin_of(int64_t difference)
{
	/* Rounded down, below 0 as well. */
	int64_t s = difference >= 0 ? difference / second
		: -((-difference + second - 1) / second);

	return (int)(s + REACH);
}

/* Differences of all pairs that could be one thing, by the second. Of very
 * many every so-manieth event is taken. */
static void count(const struct join_facts *f, const struct join_try *tries,
	size_t n, uint32_t bins[BINS])
{
	size_t step = 1, pairs = 0;

	for (size_t i = 0; i < f->events_n; i++) {
		int64_t at = f->events[i].at;

		pairs += first_at(tries, n, at + REACH * second) -
			first_at(tries, n, at - REACH * second);
	}
	step += pairs / WORK;
	for (size_t i = 0; i < f->events_n; i += step) {
		const struct join_event *v = &f->events[i];
		size_t k = first_at(tries, n, v->at - REACH * second);

		if (v->message)
			continue;
		for (; k < n && tries[k].at < v->at + REACH * second; k++)
			if (join_likeness(f, v, &tries[k]) > 0.5)
				bins[bin_of(v->at - tries[k].at)]++;
	}
}

static int ascending(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

static uint32_t around(const uint32_t bins[BINS], int middle, int reach)
{
	uint32_t sum = 0;

	for (int i = middle - reach; i <= middle + reach; i++)
		if (i >= 0 && i < BINS)
			sum += bins[i];
	return sum;
}

/* What is so much above chance is no chance; of equals the least difference
 * counts: devices that send every quarter of an hour agree with themselves a
 * quarter of an hour later. */
static int peak_of(const uint32_t bins[BINS], uint32_t chance)
{
	uint32_t most = 0, enough;
	int peak = -1;

	for (int i = 0; i < BINS; i++)
		if (around(bins, i, SMOOTH) > most)
			most = around(bins, i, SMOOTH);
	if (most < LEAST || most < chance + 4 * sqrt(chance + 1.0))
		return -1;
	enough = most - most / 10;
	for (int i = 0; i < BINS; i++)
		if (around(bins, i, SMOOTH) >= enough && (peak < 0 ||
				abs(i - REACH) < abs(peak - REACH)))
			peak = i;
	/* The top of that hill. */
	for (int i = peak - SMOOTH; i <= peak + SMOOTH; i++)
		if (around(bins, i, SMOOTH) > around(bins, peak, SMOOTH))
			peak = i;
	return peak;
}

/* As far from the peak as pairs are still more than chance. */
static int spread_of(const uint32_t bins[BINS], int peak, double chance)
{
	double all = around(bins, peak, SPREAD) - chance * (2 * SPREAD + 1);
	int k = 1;

	while (k < SPREAD && around(bins, peak, k) - chance * (2 * k + 1) <
		0.95 * all)
		k++;
	return k + 1;
}

struct join_clock join_clock_of(const struct join_facts *f,
	const struct join_try *tries, size_t n)
{
	uint32_t *bins = xcalloc(BINS, sizeof *bins);
	uint32_t *sorted = xcalloc(BINS, sizeof *sorted);
	struct join_clock clock = unknown;
	uint64_t sum = 0, weighed = 0;
	double chance;
	int peak;

	count(f, tries, n, bins);
	for (int i = 0; i < BINS; i++)
		sorted[i] = around(bins, i, SMOOTH);
	qsort(sorted, BINS, sizeof *sorted, ascending);
	chance = sorted[BINS / 2];
	peak = peak_of(bins, sorted[BINS / 2]);
	for (int i = peak - SMOOTH; peak >= 0 && i <= peak + SMOOTH; i++) {
		if (i < 0 || i >= BINS)
			continue;
		sum += bins[i];
		weighed += (uint64_t)i * bins[i];
	}
	if (sum > 0) {
		clock.ahead = (int64_t)(weighed * (uint64_t)second / sum) -
			REACH * second + second / 2;
		clock.within = second * spread_of(bins, peak,
			chance / (2 * SMOOTH + 1));
		clock.pairs = around(bins, peak, SMOOTH);
	}
	free(bins);
	free(sorted);
	return clock;
}
