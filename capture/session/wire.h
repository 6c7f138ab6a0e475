/* wire.h: records on the way between processes. Each is a length (4 bytes,
 * big endian, of what follows), a kind and its fields; decoding believes
 * nothing: counts, enums, times, offsets and texts are all checked again. */
#pragma once
#include "capture/session/record.h"

/* Largest encoded record, length included. */
enum { WIRE_MAX = 12288 };

/* The bytes written, or 0 if cap is too small (never with WIRE_MAX). */
size_t wire_encode(const struct record *r, uint8_t *out, size_t cap);

enum wire_result { WIRE_OK, WIRE_MORE, WIRE_BAD };

/* Decodes the first record of p. WIRE_OK: *used bytes are done. WIRE_MORE:
 * not whole yet. WIRE_BAD: no honest capture process sends this; the stream
 * cannot be trusted any more. */
enum wire_result wire_decode(const uint8_t *p, size_t n, size_t *used,
	struct record *out);
