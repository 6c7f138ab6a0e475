/* manual.h: the man page and the completions of shells, made when the program
 * is built, from the tables that the program itself runs by. */
#pragma once
#include <stdio.h>

void manual_page(FILE *out);
void manual_bash(FILE *out);
void manual_zsh(FILE *out);

/* Parts of the page: the keys and the filters of the dashboard. */
void manual_keys(FILE *out);
void manual_filters(FILE *out);

/* A text as roff takes it literally, at the begin of a line too. */
void roff_text(FILE *out, const char *text);
void roff_section(FILE *out, const char *title);
/* A term, which is bold, and below it what it means. */
void roff_item(FILE *out, const char *term, const char *text);
void roff_paragraph(FILE *out, const char *text);
