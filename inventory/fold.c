/* fold.c: one device out of the sums of its ends: a row that is read as it is
 * shown. */
#include "capture/base/bytes.h"
#include "capture/base/text.h"
#include "inventory/findings.h"
#include "inventory/gather.h"
#include "inventory/resolve_private.h"
#include "inventory/rules.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
	LISTED = 32,      /* entries of a list */
	MTA_DOMAINS = 10, /* senders' domains that only a relay has */
};

enum { PUT, DROP, STATEMENTS };

static const char *const statements[STATEMENTS] = {
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

/* Of the names from one way of knowing it to another the best, and of those of
 * one kind the last. NULL: none. */
static const struct named *best_name(const struct gathered *m, unsigned from,
	unsigned to)
{
	const struct named *best = NULL;
	unsigned best_rank = 0;

	for (size_t i = 0; i < m->names_n; i++) {
		const struct named *n = &m->names[i];
		unsigned rank = name_kind(n->kind)->rank;

		if (rank < from || rank > to || !rules_is_name(n->text))
			continue;
		if (!best || rank < best_rank || (rank == best_rank &&
			(n->last_seen > best->last_seen ||
				(n->last_seen == best->last_seen &&
				strcmp(n->text, best->text) < 0)))) {
			best = n;
			best_rank = rank;
		}
	}
	return best;
}

/* NULL: none. Borrows from m. */
static const char *name_of(const struct gathered *m, const char **from)
{
	const struct named *n = best_name(m, 1, NAME_RANK_SELF - 1);

	if (!n) {
		*from = "ehlo";
		for (size_t i = 0; i < m->lists[LIST_HELOS].n; i++)
			if (rules_is_name(m->lists[LIST_HELOS].v[i].text))
				return m->lists[LIST_HELOS].v[i].text;
		*from = "ntlm";
		if (m->workstations.n > 0)
			return m->workstations.v[0].text;
		n = best_name(m, NAME_RANK_SELF, UINT_MAX);
	}
	*from = n ? name_kind(n->kind)->from : NULL;
	return n ? n->text : NULL;
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
		if (name_kind(m->names[i].kind)->of >= 0)
			fact(&l, (enum rule_of)name_kind(
				m->names[i].kind)->of, m->names[i].text);
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
	char *lists[LISTS];
	const char *from, *name = name_of(m, &from);
	int at = 1;
	bool ok;

	habit_of(m, &h);
	sort_hours(m);
	sql_bind_text(s, at++, m->device);
	sql_bind_text(s, at++, name);
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

/* One that has sent nothing, but asked for a mail host or looks like what
 * usually sends. Something that says nothing but whose network card it has may
 * be a router's inner side, and who looks names up for others asks for any. */
static bool is_quiet(const struct gathered *m, const struct judgement *j)
{
	return !m->elsewhere && ((m->asked && !m->resolves) ||
		(m->names_n > 0 && rules_is_sender(j)));
}

bool fold_device(struct fold *f, const char *device, struct err *e)
{
	struct judgement j;
	struct gathered m;
	bool ok, is;
	size_t n;

	ok = gather_ends(f->gather, device, &m, &n, e);
	if (ok && n == 0)
		ok = gather_quiet(f->gather, &m, e);
	j = judge(f, &m);
	is = n > 0 || is_quiet(&m, &j);
	if (ok && is) {
		ok = write_device(f, &m, &j, e);
	} else if (ok) {
		sql_bind_text(f->s[DROP], 1, device);
		ok = sql_run(f->s[DROP], e);
	}
	gathered_free(&m);
	return ok;
}
