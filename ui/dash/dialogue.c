/* dialogue.c: what is asked above a view: find, filter, sort; see view.h. */
#include "ui/say.h"
#include "ui/dash/view.h"
#include <stdio.h>
#include <string.h>

enum { BOX_ROWS = 4, MENU_COLS = 56 };

static void box(struct grid *g, int row, int col, int rows, int cols,
	const char *title)
{
	struct pen p = pen_at(g, row, col + 2, col + cols - 2);

	grid_clear(g, row, col, rows, cols);
	for (int y = row; y < row + rows; y++) {
		grid_text(g, y, col, 1, STYLE_PLAIN, "\xe2\x94\x82");
		grid_text(g, y, col + cols - 1, 1, STYLE_PLAIN,
			"\xe2\x94\x82");
	}
	for (int y = row; y < row + rows; y += rows - 1) {
		bool first = y == row;

		grid_repeat(g, y, col, cols, STYLE_PLAIN, "\xe2\x94\x80");
		grid_text(g, y, col, 1, STYLE_PLAIN,
			first ? "\xe2\x94\x8c" : "\xe2\x94\x94");
		grid_text(g, y, col + cols - 1, 1, STYLE_PLAIN,
			first ? "\xe2\x94\x90" : "\xe2\x94\x98");
	}
	pen_format(&p, STYLE_BOLD, " %s ", title);
}

/* What is typed lies at [col, col + width); a long text shows the part where
 * the cursor is. Returns the cursor's column. */
static int edit_line(const struct edit *e, struct grid *g, int row, int col,
	int width)
{
	const char *shown = e->text;
	char left[EDIT_MAX];
	int at;

	snprintf(left, sizeof left, "%.*s", (int)e->at, e->text);
	at = grid_measure(g, left);
	/* Drop characters on the left until the cursor has a cell. */
	while (at >= width && *shown != '\0') {
		char c[5] = {*shown++};

		for (int i = 1; i < 4 && (*shown & 0xc0) == 0x80; i++)
			c[i] = *shown++;
		at -= grid_measure(g, c);
	}
	grid_text(g, row, col, width, STYLE_PLAIN, shown);
	return col + (at > 0 ? at : 0);
}

/* "6 of 143 devices match", or what is wrong. */
static void verdict(const struct dash_model *m, struct pen *p)
{
	char n[SAY_MAX], of[SAY_MAX];

	if (m->choices[0] != '\0') {
		pen_text(p, STYLE_PLAIN, m->choices);
	} else if (m->dialogue == DIALOGUE_FIND) {
		if (m->find[0] != '\0')
			pen_format(p, STYLE_PLAIN, "in %s of %s rows",
				say_count(n, m->found),
				say_count(of, model_rows(m)->shown_n));
	} else if (m->typed != TYPED_GOOD) {
		pen_format(p, m->typed == TYPED_WRONG ? STYLE_MUST
						      : STYLE_PLAIN,
			"%s", m->filter_error.text);
	} else {
		pen_format(p, STYLE_PLAIN, "%s of %s devices match",
			say_count(n, m->passing),
			say_count(of, m->now.devices ? m->now.devices->n : 0));
		if (m->edit.text[0] == '\0')
			pen_text(p, STYLE_DIM,
				"   Tab completes fields and values");
	}
}

/* A prompt on the line above the keys. */
static int small_prompt(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	bool bad = m->dialogue == DIALOGUE_FILTER && m->typed == TYPED_WRONG;
	struct pen p = pen_at(g, l->status, 0, m->cols);

	grid_clear(g, l->status, 0, 1, m->cols);
	pen_text(&p, bad ? STYLE_MUST : STYLE_BOLD,
		m->dialogue == DIALOGUE_FIND ? "/" : bad ? "Filter! "
							 : "Filter: ");
	return edit_line(&m->edit, g, l->status, p.col, m->cols - p.col - 1);
}

/* The byte of an error as a cell below what is typed. */
static void point_at_error(const struct dash_model *m, struct grid *g, int row,
	int width)
{
	char left[EDIT_MAX];
	int at;

	if (m->dialogue != DIALOGUE_FILTER || m->typed != TYPED_WRONG)
		return;
	snprintf(left, sizeof left, "%.*s", (int)m->filter_error.at,
		m->edit.text);
	at = grid_measure(g, left);
	if (at < width && grid_measure(g, m->edit.text) < width)
		grid_text(g, row, 2 + at, 1, STYLE_MUST, "^");
}

static int prompt(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	bool filter = m->dialogue == DIALOGUE_FILTER;
	int rows = BOX_ROWS + filter, row = l->bar - rows, cursor;
	struct pen p = pen_at(g, l->bar - 2, 2, m->cols - 2);

	box(g, row, 0, rows, m->cols, filter ? "Filter" : "Find");
	cursor = edit_line(&m->edit, g, row + 1, 2, m->cols - 4);
	point_at_error(m, g, row + 2, m->cols - 4);
	verdict(m, &p);
	return cursor;
}

static void menu_row(const struct dash_model *m, int c, struct grid *g,
	int row, int col, int cols)
{
	const struct column_spec *s = &columns_of(model_kind(m))->spec[c];
	const struct listing *r = model_rows(m);
	struct pen p = pen_at(g, row, col, col + cols);

	pen_format(&p, STYLE_BOLD, "%s %-13s", r->sort != c ? " "
		: r->falling ? "\xe2\x96\xbc" : "\xe2\x96\xb2", s->title);
	pen_format(&p, STYLE_PLAIN, " %s", s->help);
	if (c == m->menu)
		grid_inverse(g, row, col, cols);
}

static void menu(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	const struct columns *all = columns_of(model_kind(m));
	int cols = MENU_COLS < m->cols ? MENU_COLS : m->cols;
	int col = (m->cols - cols) / 2, room = l->bar - l->list - 2;
	int columns[COLUMNS_MAX], items = 0, at = 0, first = 0;

	for (int c = 0; c < all->n; c++) {
		if (all->spec[c].fixed)
			continue;
		if (c == m->menu)
			at = items;
		columns[items++] = c;
	}
	if (room < 1)
		return;
	/* A low screen shows the part where the choice stands. */
	if (items > room && at >= room)
		first = at - room + 1;
	if (items > room)
		items = room;
	box(g, l->list, col, items + 2, cols, "Sort by");
	for (int i = 0; i < items; i++)
		menu_row(m, columns[first + i], g, l->list + 1 + i, col + 1,
			cols - 2);
}

void view_dialogue(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	switch (m->dialogue) {
	case DIALOGUE_NONE: break;
	case DIALOGUE_SORT: menu(m, l, g); break;
	case DIALOGUE_FIND:
	case DIALOGUE_FILTER:
		g->cursor_row = l->kind == LAYOUT_SMALL ? l->status
			: l->bar - (m->dialogue == DIALOGUE_FIND ? 3 : 4);
		g->cursor_col = l->kind == LAYOUT_SMALL ? small_prompt(m, l, g)
							: prompt(m, l, g);
		break;
	}
}
