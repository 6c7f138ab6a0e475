/* span.c: see span.h. */
#include "ui/dash/span.h"

static const int HOURS[] = {1, 3, 6, 12, 24, 168};
enum { ZOOMS = sizeof HOURS / sizeof HOURS[0] };

/* 1970 began on a Thursday. */
static const int64_t MONDAY = 4 * 24;

int span_hours(const struct span *s)
{
	return HOURS[s->zoom];
}

int64_t span_begin(const struct span *s, int64_t hour)
{
	int64_t n = HOURS[s->zoom], shift = n == 168 ? MONDAY : 0;
	int64_t from = hour - shift, part = from % n;

	return hour - (part < 0 ? part + n : part);
}

void span_zoom(struct span *s, bool closer)
{
	if (closer && s->zoom > 0)
		s->zoom--;
	else if (!closer && s->zoom < ZOOMS - 1)
		s->zoom++;
}

void span_move(struct span *s, int columns, int64_t first, int64_t last)
{
	int64_t at = span_cursor(s, last) + (int64_t)columns * span_hours(s);

	if (at < span_begin(s, first))
		at = span_begin(s, first);
	s->placed = at < span_begin(s, last);
	s->at = at;
}

int64_t span_cursor(const struct span *s, int64_t last)
{
	return span_begin(s, s->placed && s->at < last ? s->at : last);
}

/* The end of time is at the right edge, until the cursor would leave the
 * screen at the left; then it is in the middle. */
int64_t span_left(const struct span *s, int64_t last, int columns)
{
	int64_t n = span_hours(s), at = span_cursor(s, last);
	int64_t left = span_begin(s, last) - (columns - 1) * n;

	if (at < left)
		left = at - columns / 2 * n;
	return span_begin(s, left);
}
