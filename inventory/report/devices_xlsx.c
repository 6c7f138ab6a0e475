/* devices_xlsx.c: the workbook: devices, accounts, servers, and what all of it
 * rests on. */
#include "inventory/report/cells.h"
#include "inventory/report/devices.h"
#include "inventory/report/out.h"
#include <stdio.h>

static void devices(struct cells *c, const struct rows *r)
{
	xlsx_sheet(c->xlsx, "Devices", device_titles, device_titles_n);
	for (size_t i = 0; i < r->devices_n; i++)
		device_cells(c, r->device[i]);
}

static void accounts(struct cells *c, const struct rows *r)
{
	static const char *const titles[] = {
		"account", "kind", "auth", "mechanisms", "mail_from",
		"devices", "device_ids",
		"sessions", "messages", "accepted", "rejected",
		"password_in_clear", "first_seen", "last_seen"};

	xlsx_sheet(c->xlsx, "Accounts", titles,
		sizeof titles / sizeof titles[0]);
	for (size_t i = 0; i < r->accounts_n; i++) {
		const struct account *a = r->account[i];

		cells_text(c, a->account);
		cells_text(c, account_kind_word(a->kind));
		cells_use(c, a->use);
		cells_names(c, &a->mechanisms);
		cells_names(c, &a->from);
		cells_number(c, a->devices.n);
		cells_names(c, &a->devices);
		cells_number(c, a->sessions);
		cells_number(c, a->messages);
		cells_number(c, a->accepted);
		cells_number(c, a->rejected);
		cells_yes(c, a->in_clear);
		cells_time(c, a->first_seen);
		cells_time(c, a->last_seen);
		cells_end_line(c);
	}
}

static void servers(struct cells *c, const struct rows *r)
{
	static const char *const titles[] = {
		"ip", "port", "name", "name_from", "service", "service_from",
		"service_fact", "service_rule", "provider", "way",
		"requires_auth", "role", "names",
		"greetings", "auth_offered_in_clear", "starttls",
		"sees_clients_as", "devices", "sessions", "messages",
		"sessions_unknown", "sessions_none", "sessions_other",
		"sessions_oauth", "sessions_required", "sessions_basic",
		"first_seen", "last_seen"};

	xlsx_sheet(c->xlsx, "Servers", titles,
		sizeof titles / sizeof titles[0]);
	for (size_t i = 0; i < r->servers_n; i++) {
		const struct server *v = r->server[i];

		cells_text(c, v->ip);
		cells_number(c, v->port);
		cells_text(c, v->name);
		cells_text(c, v->name_from);
		cells_text(c, v->service);
		cells_text(c, v->why.from);
		cells_text(c, v->why.fact);
		cells_text(c, v->why.rule);
		cells_text(c, v->why.provider);
		cells_text(c, service_way_word(v->why.way));
		cells_yes(c, v->why.demands);
		cells_text(c, v->role == ROLE_MTA ? role_word(ROLE_MTA)
			: NULL);
		cells_names(c, &v->names);
		cells_names(c, &v->banners);
		cells_names(c, &v->offered);
		cells_yes(c, v->starttls);
		cells_names(c, &v->seen_as);
		cells_number(c, v->devices);
		cells_number(c, v->sessions);
		cells_number(c, v->messages);
		for (int u = USE_UNKNOWN; u <= USE_BASIC; u++)
			cells_number(c, v->by_use[u]);
		cells_time(c, v->first_seen);
		cells_time(c, v->last_seen);
		cells_end_line(c);
	}
}

/* --- coverage: a line a fact --- */

static void text_line(struct cells *c, const char *what, const char *of,
	const char *value)
{
	cells_text(c, what);
	cells_text(c, of);
	cells_text(c, value);
	cells_end_line(c);
}

static void time_line(struct cells *c, const char *what, const char *of,
	int64_t us)
{
	char text[OUT_TIME];

	text_line(c, what, of, out_time(us, text));
}

static void number_line(struct cells *c, const char *what, const char *of,
	uint64_t v)
{
	cells_text(c, what);
	cells_text(c, of);
	cells_number(c, v);
	cells_end_line(c);
}

static void health(struct cells *c, const struct health *h)
{
	const struct {
		const char *what;
		uint64_t n;
	} counts[] = {
		{"packets", h->total.packets}, {"bytes", h->total.bytes},
		{"dropped", h->total.dropped},
		{"not_understood", h->total.not_understood},
		{"malformed", h->total.malformed}, {"cut", h->total.cut},
		{"gaps", h->total.gaps}, {"gap_bytes", h->total.gap_bytes},
		{"duplicates", h->total.duplicates},
		{"evicted", h->total.evicted},
		{"lost_records", h->total.lost_records},
		{"mail_sessions", h->total.sessions},
		{"one_sided", h->total.one_sided},
		{"with_gaps", h->total.lossy},
	};

	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		number_line(c, counts[i].what, NULL, counts[i].n);
	for (size_t i = 0; i < h->strangers_n; i++)
		number_line(c, "not_understood", h->strangers[i].name,
			h->strangers[i].frames);
}

static void sources(struct cells *c, const struct device_list *l)
{
	for (size_t i = 0; i < l->sources_n; i++) {
		const struct source_state *s = &l->sources[i];

		text_line(c, "source", s->label, s->state);
		time_line(c, "source_first_seen", s->label, s->first_seen);
		time_line(c, "source_last_seen", s->label, s->last_seen);
		number_line(c, "source_packets", s->label, s->packets);
		number_line(c, "source_dropped", s->label, s->dropped);
		number_line(c, "source_gaps", s->label, s->gaps);
	}
}

static void coverage(struct cells *c, const struct rows *r,
	const struct report_options *o)
{
	static const char *const titles[] = {"what", "of", "value"};
	const struct device_list *l = r->devices;

	xlsx_sheet(c->xlsx, "Coverage", titles,
		sizeof titles / sizeof titles[0]);
	time_line(c, "generated", NULL, o->generated);
	text_line(c, "only", NULL, o->choice);
	time_line(c, "since", NULL, o->since);
	time_line(c, "until", NULL, o->until);
	time_line(c, "first_seen", NULL, l->first_seen);
	time_line(c, "last_seen", NULL, l->now);
	number_line(c, "sessions", NULL, l->sessions);
	number_line(c, "devices", NULL, l->n - l->mtas);
	number_line(c, "mtas", NULL, l->mtas);
	for (int u = USE_UNKNOWN; u <= USE_BASIC; u++)
		number_line(c, "devices_by_auth",
			auth_use_word((enum auth_use)u), l->by_use[u]);
	for (size_t i = 0; i < l->own_domains.n; i++)
		text_line(c, "own_domain", NULL, l->own_domains.v[i]);
	health(c, r->health);
	sources(c, l);
}

bool devices_xlsx(const struct rows *r, const struct report_options *o,
	FILE *out, struct err *e)
{
	struct cells c = {0};

	if (!xlsx_open(&c.xlsx, o->generated, e))
		return false;
	devices(&c, r);
	accounts(&c, r);
	servers(&c, r);
	coverage(&c, r, o);
	return xlsx_close(c.xlsx, out, e);
}
