/* schema.h: the tables of an inventory, and how older ones become today's. */
#pragma once
#include "capture/base/err.h"
#include <sqlite3.h>

enum {
	SCHEMA_APPLICATION = 0x4D434E53, /* "MCNS" */
	SCHEMA_VERSION = 3,
};

/* Brings an open database from its user_version to SCHEMA_VERSION, in one
 * transaction a step; an empty one gets its application_id first. */
bool schema_migrate(sqlite3 *h, struct err *e);
