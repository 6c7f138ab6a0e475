/* columns.c: see columns.h. */
#include "ui/dash/columns.h"
#include "ui/say.h"
#include "ui/dash/spark.h"
#include <stdio.h>
#include <string.h>


static const struct column_spec SPECS[COLUMNS] = {
	[COLUMN_MARK] = {.title = "", .help = "",
		.from = 0, .least = 1, .falling = true},
	[COLUMN_DEVICE] = {.title = "DEVICE", .help = "its name",
		.from = 0, .least = 10},
	[COLUMN_ADDRESS] = {.title = "ADDRESS", .help = "its latest address",
		.from = 56, .least = 15, .tail = true},
	[COLUMN_VENDOR] = {.title = "VENDOR", .help = "by its MAC address",
		.from = 100, .least = 12},
	[COLUMN_AUTH] = {.title = "AUTH", .help = "what it uses to send",
		.from = 0, .least = 6, .falling = true},
	[COLUMN_IDENTITY] = {.title = "IDENTITY", .help = "accounts it used",
		.from = 76, .least = 9},
	[COLUMN_STANDING] = {.title = "STANDING",
		.help = "active failing stopped quiet",
		.from = 132, .least = 9, .falling = true},
	[COLUMN_SERVER] = {.title = "SERVER", .help = "where it sends to",
		.from = 156, .least = 18},
	[COLUMN_TLS] = {.title = "TLS", .help = "its lowest version",
		.from = 36, .least = 4},
	[COLUMN_MSGS] = {.title = "MSGS",
		.help = "messages; ~ sessions, TLS hides messages",
		.from = 24, .least = 7, .right = true, .falling = true},
	[COLUMN_DAY] = {.title = "24H", .help = "when in the last 24 hours",
		.from = 68, .least = 11, .falling = true},
	[COLUMN_LAST] = {.title = "LAST", .help = "time since its last session",
		.from = 92, .least = 8},
};

/* Who gets the room that is left, in this order, up to so many cells. */
static const struct growth {
	enum column column;
	int most;
} GROWTH[] = {
	{COLUMN_DEVICE, 15}, {COLUMN_IDENTITY, 15}, {COLUMN_ADDRESS, 19},
	{COLUMN_IDENTITY, 26}, {COLUMN_DEVICE, 18},
	{COLUMN_VENDOR, 14}, {COLUMN_TLS, 5}, {COLUMN_MSGS, 9},
	{COLUMN_SERVER, 26}, {COLUMN_DAY, 24}, {COLUMN_DEVICE, 28},
	{COLUMN_ADDRESS, 39}, {COLUMN_IDENTITY, 40}, {COLUMN_SERVER, 36},
	{COLUMN_VENDOR, 24}, {COLUMN_IDENTITY, 64}, {COLUMN_DEVICE, 64},
};

const struct column_spec *columns_spec(enum column c)
{
	return &SPECS[c];
}

bool columns_sortable(enum column c)
{
	return c != COLUMN_MARK && c < COLUMNS;
}

void columns_fit(int cells, int address, int widths[COLUMNS])
{
	int room = cells + 1;

	for (int c = 0; c < COLUMNS; c++) {
		widths[c] = cells >= SPECS[c].from ? SPECS[c].least : 0;
		room -= widths[c] > 0 ? widths[c] + 1 : 0;
	}
	for (size_t i = 0; i < sizeof GROWTH / sizeof GROWTH[0]; i++) {
		int *w = &widths[GROWTH[i].column];
		int more = GROWTH[i].most - *w;

		/* Few networks need the room that IPv6 takes. */
		if (GROWTH[i].column == COLUMN_ADDRESS && more > address - *w)
			more = address - *w;
		if (*w == 0 || more <= 0 || room <= 0)
			continue;
		if (more > room)
			more = room;
		*w += more;
		room -= more;
	}
}

enum style columns_use_style(const struct device *d)
{
	switch (words_concern(d)) {
	case CONCERN_MUST: return STYLE_MUST;
	case CONCERN_HIDDEN: return STYLE_HIDDEN;
	case CONCERN_OAUTH: return STYLE_OAUTH;
	case CONCERN_NONE: break;
	}
	return STYLE_PLAIN;
}

static uint64_t day_total(const struct device *d)
{
	uint64_t n = 0;

	for (size_t i = QUERY_HOURS - 24; i < QUERY_HOURS; i++)
		n += d->hours[i];
	return n;
}

static enum style tls_cell(const struct device *d, char out[COLUMN_TEXT])
{
	snprintf(out, COLUMN_TEXT, "%s",
		words_tls(d->tls_lowest, d->some_clear));
	if (d->in_clear || (!d->some_clear && d->tls_lowest != 0 &&
				d->tls_lowest < 0x0303))
		return STYLE_MUST;
	return STYLE_PLAIN;
}

static void msgs_cell(const struct device *d, char out[COLUMN_TEXT])
{
	char count[SAY_MAX];
	bool guessed;
	uint64_t n = words_volume(d, &guessed);

	if (n < 1000000)
		say_count(count, n);
	else
		say_short(count, (double)n);
	snprintf(out, COLUMN_TEXT, "%s%s", guessed ? "~" : "", count);
}

enum style columns_cell(enum column c, const struct device *d, int64_t now,
	int width, char out[COLUMN_TEXT])
{
	const char *text = NULL;
	char word[SPARK_BYTES > 32 ? SPARK_BYTES : 32];

	out[0] = '\0';
	switch (c) {
	case COLUMN_MARK:
		snprintf(out, COLUMN_TEXT, "%s", words_mark(words_concern(d)));
		return columns_use_style(d);
	case COLUMN_DEVICE:
		text = d->name ? d->name
			: d->helos.n == 0 ? "(no EHLO seen)" : "(no name)";
		snprintf(out, COLUMN_TEXT, "%s", text);
		return columns_use_style(d) == STYLE_MUST ? STYLE_MUST
			: d->name ? STYLE_PLAIN : STYLE_DIM;
	case COLUMN_ADDRESS:
		text = d->addresses.n > 0 ? d->addresses.v[0] : NULL;
		break;
	case COLUMN_VENDOR: text = d->vendor; break;
	case COLUMN_AUTH:
		snprintf(out, COLUMN_TEXT, "%s", words_auth(d, word));
		return columns_use_style(d);
	case COLUMN_IDENTITY:
		words_first(&d->accounts, out);
		return STYLE_PLAIN;
	case COLUMN_STANDING:
		snprintf(out, COLUMN_TEXT, "%s", standing_word(d->standing));
		return d->standing == STANDING_FAILING ? STYLE_MUST
			: d->standing == STANDING_ACTIVE ? STYLE_PLAIN
			: STYLE_DIM;
	case COLUMN_SERVER:
		words_first(&d->servers, out);
		return STYLE_PLAIN;
	case COLUMN_TLS: return tls_cell(d, out);
	case COLUMN_MSGS:
		msgs_cell(d, out);
		return STYLE_PLAIN;
	case COLUMN_DAY:
		text = spark(word, d->hours + QUERY_HOURS - 24, 24,
			(size_t)width);
		break;
	case COLUMN_LAST:
		text = d->last_seen > 0 ? say_age(word, now - d->last_seen)
					: WORDS_DASH;
		break;
	case COLUMNS: break;
	}
	snprintf(out, COLUMN_TEXT, "%s", text ? text : WORDS_DASH);
	return STYLE_PLAIN;
}

static int by_number(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_address(const struct names *a, const struct names *b)
{
	struct addr x = {0}, y = {0};

	if (!addr_parse(a->v[0], &x) || !addr_parse(b->v[0], &y))
		return strcasecmp(a->v[0], b->v[0]);
	if (x.family != y.family)
		return x.family < y.family ? -1 : 1;
	return memcmp(x.b, y.b, sizeof x.b);
}

static bool unknown(enum column c, const struct device *d)
{
	switch (c) {
	case COLUMN_DEVICE: return !d->name;
	case COLUMN_ADDRESS: return d->addresses.n == 0;
	case COLUMN_VENDOR: return !d->vendor;
	case COLUMN_IDENTITY: return d->accounts.n == 0;
	case COLUMN_SERVER: return d->servers.n == 0;
	case COLUMN_TLS: return d->tls_lowest == 0 && !d->some_clear;
	case COLUMN_LAST: return d->last_seen == 0;
	case COLUMN_MARK:
	case COLUMN_AUTH:
	case COLUMN_STANDING:
	case COLUMN_MSGS:
	case COLUMN_DAY:
	case COLUMNS: break;
	}
	return false;
}

/* Of two devices that are both known there. */
static int rising(enum column c, const struct device *a,
	const struct device *b)
{
	bool guessed;

	switch (c) {
	case COLUMN_DEVICE: return strcasecmp(a->name, b->name);
	case COLUMN_ADDRESS: return by_address(&a->addresses, &b->addresses);
	case COLUMN_VENDOR: return strcasecmp(a->vendor, b->vendor);
	case COLUMN_IDENTITY:
		return strcasecmp(a->accounts.v[0], b->accounts.v[0]);
	case COLUMN_STANDING: return by_number(a->standing, b->standing);
	case COLUMN_SERVER:
		return strcasecmp(a->servers.v[0], b->servers.v[0]);
	case COLUMN_TLS:
		return by_number(a->some_clear ? 0 : a->tls_lowest,
			b->some_clear ? 0 : b->tls_lowest);
	case COLUMN_MSGS:
		return by_number(words_volume(a, &guessed), words_volume(b, &guessed));
	case COLUMN_DAY: return by_number(day_total(a), day_total(b));
	case COLUMN_LAST: /* the shortest time ago */
		return by_number((uint64_t)b->last_seen,
			(uint64_t)a->last_seen);
	case COLUMN_MARK:
	case COLUMN_AUTH:
	case COLUMNS: break;
	}
	return by_number(words_rank(a), words_rank(b));
}

int columns_compare(enum column c, bool falling, const struct device *a,
	const struct device *b)
{
	bool no_a = unknown(c, a), no_b = unknown(c, b);

	if (no_a || no_b)
		return no_a - no_b;
	return falling ? rising(c, b, a) : rising(c, a, b);
}
