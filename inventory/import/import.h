/* import.h: the tenant's own exports: what the provider says of accounts, to
 * be held against what the wire says of devices. Nothing is kept of them but
 * accounts and their aliases, when they signed in by SMTP from which address
 * and with what outcome, and how many messages they sent. */
#pragma once
#include "capture/base/err.h"
#include "inventory/import/exports.h"
#include <stddef.h>

/* What became of one file. */
struct import_result {
	enum import_kind kind;
	const char *path; /* borrowed from the caller */
	char label[TEXT_MAX]; /* its last part, clean */
	uint8_t digest[32];
	uint64_t taken;   /* rows; facts that were known are among them */
	uint64_t refused[IMPORT_REFUSALS]; /* [IMPORT_TAKEN] is unused */
	bool known; /* a file with the same bytes was imported before */
};

struct import_from {
	const char *db; /* an inventory; a capture may be writing to it */
	const char *const *files;
	size_t n;
	const char *const *own; /* domains that are one's own beside those of
				 * the accounts */
	size_t own_n;
	int64_t now; /* us: wall clock */
};

/* All files or none of them: one that is cut, or no export, is an error.
 * Importing the same again changes nothing. results: n of them. */
bool import_files(const struct import_from *from,
	struct import_result *results, struct err *e);
