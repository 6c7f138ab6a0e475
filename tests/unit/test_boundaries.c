/* test_boundaries.c: where a session begins and ends, whatever TCP does. */
#include "talk.h"

enum {
	FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10, URG = 0x20,
};

#define GREETING "220 mail.contoso.example ESMTP\r\n"
#define SECONDS  INT64_C(1000000000)

/* A talk that has not begun. */
static struct talk quiet(struct engine *e)
{
	return (struct talk){.e = e, .at = 1764000000 * SECONDS,
		.client_port = 40312, .server_port = 25,
		.seq = {4000000000, 7}};
}

/* Sends what was said before once more, or says it from another place. */
static void say_at(struct talk *t, int side, uint8_t flags, uint32_t seq,
	const char *text)
{
	uint32_t next = t->seq[side];

	t->seq[side] = seq;
	send_flags(t, side, flags, text);
	t->seq[side] = next;
}

/* One session of which nothing is missing. */
static void is_one_whole(struct talk *t, enum record_ending how)
{
	check(t->sessions == 1 && t->last.ending == how);
	check(t->last.auth_n == 1 && t->last.gap_bytes == 0);
	check(t->last.auth[0].outcome == RECORD_ACCEPTED);
	check(!(t->last.flags & (RECORD_MIDSTREAM | RECORD_RESYNCS)));
	assert_string_equal(record_text(&t->last, t->last.banner),
		"mail.contoso.example ESMTP");
	check(engine_counts(t->e).flows == 1);
	engine_free(t->e);
}

static void another_isn_seconds_after_the_end_begins_another(void **state)
{
	struct talk t = {0};
	uint32_t old;

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	log_in(&t);
	close_talk(&t);
	check(t.sessions == 1);
	old = t.seq[CLIENT];
	t.at += SECONDS;
	t.seq[CLIENT] += 64000;
	t.seq[SERVER] += 128000;
	send_flags(&t, CLIENT, SYN, "");
	send_flags(&t, SERVER, SYN | ACK, "");
	send_flags(&t, CLIENT, ACK, "");
	/* The old one's last word arrives once more. */
	say_at(&t, CLIENT, FIN | ACK, old - 1, "");
	log_in(&t);
	close_talk(&t);
	check(t.sessions == 2 && t.last.auth_n == 1);
	check(!(t.last.flags & RECORD_MIDSTREAM));
	check(engine_counts(t.e).flows == 2);
	engine_free(t.e);
}

static void a_syn_is_repeated_until_it_is_answered(void **state)
{
	struct talk t = quiet(small_engine(8, 4, 16));

	(void)state;
	for (int i = 0; i < 5; i++, t.at += 3 * SECONDS)
		say_at(&t, CLIENT, SYN, t.seq[CLIENT], "");
	send_flags(&t, CLIENT, SYN, "");
	say_at(&t, SERVER, SYN | ACK, t.seq[SERVER], "");
	t.at += SECONDS;
	send_flags(&t, SERVER, SYN | ACK, "");
	send_flags(&t, CLIENT, ACK, "");
	log_in(&t);
	/* A copy that was on its way for a long time. */
	say_at(&t, CLIENT, SYN, 4000000000, "");
	close_talk(&t);
	is_one_whole(&t, RECORD_CLOSED);
}

static void late_copies_begin_nothing(void **state)
{
	struct talk t = {0};
	uint32_t at[2];

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	memcpy(at, t.seq, sizeof at);
	log_in(&t);
	close_talk(&t);
	for (int i = 0; i < 3; i++) {
		say_at(&t, SERVER, PSH | ACK, at[SERVER], GREETING);
		say_at(&t, CLIENT, PSH | ACK, at[CLIENT], "EHLO PRN-2F\r\n");
		say_at(&t, CLIENT, FIN | ACK, t.seq[CLIENT] - 1, "");
		say_at(&t, SERVER, FIN | ACK, t.seq[SERVER] - 1, "");
		say_at(&t, SERVER, RST, t.seq[SERVER], "");
		t.at += SECONDS;
	}
	is_one_whole(&t, RECORD_CLOSED);
}

static void keepalives_and_probes_are_silence(void **state)
{
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	log_in(&t);
	for (int i = 0; i < 20; i++, t.at += 60 * SECONDS)
		for (int side = 0; side < 2; side++) {
			uint32_t last = t.seq[side] - 1;

			say_at(&t, side, ACK, last, i % 2 == 0 ? "" : "\xff");
			say_at(&t, !side, ACK, t.seq[!side], "");
		}
	/* A window of nothing is probed by the byte that comes next. */
	say_at(&t, CLIENT, ACK, t.seq[CLIENT], "M");
	t.at += 5 * SECONDS;
	say_at(&t, CLIENT, ACK, t.seq[CLIENT], "M");
	mail_something(&t);
	close_talk(&t);
	check(t.last.messages == 1 && t.last.client_bytes > 100);
	check(engine_counts(t.e).reasm.overlap_differs == 0);
	check(engine_counts(t.e).reasm.keepalives >= 40);
	/* It was told meanwhile, when silence had come. */
	t.sessions = 1;
	is_one_whole(&t, RECORD_CLOSED);
}

/* RFC 5961, 3: nobody who does not know the place may end a session. */
static void a_blind_reset_ends_no_session(void **state)
{
	static const uint32_t off[] = {0x80000000, 0xfffff000, 0x00100000, 1u << 30};
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	say(&t, SERVER, GREETING);
	for (size_t i = 0; i < sizeof off / sizeof *off; i++) {
		say_at(&t, CLIENT, RST, t.seq[CLIENT] + off[i], "");
		say_at(&t, SERVER, RST | ACK, t.seq[SERVER] + off[i], "");
	}
	t.seq[SERVER] -= (uint32_t)(sizeof GREETING - 1);
	log_in(&t);
	close_talk(&t);
	is_one_whole(&t, RECORD_CLOSED);
}

static void a_reset_in_its_place_does(void **state)
{
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	log_in(&t);
	send_flags(&t, SERVER, RST, "");
	is_one_whole(&t, RECORD_RESET);
}

static void fin_may_come_with_the_last_bytes_and_again(void **state)
{
	struct talk t = {0};
	uint32_t last;

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	log_in(&t);
	last = t.seq[CLIENT];
	send_flags(&t, CLIENT, FIN | PSH | ACK, "QUIT\r\n");
	say_at(&t, CLIENT, FIN | PSH | ACK, last, "QUIT\r\n");
	last = t.seq[SERVER];
	send_flags(&t, SERVER, FIN | PSH | ACK, "221 bye\r\n");
	say_at(&t, SERVER, FIN | PSH | ACK, last, "221 bye\r\n");
	check(t.last.flags & RECORD_QUIT);
	is_one_whole(&t, RECORD_CLOSED);
}

/* The client has nothing more to say; the server has. */
static void half_a_close_ends_one_side(void **state)
{
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	say(&t, SERVER, GREETING);
	say(&t, CLIENT, "EHLO PRN-2F\r\n");
	say(&t, SERVER, "250 AUTH PLAIN\r\n");
	send_flags(&t, CLIENT, FIN | PSH | ACK,
		"AUTH PLAIN AGFubmEAaW52ZW50ZWQ=\r\n");
	t.at += 20 * SECONDS;
	check(t.sessions == 0);
	say(&t, SERVER, "235 ok\r\n");
	t.sessions = 0; /* told meanwhile */
	send_flags(&t, SERVER, FIN | ACK, "");
	is_one_whole(&t, RECORD_CLOSED);
}

/* Both ends send FIN before they have seen the other's. */
static void both_may_close_at_once(void **state)
{
	struct talk t = {0};
	uint32_t server;

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	log_in(&t);
	server = t.seq[SERVER];
	send_flags(&t, CLIENT, FIN | ACK, "");
	t.seq[CLIENT]--;
	send_flags(&t, SERVER, FIN | ACK, "");
	t.seq[CLIENT]++;
	check(t.seq[SERVER] == server + 1);
	send_flags(&t, CLIENT, ACK, "");
	send_flags(&t, SERVER, ACK, "");
	is_one_whole(&t, RECORD_CLOSED);
}

/* RFC 9293, 3.5, figure 7: two SYNs cross. What is said then tells which is
 * the server, whoever was seen first. */
static void both_may_open_at_once(void **state)
{
	(void)state;
	for (int first = 0; first < 2; first++) {
		struct talk t = quiet(small_engine(8, 4, 16));

		send_flags(&t, first, SYN, "");
		send_flags(&t, !first, SYN, "");
		say_at(&t, first, SYN | ACK, t.seq[first] - 1, "");
		say_at(&t, !first, SYN | ACK, t.seq[!first] - 1, "");
		log_in(&t);
		close_talk(&t);
		check(t.last.server.port == 25);
		is_one_whole(&t, RECORD_CLOSED);
	}
}

/* RFC 7413: data in SYN and SYN ACK; and again, where the server did not take
 * it. */
static void a_fast_open_begins_with_its_first_byte(void **state)
{
	(void)state;
	for (int refused = 0; refused < 2; refused++) {
		struct talk t = quiet(small_engine(8, 4, 16));

		send_flags(&t, CLIENT, SYN, "EHLO PRN-2F\r\n");
		if (refused) {
			t.seq[CLIENT] -= 13;
			send_flags(&t, SERVER, SYN | ACK, "");
			send_flags(&t, CLIENT, ACK, "");
			say(&t, CLIENT, "EHLO PR");
			say(&t, CLIENT, "N-2F\r\n");
			say(&t, SERVER, GREETING);
		} else {
			send_flags(&t, SERVER, SYN | ACK, GREETING);
			send_flags(&t, CLIENT, ACK, "");
		}
		say(&t, SERVER, "250 AUTH PLAIN\r\n");
		say(&t, CLIENT, "AUTH PLAIN AGFubmEAaW52ZW50ZWQ=\r\n");
		say(&t, SERVER, "235 ok\r\n");
		t.sessions = 0; /* told at its beginning */
		close_talk(&t);
		check(t.last.client_bytes == 13 + 33);
		is_one_whole(&t, RECORD_CLOSED);
	}
}

static void urgent_bytes_are_bytes(void **state)
{
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	say(&t, SERVER, GREETING);
	send_flags(&t, CLIENT, URG | PSH | ACK, "EHLO P");
	say(&t, CLIENT, "RN-2F\r\n");
	say(&t, SERVER, "250 AUTH PLAIN\r\n");
	send_flags(&t, CLIENT, URG | PSH | ACK,
		"AUTH PLAIN AGFubmEAaW52ZW50ZWQ=\r\n");
	say(&t, SERVER, "235 ok\r\n");
	close_talk(&t);
	assert_string_equal(record_text(&t.last, t.last.helo), "PRN-2F");
	is_one_whole(&t, RECORD_CLOSED);
}

/* Wherever the numbers begin, and with a hole where they wrap. */
static void numbers_wrap_anywhere(void **state)
{
	static const uint32_t near[] = {0, 0x7fffffff, 0x80000000, 0xffffffff};

	(void)state;
	for (unsigned back = 0; back < 180; back++) {
		struct talk t = quiet(small_engine(8, 4, 16));
		struct talk lossy = quiet(small_engine(8, 4, 16));

		for (int side = 0; side < 2; side++)
			t.seq[side] = lossy.seq[side] =
				near[(back + side) % 4] - back;
		send_flags(&t, CLIENT, SYN, "");
		send_flags(&t, SERVER, SYN | ACK, "");
		log_in(&t);
		close_talk(&t);
		is_one_whole(&t, RECORD_CLOSED);
		send_flags(&lossy, CLIENT, SYN, "");
		send_flags(&lossy, SERVER, SYN | ACK, "");
		say(&lossy, SERVER, GREETING);
		lossy.seq[CLIENT] += 60;
		lossy.seq[SERVER] += 60;
		lossy.at += 5 * SECONDS;
		send_flags(&lossy, SERVER, ACK, "");
		send_flags(&lossy, CLIENT, ACK, "");
		lossy.at += SECONDS;
		log_in(&lossy);
		close_talk(&lossy);
		check(lossy.last.gap_bytes == 120 && lossy.last.auth_n == 1);
		check(engine_counts(lossy.e).flows == 1);
		engine_free(lossy.e);
	}
}

/* TCP has no other content for a place: the first copy counts, and that
 * there was another one is counted. */
static void other_content_in_the_same_place_is_not_believed(void **state)
{
	struct talk t = {0};
	uint32_t at;

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	at = t.seq[CLIENT];
	say(&t, SERVER, GREETING);
	t.seq[CLIENT] += 5;
	say(&t, CLIENT, "PRN-2F\r\n");
	say_at(&t, CLIENT, PSH | ACK, at + 5, "FORGED\r\n");
	say_at(&t, CLIENT, PSH | ACK, at, "EHLO FOR");
	say_at(&t, CLIENT, PSH | ACK, at, "EHLO FORGED\r\n");
	say(&t, SERVER, "250 AUTH PLAIN\r\n");
	say(&t, CLIENT, "AUTH PLAIN AGFubmEAaW52ZW50ZWQ=\r\n");
	say(&t, SERVER, "235 ok\r\n");
	close_talk(&t);
	assert_string_equal(record_text(&t.last, t.last.helo), "PRN-2F");
	check(engine_counts(t.e).reasm.overlap_differs == 2);
	is_one_whole(&t, RECORD_CLOSED);
}

/* An ACK of bytes that nobody saw: lost, but the end stays where it is. */
static void acknowledged_bytes_that_nobody_saw_are_a_gap(void **state)
{
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	log_in(&t);
	t.seq[CLIENT] += 40;
	send_flags(&t, SERVER, ACK, "");
	t.at += SECONDS;
	t.sessions = 0;
	close_talk(&t);
	check(t.sessions == 1 && t.last.ending == RECORD_CLOSED);
	check(t.last.gap_bytes == 40 && t.last.auth_n == 1);
	engine_free(t.e);
}

/* A scan knocks at every port, and is answered by some. */
static void a_scan_is_no_session(void **state)
{
	struct talk t = quiet(small_engine(64, 4, 16));

	(void)state;
	for (uint16_t port = 1; port < 1000; port++) {
		t.server_port = port;
		send_flags(&t, CLIENT, SYN, "");
		send_flags(&t, SERVER, port % 3 == 0 ? SYN | ACK : RST | ACK, "");
		if (port % 3 == 0)
			send_flags(&t, CLIENT, port % 2 == 0 ? RST : RST | ACK, "");
		for (uint8_t flags = 0; flags < 64; flags++)
			if (port % 100 == 0 && !(flags & SYN))
				send_flags(&t, CLIENT, flags, "");
	}
	engine_finish(t.e);
	drain(&t);
	check(t.sessions == 0 && engine_counts(t.e).sessions == 0);
	engine_free(t.e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			another_isn_seconds_after_the_end_begins_another),
		cmocka_unit_test(a_syn_is_repeated_until_it_is_answered),
		cmocka_unit_test(late_copies_begin_nothing),
		cmocka_unit_test(keepalives_and_probes_are_silence),
		cmocka_unit_test(a_blind_reset_ends_no_session),
		cmocka_unit_test(a_reset_in_its_place_does),
		cmocka_unit_test(fin_may_come_with_the_last_bytes_and_again),
		cmocka_unit_test(half_a_close_ends_one_side),
		cmocka_unit_test(both_may_close_at_once),
		cmocka_unit_test(both_may_open_at_once),
		cmocka_unit_test(a_fast_open_begins_with_its_first_byte),
		cmocka_unit_test(urgent_bytes_are_bytes),
		cmocka_unit_test(numbers_wrap_anywhere),
		cmocka_unit_test(
			other_content_in_the_same_place_is_not_believed),
		cmocka_unit_test(acknowledged_bytes_that_nobody_saw_are_a_gap),
		cmocka_unit_test(a_scan_is_no_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
