/* addr.c: see addr.h. */
#include "capture/base/addr.h"
#include <arpa/inet.h>
#include <string.h>

struct addr addr_v4(const uint8_t b[4])
{
	struct addr a = {.family = 4};

	memcpy(a.b, b, 4);
	return a;
}

struct addr addr_v6(const uint8_t b[16])
{
	struct addr a = {.family = 6};

	memcpy(a.b, b, 16);
	return a;
}

size_t addr_len(const struct addr *a)
{
	return a->family == 4 ? 4 : a->family == 6 ? 16 : 0;
}

const char *addr_format(const struct addr *a, char out[ADDR_TEXT])
{
	out[0] = '\0';
	if (a->family == 4)
		inet_ntop(AF_INET, a->b, out, ADDR_TEXT);
	else if (a->family == 6)
		inet_ntop(AF_INET6, a->b, out, ADDR_TEXT);
	return out;
}

bool addr_parse(const char *text, struct addr *out)
{
	uint8_t b[16];

	if (inet_pton(AF_INET, text, b) == 1)
		*out = addr_v4(b);
	else if (inet_pton(AF_INET6, text, b) == 1)
		*out = addr_v6(b);
	else
		return false;
	return true;
}

bool addr_is_private(const struct addr *a)
{
	static const uint8_t loopback6[16] = {[15] = 1};
	const uint8_t *b = a->b;

	if (a->family == 6)
		return (b[0] & 0xfe) == 0xfc ||
			(b[0] == 0xfe && (b[1] & 0xc0) == 0x80) ||
			memcmp(b, loopback6, 16) == 0;
	return b[0] == 10 || b[0] == 127 || (b[0] == 192 && b[1] == 168) ||
		(b[0] == 172 && (b[1] & 0xf0) == 16) ||
		(b[0] == 169 && b[1] == 254) ||
		(b[0] == 100 && (b[1] & 0xc0) == 64);
}

const char *mac_format(const struct mac *m, char out[MAC_TEXT])
{
	static const char hex[] = "0123456789abcdef";
	char *p = out;

	for (int i = 0; i < 6; i++) {
		if (i > 0)
			*p++ = ':';
		*p++ = hex[m->b[i] >> 4];
		*p++ = hex[m->b[i] & 0xf];
	}
	*p = '\0';
	return out;
}

bool mac_is_zero(const struct mac *m)
{
	static const struct mac zero;

	return memcmp(m, &zero, sizeof zero) == 0;
}

bool mac_is_local(const struct mac *m)
{
	return (m->b[0] & 2) != 0;
}

bool mac_is_group(const struct mac *m)
{
	return (m->b[0] & 1) != 0;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0'
		: c >= 'a' && c <= 'f' ? c - 'a' + 10
		: c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool mac_parse(const char *text, struct mac *out)
{
	size_t group = strcspn(text, ":-."); /* digits */
	const char *p = text;
	char between = text[group];
	struct mac m;

	if (!(group == 2 && (between == ':' || between == '-')) &&
		!(group == 4 && between == '.') &&
		!(group == 12 && between == '\0'))
		return false;
	for (size_t i = 0; i < 6; i++) {
		int high, low;

		if (i > 0 && 2 * i % group == 0 && *p++ != between)
			return false;
		high = hex_digit(p[0]);
		low = high < 0 ? -1 : hex_digit(p[1]);
		if (low < 0)
			return false;
		m.b[i] = (uint8_t)(high << 4 | low);
		p += 2;
	}
	if (*p != '\0')
		return false;
	*out = m;
	return true;
}
