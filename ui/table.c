/* table.c: see table.h. */
#include "ui/table.h"
#include "ui/words.h"
#include "capture/base/text.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

struct table {
	size_t columns, rows;
	unsigned right;
	char **cells; /* rows * columns; the first row is the titles */
};

struct table *table_new(const char *const *titles, size_t n, unsigned right)
{
	struct table *t = calloc(1, sizeof *t);

	assert(n <= TABLE_COLUMNS);
	if (!t)
		return NULL;
	t->columns = n;
	t->right = right;
	if (!table_add(t, titles)) {
		table_free(t);
		return NULL;
	}
	return t;
}

bool table_add(struct table *t, const char *const *cells)
{
	size_t at = t->rows * t->columns;
	char **more = realloc(t->cells,
		(at + t->columns) * sizeof *more);

	if (!more)
		return false;
	t->cells = more;
	for (size_t i = 0; i < t->columns; i++)
		more[at + i] = strdup(cells[i] ? cells[i] : WORDS_DASH);
	t->rows++;
	return true;
}

/* Terminal cells of the character at p; its bytes in *n. Text is clean, but
 * the locale may know fewer characters than we do. */
static int cell_width(const char *p, size_t *n)
{
	uint32_t c = 0;
	int width;

	*n = text_decode((const uint8_t *)p, strlen(p), &c);
	if (*n == 0)
		*n = 1;
	width = wcwidth((wchar_t)c);
	return width < 0 ? 1 : width;
}

static int text_width(const char *s)
{
	int width = 0;

	while (s && *s) {
		size_t n;

		width += cell_width(s, &n);
		s += n;
	}
	return width;
}

static int column_width(const struct table *t, size_t column, int widest)
{
	int most = 0;

	for (size_t row = 0; row < t->rows; row++) {
		int width = text_width(t->cells[row * t->columns + column]);

		most = width > most ? width : most;
	}
	return most > widest ? widest : most;
}

/* Prints at most `width` cells of s; the number of cells used. */
static int print_cut(const char *s, int width, FILE *out)
{
	bool cut = text_width(s) > width;
	int used = 0, room = cut ? width - 1 : width;

	while (s && *s) {
		size_t n;
		int w = cell_width(s, &n);

		if (used + w > room)
			break;
		fwrite(s, 1, n, out);
		used += w;
		s += n;
	}
	if (cut) {
		fputs("\xe2\x80\xa6", out);
		used++;
	}
	return used;
}

void table_print(const struct table *t, int widest, FILE *out)
{
	int widths[TABLE_COLUMNS] = {0};

	for (size_t i = 0; i < t->columns; i++)
		widths[i] = column_width(t, i, widest);
	for (size_t row = 0; row < t->rows; row++) {
		for (size_t i = 0; i < t->columns; i++) {
			const char *s = t->cells[row * t->columns + i];
			int width = text_width(s), pad;

			width = width > widths[i] ? widths[i] : width;
			pad = widths[i] - width;
			if (t->right & 1u << i)
				fprintf(out, "%*s", pad, "");
			print_cut(s, widths[i], out);
			if (i + 1 == t->columns)
				break;
			if (!(t->right & 1u << i))
				fprintf(out, "%*s", pad, "");
			fputs("  ", out);
		}
		fputc('\n', out);
	}
}

void table_free(struct table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->rows * t->columns; i++)
		free(t->cells[i]);
	free(t->cells);
	free(t);
}
