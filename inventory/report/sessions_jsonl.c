/* sessions_jsonl.c: sessions as JSON lines, the contract of report.h. */
#include "capture/base/tls_names.h"
#include "inventory/report/json.h"
#include "inventory/report/hide.h"
#include "inventory/report/out.h"
#include "inventory/report/rows.h"
#include <stdlib.h>

static json_t *client(const struct session_row *r)
{
	json_t *o = json_object(), *vlans = json_array();

	json_put_text(o, "ip", r->client_ip);
	json_put_number(o, "port", r->client_port);
	json_put_text(o, "mac", r->client_mac);
	for (size_t i = 0; i < r->vlans.n; i++)
		json_array_append_new(vlans, json_integer(
			strtol(r->vlans.v[i], NULL, 10)));
	json_object_set_new(o, "vlans", vlans);
	json_object_set_new(o, "hops",
		r->hops < 0 ? json_null() : json_integer(r->hops));
	json_put_text(o, "device", r->device);
	return o;
}

/* What the server was asked for, if it is a proxy. */
static json_t *proxy(const struct session_row *r)
{
	json_t *o;

	if (!r->proxy)
		return json_null();
	o = json_object();
	json_put_text(o, "kind", r->proxy);
	json_put_text(o, "host", r->proxied);
	json_object_set_new(o, "port", r->proxied
		? json_integer(r->proxied_port) : json_null());
	return o;
}

static json_t *server(const struct session_row *r)
{
	json_t *o = json_object();

	json_put_text(o, "ip", r->server_ip);
	json_put_number(o, "port", r->server_port);
	json_put_text(o, "mac", r->server_mac);
	json_put_text(o, "name", r->server_name);
	json_put_text(o, "name_from", r->server_name_from);
	json_put_text(o, "service", r->server_service);
	json_put_text(o, "service_from", r->server_why.from);
	json_object_set_new(o, "proxy", proxy(r));
	return o;
}

static json_t *certificate(const struct session_row *r)
{
	json_t *o = json_object();
	int64_t end = r->cert_not_after;

	/* Beyond the calendar, and so unknown, well before it overflows. */
	if (end > INT64_MAX / 1000000 || end < INT64_MIN / 1000000)
		end = 0;
	json_put_text(o, "cn", r->cert_cn);
	json_put_names(o, "names", &r->cert_names);
	json_put_text(o, "issuer", r->cert_issuer);
	json_put_time(o, "not_after", end * 1000000);
	return o;
}

static json_t *tls(const struct session_row *r)
{
	json_t *o = json_object();

	json_put_text(o, "mode", r->tls_mode);
	json_put_bool(o, "offered", r->tls_offered);
	json_put_text(o, "version", tls_version_name(r->tls_version));
	json_put_text(o, "cipher", r->tls_cipher);
	json_put_text(o, "sni", r->sni);
	json_put_text(o, "ja3", r->ja3);
	json_put_text(o, "ja4", r->ja4);
	json_object_set_new(o, "certificate", certificate(r));
	json_put_text(o, "auth_inferred", r->guess);
	return o;
}

static json_t *auth(const struct auth_row *a)
{
	json_t *o = json_object(), *bytes = json_null();

	json_put_time(o, "at", a->at);
	json_put_text(o, "mechanism", a->mechanism);
	json_put_text(o, "account", a->account);
	json_put_text(o, "authzid", a->authzid);
	json_put_text(o, "workstation", a->workstation);
	json_put_text(o, "realm", a->realm);
	json_put_text(o, "outcome", a->outcome);
	json_object_set_new(o, "code",
		a->code > 0 ? json_integer(a->code) : json_null());
	json_put_text(o, "enhanced", a->enhanced);
	json_put_text(o, "reason", reason_word(a->reason));
	json_put_text(o, "evidence", evidence_word(a->evidence));
	json_put_number(o, "confidence", a->confidence);
	if (a->account_max > 0)
		bytes = json_pack("[i,i]", (int)a->account_min,
			(int)a->account_max);
	json_object_set_new(o, "account_bytes", bytes);
	json_put_bool(o, "in_clear", a->in_clear);
	return o;
}

static json_t *mail(const struct session_row *r)
{
	json_t *o = json_object();

	json_put_names(o, "from", &r->from);
	json_put_number(o, "recipients", r->recipients);
	json_put_names(o, "recipient_domains", &r->domains);
	json_put_number(o, "messages", r->messages);
	json_put_number(o, "accepted", r->accepted);
	json_put_number(o, "bytes", r->bytes);
	json_put_text(o, "agent", r->agent);
	return o;
}

static json_t *capture(const struct session_row *r)
{
	json_t *o = json_object();

	json_put_text(o, "end", r->end);
	json_put_text(o, "sides", r->sides);
	json_put_bool(o, "midstream", r->midstream);
	json_put_number(o, "gap_bytes", r->gap_bytes);
	json_put_bool(o, "truncated", r->truncated);
	json_put_text(o, "source", r->source);
	return o;
}

static json_t *session(const struct session_row *r)
{
	json_t *o = json_object(), *auths = json_array();

	json_put_number(o, "schema", JSON_SCHEMA);
	json_put_text(o, "session", r->session);
	json_put_text(o, "sensor", r->sensor);
	json_put_time(o, "first_seen", r->first_seen);
	json_put_time(o, "last_seen", r->last_seen);
	json_object_set_new(o, "client", client(r));
	json_object_set_new(o, "server", server(r));
	json_put_text(o, "banner", r->banner);
	json_put_text(o, "helo", r->helo);
	json_put_names(o, "auth_offered", &r->offered);
	json_object_set_new(o, "tls", tls(r));
	for (size_t i = 0; i < r->auth_n; i++)
		json_array_append_new(auths, auth(&r->auth[i]));
	json_object_set_new(o, "auth", auths);
	json_object_set_new(o, "mail", mail(r));
	json_object_set_new(o, "capture", capture(r));
	return o;
}

bool report_sessions_jsonl(struct query *q, const struct report_options *o,
	FILE *out, struct err *e)
{
	const struct session_row *row;
	struct query_sessions *s;
	struct choice chosen;
	struct hidden_session h;
	bool ok = true;

	if (!query_sessions_begin(q, o->device, o->since, o->until,
		    o->newest_first, &s, e))
		return false;
	chosen = choice_of(o);
	while (ok && query_sessions_next(s, &row)) {
		if (!choice_has(&chosen, row->device))
			continue;
		ok = json_write(session(hide_session(o, row, &h)), out, e);
		hide_session_free(&h);
	}
	choice_free(&chosen);
	return query_sessions_end(s, ok ? e : NULL) && ok &&
		out_check(out, e);
}
