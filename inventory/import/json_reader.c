/* json_reader.c: see json_reader.h. */
#include "inventory/import/json_reader.h"
#include "inventory/sql.h"
#include <stdlib.h>
#include <string.h>

struct json_reader {
	struct decoder *in;
	bool begun, in_list, ended;
	json_t *page; /* of Graph, and the next of its values */
	size_t page_at;
	json_t *entry;
	uint64_t entries;
	/* What jansson reads of: one byte that was looked at, then the file. */
	int ahead; /* -1: none */
	size_t left;
	bool failed; /* the file, not its JSON */
	struct err *e;
};

static bool is_space(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int skip_space(struct decoder *d, struct err *e)
{
	int c;

	do
		c = decoder_next(d, e);
	while (is_space(c));
	return c;
}

bool json_reader_wants(struct decoder *d, bool *wants, struct err *e)
{
	int c = skip_space(d, e);

	*wants = c == '[' || c == '{';
	return c != DECODER_BAD && decoder_rewind(d, e);
}

struct json_reader *json_reader_new(struct decoder *d)
{
	struct json_reader *r = xcalloc(1, sizeof *r);

	r->in = d;
	r->ahead = -1;
	return r;
}

void json_reader_free(struct json_reader *r)
{
	if (!r)
		return;
	json_decref(r->page);
	json_decref(r->entry);
	free(r);
}

/* A byte at a time, so that nothing is read beyond an object's end. */
static size_t one_byte(void *buffer, size_t n, void *data)
{
	struct json_reader *r = data;
	int c = r->ahead;

	if (n == 0 || r->left == 0)
		return 0;
	r->left--;
	if (c < 0)
		c = decoder_next(r->in, r->e);
	r->ahead = -1;
	r->failed |= c == DECODER_BAD;
	if (c < 0)
		return 0;
	*(char *)buffer = (char)c;
	return 1;
}

static bool load(struct json_reader *r, size_t most, json_t **out,
	struct err *e)
{
	json_error_t why;

	r->left = most;
	r->e = e;
	*out = json_load_callback(one_byte, r, JSON_DISABLE_EOF_CHECK |
			JSON_ALLOW_NUL, &why);
	if (json_is_object(*out))
		return true;
	if (r->failed)
		return false;
	if (*out)
		decoder_fail(r->in, decoder_line(r->in), e, "an entry of the "
			"list is no object");
	else if (r->left == 0)
		decoder_fail(r->in, decoder_line(r->in), e, "an entry is "
			"longer than %zu bytes", most);
	else
		decoder_fail(r->in, decoder_line(r->in), e, "no JSON: %s",
			why.text);
	json_decref(*out);
	*out = NULL;
	return false;
}

/* '[', or the object that the file begins with. */
static bool begin(struct json_reader *r, struct err *e)
{
	int c = skip_space(r->in, e);

	r->begun = true;
	if (c == DECODER_BAD)
		return false;
	r->in_list = c == '[';
	r->ended = c == DECODER_END;
	if (!r->in_list)
		r->ahead = c;
	return true;
}

/* Up to the next entry of the list. */
static bool next_of_list(struct json_reader *r, struct err *e)
{
	int c = skip_space(r->in, e);

	if (r->entries > 0 && c == ',')
		c = skip_space(r->in, e);
	else if (r->entries > 0 && c != ']' && c >= 0)
		return decoder_fail(r->in, decoder_line(r->in), e, "no JSON: "
			"',' or ']' is missing");
	if (c == DECODER_BAD)
		return false;
	if (c == DECODER_END)
		return decoder_fail(r->in, decoder_line(r->in), e, "the list "
			"does not end: the file is cut");
	r->ended = c == ']';
	r->ahead = c;
	if (r->ended) { /* its digest is of the whole file */
		c = skip_space(r->in, e);
		if (c != DECODER_END)
			return c != DECODER_BAD && decoder_fail(r->in,
				decoder_line(r->in), e, "no JSON: more behind "
				"the end of the list");
	}
	return true;
}

static bool next_alone(struct json_reader *r, struct err *e)
{
	int c = r->ahead;

	if (c < 0)
		c = skip_space(r->in, e);
	r->ended = c == DECODER_END;
	r->ahead = c;
	return c != DECODER_BAD;
}

/* From the page that is open; NULL: it has no more. */
static json_t *next_of_page(struct json_reader *r)
{
	json_t *v = json_array_get(json_object_get(r->page, "value"),
		r->page_at++);

	if (!v) {
		json_decref(r->page);
		r->page = NULL;
	}
	return v;
}

bool json_reader_next(struct json_reader *r, json_t **out, uint64_t *line,
	struct err *e)
{
	json_decref(r->entry);
	r->entry = *out = NULL;
	if (!r->begun && !begin(r, e))
		return false;
	while (!*out && !r->ended) {
		if (r->page) {
			*out = json_incref(next_of_page(r));
			continue;
		}
		if (!(r->in_list ? next_of_list(r, e) : next_alone(r, e)))
			return false;
		*line = decoder_line(r->in);
		if (r->ended)
			return true;
		if (!load(r, r->in_list ? JSON_ENTRY : JSON_PAGE, out, e))
			return false;
		if (json_is_array(json_object_get(*out, "value"))) {
			r->page = *out;
			r->page_at = 0;
			*out = NULL;
		}
	}
	r->entry = *out;
	if (*out && !json_is_object(*out))
		return decoder_fail(r->in, *line, e, "an entry of the list is "
			"no object");
	if (++r->entries > JSON_ENTRIES)
		return decoder_fail(r->in, *line, e, "more than %d entries; "
			"export a shorter time", JSON_ENTRIES);
	return true;
}
