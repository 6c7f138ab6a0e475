/* command_list.c: the devices as a table. */
#include "inventory/query.h"
#include "ui/commands.h"
#include "ui/export.h"
#include "ui/filter/filter.h"
#include "ui/say.h"
#include "ui/table.h"
#include "ui/words.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDEST = 34 };

/* What must change comes first, then the busiest. */
static int by_concern(const void *a, const void *b)
{
	const struct device *x = *(const struct device *const *)a;
	const struct device *y = *(const struct device *const *)b;
	unsigned p = words_rank(x), q = words_rank(y);

	if (p != q)
		return p > q ? -1 : 1;
	if (x->messages != y->messages)
		return x->messages > y->messages ? -1 : 1;
	return strcmp(x->id, y->id);
}

static bool add_row(struct table *t, const struct device *d)
{
	char auth[WORDS_AUTH], count[SAY_MAX], messages[SAY_MAX + 1];
	char last[SAY_MAX], address[WORDS_LIST], account[WORDS_LIST];
	bool guessed;
	uint64_t n = words_volume(d, &guessed);

	snprintf(messages, sizeof messages, "%s%s", guessed ? "~" : "",
		say_count(count, n));
	return table_add(t, (const char *const[]){
		words_mark(words_concern(d)), d->name,
		words_first(&d->addresses, address), d->vendor,
		words_auth(d, auth), standing_word(d->standing),
		words_identity(d, account),
		words_tls(d->tls_lowest, d->some_clear), messages,
		say_time(last, d->last_seen)});
}

/* The devices that are asked for, and how many of them use what. */
struct chosen {
	const struct device **v;
	size_t n, mtas, by_use[USE_BASIC + 1];
};

static bool choose(struct chosen *c, const struct device_list *l,
	const char *where, struct err *e)
{
	struct filter_expression f = {0};

	if (where && !export_filter(where, &f, e))
		return false;
	c->v = calloc(l->n + 1, sizeof(*c->v));
	if (!c->v)
		return err_set(e, ERR_RUN, "out of memory");
	for (size_t i = 0; i < l->n; i++) {
		const struct device *d = &l->v[i];
		struct filter_subject s = {d, l->now, false};

		if (!filter_match(&f, &s))
			continue;
		c->v[c->n++] = d;
		if (d->role == ROLE_MTA)
			c->mtas++;
		else if (d->sessions > 0)
			c->by_use[d->use]++;
	}
	qsort(c->v, c->n, sizeof(*c->v), by_concern);
	return true;
}

static bool print_list(const struct chosen *c)
{
	static const char *const titles[] = {"", "DEVICE", "ADDRESS",
		"VENDOR", "AUTH", "STANDING", "IDENTITY", "TLS", "MSGS",
		"LAST SEEN"};
	struct table *t = table_new(titles,
		sizeof titles / sizeof titles[0], 1u << 8);
	bool ok = t != NULL;

	for (size_t i = 0; ok && i < c->n; i++)
		ok = add_row(t, c->v[i]);
	if (ok)
		table_print(t, WIDEST, stdout);
	table_free(t);
	return ok;
}

static void print_legend(const struct chosen *l)
{
	size_t quiet = l->n - l->mtas;

	printf("\n%zu device%s", l->n, l->n == 1 ? "" : "s");
	for (int use = USE_BASIC; use >= 0; use--) {
		quiet -= l->by_use[use];
		if (l->by_use[use] > 0)
			printf(" · %zu %s", l->by_use[use],
				auth_use_label((enum auth_use)use));
	}
	if (l->mtas > 0)
		printf(" · %zu MTA", l->mtas);
	if (quiet > 0)
		printf(" · %zu quiet", quiet);
	printf("\n! must change before cut-over   ? hidden in TLS   "
	       "+ OAuth   · no AUTH   ~ sessions: TLS hides the messages\n");
}

void query_as(struct query *q, const struct options *o)
{
	query_oui(q, o->oui_file);
	for (size_t i = 0; i < o->own_n; i++)
		query_own_domain(q, o->own[i]);
}

/* What the verdicts above rest on. */
static void print_health(const struct health *h)
{
	const struct health_hour *t = &h->total, *worst = health_worst(h);
	char n[SAY_MAX], at[SAY_MAX];

	printf("%s packets", say_count(n, t->packets));
	if (t->dropped > 0)
		printf(" · %s dropped (%.2g%%)", say_count(n, t->dropped),
			100 * health_loss(t));
	if (worst)
		printf(", most in the hour of %s (%.2g%%)",
			say_time(at, worst->at), 100 * health_loss(worst));
	if (t->lossy > 0)
		printf(" · %s of %" PRIu64 " sessions with gaps",
			say_count(n, t->lossy), t->sessions);
	if (t->one_sided > 0)
		printf(" · %s of %" PRIu64 " one-sided",
			say_count(n, t->one_sided), t->sessions);
	if (t->cut > 0)
		printf(" · %s cut by the snap length", say_count(n, t->cut));
	if (t->lost_records + t->evicted > 0)
		printf(" · %s facts lost",
			say_count(n, t->lost_records + t->evicted));
	if (t->not_understood > 0)
		printf(" · %s not understood%s%s",
			say_count(n, t->not_understood),
			h->strangers_n > 0 ? ": " : "",
			h->strangers_n > 0 ? h->strangers[0].name : "");
	printf("\n");
}

static bool print_json(struct query *q, const struct options *o,
	struct err *e)
{
	struct export x = {.format = REPORT_JSON, .where = o->where};

	return export_write(q, o->db, &x, NULL, e);
}

bool list_print(struct query *q, const struct options *o, struct err *e)
{
	struct device_list *l = NULL;
	struct health *h = NULL;
	struct chosen c = {0};
	bool ok;

	query_as(q, o);
	if (o->json)
		return print_json(q, o, e);
	ok = query_devices(q, &l, e) && query_health(q, 0, &h, e) &&
		choose(&c, l, o->where, e);
	if (ok && !print_list(&c))
		ok = err_set(e, ERR_RUN, "out of memory");
	if (ok)
		print_legend(&c);
	if (ok && h->total.packets > 0)
		print_health(h);
	free(c.v);
	health_free(h);
	device_list_free(l);
	return ok;
}

int command_list(const struct options *o, struct err *e)
{
	struct query *q;
	bool ok;

	if (!query_open(&q, o->db, e))
		return e->kind;
	ok = list_print(q, o, e);
	query_close(q);
	return ok ? 0 : (int)e->kind;
}
