/* sessions.c: see sessions.h. */
#include "inventory/sessions.h"
#include "inventory/endpoint.h"
#include "inventory/facts.h"
#include "inventory/fragments.h"
#include "inventory/identify.h"
#include "inventory/intern.h"
#include "inventory/rules.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SESSION, AUTH, REFUSAL, DROP_SESSION, DROP_AUTHS, DROP_REFUSALS,
	STATEMENTS,
};

static const char *const statements[STATEMENTS] = {
	[SESSION] = ("INSERT INTO sessions VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
		"?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, "
		"?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30) "
		"ON CONFLICT DO NOTHING"),
	[AUTH] = ("INSERT INTO auth_events VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
		"?7, ?8, ?9, ?10, ?11, ?12, ?13)"),
	[REFUSAL] = "INSERT INTO refusals VALUES (?1, ?2, ?3, ?4, ?5)",
	[DROP_SESSION] = "DELETE FROM sessions WHERE session = ?1",
	[DROP_AUTHS] = "DELETE FROM auth_events WHERE session = ?1",
	[DROP_REFUSALS] = "DELETE FROM refusals WHERE session = ?1",
};

struct sessions {
	struct db *db;
	struct servers *servers; /* borrowed, as is tally */
	struct tally *tally;
	struct intern *intern;
	struct facts_reader *facts;
	struct fragments *fragments;
	sqlite3_stmt *s[STATEMENTS];
};

bool sessions_open(struct sessions **out, struct db *db,
	struct servers *servers, struct tally *tally, struct err *e)
{
	struct sessions *w = xcalloc(1, sizeof *w);

	w->db = db;
	w->servers = servers;
	w->tally = tally;
	if (!db_prepare(db, statements, w->s, STATEMENTS, e) ||
		!intern_open(&w->intern, db, e) ||
		!facts_open(&w->facts, db, e) ||
		!fragments_open(&w->fragments, db, e)) {
		sessions_close(w);
		return false;
	}
	*out = w;
	return true;
}

void sessions_close(struct sessions *w)
{
	if (!w)
		return;
	db_finalize(w->s, STATEMENTS);
	intern_close(w->intern);
	facts_close(w->facts);
	fragments_close(w->fragments);
	free(w);
}

static int64_t us(int64_t ns)
{
	return ns / 1000;
}

/* Sequence numbers that lie make any number of bytes; sums over sessions must
 * hold all the same. A terabyte is more than a session carries. */
static uint64_t bounded(uint64_t bytes)
{
	return bytes < 1ULL << 40 ? bytes : 1ULL << 40;
}

static const char *vlans(const struct record_session *s,
	char out[RECORD_VLANS * 6 + 1])
{
	char *p = out;

	*p = '\0';
	for (uint8_t i = 0; i < s->vlan_n; i++)
		p += sprintf(p, "%s%u", i > 0 ? "," : "",
			(unsigned)s->vlans[i]);
	return out;
}

/* A session on its way: the numbers of its texts, and the rest as it came. */
struct coming {
	const struct record_session *s;
	int64_t source;
	struct facts f;
	const char *banner_tail;
	int64_t proxied;
};

static bool ends_of(struct sessions *w, struct coming *c, struct err *e)
{
	const struct record_session *s = c->s;
	char list[RECORD_VLANS * 6 + 1], called[MAC_TEXT];
	struct intern_end client = {db_scope(w->db, &s->client.addr),
		&s->client, 0, vlans(s, list),
		identify_called(record_text(s, s->helo), called)};
	struct intern_end server = {db_scope(w->db, &s->server.addr),
		&s->server, s->server.port, "", ""};

	c->f.relayed = !addr_equal(&s->client.addr, &s->server.addr);
	return intern_end_id(w->intern, &client, &c->f.client, e) &&
		intern_end_id(w->intern, &server, &c->f.server, e);
}

static bool banner_of(struct sessions *w, struct coming *c, struct err *e)
{
	const char *banner = record_text(c->s, c->s->banner);
	char head[TEXT_MAX];
	size_t n;

	c->banner_tail = NULL;
	if (!banner)
		return true;
	n = endpoint_banner_cut(banner);
	memcpy(head, banner, n);
	head[n] = '\0';
	if (banner[n] != '\0')
		c->banner_tail = banner + n;
	return intern_text(w->intern, head, &c->f.banner, e);
}

static bool lists_of(struct sessions *w, struct coming *c, struct err *e)
{
	const struct record_session *s = c->s;
	char list[INTERN_LIST];

	return intern_text(w->intern,
			intern_list(s, s->from, s->from_n, list),
			&c->f.froms, e) &&
		intern_text(w->intern,
			intern_list(s, s->domains, s->domain_n, list),
			&c->f.domains, e);
}

static bool account_of(struct sessions *w, const struct record_session *s,
	const struct record_auth *a, struct facts_auth *out, struct err *e)
{
	const char *mechanism = record_text(s, a->mechanism);
	bool named = mechanism && strcmp(mechanism, "DIGEST-MD5") != 0;

	return intern_credential(w->intern, s, a, &out->credential, e) &&
		intern_text(w->intern, record_text(s, a->account),
			&out->account, e) &&
		intern_text(w->intern, named ? record_text(s, a->realm) : NULL,
			&out->realm, e);
}

static bool auths_of(struct sessions *w, struct coming *c, struct err *e)
{
	c->f.auth_n = c->s->auth_n;
	for (size_t i = 0; i < c->f.auth_n; i++) {
		const struct record_auth *a = &c->s->auth[i];

		c->f.auth[i] = (struct facts_auth){
			.code = a->code,
			.enhanced = facts_enhanced(a->enhanced),
			.class = a->class, .outcome = a->outcome,
			.evidence = a->evidence, .confidence = a->confidence,
			.account_min = a->account_min,
			.account_max = a->account_max, .at = us(a->at),
			.in_clear = a->in_clear, .initial = a->initial,
			.cancelled = a->cancelled, .reason = a->reason,
		};
		if (!account_of(w, c->s, a, &c->f.auth[i], e))
			return false;
	}
	return true;
}

static bool facts_of(struct sessions *w, struct coming *c, struct err *e)
{
	const struct record_session *s = c->s;
	char list[INTERN_LIST];
	char ip[ADDR_TEXT];
	struct endpoint_facts names = {
		.sni = record_text(s, s->sni),
		.cert_cn = record_text(s, s->cert_cn),
		.cert_names = intern_list(s, s->cert_names, s->cert_name_n,
			list),
		.banner = record_text(s, s->banner),
		.proxied = record_text(s, s->proxied),
		.ip = addr_format(&s->server.addr, ip),
	};
	struct facts *f = &c->f;

	memset(f, 0, sizeof *f);
	memcpy(f->session, s->session, sizeof f->session);
	f->first_seen = us(s->first_seen);
	f->last_seen = us(s->last_seen);
	f->ending = s->ending;
	f->tls = s->tls;
	f->tls_version = s->tls_version;
	f->helo = record_text(s, s->helo) != NULL;
	f->demands = endpoint_demands(rules_providers(db_rules(w->db)), &names);
	f->certificate_wrong = !endpoint_certificate_fits(&names);
	f->not_after = s->cert_not_after;
	for (uint8_t i = 0; i < s->refusal_n; i++)
		f->mail_refused |=
			facts_is_policy(facts_enhanced(s->refusals[i].enhanced));
	f->guess = s->guess;
	f->odds = s->guess_odds;
	f->flags = s->flags;
	f->auth_total = s->auth_total;
	f->mails = s->mails;
	f->recipients = s->recipients;
	f->messages = s->messages;
	f->accepted = s->accepted;
	f->bytes = bounded(s->bytes);
	f->client_bytes = bounded(s->client_bytes);
	f->server_bytes = bounded(s->server_bytes);
	f->gap_bytes = bounded(s->gap_bytes);
	return ends_of(w, c, e) && banner_of(w, c, e) && lists_of(w, c, e) &&
		intern_profile(w->intern, s, &f->profile, e) &&
		intern_text(w->intern, names.proxied, &c->proxied, e) &&
		auths_of(w, c, e);
}

static bool put_session(struct sessions *w, const struct coming *c, bool *new,
	struct err *e)
{
	const struct facts *f = &c->f;
	const uint64_t counts[] = {
		f->auth_total, f->mails, (uint64_t)f->froms,
		(uint64_t)f->domains, f->recipients, f->messages,
		f->accepted, f->bytes, f->client_bytes, f->server_bytes,
		f->gap_bytes,
	};
	sqlite3_stmt *s = w->s[SESSION];
	int at = 1;

	sql_bind_blob(s, at++, f->session, sizeof f->session);
	sql_bind_blob(s, at++, c->s->conn, sizeof c->s->conn);
	sql_bind(s, at++, db_sensor_row(w->db));
	sql_bind(s, at++, c->source);
	sql_bind(s, at++, f->first_seen);
	sql_bind(s, at++, f->last_seen - f->first_seen);
	sql_bind(s, at++, f->client);
	sql_bind(s, at++, c->s->client.port);
	sql_bind(s, at++, f->server);
	sql_bind(s, at++, f->profile);
	sql_bind(s, at++, f->banner);
	sql_bind_text(s, at++, c->banner_tail);
	sql_bind(s, at++, f->ending);
	sql_bind(s, at++, f->flags);
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		sql_bind_count(s, at++, counts[i]);
	sql_bind(s, at++, f->guess);
	sql_bind(s, at++, f->odds);
	sql_bind(s, at++, c->s->proxy);
	sql_bind(s, at++, c->proxied);
	sql_bind(s, at++, c->s->proxied_port);
	if (!sql_run(s, e))
		return false;
	*new = sqlite3_changes(db_handle(w->db)) > 0;
	if (*new)
		fragments_note(w->fragments, &(struct fragments_of){
				f, c->s->conn, c->s->client.port});
	return true;
}

static bool put_auths(struct sessions *w, const struct coming *c, struct err *e)
{
	sqlite3_stmt *s = w->s[AUTH];

	for (size_t i = 0; i < c->f.auth_n; i++) {
		const struct facts_auth *a = &c->f.auth[i];

		sql_bind_blob(s, 1, c->f.session, sizeof c->f.session);
		sql_bind(s, 2, (int64_t)i);
		sql_bind(s, 3, a->at - c->f.first_seen);
		sql_bind(s, 4, a->credential);
		sql_bind(s, 5, a->outcome);
		sql_bind(s, 6, a->code);
		sql_bind(s, 7, a->enhanced);
		sql_bind(s, 8, a->evidence);
		sql_bind(s, 9, a->confidence);
		sql_bind(s, 10, a->in_clear | a->initial << 1 |
			a->cancelled << 2);
		sql_bind(s, 11, a->account_min);
		sql_bind(s, 12, a->account_max);
		sql_bind(s, 13, a->reason);
		if (!sql_run(s, e))
			return false;
	}
	return true;
}

static bool put_refusals(struct sessions *w, const struct coming *c,
	struct err *e)
{
	sqlite3_stmt *s = w->s[REFUSAL];

	for (uint8_t i = 0; i < c->s->refusal_n; i++) {
		const struct record_refusal *r = &c->s->refusals[i];

		sql_bind_blob(s, 1, c->f.session, sizeof c->f.session);
		sql_bind(s, 2, i);
		sql_bind(s, 3, r->verb);
		sql_bind(s, 4, r->code);
		sql_bind(s, 5, facts_enhanced(r->enhanced));
		if (!sql_run(s, e))
			return false;
	}
	return true;
}

static bool drop(struct sessions *w, const uint8_t session[16], struct err *e)
{
	static const int all[] = {DROP_AUTHS, DROP_REFUSALS, DROP_SESSION};

	for (int i = 0; i < 3; i++) {
		sqlite3_stmt *s = w->s[all[i]];

		sql_bind_blob(s, 1, session, 16);
		if (!sql_run(s, e))
			return false;
	}
	return true;
}

static bool put_events(struct sessions *w, const struct coming *c,
	struct err *e)
{
	return put_auths(w, c, e) && put_refusals(w, c, e);
}

/* The row is there already: the longer observation stays, whole. */
static bool replace(struct sessions *w, const struct coming *c, struct err *e)
{
	struct facts old;
	bool found, new;

	if (!facts_load(w->facts, c->f.session, &old, &found, e))
		return false;
	assert(found);
	if (!facts_longer(&c->f, &old))
		return true;
	return drop(w, c->f.session, e) && put_session(w, c, &new, e) &&
		put_events(w, c, e) &&
		tally_replace(w->tally, &old, &c->f, e);
}

/* What was told as sessions before, and is seen to be parts of this one. */
static bool absorb(struct sessions *w, const struct coming *c, struct err *e)
{
	struct fragments_of x = {&c->f, c->s->conn, c->s->client.port};
	uint8_t part[16];
	struct facts old;
	bool found;

	for (;;) {
		if (!fragments_next(w->fragments, &x, part, &found, e))
			return false;
		if (!found)
			return true;
		if (!facts_load(w->facts, part, &old, &found, e))
			return false;
		assert(found);
		if (!drop(w, part, e) || !tally_drop(w->tally, &old, e))
			return false;
	}
}

static bool put(struct sessions *w, const struct coming *c, struct err *e)
{
	struct fragments_of x = {&c->f, c->s->conn, c->s->client.port};
	bool new, part;

	if (!fragments_is_part(w->fragments, &x, &part, e))
		return false;
	if (part)
		return true;
	if (!put_session(w, c, &new, e))
		return false;
	if (!new)
		return replace(w, c, e) && absorb(w, c, e);
	tally_add(w->tally, &c->f);
	return put_events(w, c, e) && absorb(w, c, e);
}

bool sessions_put(struct sessions *w, const struct record_session *s,
	int64_t source, struct err *e)
{
	struct coming c = {.s = s, .source = source};

	if (!facts_of(w, &c, e))
		return false;
	/* Set unions: even a shorter observation was one. */
	if (!servers_note(w->servers, &(struct servers_facts){
			.server = c.f.server, .profile = c.f.profile,
			.banner = c.f.banner, .proxied = c.proxied,
			.starttls = c.s->flags & RECORD_TLS_OFFERED},
		c.f.first_seen, c.f.last_seen, e))
		return false;
	return put(w, &c, e);
}

void sessions_edge(struct sessions *w, int64_t at)
{
	fragments_edge(w->fragments, at);
}
