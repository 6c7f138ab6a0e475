/* known.c: see known.h. */
#include "capture/live/known.h"
#include <stdlib.h>
#include <string.h>

/* A session that is silent for longer has ended: the engine's idle time. */
#define IDLE (600 * INT64_C(1000000000))

bool known_open(struct known *k, const struct source_known *v, size_t n)
{
	*k = (struct known){.v = calloc(n + 1, sizeof *v)};
	if (!k->v)
		return false;
	if (n > 0)
		memcpy(k->v, v, n * sizeof *v);
	k->n = n;
	return true;
}

void known_close(struct known *k)
{
	free(k->v);
	*k = (struct known){0};
}

const struct source_known *known_by_id(const struct known *k,
	const uint8_t id[32])
{
	for (size_t i = 0; i < k->n; i++)
		if (memcmp(k->v[i].id, id, 32) == 0)
			return &k->v[i];
	return NULL;
}

const struct source_known *known_by_digest(const struct known *k,
	const uint8_t digest[32])
{
	for (size_t i = 0; i < k->n; i++)
		if (memcmp(k->v[i].digest, digest, 32) == 0)
			return &k->v[i];
	return NULL;
}

bool known_put(struct known *k, const struct source_known *one)
{
	struct source_known *more;

	for (size_t i = 0; i < k->n; i++)
		if (memcmp(k->v[i].id, one->id, 32) == 0) {
			k->v[i] = *one;
			return true;
		}
	more = realloc(k->v, (k->n + 1) * sizeof *more);
	if (!more)
		return false;
	k->v = more;
	k->v[k->n++] = *one;
	return true;
}

bool known_is_whole(const struct source_known *one)
{
	static const uint8_t none[32];

	return memcmp(one->digest, none, sizeof none) != 0;
}

bool known_wants(const struct source_span *s, int64_t from, int64_t to)
{
	int64_t first = s->midstream ? s->first - IDLE : s->first;
	int64_t last = s->open ? s->last + IDLE : s->last;

	return first <= to && last >= from;
}

bool known_follows(int64_t last, int64_t first)
{
	return first >= last && first - last <= IDLE;
}
