/* test_tls_loss.c: TLS with bytes missing, and what is no TLS. */
#include "tests/unit/tls_run.h"

/* A server that goes on in SMTP, however the first byte of it arrives. */
static void what_is_no_tls_is_handed_back(void **state)
{
	static const char reply[] = "454 4.7.0 TLS not available\r\n";
	struct run r;

	(void)state;
	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_SERVER, reply, strlen(reply));
	feed(&r, CHUNK_DATA, SIDE_SERVER, "250 OK\r\n", 8);
	assert_string_equal(r.told, "S broken\n");
	assert_string_equal(r.rest, reply);
	run_end(&r);

	/* What lies in an earlier chunk is gone, and no mail. */
	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_SERVER, "\x16\x03", 2);
	feed(&r, CHUNK_DATA, SIDE_SERVER, "\x09" "220 x", 6);
	assert_string_equal(r.told, "S broken\n");
	assert_string_equal(r.rest, "\x09" "220 x");
	run_end(&r);
}

static void clear_text_behind_an_alert_is_handed_back(void **state)
{
	static const char text[] = "\x15\x03\x01\0\2\2\x28" "QUIT\r\n";
	struct run r;

	(void)state;
	for (size_t cut = 0; cut < 8; cut++) {
		run_begin(&r, false);
		feed(&r, CHUNK_DATA, SIDE_CLIENT, text, cut);
		feed(&r, CHUNK_DATA, SIDE_CLIENT, text + cut, 13 - cut);
		assert_string_equal(r.told,
			"C record 21 2\nC alert 2 40\nC broken\n");
		assert_string_equal(r.rest, "QUIT\r\n");
		run_end(&r);
	}
}

static void a_gap_within_a_record_is_stepped_over(void **state)
{
	struct wr w;
	uint8_t b[512];
	struct run r;

	(void)state;
	w = wr_init(b, sizeof b);
	put_data(&w, 23, 100);
	put_data(&w, 23, 30);
	for (size_t from = 5; from < 105; from++) {
		run_begin(&r, false);
		feed(&r, CHUNK_DATA, SIDE_SERVER, b, from);
		feed(&r, CHUNK_GAP, SIDE_SERVER, NULL, 105 - from);
		feed(&r, CHUNK_DATA, SIDE_SERVER, b + 105, 35);
		feed(&r, CHUNK_END, SIDE_SERVER, NULL, 0);
		assert_string_equal(r.told,
			"S record 23 100\nS record 23 30\n");
		run_end(&r);
	}
}

static void a_gap_over_records_tells_what_was_lost(void **state)
{
	struct wr w;
	uint8_t b[1024];
	char want[128];
	struct run r;

	(void)state;
	w = wr_init(b, sizeof b);
	put_data(&w, 23, 100); /* ends at 105 */
	put_data(&w, 23, 30);  /* at 140 */
	put_data(&w, 23, 200); /* at 345 */
	for (size_t from = 5; from < 110; from++)
		for (size_t to = 110; to <= 140; to++) {
			run_begin(&r, false);
			feed(&r, CHUNK_DATA, SIDE_SERVER, b, from);
			feed(&r, CHUNK_GAP, SIDE_SERVER, NULL, to - from);
			feed(&r, CHUNK_DATA, SIDE_SERVER, b + to, 345 - to);
			snprintf(want, sizeof want, "S record 23 100\n"
				"S record 23 200 lost %u\n", 35);
			assert_string_equal(r.told, want);
			run_end(&r);
		}
}

static void amid_a_stream_records_are_found(void **state)
{
	struct wr w;
	uint8_t b[512];
	struct run r;

	(void)state;
	w = wr_init(b, sizeof b);
	put_data(&w, 23, 100);
	put_data(&w, 23, 60);
	for (size_t from = 0; from <= 105; from++)
		for (size_t cut = 1; cut < 9; cut++) {
			char want[128];

			run_begin(&r, true);
			feed(&r, CHUNK_DATA, SIDE_CLIENT, b + from, cut);
			feed(&r, CHUNK_DATA, SIDE_CLIENT, b + from + cut,
				170 - from - cut);
			if (from == 0 || from == 105)
				snprintf(want, sizeof want, "C record 23 %u\n"
					"%s", from ? 60 : 100,
					from ? "" : "C record 23 60\n");
			else
				snprintf(want, sizeof want,
					"C record 23 60 lost %zu\n",
					105 - from);
			assert_string_equal(r.told, want);
			run_end(&r);
		}
}

/* Its name is there, its fingerprint cannot be. */
static void a_torn_hello_is_told_without_ja(void **state)
{
	struct wr w;
	uint8_t b[512];
	struct run r;

	(void)state;
	w = wr_init(b, sizeof b);
	put_hello_record(&w, "mx.example.com");
	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_CLIENT, b, 100);
	feed(&r, CHUNK_GAP, SIDE_CLIENT, NULL, 40);
	feed(&r, CHUNK_DATA, SIDE_CLIENT, b + 140, wr_used(&w) - 140);
	feed(&r, CHUNK_DATA, SIDE_CLIENT, "\x14\3\3\0\1\1", 6);
	assert_string_equal(r.told, "C record 22 146\n"
		"C hello 0000 mx.example.com  \nC record 20 1\n");
	run_end(&r);

	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_CLIENT, b, 100);
	feed(&r, CHUNK_GAP, SIDE_CLIENT, NULL, 1000);
	feed(&r, CHUNK_END, SIDE_CLIENT, NULL, 0);
	assert_string_equal(r.told, "C record 22 146\n"
		"C hello 0000 mx.example.com  \n");
	run_end(&r);

	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_CLIENT, b, 100);
	feed(&r, CHUNK_END, SIDE_CLIENT, NULL, 0);
	assert_string_equal(r.told, "C record 22 146\n"
		"C hello 0000 mx.example.com  \n");
	run_end(&r);
}

static void a_torn_server_hello_has_no_version(void **state)
{
	struct wr w;
	uint8_t b[512];
	struct run r;

	(void)state;
	w = wr_init(b, sizeof b);
	put_server_record(&w, 0x1302, 0x0304, NULL);
	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_SERVER, b, 50);
	feed(&r, CHUNK_END, SIDE_SERVER, NULL, 0);
	assert_string_equal(r.told, "S record 22 54\nS hello 0000 1302\n");
	run_end(&r);
}

/* What was told before is told the same way. */
static void truncations_tell_the_beginning(void **state)
{
	static struct dialogue d, cut;
	struct run whole, r;

	(void)state;
	make_tls12(&d, 500);
	play(&whole, &d, 0, FLIGHT);
	for (size_t i = 0; i < d.n; i++)
		for (size_t n = 0; n < d.flight[i].n; n++) {
			memcpy(&cut, &d, sizeof cut);
			cut.n = i + 1;
			cut.flight[i].n = n;
			play(&r, &cut, 0, FLIGHT);
			check(strncmp(r.told, whole.told, r.n) == 0);
		}
}

/* No byte of it is trusted: each one at 0 and at 255, in either flight. */
static void any_length_may_be_0_or_at_its_maximum(void **state)
{
	static struct dialogue d, bad;
	struct run r;

	(void)state;
	make_tls12(&d, 10);
	for (size_t i = 0; i < 2; i++)
		for (size_t at = 0; at < d.flight[i].n; at++)
			for (int v = 0; v < 2; v++) {
				memcpy(&bad, &d, sizeof bad);
				bad.flight[i].p[at] = v ? 0xff : 0;
				play(&r, &bad, 0, FLIGHT);
				play(&r, &bad, at, 1000);
			}
}

/* A gap between messages: what follows in the same record is not believed,
 * though it looks like a hello. */
static void behind_a_gap_messages_are_not_guessed_at(void **state)
{
	uint8_t record[1024], messages[1024], body[512];
	struct wr b = wr_init(body, sizeof body), w, m;
	struct run r;

	(void)state;
	put_server_hello(&b, 0x0303, 0xc030, 0, NULL);
	m = wr_init(messages, sizeof messages);
	put_message(&m, 14, "", 0);
	put_message(&m, 2, body, wr_used(&b));
	put_message(&m, 2, body, wr_used(&b));
	w = wr_init(record, sizeof record);
	put_messages(&w, &m);
	put_messages(&w, &m);
	for (size_t from = 6; from < 9; from++) {
		run_begin(&r, false);
		feed(&r, CHUNK_DATA, SIDE_SERVER, record, from);
		feed(&r, CHUNK_GAP, SIDE_SERVER, NULL, 9 - from);
		feed(&r, CHUNK_DATA, SIDE_SERVER, record + 9,
			5 + wr_used(&m) - 9);
		drop_records(&r);
		assert_string_equal(r.told, "");
		r.n = 0;
		feed(&r, CHUNK_DATA, SIDE_SERVER, record + 5 + wr_used(&m),
			5 + wr_used(&m));
		drop_records(&r);
		assert_string_equal(r.told, "S hello 0303 c030 etm\n");
		run_end(&r);
	}
}

/* Stepped over within a message, the next one is known again. */
static void a_gap_within_a_message_is_stepped_over(void **state)
{
	uint8_t record[2048], messages[2048], body[512], long_one[600] = {0};
	struct wr b = wr_init(body, sizeof body), w, m;
	struct run r;

	(void)state;
	put_server_hello(&b, 0x0303, 0xc030, 0, NULL);
	m = wr_init(messages, sizeof messages);
	put_message(&m, 22, long_one, sizeof long_one);
	put_message(&m, 2, body, wr_used(&b));
	w = wr_init(record, sizeof record);
	put_messages(&w, &m);
	for (size_t n = 1; n < sizeof long_one; n++) {
		run_begin(&r, false);
		feed(&r, CHUNK_DATA, SIDE_SERVER, record, 9);
		feed(&r, CHUNK_GAP, SIDE_SERVER, NULL, n);
		feed(&r, CHUNK_DATA, SIDE_SERVER, record + 9 + n,
			wr_used(&w) - 9 - n);
		drop_records(&r);
		assert_string_equal(r.told, "S hello 0303 c030 etm\n");
		run_end(&r);
	}
}

struct candidate {
	uint8_t header[5];
	bool likely;
};

/* Are the five bytes taken for a record, where one is looked for behind a
 * gap, and the server has agreed on a version, 0 for not known? */
static bool is_taken(const uint8_t header[5], uint16_t agreed)
{
	uint8_t b[512];
	struct wr w = wr_init(b, sizeof b);
	char want[32];
	bool taken;
	struct run r;

	if (agreed != 0) {
		put_server_record(&w, 0xc030, agreed, NULL);
	} else {
		put_record(&w, 20, 0x0303, "\1", 1);
	}
	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_SERVER, b, wr_used(&w));
	feed(&r, CHUNK_GAP, SIDE_SERVER, NULL, 10);
	r.n = 0;
	feed(&r, CHUNK_DATA, SIDE_SERVER, header, 5);
	snprintf(want, sizeof want, "S record %u %u lost 10\n", header[0],
		header[3] << 8 | header[4]);
	r.told[r.n] = '\0';
	taken = strcmp(r.told, want) == 0;
	check(taken || r.n == 0);
	run_end(&r);
	return taken;
}

static void amid_a_stream_a_header_must_be_likely(void **state)
{
	static const struct candidate candidates[] = {
		{{19, 3, 3, 0, 20}, false}, {{24, 3, 3, 0, 50}, false},
		{{20, 3, 3, 0, 1}, true}, {{20, 3, 3, 0, 2}, false},
		{{21, 3, 3, 0, 2}, true}, {{21, 3, 3, 0, 8}, false},
		{{21, 3, 3, 0, 9}, true}, {{21, 3, 3, 1, 43}, true},
		{{21, 3, 3, 1, 44}, false}, {{22, 3, 1, 0, 3}, false},
		{{22, 3, 1, 0, 4}, true}, {{23, 3, 3, 0, 8}, false},
		{{23, 3, 3, 0, 9}, true}, {{23, 3, 3, 1, 0}, true},
		{{23, 3, 4, 0, 20}, false}, {{23, 2, 3, 0, 20}, false},
		{{23, 3, 3, 4, 20}, true}, {{23, 3, 3, 0x48, 1}, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++)
		check(is_taken(candidates[i].header, 0) ==
			candidates[i].likely);
	for (uint8_t minor = 0; minor < 5; minor++) {
		const uint8_t h[] = {23, 3, minor, 0, 20};

		for (uint8_t v = 0; v < 5; v++)
			check(is_taken(h, 0x0300 | v) ==
				(minor == (v < 3 ? v : 3)));
		check(is_taken(h, 0) == (minor < 4));
	}
}

static void in_order_a_header_must_be_possible(void **state)
{
	static const struct candidate candidates[] = {
		{{19, 3, 3, 0, 1}, false}, {{20, 3, 3, 0, 5}, true},
		{{24, 3, 3, 0, 1}, true}, {{25, 3, 3, 0, 1}, false},
		{{22, 3, 0, 0, 0}, true}, {{22, 3, 4, 0, 1}, true},
		{{22, 3, 5, 0, 1}, false}, {{22, 2, 1, 0, 1}, false},
	};
	struct run r;

	(void)state;
	for (size_t i = 0; i < sizeof candidates / sizeof candidates[0];
		i++) {
		run_begin(&r, false);
		feed(&r, CHUNK_DATA, SIDE_SERVER, candidates[i].header, 5);
		check((strcmp(r.told, "S broken\n") != 0) ==
			candidates[i].likely);
		run_end(&r);
	}
	/* The first byte is enough to know. */
	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_SERVER, "2", 1);
	assert_string_equal(r.told, "S broken\n");
	run_end(&r);
}

/* Behind data nobody goes back to clear text: something was lost unseen. */
static void encrypted_sides_are_searched(void **state)
{
	static const uint8_t types[] = {20, 23};
	static struct dialogue d;
	struct wr w;
	char want[128];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		d.n = 0;
		w = add(&d, SIDE_SERVER);
		put_record(&w, types[i], 0x0303, "\1", 1);
		put_text(&w, "250 OK\r\n");
		put_server_record(&w, 0xc030, 0, NULL);
		added(&d, &w);
		snprintf(want, sizeof want, "S record %u 1\n"
			"S record 22 48 lost 8\n", types[i]);
		however_it_is_cut(&d, want);
	}
}

/* What looks like the beginning of a header, and holds the true one. */
static void a_header_is_found_within_a_false_one(void **state)
{
	static const char *const false_ones[] = {"\x17", "\x17\3",
		"\x17\3\3\x7f", "\x16\3\1\x7f\x17"};
	char want[64];
	struct run r;

	(void)state;
	for (size_t i = 0; i < sizeof false_ones / sizeof false_ones[0]; i++)
		for (size_t step = 1; step < 4; step++) {
			char b[16];
			size_t n = strlen(false_ones[i]);

			memcpy(b, false_ones[i], n);
			memcpy(b + n, "\x17\3\3\0\x20", 5);
			run_begin(&r, true);
			for (size_t at = 0; at < n + 5; at += step)
				feed(&r, CHUNK_DATA, SIDE_CLIENT, b + at,
					step < n + 5 - at ? step
							  : n + 5 - at);
			snprintf(want, sizeof want,
				"C record 23 32 lost %zu\n", n);
			assert_string_equal(r.told, want);
			run_end(&r);
		}
}

/* A gap up to a record's end leaves no doubt about the next one, however
 * unlikely it looks. */
static void a_gap_up_to_a_record_loses_none(void **state)
{
	struct run r;

	(void)state;
	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_SERVER, "\x17\3\3\0\x20", 5);
	feed(&r, CHUNK_GAP, SIDE_SERVER, NULL, 32);
	feed(&r, CHUNK_DATA, SIDE_SERVER, "\x17\3\3\0\1x", 6);
	assert_string_equal(r.told, "S record 23 32\nS record 23 1\n");
	run_end(&r);
}

static void after_a_gap_no_side_is_broken(void **state)
{
	struct run r;

	(void)state;
	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_SERVER, "\x15\3\3\0\2", 5);
	feed(&r, CHUNK_GAP, SIDE_SERVER, NULL, 1);
	feed(&r, CHUNK_DATA, SIDE_SERVER, "x250 OK\r\n", 9);
	feed(&r, CHUNK_DATA, SIDE_SERVER, "\x15\3\3\0\2\1\0", 7);
	assert_string_equal(r.told, "S record 21 2\n"
		"S record 21 2 lost 8\nS alert 1 0\n");
	run_end(&r);
}

/* Half of a message, then nothing that belongs to it. */
static void a_lost_message_does_not_take_the_next(void **state)
{
	uint8_t b[512];
	struct wr w = wr_init(b, sizeof b);
	struct run r;

	(void)state;
	put_server_record(&w, 0xc030, 0, NULL);
	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_SERVER, "\x16\3\3\0\6\x0b\0\0\x40--", 11);
	feed(&r, CHUNK_GAP, SIDE_SERVER, NULL, 62);
	feed(&r, CHUNK_DATA, SIDE_SERVER, b, wr_used(&w));
	assert_string_equal(r.told, "S record 22 6\n"
		"S record 22 48 lost 62\nS hello 0303 c030 etm\n");
	run_end(&r);

	/* Lost unseen: the header is found to be none. */
	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_SERVER, "\x16\3\3\0\6\x0b\0\0\x40--", 11);
	feed(&r, CHUNK_GAP, SIDE_SERVER, NULL, 0);
	feed(&r, CHUNK_DATA, SIDE_SERVER, "----", 4);
	feed(&r, CHUNK_DATA, SIDE_SERVER, b, wr_used(&w));
	assert_string_equal(r.told, "S record 22 6\n"
		"S record 22 48 lost 4\nS hello 0303 c030 etm\n");
	run_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_tls_is_handed_back),
		cmocka_unit_test(clear_text_behind_an_alert_is_handed_back),
		cmocka_unit_test(a_gap_within_a_record_is_stepped_over),
		cmocka_unit_test(a_gap_over_records_tells_what_was_lost),
		cmocka_unit_test(amid_a_stream_records_are_found),
		cmocka_unit_test(a_torn_hello_is_told_without_ja),
		cmocka_unit_test(a_torn_server_hello_has_no_version),
		cmocka_unit_test(truncations_tell_the_beginning),
		cmocka_unit_test(any_length_may_be_0_or_at_its_maximum),
		cmocka_unit_test(behind_a_gap_messages_are_not_guessed_at),
		cmocka_unit_test(a_gap_within_a_message_is_stepped_over),
		cmocka_unit_test(amid_a_stream_a_header_must_be_likely),
		cmocka_unit_test(in_order_a_header_must_be_possible),
		cmocka_unit_test(encrypted_sides_are_searched),
		cmocka_unit_test(a_header_is_found_within_a_false_one),
		cmocka_unit_test(a_gap_up_to_a_record_loses_none),
		cmocka_unit_test(after_a_gap_no_side_is_broken),
		cmocka_unit_test(a_lost_message_does_not_take_the_next),
	};

	tls_warm_up();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
