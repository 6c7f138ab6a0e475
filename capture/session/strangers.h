/* strangers.h: how many frames were wrapped in what nobody here understands,
 * by kind; in little memory, however many kinds somebody makes up. */
#pragma once
#include "capture/session/record.h"

enum { STRANGERS = RECORD_STRANGERS - 1 }; /* one place is for the rest */

struct strangers {
	struct {
		struct record_stranger is; /* frames: since it came in */
		uint64_t rank;             /* those of its place */
	} at[STRANGERS];
	size_t n;
	uint64_t rest;
};

void strangers_count(struct strangers *s, uint8_t registry, uint32_t number);
/* All that another one has counted. */
void strangers_add(struct strangers *s, const struct strangers *other);

/* The most frequent first, and at last those that had no place, if any, as
 * ENVELOPE_REST; together they are all that were counted. Returns how many. */
uint8_t strangers_list(const struct strangers *s,
	struct record_stranger out[RECORD_STRANGERS]);
