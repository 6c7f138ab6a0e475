/* ipfrag.h: IP packets that travel in pieces (RFC 791, 3.2; RFC 8200, 4.5).
 * Bounded: where room ends the oldest gives way, and is counted.
 *
 * The first copy of a byte wins, also where a receiver would drop the packet
 * (RFC 5722): a mirror port shows pieces twice, and a sender who overlaps
 * them has nothing to win here. */
#pragma once
#include "capture/base/addr.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IPFRAG_WAIT INT64_C(30000000000) /* ns; RFC 8200 has 60 s */
/* So long the late copies of a packet's pieces are known as such: left over
 * they would be mixed with a packet that has the same number again. */
#define IPFRAG_ECHO INT64_C(200000000)

enum {
	IPFRAG_BLOCK = 752,   /* bytes of one block; two hold 1480 */
	IPFRAG_BLOCKS = 128,  /* most blocks of one packet */
	IPFRAG_LONGEST = 65535,
};

struct ipfrag;

struct ipfrag_counts {
	uint64_t pieces, packets; /* came in; became whole */
	uint64_t duplicates;      /* pieces with nothing new in them */
	uint64_t overlaps;        /* pieces that were new in part */
	uint64_t malformed;
	uint64_t timed_out, evicted; /* packets that never became whole */
};

size_t ipfrag_bytes(size_t blocks);
/* mem: ipfrag_bytes() of zeroes, aligned for any type; borrowed. key: secret,
 * so that nobody can choose collisions. */
struct ipfrag *ipfrag_init(void *mem, size_t blocks, const uint8_t key[16]);
const struct ipfrag_counts *ipfrag_counts(const struct ipfrag *f);

struct ipfrag_piece {
	int64_t at; /* packet time, ns */
	const struct addr *src, *dst;
	uint32_t id;
	uint8_t proto; /* IPv6: that of the first piece counts */
	bool more;
	size_t offset;
	const uint8_t *p; /* all n bytes: pieces cut by a snap length are */
	size_t n;         /* not for us */
};

struct ipfrag_whole {
	uint8_t proto;
	const uint8_t *p; /* what follows the IP header */
	size_t n;
};

enum ipfrag_result { IPFRAG_WHOLE, IPFRAG_KEPT, IPFRAG_BAD };

/* Copies the piece, which may lie in the packet that was last given out (a
 * tunnel's). IPFRAG_WHOLE: *out is borrowed until the next push. */
enum ipfrag_result ipfrag_push(struct ipfrag *f,
	const struct ipfrag_piece *piece, struct ipfrag_whole *out);

/* Wipes the packet that was last given out: it may have held a secret. */
void ipfrag_wipe(struct ipfrag *f);
