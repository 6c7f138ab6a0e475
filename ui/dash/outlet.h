/* outlet.h: output for a terminal that may not take it: a stopped ssh must
 * not hold up the program, or it could not even be told to end. */
#pragma once
#include "capture/base/err.h"
#include <stddef.h>
#include <stdio.h>

struct outlet {
	FILE *stream; /* whose writers never wait: it is a file in memory */
	int tty;      /* where its contents go, without waiting */
	int page;     /* that file */
	char *held;   /* what the terminal has not taken yet */
	size_t n, at;
	bool dead;    /* the terminal is gone */
};

/* Opens the stream on the terminal fd, as itself so far. */
bool outlet_open(struct outlet *o, int fd, struct err *e);
void outlet_close(struct outlet *o);

/* From now on what is written to the stream is held. */
bool outlet_hold(struct outlet *o, struct err *e);
/* Gives the terminal what is held; true if it took all within that time. */
bool outlet_flush(struct outlet *o, int milliseconds);
