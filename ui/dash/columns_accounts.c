/* columns_accounts.c: the columns of accounts; see columns.h. */
#include "ui/dash/columns.h"
#include "ui/dash/spark.h"
#include "ui/say.h"
#include <stdio.h>

enum {
	MARK, ACCOUNT, MECHANISM, DEVICES, SESSIONS, MSGS, REFUSED, DAY, LAST,
	N,
};

static const struct column_spec SPECS[N] = {
	[MARK] = {.title = "", .help = "", .least = 1, .fixed = true},
	[ACCOUNT] = {.title = "ACCOUNT", .help = "who one says one is",
		.least = 14},
	[MECHANISM] = {.title = "MECH", .help = "the mechanism used most",
		.from = 32, .least = 6},
	[DEVICES] = {.title = "DEVICES", .help = "how many use it",
		.least = 7, .right = true, .falling = true},
	[SESSIONS] = {.title = "SESSIONS", .help = "sessions with its AUTH",
		.from = 96, .least = 8, .right = true, .falling = true},
	[MSGS] = {.title = "MSGS", .help = "messages in those sessions",
		.from = 44, .least = 7, .right = true, .falling = true},
	[REFUSED] = {.title = "REFUSED", .help = "AUTHs that were refused",
		.from = 60, .least = 7, .right = true, .falling = true},
	[DAY] = {.title = "24H", .help = "its AUTHs of the last 24 hours",
		.from = 72, .least = 11, .falling = true},
	[LAST] = {.title = "LAST", .help = "time since it was used last",
		.from = 84, .least = 8},
};

static const struct column_growth GROWTH[] = {
	{ACCOUNT, 26}, {MECHANISM, 10}, {ACCOUNT, 34}, {DAY, 24},
	{MSGS, 9}, {MECHANISM, 14}, {ACCOUNT, 64}, {-1, 0},
};

const struct columns ACCOUNT_COLUMNS = {.rows = "accounts", .spec = SPECS,
	.n = N, .growth = GROWTH, .address = -1, .sort = MSGS,
	.then = SESSIONS};

/* Nobody was ever let in by it. */
static bool only_refused(const struct account *a)
{
	return a->accepted == 0 && a->rejected > 0;
}

static enum style use_style(const struct account *a)
{
	return a->use == USE_BASIC ? STYLE_MUST
		: a->use == USE_OAUTH ? STYLE_OAUTH : STYLE_PLAIN;
}

static uint64_t day_total(const struct account *a)
{
	uint64_t n = 0;

	for (size_t i = 0; i < QUERY_DAY; i++)
		n += a->hours[i];
	return n;
}

static void number(uint64_t n, char out[COLUMN_TEXT])
{
	char text[SAY_MAX];

	snprintf(out, COLUMN_TEXT, "%s", n < 1000000 ? say_count(text, n)
		: say_short(text, (double)n));
}

enum style account_cell(int column, const struct account *a, int64_t now,
	int width, char out[COLUMN_TEXT])
{
	char text[SPARK_BYTES];

	switch (column) {
	case MARK:
		snprintf(out, COLUMN_TEXT, "%s",
			words_mark(a->use == USE_BASIC ? CONCERN_MUST
				: a->use == USE_OAUTH ? CONCERN_OAUTH
				: CONCERN_NONE));
		return use_style(a);
	case ACCOUNT:
		snprintf(out, COLUMN_TEXT, "%s", a->account);
		return a->use == USE_BASIC ? STYLE_MUST : STYLE_PLAIN;
	case MECHANISM:
		words_first(&a->mechanisms, out);
		return use_style(a);
	case DEVICES:
		number(a->devices.n, out);
		return a->devices.n > 1 ? STYLE_BOLD : STYLE_PLAIN;
	case SESSIONS: number(a->sessions, out); break;
	case MSGS: number(a->messages, out); break;
	case REFUSED:
		number(a->rejected, out);
		return only_refused(a) ? STYLE_MUST : STYLE_PLAIN;
	case DAY:
		snprintf(out, COLUMN_TEXT, "%s",
			spark(text, a->hours, QUERY_DAY, (size_t)width));
		break;
	case LAST:
		snprintf(out, COLUMN_TEXT, "%s",
			say_age(text, now - a->last_seen));
		break;
	default: break;
	}
	return STYLE_PLAIN;
}

void account_key(int column, const struct account *a, struct column_key *k)
{
	switch (column) {
	case ACCOUNT: column_key_text(k, a->account); break;
	case MECHANISM:
		column_key_text(k,
			a->mechanisms.n > 0 ? a->mechanisms.v[0] : NULL);
		break;
	case DEVICES: k->high = a->devices.n; break;
	case SESSIONS: k->high = a->sessions; break;
	case MSGS: k->high = a->messages; break;
	case REFUSED: k->high = a->rejected; break;
	case DAY: k->high = day_total(a); break;
	case LAST: k->high = UINT64_MAX / 2 - (uint64_t)a->last_seen; break;
	default: k->high = a->use; break;
	}
}
