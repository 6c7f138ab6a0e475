/* out.c: see out.h. */
#include "inventory/report/out.h"
#include "inventory/sql.h"
#include <errno.h>
#include <string.h>
#include <time.h>

const char *out_time(int64_t us, char text[OUT_TIME])
{
	int64_t s = us / 1000000, rest = us % 1000000;
	time_t at;
	struct tm tm;
	size_t n;

	text[0] = '\0';
	if (rest < 0) {
		rest += 1000000;
		s--;
	}
	at = (time_t)s;
	if (us == 0 || !gmtime_r(&at, &tm) || tm.tm_year < -1900 ||
		tm.tm_year > 9999 - 1900)
		return text;
	n = strftime(text, OUT_TIME, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + n, OUT_TIME - n, ".%06dZ", (int)rest);
	return text;
}

bool out_check(FILE *out, struct err *e)
{
	errno = 0;
	if (fflush(out) == 0 && !ferror(out))
		return true;
	/* It failed long ago, and nobody knows any more why: it will again. */
	if (errno == 0) {
		clearerr(out);
		if (putc('\n', out) != EOF)
			fflush(out);
	}
	return err_set(e, ERR_RUN, "cannot write the report: %s",
		errno != 0 ? strerror(errno) : "the output does not take it");
}

char *out_names(const struct names *n)
{
	size_t size = 1;
	char *all, *p;

	for (size_t i = 0; i < n->n; i++)
		size += strlen(n->v[i]) + 2;
	all = p = xcalloc(size, 1);
	for (size_t i = 0; i < n->n; i++)
		p = stpcpy(stpcpy(p, i > 0 ? "; " : ""), n->v[i]);
	return all;
}
