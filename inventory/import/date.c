/* date.c: see date.h. */
#include "inventory/import/date.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

struct cursor {
	const char *p;
	bool bad;
};

/* At most so many digits; at least one. */
static int number(struct cursor *c, int digits)
{
	int v = 0, n = 0;

	for (; n < digits && isdigit((unsigned char)*c->p); n++)
		v = 10 * v + (*c->p++ - '0');
	c->bad |= n == 0;
	return v;
}

static bool take(struct cursor *c, char what)
{
	bool is = *c->p == what;

	c->p += is;
	return is;
}

static void need(struct cursor *c, char what)
{
	c->bad |= !take(c, what);
}

static void spaces(struct cursor *c)
{
	/* .NET and ICU put a narrow space before AM. */
	while (*c->p == ' ' || *c->p == ',' ||
		strncmp(c->p, "\xe2\x80\xaf", 3) == 0)
		c->p += *c->p == ' ' || *c->p == ',' ? 1 : 3;
}

/* us: ".1234567"; what is finer is left out. */
static int fraction(struct cursor *c)
{
	int v = 0, n = 0;

	if (!take(c, '.'))
		return 0;
	c->bad |= !isdigit((unsigned char)*c->p);
	for (; isdigit((unsigned char)*c->p); c->p++, n++)
		if (n < 6)
			v = 10 * v + (*c->p - '0');
	for (; n < 6; n++)
		v *= 10;
	return v;
}

/* Seconds east of Greenwich: "Z", "+01:00", "-0500" or nothing. */
static int zone(struct cursor *c)
{
	bool west = *c->p == '-';
	int hours, minutes;

	if (take(c, 'Z') || take(c, 'z') || strcmp(c->p, "UTC") == 0) {
		c->p += strcmp(c->p, "UTC") == 0 ? 3 : 0;
		return 0;
	}
	if (!take(c, '+') && !take(c, '-'))
		return 0;
	hours = number(c, 2);
	take(c, ':');
	minutes = number(c, 2);
	c->bad |= hours > 14 || minutes > 59;
	return (west ? -1 : 1) * (hours * 3600 + minutes * 60);
}

static void clock_of(struct cursor *c, struct tm *tm, int *us, int *east)
{
	spaces(c);
	if (!take(c, 'T'))
		take(c, 't');
	if (*c->p == '\0')
		return; /* a day is its midnight */
	tm->tm_hour = number(c, 2);
	need(c, ':');
	tm->tm_min = number(c, 2);
	if (take(c, ':'))
		tm->tm_sec = number(c, 2);
	*us = fraction(c);
	spaces(c);
	if (strncasecmp(c->p, "AM", 2) == 0 || strncasecmp(c->p, "PM", 2) == 0) {
		c->bad |= tm->tm_hour < 1 || tm->tm_hour > 12;
		tm->tm_hour = tm->tm_hour % 12 +
			(toupper((unsigned char)*c->p) == 'P' ? 12 : 0);
		c->p += 2;
	}
	spaces(c);
	*east = zone(c);
	c->bad |= *c->p != '\0' || tm->tm_hour > 23 || tm->tm_min > 59 ||
		tm->tm_sec > 60;
}

static bool is_day(const struct tm *tm)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31};
	int year = tm->tm_year + 1900;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return year >= 1990 && year < 2200 && tm->tm_mon >= 0 &&
		tm->tm_mon < 12 && tm->tm_mday >= 1 && tm->tm_mday <=
		days[tm->tm_mon] + (leap && tm->tm_mon == 1);
}

/* Only a spreadsheet of the United States writes AM and slashes; only where
 * the day comes first do dots stand between. */
static enum date_order order_of(int a, int b, char between, const char *text)
{
	if (a > 12)
		return DATE_DAY_FIRST;
	if (b > 12)
		return DATE_MONTH_FIRST;
	return between == '.' ? DATE_DAY_FIRST
		: between == '/' && (strcasestr(text, "AM") ||
			strcasestr(text, "PM")) ? DATE_MONTH_FIRST
		: DATE_EITHER;
}

static void day_of(struct cursor *c, const char *text, enum date_order order,
	struct tm *tm, enum date_order *says)
{
	int a = number(c, 4), b, y;
	bool iso = a > 31;
	char between = *c->p;

	c->bad |= between != '-' && between != '/' && between != '.';
	if (c->bad)
		return;
	c->p++;
	b = number(c, 2);
	need(c, between);
	if (iso) {
		*tm = (struct tm){.tm_year = a - 1900, .tm_mon = b - 1,
			.tm_mday = number(c, 2)};
		return;
	}
	y = number(c, 4);
	*says = order_of(a, b, between, text);
	if (*says != DATE_EITHER)
		order = *says;
	c->bad |= order == DATE_EITHER;
	*tm = (struct tm){.tm_year = (y < 100 ? 2000 + y : y) - 1900};
	tm->tm_mday = order == DATE_DAY_FIRST ? a : b;
	tm->tm_mon = (order == DATE_DAY_FIRST ? b : a) - 1;
}

bool date_read(const char *text, enum date_order order, int64_t *us,
	enum date_order *says)
{
	struct cursor c = {.p = text};
	struct tm tm = {0};
	int rest = 0, east = 0;

	*says = DATE_EITHER;
	spaces(&c);
	day_of(&c, text, order, &tm, says);
	if (!c.bad)
		clock_of(&c, &tm, &rest, &east);
	if (c.bad || !is_day(&tm))
		return false;
	*us = ((int64_t)timegm(&tm) - east) * 1000000 + rest;
	return true;
}
