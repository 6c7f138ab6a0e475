/* when.h: times as people type them. Microseconds since 1970, UTC. */
#pragma once
#include "capture/base/err.h"
#include <stdint.h>

/* "2026-11-24", "2026-11-24T18:00", "2026-11-24T18:00:05Z", or an age before
 * now: "30d", "12h", "15m". option: for the message. */
bool when_parse(const char *text, const char *option, int64_t *out,
	struct err *e);
