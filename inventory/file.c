/* file.c: see file.h. */
#include "inventory/file.h"
#include "capture/base/bytes.h"
#include "inventory/schema.h"
#include "inventory/sql.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The SQLite file format, 1.3: the header and two of its fields. */
enum { HEAD = 100, AT_VERSION = 60, AT_APPLICATION = 68 };

static bool judge(const char *path, const uint8_t *head, size_t n,
	enum file_kind *out, struct err *e)
{
	struct rd r = rd_init(head, n);
	uint32_t version, application;

	if (n == 0) {
		*out = FILE_EMPTY;
		return true;
	}
	if (n < HEAD || memcmp(head, "SQLite format 3", 16) != 0)
		return err_set(e, ERR_USAGE, "'%s' is no inventory; use -d "
			"for another file", path);
	rd_skip(&r, AT_VERSION);
	version = rd_be32(&r);
	rd_skip(&r, AT_APPLICATION - AT_VERSION - 4);
	application = rd_be32(&r);
	if (application != SCHEMA_APPLICATION)
		return err_set(e, ERR_USAGE, "'%s' is the database of another "
			"program; use -d for another file", path);
	if (version > SCHEMA_VERSION)
		return err_set(e, ERR_USAGE, "'%s' was made by a newer "
			"mailcensus (schema %u, this one knows %d); update, "
			"or use -d for another file", path, (unsigned)version,
			SCHEMA_VERSION);
	*out = FILE_INVENTORY;
	return true;
}

bool file_check(const char *path, enum file_kind *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	uint8_t head[HEAD];
	ssize_t n = -1;
	struct stat st;

	if (fd < 0 && errno == ENOENT) {
		*out = FILE_MISSING;
		return true;
	}
	if (fd < 0 || fstat(fd, &st) != 0) {
		err_set(e, ERR_USAGE, "cannot open '%s': %s", path,
			strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_USAGE, "'%s' is no file; use -d for another",
			path);
	} else {
		n = pread(fd, head, sizeof head, 0);
		if (n < 0)
			err_set(e, ERR_USAGE, "cannot read '%s': %s", path,
				strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	return n >= 0 && judge(path, head, (size_t)n, out, e);
}

bool file_make(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno != EEXIST)
		return err_set(e, ERR_RUN, "cannot make '%s': %s; use -d for "
			"another place", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return true;
}

char *file_uri(const char *path, const char *query)
{
	static const char head[] = "file:", hex[] = "0123456789ABCDEF";
	size_t n = strlen(path);
	char *uri = xcalloc(sizeof head + 3 * n + strlen(query) + 1, 1), *p;

	p = stpcpy(uri, head);
	for (size_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)path[i];

		if (c == '%' || c == '?' || c == '#') {
			*p++ = '%';
			*p++ = hex[c >> 4];
			*p++ = hex[c & 0xf];
		} else {
			*p++ = path[i];
		}
	}
	strcpy(p, query);
	return uri;
}
