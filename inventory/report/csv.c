/* csv.c: see csv.h. */
#include "inventory/report/csv.h"
#include "capture/base/text.h"
#include <inttypes.h>
#include <string.h>

void csv_begin(struct csv *c, FILE *out)
{
	*c = (struct csv){.out = out};
	fputs("\xef\xbb\xbf", out);
}

static bool is_space(uint32_t c)
{
	return c == ' ' || c == 0xa0 || c == 0x1680 ||
		(c >= 0x2000 && c <= 0x200b) || c == 0x202f || c == 0x205f ||
		c == 0x3000 || c == 0xfeff;
}

/* = + - @ in ASCII, full width and small form, and the minus sign. */
static bool is_operator(uint32_t c)
{
	switch (c) {
	case '=': case '+': case '-': case '@': case '\t': case '\r':
	case '\n': case 0xff1d: case 0xff0b: case 0xff0d: case 0xff20:
	case 0xfe66: case 0xfe62: case 0xfe63: case 0xfe6b: case 0x2212:
		return true;
	default:
		return false;
	}
}

/* Would a spreadsheet compute it? Behind spaces as well, since importing
 * trims them. */
static bool is_formula(const char *text)
{
	size_t left = strlen(text), n;
	uint32_t c;

	while ((n = text_decode((const uint8_t *)text, left, &c)) > 0) {
		if (!is_space(c))
			return is_operator(c);
		text += n;
		left -= n;
	}
	return false;
}

static void separate(struct csv *c)
{
	if (c->begun)
		putc(',', c->out);
	c->begun = true;
}

void csv_text(struct csv *c, const char *text)
{
	separate(c);
	if (!text || *text == '\0')
		return;
	putc('"', c->out);
	if (is_formula(text))
		putc('\'', c->out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putc('"', c->out);
		putc(*text, c->out);
	}
	putc('"', c->out);
}

void csv_header(struct csv *c, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		csv_text(c, names[i]);
	csv_end_line(c);
}

void csv_number(struct csv *c, uint64_t v)
{
	separate(c);
	fprintf(c->out, "%" PRIu64, v);
}

void csv_end_line(struct csv *c)
{
	fputs("\r\n", c->out);
	c->begun = false;
}
