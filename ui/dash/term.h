/* term.h: the terminal: keys in, grids out. The only user of ncurses. */
#pragma once
#include "capture/base/err.h"
#include "ui/dash/dash.h"
#include "ui/dash/grid.h"

struct term;

enum term_event {
	TERM_NOTHING, /* the time is up */
	TERM_KEY,
	TERM_CLICK,
	TERM_RESIZE,
	TERM_STOP,    /* SIGINT or SIGTERM */
	TERM_SUSPEND, /* SIGTSTP from outside */
	TERM_HANGUP,
};

struct term_input {
	enum term_event event;
	uint32_t key; /* keys.h */
	int row, col; /* of a click */
};

/* One at a time. What dash.h promises of signals begins and ends here. */
bool term_open(struct term **out, enum dash_colour colour, bool mouse,
	struct err *e);
/* Leaves the terminal and the signals as they were. False if the terminal is
 * gone, or takes nothing: whoever writes to it would wait. */
bool term_close(struct term *t);

bool term_utf8(const struct term *t);
void term_size(const struct term *t, int *rows, int *cols);
struct term_input term_wait(struct term *t, int milliseconds);
/* Writes what differs from what was painted last. A terminal that takes no
 * output now is left alone: it is tried again by the next call. */
void term_paint(struct term *t, const struct grid *g);
void term_redraw(struct term *t); /* the next paint writes everything */
/* Gives the terminal back to the shell and stops, until continued. */
void term_suspend(struct term *t);
