/* layout.c: see layout.h. */
#include "ui/dash/layout.h"
#include <string.h>

enum { PANE = 13, PROGRESS = 2 };

bool layout_reading(const struct dash_model *m)
{
	const struct source_state *s = model_source(m);

	return s && s->running && !s->live;
}

void layout_columns(const struct dash_model *m, enum rows_kind kind,
	int widths[COLUMNS_MAX])
{
	columns_fit(kind, m->cols, m->list[kind].address, widths);
}

int layout_column_at(const struct dash_model *m, int col)
{
	int widths[COLUMNS_MAX], begin = 0;

	layout_columns(m, model_kind(m), widths);
	for (int c = 0; c < COLUMNS_MAX; c++) {
		if (widths[c] == 0)
			continue;
		if (col >= begin && col < begin + widths[c])
			return c;
		begin += widths[c] + 1;
	}
	return -1;
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
	if (m->view >= VIEWS_NUMBERED)
		return page(m);
	if (layout_reading(m)) {
		l.progress = row;
		l.progress_rows = PROGRESS;
		row += PROGRESS;
	}
	l.summary = row++;
	l.tabs = row++;
	l.titles = model_kind(m) < ROWS_KINDS ? row++ : -1;
	l.list = row;
	room = l.status - row;
	if (m->rows >= LAYOUT_PANE_ROWS && m->cols >= LAYOUT_PANE_COLS &&
		m->view == VIEW_DEVICES && m->list[ROWS_DEVICES].shown_n > 0) {
		l.pane_rows = PANE;
		l.pane = l.status - PANE;
		room -= PANE;
	}
	l.list_rows = room;
	return l;
}
