/* test_dash_model.c: what keys and snapshots do to what is shown. */
#include "tests/unit/dash_fixture.h"
#include "ui/dash/rate.h"

struct bench {
	struct office o;
	struct dash_model m;
};

static struct listing *list_of(struct bench *b)
{
	struct listing *l = model_list(&b->m);

	assert_non_null(l);
	return l;
}

/* Sorts by a column, rising or falling. */
static void sort(struct bench *b, int column, bool falling)
{
	list_of(b)->sort = column;
	list_of(b)->falling = falling;
	model_arrange(&b->m);
}

static void show(struct bench *b)
{
	model_show(&b->m, &b->o.all);
}

static int begin(void **state)
{
	struct bench *b = calloc(1, sizeof *b);

	if (!b)
		return -1;
	office_open(&b->o);
	model_begin(&b->m, &b->o, 24, 80, true);
	*state = b;
	return 0;
}

static int end(void **state)
{
	struct bench *b = *state;

	model_free(&b->m);
	office_close(&b->o);
	free(b);
	return 0;
}

static const char *selected(const struct bench *b)
{
	const struct device *d = model_selected(&b->m);

	return d ? d->id : "";
}

static const char *id_at(const struct bench *b, size_t row)
{
	struct row r;

	return model_row(&b->m, row, &r) ? row_id(&r) : "";
}

static const char *name_at(const struct bench *b, size_t row)
{
	struct row r;

	return model_row(&b->m, row, &r) && r.device->name ? r.device->name
							   : "?";
}

static void what_concerns_most_comes_first(void **state)
{
	static const char *const want[] = {"PRN-2F-EAST", "MFP-Sales-C454e",
		"ups-rack3", "nas01", "erp-app02", "?", "confroom-bar4",
		"zabbix", "printer-hq-07", "mail-gw"};
	struct bench *b = *state;

	check(list_of(b)->shown_n == 10);
	for (size_t i = 0; i < 10; i++)
		assert_string_equal(name_at(b, i), want[i]);
}

static void every_column_sorts_both_ways(void **state)
{
	static const char keys[] = {'1', '2', '3', '5'};
	struct bench *b = *state;

	office_more(&b->o);
	show(b);
	for (size_t k = 0; k < sizeof keys; k++) {
		const struct columns *all;

		model_key(&b->m, (unsigned char)keys[k]);
		all = columns_of(model_kind(&b->m));
		for (int c = 0; c < 2 * all->n; c++) {
			struct column_key x, y;
			struct row r;

			if (all->spec[c / 2].fixed)
				continue;
			sort(b, c / 2, c % 2 == 0);
			check(list_of(b)->shown_n >= 4);
			for (size_t i = 1; model_row(&b->m, i, &r); i++) {
				columns_key(c / 2, &r, &y);
				model_row(&b->m, i - 1, &r);
				columns_key(c / 2, &r, &x);
				check(columns_compare(&x, &y, c % 2 == 0) <=
					0);
			}
		}
	}
	press(&b->m, "1");
	sort(b, COLUMN_DEVICE, false);
	assert_string_equal(name_at(b, 9), "?");
	sort(b, COLUMN_DEVICE, true);
	assert_string_equal(name_at(b, 9), "?");
	sort(b, COLUMN_ADDRESS, false);
	assert_string_equal(name_at(b, 0), "mail-gw");
	assert_string_equal(name_at(b, 1), "printer-hq-07");
	assert_string_equal(name_at(b, 9), "confroom-bar4");
}

static void the_selection_stays_on_its_device(void **state)
{
	struct bench *b = *state;

	press(&b->m, "jjj");
	assert_string_equal(selected(b), "ip:10.20.9.40");
	/* It is sorted anew, by keys and by a snapshot. */
	press(&b->m, "<F2><Home><Enter>");
	assert_string_equal(selected(b), "ip:10.20.9.40");
	press(&b->m, "r");
	assert_string_equal(selected(b), "ip:10.20.9.40");
	list_of(b)->sort = COLUMN_MSGS;
	b->o.v[8].messages = 1000000;
	show(b);
	assert_string_equal(selected(b), "ip:10.20.9.40");
	check(list_of(b)->cursor == 0);
	/* It is filtered away, and comes back. */
	press(&b->m, "fauth=basic<Enter>");
	check(strcmp(selected(b), "ip:10.20.9.40") != 0);
	press(&b->m, "<Esc>");
	assert_string_equal(selected(b), "ip:10.20.9.40");
	/* Another snapshot lacks it. */
	b->o.v[8].id = words("ip:192.0.2.1");
	show(b);
	check(model_selected(&b->m) != NULL);
}

static void rows_alike_do_not_change_places(void **state)
{
	struct bench *b = *state;

	/* Two that differ in nothing but their ids: by those, both ways. */
	b->o.v[6] = b->o.v[5];
	b->o.v[6].id = words("ip:10.20.8.5");
	for (int turn = 0; turn < 2; turn++) {
		size_t at = 0;

		sort(b, COLUMN_AUTH, turn == 0);
		while (at < 10 && strcmp(id_at(b, at), "ip:10.20.8.30") != 0)
			at++;
		assert_string_equal(id_at(b, at + 1), "ip:10.20.8.5");
	}
}

static void a_first_look_says_that_it_is_one(void **state)
{
	struct bench *b = *state;

	b->o.list.all = 103883;
	show(b);
	check(shows(&b->m, "the first 10 of 103,883 devices"));
	check(shows(&b->m, "Mail devices 103,882"));
	b->o.list.all = 10;
	show(b);
	check(!shows(&b->m, "reading the rest"));
}

static void before_any_key_the_first_row_is_selected(void **state)
{
	struct bench *b = *state;

	assert_string_equal(selected(b), "ip:10.20.4.31");
	list_of(b)->sort = COLUMN_MSGS;
	model_arrange(&b->m);
	assert_string_equal(selected(b), "ip:10.20.1.10");
	b->o.list.n = 0;
	show(b);
	check(!model_selected(&b->m));
	press(&b->m, "jk<Enter> *nN<PgDn><End>");
	model_show(&b->m, &(struct snapshot){.devices = NULL});
	check(!model_selected(&b->m));
	press(&b->m, "jk<Enter> *nN<PgDn><End>f<Esc>/x<Enter>n?q");
	check(b->m.view == VIEW_DEVICES);
}

static void the_window_follows_the_cursor(void **state)
{
	struct bench *b = *state;

	model_resize(&b->m, 14, 80);
	press(&b->m, "G");
	check(list_of(b)->cursor == 9 && list_of(b)->top == 3);
	press(&b->m, "gG<PgUp>");
	check(list_of(b)->cursor == 3 && list_of(b)->top == 3);
	press(&b->m, "k");
	check(list_of(b)->top == 2);
	model_resize(&b->m, 24, 80);
	check(list_of(b)->top == 0);
	press(&b->m, "gkkk");
	check(list_of(b)->cursor == 0);
	press(&b->m, "GGjjj");
	check(list_of(b)->cursor == 9);
}

static void a_click_selects_then_opens_and_sorts(void **state)
{
	struct bench *b = *state;

	model_click(&b->m, 6, 20);
	check(list_of(b)->cursor == 2 && b->m.view == VIEW_DEVICES);
	model_click(&b->m, 14, 20);
	model_click(&b->m, 23, 20);
	model_click(&b->m, -1, -1);
	check(list_of(b)->cursor == 2 && b->m.view == VIEW_DEVICES);
	model_click(&b->m, 3, 2);
	check(list_of(b)->sort == COLUMN_DEVICE && !list_of(b)->falling);
	model_click(&b->m, 3, 2);
	check(list_of(b)->sort == COLUMN_DEVICE && list_of(b)->falling);
	model_click(&b->m, 3, 0);
	model_click(&b->m, 3, 999);
	check(list_of(b)->sort == COLUMN_DEVICE && list_of(b)->falling);
	model_click(&b->m, 3, 79);
	check(list_of(b)->sort == COLUMN_DAY);
	model_click(&b->m, 4 + (int)(list_of(b)->cursor - list_of(b)->top), 5);
	check(b->m.view == VIEW_DEVICE);
	model_click(&b->m, 3, 2);
	check(b->m.list[ROWS_DEVICES].sort == COLUMN_DAY);
}

static void find_moves_and_rows_stay(void **state)
{
	struct bench *b = *state;

	press(&b->m, "/vmware");
	assert_string_equal(selected(b), "ip:10.20.8.5");
	check(list_of(b)->shown_n == 10 && b->m.dialogue == DIALOGUE_FIND);
	press(&b->m, "<Enter>n");
	assert_string_equal(selected(b), "ip:10.20.8.30");
	press(&b->m, "n");
	assert_string_equal(selected(b), "ip:10.20.1.10");
	press(&b->m, "n");
	assert_string_equal(selected(b), "ip:10.20.8.5");
	press(&b->m, "N");
	assert_string_equal(selected(b), "ip:10.20.1.10");
	/* Escape leads back to where it began, and forgets the text. */
	press(&b->m, "/prn-2f<Esc>");
	assert_string_equal(selected(b), "ip:10.20.1.10");
	check(b->m.find[0] == '\0');
	press(&b->m, "n");
	check(b->m.message[0] != '\0');
	press(&b->m, "/no such text<Enter>n");
	check(strstr(b->m.message, "no such text") != NULL);
	assert_string_equal(selected(b), "ip:10.20.1.10");
	press(&b->m, "j");
	check(b->m.message[0] == '\0');
}

static void a_filter_that_is_wrong_keeps_the_last_good_one(void **state)
{
	struct bench *b = *state;

	press(&b->m, "fauth=basic");
	check(list_of(b)->shown_n == 3);
	for (const char *p = " and"; *p; p++) {
		model_key(&b->m, (unsigned char)*p);
		check(list_of(b)->shown_n == 3 && b->m.typed != TYPED_WRONG);
	}
	press(&b->m, "<Enter>");
	check(b->m.dialogue == DIALOGUE_FILTER);
	check(b->m.typed == TYPED_WRONG && list_of(b)->shown_n == 3);
	check(shows(&b->m, "expected a field or a word"));
	press(&b->m, " tls=none<Enter>");
	check(b->m.dialogue == DIALOGUE_NONE && list_of(b)->shown_n == 2);
	check(shows(&b->m, "Filter: auth=basic and tls=none (2 of 10)"));
	press(&b->m, "f<Esc>");
	check(list_of(b)->shown_n == 10);
	press(&b->m, "fven<Tab>~qnap<Enter>");
	assert_string_equal(b->m.filter_text, "vendor~qnap");
	/* The history has both, the latest first, and each but once. */
	press(&b->m, "f<Up>");
	assert_string_equal(b->m.edit.text, "vendor~qnap");
	press(&b->m, "<Up><Up><Up>");
	assert_string_equal(b->m.edit.text, "auth=basic and tls=none");
	press(&b->m, "<Enter>f<Up><Down>");
	assert_string_equal(b->m.edit.text, "");
	check(b->m.history_n == 2 && list_of(b)->shown_n == 10);
	assert_string_equal(b->m.history[0], "auth=basic and tls=none");
	press(&b->m, "<Esc>");
	for (int i = 0; i < 12; i++) {
		char keys[32];

		snprintf(keys, sizeof keys, "f<Esc>fmsgs=%d<Enter>", i);
		press(&b->m, keys);
	}
	check(b->m.history_n == MODEL_HISTORY);
	assert_string_equal(b->m.history[0], "msgs=11");
	assert_string_equal(b->m.history[MODEL_HISTORY - 1], "msgs=4");
}

static void marks_hold_through_filters_and_snapshots(void **state)
{
	struct bench *b = *state;

	press(&b->m, " j ");
	check(b->m.marks_n == 2);
	check(model_marked(&b->m, "ip:10.20.4.31"));
	check(model_marked(&b->m, "ip:10.20.9.12"));
	press(&b->m, "fis=marked<Enter>");
	check(list_of(b)->shown_n == 2);
	press(&b->m, "g ");
	check(list_of(b)->shown_n == 1 && b->m.marks_n == 1);
	press(&b->m, "<Esc>*");
	check(b->m.marks_n == 10);
	show(b);
	check(shows(&b->m, "# 10 marked"));
	press(&b->m, "fauth=basic<Enter>*<Esc>");
	check(b->m.marks_n == 7);
	press(&b->m, "**");
	check(b->m.marks_n == 0);
}

static void views_open_and_lead_back(void **state)
{
	struct bench *b = *state;

	press(&b->m, "jj<Enter>");
	check(b->m.view == VIEW_DEVICE);
	assert_string_equal(model_opened(&b->m)->name, "ups-rack3");
	press(&b->m, "<Right>");
	assert_string_equal(model_opened(&b->m)->name, "nas01");
	press(&b->m, "hhhhhh");
	assert_string_equal(model_opened(&b->m)->name, "PRN-2F-EAST");
	press(&b->m, "?");
	check(b->m.view == VIEW_HELP);
	press(&b->m, "q");
	check(b->m.view == VIEW_DEVICE);
	press(&b->m, "<Esc>");
	check(b->m.view == VIEW_DEVICES && list_of(b)->cursor == 0);
	check(model_key(&b->m, 'q') == COMMAND_QUIT);
	press(&b->m, "?");
	check(model_key(&b->m, 'q') == COMMAND_NONE);
	check(model_key(&b->m, KEYS_F0 + 10) == COMMAND_QUIT);
	press(&b->m, "/");
	check(model_key(&b->m, 'q') == COMMAND_NONE);
	check(model_key(&b->m, KEYS_CTRL_C) == COMMAND_QUIT);
	check(model_key(&b->m, KEYS_CTRL_Z) == COMMAND_SUSPEND);
	press(&b->m, "<Esc><Enter>");
	/* The device leaves the inventory while its page is open. */
	b->o.v[2].id = words("ip:192.0.2.1");
	show(b);
	check(shows(&b->m, "no longer in the inventory"));
}

static void a_page_says_what_its_sessions_are(void **state)
{
	struct bench *b = *state;

	model_resize(&b->m, 60, 100);
	press(&b->m, "<Enter>");
	check(shows(&b->m, "reading"));
	office_sessions(&b->o);
	show(b);
	check(shows(&b->m, "tenant switch") && !shows(&b->m, "older ones"));
	b->o.sessions.more = true;
	check(shows(&b->m, "older ones are not shown"));
	b->o.sessions.n = 0;
	b->o.sessions.more = false;
	show(b);
	check(shows(&b->m, "none recorded"));
	b->o.sessions.failed = true;
	check(shows(&b->m, "they could not be read"));
}

static void pages_scroll_within_their_text(void **state)
{
	struct bench *b = *state;
	int height;

	press(&b->m, "?");
	height = view_height(&b->m);
	check(height > 20);
	press(&b->m, "<End>jjj");
	check(b->m.scroll == height - 20);
	press(&b->m, "<PgUp><Home>kk");
	check(b->m.scroll == 0);
	/* Taller, it has nothing to scroll. */
	press(&b->m, "<End>");
	model_resize(&b->m, 60, 200);
	check(shows(&b->m, "Move"));
	press(&b->m, "j");
	check(b->m.scroll == 0);
}

/* Runs of blanks and line ends become one blank. */
static void squeeze(char *text)
{
	char *to = text;

	for (; *text; text++) {
		bool blank = *text == ' ' || *text == '\n';

		if (!blank)
			*to++ = *text;
		else if (to[-1] != ' ')
			*to++ = ' ';
	}
	*to = '\0';
}

static void the_help_names_every_key_it_should(void **state)
{
	struct bench *b = *state;
	const struct binding *k;
	char *screen, name[KEY_NAME];

	model_resize(&b->m, 100, 200);
	press(&b->m, "?");
	screen = screen_text(&b->m);
	squeeze(screen + 1);
	for (size_t i = 0; (k = keys_binding(i)) != NULL; i++) {
		check(k->keys[0] != 0 && k->where != 0);
		if (!k->group)
			continue;
		if (!strstr(screen, k->help))
			fail_msg("no '%s' in the help", k->help);
		check(strstr(screen, keys_name(k->keys[0], name)) != NULL);
	}
	free(screen);
}

/* A key that means two things in one place would never do the second. */
static void no_key_is_bound_twice(void **state)
{
	const struct binding *a, *b;

	(void)state;
	for (size_t i = 0; (a = keys_binding(i)) != NULL; i++)
		for (size_t k = i + 1; (b = keys_binding(k)) != NULL; k++)
			for (int x = 0; x < BINDING_KEYS && a->keys[x]; x++)
				for (int y = 0; y < BINDING_KEYS; y++)
					check((a->where & b->where) == 0 ||
						a->keys[x] != b->keys[y]);
}

static void a_line_is_edited_by_characters(void **state)
{
	struct edit e = {.at = 0};

	(void)state;
	edit_key(&e, 'a');
	edit_key(&e, 0xe9);
	edit_key(&e, 0x65e5);
	edit_key(&e, 0x1f4e7);
	assert_string_equal(e.text, "a\xc3\xa9\xe6\x97\xa5\xf0\x9f\x93\xa7");
	edit_key(&e, KEYS_LEFT);
	edit_key(&e, KEYS_BACKSPACE);
	assert_string_equal(e.text, "a\xc3\xa9\xf0\x9f\x93\xa7");
	edit_key(&e, KEYS_HOME);
	edit_key(&e, KEYS_DELETE);
	edit_key(&e, KEYS_LEFT);
	edit_key(&e, KEYS_BACKSPACE);
	edit_key(&e, KEYS_END);
	edit_key(&e, KEYS_RIGHT);
	edit_key(&e, KEYS_DELETE);
	assert_string_equal(e.text, "\xc3\xa9\xf0\x9f\x93\xa7");
	check(!edit_key(&e, 0x1b) && !edit_key(&e, 0x9b));
	check(!edit_key(&e, 0x202e) && !edit_key(&e, KEYS_F0 + 1));
	check(!edit_key(&e, 0xd800));
	edit_set(&e, "one two  ");
	edit_key(&e, KEYS_CTRL_W);
	assert_string_equal(e.text, "one ");
	edit_key(&e, KEYS_CTRL_U);
	assert_string_equal(e.text, "");
	for (int i = 0; i < 1000; i++)
		edit_key(&e, 0x65e5);
	check(strlen(e.text) == EDIT_MAX - 1 && e.at == EDIT_MAX - 1);
}

static void rates_come_from_the_writers_clock(void **state)
{
	struct source_state s = {.label = words("eth1"), .beat_at = 1000000};
	struct rate r = {.n = 0};

	(void)state;
	rate_add(&r, &s);
	check(rate_now(&r).packets < 0);
	/* The same sign of life again is no new sample. */
	rate_add(&r, &s);
	check(r.n == 1);
	for (int i = 1; i <= 20; i++) {
		s.beat_at += 500000;
		s.packets += 50;
		s.bytes += 5000;
		rate_add(&r, &s);
	}
	check(r.n == RATE_SAMPLES);
	check(rate_now(&r).packets > 99.9 && rate_now(&r).packets < 100.1);
	check(rate_now(&r).bytes > 9999 && rate_now(&r).bytes < 10001);
	/* Begun anew, and another one. */
	s.beat_at += 1;
	s.packets = 3;
	rate_add(&r, &s);
	check(r.n == 1);
	s.label = words("eth2");
	rate_add(&r, &s);
	check(r.n == 1 && strcmp(r.label, "eth2") == 0);
	rate_free(&r);
}

static void ages_count_from_now_only_while_live(void **state)
{
	struct bench *b = *state;

	model_tick(&b->m, OFFICE_NOW + 5000000);
	check(model_now(&b->m) == OFFICE_NOW + 5000000);
	b->o.source.running = false;
	check(model_now(&b->m) == OFFICE_NOW);
	b->o.list.sources_n = 0;
	check(model_now(&b->m) == OFFICE_NOW);
}

static void a_session_becomes_a_line(void **state)
{
	struct auth_row auth[2] = {
		{.mechanism = words("PLAIN"), .code = 504, .in_clear = true},
		{.mechanism = words("LOGIN"), .code = 535,
			.enhanced = words("5.7.139"), .outcome = "rejected",
			.reason = RECORD_TENANT_SWITCH,
			.account = words("scan@contoso.example"),
			.evidence = EVIDENCE_INFERRED}};
	struct session_row row = {.first_seen = OFFICE_NOW, .auth = auth,
		.auth_n = 2, .server_ip = words("2001:db8::25"),
		.server_port = 587, .tls_mode = "starttls",
		.tls_version = 0x303, .recipients = 2, .bytes = 4096};
	struct session_line line;

	(void)state;
	session_line_from(&line, &row);
	assert_string_equal(line.server, "[2001:db8::25]:587");
	assert_string_equal(line.auth, "LOGIN~ x2");
	assert_string_equal(line.reply, "535 5.7.139");
	assert_string_equal(line.why, "tenant switch~");
	assert_string_equal(line.tls, "1.2");
	check(line.refused && line.in_clear);
	row.auth_n = 0;
	row.use = USE_UNKNOWN;
	row.server_name = words("mail-gw.contoso.example");
	session_line_from(&line, &row);
	assert_string_equal(line.server, "mail-gw.contoso.example:587");
	assert_string_equal(line.auth, "TLS?");
	row.use = USE_NONE;
	row.refusals = &(struct refusal_row){.code = 530,
		.enhanced = words("5.7.57")};
	row.refusals_n = 1;
	row.tls_mode = "none";
	session_line_from(&line, &row);
	assert_string_equal(line.auth, "\xe2\x80\x94");
	assert_string_equal(line.reply, "530 5.7.57");
	assert_string_equal(line.tls, "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_concerns_most_comes_first, begin, end),
		cmocka_unit_test_setup_teardown(
			every_column_sorts_both_ways, begin, end),
		cmocka_unit_test_setup_teardown(
			the_selection_stays_on_its_device, begin, end),
		cmocka_unit_test_setup_teardown(
			rows_alike_do_not_change_places, begin, end),
		cmocka_unit_test_setup_teardown(
			a_first_look_says_that_it_is_one, begin, end),
		cmocka_unit_test_setup_teardown(
			before_any_key_the_first_row_is_selected, begin, end),
		cmocka_unit_test_setup_teardown(
			the_window_follows_the_cursor, begin, end),
		cmocka_unit_test_setup_teardown(
			a_click_selects_then_opens_and_sorts, begin, end),
		cmocka_unit_test_setup_teardown(
			find_moves_and_rows_stay, begin, end),
		cmocka_unit_test_setup_teardown(
			a_filter_that_is_wrong_keeps_the_last_good_one, begin,
			end),
		cmocka_unit_test_setup_teardown(
			marks_hold_through_filters_and_snapshots, begin, end),
		cmocka_unit_test_setup_teardown(
			views_open_and_lead_back, begin, end),
		cmocka_unit_test_setup_teardown(
			a_page_says_what_its_sessions_are, begin, end),
		cmocka_unit_test_setup_teardown(
			pages_scroll_within_their_text, begin, end),
		cmocka_unit_test_setup_teardown(
			the_help_names_every_key_it_should, begin, end),
		cmocka_unit_test(no_key_is_bound_twice),
		cmocka_unit_test(a_line_is_edited_by_characters),
		cmocka_unit_test(rates_come_from_the_writers_clock),
		cmocka_unit_test_setup_teardown(
			ages_count_from_now_only_while_live, begin, end),
		cmocka_unit_test(a_session_becomes_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
