/* capture_process.h: the process that meets hostile bytes, as its parent sees
 * it. The child opens the source while privileged, becomes nobody, enters the
 * sandbox, and only then reads a first byte; records come out of a socket. */
#pragma once
#include "capture/live/source.h"
#include <sys/types.h>

struct capture_options {
	struct source_options source;
	uint8_t sensor[16]; /* db_sensor() */
	size_t memory;      /* bytes for the engine's tables; 0: the default */
};

#define CAPTURE_MEMORY ((size_t)64 * 1024 * 1024)

struct capture;

/* Starts it, and returns once it is in its sandbox and at work, or with what
 * kept it from that. Call while privileged and before any thread. The options
 * are not needed afterwards. */
bool capture_start(struct capture **out, const struct capture_options *o,
	struct err *e);

/* Records as of wire_encode(), until end of file. Blocking; it may be made
 * non-blocking, and polled. The other way go the files to follow: offer.h. */
int capture_fd(const struct capture *c);
pid_t capture_pid(const struct capture *c);

/* Asks for the end: it will finish what is open, tell it, and close. Read on
 * until end of file. Works when the parent has become another user and may
 * not signal the child; safe in a signal handler. */
void capture_stop(struct capture *c);

/* After end of file, or to give up: closes the socket and waits for the
 * child's end. False if it did not end well: e tells how, as far as that is
 * known. Frees c. */
bool capture_close(struct capture *c, struct err *e);
