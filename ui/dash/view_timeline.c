/* view_timeline.c: sessions by verdict over time, where the capture has gaps,
 * and whether new devices still come; see view.h. */
#include "ui/dash/line.h"
#include "ui/dash/spark.h"
#include "ui/dash/view.h"
#include "ui/say.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LABEL = 11, DAYS = 14, MAXIMUM = 14 };

static const int64_t HOUR = 3600 * INT64_C(1000000);

/* The rows, the gravest first. */
static const enum auth_use ROWS[] = {
	USE_BASIC, USE_REQUIRED, USE_UNKNOWN, USE_OAUTH, USE_OTHER, USE_NONE,
};

static enum style style_of(enum auth_use use)
{
	switch (use) {
	case USE_BASIC:
	case USE_REQUIRED: return STYLE_MUST;
	case USE_UNKNOWN: return STYLE_HIDDEN;
	case USE_OAUTH: return STYLE_OAUTH;
	case USE_OTHER:
	case USE_NONE: break;
	}
	return STYLE_PLAIN;
}

bool view_hours(const struct dash_model *m, int64_t *first, int64_t *last)
{
	const struct timeline *t = m->now.timeline;
	const struct health *h = m->now.health;
	bool any = false;

	*first = INT64_MAX;
	*last = 0;
	if (t && t->n > 0) {
		*first = t->v[0].at / HOUR;
		*last = t->v[t->n - 1].at / HOUR;
		any = true;
	}
	if (h && h->n > 0) {
		if (h->v[0].at / HOUR < *first)
			*first = h->v[0].at / HOUR;
		if (h->v[h->n - 1].at / HOUR > *last)
			*last = h->v[h->n - 1].at / HOUR;
		any = true;
	}
	return any;
}

/* What is drawn: so many columns from left on. */
struct frame {
	int64_t left, last, cursor; /* hours */
	int columns, hours;         /* a column stands for */
};

static struct frame frame_of(const struct dash_model *m, int64_t last)
{
	struct frame f = {.last = last, .hours = span_hours(&m->span)};

	f.columns = m->cols - 1 - LABEL - (m->cols >= 60 ? MAXIMUM : 1);
	if (f.columns > SPARK_CELLS)
		f.columns = SPARK_CELLS;
	if (f.columns < 1)
		f.columns = 1;
	f.cursor = span_cursor(&m->span, last);
	f.left = span_left(&m->span, last, f.columns);
	return f;
}

/* The column of an hour; -1: off the screen. */
static int column_of(const struct frame *f, int64_t at)
{
	int64_t hour = at / HOUR - f->left;

	return hour < 0 || hour / f->hours >= f->columns ? -1
		: (int)(hour / f->hours);
}

static struct pen begin(struct page *p, const char *label, enum style style)
{
	struct pen line = page_line(p);

	line.col = 1;
	pen_text(&line, style, label);
	line.col = 1 + LABEL;
	return line;
}

/* Bars, how many the highest stands for, and the cursor. */
static void bars(const struct frame *f, struct page *p, const char *label,
	enum style style, const uint32_t *v)
{
	struct pen line = begin(p, label, style);
	char text[SPARK_BYTES], most[SAY_MAX];
	uint32_t top = 0;
	int at = column_of(f, f->cursor * HOUR);

	for (int i = 0; i < f->columns; i++)
		if (v[i] > top)
			top = v[i];
	pen_text(&line, style, spark(text, v, (size_t)f->columns,
		(size_t)f->columns));
	if (line.row >= 0 && at >= 0)
		grid_inverse(p->g, line.row, 1 + LABEL + at, 1);
	line.col = 1 + LABEL + f->columns + 2;
	pen_whole(&line, STYLE_PLAIN, "max %7s", top < 1000000
		? say_count(most, top) : say_short(most, top));
}

static void uses(const struct dash_model *m, const struct frame *f,
	struct page *p)
{
	const struct timeline *t = m->now.timeline;

	for (size_t u = 0; u < sizeof ROWS / sizeof ROWS[0]; u++) {
		uint32_t v[SPARK_CELLS] = {0};
		uint64_t all = 0;

		for (size_t i = 0; t && i < t->n; i++) {
			uint32_t n = t->v[i].by_use[ROWS[u]];
			int c = column_of(f, t->v[i].at);

			all += n;
			if (c >= 0)
				v[c] = v[c] > UINT32_MAX - n ? UINT32_MAX
							     : v[c] + n;
		}
		/* What never was needs no row, but the gravest does. */
		if (all > 0 || ROWS[u] == USE_BASIC)
			bars(f, p, ROWS[u] == USE_NONE ? "NO AUTH"
				: auth_use_label(ROWS[u]),
				all > 0 ? style_of(ROWS[u]) : STYLE_PLAIN, v);
	}
}

/* Where packets were heard, and where some were lost. */
static void capture(const struct dash_model *m, const struct frame *f,
	struct page *p)
{
	const struct health *h = m->now.health;
	struct pen line = begin(p, "capture", STYLE_PLAIN);
	uint8_t heard[SPARK_CELLS] = {0}; /* 1 heard, 2 with loss */

	for (size_t i = 0; h && i < h->n; i++) {
		int c = column_of(f, h->v[i].at);
		uint8_t how = health_loss(&h->v[i]) > 0 ? 2 : 1;

		if (c >= 0 && heard[c] < how && h->v[i].packets > 0)
			heard[c] = how;
	}
	for (int i = 0; i < f->columns; i++)
		pen_text(&line, heard[i] == 2 ? STYLE_LOSS : STYLE_PLAIN,
			heard[i] == 2 ? "\xe2\x96\x92"
			: heard[i] == 1 ? "\xe2\x96\x88" : "\xc2\xb7");
	line.col = 1 + LABEL + f->columns + 2;
	pen_whole(&line, STYLE_PLAIN, "\xe2\x96\x92 loss \xc2\xb7 gap");
}

/* A date where a day begins, as far as they do not touch. */
static void scale(const struct frame *f, struct page *p)
{
	struct pen line = begin(p, "", STYLE_PLAIN);
	int free_from = line.col;
	int64_t day = -1;

	for (int i = 0; i < f->columns; i++) {
		time_t at = (time_t)((f->left + (int64_t)i * f->hours) * 3600);
		char text[16];
		struct tm tm;

		if (at / 86400 == day || !gmtime_r(&at, &tm))
			continue;
		/* The first column is seldom midnight. */
		if (i == 0 && at % 86400 != 0) {
			day = at / 86400;
			continue;
		}
		day = at / 86400;
		strftime(text, sizeof text,
			f->hours >= 24 ? "%m-%d" : "%a %d", &tm);
		line.col = 1 + LABEL + i;
		if (line.col < free_from)
			continue;
		if (pen_whole(&line, STYLE_DIM, "%s", text))
			free_from = line.col + 1;
	}
}

static void cursor(const struct dash_model *m, const struct frame *f,
	struct page *p)
{
	const struct timeline *t = m->now.timeline;
	int64_t end = f->cursor + f->hours;
	uint64_t n[USE_BASIC + 1] = {0};
	struct line l = {.n = 0};
	char text[SAY_MAX];

	line_add(&l, "%.16s to ", say_time(text, f->cursor * HOUR));
	line_add(&l, "%.16s: ", say_time(text, end * HOUR));
	for (size_t i = 0; t && i < t->n; i++)
		if (t->v[i].at / HOUR >= f->cursor && t->v[i].at / HOUR < end)
			for (int u = 0; u <= USE_BASIC; u++)
				n[u] += t->v[i].by_use[u];
	for (size_t u = 0; u < sizeof ROWS / sizeof ROWS[0]; u++)
		if (n[ROWS[u]] > 0)
			line_add(&l, " %s %s", auth_use_label(ROWS[u]),
				say_count(text, n[ROWS[u]]));
	if (l.n > 0 && l.text[l.n - 1] == ' ')
		line_add(&l, " no session");
	page_item(p, "Column", STYLE_PLAIN, l.text);
}

/* Devices that were new on each of the last days; flat means long enough. */
static void discovery(const struct dash_model *m, struct page *p)
{
	const struct device_list *l = m->now.devices;
	size_t n[DAYS] = {0}, before = 0;
	int64_t today = l->now / (24 * HOUR);
	int64_t begins = l->first_seen / (24 * HOUR);
	struct line text = {.n = 0};
	int days = today - begins < DAYS ? (int)(today - begins) + 1 : DAYS;

	for (size_t i = 0; i < l->n; i++) {
		int64_t ago = today - l->v[i].first_seen / (24 * HOUR);

		if (l->v[i].sessions == 0)
			continue;
		if (ago >= 0 && ago < days)
			n[DAYS - 1 - ago]++;
		else
			before++;
	}
	if (before > 0)
		line_add(&text, "%zu before  ", before);
	for (int i = DAYS - days; i < DAYS; i++)
		line_part(&text, "  ", "+%zu", n[i]);
	if (days < 4)
		line_add(&text, "   too short to tell");
	else if (n[DAYS - 1] + n[DAYS - 2] + n[DAYS - 3] == 0)
		line_add(&text, "   flat for 3 days");
	else
		line_add(&text, "   not flat: keep on");
	page_item(p, "First seen", STYLE_PLAIN, text.text);
}

static void cadences(const struct dash_model *m, struct page *p)
{
	const struct device_list *l = m->now.devices;
	size_t n[CADENCES] = {0};
	struct line text = {.n = 0};
	char span[SAY_MAX];
	int64_t window = l->now - l->first_seen;

	for (size_t i = 0; i < l->n; i++)
		n[l->v[i].cadence]++;
	line_add(&text, "weekly %zu \xc2\xb7 monthly %zu \xc2\xb7 once %zu",
		n[CADENCE_WEEKLY], n[CADENCE_MONTHLY], n[CADENCE_ONCE]);
	if (window < 35 * 24 * HOUR)
		line_add(&text, "; a window of %s cannot show what mails "
			"once a month", say_span(span, window));
	page_item(p, "Senders", STYLE_PLAIN, text.text);
}

void view_timeline(const struct dash_model *m, struct page *p)
{
	int64_t first, last;
	struct frame f;
	struct pen line;

	if (!m->now.devices || !view_hours(m, &first, &last)) {
		line = page_line(p);
		line.col = 2;
		pen_text(&line, STYLE_PLAIN, m->now.timeline
			? "no mail has been seen yet" : "reading");
		return;
	}
	f = frame_of(m, last);
	if (p->cols >= LAYOUT_FULL_COLS)
		page_line(p);
	uses(m, &f, p);
	capture(m, &f, p);
	scale(&f, p);
	page_line(p);
	cursor(m, &f, p);
	discovery(m, p);
	cadences(m, p);
}
