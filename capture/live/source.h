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
	int ring_kib;        /* -B; 0: by the rate of what comes */
	int snaplen;         /* 0: the default, whole frames */
	uint64_t max_packets; /* -c; 0: no limit */
	/* Of files: */
	const struct source_known *known; /* those that were read before */
	size_t known_n;
	const struct source_span *spans; /* sessions that are not whole */
	size_t spans_n;
	bool again;  /* they are read all the same */
	bool follow; /* wait for more of the last one, and for more files */
	int offers;  /* follow: the socket by which they come: offer.h */
};

/* A file that was read before, and whole where it has a digest: by what it is
 * known again. */
struct source_known {
	uint8_t id[32], digest[32];
	uint64_t packets, size; /* size: as it was stored */
	int64_t first, last;    /* ns */
	const char *label; /* its name */
	const char *path;  /* where it lay, or NULL */
};

/* A session that another capture may complete: in the middle, and at its ends
 * where these were not seen. Packet time, ns. */
struct source_span {
	int64_t first, last;
	bool midstream, open;
};

/* Opens everything that is named. Files of folders are those that begin like
 * a capture. All are one stream: files follow each other by the time of their
 * first packets, and where several lie side by side in time, by the time of
 * each packet.
 *
 * What was read before is left out, unless sessions go on from it into what
 * was not, or from there into it: for their sake it is read again, also where
 * nobody named it. */
bool source_open(struct source **out, const struct source_options *o,
	struct err *e);
void source_close(struct source *s);

enum source_result {
	SOURCE_FRAME,  /* *out is borrowed until the next call */
	SOURCE_IDLE,   /* an interface or a pipe: nothing came for 100 ms, or a
			* signal did; a file: nothing to tell yet */
	SOURCE_BEGIN,  /* the next file begins: see source_state() */
	SOURCE_FINISH, /* it ended: state and reason tell how */
	SOURCE_KNOWN,  /* a file that was read before: left out */
	SOURCE_END,    /* nothing more will come */
};

enum source_result source_next(struct source *s, struct frame *out);

/* Overwrites the frame's bytes: they may hold a password, and the buffer
 * lives on. Valid for the frame last returned. */
void source_wipe(struct source *s, const struct frame *f);

/* Files that lie side by side in time are read together, so many. */
enum { SOURCE_TRACKS = 16 };
/* Which of them the last result was about. */
size_t source_track(const struct source *s);

/* Fills in what the source knows of a track that has begun and not yet
 * finished, or is what the last result was about: id, digest, known, label,
 * live, state, reason, dropped, if_dropped, file_done, file_size, files_done,
 * files.
 *
 * All interfaces together are one source, since a tap spreads a conversation
 * over two. One that goes while others stay is the reason of a source that
 * still runs, and in the end is cut. */
void source_state(struct source *s, size_t track, struct record_source *out);

/* Safe in a signal handler: source_next() soon says SOURCE_END. */
void source_stop(struct source *s);
