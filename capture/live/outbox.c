/* outbox.c: see outbox.h. A ring of bytes: positions count up for ever and
 * are taken modulo its size. */
#include "capture/live/outbox.h"
#include "capture/session/wire.h"
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct outbox {
	int fd;
	bool waits, broken;
	uint64_t put, sent; /* bytes so far */
	uint64_t lost;
	uint8_t scratch[WIRE_MAX];
	uint8_t ring[OUTBOX_BYTES];
};

struct outbox *outbox_new(int fd, bool waits)
{
	struct outbox *o = calloc(1, sizeof *o);

	if (!o)
		return NULL;
	o->fd = fd;
	o->waits = waits;
	return o;
}

void outbox_free(struct outbox *o)
{
	free(o);
}

void outbox_set_waits(struct outbox *o, bool waits)
{
	o->waits = waits;
}

uint64_t outbox_lost(const struct outbox *o)
{
	return o->lost;
}

bool outbox_broken(const struct outbox *o)
{
	return o->broken;
}

static size_t fill(const struct outbox *o)
{
	return (size_t)(o->put - o->sent);
}

/* One write, up to the ring's end. False: the socket takes no more now. */
static bool write_some(struct outbox *o)
{
	size_t at = (size_t)(o->sent % OUTBOX_BYTES), n = fill(o);
	ssize_t done;

	if (n > OUTBOX_BYTES - at)
		n = OUTBOX_BYTES - at;
	if (n > OUTBOX_BATCH)
		n = OUTBOX_BATCH;
	done = write(o->fd, o->ring + at, n);
	if (done < 0 && errno == EINTR)
		return true;
	if (done < 0) {
		o->broken = errno != EAGAIN;
		return false;
	}
	o->sent += (uint64_t)done;
	return true;
}

static void wait_for_reader(const struct outbox *o)
{
	struct pollfd p = {.fd = o->fd, .events = POLLOUT};

	poll(&p, 1, -1);
}

void outbox_flush(struct outbox *o)
{
	while (fill(o) > 0 && !o->broken) {
		if (write_some(o))
			continue;
		if (!o->waits || o->broken)
			return;
		wait_for_reader(o);
	}
}

/* Totals stand for what was lost. */
static bool is_total(const struct record *r)
{
	return r->kind == RECORD_SOURCE || r->kind == RECORD_HOUR;
}

static bool tells_of_auth(const struct record *r)
{
	return r->kind == RECORD_SESSION && r->session.auth_total > 0;
}

/* Is there to be room for it? The last to go are facts about AUTH, which is
 * what all this is for, and totals. */
static bool welcome(const struct outbox *o, const struct record *r, size_t n)
{
	if (n > OUTBOX_BYTES - fill(o))
		return false;
	return fill(o) <= OUTBOX_TIGHT || tells_of_auth(r) ||
		is_total(r);
}

void outbox_put(struct outbox *o, const struct record *r)
{
	size_t n = wire_encode(r, o->scratch, sizeof o->scratch), at, first;

	assert(n > 0);
	if (fill(o) + n > OUTBOX_BATCH)
		outbox_flush(o);
	if (o->broken)
		return;
	if (!welcome(o, r, n)) {
		/* Totals come again, so theirs is no loss. */
		o->lost += !is_total(r);
		return;
	}
	at = (size_t)(o->put % OUTBOX_BYTES);
	first = n < OUTBOX_BYTES - at ? n : OUTBOX_BYTES - at;
	memcpy(o->ring + at, o->scratch, first);
	memcpy(o->ring, o->scratch + first, n - first);
	o->put += n;
}
