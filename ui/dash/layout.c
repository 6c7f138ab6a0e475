/* layout.c: see layout.h. */
#include "ui/dash/layout.h"
#include <string.h>

enum { PANE = 13, PROGRESS = 2 };

bool layout_reading(const struct dash_model *m)
{
	const struct source_state *s = model_source(m);

	return s && s->running && !s->live;
}

static int longest_address(const struct dash_model *m)
{
	size_t longest = 0;

	for (size_t i = 0; i < m->shown_n; i++) {
		const struct names *a = &model_device(m, i)->addresses;
		size_t n = a->n > 0 ? strlen(a->v[0]) : 0;

		if (n > longest && n < ADDR_TEXT)
			longest = n;
	}
	return (int)longest;
}

void layout_columns(const struct dash_model *m, int widths[COLUMNS])
{
	columns_fit(m->cols, longest_address(m), widths);
}

enum column layout_column_at(const struct dash_model *m, int col)
{
	int widths[COLUMNS], begin = 0;

	layout_columns(m, widths);
	for (int c = 0; c < COLUMNS; c++) {
		if (widths[c] == 0)
			continue;
		if (col >= begin && col < begin + widths[c])
			return (enum column)c;
		begin += widths[c] + 1;
	}
	return COLUMN_MARK;
}

static struct layout small(const struct dash_model *m)
{
	return (struct layout){.kind = LAYOUT_SMALL, .summary = -1,
		.tabs = -1, .titles = -1, .list = 1,
		.list_rows = m->rows - 3, .status = m->rows - 2, .state = -1,
		.bar = m->rows - 1};
}

/* A page of text: a title, a blank line, what scrolls, the keys. */
static struct layout page(const struct dash_model *m)
{
	return (struct layout){.kind = LAYOUT_FULL, .summary = -1,
		.tabs = -1, .titles = -1, .list = 2,
		.list_rows = m->rows - 4, .status = m->rows - 2, .state = -1,
		.bar = m->rows - 1};
}

struct layout layout_of(const struct dash_model *m)
{
	struct layout l = {.kind = LAYOUT_FULL, .state = m->rows - 2,
		.status = m->rows - 3, .bar = m->rows - 1};
	int row = 1, room;

	if (m->rows < LAYOUT_ROWS || m->cols < LAYOUT_COLS)
		return (struct layout){.kind = LAYOUT_NONE};
	if (m->rows < LAYOUT_FULL_ROWS || m->cols < LAYOUT_FULL_COLS)
		return small(m);
	if (m->view != VIEW_DEVICES)
		return page(m);
	if (layout_reading(m)) {
		l.progress = row;
		l.progress_rows = PROGRESS;
		row += PROGRESS;
	}
	l.summary = row++;
	l.tabs = row++;
	l.titles = row++;
	l.list = row;
	room = l.status - row;
	if (m->rows >= LAYOUT_PANE_ROWS && m->cols >= LAYOUT_PANE_COLS &&
		m->shown_n > 0) {
		l.pane_rows = PANE;
		l.pane = l.status - PANE;
		room -= PANE;
	}
	l.list_rows = room;
	return l;
}
