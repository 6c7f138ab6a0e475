/* sums.h: counters by key, kept in memory between two writes of them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SUMS_N = 7, SUMS_LAST = 3 };

struct sum {
	int64_t a, b;  /* the key: numbers of the database, hours ... */
	uint32_t kind; /* and of which counter */
	bool seen;     /* first and last hold something */
	int64_t first, last;
	union {
		int64_t n[SUMS_N];
		struct {
			uint8_t session[SUMS_LAST][16];
			bool refused[SUMS_LAST];
			uint8_t n;
		} newest; /* the newest first */
	};
};

struct sums;

struct sums *sums_new(void);
void sums_free(struct sums *s);
/* The counters of that key, all zero where it is new. Borrowed until the next
 * call. */
struct sum *sums_at(struct sums *s, uint32_t kind, int64_t a, int64_t b);
/* A moment counts for first and last. */
void sum_seen(struct sum *s, int64_t at);
size_t sums_count(const struct sums *s);
/* All of them in the order of a, kind, b; free() the array, borrow its
 * entries until the next sums_at(). */
struct sum **sums_sorted(const struct sums *s);
void sums_clear(struct sums *s);

/* Spreads the bits of a number all over it; not where others choose it. */
uint64_t sums_mix(uint64_t x);
