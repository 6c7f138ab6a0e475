/* reasm.h: the two byte streams of a TCP connection, as a mirror port lets
 * one see them: late, doubled, overlapping, missing, or only one way.
 *
 * Sequence numbers are the truth. The first copy of a byte wins; differing
 * overlaps are counted. A hole becomes a gap when
 *   - the other side has acknowledged past it and REASM_ACKED_WAIT of packet
 *     time is gone (the bytes exist, and will not be sent again), or
 *   - the blocks that may be kept behind it are used up, or
 *   - REASM_BLIND_WAIT is gone (one direction only: no ACKs to go by), or
 *   - REASM_LOST_WAIT is gone, where the other side says all the time that
 *     it has not got the bytes either: then TCP may still repeat them.
 * A segment is not given out before the bytes of the other side that it
 * acknowledges, under the same limits: so a reply never comes before its
 * command, though a mirror port may show it first.
 *
 * Where the beginning was not seen, a side begins at its own first segment
 * or where the other side's first ACK says it stands, whichever is seen
 * first: what is older than that belongs before the start and is dropped,
 * since it would be given after the bytes that answer it. A side of which
 * nothing but ACKs is seen is waited for once; after that it is taken for
 * invisible, and neither held against the other side nor called a gap.
 *
 * A segment more than REASM_FAR from its place is not believed, nor is an
 * ACK or a RST: anyone can forge one, and a mirror port that shows both sides
 * of a firewall shows the same bytes under other sequence numbers. The stream
 * moves there only when for REASM_FAR_WAIT no segment of the side was in its
 * place, and one goes on where the last unbelieved one ended, or the other
 * side acknowledges that; the gap is told as REASM_JUMP, whatever the
 * distance.
 */
#pragma once
#include "capture/decode/packet.h"
#include "capture/stream/chunk.h"

#define REASM_HELD_WAIT  INT64_C(20000000)    /* ns */
#define REASM_ACKED_WAIT INT64_C(200000000)   /* ns */
#define REASM_BLIND_WAIT INT64_C(2000000000)  /* ns */
#define REASM_LOST_WAIT	 INT64_C(30000000000) /* ns */
#define REASM_FAR_WAIT	 INT64_C(50000000)    /* ns */

enum {
	REASM_BLOCK = 1024,      /* payload bytes of one block */
	REASM_BLOCKS_FLOW = 128, /* most blocks that one flow may hold */
	REASM_FAR = 1 << 24,     /* more than any TCP has in flight */
	REASM_RESET_NEAR = 1 << 16, /* how far ahead a RST is believed */
	REASM_JUMP = 1 << 16,    /* told as missing where a stream moves */
};

/* The blocks of all flows; taken at start, bounded. Serves one thread: of
 * all flows on it, one at a time is between push and the end of next. */
struct reasm_store;

/* Counters over all flows, for the statistics. */
struct reasm_counts {
	uint64_t segments, out_of_order, duplicate, overlap_differs;
	uint64_t gaps, gap_bytes, keepalives;
	uint64_t store_full, flow_full; /* holes given up for want of blocks */
	uint64_t ignored; /* implausible: forged, or of another connection */
	uint64_t resyncs; /* moves to a far place, see above */
};

size_t reasm_store_bytes(size_t blocks);
/* mem: reasm_store_bytes() of zeroes, aligned for any type; borrowed. */
struct reasm_store *reasm_store_init(void *mem, size_t blocks);
const struct reasm_counts *reasm_store_counts(const struct reasm_store *s);
size_t reasm_store_used(const struct reasm_store *s); /* blocks */
/* True if less is left than one flow may come to need: time to hurry those
 * that have kept theirs the longest. */
bool reasm_store_is_short(const struct reasm_store *s);

/* How long holes are waited for, by what is known of them. */
enum reasm_patience {
	REASM_HELD, REASM_ACKED, REASM_BLIND, REASM_LOST, REASM_PATIENCES,
};

/* One connection; the struct is the stream module's, embed it in a flow. */
struct reasm_half {
	uint32_t next;   /* sequence number of the next byte to give */
	uint32_t acked;  /* the highest ACK this side has sent, if acks */
	uint32_t fin;    /* sequence number of FIN, if has_fin */
	uint32_t fin_ack; /* what FIN acknowledged, if fin_acks */
	uint32_t far;    /* the end of an unbelieved segment, if has_far */
	uint32_t far_since; /* the time of the first one since any other, ms */
	uint32_t hole;   /* the next that hole_since belongs to */
	uint32_t first, last; /* kept blocks, numbered from 1; 0: none */
	uint16_t blocks_n;
	bool known : 1;  /* next is valid */
	bool seen : 1;   /* a segment of this side was seen, not only ACKs */
	bool begun : 1;  /* next was told by a SYN, or by what answers it */
	bool blind : 1;  /* was waited for, and not seen */
	bool given : 1;  /* something was given out */
	bool acks : 1;
	bool has_fin : 1;
	bool fin_acks : 1;
	bool reset : 1;  /* has sent a RST that is to be believed */
	bool ended : 1;  /* CHUNK_END was given */
	bool waits : 1;  /* hole_since is valid */
	bool hole_acked : 1;
	bool heard : 1;  /* the other side has sent ACKs since hole_since */
	bool lone : 1;   /* the byte at hole was acknowledged: perhaps FIN */
	bool has_far : 1;
	bool jump : 1;   /* believed by now: next is to become far */
	int64_t hole_since;
};

struct reasm {
	struct reasm_store *store; /* borrowed */
	struct reasm_half half[2]; /* by enum side */
	uint32_t lent;	/* the block whose bytes the caller has in hand */
	bool finishing, hurried;
	bool holding; /* see reasm_hold() */
};

void reasm_init(struct reasm *r, struct reasm_store *store);
/* Gives every block back, wiped. */
void reasm_clear(struct reasm *r);

/* Of a connection that begins: nothing is given until it is released, or the
 * first that could be given is REASM_HELD_WAIT old. A mirror port may show a
 * handshake behind the bytes that follow it: meanwhile a side whose SYN was
 * not seen may turn out to have begun earlier. */
void reasm_hold(struct reasm *r);
void reasm_release(struct reasm *r);

/* Takes a segment. The packet's payload is borrowed until reasm_next() has
 * returned false, which the caller must wait for before the next push (to
 * any flow of the store). A cut segment (wire_n > n) leaves a gap of the
 * difference. */
void reasm_push(struct reasm *r, enum side s, const struct packet *p);

/* Gives what is next: true and *out (p borrowed until the next call), or
 * false if nothing can be said yet. now is packet time: it ripens holes.
 * Side ends come after the last byte of the side, once. Where all is in
 * order the bytes are those of the packet: nothing is copied. */
bool reasm_next(struct reasm *r, int64_t now, struct chunk *out);

/* The other end of a flow's life: all holes are ripe, and both sides end.
 * After it reasm_next() gives everything that is left, then the ends. */
void reasm_finish(struct reasm *r);

/* All holes are ripe, until reasm_next() has returned false. */
void reasm_hurry(struct reasm *r);

/* True while something waits for time to pass: call reasm_next() again when
 * reasm_is_ripe(). */
bool reasm_waiting(const struct reasm *r);
/* Of the holes that are waited for the one that is ripe first: since when,
 * and how long it is. */
int64_t reasm_waits_since(const struct reasm *r, enum reasm_patience *p);
/* Is one ripe? Also if the clock was put back. */
bool reasm_is_ripe(const struct reasm *r, int64_t now);
/* Is there nothing to be told of it but that it ends: neither bytes nor that
 * some are missing? */
bool reasm_is_empty(const struct reasm *r);
/* Does it keep blocks? */
bool reasm_keeps(const struct reasm *r);

/* The sides change their names. The caller turns the chunk in hand. */
void reasm_swap(struct reasm *r);
