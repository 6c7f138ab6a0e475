/* join.c: see join.h.
 *
 * An account that signs in whenever a device sends is that device's. Each event
 * is of one try at most, and each try has one event at most, so that what
 * explains an event well leaves less of it for others: shares are drawn again
 * and again (expectation and maximisation) until they stay. What a share is
 * worth depends on how likely as many would have come by chance. */
#include "inventory/join.h"
#include "inventory/sql.h"
#include "inventory/verdict.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 20, LINKS = 4000000 };

/* Evidence, in nats. */
static const double LENGTH_WRONG = -4, LENGTH_MOST = 3, SENDER = 4;
/* What an event has beside the tries that it may be: a phone at home; and a
 * try beside the events: a row that is missing. */
static const double FOREIGN = 0.05, MISSING = 0.05;

void join_add_length(struct join_lengths *l, size_t n)
{
	if (n < 256)
		l->bits[n / 64] |= UINT64_C(1) << n % 64;
}

bool join_has_length(const struct join_lengths *l, unsigned min, unsigned max)
{
	for (unsigned n = min; n <= max && n < 256; n++)
		if (l->bits[n / 64] >> n % 64 & 1)
			return true;
	return false;
}

static bool fits(const struct join_facts *f, uint32_t account,
	const struct join_try *t)
{
	return t->max == 0 || join_has_length(&f->accounts[account].lengths,
		t->min, t->max);
}

double join_likeness(const struct join_facts *f, const struct join_event *e,
	const struct join_try *t)
{
	double like = 1;

	if (e->ip != 0 && t->ip != 0 && e->ip != t->ip)
		like *= 0.05;
	if (e->outcome != RECORD_UNKNOWN && t->outcome != RECORD_UNKNOWN &&
		e->outcome != t->outcome)
		like *= 0.05;
	if (!fits(f, e->account, t))
		like *= 0.05;
	return e->message ? 0.7 * like : like;
}

/* An event may be a try of a pair: a device with an account. */
struct link {
	uint32_t event, try, pair;
	float like;
};

struct pair {
	uint32_t device, account;
	double mass;  /* events that are its own */
	double share; /* of the device's tries */
	double score; /* nats */
};

struct work {
	const struct join_facts *f;
	const struct join_clock *clocks;
	struct link *links;
	size_t links_n, links_cap;
	struct pair *pairs; /* by device and account */
	size_t pairs_n;
	double *of_event, *of_try; /* sums over links */
	double *rates;     /* of accounts: events a second, while they do */
	unsigned *tries;   /* of devices, while events are known */
	int64_t first, last; /* events */
};

static int by_time(const void *x, const void *y)
{
	const struct join_event *a = x, *b = y;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->account < b->account ? -1 : a->account > b->account;
}

static int by_sensor(const void *x, const void *y)
{
	const struct join_try *a = x, *b = y;

	if (a->sensor != b->sensor)
		return a->sensor < b->sensor ? -1 : 1;
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->device < b->device ? -1 : a->device > b->device;
}

/* Where the tries of a sensor begin. */
static size_t begin_of(const struct join_facts *f, size_t sensor)
{
	size_t low = 0, high = f->tries_n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->tries[mid].sensor < sensor)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* --- links --- */

static void add_link(struct work *w, size_t event, size_t try, double like)
{
	if (w->links_n == w->links_cap) {
		w->links_cap = w->links_cap > 0 ? 2 * w->links_cap : 1024;
		w->links = xrealloc(w->links, w->links_cap,
			sizeof *w->links);
	}
	w->links[w->links_n++] = (struct link){(uint32_t)event, (uint32_t)try,
		0, (float)like};
}

/* A message comes in while its session lasts; a sign-in when it authenticates.
 * Less and less likely the further apart they are; 0: too far. */
static double nearness(const struct join_event *v, const struct join_try *t,
	const struct join_clock *c)
{
	int64_t apart = v->at - c->ahead - t->at;

	if (v->message && apart > 0 && t->end > t->at) {
		int64_t lasted = t->end - t->at;

		apart = apart > lasted ? apart - lasted : 0;
	}
	if (apart < 0)
		apart = -apart;
	return apart > c->within ? 0
		: exp(-(double)apart / (double)c->within);
}

/* Newest first: where there are too many the old ones are left out. */
static void link_sensor(struct work *w, size_t sensor)
{
	const int64_t longest = 60 * INT64_C(1000000); /* of a session */
	const struct join_facts *f = w->f;
	const struct join_clock *c = &w->clocks[sensor];
	size_t begin = begin_of(f, sensor), end = begin_of(f, sensor + 1);

	for (size_t i = f->events_n; i-- > 0;) {
		const struct join_event *v = &f->events[i];
		int64_t at = v->at - c->ahead;

		while (end > begin && f->tries[end - 1].at > at + c->within)
			end--;
		for (size_t k = end; k-- > begin;) {
			const struct join_try *t = &f->tries[k];
			double near;

			if (t->at < at - c->within - (v->message ? longest
				: 0) || w->links_n == LINKS)
				break;
			near = nearness(v, t, c);
			if (near > 0)
				add_link(w, i, k, near *
					join_likeness(f, v, t));
		}
	}
}

/* --- pairs --- */

static int by_pair(const void *x, const void *y)
{
	const struct pair *a = x, *b = y;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return a->account < b->account ? -1 : a->account > b->account;
}

static struct pair pair_of(const struct work *w, const struct link *l)
{
	return (struct pair){.device = w->f->tries[l->try].device,
		.account = w->f->events[l->event].account, .share = 1};
}

/* One for each device and account that have a link or a hint. */
static void make_pairs(struct work *w)
{
	const struct join_facts *f = w->f;
	size_t n = 0;

	w->pairs = xcalloc(w->links_n + f->hints_n, sizeof *w->pairs);
	for (size_t i = 0; i < w->links_n; i++)
		w->pairs[w->pairs_n++] = pair_of(w, &w->links[i]);
	for (size_t i = 0; i < f->hints_n; i++)
		w->pairs[w->pairs_n++] = (struct pair){
			.device = f->hints[i].device,
			.account = f->hints[i].account, .share = 1};
	if (w->pairs_n > 0)
		qsort(w->pairs, w->pairs_n, sizeof *w->pairs, by_pair);
	for (size_t i = 0; i < w->pairs_n; i++)
		if (n == 0 || by_pair(&w->pairs[i], &w->pairs[n - 1]) != 0)
			w->pairs[n++] = w->pairs[i];
	w->pairs_n = n;
	for (size_t i = 0; i < w->links_n; i++) {
		struct pair key = pair_of(w, &w->links[i]);
		struct pair *p = bsearch(&key, w->pairs, w->pairs_n,
			sizeof *p, by_pair);

		assert(p);
		w->links[i].pair = (uint32_t)(p - w->pairs);
	}
}

/* Events a second in the hours in which an account has any: what comes in
 * daytime is no more likely at night. */
static void find_rates(struct work *w)
{
	const int64_t hour = 3600 * INT64_C(1000000);
	const struct join_facts *f = w->f;
	int64_t *last = xcalloc(f->accounts_n, sizeof *last);
	unsigned *hours = xcalloc(f->accounts_n, sizeof *hours);

	for (size_t i = 0; i < f->events_n; i++) {
		const struct join_event *v = &f->events[i];

		w->rates[v->account]++;
		if (last[v->account] != v->at / hour) {
			last[v->account] = v->at / hour;
			hours[v->account]++;
		}
	}
	for (size_t i = 0; i < f->accounts_n; i++)
		if (hours[i] > 0)
			w->rates[i] /= 3600.0 * hours[i];
	free(last);
	free(hours);
}

/* Only what the log covers can have a match in it. */
static void count_tries(struct work *w)
{
	const struct join_facts *f = w->f;

	for (size_t i = 0; i < f->tries_n; i++) {
		const struct join_try *t = &f->tries[i];
		const struct join_clock *c = &w->clocks[t->sensor];
		int64_t at = t->at + c->ahead;

		if (f->events_n > 0 && at >= w->first - c->within &&
			at <= w->last + c->within)
			w->tries[t->device]++;
	}
}

/* --- shares --- */

static double weight(const struct work *w, const struct link *l)
{
	const struct pair *p = &w->pairs[l->pair];

	/* What is rare tells more. */
	return p->share * (double)l->like /
		(1 + 3600 * w->rates[p->account]);
}

static void share_out(struct work *w)
{
	for (size_t i = 0; i < w->f->events_n; i++)
		w->of_event[i] = FOREIGN * 0.02;
	for (size_t i = 0; i < w->f->tries_n; i++)
		w->of_try[i] = MISSING * 0.02;
	for (size_t i = 0; i < w->pairs_n; i++)
		w->pairs[i].mass = 0;
	for (size_t i = 0; i < w->links_n; i++) {
		const struct link *l = &w->links[i];
		double x = weight(w, l);

		w->of_event[l->event] += x;
		w->of_try[l->try] += x;
	}
	for (size_t i = 0; i < w->links_n; i++) {
		const struct link *l = &w->links[i];
		double x = weight(w, l);

		w->pairs[l->pair].mass += x / (w->of_event[l->event] +
			w->of_try[l->try] - x);
	}
	for (size_t i = 0; i < w->pairs_n; i++) {
		struct pair *p = &w->pairs[i];
		unsigned n = w->tries[p->device];

		p->share = n > 0 ? p->mass / n + 0.001 : 0.001;
	}
}

/* --- scores --- */

/* How much better than chance, in nats, it is that h of n tries have an event
 * of an account that has one near any time with the probability p. */
static double surprise(double h, double n, double p)
{
	double q = h / n;

	if (p > 0.9)
		p = 0.9;
	if (p < 1e-6)
		p = 1e-6;
	if (q > 0.999)
		q = 0.999;
	if (q <= p)
		return 0;
	return n * (q * log(q / p) + (1 - q) * log((1 - q) / (1 - p)));
}

static bool has_hint(const struct join_facts *f, const struct pair *p)
{
	size_t low = 0, high = f->hints_n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct join_hint *h = &f->hints[mid];

		if (h->device == p->device && h->account == p->account)
			return true;
		if (h->device < p->device || (h->device == p->device &&
				h->account < p->account))
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

/* The length of a device's account, as most of its tries have it. */
struct size {
	unsigned min, max; /* 0: not known */
	size_t accounts;   /* that fit */
};

static int by_range(const void *x, const void *y)
{
	const struct join_try *const *a = x, *const *b = y;

	if ((*a)->device != (*b)->device)
		return (*a)->device < (*b)->device ? -1 : 1;
	if ((*a)->min != (*b)->min)
		return (*a)->min < (*b)->min ? -1 : 1;
	return (*a)->max < (*b)->max ? -1 : (*a)->max > (*b)->max;
}

/* Accounts that fit; devices share few ranges. */
static size_t fitting(const struct join_facts *f, const struct size *s,
	size_t *known)
{
	size_t *n = &known[(s->min & 255) << 8 | (s->max & 255)];

	if (*n > 0)
		return *n - 1;
	for (size_t a = 0; a < f->accounts_n; a++)
		*n += join_has_length(&f->accounts[a].lengths, s->min,
			s->max);
	return (*n)++;
}

static void find_sizes(const struct join_facts *f, struct size *sizes)
{
	const struct join_try **order = xcalloc(f->tries_n, sizeof(*order));
	size_t *known = xcalloc(256 * 256, sizeof *known);
	size_t *most = xcalloc(f->devices_n, sizeof *most), n = 0;

	for (size_t i = 0; i < f->tries_n; i++)
		if (f->tries[i].max > 0)
			order[n++] = &f->tries[i];
	if (n > 0)
		qsort(order, n, sizeof(*order), by_range);
	for (size_t i = 0, k; i < n; i = k) {
		struct size *s = &sizes[order[i]->device];

		for (k = i + 1; k < n && by_range(&order[i], &order[k]) == 0;)
			k++;
		if (k - i <= most[order[i]->device])
			continue;
		most[order[i]->device] = k - i;
		s->min = order[i]->min;
		s->max = order[i]->max;
	}
	for (size_t d = 0; d < f->devices_n; d++)
		if (sizes[d].max > 0)
			sizes[d].accounts = fitting(f, &sizes[d], known);
	free(order);
	free(known);
	free(most);
}

/* A length that fits says the more the fewer others it fits. */
static double length_says(const struct join_facts *f, const struct size *s,
	uint32_t account, uint32_t *why)
{
	double says;

	if (s->max == 0)
		return 0;
	if (!join_has_length(&f->accounts[account].lengths, s->min, s->max))
		return LENGTH_WRONG;
	*why |= JOIN_BY_LENGTH;
	says = log((double)f->accounts_n / (double)s->accounts);
	return says > LENGTH_MOST ? LENGTH_MOST : says;
}

static struct join_match match_of(const struct work *w, const struct pair *p,
	const struct size *s)
{
	const struct join_facts *f = w->f;
	unsigned n = w->tries[p->device];
	struct join_match m = {.device = p->device, .account = p->account,
		.tries = n, .hits = (unsigned)(p->mass + 0.5)};
	double within = 0, nats;

	for (size_t i = 0; i < f->sensors_n; i++)
		within = fmax(within, (double)w->clocks[i].within / 1e6);
	nats = n > 0 ? surprise(p->mass, n, 1 - exp(-w->rates[p->account] *
		2 * within)) : 0;
	if (nats > 0.5)
		m.why |= JOIN_BY_TIMES;
	else
		m.hits = 0;
	nats += length_says(f, s, p->account, &m.why);
	if (has_hint(f, p)) {
		nats += SENDER;
		m.why |= JOIN_BY_SENDER;
	}
	nats -= log((double)f->accounts_n);
	m.score = (unsigned)(100 / (1 + exp(-nats)) + 0.5);
	m.score = m.score > 99 ? 99 : m.score;
	if ((m.why & (JOIN_BY_TIMES | JOIN_BY_SENDER)) == 0)
		m.score = 0;
	return m;
}

static int best_first(const void *x, const void *y)
{
	const struct join_match *a = x, *b = y;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	if (a->hits != b->hits)
		return a->hits > b->hits ? -1 : 1;
	return a->account < b->account ? -1 : a->account > b->account;
}

static void add_match(struct join_result *r, size_t *cap,
	const struct join_match *m)
{
	if (m->score < JOIN_LEAST)
		return;
	if (r->matches_n == *cap) {
		*cap = *cap > 0 ? 2 * *cap : 64;
		r->matches = xrealloc(r->matches, *cap, sizeof *r->matches);
	}
	r->matches[r->matches_n++] = *m;
}

/* Of a device that no log covers the length alone may leave a few. */
static void match_by_length(const struct work *w, uint32_t device,
	const struct size *s, struct join_result *r, size_t *cap)
{
	struct join_match m = {.device = device, .why = JOIN_BY_LENGTH};

	if (w->tries[device] > 0 || s->max == 0 || s->accounts == 0)
		return;
	m.score = (unsigned)(100 / (s->accounts + 1));
	for (uint32_t a = 0; a < w->f->accounts_n; a++) {
		struct pair p = {.device = device, .account = a};

		m.account = a;
		if (join_has_length(&w->f->accounts[a].lengths, s->min,
			    s->max) && !has_hint(w->f, &p))
			add_match(r, cap, &m);
	}
}

static void keep_best(struct join_result *r)
{
	size_t n = 0, of_device = 0;

	if (r->matches_n > 0)
		qsort(r->matches, r->matches_n, sizeof *r->matches,
			best_first);
	for (size_t i = 0; i < r->matches_n; i++) {
		of_device = n > 0 && r->matches[n - 1].device ==
			r->matches[i].device ? of_device + 1 : 0;
		if (of_device < JOIN_MOST)
			r->matches[n++] = r->matches[i];
	}
	r->matches_n = n;
}

static void score(const struct work *w, struct join_result *r)
{
	struct size *sizes = xcalloc(w->f->devices_n, sizeof *sizes);
	size_t cap = 0;

	find_sizes(w->f, sizes);
	for (size_t i = 0; i < w->pairs_n; i++) {
		struct join_match m = match_of(w, &w->pairs[i],
			&sizes[w->pairs[i].device]);

		add_match(r, &cap, &m);
	}
	for (uint32_t d = 0; d < w->f->devices_n; d++)
		match_by_length(w, d, &sizes[d], r, &cap);
	keep_best(r);
	free(sizes);
}

void join(const struct join_facts *f, struct join_result *out)
{
	struct work w = {.f = f};

	*out = (struct join_result){.clocks = xcalloc(f->sensors_n,
		sizeof *out->clocks)};
	if (f->events_n > 0)
		qsort(f->events, f->events_n, sizeof *f->events, by_time);
	if (f->tries_n > 0)
		qsort(f->tries, f->tries_n, sizeof *f->tries, by_sensor);
	for (size_t i = 0; i < f->sensors_n; i++) {
		size_t begin = begin_of(f, i);

		out->clocks[i] = join_clock_of(f, f->tries + begin,
			begin_of(f, i + 1) - begin);
	}
	w.clocks = out->clocks;
	w.first = f->events_n > 0 ? f->events[0].at : 0;
	w.last = f->events_n > 0 ? f->events[f->events_n - 1].at : 0;
	w.of_event = xcalloc(f->events_n, sizeof *w.of_event);
	w.of_try = xcalloc(f->tries_n, sizeof *w.of_try);
	w.rates = xcalloc(f->accounts_n, sizeof *w.rates);
	w.tries = xcalloc(f->devices_n, sizeof *w.tries);
	for (size_t i = 0; i < f->sensors_n; i++)
		link_sensor(&w, i);
	make_pairs(&w);
	find_rates(&w);
	count_tries(&w);
	for (int i = 0; i < ROUNDS && w.links_n > 0; i++)
		share_out(&w);
	score(&w, out);
	free(w.links);
	free(w.pairs);
	free(w.of_event);
	free(w.of_try);
	free(w.rates);
	free(w.tries);
}

void join_result_free(struct join_result *r)
{
	free(r->matches);
	free(r->clocks);
	*r = (struct join_result){0};
}
