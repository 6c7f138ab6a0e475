/* diff_side.h: the two ways to a side of a diff; private to diff.c. */
#pragma once
#include "inventory/diff.h"

/* All that an inventory knows. */
bool diff_side_all(struct query *q, struct diff_side *out, struct err *e);
/* What its sessions from since up to until (us, 0: no limit) say by
 * themselves. */
bool diff_side_window(struct query *q, int64_t since, int64_t until,
	struct diff_side *out, struct err *e);
void diff_side_free(struct diff_side *s);
