/* reasm.h: the two byte streams of a TCP connection, as a mirror port lets
 * one see them: late, doubled, overlapping, missing, or only one way.
 *
 * Sequence numbers are the truth. The first copy of a byte wins; differing
 * overlaps are counted. A hole becomes a gap when
 *   - the other side has acknowledged past it and REASM_ACKED_WAIT of packet
 *     time is gone (the bytes exist, and will not be sent again), or
 *   - the blocks that may be kept behind it are used up, or
 *   - REASM_BLIND_WAIT is gone (one direction only: no ACKs to go by).
 * A segment is not given out before the bytes of the other side that it
 * acknowledges, under the same limits: so a reply never comes before its
 * command, though a mirror port may show it first.
 */
#pragma once
#include "capture/decode/packet.h"
#include "capture/stream/chunk.h"

#define REASM_ACKED_WAIT INT64_C(200000000)  /* ns */
#define REASM_BLIND_WAIT INT64_C(2000000000) /* ns */

enum {
	REASM_BLOCK = 1024,      /* payload bytes of one block, about */
	REASM_BLOCKS_FLOW = 128, /* most blocks that one flow may hold */
};

/* The blocks of all flows; taken at start, bounded. */
struct reasm_store;

/* Counters over all flows, for the statistics. */
struct reasm_counts {
	uint64_t segments, out_of_order, duplicate, overlap_differs;
	uint64_t gaps, gap_bytes, keepalives, store_full;
};

size_t reasm_store_bytes(size_t blocks);
/* mem: reasm_store_bytes() of zeroes, aligned for any type; borrowed. */
struct reasm_store *reasm_store_init(void *mem, size_t blocks);
const struct reasm_counts *reasm_store_counts(const struct reasm_store *s);

/* One connection; the struct is the stream module's, embed it in a flow. */
struct reasm_half {
	uint32_t next;        /* sequence number of the next byte to give */
	uint32_t acked;       /* the highest ACK this side has sent */
	uint32_t fin;         /* sequence number of FIN, if has_fin */
	bool known, acks, has_fin, reset, ended;
	uint16_t blocks_n;
	uint32_t first;       /* index of the first kept block, 0: none */
	int64_t hole_since;   /* when what stands first began to wait */
};

struct reasm {
	struct reasm_store *store; /* borrowed */
	struct reasm_half half[2]; /* by enum side */
	/* The segment that reasm_push() took and that reasm_next() gives out
	 * straight from the packet: no copy where all is in order. */
	const uint8_t *now_p;
	size_t now_n;
	int64_t now_at;
	uint32_t now_seq, now_ack;
	uint8_t now_side;
	bool now_set, now_acks;
};

void reasm_init(struct reasm *r, struct reasm_store *store);
/* Gives every block back, wiped. */
void reasm_clear(struct reasm *r);

/* Takes a segment. The packet's payload is borrowed until reasm_next() has
 * returned false, which the caller must wait for before the next push. A cut
 * segment (wire_n > n) leaves a gap of the difference. */
void reasm_push(struct reasm *r, enum side s, const struct packet *p);

/* Gives what is next: true and *out (p borrowed until the next call), or
 * false if nothing can be said yet. now is packet time: it ripens holes.
 * Side ends come after the last byte of the side, once. */
bool reasm_next(struct reasm *r, int64_t now, struct chunk *out);

/* The other end of a flow's life: all holes are ripe, and both sides end.
 * After it reasm_next() gives everything that is left, then the ends. */
void reasm_finish(struct reasm *r);

/* True while something waits for time to pass: call reasm_next() again when
 * REASM_ACKED_WAIT is gone. */
bool reasm_waiting(const struct reasm *r);
