/* facts_read.c: see facts.h: sessions read back from their rows. */
#include "inventory/endpoint.h"
#include "inventory/facts.h"
#include "inventory/rules.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ONE, NEXT_OF, SORTED, AUTHS, REFUSALS, NAMES, RELAYED, STATEMENTS };

#define SESSION "SELECT s.session, s.first_seen, s.lasted, s.client, " \
	"s.server, s.profile, s.banner, s.froms, s.domains, s.proxied, " \
	"s.ending, s.flags, s.auth_total, s.mails, s.recipients, " \
	"s.messages, s.accepted, s.bytes, s.client_bytes, s.server_bytes, " \
	"s.gap_bytes, s.guess, s.odds"
enum { SESSION_COLUMNS = 23 };
#define AUTH "a.credential, a.code, a.enhanced, c.class, a.outcome, " \
	"a.evidence, a.confidence, a.flags & 1, a.reason, c.account, " \
	"c.realm * (c.mechanism IS NOT (SELECT id FROM texts " \
	"WHERE text = 'DIGEST-MD5'))"
/* facts_is_policy() */
#define POLICY "SELECT 1 FROM refusals r WHERE r.session = s.session AND " \
	"r.enhanced IN (5007057, 5007064, 5007068)"

static const char *const statements[STATEMENTS] = {
	[ONE] = SESSION " FROM sessions s WHERE s.session = ?1",
	[NEXT_OF] = SESSION " FROM sessions s WHERE s.session > ?1 AND "
		"s.client = ?2 ORDER BY s.session LIMIT 1",
	/* A session has as many rows here as it has AUTH commands, or one.
	 * What it refers to is looked up later, once for many. */
	[SORTED] = (SESSION ", EXISTS (" POLICY "), " AUTH " FROM sessions s "
		"LEFT JOIN auth_events a ON a.session = s.session "
		"LEFT JOIN credentials c ON c.id = a.credential "
		"ORDER BY s.client, s.session, a.seq"),
	[AUTHS] = "SELECT " AUTH " FROM auth_events a "
		"JOIN credentials c ON c.id = a.credential "
		"WHERE a.session = ?1 ORDER BY a.seq",
	[REFUSALS] = "SELECT enhanced FROM refusals WHERE session = ?1",
	[NAMES] = "SELECT p.tls, p.tls_version, p.helo, k.not_after, "
		"(SELECT text FROM texts WHERE id = p.sni), "
		"(SELECT text FROM texts WHERE id = k.cn), "
		"(SELECT text FROM texts WHERE id = k.names), "
		"(SELECT text FROM texts WHERE id = ?2), "
		"(SELECT text FROM texts WHERE id = ?3), "
		"(SELECT ip FROM ends WHERE id = ?4) FROM profiles p "
		"LEFT JOIN certificates k ON k.id = p.certificate "
		"WHERE p.id = ?1",
	[RELAYED] = "SELECT c.scope <> v.scope OR c.ip <> v.ip "
		"FROM ends c, ends v WHERE c.id = ?1 AND v.id = ?2",
};

/* What profile, banner, proxied and server of the session before stood for, and
 * its two ends: those of the next are mostly the same. */
struct looked_up {
	int64_t profile, banner, proxied, client, server;
	uint8_t tls;
	uint16_t tls_version;
	bool helo, demands, certificate_wrong, relayed;
	int64_t not_after;
};

struct facts_reader {
	struct db *db;
	sqlite3_stmt *s[STATEMENTS];
	struct looked_up last;
	bool row; /* of SORTED, that is to be read next */
};

bool facts_open(struct facts_reader **out, struct db *db, struct err *e)
{
	struct facts_reader *r = xcalloc(1, sizeof *r);

	r->db = db;
	if (!db_prepare(db, statements, r->s, STATEMENTS, e)) {
		facts_close(r);
		return false;
	}
	*out = r;
	return true;
}

void facts_close(struct facts_reader *r)
{
	if (!r)
		return;
	db_finalize(r->s, STATEMENTS);
	free(r);
}

static const char *text(sqlite3_stmt *s, int at)
{
	return (const char *)sqlite3_column_text(s, at);
}

static uint64_t count(sqlite3_stmt *s, int at)
{
	return (uint64_t)sqlite3_column_int64(s, at);
}

/* proxied: a text. */
static void read_session(sqlite3_stmt *s, struct facts *f, int64_t *proxied)
{
	const void *session = sqlite3_column_blob(s, 0);
	int at = 1;

	memset(f, 0, sizeof *f);
	if (session && sqlite3_column_bytes(s, 0) == 16)
		memcpy(f->session, session, 16);
	f->first_seen = sqlite3_column_int64(s, at++);
	f->last_seen = f->first_seen + sqlite3_column_int64(s, at++);
	f->client = sqlite3_column_int64(s, at++);
	f->server = sqlite3_column_int64(s, at++);
	f->profile = sqlite3_column_int64(s, at++);
	f->banner = sqlite3_column_int64(s, at++);
	f->froms = sqlite3_column_int64(s, at++);
	f->domains = sqlite3_column_int64(s, at++);
	*proxied = sqlite3_column_int64(s, at++);
	f->ending = (uint8_t)sqlite3_column_int(s, at++);
	f->flags = (uint32_t)count(s, at++);
	f->auth_total = count(s, at++);
	f->mails = count(s, at++);
	f->recipients = count(s, at++);
	f->messages = count(s, at++);
	f->accepted = count(s, at++);
	f->bytes = count(s, at++);
	f->client_bytes = count(s, at++);
	f->server_bytes = count(s, at++);
	f->gap_bytes = count(s, at++);
	f->guess = (uint8_t)sqlite3_column_int(s, at++);
	f->odds = (int16_t)sqlite3_column_int(s, at++);
	assert(at == SESSION_COLUMNS);
}

static void read_auth(sqlite3_stmt *s, int at, struct facts *f)
{
	struct facts_auth *a = &f->auth[f->auth_n++];

	a->credential = sqlite3_column_int64(s, at++);
	a->code = (uint16_t)sqlite3_column_int(s, at++);
	a->enhanced = (uint32_t)sqlite3_column_int(s, at++);
	a->class = (uint8_t)sqlite3_column_int(s, at++);
	a->outcome = (uint8_t)sqlite3_column_int(s, at++);
	a->evidence = (uint8_t)sqlite3_column_int(s, at++);
	a->confidence = (uint8_t)sqlite3_column_int(s, at++);
	a->in_clear = sqlite3_column_int(s, at++) != 0;
	a->reason = (uint8_t)sqlite3_column_int(s, at++);
	a->account = sqlite3_column_int64(s, at++);
	a->realm = sqlite3_column_int64(s, at);
}

static bool look_up_names(struct facts_reader *r, struct looked_up *l,
	struct err *e)
{
	sqlite3_stmt *s = r->s[NAMES];
	bool row;

	sql_bind(s, 1, l->profile);
	sql_bind(s, 2, l->banner);
	sql_bind(s, 3, l->proxied);
	sql_bind(s, 4, l->server);
	if (!sql_row(s, &row, e))
		return false;
	if (row) {
		struct endpoint_facts names = {
			.sni = text(s, 4), .cert_cn = text(s, 5),
			.cert_names = text(s, 6), .banner = text(s, 7),
			.proxied = text(s, 8), .ip = text(s, 9)};

		l->tls = (uint8_t)sqlite3_column_int(s, 0);
		l->tls_version = (uint16_t)sqlite3_column_int(s, 1);
		l->helo = sqlite3_column_int64(s, 2) != 0;
		l->not_after = sqlite3_column_int64(s, 3);
		l->demands = endpoint_demands(rules_providers(db_rules(r->db)),
			&names);
		l->certificate_wrong = !endpoint_certificate_fits(&names);
	}
	sql_reset(s);
	return true;
}

static bool look_up_ends(struct facts_reader *r, struct looked_up *l,
	struct err *e)
{
	sqlite3_stmt *s = r->s[RELAYED];
	bool row;

	sql_bind(s, 1, l->client);
	sql_bind(s, 2, l->server);
	if (!sql_row(s, &row, e))
		return false;
	l->relayed = row && sqlite3_column_int(s, 0) != 0;
	sql_reset(s);
	return true;
}

static bool look_up(struct facts_reader *r, struct facts *f, int64_t proxied,
	struct err *e)
{
	struct looked_up l = r->last;

	if (l.profile != f->profile || l.banner != f->banner ||
		l.proxied != proxied || l.server != f->server) {
		l = (struct looked_up){f->profile, f->banner, proxied,
			l.client, f->server, .relayed = l.relayed};
		if (!look_up_names(r, &l, e))
			return false;
	}
	if (l.client != f->client || r->last.server != f->server) {
		l.client = f->client;
		if (!look_up_ends(r, &l, e))
			return false;
	}
	r->last = l;
	f->tls = l.tls;
	f->tls_version = l.tls_version;
	f->helo = l.helo;
	f->not_after = l.not_after;
	f->demands = l.demands;
	f->certificate_wrong = l.certificate_wrong;
	f->relayed = l.relayed;
	return true;
}

static bool read_auths(sqlite3_stmt *s, struct facts *f, struct err *e)
{
	bool row = true;

	sql_bind_blob(s, 1, f->session, sizeof f->session);
	while (row && f->auth_n < RECORD_AUTHS) {
		if (!sql_row(s, &row, e))
			return false;
		if (row)
			read_auth(s, 0, f);
	}
	sql_reset(s);
	return true;
}

static bool read_refusals(sqlite3_stmt *s, struct facts *f, struct err *e)
{
	bool row = true;

	sql_bind_blob(s, 1, f->session, sizeof f->session);
	while (row) {
		if (!sql_row(s, &row, e))
			return false;
		if (row)
			f->mail_refused |=
				facts_is_policy(sqlite3_column_int64(s, 0));
	}
	sql_reset(s);
	return true;
}

static bool load(struct facts_reader *r, sqlite3_stmt *s,
	const uint8_t session[16], struct facts *out, bool *found,
	struct err *e)
{
	int64_t proxied = 0;

	sql_bind_blob(s, 1, session, 16);
	if (!sql_row(s, found, e))
		return false;
	if (*found)
		read_session(s, out, &proxied);
	sql_reset(s);
	return !*found || (look_up(r, out, proxied, e) &&
		read_auths(r->s[AUTHS], out, e) &&
		read_refusals(r->s[REFUSALS], out, e));
}

bool facts_load(struct facts_reader *r, const uint8_t session[16],
	struct facts *out, bool *found, struct err *e)
{
	return load(r, r->s[ONE], session, out, found, e);
}

bool facts_next_of(struct facts_reader *r, int64_t client,
	const uint8_t session[16], struct facts *out, bool *found,
	struct err *e)
{
	sql_bind(r->s[NEXT_OF], 2, client);
	return load(r, r->s[NEXT_OF], session, out, found, e);
}

/* A million of them do not belong in memory; tables do that fit there. */
bool facts_sort(struct facts_reader *r, struct err *e)
{
	sqlite3 *h = db_handle(r->db);

	return sql_exec(h, "PRAGMA temp_store = FILE", e) &&
		sql_row(r->s[SORTED], &r->row, e) &&
		sql_exec(h, "PRAGMA temp_store = MEMORY", e);
}

bool facts_next(struct facts_reader *r, struct facts *out, bool *found,
	struct err *e)
{
	sqlite3_stmt *s = r->s[SORTED];
	int64_t proxied;

	*found = r->row;
	if (!r->row)
		return true;
	read_session(s, out, &proxied);
	out->mail_refused = sqlite3_column_int(s, SESSION_COLUMNS) != 0;
	do {
		if (out->auth_n < RECORD_AUTHS && sqlite3_column_type(s,
				SESSION_COLUMNS + 1) != SQLITE_NULL)
			read_auth(s, SESSION_COLUMNS + 1, out);
		if (!sql_row(s, &r->row, e))
			return false;
	} while (r->row && sqlite3_column_bytes(s, 0) == 16 &&
		memcmp(sqlite3_column_blob(s, 0), out->session, 16) == 0);
	return look_up(r, out, proxied, e);
}
