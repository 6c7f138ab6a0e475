/* store.h: rows of exports become facts of the inventory: gathered beside it
 * first, so that the inventory is locked for a moment only, and then taken in
 * one transaction, whole or not at all. Private to this folder. */
#pragma once
#include "inventory/import/exports.h"
#include "inventory/import/import.h"
#include "inventory/sql.h"

struct store;

enum { STORE_ROWS = 1000000 }; /* of one import, that are kept */

/* Borrows the connection, which must outlive it. */
bool store_open(struct store **out, sqlite3 *h, struct err *e);
void store_close(struct store *s);

bool store_row(struct store *s, enum import_kind k,
	const struct import_row *row, struct err *e);
/* Is its domain that of an account that is known so far, or one that was
 * added? */
bool store_own(struct store *s, const char *account, bool *own,
	struct err *e);
bool store_add_domain(struct store *s, const char *domain, struct err *e);
/* Takes all in, and notes the files; their `known` is filled. now: us, wall
 * clock. */
bool store_commit(struct store *s, struct import_result *results, size_t n,
	int64_t now, struct err *e);
