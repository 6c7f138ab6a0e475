/* fragments.h: parts of a session that were told as sessions of their own,
 * since a capture began in the middle of it; private to the writer. */
#pragma once
#include "inventory/db_private.h"
#include "inventory/facts.h"

struct fragments;

bool fragments_open(struct fragments **out, struct db *db, struct err *e);
void fragments_close(struct fragments *w);

/* A capture begins then (us). */
void fragments_edge(struct fragments *w, int64_t at);

/* A session as these functions need it. */
struct fragments_of {
	const struct facts *f;
	const uint8_t *conn; /* 16 bytes */
	uint16_t client_port;
};

/* A session has been written. */
void fragments_note(struct fragments *w, const struct fragments_of *x);

/* Is it within one that is known? */
bool fragments_is_part(struct fragments *w, const struct fragments_of *x,
	bool *is, struct err *e);
/* The next one that is known and lies within it; false in *found: there is
 * none (any more). */
bool fragments_next(struct fragments *w, const struct fragments_of *x,
	uint8_t part[16], bool *found, struct err *e);
