/* columns_events.c: the columns of events; see columns.h. */
#include "ui/dash/columns.h"
#include "ui/dash/events.h"
#include "ui/say.h"
#include <stdio.h>
#include <string.h>

enum { TIME, KIND, WHO, TEXT, N };

static const struct column_spec SPECS[N] = {
	[TIME] = {.title = "TIME", .help = "when, UTC", .least = 8,
		.falling = true},
	[KIND] = {.title = "EVENT", .help = "what kind", .least = 7},
	[WHO] = {.title = "DEVICE", .help = "whom it concerns", .from = 60,
		.least = 15},
	[TEXT] = {.title = "WHAT", .help = "what was seen", .least = 16,
		.fixed = true},
};

static const struct column_growth GROWTH[] = {
	{TEXT, 50}, {TIME, 19}, {WHO, 24}, {TEXT, 1000}, {-1, 0},
};

const struct columns EVENT_COLUMNS = {.rows = "events", .spec = SPECS,
	.n = N, .growth = GROWTH, .address = -1, .sort = TIME, .then = TIME};

static enum style kind_style(const struct event *e)
{
	switch (e->kind) {
	case EVENT_LOSS:
	case EVENT_GAP: return STYLE_LOSS;
	case EVENT_REFUSED: return STYLE_MUST;
	case EVENT_HIDDEN: return STYLE_HIDDEN;
	case EVENT_SOURCE:
		return e->level == EVENT_WARN ? STYLE_LOSS : STYLE_PLAIN;
	case EVENT_NEW: return STYLE_BOLD;
	case EVENT_NAME:
	case EVENT_AUTH:
	case EVENT_MAIL: break;
	}
	return STYLE_PLAIN;
}

/* What does not fit goes: the year, then the day; but of another day than
 * this the day says more. */
static void time_cell(int64_t at, int64_t now, int width,
	char out[COLUMN_TEXT])
{
	const int64_t day = 24 * 3600 * INT64_C(1000000);
	char text[SAY_MAX];

	say_time(text, at);
	if (strlen(text) >= 19)
		text[19] = '\0';
	else
		width = 19;
	if (width >= 19)
		snprintf(out, COLUMN_TEXT, "%s", text);
	else if (width >= 14)
		snprintf(out, COLUMN_TEXT, "%s", text + 5);
	else if (at / day == now / day)
		snprintf(out, COLUMN_TEXT, "%s", text + 11);
	else
		snprintf(out, COLUMN_TEXT, "%.5s", text + 5);
}

enum style event_cell(int column, const struct event *e, int64_t now,
	int width, char out[COLUMN_TEXT])
{
	switch (column) {
	case TIME: time_cell(e->at, now, width, out); break;
	case KIND:
		snprintf(out, COLUMN_TEXT, "%s", event_word(e->kind));
		return kind_style(e);
	case WHO:
		snprintf(out, COLUMN_TEXT, "%s", e->who ? e->who : WORDS_DASH);
		break;
	case TEXT:
		snprintf(out, COLUMN_TEXT, "%s", e->text);
		return e->level == EVENT_WARN ? kind_style(e) : STYLE_PLAIN;
	default: break;
	}
	return STYLE_PLAIN;
}

void event_key(int column, const struct event *e, struct column_key *k)
{
	switch (column) {
	case KIND: column_key_text(k, event_word(e->kind)); break;
	case WHO: column_key_text(k, e->who); break;
	default: k->high = (uint64_t)e->at; break;
	}
}
