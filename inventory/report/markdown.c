/* markdown.c: see markdown.h. */
#include "inventory/report/markdown.h"
#include <string.h>

enum { CODES_SHOWN = 12 };

/* A full stop or a colon within a word may make a link of it. */
static bool is_plain(char c, char next)
{
	if (c == '.' || c == ':')
		return next == ' ' || next == '\0';
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == ' ' || c == ',' || c == ';' ||
		c == '-' || c == '/' || c == '(' || c == ')' ||
		c == '\'' || c == '%' || (unsigned char)c >= 0x80;
}

void markdown_text(FILE *out, const char *text)
{
	for (; text && *text != '\0'; text++) {
		if (is_plain(text[0], text[1]))
			putc(*text, out);
		else
			fprintf(out, "&#%d;", *text);
	}
}

/* In a span of code nothing means anything but its own end, and in a table a
 * bar, and a backslash before one. */
void markdown_code(FILE *out, const char *text)
{
	bool blank = !text || text[strspn(text, " ")] == '\0';

	if (blank) {
		putc('-', out);
	} else if (strpbrk(text, "`|") ||
		text[strlen(text) - 1] == '\\') {
		fputs("<code>", out);
		markdown_text(out, text);
		fputs("</code>", out);
	} else {
		fprintf(out, "`%s`", text);
	}
}

void markdown_codes(FILE *out, const struct names *n)
{
	if (n->n == 0)
		putc('-', out);
	for (size_t i = 0; i < n->n && i < CODES_SHOWN; i++) {
		fputs(i > 0 ? ", " : "", out);
		markdown_code(out, n->v[i]);
	}
	if (n->n > CODES_SHOWN)
		fprintf(out, " +%zu", n->n - CODES_SHOWN);
}
