/* table.h: columns of text for standard output, as wide as what is in them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { TABLE_COLUMNS = 12 };

struct table;

/* titles: n of them, borrowed. right: columns whose text stands right. */
struct table *table_new(const char *const *titles, size_t n, unsigned right);
/* One more row of copies; NULL shows as a dash. False if memory is out. */
bool table_add(struct table *t, const char *const *cells);
/* Cells wider than `widest` end with an ellipsis. */
void table_print(const struct table *t, int widest, FILE *out);
void table_free(struct table *t);
