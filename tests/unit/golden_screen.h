/* golden_screen.h: screens against tests/golden/screens/NAME.txt. With
 * UPDATE_SCREENS=1 the files are written anew: look at them before keeping
 * them. */
#pragma once
#include "tests/unit/check.h"
#include "ui/dash/grid.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCREEN_MAX = 1 << 20 };

/* A row as text, without the blanks at its end. */
static inline void row_text(const struct grid *g, int row, char *out,
	size_t cap)
{
	size_t n = 0;

	for (int col = 0; col < g->cols; col++) {
		const struct cell *c = grid_at(g, row, col);

		if (n + c->n >= cap)
			fail();
		memcpy(out + n, c->s, c->n);
		n += c->n;
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
}

/* A grid as text; free it. */
static inline char *grid_as_text(const struct grid *g)
{
	size_t cap = (size_t)g->rows * g->cols * CELL_BYTES + g->rows + 1;
	char *text = calloc(1, cap);
	size_t n = 0;

	assert_non_null(text);
	for (int row = 0; row < g->rows; row++) {
		row_text(g, row, text + n, cap - n);
		n += strlen(text + n);
		text[n++] = '\n';
	}
	text[n] = '\0';
	return text;
}

static inline void same_as_file(const char *name, const char *text)
{
	static char want[SCREEN_MAX];
	const char *tests = getenv("MAILCENSUS_TESTS");
	char path[4096];
	FILE *f;
	size_t n;

	snprintf(path, sizeof path, "%s/golden/screens/%s.txt",
		tests ? tests : "tests", name);
	if (getenv("UPDATE_SCREENS")) {
		f = fopen(path, "w");
		assert_non_null(f);
		check(fputs(text, f) >= 0 && fclose(f) == 0);
		return;
	}
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s: %s", path, strerror(errno));
	n = fread(want, 1, sizeof want - 1, f);
	want[n] = '\0';
	fclose(f);
	if (strcmp(text, want) != 0)
		fail_msg("%s differs; it is now\n%s", path, text);
}
