/* columns.h: the columns of the device list. One table for drawing, the sort
 * menu and the help. */
#pragma once
#include "inventory/query.h"
#include "ui/dash/grid.h"
#include "ui/words.h"

enum column {
	COLUMN_MARK,
	COLUMN_DEVICE,
	COLUMN_ADDRESS,
	COLUMN_VENDOR,
	COLUMN_AUTH,
	COLUMN_IDENTITY,
	COLUMN_STANDING,
	COLUMN_SERVER,
	COLUMN_TLS,
	COLUMN_MSGS,
	COLUMN_DAY,
	COLUMN_LAST,
	COLUMNS,
};

struct column_spec {
	const char *title, *help;
	int from;        /* shown on lines of at least so many cells */
	int least;       /* its cells there */
	bool right;      /* numbers */
	bool falling;    /* sorted from the highest first */
	bool tail;       /* where it is too long, its end says more */
};

const struct column_spec *columns_spec(enum column c);
bool columns_sortable(enum column c);

/* The cells each column gets on a line of so many, 0 for none; one blank
 * stands between two columns. address: the
 * longest one to be shown. */
void columns_fit(int cells, int address, int widths[COLUMNS]);

enum { COLUMN_TEXT = 640 };

/* What a device's cell says, in so many cells, and the style it has. now: us,
 * what ages count from. */
enum style columns_cell(enum column c, const struct device *d, int64_t now,
	int width, char out[COLUMN_TEXT]);
/* < 0 where a comes first. What is not known comes last both ways. */
int columns_compare(enum column c, bool falling, const struct device *a,
	const struct device *b);

/* The style of what is said of a device's use, everywhere on the screen. */
enum style columns_use_style(const struct device *d);
