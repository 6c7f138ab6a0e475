/* html_devices.c: the table of all devices: a row says all that is known to
 * decide by. It is written tersely, since 5,000 rows are to fit in 2 MB: HTML
 * lets the ends of rows and cells be left out, and a newline breaks the line
 * here. */
#include "inventory/report/html.h"
#include "inventory/report/html_page.h"
#include "capture/base/tls_names.h"
#include <inttypes.h>
#include <string.h>

/* More rows are no page any more; a workbook can have them. */
enum { ROWS_MOST = 5000 };

static void identity(FILE *out, const struct device *d)
{
	fputs("<tr><td><b>", out);
	html_clip(out, page_name(d));
	fputs("</b>", out);
	if (d->name && d->name_from)
		fprintf(out, " <i>%s</i>", d->name_from);
	if (d->type != TYPE_UNKNOWN || d->vendor) {
		putc('\n', out);
		if (d->type != TYPE_UNKNOWN)
			fputs(device_type_word(d->type), out);
		if (d->vendor) {
			fputs(d->type != TYPE_UNKNOWN ? ", " : "", out);
			html_clip(out, d->vendor);
		}
		if (d->model) {
			putc(' ', out);
			html_clip(out, d->model);
		}
	}
	fputs("<td>", out);
	html_names(out, &d->addresses, "\n");
	if (d->macs.n > 0)
		putc('\n', out);
	html_names(out, &d->macs, "\n");
	if (d->vlans.n > 0) {
		fputs("\nVLAN ", out);
		html_names(out, &d->vlans, ", ");
	}
}

static void login(FILE *out, const struct device *d)
{
	fputs("<td>", out);
	page_badge(out, d);
	if (d->mechanisms.n > 0)
		putc(' ', out);
	html_names(out, &d->mechanisms, ", ");
	putc('\n', out);
	if (d->evidence == EVIDENCE_INFERRED)
		fprintf(out, "inferred %u%%, ", d->confidence);
	else if (d->evidence != EVIDENCE_NONE)
		fprintf(out, "%s, ", evidence_word(d->evidence));
	fprintf(out, d->standing == STANDING_FAILING ? "<s>%s</s>" : "%s",
		standing_word(d->standing));
	if (d->codes.n > 0)
		putc('\n', out);
	html_names(out, &d->codes, ", ");
}

static bool sends_as_account(const struct device *d)
{
	return d->from.n == 1 && d->accounts.n == 1 &&
		strcmp(d->from.v[0], d->accounts.v[0]) == 0;
}

static void account(FILE *out, const struct device *d)
{
	fputs("<td>", out);
	html_names(out, &d->accounts, "\n");
	if (d->accounts.n == 0 && d->candidates_n > 0 &&
		d->candidates[0].score >= CANDIDATE_SURE) {
		fprintf(out, "*%u%% ", d->candidates[0].score);
		html_clip(out, d->candidates[0].account);
		fputs(d->from.n > 0 ? "\n" : "", out);
	}
	if (d->from.n == 0)
		return;
	fputs(d->accounts.n > 0 ? "\nfrom " : "from ", out);
	if (sends_as_account(d))
		fputs("the same", out);
	else
		html_names(out, &d->from, ", ");
}

/* "exchange-online-mx": as those who run it say, "EXO mx". */
static void service(FILE *out, const char *word)
{
	static const char long_form[] = "exchange-online-";
	size_t n = sizeof long_form - 1;
	bool exchange = strncmp(word, long_form, n) == 0;

	fputs(exchange ? "EXO " : "", out);
	html_clip(out, exchange ? word + n : word);
}

static void target(FILE *out, const struct device *d)
{
	const char *tls = tls_version_name(d->tls_lowest);

	fputs("<td>", out);
	html_names(out, &d->servers, "\n");
	for (size_t i = 0; i < d->services.n && i < HTML_LIST; i++) {
		fputs(i > 0 ? ", " : "\n", out);
		service(out, d->services.v[i]);
	}
	if (d->sessions == 0)
		return;
	putc('\n', out);
	if (d->some_clear)
		fputs(tls ? "no TLS, " : "no TLS", out);
	if (tls)
		fprintf(out, "TLS %s", tls);
}

static void mail(FILE *out, const struct device *d)
{
	fputs("<td>", out);
	if (d->messages > 0) {
		html_count(out, d->messages, "message", "messages");
		fputs(d->cadence != CADENCE_NONE ? ", " : "\n", out);
	}
	if (d->cadence != CADENCE_NONE)
		fprintf(out, "%s\n", cadence_word(d->cadence));
	if (d->recipients > 0) {
		html_number(out, d->recipients);
		fputs(" rcpt", out);
		if (d->domains_inside + d->domains_outside > 0)
			fprintf(out, ": %" PRIu64 " in, %" PRIu64 " out",
				d->domains_inside, d->domains_outside);
		putc('\n', out);
	}
	html_time(out, d->first_seen);
	putc('\n', out);
	html_time(out, d->last_seen);
}

static void mine(FILE *out, const struct device *d)
{
	const struct {
		const char *what, *text;
	} words[] = {
		{"", status_word(d->status)}, {"owner ", d->owner},
		{"tag ", d->tag}, {"", d->note},
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (!words[i].text)
			continue;
		fprintf(out, "\n%s", words[i].what);
		html_clip(out, words[i].text);
	}
}

static void way_out(const struct page *p, const struct device *d)
{
	size_t way = figures_way(p->figures, d);
	bool any = false;

	fputs("<td>", p->out);
	if (way > 0)
		fprintf(p->out, "%zu%s%s\n", way, d->breaks ? " \xc2\xb7 " : "",
			d->breaks ? d->breaks : "");
	for (int i = 0; i < FINDINGS; i++)
		if (d->findings & FINDING_BIT(i)) {
			fprintf(p->out, "%s%s", any ? ", " : "",
				finding_word((enum finding)i));
			any = true;
		}
	mine(p->out, d);
	fprintf(p->out, "<td>%s\n", d->proof);
}

void page_devices(const struct page *p)
{
	const struct rows *r = p->rows;
	FILE *out = p->out;

	if (r->devices_n == 0)
		return;
	fputs("<section class=\"devices\">\n<h2>All devices</h2>\n<p "
		"class=\"soft\">What must change first comes first. "
		"<i>in, out</i>: domains of recipients that are one's own, or "
		"others'. The way out is a number of the list above and the "
		"day it stops; below it what was found. The proof is the key "
		"of the session that shows it best.</p>\n", out);
	if (r->devices_n > ROWS_MOST) {
		fputs("<p class=\"warn\">The first 5,000 of ", out);
		html_number(out, r->devices_n);
		fputs("; workbook, CSV and JSON have all.</p>\n", out);
	}
	fputs("<div class=\"wide\"><table>\n<thead><tr><th>Device<th>Address"
		"<th>AUTH<th>Account and sender<th>Server<th>Mail, first and "
		"last seen<th>Way out<th>Proof</thead>\n<tbody>\n", out);
	for (size_t i = 0; i < r->devices_n && i < ROWS_MOST; i++) {
		const struct device *d = r->device[i];

		identity(out, d);
		login(out, d);
		account(out, d);
		target(out, d);
		mail(out, d);
		way_out(p, d);
	}
	fputs("</tbody></table></div>\n</section>\n", out);
}
