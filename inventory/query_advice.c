/* query_advice.c: whose servers a device sends to, who its recipients are, and
 * what to do about it: from the list of all devices. */
#include "capture/base/text.h"
#include "inventory/advice.h"
#include "inventory/endpoint.h"
#include "inventory/query_private.h"
#include "inventory/server_names.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Percent of the devices with a sender: a domain of so many is one's own. */
enum { OWN_SHARE = 20, OWN_DOMAINS_MOST = 1000 };

/* A domain, and devices that send from it. */
struct share {
	const char *domain;
	size_t devices;
};

struct shares {
	struct share *v;
	size_t n, senders;
};

static const char *domain_of(const char *from)
{
	const char *at = strrchr(from, '@');

	return at && at[1] != '\0' ? at + 1 : NULL;
}

static void add_share(struct shares *s, const char *domain)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcasecmp(s->v[i].domain, domain) == 0) {
			s->v[i].devices++;
			return;
		}
	/* A relay sends for the whole world; an office has a few. */
	if (s->n == OWN_DOMAINS_MOST)
		return;
	s->v = xrealloc(s->v, s->n + 1, sizeof *s->v);
	s->v[s->n++] = (struct share){domain, 1};
}

/* Nobody said which domains are one's own: those that many devices send
 * from. */
static void guess_own(const struct device_list *l, struct names *own)
{
	struct shares s = {0};

	for (size_t i = 0; i < l->n; i++) {
		const struct device *d = &l->v[i];
		const char *domain = d->from.n > 0
			? domain_of(d->from.v[0]) : NULL;

		if (!domain || d->role == ROLE_MTA)
			continue;
		s.senders++;
		add_share(&s, domain);
	}
	for (size_t i = 0; i < s.n; i++)
		if (s.v[i].devices * 100 >= s.senders * OWN_SHARE)
			names_add(own, s.v[i].domain);
	free(s.v);
}

/* The domain, or one above it. */
static bool is_own(const struct names *own, const char *host)
{
	size_t n = strlen(host);

	for (size_t i = 0; i < own->n; i++) {
		size_t len = strlen(own->v[i]);

		if (n >= len && strcasecmp(host + n - len, own->v[i]) == 0 &&
			(n == len || host[n - len - 1] == '.'))
			return true;
	}
	return false;
}

static void count_recipients(const struct names *own, struct device *d)
{
	for (size_t i = 0; i < d->domains.n; i++) {
		if (is_own(own, d->domains.v[i]))
			d->domains_inside++;
		else
			d->domains_outside++;
	}
	d->recipients_are = d->domains_outside > 0 ? RECIPIENTS_OUTSIDE
		: d->domains_inside > 0 ? RECIPIENTS_INSIDE
		: RECIPIENTS_UNKNOWN;
}

/* label: its address; name: what it is called, or the same. */
static const char *service_of(const struct names *own, const char *label,
	const char *name)
{
	char host[TEXT_MAX], ip[TEXT_MAX];
	struct endpoint_facts f = {.sni = host};
	const char *service, *port;
	struct addr a;
	bool demands;

	if (!server_label_split(name, host, &port) ||
		!server_label_split(label, ip, &port))
		return "other";
	service = endpoint_service(&f, &demands);
	if (service)
		return service;
	return is_own(own, host) || (addr_parse(ip, &a) && addr_is_private(&a))
		? "own" : "other";
}

static bool find_services(struct server_names *names, const struct names *own,
	struct device *d, struct err *e)
{
	for (size_t i = 0; i < d->servers.n; i++) {
		const char *name, *service;

		if (!server_names_of(names, d->servers.v[i], &name, e))
			return false;
		service = service_of(own, d->servers.v[i], name);
		if (!names_have(&d->services, service))
			names_add(&d->services, service);
	}
	return server_names_apply(names, &d->servers, e);
}

static void take_advice(const struct advices *rules, struct device *d)
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
	d->advice = xstrdup(best.what);
	d->advice_why = xstrdup(best.why);
	d->advice_rule = xstrdup(best.rule);
	d->breaks = xstrdup(best.breaks);
	d->breaks_source = xstrdup(best.source);
}

bool query_advise(struct query *q, struct device_list *l, struct err *e)
{
	struct server_names *names = NULL;
	struct advices *rules = NULL;
	struct names own = {0};
	bool ok = query_advices(q, &rules, e) && server_names_open(&names, q, e);

	if (query_own(q)->n > 0)
		for (size_t i = 0; i < query_own(q)->n; i++)
			names_add(&own, query_own(q)->v[i]);
	else
		guess_own(l, &own);
	for (size_t i = 0; ok && i < l->n; i++) {
		count_recipients(&own, &l->v[i]);
		ok = find_services(names, &own, &l->v[i], e);
		if (ok)
			take_advice(rules, &l->v[i]);
	}
	l->own_domains = own;
	server_names_close(names);
	return ok;
}
