/* words.h: a device's facts as short words, the same in tables and screens. */
#pragma once
#include "inventory/query.h"

/* How a device concerns the one who plans the cut-over. */
enum concern {
	CONCERN_NONE,   /* no AUTH, or nothing sent */
	CONCERN_OAUTH,
	CONCERN_HIDDEN, /* TLS hides it */
	CONCERN_MUST,   /* must change */
};

enum concern words_concern(const struct device *d);
const char *words_mark(enum concern c); /* "!", "?", "+", a middle dot */

/* The same as a number to sort by, finer: relays last. */
unsigned words_rank(const struct device *d);

enum { WORDS_AUTH = 16 };

/* "BASIC~": with ~ where inferred, * where imported. "MTA". Returns out. */
const char *words_auth(const struct device *d, char out[WORDS_AUTH]);
/* "none", "1.2"; a dash where not known. */
const char *words_tls(uint16_t version, bool some_clear);
/* The number of messages; where TLS hides them all, that of sessions, and then
 * *guessed. */
uint64_t words_volume(const struct device *d, bool *guessed);

enum { WORDS_SERVER = 192 };

/* "smtp.example.com:587", "[2001:db8::25]:25", and where a proxy was asked for
 * it " via proxy 10.0.0.1:1080". Returns out. */
const char *words_server(const struct session_row *r, char out[WORDS_SERVER]);

enum { WORDS_TRY = 96 };

/* One AUTH of a session. "LOGIN", "LOGIN~" where it is inferred; "?". */
const char *words_mechanism(const struct auth_row *a, char out[WORDS_TRY]);
/* "anna@contoso.example"; where only its length is known "16-18 bytes"; NULL
 * where nothing is. */
const char *words_account(const struct auth_row *a, char out[WORDS_TRY]);
/* "235", "535 5.7.139"; where TLS hides the code "accepted~"; else NULL. */
const char *words_reply(const struct auth_row *a, char out[WORDS_TRY]);
/* "tenant switch", "tenant switch~"; NULL where none is known. */
const char *words_reason(const struct auth_row *a, char out[WORDS_TRY]);

/* The command that a server refused: "RCPT", "a message". */
const char *words_verb(unsigned verb);

enum { WORDS_LIST = 640 };

/* The first of a list, and how many more there are: "a@b.example +2"; a dash
 * where there are none. Returns out. */
const char *words_first(const struct names *n, char out[WORDS_LIST]);

/* What a device signs in as: its accounts as seen; else the one that it is
 * likely to have, which a star and its score tell apart: "*93% a@b.example".
 * Returns out. */
const char *words_identity(const struct device *d, char out[WORDS_LIST]);
/* "93%: signed in at the times of 38 of 40 sessions, its name has the length,
 * sends from its address". Returns out. */
const char *words_candidate(const struct candidate *c, char out[WORDS_LIST]);

#define WORDS_DASH "\xe2\x80\x94" /* what is not known */
