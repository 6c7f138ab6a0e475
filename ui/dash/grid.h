/* grid.h: a screen as data: cells with a character and a style. What is drawn
 * can be read back by a test or put on a terminal, and nothing but whole,
 * visible characters ever gets in, whatever the text. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a cell means; term.c knows how that looks. */
enum style {
	STYLE_PLAIN,
	STYLE_DIM,
	STYLE_BOLD,
	STYLE_TITLE,
	STYLE_HEAD,   /* column titles */
	STYLE_KEY,    /* a label of the bottom bar */
	STYLE_MUST,   /* red: must change */
	STYLE_HIDDEN, /* yellow: TLS hides it */
	STYLE_OAUTH,  /* green */
	STYLE_LOSS,   /* magenta: the capture lost something */
	STYLES,
};

/* A character and at most four marks on it, which take two bytes or more: more
 * than ncurses shows of them, or text_is_clean() lets pass, do not fit. */
enum { CELL_BYTES = 9 };

struct cell {
	char s[CELL_BYTES]; /* UTF-8, no NUL */
	uint8_t n;
	uint8_t width; /* 1, 2, or 0: the right half of the wide one before */
	uint8_t style;
	bool inverse;  /* the selected row */
};

/* A grid that speaks no UTF-8 shows what screens are made of (bars, lines,
 * ellipses) by its nearest ASCII, and '?' for other characters. */
struct grid {
	int rows, cols;
	bool utf8;
	int cursor_row, cursor_col; /* where one types; -1: nowhere */
	struct cell *cells;         /* rows * cols */
};

/* Blank; at least 1x1, and at most GRID_MAX a side. */
enum { GRID_MAX = 1000 };
void grid_init(struct grid *g, int rows, int cols, bool utf8);
void grid_free(struct grid *g);
struct cell *grid_at(const struct grid *g, int row, int col);
bool grid_equal(const struct grid *a, const struct grid *b);

/* All of these write only inside the grid and inside [col, col + width), and
 * return the number of cells used. Text that is too long ends with an
 * ellipsis, a wide character that has only half its room too. */
int grid_text(struct grid *g, int row, int col, int width, enum style style,
	const char *s);
/* The same, but what is too long shows its end: paths, addresses. */
int grid_tail(struct grid *g, int row, int col, int width, enum style style,
	const char *s);
int grid_right(struct grid *g, int row, int col, int width, enum style style,
	const char *s);
int grid_repeat(struct grid *g, int row, int col, int width,
	enum style style, const char *s);
/* The cells that a text takes. */
int grid_measure(const struct grid *g, const char *s);
/* The bytes of a text that fit on a line of so many cells: all, up to a
 * blank, or as many as there is room for; at least one character. */
size_t grid_break(const struct grid *g, const char *s, int width);
void grid_clear(struct grid *g, int row, int col, int rows, int cols);
void grid_inverse(struct grid *g, int row, int col, int width);

/* A pen writes one text after the other on a line, until its end. */
struct pen {
	struct grid *g;
	int row, col, end;
};

struct pen pen_at(struct grid *g, int row, int col, int end);
/* True if all of it fitted. */
bool pen_text(struct pen *p, enum style style, const char *s);
bool pen_format(struct pen *p, enum style style, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Nothing at all is written where not all of it fits. */
bool pen_whole(struct pen *p, enum style style, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
