/* build.h: filling a record: wire text goes through the one gate and into
 * the arena, lists stay within their limits. */
#pragma once
#include "capture/session/record.h"
#include <stddef.h>

/* Cleans and adds a text, or finds the same one in the arena. {0} if it is
 * empty, or if the arena is full (RECORD_TRUNCATED is then set). */
struct record_text build_text(struct record_session *s, const void *p,
	size_t n);
/* The same for text that is kept only while `spare` bytes stay free: lists
 * that a client can make long leave room for its account. */
struct record_text build_spare_text(struct record_session *s, const void *p,
	size_t n, size_t spare);

/* A text that the peer gave, be it empty: then a text of no length. */
struct record_text build_given(struct record_session *s, const void *p,
	size_t n, size_t spare);

/* Adds a text, as build_spare_text() makes it, to a list unless it stands
 * there. One for which a list is full takes no room (RECORD_TRUNCATED). */
void build_once(struct record_session *s, struct record_text *list,
	uint8_t *n, uint8_t most, const void *p, size_t len, size_t spare);

/* Room for one more AUTH: the oldest goes where there is none. */
struct record_auth *build_auth(struct record_session *s);
/* Likewise for a refusal. */
struct record_refusal *build_refusal(struct record_session *s);

void build_init(struct record_session *s);
