/* when.h: times as people type and read them. Microseconds since 1970, UTC. */
#pragma once
#include "capture/base/err.h"
#include <stdint.h>

/* "2026-11-24", "2026-11-24T18:00", "2026-11-24T18:00:05Z", or an age before
 * now: "30d", "12h", "15m". option: for the message. */
bool when_parse(const char *text, const char *option, int64_t *out,
	struct err *e);

enum { WHEN_TEXT = 40 };

/* "2026-11-24 18:00:05"; "-" for 0. Returns out. */
const char *when_format(int64_t us, char out[WHEN_TEXT]);

/* A span: "12s", "5m10s", "3h02m", "2d04h". Returns out. */
const char *when_span(int64_t us, char out[WHEN_TEXT]);
