/* sessions_csv.c: one session a line, for spreadsheets; of several AUTH
 * commands the last. */
#include "capture/base/tls_names.h"
#include "inventory/report/csv.h"
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

static void number_or_empty(struct csv *c, bool known, uint64_t v)
{
	if (known)
		csv_number(c, v);
	else
		csv_text(c, NULL);
}

static void connection(struct csv *c, const struct session_row *r)
{
	csv_text(c, r->session);
	csv_text(c, r->sensor);
	csv_time(c, r->first_seen);
	csv_time(c, r->last_seen);
	csv_text(c, r->client_ip);
	csv_number(c, r->client_port);
	csv_text(c, r->client_mac);
	csv_names(c, &r->vlans);
	number_or_empty(c, r->hops >= 0, (uint64_t)r->hops);
	csv_text(c, r->device);
	csv_text(c, r->server_ip);
	csv_number(c, r->server_port);
	csv_text(c, r->server_mac);
	csv_text(c, r->server_name);
	csv_text(c, r->server_name_from);
	csv_text(c, r->server_service);
	csv_text(c, r->proxy);
	csv_text(c, r->proxied);
	number_or_empty(c, r->proxied, r->proxied_port);
	csv_text(c, r->banner);
	csv_text(c, r->helo);
	csv_names(c, &r->offered);
}

static void tls(struct csv *c, const struct session_row *r)
{
	int64_t end = r->cert_not_after;

	csv_text(c, r->tls_mode);
	csv_yes(c, r->tls_offered);
	csv_text(c, tls_version_name(r->tls_version));
	csv_text(c, r->tls_cipher);
	csv_text(c, r->sni);
	csv_text(c, r->ja3);
	csv_text(c, r->ja4);
	csv_text(c, r->cert_cn);
	csv_names(c, &r->cert_names);
	csv_text(c, r->cert_issuer);
	csv_time(c, end > INT64_MAX / 1000000 || end < INT64_MIN / 1000000
		? 0 : end * 1000000);
}

static void auth(struct csv *c, const struct session_row *r)
{
	static const struct auth_row none;
	const struct auth_row *a = r->auth_n > 0 ? &r->auth[r->auth_n - 1]
		: &none;

	csv_number(c, r->auth_total);
	csv_text(c, auth_use_word(r->use));
	csv_text(c, evidence_word(r->evidence));
	number_or_empty(c, r->confidence > 0, r->confidence);
	csv_text(c, a->mechanism);
	csv_text(c, a->account);
	csv_text(c, a->authzid);
	csv_text(c, a->workstation);
	csv_text(c, a->realm);
	csv_text(c, a->outcome);
	number_or_empty(c, a->code > 0, a->code);
	csv_text(c, a->enhanced);
	csv_text(c, reason_word(a->reason));
	number_or_empty(c, a->account_max > 0, a->account_min);
	number_or_empty(c, a->account_max > 0, a->account_max);
	csv_yes(c, r->use == USE_BASIC && a->in_clear);
}

static void mail(struct csv *c, const struct session_row *r)
{
	csv_names(c, &r->from);
	csv_number(c, r->recipients);
	csv_names(c, &r->domains);
	csv_number(c, r->messages);
	csv_number(c, r->accepted);
	csv_number(c, r->bytes);
	csv_text(c, r->agent);
	csv_text(c, r->end);
	csv_text(c, r->sides);
	csv_yes(c, r->midstream);
	csv_number(c, r->gap_bytes);
	csv_yes(c, r->truncated);
	csv_text(c, r->source);
}

static void line(struct csv *c, const struct session_row *r)
{
	connection(c, r);
	tls(c, r);
	auth(c, r);
	mail(c, r);
	csv_end_line(c);
}

bool report_sessions_csv(struct query *q, const struct report_options *o,
	FILE *out, struct err *e)
{
	const struct session_row *row;
	struct query_sessions *s;
	struct choice chosen;
	struct hidden_session h;
	struct csv c;

	if (!query_sessions_begin(q, o->device, o->since, o->until,
		    o->newest_first, &s, e))
		return false;
	chosen = choice_of(o);
	csv_begin(&c, out);
	csv_header(&c, header, sizeof header / sizeof header[0]);
	while (!ferror(out) && query_sessions_next(s, &row)) {
		if (!choice_has(&chosen, row->device))
			continue;
		line(&c, hide_session(o, row, &h));
		hide_session_free(&h);
	}
	choice_free(&chosen);
	return query_sessions_end(s, e) && out_check(out, e);
}
