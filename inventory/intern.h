/* intern.h: what repeats gets a number. A cache of what was asked last spares
 * the database most questions; it is of a fixed size and needs no keys in
 * memory, only 128-bit fingerprints under a random key. */
#pragma once
#include "capture/base/text.h"
#include "capture/session/record.h"
#include "inventory/db_private.h"
#include <stdbool.h>

struct intern;

struct intern_end {
	const char *scope;
	const struct record_end *end;
	uint16_t port;      /* 0: a client */
	const char *vlans;  /* "204,10" or "" */
	const char *called; /* the MAC in a client's name, or "" */
};

bool intern_open(struct intern **out, struct db *db, struct err *e);
void intern_close(struct intern *i);

/* Each gives the number of its thing, made if need be. NULL texts are 0. */
bool intern_text(struct intern *i, const char *text, int64_t *id,
	struct err *e);
bool intern_end_id(struct intern *i, const struct intern_end *k, int64_t *id,
	struct err *e);
bool intern_profile(struct intern *i, const struct record_session *s,
	int64_t *id, struct err *e);
bool intern_credential(struct intern *i, const struct record_session *s,
	const struct record_auth *a, int64_t *id, struct err *e);

/* The texts as one list: a newline between two; NULL where n is 0. */
enum { INTERN_LIST = RECORD_FROMS * TEXT_MAX };
const char *intern_list(const struct record_session *s,
	const struct record_text *t, size_t n, char out[INTERN_LIST]);
