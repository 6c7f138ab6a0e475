/* text.c: see text.h. */
#include "capture/base/text.h"
#include <string.h>

enum { MARKS_MAX = 4 };

static const char ELLIPSIS[] = "\xe2\x80\xa6"; /* U+2026 */
static const char HEX[] = "0123456789ABCDEF";

size_t text_decode(const uint8_t *p, size_t n, uint32_t *out)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len;
	uint32_t c;

	if (n == 0)
		return 0;
	if (p[0] < 0x80) {
		*out = p[0];
		return 1;
	}
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		len = 2, c = p[0] & 0x1fu;
	else if ((p[0] & 0xf0) == 0xe0)
		len = 3, c = p[0] & 0x0fu;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		len = 4, c = p[0] & 0x07u;
	else
		return 0;
	if (len > n)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fu);
	}
	if (c < least[len] || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff)
		return 0;
	*out = c;
	return len;
}

struct range {
	uint32_t first, last;
};

static bool within(const struct range *r, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= r[i].first && c <= r[i].last)
			return true;
	return false;
}

/* Characters that steer a terminal or a reader's eye, or that nobody sees:
 * C0, C1, soft hyphen, bidirectional and zero-width controls, line and
 * paragraph separators, fillers, variation selectors, tags, specials and
 * private use (Unicode 15, categories Cc, Cf, Zl, Zp, Co and the invisible
 * of Lo and Mn). */
static bool is_unsafe(uint32_t c)
{
	static const struct range unsafe[] = {
		{0x00, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x34f, 0x34f},
		{0x600, 0x605}, {0x61c, 0x61c}, {0x6dd, 0x6dd},
		{0x70f, 0x70f}, {0x890, 0x891}, {0x8e2, 0x8e2},
		{0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},
		{0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
		{0x3164, 0x3164}, {0xe000, 0xf8ff}, {0xfe00, 0xfe0f},
		{0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb},
		{0xfffe, 0xffff}, {0x110bd, 0x110bd}, {0x110cd, 0x110cd},
		{0x13430, 0x1343f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
		{0xe0000, 0x10ffff},
	};

	if (c >= 0x20 && c < 0x7f)
		return false;
	return within(unsafe, sizeof unsafe / sizeof unsafe[0], c);
}

/* The blocks of combining marks that stack on one cell of a terminal. */
static bool is_mark(uint32_t c)
{
	static const struct range marks[] = {
		{0x300, 0x36f}, {0x483, 0x489}, {0x591, 0x5bd},
		{0x610, 0x61a}, {0x64b, 0x65f}, {0xe31, 0xe31},
		{0xe34, 0xe3a}, {0xe47, 0xe4e}, {0x1ab0, 0x1aff},
		{0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe20, 0xfe2f},
	};

	return c >= 0x300 && within(marks, sizeof marks / sizeof marks[0], c);
}

/* The token of a byte or character that may not pass: "<ESC>", "<0D>",
 * "<U+202E>". */
static size_t token(char out[16], uint32_t c, bool byte)
{
	size_t n = 0, digits = 2;

	out[n++] = '<';
	if (c == 0x1b) {
		memcpy(out + n, "ESC", 3);
		n += 3;
	} else {
		if (!byte && c > 0xff) {
			out[n++] = 'U';
			out[n++] = '+';
			digits = c > 0xffff ? 6 : 4;
		}
		while (digits-- > 0)
			out[n++] = HEX[c >> (4 * digits) & 0xf];
	}
	out[n++] = '>';
	return n;
}

size_t text_clean(char *dst, size_t cap, const void *src, size_t n)
{
	const uint8_t *p = src;
	size_t used = 0, fits = 0; /* fits: where an ellipsis still goes */
	unsigned marks = 0;

	if (cap == 0)
		return 0;
	while (n > 0) {
		char tok[16];
		const char *add = (const char *)p;
		uint32_t c = p[0];
		size_t len = text_decode(p, n, &c), width = len;
		bool mark = len > 0 && is_mark(c);

		marks = mark ? marks + 1 : 0;
		if (len == 0 || is_unsafe(c)) {
			width = token(tok, c, len == 0);
			add = tok;
			len = len == 0 ? 1 : len;
		} else if (marks > MARKS_MAX) {
			width = marks == MARKS_MAX + 1 ? 5 : 0;
			add = "<...>";
		}
		if (used + width + 1 > cap) {
			const char *dots = cap > 3 ? ELLIPSIS : "";

			memcpy(dst + fits, dots, strlen(dots));
			used = fits + strlen(dots);
			break;
		}
		memcpy(dst + used, add, width);
		used += width;
		if (used + 4 <= cap)
			fits = used;
		p += len;
		n -= len;
	}
	dst[used] = '\0';
	return used;
}

bool text_is_clean(const char *s, size_t n)
{
	const uint8_t *p = (const uint8_t *)s;
	unsigned marks = 0;

	while (n > 0) {
		uint32_t c = 0;
		size_t len = text_decode(p, n, &c);

		if (len == 0 || is_unsafe(c))
			return false;
		marks = is_mark(c) ? marks + 1 : 0;
		if (marks > MARKS_MAX)
			return false;
		p += len;
		n -= len;
	}
	return true;
}
