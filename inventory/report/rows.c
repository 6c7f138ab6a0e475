/* rows.c: see rows.h. */
#include "inventory/report/rows.h"
#include "inventory/report/hide.h"
#include "inventory/sql.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

struct choice choice_of(const struct report_options *o)
{
	struct choice c = {0};

	if (!o->devices)
		return c;
	c.v = xcalloc(o->devices->n + 1, sizeof *c.v);
	for (; c.n < o->devices->n; c.n++)
		c.v[c.n] = o->devices->v[c.n];
	qsort(c.v, c.n, sizeof *c.v, by_text);
	return c;
}

bool choice_has(const struct choice *c, const char *id)
{
	return !c->v ||
		(id && bsearch(&id, c->v, c->n, sizeof *c->v, by_text));
}

void choice_free(struct choice *c)
{
	free(c->v);
}

/* Seen within the window? */
static bool in_window(const struct report_options *o, int64_t first,
	int64_t last)
{
	return (o->since == 0 || last >= o->since) &&
		(o->until == 0 || first <= o->until);
}

static bool takes_all(const struct report_options *o)
{
	return !o->device && !o->devices && o->since == 0 && o->until == 0;
}

/* --- the order: what breaks first, what must change, names --- */

/* "now" before any day, and any day before none. */
static int by_break(const struct device *a, const struct device *b)
{
	const char *x = a->breaks, *y = b->breaks;
	bool now = x && strcmp(x, "now") == 0;

	if (!x || !y)
		return !x - !y;
	if (strcmp(x, y) == 0)
		return 0;
	return now ? -1 : strcmp(y, "now") == 0 ? 1 : strcmp(x, y);
}

/* The less, the sooner it must change; relays behind devices, and last of all
 * what has sent nothing. */
static int rank(const struct device *d)
{
	static const int ranks[] = {
		[USE_BASIC] = 0, [USE_REQUIRED] = 1, [USE_UNKNOWN] = 2,
		[USE_OAUTH] = 3, [USE_OTHER] = 4, [USE_NONE] = 5,
	};

	if (d->sessions == 0)
		return 7;
	return d->role == ROLE_MTA && ranks[d->use] > 1 ? 6 : ranks[d->use];
}

static int by_urgency(const void *x, const void *y)
{
	const struct device *a = *(const struct device *const *)x;
	const struct device *b = *(const struct device *const *)y;
	int by = by_break(a, b);

	if (by == 0)
		by = rank(a) - rank(b);
	/* Those without a name last. */
	if (by == 0 && (!a->name || !b->name))
		by = !a->name - !b->name;
	if (by == 0 && a->name)
		by = strcasecmp(a->name, b->name);
	return by != 0 ? by : strcmp(a->id, b->id);
}

static int by_id(const void *x, const void *y)
{
	const struct device *a = *(const struct device *const *)x;
	const struct device *b = *(const struct device *const *)y;

	return strcmp(a->id, b->id);
}

static int by_account(const void *x, const void *y)
{
	const struct account *a = *(const struct account *const *)x;
	const struct account *b = *(const struct account *const *)y;

	return strcmp(a->account, b->account);
}

/* --- the choice --- */

static void choose_devices(struct rows *r, const struct report_options *o)
{
	const struct device_list *l = r->devices;
	struct choice c = choice_of(o);

	r->device = xcalloc(l->n + 1, sizeof *r->device);
	for (size_t i = 0; i < l->n; i++) {
		const struct device *d = &l->v[i];

		if ((o->device && strcmp(d->id, o->device) != 0) ||
			!in_window(o, d->first_seen, d->last_seen) ||
			!choice_has(&c, d->id))
			continue;
		r->device[r->devices_n++] = d;
		r->counts.basic += d->use == USE_BASIC &&
			d->status != STATUS_EXEMPT;
	}
	r->counts.devices = r->devices_n;
	choice_free(&c);
}

/* The ids of the chosen devices. */
static struct choice chosen_ids(const struct rows *r)
{
	struct choice c = {.n = r->devices_n};

	c.v = xcalloc(c.n + 1, sizeof *c.v);
	for (size_t i = 0; i < c.n; i++)
		c.v[i] = r->device[i]->id;
	qsort(c.v, c.n, sizeof *c.v, by_text);
	return c;
}

static bool has_any(const struct choice *c, const struct names *ids)
{
	for (size_t i = 0; i < ids->n; i++)
		if (choice_has(c, ids->v[i]))
			return true;
	return false;
}

/* What the chosen devices have to do with. */
static void choose_others(struct rows *r, const struct report_options *o)
{
	struct choice ids = chosen_ids(r);
	bool all = takes_all(o);

	r->account = xcalloc(r->accounts->n + 1, sizeof *r->account);
	for (size_t i = 0; i < r->accounts->n; i++) {
		const struct account *a = &r->accounts->v[i];

		if ((all || has_any(&ids, &a->devices)) &&
			in_window(o, a->first_seen, a->last_seen))
			r->account[r->accounts_n++] = a;
	}
	r->server = xcalloc(r->servers->n + 1, sizeof *r->server);
	for (size_t i = 0; i < r->servers->n; i++) {
		const struct server *v = &r->servers->v[i];

		if ((all || has_any(&ids, &v->device_ids)) &&
			in_window(o, v->first_seen, v->last_seen))
			r->server[r->servers_n++] = v;
	}
	choice_free(&ids);
}

bool rows_read(struct rows *r, struct query *q,
	const struct report_options *o, struct err *e)
{
	if (!query_devices(q, &r->devices, e) ||
		!query_proofs(q, r->devices, e) ||
		!query_accounts(q, &r->accounts, e) ||
		!query_servers(q, &r->servers, e) ||
		!query_health(q, 0, &r->health, e) ||
		!query_coverage(q, r->devices, &r->coverage, e))
		return false;
	choose_devices(r, o);
	choose_others(r, o);
	/* Once all is chosen by its true name; and sorted then, since an order
	 * by true names would tell of them. */
	hide_devices(o, r->devices);
	hide_accounts(o, r->accounts);
	hide_servers(o, r->servers);
	hide_coverage(o, r->coverage);
	hide_changes(o);
	qsort(r->device, r->devices_n, sizeof *r->device, by_urgency);
	qsort(r->account, r->accounts_n, sizeof *r->account, by_account);
	r->by_id = xcalloc(r->devices->n + 1, sizeof *r->by_id);
	for (size_t i = 0; i < r->devices->n; i++)
		r->by_id[i] = &r->devices->v[i];
	qsort(r->by_id, r->devices->n, sizeof *r->by_id, by_id);
	return true;
}

static int with_id(const void *id, const void *member)
{
	return strcmp(id, (*(const struct device *const *)member)->id);
}

const struct device *rows_device(const struct rows *r, const char *id)
{
	const struct device **found = bsearch(id, r->by_id, r->devices->n,
		sizeof *r->by_id, with_id);

	return found ? *found : NULL;
}

void rows_free(struct rows *r)
{
	free(r->device);
	free(r->account);
	free(r->server);
	free(r->by_id);
	device_list_free(r->devices);
	account_list_free(r->accounts);
	server_list_free(r->servers);
	health_free(r->health);
	coverage_free(r->coverage);
}
