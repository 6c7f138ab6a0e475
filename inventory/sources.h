/* sources.h: where facts came from, and how well each of its hours was heard;
 * private to the writer. */
#pragma once
#include "capture/session/record.h"
#include "inventory/db_private.h"

struct sources;

bool sources_open(struct sources **out, struct db *db, struct err *e);
void sources_close(struct sources *s);

/* A file that is read again says anew what it is and how it goes; what was
 * counted of it is the most that was ever counted. wall: us since 1970.
 * *row: its number. */
bool sources_put(struct sources *s, const struct record_source *r,
	int64_t wall, int64_t *row, struct err *e);
/* Of a source that was put. */
bool sources_put_hour(struct sources *s, const struct record_source *r,
	struct err *e);
/* Where the file lies, for what is read next to it one day. */
bool sources_put_path(struct sources *s, const uint8_t id[32],
	const char *path, struct err *e);
