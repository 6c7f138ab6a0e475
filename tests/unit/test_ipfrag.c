/* test_ipfrag.c: IP packets in pieces, in any order, doubled, overlapping,
 * and more of them than there is room for. */
#include "capture/decode/ipfrag.h"
#include "capture/base/bytes.h"
#include "tests/unit/check.h"

enum { BLOCKS = 64, PACKET = 4000 };

#define SECOND INT64_C(1000000000)

static const uint8_t KEY[16] = "0123456789abcdef";
static uint8_t sent[IPFRAG_LONGEST + 8];
static struct addr a = {4, {192, 0, 2, 1}}, b = {4, {192, 0, 2, 2}};

struct store {
	void *mem;
	struct ipfrag *f;
	int64_t at;
	struct ipfrag_whole whole;
};

static struct store store_new(size_t blocks)
{
	struct store s = {.mem = calloc(1, ipfrag_bytes(blocks))};

	check(s.mem);
	s.f = ipfrag_init(s.mem, blocks, KEY);
	for (size_t i = 0; i < sizeof sent; i++)
		sent[i] = (uint8_t)(i * 7 + i / 251);
	return s;
}

/* A piece of the packet in sent[]; the copy shows who reads too far. */
static enum ipfrag_result push(struct store *s, uint32_t id, size_t from,
	size_t n, bool more)
{
	uint8_t *p = exact_copy(sent + from, n);
	struct ipfrag_piece piece = {
		.at = s->at, .src = &a, .dst = &b, .id = id, .proto = 6,
		.more = more, .offset = from, .p = p, .n = n,
	};
	enum ipfrag_result r = ipfrag_push(s->f, &piece, &s->whole);

	free(p);
	return r;
}

static bool is_sent(const struct store *s, size_t n)
{
	return s->whole.n == n && memcmp(s->whole.p, sent, n) == 0 &&
		s->whole.proto == 6;
}

static void pieces_in_order_become_a_packet(void **state)
{
	struct store s = store_new(BLOCKS);

	(void)state;
	check(push(&s, 1, 0, 1480, true) == IPFRAG_KEPT);
	check(push(&s, 1, 1480, 1480, true) == IPFRAG_KEPT);
	check(push(&s, 1, 2960, 1040, false) == IPFRAG_WHOLE);
	check(is_sent(&s, PACKET));
	check(ipfrag_counts(s.f)->pieces == 3);
	check(ipfrag_counts(s.f)->packets == 1);
	free(s.mem);
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Cuts of any size, in any order, some twice, some overlapping. */
static void any_order_becomes_the_same_packet(void **state)
{
	struct store s = store_new(4 * BLOCKS);

	(void)state;
	for (uint32_t round = 0; round < 2000; round++) {
		uint32_t seed = round;
		size_t cuts[8] = {0}, n = 2 + next(&seed) % 6, order[16];
		size_t pieces = 0;
		enum ipfrag_result r = IPFRAG_KEPT;

		for (size_t i = 1; i < n; i++)
			cuts[i] = cuts[i - 1] + 8 + next(&seed) % 60 * 8;
		cuts[n] = cuts[n - 1] + 1 + next(&seed) % 900;
		for (size_t i = 0; i < n; i++)
			for (unsigned j = next(&seed) % 3 == 0; j < 2; j++)
				order[pieces++] = i;
		for (size_t i = pieces - 1; i > 0; i--) {
			size_t j = next(&seed) % (i + 1), t = order[i];

			order[i] = order[j];
			order[j] = t;
		}
		for (size_t i = 0; i < pieces; i++) {
			size_t k = order[i], from = cuts[k];

			/* Reach back over the one before. */
			if (from > 0 && next(&seed) % 3 == 0)
				from -= 8;
			r = push(&s, round, from, cuts[k + 1] - from,
				k + 1 < n);
			if (r == IPFRAG_WHOLE)
				break;
			check(r == IPFRAG_KEPT);
		}
		check(r == IPFRAG_WHOLE && is_sent(&s, cuts[n]));
		s.at += SECOND;
	}
	check(ipfrag_counts(s.f)->packets == 2000);
	check(ipfrag_counts(s.f)->evicted == 0);
	check(ipfrag_counts(s.f)->malformed == 0);
	check(ipfrag_counts(s.f)->overlaps > 0);
	check(ipfrag_counts(s.f)->duplicates > 0);
	free(s.mem);
}

static void the_first_copy_wins(void **state)
{
	struct store s = store_new(BLOCKS);

	(void)state;
	check(push(&s, 1, 8, 8, true) == IPFRAG_KEPT);
	memset(sent, 'x', 24);
	check(push(&s, 1, 0, 24, true) == IPFRAG_KEPT);
	check(push(&s, 1, 24, 8, false) == IPFRAG_WHOLE);
	check(s.whole.n == 32 && s.whole.p[7] == 'x' && s.whole.p[16] == 'x');
	check(s.whole.p[8] == 56 && s.whole.p[15] == 105);
	check(ipfrag_counts(s.f)->overlaps == 1);
	free(s.mem);
}

static void packets_are_kept_apart(void **state)
{
	struct store s = store_new(BLOCKS);
	struct ipfrag_piece other = {
		.src = &b, .dst = &a, .id = 1, .proto = 6, .offset = 8,
		.p = sent, .n = 8,
	};

	(void)state;
	check(push(&s, 1, 0, 8, true) == IPFRAG_KEPT);
	check(push(&s, 2, 8, 8, false) == IPFRAG_KEPT);
	check(ipfrag_push(s.f, &other, &s.whole) == IPFRAG_KEPT);
	other.src = &a;
	other.dst = &b;
	other.proto = 17; /* RFC 791: the protocol is part of the key, */
	check(ipfrag_push(s.f, &other, &s.whole) == IPFRAG_KEPT);
	check(push(&s, 1, 8, 8, false) == IPFRAG_WHOLE);
	free(s.mem);
}

/* RFC 8200, 4.5: but in IPv6 it is not, and the first piece's counts. */
static void the_first_piece_of_ipv6_names_the_protocol(void **state)
{
	struct store s = store_new(BLOCKS);
	struct addr from = {6, {0x20, 1, 0x0d, 0xb8, [15] = 1}};
	struct ipfrag_piece piece = {
		.src = &from, .dst = &from, .id = 0x10000, .proto = 60,
		.offset = 8, .p = sent, .n = 8,
	};

	(void)state;
	check(ipfrag_push(s.f, &piece, &s.whole) == IPFRAG_KEPT);
	piece.proto = 6;
	piece.offset = 0;
	piece.more = true;
	check(ipfrag_push(s.f, &piece, &s.whole) == IPFRAG_WHOLE);
	check(s.whole.proto == 6 && s.whole.n == 16);
	free(s.mem);
}

static void impossible_pieces_are_refused(void **state)
{
	struct store s = store_new(4 * BLOCKS);

	(void)state;
	check(push(&s, 1, 0, 0, true) == IPFRAG_BAD);
	check(push(&s, 1, 0, 0, false) == IPFRAG_BAD);
	check(push(&s, 1, 0, 7, true) == IPFRAG_BAD);
	check(push(&s, 1, 4, 8, true) == IPFRAG_BAD);
	check(push(&s, 1, 65528, 7, false) == IPFRAG_KEPT);
	check(push(&s, 1, 65528, 8, true) == IPFRAG_BAD);
	check(push(&s, 2, 65528, 6, false) == IPFRAG_KEPT);
	/* Two ends; an end before what was seen; bytes behind the end. */
	check(push(&s, 3, 16, 8, false) == IPFRAG_KEPT);
	check(push(&s, 3, 16, 16, false) == IPFRAG_BAD);
	check(push(&s, 3, 8, 8, false) == IPFRAG_BAD);
	check(push(&s, 3, 24, 8, true) == IPFRAG_BAD);
	check(push(&s, 4, 16, 8, true) == IPFRAG_KEPT);
	check(push(&s, 4, 8, 8, false) == IPFRAG_BAD);
	check(ipfrag_counts(s.f)->malformed == 9);
	check(push(&s, 3, 0, 16, true) == IPFRAG_WHOLE && is_sent(&s, 24));
	free(s.mem);
}

static void the_longest_packet_fits(void **state)
{
	struct store s = store_new(2 * IPFRAG_BLOCKS);
	size_t from = 0;

	(void)state;
	for (; from + 1480 < IPFRAG_LONGEST; from += 1480)
		check(push(&s, 1, from, 1480, true) == IPFRAG_KEPT);
	check(push(&s, 1, from, IPFRAG_LONGEST - from, false) == IPFRAG_WHOLE);
	check(is_sent(&s, IPFRAG_LONGEST));
	/* The smallest pieces share blocks. */
	for (from = 0; from + 8 < IPFRAG_LONGEST; from += 8)
		check(push(&s, 2, from, 8, true) == IPFRAG_KEPT);
	check(push(&s, 2, from, IPFRAG_LONGEST - from, false) == IPFRAG_WHOLE);
	check(is_sent(&s, IPFRAG_LONGEST));
	check(ipfrag_counts(s.f)->evicted == 0);
	free(s.mem);
}

static void one_packet_cannot_take_all_blocks(void **state)
{
	struct store s = store_new(2 * IPFRAG_BLOCKS);

	(void)state;
	check(push(&s, 1, 0, 8, true) == IPFRAG_KEPT);
	for (size_t i = 0; i <= IPFRAG_BLOCKS; i++)
		check(push(&s, 2, i * 16, 8, true) == IPFRAG_KEPT);
	check(ipfrag_counts(s.f)->evicted == 1);
	check(push(&s, 1, 8, 8, false) == IPFRAG_WHOLE);
	free(s.mem);
}

static void the_oldest_gives_way(void **state)
{
	enum { MANY = 500 };
	struct store s = store_new(BLOCKS);

	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		check(push(&s, i, 0, 1480, true) == IPFRAG_KEPT);
	check(ipfrag_counts(s.f)->evicted == MANY - BLOCKS / 2);
	/* The last ones are still there, the first ones are not. */
	for (uint32_t i = MANY; i > MANY - 10; i--)
		check(push(&s, i - 1, 1480, 20, false) == IPFRAG_WHOLE);
	check(push(&s, 0, 1480, 20, false) == IPFRAG_KEPT);
	free(s.mem);
}

static void even_one_block_is_enough_to_go_on(void **state)
{
	struct store s = store_new(1);

	(void)state;
	for (uint32_t i = 0; i < 100; i++) {
		check(push(&s, i, 0, 1480, true) == IPFRAG_KEPT);
		check(push(&s, i, 0, 600, true) == IPFRAG_KEPT);
	}
	check(push(&s, 100, 0, 600, true) == IPFRAG_KEPT);
	check(push(&s, 100, 600, 100, false) == IPFRAG_WHOLE);
	check(is_sent(&s, 700));
	free(s.mem);
}

static void what_stays_incomplete_times_out(void **state)
{
	struct store s = store_new(BLOCKS);

	(void)state;
	check(push(&s, 1, 0, 8, true) == IPFRAG_KEPT);
	s.at = IPFRAG_WAIT;
	check(push(&s, 2, 0, 8, true) == IPFRAG_KEPT);
	check(ipfrag_counts(s.f)->timed_out == 0);
	s.at = IPFRAG_WAIT + 1;
	check(push(&s, 1, 8, 8, false) == IPFRAG_KEPT);
	check(ipfrag_counts(s.f)->timed_out == 1);
	check(push(&s, 2, 8, 8, false) == IPFRAG_WHOLE);
	/* The next file is older: time goes back. */
	s.at = 100 * SECOND;
	check(push(&s, 3, 0, 8, true) == IPFRAG_KEPT);
	s.at = 10 * SECOND;
	check(push(&s, 3, 8, 8, false) == IPFRAG_KEPT);
	free(s.mem);
}

/* A mirror port shows each piece twice: the second ones must not wait for a
 * packet that happens to have the same number. */
static void late_copies_do_not_mix_with_the_next_packet(void **state)
{
	struct store s = store_new(BLOCKS);

	(void)state;
	check(push(&s, 1, 0, 8, true) == IPFRAG_KEPT);
	check(push(&s, 1, 0, 8, true) == IPFRAG_KEPT);
	check(push(&s, 1, 8, 8, false) == IPFRAG_WHOLE);
	s.at = IPFRAG_ECHO;
	check(push(&s, 1, 8, 8, false) == IPFRAG_KEPT);
	check(ipfrag_counts(s.f)->duplicates == 2);
	s.at = IPFRAG_ECHO + 1;
	memset(sent, 'n', 16);
	check(push(&s, 1, 0, 8, true) == IPFRAG_KEPT);
	check(push(&s, 1, 8, 8, false) == IPFRAG_WHOLE);
	check(is_sent(&s, 16));
	free(s.mem);
}

static bool holds(const void *mem, size_t n, const char *what)
{
	return memmem(mem, n, what, strlen(what)) != NULL;
}

static void nothing_of_a_packet_stays_behind(void **state)
{
	struct store s = store_new(BLOCKS);
	size_t n = ipfrag_bytes(BLOCKS);

	(void)state;
	memcpy(sent + 100, "QUJDREVGR0g=", 12);
	check(push(&s, 1, 0, 1480, true) == IPFRAG_KEPT);
	check(holds(s.mem, n, "QUJDREVGR0g="));
	check(push(&s, 1, 1480, 8, false) == IPFRAG_WHOLE);
	ipfrag_wipe(s.f);
	check(!holds(s.mem, n, "QUJDREVGR0g="));
	/* Nor of one that never became whole. */
	check(push(&s, 2, 0, 1480, true) == IPFRAG_KEPT);
	check(holds(s.mem, n, "QUJDREVGR0g="));
	s.at = 2 * IPFRAG_WAIT;
	memset(sent, 0, 8);
	check(push(&s, 3, 0, 8, true) == IPFRAG_KEPT);
	check(!holds(s.mem, n, "QUJDREVGR0g="));
	free(s.mem);
}

/* A tunnel's packet was put together, and holds a piece itself. */
static void a_piece_may_lie_in_the_last_packet(void **state)
{
	struct store s = store_new(BLOCKS);
	struct ipfrag_piece piece = {
		.src = &a, .dst = &b, .id = 2, .proto = 6, .more = true,
	};

	(void)state;
	check(push(&s, 1, 0, 1600, true) == IPFRAG_KEPT);
	check(push(&s, 1, 1600, 8, false) == IPFRAG_WHOLE);
	piece.p = s.whole.p;
	piece.n = 1600;
	check(ipfrag_push(s.f, &piece, &s.whole) == IPFRAG_KEPT);
	piece.more = false;
	piece.p = s.whole.p + 1600;
	piece.n = 8;
	piece.offset = 1600;
	check(ipfrag_push(s.f, &piece, &s.whole) == IPFRAG_WHOLE);
	check(is_sent(&s, 1608));
	free(s.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_in_order_become_a_packet),
		cmocka_unit_test(any_order_becomes_the_same_packet),
		cmocka_unit_test(the_first_copy_wins),
		cmocka_unit_test(packets_are_kept_apart),
		cmocka_unit_test(the_first_piece_of_ipv6_names_the_protocol),
		cmocka_unit_test(impossible_pieces_are_refused),
		cmocka_unit_test(the_longest_packet_fits),
		cmocka_unit_test(one_packet_cannot_take_all_blocks),
		cmocka_unit_test(the_oldest_gives_way),
		cmocka_unit_test(even_one_block_is_enough_to_go_on),
		cmocka_unit_test(what_stays_incomplete_times_out),
		cmocka_unit_test(late_copies_do_not_mix_with_the_next_packet),
		cmocka_unit_test(nothing_of_a_packet_stays_behind),
		cmocka_unit_test(a_piece_may_lie_in_the_last_packet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
