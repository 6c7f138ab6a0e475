/* frame.h: one captured frame, as a source hands it over. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Times are 0 <= at < FRAME_AT_END (in 2116), so that a sum of two times or
 * waits never overflows. A source moves others to the nearest end. */
#define FRAME_AT_END (INT64_C(1) << 62)

/* LINKTYPE_ values that a source has to know by name; FRAME_AMSDU: see struct
 * packet. */
enum { FRAME_ETHERNET = 1, FRAME_UNKNOWN = -1, FRAME_AMSDU = -2 };

/* link is a LINKTYPE_ value as in capture files (never a platform's DLT_);
 * at is ns since 1970, packet time; n bytes were captured of wire_n. */
struct frame {
	int64_t at;
	int link;
	const uint8_t *p;
	size_t n, wire_n;
};
