/* markdown.h: text as CommonMark and the tables of GitHub and GitLab take it;
 * private to this folder. */
#pragma once
#include "inventory/query.h"
#include <stdio.h>

/* What a wire said, as code: no markup, no link, nobody is mentioned. NULL
 * or nothing is a dash. */
void markdown_code(FILE *out, const char *text);
/* Up to a dozen of them, and how many more there are. */
void markdown_codes(FILE *out, const struct names *n);
/* Our own words, and people's: each sign that could be markup is written as
 * what it is called in HTML. */
void markdown_text(FILE *out, const char *text);
