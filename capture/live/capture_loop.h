/* capture_loop.h: what the capture process does all its life, inside of the
 * sandbox: frames in, records out. */
#pragma once
#include "capture/engine.h"
#include "capture/live/outbox.h"
#include "capture/live/source.h"

/* Returns when the source has ended, SIGINT or SIGTERM came, or fd's other
 * side has closed or shut down its writing: that is how a parent of another
 * user asks for the end. All is told before, unless nobody reads any more;
 * false then. */
bool capture_loop(struct source *s, struct engine *e, struct outbox *o,
	int fd);

/* Catches SIGINT and SIGTERM, ignores what is meant for the parent, and sets
 * all else back to what it does by default. */
void capture_loop_signals(void);
