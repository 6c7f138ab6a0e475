/* say.c: see say.h. */
#include "ui/say.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const int64_t SECOND = 1000000;

const char *say_count(char out[SAY_MAX], uint64_t n)
{
	char digits[SAY_MAX];
	size_t len = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, n);
	size_t o = 0;

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[o++] = ',';
		out[o++] = digits[i];
	}
	out[o] = '\0';
	return out;
}

const char *say_short(char out[SAY_MAX], double n)
{
	static const char units[] = " kMGTP";
	size_t unit = 0;

	if (!(n >= 0) || n > 1e18)
		n = 0;
	/* 999.95 would be written as 1000.0. */
	for (; n >= 999.5 && units[unit + 1]; unit++)
		n /= 1000;
	if (unit == 0)
		snprintf(out, SAY_MAX, "%.0f", n);
	else
		snprintf(out, SAY_MAX, n < 99.95 ? "%.1f%c" : "%.0f%c", n,
			units[unit]);
	return out;
}

const char *say_bytes(char out[SAY_MAX], uint64_t n)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB",
		"PiB", "EiB"};
	double v = (double)n;
	size_t unit = 0;

	for (; v >= 1023.5 && unit < 6; unit++)
		v /= 1024;
	snprintf(out, SAY_MAX, unit == 0 || v >= 99.95 ? "%.0f %s" : "%.1f %s",
		v, units[unit]);
	return out;
}

const char *say_age(char out[SAY_MAX], int64_t us)
{
	int64_t s = us > 0 ? us / SECOND : 0, days = s / 86400;

	if (days > 99)
		snprintf(out, SAY_MAX, "%" PRId64 "d", days);
	else if (days > 0)
		snprintf(out, SAY_MAX, "%dd %02d:%02d", (int)days,
			(int)(s / 3600 % 24), (int)(s / 60 % 60));
	else
		snprintf(out, SAY_MAX, "%02d:%02d:%02d", (int)(s / 3600),
			(int)(s / 60 % 60), (int)(s % 60));
	return out;
}

const char *say_span(char out[SAY_MAX], int64_t us)
{
	int64_t s = us > 0 ? us / SECOND : 0;

	if (s < 60)
		snprintf(out, SAY_MAX, "%ds", (int)s);
	else if (s < 3600)
		snprintf(out, SAY_MAX, "%dm%02ds", (int)(s / 60),
			(int)(s % 60));
	else if (s < 86400)
		snprintf(out, SAY_MAX, "%dh%02dm", (int)(s / 3600),
			(int)(s / 60 % 60));
	else
		snprintf(out, SAY_MAX, "%" PRId64 "d%02dh", s / 86400,
			(int)(s / 3600 % 24));
	return out;
}

const char *say_time(char out[SAY_MAX], int64_t us)
{
	time_t at = (time_t)(us / SECOND);
	struct tm tm;

	if (us <= 0 || !gmtime_r(&at, &tm) || tm.tm_year > 8099)
		snprintf(out, SAY_MAX, "\xe2\x80\x94");
	else
		strftime(out, SAY_MAX, "%Y-%m-%d %H:%M:%SZ", &tm);
	return out;
}
