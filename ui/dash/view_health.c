/* view_health.c: how well the capture hears; what is recorded, and no more;
 * see view.h. */
#include "ui/dash/line.h"
#include "ui/dash/spark.h"
#include "ui/dash/view.h"
#include "ui/say.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static double share(uint64_t part, uint64_t all)
{
	return all > 0 ? 100.0 * (double)part / (double)all : 0;
}

static bool is_broken(const struct source_state *s)
{
	return !s->running && s->state && strcmp(s->state, "done") != 0;
}

static size_t broken(const struct device_list *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->sources_n; i++)
		n += is_broken(&l->sources[i]);
	return n;
}

/* Verdict: per cent, above which a capture is fair, and poor. */
static const double FAIR_LOSS = 0.01, POOR_LOSS = 1;
static const double FAIR_PART = 2, POOR_PART = 20;

void view_verdict(const struct dash_model *m, struct pen *p)
{
	const struct health_hour *t = m->now.health ? &m->now.health->total
						    : NULL;
	double loss, sided, lossy;
	bool poor, fair;

	if (!t || t->packets == 0) {
		pen_text(p, STYLE_BOLD, t ? "Nothing was captured yet"
					  : "reading");
		return;
	}
	loss = 100 * health_loss(t);
	sided = share(t->one_sided, t->sessions);
	lossy = share(t->lossy, t->sessions);
	poor = loss > POOR_LOSS || sided > POOR_PART || lossy > POOR_PART;
	fair = loss > FAIR_LOSS || sided > FAIR_PART || lossy > FAIR_PART ||
		broken(m->now.devices) > 0;
	pen_text(p, STYLE_BOLD, "Verdict: ");
	pen_text(p, poor || fair ? STYLE_LOSS : STYLE_BOLD,
		poor ? "POOR" : fair ? "FAIR" : "GOOD");
	pen_whole(p, STYLE_PLAIN, loss > 0 ? "  loss %.3f%%" : "  no loss",
		loss);
	if (t->sessions > 0) {
		pen_whole(p, STYLE_PLAIN, ", %.1f%% of sessions one-sided",
			sided);
		pen_whole(p, STYLE_PLAIN, ", %.1f%% with holes", lossy);
	}
	if (broken(m->now.devices) > 0)
		pen_whole(p, STYLE_LOSS, ", %zu source%s incomplete",
			broken(m->now.devices),
			broken(m->now.devices) == 1 ? "" : "s");
}

static void count(struct line *l, const char *what, uint64_t n)
{
	char text[SAY_MAX];

	line_part(l, "   ", "%s %s", what, n < 10000000 ? say_count(text, n)
		: say_short(text, (double)n));
}

static void packets(const struct health_hour *t, struct page *p)
{
	struct line l = {.n = 0};
	char text[SAY_MAX];

	count(&l, "captured", t->packets);
	line_part(&l, "   ", "%s", say_bytes(text, t->bytes));
	count(&l, "dropped", t->dropped);
	if (t->if_dropped > 0)
		line_add(&l, " (%s by the interface)",
			say_count(text, t->if_dropped));
	count(&l, "records lost", t->lost_records);
	page_item(p, "Packets", t->dropped + t->lost_records > 0
			? STYLE_LOSS : STYLE_PLAIN, l.text);
}

static void rates(const struct dash_model *m, struct page *p)
{
	const struct source_state *s = model_source(m);
	struct rate_now r = rate_now(&m->rate);
	struct line l = {.n = 0};
	char text[SAY_MAX];

	if (!s || !s->running || r.packets < 0)
		return;
	line_add(&l, "%s pkt/s", say_short(text, r.packets));
	line_part(&l, "   ", "%s bit/s", say_short(text, r.bytes * 8));
	page_item(p, "Load", STYLE_PLAIN, l.text);
}

static void direction(const struct health_hour *t, struct page *p)
{
	struct line l = {.n = 0};
	char text[SAY_MAX];

	if (t->sessions == 0)
		return;
	line_add(&l, "of %s sessions: both %.1f%%, one side only %.1f%%, with "
		"holes %.2f%%", say_count(text, t->sessions),
		100 - share(t->one_sided, t->sessions),
		share(t->one_sided, t->sessions),
		share(t->lossy, t->sessions));
	page_item(p, "Direction", STYLE_PLAIN, l.text);
}

static void reassembly(const struct health_hour *t, struct page *p)
{
	struct line l = {.n = 0};
	char text[SAY_MAX];

	count(&l, "gaps", t->gaps);
	if (t->gap_bytes > 0)
		line_add(&l, " (%s)", say_bytes(text, t->gap_bytes));
	count(&l, "out of order", t->out_of_order);
	count(&l, "duplicates", t->duplicates);
	page_item(p, "Reassembly", t->gaps > 0 ? STYLE_LOSS : STYLE_PLAIN,
		l.text);
}

static void frames(const struct health *h, struct page *p)
{
	struct line l = {.n = 0};
	char text[SAY_MAX];

	count(&l, "not understood", h->total.not_understood);
	count(&l, "malformed", h->total.malformed);
	count(&l, "cut by the snap length", h->total.cut);
	page_item(p, "Frames", STYLE_PLAIN, l.text);
	if (h->strangers_n == 0)
		return;
	l = (struct line){.n = 0};
	for (size_t i = 0; i < h->strangers_n && i < 8; i++)
		line_part(&l, " \xc2\xb7 ", "%s %s", h->strangers[i].name,
			say_count(text, h->strangers[i].frames));
	if (h->strangers_n > 8)
		line_add(&l, " and %zu more kinds", h->strangers_n - 8);
	page_item(p, "Strangers", STYLE_PLAIN, l.text);
}

static void limits(const struct health_hour *t, struct page *p)
{
	struct line l = {.n = 0};

	count(&l, "flows that gave way", t->evicted);
	count(&l, "records that found no room", t->lost_records);
	page_item(p, "Limits hit", t->evicted + t->lost_records > 0
			? STYLE_LOSS : STYLE_PLAIN, l.text);
}

/* The hours of the last days, each by the share of its packets. */
static void coverage(const struct health *h, struct page *p)
{
	const struct health_hour *worst = health_worst(h);
	uint32_t v[QUERY_HOURS] = {0};
	struct line l = {.n = 0};
	char text[SPARK_BYTES], at[SAY_MAX];
	const int64_t hour = 3600 * INT64_C(1000000);
	int64_t last;
	size_t heard = 0;

	if (h->n == 0)
		return;
	last = h->v[h->n - 1].at / hour;
	for (size_t i = 0; i < h->n; i++) {
		int64_t ago = last - h->v[i].at / hour;

		heard += h->v[i].packets > 0;
		if (ago >= 0 && ago < QUERY_HOURS)
			v[QUERY_HOURS - 1 - ago] =
				h->v[i].packets > UINT32_MAX ? UINT32_MAX
				: (uint32_t)h->v[i].packets;
	}
	line_add(&l, "%s  7 d, packets", spark(text, v, QUERY_HOURS,
		p->cols >= 110 ? 84 : p->cols >= 80 ? 42 : 21));
	page_item(p, "Activity", STYLE_PLAIN, l.text);
	l = (struct line){.n = 0};
	line_add(&l, "%zu of %" PRId64 " hours heard", heard,
		last - h->v[0].at / hour + 1);
	line_add(&l, " since %s", say_time(at, h->v[0].at));
	if (worst)
		line_part(&l, "   ", "worst hour %s, %.3f%% lost",
			say_time(at, worst->at), 100 * health_loss(worst));
	page_item(p, "Coverage", worst ? STYLE_LOSS : STYLE_PLAIN, l.text);
}

/* Packets and the clock of this machine. */
static void clocks(const struct dash_model *m, struct page *p)
{
	const struct source_state *s = model_source(m);
	struct line l = {.n = 0};
	char text[SAY_MAX];

	if (!s || !s->live || !s->running)
		return;
	line_add(&l, "last packet %s", say_time(text, s->last_seen));
	if (s->last_seen > m->wall + 1000000)
		line_add(&l, ", %s ahead of this machine's clock",
			say_span(text, s->last_seen - m->wall));
	else
		line_add(&l, ", %s ago",
			say_span(text, m->wall - s->last_seen));
	page_item(p, "Clock", STYLE_PLAIN, l.text);
}

static void database(const struct dash_model *m, struct page *p)
{
	const struct device_list *l = m->now.devices;
	struct line text = {.n = 0};
	char word[SAY_MAX];

	line_add(&text, "%s   %s", m->db ? m->db : "",
		say_bytes(word, l->db_bytes));
	count(&text, "devices", l->n);
	count(&text, "sessions", l->sessions);
	page_item(p, "Database", STYLE_PLAIN, text.text);
}

static void sources(const struct dash_model *m, struct page *p)
{
	const struct device_list *l = m->now.devices;
	char text[SAY_MAX];

	for (size_t i = 0; i < l->sources_n && i < 20; i++) {
		const struct source_state *s = &l->sources[i];
		struct line line = {.n = 0};

		line_add(&line, "%s, %s", s->label,
			s->running ? s->live ? "live" : "being read"
			: s->state ? s->state : "?");
		line_add(&line, ", %s packets", say_count(text, s->packets));
		if (s->first_seen > 0) {
			line_add(&line, ", %s", say_time(text, s->first_seen));
			line_add(&line, " to %s", say_time(text,
				s->last_seen));
		}
		if (s->dropped > 0)
			line_add(&line, ", %s dropped",
				say_count(text, s->dropped));
		if (s->reason)
			line_add(&line, ": %s", s->reason);
		page_item(p, i == 0 ? "Sources" : "", is_broken(s) ||
				s->dropped > 0 ? STYLE_LOSS : STYLE_PLAIN,
			line.text);
	}
	if (l->sources_n > 20)
		page_text(p, 13, STYLE_DIM, "older ones are not shown");
}

void view_health(const struct dash_model *m, struct page *p)
{
	const struct health *h = m->now.health;
	struct pen line;

	if (!h || !m->now.devices) {
		line = page_line(p);
		line.col = 2;
		pen_text(&line, STYLE_DIM, "reading");
		return;
	}
	if (p->cols >= LAYOUT_FULL_COLS)
		page_line(p);
	packets(&h->total, p);
	rates(m, p);
	coverage(h, p);
	direction(&h->total, p);
	reassembly(&h->total, p);
	frames(h, p);
	limits(&h->total, p);
	clocks(m, p);
	database(m, p);
	sources(m, p);
}
