/* field.h: the fields that a filter knows: the table that reading, comparing,
 * completing, the help and the manual share. Private to ui/filter/. */
#pragma once
#include "capture/base/text.h"
#include "ui/filter/filter.h"

/* What a field holds, and so which comparisons it knows. */
enum field_type {
	FIELD_TEXT,   /* = != ~ */
	FIELD_RCPT,   /* the same; inside and outside are words there */
	FIELD_WORD,   /* = != one of its words */
	FIELD_IP,     /* = != an address, a network or a prefix */
	FIELD_TLS,    /* all, with 1.2 or none */
	FIELD_AGE,    /* all, with 30d or a date */
	FIELD_DATE,   /* the same, of days to come; and "now" */
	FIELD_NUMBER, /* all, with 100 or 3k */
};

/* The words that stand for values. */
enum field_words {
	WORDS_NONE, WORDS_USE, WORDS_STANDING, WORDS_EVIDENCE, WORDS_IS,
	WORDS_VERSION, WORDS_TYPE, WORDS_FINDING, WORDS_CADENCE, WORDS_STATUS,
	WORDS_RECIPIENTS, WORDS_SECONDS, WORDS_FACTOR,
};

/* What is=... may ask. */
enum field_is { IS_MARKED, IS_NEW, IS_CLEAR, IS_MTA };

struct field {
	const char *name;
	enum filter_field field;
	enum field_type type;
	enum field_words words;
	const char *example; /* what may follow the name; NULL: its words */
	const char *what;
};

/* The i-th, in the order of the help; NULL after the last. */
const struct field *field_at(size_t i);
const struct field *field_named(const char *name, size_t n);

/* The i-th word and what it stands for; NULL after the last. */
const char *field_word(enum field_words words, size_t i, uint64_t *value);
bool field_word_value(enum field_words words, const char *text,
	uint64_t *out);
/* "2026-12-31" as a day since 1970. */
bool field_day(const char *text, uint64_t *out);

/* Small and capital letters of ASCII are one. */
bool field_same(const char *a, const char *b);
bool field_begins(const char *text, const char *with);
bool field_contains(const char *text, const char *part); /* text: or NULL */

/* The tags of a device one by one: the next of a list with commas between, in
 * out; false at the end. */
bool field_next_tag(const char **list, char out[TEXT_MAX]);

/* Characters of the language itself. */
bool field_ends_word(char c);
bool field_is_operator(char c);

/* What may follow the name of a field. */
void field_values(const struct field *f, char out[FILTER_HELP]);
