/* command_ingest.c: capture and read, and -i and -r with the dashboard. */
#include "ui/commands.h"
#include "ui/dash/dash.h"
#include "ui/ingest.h"
#include "ui/progress.h"
#include "ui/when.h"
#include "capture/live/privileges.h"
#include "inventory/query.h"
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* "14 devices: 6 BASIC, 2 OAUTH": what the inventory holds now. */
static void summarise_devices(const char *db)
{
	struct query *q = NULL;
	struct device_list *l = NULL;
	bool first = true;

	if (!query_open(&q, db, NULL) || !query_devices(q, &l, NULL)) {
		query_close(q);
		return;
	}
	fprintf(stderr, "%zu device%s in '%s'", l->n, l->n == 1 ? "" : "s", db);
	for (int use = USE_BASIC; use >= 0; use--) {
		if (l->by_use[use] == 0)
			continue;
		fprintf(stderr, "%s %zu %s", first ? ":" : ",",
			l->by_use[use], auth_use_label((enum auth_use)use));
		first = false;
	}
	if (l->mtas > 0)
		fprintf(stderr, "%s %zu MTA", first ? ":" : ",", l->mtas);
	fputc('\n', stderr);
	device_list_free(l);
	query_close(q);
}

static void summarise(const struct options *o,
	const struct ingest_summary *s)
{
	char bytes[BYTES_TEXT], span[WHEN_TEXT], first[WHEN_TEXT];
	char last[WHEN_TEXT];

	fprintf(stderr, "mailcensus: %s%" PRIu64 " packets (%s) in %s",
		s->stopped ? "stopped after " : "", s->packets,
		bytes_format(s->bytes, bytes), when_span(s->took, span));
	if (s->first_seen > 0)
		fprintf(stderr, ", of %s to %s UTC",
			when_format(s->first_seen / 1000, first),
			when_format(s->last_seen / 1000, last));
	if (s->dropped > 0)
		fprintf(stderr, "; %" PRIu64 " dropped", s->dropped);
	if (s->gaps > 0)
		fprintf(stderr, "; %" PRIu64 " gaps", s->gaps);
	if (s->not_understood > 0)
		fprintf(stderr, "; %" PRIu64 " not TCP, UDP or ARP",
			s->not_understood);
	if (s->malformed > 0)
		fprintf(stderr, "; %" PRIu64 " malformed", s->malformed);
	if (s->lost_records > 0)
		fprintf(stderr, "; %" PRIu64 " records lost", s->lost_records);
	fprintf(stderr, "; ");
	summarise_devices(o->db);
	if (s->incomplete > 0)
		fprintf(stderr, "mailcensus: incomplete: %s%s\n", s->reason,
			s->incomplete > 1 ? ", and others" : "");
}

static int status_of(const struct options *o, const struct ingest_summary *s)
{
	if (s->incomplete > 0 || s->lost_records > 0 ||
		(o->max_drop_set && s->dropped > o->max_drop))
		return EXIT_INCOMPLETE;
	return 0;
}

int command_ingest(const struct options *o, struct err *e)
{
	struct ingest_summary s;
	struct ingest *in;
	bool ok, progress = !o->quiet && isatty(STDERR_FILENO);

	if (!ingest_start(&in, o, e))
		return e->kind;
	if (o->command == CMD_CAPTURE && !o->quiet)
		fprintf(stderr, "mailcensus: capturing into '%s'; "
			"'mailcensus ui -d %s' shows it, Ctrl-C ends it\n",
			o->db, o->db);
	ok = ingest_run(in, progress, &s, e);
	ingest_free(in);
	if (!o->quiet)
		summarise(o, &s);
	return ok ? status_of(o, &s) : (int)e->kind;
}

/* ---- with the dashboard ---------------------------------------------- */

/* What the inventory process tells the dashboard's: that it has started, and
 * at the end what came of it. */
struct news {
	bool ok;
	struct err err;
	struct ingest_summary summary;
};

static void tell(int fd, const struct news *n)
{
	/* At most PIPE_BUF: one write, whole. */
	_Static_assert(sizeof *n <= 4096, "news must fit a pipe's unit");
	if (write(fd, n, sizeof *n) != sizeof *n)
		_exit(ERR_RUN);
}

static bool hear(int fd, struct news *n)
{
	ssize_t got;

	do
		got = read(fd, n, sizeof *n);
	while (got < 0 && errno == EINTR);
	return got == sizeof *n;
}

/* The inventory process behind a dashboard. */
static void run_behind(const struct options *o, int fd)
{
	struct news n = {0};
	struct ingest *in;

	/* The keys of the terminal are the dashboard's. */
	setpgid(0, 0);
	n.ok = ingest_start(&in, o, &n.err);
	tell(fd, &n);
	if (!n.ok)
		_exit(n.err.kind);
	/* Not before: a change of user takes it back. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	n.ok = ingest_run(in, false, &n.summary, &n.err);
	ingest_free(in);
	tell(fd, &n);
	_exit(0);
}

static enum dash_colour dash_colour(enum colour c)
{
	return c == COLOUR_NEVER ? DASH_COLOUR_NEVER
		: c == COLOUR_ALWAYS ? DASH_COLOUR_ALWAYS
		: DASH_COLOUR_AUTO;
}

static struct dash_options dash_options(const struct options *o)
{
	return (struct dash_options){
		.db = o->db,
		.version = MAILCENSUS_VERSION,
		.source = o->interfaces_n > 0 ? o->interfaces[0]
			: o->files_n > 0      ? o->files[0]
					      : o->db,
		.colour = dash_colour(o->colour),
		.mouse = !o->mouse_off,
	};
}

/* The dashboard is left: the inventory process commits and says goodbye. */
static int finish_behind(const struct options *o, pid_t pid, int fd,
	enum dash_end end, struct err *e)
{
	struct news n;
	int status;

	kill(pid, SIGTERM);
	if (!hear(fd, &n)) {
		n = (struct news){0};
		err_set(&n.err, ERR_RUN, "the inventory process has ended "
			"unexpectedly; what it wrote is in '%s'", o->db);
	}
	waitpid(pid, &status, 0);
	if (end == DASH_HANGUP)
		return 0;
	if (!n.ok) {
		*e = n.err;
		return e->kind;
	}
	if (!o->quiet)
		summarise(o, &n.summary);
	return status_of(o, &n.summary);
}

static int watch_on_screen(const struct options *o, struct err *e)
{
	struct dash_options d = dash_options(o);
	enum dash_end end;
	struct privileges who;
	struct news n;
	int fds[2], status;
	pid_t pid;

	d.owns_capture = true;
	if (pipe(fds) != 0 || (pid = fork()) < 0) {
		err_set(e, ERR_RUN, "cannot start: %s", strerror(errno));
		return e->kind;
	}
	if (pid == 0) {
		close(fds[0]);
		run_behind(o, fds[1]);
	}
	close(fds[1]);
	if (!hear(fds[0], &n) || !n.ok) {
		waitpid(pid, &status, 0);
		if (n.err.kind == ERR_NONE)
			err_set(&n.err, ERR_RUN,
				"the inventory process did not start");
		*e = n.err;
		return e->kind;
	}
	if (!privileges_choose(&who, o->user, e) ||
		!privileges_drop(&who, e)) {
		kill(pid, SIGTERM);
		return e->kind;
	}
	end = dash_run(&d, e);
	status = finish_behind(o, pid, fds[0], end, e);
	close(fds[0]);
	return end == DASH_FAILED ? (int)e->kind : status;
}

int command_watch(const struct options *o, struct err *e)
{
	int status;

	if (isatty(STDOUT_FILENO))
		return watch_on_screen(o, e);
	status = command_ingest(o, e);
	if (status == 0 || status == EXIT_INCOMPLETE) {
		int shown = command_list(o, e);

		status = shown != 0 ? shown : status;
	}
	return status;
}

int command_ui(const struct options *o, struct err *e)
{
	struct dash_options d = dash_options(o);

	return dash_run(&d, e) == DASH_FAILED ? (int)e->kind : 0;
}
