/* frame.c: what is around every list: the state of the capture above, the
 * filter, the order and the keys below. */
#include "ui/dash/say.h"
#include "ui/dash/view.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A writer gives a sign of life about once a second. */
static const int64_t STALLED = 15 * 1000000LL;

/* The numbered views. */
static const struct {
	enum view view;
	char key;
	const char *title;
} TABS[] = {
	{VIEW_DEVICES, '1', "Devices"},
};

/* Header */

/* "LIVE", "READING 51%", "STALLED 41s". */
static enum style state(const struct dash_model *m, char out[48])
{
	const struct source_state *s = model_source(m);
	char age[SAY_MAX];

	if (!s) {
		snprintf(out, 48, m->list ? "" : "WAITING");
		return STYLE_BOLD;
	}
	if (s->running && m->wall - s->beat_at > STALLED) {
		snprintf(out, 48, "STALLED %s",
			say_span(age, m->wall - s->beat_at));
		return STYLE_LOSS;
	}
	if (s->running && s->live) {
		snprintf(out, 48, "LIVE");
	} else if (s->running && s->file_size > 0) {
		uint64_t percent = s->file_done >= s->file_size ? 100
			: s->file_done / (s->file_size / 100 + 1);

		snprintf(out, 48, "READING %u%%", (unsigned)percent);
	} else if (s->running) {
		snprintf(out, 48, "READING");
	} else if (s->state && strcmp(s->state, "failed") == 0) {
		snprintf(out, 48, "FAILED");
		return STYLE_LOSS;
	} else if (s->state && strcmp(s->state, "cut") == 0) {
		snprintf(out, 48, "CUT SHORT");
		return STYLE_LOSS;
	} else {
		snprintf(out, 48, s->live ? "STOPPED" : "DONE");
	}
	return STYLE_BOLD;
}

static void put_state(const struct dash_model *m, struct pen *p)
{
	char text[48];
	enum style style = state(m, text);

	pen_whole(p, style, "%s", text);
	if (m->paused)
		pen_whole(p, STYLE_BOLD, "  PAUSED");
}

/* What the capture lost, and how fast it is. */
static void put_load(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	const struct source_state *s = model_source(m);
	struct rate_now r = rate_now(&m->rate);
	char drop[80], load[80] = "", text[SAY_MAX];
	uint64_t lost = s ? s->dropped + s->lost_records : 0;
	struct pen p = {0};
	size_t n;

	if (!s || l->kind != LAYOUT_FULL)
		return;
	snprintf(drop, sizeof drop, "drop %s", say_count(text, lost));
	if (m->cols >= 100 && s->packets + lost > 0)
		snprintf(drop + strlen(drop), sizeof drop - strlen(drop),
			" (%.3f%%)", 100 * (double)lost /
				((double)s->packets + (double)lost));
	if (s->running && s->live && r.packets >= 0) {
		n = (size_t)snprintf(load, sizeof load, "   %s pkt/s",
			say_short(text, r.packets));
		if (m->cols >= 100)
			snprintf(load + n, sizeof load - n, "  %sb/s",
				say_short(text, r.bytes * 8));
	}
	p = pen_at(g, 0, m->cols - 1 - (int)strlen(drop) - (int)strlen(load),
		m->cols);
	pen_text(&p, lost > 0 ? STYLE_LOSS : STYLE_PLAIN, drop);
	pen_text(&p, STYLE_PLAIN, load);
}

/* How long a live source has run, or how far a file has come. */
static void put_time(const struct dash_model *m, struct pen *p)
{
	const struct source_state *s = model_source(m);
	char text[SAY_MAX];

	if (s && s->live && s->running && s->first_seen > 0)
		pen_whole(p, STYLE_PLAIN, "  %s",
			say_span(text, m->wall - s->first_seen));
	else if (s && !layout_reading(m) && m->list->now > 0)
		pen_whole(p, STYLE_PLAIN, "  to %s",
			say_time(text, m->list->now));
	if (m->cols >= 100 && m->list)
		pen_whole(p, STYLE_DIM, "   db %s %s", m->db ? m->db : "",
			say_bytes(text, m->list->db_bytes));
}

static void put_source(const struct dash_model *m, struct pen *p)
{
	const struct source_state *s = model_source(m);
	const char *label = s ? s->label : m->source;
	int room = m->cols / 3;

	if (layout_reading(m) && s->files > 1)
		pen_format(p, STYLE_PLAIN, "  file %" PRIu32 " of %" PRIu32,
			s->files_done < s->files ? s->files_done + 1
						 : s->files, s->files);
	if (!label)
		return;
	p->col += 2;
	p->col += grid_text(p->g, p->row, p->col, room, STYLE_PLAIN, label);
	p->col += 2;
}

static void title(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	struct pen p = pen_at(g, 0, 1, m->cols - (m->cols >= 100 ? 48 : 26));

	if (l->kind == LAYOUT_SMALL)
		p.end = m->cols;
	pen_text(&p, STYLE_TITLE, "mailcensus");
	if (l->kind == LAYOUT_FULL) {
		pen_format(&p, STYLE_PLAIN, " %s ", m->version ? m->version
							       : "");
		put_source(m, &p);
	} else {
		pen_text(&p, STYLE_PLAIN, " ");
	}
	put_state(m, &p);
	if (l->kind == LAYOUT_FULL)
		put_time(m, &p);
	put_load(m, l, g);
}

/* Progress of a file */

static void progress_bar(const struct dash_model *m, int row, struct grid *g)
{
	const struct source_state *s = model_source(m);
	char done[SAY_MAX], size[SAY_MAX], text[80];
	struct pen p = pen_at(g, row, 1, m->cols - 1);
	int cells, full;
	double part;

	if (s->file_size == 0) {
		pen_format(&p, STYLE_PLAIN, "%s read",
			say_bytes(done, s->file_done));
		return;
	}
	part = s->file_done >= s->file_size ? 1
		: (double)s->file_done / (double)s->file_size;
	snprintf(text, sizeof text, "  %3d%%  %s of %s", (int)(part * 100),
		say_bytes(done, s->file_done), say_bytes(size, s->file_size));
	cells = p.end - p.col - (int)strlen(text) - 2;
	full = (int)(part * cells * 2);
	pen_text(&p, STYLE_PLAIN, "[");
	grid_repeat(g, row, p.col, full / 2, STYLE_TITLE, "\xe2\x96\x88");
	if (full % 2 == 1)
		grid_text(g, row, p.col + full / 2, 1, STYLE_TITLE,
			"\xe2\x96\x8c");
	p.col += cells;
	pen_text(&p, STYLE_PLAIN, "]");
	pen_text(&p, STYLE_PLAIN, text);
}

static void progress_rate(const struct dash_model *m, int row, struct grid *g)
{
	const struct source_state *s = model_source(m);
	struct rate_now r = rate_now(&m->rate);
	struct pen p = pen_at(g, row, 1, m->cols);
	char text[SAY_MAX];

	if (r.done > 0) {
		uint64_t left = s->file_size > s->file_done
			? s->file_size - s->file_done : 0;

		pen_whole(&p, STYLE_PLAIN, "%s/s   ",
			say_bytes(text, (uint64_t)r.done));
		pen_whole(&p, STYLE_PLAIN, "%s pkt/s   ",
			say_short(text, r.packets));
		if (s->file_size > 0)
			pen_whole(&p, STYLE_PLAIN, "ETA %s   ",
				say_age(text, (int64_t)((double)left /
						r.done * 1e6)));
	}
	if (s->last_seen > 0)
		pen_whole(&p, STYLE_PLAIN, "capture time %s",
			say_time(text, s->last_seen));
}

/* Counts of devices by what they use */

static void put_count(struct pen *p, enum style style, const char *word,
	uint64_t n, const char *mark)
{
	const char *gap = p->end >= 100 ? "   " : "  ";
	char text[SAY_MAX];

	pen_whole(p, n > 0 ? style : STYLE_PLAIN, "%s%s %s%s", gap, word,
		say_count(text, n), n > 0 ? mark : "");
}

static void summary(const struct dash_model *m, int row, struct grid *g)
{
	const struct device_list *l = m->list;
	struct pen p = pen_at(g, row, 1, m->cols);
	char text[SAY_MAX];

	if (!l) {
		pen_format(&p, STYLE_PLAIN, "no inventory yet at '%s'",
			m->db ? m->db : "");
		return;
	}
	pen_format(&p, STYLE_BOLD, "Mail devices %s",
		say_count(text, l->n - l->mtas));
	put_count(&p, STYLE_MUST, "BASIC", l->by_use[USE_BASIC], "!");
	put_count(&p, STYLE_MUST, "AUTH?", l->by_use[USE_REQUIRED], "!");
	put_count(&p, STYLE_HIDDEN, "TLS?", l->by_use[USE_UNKNOWN], "");
	put_count(&p, STYLE_OAUTH, "OAUTH", l->by_use[USE_OAUTH], "");
	if (l->by_use[USE_OTHER] > 0)
		put_count(&p, STYLE_PLAIN, "OTHER", l->by_use[USE_OTHER], "");
	put_count(&p, STYLE_PLAIN, "NONE", l->by_use[USE_NONE], "");
	if (l->mtas > 0 && m->cols >= 100)
		put_count(&p, STYLE_PLAIN, "MTA", l->mtas, "");
	if (!layout_reading(m))
		put_count(&p, STYLE_PLAIN, "new 24h:", l->new_day, "");
	if (layout_reading(m) || m->cols >= 100)
		put_count(&p, STYLE_PLAIN, "sessions", l->sessions, "");
	if (m->cols >= 100 && l->first_seen > 0)
		pen_whole(&p, STYLE_PLAIN, "   window %s",
			say_span(text, model_now(m) - l->first_seen));
}

static void tabs(const struct dash_model *m, int row, struct grid *g)
{
	struct pen p = pen_at(g, row, 1, m->cols - 8);

	for (size_t i = 0; i < sizeof TABS / sizeof TABS[0]; i++) {
		bool here = TABS[i].view == m->view;

		pen_format(&p, here ? STYLE_TITLE : STYLE_PLAIN,
			here ? "[%c %s] " : " %c %s  ", TABS[i].key,
			TABS[i].title);
	}
	grid_right(g, row, m->cols - 8, 7, STYLE_PLAIN, "F1 help");
}

static void page_title(const struct dash_model *m, struct grid *g)
{
	const struct device *d = model_opened(m);
	struct pen p = pen_at(g, 0, 1, m->cols - 22);
	char text[48];
	int col;

	pen_text(&p, STYLE_TITLE, "mailcensus");
	if (m->view == VIEW_HELP) {
		pen_text(&p, STYLE_BOLD, "  Help");
	} else if (d) {
		if (model_selected(m) == d)
			pen_format(&p, STYLE_PLAIN, "  Device %zu/%zu",
				m->cursor + 1, m->shown_n);
		else
			pen_text(&p, STYLE_PLAIN, "  Device");
		pen_format(&p, STYLE_BOLD, "  %s",
			d->name ? d->name : d->id);
	}
	state(m, text);
	col = m->cols - 1 - (int)strlen(text) - (m->paused ? 8 : 0);
	p = pen_at(g, 0, col > 0 ? col : 0, m->cols);
	put_state(m, &p);
}

void view_header(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	if (m->view != VIEW_DEVICES) {
		page_title(m, g);
		return;
	}
	title(m, l, g);
	if (l->progress_rows > 0) {
		progress_bar(m, l->progress, g);
		progress_rate(m, l->progress + 1, g);
	}
	if (l->summary >= 0)
		summary(m, l->summary, g);
	if (l->tabs >= 0)
		tabs(m, l->tabs, g);
}

/* Footer */

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

static void position(const struct dash_model *m, int row, struct grid *g)
{
	char text[64], n[SAY_MAX], of[SAY_MAX];

	if (m->view != VIEW_DEVICES || m->shown_n == 0)
		return;
	snprintf(text, sizeof text, "row %s/%s", say_count(n, m->cursor + 1),
		say_count(of, m->shown_n));
	grid_right(g, row, m->cols - 24, 23, STYLE_PLAIN, text);
}

static void status(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	struct pen p = pen_at(g, l->status, 1, m->cols - 16);

	if (m->message[0] != '\0') {
		p.end = m->cols - 1;
		pen_text(&p, STYLE_BOLD, m->message);
		return;
	}
	if (m->view == VIEW_DEVICES && l->kind == LAYOUT_FULL) {
		position(m, l->status, g);
		legend(m, &p);
	}
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
static void bar(const struct dash_model *m, int row, int col, struct grid *g)
{
	enum context where = model_context(m);
	const struct binding *b, *last = NULL;
	struct pen p = pen_at(g, row, col, m->cols);
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
	int col = 0;

	status(m, l, g);
	if (l->state >= 0)
		put_filter_and_order(m, l->state, g);
	if (l->kind == LAYOUT_SMALL && m->view == VIEW_DEVICES &&
		m->dialogue == DIALOGUE_NONE && m->shown_n > 0) {
		char text[48];

		snprintf(text, sizeof text, "%zu/%zu ", m->cursor + 1,
			m->shown_n);
		col = grid_text(g, l->bar, 1, m->cols, STYLE_PLAIN, text) + 1;
	}
	bar(m, l->bar, col, g);
}
