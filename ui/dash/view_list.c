/* view_list.c: rows of any kind, in a view of their own or on a page, and the
 * pane below the devices; see view.h. */
#include "ui/dash/view.h"
#include <stdio.h>

static void column_title(const struct listing *r, const struct column_spec *spec,
	bool sorted, int row, int col, int width, struct grid *g)
{
	char text[64];

	snprintf(text, sizeof text, "%s%s", spec->title,
		!sorted ? "" : r->falling ? "\xe2\x96\xbc" : "\xe2\x96\xb2");
	/* The sign may take the blank between two columns. */
	if (spec->right)
		grid_right(g, row, col - sorted, width + sorted, STYLE_HEAD,
			text);
	else
		grid_text(g, row, col, width + sorted, STYLE_HEAD, text);
}

static void titles(const struct dash_model *m, enum rows_kind kind, int row,
	const int widths[COLUMNS_MAX], struct grid *g)
{
	const struct columns *all = columns_of(kind);
	const struct listing *r = &m->list[kind];
	int col = 0;

	grid_repeat(g, row, 0, m->cols, STYLE_HEAD, " ");
	for (int c = 0; c < all->n; c++) {
		if (widths[c] == 0)
			continue;
		column_title(r, &all->spec[c], c == r->sort, row, col,
			widths[c], g);
		col += widths[c] + 1;
	}
}

static void draw_row(const struct dash_model *m, const struct row *r, int line,
	const int widths[COLUMNS_MAX], struct grid *g)
{
	const struct columns *all = columns_of(r->kind);
	int64_t now = model_now(m);
	int col = 0;

	for (int c = 0; c < all->n; c++) {
		char text[COLUMN_TEXT];
		enum style style;

		if (widths[c] == 0)
			continue;
		style = columns_cell(c, r, now, widths[c], text);
		if (all->spec[c].right)
			grid_right(g, line, col, widths[c], style, text);
		else if (all->spec[c].tail)
			grid_tail(g, line, col, widths[c], style, text);
		else
			grid_text(g, line, col, widths[c], style, text);
		col += widths[c] + 1;
	}
	if (all->marked && model_marked(m, r->device->id))
		grid_text(g, line, widths[COLUMN_MARK], 1, STYLE_BOLD, "#");
}

/* Why the list is empty, instead of a blank screen. */
static void nothing(const struct dash_model *m, int row, struct grid *g)
{
	struct pen p = pen_at(g, row, 2, m->cols - 1);
	enum rows_kind kind = model_kind(m);
	const char *rows = columns_of(kind)->rows;

	if (!m->now.devices)
		pen_format(&p, STYLE_PLAIN, "waiting for '%s'",
			m->db ? m->db : "");
	else if (kind == ROWS_DEVICES && m->now.devices->n == 0)
		pen_text(&p, STYLE_PLAIN, "no mail has been seen yet");
	else if (snapshot_rows(&m->now, kind) > 0 && m->filter.n > 0)
		pen_format(&p, STYLE_PLAIN, "no %s pass%s the filter: Esc "
			"clears it", kind == ROWS_DEVICES ? "device" : rows,
			kind == ROWS_DEVICES ? "es" : "");
	else if (snapshot_rows(&m->now, kind) > 0)
		pen_format(&p, STYLE_PLAIN, "no %s of this level: v shows "
			"more", rows);
	else if ((kind == ROWS_ACCOUNTS && !m->now.accounts) ||
		(kind == ROWS_SERVERS && !m->now.servers) ||
		(kind == ROWS_EVENTS && !m->now.events))
		pen_text(&p, STYLE_DIM, "reading");
	else
		pen_format(&p, STYLE_PLAIN, "no %s seen%s", rows,
			m->until > 0 ? " in this time" : " yet");
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

void view_list(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	const struct listing *r = model_rows(m);
	int widths[COLUMNS_MAX];
	struct row row;

	layout_columns(m, model_kind(m), widths);
	if (l->titles >= 0)
		titles(m, model_kind(m), l->titles, widths, g);
	if (r->shown_n == 0)
		nothing(m, l->list, g);
	for (int i = 0; i < l->list_rows; i++) {
		if (!model_row(m, r->top + (size_t)i, &row))
			break;
		draw_row(m, &row, l->list + i, widths, g);
		if (r->top + (size_t)i == r->cursor)
			grid_inverse(g, l->list + i, 0, m->cols);
	}
	if (l->pane_rows > 0)
		pane(m, l, g);
}

void page_rows(const struct dash_model *m, struct page *p)
{
	const struct listing *r = model_rows(m);
	struct pen line = page_line(p);
	int widths[COLUMNS_MAX];
	struct row row;

	layout_columns(m, model_kind(m), widths);
	if (line.row >= 0)
		titles(m, model_kind(m), line.row, widths, p->g);
	p->head = p->row;
	for (size_t i = 0; model_row(m, i, &row); i++) {
		line = page_line(p);
		if (line.row < 0)
			continue;
		draw_row(m, &row, line.row, widths, p->g);
		if (i == r->cursor)
			grid_inverse(p->g, line.row, 0, m->cols);
	}
}
