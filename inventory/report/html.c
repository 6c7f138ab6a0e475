/* html.c: see html.h. */
#include "inventory/report/html.h"
#include "capture/base/text.h"
#include "inventory/report/out.h"
#include <inttypes.h>
#include <string.h>

static void escape(FILE *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		switch (text[i]) {
		case '&': fputs("&amp;", out); break;
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '"': fputs("&quot;", out); break;
		case '\'': fputs("&#39;", out); break;
		default: putc(text[i], out);
		}
}

void html_text(FILE *out, const char *text)
{
	if (text)
		escape(out, text, strlen(text));
}

void html_clip(FILE *out, const char *text)
{
	size_t at = 0, n = text ? strlen(text) : 0, len;
	uint32_t c;

	for (size_t i = 0; i < HTML_CLIP && at < n; i++) {
		len = text_decode((const uint8_t *)text + at, n - at, &c);
		if (len == 0)
			break;
		at += len;
	}
	if (n > 0)
		escape(out, text, at);
	if (at < n)
		fputs("\xe2\x80\xa6", out);
}

void html_names(FILE *out, const struct names *n, const char *between)
{
	for (size_t i = 0; i < n->n && i < HTML_LIST; i++) {
		if (i > 0)
			fputs(between, out);
		html_clip(out, n->v[i]);
	}
	if (n->n > HTML_LIST)
		fprintf(out, " +%zu", n->n - HTML_LIST);
}

void html_time(FILE *out, int64_t us)
{
	char text[OUT_TIME];

	if (out_time(us, text)[0] == '\0')
		fputs("-", out);
	else
		fprintf(out, "%.16sZ", text);
}

void html_number(FILE *out, uint64_t n)
{
	char digits[24], text[32];
	int len = snprintf(digits, sizeof digits, "%" PRIu64, n), at = 0;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			text[at++] = ',';
		text[at++] = digits[i];
	}
	text[at] = '\0';
	fputs(text, out);
}

void html_count(FILE *out, uint64_t n, const char *one, const char *many)
{
	html_number(out, n);
	fprintf(out, " %s", n == 1 ? one : many);
}
