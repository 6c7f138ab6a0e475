/* json.h: JSON as all reports write it; private to this folder. */
#pragma once
#include "inventory/query.h"
#include <jansson.h>
#include <stdio.h>

/* The schema that report.h promises. */
enum { JSON_SCHEMA = 1 };

/* Each sets a key: null where the thing is not known. */
void json_put_text(json_t *o, const char *key, const char *text);
void json_put_number(json_t *o, const char *key, uint64_t v);
void json_put_bool(json_t *o, const char *key, bool v);
/* "2026-11-24T20:25:03.123456Z"; 0 us is not known. */
void json_put_time(json_t *o, const char *key, int64_t us);
void json_put_names(json_t *o, const char *key, const struct names *n);

/* Writes and frees o: ASCII, without spaces, a newline behind it. */
bool json_write(json_t *o, FILE *out, struct err *e);
/* The same without the newline, as a part of something greater. */
bool json_write_part(json_t *o, FILE *out);
