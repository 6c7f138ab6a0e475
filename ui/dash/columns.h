/* columns.h: the columns of every kind of rows. One table a kind for drawing,
 * order, the sort menu and the help. */
#pragma once
#include "ui/dash/grid.h"
#include "ui/dash/snapshot.h"
#include "ui/words.h"

/* Of devices: enough is known of them elsewhere to name their columns. */
enum device_column {
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
	COLUMN_DEVICES, /* their number */
};

enum { COLUMNS_MAX = 16 };

struct column_spec {
	const char *title, *help;
	int from;        /* shown on lines of at least so many cells */
	int least;       /* its cells there */
	bool right;      /* numbers */
	bool falling;    /* sorted from the highest first */
	bool tail;       /* where it is too long, its end says more */
	bool fixed;      /* nothing to sort by */
};

/* Who gets the room that is left, in this order, up to so many cells. */
struct column_growth {
	int column, most;
};

struct columns {
	const char *rows; /* what they are: "devices" */
	const struct column_spec *spec;
	int n;
	const struct column_growth *growth; /* a column of -1 ends them */
	int address;  /* the one that grows only as addresses need it; or -1 */
	int sort;     /* the order to begin with */
	int then;     /* and what decides between rows alike, falling */
	bool marked;  /* the first column has a sign, and a # of marked rows */
};

const struct columns *columns_of(enum rows_kind kind);

/* The cells each column gets on a line of so many, 0 for none; one blank
 * stands between two columns. address: the longest one to be shown. */
void columns_fit(enum rows_kind kind, int cells, int address,
	int widths[COLUMNS_MAX]);

enum { COLUMN_TEXT = 640 };

/* What a row's cell says, in so many cells, and the style it has. now: us,
 * what ages count from. */
enum style columns_cell(int column, const struct row *r, int64_t now,
	int width, char out[COLUMN_TEXT]);

/* What rows are compared by: what is not known comes last both ways. */
struct column_key {
	bool unknown;
	uint64_t high, low;
	const char *text; /* borrowed; compared last, capitals as small */
};
void columns_key(int column, const struct row *r, struct column_key *out);
/* < 0 where a comes first. */
int columns_compare(const struct column_key *a, const struct column_key *b,
	bool falling);

/* For those who make keys. */
void column_key_text(struct column_key *k, const char *text); /* or NULL */

/* The style of what is said of a device's use, everywhere on the screen. */
enum style columns_use_style(const struct device *d);

/* One file a kind: see columns_KIND.c. */
extern const struct columns DEVICE_COLUMNS, ACCOUNT_COLUMNS, SERVER_COLUMNS,
	EVENT_COLUMNS, SESSION_COLUMNS;
enum style device_cell(int column, const struct device *d, int64_t now,
	int width, char out[COLUMN_TEXT]);
void device_key(int column, const struct device *d, struct column_key *out);
enum style account_cell(int column, const struct account *a, int64_t now,
	int width, char out[COLUMN_TEXT]);
void account_key(int column, const struct account *a, struct column_key *out);
enum style server_cell(int column, const struct server_group *v, int64_t now,
	char out[COLUMN_TEXT]);
void server_key(int column, const struct server_group *v,
	struct column_key *out);
enum style event_cell(int column, const struct event *e, int64_t now,
	int width, char out[COLUMN_TEXT]);
void event_key(int column, const struct event *e, struct column_key *out);
enum style session_cell(int column, const struct session_line *s, int width,
	char out[COLUMN_TEXT]);
void session_key(int column, const struct session_line *s,
	struct column_key *out);
