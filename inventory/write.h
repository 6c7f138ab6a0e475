/* write.h: records become rows. Every write is idempotent: a session is
 * replaced by a longer observation of itself, all else is a set union. */
#pragma once
#include "capture/base/err.h"
#include "capture/session/record.h"

struct db;
struct writer;

/* Most rows of bindings and identities together: more than the largest site
 * has. A flood of forged ARP and DHCP ends here; what is known stays fresh.
 * Only those of hosts that are of concern are rows: hosts.h. */
enum { WRITER_HINTS = 100000 };

/* Prepares statements on an open database (takes no ownership). */
bool writer_open(struct writer **out, struct db *db, struct err *e);
/* Commits and frees. */
bool writer_close(struct writer *w, struct err *e);

/* Takes one record. wall: us since 1970, for heartbeats. */
bool writer_record(struct writer *w, const struct record *r, int64_t wall,
	struct err *e);
/* Where a file that was told of lies: what continues it may be read one day. */
bool writer_path(struct writer *w, const uint8_t id[32], const char *path,
	struct err *e);
/* Ends the transaction: call about once a second. The derived tables follow at
 * once, or some seconds later while records come in by the thousand. */
bool writer_tick(struct writer *w, struct err *e);
/* Ends the transaction and brings the derived tables up to date for all that
 * has changed: before somebody looks, and at the end. */
bool writer_commit(struct writer *w, struct err *e);
