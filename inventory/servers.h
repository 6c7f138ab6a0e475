/* servers.h: facts about servers: what they are called, greet with and offer.
 * Each session tells them again, so they are gathered and written at times. */
#pragma once
#include "inventory/db_private.h"

struct servers;

bool servers_open(struct servers **out, struct db *db, struct err *e);
void servers_close(struct servers *s);

/* Numbers of rows: the server's end, its session's profile and greeting (0:
 * none seen). Times in us. */
void servers_note(struct servers *s, int64_t server, int64_t profile,
	int64_t banner, bool starttls, int64_t first, int64_t last);
bool servers_are_full(const struct servers *s);
bool servers_flush(struct servers *s, struct err *e);
