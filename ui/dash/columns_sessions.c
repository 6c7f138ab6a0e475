/* columns_sessions.c: the columns of a device's sessions; see columns.h. */
#include "ui/dash/columns.h"
#include "ui/say.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TIME, SERVER, ACCOUNT, AUTH, REPLY, TLS, RCPT, BYTES, N };

static const struct column_spec SPECS[N] = {
	[TIME] = {.title = "SESSIONS, UTC", .help = "when it began",
		.least = 14, .falling = true},
	[SERVER] = {.title = "SERVER", .help = "with whom", .from = 46,
		.least = 12},
	[ACCOUNT] = {.title = "ACCOUNT", .help = "as whom", .from = 110,
		.least = 16},
	[AUTH] = {.title = "AUTH", .help = "by which mechanism", .least = 8},
	[REPLY] = {.title = "REPLY", .help = "what the server said to it",
		.least = 4},
	[TLS] = {.title = "TLS", .help = "its version", .from = 36,
		.least = 4},
	[RCPT] = {.title = "RCPT", .help = "recipients", .from = 60,
		.least = 4, .right = true, .falling = true},
	[BYTES] = {.title = "BYTES", .help = "of messages", .from = 70,
		.least = 8, .right = true, .falling = true},
};

static const struct column_growth GROWTH[] = {
	{TIME, 19}, {SERVER, 18}, {REPLY, 11}, {ACCOUNT, 26}, {SERVER, 30},
	{REPLY, 15}, {ACCOUNT, 40}, {SERVER, 44}, {AUTH, 14}, {-1, 0},
};

const struct columns SESSION_COLUMNS = {.rows = "sessions", .spec = SPECS,
	.n = N, .growth = GROWTH, .address = -1, .sort = TIME, .then = TIME};

enum style session_cell(int column, const struct session_line *s, int width,
	char out[COLUMN_TEXT])
{
	enum style auth = s->in_clear || s->refused ? STYLE_MUST : STYLE_PLAIN;
	const char *word = s->why[0] != '\0' &&
		(size_t)width >= strlen(s->why) ? s->why : s->reply;
	char text[SAY_MAX];

	switch (column) {
	case TIME:
		say_time(text, s->at);
		if (strlen(text) >= 19) /* the title says UTC */
			text[19] = '\0';
		snprintf(out, COLUMN_TEXT, "%s", width >= 19 ||
			strlen(text) < 19 ? text : text + 5);
		break;
	case SERVER: snprintf(out, COLUMN_TEXT, "%s", s->server); break;
	case ACCOUNT:
		snprintf(out, COLUMN_TEXT, "%s",
			s->account[0] != '\0' ? s->account : WORDS_DASH);
		break;
	case AUTH:
		snprintf(out, COLUMN_TEXT, "%s", s->auth);
		return auth;
	case REPLY:
		/* The bare code says enough where no more fits. */
		snprintf(out, COLUMN_TEXT, "%.*s",
			(size_t)width < strlen(word)
				? (int)strcspn(word, " ") : COLUMN_TEXT - 1,
			word);
		return auth;
	case TLS: snprintf(out, COLUMN_TEXT, "%s", s->tls); break;
	case RCPT:
		snprintf(out, COLUMN_TEXT, "%" PRIu64, s->recipients);
		break;
	case BYTES:
		snprintf(out, COLUMN_TEXT, "%s", s->bytes > 0
			? say_bytes(text, s->bytes) : WORDS_DASH);
		break;
	default: break;
	}
	return STYLE_PLAIN;
}

void session_key(int column, const struct session_line *s,
	struct column_key *k)
{
	switch (column) {
	case SERVER: column_key_text(k, s->server); break;
	case ACCOUNT:
		column_key_text(k, s->account[0] != '\0' ? s->account : NULL);
		break;
	case AUTH: column_key_text(k, s->auth); break;
	case REPLY: column_key_text(k, s->reply); break;
	case TLS: column_key_text(k, s->tls); break;
	case RCPT: k->high = s->recipients; break;
	case BYTES: k->high = s->bytes; break;
	default: k->high = (uint64_t)s->at; break;
	}
}
