/* frames.h: a fuzzer's bytes cut into frames, the same for every target that
 * takes some: link type (2), bytes that were cut off (1), length (2), bytes. */
#pragma once
#include "capture/base/bytes.h"
#include "capture/decode/frame.h"
#include <assert.h>
#include <stdlib.h>

/* The next one into *f, 20 ms after the one before; false: there is none. Its
 * bytes lie in memory of exactly their size, which the caller frees. */
static inline bool frames_next(struct rd *r, struct frame *f, uint8_t **bytes)
{
	if (rd_left(r) <= 5)
		return false;
	f->link = rd_be16(r);
	f->wire_n = rd_u8(r);
	f->n = rd_be16(r);
	if (f->n > rd_left(r))
		f->n = rd_left(r);
	f->wire_n += f->n;
	f->at += 20000000;
	*bytes = malloc(f->n > 0 ? f->n : 1);
	assert(*bytes);
	rd_copy(r, *bytes, f->n);
	f->p = *bytes;
	return true;
}
