/* strangers.c: see strangers.h. The places are given by "space saving"
 * (Metwally, Agrawal, El Abbadi 2005): where none is free, a newcomer takes
 * that of the lowest rank, and its rank. So a kind that comes often stays,
 * though a sender made up a new one for each other frame. */
#include "capture/session/strangers.h"
#include "capture/base/envelope.h"
#include <stdlib.h>

static size_t lowest(const struct strangers *s)
{
	size_t low = 0;

	for (size_t i = 1; i < s->n; i++)
		if (s->at[i].rank < s->at[low].rank)
			low = i;
	return low;
}

static size_t place(struct strangers *s, uint8_t registry, uint32_t number)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->at[i].is.number == number &&
			s->at[i].is.registry == registry)
			return i;
	if (s->n < STRANGERS) {
		i = s->n++;
		s->at[i].rank = 0;
	} else {
		i = lowest(s);
		s->rest += s->at[i].is.frames;
	}
	s->at[i].is = (struct record_stranger){registry, number, 0};
	return i;
}

void strangers_count(struct strangers *s, uint8_t registry, uint32_t number)
{
	size_t i = place(s, registry, number);

	s->at[i].is.frames++;
	s->at[i].rank++;
}

void strangers_add(struct strangers *s, const struct strangers *other)
{
	for (size_t i = 0; i < other->n; i++) {
		const struct record_stranger *is = &other->at[i].is;
		size_t at = place(s, is->registry, is->number);

		s->at[at].is.frames += is->frames;
		s->at[at].rank += other->at[i].rank;
	}
	s->rest += other->rest;
}

static int by_frames(const void *a, const void *b)
{
	const struct record_stranger *x = a, *y = b;

	if (x->frames != y->frames)
		return x->frames < y->frames ? 1 : -1;
	if (x->registry != y->registry)
		return x->registry < y->registry ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

uint8_t strangers_list(const struct strangers *s,
	struct record_stranger out[RECORD_STRANGERS])
{
	size_t n = s->n;

	for (size_t i = 0; i < n; i++)
		out[i] = s->at[i].is;
	qsort(out, n, sizeof out[0], by_frames);
	if (s->rest > 0)
		out[n++] = (struct record_stranger){ENVELOPE_OTHER,
			ENVELOPE_REST, s->rest};
	return (uint8_t)n;
}
