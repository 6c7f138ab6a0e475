/* diff.h: what has changed, written out. */
#pragma once
#include "inventory/diff.h"
#include <stdio.h>

/* One object, every key always there. */
bool report_diff_json(const struct diff *d, FILE *out, struct err *e);
