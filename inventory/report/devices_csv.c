/* devices_csv.c: one device a line, for spreadsheets. */
#include "capture/base/tls_names.h"
#include "inventory/report/csv.h"
#include "inventory/report/out.h"
#include "inventory/report/rows.h"
#include <string.h>

static const char *const header[] = {
	"device", "name", "name_from", "vendor", "type", "type_score", "maker",
	"model", "type_rule", "role", "auth", "evidence", "confidence",
	"standing", "addresses", "macs", "vlans", "accounts", "mechanisms",
	"password_in_clear", "servers", "services", "tls_lowest",
	"starttls_unused", "without_tls", "helo", "agents", "mail_from",
	"recipient_domains", "recipient_domains_inside",
	"recipient_domains_outside", "recipients", "sessions", "messages",
	"bytes", "auth_accepted", "auth_rejected", "replies", "first_seen",
	"last_seen", "findings", "cadence", "recipients_are", "breaks",
	"advice", "advice_why", "owner", "tag", "status", "note", "proof",
};

static void findings(struct csv *c, const struct device *d)
{
	char text[FINDINGS * 32], *p = text;

	for (int f = 0; f < FINDINGS; f++)
		if (d->findings & FINDING_BIT(f))
			p = stpcpy(stpcpy(p, p > text ? " " : ""),
				finding_word((enum finding)f));
	*p = '\0';
	csv_text(c, text);
}

static void line(struct csv *c, const struct device *d)
{
	csv_text(c, d->id);
	csv_text(c, d->name);
	csv_text(c, d->name_from);
	csv_text(c, d->vendor);
	csv_text(c, device_type_word(d->type));
	csv_number(c, d->type_score);
	csv_text(c, d->maker);
	csv_text(c, d->model);
	csv_text(c, d->rule);
	csv_text(c, role_word(d->role));
	csv_text(c, auth_use_word(d->use));
	csv_text(c, evidence_word(d->evidence));
	csv_number(c, d->confidence);
	csv_text(c, standing_word(d->standing));
	csv_names(c, &d->addresses);
	csv_names(c, &d->macs);
	csv_names(c, &d->vlans);
	csv_names(c, &d->accounts);
	csv_names(c, &d->mechanisms);
	csv_yes(c, d->in_clear);
	csv_names(c, &d->servers);
	csv_names(c, &d->services);
	csv_text(c, tls_version_name(d->tls_lowest));
	csv_yes(c, d->tls_unused);
	csv_yes(c, d->some_clear);
	csv_names(c, &d->helos);
	csv_names(c, &d->agents);
	csv_names(c, &d->from);
	csv_names(c, &d->domains);
	csv_number(c, d->domains_inside);
	csv_number(c, d->domains_outside);
	csv_number(c, d->recipients);
	csv_number(c, d->sessions);
	csv_number(c, d->messages);
	csv_number(c, d->bytes);
	csv_number(c, d->auth_accepted);
	csv_number(c, d->auth_rejected);
	csv_names(c, &d->codes);
	csv_time(c, d->first_seen);
	csv_time(c, d->last_seen);
	findings(c, d);
	csv_text(c, cadence_word(d->cadence));
	csv_text(c, recipients_word(d->recipients_are));
	csv_text(c, d->breaks);
	csv_text(c, d->advice);
	csv_text(c, d->advice_why);
	csv_text(c, d->owner);
	csv_text(c, d->tag);
	csv_text(c, status_word(d->status));
	csv_text(c, d->note);
	csv_text(c, d->proof);
	csv_end_line(c);
}

bool report_devices_csv(struct query *q, const struct report_options *o,
	FILE *out, struct report_counts *counts, struct err *e)
{
	struct rows r = {0};
	struct csv c;
	bool ok = rows_read(&r, q, o, e);

	if (ok) {
		csv_begin(&c, out);
		csv_header(&c, header, sizeof header / sizeof header[0]);
		for (size_t i = 0; i < r.devices_n; i++)
			line(&c, r.device[i]);
		ok = out_check(out, e);
	}
	if (ok && counts)
		*counts = r.counts;
	rows_free(&r);
	return ok;
}
