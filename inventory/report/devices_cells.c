/* devices_cells.c: one device a line, for spreadsheets; see cells.h. */
#include "inventory/report/cells.h"
#include "capture/base/tls_names.h"
#include <string.h>

const char *const device_titles[] = {
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
	"imported_account", "imported_score",
};
const size_t device_titles_n = sizeof device_titles / sizeof device_titles[0];

static void findings(struct cells *c, const struct device *d)
{
	char text[FINDINGS * 32], *p = text;

	for (int f = 0; f < FINDINGS; f++)
		if (d->findings & FINDING_BIT(f))
			p = stpcpy(stpcpy(p, p > text ? " " : ""),
				finding_word((enum finding)f));
	*p = '\0';
	cells_text(c, text);
}

void device_cells(struct cells *c, const struct device *d)
{
	cells_text(c, d->id);
	cells_text(c, d->name);
	cells_text(c, d->name_from);
	cells_text(c, d->vendor);
	cells_text(c, device_type_word(d->type));
	cells_number(c, d->type_score);
	cells_text(c, d->maker);
	cells_text(c, d->model);
	cells_text(c, d->rule);
	cells_text(c, role_word(d->role));
	cells_use(c, d->use);
	cells_text(c, evidence_word(d->evidence));
	cells_number(c, d->confidence);
	cells_text(c, standing_word(d->standing));
	cells_names(c, &d->addresses);
	cells_names(c, &d->macs);
	cells_names(c, &d->vlans);
	cells_names(c, &d->accounts);
	cells_names(c, &d->mechanisms);
	cells_yes(c, d->in_clear);
	cells_names(c, &d->servers);
	cells_names(c, &d->services);
	cells_text(c, tls_version_name(d->tls_lowest));
	cells_yes(c, d->tls_unused);
	cells_yes(c, d->some_clear);
	cells_names(c, &d->helos);
	cells_names(c, &d->agents);
	cells_names(c, &d->from);
	cells_names(c, &d->domains);
	cells_number(c, d->domains_inside);
	cells_number(c, d->domains_outside);
	cells_number(c, d->recipients);
	cells_number(c, d->sessions);
	cells_number(c, d->messages);
	cells_number(c, d->bytes);
	cells_number(c, d->auth_accepted);
	cells_number(c, d->auth_rejected);
	cells_names(c, &d->codes);
	cells_time(c, d->first_seen);
	cells_time(c, d->last_seen);
	findings(c, d);
	cells_text(c, cadence_word(d->cadence));
	cells_text(c, recipients_word(d->recipients_are));
	cells_text(c, d->breaks);
	cells_text(c, d->advice);
	cells_text(c, d->advice_why);
	cells_text(c, d->owner);
	cells_text(c, d->tag);
	cells_text(c, status_word(d->status));
	cells_text(c, d->note);
	cells_text(c, d->proof);
	cells_text(c, d->candidates_n > 0 ? d->candidates[0].account : NULL);
	cells_number(c, d->candidates_n > 0 ? d->candidates[0].score : 0);
	cells_end_line(c);
}
