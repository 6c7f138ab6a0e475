/* write.c: see write.h. */
#include "inventory/write.h"
#include "inventory/admit.h"
#include "inventory/db_private.h"
#include "inventory/resolve_private.h"
#include "inventory/servers.h"
#include "inventory/sessions.h"
#include "inventory/sources.h"
#include "inventory/tally.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	BEGIN, COMMIT, BINDING_AGAIN, BINDING, RIVALS, IDENTITY_AGAIN,
	IDENTITY, STATEMENTS,
};

static const char *const statements[STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[BINDING_AGAIN] = "UPDATE bindings SET "
		"first_seen = min(first_seen, ?5), "
		"last_seen = max(last_seen, ?5) WHERE scope = ?1 AND ip = ?2 "
		"AND mac = ?3 AND how = ?4",
	[BINDING] = "INSERT INTO bindings VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
	[RIVALS] = "SELECT 1 FROM bindings WHERE scope = ?1 AND ip = ?2 AND "
		"mac <> ?3 LIMIT 1",
	[IDENTITY_AGAIN] = "UPDATE identities SET "
		"first_seen = min(first_seen, ?4), "
		"last_seen = max(last_seen, ?4) WHERE scope = '' AND "
		"subject = ?1 AND kind = ?2 AND value = ?3",
	[IDENTITY] = "INSERT INTO identities VALUES ('', ?1, ?2, ?3, ?4, ?4)",
};

/* Of a tick: facts are committed always, but conclusions take at most a fifth
 * of the time, since reading a large file would do little else otherwise; and
 * at most so many devices are made anew, a tenth of a second's work. */
enum { REST = 4, FOLDS = 2500 };

struct writer {
	struct db *db;
	struct servers *servers;
	struct tally *tally;
	struct sessions *sessions;
	struct sources *sources;
	struct resolver *resolver;
	sqlite3_stmt *s[STATEMENTS];
	int64_t source;
	int64_t hints; /* rows of bindings and identities */
	bool open; /* a transaction */
	int64_t concluded, took; /* ns: when that ended last, how long */
};

/* A writer that died between two commits left devices for later, and other
 * rules make other devices. */
static bool catch_up(struct db *db, struct err *e)
{
	bool stale;

	return resolve_is_stale(db, &stale, e) &&
		(!stale || resolve_all(db, e));
}

static bool count_hints(struct writer *w, struct err *e)
{
	return sql_number(db_handle(w->db), "SELECT (SELECT count(*) FROM "
		"bindings) + (SELECT count(*) FROM identities)", 0, &w->hints,
		e);
}

bool writer_open(struct writer **out, struct db *db, struct err *e)
{
	struct writer *w = xcalloc(1, sizeof *w);

	w->db = db;
	if (!catch_up(db, e) || !count_hints(w, e) ||
		!resolver_open(&w->resolver, db, e) ||
		!db_prepare(db, statements, w->s, STATEMENTS, e) ||
		!servers_open(&w->servers, db, e) ||
		!sources_open(&w->sources, db, e) ||
		!tally_open(&w->tally, db, e) ||
		!sessions_open(&w->sessions, db, w->servers, w->tally, e))
		goto fail;
	*out = w;
	return true;
fail:
	writer_close(w, NULL);
	return false;
}

static bool begin(struct writer *w, struct err *e)
{
	if (w->open)
		return true;
	w->open = sql_run(w->s[BEGIN], e);
	return w->open;
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static bool conclude(struct writer *w, size_t folds, struct err *e)
{
	int64_t began = now();

	if (!tally_flush(w->tally, w->resolver, e) ||
		!resolver_run(w->resolver, folds, e))
		return false;
	w->concluded = now();
	w->took = w->concluded - began;
	return true;
}

static bool commit(struct writer *w, struct err *e)
{
	if (!servers_flush(w->servers, e) ||
		!resolver_note(w->resolver, !tally_is_empty(w->tally), e) ||
		!sql_run(w->s[COMMIT], e))
		return false;
	w->open = false;
	return true;
}

bool writer_tick(struct writer *w, struct err *e)
{
	if (!begin(w, e))
		return false;
	if (now() - w->concluded >= REST * w->took &&
		!conclude(w, FOLDS, e))
		return false;
	return commit(w, e);
}

bool writer_commit(struct writer *w, struct err *e)
{
	return begin(w, e) && conclude(w, SIZE_MAX, e) && commit(w, e);
}

bool writer_close(struct writer *w, struct err *e)
{
	bool ok;

	if (!w)
		return true;
	ok = w->sessions && writer_commit(w, e);
	db_finalize(w->s, STATEMENTS);
	if (!ok)
		sqlite3_exec(db_handle(w->db), "ROLLBACK", NULL, NULL, NULL);
	sessions_close(w->sessions);
	sources_close(w->sources);
	tally_close(w->tally);
	servers_close(w->servers);
	resolver_close(w->resolver);
	free(w);
	return ok;
}

static bool make_room(struct writer *w, struct err *e)
{
	if (servers_are_full(w->servers) && !servers_flush(w->servers, e))
		return false;
	return !tally_is_full(w->tally) ||
		tally_flush(w->tally, w->resolver, e);
}

static int64_t us(int64_t ns)
{
	return ns / 1000;
}

/* Brings a row up to date, or makes it where there is room. *known: it was
 * there. *kept: it is there now. */
static bool put_hint(struct writer *w, int update, int insert, bool *known,
	bool *kept, struct err *e)
{
	if (!sql_run(w->s[update], e))
		return false;
	*known = *kept = sqlite3_changes(db_handle(w->db)) > 0;
	if (*known || w->hints >= WRITER_HINTS)
		return true;
	w->hints++;
	*kept = true;
	return sql_run(w->s[insert], e);
}

static bool binding(struct writer *w, const struct record_binding *b,
	struct err *e)
{
	static const char *const how[] = {
		[RECORD_BY_FRAME] = "frame", [RECORD_BY_ARP] = "arp",
		[RECORD_BY_ND] = "nd", [RECORD_BY_DHCP] = "dhcp",
	};
	const char *scope = db_scope(w->db, &b->addr);
	char ip[ADDR_TEXT], mac[MAC_TEXT];
	bool again, kept, row = true;

	addr_format(&b->addr, ip);
	mac_format(&b->mac, mac);
	for (int i = BINDING_AGAIN; i <= RIVALS; i++) {
		sql_bind_text(w->s[i], 1, scope);
		sql_bind_text(w->s[i], 2, ip);
		sql_bind_text(w->s[i], 3, mac);
		if (i == RIVALS)
			break;
		sql_bind_text(w->s[i], 4, how[b->how]);
		sql_bind(w->s[i], 5, us(b->at));
	}
	if (!put_hint(w, BINDING_AGAIN, BINDING, &again, &kept, e))
		return false;
	if (!kept)
		return true;
	/* One that is known changes something only where it outdoes another
	 * for the same address. */
	if (again && !sql_row(w->s[RIVALS], &row, e))
		return false;
	sql_reset(w->s[RIVALS]);
	return !row || resolver_binding(w->resolver, scope, ip, mac, e);
}

static bool identity(struct writer *w, const struct record_identity *i,
	struct err *e)
{
	static const char *const kinds[] = {
		[RECORD_DHCP_HOST] = "dhcp_host",
		[RECORD_DHCP_CLASS] = "dhcp_class",
		[RECORD_DHCP_FQDN] = "dhcp_fqdn",
	};
	char subject[5 + MAC_TEXT] = "mac:";
	bool again, kept;

	if (mac_is_zero(&i->mac) || mac_is_group(&i->mac))
		return true;
	mac_format(&i->mac, subject + 4);
	for (int n = IDENTITY_AGAIN; n <= IDENTITY; n++) {
		sql_bind_text(w->s[n], 1, subject);
		sql_bind_text(w->s[n], 2, kinds[i->kind]);
		sql_bind_text(w->s[n], 3, i->value);
		sql_bind(w->s[n], 4, us(i->at));
	}
	return put_hint(w, IDENTITY_AGAIN, IDENTITY, &again, &kept, e) &&
		(!kept || resolver_device(w->resolver, subject, e));
}

bool writer_record(struct writer *w, const struct record *r, int64_t wall,
	struct err *e)
{
	if (!admit(r))
		return err_set(e, ERR_RUN, "the capture process sent a record "
			"that none should send; nothing of it was stored");
	if (!begin(w, e))
		return false;
	switch (r->kind) {
	case RECORD_SESSION:
		return sessions_put(w->sessions, &r->session, w->source, e) &&
			make_room(w, e);
	case RECORD_BINDING: return binding(w, &r->binding, e);
	case RECORD_IDENTITY: return identity(w, &r->identity, e);
	case RECORD_SOURCE:
		if (r->source.first_seen > 0)
			sessions_edge(w->sessions,
				us(r->source.first_seen));
		return sources_put(w->sources, &r->source, wall, &w->source,
			e);
	case RECORD_HOUR:
		return sources_put_hour(w->sources, &r->source, e);
	}
	return true;
}

bool writer_path(struct writer *w, const uint8_t id[32], const char *path,
	struct err *e)
{
	return begin(w, e) && sources_put_path(w->sources, id, path, e);
}
