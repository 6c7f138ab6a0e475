/* watch.c: see watch.h. Looking again and again works on every file system,
 * of other hosts too, and a second late is soon enough. */
#include "capture/live/watch.h"
#include "capture/live/offer.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file as it was when it was looked at last. */
struct seen {
	char *path;
	bool offered; /* or known from the start */
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
};

struct watch {
	const char *const *names; /* borrowed */
	size_t names_n;
	bool blind; /* a folder cannot be looked into, and that was said */
	struct seen *seen;
	size_t seen_n;
};

/* In a row that is kept sorted by path: folders hold thousands. */
static size_t place(const struct watch *w, const char *path)
{
	size_t low = 0, high = w->seen_n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(w->seen[mid].path, path) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* NULL: no memory. */
static struct seen *seen_of(struct watch *w, const char *path)
{
	size_t at = place(w, path);
	struct seen *more;
	char *copy;

	if (at < w->seen_n && strcmp(w->seen[at].path, path) == 0)
		return &w->seen[at];
	copy = strdup(path);
	more = realloc(w->seen, (w->seen_n + 1) * sizeof *more);
	if (more)
		w->seen = more;
	if (!copy || !more) {
		free(copy);
		return NULL;
	}
	memmove(more + at + 1, more + at, (w->seen_n - at) * sizeof *more);
	more[at] = (struct seen){.path = copy};
	w->seen_n++;
	return &more[at];
}

static bool is_unchanged(const struct seen *s, const struct stat *st)
{
	return s->offered && s->device == st->st_dev &&
		s->inode == st->st_ino && s->size == st->st_size &&
		s->changed.tv_sec == st->st_mtim.tv_sec &&
		s->changed.tv_nsec == st->st_mtim.tv_nsec;
}

static void note(struct seen *s, const struct stat *st)
{
	s->offered = true;
	s->device = st->st_dev;
	s->inode = st->st_ino;
	s->size = st->st_size;
	s->changed = st->st_mtim;
}

static bool offer(struct seen *s, const struct stat *st, int socket,
	struct err *e)
{
	struct input in = {.device = st->st_dev, .inode = st->st_ino,
		.size = (uint64_t)st->st_size};
	bool sent, capture;

	in.fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (in.fd < 0 && errno != ENOENT) {
		note(s, st);
		return err_set(e, ERR_RUN, "cannot follow '%s': %s; it must "
			"be readable for who writes the inventory, see -Z",
			s->path, strerror(errno));
	}
	if (in.fd < 0)
		return true;
	/* One that has no head yet is looked at again. */
	capture = inputs_sniff(in.fd, 0);
	sent = capture && offer_send(socket, &in, s->path);
	close(in.fd);
	if (sent)
		note(s, st);
	return true;
}

/* A file that is new, or not what it was. */
struct change {
	char *path;
	struct stat st;
};

struct changes {
	struct change *v;
	size_t n;
};

/* Takes path, which may be NULL. */
static void look_at(struct watch *w, char *path, struct changes *c)
{
	struct change *more;
	struct seen *s;
	struct stat st;

	if (!path || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		goto out;
	s = seen_of(w, path);
	if (!s || is_unchanged(s, &st))
		goto out;
	more = realloc(c->v, (c->n + 1) * sizeof *more);
	if (!more)
		goto out; /* the next look will find it */
	c->v = more;
	c->v[c->n++] = (struct change){path, st};
	return;
out:
	free(path);
}

static bool look_into(struct watch *w, const char *folder, struct changes *c,
	struct err *e)
{
	const char *slash = folder[strlen(folder) - 1] == '/' ? "" : "/";
	DIR *dir = opendir(folder);
	struct dirent *d;

	if (!dir && !w->blind) {
		w->blind = true;
		return err_set(e, ERR_RUN, "cannot follow '%s': %s; it must "
			"be readable for who writes the inventory, see -Z",
			folder, strerror(errno));
	}
	while (dir && (d = readdir(dir)) != NULL) {
		char *path;

		if (d->d_name[0] == '.')
			continue;
		if (asprintf(&path, "%s%s%s", folder, slash, d->d_name) < 0)
			path = NULL;
		look_at(w, path, c);
	}
	if (dir)
		closedir(dir);
	return true;
}

/* In the order in which they were written; span9 before span10. */
static int by_change(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	const struct timespec *s = &x->st.st_mtim, *t = &y->st.st_mtim;

	if (s->tv_sec != t->tv_sec)
		return s->tv_sec < t->tv_sec ? -1 : 1;
	if (s->tv_nsec != t->tv_nsec)
		return s->tv_nsec < t->tv_nsec ? -1 : 1;
	return strverscmp(x->path, y->path);
}

/* socket: -1 to take note only. */
static bool look(struct watch *w, int socket, struct err *e)
{
	struct changes c = {0};
	struct stat st;
	bool ok = true;

	for (size_t i = 0; i < w->names_n; i++) {
		const char *name = w->names[i];

		if (stat(name, &st) != 0 ? errno == EACCES
					 : S_ISDIR(st.st_mode))
			ok = look_into(w, name, &c, ok ? e : NULL) && ok;
		else
			look_at(w, strdup(name), &c);
	}
	if (c.n > 0)
		qsort(c.v, c.n, sizeof *c.v, by_change);
	for (size_t i = 0; i < c.n; i++) {
		struct seen *s = seen_of(w, c.v[i].path);

		if (s && socket < 0)
			note(s, &c.v[i].st);
		else if (s)
			ok = offer(s, &c.v[i].st, socket, ok ? e : NULL) && ok;
		free(c.v[i].path);
	}
	free(c.v);
	return ok;
}

bool watch_open(struct watch **out, const char *const *names, size_t n,
	struct err *e)
{
	struct watch *w = calloc(1, sizeof *w);

	if (!w)
		return err_set(e, ERR_RUN, "cannot follow: not enough memory");
	w->names = names;
	w->names_n = n;
	look(w, -1, NULL);
	*out = w;
	return true;
}

void watch_close(struct watch *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->seen_n; i++)
		free(w->seen[i].path);
	free(w->seen);
	free(w);
}

bool watch_look(struct watch *w, int socket, struct err *e)
{
	return look(w, socket, e);
}
