/* show_lists.c: see show_lists.h. */
#include "ui/show_lists.h"
#include "capture/base/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool have(const struct names *n, const char *text)
{
	for (size_t i = 0; i < n->n; i++)
		if (strcmp(n->v[i], text) == 0)
			return true;
	return false;
}

static const char *many(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static const struct account *account_named(const struct account_list *l,
	const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].account, name) == 0)
			return &l->v[i];
	return NULL;
}

/* "a mailbox, by 3 devices: LOGIN accepted 12, refused 1, in clear" */
static void account(const struct account *a)
{
	printf("%-10s %s, by %zu device%s", "",
		account_kind_text(a->kind), a->devices.n,
		many(a->devices.n));
	for (size_t i = 0; i < a->by_mechanism_n; i++) {
		const struct account_mechanism *m = &a->by_mechanism[i];

		printf("%s %s accepted %" PRIu64 ", refused %" PRIu64 "%s",
			i == 0 ? ":" : ";", m->mechanism, m->accepted,
			m->rejected, m->in_clear ? ", in clear" : "");
	}
	printf("\n");
}

void show_accounts(const struct device *d, const struct account_list *l)
{
	for (size_t i = 0; i < d->accounts.n; i++) {
		const struct account *a = account_named(l, d->accounts.v[i]);

		printf("%-10s %s\n", i == 0 ? "Account" : "",
			d->accounts.v[i]);
		if (a)
			account(a);
	}
}

static void label(const struct server *v)
{
	const char *name = v->name ? v->name : v->ip;
	char text[TEXT_MAX + 16];

	server_label(name, v->port, text, sizeof text);
	fputs(text, stdout);
	if (v->name)
		printf(" (%s, named by %s)", v->ip, v->name_from);
}

/* "exchange-online-submission: client submission (Microsoft), no mail without
 * AUTH: rule eo-smtp, sni 'smtp.office365.com'" */
static void service(const struct server *v)
{
	const struct service_why *w = &v->why;

	if (!v->service) {
		printf("%-10s no rule knows whose it is\n", "");
		return;
	}
	printf("%-10s %s: %s", "", v->service, service_way_text(w->way));
	if (w->provider)
		printf(" (%s)", w->provider);
	printf("%s: rule %s, %s '%s'\n",
		w->demands ? ", no mail without AUTH" : "", w->rule, w->from,
		w->fact);
}

static void offers(const struct server *v)
{
	printf("%-10s ", "Serves");
	label(v);
	printf(": %" PRIu64 " message%s from %" PRIu64 " device%s\n",
		v->messages, many(v->messages), v->devices, many(v->devices));
	printf("%-10s offers%s STARTTLS, in clear", "",
		v->starttls ? "" : " no");
	if (v->offered.n == 0)
		printf(" no AUTH");
	for (size_t i = 0; i < v->offered.n; i++)
		printf("%s %s", i == 0 ? " AUTH" : "", v->offered.v[i]);
	printf("\n");
}

void show_servers(const struct device *d, const struct server_list *l)
{
	const char *title = "Server";

	for (size_t i = 0; i < l->n; i++) {
		if (!have(&l->v[i].device_ids, d->id))
			continue;
		printf("%-10s ", title);
		label(&l->v[i]);
		printf("\n");
		service(&l->v[i]);
		title = "";
	}
	for (size_t i = 0; i < l->n; i++)
		if (have(&d->addresses, l->v[i].ip))
			offers(&l->v[i]);
}
