/* field.h: the fields that a filter knows: the table that reading,
 * comparing, completing and the help share. Private to ui/filter/. */
#pragma once
#include "ui/filter/filter.h"

/* What a field holds, and so which comparisons it knows. */
enum field_type {
	TYPE_TEXT,     /* = != ~ */
	TYPE_WORD,     /* = != one of its words */
	TYPE_IP,       /* = != an address, a network or a prefix */
	TYPE_TLS,      /* all, with 1.2 or none */
	TYPE_AGE,      /* all, with 30d */
	TYPE_NUMBER,   /* all, with 100 or 3k */
};

/* What is=... may ask. */
enum field_is { IS_MARKED, IS_NEW, IS_CLEAR, IS_MTA };

struct field_word {
	const char *name; /* NULL ends them */
	uint64_t value;
};

struct field {
	const char *name;
	enum filter_field field;
	enum field_type type;
	const struct field_word *words;
	const char *help; /* what may follow the name */
};

extern const struct field_word FIELD_FACTORS[]; /* k, M, G */

/* The i-th, in the order of the help; NULL after the last. */
const struct field *field_at(size_t i);
const struct field *field_named(const char *name, size_t n);
bool field_word_value(const struct field_word *w, const char *text,
	uint64_t *out);

/* Small and capital letters of ASCII are one. */
bool field_same(const char *a, const char *b);
bool field_begins(const char *text, const char *with);
bool field_contains(const char *text, const char *part); /* text: or NULL */

/* Characters of the language itself. */
bool field_ends_word(char c);
bool field_is_operator(char c);
