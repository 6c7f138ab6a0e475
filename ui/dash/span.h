/* span.h: the part of time that the timeline shows: columns of so many hours,
 * and the one that the cursor is on. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct span {
	int zoom;      /* index of the hours a column stands for */
	bool placed;   /* the cursor was moved; else it is on the last column */
	int64_t at;    /* the hour (since 1970) that the cursor is in */
};

/* Hours a column stands for: 1, 3, 6, 12, 24, 168. */
int span_hours(const struct span *s);
/* The first hour of the column that holds an hour: columns of a day or a week
 * begin at midnight UTC, weeks on Monday. */
int64_t span_begin(const struct span *s, int64_t hour);
/* Closer (true) or farther away, around the cursor. */
void span_zoom(struct span *s, bool closer);
/* So many columns to the right; first, last: the hours that are known. */
void span_move(struct span *s, int columns, int64_t first, int64_t last);
/* The column that the cursor is in, and the first of so many shown. */
int64_t span_cursor(const struct span *s, int64_t last);
int64_t span_left(const struct span *s, int64_t last, int columns);
