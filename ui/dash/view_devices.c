/* view_devices.c: the device list and the pane below it; see view.h. */
#include "ui/dash/view.h"
#include <stdio.h>

static void column_title(const struct dash_model *m, enum column c, int row,
	int col, int width, struct grid *g)
{
	const struct column_spec *spec = columns_spec(c);
	char text[64];

	snprintf(text, sizeof text, "%s%s", spec->title,
		m->sort != c ? "" : m->falling ? "\xe2\x96\xbc"
					       : "\xe2\x96\xb2");
	if (spec->right)
		grid_right(g, row, col, width, STYLE_HEAD, text);
	else
		grid_text(g, row, col, width, STYLE_HEAD, text);
}

static void titles(const struct dash_model *m, int row,
	const int widths[COLUMNS], struct grid *g)
{
	int col = 0;

	grid_repeat(g, row, 0, m->cols, STYLE_HEAD, " ");
	for (int c = 0; c < COLUMNS; c++) {
		if (widths[c] == 0)
			continue;
		column_title(m, (enum column)c, row, col, widths[c], g);
		col += widths[c] + 1;
	}
}

static void device_row(const struct dash_model *m, size_t at, int row,
	const int widths[COLUMNS], struct grid *g)
{
	const struct device *d = model_device(m, at);
	int64_t now = model_now(m);
	int col = 0;

	for (int c = 0; c < COLUMNS; c++) {
		char text[COLUMN_TEXT];
		enum style style;

		if (widths[c] == 0)
			continue;
		style = columns_cell((enum column)c, d, now, widths[c], text);
		if (columns_spec((enum column)c)->right)
			grid_right(g, row, col, widths[c], style, text);
		else if (columns_spec((enum column)c)->tail)
			grid_tail(g, row, col, widths[c], style, text);
		else
			grid_text(g, row, col, widths[c], style, text);
		col += widths[c] + 1;
	}
	if (model_marked(m, d->id))
		grid_text(g, row, widths[COLUMN_MARK], 1, STYLE_BOLD, "#");
	if (at == m->cursor)
		grid_inverse(g, row, 0, m->cols);
}

/* Why the list is empty, instead of a blank screen. */
static void nothing(const struct dash_model *m, int row, struct grid *g)
{
	struct pen p = pen_at(g, row, 2, m->cols - 1);

	if (!m->list)
		pen_format(&p, STYLE_PLAIN, "waiting for '%s'",
			m->db ? m->db : "");
	else if (m->list->n > 0)
		pen_text(&p, STYLE_PLAIN,
			"no device passes the filter: Esc clears it");
	else
		pen_text(&p, STYLE_PLAIN, "no mail has been seen yet");
}

static void list(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	int widths[COLUMNS];

	layout_columns(m, widths);
	if (l->titles >= 0)
		titles(m, l->titles, widths, g);
	if (m->shown_n == 0)
		nothing(m, l->list, g);
	for (int i = 0; i < l->list_rows; i++)
		if (m->top + (size_t)i < m->shown_n)
			device_row(m, m->top + (size_t)i, l->list + i, widths,
				g);
}

static void pane(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	const struct device *d = model_selected(m);
	struct page page = {.g = g, .first = l->pane + 1,
		.rows = l->pane_rows - 1, .cols = m->cols, .brief = true};
	struct pen p = pen_at(g, l->pane, 2, m->cols - 4);

	if (!d)
		return;
	grid_repeat(g, l->pane, 0, m->cols, STYLE_DIM, "\xe2\x94\x80");
	pen_format(&p, STYLE_BOLD, " %s ", d->name ? d->name : d->id);
	if (d->addresses.n > 0)
		pen_format(&p, STYLE_PLAIN, " %s ", d->addresses.v[0]);
	view_facts(m, d, &page);
}

void view_devices(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	list(m, l, g);
	if (l->pane_rows > 0)
		pane(m, l, g);
}
