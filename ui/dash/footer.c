/* footer.c: what is below every view: the legend or a message, the filter and
 * the order, the keys; see view.h. */
#include "ui/say.h"
#include "ui/dash/bar.h"
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

/* A filter is of devices: of other rows those are left that they use. */
static void put_filtered(const struct dash_model *m, struct pen *p)
{
	enum rows_kind kind = model_kind(m);
	char n[SAY_MAX], of[SAY_MAX], d[SAY_MAX];

	say_count(d, m->passing);
	if (m->view >= VIEWS_NUMBERED || kind == ROWS_KINDS) {
		pen_whole(p, STYLE_PLAIN, " (not here: all devices)");
		return;
	}
	say_count(n, model_rows(m)->shown_n);
	say_count(of, snapshot_rows(&m->now, kind));
	if (kind == ROWS_DEVICES)
		pen_format(p, STYLE_PLAIN, " (%s of %s)", n, of);
	else
		pen_format(p, STYLE_PLAIN, " (%s of %s %s: of %s devices)", n,
			of, columns_of(kind)->rows, d);
}

static void filter_state(const struct dash_model *m, struct pen *p)
{
	char n[SAY_MAX];

	if (m->filter_text[0] == '\0') {
		pen_text(p, STYLE_PLAIN, "Filter: (none)");
	} else {
		pen_format(p, STYLE_BOLD, "Filter: %s", m->filter_text);
		put_filtered(m, p);
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
	const struct listing *r = model_rows(m);

	if (!r || r->shown_n == 0)
		return m->cols;
	snprintf(text, sizeof text, "%s%s/%s",
		l->kind == LAYOUT_FULL ? "row " : "",
		say_count(n, r->cursor + 1), say_count(of, r->shown_n));
	grid_right(g, l->status, 0, m->cols - 1, STYLE_PLAIN, text);
	return m->cols - 1 - (int)strlen(text);
}

/* Why the source has ended before its time, or hears nothing; or NULL. */
static const char *broken(const struct dash_model *m)
{
	const struct source_state *s = model_source(m);

	if (!s || !s->state || m->view >= VIEWS_NUMBERED)
		return NULL;
	if (s->running)
		return s->live ? s->reason : NULL;
	if (strcmp(s->state, "failed") != 0 &&
		strcmp(s->state, "cut") != 0)
		return NULL;
	return s->reason;
}

/* What the signs of a view mean. */
static void hint(const struct dash_model *m, struct pen *p)
{
	switch (m->view) {
	case VIEW_DEVICES: legend(m, p); break;
	case VIEW_ACCOUNTS:
		pen_text(p, STYLE_PLAIN, "Passwords and tokens are never "
			"stored or shown.");
		pen_whole(p, STYLE_PLAIN, m->cols >= 100
			? "   ! a password mechanism   + OAuth" : "");
		break;
	case VIEW_SERVERS:
		pen_whole(p, STYLE_MUST, "!");
		pen_whole(p, STYLE_PLAIN, " offers passwords without TLS");
		pen_whole(p, STYLE_PLAIN, "   BASIC, AUTH?: sessions");
		break;
	case VIEW_TIMELINE:
		pen_text(p, STYLE_PLAIN, "Times are UTC. A bar is the sessions "
			"of its column.");
		break;
	case VIEW_EVENTS:
		pen_text(p, STYLE_PLAIN, "Times are UTC. ~ inferred from TLS "
			"record lengths");
		break;
	case VIEW_HEALTH:
		pen_text(p, STYLE_PLAIN, "What is not recorded is not shown.");
		break;
	case VIEW_DEVICE:
	case VIEW_ACCOUNT:
	case VIEW_SERVER:
	case VIEW_SESSION:
	case VIEW_HELP: break;
	}
}

/* Says so while a large inventory is known in part. */
static bool put_part(const struct dash_model *m, struct pen *p)
{
	const struct device_list *l = m->now.devices;
	char n[SAY_MAX], of[SAY_MAX];

	if (!l || l->n >= l->all)
		return false;
	pen_format(p, STYLE_BOLD, "the first %s of %s devices; reading the "
		"rest", say_count(n, l->n), say_count(of, l->all));
	return true;
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
	else if (put_part(m, &p))
		return;
	else if (l->kind == LAYOUT_FULL)
		hint(m, &p);
	else if (m->view < VIEWS_NUMBERED && (m->filter_text[0] != '\0' ||
						m->find[0] != '\0'))
		filter_state(m, &p);
}

static void put_filter_and_order(const struct dash_model *m, int row,
	struct grid *g)
{
	const struct listing *r = model_rows(m);
	char order[64] = "";
	struct pen p;

	if (r)
		snprintf(order, sizeof order, "sort: %s %s",
			columns_of(model_kind(m))->spec[r->sort].title,
			r->falling ? "desc" : "asc");
	grid_right(g, row, m->cols - 25, 24, STYLE_PLAIN, order);
	p = pen_at(g, row, 1, m->cols - 2 - (int)strlen(order));
	filter_state(m, &p);
}

void view_footer(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	status(m, l, g);
	if (l->state >= 0)
		put_filter_and_order(m, l->state, g);
	bar_draw(model_context(m), l->bar, g);
}
