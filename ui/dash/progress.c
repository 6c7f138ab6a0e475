/* progress.c: how far the reading of a file has come; see view.h. */
#include "ui/say.h"
#include "ui/dash/view.h"
#include <stdio.h>
#include <string.h>

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

void view_progress(const struct dash_model *m, const struct layout *l,
	struct grid *g)
{
	if (l->progress_rows > 0) {
		progress_bar(m, l->progress, g);
		progress_rate(m, l->progress + 1, g);
	}
	if (l->summary >= 0)
		view_summary(m, l->summary, g);
}
