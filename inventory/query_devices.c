/* query_devices.c: the list of devices, and the state of the sources. */
#include "capture/base/text.h"
#include "inventory/oui.h"
#include "inventory/query_private.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { US_DAY_HOURS = 24 };
static const int64_t us_hour = 3600LL * 1000000;

/* Columns as they are written in fold.c. */
enum {
	D_DEVICE, D_NAME, D_NAME_FROM, D_ROLE, D_USE, D_EVIDENCE,
	D_CONFIDENCE, D_IN_CLEAR, D_TLS_LOWEST, D_TLS_UNUSED, D_SOME_CLEAR,
	D_LAST_AUTHS, D_LAST_REFUSED, D_MOVED_AWAY, D_MEDIAN_GAP, D_SESSIONS,
	D_MESSAGES, D_BYTES, D_RECIPIENTS, D_AUTH_ACCEPTED, D_AUTH_REJECTED,
	D_FIRST, D_LAST, D_ADDRESSES, D_MACS, D_VLANS, D_ACCOUNTS,
	D_MECHANISMS, D_FROMS, D_DOMAINS, D_HELOS, D_AGENTS, D_SERVERS,
	D_CODES, D_GUESSES, D_TYPE, D_SCORE, D_MAKER, D_MODEL, D_RULE,
	D_RULE_OF, D_RULE_FACT, D_OWNER, D_TAG, D_NOTE, D_STATUS, D_MARKS,
	D_SPRAYED, D_HOLES, D_LAST_ACCEPTED, D_CADENCE,
};

#define DEVICES "SELECT d.device, ifnull(a.name, d.name), " \
	"CASE WHEN a.name IS NULL THEN name_from ELSE 'set' END, role, use, " \
	"evidence, confidence, in_clear, tls_lowest, tls_unused, some_clear, " \
	"last_auths, last_refused, moved_away, median_gap, sessions, " \
	"messages, bytes, recipients, auth_accepted, auth_rejected, " \
	"first_seen, last_seen, addresses, macs, vlans, accounts, mechanisms, " \
	"froms, domains, helos, agents, servers, codes, guesses, " \
	"type, score, maker, model, rule, rule_of, rule_fact, owner, tag, " \
	"note, status, marks, sprayed, holes, last_accepted, cadence " \
	"FROM devices d LEFT JOIN annotations a ON a.device = d.device "

static const char devices_sql[] = DEVICES "ORDER BY d.device";
static const char first_sql[] = DEVICES "WHERE d.device IN (SELECT device "
	"FROM devices ORDER BY role, use DESC, messages DESC, device "
	"LIMIT ?1) ORDER BY d.device";
static const char counts_sql[] = "SELECT role, use, count(*), "
	"sum(sessions > 0), sum(sessions > 0 AND first_seen > ?1) "
	"FROM devices GROUP BY role, use";

/* In the order of devices, so that both are walked side by side. */
static const char ends_sql[] =
	"SELECT device, \"end\" FROM device_ends ORDER BY device, \"end\"";
static const char hours_sql[] = "SELECT hour, n FROM end_hours "
	"WHERE \"end\" = ?1 AND hour > ?2 AND hour <= ?3";

static const char sources_sql[] = "SELECT label, live, state, reason, "
	"beat_at, first_seen, last_seen, packets, bytes, dropped, gaps, "
	"gap_bytes, malformed, not_understood, cut, duplicates, "
	"out_of_order, evicted, lost_records, file_done, file_size, "
	"files_done, files FROM sources ORDER BY beat_at DESC, id";

static void device_free(struct device *d)
{
	struct names *lists[] = {
		&d->addresses, &d->macs, &d->vlans, &d->accounts,
		&d->mechanisms, &d->from, &d->domains, &d->helos, &d->agents,
		&d->servers, &d->codes, &d->services,
	};

	free(d->id);
	free(d->name);
	free(d->name_from);
	free(d->owner);
	free(d->tag);
	free(d->note);
	free(d->vendor);
	free(d->maker);
	free(d->model);
	free(d->rule);
	free(d->rule_fact);
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		names_free(lists[i]);
	for (size_t i = 0; i < d->candidates_n; i++)
		free(d->candidates[i].account);
	free(d->candidates);
}

void device_list_free(struct device_list *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		device_free(&l->v[i]);
	free(l->v);
	for (size_t i = 0; i < l->sources_n; i++) {
		free(l->sources[i].label);
		free(l->sources[i].state);
		free(l->sources[i].reason);
	}
	free(l->sources);
	for (size_t i = 0; i < l->advice_n; i++)
		free(l->advice[i]);
	free(l->advice);
	names_free(&l->own_domains);
	free(l);
}

/* By its network card, or by what the rules made of its names. */
static char *vendor(const struct oui *oui, const struct device *d)
{
	const char *by_card = NULL;
	struct mac m;

	if (strncmp(d->id, "mac:", 4) == 0 && mac_parse(d->id + 4, &m))
		by_card = oui_vendor(oui, &m);
	return xstrdup(by_card ? by_card : d->maker);
}

static void read_device(sqlite3_stmt *s, struct device *d)
{
	const char *status = (const char *)sqlite3_column_text(s, D_STATUS);

	d->status = status_named(status ? status : "");
	if (d->status == STATUSES)
		d->status = STATUS_NONE;
	d->owner = query_text(s, D_OWNER);
	d->tag = query_text(s, D_TAG);
	d->note = query_text(s, D_NOTE);
	d->id = query_text(s, D_DEVICE);
	d->name = query_text(s, D_NAME);
	d->name_from = query_text(s, D_NAME_FROM);
	d->role = (enum role)query_enum(s, D_ROLE, ROLE_MTA);
	d->use = (enum auth_use)query_enum(s, D_USE, USE_BASIC);
	d->evidence = (enum evidence)query_enum(s, D_EVIDENCE, EVIDENCE_SEEN);
	d->confidence = query_enum(s, D_CONFIDENCE, 100);
	d->guesses = query_count(s, D_GUESSES);
	d->type = (enum device_type)query_enum(s, D_TYPE, DEVICE_TYPES - 1);
	d->type_score = query_enum(s, D_SCORE, 99);
	d->maker = query_text(s, D_MAKER);
	d->model = query_text(s, D_MODEL);
	d->rule = query_text(s, D_RULE);
	d->rule_of = (enum rule_of)query_enum(s, D_RULE_OF, RULES_OF - 1);
	d->rule_fact = query_text(s, D_RULE_FACT);
	d->in_clear = sqlite3_column_int(s, D_IN_CLEAR) != 0;
	d->tls_lowest = (uint16_t)query_enum(s, D_TLS_LOWEST, UINT16_MAX);
	d->tls_unused = sqlite3_column_int(s, D_TLS_UNUSED) != 0;
	d->some_clear = sqlite3_column_int(s, D_SOME_CLEAR) != 0;
	d->sessions = query_count(s, D_SESSIONS);
	d->messages = query_count(s, D_MESSAGES);
	d->holes = query_count(s, D_HOLES);
	d->last_accepted = sqlite3_column_int64(s, D_LAST_ACCEPTED);
	d->cadence = (enum cadence)query_enum(s, D_CADENCE, CADENCES - 1);
	d->bytes = query_count(s, D_BYTES);
	d->recipients = query_count(s, D_RECIPIENTS);
	d->auth_accepted = query_count(s, D_AUTH_ACCEPTED);
	d->auth_rejected = query_count(s, D_AUTH_REJECTED);
	d->first_seen = sqlite3_column_int64(s, D_FIRST);
	d->last_seen = sqlite3_column_int64(s, D_LAST);
	d->addresses = query_names(s, D_ADDRESSES, '\n');
	d->macs = query_names(s, D_MACS, '\n');
	d->vlans = query_names(s, D_VLANS, '\n');
	d->accounts = query_names(s, D_ACCOUNTS, '\n');
	d->mechanisms = query_names(s, D_MECHANISMS, '\n');
	d->from = query_names(s, D_FROMS, '\n');
	d->domains = query_names(s, D_DOMAINS, '\n');
	d->helos = query_names(s, D_HELOS, '\n');
	d->agents = query_names(s, D_AGENTS, '\n');
	d->servers = query_names(s, D_SERVERS, '\n');
	d->codes = query_names(s, D_CODES, '\n');
}

static enum standing standing(sqlite3_stmt *s, const struct device *d,
	int64_t now)
{
	struct verdict_habit h = {
		.sessions = d->sessions,
		.last_auths = query_enum(s, D_LAST_AUTHS, VERDICT_LAST),
		.last_refused = query_enum(s, D_LAST_REFUSED, VERDICT_LAST),
		.moved_away = sqlite3_column_int(s, D_MOVED_AWAY) != 0,
		.last_seen = d->last_seen,
		.median_gap = sqlite3_column_int64(s, D_MEDIAN_GAP),
	};

	return verdict_standing(&h, now);
}

/* Things that were made to mail when something fails. */
static bool is_alerter(enum device_type t)
{
	return t == TYPE_UPS || t == TYPE_NAS || t == TYPE_MANAGEMENT ||
		t == TYPE_NETWORK || t == TYPE_BUILDING;
}

/* All but what other devices have to do with it. */
static uint32_t findings(sqlite3_stmt *s, const struct device *d)
{
	struct finding_facts f = {
		.marks = (uint32_t)query_enum(s, D_MARKS, INT32_MAX),
		.use = d->use,
		.standing = d->standing,
		.sprayed = query_count(s, D_SPRAYED),
		.holes = d->holes,
		.sessions = d->sessions,
		.tls_lowest = d->tls_lowest,
		.alerts = is_alerter(d->type),
		.cadence = d->cadence,
	};

	return findings_of(&f);
}

struct user {
	const char *account;
	struct device *device;
};

static int by_account(const void *x, const void *y)
{
	const struct user *a = x, *b = y;

	return strcasecmp(a->account, b->account);
}

static void share(struct device *d)
{
	d->findings |= FINDING_BIT(FINDING_SHARED_ACCOUNT);
}

/* Accounts that more than one device has. */
static void find_shared(struct device_list *l)
{
	struct user *users;
	size_t n = 0, at = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->v[i].accounts.n;
	users = xcalloc(n + 1, sizeof *users);
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->v[i].accounts.n; k++)
			users[at++] = (struct user){l->v[i].accounts.v[k],
				&l->v[i]};
	if (n > 0)
		qsort(users, n, sizeof *users, by_account);
	for (size_t i = 1; i < n; i++)
		if (users[i].device != users[i - 1].device &&
			by_account(&users[i], &users[i - 1]) == 0) {
			share(users[i].device);
			share(users[i - 1].device);
		}
	free(users);
}

static void count(struct device_list *l, const struct device *d)
{
	if (d->role == ROLE_MTA) {
		l->mtas++;
		return;
	}
	if (d->sessions > 0)
		l->by_use[d->use]++;
	if (d->sessions > 0 &&
		d->first_seen > l->now - US_DAY_HOURS * us_hour)
		l->new_day++;
}

/* The same of all that are not in the list, too. */
static bool count_all(struct query *q, struct device_list *l, struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool row = true, ok;

	ok = sql_prepare(query_handle(q), &s, counts_sql, e);
	if (ok)
		sql_bind(s, 1, l->now - US_DAY_HOURS * us_hour);
	l->mtas = l->new_day = l->all = 0;
	memset(l->by_use, 0, sizeof l->by_use);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		l->all += query_count(s, 2);
		if (query_enum(s, 0, ROLE_MTA) == ROLE_MTA) {
			l->mtas += query_count(s, 2);
			continue;
		}
		l->by_use[query_enum(s, 1, USE_BASIC)] += query_count(s, 3);
		l->new_day += query_count(s, 4);
	}
	sqlite3_finalize(s);
	return ok;
}

/* most: 0 for all. */
static bool read_devices(struct query *q, size_t most, struct device_list *l,
	struct err *e)
{
	sqlite3_stmt *s = NULL;
	struct oui *oui;
	size_t cap = 0;
	bool row = true, ok;

	ok = query_vendors(q, &oui, e) && sql_prepare(query_handle(q), &s,
		most > 0 ? first_sql : devices_sql, e);
	if (ok && most > 0)
		sql_bind(s, 1, (int64_t)most);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		struct device *d;

		if (l->n == cap) {
			cap = cap > 0 ? 2 * cap : 256;
			l->v = xrealloc(l->v, cap, sizeof *l->v);
		}
		d = &l->v[l->n++];
		memset(d, 0, sizeof *d);
		read_device(s, d);
		d->standing = standing(s, d, l->now);
		d->findings = findings(s, d);
		d->vendor = vendor(oui, d);
	}
	sqlite3_finalize(s);
	l->all = l->n;
	ok = ok && query_candidates(q, l, e);
	for (size_t i = 0; i < l->n; i++)
		count(l, &l->v[i]);
	find_shared(l);
	return ok && query_advise(q, l, e) &&
		(most == 0 || l->n < most || count_all(q, l, e));
}

static bool add_hours(sqlite3_stmt *s, int64_t end, int64_t last,
	struct device *d, struct err *e)
{
	bool row;

	sql_bind(s, 1, end);
	sql_bind(s, 2, last - QUERY_HOURS);
	sql_bind(s, 3, last);
	for (;;) {
		uint64_t n;
		uint32_t *at;

		if (!sql_row(s, &row, e))
			return false;
		if (!row)
			break;
		at = &d->hours[QUERY_HOURS - 1 -
			(last - sqlite3_column_int64(s, 0))];
		n = *at + query_count(s, 1);
		*at = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
	}
	sql_reset(s);
	return true;
}

/* Of devices that were seen in them: of most of a large site there are none. */
static bool read_hours(struct query *q, struct device_list *l, struct err *e)
{
	sqlite3_stmt *ends = NULL, *hours = NULL;
	int64_t last = l->now / us_hour;
	bool ok, row = true;
	size_t at = 0;

	ok = sql_prepare(query_handle(q), &ends, ends_sql, e) &&
		sql_prepare(query_handle(q), &hours, hours_sql, e);
	while (ok && (ok = sql_row(ends, &row, e)) && row) {
		const char *id = (const char *)sqlite3_column_text(ends, 0);

		while (id && at < l->n && strcmp(l->v[at].id, id) < 0)
			at++;
		if (id && at < l->n && strcmp(l->v[at].id, id) == 0 &&
			l->v[at].last_seen / us_hour > last - QUERY_HOURS)
			ok = add_hours(hours, sqlite3_column_int64(ends, 1),
				last, &l->v[at], e);
	}
	sqlite3_finalize(ends);
	sqlite3_finalize(hours);
	return ok;
}

static void read_source(sqlite3_stmt *s, struct source_state *x)
{
	static const char *const words[] = {
		"running", "done", "cut", "failed"};
	unsigned state = query_enum(s, 2, RECORD_FAILED);
	uint64_t *counts[] = {
		&x->packets, &x->bytes, &x->dropped, &x->gaps, &x->gap_bytes,
		&x->malformed, &x->not_understood, &x->cut, &x->duplicates,
		&x->out_of_order, &x->evicted, &x->lost_records,
		&x->file_done, &x->file_size,
	};
	int at = 7;

	memset(x, 0, sizeof *x);
	x->label = query_text(s, 0);
	x->live = sqlite3_column_int(s, 1) != 0;
	x->running = state == RECORD_RUNNING;
	x->state = xstrdup(words[state]);
	x->reason = query_text(s, 3);
	if (x->reason && x->reason[0] == '\0') {
		free(x->reason);
		x->reason = NULL;
	}
	x->beat_at = sqlite3_column_int64(s, 4);
	x->first_seen = sqlite3_column_int64(s, 5);
	x->last_seen = sqlite3_column_int64(s, 6);
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		*counts[i] = query_count(s, at++);
	x->files_done = (uint32_t)query_enum(s, at++, INT32_MAX);
	x->files = (uint32_t)query_enum(s, at, INT32_MAX);
}

static bool read_sources(struct query *q, struct device_list *l,
	struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool ok, row = true;

	ok = sql_prepare(query_handle(q), &s, sources_sql, e);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		l->sources = xrealloc(l->sources, l->sources_n + 1,
			sizeof *l->sources);
		read_source(s, &l->sources[l->sources_n++]);
	}
	sqlite3_finalize(s);
	return ok;
}

static bool read_times(struct query *q, struct device_list *l, struct err *e)
{
	sqlite3 *h = query_handle(q);
	int64_t sessions;

	if (!sql_number(h, "SELECT max((SELECT ifnull(max(last_seen), 0) "
			"FROM sources), (SELECT ifnull(max(last_seen), 0) "
			"FROM end_use))", 0, &l->now, e) ||
		!sql_number(h, "SELECT ifnull(min(t), 0) FROM (SELECT "
			"min(first_seen) AS t FROM sources WHERE "
			"first_seen > 0 UNION ALL SELECT min(first_seen) "
			"FROM end_use WHERE first_seen > 0)", 0, &l->first_seen, e) ||
		!sql_number(h, "SELECT ifnull(sum(sessions), 0) FROM timeline",
			0, &sessions, e))
		return false;
	l->sessions = sessions > 0 ? (uint64_t)sessions : 0;
	if (l->now < 0)
		l->now = 0;
	return true;
}

static uint64_t size_of(const char *path, const char *end)
{
	char *full = xcalloc(strlen(path) + strlen(end) + 1, 1);
	struct stat st;
	uint64_t n = 0;

	stpcpy(stpcpy(full, path), end);
	if (stat(full, &st) == 0 && st.st_size > 0)
		n = (uint64_t)st.st_size;
	free(full);
	return n;
}

static bool read_list(struct query *q, size_t most, struct device_list **out,
	struct err *e)
{
	struct device_list *l = xcalloc(1, sizeof *l);
	bool ok;

	if (!query_begin(q, e)) {
		free(l);
		return false;
	}
	ok = read_times(q, l, e) && read_devices(q, most, l, e) &&
		read_hours(q, l, e) && read_sources(q, l, e);
	query_end(q);
	if (!ok) {
		device_list_free(l);
		return false;
	}
	l->db_bytes = size_of(query_path(q), "") +
		size_of(query_path(q), "-wal");
	*out = l;
	return true;
}

bool query_devices(struct query *q, struct device_list **out, struct err *e)
{
	return read_list(q, 0, out, e);
}

bool query_devices_first(struct query *q, size_t most,
	struct device_list **out, struct err *e)
{
	return read_list(q, most, out, e);
}

static bool is_called(const struct device *d, const char *text)
{
	char mac[MAC_TEXT];
	struct mac m;

	if (strcasecmp(d->id, text) == 0 ||
		(d->name && strcasecmp(d->name, text) == 0))
		return true;
	for (size_t i = 0; i < d->addresses.n; i++)
		if (strcasecmp(d->addresses.v[i], text) == 0)
			return true;
	if (!mac_parse(text, &m))
		return false;
	mac_format(&m, mac);
	return (strncmp(d->id, "mac:", 4) == 0 && strcmp(d->id + 4, mac) == 0) ||
		names_have(&d->macs, mac);
}

static int by_id(const void *id, const void *device)
{
	return strcmp(id, ((const struct device *)device)->id);
}

const struct device *device_with_id(const struct device_list *l,
	const char *id)
{
	return l->n > 0 ? bsearch(id, l->v, l->n, sizeof *l->v, by_id) : NULL;
}

const struct device *device_find(const struct device_list *l,
	const char *text)
{
	for (size_t i = 0; i < l->n; i++)
		if (is_called(&l->v[i], text))
			return &l->v[i];
	return NULL;
}
