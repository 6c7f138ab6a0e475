/* listing.h: a list of rows as one looks at it: which there are, in what order,
 * where the cursor is. */
#pragma once
#include "ui/dash/columns.h"

struct listing {
	size_t *shown;  /* in order: indices of the snapshot's rows */
	size_t shown_n;
	char *selected; /* its id; NULL: whatever comes first */
	size_t cursor;  /* where it is in shown, or was */
	size_t top;     /* the first row on the screen */
	int sort;       /* a column */
	bool falling;
	int address;    /* the cells that the longest address takes */
};

void listing_init(struct listing *r, enum rows_kind kind);
void listing_free(struct listing *r);

/* Puts the rows of shown into the order that was asked for, and the cursor
 * back on the one that it was on; where that is gone it stays near by. Its
 * texts are borrowed for the time of the call. */
void listing_arrange(struct listing *r, const struct snapshot *s,
	enum rows_kind kind);
void listing_select(struct listing *r, const struct snapshot *s,
	enum rows_kind kind, size_t at);
/* Moves top so that the cursor is on a screen of so many rows. */
void listing_scroll(struct listing *r, size_t screen);
