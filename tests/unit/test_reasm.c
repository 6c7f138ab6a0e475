/* test_reasm.c: two streams out of what a mirror port shows of them. */
#include "capture/stream/reasm.h"
#include "tests/unit/check.h"
#include <stdio.h>

enum { BLOCKS = 300, CLIENT_ISN = 1000, SERVER_ISN = 5000 };

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

static void a_hole_that_the_peer_acknowledges_becomes_a_gap(void **state)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_in_order_is_given_at_once),
		cmocka_unit_test(a_late_segment_is_waited_for),
		cmocka_unit_test(a_hole_that_the_peer_acknowledges_becomes_a_gap),
		cmocka_unit_test(a_reply_waits_for_its_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
