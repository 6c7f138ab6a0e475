/* block.h: the bytes that reassembly keeps behind a hole. Only for this folder.
 *
 * A side's blocks are a list in the order of sequence numbers and do not
 * overlap: what is there stays, new bytes fill the space between. */
#pragma once
#include "capture/base/pool.h"
#include "capture/stream/reasm.h"

/* n bytes from seq, and behind them cut ones that were not captured; at and
 * ack are those of the first segment in it. */
struct block {
	int64_t at;
	uint32_t seq, cut;
	uint32_t ack;  /* if acks */
	uint32_t next; /* number of the next block, 0: none */
	uint16_t n;
	bool acks;
	uint8_t data[REASM_BLOCK];
};

/* A segment on its way from reasm_push() through reasm_next(); what was
 * given out or kept of it is taken off its front. */
struct segment {
	const struct reasm *owner; /* NULL: none */
	const uint8_t *p;
	int64_t at;
	uint32_t seq, n, cut;
	uint32_t ack; /* if acks */
	enum side side;
	bool acks;
};

struct reasm_store {
	struct block *blocks;
	struct pool pool;
	struct reasm_counts counts;
	struct segment seg;
};

/* How far a is ahead of b, modulo 2^32 (RFC 9293, 3.4). */
static inline int32_t seq_from(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/* Ahead, and not so far that it means nothing. */
static inline bool seq_is_ahead(uint32_t a, uint32_t b)
{
	return seq_from(a, b) > 0 && seq_from(a, b) <= REASM_FAR;
}

static inline bool seq_is_far(uint32_t a, uint32_t b)
{
	return seq_from(a, b) > REASM_FAR || seq_from(a, b) < -REASM_FAR;
}

static inline struct block *block_get(const struct reasm_store *st, uint32_t i)
{
	return i > 0 ? &st->blocks[i - 1] : NULL;
}

static inline uint32_t block_end(const struct block *b)
{
	return b->seq + b->n + b->cut;
}

/* Takes at most n bytes off the front or the end. Those that were not
 * captured are at the end. */
void segment_skip(struct segment *g, uint32_t n);
void segment_chop(struct segment *g, uint32_t n);

/* How many bytes of the segment the blocks hold already; *differs tells that
 * a captured byte is another one there. */
uint32_t block_overlap(const struct reasm_store *st,
	const struct reasm_half *h, const struct segment *g, bool *differs);

/* Keeps the next piece of the segment, at most what one block holds, and
 * takes it off. may_get: a block more is within the flow's budget. waits: the
 * bytes may not go before what they acknowledge, so they share a block only
 * with such that wait as long. False if a block was needed and not to be
 * had. */
bool block_keep(struct reasm_store *st, struct reasm_half *h,
	struct segment *g, bool may_get, bool waits);

/* Takes the first block off the list. The caller gives it back. */
uint32_t block_shift(struct reasm_store *st, struct reasm_half *h);
void block_free(struct reasm_store *st, uint32_t i); /* 0 is allowed */
