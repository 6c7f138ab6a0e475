/* csv_reader.h: RFC 4180 as spreadsheets, PowerShell and admin centers write
 * it, one row at a time, with limits on all that a file may ask for.
 *
 * libcsv does the same without limits (a field grows until memory ends, and
 * a caller cannot stop it), takes no UTF-16, and rests since 2013; what would
 * be left of it here are two states of the five below. */
#pragma once
#include "inventory/import/decoder.h"

enum {
	CSV_FIELDS = 2048,      /* of a row; Get-Mailbox has about 240 */
	CSV_FIELD = 64 * 1024,  /* bytes */
	CSV_ROW = 1024 * 1024,
	CSV_ROWS = 5000000,
};

struct csv_reader;

struct csv_row {
	const char *const *fields; /* borrowed until the next row */
	size_t n;
	uint64_t line; /* where it begins */
};

/* Reads ahead as far as the first row, which tells whether commas, semicolons
 * or tabs stand between fields. Borrows d. */
bool csv_reader_open(struct csv_reader **out, struct decoder *d,
	struct err *e);
void csv_reader_close(struct csv_reader *r);

/* False with *e where the file breaks a limit, or ends within quotes. *any:
 * false at the end. Blank lines, and lines that are for a program ("#TYPE ...",
 * "sep=;") are left out. */
bool csv_next(struct csv_reader *r, struct csv_row *row, bool *any,
	struct err *e);
/* The last row ended with the file, without a line end. */
bool csv_ended_within_row(const struct csv_reader *r);
