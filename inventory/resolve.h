/* resolve.h: from facts to devices. Whatever it makes can be thrown away and
 * made again from the facts, with the same result. */
#pragma once
#include "capture/base/err.h"

struct db;

/* Forgets every conclusion and draws all of them again. */
bool resolve_all(struct db *db, struct err *e);
