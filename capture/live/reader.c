/* reader.c: see reader.h. */
#include "capture/live/reader.h"
#include "capture/base/bytes.h"
#include "capture/decode/capfile.h"
#include "capture/live/unpack.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { WINDOW = 512 * 1024, REASON = 160 };

_Static_assert((int)WINDOW > (int)CAPFILE_WINDOW, "capfile may ask for it");

struct reader {
	struct unpack *unpack;
	struct capfile file;
	volatile sig_atomic_t stop;
	char reason[REASON];
	bool eof;
	size_t begin, end; /* the window is buffer[begin..end) */
	uint8_t buffer[WINDOW];
};

struct reader *reader_new(void)
{
	struct reader *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->unpack = unpack_new();
	if (!r->unpack) {
		free(r);
		return NULL;
	}
	return r;
}

void reader_free(struct reader *r)
{
	if (!r)
		return;
	reader_wipe(r);
	unpack_free(r->unpack);
	free(r);
}

void reader_wipe(struct reader *r)
{
	bytes_wipe(r->buffer, r->end);
	r->begin = r->end = 0;
	unpack_wipe(r->unpack);
}

void reader_stop(struct reader *r)
{
	r->stop = 1;
}

void reader_begin(struct reader *r, int fd, bool regular, uint64_t base)
{
	unpack_begin(r->unpack, fd, regular, base);
	capfile_init(&r->file);
	r->begin = r->end = 0;
	r->eof = false;
	r->reason[0] = 0;
}

void reader_set_growing(struct reader *r, bool grows)
{
	unpack_set_growing(r->unpack, grows);
}

bool reader_is_capture(const struct reader *r)
{
	return r->file.format != CAPFILE_UNKNOWN;
}

const char *reader_reason(const struct reader *r)
{
	return r->reason;
}

uint64_t reader_done(const struct reader *r)
{
	return unpack_done(r->unpack);
}

/* What is left goes to the front; no second copy may stay behind. */
static void compact(struct reader *r)
{
	size_t kept = r->end - r->begin;

	memmove(r->buffer, r->buffer + r->begin, kept);
	if (r->begin < kept)
		r->begin = kept;
	bytes_wipe(r->buffer + r->begin, r->end - r->begin);
	r->begin = 0;
	r->end = kept;
}

/* Makes the window longer. */
static enum unpack_result more(struct reader *r)
{
	enum unpack_result result;
	size_t n;

	/* Little is cheap to move, and makes the next read a large one. */
	if (r->file.need > WINDOW - r->begin ||
		r->end - r->begin < WINDOW / 8)
		compact(r);
	result = unpack_read(r->unpack, r->buffer + r->end, WINDOW - r->end,
		&n);
	r->end += n;
	r->eof = result == UNPACK_END;
	return result;
}

/* READER_IDLE: it wants a longer window. */
static enum reader_result parse(struct reader *r, struct frame *out)
{
	size_t used;
	enum capfile_result result = capfile_next(&r->file,
		r->buffer + r->begin, r->end - r->begin, r->eof, &used, out);

	r->begin += used;
	switch (result) {
	case CAPFILE_FRAME: return READER_FRAME;
	case CAPFILE_MORE: return READER_IDLE;
	case CAPFILE_END: return READER_END;
	case CAPFILE_DAMAGED: break;
	}
	snprintf(r->reason, sizeof r->reason, "%s (byte %llu)",
		r->file.reason, (unsigned long long)r->file.offset);
	return READER_BAD;
}

enum reader_result reader_next(struct reader *r, struct frame *out)
{
	enum reader_result result = parse(r, out);

	while (result == READER_IDLE && !r->stop) {
		switch (more(r)) {
		case UNPACK_DATA:
		case UNPACK_END:
			break;
		case UNPACK_IDLE:
			return READER_IDLE;
		case UNPACK_BAD:
			snprintf(r->reason, sizeof r->reason, "%s",
				unpack_reason(r->unpack));
			return READER_BAD;
		}
		result = parse(r, out);
	}
	return result;
}
