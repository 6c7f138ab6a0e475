/* layout.h: where things are on a screen of a given size. */
#pragma once
#include "ui/dash/model.h"

enum {
	LAYOUT_ROWS = 8, LAYOUT_COLS = 40,    /* less is too small */
	LAYOUT_FULL_ROWS = 14, LAYOUT_FULL_COLS = 60,
	LAYOUT_PANE_ROWS = 30, LAYOUT_PANE_COLS = 100,
};

enum layout_kind { LAYOUT_NONE, LAYOUT_SMALL, LAYOUT_FULL };

/* Rows; a part that is not there has 0 rows. */
struct layout {
	enum layout_kind kind;
	int progress, progress_rows; /* while a file is read */
	int summary;                 /* -1: none */
	int tabs;                    /* -1: none */
	int titles;                  /* of columns; -1: none */
	int list, list_rows;         /* what scrolls */
	int pane, pane_rows;         /* the selected device, below the list */
	int status;                  /* legend or message */
	int state;                   /* filter and sort; -1: none */
	int bar;                     /* keys */
};

struct layout layout_of(const struct dash_model *m);
/* The cells of each column of rows of that kind. */
void layout_columns(const struct dash_model *m, enum rows_kind kind,
	int widths[COLUMNS_MAX]);
/* The column of the view's rows at a cell of a line; -1: none. */
int layout_column_at(const struct dash_model *m, int col);
bool layout_reading(const struct dash_model *m);
