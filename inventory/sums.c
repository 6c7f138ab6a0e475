/* sums.c: see sums.h. */
#include "inventory/sums.h"
#include "inventory/sql.h"
#include <stdlib.h>
#include <string.h>

enum { START = 1 << 10 };

/* The counters lie side by side; slots finds them: open addressing, at most
 * half full, 0 for an empty place and else a counter's index plus 1. The keys
 * are row numbers that the database hands out one by one: nobody on the wire
 * can choose them. */
struct sums {
	struct sum *v;
	size_t n, cap;
	uint32_t *slots;
	size_t size; /* of slots: a power of two */
};

struct sums *sums_new(void)
{
	struct sums *s = xcalloc(1, sizeof *s);

	s->size = START;
	s->slots = xcalloc(s->size, sizeof *s->slots);
	return s;
}

void sums_free(struct sums *s)
{
	if (!s)
		return;
	free(s->v);
	free(s->slots);
	free(s);
}

/* The finalizer of splitmix64 (Steele, Lea and Flood, 2014). */
uint64_t sums_mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9;
	x ^= x >> 27;
	x *= 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static size_t first_place(uint32_t kind, int64_t a, int64_t b)
{
	return sums_mix(sums_mix((uint64_t)a + kind) + (uint64_t)b);
}

static uint32_t *place(const struct sums *s, uint32_t kind, int64_t a,
	int64_t b)
{
	size_t at = first_place(kind, a, b);

	for (;; at++) {
		uint32_t *slot = &s->slots[at & (s->size - 1)];
		const struct sum *x;

		if (*slot == 0)
			return slot;
		x = &s->v[*slot - 1];
		if (x->kind == kind && x->a == a && x->b == b)
			return slot;
	}
}

static void grow(struct sums *s)
{
	free(s->slots);
	s->size *= 2;
	s->slots = xcalloc(s->size, sizeof *s->slots);
	for (size_t i = 0; i < s->n; i++)
		*place(s, s->v[i].kind, s->v[i].a, s->v[i].b) =
			(uint32_t)i + 1;
}

struct sum *sums_at(struct sums *s, uint32_t kind, int64_t a, int64_t b)
{
	uint32_t *slot = place(s, kind, a, b);
	struct sum *x;

	if (*slot > 0)
		return &s->v[*slot - 1];
	if (2 * (s->n + 1) > s->size) {
		grow(s);
		slot = place(s, kind, a, b);
	}
	if (s->n == s->cap) {
		s->cap = s->cap > 0 ? 2 * s->cap : START / 2;
		s->v = xrealloc(s->v, s->cap, sizeof *s->v);
	}
	x = &s->v[s->n++];
	*slot = (uint32_t)s->n;
	memset(x, 0, sizeof *x);
	x->kind = kind;
	x->a = a;
	x->b = b;
	return x;
}

void sum_seen(struct sum *s, int64_t at)
{
	if (!s->seen || at < s->first)
		s->first = at;
	if (!s->seen || at > s->last)
		s->last = at;
	s->seen = true;
}

size_t sums_count(const struct sums *s)
{
	return s->n;
}

static int compare(const void *x, const void *y)
{
	const struct sum *const *px = x, *const *py = y;
	const struct sum *a = *px, *b = *py;

	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->b < b->b ? -1 : a->b > b->b;
}

struct sum **sums_sorted(const struct sums *s)
{
	struct sum **v = xcalloc(s->n, sizeof *v);

	for (size_t i = 0; i < s->n; i++)
		v[i] = &s->v[i];
	if (s->n > 0)
		qsort(v, s->n, sizeof v[0], compare);
	return v;
}

/* The slot that says i, however many before it are empty by now. */
static uint32_t *slot_of(const struct sums *s, size_t i)
{
	const struct sum *x = &s->v[i];
	size_t at = first_place(x->kind, x->a, x->b);

	while (s->slots[at & (s->size - 1)] != i + 1)
		at++;
	return &s->slots[at & (s->size - 1)];
}

/* A few among the places of many are taken out one by one. */
void sums_clear(struct sums *s)
{
	if (s->n < s->size / 64)
		for (size_t i = 0; i < s->n; i++)
			*slot_of(s, i) = 0;
	else
		memset(s->slots, 0, s->size * sizeof *s->slots);
	s->n = 0;
}
