/* view.c: the whole screen out of its parts; see view.h. */
#include "ui/dash/view.h"

static void page(const struct dash_model *m, struct page *p)
{
	if (m->view == VIEW_HELP)
		view_help(m, p);
	else
		view_detail(m, p);
}

int view_height(const struct dash_model *m)
{
	/* A grid without cells takes nothing; the rows count all the same. */
	struct grid none = {.utf8 = m->utf8};
	struct page p = {.g = &none, .cols = m->cols};

	if (m->view == VIEW_DEVICES)
		return 0;
	page(m, &p);
	return p.row;
}

static void too_small(struct grid *g)
{
	struct pen p = pen_at(g, 0, 0, g->cols);

	pen_text(&p, STYLE_PLAIN, "terminal too small: needs 40x8");
}

void view_draw(const struct dash_model *m, struct grid *g)
{
	struct layout l = layout_of(m);
	struct page p = {.g = g, .first = l.list, .rows = l.list_rows,
		.cols = m->cols};
	int most = view_height(m) - l.list_rows;

	/* What is shown may have become shorter since it was scrolled. */
	p.skip = m->scroll < most ? m->scroll : most > 0 ? most : 0;
	grid_clear(g, 0, 0, g->rows, g->cols);
	g->cursor_row = g->cursor_col = -1;
	if (l.kind == LAYOUT_NONE) {
		too_small(g);
		return;
	}
	view_header(m, &l, g);
	if (m->view == VIEW_DEVICES) {
		view_progress(m, &l, g);
		view_devices(m, &l, g);
	} else {
		page(m, &p);
	}
	view_footer(m, &l, g);
	view_dialogue(m, &l, g);
}
