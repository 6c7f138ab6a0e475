/* devices_markdown.c: for tickets: what to do as a list to tick off, and all
 * devices as a table. */
#include "inventory/report/devices.h"
#include "inventory/report/figures.h"
#include "inventory/report/markdown.h"
#include "inventory/report/out.h"
#include "capture/base/tls_names.h"
#include <inttypes.h>
#include <string.h>

enum { WAY_DEVICES = 50 };

static const char *name_of(const struct device *d)
{
	return d->name ? d->name
		: d->addresses.n > 0 ? d->addresses.v[0] : d->id;
}

/* To the second: nobody reads microseconds in a ticket. */
static void when(FILE *out, int64_t us)
{
	char text[OUT_TIME];

	if (out_time(us, text)[0] == '\0')
		putc('-', out);
	else
		fprintf(out, "%.19sZ", text);
}

static void scope(const struct rows *r, const struct figures *f,
	const struct report_options *o, FILE *out)
{
	const struct health_hour *h = &r->health->total;

	fputs("# Devices that send mail\n\nHeard from ", out);
	when(out, f->first);
	fputs(" to ", out);
	when(out, f->last);
	fprintf(out, ", %" PRIu64 " mail sessions in %" PRIu64 " packets. "
		"Made ", r->devices->sessions, h->packets);
	when(out, o->generated);
	fputs(".\n\n**What this cannot see:** traffic that the mirror port "
		"does not show; accounts that TLS hides; devices that mail "
		"only when something fails, and nothing did.", out);
	if (h->dropped + h->lost_records > 0)
		fprintf(out, " %.2g%% of the packets were lost.",
			100 * health_loss(h));
	if (h->lossy + h->one_sided > 0)
		fprintf(out, " %" PRIu64 " sessions have gaps, %" PRIu64
			" were heard in one direction.", h->lossy,
			h->one_sided);
	fputs("\n\n", out);
	if (f->days < FIGURES_MONTH)
		fprintf(out, "**Too short to be complete:** a window of %u "
			"day%s cannot see what is sent monthly.\n\n", f->days,
			f->days == 1 ? "" : "s");
	if (o->choice || o->devices || o->device) {
		fputs("Only: ", out);
		markdown_code(out, o->choice ? o->choice : "chosen devices");
		fputs("\n\n", out);
	}
}

static void numbers(const struct figures *f, FILE *out)
{
	static const enum auth_use order[] = {USE_BASIC, USE_REQUIRED,
		USE_UNKNOWN, USE_OAUTH, USE_OTHER, USE_NONE};

	fputs("| AUTH | Devices | Seen | Resynced | Imported | Inferred "
		"| Implied |\n|---|---:|---:|---:|---:|---:|---:|\n", out);
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		const size_t *by = f->by_evidence[order[i]];

		fprintf(out, "| %s | %zu | %zu | %zu | %zu | %zu | %zu |\n",
			auth_use_label(order[i]), f->by_use[order[i]],
			by[EVIDENCE_SEEN], by[EVIDENCE_RESYNCED],
			by[EVIDENCE_IMPORTED], by[EVIDENCE_INFERRED],
			by[EVIDENCE_IMPLIED]);
	}
	fprintf(out, "\nBesides: %zu relays, %zu quiet devices. Passwords "
		"without TLS: %zu devices. Failing now: %zu. Accounts of "
		"several devices: %zu.\n\n", f->mtas, f->quiet, f->in_clear,
		f->failing, f->shared);
}

static void way(const struct rows *r, const struct figures *f, size_t number,
	FILE *out)
{
	const struct way *w = &f->way[number - 1];
	const char *breaks = w->first->breaks;
	size_t shown = 0;

	fprintf(out, "- [%c] **%zu. ", w->open > 0 ? ' ' : 'x', number);
	markdown_text(out, w->first->advice);
	fputs("** ", out);
	markdown_text(out, w->first->advice_why);
	if (breaks)
		fprintf(out, " %s %s.", strcmp(breaks, "now") == 0
			? "Broken" : "Stops on", breaks);
	fprintf(out, " %zu open of %zu: ", w->open, w->devices);
	for (size_t i = 0; i < r->devices_n && shown < WAY_DEVICES; i++)
		if (figures_way(f, r->device[i]) == number) {
			fputs(shown++ > 0 ? ", " : "", out);
			markdown_code(out, name_of(r->device[i]));
		}
	if (w->devices > shown)
		fprintf(out, " +%zu", w->devices - shown);
	putc('\n', out);
}

static void cell(FILE *out)
{
	fputs(" | ", out);
}

static void what_it_is(const struct device *d, FILE *out)
{
	fputs("| ", out);
	markdown_code(out, name_of(d));
	if (d->name_from)
		fprintf(out, " (%s)", d->name_from);
	cell(out);
	fputs(device_type_word(d->type), out);
	if (d->vendor) {
		fputs(", ", out);
		markdown_text(out, d->vendor);
	}
	if (d->model) {
		fputs(", ", out);
		markdown_text(out, d->model);
	}
	cell(out);
	markdown_codes(out, &d->addresses);
	cell(out);
	markdown_codes(out, &d->macs);
	cell(out);
	markdown_codes(out, &d->vlans);
}

static void how_it_sends(const struct device *d, FILE *out)
{
	const char *tls = tls_version_name(d->tls_lowest);

	cell(out);
	fputs(auth_use_label(d->use), out);
	if (d->role == ROLE_MTA)
		fputs(", relay", out);
	cell(out);
	fputs(d->evidence != EVIDENCE_NONE ? evidence_word(d->evidence) : "-",
		out);
	if (d->evidence == EVIDENCE_INFERRED)
		fprintf(out, " %u%%", d->confidence);
	cell(out);
	fputs(standing_word(d->standing), out);
	cell(out);
	markdown_codes(out, &d->accounts);
	cell(out);
	markdown_codes(out, &d->mechanisms);
	cell(out);
	markdown_codes(out, &d->servers);
	fputs(" (", out);
	for (size_t i = 0; i < d->services.n; i++) {
		fputs(i > 0 ? ", " : "", out);
		markdown_text(out, d->services.v[i]);
	}
	fputs(d->services.n > 0 ? ")" : "-)", out);
	cell(out);
	fprintf(out, "%s%s", d->some_clear ? "none" : tls ? "" : "-",
		d->some_clear && tls ? ", " : "");
	fputs(tls ? tls : "", out);
}

static void what_it_sends(const struct device *d, FILE *out)
{
	cell(out);
	markdown_codes(out, &d->from);
	cell(out);
	fprintf(out, "%" PRIu64 " (%" PRIu64 " in, %" PRIu64 " out)",
		d->recipients, d->domains_inside, d->domains_outside);
	cell(out);
	fprintf(out, "%" PRIu64, d->messages);
	cell(out);
	when(out, d->first_seen);
	cell(out);
	when(out, d->last_seen);
	cell(out);
	fputs(d->cadence != CADENCE_NONE ? cadence_word(d->cadence) : "-",
		out);
	cell(out);
	markdown_codes(out, &d->codes);
}

static void what_to_do(const struct device *d, size_t number, FILE *out)
{
	const char *mine[] = {d->owner, d->tag, status_word(d->status),
		d->note};
	bool any = false;

	cell(out);
	for (int i = 0; i < FINDINGS; i++)
		if (d->findings & FINDING_BIT(i)) {
			fprintf(out, "%s%s", any ? ", " : "",
				finding_word((enum finding)i));
			any = true;
		}
	fputs(any ? "" : "-", out);
	cell(out);
	if (number > 0)
		fprintf(out, "%zu", number);
	fputs(number > 0 ? "" : "-", out);
	fprintf(out, "%s%s", d->breaks ? " " : "", d->breaks ? d->breaks : "");
	for (size_t i = 0; i < sizeof mine / sizeof mine[0]; i++) {
		cell(out);
		markdown_text(out, mine[i] ? mine[i] : "-");
	}
	cell(out);
	markdown_code(out, d->proof);
	fputs(" |\n", out);
}

static void table(const struct rows *r, const struct figures *f, FILE *out)
{
	static const char *const titles[] = {"Device", "Kind", "Address",
		"MAC", "VLAN", "AUTH", "Evidence", "Standing", "Account",
		"Mechanism", "Server", "TLS", "Sender", "Recipients",
		"Messages", "First seen", "Last seen", "Cadence", "Replies",
		"Findings", "Way out", "Owner", "Tag", "Status", "Note",
		"Proof"};
	const size_t n = sizeof titles / sizeof titles[0];

	fputs("\n## All devices\n\nWhat must change first comes first. "
		"Recipients: how many, and how many of their domains are "
		"one's own (in) or others' (out).\n\n", out);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "| %s ", titles[i]);
	fputs("|\n", out);
	for (size_t i = 0; i < n; i++)
		fputs("|---", out);
	fputs("|\n", out);
	for (size_t i = 0; i < r->devices_n; i++) {
		const struct device *d = r->device[i];

		what_it_is(d, out);
		how_it_sends(d, out);
		what_it_sends(d, out);
		what_to_do(d, figures_way(f, d), out);
	}
}

static void shared(const struct rows *r, const struct figures *f, FILE *out)
{
	if (f->shared == 0)
		return;
	fputs("\n## Accounts that several devices share\n\n", out);
	for (size_t i = 0; i < r->accounts_n; i++) {
		const struct account *a = r->account[i];

		if (a->devices.n < 2)
			continue;
		fputs("- ", out);
		markdown_code(out, a->account);
		fprintf(out, " (%s): %zu devices:", auth_use_label(a->use),
			a->devices.n);
		for (size_t k = 0; k < a->devices.n && k < WAY_DEVICES; k++) {
			const struct device *d = rows_device(r,
				a->devices.v[k]);

			fputs(k > 0 ? ", " : " ", out);
			markdown_code(out, d ? name_of(d) : a->devices.v[k]);
		}
		if (a->devices.n > WAY_DEVICES)
			fprintf(out, " +%zu", a->devices.n - WAY_DEVICES);
		putc('\n', out);
	}
}

void devices_markdown(const struct rows *r, const struct report_options *o,
	FILE *out)
{
	struct figures f = figures_of(r);

	scope(r, &f, o, out);
	numbers(&f, out);
	if (f.ways_n > 0)
		fputs("## What to change first\n\n", out);
	for (size_t i = 0; i < f.ways_n; i++)
		way(r, &f, i + 1, out);
	shared(r, &f, out);
	table(r, &f, out);
}
