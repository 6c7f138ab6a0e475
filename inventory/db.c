/* db.c: see db.h. */
#include "inventory/db.h"
#include "capture/base/text.h"
#include "inventory/db_private.h"
#include "inventory/file.h"
#include "inventory/oui.h"
#include "inventory/rules.h"
#include "inventory/schema.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

struct db {
	sqlite3 *h;
	int lock; /* held by flock(2) for the life of the writer, or -1 */
	uint8_t sensor[16];
	int64_t sensor_row;
	char site[TEXT_MAX];
	char *made; /* the path, if the file was made here */
	struct rules *rules;
	struct oui *oui; /* NULL until somebody asks */
};

/* Who holds the file, by the note it left there; 0: nobody knows. */
static int64_t holder(const char *path)
{
	char *uri = file_uri(path, "?mode=ro");
	sqlite3 *h = NULL;
	int64_t pid = 0;

	if (sqlite3_open_v2(uri, &h, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
		    NULL) == SQLITE_OK)
		sql_number(h, "SELECT value FROM meta WHERE key = 'writer'", 0,
			&pid, NULL);
	sqlite3_close(h);
	free(uri);
	return pid;
}

/* SQLite's own locks are of another kind (fcntl) and know nothing of this
 * one, which says that a writer lives, whether or not it writes just now. */
static bool lock(struct db *db, const char *path, struct err *e)
{
	char who[64] = "another mailcensus";
	int64_t pid;

	db->lock = open(path, O_RDWR | O_CLOEXEC);
	if (db->lock < 0)
		return err_set(e, ERR_RUN, "cannot write to '%s': %s; use -d "
			"for another file", path, strerror(errno));
	if (flock(db->lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno != EWOULDBLOCK)
		return err_set(e, ERR_RUN, "cannot lock '%s': %s", path,
			strerror(errno));
	pid = holder(path);
	if (pid > 0)
		snprintf(who, sizeof who, "another mailcensus (pid %lld)",
			(long long)pid);
	return err_set(e, ERR_RUN, "%s is writing to '%s'; use -d for another "
		"inventory or 'mailcensus ui' to watch", who, path);
}

/* A random UUID (RFC 9562, 5.4), and the host's name for people. */
static bool make_sensor(struct db *db, struct err *e)
{
	static const char sql[] = "INSERT INTO sensors (id, sensor, site, "
		"name, updated_at) SELECT 1, ?, '', ?, ? "
		"WHERE NOT EXISTS (SELECT 1 FROM sensors)";
	char host[TEXT_MAX] = "", name[TEXT_MAX];
	sqlite3_stmt *s = NULL;
	uint8_t id[16];
	bool ok;

	if (getrandom(id, sizeof id, 0) != sizeof id)
		return err_set(e, ERR_RUN, "no random numbers: %s",
			strerror(errno));
	id[6] = (id[6] & 0x0f) | 0x40;
	id[8] = (id[8] & 0x3f) | 0x80;
	gethostname(host, sizeof host - 1);
	text_clean(name, sizeof name, host, strlen(host));
	if (!sql_prepare(db->h, &s, sql, e))
		return false;
	sql_bind_blob(s, 1, id, sizeof id);
	sql_bind_text(s, 2, name);
	sql_bind(s, 3, (int64_t)time(NULL) * 1000000);
	ok = sql_run(s, e);
	sqlite3_finalize(s);
	return ok;
}

static bool load_sensor(struct db *db, struct err *e)
{
	static const char sql[] =
		"SELECT id, sensor, site FROM sensors ORDER BY id LIMIT 1";
	sqlite3_stmt *s = NULL;
	bool row, ok;

	if (!sql_prepare(db->h, &s, sql, e))
		return false;
	ok = sql_row(s, &row, e);
	if (ok && (!row || sqlite3_column_bytes(s, 1) != 16))
		ok = err_set(e, ERR_RUN, "'%s' names no sensor; use -d for "
			"another file", sqlite3_db_filename(db->h, "main"));
	if (ok) {
		const char *site = (const char *)sqlite3_column_text(s, 2);

		db->sensor_row = sqlite3_column_int64(s, 0);
		memcpy(db->sensor, sqlite3_column_blob(s, 1), 16);
		text_clean(db->site, sizeof db->site, site ? site : "",
			site ? strlen(site) : 0);
	}
	sqlite3_finalize(s);
	return ok;
}

/* The schema is made with a rollback journal, so that from its first moment
 * the head of the file itself says whose it is. */
static bool set_up(struct db *db, struct err *e)
{
	char note[128];

	sqlite3_busy_timeout(db->h, 10000);
	snprintf(note, sizeof note, "INSERT INTO meta (key, value) "
		"VALUES ('writer', %ld) ON CONFLICT (key) "
		"DO UPDATE SET value = excluded.value", (long)getpid());
	return sql_exec(db->h, "PRAGMA synchronous = NORMAL;"
			"PRAGMA temp_store = MEMORY;", e) &&
		db_cache(db, DB_CACHE_KIB, e) && schema_migrate(db->h, e) &&
		sql_exec(db->h, "PRAGMA journal_mode = WAL;"
			"PRAGMA journal_size_limit = 67108864;", e) &&
		make_sensor(db, e) && load_sensor(db, e) &&
		sql_exec(db->h, note, e);
}

bool db_open(struct db **out, const char *path, struct err *e)
{
	bool memory = strcmp(path, ":memory:") == 0;
	struct db *db = xcalloc(1, sizeof *db);
	enum file_kind kind;

	db->lock = -1;
	if (!memory && (!file_check(path, &kind, e) ||
			(kind == FILE_MISSING && !file_make(path, e)) ||
			!lock(db, path, e)))
		goto fail;
	/* Locked, so that nobody else has begun to write it. */
	if (!memory && kind == FILE_MISSING)
		db->made = xstrdup(path);
	if (sqlite3_open_v2(path, &db->h,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
		    NULL) != SQLITE_OK) {
		sql_fail(db->h, e, "open");
		goto fail;
	}
	if (!set_up(db, e) || !db_use_rules(db, NULL, 0, e))
		goto fail;
	*out = db;
	return true;
fail:
	db_abandon(db);
	return false;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	if (db->sensor_row > 0) {
		sqlite3_exec(db->h, "DELETE FROM meta WHERE key = 'writer'",
			NULL, NULL, NULL);
		/* Of itself SQLite does it only where it can still look at
		 * the folder: in root's own, with rights dropped, all would
		 * stay in the -wal. */
		sqlite3_wal_checkpoint_v2(db->h, NULL,
			SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	}
	sqlite3_close(db->h);
	/* Only now: closing any descriptor of the file ends the locks that
	 * SQLite holds on it. */
	if (db->lock >= 0)
		close(db->lock);
	free(db->made);
	rules_free(db->rules);
	oui_free(db->oui);
	free(db);
}

void db_abandon(struct db *db)
{
	static const char *const ends[] = {"-wal", "-shm", ""};
	char *made = db ? db->made : NULL;

	if (made)
		db->made = NULL;
	db_close(db);
	for (size_t i = 0; made && i < sizeof ends / sizeof ends[0]; i++) {
		char path[PATH_MAX];

		if (snprintf(path, sizeof path, "%s%s", made, ends[i]) <
			(int)sizeof path)
			unlink(path);
	}
	free(made);
}

void db_sensor(const struct db *db, uint8_t out[16])
{
	memcpy(out, db->sensor, 16);
}

bool db_use_rules(struct db *db, const char *const *files, size_t n,
	struct err *e)
{
	struct rules *rules;

	if (!rules_load(&rules, files, n, e))
		return false;
	rules_free(db->rules);
	db->rules = rules;
	return true;
}

bool db_use_vendors(struct db *db, const char *path, struct err *e)
{
	struct oui *oui = NULL;

	if (path && !oui_load(&oui, path, e))
		return false;
	oui_free(db->oui);
	db->oui = oui;
	return true;
}

const struct rules *db_rules(const struct db *db)
{
	return db->rules;
}

const char *db_vendor(struct db *db, const char *mac)
{
	struct mac m;

	if (!db->oui && !oui_load(&db->oui, NULL, NULL))
		return NULL;
	return mac_parse(mac, &m) ? oui_vendor(db->oui, &m) : NULL;
}

sqlite3 *db_handle(struct db *db)
{
	return db->h;
}

bool db_cache(struct db *db, int kib, struct err *e)
{
	char sql[64];

	snprintf(sql, sizeof sql, "PRAGMA cache_size = -%d", kib);
	return sql_exec(db->h, sql, e);
}

int64_t db_sensor_row(const struct db *db)
{
	return db->sensor_row;
}

const char *db_scope(const struct db *db, const struct addr *a)
{
	return addr_is_private(a) ? db->site : "";
}

bool db_prepare(struct db *db, const char *const *sql, sqlite3_stmt **out,
	size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (!sql_prepare(db->h, &out[i], sql[i], e))
			return false;
	return true;
}

void db_finalize(sqlite3_stmt **s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sqlite3_finalize(s[i]);
}
