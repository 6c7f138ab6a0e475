/* known.h: the files that were read before, by earlier runs or by this one. */
#pragma once
#include "capture/live/source.h"

struct known {
	struct source_known *v;
	size_t n;
};

/* Copies the list, borrows its names. False: no memory. */
bool known_open(struct known *k, const struct source_known *v, size_t n);
void known_close(struct known *k);

/* Whose first packet, or all of whose packets, have that fingerprint. Borrowed
 * until the next known_put(); NULL: none. */
const struct source_known *known_by_id(const struct known *k,
	const uint8_t id[32]);
const struct source_known *known_by_digest(const struct known *k,
	const uint8_t digest[32]);
/* In place of what was known by that id. */
bool known_put(struct known *k, const struct source_known *one);

/* Was it read whole? */
bool known_is_whole(const struct source_known *one);

/* Does what begins at first follow so closely that sessions may go on in it? */
bool known_follows(int64_t last, int64_t first);

/* Could what lies between two times be a part of the session? */
bool known_wants(const struct source_span *s, int64_t from, int64_t to);
