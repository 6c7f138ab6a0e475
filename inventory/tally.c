/* tally.c: see tally.h. */
#include "inventory/tally.h"
#include "inventory/resolve_private.h"
#include "inventory/sums.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Sums that go to tables of their own; below 64 is end_tally. */
enum {
	SUM_CLIENT = 64, SUM_SERVER, /* end_use */
	SUM_HOUR, SUM_NEWEST, SUM_CREDENTIAL, SUM_TIMELINE,
	SUM_SENDERS, /* by credential, not by end */
};

/* The columns of credential_use. C_AGAIN: sessions in which its account was
 * tried by another credential before, so that an account has each once. */
enum {
	C_SESSIONS, C_MESSAGES, C_ACCEPTED, C_REJECTED, C_IN_CLEAR, C_AGAIN,
	C_COLUMNS,
};

/* 30 MB. */
enum { FULL = 1 << 18 };

enum {
	ADD_USE, DROP_USE, ADD_TALLY, DROP_TALLY, ADD_HOUR, DROP_HOUR,
	ADD_NEWEST, TRIM_NEWEST, FORGET_NEWEST, ADD_CREDENTIAL,
	DROP_CREDENTIAL, ADD_TIMELINE, DROP_TIMELINE, ADD_SENDERS,
	DROP_SENDERS, CLEAR_USE, CLEAR_TALLY,
	CLEAR_HOURS, CLEAR_NEWEST, CLEAR_CREDENTIALS, STATEMENTS,
};

static const char *const statements[STATEMENTS] = {
	[ADD_USE] = "INSERT INTO end_use VALUES "
		"(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO "
		"UPDATE SET sessions = sessions + ?2, "
		"messages = messages + ?3, accepted = accepted + ?4, "
		"bytes = bytes + ?5, recipients = recipients + ?6, "
		"auth_accepted = auth_accepted + ?7, "
		"auth_rejected = auth_rejected + ?8, "
		"first_seen = min(first_seen, ?9), "
		"last_seen = max(last_seen, ?10)",
	[DROP_USE] = "DELETE FROM end_use WHERE \"end\" = ?1 AND "
		"sessions <= 0",
	[ADD_TALLY] = "INSERT INTO end_tally VALUES (?1, ?2, ?3, ?4) "
		"ON CONFLICT DO UPDATE SET n = n + ?4",
	[DROP_TALLY] = "DELETE FROM end_tally WHERE kind = ?1 AND "
		"\"end\" = ?2 AND value = ?3 AND n <= 0",
	[ADD_HOUR] = "INSERT INTO end_hours VALUES (?1, ?2, ?3, ?4) "
		"ON CONFLICT DO UPDATE SET sessions = sessions + ?3, "
		"n = n + ?4",
	[DROP_HOUR] = "DELETE FROM end_hours WHERE \"end\" = ?1 AND "
		"hour = ?2 AND sessions <= 0",
	[ADD_NEWEST] = "INSERT INTO end_last VALUES (?1, ?2, ?3, ?4) "
		"ON CONFLICT DO UPDATE SET refused = ?4",
	[TRIM_NEWEST] = "DELETE FROM end_last WHERE \"end\" = ?1 AND "
		"auth = ?2 AND session < (SELECT session FROM end_last "
		"WHERE \"end\" = ?1 AND auth = ?2 ORDER BY session DESC "
		"LIMIT 1 OFFSET ?3)",
	[FORGET_NEWEST] = "DELETE FROM end_last WHERE \"end\" = ?1 AND "
		"auth IN (0, 1, 2) AND session = ?2",
	[ADD_CREDENTIAL] = "INSERT INTO credential_use (\"end\", "
		"credential, sessions, messages, accepted, rejected, "
		"in_clear, again, first_seen, last_seen) VALUES "
		"(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
		"ON CONFLICT DO UPDATE "
		"SET sessions = sessions + ?3, messages = messages + ?4, "
		"accepted = accepted + ?5, rejected = rejected + ?6, "
		"in_clear = in_clear + ?7, again = again + ?8, "
		"first_seen = min(first_seen, ?9), "
		"last_seen = max(last_seen, ?10)",
	[DROP_CREDENTIAL] = "DELETE FROM credential_use WHERE \"end\" = ?1 "
		"AND credential = ?2 AND sessions <= 0",
	[ADD_TIMELINE] = "INSERT INTO timeline VALUES (?1, ?2, ?3) "
		"ON CONFLICT DO UPDATE SET sessions = sessions + ?3",
	[DROP_TIMELINE] = "DELETE FROM timeline WHERE hour = ?1 AND "
		"use = ?2 AND sessions <= 0",
	[ADD_SENDERS] = "INSERT INTO credential_froms VALUES (?1, ?2, ?3) "
		"ON CONFLICT DO UPDATE SET sessions = sessions + ?3",
	[DROP_SENDERS] = "DELETE FROM credential_froms WHERE "
		"credential = ?1 AND froms = ?2 AND sessions <= 0",
	[CLEAR_USE] = "DELETE FROM end_use WHERE \"end\" = ?1",
	/* Of a client: TALLY_PROFILE to TALLY_MARK. */
	[CLEAR_TALLY] = "DELETE FROM end_tally WHERE kind BETWEEN 1 AND 7 "
		"AND \"end\" = ?1",
	[CLEAR_HOURS] = "DELETE FROM end_hours WHERE \"end\" = ?1",
	[CLEAR_NEWEST] = "DELETE FROM end_last WHERE \"end\" = ?1",
	[CLEAR_CREDENTIALS] = "DELETE FROM credential_use WHERE "
		"\"end\" = ?1",
};

struct tally {
	struct sums *clients, *servers; /* by whose end the key is */
	struct facts_reader *facts;
	int64_t *recount; /* ends that must be counted anew */
	size_t recount_n;
	sqlite3_stmt *s[STATEMENTS];
};

bool tally_open(struct tally **out, struct db *db, struct err *e)
{
	struct tally *t = xcalloc(1, sizeof *t);

	t->clients = sums_new();
	t->servers = sums_new();
	if (!db_prepare(db, statements, t->s, STATEMENTS, e) ||
		!facts_open(&t->facts, db, e)) {
		tally_close(t);
		return false;
	}
	*out = t;
	return true;
}

void tally_close(struct tally *t)
{
	if (!t)
		return;
	db_finalize(t->s, STATEMENTS);
	facts_close(t->facts);
	free(t->recount);
	sums_free(t->clients);
	sums_free(t->servers);
	free(t);
}

bool tally_is_full(const struct tally *t)
{
	return sums_count(t->clients) + sums_count(t->servers) >= FULL;
}

bool tally_is_empty(const struct tally *t)
{
	return sums_count(t->clients) == 0 && sums_count(t->servers) == 0 &&
		t->recount_n == 0;
}

/* Weak guesses differ from session to session, and each percent would be a
 * value of its own. */
static unsigned coarse(unsigned confidence)
{
	return confidence >= 90 || confidence < 10
		? confidence : confidence / 10 * 10;
}

/* 8 bits each for use, evidence and confidence, the greatest concern with
 * the lowest number; 40 for the server. */
int64_t tally_verdict(const struct verdict *v, int64_t server)
{
	return (int64_t)(USE_BASIC - v->use) << 56 |
		(int64_t)(EVIDENCE_SEEN - v->evidence) << 48 |
		(int64_t)(100 - coarse(v->confidence)) << 40 |
		(server & ((1LL << 40) - 1));
}

struct verdict tally_verdict_of(int64_t value)
{
	int use = USE_BASIC - (int)(value >> 56 & 0xff);
	int evidence = EVIDENCE_SEEN - (int)(value >> 48 & 0xff);
	int confidence = 100 - (int)(value >> 40 & 0xff);

	/* A file that others wrote may hold anything. */
	if (use < 0 || evidence < 0 || confidence < 0)
		return (struct verdict){0};
	return (struct verdict){(enum auth_use)use, (enum evidence)evidence,
		(unsigned)confidence};
}

int64_t tally_code(const struct facts_auth *a)
{
	return a->code * 10000000LL + a->enhanced;
}

static void add(struct sums *sums, uint32_t kind, int64_t end, int64_t value,
	int64_t n)
{
	sums_at(sums, kind, end, value)->n[0] += n;
}

static struct sum *add_use(struct sums *sums, uint32_t kind, int64_t end,
	const struct facts *f, int sign)
{
	struct sum *s = sums_at(sums, kind, end, 0);

	s->n[TALLY_SUM_SESSIONS] += sign;
	s->n[TALLY_SUM_MESSAGES] += sign * (int64_t)f->messages;
	s->n[TALLY_SUM_ACCEPTED] += sign * (int64_t)f->accepted;
	s->n[TALLY_SUM_BYTES] += sign * (int64_t)f->bytes;
	s->n[TALLY_SUM_RECIPIENTS] += sign * (int64_t)f->recipients;
	for (size_t i = 0; i < f->auth_n; i++) {
		s->n[TALLY_SUM_AUTH_ACCEPTED] +=
			sign * (f->auth[i].outcome == RECORD_ACCEPTED);
		s->n[TALLY_SUM_AUTH_REJECTED] +=
			sign * (f->auth[i].outcome == RECORD_REJECTED);
	}
	return s;
}

static void add_credential(struct tally *t, const struct facts *f, size_t at,
	int sign)
{
	const struct facts_auth *a = &f->auth[at];
	struct sum *s = sums_at(t->clients, SUM_CREDENTIAL, f->client,
		a->credential);
	bool counted = false, again = false;

	for (size_t i = 0; i < at; i++) {
		const struct facts_auth *b = &f->auth[i];

		counted |= b->credential == a->credential;
		again |= b->account == a->account && b->realm == a->realm;
	}
	s->n[C_SESSIONS] += counted ? 0 : sign;
	s->n[C_AGAIN] += again && !counted ? sign : 0;
	/* Messages go to whoever was let in last. */
	if (at + 1 == f->auth_n)
		s->n[C_MESSAGES] += sign * (int64_t)f->messages;
	s->n[C_ACCEPTED] += sign * (a->outcome == RECORD_ACCEPTED);
	s->n[C_REJECTED] += sign * (a->outcome == RECORD_REJECTED);
	s->n[C_IN_CLEAR] += sign * (a->in_clear && a->class == RECORD_BASIC);
	sum_seen(s, f->first_seen);
	sum_seen(s, f->last_seen);
}

/* Not that the password is wrong, but that there should be none. */
static bool is_policy(uint8_t reason)
{
	switch ((enum record_reason)reason) {
	case RECORD_TENANT_SWITCH:
	case RECORD_MAILBOX_SWITCH:
	case RECORD_BASIC_DISABLED:
	case RECORD_SECURITY_DEFAULTS:
	case RECORD_BASIC_REMOVED: return true;
	case RECORD_NO_REASON:
	case RECORD_WRONG_PASSWORD:
	case RECORD_NOT_OFFERED: break;
	}
	return false;
}

static void mark(struct tally *t, const struct facts *f, enum tally_mark mark,
	int sign)
{
	add(t->clients, TALLY_MARK, f->client, mark, sign);
}

static void add_auths(struct tally *t, const struct facts *f, int sign)
{
	bool password = false, policy = f->mail_refused;

	for (size_t i = 0; i < f->auth_n; i++) {
		const struct facts_auth *a = &f->auth[i];

		add_credential(t, f, i, sign);
		password |= a->in_clear && a->class == RECORD_BASIC;
		policy |= a->outcome == RECORD_REJECTED &&
			is_policy(a->reason);
		if (a->outcome == RECORD_REJECTED && a->code > 0)
			add(t->clients, TALLY_CODE, f->client,
				tally_code(a), sign);
	}
	if (password)
		mark(t, f, MARK_PASSWORD_IN_CLEAR, sign);
	if (password && f->flags & RECORD_TLS_STRIPPED)
		mark(t, f, MARK_TLS_STRIPPED, sign);
	if (policy)
		mark(t, f, MARK_REFUSED_BY_POLICY, sign);
}

/* A client that is not content with a certificate goes away before it sends
 * as much as mail takes. */
static void add_tls(struct tally *t, const struct facts *f, int sign)
{
	bool went_on = f->messages > 0 || f->auth_n > 0;

	if (f->tls == RECORD_TLS_NONE) {
		mark(t, f, MARK_CLEAR, sign);
		if (f->flags & RECORD_TLS_OFFERED)
			mark(t, f, MARK_TLS_UNUSED, sign);
	} else if (went_on) {
		if (f->not_after > 0 &&
			f->not_after < f->first_seen / 1000000)
			mark(t, f, MARK_CERTIFICATE_EXPIRED, sign);
		if (f->certificate_wrong)
			mark(t, f, MARK_CERTIFICATE_WRONG, sign);
	}
}

/* AUTH may have been where packets are missing. */
static bool has_holes(const struct facts *f)
{
	return f->auth_n == 0 && (f->gap_bytes > 0 ||
		f->flags & (RECORD_MIDSTREAM | RECORD_RESYNCS) ||
		!(f->flags & RECORD_SAW_CLIENT) ||
		!(f->flags & RECORD_SAW_SERVER));
}

static int64_t hour_of(int64_t at)
{
	return at / (3600LL * 1000000);
}

static void add_client(struct tally *t, const struct facts *f, int sign)
{
	struct verdict v = facts_verdict(f);
	bool hidden = f->tls != RECORD_TLS_NONE && f->messages == 0;
	struct sum *s = add_use(t->clients, SUM_CLIENT, f->client, f, sign);

	sum_seen(s, f->first_seen);
	sum_seen(s, f->last_seen);
	s = sums_at(t->clients, SUM_HOUR, f->client, hour_of(f->first_seen));
	s->n[0] += sign;
	s->n[1] += sign * (hidden ? 1 : (int64_t)f->messages);
	add(t->clients, TALLY_PROFILE, f->client, f->profile, sign);
	add(t->clients, TALLY_SERVER, f->client, f->server, sign);
	if (f->froms > 0)
		add(t->clients, TALLY_FROMS, f->client, f->froms, sign);
	if (f->domains > 0)
		add(t->clients, TALLY_DOMAINS, f->client, f->domains, sign);
	add(t->clients, TALLY_VERDICT, f->client,
		tally_verdict(&v, f->server), sign);
	if (has_holes(f))
		mark(t, f, MARK_HOLES, sign);
	add_tls(t, f, sign);
	add_auths(t, f, sign);
}

/* Mail is from whoever was let in last; of inferred AUTH that may be unknown. */
static void add_senders(struct tally *t, const struct facts *f, int sign)
{
	for (size_t i = f->auth_n; f->froms > 0 && i-- > 0;) {
		const struct facts_auth *a = &f->auth[i];

		if (a->outcome != RECORD_ACCEPTED &&
			a->outcome != RECORD_UNKNOWN)
			continue;
		if (a->account > 0)
			add(t->servers, SUM_SENDERS, a->credential, f->froms,
				sign);
		return;
	}
}

/* When a server was seen is a fact of its own, in servers. */
static void add_server(struct tally *t, const struct facts *f, int sign)
{
	struct verdict v = facts_verdict(f);

	add_use(t->servers, SUM_SERVER, f->server, f, sign);
	add(t->servers, SUM_TIMELINE, hour_of(f->first_seen), v.use, sign);
	add(t->servers, TALLY_USE, f->server, v.use, sign);
	if (f->relayed && f->messages > 0)
		add(t->servers, TALLY_RELAYED, f->server, 0,
			sign * (int64_t)f->messages);
}

static bool is_let_in(const struct facts *f)
{
	for (size_t i = 0; i < f->auth_n; i++)
		if (f->auth[i].outcome == RECORD_ACCEPTED)
			return true;
	return false;
}

/* What is still open may yet become something else. */
static bool is_newest(const struct facts *f, enum tally_newest kind)
{
	if (f->ending == RECORD_OPEN)
		return false;
	switch (kind) {
	case NEWEST_WITHOUT:
		return f->auth_n == 0 && f->accepted > 0 &&
			facts_verdict(f).use == USE_NONE;
	case NEWEST_AUTH: return f->auth_n > 0;
	case NEWEST_LET_IN: return is_let_in(f);
	case NEWEST_KINDS: break;
	}
	return false;
}

static bool all_refused(const struct facts *f)
{
	bool refused = false;

	for (size_t i = 0; i < f->auth_n; i++) {
		if (f->auth[i].outcome == RECORD_ACCEPTED)
			return false;
		refused |= f->auth[i].outcome == RECORD_REJECTED;
	}
	return refused;
}

static void drop_newest(struct sum *s, size_t at)
{
	for (; at + 1 < s->newest.n; at++) {
		memcpy(s->newest.session[at], s->newest.session[at + 1], 16);
		s->newest.refused[at] = s->newest.refused[at + 1];
	}
	s->newest.n--;
}

static void forget(struct sum *s, const uint8_t session[16])
{
	for (size_t i = 0; i < s->newest.n; i++)
		if (memcmp(s->newest.session[i], session, 16) == 0) {
			drop_newest(s, i);
			return;
		}
}

/* Keeps them sorted; the oldest falls out. */
static void add_newest_of(struct tally *t, const struct facts *f,
	enum tally_newest kind)
{
	struct sum *s = sums_at(t->clients, SUM_NEWEST, f->client, kind);
	size_t at = 0;

	forget(s, f->session);
	while (at < s->newest.n &&
		memcmp(s->newest.session[at], f->session, 16) > 0)
		at++;
	if (at == SUMS_LAST)
		return;
	if (s->newest.n < SUMS_LAST)
		s->newest.n++;
	for (size_t i = s->newest.n - 1u; i > at; i--) {
		memcpy(s->newest.session[i], s->newest.session[i - 1], 16);
		s->newest.refused[i] = s->newest.refused[i - 1];
	}
	memcpy(s->newest.session[at], f->session, 16);
	s->newest.refused[at] = all_refused(f);
}

static void add_newest(struct tally *t, const struct facts *f)
{
	for (int kind = 0; kind < NEWEST_KINDS; kind++)
		if (is_newest(f, (enum tally_newest)kind))
			add_newest_of(t, f, (enum tally_newest)kind);
}

/* Takes a session out of the lists it is in. */
static bool drop_newest_of(struct tally *t, const struct facts *f,
	struct err *e)
{
	sqlite3_stmt *s = t->s[FORGET_NEWEST];
	bool any = false;

	for (int kind = 0; kind < NEWEST_KINDS; kind++)
		if (is_newest(f, (enum tally_newest)kind)) {
			forget(sums_at(t->clients, SUM_NEWEST, f->client, kind),
				f->session);
			any = true;
		}
	if (!any)
		return true;
	sql_bind(s, 1, f->client);
	sql_bind_blob(s, 2, f->session, 16);
	return sql_run(s, e);
}

static bool leaves_newest(const struct facts *old, const struct facts *new)
{
	for (int kind = 0; kind < NEWEST_KINDS; kind++)
		if (is_newest(old, (enum tally_newest)kind) &&
			!is_newest(new, (enum tally_newest)kind))
			return true;
	return false;
}

void tally_add(struct tally *t, const struct facts *f)
{
	add_client(t, f, 1);
	add_server(t, f, 1);
	add_senders(t, f, 1);
	add_newest(t, f);
}

static void recount_later(struct tally *t, int64_t end)
{
	for (size_t i = 0; i < t->recount_n; i++)
		if (t->recount[i] == end)
			return;
	t->recount = xrealloc(t->recount, t->recount_n + 1,
		sizeof *t->recount);
	t->recount[t->recount_n++] = end;
}

static bool take_out(struct tally *t, const struct facts *old, struct err *e)
{
	add_client(t, old, -1);
	add_server(t, old, -1);
	add_senders(t, old, -1);
	return drop_newest_of(t, old, e);
}

/* When one of the last three stops being one, a fourth comes back that is
 * forgotten; when one goes to another end, the first or last time may go with
 * it. Both are rare. */
bool tally_replace(struct tally *t, const struct facts *old,
	const struct facts *new, struct err *e)
{
	if (old->client != new->client || leaves_newest(old, new))
		recount_later(t, old->client);
	if (!take_out(t, old, e))
		return false;
	tally_add(t, new);
	return true;
}

bool tally_drop(struct tally *t, const struct facts *old, struct err *e)
{
	recount_later(t, old->client);
	return take_out(t, old, e);
}

/* Runs a statement with the key and as many counters. */
static bool put(sqlite3_stmt *s, const struct sum *x, int n, bool seen,
	struct err *e)
{
	int at = 1;

	sql_bind(s, at++, x->a);
	if (x->kind == SUM_HOUR || x->kind == SUM_CREDENTIAL ||
		x->kind == SUM_TIMELINE || x->kind == SUM_SENDERS)
		sql_bind(s, at++, x->b);
	for (int i = 0; i < n; i++)
		sql_bind(s, at++, x->n[i]);
	if (seen) {
		sql_bind(s, at++, x->first);
		sql_bind(s, at++, x->last);
	}
	return sql_run(s, e);
}

static bool drop(sqlite3_stmt *s, const struct sum *x, struct err *e)
{
	sql_bind(s, 1, x->a);
	sql_bind(s, 2, x->b);
	return sql_run(s, e);
}

static bool put_tally(struct tally *t, const struct sum *x, struct err *e)
{
	sqlite3_stmt *s = t->s[ADD_TALLY];

	if (x->n[0] == 0)
		return true;
	sql_bind(s, 1, x->kind);
	sql_bind(s, 2, x->a);
	sql_bind(s, 3, x->b);
	sql_bind(s, 4, x->n[0]);
	if (!sql_run(s, e))
		return false;
	if (x->n[0] > 0)
		return true;
	s = t->s[DROP_TALLY];
	sql_bind(s, 1, x->kind);
	sql_bind(s, 2, x->a);
	sql_bind(s, 3, x->b);
	return sql_run(s, e);
}

static bool put_newest(struct tally *t, const struct sum *x, struct err *e)
{
	sqlite3_stmt *s = t->s[ADD_NEWEST];

	for (size_t i = 0; i < x->newest.n; i++) {
		sql_bind(s, 1, x->a);
		sql_bind(s, 2, x->b);
		sql_bind_blob(s, 3, x->newest.session[i], 16);
		sql_bind(s, 4, x->newest.refused[i]);
		if (!sql_run(s, e))
			return false;
	}
	s = t->s[TRIM_NEWEST];
	sql_bind(s, 1, x->a);
	sql_bind(s, 2, x->b);
	sql_bind(s, 3, SUMS_LAST - 1);
	return x->newest.n == 0 || sql_run(s, e);
}

/* An end that only a shorter observation had is gone. */
static bool put_use(struct tally *t, struct resolver *r, const struct sum *x,
	struct err *e)
{
	bool gone = false;

	if (!put(t->s[ADD_USE], x, TALLY_SUMS, true, e))
		return false;
	if (x->n[TALLY_SUM_SESSIONS] <= 0) {
		sql_bind(t->s[DROP_USE], 1, x->a);
		if (!sql_run(t->s[DROP_USE], e))
			return false;
		gone = sqlite3_changes(
			sqlite3_db_handle(t->s[DROP_USE])) > 0;
	}
	if (x->kind == SUM_SERVER || !r)
		return true;
	return gone ? resolver_gone(r, x->a, e) : resolver_client(r, x->a, e);
}

static bool flush_one(struct tally *t, struct resolver *r,
	const struct sum *x, struct err *e)
{
	switch (x->kind) {
	case SUM_CLIENT:
	case SUM_SERVER: return put_use(t, r, x, e);
	case SUM_HOUR:
		return put(t->s[ADD_HOUR], x, 2, false, e) &&
			(x->n[0] > 0 || drop(t->s[DROP_HOUR], x, e));
	case SUM_NEWEST: return put_newest(t, x, e);
	case SUM_CREDENTIAL:
		return put(t->s[ADD_CREDENTIAL], x, C_COLUMNS, true, e) &&
			(x->n[C_SESSIONS] > 0 ||
				drop(t->s[DROP_CREDENTIAL], x, e));
	case SUM_TIMELINE:
		return put(t->s[ADD_TIMELINE], x, 1, false, e) &&
			(x->n[0] > 0 || drop(t->s[DROP_TIMELINE], x, e));
	case SUM_SENDERS:
		return put(t->s[ADD_SENDERS], x, 1, false, e) &&
			(x->n[0] > 0 || drop(t->s[DROP_SENDERS], x, e));
	case TALLY_RELAYED:
		return put_tally(t, x, e) &&
			(!r || resolver_server(r, x->a, e));
	default: return put_tally(t, x, e);
	}
}

static bool flush(struct tally *t, struct sums *sums, struct resolver *r,
	struct err *e)
{
	struct sum **v = sums_sorted(sums);
	size_t n = sums_count(sums);
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++)
		ok = flush_one(t, r, v[i], e);
	free(v);
	sums_clear(sums);
	return ok;
}

/* Counts the sessions of an end anew: one walk through all of them. */
static bool recount(struct tally *t, struct resolver *r, int64_t end,
	struct err *e)
{
	uint8_t session[16] = {0};
	struct facts f;
	bool found;

	for (int i = CLEAR_USE; i <= CLEAR_CREDENTIALS; i++) {
		sql_bind(t->s[i], 1, end);
		if (!sql_run(t->s[i], e))
			return false;
	}
	for (;;) {
		if (!facts_next_of(t->facts, end, session, &f, &found, e))
			return false;
		if (!found)
			break;
		add_client(t, &f, 1);
		add_newest(t, &f);
		memcpy(session, f.session, sizeof session);
		if (tally_is_full(t) && !flush(t, t->clients, r, e))
			return false;
	}
	return flush(t, t->clients, r, e);
}

bool tally_flush(struct tally *t, struct resolver *r, struct err *e)
{
	if (!flush(t, t->clients, r, e) || !flush(t, t->servers, r, e))
		return false;
	while (t->recount_n > 0)
		if (!recount(t, r, t->recount[--t->recount_n], e))
			return false;
	return true;
}

bool tally_flush_clients(struct tally *t, struct err *e)
{
	return flush(t, t->clients, NULL, e);
}
