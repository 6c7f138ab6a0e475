/* html_ways.c: what to change first, by when it breaks; and what the words of
 * the page mean. */
#include "inventory/report/html.h"
#include "inventory/report/html_page.h"
#include <string.h>

enum { WAY_DEVICES = 8 };

static bool same_day(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : !a && !b;
}

/* Advice that is to leave it alone is no change. */
static bool is_nothing(const struct way *w)
{
	return strncmp(w->first->advice, "Nothing", 7) == 0;
}

static void when(FILE *out, const char *breaks, const char *source,
	bool nothing)
{
	fputs("<h3 class=\"when\">", out);
	if (!breaks) {
		fputs(nothing ? "Nothing to change" : "No date is known", out);
	} else if (strcmp(breaks, "now") == 0) {
		fputs("<b>Broken already</b>", out);
	} else {
		fputs("Stops on <b>", out);
		html_text(out, breaks);
		fputs("</b>", out);
	}
	if (source) {
		fputs(" <small>announced on ", out);
		html_text(out, source);
		fputs("</small>", out);
	}
	fputs("</h3>\n<table class=\"ways\">\n<thead><tr>"
		"<th class=\"no\">Way<th>What to do"
		"<th>Why<th class=\"num\">Open<th class=\"num\">Devices"
		"<th>Which</thead>\n<tbody>\n", out);
}

static void devices_of(const struct page *p, size_t number)
{
	const struct rows *r = p->rows;
	size_t shown = 0;

	for (size_t i = 0; i < r->devices_n && shown < WAY_DEVICES; i++) {
		if (figures_way(p->figures, r->device[i]) != number)
			continue;
		fputs(shown > 0 ? ", " : "", p->out);
		html_clip(p->out, page_name(r->device[i]));
		shown++;
	}
	if (p->figures->way[number - 1].devices > shown)
		fprintf(p->out, " +%zu", p->figures->way[number - 1].devices -
			shown);
}

static void way(const struct page *p, size_t number)
{
	const struct way *w = &p->figures->way[number - 1];

	fprintf(p->out, "<tr><td class=\"no\">%zu<td><b>", number);
	html_text(p->out, w->first->advice);
	fputs("</b><td>", p->out);
	html_text(p->out, w->first->advice_why);
	fputs("<td class=\"num\">", p->out);
	html_number(p->out, w->open);
	fputs("<td class=\"num\">", p->out);
	html_number(p->out, w->devices);
	fputs("<td>", p->out);
	devices_of(p, number);
	putc('\n', p->out);
}

/* Those of one day; with `nothing` those that need no change. */
static bool group(const struct page *p, size_t at, bool nothing)
{
	const struct figures *f = p->figures;
	const char *breaks = f->way[at].first->breaks;
	bool open = false;

	for (size_t i = 0; i < f->ways_n; i++) {
		const struct way *w = &f->way[i];

		if (!same_day(w->first->breaks, breaks) ||
			is_nothing(w) != nothing)
			continue;
		if (i < at)
			return false; /* that day has had its turn */
		if (!open)
			when(p->out, breaks, w->first->breaks_source,
				nothing);
		open = true;
		way(p, i + 1);
	}
	if (open)
		fputs("</tbody></table>\n", p->out);
	return open;
}

void page_ways(const struct page *p)
{
	const struct figures *f = p->figures;

	if (f->ways_n == 0)
		return;
	fputs("<section>\n<h2>What to change first</h2>\n<p class=\"soft\">By "
		"the day on which it stops working if nothing is done. The "
		"numbers are those in the table of all devices.</p>\n", p->out);
	for (int nothing = 0; nothing < 2; nothing++)
		for (size_t i = 0; i < f->ways_n; i++)
			if (is_nothing(&f->way[i]) == (bool)nothing)
				group(p, i, nothing);
	fputs("</section>\n", p->out);
}

void page_words(const struct page *p)
{
	fputs("<section>\n<h2>What the words mean</h2>\n<dl>\n"
		"<dt><u class=b>BASIC</u><dd>logs in with a password: LOGIN, "
		"PLAIN, CRAM-MD5, DIGEST-MD5, NTLM, SCRAM\n"
		"<dt><u class=r>AUTH?</u><dd>sends to a server that takes no "
		"mail without AUTH, inside TLS\n"
		"<dt><u class=u>TLS?</u><dd>sends inside TLS, and nothing more "
		"could be seen\n"
		"<dt><u class=o>OAUTH</u><dd>logs in with XOAUTH2 or "
		"OAUTHBEARER\n"
		"<dt><u class=t>OTHER</u><dd>logs in with Kerberos, a "
		"certificate or another mechanism\n"
		"<dt><u class=n>NONE</u><dd>sends without AUTH\n"
		"<dt>seen<dd>read in clear on the wire; <b>resynced</b>: the "
		"same, after lost packets or in the middle of a connection\n"
		"<dt>inferred<dd>read out of the lengths of TLS records, and "
		"marked with ~; the percentage is how sure that is\n"
		"<dt>implied<dd>because its server takes no mail without "
		"AUTH; <b>imported</b>: from the tenant's own reports, marked "
		"with *\n"
		"<dt>proof<dd>the session that shows it: its key in "
		"<code>mailcensus sessions</code>\n", p->out);
	for (int i = 0; i < FINDINGS; i++)
		fprintf(p->out, "<dt>%s<dd>%s\n",
			finding_word((enum finding)i),
			finding_text((enum finding)i));
	fputs("</dl>\n</section>\n", p->out);
}
