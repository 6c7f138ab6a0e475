/* html_page.c: what was heard, what cannot be seen, and the numbers. */
#include "inventory/report/html_page.h"
#include "inventory/report/html.h"
#include <string.h>

char page_letter(const struct device *d)
{
	static const char letters[] = {
		[USE_UNKNOWN] = 'u', [USE_NONE] = 'n', [USE_OTHER] = 't',
		[USE_OAUTH] = 'o', [USE_REQUIRED] = 'r', [USE_BASIC] = 'b',
	};

	return figures_is_quiet(d) ? 'n' : letters[d->use];
}

void page_badge(FILE *out, const struct device *d)
{
	const char *sign = d->evidence == EVIDENCE_INFERRED ? "~"
		: d->evidence == EVIDENCE_IMPORTED ? "*" : "";

	if (figures_is_quiet(d))
		fputs("<u>quiet</u>", out);
	else
		fprintf(out, "<u class=%c>%s%s</u>", page_letter(d),
			auth_use_label(d->use), sign);
	if (d->role == ROLE_MTA)
		fputs(" <u>relay</u>", out);
}

const char *page_name(const struct device *d)
{
	return d->name ? d->name
		: d->addresses.n > 0 ? d->addresses.v[0] : d->id;
}

/* --- what was heard --- */

static void window(const struct page *p)
{
	const struct figures *f = p->figures;
	int64_t hours = (f->last - f->first) / 3600 / 1000000;

	fputs("<dt>Window<dd>", p->out);
	if (f->days == 0) {
		fputs("nothing was heard", p->out);
		return;
	}
	html_time(p->out, f->first);
	fputs(" to ", p->out);
	html_time(p->out, f->last);
	fputs(" (", p->out);
	if (hours < 48)
		html_count(p->out, (uint64_t)hours, "hour", "hours");
	else
		html_count(p->out, (uint64_t)hours / 24, "day", "days");
	fputs(")\n", p->out);
}

static void sources(const struct page *p)
{
	const struct device_list *l = p->rows->devices;

	fputs("<dt>Sources<dd>", p->out);
	for (size_t i = 0; i < l->sources_n && i < HTML_LIST; i++) {
		const struct source_state *s = &l->sources[i];

		fputs(i > 0 ? ", " : "", p->out);
		html_clip(p->out, s->label);
		if (s->live)
			fputs(" (live)", p->out);
		if (strcmp(s->state, "done") != 0)
			fprintf(p->out, " (%s)", s->state);
	}
	if (l->sources_n > HTML_LIST)
		fprintf(p->out, " and %zu more", l->sources_n - HTML_LIST);
	putc('\n', p->out);
}

static void chosen(const struct page *p)
{
	const struct report_options *o = p->options;

	if (o->choice || o->devices || o->device) {
		fputs("<dt>Only<dd>", p->out);
		html_text(p->out, o->choice ? o->choice : "chosen devices");
		putc('\n', p->out);
	}
	if (o->since || o->until) {
		fputs("<dt>Seen<dd>", p->out);
		fputs(o->since ? "since " : "before ", p->out);
		html_time(p->out, o->since ? o->since : o->until);
		if (o->since && o->until) {
			fputs(", before ", p->out);
			html_time(p->out, o->until);
		}
		putc('\n', p->out);
	}
	if (o->mask || o->key)
		fprintf(p->out, "<dt>Names<dd>%s\n", o->key
			? "pseudonyms in their place" : "shortened");
}

static void heard(const struct page *p)
{
	const struct health_hour *h = &p->rows->health->total;

	fputs("<div>\n<h2>What was heard</h2>\n<dl>\n", p->out);
	window(p);
	sources(p);
	fputs("<dt>Packets<dd>", p->out);
	html_number(p->out, h->packets);
	fputs("\n<dt>Mail sessions<dd>", p->out);
	html_number(p->out, p->rows->devices->sessions);
	fputs("\n<dt>Inside means<dd>", p->out);
	if (p->rows->devices->own_domains.n > 0)
		html_names(p->out, &p->rows->devices->own_domains, ", ");
	else
		fputs("unknown: no own domain was said or found", p->out);
	putc('\n', p->out);
	chosen(p);
	fputs("</dl>\n</div>\n", p->out);
}

/* --- what this cannot see --- */

static void lost(const struct page *p)
{
	const struct health_hour *h = &p->rows->health->total;
	FILE *out = p->out;

	if (h->dropped + h->lost_records + h->evicted > 0) {
		fprintf(out, "<li>%.2g%% of the packets were dropped or lost "
			"before they were read.\n", 100 * health_loss(h));
	} else {
		fputs("<li>No packet is known to be dropped by this "
			"computer; what the mirror port dropped before is "
			"not known to anybody.\n", out);
	}
	if (h->lossy + h->one_sided > 0) {
		fputs("<li>", out);
		html_count(out, h->lossy, "session has gaps",
			"sessions have gaps");
		fputs(", ", out);
		html_number(out, h->one_sided);
		fputs(" were heard in one direction only.\n", out);
	}
	if (h->cut > 0) {
		fputs("<li>", out);
		html_count(out, h->cut, "packet was cut", "packets were cut");
		fputs(" by the snap length.\n", out);
	}
	if (h->not_understood > 0) {
		fputs("<li>", out);
		html_count(out, h->not_understood, "frame was",
			"frames were");
		fputs(" of a kind that is encrypted or unknown here, and may "
			"hold mail.\n", out);
	}
}

static void unseen(const struct page *p)
{
	const struct figures *f = p->figures;
	FILE *out = p->out;

	fputs("<div>\n<h2>What this cannot see</h2>\n<ul>\n"
		"<li>Traffic that the mirror port does not show: such a device "
		"is not in this report at all.\n", out);
	lost(p);
	if (f->by_use[USE_UNKNOWN] + f->unnamed_accounts > 0) {
		fputs("<li>TLS hides the account of ", out);
		html_count(out, f->unnamed_accounts, "device that logs in",
			"devices that log in");
		fputs(", and of ", out);
		html_number(out, f->by_use[USE_UNKNOWN]);
		fputs(" more whether they do.\n", out);
	}
	if (f->routed > 0) {
		fputs("<li>", out);
		html_count(out, f->routed, "device is", "devices are");
		fputs(" behind a router: known by address, without a "
			"MAC.\n", out);
	}
	fputs("<li>Devices that mail only when something fails, and nothing "
		"did", out);
	if (f->quiet + f->silent > 0) {
		fputs(" (", out);
		html_number(out, f->quiet + f->silent);
		fputs(" suspects are listed below)", out);
	}
	fputs(".\n</ul>\n</div>\n", out);
}

void page_scope(const struct page *p)
{
	fputs("<section class=\"scope\">\n", p->out);
	heard(p);
	unseen(p);
	fputs("</section>\n", p->out);
	if (p->figures->days >= FIGURES_MONTH)
		return;
	fprintf(p->out, "<p class=\"warn\"><b>Too short to be complete.</b> "
		"A window of %u day%s cannot see what is sent monthly; listen "
		"for at least %d days before anything is switched off.</p>\n",
		p->figures->days, p->figures->days == 1 ? "" : "s",
		FIGURES_MONTH);
}

/* --- the numbers --- */

static void lead(const struct page *p)
{
	const struct figures *f = p->figures;
	FILE *out = p->out;

	fputs("<p class=\"lead\">", out);
	if (f->senders == 0) {
		fputs("No device was heard sending mail.</p>\n", out);
		return;
	}
	if (f->must == 0) {
		html_count(out, f->senders, "device sends", "devices send");
		fputs(" mail, and none was heard using a password.</p>\n",
			out);
		return;
	}
	fputs("<b>", out);
	html_number(out, f->must);
	fputs("</b> of ", out);
	html_count(out, f->senders, "device that sends mail",
		"devices that send mail");
	fprintf(out, " still log%s in with a password",
		f->must == 1 ? "s" : "");
	if (f->by_use[USE_REQUIRED] > 0)
		fputs(", or most likely so", out);
	if (f->soonest && strcmp(f->soonest, "now") == 0) {
		fputs("; ", out);
		html_number(out, f->must_soonest);
		fputs(" of them fail already", out);
	} else if (f->soonest) {
		fputs("; <b>", out);
		html_number(out, f->must_soonest);
		fputs("</b> of them stop on <span class=\"day\">", out);
		html_text(out, f->soonest);
		fputs("</span> if nothing is done", out);
	}
	fputs(".</p>\n", out);
}

/* "8 seen, 3 inferred" */
static void evidence(const struct page *p, enum auth_use use)
{
	bool any = false;

	fputs("<small>", p->out);
	for (int e = EVIDENCE_SEEN; e > EVIDENCE_NONE; e--) {
		size_t n = p->figures->by_evidence[use][e];

		if (n == 0)
			continue;
		fputs(any ? ", " : "", p->out);
		html_number(p->out, n);
		fprintf(p->out, " %s", evidence_word((enum evidence)e));
		any = true;
	}
	fputs(any ? "</small>" : "\xc2\xa0</small>", p->out);
}

static void tile(const struct page *p, char letter, enum auth_use use,
	const char *what)
{
	fprintf(p->out, "<li class=\"%c\"><strong>", letter);
	html_number(p->out, p->figures->by_use[use]);
	fprintf(p->out, "</strong><em>%s</em><small>%s</small>",
		auth_use_label(use), what);
	evidence(p, use);
	fputs("</li>\n", p->out);
}

static void besides(const struct page *p)
{
	const struct figures *f = p->figures;
	static const char *const words[STATUSES] = {
		[STATUS_TODO] = "to do", [STATUS_PLANNED] = "planned",
		[STATUS_DONE] = "done", [STATUS_EXEMPT] = "exempt"};
	FILE *out = p->out;
	bool any = false;

	fputs("<p class=\"soft\">Besides: ", out);
	html_count(out, f->by_use[USE_OTHER], "device with another mechanism",
		"devices with another mechanism");
	fputs(", ", out);
	html_count(out, f->mtas, "relay", "relays");
	fputs(", ", out);
	html_count(out, f->quiet, "quiet device", "quiet devices");
	fputs(". Passwords without TLS: ", out);
	html_count(out, f->in_clear, "device", "devices");
	fputs(". Failing now: ", out);
	html_number(out, f->failing);
	putc('.', out);
	for (int s = STATUS_TODO; s < STATUSES; s++) {
		if (f->by_status[s] == 0)
			continue;
		fputs(any ? ", " : " Progress: ", out);
		html_number(out, f->by_status[s]);
		fprintf(out, " %s", words[s]);
		any = true;
	}
	fputs(any ? ".</p>\n" : "</p>\n", out);
}

void page_numbers(const struct page *p)
{
	fputs("<section>\n", p->out);
	lead(p);
	fputs("<ul class=\"tiles\">\n", p->out);
	tile(p, 'b', USE_BASIC, "log in with a password");
	tile(p, 'r', USE_REQUIRED, "must log in; TLS hides how");
	tile(p, 'u', USE_UNKNOWN, "hidden by TLS");
	tile(p, 'o', USE_OAUTH, "log in with OAuth");
	tile(p, 'n', USE_NONE, "send without AUTH");
	fputs("</ul>\n", p->out);
	page_bar(p);
	besides(p);
	fputs("</section>\n", p->out);
}
