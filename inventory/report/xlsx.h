/* xlsx.h: a workbook, row after row; the only door to libxlsxwriter. Private to
 * this folder. Texts are texts and never formulas; counts are numbers. Rows go
 * to a file as they come, so that a workbook of any size needs little memory. */
#pragma once
#include "inventory/query.h"
#include <stdio.h>

struct xlsx;

bool xlsx_open(struct xlsx **out, int64_t created, struct err *e);
/* A sheet with these titles, which stay in sight and filter. Ends the one
 * before. titles are borrowed. */
void xlsx_sheet(struct xlsx *x, const char *name, const char *const *titles,
	size_t n);
/* NULL is an empty cell. Longer than a cell may be: it ends with an
 * ellipsis. */
void xlsx_text(struct xlsx *x, const char *text);
void xlsx_number(struct xlsx *x, uint64_t v);
/* Coloured by what concerns: what is used, as a word. */
void xlsx_use(struct xlsx *x, enum auth_use use);
void xlsx_end_line(struct xlsx *x);
/* Writes all of it to out, unless that is NULL; frees x. */
bool xlsx_close(struct xlsx *x, FILE *out, struct err *e);
