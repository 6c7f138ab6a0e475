/* sessions_csv.c: one session a line, for spreadsheets; of several AUTH
 * commands the last. */
#include "capture/base/tls_names.h"
#include "inventory/report/cells.h"
#include "inventory/report/hide.h"
#include "inventory/report/out.h"
#include "inventory/report/rows.h"

static const char *const header[] = {
	"session", "sensor", "first_seen", "last_seen", "client_ip",
	"client_port", "client_mac", "vlans", "hops", "device", "server_ip",
	"server_port", "server_mac", "server_name", "server_name_from",
	"server_service", "proxy", "proxied_host", "proxied_port", "banner",
	"helo", "auth_offered", "tls_mode",
	"tls_offered", "tls_version", "tls_cipher", "sni", "ja3", "ja4",
	"certificate_cn", "certificate_names", "certificate_issuer",
	"certificate_not_after", "auths", "auth", "auth_evidence",
	"auth_confidence", "mechanism", "account", "authzid", "workstation",
	"realm", "outcome", "code", "enhanced", "reason",
	"account_bytes_min", "account_bytes_max", "password_in_clear",
	"mail_from", "recipients", "recipient_domains", "messages",
	"accepted", "bytes", "agent", "end", "sides", "midstream",
	"gap_bytes", "truncated", "source",
};

static void number_or_empty(struct cells *c, bool known, uint64_t v)
{
	if (known)
		cells_number(c, v);
	else
		cells_text(c, NULL);
}

static void connection(struct cells *c, const struct session_row *r)
{
	cells_text(c, r->session);
	cells_text(c, r->sensor);
	cells_time(c, r->first_seen);
	cells_time(c, r->last_seen);
	cells_text(c, r->client_ip);
	cells_number(c, r->client_port);
	cells_text(c, r->client_mac);
	cells_names(c, &r->vlans);
	number_or_empty(c, r->hops >= 0, (uint64_t)r->hops);
	cells_text(c, r->device);
	cells_text(c, r->server_ip);
	cells_number(c, r->server_port);
	cells_text(c, r->server_mac);
	cells_text(c, r->server_name);
	cells_text(c, r->server_name_from);
	cells_text(c, r->server_service);
	cells_text(c, r->proxy);
	cells_text(c, r->proxied);
	number_or_empty(c, r->proxied, r->proxied_port);
	cells_text(c, r->banner);
	cells_text(c, r->helo);
	cells_names(c, &r->offered);
}

static void tls(struct cells *c, const struct session_row *r)
{
	int64_t end = r->cert_not_after;

	cells_text(c, r->tls_mode);
	cells_yes(c, r->tls_offered);
	cells_text(c, tls_version_name(r->tls_version));
	cells_text(c, r->tls_cipher);
	cells_text(c, r->sni);
	cells_text(c, r->ja3);
	cells_text(c, r->ja4);
	cells_text(c, r->cert_cn);
	cells_names(c, &r->cert_names);
	cells_text(c, r->cert_issuer);
	cells_time(c, end > INT64_MAX / 1000000 || end < INT64_MIN / 1000000
		? 0 : end * 1000000);
}

static void auth(struct cells *c, const struct session_row *r)
{
	static const struct auth_row none;
	const struct auth_row *a = r->auth_n > 0 ? &r->auth[r->auth_n - 1]
		: &none;

	cells_number(c, r->auth_total);
	cells_text(c, auth_use_word(r->use));
	cells_text(c, evidence_word(r->evidence));
	number_or_empty(c, r->confidence > 0, r->confidence);
	cells_text(c, a->mechanism);
	cells_text(c, a->account);
	cells_text(c, a->authzid);
	cells_text(c, a->workstation);
	cells_text(c, a->realm);
	cells_text(c, a->outcome);
	number_or_empty(c, a->code > 0, a->code);
	cells_text(c, a->enhanced);
	cells_text(c, reason_word(a->reason));
	number_or_empty(c, a->account_max > 0, a->account_min);
	number_or_empty(c, a->account_max > 0, a->account_max);
	cells_yes(c, r->use == USE_BASIC && a->in_clear);
}

static void mail(struct cells *c, const struct session_row *r)
{
	cells_names(c, &r->from);
	cells_number(c, r->recipients);
	cells_names(c, &r->domains);
	cells_number(c, r->messages);
	cells_number(c, r->accepted);
	cells_number(c, r->bytes);
	cells_text(c, r->agent);
	cells_text(c, r->end);
	cells_text(c, r->sides);
	cells_yes(c, r->midstream);
	cells_number(c, r->gap_bytes);
	cells_yes(c, r->truncated);
	cells_text(c, r->source);
}

static void line(struct cells *c, const struct session_row *r)
{
	connection(c, r);
	tls(c, r);
	auth(c, r);
	mail(c, r);
	cells_end_line(c);
}

bool report_sessions_csv(struct query *q, const struct report_options *o,
	FILE *out, struct err *e)
{
	const struct session_row *row;
	struct query_sessions *s;
	struct choice chosen;
	struct hidden_session h;
	struct csv csv;
	struct cells c = {.csv = &csv};

	if (!query_sessions_begin(q, o->device, o->since, o->until,
		    o->newest_first, &s, e))
		return false;
	chosen = choice_of(o);
	csv_begin(&csv, out);
	csv_header(&csv, header, sizeof header / sizeof header[0]);
	while (!ferror(out) && query_sessions_next(s, &row)) {
		if (!choice_has(&chosen, row->device))
			continue;
		line(&c, hide_session(o, row, &h));
		hide_session_free(&h);
	}
	choice_free(&chosen);
	return query_sessions_end(s, e) && out_check(out, e);
}
