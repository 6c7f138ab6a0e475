/* beside.c: see beside.h. */
#include "inventory/beside.h"
#include "inventory/file.h"
#include "inventory/schema.h"
#include <stdlib.h>

/* SQLite's own lock is enough: a capture holds it for some milliseconds at a
 * time. */
bool beside_open(sqlite3 **out, const char *path, int patience, struct err *e)
{
	char *uri = file_uri(path, "?mode=rw");
	int64_t version;
	int code = sqlite3_open_v2(uri, out, SQLITE_OPEN_READWRITE |
			SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);

	free(uri);
	if (code != SQLITE_OK)
		return sql_fail(*out, e, "open");
	sqlite3_busy_timeout(*out, patience);
	if (!sql_number(*out, "PRAGMA user_version", 0, &version, e))
		return false;
	return version == SCHEMA_VERSION || err_set(e, ERR_USAGE, "'%s' was "
		"made by another version of mailcensus; 'mailcensus check "
		"-d %s' brings an older one up to date", path, path);
}
