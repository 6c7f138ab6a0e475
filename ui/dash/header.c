/* header.c: the first line of every view, which says how the capture is, and
 * the line of the numbered views; see view.h. */
#include "ui/dash/line.h"
#include "ui/say.h"
#include "ui/dash/view.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A writer gives a sign of life about once a second. */
static const int64_t STALLED = 15 * 1000000LL;

/* The numbered views; brief: where not all fit. */
static const struct {
	const char *title, *brief;
} TABS[VIEWS_NUMBERED] = {
	[VIEW_DEVICES] = {"Devices", "Dev"},
	[VIEW_ACCOUNTS] = {"Accounts", "Acc"},
	[VIEW_SERVERS] = {"Servers", "Srv"},
	[VIEW_TIMELINE] = {"Timeline", "Time"},
	[VIEW_EVENTS] = {"Events", "Evt"},
	[VIEW_HEALTH] = {"Health", "Hlth"},
};

/* Header */

/* "LIVE", "READING 51%", "STALLED 41s". */
static enum style state(const struct dash_model *m, char out[48])
{
	const struct source_state *s = model_source(m);
	char age[SAY_MAX];

	if (!s) {
		snprintf(out, 48, m->now.devices ? "" : "WAITING");
		return STYLE_BOLD;
	}
	if (s->running && m->wall - s->beat_at > STALLED) {
		snprintf(out, 48, "STALLED %s",
			say_span(age, m->wall - s->beat_at));
		return STYLE_LOSS;
	}
	if (s->running && s->live && s->reason) {
		/* An unplugged mirror port is no quiet building. */
		snprintf(out, 48, "LINK DOWN");
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

/* Files that could not be read to their end, besides the one that the state
 * is of. */
static void put_broken(const struct dash_model *m, struct pen *p)
{
	size_t failed = 0, cut = 0;

	for (size_t i = 0; m->now.devices && i < m->now.devices->sources_n; i++) {
		const struct source_state *s = &m->now.devices->sources[i];

		if (s == model_source(m) || !s->state)
			continue;
		failed += strcmp(s->state, "failed") == 0;
		cut += strcmp(s->state, "cut") == 0;
	}
	if (failed > 0)
		pen_whole(p, STYLE_LOSS, "  %zu failed", failed);
	if (cut > 0)
		pen_whole(p, STYLE_LOSS, "  %zu cut short", cut);
}

/* What the capture lost, and how fast it is: at the right end. Returns where
 * it begins. */
static int put_load(const struct dash_model *m, struct grid *g)
{
	const struct source_state *s = model_source(m);
	struct rate_now r = rate_now(&m->rate);
	struct line drop = {.n = 0}, gaps = {.n = 0}, load = {.n = 0};
	uint64_t lost = s ? s->dropped + s->lost_records : 0;
	char text[SAY_MAX];
	struct pen p;
	int begin;

	if (!s)
		return m->cols;
	line_add(&drop, "drop %s", say_count(text, lost));
	if (m->cols >= 100 && s->packets + lost > 0)
		line_add(&drop, " (%.3f%%)", 100 * (double)lost /
				((double)s->packets + (double)lost));
	if (s->gaps > 0 && m->cols >= 80)
		line_add(&gaps, "  gaps %s", say_short(text, (double)s->gaps));
	if (s->running && s->live && r.packets >= 0)
		line_add(&load, "   %s pkt/s", say_short(text, r.packets));
	if (load.n > 0 && m->cols >= 100)
		line_add(&load, "  %s bit/s", say_short(text, r.bytes * 8));
	begin = m->cols - 1 - (int)(drop.n + gaps.n + load.n);
	p = pen_at(g, 0, begin, m->cols);
	pen_text(&p, lost > 0 ? STYLE_LOSS : STYLE_PLAIN, drop.text);
	pen_text(&p, STYLE_LOSS, gaps.text);
	pen_text(&p, STYLE_PLAIN, load.text);
	return begin;
}

/* How long a live source has run, or how far in time a file goes. */
static void put_time(const struct dash_model *m, struct pen *p)
{
	const struct source_state *s = model_source(m);
	char text[SAY_MAX];

	if (s && s->live && s->running && s->first_seen > 0)
		pen_whole(p, STYLE_PLAIN, "  %s",
			say_span(text, m->wall - s->first_seen));
	else if (s && !layout_reading(m) && m->now.devices->now > 0)
		pen_whole(p, STYLE_PLAIN, "  to %s",
			say_time(text, m->now.devices->now));
	if (m->cols >= 100 && m->now.devices)
		pen_whole(p, STYLE_DIM, "   db %s %s", m->db ? m->db : "",
			say_bytes(text, m->now.devices->db_bytes));
}

/* The interface or file; its name gives way to what comes after it. */
static void put_source(const struct dash_model *m, struct pen *p, int after)
{
	const struct source_state *s = model_source(m);
	const char *label = s ? s->label : m->source;
	int room = m->cols / 3;

	if (layout_reading(m) && s->files > 1)
		pen_format(p, STYLE_PLAIN, "  file %" PRIu32 " of %" PRIu32,
			s->files_done < s->files ? s->files_done + 1
						 : s->files, s->files);
	p->col += 2;
	if (room > p->end - p->col - after)
		room = p->end - p->col - after;
	if (label && room > 0)
		p->col += grid_tail(p->g, p->row, p->col, room, STYLE_PLAIN,
			label);
	else
		p->col -= 2;
}

static void title(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	bool small = l->kind == LAYOUT_SMALL;
	struct pen p = pen_at(g, 0, 1, m->cols);
	char text[48];
	enum style style = state(m, text);

	if (!small)
		p.end = put_load(m, g) - 2;
	pen_text(&p, STYLE_TITLE, small && m->view != VIEW_DEVICES
			? TABS[m->view].title : "mailcensus");
	if (!small) {
		pen_format(&p, STYLE_PLAIN, " %s ",
			m->version ? m->version : "");
		put_source(m, &p, (int)strlen(text) + 2);
		p.col++;
	}
	p.col++;
	pen_whole(&p, style, "%s", text);
	if (m->paused)
		pen_whole(&p, STYLE_BOLD, "  PAUSED");
	put_broken(m, &p);
	if (!small)
		put_time(m, &p);
	else
		view_counts(m, &p);
}

/* "[1 Devices]" or " 2 Accounts "; where there is no room "[1 Dev]". */
static int tab_text(const struct dash_model *m, int view, char out[24])
{
	bool here = (int)m->view == view;

	return snprintf(out, 24, here ? "[%d %s]" : " %d %s ", view + 1,
		m->cols >= 72 ? TABS[view].title : TABS[view].brief);
}

bool view_tab_at(const struct dash_model *m, int col, enum view *out)
{
	char text[24];
	int begin = 1;

	for (int v = 0; v < VIEWS_NUMBERED; v++) {
		int n = tab_text(m, v, text);

		if (col >= begin && col < begin + n) {
			*out = (enum view)v;
			return true;
		}
		begin += n;
	}
	return false;
}

static void tabs(const struct dash_model *m, int row, struct grid *g)
{
	struct pen p = pen_at(g, row, 1, m->cols);
	const struct source_state *s = model_source(m);
	const char *hint = "F1 help";
	char text[24];

	for (int v = 0; v < VIEWS_NUMBERED; v++) {
		tab_text(m, v, text);
		pen_whole(&p, (int)m->view == v ? STYLE_TITLE : STYLE_PLAIN,
			"%s", text);
	}
	if (m->owns_capture && s && s->running && m->cols >= 120)
		hint = layout_reading(m)
			? "q stops and keeps the result   F1 help"
			: "q ends the capture   F1 help";
	if (p.col + (int)strlen(hint) + 2 < m->cols)
		grid_right(g, row, p.col, m->cols - 1 - p.col, STYLE_PLAIN,
			hint);
}

/* What a page is of. */
static void put_subject(const struct dash_model *m, struct pen *p)
{
	const struct device *d = model_opened(m);
	char at[SAY_MAX];

	switch (m->view) {
	case VIEW_HELP: pen_text(p, STYLE_BOLD, "Help"); break;
	case VIEW_DEVICE:
		pen_text(p, STYLE_PLAIN, "Device  ");
		if (d)
			pen_text(p, STYLE_BOLD, d->name ? d->name : d->id);
		break;
	case VIEW_ACCOUNT:
		pen_text(p, STYLE_PLAIN, "Account  ");
		pen_text(p, STYLE_BOLD, m->open);
		break;
	case VIEW_SERVER:
		pen_text(p, STYLE_PLAIN, "Server  ");
		pen_text(p, STYLE_BOLD, m->open);
		break;
	case VIEW_SESSION:
		pen_text(p, STYLE_PLAIN, "Session  ");
		if (m->now.talk && strcmp(m->now.talk->session, m->open) == 0)
			pen_format(p, STYLE_BOLD, "%s  ",
				say_time(at, m->now.talk->at));
		pen_text(p, STYLE_DIM, m->open);
		break;
	case VIEW_DEVICES:
	case VIEW_ACCOUNTS:
	case VIEW_SERVERS:
	case VIEW_TIMELINE:
	case VIEW_EVENTS:
	case VIEW_HEALTH: break;
	}
}

/* "3/143": which of the rows that the page was opened from. */
static void put_place(const struct dash_model *m, struct pen *p)
{
	const struct visit *v = m->depth > 0 ? &m->back[m->depth - 1] : NULL;
	const struct listing *r = !v ? NULL
		: v->view == VIEW_DEVICES ? &m->list[ROWS_DEVICES]
		: v->view == VIEW_ACCOUNTS ? &m->list[ROWS_ACCOUNTS]
		: v->view == VIEW_SERVERS ? &m->list[ROWS_SERVERS] : NULL;
	char n[SAY_MAX], of[SAY_MAX];

	if (r && m->view < VIEW_SESSION && r->cursor < r->shown_n)
		pen_format(p, STYLE_PLAIN, "%s/%s  ",
			say_count(n, r->cursor + 1), say_count(of, r->shown_n));
}

static void page_title(const struct dash_model *m, struct grid *g)
{
	char text[48];
	enum style style = state(m, text);
	struct pen p = pen_at(g, 0, 1, m->cols - 1 - (int)strlen(text) - 8);

	if (m->cols >= LAYOUT_FULL_COLS)
		pen_text(&p, STYLE_TITLE, "mailcensus  ");
	put_place(m, &p);
	put_subject(m, &p);
	p = pen_at(g, 0, m->cols - 1 - (int)strlen(text) - 8, m->cols);
	pen_text(&p, STYLE_BOLD, m->paused ? "PAUSED  " : "        ");
	pen_text(&p, style, text);
}

void view_header(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	if (m->view >= VIEWS_NUMBERED) {
		page_title(m, g);
		return;
	}
	title(m, l, g);
	if (l->tabs >= 0)
		tabs(m, l->tabs, g);
}
