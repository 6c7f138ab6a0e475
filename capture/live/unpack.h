/* unpack.h: the plain bytes of a file that may be compressed: gzip (RFC 1952,
 * also several members) and zstd (RFC 8878, also several frames) are known by
 * their first bytes, never by a name. Needs no system call but read, pread
 * and poll, and memory. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	UNPACK_SNIFF = 4,        /* bytes that tell how a file is packed */
	UNPACK_WINDOW_LOG = 27,  /* zstd: at most 128 MiB of history */
	UNPACK_WAIT_MS = 100,
};

enum unpack_format { UNPACK_PLAIN, UNPACK_GZIP, UNPACK_ZSTD };

enum unpack_result {
	UNPACK_DATA,
	UNPACK_IDLE, /* a pipe: nothing came for UNPACK_WAIT_MS, or a signal;
		      * a growing file: nothing more yet */
	UNPACK_END,
	UNPACK_BAD,  /* damaged or cut: unpack_reason() */
};

struct unpack;

/* One serves all files, one after the other. NULL: no memory. */
struct unpack *unpack_new(void);
void unpack_free(struct unpack *u);

/* Starts at base of a regular file, or at wherever a pipe is. Takes no
 * ownership of fd. */
void unpack_begin(struct unpack *u, int fd, bool regular, uint64_t base);

/* Somebody still writes the file: where it ends is UNPACK_IDLE, at once. Until
 * the next unpack_begin(). */
void unpack_set_growing(struct unpack *u, bool grows);

/* Up to cap bytes into dst. UNPACK_DATA: *n > 0 of them. */
enum unpack_result unpack_read(struct unpack *u, uint8_t *dst, size_t cap,
	size_t *n);

/* Bytes of the file (not of what was in it) that were read so far. */
uint64_t unpack_done(const struct unpack *u);
const char *unpack_reason(const struct unpack *u);

/* Overwrites what was read: it may have been somebody's mail. The history of
 * a decompressor stays until the next file or unpack_free(). */
void unpack_wipe(struct unpack *u);

enum unpack_format unpack_sniff(const uint8_t *p, size_t n);
