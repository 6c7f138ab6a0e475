/* outbox.h: records on their way to the inventory process, encoded, in a
 * bounded queue before a socket. */
#pragma once
#include "capture/session/record.h"

enum {
	OUTBOX_BYTES = 4 * 1024 * 1024,
	OUTBOX_BATCH = 64 * 1024, /* written at once */
	/* Above this fill, what tells of no AUTH is no longer taken. */
	OUTBOX_TIGHT = OUTBOX_BYTES / 4 * 3,
};

struct outbox;

/* fd: a non-blocking socket, borrowed. waits: for the reader, as files can;
 * else what has no room is lost and counted, as a wire does not stop. */
struct outbox *outbox_new(int fd, bool waits);
void outbox_free(struct outbox *o);
void outbox_set_waits(struct outbox *o, bool waits);

void outbox_put(struct outbox *o, const struct record *r);
/* Writes what the socket takes; one that waits writes all. */
void outbox_flush(struct outbox *o);

uint64_t outbox_lost(const struct outbox *o); /* records */
/* The reader has gone: nothing will ever be written again. */
bool outbox_broken(const struct outbox *o);
