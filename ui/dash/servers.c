/* servers.c: see servers.h. */
#include "ui/dash/servers.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *called(const struct server *v)
{
	return v->name ? v->name : v->ip ? v->ip : "?";
}

/* Those of one group follow each other, the most used first. */
static int by_group(const void *x, const void *y)
{
	const struct server *a = *(const struct server *const *)x;
	const struct server *b = *(const struct server *const *)y;
	int by = strcasecmp(called(a), called(b));

	if (by != 0)
		return by;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	if (a->sessions != b->sessions)
		return a->sessions > b->sessions ? -1 : 1;
	return strcmp(a->ip ? a->ip : "", b->ip ? b->ip : "");
}

static bool same_group(const struct server *a, const struct server *b)
{
	return a->port == b->port && strcasecmp(called(a), called(b)) == 0;
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

/* Borrows the texts of all lists; each once, in order. */
static bool unite(struct names *out, const struct server *const *v, size_t n,
	bool offered)
{
	size_t total = 0, at = 0;

	for (size_t i = 0; i < n; i++)
		total += offered ? v[i]->offered.n : v[i]->device_ids.n;
	out->v = calloc(total + 1, sizeof *out->v);
	if (!out->v)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct names *from = offered ? &v[i]->offered
						   : &v[i]->device_ids;

		for (size_t k = 0; k < from->n; k++)
			out->v[at++] = from->v[k];
	}
	/* One list is in order already; mechanisms keep the server's own. */
	if (at > 0 && (!offered || n > 1))
		qsort(out->v, at, sizeof *out->v, by_text);
	for (size_t i = 0; i < at; i++)
		if (out->n == 0 || strcmp(out->v[out->n - 1], out->v[i]) != 0)
			out->v[out->n++] = out->v[i];
	return true;
}

static char *id_of(const struct server *v)
{
	const char *name = called(v);
	size_t cap = strlen(name) + 16;
	char *id = malloc(cap);

	if (id)
		server_label(name, v->port, id, cap);
	return id;
}

static bool make(struct server_group *g, const struct server **v, size_t n)
{
	*g = (struct server_group){.id = id_of(v[0]), .name = v[0]->name,
		.port = v[0]->port, .v = v, .n = n,
		.first_seen = v[0]->first_seen};
	for (size_t i = 0; i < n; i++) {
		g->sessions += v[i]->sessions;
		g->messages += v[i]->messages;
		g->starttls |= v[i]->starttls;
		if (!g->service)
			g->service = v[i]->service;
		for (int u = 0; u <= USE_BASIC; u++)
			g->by_use[u] += v[i]->by_use[u];
		if (v[i]->first_seen < g->first_seen)
			g->first_seen = v[i]->first_seen;
		if (v[i]->last_seen > g->last_seen)
			g->last_seen = v[i]->last_seen;
	}
	return g->id && unite(&g->devices, v, n, false) &&
		unite(&g->offered, v, n, true);
}

struct server_groups *server_groups_from(struct server_list *list)
{
	struct server_groups *out = calloc(1, sizeof *out);
	const struct server **all = calloc(list->n + 1, sizeof *all);
	bool ok = out && all;

	if (ok) {
		out->list = list;
		out->v = calloc(list->n + 1, sizeof *out->v);
		ok = out->v != NULL;
	}
	for (size_t i = 0; ok && i < list->n; i++)
		all[i] = &list->v[i];
	if (ok && list->n > 0)
		qsort(all, list->n, sizeof *all, by_group);
	for (size_t i = 0, k; ok && i < list->n; i = k) {
		const struct server **v;

		for (k = i + 1; k < list->n && same_group(all[i], all[k]); k++)
			;
		v = calloc(k - i, sizeof *v);
		ok = v != NULL;
		if (ok) {
			memcpy(v, all + i, (k - i) * sizeof *v);
			ok = make(&out->v[out->n++], v, k - i);
		}
	}
	free(all);
	if (ok)
		return out;
	if (out && out->list)
		server_groups_free(out);
	else {
		free(out);
		server_list_free(list);
	}
	return NULL;
}

void server_groups_free(struct server_groups *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->n; i++) {
		free(g->v[i].id);
		free(g->v[i].v);
		free(g->v[i].devices.v);
		free(g->v[i].offered.v);
	}
	free(g->v);
	server_list_free(g->list);
	free(g);
}

bool server_offers_clear(const struct server_group *v)
{
	for (size_t i = 0; i < v->offered.n; i++)
		if (strcasecmp(v->offered.v[i], "LOGIN") == 0 ||
			strcasecmp(v->offered.v[i], "PLAIN") == 0)
			return true;
	return false;
}

bool server_is_cloud(const struct server_group *v)
{
	return v->service && strncmp(v->service, "exchange-online", 15) == 0;
}
