/* listen.h: whom an interface hears, to tell a mirror port before anything is
 * captured there. No byte of a frame is read: the kernel says whom each was
 * for and who sent it. */
#pragma once
#include "capture/base/err.h"
#include <stddef.h>
#include <stdint.h>

enum { LISTEN_SENDERS = 256 };

/* What has been heard so far. Where the kernel had no room for all of them,
 * frames are those that were counted. */
struct listen_count {
	uint64_t frames;
	uint64_t strangers; /* from others to others: only a mirror port hears
			     * many of those */
	size_t senders;     /* MAC addresses, at most LISTEN_SENDERS */
};

struct listen;

/* Promiscuous until it is closed. Takes CAP_NET_RAW; says nothing, ever. */
bool listen_open(struct listen **out, const char *name, struct err *e);
void listen_close(struct listen *l);
/* Takes what is there, and never waits. */
void listen_take(struct listen *l, struct listen_count *total);

/* Heard enough for others, by enough of them, to be sure. A port of a switch
 * gets some frames whose MAC the switch has not learned. */
bool listen_is_mirror(const struct listen_count *c);
