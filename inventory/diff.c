/* diff.c: see diff.h. */
#include "inventory/diff.h"
#include "inventory/diff_side.h"
#include "inventory/query_private.h"
#include "inventory/sql.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *word, *title;
} changes[DIFF_CHANGES] = {
	[DIFF_NEW] = {"new", "new"},
	[DIFF_GONE] = {"gone", "gone"},
	[DIFF_STOPPED] = {"stopped-auth", "stopped using AUTH"},
	[DIFF_FAILING] = {"started-to-fail", "started to fail"},
	[DIFF_USE] = {"changed-auth", "authenticate in another way"},
	[DIFF_SERVER] = {"changed-server", "changed server"},
	[DIFF_ACCOUNT] = {"changed-account", "changed account"},
};

const char *diff_word(enum diff_change c)
{
	return changes[c].word;
}

const char *diff_title(enum diff_change c)
{
	return changes[c].title;
}

/* --- which device is which --- */

/* A MAC or a name that a device is also known by. */
struct key {
	const char *text;
	size_t device;
};

struct keys {
	struct key *v;
	size_t n;
};

static int by_text(const void *x, const void *y)
{
	const struct key *a = x, *b = y;

	return strcasecmp(a->text, b->text);
}

/* Of a router's MAC, or a name that several have, nothing follows. */
static void keep_unique(struct keys *k)
{
	size_t n = 0;

	if (k->n > 0)
		qsort(k->v, k->n, sizeof *k->v, by_text);
	for (size_t i = 0, j; i < k->n; i = j) {
		for (j = i + 1; j < k->n && by_text(&k->v[i], &k->v[j]) == 0;)
			j++;
		if (j == i + 1)
			k->v[n++] = k->v[i];
	}
	k->n = n;
}

static struct keys keys_of(const struct diff_side *s, bool names)
{
	struct keys k = {0};
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += names ? 1 : s->v[i].macs.n;
	k.v = xcalloc(n, sizeof *k.v);
	for (size_t i = 0; i < s->n; i++) {
		const struct diff_device *d = &s->v[i];

		if (names && d->name)
			k.v[k.n++] = (struct key){d->name, i};
		for (size_t m = 0; !names && m < d->macs.n; m++)
			k.v[k.n++] = (struct key){d->macs.v[m], i};
	}
	keep_unique(&k);
	return k;
}

enum { NOBODY = -1 };

/* Pairs what has no partner yet and shares a key that is unique on both
 * sides. */
static void pair_by(const struct diff_side *before,
	const struct diff_side *after, bool names, long *partner,
	bool *taken)
{
	struct keys a = keys_of(before, names), b = keys_of(after, names);

	for (size_t i = 0; i < a.n; i++) {
		const struct key *found = b.n > 0 ? bsearch(&a.v[i], b.v, b.n,
			sizeof *b.v, by_text) : NULL;

		if (!found || partner[a.v[i].device] != NOBODY ||
			taken[found->device])
			continue;
		partner[a.v[i].device] = (long)found->device;
		taken[found->device] = true;
	}
	free(a.v);
	free(b.v);
}

/* By id; else, where that has changed its form (an address has become a
 * network card), by what is left of it. */
static void pair(const struct diff_side *before, const struct diff_side *after,
	long *partner, bool *taken)
{
	size_t k = 0;

	for (size_t i = 0; i < before->n; i++) {
		partner[i] = NOBODY;
		while (k < after->n && strcmp(after->v[k].id,
				before->v[i].id) < 0)
			k++;
		if (k < after->n && strcmp(after->v[k].id,
				before->v[i].id) == 0) {
			partner[i] = (long)k;
			taken[k] = true;
		}
	}
	pair_by(before, after, false, partner, taken);
	pair_by(before, after, true, partner, taken);
}

/* --- what has changed --- */

static void less(struct names *out, const struct names *a,
	const struct names *b)
{
	for (size_t i = 0; i < a->n; i++) {
		bool has = false;

		for (size_t k = 0; k < b->n && !has; k++)
			has = strcasecmp(a->v[i], b->v[k]) == 0;
		if (!has)
			names_add(out, a->v[i]);
	}
}

static bool uses_auth(const struct diff_device *d)
{
	return d->use >= USE_OTHER;
}

/* Of what TLS hides, and of what a server only implies, no change of mechanism
 * is known. */
static bool is_known(enum auth_use u)
{
	return u == USE_NONE || u == USE_OTHER || u == USE_OAUTH ||
		u == USE_BASIC;
}

static uint32_t changes_of(struct diff_item *x)
{
	const struct diff_device *a = x->before, *b = x->after;
	uint32_t bits = 0;

	less(&x->servers, &b->servers, &a->servers);
	less(&x->old_servers, &a->servers, &b->servers);
	less(&x->accounts, &b->accounts, &a->accounts);
	less(&x->old_accounts, &a->accounts, &b->accounts);
	if (uses_auth(a) && !a->moved_away && (b->use == USE_NONE ||
			b->moved_away))
		bits |= DIFF_BIT(DIFF_STOPPED);
	else if (a->use != b->use && is_known(a->use) && is_known(b->use))
		bits |= DIFF_BIT(DIFF_USE);
	if (b->failing && !a->failing)
		bits |= DIFF_BIT(DIFF_FAILING);
	if (x->servers.n > 0 && a->servers.n > 0)
		bits |= DIFF_BIT(DIFF_SERVER);
	if (x->accounts.n > 0 && a->accounts.n > 0)
		bits |= DIFF_BIT(DIFF_ACCOUNT);
	return bits;
}

/* us: how long a device may be silent before that tells something: a weekend, a
 * holiday, a month without a report. */
static int64_t patience(enum cadence c)
{
	static const int days[CADENCES] = {
		[CADENCE_NONE] = 35, [CADENCE_ONCE] = 35,
		[CADENCE_HOURLY] = 4, [CADENCE_DAILY] = 5,
		[CADENCE_WEEKLY] = 15, [CADENCE_MONTHLY] = 63,
		[CADENCE_IRREGULAR] = 35,
	};

	return days[c] * INT64_C(86400) * 1000000;
}

/* At the end of that side. */
static bool is_silent(const struct diff_side *s, const struct diff_device *d)
{
	return s->last - d->last_seen > patience(d->cadence);
}

static void item_free(struct diff_item *x)
{
	names_free(&x->servers);
	names_free(&x->old_servers);
	names_free(&x->accounts);
	names_free(&x->old_accounts);
}

static void add(struct diff *d, struct diff_item *taken)
{
	for (int c = 0; c < DIFF_CHANGES; c++)
		d->count[c] += taken->changes >> c & 1;
	d->v = xgrow(d->v, d->n, sizeof *d->v);
	d->v[d->n++] = *taken;
}

static void compare(struct diff *d, const long *partner, const bool *taken)
{
	for (size_t i = 0; i < d->before.n; i++) {
		struct diff_item x = {.before = &d->before.v[i]};

		if (partner[i] != NOBODY) {
			x.after = &d->after.v[partner[i]];
			x.changes = changes_of(&x);
		} else if (is_silent(&d->before, x.before)) {
			d->same++; /* as it was */
		} else if (is_silent(&d->after, x.before)) {
			x.changes = DIFF_BIT(DIFF_GONE);
		} else {
			d->waiting++;
		}
		if (x.changes != 0) {
			add(d, &x);
			continue;
		}
		item_free(&x);
		d->same += x.after != NULL;
	}
	for (size_t k = 0; k < d->after.n; k++) {
		struct diff_item x = {.after = &d->after.v[k],
			.changes = DIFF_BIT(DIFF_NEW)};

		if (!taken[k])
			add(d, &x);
	}
}

static int by_change(const void *x, const void *y)
{
	const struct diff_item *a = x, *b = y;
	const struct diff_device *p = a->after ? a->after : a->before;
	const struct diff_device *q = b->after ? b->after : b->before;
	int first = ffs((int)a->changes) - ffs((int)b->changes);

	if (first != 0)
		return first;
	/* Those without a name last. */
	if (!p->name != !q->name)
		return !p->name - !q->name;
	first = p->name ? strcasecmp(p->name, q->name) : 0;
	return first != 0 ? first : strcmp(p->id, q->id);
}

void diff_sort(struct diff *d)
{
	if (d->n > 0)
		qsort(d->v, d->n, sizeof *d->v, by_change);
}

static struct diff *diff_of(struct diff_side *before, struct diff_side *after)
{
	struct diff *d = xcalloc(1, sizeof *d);
	long *partner = xcalloc(before->n, sizeof *partner);
	bool *taken = xcalloc(after->n, sizeof *taken);

	d->before = *before;
	d->after = *after;
	pair(before, after, partner, taken);
	compare(d, partner, taken);
	diff_sort(d);
	free(partner);
	free(taken);
	return d;
}

/* Each inventory has a random name from its first day: a copy that has grown
 * has that of its origin. */
static bool is_grown(struct query *before, struct query *after, bool *grown,
	struct err *e)
{
	static const char sql[] =
		"SELECT sensor FROM sensors ORDER BY id LIMIT 1";
	struct query *q[] = {before, after};
	uint8_t ids[2][16] = {{0}};

	for (int i = 0; i < 2; i++) {
		sqlite3_stmt *s = NULL;
		bool row = false, ok;

		ok = sql_prepare(query_handle(q[i]), &s, sql, e) &&
			sql_row(s, &row, e);
		if (ok && row && sqlite3_column_bytes(s, 0) == 16)
			memcpy(ids[i], sqlite3_column_blob(s, 0), 16);
		sqlite3_finalize(s);
		if (!ok)
			return false;
	}
	*grown = memcmp(ids[0], ids[1], 16) == 0;
	return true;
}

bool diff_inventories(struct query *before, struct query *after,
	struct diff **out, struct err *e)
{
	struct diff_side a = {0}, b = {0};
	bool grown = false;

	if (!is_grown(before, after, &grown, e) ||
		!diff_side_all(before, &a, e))
		return false;
	if (grown ? !diff_side_window(after, a.last + 1, 0, &b, e)
		: !diff_side_all(after, &b, e)) {
		diff_side_free(&a);
		return false;
	}
	*out = diff_of(&a, &b);
	return true;
}

bool diff_times(struct query *q, int64_t since, int64_t at, int64_t until,
	struct diff **out, struct err *e)
{
	struct diff_side a = {0}, b = {0};

	if (!diff_side_window(q, since, at - 1, &a, e))
		return false;
	if (!diff_side_window(q, at, until, &b, e)) {
		diff_side_free(&a);
		return false;
	}
	*out = diff_of(&a, &b);
	return true;
}

void diff_free(struct diff *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++)
		item_free(&d->v[i]);
	free(d->v);
	diff_side_free(&d->before);
	diff_side_free(&d->after);
	free(d);
}
