/* view_account.c: all that is known of one account, of one server, and the
 * devices that use it; see view.h. */
#include "ui/dash/line.h"
#include "ui/dash/spark.h"
#include "ui/dash/view.h"
#include "ui/say.h"
#include <string.h>

enum { NAMES = 24 };

static const char DOT[] = " \xc2\xb7 ";

static void gone(struct page *p, bool read, const char *what)
{
	struct pen line = page_line(p);

	line.col = 1;
	if (read)
		pen_format(&line, STYLE_PLAIN, "this %s is no longer in the "
			"inventory", what);
	else
		pen_text(&line, STYLE_DIM, "reading");
}

static void list(struct page *p, const char *label, const struct names *n)
{
	struct line l = {.n = 0};

	for (size_t i = 0; i < n->n && i < NAMES; i++)
		line_part(&l, DOT, "%s", n->v[i]);
	if (n->n > NAMES)
		line_part(&l, DOT, "and %zu more", n->n - NAMES);
	page_item(p, label, STYLE_PLAIN, l.n > 0 ? l.text : WORDS_DASH);
}

static void seen(struct page *p, int64_t first, int64_t last)
{
	char text[SAY_MAX];
	struct line l = {.n = 0};

	line_add(&l, "%s / ", say_time(text, first));
	line_add(&l, "%s", say_time(text, last));
	page_item(p, "First/last", STYLE_PLAIN, l.text);
}

/* The devices of what the page is of, as they pass no filter here. */
static void members(const struct dash_model *m, struct page *p)
{
	page_line(p);
	page_rows(m, p);
}

/* Accounts */

static void account_verdict(const struct account *a, struct page *p)
{
	struct line l = {.n = 0};

	line_add(&l, "%s  ", auth_use_label(a->use));
	if (a->use == USE_BASIC)
		line_add(&l, "A password mechanism%s. Must change before "
			"cut-over.", a->in_clear ? ", also without TLS" : "");
	else if (a->use == USE_OAUTH)
		line_add(&l, "A token. Ready; the mailbox needs its "
			"exception.");
	else
		line_add(&l, "Neither a password nor OAuth.");
	if (a->accepted == 0 && a->rejected > 0)
		line_add(&l, " Seen only refused: nobody was let in by it.");
	page_item(p, "Verdict", a->use == USE_BASIC ? STYLE_MUST
		: a->use == USE_OAUTH ? STYLE_OAUTH : STYLE_PLAIN, l.text);
}

static void account_counts(const struct account *a, struct page *p)
{
	char n[SAY_MAX];
	struct line l = {.n = 0};

	line_add(&l, "%s session%s", say_count(n, a->sessions),
		a->sessions == 1 ? "" : "s");
	line_add(&l, ", %s message%s", say_count(n, a->messages),
		a->messages == 1 ? "" : "s");
	line_add(&l, "; AUTH accepted %s", say_count(n, a->accepted));
	line_add(&l, ", refused %s", say_count(n, a->rejected));
	page_item(p, "Why", STYLE_PLAIN, l.text);
	l = (struct line){.n = 0};
	line_add(&l, "%s device%s", say_count(n, a->devices.n),
		a->devices.n == 1 ? "" : "s");
	if (a->devices.n > 1)
		line_add(&l, ": shared, so that one new password breaks the "
			"others");
	page_item(p, "Used by", a->devices.n > 1 ? STYLE_BOLD : STYLE_PLAIN,
		l.text);
}

void view_account(const struct dash_model *m, struct page *p)
{
	const struct account *a = model_account(m);
	char bars[SPARK_BYTES], n[SAY_MAX];
	struct line l = {.n = 0};
	uint64_t day = 0;

	if (!a) {
		gone(p, m->now.accounts != NULL, "account");
		return;
	}
	account_verdict(a, p);
	account_counts(a, p);
	list(p, "Mechanism", &a->mechanisms);
	for (size_t i = 0; i < QUERY_DAY; i++)
		day += a->hours[i];
	line_add(&l, "%s  24 h", spark(bars, a->hours, QUERY_DAY, QUERY_DAY));
	line_add(&l, ", %s AUTH", say_count(n, day));
	page_item(p, "Activity", STYLE_PLAIN, l.text);
	seen(p, a->first_seen, a->last_seen);
	members(m, p);
}

/* Servers */

static void server_verdict(const struct server_group *v, struct page *p)
{
	struct line l = {.n = 0};

	if (server_offers_clear(v))
		line_add(&l, "Offers passwords in clear: whoever listens "
			"reads them.");
	else if (v->offered.n > 0)
		line_add(&l, "Offers AUTH without TLS, but not PLAIN or "
			"LOGIN.");
	else if (v->starttls)
		line_add(&l, "Offers STARTTLS; what AUTH it offers inside is "
			"hidden.");
	else
		line_add(&l, "No offer of AUTH was seen in clear.");
	page_item(p, "Verdict", server_offers_clear(v) ? STYLE_MUST
						       : STYLE_PLAIN, l.text);
}

static void server_counts(const struct server_group *v, struct page *p)
{
	static const enum auth_use order[] = {USE_BASIC, USE_REQUIRED,
		USE_UNKNOWN, USE_OAUTH, USE_OTHER, USE_NONE};
	char n[SAY_MAX];
	struct line l = {.n = 0};

	line_add(&l, "%s", say_count(n, v->sessions));
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		if (v->by_use[order[i]] > 0)
			line_part(&l, i == 0 ? ": " : DOT, "%s %s",
				auth_use_label(order[i]),
				say_count(n, v->by_use[order[i]]));
	page_item(p, "Sessions", STYLE_PLAIN, l.text);
}

static void server_addresses(const struct server_group *v, struct page *p)
{
	char n[SAY_MAX];
	struct line l = {.n = 0};

	for (size_t i = 0; i < v->n && i < NAMES; i++)
		line_part(&l, DOT, "%s (%s)", v->v[i]->ip ? v->v[i]->ip : "?",
			say_count(n, v->v[i]->sessions));
	if (v->n > NAMES)
		line_part(&l, DOT, "and %zu more", v->n - NAMES);
	page_item(p, "Address", STYLE_PLAIN, l.text);
}

/* What the members of the group say, each once. */
static void server_texts(const struct server_group *v, struct page *p)
{
	struct line names = {.n = 0}, banners = {.n = 0}, seen_as = {.n = 0};

	if (v->name)
		line_add(&names, "%s", v->name);
	for (size_t i = 0; i < v->n && i < NAMES; i++) {
		const struct server *s = v->v[i];

		for (size_t k = 0; k < s->names.n && names.n < 800; k++)
			if (!strstr(names.text, s->names.v[k]))
				line_part(&names, DOT, "%s", s->names.v[k]);
		for (size_t k = 0; k < s->banners.n && banners.n < 600; k++)
			if (!strstr(banners.text, s->banners.v[k]))
				line_part(&banners, DOT, "%s",
					s->banners.v[k]);
		for (size_t k = 0; k < s->seen_as.n && seen_as.n < 400; k++)
			if (!strstr(seen_as.text, s->seen_as.v[k]))
				line_part(&seen_as, DOT, "%s",
					s->seen_as.v[k]);
	}
	if (v->name && v->v[0]->name_from)
		line_part(&names, DOT, "the first by %s", v->v[0]->name_from);
	page_item(p, "Names", STYLE_PLAIN, names.n > 0 ? names.text
							: WORDS_DASH);
	if (banners.n > 0)
		page_item(p, "Banner", STYLE_PLAIN, banners.text);
	if (seen_as.n > 0)
		page_item(p, "Sees us at", STYLE_PLAIN, seen_as.text);
}

static void server_offers(const struct server_group *v, struct page *p)
{
	struct line l = {.n = 0};

	if (v->starttls)
		line_add(&l, "STARTTLS");
	for (size_t i = 0; i < v->offered.n && i < NAMES; i++)
		line_part(&l, i == 0 ? DOT : " ", "%s%s",
			i == 0 ? "AUTH without TLS " : "", v->offered.v[i]);
	page_item(p, "Offers", STYLE_PLAIN, l.n > 0 ? l.text : WORDS_DASH);
}

void view_server(const struct dash_model *m, struct page *p)
{
	const struct server_group *v = model_server(m);

	if (!v) {
		gone(p, m->now.servers != NULL, "server");
		return;
	}
	server_verdict(v, p);
	server_counts(v, p);
	server_addresses(v, p);
	server_texts(v, p);
	page_item(p, "Service", STYLE_PLAIN,
		v->service ? v->service : "own or unknown");
	server_offers(v, p);
	seen(p, v->first_seen, v->last_seen);
	members(m, p);
}
