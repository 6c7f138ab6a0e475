/* resolve_private.h: conclusions kept up to date while facts come in. */
#pragma once
#include "inventory/db_private.h"
#include "inventory/resolve.h"

struct resolver;

bool resolver_open(struct resolver **out, struct db *db, struct err *e);
void resolver_close(struct resolver *r);

/* What has changed: the sums of a client, a client that is none any more, a
 * server's role, a binding, what a network card says of itself ("mac:..."). */
bool resolver_client(struct resolver *r, int64_t end, struct err *e);
bool resolver_gone(struct resolver *r, int64_t end, struct err *e);
bool resolver_server(struct resolver *r, int64_t end, struct err *e);
bool resolver_binding(struct resolver *r, const char *scope, const char *ip,
	const char *mac, struct err *e);
/* A binding that was known was seen at another time. */
bool resolver_seen(struct resolver *r, const char *mac, struct err *e);
bool resolver_device(struct resolver *r, const char *device, struct err *e);
/* What is said of an address, which some device has; subject: "ip:..." */
bool resolver_address(struct resolver *r, const char *scope, const char *ip,
	const char *subject, struct err *e);

/* Draws the conclusions: at most `most` devices now, the longest waiting
 * first; the others wait for the next call. */
bool resolver_run(struct resolver *r, size_t most, struct err *e);
/* Notes in the database whether conclusions are missing: those that wait
 * here, and any that the caller knows of. */
bool resolver_note(struct resolver *r, bool missing, struct err *e);

/* Statements of fold.c: one device out of the sums of its ends. */
struct fold;
bool fold_open(struct fold **out, struct db *db, struct err *e);
void fold_close(struct fold *f);
bool fold_device(struct fold *f, const char *device, struct err *e);
