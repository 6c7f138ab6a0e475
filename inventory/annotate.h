/* annotate.h: what the engineer says of a device: the only facts that no wire
 * gave. They are written beside a capture that runs, and outlive every rebuild
 * of conclusions. */
#pragma once
#include "capture/base/err.h"
#include <stdint.h>

enum status {
	STATUS_NONE, STATUS_TODO, STATUS_PLANNED, STATUS_DONE, STATUS_EXEMPT,
	STATUSES
};

const char *status_word(enum status s); /* "todo"; NULL for none */
enum status status_named(const char *word); /* STATUSES: there is none */

/* NULL: stays as it is; "": is taken back. Borrowed. */
struct annotation {
	const char *name, *owner, *note, *status;
};

/* "owner=Anna Example" into the field it names; borrows. */
bool annotation_word(struct annotation *a, const char *word, struct err *e);

/* Writes it for a device (its id). now: us since 1970: of two writers the later
 * one wins. The inventory must be there and of today's version. */
bool annotate(const char *path, const char *device,
	const struct annotation *a, int64_t now, struct err *e);
