/* listing.c: see listing.h. */
#include "ui/dash/listing.h"
#include <stdlib.h>
#include <string.h>

void listing_init(struct listing *r, enum rows_kind kind)
{
	int sort = columns_of(kind)->sort;

	*r = (struct listing){.sort = sort,
		.falling = columns_of(kind)->spec[sort].falling};
}

void listing_free(struct listing *r)
{
	free(r->shown);
	free(r->selected);
	*r = (struct listing){.shown = NULL};
}

/* A row with what it is compared by, worked out once. */
struct item {
	struct column_key key;
	struct column_key then;
	size_t index;
};

/* The order is total, so that rows never jump without a reason: those alike
 * stay as they come, which is by id. */
static int compare(const void *x, const void *y, void *context)
{
	const struct item *a = x, *b = y;
	const bool *falling = context;
	int by = columns_compare(&a->key, &b->key, *falling);

	if (by == 0)
		by = columns_compare(&a->then, &b->then, true);
	return by != 0 ? by : a->index < b->index ? -1 : a->index > b->index;
}

static void sort(struct listing *r, const struct snapshot *s,
	enum rows_kind kind)
{
	struct item *items = calloc(r->shown_n, sizeof *items);

	/* Without memory they stay in the order of the inventory. */
	for (size_t i = 0; items && i < r->shown_n; i++) {
		struct row row = snapshot_row(s, kind, r->shown[i]);

		columns_key(r->sort, &row, &items[i].key);
		columns_key(columns_of(kind)->then, &row, &items[i].then);
		items[i].index = r->shown[i];
	}
	if (items)
		qsort_r(items, r->shown_n, sizeof *items, compare,
			&r->falling);
	for (size_t i = 0; items && i < r->shown_n; i++)
		r->shown[i] = items[i].index;
	free(items);
}

/* Keeps the cursor on its row; where that is not shown, near by. */
static void place_cursor(struct listing *r, const struct snapshot *s,
	enum rows_kind kind)
{
	size_t last = r->shown_n > 0 ? r->shown_n - 1 : 0;
	size_t index = r->selected ? snapshot_find(s, kind, r->selected)
				   : SIZE_MAX;

	for (size_t i = 0; index != SIZE_MAX && i < r->shown_n; i++) {
		if (r->shown[i] != index)
			continue;
		r->cursor = i;
		break;
	}
	if (!r->selected)
		r->cursor = 0;
	if (r->cursor > last)
		r->cursor = last;
}

static int longest_address(const struct listing *r, const struct snapshot *s,
	enum rows_kind kind)
{
	size_t longest = 0;

	if (kind != ROWS_DEVICES && kind != ROWS_MEMBERS)
		return 0;
	for (size_t i = 0; i < r->shown_n; i++) {
		const struct names *a =
			&s->devices->v[r->shown[i]].addresses;
		size_t n = a->n > 0 ? strlen(a->v[0]) : 0;

		if (n > longest && n < ADDR_TEXT)
			longest = n;
	}
	return (int)longest;
}

void listing_arrange(struct listing *r, const struct snapshot *s,
	enum rows_kind kind)
{
	if (r->shown_n > 0)
		sort(r, s, kind);
	place_cursor(r, s, kind);
	r->address = longest_address(r, s, kind);
}

void listing_select(struct listing *r, const struct snapshot *s,
	enum rows_kind kind, size_t at)
{
	struct row row;

	if (r->shown_n == 0)
		return;
	r->cursor = at < r->shown_n ? at : r->shown_n - 1;
	row = snapshot_row(s, kind, r->shown[r->cursor]);
	free(r->selected);
	r->selected = strdup(row_id(&row));
}

void listing_scroll(struct listing *r, size_t screen)
{
	if (r->top > r->cursor)
		r->top = r->cursor;
	if (r->cursor - r->top >= screen)
		r->top = r->cursor - screen + 1;
	/* No empty rows at the end while there are some above. */
	if (r->top + screen > r->shown_n)
		r->top = r->shown_n > screen ? r->shown_n - screen : 0;
}
