/* query_sessions.c: sessions, one at a time; see query.h. */
#include "capture/base/bytes.h"
#include "capture/base/text.h"
#include "capture/base/tls_names.h"
#include "inventory/endpoint.h"
#include "inventory/own.h"
#include "inventory/query_private.h"
#include "inventory/rules.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Columns of a session; the profile's come by themselves. */
enum {
	S_SESSION, S_CONN, S_SENSOR, S_SOURCE, S_FIRST, S_LASTED, S_DEVICE,
	S_CLIENT_IP, S_CLIENT_PORT, S_CLIENT_MAC, S_CLIENT_TTL, S_VLANS,
	S_SERVER_IP, S_SERVER_PORT, S_SERVER_MAC, S_PROFILE, S_BANNER,
	S_ENDING, S_FLAGS, S_AUTH_TOTAL, S_MAILS, S_FROMS, S_DOMAINS,
	S_RECIPIENTS, S_MESSAGES, S_ACCEPTED, S_BYTES, S_CLIENT_BYTES,
	S_SERVER_BYTES, S_GAP_BYTES, S_GUESS, S_ODDS,
	S_PROXY, S_PROXIED, S_PROXIED_PORT, S_SERVER_SCOPE,
};

#define COLUMNS "SELECT s.session, s.conn, " \
	"(SELECT name FROM sensors WHERE id = s.sensor), " \
	"(SELECT label FROM sources WHERE id = s.source), " \
	"s.first_seen, s.lasted, d.device, c.ip, s.client_port, " \
	"nullif(c.mac, ''), c.ttl, nullif(c.vlans, ''), v.ip, v.port, " \
	"nullif(v.mac, ''), s.profile, (SELECT text FROM texts " \
	"WHERE id = s.banner) || ifnull(s.banner_tail, ''), s.ending, " \
	"s.flags, s.auth_total, s.mails, (SELECT text FROM texts " \
	"WHERE id = s.froms), (SELECT text FROM texts WHERE " \
	"id = s.domains), s.recipients, s.messages, s.accepted, s.bytes, " \
	"s.client_bytes, s.server_bytes, s.gap_bytes, s.guess, s.odds, " \
	"s.proxy, (SELECT text FROM texts WHERE id = s.proxied), " \
	"s.proxied_port, v.scope " \
	"FROM sessions s " \
	"JOIN ends c ON c.id = s.client JOIN ends v ON v.id = s.server " \
	"LEFT JOIN device_ends d ON d.\"end\" = s.client " \
	"WHERE s.session >= ?1 AND s.session <= ?2 " \
	"AND (?3 IS NULL OR d.device = ?3) ORDER BY s.session "

enum {
	P_HELO, P_AGENT, P_SEEN_AS, P_OFFERED, P_TLS, P_VERSION, P_CIPHER,
	P_SNI, P_JA3, P_JA4, P_CN, P_ISSUER, P_NAMES, P_NOT_AFTER,
};

enum {
	ROWS_UP, ROWS_DOWN, HOURS_UP, HOURS_DOWN, PROFILE, AUTHS, REFUSALS,
	DNS_NAME, STATEMENTS,
};

#define HOURS "SELECT DISTINCT h.hour FROM device_ends d JOIN end_hours h " \
	"ON h.\"end\" = d.\"end\" WHERE d.device = ?1 ORDER BY h.hour "

static const char *const statements[STATEMENTS] = {
	[ROWS_UP] = COLUMNS,
	[ROWS_DOWN] = (COLUMNS "DESC"),
	[HOURS_UP] = HOURS,
	[HOURS_DOWN] = (HOURS "DESC"),
	[PROFILE] = "SELECT (SELECT text FROM texts WHERE id = p.helo), "
		"(SELECT text FROM texts WHERE id = p.agent), "
		"(SELECT text FROM texts WHERE id = p.seen_as), "
		"(SELECT text FROM texts WHERE id = p.offered), p.tls, "
		"p.tls_version, p.tls_cipher, "
		"(SELECT text FROM texts WHERE id = p.sni), "
		"(SELECT text FROM texts WHERE id = p.ja3), "
		"(SELECT text FROM texts WHERE id = p.ja4), "
		"(SELECT text FROM texts WHERE id = c.cn), "
		"(SELECT text FROM texts WHERE id = c.issuer), "
		"(SELECT text FROM texts WHERE id = c.names), c.not_after "
		"FROM profiles p LEFT JOIN certificates c "
		"ON c.id = p.certificate WHERE p.id = ?1",
	[AUTHS] = "SELECT a.after, "
		"(SELECT text FROM texts WHERE id = c.mechanism), "
		"(SELECT text FROM texts WHERE id = c.account), "
		"(SELECT text FROM texts WHERE id = c.authzid), "
		"(SELECT text FROM texts WHERE id = c.workstation), "
		"a.outcome, a.code, a.enhanced, a.evidence, a.confidence, "
		"a.flags, a.account_min, a.account_max, c.class, "
		"(SELECT text FROM texts WHERE id = c.realm), a.reason "
		"FROM auth_events a JOIN credentials c ON c.id = a.credential "
		"WHERE a.session = ?1 ORDER BY a.seq LIMIT 64",
	[REFUSALS] = "SELECT verb, code, enhanced FROM refusals "
		"WHERE session = ?1 ORDER BY seq LIMIT 64",
	[DNS_NAME] = QUERY_DNS_NAME,
};

struct query_sessions {
	struct query *q;
	sqlite3_stmt *s[STATEMENTS];
	sqlite3_stmt *rows, *hours; /* those of the direction asked for */
	const struct providers *providers;
	struct names own;
	char *device;
	int64_t since, until; /* us */
	bool running; /* rows stands between two rows */
	bool finished;
	struct session_row row;
	struct verdict_facts facts;
	struct err e;
	bool failed;
};

static void row_free(struct session_row *r)
{
	char *texts[] = {
		r->sensor, r->device, r->source, r->client_ip, r->client_mac,
		r->server_ip, r->server_mac, r->server_name,
		r->server_name_from, r->banner, r->helo, r->tls_cipher,
		r->sni, r->ja3, r->ja4, r->cert_cn, r->cert_issuer, r->agent,
		r->seen_as, r->proxied, r->server_service,
	};
	struct names *lists[] = {
		&r->vlans, &r->offered, &r->from, &r->domains, &r->cert_names,
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		free(texts[i]);
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		names_free(lists[i]);
	for (size_t i = 0; i < r->auth_n; i++) {
		free(r->auth[i].mechanism);
		free(r->auth[i].account);
		free(r->auth[i].authzid);
		free(r->auth[i].workstation);
		free(r->auth[i].realm);
		free(r->auth[i].enhanced);
	}
	free(r->auth);
	query_why_free(&r->server_why);
	for (size_t i = 0; i < r->refusals_n; i++)
		free(r->refusals[i].enhanced);
	free(r->refusals);
	memset(r, 0, sizeof *r);
}

bool query_sessions_begin(struct query *q, const char *device, int64_t since,
	int64_t until, bool newest_first, struct query_sessions **out,
	struct err *e)
{
	struct query_sessions *s = xcalloc(1, sizeof *s);
	const struct rules *rules;
	bool ok;

	s->q = q;
	s->device = xstrdup(device);
	s->since = since > 0 ? since : 0;
	s->until = until > 0 && until < INT64_MAX / 1000
		? until : INT64_MAX / 1000;
	query_hold(q, 1);
	ok = query_rules(q, &rules, e) && own_domains(q, &s->own, e);
	for (int i = 0; ok && i < STATEMENTS; i++)
		ok = sql_prepare(query_handle(q), &s->s[i], statements[i], e);
	if (!ok) {
		query_sessions_end(s, NULL);
		return false;
	}
	s->providers = rules_providers(rules);
	s->rows = s->s[newest_first ? ROWS_DOWN : ROWS_UP];
	s->hours = s->s[newest_first ? HOURS_DOWN : HOURS_UP];
	if (device)
		sql_bind_text(s->hours, 1, s->device);
	*out = s;
	return true;
}

/* Bounds of the key: it begins with the time in ns. */
static void bind_window(struct query_sessions *s, int64_t first, int64_t last)
{
	uint8_t low[16] = {0}, high[16];
	struct wr w;

	if (first < s->since)
		first = s->since;
	if (last > s->until)
		last = s->until;
	w = wr_init(low, sizeof low);
	wr_be64(&w, (uint64_t)first * 1000);
	memset(high, 0xff, sizeof high);
	w = wr_init(high, sizeof high);
	wr_be64(&w, (uint64_t)last * 1000 + 999);
	sqlite3_bind_blob(s->rows, 1, low, sizeof low, SQLITE_TRANSIENT);
	sqlite3_bind_blob(s->rows, 2, high, sizeof high, SQLITE_TRANSIENT);
	sql_bind_text(s->rows, 3, s->device);
	s->running = true;
}

/* Of one device only the hours in which it sent are looked through: sessions
 * have no index but time. */
static bool next_window(struct query_sessions *s, bool *any)
{
	const int64_t us = 3600LL * 1000000;
	int64_t hour;

	if (!s->device) {
		*any = !s->running;
		if (*any)
			bind_window(s, s->since, s->until);
		return true;
	}
	do {
		if (!sql_row(s->hours, any, &s->e))
			return false;
		if (!*any)
			return true;
		hour = sqlite3_column_int64(s->hours, 0);
	} while (hour < s->since / us || hour > s->until / us);
	bind_window(s, hour * us, hour * us + us - 1);
	return true;
}

static char *enhanced_text(int64_t v)
{
	char t[48];

	if (v <= 0 || v > 5999999)
		return NULL;
	snprintf(t, sizeof t, "%d.%d.%d", (int)(v / 1000000),
		(int)(v / 1000 % 1000), (int)(v % 1000));
	return xstrdup(t);
}

static bool read_auths(struct query_sessions *s)
{
	static const char *const outcomes[] = {
		"unknown", "accepted", "rejected", "aborted"};
	static const enum evidence evidences[] = {
		EVIDENCE_SEEN, EVIDENCE_RESYNCED, EVIDENCE_INFERRED};
	struct session_row *r = &s->row;
	sqlite3_stmt *q = s->s[AUTHS];
	bool row;

	sql_bind_blob(q, 1, sqlite3_column_blob(s->rows, S_SESSION),
		(size_t)sqlite3_column_bytes(s->rows, S_SESSION));
	for (;;) {
		struct auth_row *a;
		unsigned outcome, evidence;

		if (!sql_row(q, &row, &s->e))
			return false;
		if (!row)
			break;
		r->auth = xrealloc(r->auth, r->auth_n + 1, sizeof *r->auth);
		a = &r->auth[r->auth_n++];
		outcome = query_enum(q, 5, RECORD_ABORTED);
		evidence = query_enum(q, 8, RECORD_INFERRED);
		*a = (struct auth_row){
			.at = r->first_seen + sqlite3_column_int64(q, 0),
			.mechanism = query_text(q, 1),
			.account = query_text(q, 2),
			.authzid = query_text(q, 3),
			.workstation = query_text(q, 4),
			.realm = query_text(q, 14),
			.outcome = outcomes[outcome],
			.code = query_enum(q, 6, UINT16_MAX),
			.enhanced = enhanced_text(sqlite3_column_int64(q, 7)),
			.reason = query_enum(q, 15, RECORD_NOT_OFFERED),
			.evidence = evidences[evidence],
			.confidence = query_enum(q, 9, 100),
			.account_min = query_enum(q, 11, UINT16_MAX),
			.account_max = query_enum(q, 12, UINT16_MAX),
			.in_clear = sqlite3_column_int(q, 10) & 1,
		};
		if (s->facts.auth_n < RECORD_AUTHS)
			s->facts.auth[s->facts.auth_n++] =
				(struct verdict_auth){
				(uint8_t)query_enum(q, 13, RECORD_OTHER),
				(uint8_t)outcome, (uint8_t)evidence,
				(uint8_t)a->confidence};
	}
	sql_reset(q);
	return true;
}

static bool read_refusals(struct query_sessions *s)
{
	struct session_row *r = &s->row;
	sqlite3_stmt *q = s->s[REFUSALS];
	bool row;

	sql_bind_blob(q, 1, sqlite3_column_blob(s->rows, S_SESSION),
		(size_t)sqlite3_column_bytes(s->rows, S_SESSION));
	for (;;) {
		if (!sql_row(q, &row, &s->e))
			return false;
		if (!row)
			break;
		r->refusals = xrealloc(r->refusals, r->refusals_n + 1,
			sizeof *r->refusals);
		r->refusals[r->refusals_n++] = (struct refusal_row){
			.verb = query_enum(q, 0, UINT8_MAX),
			.code = query_enum(q, 1, UINT16_MAX),
			.enhanced = enhanced_text(sqlite3_column_int64(q, 2)),
		};
	}
	sql_reset(q);
	return true;
}

static char *cipher_text(uint16_t suite)
{
	const char *name = tls_cipher_name(suite);
	char t[8];

	if (suite == 0)
		return NULL;
	snprintf(t, sizeof t, "0x%04X", (unsigned)suite);
	return xstrdup(name ? name : t);
}

static bool read_profile(struct query_sessions *s)
{
	static const char *const modes[] = {"none", "starttls", "implicit"};
	struct session_row *r = &s->row;
	sqlite3_stmt *q = s->s[PROFILE];
	bool row;

	r->tls_mode = modes[0];
	sql_bind(q, 1, sqlite3_column_int64(s->rows, S_PROFILE));
	if (!sql_row(q, &row, &s->e))
		return false;
	if (row) {
		s->facts.tls = (uint8_t)query_enum(q, P_TLS,
			RECORD_TLS_IMPLICIT);
		r->helo = query_text(q, P_HELO);
		r->agent = query_text(q, P_AGENT);
		r->seen_as = query_text(q, P_SEEN_AS);
		r->offered = query_names(q, P_OFFERED, '\n');
		r->tls_mode = modes[s->facts.tls];
		r->tls_version = (uint16_t)query_enum(q, P_VERSION,
			UINT16_MAX);
		r->tls_cipher = cipher_text((uint16_t)query_enum(q, P_CIPHER,
			UINT16_MAX));
		r->sni = query_text(q, P_SNI);
		r->ja3 = query_text(q, P_JA3);
		r->ja4 = query_text(q, P_JA4);
		r->cert_cn = query_text(q, P_CN);
		r->cert_issuer = query_text(q, P_ISSUER);
		r->cert_names = query_names(q, P_NAMES, '\n');
		r->cert_not_after = sqlite3_column_int64(q, P_NOT_AFTER);
	}
	sql_reset(q);
	return true;
}

static char *joined(const struct names *n)
{
	size_t size = 1;
	char *list, *p;

	for (size_t i = 0; i < n->n; i++)
		size += strlen(n->v[i]) + 1;
	list = p = xcalloc(size, 1);
	for (size_t i = 0; i < n->n; i++) {
		if (i > 0)
			*p++ = '\n';
		p = stpcpy(p, n->v[i]);
	}
	return list;
}

/* NULL: none, or nobody has to ask. free() it. */
static bool read_dns_name(struct query_sessions *s, char **out)
{
	sqlite3_stmt *q = s->s[DNS_NAME];
	bool row;

	*out = NULL;
	if (s->row.sni || s->row.proxied)
		return true;
	sql_bind_text(q, 1, (const char *)sqlite3_column_text(s->rows,
		S_SERVER_SCOPE));
	sql_bind_text(q, 2, s->row.server_ip);
	if (!sql_row(q, &row, &s->e))
		return false;
	*out = row ? query_text(q, 0) : NULL;
	sql_reset(q);
	return true;
}

static void conclude(struct query_sessions *s, const char *dns)
{
	static const char *const guess_words[] = {
		NULL, "undecided", "none", "auth"};
	struct session_row *r = &s->row;
	char *names = joined(&r->cert_names), name[TEXT_MAX];
	struct endpoint_facts f = {
		.sni = r->sni, .proxied = r->proxied, .dns = dns,
		.cert_cn = r->cert_cn, .cert_names = names,
		.banner = r->banner, .ip = r->server_ip, .own = &s->own};
	enum endpoint_from from = endpoint_name(&f, name);
	struct endpoint_service service;
	struct verdict v;

	if (from != ENDPOINT_UNNAMED) {
		r->server_name = xstrdup(name);
		r->server_name_from = xstrdup(endpoint_from_word(from));
	}
	endpoint_service(s->providers, &f, &service);
	query_why(&r->server_why, &r->server_service, &service);
	s->facts.demands = endpoint_demands(s->providers, &f);
	free(names);
	s->facts.flags = r->flags;
	s->facts.helo = r->helo != NULL;
	s->facts.mails = r->mails;
	s->facts.messages = r->messages;
	s->facts.client_bytes = r->client_bytes;
	v = verdict_session(&s->facts);
	r->use = v.use;
	r->evidence = v.evidence;
	r->confidence = v.evidence == EVIDENCE_NONE ? 0 : v.confidence;
	r->guess = guess_words[s->facts.guess];
}

static const char *sides(uint32_t flags)
{
	bool client = flags & RECORD_SAW_CLIENT;
	bool server = flags & RECORD_SAW_SERVER;

	return client == server ? "both" : client ? "client" : "server";
}

/* One that gave way to others was still open. */
static const char *end_word(unsigned ending)
{
	static const char *const words[] = {
		"open", "closed", "reset", "idle", "open"};

	return words[ending];
}

static bool read_row(struct query_sessions *s)
{
	static const char *const proxies[] = {
		NULL, "socks4", "socks5", "http-connect"};
	struct session_row *r = &s->row;
	sqlite3_stmt *q = s->rows;
	char *dns;

	row_free(r);
	memset(&s->facts, 0, sizeof s->facts);
	query_hex(q, S_SESSION, r->session);
	query_hex(q, S_CONN, r->conn);
	r->sensor = query_text(q, S_SENSOR);
	r->source = query_text(q, S_SOURCE);
	r->device = query_text(q, S_DEVICE);
	r->first_seen = sqlite3_column_int64(q, S_FIRST);
	r->last_seen = r->first_seen + sqlite3_column_int64(q, S_LASTED);
	r->client_ip = query_text(q, S_CLIENT_IP);
	r->client_port = query_enum(q, S_CLIENT_PORT, UINT16_MAX);
	r->client_mac = query_text(q, S_CLIENT_MAC);
	r->hops = verdict_hops((uint8_t)query_enum(q, S_CLIENT_TTL,
		UINT8_MAX));
	r->vlans = query_names(q, S_VLANS, ',');
	r->server_ip = query_text(q, S_SERVER_IP);
	r->server_port = query_enum(q, S_SERVER_PORT, UINT16_MAX);
	r->server_mac = query_text(q, S_SERVER_MAC);
	r->banner = query_text(q, S_BANNER);
	r->end = end_word(query_enum(q, S_ENDING, RECORD_EVICTED));
	r->flags = (uint32_t)sqlite3_column_int64(q, S_FLAGS);
	r->sides = sides(r->flags);
	r->midstream = r->flags & RECORD_MIDSTREAM;
	r->truncated = r->flags & RECORD_TRUNCATED;
	r->tls_offered = r->flags & RECORD_TLS_OFFERED;
	r->auth_total = query_count(q, S_AUTH_TOTAL);
	r->mails = query_count(q, S_MAILS);
	r->from = query_names(q, S_FROMS, '\n');
	r->domains = query_names(q, S_DOMAINS, '\n');
	r->recipients = query_count(q, S_RECIPIENTS);
	r->messages = query_count(q, S_MESSAGES);
	r->accepted = query_count(q, S_ACCEPTED);
	r->bytes = query_count(q, S_BYTES);
	r->client_bytes = query_count(q, S_CLIENT_BYTES);
	r->server_bytes = query_count(q, S_SERVER_BYTES);
	r->gap_bytes = query_count(q, S_GAP_BYTES);
	s->facts.guess = (uint8_t)query_enum(q, S_GUESS, RECORD_AUTH);
	s->facts.guess_odds = (int16_t)sqlite3_column_int64(q, S_ODDS);
	r->proxy = proxies[query_enum(q, S_PROXY, RECORD_HTTP_CONNECT)];
	r->proxied = query_text(q, S_PROXIED);
	r->proxied_port = query_enum(q, S_PROXIED_PORT, UINT16_MAX);
	if (!read_profile(s) || !read_auths(s) || !read_refusals(s) ||
		!read_dns_name(s, &dns))
		return false;
	conclude(s, dns);
	free(dns);
	return true;
}

bool query_sessions_next(struct query_sessions *s,
	const struct session_row **row)
{
	bool any = s->running;

	while (!s->failed && !s->finished) {
		if (any && !sql_row(s->rows, &any, &s->e))
			break;
		if (any && !read_row(s))
			break;
		if (any) {
			*row = &s->row;
			return true;
		}
		sql_reset(s->rows);
		if (!next_window(s, &any))
			break;
		s->finished = !any;
	}
	s->failed |= !s->finished;
	return false;
}

bool query_sessions_end(struct query_sessions *s, struct err *e)
{
	bool ok = !s->failed;

	if (!ok && e)
		*e = s->e;
	row_free(&s->row);
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(s->s[i]);
	query_hold(s->q, -1);
	names_free(&s->own);
	free(s->device);
	free(s);
	return ok;
}
