/* query_tenant.c: what the tenant's own exports say of devices, and what each
 * of the two does not know of the other. */
#include "inventory/import/exports.h"
#include "inventory/join.h"
#include "inventory/query_private.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static_assert((int)CANDIDATE_SURE == (int)JOIN_SURE, "one bound");

/* --- candidates: rows in the order of devices --- */

static const char candidates_sql[] = "SELECT device, account, score, hits, "
	"hidden, why, use FROM device_accounts "
	"ORDER BY device, score DESC, hits DESC, account";

static bool has_account(const struct device *d, const char *account)
{
	for (size_t i = 0; i < d->accounts.n; i++)
		if (strcasecmp(d->accounts.v[i], account) == 0)
			return true;
	return false;
}

static void add_candidate(struct device *d, sqlite3_stmt *s)
{
	char *account = query_text(s, 1);
	uint64_t why = query_count(s, 5);

	/* What was seen needs no guess. */
	if (!account || has_account(d, account) ||
		d->candidates_n == JOIN_MOST) {
		free(account);
		return;
	}
	d->candidates = xrealloc(d->candidates, d->candidates_n + 1,
		sizeof *d->candidates);
	d->candidates[d->candidates_n++] = (struct candidate){
		.account = account, .score = query_enum(s, 2, 99),
		.hits = query_count(s, 3), .tries = query_count(s, 4),
		.by_times = why & JOIN_BY_TIMES,
		.by_length = why & JOIN_BY_LENGTH,
		.by_sender = why & JOIN_BY_SENDER,
		.use = (enum auth_use)query_enum(s, 6, USE_BASIC),
	};
}

/* A sign-in by SMTP is one with a password: OAuth has signed in elsewhere. Only
 * where neither the wire nor lengths say anything. */
static void conclude(struct device *d)
{
	const struct candidate *c = d->candidates;

	if (d->candidates_n == 0 || c->score < CANDIDATE_SURE ||
		(d->use != USE_UNKNOWN && d->use != USE_REQUIRED) ||
		(c->use == USE_UNKNOWN && !c->by_times))
		return;
	d->use = c->use == USE_UNKNOWN ? USE_BASIC : c->use;
	d->evidence = EVIDENCE_IMPORTED;
	d->confidence = c->score;
	d->guesses = 0;
}

bool query_candidates(struct query *q, struct device_list *l, struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool row = true, ok;
	size_t at = 0;

	ok = sql_prepare(query_handle(q), &s, candidates_sql, e);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		const char *id = (const char *)sqlite3_column_text(s, 0);

		while (id && at < l->n && strcmp(l->v[at].id, id) < 0)
			at++;
		if (id && at < l->n && strcmp(l->v[at].id, id) == 0)
			add_candidate(&l->v[at], s);
	}
	sqlite3_finalize(s);
	for (size_t i = 0; ok && i < l->n; i++)
		conclude(&l->v[i]);
	return ok;
}

/* --- names of accounts, and what is known of each --- */

struct name {
	char *text;
	int64_t account; /* its mailbox, or itself */
	bool reported;   /* under this name */
};

struct known {
	struct name *v; /* by text */
	size_t n;
	int64_t *reported, *seen; /* accounts, sorted */
	size_t reported_n, seen_n;
};

static const char names_sql[] = "SELECT a.account, ifnull((SELECT n.account "
	"FROM tenant_names n WHERE n.name = a.account), a.id), a.id IN "
	"(SELECT account FROM tenant_report UNION SELECT account FROM "
	"tenant_events WHERE kind = 0 AND outcome <> ?1) "
	"FROM tenant_accounts a UNION ALL SELECT n.name, n.account, 0 "
	"FROM tenant_names n WHERE n.name NOT IN (SELECT account FROM "
	"tenant_accounts) ORDER BY 1";

static int by_text(const void *x, const void *y)
{
	const struct name *a = x, *b = y;

	return strcmp(a->text, b->text);
}

static int by_number(const void *x, const void *y)
{
	const int64_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

static bool has_number(const int64_t *v, size_t n, int64_t number)
{
	return n > 0 && bsearch(&number, v, n, sizeof *v, by_number);
}

static bool read_names(struct query *q, struct known *k, struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool row = true, ok;

	ok = sql_prepare(query_handle(q), &s, names_sql, e);
	if (ok)
		sql_bind(s, 1, RECORD_REJECTED);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		struct name n = {query_text(s, 0), sqlite3_column_int64(s, 1),
			sqlite3_column_int(s, 2) != 0};

		if (!n.text)
			continue;
		k->v = xgrow(k->v, k->n, sizeof *k->v);
		k->v[k->n++] = n;
		if (!n.reported)
			continue;
		k->reported = xgrow(k->reported, k->reported_n,
			sizeof *k->reported);
		k->reported[k->reported_n++] = n.account;
	}
	sqlite3_finalize(s);
	if (k->n > 0)
		qsort(k->v, k->n, sizeof *k->v, by_text);
	if (k->reported_n > 0)
		qsort(k->reported, k->reported_n, sizeof *k->reported,
			by_number);
	return ok;
}

/* Whose name it is, whatever its case; NULL: nobody's. */
static const struct name *name_of(const struct known *k, const char *text)
{
	char low[TEXT_MAX];
	struct name key = {.text = low};
	size_t n = 0;

	for (; text[n] != '\0' && n + 1 < sizeof low; n++)
		low[n] = text[n] >= 'A' && text[n] <= 'Z'
			? (char)(text[n] + ('a' - 'A')) : text[n];
	low[n] = '\0';
	return k->n > 0 ? bsearch(&key, k->v, k->n, sizeof *k->v, by_text)
			: NULL;
}

static void see(struct known *k, const char *text)
{
	const struct name *n = name_of(k, text);

	if (!n)
		return;
	k->seen = xgrow(k->seen, k->seen_n, sizeof *k->seen);
	k->seen[k->seen_n++] = n->account;
}

static void known_free(struct known *k)
{
	for (size_t i = 0; i < k->n; i++)
		free(k->v[i].text);
	free(k->v);
	free(k->reported);
	free(k->seen);
}

/* --- coverage --- */

/* Does it send to a service of the provider's that asks for an account? */
static bool submits(const struct device *d)
{
	for (size_t i = 0; i < d->services.n; i++)
		if (strncmp(d->services.v[i], "exchange-online-",
			    strlen("exchange-online-")) == 0 &&
			strcmp(d->services.v[i], "exchange-online-mx") != 0)
			return true;
	return false;
}

static void see_device(struct known *k, const struct device *d)
{
	for (size_t i = 0; i < d->accounts.n; i++)
		see(k, d->accounts.v[i]);
	for (size_t i = 0; i < d->candidates_n; i++)
		if (d->candidates[i].score >= CANDIDATE_SURE)
			see(k, d->candidates[i].account);
}

/* Of another provider nothing would be reported here. */
static void list_unreported(struct coverage *c, const struct known *k,
	const struct device *d)
{
	for (size_t i = 0; submits(d) && i < d->accounts.n; i++) {
		const char *account = d->accounts.v[i];
		const struct name *n = name_of(k, account);

		if (!strchr(account, '@') || (n && has_number(k->reported,
				k->reported_n, n->account)) ||
			names_have(&c->unreported, account))
			continue;
		names_add(&c->unreported, account);
	}
}

static bool is_nameless(const struct device *d)
{
	return submits(d) && d->accounts.n == 0 && d->sessions > 0 &&
		(d->candidates_n == 0 ||
			d->candidates[0].score < CANDIDATE_SURE);
}

static int by_word(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

static void sort(struct names *n)
{
	if (n->n > 0)
		qsort(n->v, n->n, sizeof *n->v, by_word);
}

/* By the name that it is reported under, once for each mailbox. */
static void list_unseen(struct coverage *c, const struct known *k)
{
	int64_t *done = xcalloc(k->n, sizeof *done);
	size_t n = 0;

	for (size_t i = 0; i < k->n; i++) {
		const struct name *x = &k->v[i];
		bool again = false;

		if (!x->reported || has_number(k->seen, k->seen_n, x->account))
			continue;
		for (size_t d = 0; d < n && !again; d++)
			again = done[d] == x->account;
		if (again)
			continue;
		done[n++] = x->account;
		names_add(&c->unseen, x->text);
	}
	free(done);
}

static void compare(struct coverage *c, struct known *k,
	const struct device_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		see_device(k, &l->v[i]);
	if (k->seen_n > 0)
		qsort(k->seen, k->seen_n, sizeof *k->seen, by_number);
	c->reported = k->reported_n > 0;
	list_unseen(c, k);
	for (size_t i = 0; i < l->n; i++) {
		if (c->reported)
			list_unreported(c, k, &l->v[i]);
		if (is_nameless(&l->v[i]))
			names_add(&c->nameless, l->v[i].id);
	}
	sort(&c->unseen);
	sort(&c->unreported);
	sort(&c->nameless);
}

/* --- imports and clocks --- */

static bool read_refused(struct query *q, struct import_state *x, int64_t id,
	struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool row = true, ok;

	ok = sql_prepare(query_handle(q), &s, "SELECT reason, n FROM "
		"import_refusals WHERE import = ?1 ORDER BY reason", e);
	if (ok)
		sql_bind(s, 1, id);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		enum import_refusal r = (enum import_refusal)query_enum(s, 0,
			IMPORT_REFUSALS - 1);

		x->refused = xrealloc(x->refused, x->refused_n + 1,
			sizeof *x->refused);
		x->refused[x->refused_n++] = (struct import_refused){
			import_refusal_word(r), import_refusal_text(r),
			query_count(s, 1)};
	}
	sqlite3_finalize(s);
	return ok;
}

static bool read_imports(struct query *q, struct coverage *c, struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool row = true, ok;

	ok = sql_prepare(query_handle(q), &s, "SELECT id, label, kind, digest, "
		"imported_at, taken FROM imports ORDER BY imported_at, digest",
		e);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		enum import_kind k = (enum import_kind)query_enum(s, 2,
			IMPORT_KINDS - 1);
		struct import_state *x;

		c->imports = xrealloc(c->imports, c->imports_n + 1,
			sizeof *c->imports);
		x = &c->imports[c->imports_n++];
		*x = (struct import_state){
			.label = query_text(s, 1), .kind = import_kind_word(k),
			.kind_text = import_kind_text(k),
			.imported_at = sqlite3_column_int64(s, 4),
			.taken = query_count(s, 5)};
		if (sqlite3_column_bytes(s, 3) == sizeof x->digest)
			memcpy(x->digest, sqlite3_column_blob(s, 3),
				sizeof x->digest);
		ok = read_refused(q, x, sqlite3_column_int64(s, 0), e);
	}
	sqlite3_finalize(s);
	return ok;
}

static bool read_clocks(struct query *q, struct coverage *c, struct err *e)
{
	sqlite3_stmt *s = NULL;
	bool row = true, ok;

	ok = sql_prepare(query_handle(q), &s, "SELECT n.name, c.ahead, c.pairs "
		"FROM tenant_clocks c JOIN sensors n ON n.id = c.sensor "
		"ORDER BY n.name, n.sensor", e);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		c->clocks = xrealloc(c->clocks, c->clocks_n + 1,
			sizeof *c->clocks);
		c->clocks[c->clocks_n++] = (struct clock_state){
			query_text(s, 0), sqlite3_column_int64(s, 1),
			query_count(s, 2)};
	}
	sqlite3_finalize(s);
	return ok;
}

bool query_coverage(struct query *q, const struct device_list *l,
	struct coverage **out, struct err *e)
{
	struct coverage *c = xcalloc(1, sizeof *c);
	struct known k = {0};
	bool ok;

	if (!query_begin(q, e)) {
		free(c);
		return false;
	}
	ok = read_imports(q, c, e) && read_clocks(q, c, e) &&
		read_names(q, &k, e);
	query_end(q);
	if (ok)
		compare(c, &k, l);
	known_free(&k);
	if (!ok) {
		coverage_free(c);
		return false;
	}
	*out = c;
	return true;
}

void coverage_free(struct coverage *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->imports_n; i++) {
		free(c->imports[i].label);
		free(c->imports[i].refused);
	}
	for (size_t i = 0; i < c->clocks_n; i++)
		free(c->clocks[i].sensor);
	free(c->imports);
	free(c->clocks);
	names_free(&c->unseen);
	names_free(&c->unreported);
	names_free(&c->nameless);
	free(c);
}
