/* err.c: see err.h. */
#include "capture/base/err.h"
#include "capture/base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	char raw[ERR_TEXT];
	va_list ap;

	if (!e)
		return false;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof raw, fmt, ap);
	va_end(ap);
	e->kind = kind;
	text_clean(e->text, sizeof e->text, raw, strlen(raw));
	return false;
}
