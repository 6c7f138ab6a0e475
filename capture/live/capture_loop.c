/* capture_loop.c: see capture_loop.h. */
#include "capture/live/capture_loop.h"
#include "capture/base/bytes.h"
#include "capture/live/sanitized.h"
#include <poll.h>
#include <signal.h>
#include <time.h>

#define MS INT64_C(1000000) /* ns */

/* Between two heartbeats, and between two looks at the clock under load. */
#define BEAT  (200 * MS)
/* Where a heartbeat has nothing new to tell it is only a sign of life: each
 * one is a commit, and whoever looks reads the inventory anew for it. */
#define LIFE  (5000 * MS)
#define GLANCE 64

/* How old a frame may be that the kernel has not handed over: it fills a
 * block of its ring for 100 ms, and nobody says that it is on time. */
#define RING_LAG (250 * MS)

#define HOUR  (3600 * 1000 * MS)

enum { HOURS = 20000 }; /* of one source: more than two years */

/* A source that is being read, or was last in its place. */
struct track {
	bool begun, open;
	struct record_source total; /* with the engine's part of it */
	struct record_source was;   /* the same when its hour began */
	struct record_source told;  /* the same when it was told last */
	int64_t told_at;            /* monotonic */
	struct strangers strangers;
	int64_t hour;  /* since 1970; -1: no packet yet */
	unsigned hours; /* that it has had */
};

struct loop {
	struct source *source;
	struct engine *engine;
	struct outbox *out;
	int fd;
	struct track tracks[SOURCE_TRACKS];
	size_t at;   /* the track that the engine is fed from */
	size_t told; /* whose sessions follow; SOURCE_TRACKS: not said */
	struct engine_counts base; /* up to there the tracks have their part */
	uint64_t base_lost;
	struct record record; /* on its way out */
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

/* What the engine has counted since is of the track that it was fed from. */
static void settle(struct loop *l)
{
	struct engine_counts now = engine_counts(l->engine);
	const struct engine_counts *was = &l->base;
	struct record_source *r = &l->tracks[l->at].total;
	uint64_t lost = outbox_lost(l->out);

	r->packets += now.frames - was->frames;
	r->bytes += now.bytes - was->bytes;
	r->not_understood +=
		now.decode[DECODE_OTHER] - was->decode[DECODE_OTHER];
	r->malformed += now.decode[DECODE_BAD] - was->decode[DECODE_BAD];
	r->cut += now.decode[DECODE_CUT] - was->decode[DECODE_CUT];
	r->gaps += now.reasm.gaps - was->reasm.gaps;
	r->gap_bytes += now.reasm.gap_bytes - was->reasm.gap_bytes;
	r->duplicates += now.reasm.duplicate - was->reasm.duplicate;
	r->out_of_order += now.reasm.out_of_order - was->reasm.out_of_order;
	r->flows += now.flows - was->flows;
	r->evicted += now.flows_evicted - was->flows_evicted +
		now.sessions_evicted - was->sessions_evicted;
	r->sessions += now.mail - was->mail;
	r->one_sided += now.mail_one_sided - was->mail_one_sided;
	r->lossy += now.mail_lossy - was->mail_lossy;
	r->lost_records += lost - l->base_lost;
	if (now.decode[DECODE_OTHER] > was->decode[DECODE_OTHER]) {
		strangers_add(&l->tracks[l->at].strangers,
			engine_strangers(l->engine));
		engine_begin_source(l->engine);
	}
	l->base = now;
	l->base_lost = lost;
}

static void put_total(struct loop *l, enum record_kind kind,
	const struct record_source *s)
{
	l->record.kind = kind;
	l->record.source = *s;
	outbox_put(l->out, &l->record);
}

/* What the hour of a track has come to. */
static void tell_hour(struct loop *l, const struct track *t)
{
	const struct record_source *was = &t->was;
	struct record_source *r = &l->record.source;

	if (t->hour < 0)
		return;
	l->record.kind = RECORD_HOUR;
	*r = t->total;
	r->first_seen = t->hour * HOUR;
	r->stranger_n = 0;
	r->packets -= was->packets;
	r->bytes -= was->bytes;
	r->dropped -= was->dropped;
	r->if_dropped -= was->if_dropped;
	r->not_understood -= was->not_understood;
	r->malformed -= was->malformed;
	r->cut -= was->cut;
	r->gaps -= was->gaps;
	r->gap_bytes -= was->gap_bytes;
	r->duplicates -= was->duplicates;
	r->out_of_order -= was->out_of_order;
	r->evicted -= was->evicted;
	r->lost_records -= was->lost_records;
	r->sessions -= was->sessions;
	r->one_sided -= was->one_sided;
	r->lossy -= was->lossy;
	outbox_put(l->out, &l->record);
}

/* Brings what is known of a source up to date. */
static void sum_up(struct loop *l, size_t at)
{
	struct track *t = &l->tracks[at];

	settle(l);
	if (t->open)
		source_state(l->source, at, &t->total);
	t->total.stranger_n = strangers_list(&t->strangers,
		t->total.strangers);
}

static void tell_source(struct loop *l, size_t at)
{
	struct track *t = &l->tracks[at];

	sum_up(l, at);
	t->told = t->total;
	t->told_at = clock_ns(CLOCK_MONOTONIC);
	put_total(l, RECORD_SOURCE, &t->total);
	tell_hour(l, t);
	l->told = at;
}

static void beat(struct loop *l, size_t at)
{
	struct track *t = &l->tracks[at];

	sum_up(l, at);
	if (memcmp(&t->told, &t->total, sizeof t->told) != 0 ||
		clock_ns(CLOCK_MONOTONIC) - t->told_at >= LIFE)
		tell_source(l, at);
}

static void drain(struct loop *l)
{
	const struct record *r;

	while (engine_next(l->engine, &r)) {
		if (r->kind == RECORD_SESSION && l->told != l->at)
			tell_source(l, l->at);
		outbox_put(l->out, r);
	}
}

static void begin(struct loop *l)
{
	size_t at = source_track(l->source);
	struct track *t = &l->tracks[at];

	settle(l);
	memset(t, 0, sizeof *t);
	t->begun = t->open = true;
	t->hour = -1;
	l->at = at;
	tell_source(l, at);
	outbox_flush(l->out);
}

static void finish(struct loop *l)
{
	size_t at = source_track(l->source);

	tell_source(l, at);
	l->tracks[at].open = false;
}

/* A file that was read before. */
static void known(struct loop *l)
{
	struct record_source *r = &l->record.source;

	memset(r, 0, sizeof *r);
	l->record.kind = RECORD_SOURCE;
	source_state(l->source, source_track(l->source), r);
	outbox_put(l->out, &l->record);
	l->told = SOURCE_TRACKS;
}

/* Time only goes forward here: whatever clocks do, hours are few. */
static void note_time(struct loop *l, struct track *t, int64_t at)
{
	if (at / HOUR <= t->hour || t->hours == HOURS)
		return;
	if (t->hour >= 0) {
		tell_source(l, l->at);
		t->was = t->total;
	}
	t->hour = at / HOUR;
	t->hours++;
}

static void frame(struct loop *l, const struct frame *f)
{
	size_t at = source_track(l->source);
	struct track *t = &l->tracks[at];
	struct record_source *r = &t->total;
	bool secret;

	if (at != l->at)
		settle(l);
	l->at = at;
	note_time(l, t, f->at);
	secret = engine_frame(l->engine, f);
	if (r->first_seen == 0 || f->at < r->first_seen)
		r->first_seen = f->at;
	if (f->at > r->last_seen)
		r->last_seen = f->at;
	drain(l);
	if (secret)
		source_wipe(l->source, f);
	l->last = f->at;
}

/* Nothing came. On a wire time goes on all the same; in a file that comes
 * through a pipe it does not. */
static void idle(struct loop *l)
{
	if (l->tracks[l->at].total.live) {
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
	for (size_t i = 0; i < SOURCE_TRACKS; i++)
		if (l->tracks[i].open)
			beat(l, i);
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
	if (l->tracks[l->at].begun)
		tell_source(l, l->at);
	outbox_flush(l->out);
}

bool capture_loop(struct source *s, struct engine *e, struct outbox *o, int fd)
{
	struct loop l = {.source = s, .engine = e, .out = o, .fd = fd,
		.told = SOURCE_TRACKS};
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
			finish(&l);
			break;
		case SOURCE_KNOWN:
			known(&l);
			break;
		case SOURCE_END:
			end(&l);
			return !outbox_broken(o);
		}
	}
	return false;
}
