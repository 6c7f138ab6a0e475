/* footer.c: what is below every view: the legend or a message, the filter and
 * the order, the keys; see view.h. */
#include "ui/say.h"
#include "ui/dash/view.h"
#include <stdio.h>
#include <string.h>

static void legend(const struct dash_model *m, struct pen *p)
{
	bool wide = m->cols >= 100;

	pen_whole(p, STYLE_MUST, "!");
	pen_whole(p, STYLE_PLAIN,
		wide ? " must change before cut-over   " : " must change  ");
	pen_whole(p, STYLE_HIDDEN, "?");
	pen_whole(p, STYLE_PLAIN,
		wide ? " AUTH hidden by TLS   " : " hidden in TLS  ");
	pen_whole(p, STYLE_OAUTH, "+");
	pen_whole(p, STYLE_PLAIN, wide ? " OAuth   " : " OAuth  ");
	pen_whole(p, STYLE_PLAIN,
		wide ? "\xc2\xb7 no AUTH   ~ inferred   * imported"
		     : "\xc2\xb7 no AUTH  ~ inferred");
}

static void filter_state(const struct dash_model *m, struct pen *p)
{
	char n[SAY_MAX], of[SAY_MAX];

	if (m->filter_text[0] == '\0') {
		pen_text(p, STYLE_PLAIN, "Filter: (none)");
	} else {
		pen_format(p, STYLE_BOLD, "Filter: %s", m->filter_text);
		pen_format(p, STYLE_PLAIN, " (%s of %s)",
			say_count(n, m->shown_n),
			say_count(of, m->list ? m->list->n : 0));
	}
	if (m->find[0] != '\0')
		pen_format(p, STYLE_PLAIN, "   Find: %s", m->find);
	if (m->marks_n > 0)
		pen_whole(p, STYLE_PLAIN, "   # %s marked",
			say_count(n, m->marks_n));
}

/* Where the cursor is, at the right end. Returns where that begins. */
static int position(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	char text[64], n[SAY_MAX], of[SAY_MAX];

	if (m->view != VIEW_DEVICES || m->shown_n == 0)
		return m->cols;
	snprintf(text, sizeof text, "%s%s/%s",
		l->kind == LAYOUT_FULL ? "row " : "",
		say_count(n, m->cursor + 1), say_count(of, m->shown_n));
	grid_right(g, l->status, 0, m->cols - 1, STYLE_PLAIN, text);
	return m->cols - 1 - (int)strlen(text);
}

/* Why the source has ended before its time, or hears nothing; or NULL. */
static const char *broken(const struct dash_model *m)
{
	const struct source_state *s = model_source(m);

	if (!s || !s->state || m->view != VIEW_DEVICES)
		return NULL;
	if (s->running)
		return s->live ? s->reason : NULL;
	if (strcmp(s->state, "failed") != 0 &&
		strcmp(s->state, "cut") != 0)
		return NULL;
	return s->reason;
}

static void status(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	struct pen p = pen_at(g, l->status, 1, position(m, l, g) - 1);
	const char *why = broken(m);

	if (m->message[0] != '\0')
		pen_text(&p, STYLE_BOLD, m->message);
	else if (why)
		pen_text(&p, STYLE_LOSS, why);
	else if (m->view == VIEW_DEVICES && l->kind == LAYOUT_FULL)
		legend(m, &p);
	else if (m->view == VIEW_DEVICES && (m->filter_text[0] != '\0' ||
						m->find[0] != '\0'))
		filter_state(m, &p);
}

static void put_filter_and_order(const struct dash_model *m, int row,
	struct grid *g)
{
	char order[64];
	struct pen p;

	snprintf(order, sizeof order, "sort: %s %s",
		columns_spec(m->sort)->title, m->falling ? "desc" : "asc");
	grid_right(g, row, m->cols - 25, 24, STYLE_PLAIN, order);
	p = pen_at(g, row, 1, m->cols - 2 - (int)strlen(order));
	filter_state(m, &p);
}

static const struct binding *labelled(size_t *i, enum context where)
{
	const struct binding *b;

	while ((b = keys_binding((*i)++)) != NULL)
		if (b->bar && (b->where & where) != 0)
			return b;
	return NULL;
}

/* Where not all fit, the last one, the way out, stays. */
static void bar(const struct dash_model *m, int row, struct grid *g)
{
	enum context where = model_context(m);
	const struct binding *b, *last = NULL;
	struct pen p = pen_at(g, row, 0, m->cols);
	char name[KEY_NAME];
	int way_out = 0;

	for (size_t i = 0; (b = labelled(&i, where)) != NULL;)
		last = b;
	if (last)
		way_out = (int)strlen(keys_name(last->keys[0], name)) +
			(int)strlen(last->bar);
	for (size_t i = 0; (b = labelled(&i, where)) != NULL;) {
		int cells;

		keys_name(b->keys[0], name);
		cells = (int)strlen(name) + (int)strlen(b->bar) + 1;
		if (b != last && p.col + cells + way_out > p.end)
			continue;
		pen_text(&p, STYLE_PLAIN, name);
		pen_text(&p, STYLE_KEY, b->bar);
		pen_text(&p, STYLE_PLAIN, " ");
	}
}

void view_footer(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	status(m, l, g);
	if (l->state >= 0)
		put_filter_and_order(m, l->state, g);
	bar(m, l->bar, g);
}
