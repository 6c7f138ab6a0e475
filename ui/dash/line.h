/* line.h: a text put together from parts; what does not fit is left out. */
#pragma once
#include <stddef.h>

enum { LINE_BYTES = 2048 };

/* Zeroed, it is empty. */
struct line {
	char text[LINE_BYTES];
	size_t n;
};

void line_add(struct line *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The same, after a gap where there is something already. */
void line_part(struct line *l, const char *gap, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
