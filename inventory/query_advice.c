/* query_advice.c: whose servers a device sends to, who its recipients are, and
 * what to do about it: from the list of all devices. */
#include "inventory/advice.h"
#include "inventory/own.h"
#include "inventory/query_private.h"
#include "inventory/server_names.h"

/* Nobody said which domains are one's own. */
static void guess_own(const struct device_list *l, struct names *own)
{
	struct own_guess *g = own_guess_new();

	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].from.n > 0 && l->v[i].role != ROLE_MTA)
			own_guess_sender(g, l->v[i].from.v[0]);
	own_guess_end(g, own);
}

static void count_recipients(const struct names *own, struct device *d)
{
	for (size_t i = 0; i < d->domains.n; i++) {
		if (own_has(own, d->domains.v[i]))
			d->domains_inside++;
		else
			d->domains_outside++;
	}
	d->recipients_are = d->domains_outside > 0 ? RECIPIENTS_OUTSIDE
		: d->domains_inside > 0 ? RECIPIENTS_INSIDE
		: RECIPIENTS_UNKNOWN;
}

static bool find_services(struct server_names *names, struct device *d,
	struct err *e)
{
	for (size_t i = 0; i < d->servers.n; i++) {
		const char *service;

		if (!server_names_service(names, d->servers.v[i], &service, e))
			return false;
		if (!names_have(&d->services, service))
			names_add(&d->services, service);
	}
	return server_names_apply(names, &d->servers, e);
}

/* Of 100,000 devices most have the same few. */
static const char *keep(struct device_list *l, const char *text)
{
	if (!text)
		return NULL;
	for (size_t i = 0; i < l->advice_n; i++)
		if (strcmp(l->advice[i], text) == 0)
			return l->advice[i];
	l->advice = xrealloc(l->advice, l->advice_n + 1, sizeof *l->advice);
	return l->advice[l->advice_n++] = xstrdup(text);
}

static void take_advice(const struct advices *rules, struct device_list *l,
	struct device *d)
{
	struct advice best = {0};

	for (size_t i = 0; i < d->services.n; i++) {
		struct advice_facts f = {
			.use = d->use, .service = d->services.v[i],
			.recipients = d->recipients_are,
			.tls_old = d->some_clear ||
				finding_tls_is_old(d->tls_lowest),
		};
		struct advice a = advise(rules, &f);

		if (advice_is_sooner(&a, &best))
			best = a;
	}
	d->advice = keep(l, best.what);
	d->advice_why = keep(l, best.why);
	d->advice_rule = keep(l, best.rule);
	d->breaks = keep(l, best.breaks);
	d->breaks_source = keep(l, best.source);
}

bool query_advise(struct query *q, struct device_list *l, struct err *e)
{
	struct server_names *names = NULL;
	struct advices *rules = NULL;
	struct names *own = &l->own_domains;
	bool ok = query_advices(q, &rules, e);

	if (query_own(q)->n > 0)
		ok = ok && own_domains(q, own, e);
	else
		guess_own(l, own);
	ok = ok && server_names_open(&names, q, own, e);
	for (size_t i = 0; ok && i < l->n; i++) {
		count_recipients(own, &l->v[i]);
		ok = find_services(names, &l->v[i], e);
		if (ok)
			take_advice(rules, l, &l->v[i]);
	}
	server_names_close(names);
	return ok;
}
