/* grid.c: see grid.h. */
#include "ui/dash/grid.h"
#include "capture/base/text.h"
#include "ui/dash/width.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What screens are made of, and what stands for it in ASCII. */
static const struct {
	uint32_t c;
	char plain;
} PLAIN[] = {
	{0xb7, '.'},    /* middle dot */
	{0xd7, 'x'},    /* multiplication sign */
	{0x2014, '-'},  /* em dash: nothing known */
	{0x2026, '>'},  /* ellipsis */
	{0x2190, '<'},  {0x2191, '^'},  {0x2192, '>'},  {0x2193, 'v'},
	{0x2500, '-'},  {0x2502, '|'},  {0x250c, '+'},  {0x2510, '+'},
	{0x2514, '+'},  {0x2518, '+'},
	{0x2581, ' '},  {0x2582, '.'},  {0x2583, ':'},  {0x2584, '-'},
	{0x2585, '='},  {0x2586, '+'},  {0x2587, '*'},  {0x2588, '#'},
	{0x2589, '#'},  {0x258a, '#'},  {0x258b, '#'},  {0x258c, '-'},
	{0x258d, ' '},  {0x258e, ' '},  {0x258f, ' '},
	{0x2592, '%'},  /* medium shade */
	{0x25b2, '^'},  {0x25bc, 'v'},
};

static const char ELLIPSIS[] = "\xe2\x80\xa6";

/* A character of a text, ready for a cell. */
struct glyph {
	char s[4];
	uint8_t n, width;
	size_t took; /* bytes of the text */
};

static const struct cell BLANK = {.s = {' '}, .n = 1, .width = 1};

void grid_init(struct grid *g, int rows, int cols, bool utf8)
{
	g->rows = rows < 1 ? 1 : rows > GRID_MAX ? GRID_MAX : rows;
	g->cols = cols < 1 ? 1 : cols > GRID_MAX ? GRID_MAX : cols;
	g->utf8 = utf8;
	g->cursor_row = g->cursor_col = -1;
	g->cells = calloc((size_t)g->rows * g->cols, sizeof *g->cells);
	assert(g->cells);
	for (size_t i = 0; i < (size_t)g->rows * g->cols; i++)
		g->cells[i] = BLANK;
}

void grid_free(struct grid *g)
{
	free(g->cells);
	*g = (struct grid){0};
}

struct cell *grid_at(const struct grid *g, int row, int col)
{
	assert(row >= 0 && row < g->rows && col >= 0 && col < g->cols);
	return &g->cells[(size_t)row * g->cols + col];
}

bool grid_equal(const struct grid *a, const struct grid *b)
{
	return a->rows == b->rows && a->cols == b->cols &&
		a->utf8 == b->utf8 && a->cursor_row == b->cursor_row &&
		a->cursor_col == b->cursor_col && a->cells && b->cells &&
		memcmp(a->cells, b->cells,
			(size_t)a->rows * a->cols * sizeof *a->cells) == 0;
}

static uint8_t plain(uint32_t c)
{
	for (size_t i = 0; i < sizeof PLAIN / sizeof PLAIN[0]; i++)
		if (PLAIN[i].c == c)
			return (uint8_t)PLAIN[i].plain;
	return '?';
}

/* The next character; what may not be shown, and each byte of what is no
 * UTF-8, becomes a question mark. False at the end. */
static bool next(const struct grid *g, const char *s, struct glyph *out)
{
	size_t left = strnlen(s, 4);
	uint32_t c = 0;

	if (left == 0)
		return false;
	*out = (struct glyph){.s = {'?'}, .n = 1, .width = 1, .took = 1};
	out->took = text_decode((const uint8_t *)s, left, &c);
	if (out->took == 0) {
		out->took = 1;
		return true;
	}
	if (!text_is_clean(s, out->took))
		return true;
	out->width = (uint8_t)width_of(c);
	if (g->utf8 || c < 0x80) {
		memcpy(out->s, s, out->took);
		out->n = (uint8_t)out->took;
	} else {
		out->s[0] = (char)plain(c);
		out->width = out->width > 0;
	}
	return true;
}

int grid_measure(const struct grid *g, const char *s)
{
	struct glyph c;
	int cells = 0;

	while (next(g, s, &c) && cells < GRID_MAX) {
		cells += c.width;
		s += c.took;
	}
	return cells;
}

size_t grid_break(const struct grid *g, const char *s, int width)
{
	size_t n = 0, blank = 0;
	struct glyph c;
	int cells = 0;

	while (next(g, s + n, &c)) {
		if (cells + c.width > width && n > 0)
			return blank > 0 ? blank : n;
		cells += c.width;
		n += c.took;
		if (s[n] == ' ')
			blank = n;
	}
	return n;
}

/* Cuts a wide character in two halves that are blank, before one of them is
 * written over. */
static void split(struct grid *g, int row, int col)
{
	struct cell *c = grid_at(g, row, col);

	if (c->width == 2 && col + 1 < g->cols) {
		grid_at(g, row, col + 1)->s[0] = ' ';
		grid_at(g, row, col + 1)->n = 1;
		grid_at(g, row, col + 1)->width = 1;
	} else if (c->width == 0 && col > 0) {
		struct cell *left = grid_at(g, row, col - 1);

		memset(left->s, 0, sizeof left->s);
		left->s[0] = ' ';
		left->n = left->width = 1;
	}
}

/* Writes a character that has its room. */
static void set(struct grid *g, int row, int col, enum style style,
	const struct glyph *glyph)
{
	for (int i = 0; i < glyph->width; i++) {
		split(g, row, col + i);
		*grid_at(g, row, col + i) = (struct cell){
			.style = (uint8_t)style};
	}
	memcpy(grid_at(g, row, col)->s, glyph->s, glyph->n);
	grid_at(g, row, col)->n = glyph->n;
	grid_at(g, row, col)->width = glyph->width;
}

/* A mark goes onto the character before it, where that has room for it. */
static void combine(struct grid *g, int row, int col, const struct glyph *mark)
{
	struct cell *c = grid_at(g, row, col);

	if (c->width == 0 && col > 0)
		c = grid_at(g, row, col - 1);
	if (c->n + mark->n > CELL_BYTES || !g->utf8)
		return;
	memcpy(c->s + c->n, mark->s, mark->n);
	c->n = (uint8_t)(c->n + mark->n);
}

static int confine(const struct grid *g, int row, int col, int width)
{
	if (row < 0 || row >= g->rows || col < 0 || col >= g->cols)
		return 0;
	if (width > g->cols - col)
		width = g->cols - col;
	return width < 0 ? 0 : width;
}

int grid_text(struct grid *g, int row, int col, int width, enum style style,
	const char *s)
{
	int used = 0;
	struct glyph c, dots;
	bool fits;

	width = confine(g, row, col, width);
	if (width == 0)
		return 0;
	fits = grid_measure(g, s) <= width;
	for (; next(g, s, &c); s += c.took) {
		/* Keep a cell for the ellipsis of a text that is cut. */
		if (used + c.width > (fits ? width : width - 1))
			break;
		if (c.width == 0) {
			if (used > 0)
				combine(g, row, col + used - 1, &c);
			continue;
		}
		set(g, row, col + used, style, &c);
		used += c.width;
	}
	if (!fits && next(g, ELLIPSIS, &dots)) {
		set(g, row, col + used, style, &dots);
		used++;
	}
	return used;
}

int grid_tail(struct grid *g, int row, int col, int width, enum style style,
	const char *s)
{
	int cells = grid_measure(g, s);
	struct glyph c;

	width = confine(g, row, col, width);
	if (width == 0 || cells <= width)
		return grid_text(g, row, col, width, style, s);
	while (cells > width - 1 && next(g, s, &c)) {
		cells -= c.width;
		s += c.took;
	}
	grid_text(g, row, col, 1, style, ELLIPSIS);
	return 1 + grid_text(g, row, col + 1, width - 1, style, s);
}

int grid_right(struct grid *g, int row, int col, int width, enum style style,
	const char *s)
{
	int cells = grid_measure(g, s), room = confine(g, row, col, width);

	if (cells >= room)
		return grid_text(g, row, col, room, style, s);
	grid_text(g, row, col + room - cells, cells, style, s);
	return room;
}

int grid_repeat(struct grid *g, int row, int col, int width, enum style style,
	const char *s)
{
	struct glyph c;

	width = confine(g, row, col, width);
	if (!next(g, s, &c) || c.width != 1)
		return 0;
	for (int i = 0; i < width; i++)
		set(g, row, col + i, style, &c);
	return width;
}

void grid_clear(struct grid *g, int row, int col, int rows, int cols)
{
	for (int y = row; y < row + rows; y++) {
		int width = confine(g, y, col, cols);

		for (int x = col; x < col + width; x++) {
			split(g, y, x);
			*grid_at(g, y, x) = BLANK;
		}
	}
}

void grid_inverse(struct grid *g, int row, int col, int width)
{
	width = confine(g, row, col, width);
	for (int i = 0; i < width; i++)
		grid_at(g, row, col + i)->inverse = true;
}

struct pen pen_at(struct grid *g, int row, int col, int end)
{
	return (struct pen){g, row, col, end < g->cols ? end : g->cols};
}

bool pen_text(struct pen *p, enum style style, const char *s)
{
	bool fits = grid_measure(p->g, s) <= p->end - p->col;

	p->col += grid_text(p->g, p->row, p->col, p->end - p->col, style, s);
	return fits;
}

bool pen_format(struct pen *p, enum style style, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return pen_text(p, style, text);
}

bool pen_whole(struct pen *p, enum style style, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (grid_measure(p->g, text) > p->end - p->col)
		return false;
	return pen_text(p, style, text);
}
