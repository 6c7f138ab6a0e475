/* rate.c: see rate.h. */
#include "ui/dash/rate.h"
#include <stdlib.h>
#include <string.h>

void rate_free(struct rate *r)
{
	free(r->label);
	*r = (struct rate){0};
}

void rate_add(struct rate *r, const struct source_state *s)
{
	struct rate_sample now = {s->beat_at, s->packets, s->bytes,
		s->file_done};
	const struct rate_sample *last = r->n > 0 ? &r->v[r->n - 1] : NULL;

	/* Another source, or the same one begun anew. */
	if (last && (strcmp(r->label, s->label) != 0 || now.at < last->at ||
			now.packets < last->packets ||
			now.bytes < last->bytes || now.done < last->done))
		rate_free(r);
	if (r->n > 0 && now.at == r->v[r->n - 1].at)
		return;
	if (r->n == 0) {
		free(r->label);
		r->label = strdup(s->label);
	}
	if (!r->label)
		return;
	if (r->n == RATE_SAMPLES) {
		memmove(r->v, r->v + 1, sizeof r->v - sizeof r->v[0]);
		r->n--;
	}
	r->v[r->n++] = now;
}

struct rate_now rate_now(const struct rate *r)
{
	const struct rate_sample *a = &r->v[0], *b;
	double s;

	if (r->n < 2)
		return (struct rate_now){-1, -1, -1};
	b = &r->v[r->n - 1];
	s = (double)(b->at - a->at) / 1e6;
	return (struct rate_now){
		(double)(b->packets - a->packets) / s,
		(double)(b->bytes - a->bytes) / s,
		(double)(b->done - a->done) / s,
	};
}
