/* line.c: see line.h. */
#include "ui/dash/line.h"
#include <stdarg.h>
#include <stdio.h>

static void append(struct line *l, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void append(struct line *l, const char *fmt, va_list ap)
{
	int n = vsnprintf(l->text + l->n, LINE_BYTES - l->n, fmt, ap);

	l->n += n > 0 ? (size_t)n : 0;
	if (l->n >= LINE_BYTES)
		l->n = LINE_BYTES - 1;
}

void line_add(struct line *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	append(l, fmt, ap);
	va_end(ap);
}

void line_part(struct line *l, const char *gap, const char *fmt, ...)
{
	va_list ap;

	if (l->n > 0)
		line_add(l, "%s", gap);
	va_start(ap, fmt);
	append(l, fmt, ap);
	va_end(ap);
}
