/* columns_servers.c: the columns of servers; see columns.h. */
#include "ui/dash/columns.h"
#include "ui/dash/line.h"
#include "ui/say.h"
#include <stdio.h>

enum {
	MARK, SERVER, ADDRESS, PORT, SERVICE, DEVICES, SESSIONS, BASIC,
	REQUIRED, OFFERS, LAST, N,
};

static const struct column_spec SPECS[N] = {
	[MARK] = {.title = "", .help = "", .least = 1, .fixed = true},
	[SERVER] = {.title = "SERVER", .help = "its name, else its address",
		.least = 14},
	[ADDRESS] = {.title = "ADDRESS", .help = "its address, and how many "
		"more", .from = 90, .least = 15},
	[PORT] = {.title = "PORT", .help = "its port", .from = 32, .least = 5,
		.right = true},
	[SERVICE] = {.title = "SERVICE", .help = "whose service it is",
		.from = 140, .least = 26},
	[DEVICES] = {.title = "DEVICES", .help = "how many send to it",
		.least = 7, .right = true, .falling = true},
	[SESSIONS] = {.title = "SESSIONS", .help = "all sessions with it",
		.from = 64, .least = 8, .right = true, .falling = true},
	[BASIC] = {.title = "BASIC", .help = "sessions with a password",
		.from = 40, .least = 7, .right = true, .falling = true},
	[REQUIRED] = {.title = "AUTH?", .help = "sessions whose AUTH TLS "
		"hides", .from = 56, .least = 7, .right = true,
		.falling = true},
	[OFFERS] = {.title = "AUTH IN CLEAR", .help = "mechanisms that it "
		"offers without TLS", .from = 74, .least = 13,
		.falling = true},
	[LAST] = {.title = "LAST", .help = "time since its last session",
		.from = 104, .least = 8},
};

static const struct column_growth GROWTH[] = {
	{SERVER, 26}, {OFFERS, 14}, {ADDRESS, 19}, {SERVER, 34},
	{OFFERS, 24}, {SERVICE, 28}, {ADDRESS, 39}, {SERVER, 64}, {-1, 0},
};

const struct columns SERVER_COLUMNS = {.rows = "servers", .spec = SPECS,
	.n = N, .growth = GROWTH, .address = -1, .sort = SESSIONS,
	.then = DEVICES};

static void number(uint64_t n, char out[COLUMN_TEXT])
{
	char text[SAY_MAX];

	snprintf(out, COLUMN_TEXT, "%s", n < 1000000 ? say_count(text, n)
		: say_short(text, (double)n));
}

/* "LOGIN PLAIN !"; what it offers inside TLS nobody sees. */
static enum style offers(const struct server_group *v, char out[COLUMN_TEXT])
{
	struct line l = {.n = 0};

	for (size_t i = 0; i < v->offered.n && i < 16; i++)
		line_part(&l, " ", "%s", v->offered.v[i]);
	if (v->offered.n == 0)
		line_add(&l, "%s", v->starttls ? "STARTTLS" : WORDS_DASH);
	snprintf(out, COLUMN_TEXT, "%.*s", COLUMN_TEXT - 1, l.text);
	return server_offers_clear(v) ? STYLE_MUST : STYLE_PLAIN;
}

static void address(const struct server_group *v, char out[COLUMN_TEXT])
{
	const char *ip = v->v[0]->ip ? v->v[0]->ip : WORDS_DASH;

	if (v->n > 1)
		snprintf(out, COLUMN_TEXT, "%s +%zu", ip, v->n - 1);
	else
		snprintf(out, COLUMN_TEXT, "%s", ip);
}

enum style server_cell(int column, const struct server_group *v, int64_t now,
	char out[COLUMN_TEXT])
{
	char text[SAY_MAX];
	bool clear = server_offers_clear(v);

	switch (column) {
	case MARK:
		snprintf(out, COLUMN_TEXT, "%s",
			words_mark(clear ? CONCERN_MUST : CONCERN_NONE));
		return clear ? STYLE_MUST : STYLE_PLAIN;
	case SERVER:
		snprintf(out, COLUMN_TEXT, "%s", v->name ? v->name
			: v->v[0]->ip ? v->v[0]->ip : "?");
		return v->name ? STYLE_PLAIN : STYLE_DIM;
	case ADDRESS: address(v, out); break;
	case PORT: snprintf(out, COLUMN_TEXT, "%u", v->port); break;
	case SERVICE:
		snprintf(out, COLUMN_TEXT, "%s",
			v->service ? v->service : "own or unknown");
		return v->service ? STYLE_PLAIN : STYLE_DIM;
	case DEVICES: number(v->devices.n, out); break;
	case SESSIONS: number(v->sessions, out); break;
	case BASIC:
		number(v->by_use[USE_BASIC], out);
		return v->by_use[USE_BASIC] > 0 ? STYLE_MUST : STYLE_PLAIN;
	case REQUIRED:
		number(v->by_use[USE_REQUIRED], out);
		return v->by_use[USE_REQUIRED] > 0 ? STYLE_MUST : STYLE_PLAIN;
	case OFFERS: return offers(v, out);
	case LAST:
		snprintf(out, COLUMN_TEXT, "%s",
			say_age(text, now - v->last_seen));
		break;
	default: break;
	}
	return STYLE_PLAIN;
}

void server_key(int column, const struct server_group *v, struct column_key *k)
{
	switch (column) {
	case SERVER: column_key_text(k, v->name ? v->name : v->id); break;
	case ADDRESS: column_key_text(k, v->v[0]->ip); break;
	case PORT: k->high = v->port; break;
	case SERVICE: column_key_text(k, v->service); break;
	case DEVICES: k->high = v->devices.n; break;
	case BASIC: k->high = v->by_use[USE_BASIC]; break;
	case REQUIRED: k->high = v->by_use[USE_REQUIRED]; break;
	case OFFERS: k->high = v->offered.n; break;
	case LAST: k->high = UINT64_MAX / 2 - (uint64_t)v->last_seen; break;
	default: k->high = v->sessions; break;
	}
}
