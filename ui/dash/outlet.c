/* outlet.c: see outlet.h. */
#include "ui/dash/outlet.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A description of its own: to make the one that the shell has too
 * non-blocking would confuse the shell. */
static int reopen(int fd)
{
	int own = open("/dev/tty", O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	return own >= 0 ? own : fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

bool outlet_open(struct outlet *o, int fd, struct err *e)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	*o = (struct outlet){.tty = reopen(fd),
		.page = memfd_create("screen", MFD_CLOEXEC)};
	o->stream = copy >= 0 ? fdopen(copy, "w") : NULL;
	if (o->stream && o->tty >= 0 && o->page >= 0)
		return true;
	err_set(e, ERR_RUN, "cannot open the terminal: %s", strerror(errno));
	if (copy >= 0 && !o->stream)
		close(copy);
	outlet_close(o);
	return false;
}

void outlet_close(struct outlet *o)
{
	if (o->stream)
		fclose(o->stream);
	if (o->tty >= 0)
		close(o->tty);
	if (o->page >= 0)
		close(o->page);
	free(o->held);
	*o = (struct outlet){.tty = -1, .page = -1};
}

bool outlet_hold(struct outlet *o, struct err *e)
{
	if (dup3(o->page, fileno(o->stream), O_CLOEXEC) >= 0)
		return true;
	return err_set(e, ERR_RUN, "cannot hold output: %s", strerror(errno));
}

/* Moves what was written to the page behind what is held. */
static void collect(struct outlet *o)
{
	struct stat st;
	char *grown;
	ssize_t got;

	if (fstat(o->page, &st) != 0 || st.st_size <= 0)
		return;
	if (o->at > 0)
		memmove(o->held, o->held + o->at, o->n - o->at);
	o->n -= o->at;
	o->at = 0;
	grown = realloc(o->held, o->n + (size_t)st.st_size);
	if (!grown)
		return;
	o->held = grown;
	got = pread(o->page, o->held + o->n, (size_t)st.st_size, 0);
	o->n += got > 0 ? (size_t)got : 0;
	/* The stream's descriptor is the same description as the page. */
	if (ftruncate(o->page, 0) == 0)
		lseek(o->page, 0, SEEK_SET);
}

/* True while it takes some. */
static bool give(struct outlet *o)
{
	ssize_t n = write(o->tty, o->held + o->at, o->n - o->at);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		o->dead = true;
		return false;
	}
	o->at += (size_t)n;
	return true;
}

bool outlet_flush(struct outlet *o, int milliseconds)
{
	struct pollfd p = {.fd = o->tty, .events = POLLOUT};

	fflush(o->stream);
	collect(o);
	while (o->at < o->n && !o->dead) {
		if (give(o))
			continue;
		if (o->dead || milliseconds == 0 ||
			poll(&p, 1, milliseconds) <= 0)
			break;
	}
	return o->at == o->n;
}
