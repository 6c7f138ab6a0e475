/* annotate.c: see annotate.h. */
#include "inventory/annotate.h"
#include "capture/base/text.h"
#include "inventory/file.h"
#include "inventory/schema.h"
#include "inventory/sql.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const words[STATUSES] = {
	[STATUS_TODO] = "todo", [STATUS_PLANNED] = "planned",
	[STATUS_DONE] = "done", [STATUS_EXEMPT] = "exempt",
};

const char *status_word(enum status s)
{
	return words[s];
}

enum status status_named(const char *word)
{
	for (int s = STATUS_TODO; s < STATUSES; s++)
		if (strcasecmp(words[s], word) == 0)
			return (enum status)s;
	return STATUSES;
}

static bool is_text(const char *key, const char *value, struct err *e)
{
	size_t n = strlen(value);

	if (n >= TEXT_MAX)
		return err_set(e, ERR_USAGE, "%s is longer than %d bytes", key,
			TEXT_MAX - 1);
	if (!text_is_clean(value, n))
		return err_set(e, ERR_USAGE, "%s holds characters that cannot "
			"be shown: '%s'", key, value);
	return true;
}

bool annotation_word(struct annotation *a, const char *word, struct err *e)
{
	const struct {
		const char *key;
		const char **value;
	} fields[] = {
		{"name", &a->name}, {"owner", &a->owner}, {"note", &a->note},
		{"status", &a->status},
	};
	const char *equals = strchr(word, '=');
	size_t n = equals ? (size_t)(equals - word) : strlen(word);

	for (size_t i = 0; equals && i < sizeof fields / sizeof fields[0];
		i++) {
		if (strlen(fields[i].key) != n ||
			strncasecmp(fields[i].key, word, n) != 0)
			continue;
		*fields[i].value = equals + 1;
		if (fields[i].value == &a->status && equals[1] != '\0' &&
			status_named(equals + 1) == STATUSES)
			return err_set(e, ERR_USAGE, "status is todo, "
				"planned, done or exempt, not '%s'",
				equals + 1);
		return is_text(fields[i].key, equals + 1, e);
	}
	return err_set(e, ERR_USAGE, "set takes name=, owner=, note= and "
		"status=, not '%s'", word);
}

/* SQLite's own lock is enough: a capture holds it for some milliseconds at a
 * time. */
static bool open_beside(const char *path, sqlite3 **out, struct err *e)
{
	char *uri = file_uri(path, "?mode=rw");
	int64_t version;
	int code = sqlite3_open_v2(uri, out, SQLITE_OPEN_READWRITE |
			SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);

	free(uri);
	if (code != SQLITE_OK)
		return sql_fail(*out, e, "open");
	sqlite3_busy_timeout(*out, 10000);
	if (!sql_number(*out, "PRAGMA user_version", 0, &version, e))
		return false;
	return version == SCHEMA_VERSION || err_set(e, ERR_USAGE, "'%s' was "
		"made by another version of mailcensus; 'mailcensus check "
		"-d %s' brings an older one up to date", path, path);
}

bool annotate(const char *path, const char *device,
	const struct annotation *a, int64_t now, struct err *e)
{
	/* A field that is not given keeps its value; "" becomes NULL. */
	static const char sql[] = "INSERT INTO annotations (device, status, "
		"owner, note, name, updated_at) VALUES (?1, ifnull(?2, ''), "
		"nullif(?3, ''), nullif(?4, ''), nullif(?5, ''), ?6) "
		"ON CONFLICT (device) DO UPDATE SET "
		"status = ifnull(?2, status), "
		"owner = CASE WHEN ?3 IS NULL THEN owner "
		"ELSE nullif(?3, '') END, "
		"note = CASE WHEN ?4 IS NULL THEN note "
		"ELSE nullif(?4, '') END, "
		"name = CASE WHEN ?5 IS NULL THEN name "
		"ELSE nullif(?5, '') END, updated_at = ?6 "
		"WHERE updated_at <= ?6";
	sqlite3_stmt *s = NULL;
	sqlite3 *h = NULL;
	enum status status;
	bool ok = open_beside(path, &h, e) && sql_prepare(h, &s, sql, e);

	if (ok) {
		status = a->status ? status_named(a->status) : STATUSES;
		sql_bind_text(s, 1, device);
		sql_bind_text(s, 2, !a->status ? NULL
			: status < STATUSES ? words[status] : "");
		sql_bind_text(s, 3, a->owner);
		sql_bind_text(s, 4, a->note);
		sql_bind_text(s, 5, a->name);
		sql_bind(s, 6, now);
		ok = sql_run(s, e);
	}
	sqlite3_finalize(s);
	sqlite3_close(h);
	return ok;
}
