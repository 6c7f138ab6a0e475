/* test_flow.c: the table of connections. */
#include "capture/stream/flow.h"
#include "tests/unit/check.h"

enum { FLOWS = 5, BLOCKS = 4, CLIENT_PORT = 40312, ISN = 1000, ANSWER = 5000 };

static const uint8_t KEY[16] = {1, 2, 3, 4};

struct rig {
	void *mem, *blocks;
	struct flow_table *t;
	struct reasm_store *store;
	int64_t now;
};

static void setup(struct rig *g, size_t flows)
{
	g->mem = calloc(1, flow_table_bytes(flows));
	g->blocks = calloc(1, reasm_store_bytes(BLOCKS));
	check(g->mem && g->blocks);
	g->t = flow_table_init(g->mem, flows, KEY);
	g->store = reasm_store_init(g->blocks, BLOCKS);
	g->now = 1000;
}

static void stop(struct rig *g)
{
	while (flow_victim(g->t))
		flow_remove(g->t, flow_victim(g->t));
	check(flow_count(g->t) == 0 && !flow_first_ripe(g->t, INT64_MAX));
	check(reasm_store_used(g->store) == 0);
	free(g->mem);
	free(g->blocks);
}

static struct packet packet(uint8_t flags, uint32_t seq, uint32_t ack)
{
	static const uint8_t from[] = {10, 20, 4, 31}, to[] = {192, 0, 2, 25};

	return (struct packet){.kind = PACKET_TCP, .flags = flags, .seq = seq,
		.ack = ack, .src = addr_v4(from), .dst = addr_v4(to),
		.sport = CLIENT_PORT, .dport = 587};
}

static struct packet back(struct packet p)
{
	struct addr a = p.src;
	uint16_t port = p.sport;

	p.src = p.dst;
	p.dst = a;
	p.sport = p.dport;
	p.dport = port;
	return p;
}

static struct packet with(struct packet p, const char *data)
{
	p.p = (const uint8_t *)data;
	p.n = p.wire_n = strlen(data);
	return p;
}

static struct packet from_port(uint16_t sport, uint16_t dport)
{
	struct packet p = packet(TCP_ACK, 1, 1);

	p.sport = sport;
	p.dport = dport;
	return p;
}

/* A bare ACK on the way back will acknowledge that. */
static struct packet packet_to(struct packet p, uint32_t ack)
{
	p.seq = 1;
	p.ack = ack;
	p.n = p.wire_n = 0;
	return p;
}

/* What the engine does with a packet, but for what it gives. */
static struct flow *take(struct rig *g, struct packet p, enum side *side)
{
	struct flow *f;
	struct chunk c;

	p.at = g->now;
	f = flow_find(g->t, &p, side);
	if (f && flow_is_reused(f, *side, &p)) {
		flow_remove(g->t, f);
		f = NULL;
	}
	if (!f && flow_count(g->t) == FLOWS)
		flow_remove(g->t, flow_victim(g->t));
	if (!f)
		f = flow_add(g->t, &p, g->store, side);
	check(f);
	reasm_push(&f->reasm, *side, &p);
	while (reasm_next(&f->reasm, g->now, &c))
		;
	flow_update_wait(g->t, f);
	return f;
}

static bool reuses(struct rig *g, struct packet p)
{
	enum side side;
	struct flow *f = flow_find(g->t, &p, &side);

	check(f);
	return flow_is_reused(f, side, &p);
}

static void both_directions_find_the_same_flow(void **state)
{
	struct rig g;
	struct packet p = packet(TCP_SYN, ISN, 0), q = back(p), r = p;
	enum side side;
	struct flow *f;

	(void)state;
	setup(&g, FLOWS);
	check(!flow_find(g.t, &p, &side));
	f = flow_add(g.t, &p, g.store, &side);
	check(f && side == SIDE_CLIENT && flow_count(g.t) == 1);
	check(flow_find(g.t, &p, &side) == f && side == SIDE_CLIENT);
	check(flow_find(g.t, &q, &side) == f && side == SIDE_SERVER);
	r.vlan_n = 1;
	r.vlans[0] = 204;
	check(flow_find(g.t, &r, &side) == f);
	r.sport++;
	check(!flow_find(g.t, &r, &side));
	r = p;
	r.dst.b[3]++;
	check(!flow_find(g.t, &r, &side));
	r = p;
	r.dst.family = r.src.family = 6;
	check(!flow_find(g.t, &r, &side));
	stop(&g);
}

static void a_host_may_talk_to_itself(void **state)
{
	struct rig g;
	struct packet p = packet(TCP_SYN, ISN, 0), q;
	enum side side;
	struct flow *f;

	(void)state;
	setup(&g, FLOWS);
	p.dst = p.src;
	f = take(&g, p, &side);
	q = back(p);
	check(flow_find(g.t, &q, &side) == f && side == SIDE_SERVER);
	p.dport = p.sport;
	check(take(&g, p, &side) != f);
	check(take(&g, p, &side) != f && flow_count(g.t) == 2);
	stop(&g);
}

static void a_syn_tells_the_roles(void **state)
{
	struct rig g;
	struct packet p = from_port(587, 40000);
	enum side side;
	struct flow *f;

	(void)state;
	setup(&g, FLOWS);
	p.flags = TCP_SYN;
	p.seq = ISN;
	f = take(&g, p, &side);
	check(side == SIDE_CLIENT && f->roles_sure && !f->midstream);
	check(f->has_isn[0] && f->isn[0] == ISN && !f->has_isn[1]);
	p = back(p);
	p.flags = TCP_SYN | TCP_ACK;
	p.seq = ANSWER;
	p.ack = ISN + 1;
	check(take(&g, p, &side) == f && side == SIDE_SERVER);
	check(f->has_isn[1] && f->isn[1] == ANSWER);
	check(f->port[SIDE_CLIENT] == 587 && f->port[SIDE_SERVER] == 40000);
	stop(&g);
}

static void a_syn_ack_alone_tells_both_isns(void **state)
{
	struct rig g;
	enum side side;
	struct flow *f;

	(void)state;
	setup(&g, FLOWS);
	f = take(&g, back(packet(TCP_SYN | TCP_ACK, ANSWER, ISN + 1)), &side);
	check(side == SIDE_SERVER && f->roles_sure && !f->midstream);
	check(f->has_isn[0] && f->isn[0] == ISN);
	check(f->has_isn[1] && f->isn[1] == ANSWER);
	check(!reuses(&g, packet(TCP_SYN, ISN, 0)));
	check(reuses(&g, packet(TCP_SYN, ISN + 9, 0)));
	stop(&g);
}

static void ports_tell_the_roles_where_no_syn_does(void **state)
{
	static const struct {
		uint16_t sport, dport;
		enum side side;
	} c[] = {
		{40000, 25, SIDE_CLIENT},    {465, 40000, SIDE_SERVER},
		{1024, 2525, SIDE_CLIENT},   {8025, 1024, SIDE_SERVER},
		{587, 26, SIDE_CLIENT},	     {9000, 40000, SIDE_SERVER},
		{40000, 9000, SIDE_CLIENT},  {2587, 80, SIDE_SERVER},
		{1, 2465, SIDE_CLIENT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
		struct rig g;
		enum side side;
		struct flow *f;

		setup(&g, FLOWS);
		f = take(&g, from_port(c[i].sport, c[i].dport), &side);
		check(side == c[i].side && f->midstream && !f->roles_sure);
		check(f->port[side] == c[i].sport && !f->has_isn[0]);
		stop(&g);
	}
}

static void a_late_syn_turns_the_roles(void **state)
{
	struct rig g;
	struct packet p = from_port(587, 9999), q = p;
	enum side side;
	struct flow *f;

	(void)state;
	setup(&g, FLOWS);
	p.seq = ISN + 1;
	f = take(&g, p, &side);
	check(side == SIDE_SERVER);
	q.flags = TCP_SYN;
	q.seq = ISN;
	check(take(&g, q, &side) == f && side == SIDE_CLIENT);
	check(f->roles_sure && !f->midstream && f->isn[0] == ISN);
	check(f->port[SIDE_CLIENT] == 587);
	stop(&g);

	/* But not when bytes were given out under the old names. */
	setup(&g, FLOWS);
	f = take(&g, with(p, "220"), &side);
	check(take(&g, q, &side) == f && side == SIDE_SERVER);
	check(!f->roles_sure && f->port[SIDE_SERVER] == 587);
	stop(&g);
}

static void content_can_turn_the_roles(void **state)
{
	struct rig g;
	struct packet p = from_port(40000, 9000);
	enum side side;
	struct flow *f;

	(void)state;
	setup(&g, FLOWS);
	f = take(&g, with(p, "220 "), &side);
	check(side == SIDE_CLIENT);
	flow_swap(f);
	check(f->roles_sure && f->port[SIDE_SERVER] == 40000);
	check(flow_find(g.t, &p, &side) == f && side == SIDE_SERVER);
	check(f->reasm.half[SIDE_SERVER].next == 5);
	stop(&g);
}

static struct flow *connected(struct rig *g)
{
	enum side side;

	take(g, packet(TCP_SYN, ISN, 0), &side);
	take(g, back(packet(TCP_SYN | TCP_ACK, ANSWER, ISN + 1)), &side);
	return take(g, with(packet(TCP_ACK, ISN + 1, ANSWER + 1), "EHLO"),
		&side);
}

static void another_isn_is_another_connection(void **state)
{
	struct rig g;
	struct flow *f;
	enum side side;

	(void)state;
	setup(&g, FLOWS);
	f = connected(&g);
	check(reuses(&g, packet(TCP_SYN, ISN + 100000, 0)));
	take(&g, back(with(packet(TCP_ACK, ANSWER + 1, ISN + 5), "220")),
		&side);
	check(reuses(&g, back(packet(TCP_SYN | TCP_ACK, 77, 99))));
	f->closed = true;
	check(reuses(&g, packet(TCP_SYN, ISN + 1, 0)));
	f = take(&g, packet(TCP_SYN, ISN + 1, 0), &side);
	check(f->isn[0] == ISN + 1 && !f->has_isn[1] && !f->closed);
	check(flow_count(g.t) == 1);
	stop(&g);
}

static void a_copy_of_its_syn_is_not(void **state)
{
	struct rig g;
	struct flow *f;

	(void)state;
	setup(&g, FLOWS);
	f = connected(&g);
	for (int closed = 0; closed < 2; closed++) {
		f->closed = closed;
		check(!reuses(&g, packet(TCP_SYN, ISN, 0)));
		check(!reuses(&g, back(packet(TCP_SYN | TCP_ACK, ANSWER,
			ISN + 1))));
		check(!reuses(&g, packet(TCP_SYN | TCP_RST, 77, 0)));
		check(!reuses(&g, packet(TCP_SYN | TCP_FIN, 77, 0)));
		check(!reuses(&g, packet(TCP_RST, 77, 0)));
		check(!reuses(&g, packet(TCP_ACK, ISN + 5, ANSWER + 1)));
	}
	stop(&g);
}

static void syn_cookies_may_change_the_isn(void **state)
{
	struct rig g;
	enum side side;
	struct flow *f;

	(void)state;
	setup(&g, FLOWS);
	f = take(&g, packet(TCP_SYN, ISN, 0), &side);
	take(&g, back(packet(TCP_SYN | TCP_ACK, ANSWER, ISN + 1)), &side);
	check(!reuses(&g, back(packet(TCP_SYN | TCP_ACK, 77, ISN + 1))));
	take(&g, back(packet(TCP_SYN | TCP_ACK, 77, ISN + 1)), &side);
	take(&g, back(with(packet(TCP_ACK, 78, ISN + 1), "220")), &side);
	check(f->reasm.half[SIDE_SERVER].next == 81);
	check(flow_count(g.t) == 1);
	check(reuses(&g, back(packet(TCP_SYN | TCP_ACK, 99, ISN + 1))));
	stop(&g);
}

static void a_syn_on_a_joined_flow_is_late_or_new(void **state)
{
	struct rig g;
	enum side side;

	(void)state;
	setup(&g, FLOWS);
	take(&g, with(packet(TCP_ACK, ISN + 1, ANSWER + 1), "EHLO"), &side);
	check(reuses(&g, packet(TCP_SYN, ISN + 5, 0)));
	check(reuses(&g, packet(TCP_SYN, ISN - 70000, 0)));
	check(reuses(&g, packet(TCP_SYN, ISN + 0x7fffffffu, 0)));
	check(!reuses(&g, packet(TCP_SYN, ISN, 0)));
	check(reuses(&g, packet(TCP_SYN, ISN + 5, 0)));
	stop(&g);
}

static void a_syn_on_a_forgotten_flow_is_new(void **state)
{
	struct rig g;
	struct flow *f;
	enum side side;

	(void)state;
	setup(&g, FLOWS);
	f = take(&g, with(packet(TCP_ACK, ISN + 1, ANSWER + 1), "x"), &side);
	reasm_clear(&f->reasm);
	check(reuses(&g, packet(TCP_SYN, ISN, 0)));
	check(reuses(&g, back(packet(TCP_SYN | TCP_ACK, 9, ISN + 1))));
	stop(&g);
}

static void an_old_answer_opens_nothing(void **state)
{
	struct rig g;
	enum side side;
	struct flow *f;

	(void)state;
	setup(&g, FLOWS);
	f = take(&g, packet(TCP_SYN, ISN, 0), &side);
	take(&g, back(packet(TCP_SYN | TCP_ACK, 77, 0x70000000)), &side);
	check(flow_count(g.t) == 1 && !f->reasm.half[SIDE_SERVER].seen);
	check(!f->has_isn[SIDE_SERVER]);
	take(&g, back(packet(TCP_SYN | TCP_ACK, ANSWER, ISN + 1)), &side);
	check(f->isn[SIDE_SERVER] == ANSWER);
	stop(&g);
}

static void a_closed_flow_knows_its_own_bytes(void **state)
{
	const int64_t later = INT64_C(2000000001);
	struct packet p = with(packet(TCP_ACK, 0x50000000, 1), "AUTH");
	struct rig g;
	struct flow *f;

	(void)state;
	setup(&g, FLOWS);
	f = connected(&g);
	p.at = g.now;
	check(!reuses(&g, p));
	f->closed = true;
	p.at = g.now + later - 1;
	check(!reuses(&g, p));
	p.at = g.now + later;
	check(reuses(&g, p));
	check(f->last_seen == g.now);
	p.flags = TCP_RST;
	check(!reuses(&g, p));
	p.flags = TCP_ACK;
	p.seq = ISN + 1;
	check(!reuses(&g, p));
	p.seq = 0x50000000;
	p.n = 0;
	check(!reuses(&g, p));
	stop(&g);
}

static void a_closed_flow_grows_old(void **state)
{
	struct rig g;
	struct flow *f, *young;
	struct packet p = packet(TCP_ACK, 9, 1);
	enum side side;

	(void)state;
	setup(&g, FLOWS);
	f = connected(&g);
	young = take(&g, from_port(1, 25), &side);
	f->closed = true;
	check(flow_find(g.t, &p, &side) == f && flow_victim(g.t) == f);
	f->closed = false;
	check(flow_find(g.t, &p, &side) == f && flow_victim(g.t) == young);
	stop(&g);
}

/* Firewalls that change sequence numbers, seen on both sides. */
static void a_handshake_in_two_numberings_is_one_flow(void **state)
{
	struct rig g;
	enum side side;
	struct flow *f;

	(void)state;
	setup(&g, FLOWS);
	take(&g, packet(TCP_SYN, ISN + 0x20000000, 0), &side);
	take(&g, packet(TCP_SYN, ISN, 0), &side);
	take(&g, back(packet(TCP_SYN | TCP_ACK, ANSWER, ISN + 1)), &side);
	f = take(&g, back(packet(TCP_SYN | TCP_ACK, ANSWER + 0x30000000,
		ISN + 0x20000001)), &side);
	check(flow_count(g.t) == 1);
	check(f->isn[0] == ISN && f->isn[1] == ANSWER);
	take(&g, back(with(packet(TCP_ACK, ANSWER + 1, ISN + 1), "220")),
		&side);
	check(f->reasm.half[SIDE_SERVER].next == ANSWER + 4);
	stop(&g);
}

static void the_least_recently_used_one_is_the_oldest(void **state)
{
	struct rig g;
	struct packet p[FLOWS];
	struct flow *f[FLOWS];
	enum side side;

	(void)state;
	setup(&g, FLOWS);
	for (uint16_t i = 0; i < FLOWS; i++) {
		p[i] = from_port((uint16_t)(1000 + i), 25);
		p[i].at = 100 + i;
		f[i] = flow_add(g.t, &p[i], g.store, &side);
		check(f[i]->first_seen == 100 + i);
	}
	check(!flow_add(g.t, &p[0], g.store, &side));
	check(flow_oldest(g.t, FLOW_CHEAP) == f[0]);
	p[0].at = 200;
	check(flow_find(g.t, &p[0], &side) == f[0]);
	check(f[0]->first_seen == 100 && f[0]->last_seen == 200);
	p[0].at = 150; /* packets may come out of order */
	check(flow_find(g.t, &p[0], &side) && f[0]->last_seen == 200);
	check(flow_oldest(g.t, FLOW_CHEAP) == f[1]);
	flow_find(g.t, &p[2], &side);
	flow_remove(g.t, f[1]);
	check(flow_oldest(g.t, FLOW_CHEAP) == f[3]);
	flow_remove(g.t, f[2]);
	flow_remove(g.t, f[3]);
	check(flow_oldest(g.t, FLOW_CHEAP) == f[4] && flow_count(g.t) == 2);
	check(!flow_find(g.t, &p[3], &side));
	check(flow_find(g.t, &p[0], &side) == f[0]);
	stop(&g);
}

/* Of flow i a segment that leaves a hole; peer: its other side has got bytes
 * that are missing, too, or says that it lacks them. */
static struct flow *make_hole(struct rig *g, uint16_t i, uint32_t peer)
{
	struct packet p = from_port((uint16_t)(1000 + i), 25);
	enum side side;

	if (!flow_find(g->t, &p, &side))
		take(g, with(p, "abc"), &side);
	p.seq = 7;
	if (peer > 0)
		take(g, back(packet_to(p, peer)), &side);
	return take(g, with(p, "ghi"), &side);
}

static void the_longest_wait_is_over_first(void **state)
{
	struct rig g;
	struct packet p = from_port(1001, 25);
	struct flow *f[3];
	enum side side;

	(void)state;
	setup(&g, FLOWS);
	for (uint16_t i = 0; i < 3; i++, g.now += 1000)
		f[i] = make_hole(&g, i, 0);
	/* Another segment behind the hole makes it no younger. */
	make_hole(&g, 0, 0);
	g.now = 1000 + REASM_BLIND_WAIT;
	check(!flow_first_ripe(g.t, g.now - 1));
	check(flow_first_ripe(g.t, g.now) == f[0]);
	flow_remove(g.t, f[0]);
	check(!flow_first_ripe(g.t, g.now));
	p.seq = 4;
	take(&g, with(p, "def"), &side);
	check(!f[1]->waits && flow_first_ripe(g.t, INT64_MAX) == f[2]);
	/* The clock is put back. */
	check(flow_first_ripe(g.t, 2999) == f[2]);
	stop(&g);
}

static void each_waits_as_long_as_its_hole_deserves(void **state)
{
	struct rig g;
	struct flow *blind, *lost, *acked;
	int64_t start;

	(void)state;
	setup(&g, FLOWS);
	start = g.now;
	lost = make_hole(&g, 0, 1);
	lost = make_hole(&g, 0, 1);
	blind = make_hole(&g, 1, 0);
	acked = make_hole(&g, 2, 7);
	check(!flow_first_ripe(g.t, start + REASM_ACKED_WAIT - 1));
	check(flow_first_ripe(g.t, start + REASM_ACKED_WAIT) == acked);
	flow_remove(g.t, acked);
	check(!flow_first_ripe(g.t, start + REASM_BLIND_WAIT - 1));
	check(flow_first_ripe(g.t, start + REASM_BLIND_WAIT) == blind);
	flow_remove(g.t, blind);
	check(!flow_first_ripe(g.t, start + REASM_LOST_WAIT - 1));
	check(flow_first_ripe(g.t, start + REASM_LOST_WAIT) == lost);
	stop(&g);
}

static void who_kept_blocks_the_longest_is_known(void **state)
{
	struct rig g;
	struct packet p = from_port(1002, 25);
	struct flow *first, *second;
	enum side side;

	(void)state;
	setup(&g, FLOWS);
	check(!flow_first_keeping(g.t));
	/* Acknowledged, and nothing is kept behind it. */
	take(&g, with(p, "abc"), &side);
	take(&g, back(packet_to(p, 9)), &side);
	check(!flow_first_keeping(g.t) && flow_first_ripe(g.t, INT64_MAX));
	g.now++;
	make_hole(&g, 0, 1);
	first = make_hole(&g, 0, 1);
	g.now++;
	second = make_hole(&g, 1, 0);
	check(flow_first_keeping(g.t) == first);
	flow_remove(g.t, first);
	check(flow_first_keeping(g.t) == second);
	stop(&g);
}

static struct flow *add(struct rig *g, uint16_t i, enum flow_rank rank)
{
	struct packet p = from_port((uint16_t)(1000 + i), 25);
	enum side side;
	struct flow *f = flow_add(g->t, &p, g->store, &side);

	check(f && f->rank == FLOW_CHEAP);
	flow_set_rank(g->t, f, rank);
	return f;
}

static void what_is_cheap_gives_way(void **state)
{
	struct rig g;
	struct flow *used, *open, *cheap[2];

	(void)state;
	setup(&g, 4);
	check(!flow_victim(g.t));
	used = add(&g, 0, FLOW_IN_USE);
	open = add(&g, 1, FLOW_OPEN);
	cheap[0] = add(&g, 2, FLOW_CHEAP);
	cheap[1] = add(&g, 3, FLOW_CHEAP);
	check(flow_victim(g.t) == cheap[0]);
	flow_use(g.t, cheap[0]);
	check(flow_victim(g.t) == cheap[1]);
	flow_remove(g.t, cheap[1]);
	/* A quarter is left to newcomers. */
	check(flow_victim(g.t) == open);
	flow_set_rank(g.t, open, FLOW_IN_USE);
	check(flow_victim(g.t) == cheap[0]);
	flow_remove(g.t, cheap[0]);
	check(flow_victim(g.t) == used);
	flow_remove(g.t, used);
	check(flow_victim(g.t) == open);
	check(flow_oldest(g.t, FLOW_IN_USE) == open);
	check(!flow_oldest(g.t, FLOW_OPEN) && !flow_oldest(g.t, FLOW_CHEAP));
	stop(&g);
}

static void a_flood_only_recycles(void **state)
{
	struct rig g;
	struct packet p = packet(TCP_SYN, ISN, 0);
	enum side side;

	(void)state;
	setup(&g, FLOWS);
	for (uint32_t i = 0; i < 100000; i++) {
		p.src.b[1] = (uint8_t)(i >> 16);
		p.src.b[2] = (uint8_t)(i >> 8);
		p.src.b[3] = (uint8_t)i;
		p.seq = i * 77;
		take(&g, p, &side);
	}
	check(flow_count(g.t) == FLOWS);
	for (uint32_t i = 100000 - FLOWS; i < 100000; i++) {
		p.src.b[2] = (uint8_t)(i >> 8);
		p.src.b[3] = (uint8_t)i;
		check(flow_find(g.t, &p, &side));
	}
	stop(&g);
}

/* The table must stay right however its chains are torn. */
static void chains_survive_any_order(void **state)
{
	enum { MANY = 300 };
	struct rig g;
	bool there[MANY] = {false};
	uint32_t rng = 1;

	(void)state;
	setup(&g, MANY);
	for (int i = 0; i < 20000; i++) {
		uint32_t k = (rng = rng * 1664525 + 1013904223) >> 8;
		struct packet p = from_port((uint16_t)(1000 + k % MANY), 25);
		enum side side;
		struct flow *f = flow_find(g.t, &p, &side);

		check((f != NULL) == there[k % MANY]);
		if (f && (k >> 12) % 2)
			flow_remove(g.t, f);
		else if (!f)
			check(flow_add(g.t, &p, g.store, &side));
		there[k % MANY] = !f || (k >> 12) % 2 == 0;
	}
	stop(&g);
}

/* Who does not know the key cannot tell which flows share a bucket. */
static void buckets_are_even_and_secret(void **state)
{
	enum { MANY = 512 };
	uint32_t bucket[4][MANY];
	struct rig g;

	(void)state;
	for (int k = 0; k < 4; k++) {
		bool used[MANY] = {false};
		unsigned n = 0;

		setup(&g, MANY);
		if (k == 3)
			g.t = flow_table_init(g.mem, MANY,
				(const uint8_t[16]){9});
		for (uint32_t i = 0; i < MANY; i++) {
			struct packet p = packet(TCP_SYN, ISN, 0);
			enum side side;

			p.sport = (uint16_t)(k == 0 ? i : 7);
			p.src.b[2] = (uint8_t)(k == 1 ? i >> 8 : 0);
			p.src.b[3] = (uint8_t)(k == 1 ? i : 0);
			p.dst.b[2] = (uint8_t)(k >= 2 ? i >> 8 : 0);
			p.dst.b[3] = (uint8_t)(k >= 2 ? i : 0);
			bucket[k][i] = flow_add(g.t, &p, g.store,
				&side)->hash % MANY;
			n += !used[bucket[k][i]];
			used[bucket[k][i]] = true;
		}
		/* Chance gives 1 - 1/e of the buckets, 324. */
		check(n > 290 && n < 360);
		stop(&g);
	}
	check(memcmp(bucket[2], bucket[3], sizeof bucket[2]) != 0);
}

static void a_table_may_have_no_room_at_all(void **state)
{
	struct rig g;
	struct packet p = packet(TCP_SYN, ISN, 0);
	enum side side;

	(void)state;
	setup(&g, 0);
	check(!flow_find(g.t, &p, &side) && !flow_victim(g.t));
	check(!flow_add(g.t, &p, g.store, &side));
	stop(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_directions_find_the_same_flow),
		cmocka_unit_test(a_host_may_talk_to_itself),
		cmocka_unit_test(a_syn_tells_the_roles),
		cmocka_unit_test(a_syn_ack_alone_tells_both_isns),
		cmocka_unit_test(ports_tell_the_roles_where_no_syn_does),
		cmocka_unit_test(a_late_syn_turns_the_roles),
		cmocka_unit_test(content_can_turn_the_roles),
		cmocka_unit_test(another_isn_is_another_connection),
		cmocka_unit_test(a_copy_of_its_syn_is_not),
		cmocka_unit_test(syn_cookies_may_change_the_isn),
		cmocka_unit_test(a_syn_on_a_joined_flow_is_late_or_new),
		cmocka_unit_test(a_syn_on_a_forgotten_flow_is_new),
		cmocka_unit_test(an_old_answer_opens_nothing),
		cmocka_unit_test(a_closed_flow_knows_its_own_bytes),
		cmocka_unit_test(a_closed_flow_grows_old),
		cmocka_unit_test(a_handshake_in_two_numberings_is_one_flow),
		cmocka_unit_test(the_least_recently_used_one_is_the_oldest),
		cmocka_unit_test(the_longest_wait_is_over_first),
		cmocka_unit_test(each_waits_as_long_as_its_hole_deserves),
		cmocka_unit_test(who_kept_blocks_the_longest_is_known),
		cmocka_unit_test(what_is_cheap_gives_way),
		cmocka_unit_test(a_flood_only_recycles),
		cmocka_unit_test(chains_survive_any_order),
		cmocka_unit_test(buckets_are_even_and_secret),
		cmocka_unit_test(a_table_may_have_no_room_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
