/* rate.h: how fast a source runs, from its counters in two snapshots. */
#pragma once
#include "inventory/query.h"

enum { RATE_SAMPLES = 8 };

struct rate_sample {
	int64_t at; /* us: when the writer counted */
	uint64_t packets, bytes, done;
};

/* The latest samples of one source, the oldest first. */
struct rate {
	char *label;
	struct rate_sample v[RATE_SAMPLES];
	size_t n;
};

/* What a second brings; negative where it is not known yet. */
struct rate_now {
	double packets, bytes, done;
};

void rate_add(struct rate *r, const struct source_state *s);
struct rate_now rate_now(const struct rate *r);
void rate_free(struct rate *r);
