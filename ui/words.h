/* words.h: a device's facts as short words, the same in tables and lists. */
#pragma once
#include "inventory/query.h"

enum { WORDS_AUTH = 24, WORDS_TIME = 40 };

/* "!" must change, "?" hidden in TLS, "+" OAuth, "·" no AUTH. */
const char *words_mark(const struct device *d);
/* The best name, or "(no name)". */
const char *words_name(const struct device *d);
/* "BASIC", "BASIC~", "MTA". Returns out. */
const char *words_auth(const struct device *d, char out[WORDS_AUTH]);
/* "active" or what deserves attention more. */
const char *words_standing(const struct device *d);
/* Lowest version: "none", "1.2", or "-" where nothing was sent. */
const char *words_tls(const struct device *d);
/* The first name of a list, or NULL. */
const char *words_first(const struct names *n);
const char *words_time(int64_t us, char out[WORDS_TIME]);
