/* fuzz_reasm.c: two flows on a small store are pushed whatever the input
 * says. Every byte that comes out must be the one of its place, no block may
 * be lost, and nothing may wait for ever. */
#include "capture/base/bytes.h"
#include "capture/stream/block.h"
#include <assert.h>
#include <stdlib.h>

enum { FLOWS = 2, BLOCKS = 160, PAYLOAD = 4096 };

struct world {
	struct reasm_store *store;
	struct reasm flow[FLOWS];
	int64_t now;
};

/* The low half of a byte tells its place; the high half is the copy's. */
static uint8_t byte_at(uint32_t seq)
{
	return seq * 2654435761u >> 13 & 0x0f;
}

static void check_store(const struct world *w)
{
	size_t used = 0;

	for (int i = 0; i < FLOWS; i++) {
		const struct reasm *r = &w->flow[i];

		assert(r->half[0].blocks_n + r->half[1].blocks_n <=
			REASM_BLOCKS_FLOW);
		used += r->lent != 0;
		for (int s = 0; s < 2; s++) {
			const struct reasm_half *h = &r->half[s];
			uint32_t from = h->next, n = 0;
			const struct block *b = block_get(w->store, h->first);

			for (; b; b = block_get(w->store, b->next)) {
				assert(seq_from(b->seq, from) >= 0);
				assert(b->n + b->cut > 0);
				from = block_end(b);
				n++;
			}
			assert(n == h->blocks_n);
			used += n;
		}
	}
	assert(used == reasm_store_used(w->store));
}

static void drain(struct world *w, struct reasm *r)
{
	struct reasm before = *r;
	struct chunk c;

	while (reasm_next(r, w->now, &c)) {
		const struct reasm_half *h = &before.half[c.side];

		assert(!h->ended);
		assert((c.kind == CHUNK_END) == r->half[c.side].ended);
		assert((c.kind == CHUNK_DATA) == (c.p != NULL));
		assert((c.kind == CHUNK_END) == (c.n == 0));
		assert(c.kind == CHUNK_END ||
			(h->jump && c.n == REASM_JUMP) ||
			r->half[c.side].next == h->next + (uint32_t)c.n);
		for (size_t i = 0; c.kind == CHUNK_DATA && i < c.n; i++)
			assert((c.p[i] & 0x0f) ==
				byte_at(h->next + (uint32_t)i));
		check_store(w);
		before = *r;
	}
	assert(!r->store->seg.owner);
	assert(reasm_waiting(r) ||
		r->half[0].blocks_n + r->half[1].blocks_n == 0);
}

/* Small steps mostly, and now and then to anywhere. */
static uint32_t offset(struct rd *in, uint8_t kind)
{
	switch (kind & 3) {
	case 0: return rd_u8(in);
	case 1: return rd_be16(in);
	case 2: return (uint32_t)(int8_t)rd_u8(in) * 1024;
	default: return rd_be32(in);
	}
}

static void push(struct world *w, struct rd *in, uint8_t kind)
{
	static const int64_t steps[] = {0, 1, 50000000, 210000000};
	struct reasm *r = &w->flow[kind & 1];
	enum side s = kind >> 1 & 1;
	uint8_t how = rd_u8(in), *data;
	struct packet p = {.kind = PACKET_TCP, .flags = TCP_ACK};

	if ((how & 7) == 7)
		p.flags = rd_u8(in);
	w->now += steps[how >> 3 & 3];
	p.at = w->now;
	/* Relative to where the side stands, or to a fixed place. */
	p.seq = offset(in, kind >> 2) + (how & 0x20 ? r->half[s].next : 0);
	p.ack = offset(in, kind >> 4) + (how & 0x40 ? r->half[!s].next : 0);
	p.n = how & 0x80 ? rd_be16(in) % (PAYLOAD + 1) : rd_u8(in);
	p.wire_n = p.n + (kind >> 6 == 3 ? rd_u8(in) : 0);
	/* Exactly as large as it says. */
	data = malloc(p.n > 0 ? p.n : 1);
	assert(data);
	for (uint32_t i = 0; i < p.n; i++)
		data[i] = (uint8_t)(how << 4 |
			byte_at(p.seq + !!(p.flags & TCP_SYN) + i));
	p.p = data;
	reasm_push(r, s, &p);
	drain(w, r);
	free(data);
}

/* However it looks, time resolves it: all that is kept is given. */
static void wait_for_all(struct world *w, struct reasm *r)
{
	for (int i = 0; reasm_waiting(r); i++) {
		assert(i < 4 * REASM_BLOCKS_FLOW);
		w->now += REASM_LOST_WAIT;
		drain(w, r);
	}
}

static void hurry(struct world *w, struct reasm *r)
{
	reasm_hurry(r);
	drain(w, r);
	assert(!reasm_waiting(r) && !reasm_keeps(r));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd in = rd_init(data, size);
	size_t blocks = rd_u8(&in) % (BLOCKS + 1);
	void *mem = calloc(1, reasm_store_bytes(blocks));
	struct world w = {.now = 1};

	assert(mem);
	w.store = reasm_store_init(mem, blocks);
	for (int i = 0; i < FLOWS; i++)
		reasm_init(&w.flow[i], w.store);
	while (rd_left(&in) > 0) {
		uint8_t kind = rd_u8(&in);
		struct reasm *r = &w.flow[kind & 1];

		if (kind == 0xfe || kind == 0xff)
			wait_for_all(&w, r);
		else if (kind == 0xfc || kind == 0xfd)
			reasm_swap(r);
		else if (kind == 0xfa || kind == 0xfb)
			hurry(&w, r);
		else
			push(&w, &in, kind);
		check_store(&w);
	}
	for (int i = 0; i < FLOWS; i++) {
		struct reasm *r = &w.flow[i];

		if (size & 1)
			wait_for_all(&w, r);
		reasm_finish(r);
		drain(&w, r);
		assert(!reasm_waiting(r) && r->half[0].ended &&
			r->half[1].ended);
		reasm_clear(r);
	}
	assert(reasm_store_used(w.store) == 0);
	free(mem);
	return 0;
}
