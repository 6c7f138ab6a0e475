/* beside.h: writing to an inventory that a capture may be writing to just
 * now. */
#pragma once
#include "capture/base/err.h"
#include "inventory/sql.h"

/* The inventory must be there and of today's version. patience: how long
 * another writer may keep one waiting, ms. What is in *out is closed by the
 * caller, also where this fails. */
bool beside_open(sqlite3 **out, const char *path, int patience,
	struct err *e);
