/* chunk.h: what reassembly gives: bytes in order, or the news that some
 * are missing, or that no more will come. Every parser takes all three. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum side { SIDE_CLIENT, SIDE_SERVER };

static inline enum side side_other(enum side s)
{
	return s == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

enum chunk_kind {
	CHUNK_DATA,
	CHUNK_GAP, /* n bytes of this side were not captured, p is NULL */
	CHUNK_END, /* this side has sent its last byte (FIN, RST, or expiry) */
};

struct chunk {
	enum chunk_kind kind;
	enum side side;
	int64_t at; /* ns since 1970: packet time of the segment, or of the
		     * moment when a gap or an end was found */
	const uint8_t *p;
	size_t n;
};
