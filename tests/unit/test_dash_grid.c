/* test_dash_grid.c: cells, widths, lines of text, numbers, bars. */
#include "capture/base/text.h"
#include "tests/unit/dash_fixture.h"
#include "ui/dash/line.h"
#include "ui/say.h"
#include "ui/dash/spark.h"
#include "ui/dash/width.h"

static const char JAPANESE[] = "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e";

static void shown_as(const char *text, int width, bool utf8, const char *want)
{
	struct grid g;
	char row[256];

	grid_init(&g, 1, 20, utf8);
	check(grid_text(&g, 0, 0, width, STYLE_PLAIN, text) <=
		(width > 0 ? width : 0));
	row_text(&g, 0, row, sizeof row);
	assert_string_equal(row, want);
	grid_free(&g);
}

static void text_is_cut_with_an_ellipsis(void **state)
{
	(void)state;
	shown_as("printer", 7, true, "printer");
	shown_as("printer", 6, true, "print\xe2\x80\xa6");
	shown_as("printer", 1, true, "\xe2\x80\xa6");
	shown_as("printer", 0, true, "");
	shown_as("printer", -3, true, "");
	shown_as("printer", 6, false, "print>");
}

static void the_end_of_a_path_says_more(void **state)
{
	static const char *const want[] = {"", "\xe2\x80\xa6",
		"\xe2\x80\xa6" "6", "\xe2\x80\xa6:6",
		"\xe2\x80\xa6::6", "\xe2\x80\xa6" "8::6", "db8::6"};
	struct grid g;
	char row[64];

	(void)state;
	for (int width = 0; width < 7; width++) {
		grid_init(&g, 1, 7, true);
		check(grid_tail(&g, 0, 0, width, STYLE_PLAIN, "db8::6") <=
			width);
		row_text(&g, 0, row, sizeof row);
		assert_string_equal(row, want[width]);
		grid_free(&g);
	}
	grid_init(&g, 1, 4, true);
	grid_tail(&g, 0, 0, 4, STYLE_PLAIN, JAPANESE);
	row_text(&g, 0, row, sizeof row);
	assert_string_equal(row, "\xe2\x80\xa6\xe8\xaa\x9e");
	grid_free(&g);
}

static void wide_characters_keep_their_two_cells(void **state)
{
	(void)state;
	shown_as(JAPANESE, 6, true, JAPANESE);
	/* The ellipsis stands where a half character would have to. */
	shown_as(JAPANESE, 5, true, "\xe6\x97\xa5\xe6\x9c\xac\xe2\x80\xa6");
	shown_as(JAPANESE, 4, true, "\xe6\x97\xa5\xe2\x80\xa6");
	shown_as(JAPANESE, 2, true, "\xe2\x80\xa6");
	shown_as(JAPANESE, 6, false, "???");
	check(width_of(0x65e5) == 2 && width_of('a') == 1);
	check(width_of(0x301) == 0 && width_of(0x1f5a8) == 1);
	check(width_of(0x1f4e7) == 2 && width_of(0xff21) == 2);
}

static void half_of_a_wide_character_is_never_left(void **state)
{
	struct grid g;
	char row[64];

	(void)state;
	for (int at = 0; at < 6; at++) {
		grid_init(&g, 1, 6, true);
		grid_text(&g, 0, 0, 6, STYLE_PLAIN, JAPANESE);
		grid_text(&g, 0, at, 1, STYLE_PLAIN, "x");
		row_text(&g, 0, row, sizeof row);
		check(text_is_clean(row, strlen(row)));
		check(grid_measure(&g, row) <= 6);
		check(strchr(row, 'x') != NULL);
		grid_free(&g);
	}
}

static void what_steers_a_terminal_is_a_question_mark(void **state)
{
	(void)state;
	shown_as("a\033[31mb", 20, true, "a?[31mb");
	shown_as("a\nb\x7f", 20, true, "a?b?");
	shown_as("a\xc2\x9b" "b", 20, true, "a?b");
	shown_as("a\xe2\x80\xae" "b", 20, true, "a?b");
	shown_as("a\xe2\x80\x8b" "b", 20, true, "a?b");
	shown_as("a\xff\xc0" "b\xe2\x80", 20, true, "a??b??");
}

static void marks_do_not_pile_up(void **state)
{
	char text[2 + 2 * 50] = "a";
	struct grid g;

	(void)state;
	for (int i = 0; i < 50; i++)
		memcpy(text + 1 + 2 * i, "\xcc\x81", 2);
	text[101] = '\0';
	grid_init(&g, 1, 3, true);
	check(grid_text(&g, 0, 1, 2, STYLE_PLAIN, text) == 1);
	check(grid_at(&g, 0, 1)->n <= CELL_BYTES);
	check(grid_at(&g, 0, 0)->n == 1 && grid_at(&g, 0, 2)->n == 1);
	/* One without a character before it has nowhere to go. */
	check(grid_text(&g, 0, 0, 3, STYLE_PLAIN, "\xcc\x81z") == 1);
	check(grid_at(&g, 0, 0)->s[0] == 'z');
	grid_free(&g);
}

static void nothing_is_written_outside(void **state)
{
	struct grid g;

	(void)state;
	grid_init(&g, 2, 3, true);
	for (int row = -2; row < 5; row++)
		for (int col = -2; col < 6; col++) {
			grid_text(&g, row, col, 9, STYLE_MUST, JAPANESE);
			grid_right(&g, row, col, 9, STYLE_MUST, "ab");
			grid_repeat(&g, row, col, 9, STYLE_MUST, "-");
			grid_inverse(&g, row, col, 9);
			grid_clear(&g, row, col, 9, 9);
		}
	grid_free(&g);
	grid_init(&g, -1, 100000, true);
	check(g.rows == 1 && g.cols == GRID_MAX);
	grid_free(&g);
}

static void lines_break_at_blanks(void **state)
{
	struct grid g = {.utf8 = true};

	(void)state;
	check(grid_break(&g, "one two three", 8) == 7);
	check(grid_break(&g, "one two three", 7) == 7);
	check(grid_break(&g, "one two three", 6) == 3);
	check(grid_break(&g, "onetwothree", 6) == 6);
	check(grid_break(&g, "one", 6) == 3);
	check(grid_break(&g, "one", 0) == 1);
	check(grid_break(&g, JAPANESE, 3) == 3);
	check(grid_break(&g, "", 3) == 0);
}

static void a_line_stops_growing(void **state)
{
	struct line l = {.n = 0};

	(void)state;
	for (int i = 0; i < 1000; i++)
		line_part(&l, ", ", "part %d", i);
	check(l.n == LINE_BYTES - 1 && strlen(l.text) == l.n);
	check(strncmp(l.text, "part 0, part 1", 14) == 0);
}

static void numbers_fit_their_columns(void **state)
{
	char out[SAY_MAX];

	(void)state;
	assert_string_equal(say_count(out, 0), "0");
	assert_string_equal(say_count(out, 999), "999");
	assert_string_equal(say_count(out, 8412), "8,412");
	assert_string_equal(say_count(out, UINT64_MAX),
		"18,446,744,073,709,551,615");
	assert_string_equal(say_short(out, 84100), "84.1k");
	assert_string_equal(say_short(out, 999.7), "1.0k");
	assert_string_equal(say_short(out, 99960), "100k");
	assert_string_equal(say_short(out, 999999), "1.0M");
	assert_string_equal(say_short(out, -1), "0");
	assert_string_equal(say_bytes(out, 1023), "1023 B");
	assert_string_equal(say_bytes(out, 1024), "1.0 KiB");
	assert_string_equal(say_bytes(out, UINT64_MAX), "16.0 EiB");
	assert_string_equal(say_age(out, -5), "00:00:00");
	assert_string_equal(say_age(out, INT64_C(281) * 1000000), "00:04:41");
	assert_string_equal(say_age(out, INT64_C(176999) * 1000000),
		"2d 01:09");
	assert_string_equal(say_age(out, INT64_MAX), "106751991d");
	assert_string_equal(say_span(out, INT64_C(8041) * 1000000), "2h14m");
	assert_string_equal(say_time(out, OFFICE_NOW),
		"2026-11-24 20:31:14Z");
	assert_string_equal(say_time(out, 0), "\xe2\x80\x94");
	say_time(out, INT64_MAX);
	say_time(out, INT64_MIN);
}

static void bars_tell_little_from_nothing(void **state)
{
	const uint32_t few[] = {0, 1, 0, 0}, many[] = {0, 1, 5000, UINT32_MAX};
	char out[SPARK_BYTES];

	(void)state;
	assert_string_equal(spark(out, few, 4, 4),
		"\xe2\x96\x81\xe2\x96\x84\xe2\x96\x81\xe2\x96\x81");
	assert_string_equal(spark(out, many, 4, 4),
		"\xe2\x96\x81\xe2\x96\x82\xe2\x96\x82\xe2\x96\x88");
	/* The peak of each share stays, and every value is in one. */
	assert_string_equal(spark(out, few, 4, 2),
		"\xe2\x96\x84\xe2\x96\x81");
	check(strlen(spark(out, few, 4, 100000)) == SPARK_BYTES - 1);
	check(strlen(spark(out, few, 0, 3)) == 9);
	assert_string_equal(spark(out, few, 4, 0), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_cut_with_an_ellipsis),
		cmocka_unit_test(the_end_of_a_path_says_more),
		cmocka_unit_test(wide_characters_keep_their_two_cells),
		cmocka_unit_test(half_of_a_wide_character_is_never_left),
		cmocka_unit_test(what_steers_a_terminal_is_a_question_mark),
		cmocka_unit_test(marks_do_not_pile_up),
		cmocka_unit_test(nothing_is_written_outside),
		cmocka_unit_test(lines_break_at_blanks),
		cmocka_unit_test(a_line_stops_growing),
		cmocka_unit_test(numbers_fit_their_columns),
		cmocka_unit_test(bars_tell_little_from_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
