/* capfile_parts.h: what the capture formats share; for capfile*.c only. */
#pragma once
#include "capture/base/bytes.h"
#include "capture/decode/capfile.h"

/* The byte-order magic of a pcapng section, as a big-endian read sees it. */
enum { PCAPNG_BIG = 0x1a2b3c4d, PCAPNG_LITTLE = 0x4d3c2b1a };

/* The formats, after their magic number was seen. r is the window. A file's
 * beginning gives CAPFILE_FRAME for "go on". */
enum capfile_result capfile_pcap_begin(struct capfile *c, struct rd *r,
	bool eof);
enum capfile_result capfile_pcap_next(struct capfile *c, struct rd *r,
	bool eof, struct frame *out);
enum capfile_result capfile_pcapng_next(struct capfile *c, struct rd *r,
	bool eof, struct frame *out);
enum capfile_result capfile_snoop_begin(struct capfile *c, struct rd *r,
	bool eof);
enum capfile_result capfile_snoop_next(struct capfile *c, struct rd *r,
	bool eof, struct frame *out);

enum capfile_result capfile_damage(struct capfile *c, const char *reason);

/* The window has fewer than need bytes: asks for more, or says that the file
 * is cut. */
enum capfile_result capfile_short(struct capfile *c, bool eof, size_t need,
	const char *what);

/* Seconds since 1970 and ns, bounded. */
int64_t capfile_at(int64_t s, uint64_t ns);

static inline uint16_t capfile_16(const struct capfile *c, struct rd *r)
{
	return c->big ? rd_be16(r) : rd_le16(r);
}

static inline uint32_t capfile_32(const struct capfile *c, struct rd *r)
{
	return c->big ? rd_be32(r) : rd_le32(r);
}
