/* inputs.c: see inputs.h. */
#include "capture/live/inputs.h"
#include "capture/decode/capfile.h"
#include "capture/live/unpack.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char STDIN[] = "standard input";

static bool no_memory(struct err *e)
{
	return err_set(e, ERR_RUN,
		"cannot list the captures: not enough memory");
}

static bool cannot_open(const char *name, int why, struct err *e)
{
	const char *remedy = "";

	switch (why) {
	case ENOENT:
		remedy = "; check the name";
		break;
	case EACCES:
		remedy = "; it must be readable: sudo, or chmod +r";
		break;
	case EMFILE:
	case ENFILE:
		remedy = "; read them in several runs, or: ulimit -n 65536";
		break;
	default:
		break;
	}
	return err_set(e, ERR_USAGE, "cannot open '%s': %s%s", name,
		strerror(why), remedy);
}

static bool append(struct inputs *in, struct input one, struct err *e)
{
	struct input *list = in->list;

	if ((in->n & (in->n - 1)) == 0) /* full at powers of two */
		list = realloc(list, (in->n ? in->n * 2 : 1) * sizeof *list);
	if (list)
		in->list = list;
	if (!list || !one.name) {
		free(one.name);
		close(one.fd);
		return no_memory(e);
	}
	one.order = in->n;
	one.first = -1;
	in->list[in->n++] = one;
	return true;
}

/* Could it be a capture? What is inside of compressed files is not looked at
 * before the sandbox. */
bool inputs_sniff(int fd, uint64_t base)
{
	uint8_t head[CAPFILE_SNIFF];
	ssize_t n = pread(fd, head, sizeof head, (off_t)base);

	return n > 0 && (capfile_sniff(head, (size_t)n) ||
		unpack_sniff(head, (size_t)n) != UNPACK_PLAIN);
}

/* Takes fd. */
static bool add_fd(struct inputs *in, const char *name, int fd,
	const struct stat *st, bool found, struct err *e)
{
	struct input one = {
		.fd = fd, .regular = S_ISREG(st->st_mode), .found = found,
		.device = st->st_dev, .inode = st->st_ino};
	off_t base;

	if (one.regular) {
		/* Standard input may have been read by others before. */
		base = found ? 0 : lseek(fd, 0, SEEK_CUR);
		one.base = base > 0 ? (uint64_t)base : 0;
		if ((uint64_t)st->st_size > one.base)
			one.size = (uint64_t)st->st_size - one.base;
		if (!inputs_sniff(fd, one.base)) {
			close(fd);
			return found || err_set(e, ERR_USAGE,
				"'%s' is not a capture file; pcap, pcapng and "
				"snoop are, plain or as gzip or zstd", name);
		}
		posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	}
	one.name = strdup(name);
	return append(in, one, e);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The visible names in a folder, sorted; *n of them. */
static char **folder_names(DIR *dir, size_t *n)
{
	struct dirent *entry;
	char **names = NULL, **more;

	*n = 0;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		more = names;
		if ((*n & (*n - 1)) == 0)
			more = realloc(names, (*n ? *n * 2 : 1) * sizeof *more);
		if (!more)
			break;
		names = more;
		names[*n] = strdup(entry->d_name);
		if (!names[*n])
			break;
		++*n;
	}
	if (entry) { /* no memory */
		while (*n > 0)
			free(names[--*n]);
		free(names);
		return NULL;
	}
	if (*n > 0)
		qsort(names, *n, sizeof *names, by_name);
	else if (!names)
		names = calloc(1, sizeof *names);
	return names;
}

static bool add_folder(struct inputs *in, const char *path, int fd, int depth,
	struct err *e);

/* An entry of a folder. Links to folders are not followed: they may lead back
 * up; what is neither file nor folder cannot be a stored capture. */
static bool add_entry(struct inputs *in, const char *path, int depth,
	struct err *e)
{
	struct stat link, st;
	int fd;

	if (lstat(path, &link) != 0 || stat(path, &st) != 0)
		return true; /* gone, or a link to nowhere */
	if (!S_ISREG(st.st_mode) && !S_ISDIR(link.st_mode))
		return true;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT || cannot_open(path, errno, e);
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		return add_folder(in, path, fd, depth, e);
	if (!S_ISREG(st.st_mode)) {
		close(fd);
		return true;
	}
	return add_fd(in, path, fd, &st, true, e);
}

/* Takes fd. */
static bool add_folder(struct inputs *in, const char *path, int fd, int depth,
	struct err *e)
{
	DIR *dir = fdopendir(fd);
	size_t n = 0;
	char **names = dir ? folder_names(dir, &n) : NULL;
	bool ok = true;

	if (!dir)
		close(fd);
	else
		closedir(dir);
	if (!names)
		return no_memory(e);
	if (depth >= INPUTS_DEPTH)
		ok = err_set(e, ERR_USAGE,
			"'%s' is too deep: folders within folders", path);
	for (size_t i = 0; i < n; i++) {
		char *below = NULL;

		if (ok && asprintf(&below, "%s%s%s", path,
				path[strlen(path) - 1] == '/' ? "" : "/",
				names[i]) < 0)
			ok = no_memory(e);
		else if (ok)
			ok = add_entry(in, below, depth + 1, e);
		free(below);
		free(names[i]);
	}
	free(names);
	return ok;
}

static bool add_stdin(struct inputs *in, struct err *e)
{
	struct stat st;
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);

	if (fd < 0)
		return cannot_open(STDIN, errno, e);
	if (isatty(fd)) {
		close(fd);
		return err_set(e, ERR_USAGE, "standard input is a terminal; "
			"pipe a capture in: tcpdump -w - | mailcensus -r -");
	}
	if (fstat(fd, &st) != 0) {
		close(fd);
		return cannot_open(STDIN, errno, e);
	}
	return add_fd(in, STDIN, fd, &st, false, e);
}

static bool add_name(struct inputs *in, const char *name, bool may_be_none,
	struct err *e)
{
	size_t before = in->n;
	struct stat st;
	int fd;

	if (strcmp(name, "-") == 0)
		return add_stdin(in, e);
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) != 0) {
		cannot_open(name, errno, e);
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (!S_ISDIR(st.st_mode))
		return add_fd(in, name, fd, &st, false, e);
	if (!add_folder(in, name, fd, 0, e))
		return false;
	if (in->n == before && !may_be_none)
		return err_set(e, ERR_USAGE,
			"no capture in the folder '%s'", name);
	return true;
}

/* All files stay open from before the sandbox until they are read. */
static void allow_many_files(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur == r.rlim_max)
		return;
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
}

bool inputs_open(struct inputs *out, const char *const *names, size_t n,
	bool may_be_none, struct err *e)
{
	struct inputs in = {0};

	allow_many_files();
	for (size_t i = 0; i < n; i++) {
		if (!add_name(&in, names[i], may_be_none, e)) {
			inputs_close(&in);
			return false;
		}
	}
	*out = in;
	return true;
}

static bool has_file(const struct inputs *in, const struct stat *st)
{
	for (size_t i = 0; i < in->n; i++)
		if (in->list[i].device == st->st_dev &&
			in->list[i].inode == st->st_ino)
			return true;
	return false;
}

bool inputs_add_unnamed(struct inputs *in, const char *path,
	const char *label, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t before = in->n;
	struct stat st;

	if (fd < 0)
		return true; /* gone, or not for this user: then without it */
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
		has_file(in, &st)) {
		close(fd);
		return true;
	}
	if (!add_fd(in, label, fd, &st, true, e))
		return false;
	if (in->n > before)
		in->list[before].unnamed = true;
	return true;
}

bool inputs_add_open(struct inputs *in, const struct input *one,
	const char *name, struct err *e)
{
	struct input copy = *one;

	copy.name = strdup(name);
	return append(in, copy, e);
}

void inputs_close(struct inputs *in)
{
	for (size_t i = 0; i < in->n; i++) {
		if (in->list[i].fd >= 0)
			close(in->list[i].fd);
		free(in->list[i].name);
	}
	free(in->list);
	*in = (struct inputs){0};
}
