/* own.c: see own.h. */
#include "inventory/own.h"
#include "inventory/query_private.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Percent of the devices with a sender: a domain of so many is one's own. */
enum { OWN_SHARE = 20, OWN_DOMAINS_MOST = 1000 };

/* A domain, and devices that send from it. */
struct share {
	char *domain;
	size_t devices;
};

struct own_guess {
	struct share *v;
	size_t n, senders;
};

bool own_has(const struct names *own, const char *host)
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

struct own_guess *own_guess_new(void)
{
	return xcalloc(1, sizeof(struct own_guess));
}

static void add_share(struct own_guess *g, const char *domain)
{
	for (size_t i = 0; i < g->n; i++)
		if (strcasecmp(g->v[i].domain, domain) == 0) {
			g->v[i].devices++;
			return;
		}
	/* An office has a few. */
	if (g->n == OWN_DOMAINS_MOST)
		return;
	g->v = xrealloc(g->v, g->n + 1, sizeof *g->v);
	g->v[g->n++] = (struct share){xstrdup(domain), 1};
}

void own_guess_sender(struct own_guess *g, const char *from)
{
	const char *at = strrchr(from, '@');

	if (!at || at[1] == '\0')
		return;
	g->senders++;
	add_share(g, at + 1);
}

void own_guess_end(struct own_guess *g, struct names *out)
{
	for (size_t i = 0; i < g->n; i++) {
		if (g->v[i].devices * 100 >= g->senders * OWN_SHARE)
			names_add(out, g->v[i].domain);
		free(g->v[i].domain);
	}
	free(g->v);
	free(g);
}

static bool guess(struct query *q, struct names *out, struct err *e)
{
	struct own_guess *g = own_guess_new();
	sqlite3_stmt *s = NULL;
	bool row, ok;

	ok = sql_prepare(query_handle(q), &s, "SELECT substr(froms, 1, "
		"instr(froms || char(10), char(10)) - 1) FROM devices "
		"WHERE role <> 1 AND froms IS NOT NULL ORDER BY device", e);
	while (ok && (ok = sql_row(s, &row, e)) && row) {
		char *from = query_text(s, 0);

		if (from)
			own_guess_sender(g, from);
		free(from);
	}
	sqlite3_finalize(s);
	own_guess_end(g, out);
	return ok;
}

bool own_domains(struct query *q, struct names *out, struct err *e)
{
	const struct names *said = query_own(q);

	for (size_t i = 0; i < said->n; i++)
		names_add(out, said->v[i]);
	return said->n > 0 || guess(q, out, e);
}
