/* out.h: what the formats share: times as text, and a file that fills up. */
#pragma once
#include "capture/base/err.h"
#include "inventory/query.h"
#include <stdint.h>
#include <stdio.h>

enum { OUT_TIME = 32 };

/* ISO 8601, UTC, microseconds; "" for 0 and for what no calendar holds. */
const char *out_time(int64_t us, char text[OUT_TIME]);
/* False with the reason if anything that was written did not arrive. */
bool out_check(FILE *out, struct err *e);
/* All in one text, "; " between two. free() it. */
char *out_names(const struct names *n);
