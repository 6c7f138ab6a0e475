/* input.c: see input.h. */
#include "inventory/import/input.h"
#include "inventory/import/csv_reader.h"
#include "inventory/import/json_reader.h"
#include "inventory/sql.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER = 32 };

struct input {
	struct decoder *decoder;
	enum import_kind kind;
	bool is_json;
	struct csv_reader *csv;
	size_t width; /* columns */
	enum import_column columns[CSV_FIELDS];
	struct json_reader *json;
	char *made[IMPORT_COLUMNS]; /* texts that no entry holds as such */
};

static void forget(struct input *in)
{
	for (int i = 0; i < IMPORT_COLUMNS; i++) {
		free(in->made[i]);
		in->made[i] = NULL;
	}
}

/* --- CSV --- */

static void unknown(const struct input *in, const char *const *names, size_t n,
	uint64_t line, struct err *e)
{
	char shown[160] = "";
	size_t used = 0;

	for (size_t i = 0; i < n && i < 6; i++) {
		int more = snprintf(shown + used, sizeof shown - used,
			"%s%.24s", i > 0 ? ", " : "", names[i]);

		if (more < 0 || used + (size_t)more >= sizeof shown)
			break;
		used += (size_t)more;
	}
	decoder_fail(in->decoder, line, e, "its columns (%s%s) are those of no "
		"SMTP AUTH clients report, sign-in log of users, mailbox list "
		"or message trace; export it again with all columns", shown,
		n > 6 ? ", ..." : "");
}

/* The first of two columns of one name counts. */
static bool read_header(struct input *in, struct err *e)
{
	bool has[IMPORT_COLUMNS] = {false}, any;
	struct csv_row row;

	if (!csv_reader_open(&in->csv, in->decoder, e) ||
		!csv_next(in->csv, &row, &any, e))
		return false;
	if (!any)
		return decoder_fail(in->decoder, 1, e, "the file is empty");
	in->width = row.n;
	for (size_t i = 0; i < row.n; i++) {
		enum import_column c = import_column_named(row.fields[i]);

		if (c != IMPORT_COLUMNS && has[c])
			c = IMPORT_COLUMNS;
		if (c != IMPORT_COLUMNS)
			has[c] = true;
		in->columns[i] = c;
	}
	in->kind = import_kind_of(has);
	if (in->kind == IMPORT_KINDS)
		unknown(in, row.fields, row.n, row.line, e);
	return in->kind != IMPORT_KINDS;
}

static bool next_of_csv(struct input *in, struct input_row *row, bool *any,
	struct err *e)
{
	struct csv_row csv;

	if (!csv_next(in->csv, &csv, any, e))
		return false;
	if (!*any)
		return true;
	row->line = csv.line;
	row->bad_fields = csv.n != in->width;
	if (csv.n < in->width && csv_ended_within_row(in->csv))
		return decoder_fail(in->decoder, csv.line, e, "the last row "
			"ends after %zu of %zu columns: the file is cut",
			csv.n, in->width);
	for (size_t i = 0; !row->bad_fields && i < csv.n; i++)
		if (in->columns[i] != IMPORT_COLUMNS)
			row->values[in->columns[i]] = csv.fields[i];
	return true;
}

/* --- JSON --- */

/* All texts of a list, with spaces between. */
static char *joined(const json_t *list)
{
	size_t n = 1, at;
	const json_t *v;
	char *text, *p;

	json_array_foreach(list, at, v)
		n += json_string_length(v) + 1;
	text = p = xcalloc(n, 1);
	json_array_foreach(list, at, v)
		if (json_is_string(v))
			p = stpcpy(stpcpy(p, json_string_value(v)), " ");
	return text;
}

static const char *text_of(struct input *in, enum import_column c,
	const json_t *v)
{
	if (json_is_string(v))
		return json_string_value(v);
	if (json_is_boolean(v))
		return json_is_true(v) ? "True" : "False";
	free(in->made[c]);
	in->made[c] = NULL;
	if (json_is_array(v)) {
		in->made[c] = joined(v);
	} else if (json_is_integer(v)) {
		in->made[c] = xcalloc(NUMBER, 1);
		snprintf(in->made[c], NUMBER, "%" JSON_INTEGER_FORMAT,
			json_integer_value(v));
	}
	return in->made[c];
}

/* The keys of an entry, and of the objects within it (status.errorCode); the
 * entry's own come first. */
static void take_keys(struct input *in, json_t *object, bool inner,
	struct input_row *row, bool has[IMPORT_COLUMNS])
{
	const char *key;
	json_t *v;

	json_object_foreach(object, key, v) {
		enum import_column c = import_column_named(key);

		if (json_is_object(v) || c == IMPORT_COLUMNS || has[c])
			continue;
		has[c] = true;
		row->values[c] = text_of(in, c, v);
	}
	if (inner)
		return;
	json_object_foreach(object, key, v)
		if (json_is_object(v))
			take_keys(in, v, true, row, has);
}

static bool next_of_json(struct input *in, struct input_row *row, bool *any,
	bool has[IMPORT_COLUMNS], struct err *e)
{
	json_t *entry;

	forget(in);
	if (!json_reader_next(in->json, &entry, &row->line, e))
		return false;
	*any = entry != NULL;
	if (entry)
		take_keys(in, entry, false, row, has);
	return true;
}

static bool read_first(struct input *in, struct err *e)
{
	bool has[IMPORT_COLUMNS] = {false}, any;
	struct input_row row = {.line = 1};

	in->json = json_reader_new(in->decoder);
	if (!next_of_json(in, &row, &any, has, e))
		return false;
	if (!any)
		return decoder_fail(in->decoder, 1, e, "the list is empty");
	in->kind = import_kind_of(has);
	if (in->kind == IMPORT_KINDS)
		return decoder_fail(in->decoder, row.line, e, "its entries "
			"are those of no sign-in log of users, mailbox list "
			"or message trace");
	return true;
}

/* --- either --- */

static bool open_rows(struct input *in, struct err *e)
{
	if (!json_reader_wants(in->decoder, &in->is_json, e))
		return false;
	if (!in->is_json)
		return read_header(in, e);
	return read_first(in, e) && input_rewind(in, e);
}

static bool open_decoder(struct input **out, struct decoder *d, struct err *e)
{
	struct input *in = xcalloc(1, sizeof *in);

	in->decoder = d;
	if (!open_rows(in, e)) {
		input_close(in);
		return false;
	}
	*out = in;
	return true;
}

bool input_open(struct input **out, const char *path, struct err *e)
{
	struct decoder *d;

	return decoder_open(&d, path, e) && open_decoder(out, d, e);
}

bool input_of(struct input **out, FILE *f, const char *name, struct err *e)
{
	return open_decoder(out, decoder_new(f, name), e);
}

void input_close(struct input *in)
{
	if (!in)
		return;
	forget(in);
	csv_reader_close(in->csv);
	json_reader_free(in->json);
	decoder_free(in->decoder);
	free(in);
}

enum import_kind input_kind(const struct input *in)
{
	return in->kind;
}

bool input_next(struct input *in, struct input_row *row, bool *any,
	struct err *e)
{
	bool has[IMPORT_COLUMNS] = {false};

	*row = (struct input_row){.line = 0};
	return in->is_json ? next_of_json(in, row, any, has, e)
			   : next_of_csv(in, row, any, e);
}

bool input_rewind(struct input *in, struct err *e)
{
	if (!decoder_rewind(in->decoder, e))
		return false;
	if (in->is_json) {
		json_reader_free(in->json);
		in->json = json_reader_new(in->decoder);
		return true;
	}
	csv_reader_close(in->csv);
	in->csv = NULL;
	return read_header(in, e);
}

bool input_digest(const struct input *in, uint8_t out[DECODER_DIGEST])
{
	return decoder_digest(in->decoder, out);
}
