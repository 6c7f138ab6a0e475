/* source_live.c: see source_live.h. Several interfaces are one source: a tap
 * gives each direction of a line on a port of its own, so one conversation is
 * seen on two of them. */
#include "capture/live/source_live.h"
#include "capture/base/text.h"
#include "capture/live/port.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* After a stop, what the ring holds is still read, but not for longer. */
#define DRAIN INT64_C(1000000000) /* ns */

/* A ring is to hold so much time of what comes: that long a busy machine may
 * have no CPU for this process. How much comes is seen in LISTEN. */
#define HOLD   INT64_C(500000000) /* ns */
#define LISTEN INT64_C(200000000) /* ns */

enum {
	WAIT_MS = 100,
	PORTS = 64,
	REASON = 160,
};

struct ear {
	struct port *port;
	bool alive;  /* else it is gone, but stays open: see port_close() */
	bool has;    /* frame waits for its turn */
	struct frame frame;
};

struct source_live {
	uint8_t id[32];
	uint8_t state; /* enum record_state */
	char reason[REASON];
	bool begun, finished;
	volatile sig_atomic_t stop;
	int64_t stop_at; /* when that was noticed, ns since 1970 */
	uint64_t left; /* frames to be given out; UINT64_MAX: no end */
	size_t n, alive;
	struct ear ears[PORTS];
};

static int64_t clock_ns(clockid_t id)
{
	struct timespec t = {0};

	clock_gettime(id, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* A ring cannot grow: an interface on which more comes than the default ring
 * holds is opened anew with a larger one, and with that the capture begins:
 * what the first one heard is only counted. */
static bool size_rings(struct source_live *s, const struct port_options *o,
	struct err *e)
{
	int64_t begun = clock_ns(CLOCK_MONOTONIC);
	bool ok = true;

	clock_nanosleep(CLOCK_MONOTONIC, 0,
		&(struct timespec){.tv_nsec = LISTEN}, NULL);
	for (size_t i = 0; ok && i < s->n; i++) {
		struct port_options larger = *o;
		struct port *old = s->ears[i].port, *p;
		int64_t heard = clock_ns(CLOCK_MONOTONIC) - begun;

		larger.ring_kib = port_ring_kib(old, heard, HOLD);
		if (larger.ring_kib == PORT_RING_KIB)
			continue;
		ok = port_open(&p, port_name(old), &larger, e);
		if (ok)
			s->ears[i].port = p;
		if (ok)
			port_close(old);
	}
	return ok;
}

bool source_live_open(struct source_live **out,
	const struct source_options *o, struct err *e)
{
	struct port_options port = {{!o->any_port, o->filter}, o->promiscuous,
		o->ring_kib, o->snaplen};
	struct source_live *s;
	bool ok;

	if (o->interfaces_n > PORTS)
		return err_set(e, ERR_USAGE, "more than %d interfaces", PORTS);
	s = calloc(1, sizeof *s);
	if (!s)
		return err_set(e, ERR_RUN, "cannot capture: not enough memory");
	s->left = o->max_packets > 0 ? o->max_packets : UINT64_MAX;
	/* Each run is a source of its own. */
	ok = getrandom(s->id, sizeof s->id, 0) == sizeof s->id ||
		err_set(e, ERR_RUN, "no random numbers: %s", strerror(errno));
	for (size_t i = 0; ok && i < o->interfaces_n; i++) {
		ok = port_open(&s->ears[i].port, o->interfaces[i], &port, e);
		s->ears[i].alive = ok;
		s->n = s->alive = i + ok;
	}
	if (ok && o->ring_kib == 0)
		ok = size_rings(s, &port, e);
	if (ok)
		*out = s;
	else
		source_live_close(s);
	return ok;
}

void source_live_close(struct source_live *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		port_close(s->ears[i].port);
	free(s);
}

/* Some reasons name the interface already. */
static void why(const struct port *p, char out[REASON])
{
	const char *name = port_name(p), *reason = port_reason(p);
	size_t n = strlen(name);

	if (strncmp(reason, name, n) == 0 && reason[n] == ':')
		snprintf(out, REASON, "%s", reason);
	else
		snprintf(out, REASON, "%s: %s", name, reason);
}

static void listen_to(struct source_live *s, struct ear *ear)
{
	switch (port_next(ear->port, &ear->frame)) {
	case PORT_FRAME:
		ear->has = true;
		break;
	case PORT_NOTHING:
		break;
	case PORT_GONE:
		why(ear->port, s->reason);
		ear->alive = false;
		s->alive--;
		break;
	}
}

/* The earliest frame of those that wait; NULL: none. */
static struct ear *earliest(struct source_live *s)
{
	struct ear *best = NULL;

	for (size_t i = 0; i < s->n; i++) {
		struct ear *ear = &s->ears[i];

		if (ear->alive && !ear->has)
			listen_to(s, ear);
		if (ear->has && (!best || ear->frame.at < best->frame.at))
			best = ear;
	}
	return best;
}

static void wait_for_frames(const struct source_live *s)
{
	struct pollfd fds[PORTS];
	nfds_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->ears[i].alive)
			fds[n++] = (struct pollfd){
				.fd = port_fd(s->ears[i].port),
				.events = POLLIN};
	poll(fds, n, WAIT_MS);
}

static enum source_result finish(struct source_live *s)
{
	s->finished = true;
	if (s->alive == 0)
		s->state = RECORD_FAILED;
	else
		s->state = s->alive < s->n ? RECORD_CUT : RECORD_DONE;
	return SOURCE_FINISH;
}

/* Has all been given out that came before the stop? */
static bool drained(struct source_live *s, const struct ear *ear)
{
	int64_t now;

	if (!s->stop)
		return false;
	now = clock_ns(CLOCK_REALTIME);
	if (s->stop_at == 0)
		s->stop_at = now;
	return !ear || ear->frame.at > s->stop_at || now < s->stop_at ||
		now - s->stop_at > DRAIN;
}

enum source_result source_live_next(struct source_live *s, struct frame *out)
{
	struct ear *ear;

	if (s->finished)
		return SOURCE_END;
	if (!s->begun) {
		s->begun = true;
		return SOURCE_BEGIN;
	}
	if (s->left == 0)
		return finish(s);
	ear = earliest(s);
	if (!ear && s->alive > 0) {
		wait_for_frames(s);
		ear = earliest(s);
	}
	if ((!ear && s->alive == 0) || drained(s, ear))
		return finish(s);
	if (!ear)
		return SOURCE_IDLE;
	ear->has = false;
	*out = ear->frame;
	if (s->left != UINT64_MAX)
		s->left--;
	return SOURCE_FRAME;
}

void source_live_state(struct source_live *s, struct record_source *out)
{
	char names[RECORD_LABEL] = "", down[REASON] = "";
	const char *reason = s->reason[0] ? s->reason : down;
	size_t n = 0;

	out->live = true;
	out->state = s->state;
	memcpy(out->id, s->id, sizeof out->id);
	out->dropped = out->if_dropped = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct port *p = s->ears[i].port;

		out->dropped += port_dropped(p);
		out->if_dropped += port_lost(p);
		if (s->ears[i].alive && port_is_down(p))
			snprintf(down, sizeof down, "%s is down", port_name(p));
		if (n < sizeof names)
			n += (size_t)snprintf(names + n, sizeof names - n,
				"%s%s", n > 0 ? ", " : "", port_name(p));
	}
	text_clean(out->label, sizeof out->label, names, strlen(names));
	text_clean(out->reason, sizeof out->reason, reason, strlen(reason));
	out->file_done = out->file_size = 0;
	out->files_done = out->files = 0;
}

void source_live_stop(struct source_live *s)
{
	s->stop = 1;
}
