/* html.h: text as HTML takes it; private to this folder. */
#pragma once
#include "inventory/query.h"
#include <stdio.h>

/* Longer texts end with an ellipsis: a page is for people, and 255 bytes of a
 * hostile name are no help to them. Workbook and JSON have all. */
enum { HTML_CLIP = 60, HTML_LIST = 3 };

/* Escaped, whole; NULL is nothing. Safe in an element and in an attribute in
 * double quotes. */
void html_text(FILE *out, const char *text);
/* The same, at most HTML_CLIP characters of it. */
void html_clip(FILE *out, const char *text);
/* The first HTML_LIST of them, with `between`, and how many more there are. */
void html_names(FILE *out, const struct names *n, const char *between);
/* "2026-11-23T17:50Z": ISO 8601, UTC, to the minute; "-" where unknown. */
void html_time(FILE *out, int64_t us);
/* 12,345 */
void html_number(FILE *out, uint64_t n);
/* "1 device", "12 devices" */
void html_count(FILE *out, uint64_t n, const char *one, const char *many);
