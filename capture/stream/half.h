/* half.h: where a side of a connection stands, and what is missing of it.
 * Only for this folder. */
#pragma once
#include "capture/stream/block.h"

/* The end of the last byte that was given or kept. */
uint32_t half_end(const struct reasm *r, enum side s);

/* Moves a side, which has no blocks, to another place. What the other one
 * acknowledged far from there was about something else. */
void half_move(struct reasm *r, enum side s, uint32_t seq);

/* Has the other side got bytes of this one that were not seen? */
bool half_is_acked(const struct reasm *r, enum side s);

/* Does something of a side that acknowledges ack, if acks, have to wait for
 * bytes of the other one? Then that one has a hole, or something in front
 * that waits in turn. */
bool half_is_blocked(const struct reasm *r, enum side s, bool acks,
	uint32_t ack);

/* The bytes of a side that are missing, up to *end, before something that is
 * known to be there. */
bool half_hole(const struct reasm *r, enum side s, uint32_t *end);

/* Notes since when there is a hole. */
void half_watch(struct reasm *r, enum side s, int64_t now);

/* For how long a side's hole is watched, and that as a time. */
enum reasm_patience half_patience(const struct reasm *r, enum side s);
int64_t half_ripe_at(const struct reasm *r, enum side s);

/* Has the hole been watched for long enough? */
bool half_is_ripe(const struct reasm *r, enum side s, int64_t now);
