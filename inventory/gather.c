/* gather.c: see gather.h. */
#include "inventory/gather.h"
#include "inventory/identify.h"
#include "capture/base/text.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ENDS = 4096, /* of one device; more are not counted */
	HOURS = 512, /* the last ones in which it sent */
	SPANS_MOST = 64, /* addresses of which the names are looked at */
};

enum {
	ENDS_OF, USE, TALLY, TRIM, CREDENTIALS, LAST, HOURS_OF, RELAYS,
	NAMES, SPANS, QUIET, CARD_SENT, ADDRESS_TAKEN, STATEMENTS,
};

/* The columns of TALLY. */
enum { T_KIND, T_VALUE, T_N, T_TEXT, T_HELO, T_AGENT };

static const char *const statements[STATEMENTS] = {
	[ENDS_OF] = "SELECT e.id, e.scope, e.ip, e.mac, e.vlans "
		"FROM device_ends d JOIN ends e ON e.id = d.\"end\" "
		"WHERE d.device = ?1 ORDER BY e.id LIMIT ?2",
	[USE] = "SELECT sessions, messages, accepted, bytes, recipients, "
		"auth_accepted, auth_rejected, first_seen, last_seen "
		"FROM end_use WHERE \"end\" = ?1",
	/* Of the kinds up to TALLY_MARK. */
	[TALLY] = "SELECT kind, value, n, CASE kind "
		"WHEN 1 THEN (SELECT p.tls_version || ' ' || p.tls FROM "
		"profiles p WHERE p.id = value) "
		"WHEN 2 THEN (SELECT CASE WHEN instr(ip, ':') THEN "
		"'[' || ip || ']' ELSE ip END || ':' || port FROM ends "
		"WHERE id = value) "
		"WHEN 3 THEN (SELECT text FROM texts WHERE id = value) "
		"WHEN 4 THEN (SELECT text FROM texts WHERE id = value) "
		/* all ends of one address and port are one server */
		"WHEN 5 THEN (SELECT min(o.id) FROM ends s JOIN ends o ON "
		"o.scope = s.scope AND o.ip = s.ip AND o.port = s.port "
		"WHERE s.id = value & 1099511627775) END, "
		"CASE kind WHEN 1 THEN (SELECT text FROM texts WHERE id = "
		"(SELECT helo FROM profiles WHERE id = value)) END, "
		"CASE kind WHEN 1 THEN (SELECT text FROM texts WHERE id = "
		"(SELECT agent FROM profiles WHERE id = value)) END "
		"FROM end_tally WHERE \"end\" = ?1 AND kind <= ?2 "
		"ORDER BY kind, value",
	[TRIM] = "DELETE FROM end_tally WHERE kind = ?2 AND \"end\" = ?1 AND "
		"value >= ?3",
	[CREDENTIALS] = "SELECT u.sessions, u.rejected > 0 AND "
		"u.accepted = 0 AND c.account > 0, "
		"(SELECT name FROM account_names WHERE credential = c.id), "
		"(SELECT text FROM texts WHERE id = c.mechanism), "
		"(SELECT text FROM texts WHERE id = c.workstation) "
		"FROM credential_use u JOIN credentials c "
		"ON c.id = u.credential WHERE u.\"end\" = ?1 "
		"ORDER BY u.credential LIMIT 256",
	[LAST] = "SELECT auth, session, refused FROM end_last "
		"WHERE \"end\" = ?1",
	[HOURS_OF] = "SELECT hour FROM end_hours WHERE \"end\" = ?1 "
		"ORDER BY hour DESC LIMIT ?2",
	[RELAYS] = "SELECT 1 FROM ends s JOIN end_tally t ON t.kind = ?3 AND "
		"t.\"end\" = s.id WHERE s.scope = ?1 AND s.ip = ?2 AND "
		"s.port > 0 AND t.n > 0 LIMIT 1",
	[NAMES] = "SELECT kind, value, first_seen, last_seen FROM identities "
		"WHERE scope = '' AND subject = ?1 AND first_seen <= ?3 AND "
		"last_seen >= ?2 ORDER BY kind, value LIMIT 64",
	[SPANS] = "SELECT e.scope, e.ip, min(u.first_seen), max(u.last_seen) "
		"FROM device_ends d JOIN ends e ON e.id = d.\"end\" "
		"JOIN end_use u ON u.\"end\" = e.id WHERE d.device = ?1 "
		"GROUP BY 1, 2 ORDER BY 1, 2 LIMIT ?2",
	[QUIET] = "SELECT ip, first_seen, last_seen, scope FROM bindings "
		"WHERE mac = ?1 ORDER BY last_seen DESC, ip LIMIT 32",
	[CARD_SENT] = "SELECT 1 FROM ends e JOIN end_use u "
		"ON u.\"end\" = e.id WHERE e.mac = ?1 AND e.port = 0 LIMIT 1",
	[ADDRESS_TAKEN] = "SELECT 1 FROM ends e JOIN end_use u "
		"ON u.\"end\" = e.id WHERE e.scope = ?1 AND e.ip = ?2 AND "
		"e.port = 0 UNION ALL SELECT 1 FROM bindings WHERE "
		"scope = ?1 AND ip = ?2 AND how <> 'frame' LIMIT 1",
};

/* us: a name is looked up around the time at which an address has it. */
static const int64_t AROUND = 86400LL * 1000000;

struct gather {
	sqlite3_stmt *s[STATEMENTS];
};

bool gather_open(struct gather **out, struct db *db, struct err *e)
{
	struct gather *g = xcalloc(1, sizeof *g);

	if (!db_prepare(db, statements, g->s, STATEMENTS, e)) {
		gather_close(g);
		return false;
	}
	*out = g;
	return true;
}

void gather_close(struct gather *g)
{
	if (!g)
		return;
	db_finalize(g->s, STATEMENTS);
	free(g);
}

static const char *text(sqlite3_stmt *s, int at)
{
	const char *t = (const char *)sqlite3_column_text(s, at);

	return t ? t : "";
}

static void put(struct bag *b, const char *t, uint64_t n)
{
	if (t[0] != '\0')
		bag_add(b, t, strlen(t), n);
}

static void seen(struct gathered *m, int64_t first, int64_t last)
{
	if (m->first_seen == 0 || first < m->first_seen)
		m->first_seen = first;
	if (last > m->last_seen)
		m->last_seen = last;
}

static bool take_use(struct gather *g, int64_t end, struct gathered *m,
	uint64_t *sessions, struct err *e)
{
	sqlite3_stmt *s = g->s[USE];
	bool row;

	*sessions = 0;
	sql_bind(s, 1, end);
	if (!sql_row(s, &row, e))
		return false;
	if (row) {
		*sessions = (uint64_t)sqlite3_column_int64(s, 0);
		for (int i = 0; i < TALLY_SUMS; i++)
			m->sums[i] += (uint64_t)sqlite3_column_int64(s, i);
		seen(m, sqlite3_column_int64(s, TALLY_SUMS),
			sqlite3_column_int64(s, TALLY_SUMS + 1));
	}
	sql_reset(s);
	return true;
}

static void take_profile(sqlite3_stmt *s, struct gathered *m)
{
	uint64_t n = (uint64_t)sqlite3_column_int64(s, T_N);
	unsigned version = 0, tls = 0;

	put(&m->lists[LIST_HELOS], text(s, T_HELO), n);
	put(&m->lists[LIST_AGENTS], text(s, T_AGENT), n);
	if (sscanf(text(s, T_TEXT), "%u %u", &version, &tls) == 2 && tls > 0 &&
		version > 0 && version <= UINT16_MAX &&
		(m->tls_lowest == 0 || version < m->tls_lowest))
		m->tls_lowest = (uint16_t)version;
}

static void lower(char *t)
{
	for (; *t != '\0'; t++)
		*t = (char)tolower((unsigned char)*t);
}

/* The domain behind the last @, for counting domains. */
static void take_domain(struct gathered *m, const char *from, size_t n)
{
	char domain[TEXT_MAX];
	const char *at = memrchr(from, '@', n);

	if (!at || at + 1 == from + n)
		return;
	text_clean(domain, sizeof domain, at + 1,
		(size_t)(from + n - at - 1));
	lower(domain);
	bag_add(&m->sender_domains, domain, strlen(domain), 1);
}

static void take_list(struct gathered *m, enum list list, const char *t,
	uint64_t n)
{
	/* A list that is there has an entry, even if it is the empty text:
	 * that is the null sender of a bounce. */
	for (;;) {
		size_t len = strcspn(t, "\n");

		if (len > 0)
			bag_add(&m->lists[list], t, len, n);
		if (list == LIST_FROMS)
			take_domain(m, t, len);
		if (t[len] == '\0')
			return;
		t += len + 1;
	}
}

static void take_verdict(struct gathered *m, int64_t value, int64_t server,
	uint64_t sessions)
{
	struct opinion o = {server, {tally_verdict_of(value), sessions}};

	if (m->opinions_n == m->opinions_cap) {
		m->opinions_cap = m->opinions_cap > 0
			? 2 * m->opinions_cap : 16;
		m->opinions = xrealloc(m->opinions, m->opinions_cap,
			sizeof *m->opinions);
	}
	m->opinions[m->opinions_n++] = o;
}

static void take_code(struct gathered *m, int64_t value, uint64_t n)
{
	unsigned code = (unsigned)(value / 10000000);
	unsigned enhanced = (unsigned)(value % 10000000);
	char t[48];

	snprintf(t, sizeof t, "%u", code);
	if (enhanced > 0)
		snprintf(t, sizeof t, "%u %u.%u.%u", code, enhanced / 1000000,
			enhanced / 1000 % 1000, enhanced % 1000);
	put(&m->lists[LIST_CODES], t, n);
}

static void take_mark(struct gathered *m, int64_t value, uint64_t n)
{
	if (value < 1 || value > 31)
		return;
	m->marks |= UINT32_C(1) << value;
	if (value == MARK_HOLES)
		m->holes += n;
}

static void take_value(sqlite3_stmt *s, enum tally_kind kind,
	struct gathered *m)
{
	int64_t value = sqlite3_column_int64(s, T_VALUE);
	uint64_t n = (uint64_t)sqlite3_column_int64(s, T_N);

	switch (kind) {
	case TALLY_PROFILE: take_profile(s, m); break;
	case TALLY_SERVER:
		put(&m->lists[LIST_SERVERS], text(s, T_TEXT), n);
		break;
	case TALLY_FROMS: take_list(m, LIST_FROMS, text(s, T_TEXT), n); break;
	case TALLY_DOMAINS:
		take_list(m, LIST_DOMAINS, text(s, T_TEXT), n);
		break;
	case TALLY_VERDICT:
		take_verdict(m, value, sqlite3_column_int64(s, T_TEXT), n);
		break;
	case TALLY_CODE: take_code(m, value, n); break;
	case TALLY_MARK: take_mark(m, value, n); break;
	case TALLY_RELAYED:
	case TALLY_USE: break;
	}
}

/* Drops the values of an end that are too many. */
static bool trim(struct gather *g, int64_t end, int kind, int64_t from,
	struct err *e)
{
	sqlite3_stmt *s = g->s[TRIM];

	sql_bind(s, 1, end);
	sql_bind(s, 2, kind);
	sql_bind(s, 3, from);
	return sql_run(s, e);
}

static bool take_tally(struct gather *g, int64_t end, struct gathered *m,
	struct err *e)
{
	sqlite3_stmt *s = g->s[TALLY];
	unsigned taken[TALLY_MARK + 1] = {0};
	int64_t beyond[TALLY_MARK + 1];
	bool row;

	sql_bind(s, 1, end);
	sql_bind(s, 2, TALLY_MARK);
	for (;;) {
		int kind;

		if (!sql_row(s, &row, e))
			return false;
		if (!row)
			break;
		kind = sqlite3_column_int(s, T_KIND);
		if (kind < TALLY_PROFILE || kind > TALLY_MARK)
			continue;
		if (taken[kind] < TALLY_KEPT)
			take_value(s, (enum tally_kind)kind, m);
		else if (taken[kind] == TALLY_KEPT)
			beyond[kind] = sqlite3_column_int64(s, T_VALUE);
		taken[kind]++;
	}
	sql_reset(s);
	for (int kind = TALLY_PROFILE; kind <= TALLY_MARK; kind++)
		if (taken[kind] > TALLY_KEPT &&
			!trim(g, end, kind, beyond[kind], e))
			return false;
	return true;
}

static bool take_credentials(struct gather *g, int64_t end, struct gathered *m,
	struct err *e)
{
	sqlite3_stmt *s = g->s[CREDENTIALS];
	bool row;

	sql_bind(s, 1, end);
	for (;;) {
		uint64_t n;

		if (!sql_row(s, &row, e))
			return false;
		if (!row)
			break;
		n = (uint64_t)sqlite3_column_int64(s, 0);
		if (sqlite3_column_int(s, 1) != 0)
			put(&m->sprayed, text(s, 2), n);
		put(&m->lists[LIST_ACCOUNTS], text(s, 2), n);
		put(&m->lists[LIST_MECHANISMS], text(s, 3), n);
		put(&m->workstations, text(s, 4), n);
	}
	sql_reset(s);
	return true;
}

static bool take_last(struct gather *g, int64_t end, struct gathered *m,
	struct err *e)
{
	sqlite3_stmt *s = g->s[LAST];
	bool row;

	sql_bind(s, 1, end);
	for (;;) {
		struct newest *n;

		if (!sql_row(s, &row, e))
			return false;
		if (!row)
			break;
		if (sqlite3_column_bytes(s, 1) != 16)
			continue;
		if (m->newest_n == m->newest_cap) {
			m->newest_cap = m->newest_cap > 0
				? 2 * m->newest_cap : 16;
			m->newest = xrealloc(m->newest, m->newest_cap,
				sizeof *m->newest);
		}
		n = &m->newest[m->newest_n++];
		n->kind = (enum tally_newest)sqlite3_column_int(s, 0);
		memcpy(n->session, sqlite3_column_blob(s, 1), 16);
		n->refused = sqlite3_column_int(s, 2) != 0;
	}
	sql_reset(s);
	return true;
}

static bool take_hours(struct gather *g, int64_t end, struct gathered *m,
	struct err *e)
{
	sqlite3_stmt *s = g->s[HOURS_OF];
	bool row;

	sql_bind(s, 1, end);
	sql_bind(s, 2, HOURS);
	for (;;) {
		if (!sql_row(s, &row, e))
			return false;
		if (!row)
			break;
		if (m->hours_n == m->hours_cap) {
			m->hours_cap = m->hours_cap > 0
				? 2 * m->hours_cap : HOURS;
			m->hours = xrealloc(m->hours, m->hours_cap,
				sizeof *m->hours);
		}
		m->hours[m->hours_n++] = sqlite3_column_int64(s, 0);
	}
	sql_reset(s);
	return true;
}

static bool take_role(struct gather *g, const char *scope, const char *ip,
	struct gathered *m, struct err *e)
{
	sqlite3_stmt *s = g->s[RELAYS];
	bool row;

	sql_bind_text(s, 1, scope);
	sql_bind_text(s, 2, ip);
	sql_bind(s, 3, TALLY_RELAYED);
	if (!sql_row(s, &row, e))
		return false;
	m->relays |= row;
	sql_reset(s);
	return true;
}

static void take_vlans(struct gathered *m, const char *list, uint64_t n)
{
	while (*list != '\0') {
		size_t len = strcspn(list, ",");

		if (len > 0)
			bag_add(&m->lists[LIST_VLANS], list, len, n);
		list += len + (list[len] == ',');
	}
}

static void take_name(struct gathered *m, sqlite3_stmt *s)
{
	enum record_name kind;

	if (!name_kind_of(text(s, 0), &kind))
		return;
	m->asked |= kind == RECORD_LOOKUP;
	m->resolves |= kind == RECORD_RESOLVER;
	if (m->names_n == m->names_cap) {
		m->names_cap = m->names_cap > 0 ? 2 * m->names_cap : 8;
		m->names = xrealloc(m->names, m->names_cap, sizeof *m->names);
	}
	m->names[m->names_n++] = (struct named){kind, xstrdup(text(s, 1)),
		sqlite3_column_int64(s, 2), sqlite3_column_int64(s, 3)};
}

/* What it was called between two moments, us. */
static bool take_names(struct gather *g, const char *subject, int64_t first,
	int64_t last, struct gathered *m, struct err *e)
{
	sqlite3_stmt *s = g->s[NAMES];
	bool row;

	sql_bind_text(s, 1, subject);
	sql_bind(s, 2, first);
	sql_bind(s, 3, last);
	for (;;) {
		if (!sql_row(s, &row, e))
			return false;
		if (!row)
			break;
		take_name(m, s);
	}
	sql_reset(s);
	return true;
}

/* The names of an address belong to whoever has it then. */
static bool take_address_names(struct gather *g, const char *scope,
	const char *ip, int64_t first, int64_t last, struct gathered *m,
	struct err *e)
{
	char subject[IDENTIFY_DEVICE], *p = stpcpy(subject, "ip:");

	if (strlen(scope) + strlen(ip) + 5 > sizeof subject)
		return true;
	if (scope[0] != '\0')
		p = stpcpy(stpcpy(p, scope), "/");
	stpcpy(p, ip);
	return strcmp(subject, m->device) == 0 ||
		take_names(g, subject, first - AROUND, last + AROUND, m, e);
}

/* One end: its sums are read by other statements while ENDS_OF stands. */
static bool take_end(struct gather *g, sqlite3_stmt *row, struct gathered *m,
	struct err *e)
{
	int64_t end = sqlite3_column_int64(row, 0);
	const char *mac = text(row, 3);
	uint64_t sessions;

	if (!take_use(g, end, m, &sessions, e))
		return false;
	put(&m->lists[LIST_ADDRESSES], text(row, 2), sessions);
	/* Another MAC than the device's own is a router's. */
	if (strncmp(m->device, "mac:", 4) == 0 &&
		strcmp(m->device + 4, mac) == 0)
		put(&m->lists[LIST_MACS], mac, sessions);
	take_vlans(m, text(row, 4), sessions);
	return take_tally(g, end, m, e) && take_credentials(g, end, m, e) &&
		take_last(g, end, m, e) && take_hours(g, end, m, e) &&
		take_role(g, text(row, 1), text(row, 2), m, e);
}

static bool take_all_names(struct gather *g, struct gathered *m,
	struct err *e)
{
	sqlite3_stmt *s = g->s[SPANS];
	bool row, ok;

	if (!take_names(g, m->device, 0, INT64_MAX, m, e))
		return false;
	sql_bind_text(s, 1, m->device);
	sql_bind(s, 2, SPANS_MOST);
	while ((ok = sql_row(s, &row, e)) && row)
		if (!(ok = take_address_names(g, text(s, 0), text(s, 1),
				sqlite3_column_int64(s, 2),
				sqlite3_column_int64(s, 3), m, e)))
			break;
	sql_reset(s);
	return ok;
}

static void sort(struct gathered *m)
{
	for (int i = 0; i < LISTS; i++)
		bag_sort(&m->lists[i]);
	bag_sort(&m->workstations);
	bag_sort(&m->sprayed);
}

bool gather_ends(struct gather *g, const char *device, struct gathered *out,
	size_t *n, struct err *e)
{
	sqlite3_stmt *s = g->s[ENDS_OF];
	bool row, ok;

	*out = (struct gathered){.device = device};
	*n = 0;
	sql_bind_text(s, 1, device);
	sql_bind(s, 2, ENDS);
	while ((ok = sql_row(s, &row, e)) && row) {
		++*n;
		if (!(ok = take_end(g, s, out, e)))
			break;
	}
	sql_reset(s);
	ok = ok && take_all_names(g, out, e);
	sort(out);
	return ok;
}

static bool is_there(sqlite3_stmt *s, bool *yes, struct err *e)
{
	if (!sql_row(s, yes, e))
		return false;
	sql_reset(s);
	return true;
}

/* "ip:10.0.0.9" or "ip:site/10.0.0.9". */
static bool quiet_address(struct gather *g, struct gathered *m, struct err *e)
{
	const char *scope = m->device + 3, *slash = strrchr(scope, '/');
	const char *ip = slash ? slash + 1 : scope;
	sqlite3_stmt *s = g->s[ADDRESS_TAKEN];
	char site[TEXT_MAX];

	text_clean(site, sizeof site, scope,
		slash ? (size_t)(slash - scope) : 0);
	put(&m->lists[LIST_ADDRESSES], ip, 1);
	sql_bind_text(s, 1, site);
	sql_bind_text(s, 2, ip);
	return is_there(s, &m->elsewhere, e);
}

static bool quiet_card(struct gather *g, struct gathered *m, struct err *e)
{
	const char *mac = m->device + 4;
	sqlite3_stmt *s = g->s[QUIET];
	bool row;

	put(&m->lists[LIST_MACS], mac, 1);
	sql_bind_text(s, 1, mac);
	for (uint64_t rank = 32;; rank--) {
		int64_t first, last;

		if (!sql_row(s, &row, e))
			return false;
		if (!row)
			break;
		first = sqlite3_column_int64(s, 1);
		last = sqlite3_column_int64(s, 2);
		put(&m->lists[LIST_ADDRESSES], text(s, 0), rank);
		seen(m, first, last);
		if (!take_address_names(g, text(s, 3), text(s, 0), first,
				last, m, e))
			return false;
	}
	sql_reset(s);
	sql_bind_text(g->s[CARD_SENT], 1, mac);
	return is_there(g->s[CARD_SENT], &m->elsewhere, e);
}

bool gather_quiet(struct gather *g, struct gathered *out, struct err *e)
{
	bool ok = strncmp(out->device, "mac:", 4) == 0
		? quiet_card(g, out, e)
		: quiet_address(g, out, e);

	for (size_t i = 0; i < out->names_n; i++)
		seen(out, out->names[i].first_seen, out->names[i].last_seen);
	sort(out);
	return ok;
}

void gathered_free(struct gathered *m)
{
	for (int i = 0; i < LISTS; i++)
		bag_free(&m->lists[i]);
	bag_free(&m->workstations);
	bag_free(&m->sprayed);
	bag_free(&m->sender_domains);
	for (size_t i = 0; i < m->names_n; i++)
		free(m->names[i].text);
	free(m->names);
	free(m->opinions);
	free(m->newest);
	free(m->hours);
}
