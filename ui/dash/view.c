/* view.c: the whole screen out of its parts; see view.h. */
#include "ui/dash/view.h"
#include <string.h>

static void page(const struct dash_model *m, struct page *p)
{
	switch (m->view) {
	case VIEW_TIMELINE: view_timeline(m, p); break;
	case VIEW_HEALTH: view_health(m, p); break;
	case VIEW_DEVICE: view_device(m, p); break;
	case VIEW_ACCOUNT: view_account(m, p); break;
	case VIEW_SERVER: view_server(m, p); break;
	case VIEW_SESSION: view_session(m, p); break;
	case VIEW_HELP: view_help(m, p); break;
	case VIEW_DEVICES:
	case VIEW_ACCOUNTS:
	case VIEW_SERVERS:
	case VIEW_EVENTS: break;
	}
}

static bool is_list(const struct dash_model *m)
{
	return m->view < VIEWS_NUMBERED && model_kind(m) < ROWS_KINDS;
}

/* A grid without cells takes nothing; the lines count all the same. */
static struct page counted(const struct dash_model *m)
{
	struct grid none = {.utf8 = m->utf8};
	struct page p = {.g = &none, .cols = m->cols};

	if (!is_list(m))
		page(m, &p);
	p.g = NULL;
	return p;
}

int view_height(const struct dash_model *m)
{
	return counted(m).row;
}

int view_head(const struct dash_model *m)
{
	return counted(m).head;
}

bool view_has(const struct dash_model *m, const struct row *r,
	const char *text)
{
	char cell[COLUMN_TEXT];

	if (r->kind == ROWS_DEVICES || r->kind == ROWS_MEMBERS)
		return filter_anywhere(r->device, text);
	for (int c = 0; c < columns_of(r->kind)->n; c++) {
		columns_cell(c, r, model_now(m), COLUMN_TEXT, cell);
		if (strcasestr(cell, text))
			return true;
	}
	return false;
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
	int most;

	grid_clear(g, 0, 0, g->rows, g->cols);
	g->cursor_row = g->cursor_col = -1;
	if (l.kind == LAYOUT_NONE) {
		too_small(g);
		return;
	}
	view_header(m, &l, g);
	view_progress(m, &l, g);
	if (is_list(m)) {
		view_list(m, &l, g);
	} else {
		/* It may have become shorter since it was scrolled. */
		most = view_height(m) - l.list_rows;
		p.skip = m->scroll < most ? m->scroll : most > 0 ? most : 0;
		page(m, &p);
	}
	view_footer(m, &l, g);
	view_dialogue(m, &l, g);
}
