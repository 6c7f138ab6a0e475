/* output.c: see output.h. */
#include "ui/output.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct output {
	FILE *file;
	char *target, *beside; /* NULL: standard output, or a device */
	bool force;
};

static void output_free(struct output *o)
{
	free(o->target);
	free(o->beside);
	free(o);
}

static bool open_beside(struct output *o, struct err *e)
{
	int fd;

	if (asprintf(&o->beside, "%s.XXXXXX", o->target) < 0) {
		o->beside = NULL;
		return err_set(e, ERR_RUN, "out of memory");
	}
	fd = mkostemp(o->beside, O_CLOEXEC); /* mode 0600 */
	o->file = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (o->file)
		return true;
	err_set(e, ERR_RUN, "cannot write '%s': %s", o->target,
		strerror(errno));
	if (fd >= 0) {
		close(fd);
		unlink(o->beside);
	}
	return false;
}

/* A terminal, a pipe, /dev/null: what takes bytes and cannot be replaced. */
static bool is_device(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && (S_ISCHR(st.st_mode) ||
			S_ISFIFO(st.st_mode));
}

bool output_open(struct output **out, const char *path, bool force,
	struct err *e)
{
	struct output *o = calloc(1, sizeof *o);

	if (!o)
		return err_set(e, ERR_RUN, "out of memory");
	o->force = force;
	if (!path || strcmp(path, "-") == 0) {
		o->file = stdout;
		*out = o;
		return true;
	}
	if (is_device(path)) {
		o->file = fopen(path, "we");
		if (o->file) {
			*out = o;
			return true;
		}
		output_free(o);
		return err_set(e, ERR_RUN, "cannot write '%s': %s", path,
			strerror(errno));
	}
	o->target = strdup(path);
	if (!force && access(path, F_OK) == 0)
		err_set(e, ERR_USAGE, "'%s' exists; --force replaces it", path);
	else if (o->target && open_beside(o, e)) {
		*out = o;
		return true;
	}
	output_free(o);
	return false;
}

FILE *output_file(struct output *o)
{
	return o->file;
}

/* Without force a file that has come up meanwhile stays. */
static bool into_place(const struct output *o)
{
	if (o->force)
		return rename(o->beside, o->target) == 0;
	if (renameat2(AT_FDCWD, o->beside, AT_FDCWD, o->target,
		RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	/* A file system that does not know the flag. */
	if (link(o->beside, o->target) != 0)
		return false;
	unlink(o->beside);
	return true;
}

bool output_commit(struct output *o, struct err *e)
{
	bool ok = !ferror(o->file) && fflush(o->file) == 0;

	if (o->target) {
		ok = ok && fsync(fileno(o->file)) == 0;
		ok = fclose(o->file) == 0 && ok;
		ok = ok && into_place(o);
		if (!ok) {
			err_set(e, ERR_RUN, "cannot write '%s': %s", o->target,
				strerror(errno));
			unlink(o->beside);
		}
	} else {
		if (o->file != stdout)
			ok = fclose(o->file) == 0 && ok;
		if (!ok)
			err_set(e, ERR_RUN, "cannot write the report: %s",
				strerror(errno));
	}
	output_free(o);
	return ok;
}

void output_abandon(struct output *o)
{
	if (!o)
		return;
	if (o->file != stdout)
		fclose(o->file);
	if (o->target)
		unlink(o->beside);
	output_free(o);
}
