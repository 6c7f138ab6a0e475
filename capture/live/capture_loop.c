/* capture_loop.c: see capture_loop.h. */
#include "capture/live/capture_loop.h"
#include "capture/base/bytes.h"
#include "capture/live/sanitized.h"
#include <poll.h>
#include <signal.h>
#include <time.h>

#define MS INT64_C(1000000) /* ns */

/* Between two heartbeats, and between two looks at the clock under load. */
#define BEAT  (500 * MS)
#define GLANCE 64

/* How old a frame may be that the kernel has not handed over: it fills a
 * block of its ring for 100 ms, and nobody says that it is on time. */
#define RING_LAG (250 * MS)

struct loop {
	struct source *source;
	struct engine *engine;
	struct outbox *out;
	int fd;
	struct record source_record; /* RECORD_SOURCE of what is being read */
	struct engine_counts base;   /* when it began */
	uint64_t base_lost;
	int64_t beat_at;  /* monotonic */
	int64_t last;     /* packet time */
	unsigned glance;
};

/* A signal has nobody to speak to but a global. */
static volatile sig_atomic_t stop_asked;

static void ask_stop(int signal)
{
	(void)signal;
	stop_asked = 1;
}

void capture_loop_signals(void)
{
	struct sigaction stop = {.sa_handler = ask_stop};
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction none = {.sa_handler = SIG_DFL};

	stop_asked = 0;
	/* The parent's handlers, of a terminal say, are not for this process;
	 * but a sanitizer's report of a crash is. */
	for (int s = 1; s < NSIG; s++)
		if (!SANITIZED || s != SIGSEGV)
			sigaction(s, &none, NULL);
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	/* A terminal that hangs up, and a request for statistics, go to all
	 * of its processes; a reader that has gone is an error of write(). */
	sigaction(SIGHUP, &ignore, NULL);
	sigaction(SIGUSR1, &ignore, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

static int64_t clock_ns(clockid_t id)
{
	struct timespec t = {0};

	clock_gettime(id, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* Does the other side want nothing more? */
static bool hung_up(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLRDHUP};

	return poll(&p, 1, 0) > 0;
}

static void drain(struct loop *l)
{
	const struct record *r;

	while (engine_next(l->engine, &r))
		outbox_put(l->out, r);
}

static void tell_source(struct loop *l)
{
	struct engine_counts now = engine_counts(l->engine);
	struct record_source *r = &l->source_record.source;
	const struct engine_counts *was = &l->base;

	source_state(l->source, r);
	r->packets = now.frames - was->frames;
	r->bytes = now.bytes - was->bytes;
	r->not_understood =
		now.decode[DECODE_OTHER] - was->decode[DECODE_OTHER];
	r->stranger_n = strangers_list(engine_strangers(l->engine),
		r->strangers);
	r->malformed = now.decode[DECODE_BAD] - was->decode[DECODE_BAD];
	r->cut = now.decode[DECODE_CUT] - was->decode[DECODE_CUT];
	r->gaps = now.reasm.gaps - was->reasm.gaps;
	r->gap_bytes = now.reasm.gap_bytes - was->reasm.gap_bytes;
	r->duplicates = now.reasm.duplicate - was->reasm.duplicate;
	r->out_of_order = now.reasm.out_of_order - was->reasm.out_of_order;
	r->flows = now.flows - was->flows;
	r->evicted = now.flows_evicted - was->flows_evicted +
		now.sessions_evicted - was->sessions_evicted;
	r->sessions = now.mail - was->mail;
	r->one_sided = now.mail_one_sided - was->mail_one_sided;
	r->lossy = now.mail_lossy - was->mail_lossy;
	r->lost_records = outbox_lost(l->out) - l->base_lost;
	outbox_put(l->out, &l->source_record);
}

static void begin(struct loop *l)
{
	memset(&l->source_record, 0, sizeof l->source_record);
	l->source_record.kind = RECORD_SOURCE;
	l->base = engine_counts(l->engine);
	l->base_lost = outbox_lost(l->out);
	engine_begin_source(l->engine);
	tell_source(l);
	outbox_flush(l->out);
}

static void frame(struct loop *l, const struct frame *f)
{
	struct record_source *r = &l->source_record.source;
	bool secret = engine_frame(l->engine, f);

	drain(l);
	if (secret)
		source_wipe(l->source, f);
	if (r->first_seen == 0 || f->at < r->first_seen)
		r->first_seen = f->at;
	if (f->at > r->last_seen)
		r->last_seen = f->at;
	l->last = f->at;
}

/* Nothing came. On a wire time goes on all the same; in a file that comes
 * through a pipe it does not. */
static void idle(struct loop *l)
{
	if (l->source_record.source.live) {
		int64_t now = clock_ns(CLOCK_REALTIME) - RING_LAG;

		engine_tick(l->engine, now > l->last ? now : l->last);
		drain(l);
	}
	outbox_flush(l->out);
}

/* What is done by the clock. */
static void glance(struct loop *l)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC);

	if (now - l->beat_at < BEAT)
		return;
	l->beat_at = now;
	if (l->source_record.kind == RECORD_SOURCE)
		tell_source(l);
	outbox_flush(l->out);
	if (hung_up(l->fd))
		source_stop(l->source);
}

static void end(struct loop *l)
{
	/* There is time now, and what is open may be more than fits. */
	outbox_set_waits(l->out, true);
	engine_finish(l->engine);
	drain(l);
	if (l->source_record.kind == RECORD_SOURCE)
		tell_source(l);
	outbox_flush(l->out);
}

bool capture_loop(struct source *s, struct engine *e, struct outbox *o, int fd)
{
	struct loop l = {.source = s, .engine = e, .out = o, .fd = fd};
	struct frame f;

	while (!outbox_broken(o)) {
		if (stop_asked)
			source_stop(s);
		switch (source_next(s, &f)) {
		case SOURCE_FRAME:
			frame(&l, &f);
			if (++l.glance % GLANCE == 0)
				glance(&l);
			break;
		case SOURCE_IDLE:
			idle(&l);
			glance(&l);
			break;
		case SOURCE_BEGIN:
			begin(&l);
			break;
		case SOURCE_FINISH:
			tell_source(&l);
			break;
		case SOURCE_END:
			end(&l);
			return !outbox_broken(o);
		}
	}
	return false;
}
