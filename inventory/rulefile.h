/* rulefile.h: files of rules as people write them: a rule is a line of words,
 * "quoted" where they hold blanks; a # at the begin of a word makes the rest
 * of the line a comment. Bounded: a line, its words, a file. */
#pragma once
#include "capture/base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RULEFILE_WORDS = 12,    /* of a line */
	RULEFILE_LINE = 1024,   /* bytes of a line, NUL too */
	RULEFILE_MOST = 1 << 20 /* bytes of a file */
};

struct rulefile {
	const char *name; /* what errors call it; borrowed, as is p */
	const char *p;
	size_t n;
	unsigned line;
	char text[RULEFILE_LINE];
	char *word[RULEFILE_WORDS]; /* of the line in hand */
	size_t words;
};

struct rulefile rulefile_init(const char *name, const char *text, size_t n);
/* The next line that has words; none: *any is false. */
bool rulefile_next(struct rulefile *f, bool *any, struct err *e);
/* False, and an error with file, line, what is wrong and the word it is about,
 * made safe to show. */
bool rulefile_wrong(const struct rulefile *f, struct err *e,
	const char *what, const char *word);

/* Goes on with a print of what rules hold, from RULEFILE_PRINT on; NULL is not
 * the empty text. */
#define RULEFILE_PRINT UINT64_C(0xcbf29ce484222325)
uint64_t rulefile_print(uint64_t h, const char *text);

/* A whole file into *text, which the caller frees. */
bool rulefile_read(const char *path, char **text, size_t *n, struct err *e);
