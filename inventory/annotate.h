/* annotate.h: what the engineer says of a device: the only facts that no wire
 * gave. They are written beside a capture that runs, and outlive every rebuild
 * of conclusions. */
#pragma once
#include "capture/base/err.h"
#include <stddef.h>
#include <stdint.h>

enum status {
	STATUS_NONE, STATUS_TODO, STATUS_PLANNED, STATUS_DONE, STATUS_EXEMPT,
	STATUSES
};

const char *status_word(enum status s); /* "todo"; NULL for none */
enum status status_named(const char *word); /* STATUSES: there is none */

/* NULL: stays as it is; "": is taken back. Borrowed. Of tags there may be
 * several, with commas between them; "+floor-2,-spare" adds and takes away. */
struct annotation {
	const char *name, *owner, *tag, *note, *status;
};

/* "owner=Anna Example" into the field it names; borrows. */
bool annotation_word(struct annotation *a, const char *word, struct err *e);

/* An inventory, which must be there and of today's version; when it is said,
 * us since 1970 (of two writers the later one wins); and how long another
 * writer may keep it waiting, ms. */
struct annotate_to {
	const char *db;
	int64_t now;
	int patience;
};

/* Writes it for n devices (their ids): for all of them or for none. */
bool annotate(const struct annotate_to *to, const char *const *devices,
	size_t n, const struct annotation *a, struct err *e);
