/* key.c: see key.h. */
#include "inventory/report/key.h"
#include "inventory/sql.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_whole(int fd, const uint8_t key[REPORT_KEY])
{
	errno = EIO;
	return write(fd, key, REPORT_KEY) == REPORT_KEY && fsync(fd) == 0;
}

/* Made beside and linked, so that of two who make it at once both get the one
 * that is there in the end, and whole. */
static bool make(const char *path, struct err *e)
{
	uint8_t key[REPORT_KEY];
	char *beside;
	bool ok;
	int fd;

	if (asprintf(&beside, "%s.XXXXXX", path) < 0)
		return err_set(e, ERR_RUN, "out of memory");
	fd = mkostemp(beside, O_CLOEXEC); /* mode 0600 */
	ok = fd >= 0 && getrandom(key, sizeof key, 0) == sizeof key &&
		write_whole(fd, key) &&
		(link(beside, path) == 0 || errno == EEXIST);
	explicit_bzero(key, sizeof key);
	if (!ok)
		err_set(e, ERR_RUN, "cannot make the key '%s': %s; pseudonyms "
			"need one beside the inventory", path,
			strerror(errno));
	if (fd >= 0) {
		close(fd);
		unlink(beside);
	}
	free(beside);
	return ok;
}

static bool read_key(const char *path, int fd, uint8_t key[REPORT_KEY],
	struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return err_set(e, ERR_USAGE, "'%s' is no key", path);
	if ((st.st_mode & 077) != 0)
		return err_set(e, ERR_USAGE, "others can read the key '%s'; "
			"chmod 600 it", path);
	if (st.st_size != REPORT_KEY || read(fd, key, REPORT_KEY) != REPORT_KEY)
		return err_set(e, ERR_USAGE, "'%s' is no key of %d bytes; "
			"remove it for a new one, and new pseudonyms", path,
			REPORT_KEY);
	return true;
}

static bool load(const char *path, uint8_t key[REPORT_KEY], struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool ok;

	if (fd < 0 && errno == ENOENT) {
		if (!make(path, e))
			return false;
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
				O_NONBLOCK);
	}
	if (fd < 0)
		return err_set(e, ERR_RUN, "cannot open the key '%s': %s",
			path, strerror(errno));
	ok = read_key(path, fd, key, e);
	close(fd);
	return ok;
}

bool report_key(const char *db, uint8_t key[REPORT_KEY], struct err *e)
{
	char *path = xcalloc(strlen(db) + sizeof ".key", 1);
	bool ok;

	stpcpy(stpcpy(path, db), ".key");
	ok = load(path, key, e);
	free(path);
	return ok;
}
