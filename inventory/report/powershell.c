/* powershell.c: see powershell.h. */
#include "inventory/report/powershell.h"
#include "capture/base/text.h"
#include <string.h>

enum { LOCAL_MOST = 64, HOST_MOST = 253 };

/* ' and the four that word processors make of it (CharExtensions.IsSingleQuote
 * of PowerShell's tokenizer). */
static bool is_quote(uint32_t c)
{
	return c == '\'' || (c >= 0x2018 && c <= 0x201b);
}

static bool breaks_line(uint32_t c)
{
	return c < ' ' || (c >= 0x7f && c <= 0x9f) || c == 0x2028 ||
		c == 0x2029;
}

void powershell_literal(FILE *out, const char *text)
{
	size_t left = strlen(text), n;
	uint32_t c;

	putc('\'', out);
	for (; left > 0; text += n, left -= n) {
		n = text_decode((const uint8_t *)text, left, &c);
		if (n == 0) {
			n = 1;
			putc('?', out);
		} else if (breaks_line(c)) {
			putc(' ', out);
		} else {
			fwrite(text, 1, n, out);
			if (is_quote(c))
				fwrite(text, 1, n, out);
		}
	}
	putc('\'', out);
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9');
}

/* Begins and ends with a letter or digit, and has but these in between. */
static bool is_made_of(const char *p, size_t n, const char *more)
{
	for (size_t i = 0; i < n; i++)
		if (!is_alnum(p[i]) && (i == 0 || i + 1 == n ||
				!strchr(more, p[i])))
			return false;
	return n > 0;
}

bool powershell_is_identity(const char *text)
{
	const char *at = strchr(text, '@');
	size_t local = at ? (size_t)(at - text) : 0;
	size_t host = at ? strlen(at + 1) : 0;

	return at && local <= LOCAL_MOST && host <= HOST_MOST &&
		is_made_of(text, local, "._+-") &&
		is_made_of(at + 1, host, ".-") && strchr(at + 1, '.') &&
		!strstr(text, "..");
}
