/* engine.h: the line itself, from a frame to a record. Pure: no I/O, no
 * clock. Everything it will ever need is allocated by engine_new(). */
#pragma once
#include "capture/decode/decap.h"
#include "capture/session/strangers.h"
#include "capture/stream/reasm.h"

struct engine_limits {
	size_t memory;  /* bytes for all tables; see engine_limits_for() */
	size_t flows, sessions, blocks, fragments;
};

/* Divides so many bytes among the tables. */
struct engine_limits engine_limits_for(size_t memory);

struct engine_counts {
	uint64_t frames, bytes, decode[DECODE_KINDS];
	uint64_t flows, flows_evicted, sessions, sessions_evicted;
	/* Mail sessions that ended: all, with payload of one side alone, with
	 * gaps. */
	uint64_t mail, mail_one_sided, mail_lossy;
	struct reasm_counts reasm;
};

struct engine;

/* sensor: names this installation in session ids. secret: random, keys the
 * hash tables. NULL if the memory is not there. */
struct engine *engine_new(const struct engine_limits *l,
	const uint8_t sensor[16], const uint8_t secret[16]);
void engine_free(struct engine *e);

/* Takes a frame; it is not needed any more when this returns. Then call
 * engine_next() until it returns false.
 * True if its payload may be somebody's mail or password: the source then
 * wipes it. */
bool engine_frame(struct engine *e, const struct frame *f);
/* Packet time has come to now (live: the clock, when nothing arrives). */
void engine_tick(struct engine *e, int64_t now);
/* No more frames: all that is open ends. */
void engine_finish(struct engine *e);
/* The next record; *out is borrowed until the next call. */
bool engine_next(struct engine *e, const struct record **out);

struct engine_counts engine_counts(const struct engine *e);

/* Another source begins: what it does not understand is counted anew. */
void engine_begin_source(struct engine *e);
/* By kind, what DECODE_OTHER was since then. */
const struct strangers *engine_strangers(const struct engine *e);
