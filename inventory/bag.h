/* bag.h: texts with counts, to be listed with the most used first. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct bag_item {
	char *text;
	uint64_t n;
};

struct bag {
	struct bag_item *v;
	size_t n, cap;
};

/* Copies the first len bytes of text; the same text may come again. */
void bag_add(struct bag *b, const char *text, size_t len, uint64_t n);
/* Sums up equal texts and sorts: most used first, then by alphabet. */
void bag_sort(struct bag *b);
/* The first `most` of a sorted bag as a list, a newline between two; NULL if
 * it is empty. free() it. */
char *bag_list(const struct bag *b, size_t most);
void bag_free(struct bag *b);
