/* smtp_plausible.c: could a connection be mail, by the first bytes of a side?
 * Asked for any port, so most of what comes here is something else. */
#include "capture/proto/smtp_state.h"

enum { LOOK = 64 }; /* bytes */

/* No NUL and no control that a mail would not have. */
static bool is_texty(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < ' ' && p[i] != '\t' && p[i] != '\r' &&
			p[i] != '\n' && p[i] != '\f' && p[i] != 0x1b)
			return false;
	return true;
}

static bool client(const uint8_t *p, size_t n, bool midstream)
{
	bool more = true;
	const struct smtp_word *w = NULL;
	size_t at = 0, len = 0;

	while (at < n && (p[at] == ' ' || p[at] == '\t' || p[at] == '\r' ||
		p[at] == '\n'))
		at++;
	while (at + len < n && len < SMTP_WORD && more) {
		const struct smtp_word *next;

		next = smtp_word(p + at, len + 1, &more);
		if (!next && !more)
			break;
		w = next;
		len++;
	}
	if (at + len == n && (more || w))
		return true; /* so far */
	if (w && w->argument != SMTP_FOREIGN)
		return p[at + len] <= ' ' || p[at + len] == ':';
	if (w && (p[at + len] == ' ' || p[at + len] == '\r'))
		return false;
	return midstream && is_texty(p, n < LOOK ? n : LOOK);
}

/* A greeting is 220, or a 4xx or 5xx for a client that is not welcome. */
static bool server(const uint8_t *p, size_t n, bool midstream)
{
	static const char GREETING[] = "220";
	size_t at = 0;

	while (at < n && (p[at] == '\r' || p[at] == '\n'))
		at++;
	p += at;
	n -= at;
	if (midstream)
		return is_texty(p, n < LOOK ? n : LOOK);
	for (size_t i = 0; i < n && i < 4; i++) {
		bool digit = p[i] >= '0' && p[i] <= '9';

		if (i == 3)
			return p[i] == ' ' || p[i] == '-' || p[i] == '\r' ||
				p[i] == '\n';
		if (!digit || (i == 0 && p[i] != '2' && p[i] != '4' &&
			p[i] != '5'))
			return false;
		if (p[0] == '2' && p[i] != (uint8_t)GREETING[i])
			return false;
	}
	return true;
}

bool smtp_plausible(enum side side, const uint8_t *p, size_t n, bool midstream)
{
	return side == SIDE_CLIENT ? client(p, n, midstream)
				   : server(p, n, midstream);
}
