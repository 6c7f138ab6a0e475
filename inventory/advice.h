/* advice.h: what to do about the way a device sends, and by when: the first
 * rule of inventory/data/timeline.rules that fits it. Pure but for reading the
 * file. */
#pragma once
#include "capture/base/err.h"
#include "inventory/verdict.h"

enum recipients { RECIPIENTS_UNKNOWN, RECIPIENTS_INSIDE, RECIPIENTS_OUTSIDE };

const char *recipients_word(enum recipients r); /* "inside" */

/* Of one device and one service that it sends to. */
struct advice_facts {
	enum auth_use use;
	const char *service; /* "exchange-online-submission", "own", "other" */
	enum recipients recipients;
	bool tls_old; /* below 1.2, or none at all */
};

/* Borrows from the rules. */
struct advice {
	const char *rule, *what, *why;
	const char *breaks; /* "2026-12-31", "now"; NULL: no date is known */
	const char *source; /* the day of the announcement, or NULL */
};

struct advices;

/* The rules that came with the program. */
bool advices_load(struct advices **out, struct err *e);
bool advices_parse(struct advices **out, const char *name, const char *text,
	size_t n, struct err *e);
void advices_free(struct advices *a);

/* All NULL where no rule fits. */
struct advice advise(const struct advices *a, const struct advice_facts *f);

/* Of two pieces of advice, which is the more urgent: the earlier date. */
bool advice_is_sooner(const struct advice *a, const struct advice *b);
