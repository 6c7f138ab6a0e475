/* source_files.c: see source_files.h: first what there is, then what of it has
 * to be read, then all of that as one stream in the order of time. */
#include "capture/live/source_files.h"
#include "capture/base/text.h"
#include "capture/live/filter.h"
#include "capture/live/inputs.h"
#include "capture/live/known.h"
#include "capture/live/lane.h"
#include "capture/live/offer.h"
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SKIPS = 4096, /* frames left out by a filter without a word */
	WAIT_MS = 100,
	DRAIN = 200000, /* frames of a followed file that a stop lets come */
};

static const char GOES_ON[] =
	"read again: sessions go on between it and what is new";

/* What is to become of an input. */
enum fate {
	FATE_READ,
	FATE_LEFT_OUT, /* known */
	FATE_NEEDED,   /* known, and read for the sake of another */
	FATE_IGNORED,  /* not a word about it */
};

enum step { STEP_PEEK, STEP_CHECK, STEP_READ, STEP_END };

/* A file that is being read. */
struct track {
	struct lane *lane; /* kept for the next one */
	bool open, begun;  /* begun: SOURCE_BEGIN was said */
	size_t input;
	uint64_t packets;  /* given out */
	int64_t first, last;
	uint64_t unfiltered; /* frames that the filter knows nothing of */
	int unfiltered_link;
	bool known;
	uint8_t id[32], digest[32];
	uint8_t state; /* enum record_state */
	char reason[RECORD_LABEL];
};

struct source_files {
	struct inputs in;
	struct known known;
	const struct source_span *spans; /* borrowed, until all is decided */
	size_t spans_n;
	enum step step;
	size_t prepared; /* inputs that were peeked at, or checked */
	size_t next;     /* the next one to begin */
	size_t files, done; /* that people should hear of */
	int64_t new_last;   /* packet time of what was not known before */
	bool checking;   /* halfway through an input */
	bool again, follow;
	int offers;      /* a socket, or -1 */
	volatile sig_atomic_t stop;
	uint64_t left;   /* frames to be given out; UINT64_MAX: all */
	uint64_t drained; /* since the stop */
	bool limited;    /* by a filter or a number: no file is read whole */
	struct filter *filter; /* or NULL */
	struct lane *look;     /* looks into files before they are read */
	struct track tracks[SOURCE_TRACKS];
	size_t open_end;       /* behind the last one that is open */
	size_t at;             /* the track of the last result */
	bool taken;            /* its frame was given out */
};

bool source_files_open(struct source_files **out,
	const struct source_options *o, struct err *e)
{
	struct filter_rules rules = {.expression = o->filter};
	struct source_files *s = calloc(1, sizeof *s);
	bool ok = false;

	if (s)
		s->look = lane_new();
	if (!s || !s->look || !known_open(&s->known, o->known, o->known_n)) {
		err_set(e, ERR_RUN, "cannot read captures: not enough memory");
		goto out;
	}
	s->spans = o->spans;
	s->spans_n = o->spans_n;
	s->again = o->again;
	s->follow = o->follow;
	s->offers = o->follow ? o->offers : -1;
	s->left = o->max_packets > 0 ? o->max_packets : UINT64_MAX;
	s->limited = o->filter || o->max_packets > 0;
	if (!inputs_open(&s->in, o->files, o->files_n, o->follow, e))
		goto out;
	for (size_t i = 0; i < o->known_n; i++)
		if (o->known[i].path && !inputs_add_unnamed(&s->in,
						o->known[i].path,
						o->known[i].label, e))
			goto out;
	if (o->filter && !filter_open(&s->filter, &rules, e))
		goto out;
	ok = true;
out:
	if (ok)
		*out = s;
	else
		source_files_close(s);
	return ok;
}

void source_files_close(struct source_files *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < SOURCE_TRACKS; i++)
		lane_free(s->tracks[i].lane);
	lane_free(s->look);
	inputs_close(&s->in);
	known_close(&s->known);
	filter_close(s->filter);
	free(s);
}

static void drop_input(struct source_files *s, size_t at)
{
	if (s->in.list[at].fd >= 0)
		close(s->in.list[at].fd);
	free(s->in.list[at].name);
	memmove(&s->in.list[at], &s->in.list[at + 1],
		(--s->in.n - at) * sizeof *s->in.list);
}

/* ---- what there is ---- */

/* When a stored file's first packet was, by what the file is known, and
 * whether it is a capture. */
static void peek(struct source_files *s, struct input *in)
{
	const struct frame *f;

	lane_begin(s->look, in, false);
	if (lane_look(s->look, &f) == LANE_FRAME)
		in->first = f->at;
	lane_print_first(s->look, in->id);
	in->unread = in->found && !s->stop && !lane_is_capture(s->look);
	lane_end(s->look);
}

/* Pipes first, since nobody knows when theirs begin; then by time. */
static int by_time(const void *a, const void *b)
{
	const struct input *x = a, *y = b;

	if (x->regular != y->regular)
		return x->regular ? 1 : -1;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/* Inside the sandbox, and so not part of opening: a file's first block is as
 * hostile as the rest. One file a call; false: all done. */
static bool peek_next(struct source_files *s)
{
	struct input *in;

	if (s->prepared == s->in.n || s->stop) {
		for (size_t i = s->in.n; i-- > 0;)
			if (s->in.list[i].unread)
				drop_input(s, i);
		if (s->in.n > 0)
			qsort(s->in.list, s->in.n, sizeof *s->in.list,
				by_time);
		return false;
	}
	in = &s->in.list[s->prepared++];
	if (in->regular)
		peek(s, in);
	return true;
}

/* ---- what of it is known ---- */

/* Of a file with a known first packet: are the others known too? Decides its
 * fate, and by what id it goes. */
static void judge(struct source_files *s, struct input *in, bool prefix)
{
	const struct source_known *k = known_by_id(&s->known, in->id);
	const struct source_known *same;
	uint8_t digest[32], old[32];

	lane_print(s->look, digest);
	lane_print_old(s->look, old);
	same = known_by_digest(&s->known, digest);
	if (!same)
		same = known_by_digest(&s->known, old);
	in->fate = FATE_READ;
	if (same) {
		memcpy(in->id, same->id, sizeof in->id);
		in->fate = s->again ? FATE_READ : FATE_LEFT_OUT;
	} else if (!prefix && known_is_whole(k)) {
		/* Another file that begins with the same packet. */
		memcpy(in->id, old, sizeof in->id);
	}
	/* Else it has grown, or was read in part: the same one. */
}

/* Goes on through an input; true: done. */
static bool check(struct source_files *s, struct input *in)
{
	const struct source_known *k = known_by_id(&s->known, in->id);
	const struct frame *f;
	uint8_t digest[32], old[32];

	in->checked = s->known.n;
	if (!k || !known_is_whole(k) || !in->regular)
		return true;
	if (k->size == in->size && k->label &&
		strcmp(k->label, in->name) == 0) {
		in->fate = s->again ? FATE_READ : FATE_LEFT_OUT;
		return true;
	}
	if (!s->checking) {
		lane_begin_check(s->look, in);
		in->prefix = false;
		s->checking = true;
	}
	for (int i = 0; i < SKIPS; i++) {
		if (lane_look(s->look, &f) != LANE_FRAME) {
			judge(s, in, in->prefix);
			lane_end(s->look);
			s->checking = false;
			return true;
		}
		lane_take(s->look);
		if (lane_packets(s->look) != k->packets)
			continue;
		lane_print(s->look, digest);
		lane_print_old(s->look, old);
		in->prefix = memcmp(digest, k->digest, sizeof digest) == 0 ||
			memcmp(old, k->digest, sizeof old) == 0;
	}
	return false;
}

/* The files of a session that what is new may complete. */
static void need(struct source_files *s, const struct source_span *span)
{
	for (size_t i = 0; i < s->in.n; i++) {
		struct input *in = &s->in.list[i];
		const struct source_known *k = known_by_id(&s->known, in->id);

		if (in->fate == FATE_LEFT_OUT && k &&
			k->last >= span->first && k->first <= span->last)
			in->fate = FATE_NEEDED;
	}
}

static void need_around(struct source_files *s, int64_t from, int64_t to)
{
	for (size_t i = 0; i < s->spans_n; i++)
		if (known_wants(&s->spans[i], from, to))
			need(s, &s->spans[i]);
}

/* When the known file begins that is the next one after a time; without one,
 * that time. */
static int64_t follower(const struct source_files *s, int64_t first)
{
	int64_t best = INT64_MAX;

	for (size_t i = 0; i < s->known.n; i++)
		if (s->known.v[i].first > first && s->known.v[i].first < best)
			best = s->known.v[i].first;
	return best < INT64_MAX ? best : first;
}

/* What is known is needed where its sessions go on in what is new, or come
 * from there; how long that is, nobody knows before it is read. */
static void need_neighbours(struct source_files *s)
{
	int64_t last = 0;

	for (size_t i = 0; i < s->in.n; i++) {
		const struct input *in = &s->in.list[i];

		if (in->fate == FATE_READ && in->regular && in->first >= 0)
			need_around(s, in->first, follower(s, in->first));
	}
	for (size_t i = 0; s->follow && i < s->known.n; i++)
		if (s->known.v[i].last > last)
			last = s->known.v[i].last;
	if (last > 0)
		need_around(s, last, last);
}

/* Is it still what it was when it was read? */
static void judge_unnamed(const struct source_files *s, struct input *in)
{
	in->checked = s->known.n;
	in->fate = known_by_id(&s->known, in->id) ? FATE_LEFT_OUT
						  : FATE_IGNORED;
}

static bool is_counted(const struct input *in)
{
	return !in->unnamed || in->fate == FATE_NEEDED;
}

/* One step; false: all is decided. */
static bool check_next(struct source_files *s)
{
	if (s->prepared == s->in.n || s->stop) {
		need_neighbours(s);
		for (size_t i = s->in.n; i-- > 0;)
			if (s->in.list[i].fate == FATE_IGNORED)
				drop_input(s, i);
			else
				s->files += is_counted(&s->in.list[i]);
		return false;
	}
	if (s->in.list[s->prepared].unnamed)
		judge_unnamed(s, &s->in.list[s->prepared++]);
	else if (check(s, &s->in.list[s->prepared]))
		s->prepared++;
	return true;
}

/* ---- one file ---- */

static struct input *input_of(struct source_files *s, const struct track *t)
{
	return &s->in.list[t->input];
}

/* No memory for one more lane: then files wait for one another. */
static struct track *free_track(struct source_files *s)
{
	for (size_t i = 0; i < SOURCE_TRACKS; i++) {
		struct track *t = &s->tracks[i];

		if (t->open)
			continue;
		if (!t->lane)
			t->lane = lane_new();
		return t->lane ? t : NULL;
	}
	return NULL;
}

static enum source_result say(struct source_files *s, const struct track *t,
	enum source_result what)
{
	s->at = (size_t)(t - s->tracks);
	return what;
}

/* The last one may still be written. */
static bool grows(const struct source_files *s, const struct input *in)
{
	return s->follow && in->regular && !s->stop && s->next == s->in.n;
}

static enum source_result begin(struct source_files *s, struct track *t)
{
	struct lane *lane = t->lane;
	struct input *in;

	*t = (struct track){.lane = lane, .open = true, .input = s->next++,
		.state = RECORD_RUNNING};
	if ((size_t)(t - s->tracks) >= s->open_end)
		s->open_end = (size_t)(t - s->tracks) + 1;
	in = input_of(s, t);
	memcpy(t->id, in->id, sizeof t->id);
	lane_begin(lane, in, grows(s, in));
	if (!in->regular)
		return SOURCE_IDLE; /* by its first packet it is known */
	t->begun = true;
	return say(s, t, SOURCE_BEGIN);
}

static enum source_result begin_pipe(struct source_files *s, struct track *t)
{
	lane_print_first(t->lane, t->id);
	t->begun = true;
	return say(s, t, SOURCE_BEGIN);
}

static void remember(struct source_files *s, const struct track *t)
{
	const struct input *in = input_of(s, t);
	struct source_known k = {.packets = t->packets, .size = in->size,
		.first = t->first, .last = t->last,
		.label = in->offered ? NULL : in->name};

	memcpy(k.id, t->id, sizeof k.id);
	memcpy(k.digest, t->digest, sizeof k.digest);
	/* What is not remembered is read again, no more. */
	known_put(&s->known, &k);
}

static enum source_result finish(struct source_files *s, struct track *t,
	enum record_state state)
{
	struct input *in = input_of(s, t);

	/* A pipe without a packet begins before it ends; the next call comes
	 * here again. */
	if (!t->begun)
		return begin_pipe(s, t);
	t->state = (uint8_t)state;
	if (state == RECORD_DONE && t->unfiltered > 0)
		snprintf(t->reason, sizeof t->reason,
			"the filter means nothing on link type %d: "
			"%llu frames left out",
			t->unfiltered_link, (unsigned long long)t->unfiltered);
	else if (state == RECORD_DONE && in->fate == FATE_NEEDED)
		snprintf(t->reason, sizeof t->reason, "%s", GOES_ON);
	if (in->regular && in->size < lane_done(t->lane))
		in->size = lane_done(t->lane); /* it has grown */
	if (state == RECORD_DONE && !s->limited && in->regular) {
		lane_print(t->lane, t->digest);
		remember(s, t);
	}
	lane_end(t->lane);
	close(in->fd);
	in->fd = -1;
	t->open = false;
	while (s->open_end > 0 && !s->tracks[s->open_end - 1].open)
		s->open_end--;
	s->done++;
	return say(s, t, SOURCE_FINISH);
}

static enum source_result finish_damaged(struct source_files *s,
	struct track *t)
{
	snprintf(t->reason, sizeof t->reason, "%s", lane_reason(t->lane));
	return finish(s, t,
		lane_is_capture(t->lane) ? RECORD_CUT : RECORD_FAILED);
}

static enum source_result finish_stopped(struct source_files *s,
	struct track *t)
{
	snprintf(t->reason, sizeof t->reason, "stopped before its end");
	return finish(s, t, RECORD_CUT);
}

static bool passes(struct source_files *s, struct track *t,
	const struct frame *f)
{
	if (!s->filter || filter_matches(s->filter, f))
		return true;
	if (!filter_applies(s->filter, f->link)) {
		t->unfiltered++;
		t->unfiltered_link = f->link;
	}
	return false;
}

/* ---- more files to follow ---- */

static bool is_being_read(const struct source_files *s,
	const struct input *in)
{
	for (size_t i = 0; i < SOURCE_TRACKS; i++) {
		const struct track *t = &s->tracks[i];
		const struct input *has = &s->in.list[t->input];

		/* One that is shorter than what was read of it was begun
		 * anew. */
		if (t->open && has->device == in->device &&
			has->inode == in->inode && lane_grows(t->lane))
			return in->size >= lane_done(t->lane);
	}
	return false;
}

static void take_offer(struct source_files *s, struct input *in,
	const char *name)
{
	struct err e;

	if (is_being_read(s, in)) {
		close(in->fd);
		return;
	}
	in->first = -1;
	peek(s, in);
	if (in->unread || !inputs_add_open(&s->in, in, name, &e)) {
		if (in->unread)
			close(in->fd);
		return;
	}
	s->in.list[s->in.n - 1].first = in->first;
	s->files++;
	/* Its writer has left the file before it. */
	for (size_t i = 0; i < SOURCE_TRACKS; i++)
		if (s->tracks[i].open)
			lane_settle(s->tracks[i].lane);
}

/* Waits for a while where there is nothing else to do. */
static void look_for_offers(struct source_files *s, int wait)
{
	struct pollfd p = {.fd = s->offers, .events = POLLIN};
	char name[RECORD_LABEL];
	struct input in;

	if (poll(&p, 1, wait) <= 0)
		return;
	switch (offer_take(s->offers, &in, name)) {
	case OFFER_FILE: take_offer(s, &in, name); break;
	case OFFER_NONE: break;
	case OFFER_END: s->offers = -1; break;
	}
}

/* ---- all files as one ---- */

/* Files with one first packet may be copies: they wait for each other. */
static bool has_twin(const struct source_files *s, const struct input *in)
{
	for (size_t i = 0; i < SOURCE_TRACKS; i++)
		if (s->tracks[i].open &&
			memcmp(s->tracks[i].id, in->id, sizeof in->id) == 0)
			return true;
	return false;
}

/* Is it time for the next file to begin? next: of all that are read the next
 * frame, NULL for none. */
static bool is_due(const struct source_files *s, const struct frame *next)
{
	const struct input *in = &s->in.list[s->next];

	return s->next < s->in.n && (!next || in->first <= next->at) &&
		!has_twin(s, in);
}

/* Files that were read by this run make later ones known. */
static bool check_late(struct source_files *s)
{
	struct input *in = &s->in.list[s->next];

	if (in->fate != FATE_READ || (in->checked == s->known.n &&
					     !s->checking))
		return true;
	return check(s, in);
}

/* Offers that are done with: they come for weeks. */
static void sweep(struct source_files *s)
{
	for (size_t i = s->next; i-- > 0;) {
		if (!s->in.list[i].offered || s->in.list[i].fd >= 0 ||
			s->tracks[s->at].input == i)
			continue;
		drop_input(s, i);
		s->next--;
		for (size_t t = 0; t < SOURCE_TRACKS; t++)
			if (s->tracks[t].input > i)
				s->tracks[t].input--;
	}
}

/* Does it begin where something new has just ended? That may go on in it. */
static bool is_continuation(const struct source_files *s,
	const struct input *in)
{
	for (size_t i = 0; i < SOURCE_TRACKS; i++)
		if (s->tracks[i].open)
			return false;
	return s->new_last > 0 && !in->offered && !s->limited &&
		known_follows(s->new_last, in->first);
}

/* The file that is due: it begins, or is left out. */
static enum source_result begin_next(struct source_files *s)
{
	struct track *t = free_track(s);
	struct input *in;

	if (!t || !check_late(s))
		return SOURCE_IDLE;
	sweep(s);
	in = &s->in.list[s->next];
	if (in->fate == FATE_LEFT_OUT && is_continuation(s, in)) {
		in->fate = FATE_NEEDED;
		s->files += in->unnamed;
	}
	if (in->fate != FATE_LEFT_OUT)
		return begin(s, t);
	*t = (struct track){.lane = t->lane, .input = s->next++,
		.known = true, .state = RECORD_DONE};
	memcpy(t->id, in->id, sizeof t->id);
	close(in->fd);
	in->fd = -1;
	if (in->unnamed)
		return SOURCE_IDLE;
	s->done++;
	/* Offers of what has not changed come often. */
	return in->offered ? SOURCE_IDLE : say(s, t, SOURCE_KNOWN);
}

/* Looks at a track's next frame. SOURCE_FRAME: there is one. */
static enum source_result look(struct source_files *s, struct track *t,
	const struct frame **f)
{
	/* Whoever follows a file stops where it ends at present: there
	 * nothing is cut. */
	if (s->stop && (!lane_grows(t->lane) || s->drained++ == DRAIN))
		return finish_stopped(s, t);
	if (s->left == 0)
		return finish(s, t, RECORD_DONE);
	switch (lane_look(t->lane, f)) {
	case LANE_FRAME: break;
	case LANE_IDLE:
		return s->stop ? finish(s, t, RECORD_DONE) : SOURCE_IDLE;
	case LANE_END: return finish(s, t, RECORD_DONE);
	case LANE_BAD: return finish_damaged(s, t);
	}
	return t->begun ? SOURCE_FRAME : begin_pipe(s, t);
}

static void give(struct source_files *s, struct track *t,
	const struct frame *f)
{
	s->at = (size_t)(t - s->tracks);
	s->taken = true;
	if (t->packets++ == 0)
		t->first = t->last = f->at;
	if (f->at < t->first)
		t->first = f->at;
	if (f->at > t->last)
		t->last = f->at;
	if (input_of(s, t)->fate == FATE_READ)
		s->new_last = t->last;
}

/* The earliest frame of all tracks. SOURCE_END: none is open. */
static enum source_result earliest(struct source_files *s, struct track **at,
	const struct frame **next)
{
	enum source_result result = SOURCE_END;
	const struct frame *f = NULL;

	*next = NULL;
	for (size_t i = 0; i < s->open_end; i++) {
		struct track *t = &s->tracks[i];
		enum source_result has;

		if (!t->open)
			continue;
		has = look(s, t, &f);
		if (has == SOURCE_BEGIN || has == SOURCE_FINISH)
			return has;
		if (has == SOURCE_IDLE && !lane_grows(t->lane))
			return has; /* a pipe: all wait for it */
		if (result == SOURCE_END)
			result = has;
		if (has == SOURCE_FRAME && (!*next || f->at < (*next)->at)) {
			*next = f;
			*at = t;
			result = has;
		}
	}
	return result;
}

static enum source_result read_next(struct source_files *s, struct frame *out)
{
	const struct frame *next;
	struct track *t = NULL;
	enum source_result result;

	if (s->taken)
		lane_take(s->tracks[s->at].lane);
	s->taken = false;
	for (int i = 0; i < SKIPS; i++) {
		result = earliest(s, &t, &next);
		if (result == SOURCE_BEGIN || result == SOURCE_FINISH)
			return result;
		if (!s->stop && s->left > 0 && is_due(s, next) &&
			(result != SOURCE_IDLE || s->follow) &&
			(!next || free_track(s)))
			return begin_next(s);
		if (result != SOURCE_FRAME)
			break;
		give(s, t, next);
		if (passes(s, t, next)) {
			s->left -= s->left != UINT64_MAX;
			*out = *next;
			return SOURCE_FRAME;
		}
		lane_take(t->lane);
		s->taken = false;
	}
	if (result == SOURCE_END && s->follow && !s->stop && s->left > 0)
		result = SOURCE_IDLE;
	if (result == SOURCE_END)
		s->step = STEP_END;
	return result == SOURCE_FRAME ? SOURCE_IDLE : result;
}

enum source_result source_files_next(struct source_files *s,
	struct frame *out)
{
	enum source_result result = SOURCE_IDLE;

	switch (s->step) {
	case STEP_PEEK:
	case STEP_CHECK:
		if (s->step == STEP_PEEK ? peek_next(s) : check_next(s))
			break;
		s->prepared = 0;
		s->step++;
		break;
	case STEP_READ:
		result = read_next(s, out);
		if (s->offers >= 0 && s->next == s->in.n && !s->checking)
			look_for_offers(s, result == SOURCE_IDLE ? WAIT_MS
								 : 0);
		else if (s->follow && result == SOURCE_IDLE)
			poll(NULL, 0, WAIT_MS);
		break;
	case STEP_END: return SOURCE_END;
	}
	return result;
}

size_t source_files_track(const struct source_files *s)
{
	return s->at;
}

void source_files_state(struct source_files *s, size_t track,
	struct record_source *out)
{
	const struct track *t = &s->tracks[track];
	const struct input *in;
	const char *name, *slash;

	out->live = false;
	out->files = (uint32_t)s->files;
	out->files_done = (uint32_t)s->done;
	if (t->input >= s->in.n || !t->lane)
		return;
	in = &s->in.list[t->input];
	name = in->name;
	slash = strrchr(name, '/');
	if (strlen(name) >= RECORD_LABEL && slash)
		name = slash + 1;
	memcpy(out->id, t->id, sizeof out->id);
	memcpy(out->digest, t->digest, sizeof out->digest);
	out->known = t->known;
	out->state = t->state;
	text_clean(out->label, sizeof out->label, name, strlen(name));
	text_clean(out->reason, sizeof out->reason, t->reason,
		strlen(t->reason));
	out->file_done = t->known ? in->size : lane_done(t->lane);
	out->file_size = in->regular && in->size < out->file_done
		? out->file_done : in->size;
}

void source_files_stop(struct source_files *s)
{
	s->stop = 1;
	lane_stop(s->look);
	for (size_t i = 0; i < SOURCE_TRACKS; i++)
		if (s->tracks[i].lane && !lane_grows(s->tracks[i].lane))
			lane_stop(s->tracks[i].lane);
}
