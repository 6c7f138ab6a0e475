/* dash.h: the dashboard: an inventory on the terminal, while it grows. It
 * only reads; whoever writes the inventory neither knows nor waits. */
#pragma once
#include "capture/base/err.h"
#include "inventory/query.h"
#include <stdbool.h>

enum dash_colour { DASH_COLOUR_AUTO, DASH_COLOUR_ALWAYS, DASH_COLOUR_NEVER };

/* All texts are borrowed until dash_run() returns. */
struct dash_options {
	const char *db;      /* the inventory's path; it may appear later */
	struct query *query; /* opened already, and taken; or NULL */
	const char *version; /* "0.1" */
	const char *source;  /* shown first until the inventory names one */
	const char *oui;     /* --oui-file, for query_oui(); or NULL */
	enum dash_colour colour;
	bool mouse;          /* click and wheel; off: the terminal's own */
	bool owns_capture;   /* leaving ends the capture: the screen says so */
};

enum dash_end {
	DASH_FAILED, /* no terminal, or no inventory: *e says why */
	DASH_QUIT,   /* the user, SIGINT or SIGTERM wants the end */
	DASH_HANGUP, /* the terminal is gone or stuck: print nothing to it */
};

/* Runs until it is left. The keyboard is stdin where that is a terminal, else
 * /dev/tty, so that captures can come from a pipe; colours follow NO_COLOR.
 * Call it with one thread, in the process that the shell started: SIGINT,
 * SIGTERM, SIGHUP, SIGWINCH and SIGTSTP are taken through a descriptor while
 * it runs and are as before when it returns, and so is the terminal. Ctrl-Z
 * stops this process alone: a capture process goes on. */
enum dash_end dash_run(const struct dash_options *o, struct err *e);
