/* columns_devices.c: the columns of devices; see columns.h. */
#include "ui/dash/columns.h"
#include "ui/dash/spark.h"
#include "ui/say.h"
#include <stdio.h>
#include <string.h>

static const struct column_spec SPECS[COLUMN_DEVICES] = {
	[COLUMN_MARK] = {.title = "", .help = "",
		.from = 0, .least = 1, .fixed = true},
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

static const struct column_growth GROWTH[] = {
	{COLUMN_DEVICE, 15}, {COLUMN_IDENTITY, 15}, {COLUMN_ADDRESS, 19},
	{COLUMN_IDENTITY, 26}, {COLUMN_DEVICE, 18},
	{COLUMN_VENDOR, 14}, {COLUMN_TLS, 5}, {COLUMN_MSGS, 9},
	{COLUMN_SERVER, 26}, {COLUMN_DAY, 24}, {COLUMN_DEVICE, 28},
	{COLUMN_ADDRESS, 39}, {COLUMN_IDENTITY, 40}, {COLUMN_SERVER, 36},
	{COLUMN_VENDOR, 24}, {COLUMN_IDENTITY, 64}, {COLUMN_DEVICE, 64},
	{-1, 0},
};

const struct columns DEVICE_COLUMNS = {.rows = "devices", .spec = SPECS,
	.n = COLUMN_DEVICES, .growth = GROWTH, .address = COLUMN_ADDRESS,
	.sort = COLUMN_AUTH, .then = COLUMN_MSGS, .marked = true};

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

static enum style name_cell(const struct device *d, char out[COLUMN_TEXT])
{
	snprintf(out, COLUMN_TEXT, "%s", d->name ? d->name
		: d->helos.n == 0 ? "(no EHLO seen)" : "(no name)");
	return columns_use_style(d) == STYLE_MUST ? STYLE_MUST
		: d->name ? STYLE_PLAIN : STYLE_DIM;
}

static enum style standing_cell(const struct device *d, char out[COLUMN_TEXT])
{
	snprintf(out, COLUMN_TEXT, "%s", standing_word(d->standing));
	return d->standing == STANDING_FAILING ? STYLE_MUST
		: d->standing == STANDING_ACTIVE ? STYLE_PLAIN : STYLE_DIM;
}

enum style device_cell(int column, const struct device *d, int64_t now,
	int width, char out[COLUMN_TEXT])
{
	const char *text = NULL;
	char word[SPARK_BYTES > 32 ? SPARK_BYTES : 32];

	switch ((enum device_column)column) {
	case COLUMN_MARK:
		snprintf(out, COLUMN_TEXT, "%s", words_mark(words_concern(d)));
		return columns_use_style(d);
	case COLUMN_DEVICE: return name_cell(d, out);
	case COLUMN_ADDRESS:
		text = d->addresses.n > 0 ? d->addresses.v[0] : NULL;
		break;
	case COLUMN_VENDOR: text = d->vendor; break;
	case COLUMN_AUTH:
		snprintf(out, COLUMN_TEXT, "%s", words_auth(d, word));
		return columns_use_style(d);
	case COLUMN_IDENTITY:
		words_identity(d, out);
		return d->accounts.n > 0 ? STYLE_PLAIN : STYLE_DIM;
	case COLUMN_STANDING: return standing_cell(d, out);
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
	case COLUMN_DEVICES: break;
	}
	snprintf(out, COLUMN_TEXT, "%s", text ? text : WORDS_DASH);
	return STYLE_PLAIN;
}

static uint64_t be64(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

/* By number; what is no address stands behind those. */
static void address_key(const struct names *addresses, struct column_key *k)
{
	struct addr a = {0};

	k->unknown = addresses->n == 0;
	if (k->unknown)
		return;
	if (!addr_parse(addresses->v[0], &a)) {
		k->high = k->low = UINT64_MAX;
		k->text = addresses->v[0];
		return;
	}
	if (a.family == 4) {
		k->low = be64(a.b) >> 32;
		return;
	}
	/* No IPv6 address of a host begins with 64 zeroes. */
	k->high = be64(a.b);
	k->low = be64(a.b + 8);
}

void device_key(int column, const struct device *d, struct column_key *k)
{
	bool guessed;

	switch ((enum device_column)column) {
	case COLUMN_DEVICE: column_key_text(k, d->name); break;
	case COLUMN_ADDRESS: address_key(&d->addresses, k); break;
	case COLUMN_VENDOR: column_key_text(k, d->vendor); break;
	case COLUMN_IDENTITY:
		column_key_text(k, d->accounts.n > 0 ? d->accounts.v[0] : NULL);
		break;
	case COLUMN_STANDING: k->high = d->standing; break;
	case COLUMN_SERVER:
		column_key_text(k, d->servers.n > 0 ? d->servers.v[0] : NULL);
		break;
	case COLUMN_TLS:
		k->unknown = d->tls_lowest == 0 && !d->some_clear;
		k->high = d->some_clear ? 0 : d->tls_lowest;
		break;
	case COLUMN_MSGS: k->high = words_volume(d, &guessed); break;
	case COLUMN_DAY: k->high = day_total(d); break;
	case COLUMN_LAST: /* the shortest time ago */
		k->unknown = d->last_seen == 0;
		k->high = UINT64_MAX / 2 - (uint64_t)d->last_seen;
		break;
	case COLUMN_MARK:
	case COLUMN_AUTH:
	case COLUMN_DEVICES: k->high = words_rank(d); break;
	}
}
