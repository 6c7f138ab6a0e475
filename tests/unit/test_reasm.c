/* test_reasm.c: two streams out of what a mirror port shows of them. */
#include "capture/stream/reasm.h"
#include "tests/unit/check.h"
#include <stdio.h>

enum { BLOCKS = 300, CLIENT_ISN = 0x10000000, SERVER_ISN = 0x50000000 };

#define MS INT64_C(1000000)

/* A connection, and all that was given of it as text: "c'EHLO'" for data,
 * "c-5" for a gap, "c." for an end; data of one side runs on. */
struct rig {
	void *mem;
	struct reasm_store *store;
	struct reasm r;
	int64_t now;
	char text[8192];
	size_t n;
	int last;
};

static void setup(struct rig *t, size_t blocks)
{
	memset(t, 0, sizeof *t);
	t->mem = calloc(1, reasm_store_bytes(blocks));
	assert_non_null(t->mem);
	t->store = reasm_store_init(t->mem, blocks);
	reasm_init(&t->r, t->store);
	t->now = 1000 * MS;
	t->last = -1;
}

static const struct reasm_counts *counts(const struct rig *t)
{
	return reasm_store_counts(t->store);
}

static void drain(struct rig *t)
{
	struct chunk c;

	while (reasm_next(&t->r, t->now, &c)) {
		char side = c.side == SIDE_CLIENT ? 'c' : 's';
		char *to = t->text + t->n;
		size_t room = sizeof t->text - t->n;

		assert_true(room > c.n + 32 || c.kind != CHUNK_DATA);
		if (c.kind == CHUNK_DATA && t->last == (int)c.side) {
			to--;
			t->n--;
		} else if (c.kind == CHUNK_DATA) {
			t->n += (size_t)snprintf(to, room, "%c'", side);
			to = t->text + t->n;
		}
		if (c.kind == CHUNK_DATA) {
			memcpy(to, c.p, c.n);
			memcpy(to + c.n, "'", 2);
			t->n += c.n + 1;
		} else if (c.kind == CHUNK_GAP) {
			assert_null(c.p);
			t->n += (size_t)snprintf(to, room, "%c-%zu", side, c.n);
		} else {
			t->n += (size_t)snprintf(to, room, "%c.", side);
		}
		t->last = c.kind == CHUNK_DATA ? (int)c.side : -1;
	}
}

static void push(struct rig *t, enum side s, uint8_t flags, uint32_t seq,
	uint32_t ack, const char *data, size_t n, size_t wire_n)
{
	uint8_t *copy = exact_copy(data, n);
	struct packet p = {
		.at = t->now, .kind = PACKET_TCP, .seq = seq, .ack = ack,
		.flags = flags, .p = copy, .n = n, .wire_n = wire_n,
	};

	reasm_push(&t->r, s, &p);
	drain(t);
	free(copy);
}

/* Positions count from the first byte of a side. */
static void client(struct rig *t, uint32_t at, uint32_t ack, const char *data)
{
	push(t, SIDE_CLIENT, TCP_ACK, CLIENT_ISN + 1 + at,
		SERVER_ISN + 1 + ack, data, strlen(data), strlen(data));
}

static void server(struct rig *t, uint32_t at, uint32_t ack, const char *data)
{
	push(t, SIDE_SERVER, TCP_ACK, SERVER_ISN + 1 + at,
		CLIENT_ISN + 1 + ack, data, strlen(data), strlen(data));
}

/* As it is while the caller has a chunk in hand. */
static void take_by_hand(struct rig *t, enum side s, uint32_t seq,
	const char *data, size_t wire_n, struct chunk *c)
{
	struct packet p = {.at = t->now, .kind = PACKET_TCP, .seq = seq,
		.p = (const uint8_t *)data, .n = strlen(data),
		.wire_n = wire_n};

	reasm_push(&t->r, s, &p);
	check(reasm_next(&t->r, t->now, c) && c->kind == CHUNK_DATA);
}

static void handshake(struct rig *t)
{
	push(t, SIDE_CLIENT, TCP_SYN, CLIENT_ISN, 0, "", 0, 0);
	push(t, SIDE_SERVER, TCP_SYN | TCP_ACK, SERVER_ISN, CLIENT_ISN + 1,
		"", 0, 0);
	client(t, 0, 0, "");
}

static void start(struct rig *t)
{
	setup(t, BLOCKS);
	handshake(t);
}

static void wait_ms(struct rig *t, int64_t ms)
{
	t->now += ms * MS;
	drain(t);
}

static void gave(struct rig *t, const char *want)
{
	assert_string_equal(t->text, want);
	t->text[0] = '\0';
	t->n = 0;
	t->last = -1;
}

static void stop(struct rig *t)
{
	reasm_finish(&t->r);
	drain(t);
	check(!reasm_waiting(&t->r));
	check(reasm_store_used(t->store) == 0);
	reasm_clear(&t->r);
	free(t->mem);
}

static void what_is_in_order_is_given_at_once(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	server(&t, 0, 0, "220 hi");
	client(&t, 0, 6, "EHLO x");
	server(&t, 6, 6, "250 ok");
	gave(&t, "s'220 hi'c'EHLO x's'250 ok'");
	check(!reasm_waiting(&t.r));
	check(counts(&t)->segments == 6 && counts(&t)->out_of_order == 0);
	stop(&t);
	gave(&t, "c.s.");
}

static void a_late_segment_is_waited_for(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 3, 0, "def");
	client(&t, 6, 0, "ghi");
	gave(&t, "");
	check(reasm_waiting(&t.r));
	client(&t, 0, 0, "abc");
	gave(&t, "c'abcdefghi'");
	check(!reasm_waiting(&t.r));
	stop(&t);
}

static void a_hole_that_the_peer_has_got_becomes_a_gap(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 3, 0, "def");
	server(&t, 0, 6, "");
	wait_ms(&t, 199);
	gave(&t, "");
	wait_ms(&t, 1);
	gave(&t, "c-3c'def'");
	check(counts(&t)->gaps == 1 && counts(&t)->gap_bytes == 3);
	stop(&t);
	gave(&t, "c.s.");
}

static void a_reply_waits_for_its_command(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	server(&t, 0, 6, "250 ok");
	gave(&t, "");
	client(&t, 0, 0, "EHLO x");
	gave(&t, "c'EHLO x's'250 ok'");
	stop(&t);
}

static void one_direction_is_waited_for_two_seconds(void **state)
{
	struct rig t;

	(void)state;
	setup(&t, BLOCKS);
	client(&t, 0, 0, "abc");
	client(&t, 6, 0, "ghi");
	wait_ms(&t, 1999);
	gave(&t, "c'abc'");
	wait_ms(&t, 1);
	gave(&t, "c-3c'ghi'");
	stop(&t);
	gave(&t, "c.s.");
}

static void what_the_peer_lacks_too_may_still_be_repeated(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 3, 0, "def");
	server(&t, 0, 0, "");
	wait_ms(&t, 29000);
	gave(&t, "");
	client(&t, 0, 0, "abc");
	gave(&t, "c'abcdef'");
	client(&t, 9, 0, "jkl");
	server(&t, 0, 6, "");
	wait_ms(&t, 30000);
	gave(&t, "c-3c'jkl'");
	stop(&t);
}

static void a_hole_is_as_old_as_its_last_progress(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 9, 0, "jkl");
	server(&t, 0, 12, "");
	for (uint32_t i = 0; i < 3; i++) {
		wait_ms(&t, 150);
		client(&t, 3 * i, 0, "xyz");
	}
	gave(&t, "c'xyzxyzxyzjkl'");
	check(counts(&t)->gaps == 0);
	stop(&t);
}

static void a_gap_ends_where_the_acknowledgement_does(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 9, 0, "jkl");
	server(&t, 0, 4, "");
	wait_ms(&t, 200);
	gave(&t, "c-4");
	client(&t, 4, 0, "efghi");
	gave(&t, "c'efghijkl'");
	stop(&t);
}

static void bytes_that_only_an_ack_tells_of_are_a_gap(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	server(&t, 0, 5, "");
	check(reasm_waiting(&t.r));
	wait_ms(&t, 200);
	gave(&t, "c-5");
	check(!reasm_waiting(&t.r));
	stop(&t);
}

static void time_that_goes_back_starts_the_wait_again(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 3, 0, "def");
	server(&t, 0, 6, "");
	wait_ms(&t, -900);
	wait_ms(&t, 199);
	gave(&t, "");
	wait_ms(&t, 1);
	gave(&t, "c-3c'def'");
	stop(&t);
}

static void a_reply_to_a_lost_command_comes_after_its_gap(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	server(&t, 0, 6, "250 ok");
	client(&t, 6, 6, "MAIL");
	wait_ms(&t, 200);
	gave(&t, "c-6s'250 ok'c'MAIL'");
	stop(&t);
}

/* The original of "250" was lost; when it comes again it acknowledges the
 * answer that it got. */
static void a_repetition_with_a_newer_ack_goes_first(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 0, 3, "MAIL");
	gave(&t, "");
	server(&t, 0, 4, "250");
	gave(&t, "s'250'c'MAIL'");
	check(!reasm_waiting(&t.r) && counts(&t)->gaps == 0);
	stop(&t);
}

static void a_doubled_segment_is_given_once(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 0, 0, "abc");
	client(&t, 0, 0, "abc");
	client(&t, 6, 0, "ghi");
	client(&t, 6, 0, "ghi");
	client(&t, 3, 0, "def");
	client(&t, 3, 0, "def");
	gave(&t, "c'abcdefghi'");
	check(counts(&t)->duplicate == 3 && counts(&t)->out_of_order == 2);
	check(counts(&t)->overlap_differs == 0);
	stop(&t);
}

static void the_first_copy_of_a_byte_wins(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 2, 0, "cd");
	client(&t, 6, 0, "gh");
	client(&t, 1, 0, "BCDEFGHI");
	check(counts(&t)->overlap_differs == 1);
	client(&t, 0, 0, "aXXX");
	check(counts(&t)->overlap_differs == 2);
	gave(&t, "c'aBcdEFghI'");
	client(&t, 7, 0, "hijk");
	gave(&t, "c'jk'");
	check(counts(&t)->gaps == 0);
	stop(&t);
}

static void sequence_numbers_wrap(void **state)
{
	struct rig t;
	const uint32_t isn = 0xfffffffc;

	(void)state;
	setup(&t, BLOCKS);
	push(&t, SIDE_CLIENT, TCP_SYN, isn, 0, "", 0, 0);
	push(&t, SIDE_CLIENT, TCP_ACK, isn + 7, 0, "ghi", 3, 3);
	push(&t, SIDE_CLIENT, TCP_ACK, isn + 1, 0, "abcdef", 6, 6);
	push(&t, SIDE_CLIENT, TCP_ACK | TCP_FIN, isn + 10, 0, "j", 1, 1);
	gave(&t, "c'abcdefghij'c.");
	stop(&t);
	gave(&t, "s.");
}

static void keepalives_are_no_data(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 0, 0, "abc");
	client(&t, 2, 0, "");
	client(&t, 2, 0, "\xff");
	server(&t, 0, 3, "");
	client(&t, 3, 0, "def");
	gave(&t, "c'abcdef'");
	check(counts(&t)->keepalives == 2 && counts(&t)->duplicate == 0);
	stop(&t);
}

static void a_window_probe_is_the_byte_it_carries(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 0, 0, "a");
	client(&t, 0, 0, "a");
	client(&t, 0, 0, "abc");
	gave(&t, "c'abc'");
	stop(&t);
}

static void a_syn_may_carry_data(void **state)
{
	struct rig t;

	(void)state;
	setup(&t, BLOCKS);
	push(&t, SIDE_CLIENT, TCP_SYN, CLIENT_ISN, 0, "EHLO", 4, 4);
	push(&t, SIDE_CLIENT, TCP_SYN, CLIENT_ISN, 0, "EHLO", 4, 4);
	push(&t, SIDE_SERVER, TCP_SYN | TCP_ACK, SERVER_ISN, CLIENT_ISN + 1,
		"", 0, 0);
	client(&t, 0, 0, "EHLO x");
	gave(&t, "c'EHLO x'");
	stop(&t);
}

static void a_syn_ack_without_its_syn_tells_both_places(void **state)
{
	struct rig t;

	(void)state;
	setup(&t, BLOCKS);
	push(&t, SIDE_SERVER, TCP_SYN | TCP_ACK, SERVER_ISN, CLIENT_ISN + 1,
		"", 0, 0);
	client(&t, 3, 0, "def");
	push(&t, SIDE_CLIENT, TCP_SYN, CLIENT_ISN, 0, "", 0, 0);
	client(&t, 0, 0, "abc");
	server(&t, 0, 6, "220");
	gave(&t, "c'abcdef's'220'");
	stop(&t);
}

static void a_syn_after_its_data_changes_nothing(void **state)
{
	struct rig t;

	(void)state;
	setup(&t, BLOCKS);
	client(&t, 0, 0, "abc");
	push(&t, SIDE_CLIENT, TCP_SYN, CLIENT_ISN, 0, "", 0, 0);
	client(&t, 3, 0, "def");
	gave(&t, "c'abcdef'");
	stop(&t);
}

static void an_answer_to_another_syn_is_ignored(void **state)
{
	struct rig t;

	(void)state;
	setup(&t, BLOCKS);
	push(&t, SIDE_CLIENT, TCP_SYN, CLIENT_ISN, 0, "", 0, 0);
	push(&t, SIDE_SERVER, TCP_SYN | TCP_ACK, 77, 0x80000000, "", 0, 0);
	push(&t, SIDE_SERVER, TCP_SYN | TCP_RST, 77, 0, "", 0, 0);
	check(counts(&t)->ignored == 2);
	/* SYN cookies: the same SYN, answered again with another ISN. */
	push(&t, SIDE_SERVER, TCP_SYN | TCP_ACK, 0x70000000, CLIENT_ISN + 1,
		"", 0, 0);
	push(&t, SIDE_SERVER, TCP_SYN | TCP_ACK, SERVER_ISN, CLIENT_ISN + 1,
		"", 0, 0);
	server(&t, 0, 0, "220");
	gave(&t, "s'220'");
	stop(&t);
}

static void fin_ends_a_side_behind_its_last_byte(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	push(&t, SIDE_CLIENT, TCP_ACK | TCP_FIN, CLIENT_ISN + 4,
		SERVER_ISN + 1, "def", 3, 3);
	gave(&t, "");
	client(&t, 0, 0, "abc");
	gave(&t, "c'abcdef'c.");
	/* The other half stays open. */
	server(&t, 0, 7, "221");
	push(&t, SIDE_CLIENT, TCP_ACK, CLIENT_ISN + 8, SERVER_ISN + 4, "", 0,
		0);
	push(&t, SIDE_SERVER, TCP_ACK | TCP_FIN, SERVER_ISN + 4,
		CLIENT_ISN + 8, "", 0, 0);
	push(&t, SIDE_SERVER, TCP_ACK | TCP_FIN, SERVER_ISN + 4,
		CLIENT_ISN + 8, "", 0, 0);
	gave(&t, "s'221's.");
	check(!reasm_waiting(&t.r) && counts(&t)->gaps == 0);
	check(counts(&t)->keepalives == 0);
	stop(&t);
	gave(&t, "");
}

static void a_reply_waits_for_the_fin_before_it(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	server(&t, 0, 5, "221");
	client(&t, 0, 0, "QUIT");
	gave(&t, "c'QUIT'");
	push(&t, SIDE_CLIENT, TCP_ACK | TCP_FIN, CLIENT_ISN + 5,
		SERVER_ISN + 1, "", 0, 0);
	gave(&t, "c.s'221'");
	stop(&t);
}

static void a_lost_fin_is_no_gap(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 0, 0, "QUIT");
	server(&t, 0, 5, "221");
	wait_ms(&t, 199);
	gave(&t, "c'QUIT'");
	wait_ms(&t, 1);
	gave(&t, "s'221'");
	check(!reasm_waiting(&t.r) && counts(&t)->gaps == 0);
	server(&t, 3, 5, "bye");
	gave(&t, "s'bye'");
	stop(&t);
	gave(&t, "c.s.");
}

static void one_byte_with_others_behind_it_was_no_fin(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	server(&t, 0, 1, "250");
	wait_ms(&t, 200);
	gave(&t, "s'250'");
	client(&t, 1, 3, "bc");
	wait_ms(&t, 200);
	gave(&t, "c-1c'bc'");
	/* Nor is it one where the other side has got more. */
	server(&t, 3, 4, "");
	wait_ms(&t, 200);
	server(&t, 3, 9, "");
	wait_ms(&t, 200);
	gave(&t, "c-6");
	stop(&t);
	gave(&t, "c.s.");
}

static void nothing_comes_after_fin(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	push(&t, SIDE_CLIENT, TCP_ACK | TCP_FIN, CLIENT_ISN + 4,
		SERVER_ISN + 1, "", 0, 0);
	client(&t, 3, 0, "behind");
	client(&t, 0, 0, "abcdef");
	gave(&t, "c'abc'c.");
	client(&t, 4, 0, "more");
	gave(&t, "");
	check(counts(&t)->ignored == 2);
	/* Of a cut segment neither. */
	push(&t, SIDE_SERVER, TCP_FIN, SERVER_ISN + 1 + 20, 0, "", 0, 0);
	server(&t, 3, 0, "def");
	push(&t, SIDE_SERVER, 0, SERVER_ISN + 1 + 10, 0, "klmno", 5, 50);
	push(&t, SIDE_SERVER, 0, SERVER_ISN + 1 + 6, 0, "ghijxx", 6, 50);
	server(&t, 0, 0, "abc");
	gave(&t, "s'abcdefghijklmno's-5s.");
	stop(&t);

	/* A FIN before what is already there is none. */
	start(&t);
	server(&t, 3, 0, "def");
	push(&t, SIDE_SERVER, TCP_FIN, SERVER_ISN + 3, 0, "", 0, 0);
	server(&t, 0, 0, "abc");
	gave(&t, "s'abcdef'");
	stop(&t);
}

static void bytes_missing_before_fin_are_a_gap(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	push(&t, SIDE_CLIENT, TCP_FIN, CLIENT_ISN + 4, 0, "", 0, 0);
	check(reasm_waiting(&t.r));
	wait_ms(&t, 2000);
	gave(&t, "c-3c.");
	stop(&t);
}

static void a_reset_ends_both_sides(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 0, 0, "abc");
	server(&t, 0, 3, "xyz");
	push(&t, SIDE_CLIENT, TCP_RST, CLIENT_ISN + 4, 0, "", 0, 0);
	gave(&t, "c'abc's'xyz'c.s.");
	check(t.r.half[SIDE_CLIENT].reset && !t.r.half[SIDE_SERVER].reset);
	stop(&t);
	gave(&t, "");
}

static void a_blind_reset_ends_nothing(void **state)
{
	static const uint32_t wrong[] = {
		0, CLIENT_ISN, CLIENT_ISN + 3, CLIENT_ISN + 5 + (1 << 16),
		0x80000000, 0xffffffff};
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 0, 0, "abc");
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		push(&t, SIDE_CLIENT, TCP_RST, wrong[i], 0, "", 0, 0);
	check(counts(&t)->ignored == sizeof wrong / sizeof wrong[0]);
	client(&t, 3, 0, "def");
	gave(&t, "c'abcdef'");
	stop(&t);
}

static void a_reset_is_believed_where_the_receiver_stands(void **state)
{
	static const uint32_t right[] = {
		0, 1 << 16, 200010, 5, /* at next; near; at the end; at ACK */
	};

	(void)state;
	for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
		struct rig t;

		start(&t);
		server(&t, 0, 0, "x");
		server(&t, 0, 5, "x"); /* what was got, for all one can see */
		client(&t, 0, 0, "abcdefgh");
		client(&t, 200000, 0, "0123456789");
		push(&t, SIDE_CLIENT, TCP_RST, CLIENT_ISN + 1 + right[i] +
			(i < 2 ? 8 : 0), 0, "", 0, 0);
		gave(&t, "s'x'c'abcdefgh'");
		wait_ms(&t, 200);
		gave(&t, "c-199992c'0123456789'c.s.");
		check(counts(&t)->ignored == 0);
		stop(&t);
	}
}

static void a_refused_connection_ends(void **state)
{
	struct rig t;

	(void)state;
	setup(&t, BLOCKS);
	push(&t, SIDE_CLIENT, TCP_SYN, CLIENT_ISN, 0, "", 0, 0);
	push(&t, SIDE_SERVER, TCP_RST | TCP_ACK, 0, 99, "", 0, 0);
	push(&t, SIDE_SERVER, TCP_RST, 0, 0, "", 0, 0);
	gave(&t, "");
	push(&t, SIDE_SERVER, TCP_RST | TCP_ACK, 0, CLIENT_ISN + 1, "", 0, 0);
	gave(&t, "c.s.");
	stop(&t);
}

static void what_is_missing_at_a_reset_is_a_gap(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	server(&t, 3, 0, "def");
	push(&t, SIDE_CLIENT, TCP_RST, CLIENT_ISN + 11, 0, "", 0, 0);
	gave(&t, "");
	wait_ms(&t, 199);
	gave(&t, "");
	wait_ms(&t, 1);
	gave(&t, "c-10c.s-3s'def's.");
	stop(&t);
}

static void a_joined_stream_begins_with_its_first_segment(void **state)
{
	struct rig t;

	(void)state;
	setup(&t, BLOCKS);
	server(&t, 700, 300, "250 ok");
	client(&t, 300, 706, "MAIL");
	server(&t, 706, 304, "250 ok");
	gave(&t, "s'250 ok'c'MAIL's'250 ok'");
	check(counts(&t)->gaps == 0);
	stop(&t);
}

static void what_was_answered_before_the_start_is_dropped(void **state)
{
	struct rig t;

	(void)state;
	setup(&t, BLOCKS);
	client(&t, 300, 706, "MAIL");
	server(&t, 700, 300, "250 ok");
	server(&t, 703, 300, " okNEW");
	gave(&t, "c'MAIL's'NEW'");
	stop(&t);
}

static void an_invisible_side_is_waited_for_once(void **state)
{
	struct rig t;

	(void)state;
	setup(&t, BLOCKS);
	push(&t, SIDE_CLIENT, TCP_SYN, CLIENT_ISN, 0, "", 0, 0);
	client(&t, 0, 0, "");
	client(&t, 0, 20, "EHLO");
	gave(&t, "");
	wait_ms(&t, 200);
	gave(&t, "c'EHLO'");
	client(&t, 4, 90, "AUTH");
	client(&t, 8, 190, "MAIL");
	gave(&t, "c'AUTHMAIL'");
	check(!reasm_waiting(&t.r) && counts(&t)->gaps == 0);
	/* It shows up after all. */
	server(&t, 190, 12, "250");
	gave(&t, "s'250'");
	client(&t, 12, 196, "RCPT");
	gave(&t, "");
	server(&t, 193, 12, "354");
	gave(&t, "s'354'c'RCPT'");
	stop(&t);
}

static void the_next_lone_byte_is_waited_for_again(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	server(&t, 0, 1, "250");
	wait_ms(&t, 200);
	client(&t, 0, 3, "a");
	gave(&t, "s'250'c'a'");
	server(&t, 3, 2, "354");
	wait_ms(&t, 199);
	gave(&t, "");
	wait_ms(&t, 1);
	gave(&t, "s'354'");
	stop(&t);
}

static void an_end_waits_like_the_bytes_before_it(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	push(&t, SIDE_SERVER, TCP_ACK | TCP_FIN, SERVER_ISN + 1,
		CLIENT_ISN + 5, "", 0, 0);
	gave(&t, "");
	client(&t, 0, 0, "QUIT");
	gave(&t, "c'QUIT's.");
	stop(&t);
}

static void an_ended_side_is_not_moved(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 0x20000000, 0, "evil");
	push(&t, SIDE_CLIENT, TCP_RST, CLIENT_ISN + 1, 0, "", 0, 0);
	gave(&t, "c.s.");
	server(&t, 0, 0x20000004, "");
	client(&t, 0x20000004, 5, "evil");
	gave(&t, "");
	stop(&t);

	/* Nor does it tell of the other one, far from where it ended. */
	start(&t);
	push(&t, SIDE_CLIENT, TCP_FIN | TCP_ACK, CLIENT_ISN + 1, SERVER_ISN + 1,
		"", 0, 0);
	client(&t, 0x20000000, 500, "");
	check(!reasm_waiting(&t.r));
	gave(&t, "c.");
	stop(&t);
}

static void a_side_that_shows_up_late_goes_first(void **state)
{
	struct rig t;

	(void)state;
	setup(&t, BLOCKS);
	push(&t, SIDE_CLIENT, TCP_SYN, CLIENT_ISN, 0, "", 0, 0);
	client(&t, 0, 0, "");
	client(&t, 0, 3, "EHLO");
	push(&t, SIDE_SERVER, TCP_SYN | TCP_ACK, SERVER_ISN, CLIENT_ISN + 1,
		"", 0, 0);
	gave(&t, "");
	server(&t, 0, 0, "220");
	gave(&t, "s'220'c'EHLO'");
	stop(&t);
}

static void both_ends_come_where_nothing_was_seen(void **state)
{
	struct rig t;

	(void)state;
	setup(&t, BLOCKS);
	stop(&t);
	gave(&t, "c.s.");
}

static void a_forged_far_segment_moves_nothing(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 0, 0, "abc");
	client(&t, 0x40000000, 0, "evil");
	client(&t, 0x40000000, 0, "evil");
	client(&t, 3, 0, "def");
	client(&t, 0x40000004, 0, "evil");
	client(&t, 0xc0000000, 0, "evil");
	push(&t, SIDE_CLIENT, TCP_FIN, 0x90000000, 0, "", 0, 0);
	server(&t, 0, 0x40000000, "");
	client(&t, 6, 0, "ghi");
	gave(&t, "c'abcdefghi'");
	check(counts(&t)->ignored == 5 && counts(&t)->gaps == 0);
	check(!reasm_waiting(&t.r));
	stop(&t);
}

static void two_segments_that_agree_move_the_stream(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 0, 0, "abc");
	client(&t, 6, 0, "ghi");
	client(&t, 0x20000000, 0, "lost");
	client(&t, 0x20000000, 0, "lost");
	wait_ms(&t, 50);
	gave(&t, "c'abc'");
	push(&t, SIDE_CLIENT, TCP_ACK | TCP_FIN, CLIENT_ISN + 1 + 0x20000004,
		SERVER_ISN + 1, "here", 4, 4);
	gave(&t, "c-3c'ghi'c-65536c'here'c.");
	check(counts(&t)->resyncs == 1);
	stop(&t);
}

/* A firewall between two mirrored lines changes the numbers: all is seen
 * twice, in bursts, and under the other numbers it is ignored. */
static void other_numbers_for_the_same_bytes_are_ignored(void **state)
{
	const uint32_t other = 0x30000000;
	struct rig t;

	(void)state;
	start(&t);
	for (uint32_t i = 0; i < 100; i++) {
		client(&t, 2 * i + other, i + other, "a");
		client(&t, 2 * i + 1 + other, i + other, "b");
		wait_ms(&t, 1);
		client(&t, 2 * i, i, "a");
		client(&t, 2 * i + 1, i, "b");
		server(&t, i, 2 * i + 2, "x");
		wait_ms(&t, 1);
		server(&t, i + other, 2 * i + 2 + other, "x");
		gave(&t, "c'ab's'x'");
	}
	check(counts(&t)->gaps == 0 && counts(&t)->resyncs == 0);
	stop(&t);
}

static void a_far_segment_that_was_got_moves_the_stream(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 0, 0, "abc");
	client(&t, 0x20000000, 0, "lost");
	wait_ms(&t, 49);
	server(&t, 0, 0x20000004, "");
	gave(&t, "c'abc'");
	wait_ms(&t, 1);
	server(&t, 0, 0x20000004, "250");
	gave(&t, "c-65536s'250'");
	client(&t, 0x20000004, 3, "here");
	gave(&t, "c'here'");
	stop(&t);
}

/* The half GiB is behind, not ahead: the first place was a forged one. */
static void a_stream_recovers_from_a_forged_start(void **state)
{
	struct rig t;

	(void)state;
	setup(&t, BLOCKS);
	client(&t, 0x20000000, 0x20000000, "evil");
	client(&t, 0, 0, "a");
	wait_ms(&t, 50);
	client(&t, 1, 0, "b");
	server(&t, 0, 2, "x");
	client(&t, 2, 1, "c");
	gave(&t, "c'evil'c-65536c'b's'x'c'c'");
	check(!reasm_waiting(&t.r));
	stop(&t);

	/* What was acknowledged there does not count here. */
	setup(&t, BLOCKS);
	client(&t, 0x20000000, 0, "evil");
	server(&t, 0, 0x20000004, "");
	client(&t, 0, 0, "a");
	wait_ms(&t, 50);
	client(&t, 1, 0, "b");
	server(&t, 0, 5, "");
	wait_ms(&t, 200);
	gave(&t, "c'evil'c-65536c'b'c-3");
	stop(&t);
}

static void a_cut_segment_leaves_a_gap(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	push(&t, SIDE_CLIENT, TCP_ACK, CLIENT_ISN + 1, SERVER_ISN + 1, "abc", 3,
		10);
	gave(&t, "c'abc'c-7");
	push(&t, SIDE_CLIENT, TCP_ACK, CLIENT_ISN + 11, SERVER_ISN + 1, "", 0,
		10);
	gave(&t, "c-10");
	/* The same, kept behind a hole; what is whole fills the space. */
	push(&t, SIDE_CLIENT, TCP_ACK, CLIENT_ISN + 24, SERVER_ISN + 1, "def",
		3, 5);
	push(&t, SIDE_CLIENT, TCP_ACK, CLIENT_ISN + 29, SERVER_ISN + 1, "", 0,
		5);
	push(&t, SIDE_CLIENT, TCP_ACK, CLIENT_ISN + 40, SERVER_ISN + 1, "", 0,
		5);
	client(&t, 20, 0, "0123456789012345678901234567890");
	gave(&t, "c'012def'c-7c'345678'c-5c'4567890'");
	stop(&t);
}

static void cut_bytes_are_not_compared(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	push(&t, SIDE_CLIENT, TCP_ACK, CLIENT_ISN + 4, SERVER_ISN + 1, "def", 3,
		13);
	client(&t, 9, 0, "xyz");
	client(&t, 4, 0, "efXYZ");
	push(&t, SIDE_CLIENT, TCP_ACK, CLIENT_ISN + 2, SERVER_ISN + 1, "b", 1,
		8);
	check(counts(&t)->overlap_differs == 0 && counts(&t)->duplicate == 2);
	client(&t, 0, 0, "a");
	gave(&t, "c'ab'c-1c'def'c-10");
	stop(&t);
}

static void absurd_lengths_are_cut_down(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	push(&t, SIDE_CLIENT, TCP_ACK, CLIENT_ISN + 1, SERVER_ISN + 1, "abc", 3,
		SIZE_MAX);
	gave(&t, "c'abc'c-262141");
	push(&t, SIDE_CLIENT, TCP_ACK, CLIENT_ISN + 1 + 262144, SERVER_ISN + 1,
		"abc", 3, 0);
	gave(&t, "c'abc'");
	stop(&t);
}

static void small_segments_share_a_block(void **state)
{
	struct rig t;
	char want[4096] = "c'x";

	(void)state;
	start(&t);
	for (uint32_t i = 1; i <= 1000; i++)
		client(&t, i, 0, (char[]){(char)('a' + i % 26), 0});
	check(reasm_store_used(t.store) == 1);
	client(&t, 0, 0, "x");
	for (uint32_t i = 1; i <= 1000; i++)
		want[2 + i] = (char)('a' + i % 26);
	strcpy(want + 3 + 1000, "'");
	gave(&t, want);
	stop(&t);
}

static void segments_that_wait_for_the_same_share_a_block(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 0, 3, "a");
	client(&t, 1, 3, "b");
	check(reasm_store_used(t.store) == 1);
	client(&t, 2, 2, "c");
	check(reasm_store_used(t.store) == 1);
	client(&t, 3, 6, "d");
	check(reasm_store_used(t.store) == 2);
	server(&t, 0, 0, "220");
	gave(&t, "s'220'c'abc'");
	server(&t, 3, 3, "250");
	gave(&t, "s'250'c'd'");
	stop(&t);
}

static void chunks_carry_the_time_of_their_segment(void **state)
{
	struct rig t;
	struct chunk c;
	int64_t first, second;

	(void)state;
	start(&t);
	first = t.now;
	client(&t, 3, 0, "def");
	second = t.now += 5 * MS;
	take_by_hand(&t, SIDE_CLIENT, CLIENT_ISN + 1, "abc", 3, &c);
	check(c.at == second);
	check(reasm_next(&t.r, t.now, &c) && c.at == first);
	check(!reasm_next(&t.r, t.now, &c));
	client(&t, 9, 0, "jkl");
	t.now += 3000 * MS;
	check(reasm_next(&t.r, t.now, &c) && c.kind == CHUNK_GAP);
	check(c.at == t.now);
	check(reasm_next(&t.r, t.now, &c) && c.at == second);
	drain(&t);
	stop(&t);
}

static void a_flow_that_keeps_too_much_gives_up(void **state)
{
	static char kib[REASM_BLOCK + 1];
	struct rig t;

	(void)state;
	start(&t);
	memset(kib, 'k', REASM_BLOCK);
	for (uint32_t i = 0; i < REASM_BLOCKS_FLOW; i++)
		push(&t, SIDE_CLIENT, TCP_ACK, CLIENT_ISN + 4 + REASM_BLOCK * i,
			SERVER_ISN + 1, kib, 1, REASM_BLOCK);
	gave(&t, "");
	check(reasm_store_used(t.store) == REASM_BLOCKS_FLOW);
	client(&t, REASM_BLOCK * REASM_BLOCKS_FLOW + 3, 0, "last");
	check(counts(&t)->flow_full == 1 && counts(&t)->store_full == 0);
	check(strncmp(t.text, "c-3c'k'c-1023", 13) == 0);
	check(strcmp(t.text + t.n - 6, "'last'") == 0);
	check(reasm_store_used(t.store) == 0);
	stop(&t);
}

static void a_full_store_costs_a_flow_its_own_hole(void **state)
{
	struct rig t, u;

	(void)state;
	setup(&t, 1);
	handshake(&t);
	client(&t, 3, 0, "def");
	u = t;
	reasm_init(&u.r, t.store);
	handshake(&u);
	client(&u, 2, 0, "c");
	gave(&u, "c-2c'c'");
	/* In order, but its command is missing: given up as well. */
	server(&u, 0, 9, "250");
	gave(&u, "c-6s'250'");
	check(counts(&t)->store_full == 2);
	gave(&t, "");
	client(&t, 0, 0, "abc");
	gave(&t, "c'abcdef'");
	reasm_clear(&u.r);
	stop(&t);
}

static void who_is_hurried_waits_no_longer(void **state)
{
	struct rig t;
	enum reasm_patience p;

	(void)state;
	start(&t);
	client(&t, 3, 0, "def");
	server(&t, 5, 9, "ok");
	check(reasm_keeps(&t.r) && !reasm_is_ripe(&t.r, t.now));
	reasm_hurry(&t.r);
	check(reasm_is_ripe(&t.r, t.now));
	drain(&t);
	gave(&t, "c-3c'def'c-3s-5s'ok'");
	check(!reasm_keeps(&t.r) && !reasm_waiting(&t.r));
	/* That was for what it kept then. */
	client(&t, 12, 0, "mno");
	gave(&t, "");
	check(reasm_waits_since(&t.r, &p) == t.now && p == REASM_BLIND);
	client(&t, 9, 0, "jkl");
	gave(&t, "c'jklmno'");
	stop(&t);
}

static void what_was_kept_is_wiped(void **state)
{
	struct rig t;
	size_t bytes = reasm_store_bytes(BLOCKS);

	(void)state;
	start(&t);
	client(&t, 3, 0, "hunter2");
	check(memmem(t.mem, bytes, "hunter2", 7));
	client(&t, 0, 0, "abc");
	check(!memmem(t.mem, bytes, "hunter2", 7));
	client(&t, 20, 0, "hunter3");
	reasm_clear(&t.r);
	check(!memmem(t.mem, bytes, "hunter3", 7));
	stop(&t);
}

static void sides_can_change_their_names(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 3, 0, "def");
	reasm_swap(&t.r);
	push(&t, SIDE_SERVER, TCP_ACK, CLIENT_ISN + 1, SERVER_ISN + 1, "abc", 3,
		3);
	gave(&t, "s'abcdef'");
	stop(&t);
}

static void names_may_change_within_a_segment(void **state)
{
	struct rig t;
	struct chunk c;

	(void)state;
	start(&t);
	take_by_hand(&t, SIDE_CLIENT, CLIENT_ISN + 1, "abc", 9, &c);
	check(c.n == 3 && memcmp(c.p, "abc", 3) == 0);
	reasm_swap(&t.r);
	drain(&t);
	gave(&t, "s-6");
	stop(&t);
}

static void a_flow_may_be_cleared_within_a_segment(void **state)
{
	struct rig t;
	struct chunk c;

	(void)state;
	start(&t);
	take_by_hand(&t, SIDE_CLIENT, CLIENT_ISN + 1, "abc", 9, &c);
	reasm_clear(&t.r);
	handshake(&t);
	client(&t, 3, 0, "def");
	/* And while a block is lent; another flow's segment stays. */
	take_by_hand(&t, SIDE_CLIENT, CLIENT_ISN + 1, "abc", 3, &c);
	check(reasm_next(&t.r, t.now, &c) && memcmp(c.p, "def", 3) == 0);
	check(reasm_store_used(t.store) == 1);
	reasm_clear(&t.r);
	check(reasm_store_used(t.store) == 0);
	stop(&t);
}

static void a_flow_may_end_while_another_has_a_segment(void **state)
{
	struct rig t, u;
	struct chunk c;

	(void)state;
	start(&t);
	u = t;
	reasm_init(&u.r, t.store);
	handshake(&u);
	client(&u, 3, 0, "def");
	take_by_hand(&t, SIDE_CLIENT, CLIENT_ISN + 1, "abc", 9, &c);
	reasm_swap(&u.r);
	reasm_finish(&u.r);
	drain(&u);
	gave(&u, "s-3s'def'c.s.");
	reasm_clear(&u.r);
	drain(&t);
	gave(&t, "c-6");
	stop(&t);
}

static void after_the_finish_nothing_is_taken(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	client(&t, 3, 0, "def");
	server(&t, 0, 6, "250");
	reasm_finish(&t.r);
	drain(&t);
	gave(&t, "c-3c'def's'250'c.s.");
	client(&t, 6, 0, "ghi");
	stop(&t);
	gave(&t, "");
}

/* Two flows on four blocks, all kinds of trouble: it ends, and leaks not. */
static void a_tiny_store_is_survived(void **state)
{
	struct rig t[2];
	uint32_t rng = 7;

	(void)state;
	setup(&t[0], 4);
	t[1] = t[0];
	reasm_init(&t[1].r, t[0].store);
	for (int i = 0; i < 20000; i++) {
		struct rig *g = &t[(rng >> 8) % 2];
		char data[64];
		size_t n;

		rng = rng * 1664525 + 1013904223;
		n = (rng >> 10) % sizeof data;
		memset(data, 'x', n);
		push(g, rng >> 31, TCP_ACK,
			g->r.half[rng >> 31].next + (rng >> 16) % 200 - 20,
			g->r.half[!(rng >> 31)].next + (rng >> 24) % 200 - 50,
			data, n, n + (rng >> 20) % 8);
		g->n = 0;
		g->last = -1;
		t[0].now = t[1].now += (rng >> 12) % (3 * MS);
		check(reasm_store_used(g->store) <= 4);
	}
	check(counts(&t[0])->store_full > 100);
	reasm_finish(&t[1].r);
	drain(&t[1]);
	reasm_clear(&t[1].r);
	stop(&t[0]);
}

static void hold(struct rig *t)
{
	setup(t, BLOCKS);
	reasm_hold(&t->r);
}

static void what_is_held_may_begin_earlier(void **state)
{
	struct rig t;

	(void)state;
	hold(&t);
	server(&t, 3, 4, "B");
	client(&t, 0, 3, "one.");
	server(&t, 0, 0, "AAA");
	gave(&t, "");
	push(&t, SIDE_SERVER, TCP_SYN | TCP_ACK, SERVER_ISN, CLIENT_ISN + 1,
		"", 0, 0);
	reasm_release(&t.r);
	drain(&t);
	gave(&t, "s'AAA'c'one.'s'B'");
	check(counts(&t)->gaps == 0);
	stop(&t);
}

static void what_is_held_is_so_for_a_moment(void **state)
{
	struct rig t;

	(void)state;
	hold(&t);
	client(&t, 5, 0, "two");
	wait_ms(&t, REASM_HELD_WAIT / MS - 1);
	gave(&t, "");
	check(reasm_waiting(&t.r));
	wait_ms(&t, 1);
	gave(&t, "c'two'");
	/* Then it began there. */
	client(&t, 0, 0, "once.");
	client(&t, 8, 0, "three");
	gave(&t, "c'three'");
	stop(&t);
}

static void what_is_held_has_to_find_room(void **state)
{
	struct rig t;

	(void)state;
	setup(&t, 1);
	reasm_hold(&t.r);
	server(&t, 9, 0, "B");
	client(&t, 0, 9, "a");
	gave(&t, "c'a's'B'");
	stop(&t);
}

static void a_reset_waits_for_what_it_acknowledges(void **state)
{
	struct rig t;

	(void)state;
	start(&t);
	push(&t, SIDE_SERVER, TCP_RST | TCP_ACK, SERVER_ISN + 1,
		CLIENT_ISN + 1 + 3, "", 0, 0);
	gave(&t, "");
	client(&t, 0, 0, "one");
	wait_ms(&t, 1);
	gave(&t, "c'one'c.s.");
	stop(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_in_order_is_given_at_once),
		cmocka_unit_test(a_late_segment_is_waited_for),
		cmocka_unit_test(a_hole_that_the_peer_has_got_becomes_a_gap),
		cmocka_unit_test(a_reply_waits_for_its_command),
		cmocka_unit_test(one_direction_is_waited_for_two_seconds),
		cmocka_unit_test(what_the_peer_lacks_too_may_still_be_repeated),
		cmocka_unit_test(a_hole_is_as_old_as_its_last_progress),
		cmocka_unit_test(a_gap_ends_where_the_acknowledgement_does),
		cmocka_unit_test(bytes_that_only_an_ack_tells_of_are_a_gap),
		cmocka_unit_test(time_that_goes_back_starts_the_wait_again),
		cmocka_unit_test(a_reply_to_a_lost_command_comes_after_its_gap),
		cmocka_unit_test(a_repetition_with_a_newer_ack_goes_first),
		cmocka_unit_test(a_doubled_segment_is_given_once),
		cmocka_unit_test(the_first_copy_of_a_byte_wins),
		cmocka_unit_test(sequence_numbers_wrap),
		cmocka_unit_test(keepalives_are_no_data),
		cmocka_unit_test(a_window_probe_is_the_byte_it_carries),
		cmocka_unit_test(a_syn_may_carry_data),
		cmocka_unit_test(a_syn_ack_without_its_syn_tells_both_places),
		cmocka_unit_test(a_syn_after_its_data_changes_nothing),
		cmocka_unit_test(an_answer_to_another_syn_is_ignored),
		cmocka_unit_test(fin_ends_a_side_behind_its_last_byte),
		cmocka_unit_test(a_reply_waits_for_the_fin_before_it),
		cmocka_unit_test(a_lost_fin_is_no_gap),
		cmocka_unit_test(one_byte_with_others_behind_it_was_no_fin),
		cmocka_unit_test(nothing_comes_after_fin),
		cmocka_unit_test(bytes_missing_before_fin_are_a_gap),
		cmocka_unit_test(a_reset_ends_both_sides),
		cmocka_unit_test(a_blind_reset_ends_nothing),
		cmocka_unit_test(a_reset_is_believed_where_the_receiver_stands),
		cmocka_unit_test(a_refused_connection_ends),
		cmocka_unit_test(what_is_missing_at_a_reset_is_a_gap),
		cmocka_unit_test(a_joined_stream_begins_with_its_first_segment),
		cmocka_unit_test(what_was_answered_before_the_start_is_dropped),
		cmocka_unit_test(an_invisible_side_is_waited_for_once),
		cmocka_unit_test(the_next_lone_byte_is_waited_for_again),
		cmocka_unit_test(an_end_waits_like_the_bytes_before_it),
		cmocka_unit_test(an_ended_side_is_not_moved),
		cmocka_unit_test(a_side_that_shows_up_late_goes_first),
		cmocka_unit_test(both_ends_come_where_nothing_was_seen),
		cmocka_unit_test(a_forged_far_segment_moves_nothing),
		cmocka_unit_test(two_segments_that_agree_move_the_stream),
		cmocka_unit_test(other_numbers_for_the_same_bytes_are_ignored),
		cmocka_unit_test(a_far_segment_that_was_got_moves_the_stream),
		cmocka_unit_test(a_stream_recovers_from_a_forged_start),
		cmocka_unit_test(a_cut_segment_leaves_a_gap),
		cmocka_unit_test(cut_bytes_are_not_compared),
		cmocka_unit_test(absurd_lengths_are_cut_down),
		cmocka_unit_test(small_segments_share_a_block),
		cmocka_unit_test(segments_that_wait_for_the_same_share_a_block),
		cmocka_unit_test(chunks_carry_the_time_of_their_segment),
		cmocka_unit_test(a_flow_that_keeps_too_much_gives_up),
		cmocka_unit_test(a_full_store_costs_a_flow_its_own_hole),
		cmocka_unit_test(who_is_hurried_waits_no_longer),
		cmocka_unit_test(what_was_kept_is_wiped),
		cmocka_unit_test(sides_can_change_their_names),
		cmocka_unit_test(names_may_change_within_a_segment),
		cmocka_unit_test(a_flow_may_be_cleared_within_a_segment),
		cmocka_unit_test(a_flow_may_end_while_another_has_a_segment),
		cmocka_unit_test(after_the_finish_nothing_is_taken),
		cmocka_unit_test(a_tiny_store_is_survived),
		cmocka_unit_test(what_is_held_may_begin_earlier),
		cmocka_unit_test(what_is_held_is_so_for_a_moment),
		cmocka_unit_test(what_is_held_has_to_find_room),
		cmocka_unit_test(a_reset_waits_for_what_it_acknowledges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
