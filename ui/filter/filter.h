/* filter.h: which devices are meant, as an expression:
 *
 *	auth=basic and (server~office365 or ip=10.20.0.0/16) and not last<30d
 *
 * A word alone is looked for everywhere; two terms without a word between
 * them are both wanted; quotes keep blanks and operators in a value. */
#pragma once
#include "inventory/query.h"

enum { FILTER_STEPS = 64, FILTER_DEPTH = 32, FILTER_VALUE = 64 };

/* What is compared. */
enum filter_field {
	FILTER_ANYWHERE, FILTER_AUTH, FILTER_IP, FILTER_NAME, FILTER_VENDOR,
	FILTER_MODEL, FILTER_TYPE, FILTER_MAC, FILTER_VLAN, FILTER_ACCOUNT,
	FILTER_MECH, FILTER_FROM, FILTER_RCPT, FILTER_RECIPIENTS,
	FILTER_SERVER, FILTER_SERVICE, FILTER_EHLO, FILTER_AGENT, FILTER_CODE,
	FILTER_STANDING, FILTER_EVIDENCE, FILTER_IS, FILTER_TLS, FILTER_LAST,
	FILTER_FIRST, FILTER_MSGS, FILTER_SESSIONS, FILTER_BYTES,
	FILTER_REFUSED, FILTER_FINDING, FILTER_CADENCE, FILTER_BREAKS,
	FILTER_ADVICE, FILTER_OWNER, FILTER_TAG, FILTER_NOTE, FILTER_STATUS,
};

enum filter_step_kind {
	FILTER_TERM, FILTER_AND, FILTER_OR, FILTER_NOT,
};

enum filter_compare {
	FILTER_EQUAL, FILTER_UNEQUAL, FILTER_CONTAINS, FILTER_LESS,
	FILTER_AT_MOST, FILTER_MORE, FILTER_AT_LEAST,
};

/* Reverse Polish: evaluating needs no recursion. */
struct filter_step {
	enum filter_step_kind kind;
	enum filter_field field;
	enum filter_compare compare;
	char text[FILTER_VALUE];
	uint64_t number;    /* of a number; of a word, what it stands for; of
			     * an age, seconds */
	bool day;           /* of a date: number is its day since 1970 */
	struct addr addr;   /* of ip=; family 0: text is a prefix */
	unsigned bits;
};

/* Zeroed, it lets everything pass. */
struct filter_expression {
	struct filter_step v[FILTER_STEPS];
	size_t n;
};

struct filter_error {
	size_t at;      /* the byte of the expression where it is wrong */
	char text[160]; /* without the position */
};

struct filter_subject {
	const struct device *device;
	int64_t now; /* us: what ages count from */
	bool marked;
};

/* *out is written only on success. */
bool filter_parse(struct filter_expression *out, const char *text,
	struct filter_error *e);
bool filter_match(const struct filter_expression *f,
	const struct filter_subject *x);
/* As a word alone in a filter: any text of the device contains it, small or
 * capital letters alike. */
bool filter_anywhere(const struct device *d, const char *word);

/* What may be written instead of the bytes [from, at) of an expression, as far
 * as it is certain; and what may follow there, with blanks between. */
struct filter_completion {
	size_t from;
	char text[FILTER_VALUE + 2];
	char choices[256];
};

/* Completes the field or the value that ends at byte at. Values are the words
 * of the field, or what the devices of l have there (l may be NULL). */
void filter_complete(const char *text, size_t at, const struct device_list *l,
	struct filter_completion *out);
/* Whether the last word could still become a field's name, or "and", "or",
 * "not": what is being typed is no word to look for yet. */
bool filter_unfinished(const char *text);

enum { FILTER_HELP = 192 };

/* A field for help and manual: "auth", "=basic, oauth, ...", "what it uses to
 * send". */
struct filter_help {
	const char *name, *what;
	char values[FILTER_HELP];
};

/* The i-th; false past the last. */
bool filter_describe(size_t i, struct filter_help *out);
