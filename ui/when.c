/* when.c: see when.h. */
#include "ui/when.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000000)

static bool age(const char *text, int64_t *out)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}};
	char *end;
	long n = strtol(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || n > 36500 || end[0] == '\0' ||
		end[1] != '\0')
		return false;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (units[i].unit != end[0])
			continue;
		*out = ((int64_t)time(NULL) - n * units[i].seconds) * SECOND;
		return true;
	}
	return false;
}

bool when_parse(const char *text, const char *option, int64_t *out,
	struct err *e)
{
	static const char *const forms[] = {
		"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S",
		"%Y-%m-%d %H:%M", "%Y-%m-%d",
	};

	if (age(text, out))
		return true;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		struct tm tm = {0};
		const char *end = strptime(text, forms[i], &tm);

		if (end && (strcmp(end, "") == 0 || strcmp(end, "Z") == 0)) {
			*out = (int64_t)timegm(&tm) * SECOND;
			return true;
		}
	}
	return err_set(e, ERR_USAGE, "--%s cannot read the time '%s'; write "
		"2026-11-24, 2026-11-24T18:00Z, or an age such as 7d", option,
		text);
}
