/* view_summary.c: the numbers of each numbered view, in one line; see view.h. */
#include "ui/dash/events.h"
#include "ui/dash/view.h"
#include "ui/say.h"
#include <stdio.h>

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
	const struct device_list *l = m->now.devices;

	if (!l)
		return;
	put_count(p, STYLE_MUST, "BASIC", l->by_use[USE_BASIC], "!");
	put_count(p, STYLE_MUST, "AUTH?", l->by_use[USE_REQUIRED], "!");
	put_count(p, STYLE_HIDDEN, "TLS?", l->by_use[USE_UNKNOWN], "");
}

static void devices(const struct dash_model *m, struct pen *p)
{
	const struct device_list *l = m->now.devices;
	char text[SAY_MAX];

	pen_format(p, STYLE_BOLD, "Mail devices %s",
		say_count(text, (l->all > l->n ? l->all : l->n) - l->mtas));
	view_counts(m, p);
	put_count(p, STYLE_OAUTH, "OAUTH", l->by_use[USE_OAUTH], "");
	if (l->by_use[USE_OTHER] > 0)
		put_count(p, STYLE_PLAIN, "OTHER", l->by_use[USE_OTHER], "");
	put_count(p, STYLE_PLAIN, "NONE", l->by_use[USE_NONE], "");
	if (l->mtas > 0 && m->cols >= 100)
		put_count(p, STYLE_PLAIN, "MTA", l->mtas, "");
	if (!layout_reading(m))
		put_count(p, STYLE_PLAIN, "new 24h:", l->new_day, "");
	if (layout_reading(m) || m->cols >= 100)
		put_count(p, STYLE_PLAIN, "sessions", l->sessions, "");
	if (m->cols >= 100 && l->first_seen > 0)
		pen_whole(p, STYLE_PLAIN, "   window %s",
			say_span(text, model_now(m) - l->first_seen));
}

static void accounts(const struct dash_model *m, struct pen *p)
{
	const struct account_list *l = m->now.accounts;
	size_t shared = 0, refused = 0, clear = 0;
	char text[SAY_MAX];

	for (size_t i = 0; l && i < l->n; i++) {
		shared += l->v[i].devices.n > 1;
		refused += l->v[i].accepted == 0 && l->v[i].rejected > 0;
		clear += l->v[i].in_clear;
	}
	pen_format(p, STYLE_BOLD, "Accounts %s", say_count(text, l ? l->n : 0));
	put_count(p, STYLE_MUST, "shared by >1 device:", shared, "!");
	put_count(p, STYLE_MUST, "seen only refused:", refused, "!");
	put_count(p, STYLE_MUST, "in clear:", clear, "!");
}

static void servers(const struct dash_model *m, struct pen *p)
{
	const struct server_groups *l = m->now.servers;
	size_t clear = 0, cloud = 0, addresses = 0;
	char text[SAY_MAX];

	for (size_t i = 0; l && i < l->n; i++) {
		clear += server_offers_clear(&l->v[i]);
		cloud += server_is_cloud(&l->v[i]);
		addresses += l->v[i].n;
	}
	pen_format(p, STYLE_BOLD, "Servers %s", say_count(text, l ? l->n : 0));
	put_count(p, STYLE_MUST, "offer AUTH in clear:", clear, "!");
	put_count(p, STYLE_PLAIN, "Exchange Online:", cloud, "");
	put_count(p, STYLE_PLAIN, "addresses:", addresses, "");
}

static void timeline(const struct dash_model *m, struct pen *p)
{
	int hours = span_hours(&m->span);

	pen_text(p, STYLE_BOLD, "Sessions by verdict");
	if (hours < 24)
		pen_whole(p, STYLE_PLAIN, "   1 column = %d h", hours);
	else
		pen_whole(p, STYLE_PLAIN, "   1 column = %d d", hours / 24);
	pen_whole(p, STYLE_PLAIN, "   z closer  Z farther  Enter its events");
}

static void events(const struct dash_model *m, struct pen *p)
{
	const struct event_list *l = m->now.events;
	char n[SAY_MAX], from[SAY_MAX];

	if (m->until > 0) {
		pen_format(p, STYLE_BOLD, "From %s", say_time(from, m->since));
		pen_format(p, STYLE_BOLD, " to %s", say_time(from, m->until));
	} else {
		pen_text(p, STYLE_BOLD, m->follow ? "Follow ON"
						  : "Follow off");
	}
	pen_whole(p, STYLE_PLAIN, "   level %s", event_level_word(m->level));
	pen_whole(p, STYLE_PLAIN, "   %s events",
		say_count(n, m->list[ROWS_EVENTS].shown_n));
	if (l && l->from > 0)
		pen_whole(p, STYLE_PLAIN, " since %s",
			say_time(from, l->from));
}

void view_summary(const struct dash_model *m, int row, struct grid *g)
{
	struct pen p = pen_at(g, row, 1, m->cols);

	if (!m->now.devices) {
		pen_format(&p, STYLE_PLAIN, "no inventory yet at '%s'",
			m->db ? m->db : "");
		return;
	}
	switch (m->view) {
	case VIEW_ACCOUNTS: accounts(m, &p); break;
	case VIEW_SERVERS: servers(m, &p); break;
	case VIEW_TIMELINE: timeline(m, &p); break;
	case VIEW_EVENTS: events(m, &p); break;
	case VIEW_HEALTH: view_verdict(m, &p); break;
	case VIEW_DEVICES:
	case VIEW_DEVICE:
	case VIEW_ACCOUNT:
	case VIEW_SERVER:
	case VIEW_SESSION:
	case VIEW_HELP: devices(m, &p); break;
	}
}
