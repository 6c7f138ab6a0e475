/* unpack.c: see unpack.h. */
#include "capture/live/unpack.h"
#include "capture/base/bytes.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum {
	IN = 256 * 1024,
	FIRST = 16 * 1024, /* enough to see when a file's first packet was */
	REASON = 128,
};

/* What the decompressor is in: a cut is only harmless between wholes. */
enum where { WHERE_BETWEEN, WHERE_INSIDE };

struct unpack {
	int fd;
	bool regular, begun, eof, grows;
	uint64_t at;   /* where pread() goes on */
	uint64_t done; /* bytes read */
	enum unpack_format format;
	enum where where;
	z_stream gzip;
	ZSTD_DCtx *zstd;
	size_t in_at, in_n; /* in[in_at..in_n) is not used yet */
	char reason[REASON];
	uint8_t in[IN];
};

struct unpack *unpack_new(void)
{
	struct unpack *u = calloc(1, sizeof *u);

	if (!u)
		return NULL;
	u->fd = -1;
	u->zstd = ZSTD_createDCtx();
	if (!u->zstd || inflateInit2(&u->gzip, 15 + 16) != Z_OK) {
		ZSTD_freeDCtx(u->zstd);
		free(u);
		return NULL;
	}
	ZSTD_DCtx_setParameter(u->zstd, ZSTD_d_windowLogMax,
		UNPACK_WINDOW_LOG);
	return u;
}

void unpack_free(struct unpack *u)
{
	if (!u)
		return;
	inflateEnd(&u->gzip);
	ZSTD_freeDCtx(u->zstd);
	unpack_wipe(u);
	free(u);
}

void unpack_wipe(struct unpack *u)
{
	bytes_wipe(u->in, sizeof u->in);
	u->in_at = u->in_n = 0;
}

void unpack_begin(struct unpack *u, int fd, bool regular, uint64_t base)
{
	u->fd = fd;
	u->regular = regular;
	u->begun = u->eof = u->grows = false;
	u->at = base;
	u->done = 0;
	u->in_at = u->in_n = 0;
	u->where = WHERE_BETWEEN;
	u->reason[0] = 0;
	inflateReset(&u->gzip);
	ZSTD_DCtx_reset(u->zstd, ZSTD_reset_session_only);
}

void unpack_set_growing(struct unpack *u, bool grows)
{
	u->grows = grows;
}

uint64_t unpack_done(const struct unpack *u)
{
	return u->done - (u->in_n - u->in_at);
}

const char *unpack_reason(const struct unpack *u)
{
	return u->reason;
}

enum unpack_format unpack_sniff(const uint8_t *p, size_t n)
{
	struct rd r = rd_init(p, n);
	uint32_t magic = rd_le32(&r);

	if (n >= 3 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8)
		return UNPACK_GZIP;
	/* pzstd begins with a frame to be skipped. */
	if (magic == ZSTD_MAGICNUMBER ||
		(magic & ZSTD_MAGIC_SKIPPABLE_MASK) ==
			ZSTD_MAGIC_SKIPPABLE_START)
		return UNPACK_ZSTD;
	return UNPACK_PLAIN;
}

static enum unpack_result bad(struct unpack *u, const char *what,
	const char *why)
{
	snprintf(u->reason, sizeof u->reason, "%s%s", what, why);
	return UNPACK_BAD;
}

/* A pipe may be silent for hours, while records wait to be sent and the user
 * to stop: so never block in read(). */
static bool silent(const struct unpack *u)
{
	struct pollfd p = {.fd = u->fd, .events = POLLIN};

	return !u->regular && poll(&p, 1, UNPACK_WAIT_MS) <= 0;
}

/* The file's own bytes. UNPACK_END: *n is 0. */
static enum unpack_result raw(struct unpack *u, uint8_t *dst, size_t cap,
	size_t *n)
{
	ssize_t got;

	*n = 0;
	if (u->eof)
		return UNPACK_END;
	if (silent(u))
		return UNPACK_IDLE;
	got = u->regular ? pread(u->fd, dst, cap, (off_t)u->at)
			 : read(u->fd, dst, cap);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return UNPACK_IDLE;
	if (got < 0)
		return bad(u, "cannot read on: ", strerror(errno));
	if (got == 0 && u->grows)
		return UNPACK_IDLE;
	if (got == 0) {
		u->eof = true;
		return UNPACK_END;
	}
	*n = (size_t)got;
	u->at += *n;
	u->done += *n;
	return UNPACK_DATA;
}

/* Appends up to most bytes to in[], which has room. */
static enum unpack_result fill(struct unpack *u, size_t most)
{
	size_t n;
	enum unpack_result result;

	if (u->in_at == u->in_n)
		u->in_at = u->in_n = 0;
	result = raw(u, u->in + u->in_n, most, &n);
	u->in_n += n;
	return result;
}

/* Finds out how the file is packed; its first bytes may come singly. */
static enum unpack_result begin(struct unpack *u)
{
	enum unpack_result result = UNPACK_DATA;

	while (u->in_n < UNPACK_SNIFF && result == UNPACK_DATA)
		result = fill(u, FIRST);
	if (result == UNPACK_IDLE || result == UNPACK_BAD)
		return result;
	u->format = unpack_sniff(u->in, u->in_n);
	u->begun = true;
	return UNPACK_DATA;
}

/* Plain: what begin() took, then straight from the file. */
static enum unpack_result plain(struct unpack *u, uint8_t *dst, size_t cap,
	size_t *n)
{
	size_t have = u->in_n - u->in_at;

	if (have == 0)
		return raw(u, dst, cap, n);
	*n = have < cap ? have : cap;
	memcpy(dst, u->in + u->in_at, *n);
	u->in_at += *n;
	return UNPACK_DATA;
}

/* Between members: padding of zeroes (tapes, cloud stores) is skipped, as
 * gzip(1) does; anything else than another member is damage. */
static enum unpack_result gzip_between(struct unpack *u)
{
	while (u->in_at < u->in_n && u->in[u->in_at] == 0)
		u->in_at++;
	if (u->in_at == u->in_n)
		return UNPACK_IDLE;
	if (u->in[u->in_at] != 0x1f)
		return bad(u, "gzip: what follows is no gzip member", "");
	inflateReset(&u->gzip);
	u->where = WHERE_INSIDE;
	return UNPACK_DATA;
}

static enum unpack_result gzip(struct unpack *u, uint8_t *dst, size_t cap,
	size_t *n)
{
	enum unpack_result result;
	int code;

	if (u->where == WHERE_BETWEEN) {
		result = gzip_between(u);
		if (result != UNPACK_DATA)
			return result;
	}
	u->gzip.next_in = u->in + u->in_at;
	u->gzip.avail_in = (uInt)(u->in_n - u->in_at);
	u->gzip.next_out = dst;
	u->gzip.avail_out = (uInt)cap;
	code = inflate(&u->gzip, Z_NO_FLUSH);
	u->in_at = u->in_n - u->gzip.avail_in;
	*n = cap - u->gzip.avail_out;
	result = UNPACK_IDLE;
	if (code == Z_STREAM_END)
		u->where = WHERE_BETWEEN;
	else if (code != Z_OK && code != Z_BUF_ERROR)
		result = bad(u, "gzip: ",
			u->gzip.msg ? u->gzip.msg : "damaged");
	/* What came before the damage is given out first. */
	return *n > 0 ? UNPACK_DATA : result;
}

static enum unpack_result zstd(struct unpack *u, uint8_t *dst, size_t cap,
	size_t *n)
{
	ZSTD_inBuffer in = {u->in, u->in_n, u->in_at};
	ZSTD_outBuffer out = {dst, cap, 0};
	size_t left = ZSTD_decompressStream(u->zstd, &out, &in);

	if (ZSTD_isError(left)) {
		if (ZSTD_getErrorCode(left) ==
			ZSTD_error_frameParameter_windowTooLarge)
			return bad(u, "zstd: needs a window of more than "
				"128 MiB; unpack it first: zstd -d --long=31",
				"");
		return bad(u, "zstd: ", ZSTD_getErrorName(left));
	}
	u->in_at = in.pos;
	u->where = left == 0 ? WHERE_BETWEEN : WHERE_INSIDE;
	*n = out.pos;
	return *n > 0 ? UNPACK_DATA : UNPACK_IDLE;
}

/* UNPACK_IDLE here: it wants more of the file. */
static enum unpack_result step(struct unpack *u, uint8_t *dst, size_t cap,
	size_t *n)
{
	*n = 0;
	return u->format == UNPACK_GZIP ? gzip(u, dst, cap, n)
					: zstd(u, dst, cap, n);
}

enum unpack_result unpack_read(struct unpack *u, uint8_t *dst, size_t cap,
	size_t *n)
{
	enum unpack_result result;

	*n = 0;
	if (u->reason[0])
		return UNPACK_BAD;
	if (!u->begun) {
		result = begin(u);
		if (result != UNPACK_DATA)
			return result;
	}
	if (u->format == UNPACK_PLAIN)
		return plain(u, dst, cap, n);
	for (;;) {
		/* Even without new input: more may be waiting inside. */
		if (u->in_at < u->in_n || u->where == WHERE_INSIDE)
			result = step(u, dst, cap, n);
		else
			result = UNPACK_IDLE;
		if (result != UNPACK_IDLE)
			return result;
		if (u->in_at < u->in_n)
			continue;
		result = fill(u, IN);
		if (result == UNPACK_END && u->where == WHERE_INSIDE)
			return bad(u, "cut in the middle of compressed data",
				"");
		if (result != UNPACK_DATA)
			return result;
	}
}
