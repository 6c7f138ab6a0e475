/* sessions.h: sessions become rows; private to the writer. */
#pragma once
#include "capture/session/record.h"
#include "inventory/db_private.h"
#include "inventory/servers.h"
#include "inventory/tally.h"

struct sessions;

/* Borrows servers and tally, which hear of each session. */
bool sessions_open(struct sessions **out, struct db *db,
	struct servers *servers, struct tally *tally, struct err *e);
void sessions_close(struct sessions *w);

/* A session that is there already is replaced by a longer observation of
 * itself, together with its events; a shorter one changes nothing. source: a
 * row, 0 for none. */
bool sessions_put(struct sessions *w, const struct record_session *s,
	int64_t source, struct err *e);
/* A capture begins then (us): what began a moment before may be known. */
void sessions_edge(struct sessions *w, int64_t at);
