/* source_files.c: see source_files.h. One reader serves all files, in the order
 * of their first packets. */
#include "capture/live/source_files.h"
#include "capture/base/bytes.h"
#include "capture/base/text.h"
#include "capture/live/filter.h"
#include "capture/live/inputs.h"
#include "capture/live/reader.h"
#include <openssl/evp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SKIPS = 4096, /* frames left out by a filter without a word */
	HASHED = 64 * 1024,
	HASHED_HEADERS = 40,  /* IPv4 and TCP, no payload */
};

enum step { STEP_PEEK, STEP_NEXT, STEP_READ, STEP_END };

struct source_files {
	struct inputs in;
	size_t peeked;
	size_t at;     /* the file that is read or was last, SIZE_MAX: none */
	size_t next, done;
	enum step step;
	volatile sig_atomic_t stop;
	uint64_t left; /* frames to be given out; UINT64_MAX: all */

	struct filter *filter; /* or NULL */
	uint64_t unfiltered;   /* frames of this file it knows nothing of */
	int unfiltered_link;

	EVP_MD_CTX *hash;
	uint8_t id[32];
	uint8_t state; /* enum record_state */
	char reason[RECORD_LABEL];
	bool begun; /* SOURCE_BEGIN was said */
	struct frame held; /* a pipe's first frame waits for SOURCE_BEGIN */
	bool holds;

	struct reader *reader;
};

/* SHA-256 of two pieces; all zero where libcrypto fails. */
static void digest(struct source_files *s, const void *a, size_t an,
	const void *b, size_t bn, uint8_t out[32])
{
	memset(out, 0, 32);
	if (EVP_DigestInit_ex(s->hash, EVP_sha256(), NULL) == 1 &&
		EVP_DigestUpdate(s->hash, a, an) == 1 &&
		EVP_DigestUpdate(s->hash, b, bn) == 1)
		EVP_DigestFinal_ex(s->hash, out, NULL);
}

bool source_files_open(struct source_files **out,
	const struct source_options *o, struct err *e)
{
	struct filter_rules rules = {.expression = o->filter};
	struct source_files *s = calloc(1, sizeof *s);
	bool ok = false;

	if (s) {
		s->reader = reader_new();
		s->hash = EVP_MD_CTX_new();
	}
	if (!s || !s->reader || !s->hash) {
		err_set(e, ERR_RUN, "cannot read captures: not enough memory");
		goto out;
	}
	/* libcrypto sets itself up at first use, which reads files. */
	digest(s, "", 0, "", 0, s->id);
	s->at = SIZE_MAX;
	s->left = o->max_packets > 0 ? o->max_packets : UINT64_MAX;
	if (!inputs_open(&s->in, o->files, o->files_n, e))
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
	reader_free(s->reader);
	EVP_MD_CTX_free(s->hash);
	inputs_close(&s->in);
	filter_close(s->filter);
	free(s);
}

/* When a stored file's first packet was, and whether it is a capture. */
static void peek(struct source_files *s, struct input *in)
{
	struct frame f;

	reader_begin(s->reader, in->fd, in->regular, in->base);
	if (reader_next(s->reader, &f) == READER_FRAME)
		in->first = f.at;
	in->unread = in->found && !s->stop && !reader_is_capture(s->reader);
	reader_wipe(s->reader);
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

/* Once all are peeked at. */
static void put_in_order(struct source_files *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->in.n; i++) {
		if (s->in.list[i].unread) {
			close(s->in.list[i].fd);
			free(s->in.list[i].name);
			continue;
		}
		s->in.list[kept++] = s->in.list[i];
	}
	s->in.n = kept;
	if (kept > 0)
		qsort(s->in.list, kept, sizeof *s->in.list, by_time);
}

/* Inside the sandbox, and so not part of opening: a file's first block is as
 * hostile as the rest. One file a call; false: all done. */
static bool peek_next(struct source_files *s)
{
	struct input *in;

	if (s->peeked == s->in.n || s->stop) {
		put_in_order(s);
		return false;
	}
	in = &s->in.list[s->peeked++];
	if (in->regular && (in->found || s->in.n > 1))
		peek(s, in);
	return true;
}

/* The first 64 KiB and the size tell one capture from another, since packets'
 * times are in them; all of it would have to be read twice. */
static void fingerprint(struct source_files *s, const struct input *in)
{
	uint8_t size[8], head[HASHED];
	struct wr w = wr_init(size, sizeof size);
	ssize_t n = pread(in->fd, head, sizeof head, (off_t)in->base);

	wr_be64(&w, in->size);
	digest(s, size, sizeof size, head, n > 0 ? (size_t)n : 0, s->id);
	bytes_wipe(head, sizeof head);
}

/* Of a pipe only what has come is known: its first packet, or nothing. */
static void fingerprint_pipe(struct source_files *s, const struct frame *f)
{
	uint8_t head[32] = {0};
	struct wr w = wr_init(head, sizeof head);
	size_t n = 0;

	if (f) {
		wr_be64(&w, (uint64_t)f->at);
		wr_be64(&w, (uint64_t)f->link);
		wr_be64(&w, f->n);
		wr_be64(&w, f->wire_n);
		n = f->n < HASHED_HEADERS ? f->n : HASHED_HEADERS;
	}
	digest(s, head, sizeof head, f ? f->p : head, n, s->id);
}

static void file_begin(struct source_files *s)
{
	const struct input *in = &s->in.list[s->at];

	s->state = RECORD_RUNNING;
	s->reason[0] = 0;
	s->unfiltered = 0;
	s->begun = s->holds = false;
	s->step = STEP_READ;
	if (in->regular) {
		fingerprint(s, in);
		s->begun = true;
	}
	reader_begin(s->reader, in->fd, in->regular, in->base);
}

static enum source_result file_finish(struct source_files *s,
	enum record_state state)
{
	struct input *in = &s->in.list[s->at];

	if (!s->begun) {
		/* A pipe without a packet: it begins before it ends. The next
		 * call comes here again. */
		fingerprint_pipe(s, NULL);
		s->begun = true;
		return SOURCE_BEGIN;
	}
	s->state = (uint8_t)state;
	if (state == RECORD_DONE && s->unfiltered > 0)
		snprintf(s->reason, sizeof s->reason,
			"the filter means nothing on link type %d: "
			"%llu frames left out",
			s->unfiltered_link, (unsigned long long)s->unfiltered);
	reader_wipe(s->reader);
	close(in->fd);
	in->fd = -1;
	s->done++;
	s->step = STEP_NEXT;
	return SOURCE_FINISH;
}

static enum source_result file_damaged(struct source_files *s)
{
	snprintf(s->reason, sizeof s->reason, "%s", reader_reason(s->reader));
	return file_finish(s,
		reader_is_capture(s->reader) ? RECORD_CUT : RECORD_FAILED);
}

static bool passes(struct source_files *s, const struct frame *f)
{
	if (!s->filter || filter_matches(s->filter, f))
		return true;
	if (!filter_applies(s->filter, f->link)) {
		s->unfiltered++;
		s->unfiltered_link = f->link;
	}
	return false;
}

/* A frame was read. SOURCE_END: it is none to give out, ask again. */
static enum source_result file_frame(struct source_files *s, struct frame *f)
{
	if (!s->begun) {
		fingerprint_pipe(s, f);
		s->begun = s->holds = true;
		s->held = *f;
		return SOURCE_BEGIN;
	}
	s->holds = false;
	if (!passes(s, f))
		return SOURCE_END;
	if (s->left != UINT64_MAX)
		s->left--;
	return SOURCE_FRAME;
}

static enum source_result file_read(struct source_files *s, struct frame *out)
{
	if (s->stop) {
		snprintf(s->reason, sizeof s->reason, "stopped before its end");
		return file_finish(s, RECORD_CUT);
	}
	if (s->left == 0)
		return file_finish(s, RECORD_DONE);
	if (s->holds) {
		*out = s->held;
		return file_frame(s, out);
	}
	switch (reader_next(s->reader, out)) {
	case READER_FRAME:
		return file_frame(s, out);
	case READER_IDLE:
		return SOURCE_IDLE;
	case READER_END:
		return file_finish(s, RECORD_DONE);
	case READER_BAD:
		break;
	}
	return file_damaged(s);
}

enum source_result source_files_next(struct source_files *s,
	struct frame *out)
{
	enum source_result result = SOURCE_END;

	if (s->step == STEP_PEEK) {
		if (peek_next(s))
			return SOURCE_IDLE;
		s->step = STEP_NEXT;
	}
	if (s->step == STEP_NEXT) {
		if (s->next == s->in.n || s->left == 0 || s->stop) {
			s->step = STEP_END;
			return SOURCE_END;
		}
		s->at = s->next++;
		file_begin(s);
		if (s->begun)
			return SOURCE_BEGIN;
	}
	/* The caller has a clock to look at, and signals. */
	for (int i = 0; i < SKIPS && result == SOURCE_END; i++) {
		if (s->step != STEP_READ)
			return SOURCE_END;
		result = file_read(s, out);
	}
	return result == SOURCE_END ? SOURCE_IDLE : result;
}

void source_files_state(struct source_files *s, struct record_source *out)
{
	const struct input *in;
	const char *name, *slash;

	out->live = false;
	out->files = (uint32_t)s->in.n;
	out->files_done = (uint32_t)s->done;
	if (s->at >= s->in.n)
		return;
	in = &s->in.list[s->at];
	name = in->name;
	slash = strrchr(name, '/');
	if (strlen(name) >= RECORD_LABEL && slash)
		name = slash + 1;
	memcpy(out->id, s->id, sizeof out->id);
	out->state = s->state;
	text_clean(out->label, sizeof out->label, name, strlen(name));
	text_clean(out->reason, sizeof out->reason, s->reason,
		strlen(s->reason));
	out->file_done = reader_done(s->reader);
	out->file_size = in->size;
}

void source_files_stop(struct source_files *s)
{
	s->stop = 1;
	reader_stop(s->reader);
}
