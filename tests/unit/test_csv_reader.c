/* test_csv_reader.c: CSV as it is written, and as nobody should. */
#include "inventory/import/csv_reader.h"
#include "tests/unit/check.h"
#include <stdio.h>
#include <string.h>

struct reading {
	struct decoder *decoder;
	struct csv_reader *csv;
	uint8_t *bytes;
	struct err e;
	bool ok;
};

static void begin(struct reading *r, const void *p, size_t n)
{
	memset(r, 0, sizeof *r);
	r->bytes = exact_copy(p, n);
	/* fmemopen takes no memory of no bytes */
	r->decoder = decoder_new(n > 0 ? fmemopen(r->bytes, n, "rb")
		: fopen("/dev/null", "rb"), "x.csv");
	r->ok = csv_reader_open(&r->csv, r->decoder, &r->e);
}

static void end(struct reading *r)
{
	csv_reader_close(r->csv);
	decoder_free(r->decoder);
	free(r->bytes);
}

/* All rows, a bar between fields and a newline behind each, into out; false
 * where the file is refused. */
static bool all(struct reading *r, const void *p, size_t n, char *out,
	size_t cap)
{
	struct csv_row row;
	bool any = true;
	size_t used = 0;

	begin(r, p, n);
	out[0] = '\0';
	while (r->ok && any) {
		r->ok = csv_next(r->csv, &row, &any, &r->e);
		for (size_t i = 0; r->ok && any && i < row.n; i++)
			used += (size_t)snprintf(out + used, cap - used,
				"%s%s", row.fields[i],
				i + 1 < row.n ? "|" : "\n");
		check(used < cap);
	}
	return r->ok;
}

static void gives(const void *p, size_t n, const char *rows)
{
	struct reading r;
	char out[4096];

	if (!all(&r, p, n, out, sizeof out))
		fail_msg("refused: %s", r.e.text);
	assert_string_equal(out, rows);
	end(&r);
}

static void text_gives(const char *text, const char *rows)
{
	gives(text, strlen(text), rows);
}

static void refuses(const void *p, size_t n, const char *why)
{
	static char out[1 << 22];
	struct reading r;

	if (all(&r, p, n, out, sizeof out))
		fail_msg("taken, though %s", why);
	check(r.e.kind == ERR_USAGE);
	if (!strstr(r.e.text, why))
		fail_msg("'%s' does not say '%s'", r.e.text, why);
	end(&r);
}

static void rows_are_those_of_rfc_4180(void **state)
{
	(void)state;
	text_gives("a,b\r\n1,2\r\n", "a|b\n1|2\n");
	text_gives("a,b\n1,2", "a|b\n1|2\n");
	text_gives("a,b\r1,2\r", "a|b\n1|2\n");
	text_gives("a,\n,b\n,\n", "a|\n|b\n|\n");
	text_gives("\"a\",\"b,\"\"c\"\"\"\n\"x\r\ny\",\"\"\n",
		"a|b,\"c\"\nx\r\ny|\n");
	text_gives("a b, c \n", "a b| c \n");
	text_gives("", "");
	text_gives("\n\n\r\na\n\n\nb\n\n", "a\nb\n");
	/* Quotes in the middle stay, and so does what follows a closing one. */
	text_gives("a\"b,\"c\"d,\"e\"\n", "a\"b|cd|e\n");
}

static void semicolons_and_tabs_are_told_from_the_header(void **state)
{
	(void)state;
	text_gives("a;b;c\n1,5;2;3\n", "a|b|c\n1,5|2|3\n");
	text_gives("a\tb\n1,2\t3\n", "a|b\n1,2|3\n");
	text_gives("\"a;b;c;d\",e\n1,2\n", "a;b;c;d|e\n1|2\n");
	text_gives("sep=;\r\na;b\r\n1;2\r\n", "a|b\n1|2\n");
	text_gives("#TYPE System.Object\r\n\"a\";\"b\"\r\n", "a|b\n");
	/* Only at the begin. */
	text_gives("a,b\n#TYPE x,2\n", "a|b\n#TYPE x|2\n");
}

static void marks_tell_the_encoding(void **state)
{
	static const uint8_t utf8[] = "\xef\xbb\xbf" "a,\xc3\xa4\n";
	static const uint8_t le[] = {0xff, 0xfe, 'a', 0, ',', 0, 0xe4, 0, '\r',
		0, '\n', 0, 0x3d, 0xd8, 0x00, 0xde, ',', 0, 0xac, 0x20};
	static const uint8_t be[] = {0xfe, 0xff, 0, 'a', 0, ',', 0, 0xe4, 0,
		'\n', 0xd8, 0x3d, 0, 'x', 0, ',', 0xde, 0x00, 0, '\n'};

	(void)state;
	gives(utf8, sizeof utf8 - 1, "a|\xc3\xa4\n");
	gives(le, sizeof le, "a|\xc3\xa4\n\xf0\x9f\x98\x80|\xe2\x82\xac\n");
	/* Half a pair is a character that is no other's. */
	gives(be, sizeof be, "a|\xc3\xa4\n\xef\xbf\xbdx|\xef\xbf\xbd\n");
	gives("a,\xff\xfe\n", 5, "a|\xff\xfe\n");
}

static void what_is_no_text_is_refused(void **state)
{
	static const uint8_t half[] = {0xff, 0xfe, 'a', 0, ','};
	static const uint8_t nul[] = {0xff, 0xfe, 'a', 0, 0, 0};

	(void)state;
	refuses("a,b\n1,\0", 7, "line 2: a NUL byte");
	refuses("a\0,\0b\0\n\0", 8, "line 1: a NUL byte");
	refuses(half, sizeof half, "ends within a character");
	refuses(nul, sizeof nul, "a NUL byte");
}

static void a_cut_file_is_told(void **state)
{
	(void)state;
	refuses("a,b\n1,2\n\"x\ny", 12,
		"line 3: a quote that is opened here is never closed");
	refuses("\"", 1, "line 1: a quote");
}

static void every_truncation_is_rows_or_an_error(void **state)
{
	static const char text[] = "\xef\xbb\xbfsep=;\r\na;\"b\"\"\"\r\n\"x\r"
		"\ny\";2\r\n\r\n3;4";
	static const uint8_t le[] = {0xff, 0xfe, 'a', 0, ',', 0, '"', 0, 0x3d,
		0xd8, 0x00, 0xde, '"', 0, '\n', 0};
	struct reading r;
	char out[256];

	(void)state;
	for (size_t n = 0; n < sizeof text; n++) {
		all(&r, text, n, out, sizeof out);
		check(r.ok || r.e.kind == ERR_USAGE);
		end(&r);
	}
	for (size_t n = 0; n < sizeof le; n++) {
		all(&r, le, n, out, sizeof out);
		check(r.ok || r.e.kind == ERR_USAGE);
		end(&r);
	}
}

/* A file of `head` and then so many times `part`. */
static char *repeat(const char *head, const char *part, size_t times,
	size_t *n)
{
	size_t a = strlen(head), b = strlen(part);
	char *p = malloc(a + times * b + 1), *at = p + a;

	assert_non_null(p);
	memcpy(p, head, a);
	for (size_t i = 0; i < times; i++, at += b)
		memcpy(at, part, b);
	*n = (size_t)(at - p);
	return p;
}

static void limits_hold(void **state)
{
	static const struct {
		const char *head, *part;
		size_t times;
		const char *why; /* NULL: it is taken */
	} files[] = {
		{"a,b\n1,", "x", CSV_FIELD, NULL},
		{"a,b\n1,", "x", CSV_FIELD + 1, "line 2: a field is longer"},
		{"a,b\n1,\"", "x", CSV_FIELD + 1, "line 2: a field is longer"},
		{"", ",", CSV_FIELDS - 1, NULL},
		{"", ",", CSV_FIELDS, "line 1: more than 2048 columns"},
		{"", ",", 1000000, "line 1: more than 2048 columns"},
		{"", "123456789012345678901234567890,", 40000, "line 1: more"},
		{"a,b\n", "0123456789012345678901234567890123456789012345678"
			"90123456789012345678901234567890123456789012345678"
			"9012345678901234567890,", 9000, "line 2: more than"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		size_t n;
		char *p = repeat(files[i].head, files[i].part, files[i].times,
			&n);
		struct reading r;
		char *out = malloc(n + CSV_FIELDS + 16);

		if (files[i].why) {
			refuses(p, n, files[i].why);
		} else {
			check(all(&r, p, n, out, n + CSV_FIELDS + 16));
			end(&r);
		}
		free(out);
		free(p);
	}
}

static void a_row_of_long_fields_is_refused(void **state)
{
	size_t n;
	char *field = repeat("", "y", CSV_FIELD - 1, &n), *p;

	(void)state;
	field[n] = '\0';
	field[n - 1] = ',';
	p = repeat("a\n", field, 17, &n);
	refuses(p, n, "line 2: a row is longer");
	free(p);
	free(field);
}

static void the_digest_is_of_the_whole_file(void **state)
{
	struct reading r;
	uint8_t a[DECODER_DIGEST], b[DECODER_DIGEST];
	char out[64];

	(void)state;
	check(all(&r, "a\n1", 3, out, sizeof out));
	check(decoder_digest(r.decoder, a));
	end(&r);
	check(all(&r, "a\n2", 3, out, sizeof out));
	check(decoder_digest(r.decoder, b) && memcmp(a, b, sizeof a) != 0);
	check(decoder_rewind(r.decoder, &r.e));
	check(!decoder_digest(r.decoder, b));
	end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_those_of_rfc_4180),
		cmocka_unit_test(semicolons_and_tabs_are_told_from_the_header),
		cmocka_unit_test(marks_tell_the_encoding),
		cmocka_unit_test(what_is_no_text_is_refused),
		cmocka_unit_test(a_cut_file_is_told),
		cmocka_unit_test(every_truncation_is_rows_or_an_error),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(a_row_of_long_fields_is_refused),
		cmocka_unit_test(the_digest_is_of_the_whole_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
