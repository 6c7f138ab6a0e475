/* test_reasm_model.c: random dialogues are cut, doubled, repeated, shuffled
 * and thinned out, and must come out of reassembly as a naive model says:
 * for each place the first copy that was pushed, or a gap; and no byte
 * before those that its sender had got. */
#include "capture/stream/reasm.h"
#include "tests/unit/check.h"

enum { TURNS = 24, TURN_MAX = 300, SEGS = 4096 };
enum { SIDE_MAX = TURNS * TURN_MAX + 1 };

/* A copy of bytes [pos, pos + n) of a side, sent when so much of the other
 * one had been got; it is pushed in the order of when. */
struct seg {
	enum side side;
	uint32_t pos, n, ack;
	bool fin;
	uint8_t mark;
	uint32_t when;
};

struct model {
	uint32_t rng;
	uint32_t len[2];            /* of the two streams */
	uint32_t need[2][SIDE_MAX]; /* of the other side, before this byte */
	uint16_t want[2][SIDE_MAX]; /* the byte, 0x100: never pushed */
	bool has_fin[2];
	struct seg seg[SEGS];
	size_t n;
	uint32_t pos[2];
	bool ended[2];
};

static uint32_t below(struct model *m, uint32_t n)
{
	m->rng = m->rng * 1664525 + 1013904223;
	return (m->rng >> 8) % n;
}

static uint8_t byte_of(const struct seg *g, uint32_t i)
{
	return (uint8_t)(g->mark + (g->pos + i) * 7);
}

static void add(struct model *m, struct seg g, uint32_t spread)
{
	if (m->n == SEGS)
		return;
	g.when += below(m, spread);
	m->seg[m->n++] = g;
}

/* The sides take turns, as in SMTP. Retransmissions say what their sender
 * has got by then, not what it had at first; with differ they bring other
 * bytes. */
static void make_dialogue(struct model *m, uint32_t spread, bool differ,
	uint32_t turns, uint32_t least)
{
	uint32_t clock = 0;

	for (uint32_t turn = 0; turn < turns; turn++) {
		enum side s = turn % 2 ? SIDE_CLIENT : SIDE_SERVER;
		uint32_t end = m->len[s] + 1 + below(m, TURN_MAX - 1);
		uint32_t most = 1 + below(m, 100), got = m->len[!s];

		while (m->len[s] < end) {
			struct seg g = {.side = s, .pos = m->len[s],
				.ack = got, .when = clock += 16};

			g.n = least + below(m, most);
			if (g.n > end - g.pos)
				g.n = end - g.pos;
			for (uint32_t i = 0; i < g.n; i++)
				m->need[s][g.pos + i] = got;
			m->len[s] += g.n;
			add(m, g, spread);
			if (below(m, 10) == 0)
				add(m, g, spread);
			if (below(m, 10) > 0)
				continue;
			g.pos = below(m, m->len[s]);
			g.n = 1 + below(m, m->len[s] - g.pos);
			g.when += spread;
			g.mark = differ ? (uint8_t)below(m, 256) : 0;
			add(m, g, spread);
		}
	}
	for (int s = 0; s < 2; s++)
		add(m, (struct seg){.side = s, .pos = m->len[s], .fin = true,
			.ack = m->len[!s] + (uint32_t)s, .when = clock += 16},
			spread);
}

static int by_when(const void *a, const void *b)
{
	const struct seg *x = a, *y = b;

	if (x->when != y->when)
		return x->when < y->when ? -1 : 1;
	return x->pos < y->pos ? -1 : x->pos > y->pos;
}

/* The model: the first copy of a byte wins. */
static void foresee(struct model *m)
{
	for (int s = 0; s < 2; s++)
		for (uint32_t i = 0; i < SIDE_MAX; i++)
			m->want[s][i] = 0x100;
	for (const struct seg *g = m->seg; g < m->seg + m->n; g++) {
		m->has_fin[g->side] |= g->fin;
		for (uint32_t i = 0; i < g->n; i++)
			if (m->want[g->side][g->pos + i] == 0x100)
				m->want[g->side][g->pos + i] = byte_of(g, i);
	}
	/* A FIN that was lost together with the bytes before it counts as one
	 * of them. */
	for (int s = 0; s < 2; s++)
		m->len[s] += !m->has_fin[s];
}

static void compare(struct model *m, struct reasm *r, int64_t now,
	bool causal)
{
	struct chunk c;

	while (reasm_next(r, now, &c)) {
		check(!m->ended[c.side]);
		m->ended[c.side] = c.kind == CHUNK_END;
		check(c.n <= m->len[c.side] - m->pos[c.side]);
		for (size_t i = 0; i < c.n; i++) {
			uint32_t pos = m->pos[c.side]++;

			check(m->want[c.side][pos] ==
				(c.kind == CHUNK_DATA ? c.p[i] : 0x100));
			check(!causal || m->pos[!c.side] >=
				m->need[c.side][pos]);
		}
	}
}

static void push(struct reasm *r, const struct seg *g, const uint32_t isn[2],
	int64_t now)
{
	static uint8_t data[SIDE_MAX]; /* borrowed until it is given out */
	struct packet p = {.at = now, .kind = PACKET_TCP, .p = data, .n = g->n,
		.wire_n = g->n, .seq = isn[g->side] + 1 + g->pos,
		.ack = isn[!g->side] + 1 + g->ack,
		.flags = TCP_ACK | (g->fin ? TCP_FIN : 0)};

	for (uint32_t i = 0; i < g->n; i++)
		data[i] = byte_of(g, i);
	reasm_push(r, g->side, &p);
}

/* spread: how far a segment may be moved, in sixteenths of a segment.
 * loss: in a thousand. */
static void plays(uint32_t seed, uint32_t spread, uint32_t loss, bool differ)
{
	enum { BLOCKS = REASM_BLOCKS_FLOW };
	struct model *m = calloc(1, sizeof *m);
	void *mem = calloc(1, reasm_store_bytes(BLOCKS));
	struct reasm_store *st = reasm_store_init(mem, BLOCKS);
	struct reasm r;
	uint32_t isn[2];
	size_t kept = 0;
	int64_t now = 1;

	m->rng = seed;
	for (int s = 0; s < 2; s++)
		isn[s] = below(m, 2) ? below(m, 1 << 24) << 8
				     : 0u - below(m, SIDE_MAX);
	reasm_init(&r, st);
	/* What is lost keeps all behind it: no more than a flow may keep. */
	make_dialogue(m, spread, differ, 2 + below(m, loss ? 8 : TURNS - 2),
		loss ? 40 : 1);
	qsort(m->seg, m->n, sizeof m->seg[0], by_when);
	for (size_t i = 0; i < m->n; i++)
		if (below(m, 1000) >= loss)
			m->seg[kept++] = m->seg[i];
	m->n = kept;
	foresee(m);
	for (int s = 0; s < 2; s++) {
		struct packet p = {.at = now, .kind = PACKET_TCP,
			.seq = isn[s], .ack = isn[0] + 1,
			.flags = TCP_SYN | (s ? TCP_ACK : 0)};

		reasm_push(&r, s, &p);
		compare(m, &r, now, true);
	}
	for (size_t i = 0; i < m->n; i++) {
		now += 1000;
		push(&r, &m->seg[i], isn, now);
		compare(m, &r, now, loss == 0);
	}
	check(reasm_store_counts(st)->flow_full == 0);
	if (loss == 0) {
		check(m->ended[0] && m->ended[1] && !reasm_waiting(&r));
		check(reasm_store_counts(st)->gaps == 0);
	}
	reasm_finish(&r);
	compare(m, &r, now, loss == 0);
	check(m->ended[0] && m->ended[1]);
	/* Behind the last byte that was pushed nothing can be known. */
	for (int s = 0; s < 2; s++)
		while (m->pos[s] < m->len[s])
			check(m->want[s][m->pos[s]++] == 0x100);
	check(reasm_store_used(st) == 0);
	reasm_clear(&r);
	free(mem);
	free(m);
}

static void whole_streams_come_out_in_causal_order(void **state)
{
	(void)state;
	for (uint32_t seed = 0; seed < 1000; seed++)
		plays(seed, 1 + seed % 200, 0, false);
}

static void the_first_copy_wins_everywhere(void **state)
{
	(void)state;
	for (uint32_t seed = 0; seed < 1000; seed++)
		plays(seed, 1 + seed % 200, 0, true);
}

static void what_is_lost_is_a_gap_of_its_size(void **state)
{
	(void)state;
	for (uint32_t seed = 0; seed < 1000; seed++)
		plays(seed, 1 + seed % 100, 1 + seed % 300, seed % 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_streams_come_out_in_causal_order),
		cmocka_unit_test(the_first_copy_wins_everywhere),
		cmocka_unit_test(what_is_lost_is_a_gap_of_its_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
