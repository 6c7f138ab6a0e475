/* reader.h: frames out of one open capture file, packed or plain: the window
 * between unpack.h and capfile.h. */
#pragma once
#include "capture/decode/frame.h"
#include <stdbool.h>
#include <stdint.h>

enum reader_result {
	READER_FRAME, /* *out is borrowed until the next call */
	READER_IDLE,  /* nothing yet, or a stop */
	READER_END,
	READER_BAD,   /* cut or damaged: reader_reason() */
};

struct reader;

/* One serves all files, one after the other. NULL: no memory. */
struct reader *reader_new(void);
void reader_free(struct reader *r);

/* Takes no ownership of fd; base is where a regular file's capture begins. */
void reader_begin(struct reader *r, int fd, bool regular, uint64_t base);
/* While somebody still writes it, the end of a file is READER_IDLE, and so is
 * a packet that is not there whole. */
void reader_set_growing(struct reader *r, bool grows);
enum reader_result reader_next(struct reader *r, struct frame *out);
/* Overwrites all that was read. */
void reader_wipe(struct reader *r);

/* Safe in a signal handler: reader_next() returns soon. */
void reader_stop(struct reader *r);

/* Has it been seen to be a capture? */
bool reader_is_capture(const struct reader *r);
const char *reader_reason(const struct reader *r);
/* Bytes of the file that were read so far. */
uint64_t reader_done(const struct reader *r);
