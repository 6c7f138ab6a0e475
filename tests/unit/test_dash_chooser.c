/* test_dash_chooser.c: the choice of an interface. */
#include "tests/unit/golden_screen.h"
#include "ui/dash/chooser.h"

enum { CHOICES = 6 };

struct room {
	struct choice v[CHOICES];
	struct chooser c;
};

static void open_room(struct room *r, int rows, int cols)
{
	static const struct choice all[CHOICES] = {
		{.name = "lo", .link = "up", .note = "127.0.0.1 ...",
			.up = true, .measured = true, .rate = 12},
		{.name = "eth0", .link = "up 1000 Mbit/s", .up = true,
			.note = "10.20.1.99", .measured = true, .rate = 301,
			.strangers = 1, .senders = 14},
		{.name = "eth1", .link = "up 10000 Mbit/s", .up = true,
			.note = "uplink of the core switch", .measured = true,
			.rate = 84100, .strangers = 99, .senders = 143,
			.mirror = true},
		{.name = "eth2", .link = "up 100 Mbit/s", .up = true,
			.measured = true, .rate = 900, .strangers = 97,
			.senders = 12, .mirror = true},
		{.name = "wlan0", .link = "down"},
		{.name = "mailcensus.db", .inventory = true},
	};

	*r = (struct room){.c = {.version = "0.1", .n = CHOICES, .at = 1,
		.rows = rows, .cols = cols}};
	memcpy(r->v, all, sizeof all);
	r->c.v = r->v;
}

static char *shown(struct room *r, bool utf8)
{
	struct grid g;
	char *text;

	grid_init(&g, r->c.rows, r->c.cols, utf8);
	chooser_look(&r->c);
	chooser_draw(&r->c, &g);
	text = grid_as_text(&g);
	grid_free(&g);
	return text;
}

static void screens_look_as_they_did(void **state)
{
	static const struct {
		const char *name;
		int rows, cols;
		bool utf8, deaf;
	} screens[] = {
		{"chooser-120x40", 40, 120, true, false},
		{"chooser-80x24", 24, 80, true, false},
		{"chooser-80x24-deaf", 24, 80, false, true},
		{"chooser-40x8", 8, 40, true, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++) {
		struct room r;
		char *text;

		open_room(&r, screens[i].rows, screens[i].cols);
		r.c.deaf = screens[i].deaf;
		text = shown(&r, screens[i].utf8);
		same_as_file(screens[i].name, text);
		free(text);
	}
}

static void the_cursor_goes_to_the_busiest_mirror(void **state)
{
	struct room r;

	(void)state;
	open_room(&r, 24, 80);
	r.v[2].mirror = r.v[3].mirror = false;
	chooser_look(&r.c);
	assert_int_equal(r.c.at, 1);
	r.v[3].mirror = true;
	chooser_look(&r.c);
	assert_int_equal(r.c.at, 3);
	r.v[2].mirror = true;
	chooser_look(&r.c);
	assert_int_equal(r.c.at, 2);
	/* Not under the fingers of whoever is choosing. */
	check(!chooser_key(&r.c, COMMAND_UP));
	chooser_look(&r.c);
	assert_int_equal(r.c.at, 1);
}

static void keys_stay_within_the_list(void **state)
{
	struct room r;

	(void)state;
	open_room(&r, 8, 40);
	for (int i = 0; i < 20; i++)
		chooser_key(&r.c, COMMAND_DOWN);
	assert_int_equal(r.c.at, CHOICES - 1);
	check(r.c.top > 0);
	chooser_key(&r.c, COMMAND_PAGE_DOWN);
	assert_int_equal(r.c.at, CHOICES - 1);
	chooser_key(&r.c, COMMAND_HOME);
	chooser_key(&r.c, COMMAND_PAGE_UP);
	chooser_key(&r.c, COMMAND_UP);
	assert_int_equal(r.c.at, 0);
	assert_int_equal(r.c.top, 0);
	check(chooser_key(&r.c, COMMAND_ACCEPT));
	check(!chooser_key(&r.c, COMMAND_NONE));
	r.c.n = 0;
	check(!chooser_key(&r.c, COMMAND_ACCEPT));
}

static void a_click_chooses_a_row(void **state)
{
	struct room r;

	(void)state;
	open_room(&r, 24, 80);
	check(!chooser_click(&r.c, 2));
	check(chooser_click(&r.c, 3) && r.c.at == 0);
	check(chooser_click(&r.c, 8) && r.c.at == 5);
	check(!chooser_click(&r.c, 9));
	check(!chooser_click(&r.c, -1));
}

static void every_size_is_drawn_inside_the_screen(void **state)
{
	(void)state;
	for (int rows = 1; rows < 30; rows++)
		for (int cols = 1; cols < 130; cols++) {
			struct room r;

			open_room(&r, rows, cols);
			free(shown(&r, true));
			r.c.n = 0;
			r.c.at = 0;
			free(shown(&r, false));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(screens_look_as_they_did),
		cmocka_unit_test(the_cursor_goes_to_the_busiest_mirror),
		cmocka_unit_test(keys_stay_within_the_list),
		cmocka_unit_test(a_click_chooses_a_row),
		cmocka_unit_test(every_size_is_drawn_inside_the_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
