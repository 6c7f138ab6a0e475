/* ingest.c: see ingest.h. */
#include "ui/ingest.h"
#include "capture/live/capture_process.h"
#include "capture/live/privileges.h"
#include "capture/live/watch.h"
#include "capture/session/wire.h"
#include "inventory/db.h"
#include "inventory/query.h"
#include "inventory/write.h"
#include "ui/progress.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000) /* us */

enum {
	BUFFER = 64 * WIRE_MAX,
	SOURCES_MAX = 1 << 16,
	PATHS_MAX = 128, /* files looked into for the sake of others */
};

struct ingest {
	const struct options *options;
	struct capture *capture;
	struct watch *watch; /* or NULL */
	char **real; /* where the files that were named lie; NULL: not known */
	/* All NULL where nothing is to be stored. */
	struct db *db;
	struct query *query;
	struct writer *writer;
	int signals; /* a signalfd */
	bool ended, stopped, speaks;
	uint64_t sessions;
	uint32_t known; /* files left out */
	char known_label[RECORD_LABEL]; /* the first */
	uint64_t devices_before, sessions_before;
	int64_t began, committed, shown, looked; /* us, monotonic */
	struct record_source *sources;   /* the last word of each */
	size_t sources_n;
	size_t have; /* bytes of buffer */
	uint8_t buffer[BUFFER];
	struct record record;
};

static int64_t clock_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * SECOND + t.tv_nsec / 1000;
}

/* ---- start ----------------------------------------------------------- */

static int block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* What the capture process needs to know of the files that were read. */
static struct source_known *known_of(const struct file_list *l)
{
	struct source_known *v = calloc(l->n + 1, sizeof *v);

	for (size_t i = 0; v && i < l->n; i++) {
		const struct file_known *f = &l->v[i];

		v[i] = (struct source_known){
			.packets = f->packets, .size = f->size,
			.first = f->first_seen * 1000,
			.last = f->last_seen * 1000,
			.label = f->label,
			.path = i < PATHS_MAX ? f->path : NULL,
		};
		memcpy(v[i].id, f->id, sizeof v[i].id);
		memcpy(v[i].digest, f->digest, sizeof v[i].digest);
	}
	return v;
}

static struct source_span *spans_of(const struct file_list *l)
{
	struct source_span *v = calloc(l->partial_n + 1, sizeof *v);

	for (size_t i = 0; v && i < l->partial_n; i++) {
		const struct file_partial *p = &l->partial[i];

		v[i] = (struct source_span){p->first_seen * 1000,
			p->last_seen * 1000, p->midstream, p->open};
	}
	return v;
}

static struct capture_options capture_options(const struct options *o,
	const struct db *db)
{
	struct capture_options c = {
		.source = {
			.interfaces = o->interfaces,
			.interfaces_n = o->interfaces_n,
			.files = o->files,
			.files_n = o->files_n,
			.filter = o->bpf,
			.any_port = o->any_port,
			.promiscuous = !o->no_promiscuous,
			.ring_kib = o->ring_kib,
			.snaplen = o->snaplen,
			.max_packets = o->max_packets,
			.again = o->again,
			.follow = o->follow,
		},
		.memory = (size_t)o->memory << 20,
	};

	if (db)
		db_sensor(db, c.sensor);
	return c;
}

/* While privileged: later some folders cannot be walked any more. */
static char **real_paths(const struct options *o)
{
	char **real = calloc(o->files_n + 1, sizeof *real);

	for (size_t i = 0; real && i < o->files_n; i++)
		real[i] = realpath(o->files[i], NULL);
	return real;
}

static bool start_capture(struct ingest *in, struct err *e)
{
	struct capture_options c = capture_options(in->options, in->db);
	struct file_list *files;
	struct source_known *known;
	struct source_span *spans;
	bool ok;

	if (in->options->follow && !watch_open(&in->watch, c.source.files,
			c.source.files_n, e))
		return false;
	if (c.source.files_n == 0 || !in->query)
		return capture_start(&in->capture, &c, e);
	in->real = real_paths(in->options);
	if (!query_files(in->query, &files, e))
		return false;
	known = known_of(files);
	c.source.known = known;
	c.source.known_n = known ? files->n : 0;
	c.source.spans = spans = spans_of(files);
	c.source.spans_n = spans ? files->partial_n : 0;
	ok = capture_start(&in->capture, &c, e);
	free(known);
	free(spans);
	file_list_free(files);
	return ok;
}

static bool open_inventory(struct ingest *in, struct err *e)
{
	const struct options *o = in->options;

	return db_open(&in->db, o->db, e) &&
		db_use_rules(in->db, o->rules, o->rules_n, e) &&
		db_use_vendors(in->db, o->oui_file, e) &&
		query_open(&in->query, o->db, e) &&
		query_totals(in->query, &in->devices_before,
			&in->sessions_before, e);
}

bool ingest_start(struct ingest **out, const struct options *o,
	struct err *e)
{
	struct ingest *in = calloc(1, sizeof *in);
	struct privileges who;
	bool opened;

	if (!in)
		return err_set(e, ERR_RUN, "out of memory");
	in->options = o;
	in->signals = -1;
	if (!privileges_choose(&who, o->user, e))
		goto fail;
	/* The inventory's files are to be the caller's, but the interface
	 * needs root: so the inventory is opened as the one, then the
	 * sources as the other, and only then is root given up for good. */
	if (!privileges_assume(&who, e))
		goto fail;
	opened = o->dry_run || open_inventory(in, e);
	if (!privileges_resume(&who, opened ? e : NULL) || !opened)
		goto fail;
	if (!start_capture(in, e) ||
		!privileges_drop(&who, e) ||
		(in->db && !writer_open(&in->writer, in->db, e)))
		goto fail;
	in->signals = block_signals();
	in->began = clock_us(CLOCK_MONOTONIC);
	*out = in;
	return true;
fail:
	/* A mistyped name of a capture is not to leave an inventory. */
	query_close(in->query);
	in->query = NULL;
	db_abandon(in->db);
	in->db = NULL;
	ingest_free(in);
	return false;
}

struct query *ingest_query(const struct ingest *in)
{
	return in->query;
}

const struct record_source *ingest_sources(const struct ingest *in,
	size_t *n)
{
	*n = in->sources_n;
	return in->sources;
}

void ingest_free(struct ingest *in)
{
	if (!in)
		return;
	if (in->capture)
		capture_close(in->capture, NULL);
	watch_close(in->watch);
	writer_close(in->writer, NULL);
	query_close(in->query);
	db_close(in->db);
	for (size_t i = 0; in->real && i < in->options->files_n; i++)
		free(in->real[i]);
	free(in->real);
	free(in->sources);
	if (in->signals >= 0)
		close(in->signals);
	free(in);
}

/* ---- records --------------------------------------------------------- */

/* True if it is the first that is heard of it. */
static bool note_source(struct ingest *in, const struct record_source *s)
{
	struct record_source *more;

	if (s->known && in->known++ == 0)
		memcpy(in->known_label, s->label, sizeof in->known_label);
	for (size_t i = in->sources_n; i-- > 0;) {
		if (memcmp(in->sources[i].id, s->id, sizeof s->id) == 0) {
			/* A copy of what this run has read. */
			if (!s->known)
				in->sources[i] = *s;
			return false;
		}
	}
	if (in->sources_n >= SOURCES_MAX)
		return true;
	more = realloc(in->sources, (in->sources_n + 1) * sizeof *more);
	if (!more)
		return true;
	in->sources = more;
	in->sources[in->sources_n++] = *s;
	return true;
}

/* Of a file that was named, or is in a folder that was. */
static char *path_of(const struct ingest *in, const char *label)
{
	const struct options *o = in->options;
	char *path = NULL;

	for (size_t i = 0; in->real && i < o->files_n; i++) {
		size_t n = strlen(o->files[i]);
		const char *rest = label + n;

		if (!in->real[i] || strncmp(label, o->files[i], n) != 0)
			continue;
		if (*rest == '\0')
			return strdup(in->real[i]);
		if (*rest != '/' && o->files[i][n - 1] != '/')
			continue;
		if (asprintf(&path, "%s/%s", in->real[i],
			    *rest == '/' ? rest + 1 : rest) < 0)
			return NULL;
		return path;
	}
	return NULL;
}

/* Where a file lies: one day a part of the same conversations may be read. */
static bool note_path(struct ingest *in, const struct record_source *s,
	struct err *e)
{
	char *path = s->live ? NULL : path_of(in, s->label);
	bool ok = !path || writer_path(in->writer, s->id, path, e);

	free(path);
	return ok;
}

static bool take_records(struct ingest *in, struct err *e)
{
	int64_t wall = clock_us(CLOCK_REALTIME);
	size_t at = 0;

	for (;;) {
		size_t used = 0;
		bool fresh = false;
		enum wire_result r = wire_decode(in->buffer + at,
			in->have - at, &used, &in->record);

		if (r == WIRE_MORE)
			break;
		if (r == WIRE_BAD)
			return err_set(e, ERR_RUN, "the capture process sent "
				"what it must not; what was read until then "
				"is in '%s'", in->options->db);
		at += used;
		if (in->record.kind == RECORD_SOURCE)
			fresh = note_source(in, &in->record.source);
		else if (in->record.kind == RECORD_SESSION)
			in->sessions++;
		if (in->writer && (!writer_record(in->writer, &in->record,
				wall, e) || (fresh && !note_path(in,
				&in->record.source, e))))
			return false;
	}
	in->have -= at;
	memmove(in->buffer, in->buffer + at, in->have);
	return true;
}

static bool read_socket(struct ingest *in, struct err *e)
{
	ssize_t n = read(capture_fd(in->capture), in->buffer + in->have,
		sizeof in->buffer - in->have);

	if (n > 0) {
		in->have += (size_t)n;
		return take_records(in, e);
	}
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	in->ended = true;
	return true;
}

/* ---- the loop -------------------------------------------------------- */

static void read_signals(struct ingest *in)
{
	struct signalfd_siginfo info;

	while (read(in->signals, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo == SIGUSR1) {
			progress_statistics(in->sources, in->sources_n,
				in->sessions);
			continue;
		}
		in->stopped = true;
		capture_stop(in->capture);
	}
}

/* A file that cannot be followed is told of, and the others go on. */
static void look_for_files(struct ingest *in)
{
	struct err e;

	if (in->watch && !in->stopped &&
		!watch_look(in->watch, capture_fd(in->capture), &e) &&
		!in->options->quiet && in->speaks)
		fprintf(stderr, "mailcensus: %s\n", e.text);
}

static bool commit(struct ingest *in, int64_t now, struct err *e)
{
	if (!in->writer || now - in->committed < SECOND)
		return true;
	in->committed = now;
	return writer_tick(in->writer, e);
}

static bool loop(struct ingest *in, bool progress, struct err *e)
{
	struct pollfd fds[] = {
		{capture_fd(in->capture), POLLIN, 0},
		{in->signals, POLLIN, 0},
	};

	while (!in->ended) {
		int64_t now;

		if (poll(fds, 2, 250) < 0 && errno != EINTR)
			return err_set(e, ERR_RUN, "cannot wait: %s",
				strerror(errno));
		if (fds[1].revents)
			read_signals(in);
		if (fds[0].revents && !read_socket(in, e))
			return false;
		now = clock_us(CLOCK_MONOTONIC);
		if (now - in->looked >= SECOND / 4) {
			in->looked = now;
			look_for_files(in);
		}
		if (!commit(in, now, e))
			return false;
		if (progress && now - in->shown >= SECOND / 4) {
			in->shown = now;
			progress_line(in->sources, in->sources_n,
				now - in->began);
		}
	}
	return true;
}

static void sum_up(const struct ingest *in, struct ingest_summary *s)
{
	*s = (struct ingest_summary){
		.sessions = in->sessions,
		.stopped = in->stopped,
		.known = in->known,
		.devices_before = in->devices_before,
		.sessions_before = in->sessions_before,
		.took = clock_us(CLOCK_MONOTONIC) - in->began,
	};
	memcpy(s->known_label, in->known_label, sizeof s->known_label);
	for (size_t i = 0; i < in->sources_n; i++) {
		const struct record_source *r = &in->sources[i];

		if (r->known)
			continue;
		s->sources++;
		s->packets += r->packets;
		s->bytes += r->bytes;
		s->dropped += r->dropped;
		s->lost_records += r->lost_records;
		s->gaps += r->gaps;
		s->found += r->sessions;
		s->one_sided += r->one_sided;
		s->lossy += r->lossy;
		s->not_understood += r->not_understood;
		s->malformed += r->malformed;
		if (r->first_seen > 0 &&
			(s->first_seen == 0 || r->first_seen < s->first_seen))
			s->first_seen = r->first_seen;
		if (r->last_seen > s->last_seen)
			s->last_seen = r->last_seen;
		if (r->state != RECORD_CUT && r->state != RECORD_FAILED)
			continue;
		if (s->incomplete++ == 0)
			snprintf(s->reason, sizeof s->reason, "'%s': %s",
				r->label, r->reason);
	}
}

bool ingest_run(struct ingest *in, bool speaks, bool progress,
	struct ingest_summary *out, struct err *e)
{
	bool ok;

	in->speaks = speaks;
	ok = loop(in, progress, e);

	if (progress)
		progress_clear();
	/* Whatever happened, what was read is kept. */
	if (in->writer)
		ok = writer_commit(in->writer, ok ? e : NULL) && ok;
	ok = capture_close(in->capture, ok ? e : NULL) && ok;
	in->capture = NULL;
	sum_up(in, out);
	return ok;
}
