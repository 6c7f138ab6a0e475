/* input.h: a file of rows with named columns, CSV or JSON, as the exports of a
 * tenant have them. */
#pragma once
#include "inventory/import/decoder.h"
#include "inventory/import/exports.h"

struct input;

/* Opens the file and tells what it is; refuses what is no export. */
bool input_open(struct input **out, const char *path, struct err *e);
/* The same of an open file that can seek; takes f. */
bool input_of(struct input **out, FILE *f, const char *name, struct err *e);
void input_close(struct input *in);

enum import_kind input_kind(const struct input *in);

struct input_row {
	/* A text or NULL for each column; borrowed until the next row. */
	const char *values[IMPORT_COLUMNS];
	uint64_t line;
	bool bad_fields; /* not as many as there are columns: no values */
};

/* False with *e where the file is cut or breaks a limit. *any: false at the
 * end. */
bool input_next(struct input *in, struct input_row *row, bool *any,
	struct err *e);
/* To the first row again. */
bool input_rewind(struct input *in, struct err *e);
/* SHA-256 of the file; after its last row. */
bool input_digest(const struct input *in, uint8_t out[DECODER_DIGEST]);
