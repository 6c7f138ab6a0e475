/* hosts.h: what a network says of hosts beside mail: their addresses and names
 * become rows where the host sends mail, takes mail, looks for a mail host or
 * looks like a thing that sends mail. Of all others nothing is written. */
#pragma once
#include "inventory/db_private.h"

struct hosts;
struct resolver;
struct record_binding;
struct record_identity;
struct record_session;

/* r hears of what has changed; it must live as long. */
bool hosts_open(struct hosts **out, struct db *db, struct resolver *r,
	struct err *e);
void hosts_close(struct hosts *h);

bool hosts_binding(struct hosts *h, const struct record_binding *b,
	struct err *e);
bool hosts_identity(struct hosts *h, const struct record_identity *i,
	struct err *e);
/* The session is written: its two hosts are of concern from now on. */
bool hosts_session(struct hosts *h, const struct record_session *s,
	struct err *e);
/* Notes in the database how much found no room. */
bool hosts_note(struct hosts *h, struct err *e);
