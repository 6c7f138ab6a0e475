/* glob.c: see glob.h. */
#include "inventory/glob.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

const char *glob_wrong(const char *pattern)
{
	int stars = 0, macs = 0;

	if (pattern[0] == '\0')
		return "it is empty";
	for (const char *p = pattern; *p != '\0'; p++) {
		stars += *p == '*';
		if (*p == '}')
			return "a } without its {";
		if (*p != '{')
			continue;
		if (strncasecmp(p, "{mac}", 5) != 0 &&
			strncasecmp(p, "{nic}", 5) != 0)
			return "only {mac} and {nic} may stand in braces";
		macs += tolower((unsigned char)p[1]) == 'm';
		p += 4;
	}
	if (stars > GLOB_STARS)
		return "it has more than four *";
	return macs > 1 ? "it has two {mac}" : NULL;
}

static int hex(char c)
{
	c = (char)tolower((unsigned char)c);
	return c >= '0' && c <= '9' ? c - '0'
		: c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* n hex digits at p, or 0; with separators where a pair has one behind it.
 * Returns how long they are. */
static size_t digits(const char *p, size_t n, uint8_t *out)
{
	const char *begin = p;
	char between = '\0';

	for (size_t i = 0; i < n; i += 2) {
		int high = hex(p[0]), low = high < 0 ? -1 : hex(p[1]);

		if (low < 0)
			return 0;
		out[i / 2] = (uint8_t)(high << 4 | low);
		p += 2;
		if (i == 0 && (*p == '-' || *p == ':'))
			between = *p;
		if (between != '\0' && i + 2 < n && *p++ != between)
			return 0;
	}
	return (size_t)(p - begin);
}

/* A match in progress: the MAC that it has passed. */
struct match {
	struct mac mac;
	bool has_mac;
};

/* Stars try every length; there are at most GLOB_STARS, and names are short:
 * the depth is that of the stars. */
static bool here(const char *pattern, const char *text, struct match *m)
{
	uint8_t bytes[6];
	size_t n;

	for (; *pattern != '\0'; pattern++) {
		switch (*pattern) {
		case '*':
			while (pattern[1] == '*')
				pattern++;
			if (pattern[1] == '\0')
				return true;
			for (; *text != '\0'; text++)
				if (here(pattern + 1, text, m))
					return true;
			return here(pattern + 1, text, m);
		case '{':
			n = digits(text, pattern[1] == 'm' ||
				pattern[1] == 'M' ? 12 : 6, bytes);
			if (n == 0)
				return false;
			if (tolower((unsigned char)pattern[1]) == 'm') {
				memcpy(m->mac.b, bytes, sizeof bytes);
				m->has_mac = true;
			}
			text += n;
			pattern += 4;
			break;
		case '#':
			if (hex(*text) < 0)
				return false;
			text++;
			break;
		case '?':
			if (*text == '\0')
				return false;
			text++;
			break;
		default:
			if (tolower((unsigned char)*text) !=
				tolower((unsigned char)*pattern))
				return false;
			text++;
		}
	}
	return *text == '\0';
}

bool glob_matches(const char *pattern, const char *text, struct mac *mac,
	bool *has_mac)
{
	struct match m = {.has_mac = false};

	*has_mac = false;
	if (!here(pattern, text, &m))
		return false;
	*has_mac = m.has_mac;
	if (m.has_mac)
		*mac = m.mac;
	return true;
}
