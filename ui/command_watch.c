/* command_watch.c: the dashboard: with a capture of its own (-i, -r), or alone
 * (ui). */
#include "ui/choose.h"
#include "ui/commands.h"
#include "ui/dash/dash.h"
#include "ui/ingest.h"
#include "ui/summary.h"
#include "capture/live/privileges.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the inventory process tells the dashboard's: that it has started, and
 * at the end what came of it. */
struct news {
	bool ok;
	struct err err;
	int status;
	char summary[2048];
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
static _Noreturn void run_behind(const struct options *o, int fd)
{
	struct news n = {0};
	struct ingest_summary s;
	struct ingest *in;
	FILE *text;

	/* The keys of the terminal are the dashboard's. */
	setpgid(0, 0);
	n.ok = ingest_start(&in, o, &n.err);
	tell(fd, &n);
	if (!n.ok)
		_exit(n.err.kind);
	/* Not before: a change of user takes it back. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	n.ok = ingest_run(in, false, false, &s, &n.err);
	n.status = summary_status(&s, o);
	text = fmemopen(n.summary, sizeof n.summary, "w");
	if (text) {
		summary_print(&s, o, ingest_query(in), text);
		fclose(text);
	}
	ingest_free(in);
	tell(fd, &n);
	_exit(0);
}

static bool start_behind(const struct options *o, pid_t *pid, int *fd,
	struct err *e)
{
	struct news n = {0};
	int fds[2];

	if (pipe(fds) != 0 || (*pid = fork()) < 0)
		return err_set(e, ERR_RUN, "cannot start: %s",
			strerror(errno));
	if (*pid == 0) {
		close(fds[0]);
		run_behind(o, fds[1]);
	}
	close(fds[1]);
	*fd = fds[0];
	if (hear(*fd, &n) && n.ok)
		return true;
	waitpid(*pid, NULL, 0);
	close(*fd);
	if (n.err.kind == ERR_NONE)
		return err_set(e, ERR_RUN,
			"the inventory process did not start");
	*e = n.err;
	return false;
}

/* The dashboard is left: the inventory process commits and says goodbye. */
static int finish_behind(const struct options *o, pid_t pid, int fd,
	bool quiet, struct err *e)
{
	struct news n = {0};
	bool heard;

	kill(pid, SIGTERM);
	heard = hear(fd, &n);
	waitpid(pid, NULL, 0);
	close(fd);
	if (!heard) {
		err_set(e, ERR_RUN, "the inventory process has ended "
			"unexpectedly; what it wrote is in '%s'", o->db);
		return e->kind;
	}
	if (!quiet)
		fputs(n.summary, stderr);
	if (!n.ok)
		*e = n.err;
	return n.ok ? n.status : (int)e->kind;
}

/* A reader that is open before rights are dropped: started as root by root,
 * nobody could open the file any more. */
static bool open_and_drop(const struct options *o, struct query **q,
	struct err *e)
{
	struct privileges who;
	bool opened;

	if (!privileges_choose(&who, o->user, e) ||
		!privileges_assume(&who, e))
		return false;
	/* The dashboard waits for one that is not there yet. */
	opened = access(o->db, F_OK) != 0 || query_open(q, o->db, e);
	return privileges_resume(&who, opened ? e : NULL) && opened &&
		privileges_drop(&who, e);
}

static enum dash_colour dash_colour(enum colour c)
{
	switch (c) {
	case COLOUR_ALWAYS: return DASH_COLOUR_ALWAYS;
	case COLOUR_NEVER: return DASH_COLOUR_NEVER;
	case COLOUR_AUTO: break;
	}
	return DASH_COLOUR_AUTO;
}

static enum dash_end show(const struct options *o, bool owns_capture,
	struct err *e)
{
	struct dash_options d = {
		.db = o->db,
		.oui = o->oui_file,
		.version = MAILCENSUS_VERSION,
		.source = o->interfaces_n > 0 ? o->interfaces[0]
			: o->files_n > 0      ? o->files[0]
					      : o->db,
		.colour = dash_colour(o->colour),
		.mouse = !o->mouse_off,
		.owns_capture = owns_capture,
	};

	return open_and_drop(o, &d.query, e) ? dash_run(&d, e) : DASH_FAILED;
}

/* -i and -r are missing: which interface? */
static int choose_and_watch(const struct options *o, struct err *e)
{
	struct choose_options c = {.db = o->db, .user = o->user,
		.colour = dash_colour(o->colour), .mouse = !o->mouse_off};
	char name[CHOOSE_NAME];
	const char *names[] = {name};
	struct options chosen = *o;

	if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO)) {
		err_set(e, ERR_USAGE, "nothing to do: name an interface (-i) "
			"or a capture (-r); try 'mailcensus --help'");
		return e->kind;
	}
	switch (choose(&c, name, e)) {
	case CHOOSE_FAILED: return e->kind;
	case CHOOSE_LEFT: return 0;
	case CHOOSE_INVENTORY: return command_ui(o, e);
	case CHOOSE_INTERFACE: break;
	}
	chosen.interfaces = names;
	chosen.interfaces_n = 1;
	return command_watch(&chosen, e);
}

int command_watch(const struct options *o, struct err *e)
{
	enum dash_end end;
	pid_t pid = -1;
	int fd = -1, status;
	struct err late = {0};

	if (o->interfaces_n + o->files_n == 0)
		return choose_and_watch(o, e);
	if (!isatty(STDOUT_FILENO))
		return ingest_headless(o, true, e);
	if (!start_behind(o, &pid, &fd, e))
		return e->kind;
	end = show(o, true, e);
	status = finish_behind(o, pid, fd, o->quiet || end != DASH_QUIT,
		&late);
	if (end == DASH_QUIT)
		*e = late;
	return end == DASH_FAILED ? (int)e->kind
		: end == DASH_HANGUP ? 0 : status;
}

int command_ui(const struct options *o, struct err *e)
{
	return show(o, false, e) == DASH_FAILED ? (int)e->kind : 0;
}
