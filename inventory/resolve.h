/* resolve.h: from facts to devices. Whatever it makes can be thrown away and
 * made again from the facts, with the same result. */
#pragma once
#include "capture/base/err.h"
#include <stdbool.h>

struct db;

/* Are conclusions missing, or drawn by other rules than today's? */
bool resolve_is_stale(struct db *db, bool *stale, struct err *e);

/* Forgets every conclusion and draws all of them again. Not while a writer
 * is open on the same db. */
bool resolve_all(struct db *db, struct err *e);
