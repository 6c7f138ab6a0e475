/* csv.h: RFC 4180 for spreadsheets, which take some texts as formulas;
 * private to this folder. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct csv {
	FILE *out;
	bool begun; /* the line has a cell */
};

/* Writes the byte order mark by which a spreadsheet knows UTF-8. */
void csv_begin(struct csv *c, FILE *out);
void csv_header(struct csv *c, const char *const *names, size_t n);
/* NULL is an empty cell. */
void csv_text(struct csv *c, const char *text);
void csv_number(struct csv *c, uint64_t v);
void csv_end_line(struct csv *c);
