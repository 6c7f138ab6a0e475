/* query_accounts.c: accounts, and how they are used; see query.h. */
#include "inventory/bag.h"
#include "inventory/query_private.h"
#include <stdlib.h>
#include <string.h>

/* Of a mailing list there is no end. */
enum { SENDERS_MOST = 32, LISTS_MOST = 256 };

/* Rows of one account follow each other, and within it those of one credential,
 * one for each end that used it. */
static const char accounts_sql[] = "SELECT a.name, c.class, "
	"(SELECT text FROM texts WHERE id = c.mechanism), d.device, "
	"u.sessions, u.messages, u.accepted, u.rejected, u.in_clear, "
	"u.first_seen, u.last_seen, c.id, u.again FROM credential_use u "
	"JOIN credentials c ON c.id = u.credential "
	"JOIN account_names a ON a.credential = c.id "
	"LEFT JOIN device_ends d ON d.\"end\" = u.\"end\" "
	"ORDER BY a.name, c.id";
static const char senders_sql[] = "SELECT t.text, f.sessions "
	"FROM credential_froms f JOIN texts t ON t.id = f.froms "
	"WHERE f.credential = ?1 ORDER BY f.sessions DESC, t.text LIMIT ?2";

static void account_free(struct account *a)
{
	free(a->account);
	names_free(&a->mechanisms);
	names_free(&a->devices);
	names_free(&a->from);
	for (size_t i = 0; i < a->by_mechanism_n; i++)
		free(a->by_mechanism[i].mechanism);
	free(a->by_mechanism);
}

void account_list_free(struct account_list *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		account_free(&l->v[i]);
	free(l->v);
	free(l);
}

static void add_to(struct bag *b, sqlite3_stmt *s, int at, uint64_t n)
{
	char *text = query_text(s, at);

	if (text)
		bag_add(b, text, strlen(text), n);
	free(text);
}

/* Most used first, at most so many; empties the bag. */
static void take_bag(struct names *n, struct bag *b, size_t most)
{
	bag_sort(b);
	for (size_t i = 0; i < b->n && i < most; i++)
		names_add(n, b->v[i].text);
	bag_free(b);
}

/* An account whose rows are being read. */
struct tallying {
	struct account account;
	struct bag mechanisms, devices, from;
	int64_t credential; /* the last one */
};

static void add_hours(struct tallying *t, int64_t credential,
	const struct use_hours *hours)
{
	const uint32_t *n = use_hours_of(hours, credential);

	for (size_t i = 0; n && i < QUERY_DAY; i++)
		t->account.hours[i] += n[i];
}

static bool add_senders(struct tallying *t, sqlite3_stmt *s,
	int64_t credential, struct err *e)
{
	bool row, ok;

	sql_bind(s, 1, credential);
	sql_bind(s, 2, LISTS_MOST);
	while ((ok = sql_row(s, &row, e)) && row) {
		struct names from = query_names(s, 0, '\n');

		for (size_t i = 0; i < from.n; i++)
			bag_add(&t->from, from.v[i], strlen(from.v[i]),
				query_count(s, 1));
		names_free(&from);
	}
	sql_reset(s);
	return ok;
}

/* What is known of a credential is added where its first row is. */
static bool next_credential(struct tallying *t, int64_t credential,
	const struct use_hours *hours, sqlite3_stmt *senders, struct err *e)
{
	if (credential == t->credential)
		return true;
	t->credential = credential;
	add_hours(t, credential, hours);
	return add_senders(t, senders, credential, e);
}

static struct account_mechanism *mechanism_of(struct account *a,
	sqlite3_stmt *s)
{
	char *name = query_text(s, 2);
	struct account_mechanism *m;

	for (size_t i = 0; i < a->by_mechanism_n; i++) {
		m = &a->by_mechanism[i];
		if (strcmp(m->mechanism, name ? name : "") == 0) {
			free(name);
			return m;
		}
	}
	a->by_mechanism = xrealloc(a->by_mechanism, a->by_mechanism_n + 1,
		sizeof *a->by_mechanism);
	m = &a->by_mechanism[a->by_mechanism_n++];
	*m = (struct account_mechanism){name ? name : xstrdup(""), 0, 0, 0,
		false};
	return m;
}

static int by_use(const void *x, const void *y)
{
	const struct account_mechanism *a = x, *b = y;

	return a->sessions != b->sessions
		? (a->sessions > b->sessions ? -1 : 1)
		: strcmp(a->mechanism, b->mechanism);
}

static void add_credential(struct tallying *t, sqlite3_stmt *s)
{
	static const enum auth_use uses[] = {
		USE_BASIC, USE_OAUTH, USE_OTHER};
	enum auth_use use = uses[query_enum(s, 1, RECORD_OTHER)];
	int64_t first = sqlite3_column_int64(s, 9);
	int64_t last = sqlite3_column_int64(s, 10);
	uint64_t sessions = query_count(s, 4);
	struct account *a = &t->account;
	struct account_mechanism *m = mechanism_of(a, s);

	m->sessions += sessions;
	m->accepted += query_count(s, 6);
	m->rejected += query_count(s, 7);
	m->in_clear |= query_count(s, 8) > 0;
	if (use > a->use)
		a->use = use;
	add_to(&t->mechanisms, s, 2, sessions);
	add_to(&t->devices, s, 3, sessions);
	a->sessions += sessions - (query_count(s, 12) < sessions
		? query_count(s, 12) : sessions);
	a->messages += query_count(s, 5);
	a->accepted += query_count(s, 6);
	a->rejected += query_count(s, 7);
	a->in_clear |= query_count(s, 8) > 0;
	if (a->first_seen == 0 || first < a->first_seen)
		a->first_seen = first;
	if (last > a->last_seen)
		a->last_seen = last;
}

static void finish(struct tallying *t, struct account_list *l)
{
	if (!t->account.account)
		return;
	take_bag(&t->account.mechanisms, &t->mechanisms, SIZE_MAX);
	take_bag(&t->account.devices, &t->devices, SIZE_MAX);
	take_bag(&t->account.from, &t->from, SENDERS_MOST);
	t->account.kind = account_kind_of(t->account.account);
	qsort(t->account.by_mechanism, t->account.by_mechanism_n,
		sizeof *t->account.by_mechanism, by_use);
	l->v = xgrow(l->v, l->n, sizeof *l->v);
	l->v[l->n++] = t->account;
	*t = (struct tallying){0};
}

bool query_accounts(struct query *q, struct account_list **out,
	struct err *e)
{
	struct account_list *l = xcalloc(1, sizeof *l);
	struct tallying t = {0};
	struct use_hours hours = {0};
	sqlite3_stmt *s = NULL, *senders = NULL;
	bool row = true, ok;

	ok = query_begin(q, e) && use_hours_read(q, &hours, e) &&
		sql_prepare(query_handle(q), &s, accounts_sql, e) &&
		sql_prepare(query_handle(q), &senders, senders_sql, e);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		char *account = query_text(s, 0);

		if (!account)
			continue;
		if (t.account.account &&
			strcmp(t.account.account, account) == 0) {
			free(account);
		} else {
			finish(&t, l);
			t.account.account = account;
		}
		add_credential(&t, s);
		ok = next_credential(&t, sqlite3_column_int64(s, 11), &hours,
			senders, e);
	}
	sqlite3_finalize(s);
	sqlite3_finalize(senders);
	query_end(q);
	use_hours_free(&hours);
	finish(&t, l);
	if (!ok) {
		account_list_free(l);
		return false;
	}
	*out = l;
	return true;
}
