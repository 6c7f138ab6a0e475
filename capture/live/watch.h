/* watch.h: folders into which somebody writes captures: each file that appears
 * in one, or that was begun anew, is offered to the process that reads them.
 * The inventory process does this: the other one can open nothing. */
#pragma once
#include "capture/base/err.h"
#include <stddef.h>

struct watch;

/* Folders, and files that may be begun anew. What is there now is taken for
 * known; to be called before anybody reads it. */
bool watch_open(struct watch **out, const char *const *names, size_t n,
	struct err *e);
void watch_close(struct watch *w);

/* Looks once, and offers what is new by the socket. False, once for each file
 * that cannot be opened. */
bool watch_look(struct watch *w, int socket, struct err *e);
