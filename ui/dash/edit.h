/* edit.h: one line of text that is being typed. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EDIT_MAX = 256 }; /* bytes, with NUL */

struct edit {
	char text[EDIT_MAX]; /* UTF-8 without controls */
	size_t at;           /* the cursor: a byte where a character begins */
};

void edit_set(struct edit *e, const char *text); /* the cursor to its end */
/* Puts a text, as far as it fits, in the place of what is between that byte
 * and the cursor. */
void edit_replace(struct edit *e, size_t from, const char *text);
/* Takes a key; false if it is none that edits. What does not fit is lost. */
bool edit_key(struct edit *e, uint32_t key);
