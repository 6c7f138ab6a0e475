/* roff.c: texts as the macros of man(7) take them; see manual.h. */
#include "ui/manual/manual.h"
#include <string.h>

void roff_text(FILE *out, const char *text)
{
	/* A dot or quote would begin a request. */
	if (*text == '.' || *text == '\'')
		fputs("\\&", out);
	for (; *text; text++) {
		switch (*text) {
		case '\\': fputs("\\e", out); break;
		case '-': fputs("\\-", out); break;
		case '~': fputs("\\(ti", out); break;
		case '^': fputs("\\(ha", out); break;
		case '`': fputs("\\(ga", out); break;
		case '\'': fputs("\\(aq", out); break;
		default: putc(*text, out); break;
		}
	}
}

void roff_section(FILE *out, const char *title)
{
	fprintf(out, ".SH %s\n", title);
}

void roff_item(FILE *out, const char *term, const char *text)
{
	fputs(".TP\n\\fB", out);
	roff_text(out, term);
	fputs("\\fR\n", out);
	roff_text(out, text);
	putc('\n', out);
}

void roff_paragraph(FILE *out, const char *text)
{
	fputs(".PP\n", out);
	roff_text(out, text);
	putc('\n', out);
}
