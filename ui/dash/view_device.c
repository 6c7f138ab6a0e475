/* view_device.c: all that is known of one device; see view.h. */
#include "ui/dash/line.h"
#include "ui/words.h"
#include "ui/say.h"
#include "ui/dash/sentence.h"
#include "ui/dash/spark.h"
#include "ui/dash/view.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NAMES = 24 };

static const char DOT[] = " \xc2\xb7 ";

static void add_names(struct line *l, const char *what, const struct names *n)
{
	const char *blank = what[0] != '\0' ? " " : "";

	for (size_t i = 0; i < n->n && i < NAMES; i++)
		line_part(l, DOT, "%s%s%s", what, blank, n->v[i]);
	if (n->n > NAMES)
		line_part(l, DOT, "and %zu more", n->n - NAMES);
}

static void item(struct page *p, const char *label, const struct line *l)
{
	page_item(p, label, STYLE_PLAIN,
		l->n > 0 ? l->text : WORDS_DASH);
}

static void places(const struct device *d, struct page *p)
{
	struct line l = {.n = 0};

	add_names(&l, "", &d->addresses);
	add_names(&l, "VLAN", &d->vlans);
	add_names(&l, "", &d->macs);
	if (d->vendor)
		line_part(&l, DOT, "%s", d->vendor);
	item(p, "Address", &l);
}

/* What it is and by which rule; what the engineer says of it. */
static void kind(const struct device *d, struct page *p)
{
	struct line l = {.n = 0};

	if (d->type_score > 0) {
		line_part(&l, DOT, "%s", device_type_word(d->type));
		if (d->maker)
			line_part(&l, " ", "%s", d->maker);
		if (d->model)
			line_part(&l, " ", "%s", d->model);
		line_part(&l, DOT, "%u%% by rule %s, %s %s", d->type_score,
			d->rule ? d->rule : "?", rule_of_word(d->rule_of),
			d->rule_fact ? d->rule_fact : "?");
		item(p, "Type", &l);
	}
	l = (struct line){.n = 0};
	if (d->owner)
		line_part(&l, DOT, "%s", d->owner);
	if (d->status != STATUS_NONE)
		line_part(&l, DOT, "%s", status_word(d->status));
	if (d->tag)
		line_part(&l, DOT, "tag %s", d->tag);
	if (d->note)
		line_part(&l, DOT, "%s", d->note);
	if (l.n > 0)
		item(p, "Owner", &l);
}

static void called(const struct device *d, struct page *p)
{
	struct line l = {.n = 0};

	/* An EHLO name is in the next list. */
	if (d->name && (!d->name_from || strcmp(d->name_from, "ehlo") != 0))
		line_part(&l, DOT, "%s (%s)", d->name,
			d->name_from ? d->name_from : "?");
	add_names(&l, "EHLO", &d->helos);
	add_names(&l, "agent", &d->agents);
	item(p, "Names", &l);
}

static void receivers(const struct device *d, struct page *p)
{
	char text[SAY_MAX];
	struct line l = {.n = 0};

	add_names(&l, "", &d->domains);
	if (d->recipients > 0)
		line_part(&l, DOT, "%s recipients",
			say_count(text, d->recipients));
	item(p, "Rcpt", &l);
}

static void names(struct page *p, const char *label, const struct names *n)
{
	struct line l = {.n = 0};

	add_names(&l, "", n);
	item(p, label, &l);
}

static void tls(const struct device *d, struct page *p)
{
	struct line l = {.n = 0};

	if (d->tls_lowest != 0)
		line_part(&l, DOT, "lowest version %s%s",
			words_tls(d->tls_lowest, false),
			d->tls_lowest < 0x0303 ? " (too old)" : "");
	if (d->tls_unused)
		line_part(&l, DOT, "STARTTLS offered, not used");
	if (d->some_clear)
		line_part(&l, DOT, "%ssessions without TLS",
			d->tls_lowest != 0 ? "some " : "");
	if (d->in_clear)
		line_part(&l, DOT, "a password mechanism in clear");
	page_item(p, "TLS", d->in_clear || (d->tls_lowest != 0 &&
					d->tls_lowest < 0x0303)
			? STYLE_MUST : STYLE_PLAIN,
		l.n > 0 ? l.text : WORDS_DASH);
}

static void activity(const struct dash_model *m, const struct device *d,
	struct page *p)
{
	char bars[SPARK_BYTES], text[SPARK_BYTES + 16];
	/* An hour, two, three or four a bar, as there is room. */
	size_t cells = m->cols >= 190 ? 168 : m->cols >= 105 ? 84
		: m->cols >= 76 ? 56 : m->cols >= 60 ? 42 : 28;

	snprintf(text, sizeof text, "%s  7 d",
		spark(bars, d->hours, QUERY_HOURS, cells));
	page_item(p, "Activity", STYLE_PLAIN, text);
}

static void seen(const struct device *d, struct page *p)
{
	char a[SAY_MAX], b[SAY_MAX], text[2 * SAY_MAX + 8];

	snprintf(text, sizeof text, "%s / %s", say_time(a, d->first_seen),
		say_time(b, d->last_seen));
	page_item(p, "First/last", STYLE_PLAIN, text);
}

void view_facts(const struct dash_model *m, const struct device *d,
	struct page *p)
{
	struct line verdict = {.n = 0}, why = {.n = 0};

	sentence_verdict(d, &verdict);
	page_item(p, "Verdict", columns_use_style(d), verdict.text);
	sentence_why(d, &why);
	page_item(p, "Why", STYLE_PLAIN, why.text);
	places(d, p);
	kind(d, p);
	called(d, p);
	names(p, "Identity", &d->accounts);
	names(p, "From", &d->from);
	receivers(d, p);
	names(p, "Servers", &d->servers);
	tls(d, p);
	names(p, "Errors", &d->codes);
	activity(m, d, p);
	seen(d, p);
}

static void sessions(const struct dash_model *m, const struct device *d,
	struct page *p)
{
	const struct session_lines *l = m->now.sessions;
	struct pen line;

	page_line(p);
	page_rows(m, p);
	if (!l || strcmp(l->device, d->id) != 0) {
		line = page_line(p);
		line.col = 2;
		pen_text(&line, STYLE_DIM, "reading");
		return;
	}
	if (l->n > 0 && !l->more && !l->failed)
		return;
	line = page_line(p);
	line.col = 2;
	pen_text(&line, STYLE_DIM, l->failed ? "they could not be read"
		: l->more ? "older ones are not shown" : "none recorded");
}

void view_device(const struct dash_model *m, struct page *p)
{
	const struct device *d = model_opened(m);
	struct pen line;

	if (!d) {
		line = page_line(p);
		line.col = 1;
		pen_text(&line, STYLE_PLAIN,
			"this device is no longer in the inventory");
		return;
	}
	view_facts(m, d, p);
	sessions(m, d, p);
}
