/* csv_reader.c: see csv_reader.h. */
#include "inventory/import/csv_reader.h"
#include "inventory/sql.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Where in a row a byte stands. */
enum state {
	AT_FIELD,   /* its first byte comes next */
	IN_PLAIN,
	IN_QUOTES,
	AFTER_QUOTE, /* of two, or the closing one */
	AT_ROW,      /* the row's first byte comes next */
};

struct csv_reader {
	struct decoder *in;
	char between;
	bool skip_lf; /* CR has ended the row; an LF belongs to it */
	bool cut;
	uint64_t rows;
	size_t n, used, field; /* fields, bytes, where this one begins */
	char *text;            /* CSV_ROW bytes: fields, a NUL behind each */
	const char **fields;
};

/* --- which character stands between fields --- */

/* Is this line for a program, not a row? PowerShell's Export-Csv writes the
 * one, Excel the other. */
static bool is_aside(const char *line)
{
	return strncmp(line, "#TYPE", 5) == 0 ||
		strncasecmp(line, "sep=", 4) == 0;
}

/* Counts what may stand between fields, outside of quotes, up to the end of
 * the first row. */
static bool sniff(struct csv_reader *r, struct err *e)
{
	static const char choices[] = ",;\t";
	size_t counts[3] = {0}, n = 0, best = 0;
	bool quoted = false;
	char head[8] = "";

	for (size_t bytes = 0; bytes < CSV_ROW; bytes++) {
		int c = decoder_next(r->in, e);
		const char *choice;

		if (c == DECODER_BAD)
			return false;
		if (c == DECODER_END)
			break;
		if (c == '"')
			quoted = !quoted;
		if (!quoted && (c == '\n' || c == '\r')) {
			if (n > 0 && !is_aside(head))
				break;
			n = 0;
			memset(head, 0, sizeof head);
			memset(counts, 0, sizeof counts);
			continue;
		}
		if (n < sizeof head - 1)
			head[n] = (char)c;
		n++;
		choice = quoted ? NULL : strchr(choices, c);
		if (choice)
			counts[choice - choices]++;
	}
	for (size_t i = 1; i < 3; i++)
		if (counts[i] > counts[best])
			best = i;
	r->between = choices[best];
	return decoder_rewind(r->in, e);
}

bool csv_reader_open(struct csv_reader **out, struct decoder *d,
	struct err *e)
{
	struct csv_reader *r = xcalloc(1, sizeof *r);

	r->in = d;
	if (!sniff(r, e)) {
		csv_reader_close(r);
		return false;
	}
	r->text = xcalloc(CSV_ROW, 1);
	r->fields = xcalloc(CSV_FIELDS, sizeof *r->fields);
	*out = r;
	return true;
}

void csv_reader_close(struct csv_reader *r)
{
	if (!r)
		return;
	free(r->text);
	free(r->fields);
	free(r);
}

/* --- rows --- */

static bool put(struct csv_reader *r, char c, struct err *e)
{
	uint64_t line = decoder_line(r->in);

	if (r->used - r->field >= CSV_FIELD)
		return decoder_fail(r->in, line, e, "a field is longer than "
			"%d bytes: this is no export, or a quote is missing",
			CSV_FIELD);
	if (r->used + 1 >= CSV_ROW)
		return decoder_fail(r->in, line, e, "a row is longer than %d "
			"bytes", CSV_ROW);
	r->text[r->used++] = c;
	return true;
}

static bool end_field(struct csv_reader *r, struct err *e)
{
	if (r->n == CSV_FIELDS)
		return decoder_fail(r->in, decoder_line(r->in), e, "more than "
			"%d columns", CSV_FIELDS);
	if (r->used >= CSV_ROW)
		return decoder_fail(r->in, decoder_line(r->in), e, "a row is "
			"longer than %d bytes", CSV_ROW);
	r->fields[r->n++] = r->text + r->field;
	r->text[r->used++] = '\0';
	r->field = r->used;
	return true;
}

/* One byte of a row. *end: it was the last. */
static bool step(struct csv_reader *r, enum state *s, int c, bool *end,
	struct err *e)
{
	bool stop = c == '\n' || c == '\r';

	if (*s == IN_QUOTES) {
		if (c != '"')
			return put(r, (char)c, e);
		*s = AFTER_QUOTE;
		return true;
	}
	if (*s == AFTER_QUOTE && c == '"') {
		*s = IN_QUOTES;
		return put(r, '"', e);
	}
	if (stop || c == r->between) {
		r->skip_lf = c == '\r';
		*end = stop;
		*s = AT_FIELD;
		return end_field(r, e);
	}
	if ((*s == AT_FIELD || *s == AT_ROW) && c == '"') {
		*s = IN_QUOTES;
		return true;
	}
	/* A quote within a field that has none around it, and what stands
	 * behind a closing one: taken as they are. */
	*s = IN_PLAIN;
	return put(r, (char)c, e);
}

static bool read_row(struct csv_reader *r, uint64_t *line, bool *any,
	struct err *e)
{
	enum state s = AT_ROW;
	bool end = false;

	r->n = r->used = r->field = 0;
	r->cut = false;
	*line = decoder_line(r->in);
	while (!end) {
		int c = decoder_next(r->in, e);

		if (c == DECODER_BAD)
			return false;
		if (c == DECODER_END)
			break;
		if (s == AT_ROW && c == '\n' && r->skip_lf) {
			r->skip_lf = false;
			continue;
		}
		r->skip_lf = false;
		if (!step(r, &s, c, &end, e))
			return false;
	}
	if (s == IN_QUOTES)
		return decoder_fail(r->in, *line, e, "a quote that is opened "
			"here is never closed: the file is cut, or a quote is "
			"missing");
	r->cut = !end && s != AT_ROW;
	*any = end || r->cut;
	return !r->cut || end_field(r, e);
}

bool csv_next(struct csv_reader *r, struct csv_row *row, bool *any,
	struct err *e)
{
	do {
		if (!read_row(r, &row->line, any, e))
			return false;
	} while (*any && ((r->n == 1 && r->fields[0][0] == '\0') ||
		(r->rows == 0 && is_aside(r->fields[0]))));
	if (!*any)
		return true;
	if (++r->rows > CSV_ROWS + 1)
		return decoder_fail(r->in, row->line, e, "more than %d rows; "
			"export a shorter time", CSV_ROWS);
	row->fields = r->fields;
	row->n = r->n;
	return true;
}

bool csv_ended_within_row(const struct csv_reader *r)
{
	return r->cut;
}
