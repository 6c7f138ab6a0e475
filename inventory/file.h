/* file.h: is a file an inventory? Asked before SQLite may touch it. */
#pragma once
#include "capture/base/err.h"
#include <stddef.h>

enum file_kind { FILE_MISSING, FILE_EMPTY, FILE_INVENTORY };

/* Reads the head of the file. A database of another program, of a newer
 * mailcensus, or no database at all is refused. */
bool file_check(const char *path, enum file_kind *out, struct err *e);

/* Makes a missing file, readable by its owner only: SQLite gives its helpers
 * (-wal, -shm) the mode of the database. */
bool file_make(const char *path, struct err *e);

/* "file:..." with all that means something in an URI escaped; free() it. */
char *file_uri(const char *path, const char *query);
