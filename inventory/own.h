/* own.h: which domains are one's own: those that somebody said, else those that
 * many devices send from. */
#pragma once
#include "inventory/query.h"

/* Is it the domain, or below it? */
bool own_has(const struct names *own, const char *host);

/* A guess in the making. */
struct own_guess;
struct own_guess *own_guess_new(void);
/* A device, and whom it mostly sends as; a relay sends for the whole world and
 * is not told of. */
void own_guess_sender(struct own_guess *g, const char *from);
/* Adds to out, and frees. */
void own_guess_end(struct own_guess *g, struct names *out);

/* From what was said, else from all devices. Adds to out. */
bool own_domains(struct query *q, struct names *out, struct err *e);
