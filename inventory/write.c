/* write.c: see write.h. */
#include "inventory/write.h"
#include "inventory/admit.h"
#include "inventory/db_private.h"
#include "inventory/endpoint.h"
#include "inventory/facts.h"
#include "inventory/intern.h"
#include "inventory/resolve_private.h"
#include "inventory/servers.h"
#include "inventory/tally.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	BEGIN, COMMIT, SESSION, AUTH, REFUSAL, DROP_SESSION, DROP_AUTHS,
	DROP_REFUSALS, SOURCE, SOURCE_ID, BINDING_AGAIN, BINDING, RIVALS,
	IDENTITY, STATEMENTS,
};

static const char *const statements[STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[SESSION] = "INSERT INTO sessions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
		"?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, "
		"?20, ?21, ?22, ?23, ?24, ?25) ON CONFLICT DO NOTHING",
	[AUTH] = "INSERT INTO auth_events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
		"?8, ?9, ?10, ?11, ?12)",
	[REFUSAL] = "INSERT INTO refusals VALUES (?1, ?2, ?3, ?4, ?5)",
	[DROP_SESSION] = "DELETE FROM sessions WHERE session = ?1",
	[DROP_AUTHS] = "DELETE FROM auth_events WHERE session = ?1",
	[DROP_REFUSALS] = "DELETE FROM refusals WHERE session = ?1",
	[SOURCE] = "INSERT INTO sources (source, sensor, live, label, state, "
		"reason, beat_at, first_seen, last_seen, packets, bytes, "
		"dropped, not_understood, malformed, cut, gaps, gap_bytes, "
		"duplicates, out_of_order, flows, evicted, lost_records, "
		"file_done, file_size, files_done, files) VALUES (?1, ?2, ?3, "
		"?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, "
		"?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26) "
		/* A file read again starts from nothing: what it says of
		 * itself now is shown, what was counted stays. */
		"ON CONFLICT DO UPDATE SET label = ?4, state = ?5, "
		"reason = ?6, beat_at = max(beat_at, ?7), "
		"first_seen = CASE WHEN first_seen = 0 THEN ?8 "
		"WHEN ?8 = 0 THEN first_seen ELSE min(first_seen, ?8) END, "
		"last_seen = max(last_seen, ?9), packets = max(packets, ?10), "
		"bytes = max(bytes, ?11), dropped = max(dropped, ?12), "
		"not_understood = max(not_understood, ?13), "
		"malformed = max(malformed, ?14), cut = max(cut, ?15), "
		"gaps = max(gaps, ?16), gap_bytes = max(gap_bytes, ?17), "
		"duplicates = max(duplicates, ?18), "
		"out_of_order = max(out_of_order, ?19), "
		"flows = max(flows, ?20), evicted = max(evicted, ?21), "
		"lost_records = max(lost_records, ?22), file_done = ?23, "
		"file_size = ?24, files_done = ?25, files = ?26",
	[SOURCE_ID] = "SELECT id FROM sources WHERE source = ?1",
	[BINDING_AGAIN] = "UPDATE bindings SET "
		"first_seen = min(first_seen, ?5), "
		"last_seen = max(last_seen, ?5) WHERE scope = ?1 AND ip = ?2 "
		"AND mac = ?3 AND how = ?4",
	[BINDING] = "INSERT INTO bindings VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
	[RIVALS] = "SELECT 1 FROM bindings WHERE scope = ?1 AND ip = ?2 AND "
		"mac <> ?3 LIMIT 1",
	[IDENTITY] = "INSERT INTO identities VALUES ('', ?1, ?2, ?3, ?4, ?4) "
		"ON CONFLICT DO UPDATE SET first_seen = min(first_seen, ?4), "
		"last_seen = max(last_seen, ?4)",
};

/* Of a tick: facts are committed always, but conclusions take at most a fifth
 * of the time, since reading a large file would do little else otherwise; and
 * at most so many devices are made anew, a tenth of a second's work. */
enum { REST = 4, FOLDS = 2500 };

struct writer {
	struct db *db;
	struct intern *intern;
	struct servers *servers;
	struct tally *tally;
	struct resolver *resolver;
	struct facts_reader *facts;
	sqlite3_stmt *s[STATEMENTS];
	int64_t source;
	bool open;    /* a transaction */
	bool rebuild; /* sums are not exact any more */
	int64_t concluded, took; /* ns: when that ended last, how long */
};

/* A writer that died between two commits left devices for later. */
static bool catch_up(struct db *db, struct err *e)
{
	int64_t stale;

	return sql_number(db_handle(db), "SELECT value FROM meta "
			"WHERE key = 'stale'", 0, &stale, e) &&
		(stale == 0 || resolve_all(db, e));
}

bool writer_open(struct writer **out, struct db *db, struct err *e)
{
	struct writer *w = xcalloc(1, sizeof *w);

	w->db = db;
	if (!catch_up(db, e) || !resolver_open(&w->resolver, db, e) ||
		!db_prepare(db, statements, w->s, STATEMENTS, e) ||
		!intern_open(&w->intern, db, e) ||
		!servers_open(&w->servers, db, e) ||
		!tally_open(&w->tally, db, e) ||
		!facts_open(&w->facts, db, e))
		goto fail;
	*out = w;
	return true;
fail:
	writer_close(w, NULL);
	return false;
}

static bool begin(struct writer *w, struct err *e)
{
	if (w->open)
		return true;
	w->open = sql_run(w->s[BEGIN], e);
	return w->open;
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static bool conclude(struct writer *w, size_t folds, struct err *e)
{
	int64_t began = now();

	if (!servers_flush(w->servers, e) ||
		!tally_flush(w->tally, w->resolver, e) ||
		!resolver_run(w->resolver, folds, e))
		return false;
	w->concluded = now();
	w->took = w->concluded - began;
	return true;
}

static bool commit(struct writer *w, struct err *e)
{
	bool missing = !tally_is_empty(w->tally) || w->rebuild;

	if (!resolver_note(w->resolver, missing, e) ||
		!sql_run(w->s[COMMIT], e))
		return false;
	w->open = false;
	return true;
}

bool writer_tick(struct writer *w, struct err *e)
{
	if (!begin(w, e))
		return false;
	if (now() - w->concluded >= REST * w->took &&
		!conclude(w, FOLDS, e))
		return false;
	return commit(w, e);
}

bool writer_commit(struct writer *w, struct err *e)
{
	return begin(w, e) && conclude(w, SIZE_MAX, e) && commit(w, e);
}

bool writer_close(struct writer *w, struct err *e)
{
	bool ok;

	if (!w)
		return true;
	ok = w->facts && writer_commit(w, e);
	db_finalize(w->s, STATEMENTS);
	if (!ok)
		sqlite3_exec(db_handle(w->db), "ROLLBACK", NULL, NULL, NULL);
	facts_close(w->facts);
	tally_close(w->tally);
	servers_close(w->servers);
	intern_close(w->intern);
	resolver_close(w->resolver);
	ok = ok && (!w->rebuild || resolve_all(w->db, e));
	free(w);
	return ok;
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
	struct facts f;
	const char *banner_tail;
};

static bool ends_of(struct writer *w, struct coming *c, struct err *e)
{
	const struct record_session *s = c->s;
	char list[RECORD_VLANS * 6 + 1];
	struct intern_end client = {db_scope(w->db, &s->client.addr),
		&s->client, 0, vlans(s, list)};
	struct intern_end server = {db_scope(w->db, &s->server.addr),
		&s->server, s->server.port, ""};

	c->f.relayed = !addr_equal(&s->client.addr, &s->server.addr);
	return intern_end_id(w->intern, &client, &c->f.client, e) &&
		intern_end_id(w->intern, &server, &c->f.server, e);
}

static bool banner_of(struct writer *w, struct coming *c, struct err *e)
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

static bool lists_of(struct writer *w, struct coming *c, struct err *e)
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

static bool auths_of(struct writer *w, struct coming *c, struct err *e)
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
			.cancelled = a->cancelled,
		};
		if (!intern_credential(w->intern, c->s, a,
			    &c->f.auth[i].credential, e))
			return false;
	}
	return true;
}

static bool facts_of(struct writer *w, struct coming *c, struct err *e)
{
	const struct record_session *s = c->s;
	char list[INTERN_LIST];
	struct endpoint_facts names = {
		record_text(s, s->sni), record_text(s, s->cert_cn),
		intern_list(s, s->cert_names, s->cert_name_n, list),
		record_text(s, s->banner),
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
	endpoint_service(&names, &f->demands);
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
		auths_of(w, c, e);
}

static bool put_session(struct writer *w, const struct coming *c, bool *new,
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
	sql_bind(s, at++, w->source);
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
	if (!sql_run(s, e))
		return false;
	*new = sqlite3_changes(db_handle(w->db)) > 0;
	return true;
}

static bool put_auths(struct writer *w, const struct coming *c, struct err *e)
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
		if (!sql_run(s, e))
			return false;
	}
	return true;
}

static bool put_refusals(struct writer *w, const struct coming *c,
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

static bool drop(struct writer *w, const struct coming *c, struct err *e)
{
	static const int all[] = {DROP_AUTHS, DROP_REFUSALS, DROP_SESSION};

	for (int i = 0; i < 3; i++) {
		sqlite3_stmt *s = w->s[all[i]];

		sql_bind_blob(s, 1, c->f.session, sizeof c->f.session);
		if (!sql_run(s, e))
			return false;
	}
	return true;
}

/* The row is there already: the longer observation stays, whole. */
static bool replace(struct writer *w, const struct coming *c, bool *done,
	struct err *e)
{
	struct facts old;
	bool found, new;

	*done = false;
	if (!facts_load(w->facts, c->f.session, &old, &found, e))
		return false;
	assert(found);
	if (!facts_longer(&c->f, &old))
		return true;
	*done = true;
	w->rebuild |= !tally_is_exact(&old, &c->f);
	return tally_take(w->tally, &old, e) && drop(w, c, e) &&
		put_session(w, c, &new, e);
}

static bool make_room(struct writer *w, struct err *e)
{
	if (servers_are_full(w->servers) && !servers_flush(w->servers, e))
		return false;
	return !tally_is_full(w->tally) ||
		tally_flush(w->tally, w->resolver, e);
}

static bool session(struct writer *w, const struct record_session *s,
	struct err *e)
{
	struct coming c = {.s = s};
	bool put;

	if (!facts_of(w, &c, e) || !put_session(w, &c, &put, e) ||
		(!put && !replace(w, &c, &put, e)))
		return false;
	/* Set unions: even the shorter observation was one. */
	servers_note(w->servers, c.f.server, c.f.profile, c.f.banner,
		c.s->flags & RECORD_TLS_OFFERED, c.f.first_seen,
		c.f.last_seen);
	if (!put)
		return true;
	if (!put_auths(w, &c, e) || !put_refusals(w, &c, e))
		return false;
	tally_add(w->tally, &c.f);
	return make_room(w, e);
}

static bool binding(struct writer *w, const struct record_binding *b,
	struct err *e)
{
	static const char *const how[] = {
		[RECORD_BY_FRAME] = "frame", [RECORD_BY_ARP] = "arp",
		[RECORD_BY_ND] = "nd", [RECORD_BY_DHCP] = "dhcp",
	};
	const char *scope = db_scope(w->db, &b->addr);
	char ip[ADDR_TEXT], mac[MAC_TEXT];
	bool again, row = true;

	addr_format(&b->addr, ip);
	mac_format(&b->mac, mac);
	for (int i = BINDING_AGAIN; i <= RIVALS; i++) {
		sql_bind_text(w->s[i], 1, scope);
		sql_bind_text(w->s[i], 2, ip);
		sql_bind_text(w->s[i], 3, mac);
		if (i == RIVALS)
			break;
		sql_bind_text(w->s[i], 4, how[b->how]);
		sql_bind(w->s[i], 5, us(b->at));
	}
	if (!sql_run(w->s[BINDING_AGAIN], e))
		return false;
	again = sqlite3_changes(db_handle(w->db)) > 0;
	if (!again && !sql_run(w->s[BINDING], e))
		return false;
	/* One that is known changes something only where it outdoes another
	 * for the same address. */
	if (again && !sql_row(w->s[RIVALS], &row, e))
		return false;
	sql_reset(w->s[RIVALS]);
	return !row || resolver_binding(w->resolver, scope, ip, mac, e);
}

static bool identity(struct writer *w, const struct record_identity *i,
	struct err *e)
{
	static const char *const kinds[] = {
		[RECORD_DHCP_HOST] = "dhcp_host",
		[RECORD_DHCP_CLASS] = "dhcp_class",
		[RECORD_DHCP_FQDN] = "dhcp_fqdn",
	};
	char subject[5 + MAC_TEXT] = "mac:";
	sqlite3_stmt *s = w->s[IDENTITY];

	if (mac_is_zero(&i->mac) || mac_is_group(&i->mac))
		return true;
	mac_format(&i->mac, subject + 4);
	sql_bind_text(s, 1, subject);
	sql_bind_text(s, 2, kinds[i->kind]);
	sql_bind_text(s, 3, i->value);
	sql_bind(s, 4, us(i->at));
	return sql_run(s, e) && resolver_device(w->resolver, subject, e);
}

static bool source(struct writer *w, const struct record_source *r,
	int64_t wall, struct err *e)
{
	const uint64_t counts[] = {
		r->packets, r->bytes, r->dropped, r->not_understood,
		r->malformed, r->cut, r->gaps, r->gap_bytes, r->duplicates,
		r->out_of_order, r->flows, r->evicted, r->lost_records,
		r->file_done, r->file_size, r->files_done, r->files,
	};
	sqlite3_stmt *s = w->s[SOURCE];
	bool row;
	int at = 1;

	sql_bind_blob(s, at++, r->id, sizeof r->id);
	sql_bind(s, at++, db_sensor_row(w->db));
	sql_bind(s, at++, r->live);
	sql_bind_text(s, at++, r->label);
	sql_bind(s, at++, r->state);
	sql_bind_text(s, at++, r->reason);
	sql_bind(s, at++, wall);
	sql_bind(s, at++, us(r->first_seen));
	sql_bind(s, at++, us(r->last_seen));
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		sql_bind_count(s, at++, counts[i]);
	if (!sql_run(s, e))
		return false;
	s = w->s[SOURCE_ID];
	sql_bind_blob(s, 1, r->id, sizeof r->id);
	if (!sql_row(s, &row, e))
		return false;
	assert(row);
	w->source = sqlite3_column_int64(s, 0);
	sql_reset(s);
	return true;
}

bool writer_record(struct writer *w, const struct record *r, int64_t wall,
	struct err *e)
{
	if (!admit(r))
		return err_set(e, ERR_RUN, "the capture process sent a record "
			"that none should send; nothing of it was stored");
	if (!begin(w, e))
		return false;
	switch (r->kind) {
	case RECORD_SESSION: return session(w, &r->session, e);
	case RECORD_BINDING: return binding(w, &r->binding, e);
	case RECORD_IDENTITY: return identity(w, &r->identity, e);
	case RECORD_SOURCE: return source(w, &r->source, wall, e);
	}
	return true;
}
