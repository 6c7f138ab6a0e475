/* capture_process.c: see capture_process.h.
 *
 * Two ways lead from the child to its parent: the socket of the records, and
 * a pipe for words. By the pipe comes a struct err when it is ready or could
 * not start, and later its stderr: what an assertion says before it dies. */
#include "capture/live/capture_process.h"
#include "capture/engine.h"
#include "capture/live/capture_loop.h"
#include "capture/live/outbox.h"
#include "capture/live/privileges.h"
#include "capture/live/sandbox.h"
#include "capture/live/sanitized.h"
#include "capture/proto/tls.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	FDS_MAX = 1024, /* of the parent's, that the child closes */
	LAST_WORDS = 256,
};

struct capture {
	pid_t pid;
	int fd;
	int words; /* the reading end */
};

/* ---- the child ---- */

/* What the parent had open: the database, a terminal, a script's files. */
struct inherited {
	int fds[FDS_MAX];
	size_t n;
};

static void list_inherited(struct inherited *in, int fd, int words)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;

	in->n = 0;
	for (int n = 3; !dir && n < FDS_MAX; n++)
		if (fcntl(n, F_GETFD) >= 0 && n != fd && n != words)
			in->fds[in->n++] = n;
	while (dir && (entry = readdir(dir)) != NULL && in->n < FDS_MAX) {
		int n = atoi(entry->d_name);

		if (n > STDERR_FILENO && n != fd && n != words &&
			n != dirfd(dir))
			in->fds[in->n++] = n;
	}
	if (dir)
		closedir(dir);
}

/* After the source is open: a name like /dev/fd/63 may be among them. */
static bool close_inherited(const struct inherited *in, int words,
	struct err *e)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (size_t i = 0; i < in->n; i++)
		close(in->fds[i]);
	/* No terminal either: whoever reads from one sees all that is typed.
	 * What is said to stderr goes to the parent, which cleans it. */
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
		dup2(null, STDOUT_FILENO) < 0 ||
		(!SANITIZED && dup2(words, STDERR_FILENO) < 0))
		return err_set(e, ERR_RUN, "cannot start the capture process: "
			"/dev/null: %s", strerror(errno));
	close(null);
	return true;
}

static struct engine *make_engine(const struct capture_options *o,
	struct err *e)
{
	size_t memory = o->memory > 0 ? o->memory : CAPTURE_MEMORY;
	struct engine_limits limits = engine_limits_for(memory);
	struct engine *engine;
	uint8_t secret[16];

	if (getrandom(secret, sizeof secret, 0) != sizeof secret) {
		err_set(e, ERR_RUN, "no random numbers: %s", strerror(errno));
		return NULL;
	}
	engine = engine_new(&limits, o->sensor, secret);
	explicit_bzero(secret, sizeof secret);
	if (!engine)
		err_set(e, ERR_RUN, "cannot start the capture process: "
			"%zu MiB of memory are not to be had", memory >> 20);
	return engine;
}

struct child {
	struct source *source;
	struct engine *engine;
	struct outbox *out;
};

/* The order matters: open, take memory, become nobody, close the sandbox. */
static bool child_prepare(struct child *c, const struct capture_options *o,
	int fd, int words, struct err *e)
{
	struct source_options source = o->source;
	bool live = source.interfaces_n > 0;
	enum sandbox kind = live ? SANDBOX_LIVE
		: source.follow  ? SANDBOX_FOLLOW : SANDBOX_FILES;
	struct inherited inherited;
	struct privileges nobody;

	list_inherited(&inherited, fd, words);
	source.offers = fd;
	if (!source_open(&c->source, &source, e) ||
		!close_inherited(&inherited, words, e))
		return false;
	tls_warm_up();
	c->out = outbox_new(fd, !live);
	if (!c->out)
		return err_set(e, ERR_RUN, "cannot start the capture process: "
			"not enough memory");
	c->engine = make_engine(o, e);
	privileges_nobody(&nobody);
	return c->engine && privileges_drop(&nobody, e) &&
		sandbox_enter(kind, fd, words, e);
}

/* No exit handler and no stdio buffer of the parent's may run here. */
static _Noreturn void child_main(const struct capture_options *o, int fd,
	int words)
{
	struct child c = {0};
	struct err e = {0};
	sigset_t none;
	bool ok;

	prctl(PR_SET_NAME, "mailcensus-eye", 0, 0, 0);
	capture_loop_signals();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	ok = child_prepare(&c, o, fd, words, &e);
	if (write(words, &e, sizeof e) != sizeof e || !ok)
		_exit(EXIT_FAILURE);
	ok = capture_loop(c.source, c.engine, c.out, fd);
	_exit(ok ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* ---- the parent ---- */

static bool told_how(int status, const char *words, struct err *e)
{
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (signal == SIGKILL)
		return err_set(e, ERR_RUN, "the capture process was killed "
			"(signal 9); not enough memory, or somebody's order");
	if (signal)
		return err_set(e, ERR_RUN, "the capture process was killed by "
			"signal %d (%s)%s%s; this is a bug, please report it",
			signal,
			signal == SIGSYS ? "sandbox" : strsignal(signal),
			words[0] ? ": " : "", words);
	if (WEXITSTATUS(status) == 0)
		return true;
	return err_set(e, ERR_RUN, "the capture process failed%s%s",
		words[0] ? ": " : "", words);
}

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

bool capture_close(struct capture *c, struct err *e)
{
	char words[LAST_WORDS];
	ssize_t n;
	int status;

	/* One that still writes finds out, and ends. */
	close(c->fd);
	status = wait_for(c->pid);
	n = read(c->words, words, sizeof words - 1);
	words[n > 0 ? n : 0] = 0;
	words[strcspn(words, "\n")] = 0;
	close(c->words);
	free(c);
	return told_how(status, words, e);
}

int capture_fd(const struct capture *c)
{
	return c->fd;
}

pid_t capture_pid(const struct capture *c)
{
	return c->pid;
}

void capture_stop(struct capture *c)
{
	shutdown(c->fd, SHUT_WR);
}

/* Waits for the child's first word. */
static bool child_ready(struct capture *c, struct err *e)
{
	struct err word = {0};
	size_t have = 0;
	ssize_t n = 0;

	while (have < sizeof word) {
		n = read(c->words, (char *)&word + have, sizeof word - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	if (have == sizeof word && word.kind == ERR_NONE)
		return true;
	if (have == sizeof word) {
		word.text[sizeof word.text - 1] = 0;
		err_set(e, word.kind, "%s", word.text);
		capture_close(c, NULL);
	} else if (capture_close(c, e)) {
		err_set(e, ERR_RUN, "the capture process ended at once");
	}
	return false;
}

static bool cannot_start(struct err *e)
{
	return err_set(e, ERR_RUN, "cannot start the capture process: %s",
		strerror(errno));
}

/* Records flow one way; what the parent closes is what the child polls. */
static bool make_ways(int records[2], int words[2], struct err *e)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, records) != 0)
		return cannot_start(e);
	if (pipe2(words, O_CLOEXEC) != 0) {
		cannot_start(e);
		close(records[0]);
		close(records[1]);
		return false;
	}
	/* The child never blocks in a write: it polls, or drops. */
	fcntl(records[1], F_SETFL, O_NONBLOCK);
	fcntl(words[1], F_SETFL, O_NONBLOCK);
	return true;
}

bool capture_start(struct capture **out, const struct capture_options *o,
	struct err *e)
{
	struct capture *c = calloc(1, sizeof *c);
	int records[2], words[2];
	sigset_t all, before;
	pid_t pid;

	if (!c)
		return cannot_start(e);
	if (!make_ways(records, words, e)) {
		free(c);
		return false;
	}
	/* Until the child has handlers of its own it must not run ours. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0) {
		close(records[0]);
		close(words[0]);
		child_main(o, records[1], words[1]);
	}
	if (pid < 0)
		cannot_start(e);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(records[1]);
	close(words[1]);
	*c = (struct capture){pid, records[0], words[0]};
	if (pid < 0) {
		close(c->fd);
		close(c->words);
		free(c);
		return false;
	}
	if (!child_ready(c, e))
		return false;
	*out = c;
	return true;
}
