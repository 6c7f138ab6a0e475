/* db.h: the inventory's file: opening, schema, migrations, the sensor's id. */
#pragma once
#include "capture/base/err.h"
#include <stddef.h>
#include <stdint.h>

struct db;

/* Opens for writing, makes the file (0600) where it is missing, migrates an
 * older one. A foreign or newer file is refused untouched; one that another
 * writer holds is refused with its name for it. */
bool db_open(struct db **out, const char *path, struct err *e);
void db_close(struct db *db);
/* Closes; a file that db_open() made, and that came to nothing, is removed. */
void db_abandon(struct db *db);

/* Adds the rules of these files to those that came with the program. Before
 * anything is written. */
bool db_use_rules(struct db *db, const char *const *files, size_t n,
	struct err *e);

/* Vendors from this file or folder; NULL: where the ieee-data package puts
 * them, which is read when first asked for. */
bool db_use_vendors(struct db *db, const char *path, struct err *e);

/* The id of this inventory's own sensor: made once, random. */
void db_sensor(const struct db *db, uint8_t out[16]);
