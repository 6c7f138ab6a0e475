/* base64.c: see base64.h. */
#include "capture/base/base64.h"

static int value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_push(struct base64 *b, uint8_t c, uint8_t *out)
{
	int v = value(c);

	if (b->bad)
		return false;
	if (c == '=' && b->pad < 2) {
		b->pad++;
		return false;
	}
	if (v < 0 || b->pad > 0) {
		b->bad = true;
		return false;
	}
	b->bits = b->bits << 6 | (uint32_t)v;
	b->have = (uint8_t)(b->have + 6);
	if (b->have < 8)
		return false;
	b->have = (uint8_t)(b->have - 8);
	*out = (uint8_t)(b->bits >> b->have);
	b->bits &= (1u << b->have) - 1;
	return true;
}
