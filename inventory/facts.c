/* facts.c: see facts.h. */
#include "inventory/facts.h"
#include "inventory/endpoint.h"
#include <stdlib.h>
#include <string.h>

uint32_t facts_enhanced(const uint16_t code[3])
{
	if (code[0] < 2 || code[0] > 5 || code[1] > 999 || code[2] > 999)
		return 0;
	return code[0] * 1000000u + code[1] * 1000u + code[2];
}

struct verdict facts_verdict(const struct facts *f)
{
	struct verdict_facts v = {
		.tls = f->tls, .flags = f->flags, .helo = f->helo,
		.demands = f->demands, .guess = f->guess,
		.guess_odds = f->odds, .mails = f->mails,
		.messages = f->messages, .client_bytes = f->client_bytes,
		.auth_n = f->auth_n,
	};

	for (size_t i = 0; i < f->auth_n; i++)
		v.auth[i] = (struct verdict_auth){f->auth[i].class,
			f->auth[i].outcome, f->auth[i].evidence,
			f->auth[i].confidence};
	return verdict_session(&v);
}

static int order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

bool facts_longer(const struct facts *a, const struct facts *b)
{
	const uint64_t pairs[][2] = {
		/* Before time: one with a hole may see an ACK more. */
		{a->client_bytes + a->server_bytes,
			b->client_bytes + b->server_bytes},
		{(uint64_t)a->last_seen, (uint64_t)b->last_seen},
		{a->auth_total, b->auth_total},
		{a->accepted, b->accepted},
		{a->messages, b->messages},
		{a->recipients, b->recipients},
		{a->mails, b->mails},
		{a->bytes, b->bytes},
		{b->gap_bytes, a->gap_bytes},
		{a->ending, b->ending},
		{a->flags, b->flags},
		{a->auth_n, b->auth_n},
		{a->guess, b->guess},
		{(uint64_t)(a->odds - INT16_MIN),
			(uint64_t)(b->odds - INT16_MIN)},
	};

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		int by = order(pairs[i][0], pairs[i][1]);

		if (by != 0)
			return by > 0;
	}
	return false;
}

/* What a server says to mail that it takes only in another way: 5.7.57 with
 * AUTH, 5.7.64 by a connector, 5.7.68 not directly. */
bool facts_is_policy(int64_t enhanced)
{
	return enhanced == 5007057 || enhanced == 5007064 ||
		enhanced == 5007068;
}

enum { ONE, NEXT, NEXT_OF, AUTHS, REFUSALS, STATEMENTS };

#define SESSION "SELECT s.session, s.first_seen, s.lasted, s.client, " \
	"s.server, s.profile, s.banner, s.froms, s.domains, " \
	"(SELECT c.scope <> v.scope OR c.ip <> v.ip FROM ends c, ends v " \
	"WHERE c.id = s.client AND v.id = s.server), s.ending, p.tls, " \
	"p.tls_version, p.helo, s.flags, s.auth_total, s.mails, " \
	"s.recipients, s.messages, s.accepted, s.bytes, s.client_bytes, " \
	"s.server_bytes, s.gap_bytes, " \
	"(SELECT text FROM texts WHERE id = p.sni), " \
	"(SELECT text FROM texts WHERE id = k.cn), " \
	"(SELECT text FROM texts WHERE id = k.names), " \
	"(SELECT text FROM texts WHERE id = s.banner), s.guess, s.odds, " \
	"k.not_after, (SELECT text FROM texts WHERE id = s.proxied) " \
	"FROM sessions s " \
	"JOIN profiles p ON p.id = s.profile " \
	"LEFT JOIN certificates k ON k.id = p.certificate "

static const char *const statements[STATEMENTS] = {
	[ONE] = SESSION "WHERE s.session = ?1",
	[NEXT] = SESSION "WHERE s.session > ?1 ORDER BY s.session LIMIT 1",
	[NEXT_OF] = SESSION "WHERE s.session > ?1 AND s.client = ?2 "
		"ORDER BY s.session LIMIT 1",
	[AUTHS] = "SELECT a.credential, a.code, a.enhanced, c.class, "
		"a.outcome, a.evidence, a.confidence, a.flags & 1, a.reason "
		"FROM auth_events a JOIN credentials c ON c.id = a.credential "
		"WHERE a.session = ?1 ORDER BY a.seq",
	[REFUSALS] = "SELECT enhanced FROM refusals WHERE session = ?1",
};

struct facts_reader {
	sqlite3_stmt *s[STATEMENTS];
};

bool facts_open(struct facts_reader **out, struct db *db, struct err *e)
{
	struct facts_reader *r = xcalloc(1, sizeof *r);

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

static void read_session(sqlite3_stmt *s, struct facts *f)
{
	struct endpoint_facts names = {
		text(s, 24), text(s, 25), text(s, 26), text(s, 27),
		text(s, 31), NULL};
	const void *session = sqlite3_column_blob(s, 0);

	memset(f, 0, sizeof *f);
	if (session && sqlite3_column_bytes(s, 0) == 16)
		memcpy(f->session, session, 16);
	f->first_seen = sqlite3_column_int64(s, 1);
	f->last_seen = f->first_seen + sqlite3_column_int64(s, 2);
	f->client = sqlite3_column_int64(s, 3);
	f->server = sqlite3_column_int64(s, 4);
	f->profile = sqlite3_column_int64(s, 5);
	f->banner = sqlite3_column_int64(s, 6);
	f->froms = sqlite3_column_int64(s, 7);
	f->domains = sqlite3_column_int64(s, 8);
	f->relayed = sqlite3_column_int(s, 9) != 0;
	f->ending = (uint8_t)sqlite3_column_int(s, 10);
	f->tls = (uint8_t)sqlite3_column_int(s, 11);
	f->tls_version = (uint16_t)sqlite3_column_int(s, 12);
	f->helo = sqlite3_column_int64(s, 13) != 0;
	f->flags = (uint32_t)count(s, 14);
	f->auth_total = count(s, 15);
	f->mails = count(s, 16);
	f->recipients = count(s, 17);
	f->messages = count(s, 18);
	f->accepted = count(s, 19);
	f->bytes = count(s, 20);
	f->client_bytes = count(s, 21);
	f->server_bytes = count(s, 22);
	f->gap_bytes = count(s, 23);
	f->guess = (uint8_t)sqlite3_column_int(s, 28);
	f->odds = (int16_t)sqlite3_column_int(s, 29);
	f->not_after = sqlite3_column_int64(s, 30);
	endpoint_service(&names, &f->demands);
	f->certificate_wrong = !endpoint_certificate_fits(&names);
}

static bool read_auths(sqlite3_stmt *s, struct facts *f, struct err *e)
{
	bool row;

	sql_bind_blob(s, 1, f->session, sizeof f->session);
	while (sql_row(s, &row, e)) {
		struct facts_auth *a = &f->auth[f->auth_n];

		if (!row || f->auth_n == RECORD_AUTHS) {
			sql_reset(s);
			return true;
		}
		a->credential = sqlite3_column_int64(s, 0);
		a->code = (uint16_t)sqlite3_column_int(s, 1);
		a->enhanced = (uint32_t)sqlite3_column_int(s, 2);
		a->class = (uint8_t)sqlite3_column_int(s, 3);
		a->outcome = (uint8_t)sqlite3_column_int(s, 4);
		a->evidence = (uint8_t)sqlite3_column_int(s, 5);
		a->confidence = (uint8_t)sqlite3_column_int(s, 6);
		a->in_clear = sqlite3_column_int(s, 7) != 0;
		a->reason = (uint8_t)sqlite3_column_int(s, 8);
		f->auth_n++;
	}
	return false;
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
	sql_bind_blob(s, 1, session, 16);
	if (!sql_row(s, found, e))
		return false;
	if (*found)
		read_session(s, out);
	sql_reset(s);
	return !*found || (read_auths(r->s[AUTHS], out, e) &&
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

bool facts_next(struct facts_reader *r, const uint8_t session[16],
	struct facts *out, bool *found, struct err *e)
{
	return load(r, r->s[NEXT], session, out, found, e);
}
