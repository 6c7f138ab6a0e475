/* choose.h: asks which interface to watch, where the command line names none
 * and there is a terminal to ask on. */
#pragma once
#include "capture/base/err.h"
#include "ui/dash/dash.h"

struct choose_options {
	const char *db;   /* offered too, if it is there */
	const char *user; /* -Z, or NULL */
	enum dash_colour colour;
	bool mouse;
};

enum choose_end {
	CHOOSE_FAILED, CHOOSE_LEFT, CHOOSE_INTERFACE, CHOOSE_INVENTORY,
};

enum { CHOOSE_NAME = 64 };

/* Listens on every interface, as far as that is allowed, until one is chosen;
 * then name is its own. What was started as root shows the screen as whoever
 * called, and is root again afterwards. */
enum choose_end choose(const struct choose_options *o, char name[CHOOSE_NAME],
	struct err *e);
