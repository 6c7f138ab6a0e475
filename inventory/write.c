/* write.c: see write.h. */
#include "inventory/write.h"
#include "inventory/admit.h"
#include "inventory/db_private.h"
#include "inventory/hosts.h"
#include "inventory/resolve_private.h"
#include "inventory/servers.h"
#include "inventory/sessions.h"
#include "inventory/sources.h"
#include "inventory/tally.h"
#include "inventory/tenant.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	BEGIN, COMMIT, STATEMENTS,
};

static const char *const statements[STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
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
	struct hosts *hosts;
	sqlite3_stmt *s[STATEMENTS];
	int64_t source;
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

bool writer_open(struct writer **out, struct db *db, struct err *e)
{
	struct writer *w = xcalloc(1, sizeof *w);

	w->db = db;
	if (!catch_up(db, e) || !resolver_open(&w->resolver, db, e) ||
		!hosts_open(&w->hosts, db, w->resolver, e) ||
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
	if (!servers_flush(w->servers, e) || !hosts_note(w->hosts, e) ||
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
	ok = ok && tenant_conclude(db_handle(w->db), db_rules(w->db), e);
	sessions_close(w->sessions);
	sources_close(w->sources);
	tally_close(w->tally);
	servers_close(w->servers);
	hosts_close(w->hosts);
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
			hosts_session(w->hosts, &r->session, e) &&
			make_room(w, e);
	case RECORD_BINDING:
		return hosts_binding(w->hosts, &r->binding, e);
	case RECORD_IDENTITY:
		return hosts_identity(w->hosts, &r->identity, e);
	case RECORD_SOURCE:
		if (r->source.first_seen > 0)
			sessions_edge(w->sessions,
				r->source.first_seen / 1000);
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
