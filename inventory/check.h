/* check.h: is the file of an inventory sound? */
#pragma once
#include "capture/base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct db;

struct check_result {
	uint64_t sessions, devices;
	int schema;
	uint64_t forgotten; /* names and addresses that found no room */
};

/* SQLite's integrity check, references between tables, and that every session
 * is counted for the device of its client. False with the first fault, and
 * how to mend it. */
bool check_all(struct db *db, struct check_result *out, struct err *e);
