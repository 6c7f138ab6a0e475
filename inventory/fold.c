/* fold.c: one device out of the sums of its ends: a row that is read as it is
 * shown. */
#include "capture/base/text.h"
#include "inventory/bag.h"
#include "inventory/identify.h"
#include "inventory/resolve_private.h"
#include "inventory/rules.h"
#include "inventory/tally.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ENDS = 4096,  /* of one device; more are not counted */
	LISTED = 32,  /* entries of a list */
	HOURS = 512,  /* active hours that the median gap is taken of */
	MTA_DOMAINS = 10, /* senders' domains that only a relay has */
};

enum {
	ENDS_OF, USE, TALLY, TRIM, CREDENTIALS, LAST, HOURS_OF, RELAYS, HOST,
	CLASSES, QUIET, PUT, DROP, STATEMENTS,
};

static const char *const statements[STATEMENTS] = {
	[ENDS_OF] = "SELECT e.id, e.scope, e.ip, e.mac, e.vlans "
		"FROM device_ends d JOIN ends e ON e.id = d.\"end\" "
		"WHERE d.device = ?1 ORDER BY e.id LIMIT ?2",
	[USE] = "SELECT * FROM end_use WHERE \"end\" = ?1",
	[TALLY] = "SELECT value, n, CASE ?2 "
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
		"CASE ?2 WHEN 1 THEN (SELECT text FROM texts WHERE id = "
		"(SELECT helo FROM profiles WHERE id = value)) END, "
		"CASE ?2 WHEN 1 THEN (SELECT text FROM texts WHERE id = "
		"(SELECT agent FROM profiles WHERE id = value)) END "
		"FROM end_tally WHERE kind = ?2 AND \"end\" = ?1 "
		"ORDER BY value LIMIT ?3",
	[TRIM] = "DELETE FROM end_tally WHERE kind = ?2 AND \"end\" = ?1 AND "
		"value >= ?3",
	[CREDENTIALS] = "SELECT u.sessions, "
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
	[HOST] = "SELECT value FROM identities WHERE subject = ?1 AND "
		"kind IN ('dhcp_host', 'dhcp_fqdn') ORDER BY "
		"kind = 'dhcp_host' DESC, last_seen DESC, value LIMIT 1",
	[CLASSES] = "SELECT value, first_seen, last_seen FROM identities "
		"WHERE subject = ?1 ORDER BY kind, value LIMIT 32",
	[QUIET] = "SELECT ip, first_seen, last_seen FROM bindings "
		"WHERE mac = ?1 ORDER BY last_seen DESC, ip LIMIT 32",
	[PUT] = "INSERT OR REPLACE INTO devices VALUES (?1, ?2, ?3, ?4, ?5, "
		"?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, "
		"?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, "
		"?31, ?32, ?33, ?34)",
	[DROP] = "DELETE FROM devices WHERE device = ?1",
};

enum list {
	ADDRESSES, MACS, VLANS, ACCOUNTS, MECHANISMS, FROMS, DOMAINS, HELOS,
	AGENTS, SERVERS, CODES, LISTS,
};

/* The best verdict about one server. */
struct opinion {
	int64_t server;
	struct verdict verdict;
};

struct newest {
	uint8_t session[16];
	bool auth, refused;
};

struct making {
	const char *device;
	struct bag lists[LISTS], workstations, sender_domains;
	struct opinion *opinions;
	size_t opinions_n, opinions_cap;
	struct newest *newest;
	size_t newest_n, newest_cap;
	int64_t *hours;
	size_t hours_n, hours_cap;
	uint64_t sums[7]; /* the columns of end_use */
	int64_t first_seen, last_seen;
	uint16_t tls_lowest;
	bool password_in_clear, tls_unused, some_clear, relays;
};

struct fold {
	sqlite3_stmt *s[STATEMENTS];
};

bool fold_open(struct fold **out, struct db *db, struct err *e)
{
	struct fold *f = xcalloc(1, sizeof *f);

	if (!db_prepare(db, statements, f->s, STATEMENTS, e)) {
		fold_close(f);
		return false;
	}
	*out = f;
	return true;
}

void fold_close(struct fold *f)
{
	if (!f)
		return;
	db_finalize(f->s, STATEMENTS);
	free(f);
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

static void seen(struct making *m, int64_t first, int64_t last)
{
	if (m->first_seen == 0 || first < m->first_seen)
		m->first_seen = first;
	if (last > m->last_seen)
		m->last_seen = last;
}

static bool take_use(struct fold *f, int64_t end, struct making *m,
	uint64_t *sessions, struct err *e)
{
	sqlite3_stmt *s = f->s[USE];
	bool row;

	*sessions = 0;
	sql_bind(s, 1, end);
	if (!sql_row(s, &row, e))
		return false;
	if (row) {
		*sessions = (uint64_t)sqlite3_column_int64(s, 1);
		for (int i = 0; i < 7; i++)
			m->sums[i] += (uint64_t)sqlite3_column_int64(s, 1 + i);
		seen(m, sqlite3_column_int64(s, 8),
			sqlite3_column_int64(s, 9));
	}
	sql_reset(s);
	return true;
}

static void take_profile(sqlite3_stmt *s, struct making *m)
{
	uint64_t n = (uint64_t)sqlite3_column_int64(s, 1);
	unsigned version = 0, tls = 0;

	put(&m->lists[HELOS], text(s, 3), n);
	put(&m->lists[AGENTS], text(s, 4), n);
	if (sscanf(text(s, 2), "%u %u", &version, &tls) == 2 && tls > 0 &&
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
static void take_domain(struct making *m, const char *from, size_t n)
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

static void take_list(struct making *m, enum list list, const char *t,
	uint64_t n)
{
	/* A list that is there has an entry, even if it is the empty text:
	 * that is the null sender of a bounce. */
	for (;;) {
		size_t len = strcspn(t, "\n");

		if (len > 0)
			bag_add(&m->lists[list], t, len, n);
		if (list == FROMS)
			take_domain(m, t, len);
		if (t[len] == '\0')
			return;
		t += len + 1;
	}
}

static void take_verdict(struct making *m, int64_t value, int64_t server)
{
	struct opinion o = {server, tally_verdict_of(value)};

	if (m->opinions_n == m->opinions_cap) {
		m->opinions_cap = m->opinions_cap > 0
			? 2 * m->opinions_cap : 16;
		m->opinions = xrealloc(m->opinions, m->opinions_cap,
			sizeof *m->opinions);
	}
	m->opinions[m->opinions_n++] = o;
}

static void take_code(struct making *m, int64_t value, uint64_t n)
{
	unsigned code = (unsigned)(value / 10000000);
	unsigned enhanced = (unsigned)(value % 10000000);
	char t[48];

	snprintf(t, sizeof t, "%u", code);
	if (enhanced > 0)
		snprintf(t, sizeof t, "%u %u.%u.%u", code, enhanced / 1000000,
			enhanced / 1000 % 1000, enhanced % 1000);
	put(&m->lists[CODES], t, n);
}

static void take_mark(struct making *m, int64_t value)
{
	m->password_in_clear |= value == MARK_PASSWORD_IN_CLEAR;
	m->tls_unused |= value == MARK_TLS_UNUSED;
	m->some_clear |= value == MARK_CLEAR;
}

static void take_value(sqlite3_stmt *s, enum tally_kind kind,
	struct making *m)
{
	int64_t value = sqlite3_column_int64(s, 0);
	uint64_t n = (uint64_t)sqlite3_column_int64(s, 1);

	switch (kind) {
	case TALLY_PROFILE: take_profile(s, m); break;
	case TALLY_SERVER: put(&m->lists[SERVERS], text(s, 2), n); break;
	case TALLY_FROMS: take_list(m, FROMS, text(s, 2), n); break;
	case TALLY_DOMAINS: take_list(m, DOMAINS, text(s, 2), n); break;
	case TALLY_VERDICT:
		take_verdict(m, value, sqlite3_column_int64(s, 2));
		break;
	case TALLY_CODE: take_code(m, value, n); break;
	case TALLY_MARK: take_mark(m, value); break;
	case TALLY_RELAYED:
	case TALLY_USE: break;
	}
}

static bool take_tally(struct fold *f, int64_t end, enum tally_kind kind,
	struct making *m, struct err *e)
{
	sqlite3_stmt *s = f->s[TALLY];
	int64_t beyond = 0;
	bool row = true;

	sql_bind(s, 1, end);
	sql_bind(s, 2, kind);
	sql_bind(s, 3, TALLY_KEPT + 1);
	for (int n = 0; n <= TALLY_KEPT; n++) {
		if (!sql_row(s, &row, e))
			return false;
		if (!row)
			break;
		if (n == TALLY_KEPT)
			beyond = sqlite3_column_int64(s, 0);
		else
			take_value(s, kind, m);
	}
	sql_reset(s);
	if (!row)
		return true;
	s = f->s[TRIM];
	sql_bind(s, 1, end);
	sql_bind(s, 2, kind);
	sql_bind(s, 3, beyond);
	return sql_run(s, e);
}

static bool take_credentials(struct fold *f, int64_t end, struct making *m,
	struct err *e)
{
	sqlite3_stmt *s = f->s[CREDENTIALS];
	bool row;

	sql_bind(s, 1, end);
	for (;;) {
		uint64_t n;

		if (!sql_row(s, &row, e))
			return false;
		if (!row)
			break;
		n = (uint64_t)sqlite3_column_int64(s, 0);
		put(&m->lists[ACCOUNTS], text(s, 1), n);
		put(&m->lists[MECHANISMS], text(s, 2), n);
		put(&m->workstations, text(s, 3), n);
	}
	sql_reset(s);
	return true;
}

static bool take_last(struct fold *f, int64_t end, struct making *m,
	struct err *e)
{
	sqlite3_stmt *s = f->s[LAST];
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
		n->auth = sqlite3_column_int(s, 0) != 0;
		memcpy(n->session, sqlite3_column_blob(s, 1), 16);
		n->refused = sqlite3_column_int(s, 2) != 0;
	}
	sql_reset(s);
	return true;
}

static bool take_hours(struct fold *f, int64_t end, struct making *m,
	struct err *e)
{
	sqlite3_stmt *s = f->s[HOURS_OF];
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

static bool take_role(struct fold *f, const char *scope, const char *ip,
	struct making *m, struct err *e)
{
	sqlite3_stmt *s = f->s[RELAYS];
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

static void take_vlans(struct making *m, const char *list, uint64_t n)
{
	while (*list != '\0') {
		size_t len = strcspn(list, ",");

		if (len > 0)
			bag_add(&m->lists[VLANS], list, len, n);
		list += len + (list[len] == ',');
	}
}

/* One end: its sums are read by other statements while ENDS_OF stands. */
static bool take_end(struct fold *f, sqlite3_stmt *row, struct making *m,
	struct err *e)
{
	int64_t end = sqlite3_column_int64(row, 0);
	const char *mac = text(row, 3);
	uint64_t sessions;

	if (!take_use(f, end, m, &sessions, e))
		return false;
	put(&m->lists[ADDRESSES], text(row, 2), sessions);
	/* Another MAC than the device's own is a router's. */
	if (strncmp(m->device, "mac:", 4) == 0 &&
		strcmp(m->device + 4, mac) == 0)
		put(&m->lists[MACS], mac, sessions);
	take_vlans(m, text(row, 4), sessions);
	for (int kind = TALLY_PROFILE; kind <= TALLY_MARK; kind++)
		if (!take_tally(f, end, (enum tally_kind)kind, m, e))
			return false;
	return take_credentials(f, end, m, e) && take_last(f, end, m, e) &&
		take_hours(f, end, m, e) &&
		take_role(f, text(row, 1), text(row, 2), m, e);
}

static bool take_ends(struct fold *f, struct making *m, size_t *n,
	struct err *e)
{
	sqlite3_stmt *s = f->s[ENDS_OF];
	bool row, ok;

	*n = 0;
	sql_bind_text(s, 1, m->device);
	sql_bind(s, 2, ENDS);
	while ((ok = sql_row(s, &row, e)) && row) {
		++*n;
		if (!(ok = take_end(f, s, m, e)))
			break;
	}
	sql_reset(s);
	return ok;
}

static int by_server(const void *x, const void *y)
{
	const struct opinion *a = x, *b = y;

	return a->server < b->server ? -1 : a->server > b->server;
}

/* About one server the strongest evidence wins; then, over the servers, what
 * concerns most. */
static struct verdict verdict_of(struct making *m)
{
	struct verdict all = {0};

	if (m->opinions_n > 0)
		qsort(m->opinions, m->opinions_n, sizeof *m->opinions,
			by_server);
	for (size_t i = 0; i < m->opinions_n;) {
		struct opinion best = m->opinions[i];

		for (; i < m->opinions_n &&
			m->opinions[i].server == best.server; i++)
			if (verdict_outranks(&m->opinions[i].verdict,
				    &best.verdict))
				best.verdict = m->opinions[i].verdict;
		if (verdict_concerns_more(&best.verdict, &all))
			all = best.verdict;
	}
	return all;
}

static int newest_first(const void *x, const void *y)
{
	const struct newest *a = x, *b = y;

	return memcmp(b->session, a->session, 16);
}

static void habit_of(struct making *m, struct verdict_habit *h)
{
	unsigned since = 0; /* accepted without AUTH, newer than any with */

	if (m->newest_n > 0)
		qsort(m->newest, m->newest_n, sizeof *m->newest, newest_first);
	for (size_t i = 0; i < m->newest_n; i++) {
		const struct newest *n = &m->newest[i];

		if (!n->auth) {
			since += h->last_auths == 0;
		} else if (h->last_auths < VERDICT_LAST) {
			h->last_auths++;
			h->last_refused += n->refused;
		}
	}
	h->moved_away = h->last_auths > 0 && since >= VERDICT_LAST;
}

static int descending(const void *x, const void *y)
{
	int64_t a, b;

	memcpy(&a, x, sizeof a);
	memcpy(&b, y, sizeof b);
	return a > b ? -1 : a < b;
}

/* Of the gaps between hours in which it sent: a burst is one occasion. */
static int64_t median_gap(struct making *m)
{
	size_t n = 0, gaps = 0;

	if (m->hours_n > 0)
		qsort(m->hours, m->hours_n, sizeof m->hours[0], descending);
	for (size_t i = 0; i < m->hours_n; i++)
		if (n == 0 || m->hours[i] != m->hours[n - 1])
			m->hours[n++] = m->hours[i];
	if (n > HOURS)
		n = HOURS;
	for (size_t i = 0; i + 1 < n; i++)
		m->hours[gaps++] = m->hours[i] - m->hours[i + 1];
	if (gaps == 0)
		return 0;
	qsort(m->hours, gaps, sizeof m->hours[0], descending);
	return m->hours[gaps / 2] * 3600 * 1000000;
}

static bool first_text(sqlite3_stmt *s, const char *key,
	char out[TEXT_MAX], struct err *e)
{
	bool row;

	sql_bind_text(s, 1, key);
	if (!sql_row(s, &row, e))
		return false;
	text_clean(out, TEXT_MAX, row ? text(s, 0) : "",
		row ? strlen(text(s, 0)) : 0);
	sql_reset(s);
	return true;
}

static bool name_of(struct fold *f, struct making *m, char out[TEXT_MAX],
	const char **from, struct err *e)
{
	if (!first_text(f->s[HOST], m->device, out, e))
		return false;
	*from = "dhcp";
	if (rules_is_name(out))
		return true;
	*from = "ehlo";
	for (size_t i = 0; i < m->lists[HELOS].n; i++) {
		const char *helo = m->lists[HELOS].v[i].text;

		text_clean(out, TEXT_MAX, helo, strlen(helo));
		if (rules_is_name(out))
			return true;
	}
	*from = "ntlm";
	if (m->workstations.n > 0) {
		const char *name = m->workstations.v[0].text;

		text_clean(out, TEXT_MAX, name, strlen(name));
		return true;
	}
	*from = NULL;
	out[0] = '\0';
	return true;
}

static bool is_mta(struct making *m)
{
	bag_sort(&m->sender_domains);
	return m->relays || m->sender_domains.n >= MTA_DOMAINS;
}

static bool write_device(struct fold *f, struct making *m, struct err *e)
{
	sqlite3_stmt *s = f->s[PUT];
	struct verdict v = verdict_of(m);
	struct verdict_habit h = {0};
	char *lists[LISTS], name[TEXT_MAX];
	const char *from;
	int at = 1;
	bool ok;

	for (int i = 0; i < LISTS; i++)
		bag_sort(&m->lists[i]);
	bag_sort(&m->workstations);
	if (!name_of(f, m, name, &from, e))
		return false;
	habit_of(m, &h);
	sql_bind_text(s, at++, m->device);
	sql_bind_text(s, at++, from ? name : NULL);
	sql_bind_text(s, at++, from);
	sql_bind(s, at++, is_mta(m) ? ROLE_MTA : ROLE_DEVICE);
	sql_bind(s, at++, v.use);
	sql_bind(s, at++, v.evidence);
	sql_bind(s, at++, v.confidence);
	sql_bind(s, at++, m->password_in_clear);
	sql_bind(s, at++, m->tls_lowest);
	sql_bind(s, at++, m->tls_unused);
	sql_bind(s, at++, m->some_clear);
	sql_bind(s, at++, h.last_auths);
	sql_bind(s, at++, h.last_refused);
	sql_bind(s, at++, h.moved_away);
	sql_bind(s, at++, median_gap(m));
	for (int i = 0; i < 7; i++)
		if (i != 2) /* accepted is not shown */
			sql_bind_count(s, at++, m->sums[i]);
	sql_bind(s, at++, m->first_seen);
	sql_bind(s, at++, m->last_seen);
	for (int i = 0; i < LISTS; i++) {
		lists[i] = bag_list(&m->lists[i], LISTED);
		sql_bind_text(s, at++, lists[i]);
	}
	ok = sql_run(s, e);
	for (int i = 0; i < LISTS; i++)
		free(lists[i]);
	return ok;
}

/* A card without a session is a device if its name or class is that of one
 * that should send. */
static bool take_quiet(struct fold *f, struct making *m, bool *sender,
	struct err *e)
{
	sqlite3_stmt *s = f->s[CLASSES];
	bool row;

	*sender = false;
	if (strncmp(m->device, "mac:", 4) != 0)
		return true;
	sql_bind_text(s, 1, m->device);
	for (;;) {
		if (!sql_row(s, &row, e))
			return false;
		if (!row)
			break;
		*sender |= rules_is_sender(text(s, 0));
		seen(m, sqlite3_column_int64(s, 1),
			sqlite3_column_int64(s, 2));
	}
	sql_reset(s);
	if (!*sender)
		return true;
	put(&m->lists[MACS], m->device + 4, 1);
	s = f->s[QUIET];
	sql_bind_text(s, 1, m->device + 4);
	for (uint64_t rank = 32;; rank--) {
		if (!sql_row(s, &row, e))
			return false;
		if (!row)
			break;
		put(&m->lists[ADDRESSES], text(s, 0), rank);
		seen(m, sqlite3_column_int64(s, 1),
			sqlite3_column_int64(s, 2));
	}
	sql_reset(s);
	return true;
}

bool fold_device(struct fold *f, const char *device, struct err *e)
{
	struct making m = {.device = device};
	bool is = true, ok;
	size_t n;

	ok = take_ends(f, &m, &n, e) &&
		(n > 0 || take_quiet(f, &m, &is, e));
	if (ok && is) {
		ok = write_device(f, &m, e);
	} else if (ok) {
		sql_bind_text(f->s[DROP], 1, device);
		ok = sql_run(f->s[DROP], e);
	}
	for (int i = 0; i < LISTS; i++)
		bag_free(&m.lists[i]);
	bag_free(&m.workstations);
	bag_free(&m.sender_domains);
	free(m.opinions);
	free(m.newest);
	free(m.hours);
	return ok;
}
