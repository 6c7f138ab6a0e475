/* json_reader.h: the objects of a list, one at a time, in bounded memory:
 * "[{...}, ...]", a page of Microsoft Graph ({"value": [...]}), or one object
 * after the other. jansson reads them; what stands between is read here. */
#pragma once
#include "inventory/import/decoder.h"
#include <jansson.h>

enum {
	JSON_ENTRY = 1024 * 1024,     /* bytes of an entry of a list */
	JSON_PAGE = 32 * 1024 * 1024, /* of an object that stands alone */
	JSON_ENTRIES = 5000000,
};

struct json_reader;

/* Does the file begin as JSON does? Leaves d at its begin. */
bool json_reader_wants(struct decoder *d, bool *wants, struct err *e);

/* Borrows d, which stands at its begin. */
struct json_reader *json_reader_new(struct decoder *d);
void json_reader_free(struct json_reader *r);

/* *out: NULL at the end; borrowed until the next call. line: where it begins.
 * False with *e where the file is cut, is no JSON, or breaks a limit. */
bool json_reader_next(struct json_reader *r, json_t **out, uint64_t *line,
	struct err *e);
