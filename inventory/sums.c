/* sums.c: see sums.h. */
#include "inventory/sums.h"
#include "inventory/sql.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { START = 1 << 10 };

/* Open addressing, at most half full. The keys are row numbers that the
 * database hands out one by one: nobody on the wire can choose them. */
struct sums {
	struct sum *v;
	size_t size, n; /* size is a power of two */
};

struct sums *sums_new(void)
{
	struct sums *s = xcalloc(1, sizeof *s);

	s->size = START;
	s->v = xcalloc(s->size, sizeof *s->v);
	return s;
}

void sums_free(struct sums *s)
{
	if (!s)
		return;
	free(s->v);
	free(s);
}

/* The finalizer of splitmix64 (Steele, Lea and Flood, 2014). */
static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9;
	x ^= x >> 27;
	x *= 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static struct sum *place(const struct sums *s, uint32_t kind, int64_t a,
	int64_t b)
{
	size_t at = mix(mix((uint64_t)a + kind) + (uint64_t)b);

	for (;; at++) {
		struct sum *x = &s->v[at & (s->size - 1)];

		if (x->kind == 0 ||
			(x->kind == kind && x->a == a && x->b == b))
			return x;
	}
}

static void grow(struct sums *s)
{
	struct sums bigger = {.size = 2 * s->size, .n = s->n};

	bigger.v = xcalloc(bigger.size, sizeof *bigger.v);
	for (size_t i = 0; i < s->size; i++)
		if (s->v[i].kind != 0)
			*place(&bigger, s->v[i].kind, s->v[i].a, s->v[i].b) =
				s->v[i];
	free(s->v);
	*s = bigger;
}

struct sum *sums_at(struct sums *s, uint32_t kind, int64_t a, int64_t b)
{
	struct sum *x = place(s, kind, a, b);

	assert(kind != 0);
	if (x->kind != 0)
		return x;
	if (2 * (s->n + 1) > s->size) {
		grow(s);
		x = place(s, kind, a, b);
	}
	x->kind = kind;
	x->a = a;
	x->b = b;
	s->n++;
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

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	return a->b < b->b ? -1 : a->b > b->b;
}

struct sum **sums_sorted(const struct sums *s)
{
	struct sum **v = xcalloc(s->n, sizeof *v);
	size_t n = 0;

	for (size_t i = 0; i < s->size; i++)
		if (s->v[i].kind != 0)
			v[n++] = &s->v[i];
	assert(n == s->n);
	if (n > 0)
		qsort(v, n, sizeof v[0], compare);
	return v;
}

void sums_clear(struct sums *s)
{
	memset(s->v, 0, s->size * sizeof *s->v);
	s->n = 0;
}
