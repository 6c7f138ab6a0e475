/* servers.h: facts about servers: what they are called, greet with and offer.
 * Each session tells them again, so they are gathered and written at times. */
#pragma once
#include "inventory/db_private.h"

struct servers;

bool servers_open(struct servers **out, struct db *db, struct err *e);
void servers_close(struct servers *s);

/* What a session tells of its server: numbers of rows (0: none). */
struct servers_facts {
	int64_t server, profile;
	int64_t banner;
	int64_t proxied; /* what it was asked for, if it is a proxy */
	bool starttls;
};

/* Times in us. */
bool servers_note(struct servers *s, const struct servers_facts *f,
	int64_t first, int64_t last, struct err *e);
bool servers_are_full(const struct servers *s);
bool servers_flush(struct servers *s, struct err *e);
