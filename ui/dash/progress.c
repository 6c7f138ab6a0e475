/* progress.c: how far the reading of a file has come, and what was found so
 * far; see view.h. */
#include "ui/say.h"
#include "ui/dash/view.h"
#include <stdio.h>
#include <string.h>

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

void view_counts(const struct dash_model *m, struct pen *p)
{
	const struct device_list *l = m->list;

	if (!l)
		return;
	put_count(p, STYLE_MUST, "BASIC", l->by_use[USE_BASIC], "!");
	put_count(p, STYLE_MUST, "AUTH?", l->by_use[USE_REQUIRED], "!");
	put_count(p, STYLE_HIDDEN, "TLS?", l->by_use[USE_UNKNOWN], "");
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
	view_counts(m, &p);
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

void view_progress(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	if (l->progress_rows > 0) {
		progress_bar(m, l->progress, g);
		progress_rate(m, l->progress + 1, g);
	}
	if (l->summary >= 0)
		summary(m, l->summary, g);
}
