/* frame.h: one captured frame, as a source hands it over. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* link is a LINKTYPE_ value as in capture files (never a platform's DLT_);
 * at is ns since 1970, packet time; n bytes were captured of wire_n. */
struct frame {
	int64_t at;
	int link;
	const uint8_t *p;
	size_t n, wire_n;
};
