/* diff_side.c: see diff_side.h. */
#include "inventory/diff_side.h"
#include "capture/base/hash.h"
#include "capture/base/text.h"
#include "inventory/query_private.h"
#include "inventory/sql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a relay, or of one that tries a million names: more change nothing. */
enum { LISTED = 256, BALLOTS = 1024 };

static void copy_names(struct names *to, const struct names *from)
{
	for (size_t i = 0; i < from->n; i++)
		names_add(to, from->v[i]);
}

static void name_it(struct diff_device *to, const struct device *d)
{
	to->id = xstrdup(d->id);
	to->name = xstrdup(d->name);
	to->address = xstrdup(d->addresses.n > 0 ? d->addresses.v[0] : NULL);
	copy_names(&to->macs, &d->macs);
	to->role = d->role;
	to->cadence = d->cadence;
}

static void count(struct diff_side *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].role != ROLE_MTA)
			s->by_use[s->v[i].use]++;
}

static void side_of(const struct device_list *l, struct diff_side *s)
{
	s->v = xcalloc(l->n, sizeof *s->v);
	s->first = l->first_seen;
	s->last = l->now;
	for (size_t i = 0; i < l->n; i++) {
		const struct device *d = &l->v[i];
		struct diff_device *to = &s->v[s->n];

		if (d->sessions == 0)
			continue;
		s->n++;
		name_it(to, d);
		copy_names(&to->accounts, &d->accounts);
		copy_names(&to->servers, &d->servers);
		to->use = d->use;
		to->evidence = d->evidence;
		to->failing = d->standing == STANDING_FAILING;
		to->sessions = d->sessions;
		to->first_seen = d->first_seen;
		to->last_seen = d->last_seen;
	}
	count(s);
}

bool diff_side_all(struct query *q, struct diff_side *out, struct err *e)
{
	struct device_list *l;

	if (!query_devices(q, &l, e))
		return false;
	*out = (struct diff_side){0};
	side_of(l, out);
	device_list_free(l);
	return true;
}

/* --- a window: devices made of its sessions --- */

/* Equal verdicts of sessions with one server. */
struct ballot {
	uint64_t server;
	struct verdict_vote vote;
};

struct tallied {
	struct diff_device device;
	struct ballot *ballots;
	size_t ballots_n;
	unsigned refused; /* the last sessions with AUTH, one after the other */
	unsigned without; /* accepted without AUTH since the last with */
	bool authed;
};

static void vote(struct tallied *t, const struct session_row *r)
{
	static const uint8_t key[16] = {0};
	struct verdict v = {r->use, r->evidence, r->confidence};
	uint64_t server = hash_sip(key, r->server_ip, strlen(r->server_ip)) ^
		r->server_port;

	for (size_t i = 0; i < t->ballots_n; i++) {
		struct ballot *b = &t->ballots[i];

		if (b->server == server && memcmp(&b->vote.verdict, &v,
			    sizeof v) == 0) {
			b->vote.sessions++;
			return;
		}
	}
	if (t->ballots_n == BALLOTS)
		return;
	t->ballots = xrealloc(t->ballots, t->ballots_n + 1,
		sizeof *t->ballots);
	t->ballots[t->ballots_n++] = (struct ballot){server, {v, 1}};
}

/* As fold.c has it: an account of Windows with its domain. */
static void add_account(struct diff_device *d, const struct auth_row *a)
{
	bool realm = a->realm && (!a->mechanism ||
		strcmp(a->mechanism, "DIGEST-MD5") != 0);
	char name[2 * TEXT_MAX];

	if (!a->account || a->account[0] == '\0')
		return;
	snprintf(name, sizeof name, "%s%s%s", realm ? a->realm : "",
		realm ? "\\" : "", a->account);
	if (d->accounts.n < LISTED && !names_have(&d->accounts, name))
		names_add(&d->accounts, name);
}

static void add_server(struct diff_device *d, const struct session_row *r)
{
	const char *host = r->server_name ? r->server_name : r->server_ip;
	char label[TEXT_MAX + 16];

	server_label(host, r->server_port, label, sizeof label);
	if (d->servers.n < LISTED && !names_have(&d->servers, label))
		names_add(&d->servers, label);
}

static void add_session(struct tallied *t, const struct session_row *r)
{
	struct diff_device *d = &t->device;
	bool refused = r->auth_n > 0;

	if (d->sessions++ == 0)
		d->first_seen = r->first_seen;
	d->last_seen = r->last_seen > d->last_seen ? r->last_seen
		: d->last_seen;
	vote(t, r);
	add_server(d, r);
	for (size_t i = 0; i < r->auth_n; i++) {
		add_account(d, &r->auth[i]);
		refused &= strcmp(r->auth[i].outcome, "rejected") == 0;
	}
	if (r->auth_n > 0) {
		t->authed = true;
		t->without = 0;
		t->refused = refused ? t->refused + 1 : 0;
	} else if (r->accepted > 0) {
		t->without++;
	}
}

static int by_server(const void *x, const void *y)
{
	const struct ballot *a = x, *b = y;

	return a->server < b->server ? -1 : a->server > b->server;
}

static void conclude(struct tallied *t)
{
	struct verdict_vote *votes = xcalloc(t->ballots_n, sizeof *votes);
	struct verdict all = {0};

	if (t->ballots_n > 0)
		qsort(t->ballots, t->ballots_n, sizeof *t->ballots,
			by_server);
	for (size_t i = 0; i < t->ballots_n;) {
		uint64_t server = t->ballots[i].server, guesses;
		struct verdict v;
		size_t n = 0;

		while (i < t->ballots_n && t->ballots[i].server == server)
			votes[n++] = t->ballots[i++].vote;
		v = verdict_together(votes, n, &guesses);
		if (verdict_concerns_more(&v, &all))
			all = v;
	}
	free(votes);
	t->device.use = all.use;
	t->device.evidence = all.evidence;
	t->device.failing = t->refused >= VERDICT_LAST;
	t->device.moved_away = t->authed && t->without >= VERDICT_LAST;
}

static bool tally(struct query *q, const struct device_list *l, int64_t since,
	int64_t until, struct tallied *tallied, struct err *e)
{
	const struct session_row *row;
	struct query_sessions *s;

	if (!query_sessions_begin(q, NULL, since, until, false, &s, e))
		return false;
	while (query_sessions_next(s, &row)) {
		const struct device *d = row->device
			? device_with_id(l, row->device) : NULL;

		if (d)
			add_session(&tallied[d - l->v], row);
	}
	return query_sessions_end(s, e);
}

bool diff_side_window(struct query *q, int64_t since, int64_t until,
	struct diff_side *out, struct err *e)
{
	struct diff_side s = {0};
	struct device_list *l;
	struct tallied *tallied;
	bool ok;

	if (!query_devices(q, &l, e))
		return false;
	tallied = xcalloc(l->n, sizeof *tallied);
	s.v = xcalloc(l->n, sizeof *s.v);
	s.first = since > l->first_seen ? since : l->first_seen;
	s.last = until > 0 && until < l->now ? until : l->now;
	if (s.first > s.last)
		s.first = s.last; /* it tells of nothing */
	ok = l->n == 0 || tally(q, l, since, until, tallied, e);
	for (size_t i = 0; i < l->n; i++) {
		struct tallied *t = &tallied[i];

		conclude(t);
		free(t->ballots);
		if (t->device.sessions == 0)
			continue;
		name_it(&t->device, &l->v[i]);
		s.v[s.n++] = t->device;
	}
	free(tallied);
	device_list_free(l);
	count(&s);
	if (ok)
		*out = s;
	else
		diff_side_free(&s);
	return ok;
}

void diff_side_free(struct diff_side *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct diff_device *d = &s->v[i];

		free(d->id);
		free(d->name);
		free(d->address);
		names_free(&d->macs);
		names_free(&d->accounts);
		names_free(&d->servers);
	}
	free(s->v);
	*s = (struct diff_side){0};
}
