/* servers.c: see servers.h. */
#include "inventory/servers.h"
#include "inventory/endpoint.h"
#include "inventory/rules.h"
#include "inventory/sums.h"
#include <stdlib.h>
#include <string.h>

enum { SERVER = 1, PROFILE, BANNER, PROXIED, STARTTLS };
enum { FULL = 1 << 15 };

/* Profiles whose texts for a server are remembered. */
enum { FACES = 1 << 12 };

enum { PUT_SERVER, PUT_FACT, FACE_OF, PROFILE_TEXTS, TEXT, STATEMENTS };

static const char *const statements[STATEMENTS] = {
	[PUT_SERVER] = "INSERT INTO servers SELECT scope, ip, port, ?2, ?3 "
		"FROM ends WHERE id = ?1 ON CONFLICT DO UPDATE SET "
		"first_seen = min(first_seen, ?2), "
		"last_seen = max(last_seen, ?3)",
	[PUT_FACT] = "INSERT INTO server_facts SELECT scope, ip, port, ?2, ?3, "
		"?4, ?5 FROM ends WHERE id = ?1 ON CONFLICT DO UPDATE SET "
		"first_seen = min(first_seen, ?4), "
		"last_seen = max(last_seen, ?5)",
	[FACE_OF] = "SELECT sni, certificate, offered, seen_as FROM profiles "
		"WHERE id = ?1",
	[PROFILE_TEXTS] = "SELECT "
		"(SELECT text FROM texts WHERE id = p.sni), "
		"(SELECT text FROM texts WHERE id = c.cn), "
		"(SELECT text FROM texts WHERE id = c.names), "
		"(SELECT text FROM texts WHERE id = p.offered), "
		"(SELECT text FROM texts WHERE id = p.seen_as) "
		"FROM profiles p LEFT JOIN certificates c "
		"ON c.id = p.certificate WHERE p.id = ?1",
	[TEXT] = "SELECT text FROM texts WHERE id = ?1",
};

/* Each device has a profile of its own, but most say the same of a server:
 * those have one face. */
struct face {
	int64_t profile, face;
};

struct servers {
	struct db *db;
	struct sums *sums;
	struct face faces[FACES]; /* a cache, by profile */
	sqlite3_stmt *s[STATEMENTS];
};

bool servers_open(struct servers **out, struct db *db, struct err *e)
{
	struct servers *s = xcalloc(1, sizeof *s);

	s->db = db;
	s->sums = sums_new();
	if (!db_prepare(db, statements, s->s, STATEMENTS, e)) {
		servers_close(s);
		return false;
	}
	*out = s;
	return true;
}

void servers_close(struct servers *s)
{
	if (!s)
		return;
	db_finalize(s->s, STATEMENTS);
	sums_free(s->sums);
	free(s);
}

/* Numbers of rows, which nobody on the wire can choose. */
static bool face_of(struct servers *s, int64_t profile, int64_t *out,
	struct err *e)
{
	struct face *face = &s->faces[(uint64_t)profile % FACES];
	sqlite3_stmt *q = s->s[FACE_OF];
	uint64_t h = 0;
	bool row;

	if (face->profile != profile) {
		sql_bind(q, 1, profile);
		if (!sql_row(q, &row, e))
			return false;
		for (int i = 0; row && i < 4; i++)
			h = sums_mix(h + (uint64_t)sqlite3_column_int64(q, i));
		sql_reset(q);
		*face = (struct face){profile, (int64_t)h};
	}
	*out = face->face;
	return true;
}

static struct sum *note(struct servers *s, uint32_t kind, int64_t server,
	int64_t value, int64_t first, int64_t last)
{
	struct sum *x = sums_at(s->sums, kind, server, value);

	sum_seen(x, first);
	sum_seen(x, last);
	return x;
}

bool servers_note(struct servers *s, const struct servers_facts *f,
	int64_t first, int64_t last, struct err *e)
{
	int64_t face;

	if (!face_of(s, f->profile, &face, e))
		return false;
	note(s, SERVER, f->server, 0, first, last);
	note(s, PROFILE, f->server, face, first, last)->n[0] = f->profile;
	if (f->banner > 0)
		note(s, BANNER, f->server, f->banner, first, last);
	if (f->proxied > 0)
		note(s, PROXIED, f->server, f->proxied, first, last);
	if (f->starttls)
		note(s, STARTTLS, f->server, 0, first, last);
	return true;
}

bool servers_are_full(const struct servers *s)
{
	return sums_count(s->sums) >= FULL;
}

static bool put(struct servers *s, const struct sum *x, const char *kind,
	const char *value, struct err *e)
{
	sqlite3_stmt *q = s->s[PUT_FACT];

	sql_bind(q, 1, x->a);
	sql_bind_text(q, 2, kind);
	sql_bind_text(q, 3, value);
	sql_bind(q, 4, x->first);
	sql_bind(q, 5, x->last);
	return sql_run(q, e);
}

static bool put_list(struct servers *s, const struct sum *x, const char *kind,
	const char *list, struct err *e)
{
	while (list && *list != '\0') {
		size_t n = strcspn(list, "\n");
		char one[TEXT_MAX];

		text_clean(one, sizeof one, list, n);
		if (n > 0 && !put(s, x, kind, one, e))
			return false;
		list += n + (list[n] == '\n');
	}
	return true;
}

/* One certificate serves many hosts: the best of its names, and the one that
 * tells whose it is. */
static bool put_certificate(struct servers *s, const struct sum *x,
	const char *cn, const char *names, struct err *e)
{
	struct endpoint_facts f = {.cert_cn = cn, .cert_names = names};
	struct endpoint_service known;
	char name[TEXT_MAX];

	if (endpoint_name(&f, name) == ENDPOINT_UNNAMED)
		return true;
	if (!put(s, x, "certificate", name, e))
		return false;
	return !endpoint_service(rules_providers(db_rules(s->db)), &f,
			&known) ||
		strcmp(known.fact, name) == 0 ||
		put(s, x, "certificate", known.fact, e);
}

static bool put_profile(struct servers *s, const struct sum *x,
	struct err *e)
{
	static const char *const kinds[] = {
		"sni", NULL, NULL, "offered", "seen_as"};
	sqlite3_stmt *q = s->s[PROFILE_TEXTS];
	bool row, ok;

	sql_bind(q, 1, x->n[0]);
	ok = sql_row(q, &row, e);
	for (int i = 0; ok && row && i < 5; i++) {
		if (kinds[i])
			ok = put_list(s, x, kinds[i],
				(const char *)sqlite3_column_text(q, i), e);
	}
	if (ok && row)
		ok = put_certificate(s, x,
			(const char *)sqlite3_column_text(q, 1),
			(const char *)sqlite3_column_text(q, 2), e);
	sql_reset(q);
	return ok;
}

/* A greeting is a host name and what follows; providers have thousands of
 * front ends with one greeting. */
static bool put_banner(struct servers *s, const struct sum *x, struct err *e)
{
	sqlite3_stmt *q = s->s[TEXT];
	bool row, ok;

	sql_bind(q, 1, x->b);
	ok = sql_row(q, &row, e);
	if (ok && row) {
		const char *t = (const char *)sqlite3_column_text(q, 0);
		char host[TEXT_MAX];
		bool named = t && endpoint_banner_host(t, host);
		const char *rest = t && named ? t + strlen(host) : t;

		if (named)
			ok = endpoint_banner_group(rules_providers(db_rules(
				s->db)), t, host) &&
				put(s, x, "host", host, e);
		while (rest && *rest == ' ')
			rest++;
		if (ok && rest && *rest != '\0')
			ok = put(s, x, "greeting", rest, e);
	}
	sql_reset(q);
	return ok;
}

static bool put_proxied(struct servers *s, const struct sum *x,
	struct err *e)
{
	sqlite3_stmt *q = s->s[TEXT];
	bool row, ok;

	sql_bind(q, 1, x->b);
	ok = sql_row(q, &row, e);
	if (ok && row)
		ok = put(s, x, "proxied",
			(const char *)sqlite3_column_text(q, 0), e);
	sql_reset(q);
	return ok;
}

static bool flush_one(struct servers *s, const struct sum *x, struct err *e)
{
	sqlite3_stmt *q = s->s[PUT_SERVER];

	switch (x->kind) {
	case SERVER:
		sql_bind(q, 1, x->a);
		sql_bind(q, 2, x->first);
		sql_bind(q, 3, x->last);
		return sql_run(q, e);
	case PROFILE: return put_profile(s, x, e);
	case BANNER: return put_banner(s, x, e);
	case PROXIED: return put_proxied(s, x, e);
	default: return put(s, x, "starttls", "", e);
	}
}

bool servers_flush(struct servers *s, struct err *e)
{
	struct sum **v = sums_sorted(s->sums);
	size_t n = sums_count(s->sums);
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++)
		ok = flush_one(s, v[i], e);
	free(v);
	sums_clear(s->sums);
	return ok;
}
