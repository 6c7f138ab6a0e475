/* chooser.h: the first screen where nothing was said on the command line: which
 * interface, and which of them hears a mirror port. Plain data, as model.h. */
#pragma once
#include "ui/dash/grid.h"
#include "ui/dash/keys.h"

enum { CHOICE_NAME = 64, CHOICE_NOTE = 160 };

/* What can be chosen: an interface, or the inventory that is there already. */
struct choice {
	char name[CHOICE_NAME];
	char link[32];          /* "up 1000 Mbit/s" */
	char note[CHOICE_NOTE]; /* addresses, what the administrator says */
	bool inventory;
	bool up;
	bool measured;          /* what follows is known */
	double rate;            /* frames a second */
	unsigned strangers;     /* of 100 frames, those between others */
	size_t senders;
	bool mirror;            /* looks like a mirror port */
};

struct chooser {
	const char *version;
	struct choice *v; /* borrowed */
	size_t n;
	size_t at, top;
	bool moved;       /* by hand: it stays there */
	bool deaf;        /* without the right to listen: counters only */
	int rows, cols;
};

/* The cursor goes where a mirror port shows, unless it was moved. */
void chooser_look(struct chooser *c);
/* True where it is chosen: what the cursor is on. */
bool chooser_key(struct chooser *c, enum command command);
/* The choice at a row of the screen; false: none is there. Goes there. */
bool chooser_click(struct chooser *c, int row);
void chooser_draw(const struct chooser *c, struct grid *g);
