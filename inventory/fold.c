/* fold.c: one device out of the sums of its ends: a row that is read as it is
 * shown. */
#include "capture/base/bytes.h"
#include "capture/base/text.h"
#include "inventory/findings.h"
#include "inventory/gather.h"
#include "inventory/resolve_private.h"
#include "inventory/rules.h"
#include <stdlib.h>
#include <string.h>

enum {
	LISTED = 32,      /* entries of a list */
	MTA_DOMAINS = 10, /* senders' domains that only a relay has */
	LIKELY = 60,      /* percent: what a quiet device must look like */
};

enum { HOST, PUT, DROP, STATEMENTS };

static const char *const statements[STATEMENTS] = {
	[HOST] = "SELECT value FROM identities WHERE subject = ?1 AND "
		"kind IN ('dhcp_host', 'dhcp_fqdn') ORDER BY "
		"kind = 'dhcp_host' DESC, last_seen DESC, value LIMIT 1",
	[PUT] = "INSERT OR REPLACE INTO devices VALUES (?1, ?2, ?3, ?4, ?5, "
		"?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, "
		"?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, "
		"?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39, ?40, ?41, "
		"?42, ?43, ?44, ?45, ?46, ?47)",
	[DROP] = "DELETE FROM devices WHERE device = ?1",
};

struct fold {
	struct db *db;
	struct gather *gather;
	sqlite3_stmt *s[STATEMENTS];
};

bool fold_open(struct fold **out, struct db *db, struct err *e)
{
	struct fold *f = xcalloc(1, sizeof *f);

	f->db = db;
	if (!gather_open(&f->gather, db, e) ||
		!db_prepare(db, statements, f->s, STATEMENTS, e)) {
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
	gather_close(f->gather);
	db_finalize(f->s, STATEMENTS);
	free(f);
}

static int by_server(const void *x, const void *y)
{
	const struct opinion *a = x, *b = y;

	return a->server < b->server ? -1 : a->server > b->server;
}

/* The sessions with each server give one verdict; then, over the servers, what
 * concerns most counts. *sessions: how many guesses it rests on. */
static struct verdict verdict_of(struct gathered *m, uint64_t *sessions)
{
	struct verdict_vote *votes = xcalloc(m->opinions_n, sizeof *votes);
	struct verdict all = {0};

	*sessions = 0;
	if (m->opinions_n > 0)
		qsort(m->opinions, m->opinions_n, sizeof *m->opinions,
			by_server);
	for (size_t i = 0; i < m->opinions_n;) {
		int64_t server = m->opinions[i].server;
		struct verdict v;
		uint64_t guesses;
		size_t n = 0;

		while (i < m->opinions_n && m->opinions[i].server == server)
			votes[n++] = m->opinions[i++].vote;
		v = verdict_together(votes, n, &guesses);
		if (verdict_concerns_more(&v, &all)) {
			all = v;
			*sessions = guesses;
		}
	}
	free(votes);
	return all;
}

static int newest_first(const void *x, const void *y)
{
	const struct newest *a = x, *b = y;

	return memcmp(b->session, a->session, 16);
}

static void habit_of(struct gathered *m, struct verdict_habit *h)
{
	unsigned since = 0; /* accepted without AUTH, newer than any with */

	if (m->newest_n > 0)
		qsort(m->newest, m->newest_n, sizeof *m->newest, newest_first);
	for (size_t i = 0; i < m->newest_n; i++) {
		const struct newest *n = &m->newest[i];

		if (n->kind == NEWEST_WITHOUT) {
			since += h->last_auths == 0;
		} else if (n->kind == NEWEST_AUTH &&
			h->last_auths < VERDICT_LAST) {
			h->last_auths++;
			h->last_refused += n->refused;
		}
	}
	h->moved_away = h->last_auths > 0 && since >= VERDICT_LAST;
}

static int descending(const void *x, const void *y)
{
	const int64_t *a = x, *b = y;

	return *a > *b ? -1 : *a < *b;
}

/* The hours in which it sent, each once, the last one first: a burst is one
 * occasion. */
static void sort_hours(struct gathered *m)
{
	size_t n = 0;

	if (m->hours_n > 0)
		qsort(m->hours, m->hours_n, sizeof m->hours[0], descending);
	for (size_t i = 0; i < m->hours_n; i++)
		if (n == 0 || m->hours[i] != m->hours[n - 1])
			m->hours[n++] = m->hours[i];
	m->hours_n = n;
}

/* us: when AUTH was accepted last; 0: never. */
static int64_t last_accepted(const struct gathered *m)
{
	for (size_t i = 0; i < m->newest_n; i++) {
		struct rd r = rd_init(m->newest[i].session, 16);

		if (m->newest[i].kind == NEWEST_LET_IN)
			return (int64_t)(rd_be64(&r) / 1000);
	}
	return 0;
}

static bool first_text(sqlite3_stmt *s, const char *key,
	char out[TEXT_MAX], struct err *e)
{
	const char *text;
	bool row;

	sql_bind_text(s, 1, key);
	if (!sql_row(s, &row, e))
		return false;
	text = row ? (const char *)sqlite3_column_text(s, 0) : NULL;
	text_clean(out, TEXT_MAX, text ? text : "", text ? strlen(text) : 0);
	sql_reset(s);
	return true;
}

static bool name_of(struct fold *f, struct gathered *m, char out[TEXT_MAX],
	const char **from, struct err *e)
{
	if (!first_text(f->s[HOST], m->device, out, e))
		return false;
	*from = "dhcp";
	if (rules_is_name(out))
		return true;
	*from = "ehlo";
	for (size_t i = 0; i < m->lists[LIST_HELOS].n; i++) {
		const char *helo = m->lists[LIST_HELOS].v[i].text;

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

enum { FACTS = 128 };

struct facts_list {
	struct rule_fact v[FACTS];
	size_t n;
};

static void fact(struct facts_list *l, enum rule_of of, const char *text)
{
	if (l->n < FACTS && text && text[0] != '\0')
		l->v[l->n++] = (struct rule_fact){of, text};
}

static void fact_bag(struct facts_list *l, enum rule_of of,
	const struct bag *b)
{
	for (size_t i = 0; i < b->n && i < LISTED; i++)
		fact(l, of, b->v[i].text);
}

/* What it is, by all that is known of it. The result borrows from m. */
static struct judgement judge(struct fold *f, const struct gathered *m)
{
	struct facts_list l = {.n = 0};

	if (strncmp(m->device, "mac:", 4) == 0)
		fact(&l, RULE_OUI, db_vendor(f->db, m->device + 4));
	for (size_t i = 0; i < m->names_n; i++)
		fact(&l, m->names[i].of, m->names[i].text);
	fact_bag(&l, RULE_EHLO, &m->lists[LIST_HELOS]);
	fact_bag(&l, RULE_AGENT, &m->lists[LIST_AGENTS]);
	fact_bag(&l, RULE_NTLM, &m->workstations);
	return rules_judge(db_rules(f->db), l.v, l.n);
}

static int bind_judgement(sqlite3_stmt *s, int at, const struct judgement *j)
{
	sql_bind(s, at++, j->type);
	sql_bind(s, at++, j->score);
	sql_bind_text(s, at++, j->vendor);
	sql_bind_text(s, at++, j->model);
	sql_bind_text(s, at++, j->rule);
	sql_bind(s, at++, j->fact_of);
	sql_bind_text(s, at++, j->fact);
	return at;
}

static bool has_mark(const struct gathered *m, enum tally_mark mark)
{
	return m->marks >> mark & 1;
}

static bool is_mta(struct gathered *m)
{
	bag_sort(&m->sender_domains);
	return m->relays || m->sender_domains.n >= MTA_DOMAINS;
}

static bool write_device(struct fold *f, struct gathered *m,
	const struct judgement *j, struct err *e)
{
	sqlite3_stmt *s = f->s[PUT];
	uint64_t guesses;
	struct verdict v = verdict_of(m, &guesses);
	struct verdict_habit h = {0};
	char *lists[LISTS], name[TEXT_MAX];
	const char *from;
	int at = 1;
	bool ok;

	if (!name_of(f, m, name, &from, e))
		return false;
	habit_of(m, &h);
	sort_hours(m);
	sql_bind_text(s, at++, m->device);
	sql_bind_text(s, at++, from ? name : NULL);
	sql_bind_text(s, at++, from);
	sql_bind(s, at++, is_mta(m) ? ROLE_MTA : ROLE_DEVICE);
	sql_bind(s, at++, v.use);
	sql_bind(s, at++, v.evidence);
	sql_bind(s, at++, v.confidence);
	sql_bind(s, at++, has_mark(m, MARK_PASSWORD_IN_CLEAR));
	sql_bind(s, at++, m->tls_lowest);
	sql_bind(s, at++, has_mark(m, MARK_TLS_UNUSED));
	sql_bind(s, at++, has_mark(m, MARK_CLEAR));
	sql_bind(s, at++, h.last_auths);
	sql_bind(s, at++, h.last_refused);
	sql_bind(s, at++, h.moved_away);
	sql_bind(s, at++, cadence_gap(m->hours, m->hours_n));
	for (int i = 0; i < TALLY_SUMS; i++)
		if (i != TALLY_SUM_ACCEPTED)
			sql_bind_count(s, at++, m->sums[i]);
	sql_bind(s, at++, m->first_seen);
	sql_bind(s, at++, m->last_seen);
	for (int i = 0; i < LISTS; i++) {
		lists[i] = bag_list(&m->lists[i], LISTED);
		sql_bind_text(s, at++, lists[i]);
	}
	sql_bind_count(s, at++, guesses);
	at = bind_judgement(s, at, j);
	sql_bind(s, at++, m->marks);
	sql_bind_count(s, at++, m->sprayed.n);
	sql_bind_count(s, at++, m->holes);
	sql_bind(s, at++, last_accepted(m));
	sql_bind(s, at++, cadence_of(m->hours, m->hours_n));
	ok = sql_run(s, e);
	for (int i = 0; i < LISTS; i++)
		free(lists[i]);
	return ok;
}

/* Does a thing of that type usually send mail of itself? Something that says
 * nothing but whose network card it has may be a router's inner side. */
static bool is_sender(const struct gathered *m, const struct judgement *j)
{
	return m->names_n > 0 && j->type > TYPE_UNKNOWN && j->type < TYPE_APPLICATION &&
		j->type != TYPE_NETWORK && j->score >= LIKELY;
}

bool fold_device(struct fold *f, const char *device, struct err *e)
{
	struct judgement j;
	struct gathered m;
	bool ok, is;
	size_t n;

	ok = gather_ends(f->gather, device, &m, &n, e);
	j = judge(f, &m);
	is = n > 0 || is_sender(&m, &j);
	if (ok && n == 0 && is)
		ok = gather_quiet(f->gather, &m, e);
	if (ok && is) {
		ok = write_device(f, &m, &j, e);
	} else if (ok) {
		sql_bind_text(f->s[DROP], 1, device);
		ok = sql_run(f->s[DROP], e);
	}
	gathered_free(&m);
	return ok;
}
