/* source.h: where frames come from: interfaces and capture files. The only
 * includers of pcap.h are port.c and filter*.
 *
 * Opening happens while privileged; reading happens inside the sandbox, where
 * nothing can be opened any more. */
#pragma once
#include "capture/base/err.h"
#include "capture/decode/frame.h"
#include "capture/session/record.h"

struct source;

struct source_options {
	const char *const *interfaces; /* live, or */
	size_t interfaces_n;
	const char *const *files; /* files, folders, "-": reading */
	size_t files_n;
	const char *filter;  /* a BPF expression, or NULL */
	bool any_port;       /* live: no filter of our own */
	bool promiscuous;
	int ring_kib;        /* -B; 0: the default */
	int snaplen;         /* 0: the default, whole frames */
	uint64_t max_packets; /* -c; 0: no limit */
};

/* Opens everything that is named. Files of folders are those that begin like
 * a capture; all are sorted by the time of their first packet. */
bool source_open(struct source **out, const struct source_options *o,
	struct err *e);
void source_close(struct source *s);

enum source_result {
	SOURCE_FRAME,  /* *out is borrowed until the next call */
	SOURCE_IDLE,   /* an interface or a pipe: nothing came for 100 ms, or a
			* signal did; a file: nothing to tell yet */
	SOURCE_BEGIN,  /* the next file begins: see source_state() */
	SOURCE_FINISH, /* it ended: state and reason tell how */
	SOURCE_END,    /* nothing more will come */
};

enum source_result source_next(struct source *s, struct frame *out);

/* Overwrites the frame's bytes: they may hold a password, and the buffer
 * lives on. Valid for the frame last returned. */
void source_wipe(struct source *s, const struct frame *f);

/* Fills in what the source knows: id, label, live, state, reason, dropped,
 * file_done, file_size, files_done, files; from the first SOURCE_BEGIN on.
 *
 * All interfaces together are one source, since a tap spreads a conversation
 * over two. One that goes while others stay is the reason of a source that
 * still runs, and in the end is cut. */
void source_state(struct source *s, struct record_source *out);

/* Safe in a signal handler: source_next() soon says SOURCE_END. */
void source_stop(struct source *s);
