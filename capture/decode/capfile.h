/* capfile.h: capture files as bytes: pcap, pcapng and snoop. Bytes in, frames
 * out; the caller reads the file (and undoes compression).
 *
 * The caller holds a window of the file's bytes. It calls capfile_next(),
 * drops the *used bytes at its beginning (after it is done with the frame,
 * which borrows from them), and calls again; CAPFILE_MORE asks for a longer
 * window. Whatever was given out before damage remains good. */
#pragma once
#include "capture/decode/frame.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	/* Most captured bytes of a frame, as in libpcap; more is damage. */
	CAPFILE_FRAME_MAX = 256 * 1024,
	/* A window of this size is always enough: CAPFILE_MORE never asks for
	 * a larger one. What need not be seen whole is skipped piecemeal. */
	CAPFILE_WINDOW = CAPFILE_FRAME_MAX + 1024,
	/* Most interfaces of one section of a pcapng file; more is damage. */
	CAPFILE_INTERFACES = 1024,
	/* So many first bytes are enough for capfile_sniff(). */
	CAPFILE_SNIFF = 12,
};

enum capfile_format {
	CAPFILE_UNKNOWN, /* not seen yet; with CAPFILE_DAMAGED: no capture */
	CAPFILE_PCAP,
	CAPFILE_PCAP_MODIFIED, /* Kuznetzov's, with a longer packet header */
	CAPFILE_PCAPNG,
	CAPFILE_SNOOP, /* RFC 1761 */
};

enum capfile_result {
	CAPFILE_FRAME,   /* *out borrows from the window */
	CAPFILE_MORE,    /* drop *used, then call with >= need bytes, or eof */
	CAPFILE_END,     /* the file ended where a file may end */
	CAPFILE_DAMAGED, /* reason and offset tell; it stays so */
};

/* What pcapng tells of an interface. */
struct capfile_interface {
	int link;
	uint32_t snap;        /* 0: no limit */
	int64_t shift;        /* s to be added to every time */
	uint8_t resolution;   /* if_tsresol: 10^-n, or 2^-n with the top bit */
};

struct capfile {
	/* For the caller to read. */
	enum capfile_format format;
	uint64_t offset;    /* bytes used so far; where damage begins */
	uint64_t frames;    /* given out so far */
	size_t need;        /* of CAPFILE_MORE; at most CAPFILE_WINDOW */
	const char *reason; /* of CAPFILE_DAMAGED; static */

	/* The parser's own. */
	bool big;           /* big endian */
	bool nano;          /* pcap: fractions of a second are ns */
	uint8_t swaps;      /* pcap before 2.4: lengths in the other order */
	int link;           /* pcap, snoop */
	int64_t last_at;    /* pcapng: for blocks that have no time */
	uint32_t block, skip; /* pcapng: a block that is not through: its
			       * length, and bytes before the trailer */
	uint32_t interfaces_n;
	struct capfile_interface interfaces[CAPFILE_INTERFACES];
};

void capfile_init(struct capfile *c);

/* Goes on from the window's n bytes; eof: the file has no more after them.
 * Frames' times are 0 <= at < FRAME_AT_END: others are moved to the nearest
 * end, and a fraction of more than a second to the end of that second. A
 * pcapng block without a time has that of the frame before it. */
enum capfile_result capfile_next(struct capfile *c, const uint8_t *p, size_t n,
	bool eof, size_t *used, struct frame *out);

/* Do a file's first bytes (CAPFILE_SNIFF, or as many as it has) look like a
 * capture? */
bool capfile_sniff(const uint8_t *p, size_t n);
