/* devices_json.c: devices, accounts and servers for programs. */
#include "capture/base/tls_names.h"
#include "inventory/report/devices.h"
#include "inventory/report/json.h"
#include "inventory/report/out.h"

static json_t *findings(const struct device *d)
{
	json_t *list = json_array();

	for (int f = 0; f < FINDINGS; f++)
		if (d->findings & FINDING_BIT(f))
			json_array_append_new(list,
				json_string(finding_word((enum finding)f)));
	return list;
}

static json_t *advice(const struct device *d)
{
	json_t *o = json_object();

	json_put_text(o, "rule", d->advice_rule);
	json_put_text(o, "what", d->advice);
	json_put_text(o, "why", d->advice_why);
	json_put_text(o, "breaks", d->breaks);
	json_put_text(o, "source", d->breaks_source);
	return o;
}

static json_t *candidates(const struct device *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->candidates_n; i++) {
		const struct candidate *c = &d->candidates[i];
		json_t *o = json_object(), *why = json_array();

		json_put_text(o, "account", c->account);
		json_put_text(o, "evidence", evidence_word(EVIDENCE_IMPORTED));
		json_put_number(o, "score", c->score);
		json_put_number(o, "sign_ins_matched", c->hits);
		json_put_number(o, "of_sessions", c->tries);
		if (c->by_times)
			json_array_append_new(why, json_string("times"));
		if (c->by_length)
			json_array_append_new(why, json_string("length"));
		if (c->by_sender)
			json_array_append_new(why, json_string("sender"));
		json_object_set_new(o, "reasons", why);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *device(const struct device *d)
{
	json_t *o = json_object();

	json_put_text(o, "device", d->id);
	json_put_text(o, "name", d->name);
	json_put_text(o, "name_from", d->name_from);
	json_put_text(o, "vendor", d->vendor);
	json_put_text(o, "type", device_type_word(d->type));
	json_object_set_new(o, "type_score", d->type_score > 0
		? json_integer(d->type_score) : json_null());
	json_put_text(o, "maker", d->maker);
	json_put_text(o, "model", d->model);
	json_put_text(o, "type_rule", d->rule);
	json_put_text(o, "type_fact", d->rule_fact);
	json_put_text(o, "role", role_word(d->role));
	json_put_text(o, "auth", auth_use_word(d->use));
	json_put_text(o, "evidence", evidence_word(d->evidence));
	json_object_set_new(o, "confidence", d->confidence > 0
		? json_integer(d->confidence) : json_null());
	json_put_number(o, "inferred_from_sessions", d->guesses);
	json_put_text(o, "standing", standing_word(d->standing));
	json_put_names(o, "addresses", &d->addresses);
	json_put_names(o, "macs", &d->macs);
	json_put_names(o, "vlans", &d->vlans);
	json_put_names(o, "accounts", &d->accounts);
	json_object_set_new(o, "candidate_accounts", candidates(d));
	json_put_names(o, "mechanisms", &d->mechanisms);
	json_put_bool(o, "password_in_clear", d->in_clear);
	json_put_names(o, "servers", &d->servers);
	json_put_names(o, "services", &d->services);
	json_put_text(o, "tls_lowest", tls_version_name(d->tls_lowest));
	json_put_bool(o, "starttls_unused", d->tls_unused);
	json_put_bool(o, "without_tls", d->some_clear);
	json_put_names(o, "helo", &d->helos);
	json_put_names(o, "agents", &d->agents);
	json_put_names(o, "mail_from", &d->from);
	json_put_names(o, "recipient_domains", &d->domains);
	json_put_number(o, "recipients", d->recipients);
	json_put_number(o, "recipient_domains_inside", d->domains_inside);
	json_put_number(o, "recipient_domains_outside", d->domains_outside);
	json_put_number(o, "sessions", d->sessions);
	json_put_number(o, "messages", d->messages);
	json_put_number(o, "bytes", d->bytes);
	json_put_number(o, "auth_accepted", d->auth_accepted);
	json_put_number(o, "auth_rejected", d->auth_rejected);
	json_put_names(o, "replies", &d->codes);
	json_object_set_new(o, "findings", findings(d));
	json_object_set_new(o, "advice", advice(d));
	json_put_text(o, "cadence", cadence_word(d->cadence));
	json_put_number(o, "sessions_with_gaps", d->holes);
	json_put_time(o, "auth_last_accepted", d->last_accepted);
	json_put_time(o, "first_seen", d->first_seen);
	json_put_time(o, "last_seen", d->last_seen);
	json_put_text(o, "owner", d->owner);
	json_put_text(o, "tag", d->tag);
	json_put_text(o, "note", d->note);
	json_put_text(o, "status", status_word(d->status));
	json_put_text(o, "proof", d->proof[0] != '\0' ? d->proof : NULL);
	return o;
}

static json_t *mechanisms(const struct account *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < a->by_mechanism_n; i++) {
		const struct account_mechanism *m = &a->by_mechanism[i];
		json_t *o = json_object();

		json_put_text(o, "mechanism", m->mechanism);
		json_put_number(o, "sessions", m->sessions);
		json_put_number(o, "accepted", m->accepted);
		json_put_number(o, "rejected", m->rejected);
		json_put_bool(o, "password_in_clear", m->in_clear);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *account(const struct account *a)
{
	json_t *o = json_object();

	json_put_text(o, "account", a->account);
	json_put_text(o, "kind", account_kind_word(a->kind));
	json_put_text(o, "auth", auth_use_word(a->use));
	json_put_names(o, "mechanisms", &a->mechanisms);
	json_object_set_new(o, "by_mechanism", mechanisms(a));
	json_put_names(o, "mail_from", &a->from);
	json_put_names(o, "devices", &a->devices);
	json_put_number(o, "sessions", a->sessions);
	json_put_number(o, "messages", a->messages);
	json_put_number(o, "accepted", a->accepted);
	json_put_number(o, "rejected", a->rejected);
	json_put_bool(o, "password_in_clear", a->in_clear);
	json_put_time(o, "first_seen", a->first_seen);
	json_put_time(o, "last_seen", a->last_seen);
	return o;
}

static json_t *server(const struct server *v)
{
	json_t *o = json_object(), *uses = json_object();

	json_put_text(o, "ip", v->ip);
	json_put_number(o, "port", v->port);
	json_put_text(o, "name", v->name);
	json_put_text(o, "name_from", v->name_from);
	json_put_text(o, "service", v->service);
	json_put_text(o, "service_from", v->why.from);
	json_put_text(o, "service_fact", v->why.fact);
	json_put_text(o, "service_rule", v->why.rule);
	json_put_text(o, "provider", v->why.provider);
	json_put_text(o, "way", service_way_word(v->why.way));
	json_put_bool(o, "requires_auth", v->why.demands);
	json_put_text(o, "role", v->role == ROLE_MTA ? role_word(ROLE_MTA)
		: NULL);
	json_put_names(o, "names", &v->names);
	json_put_names(o, "greetings", &v->banners);
	json_put_names(o, "auth_offered_in_clear", &v->offered);
	json_put_bool(o, "starttls", v->starttls);
	json_put_names(o, "sees_clients_as", &v->seen_as);
	json_put_number(o, "devices", v->devices);
	json_put_number(o, "sessions", v->sessions);
	json_put_number(o, "messages", v->messages);
	for (int u = USE_UNKNOWN; u <= USE_BASIC; u++)
		json_put_number(uses, auth_use_word((enum auth_use)u),
			v->by_use[u]);
	json_object_set_new(o, "sessions_by_auth", uses);
	json_put_time(o, "first_seen", v->first_seen);
	json_put_time(o, "last_seen", v->last_seen);
	return o;
}

static json_t *window(const struct device_list *l,
	const struct report_options *o)
{
	json_t *w = json_object();

	json_put_time(w, "since", o->since);
	json_put_time(w, "until", o->until);
	json_put_time(w, "first_seen", l->first_seen);
	json_put_time(w, "last_seen", l->now);
	return w;
}

static json_t *source(const struct source_state *s)
{
	json_t *o = json_object();

	json_put_text(o, "source", s->label);
	json_put_bool(o, "live", s->live);
	json_put_text(o, "state", s->state);
	json_put_text(o, "reason", s->reason);
	json_put_time(o, "first_seen", s->first_seen);
	json_put_time(o, "last_seen", s->last_seen);
	json_put_number(o, "packets", s->packets);
	json_put_number(o, "bytes", s->bytes);
	json_put_number(o, "dropped", s->dropped);
	json_put_number(o, "gaps", s->gaps);
	json_put_number(o, "gap_bytes", s->gap_bytes);
	json_put_number(o, "malformed", s->malformed);
	json_put_number(o, "cut", s->cut);
	json_put_number(o, "not_understood", s->not_understood);
	json_put_number(o, "evicted", s->evicted);
	json_put_number(o, "lost_records", s->lost_records);
	return o;
}

static void put_health(json_t *o, const struct health_hour *h)
{
	json_put_number(o, "packets", h->packets);
	json_put_number(o, "bytes", h->bytes);
	json_put_number(o, "dropped", h->dropped);
	json_put_number(o, "dropped_by_interface", h->if_dropped);
	json_put_number(o, "not_understood", h->not_understood);
	json_put_number(o, "malformed", h->malformed);
	json_put_number(o, "cut", h->cut);
	json_put_number(o, "gaps", h->gaps);
	json_put_number(o, "gap_bytes", h->gap_bytes);
	json_put_number(o, "duplicates", h->duplicates);
	json_put_number(o, "out_of_order", h->out_of_order);
	json_put_number(o, "evicted", h->evicted);
	json_put_number(o, "lost_records", h->lost_records);
	json_put_number(o, "mail_sessions", h->sessions);
	json_put_number(o, "one_sided", h->one_sided);
	json_put_number(o, "with_gaps", h->lossy);
}

/* Hours in which nothing was lost say nothing that the total does not. */
static json_t *hours(const struct health *h)
{
	json_t *list = json_array();

	for (size_t i = 0; i < h->n; i++) {
		const struct health_hour *x = &h->v[i];
		json_t *o;

		if (x->dropped + x->lost_records + x->gaps + x->evicted == 0)
			continue;
		o = json_object();
		json_put_time(o, "hour", x->at);
		put_health(o, x);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *health(const struct health *h)
{
	json_t *o = json_object(), *strangers = json_array();

	put_health(o, &h->total);
	for (size_t i = 0; i < h->strangers_n; i++) {
		json_t *x = json_object();

		json_put_text(x, "kind", h->strangers[i].name);
		json_put_number(x, "frames", h->strangers[i].frames);
		json_array_append_new(strangers, x);
	}
	json_object_set_new(o, "not_understood_kinds", strangers);
	json_object_set_new(o, "hours_with_loss", hours(h));
	return o;
}

static json_t *coverage(const struct device_list *l, const struct health *h)
{
	json_t *o = json_object(), *uses = json_object();
	json_t *sources = json_array();

	json_put_number(o, "sessions", l->sessions);
	json_put_number(o, "devices", l->n - l->mtas);
	json_put_number(o, "mtas", l->mtas);
	for (int u = USE_UNKNOWN; u <= USE_BASIC; u++)
		json_put_number(uses, auth_use_word((enum auth_use)u),
			l->by_use[u]);
	json_object_set_new(o, "devices_by_auth", uses);
	for (size_t i = 0; i < l->sources_n; i++)
		json_array_append_new(sources, source(&l->sources[i]));
	json_object_set_new(o, "sources", sources);
	json_object_set_new(o, "health", health(h));
	json_put_names(o, "own_domains", &l->own_domains);
	return o;
}

static json_t *import(const struct import_state *x)
{
	json_t *o = json_object(), *refused = json_object();
	char digest[2 * sizeof x->digest + 1];

	for (size_t i = 0; i < sizeof x->digest; i++)
		snprintf(digest + 2 * i, 3, "%02x", x->digest[i]);
	json_put_text(o, "file", x->label);
	json_put_text(o, "kind", x->kind);
	json_put_text(o, "sha256", digest);
	json_put_time(o, "imported", x->imported_at);
	json_put_number(o, "rows_taken", x->taken);
	for (size_t i = 0; i < x->refused_n; i++)
		json_put_number(refused, x->refused[i].reason,
			x->refused[i].rows);
	json_object_set_new(o, "rows_left_out", refused);
	return o;
}

/* What the tenant's own exports say beside what was seen. */
static json_t *tenant(const struct coverage *c)
{
	json_t *o = json_object(), *imports = json_array();
	json_t *clocks = json_array();

	for (size_t i = 0; i < c->imports_n; i++)
		json_array_append_new(imports, import(&c->imports[i]));
	for (size_t i = 0; i < c->clocks_n; i++) {
		json_t *x = json_object();

		json_put_text(x, "sensor", c->clocks[i].sensor);
		json_object_set_new(x, "provider_ahead_seconds",
			json_real((double)c->clocks[i].ahead / 1e6));
		json_put_number(x, "pairs", c->clocks[i].pairs);
		json_array_append_new(clocks, x);
	}
	json_object_set_new(o, "imports", imports);
	json_object_set_new(o, "clocks", clocks);
	json_put_bool(o, "accounts_reported", c->reported);
	json_put_names(o, "accounts_without_device", &c->unseen);
	json_put_names(o, "accounts_not_reported", &c->unreported);
	json_put_names(o, "devices_without_account", &c->nameless);
	return o;
}

static void key(FILE *out, const char *name, json_t *taken)
{
	fprintf(out, "\"%s\":", name);
	json_write_part(taken, out);
	putc(',', out);
}

/* One at a time: all of 100,000 devices as a tree would be a gigabyte. */
void devices_json(const struct rows *r, const struct report_options *o,
	FILE *out)
{
	char text[OUT_TIME];

	putc('{', out);
	key(out, "schema", json_integer(JSON_SCHEMA));
	out_time(o->generated, text);
	key(out, "generated", text[0] != '\0' ? json_string(text)
		: json_null());
	key(out, "window", window(r->devices, o));
	key(out, "coverage", coverage(r->devices, r->health));
	key(out, "tenant", tenant(r->coverage));
	fputs("\"devices\":[", out);
	for (size_t i = 0; i < r->devices_n; i++) {
		fputs(i > 0 ? "," : "", out);
		json_write_part(device(r->device[i]), out);
	}
	fputs("],\"accounts\":[", out);
	for (size_t i = 0; i < r->accounts_n; i++) {
		fputs(i > 0 ? "," : "", out);
		json_write_part(account(r->account[i]), out);
	}
	fputs("],\"servers\":[", out);
	for (size_t i = 0; i < r->servers_n; i++) {
		fputs(i > 0 ? "," : "", out);
		json_write_part(server(r->server[i]), out);
	}
	fputs("]}\n", out);
}
