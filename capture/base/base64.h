/* base64.h: RFC 4648, 4, a character at a time, so that a decoder can stop
 * before a secret begins and never needs a copy of a line. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct base64 {
	uint32_t bits;
	uint8_t have; /* bits not yet given out: 0, 2, 4 or 6 */
	uint8_t pad;
	bool bad; /* a character outside the alphabet, or data after '=' */
};

/* Takes one character. True if it completed a byte, which is then *out. */
bool base64_push(struct base64 *b, uint8_t c, uint8_t *out);
