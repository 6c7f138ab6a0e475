/* reasm.c: see reasm.h. A segment that was pushed waits in the store until
 * reasm_next() has given it out or kept it in blocks. */
#include "capture/stream/half.h"
#include <assert.h>
#include <stdalign.h>

static size_t blocks_from(void)
{
	size_t a = alignof(max_align_t);

	return (sizeof(struct reasm_store) + a - 1) / a * a;
}

size_t reasm_store_bytes(size_t blocks)
{
	return blocks_from() + pool_bytes(sizeof(struct block), blocks);
}

struct reasm_store *reasm_store_init(void *mem, size_t blocks)
{
	struct reasm_store *st = mem;

	assert(blocks < UINT32_MAX);
	st->blocks = (void *)((char *)mem + blocks_from());
	pool_init(&st->pool, st->blocks, sizeof(struct block), blocks);
	return st;
}

const struct reasm_counts *reasm_store_counts(const struct reasm_store *s)
{
	return &s->counts;
}

size_t reasm_store_used(const struct reasm_store *s)
{
	return s->pool.used;
}

bool reasm_store_is_short(const struct reasm_store *s)
{
	size_t total = s->pool.total, enough = REASM_BLOCKS_FLOW;

	if (enough > total / 4)
		enough = total / 4;
	return total - s->pool.used < enough;
}

void reasm_init(struct reasm *r, struct reasm_store *store)
{
	*r = (struct reasm){.store = store};
}

static void drop_lent(struct reasm *r)
{
	if (r->lent == 0)
		return;
	block_free(r->store, r->lent);
	r->lent = 0;
}

void reasm_clear(struct reasm *r)
{
	struct reasm_store *st = r->store;

	drop_lent(r);
	for (int s = 0; s < 2; s++)
		while (r->half[s].first > 0)
			block_free(st, block_shift(st, &r->half[s]));
	if (st->seg.owner == r)
		st->seg.owner = NULL;
	reasm_init(r, st);
}

void reasm_hold(struct reasm *r)
{
	r->holding = true;
}

void reasm_release(struct reasm *r)
{
	r->holding = false;
}

void reasm_finish(struct reasm *r)
{
	r->holding = false;
	r->finishing = true;
}

void reasm_hurry(struct reasm *r)
{
	r->hurried = true;
}

void reasm_swap(struct reasm *r)
{
	struct segment *g = &r->store->seg;
	struct reasm_half half = r->half[0];

	r->half[0] = r->half[1];
	r->half[1] = half;
	if (g->owner == r)
		g->side = side_other(g->side);
}

static bool is_here(const struct reasm *r, enum side s)
{
	const struct segment *g = &r->store->seg;

	return g->owner == r && g->side == s;
}

/* Takes off the segment in hand what was given out meanwhile, and what is
 * behind the end of its side. */
static void trim(struct reasm *r)
{
	struct segment *g = &r->store->seg;
	const struct reasm_half *h = &r->half[g->side];
	int32_t old = seq_from(h->next, g->seq);
	int32_t over = seq_from(g->seq + g->n + g->cut, h->fin);

	if (old > 0)
		segment_skip(g, (uint32_t)old);
	if (h->has_fin && over > 0)
		segment_chop(g, (uint32_t)over);
	if (g->n + g->cut == 0 || h->ended)
		g->owner = NULL;
}

/* Have both sides ended, with FIN or without? Then nothing is left. */
static bool is_over(const struct reasm *r)
{
	uint32_t end;

	if (!r->finishing && !r->half[0].reset && !r->half[1].reset)
		return false;
	for (int s = 0; s < 2; s++)
		if (r->half[s].first > 0 || is_here(r, s) ||
			half_hole(r, s, &end))
			return false;
	return true;
}

/* What stands next on a side and could be given, but for its waiting. */
struct front {
	enum { FRONT_NONE, FRONT_BLOCK, FRONT_SEGMENT, FRONT_END } kind;
	bool blocked;
	int64_t at;
};

static struct front front_of(const struct reasm *r, enum side s)
{
	const struct reasm_half *h = &r->half[s];
	const struct segment *g = &r->store->seg;
	const struct block *b = block_get(r->store, h->first);
	struct front f = {.kind = FRONT_NONE};

	if (h->ended || r->holding)
		return f;
	if (b && b->seq == h->next) {
		f.kind = FRONT_BLOCK;
		f.blocked = half_is_blocked(r, s, b->acks, b->ack);
		f.at = b->at;
	} else if (is_here(r, s)) {
		if (g->seq != h->next)
			return f;
		f.kind = FRONT_SEGMENT;
		f.blocked = half_is_blocked(r, s, g->acks, g->ack);
		f.at = g->at;
	} else if (h->has_fin ? h->fin == h->next : is_over(r)) {
		f.kind = FRONT_END;
		f.blocked = half_is_blocked(r, s, h->fin_acks, h->fin_ack);
		f.at = INT64_MAX;
	}
	return f;
}

/* Which side goes first: of two that may, the older one. Of two that wait
 * for each other one is a retransmission with a newer ACK than the original
 * had; it came later, and goes first. */
static int choose(const struct front f[2])
{
	bool may[2];

	for (int s = 0; s < 2; s++)
		may[s] = f[s].kind != FRONT_NONE && !f[s].blocked;
	if (may[0] != may[1])
		return may[0] ? 0 : 1;
	if (may[0])
		return f[0].at <= f[1].at ? 0 : 1;
	if (f[0].kind != FRONT_NONE && f[1].kind != FRONT_NONE)
		return f[0].at > f[1].at ? 0 : 1;
	return -1;
}

static void give_gap(struct reasm *r, enum side s, uint32_t end, int64_t at,
	struct chunk *out)
{
	struct reasm_half *h = &r->half[s];
	uint32_t n = end - h->next;

	*out = (struct chunk){.kind = CHUNK_GAP, .side = s, .at = at, .n = n};
	h->next = end;
	h->given = true;
	r->store->counts.gaps++;
	r->store->counts.gap_bytes += n;
}

static void give_data(struct reasm *r, enum side s, const uint8_t *p,
	uint32_t n, int64_t at, struct chunk *out)
{
	struct reasm_half *h = &r->half[s];

	*out = (struct chunk){CHUNK_DATA, s, at, p, n};
	h->next += n;
	h->given = true;
}

static void give_end(struct reasm *r, enum side s, int64_t at,
	struct chunk *out)
{
	struct reasm_half *h = &r->half[s];

	*out = (struct chunk){.kind = CHUNK_END, .side = s, .at = at};
	h->next += h->has_fin; /* FIN counts as a byte, RFC 9293, 3.4 */
	h->ended = true;
	h->has_far = false;
}

static void give_block(struct reasm *r, enum side s, struct chunk *out)
{
	struct reasm_store *st = r->store;
	struct reasm_half *h = &r->half[s];
	struct block *b = block_get(st, h->first);

	assert(b);
	if (b->n == 0) {
		give_gap(r, s, b->seq + b->cut, b->at, out);
		block_free(st, block_shift(st, h));
		return;
	}
	give_data(r, s, b->data, b->n, b->at, out);
	b->seq += b->n;
	b->n = 0;
	if (b->cut == 0)
		r->lent = block_shift(st, h);
}

/* Only up to what was kept before: the first copy of a byte wins. */
static void give_segment(struct reasm *r, enum side s, struct chunk *out)
{
	const struct segment *g = &r->store->seg;
	const struct reasm_half *h = &r->half[s];
	const struct block *b = block_get(r->store, h->first);
	uint32_t n = g->n > 0 ? g->n : g->cut;

	if (b && n > b->seq - h->next)
		n = b->seq - h->next;
	if (g->n > 0)
		give_data(r, s, g->p, n, g->at, out);
	else
		give_gap(r, s, h->next + n, g->at, out);
}

static bool give_front(struct reasm *r, int64_t now, struct chunk *out)
{
	struct front f[2] = {front_of(r, 0), front_of(r, 1)};
	int s = choose(f);

	if (s < 0)
		return false;
	if (f[s].kind == FRONT_BLOCK)
		give_block(r, s, out);
	else if (f[s].kind == FRONT_SEGMENT)
		give_segment(r, s, out);
	else
		give_end(r, s, now, out);
	return true;
}

/* Gives up on a hole. False if there was nothing to say: a side of which
 * only ACKs are seen has no gaps, nor is a lost FIN one. */
static bool give_up(struct reasm *r, enum side s, uint32_t end, int64_t now,
	struct chunk *out)
{
	struct reasm_half *h = &r->half[s];

	if (r->holding) {
		r->holding = false;
		return false;
	}
	if (!h->seen) {
		h->blind = true;
		h->next = end;
		return false;
	}
	if (end - h->next == 1 && h->first == 0 && !h->has_fin) {
		h->lone = true;
		h->hole = h->next;
		return false;
	}
	give_gap(r, s, end, now, out);
	return true;
}

/* A side whose hole, up to *end, was waited for long enough; -1: none. */
static int find_ripe(const struct reasm *r, int64_t now, uint32_t *end)
{
	for (int s = 0; s < 2; s++)
		if (half_is_ripe(r, s, now) && half_hole(r, s, end))
			return s;
	return -1;
}

/* Moves a side to its far place, once its blocks are gone. */
static void give_jump(struct reasm *r, enum side s, int64_t now,
	struct chunk *out)
{
	struct reasm_half *h = &r->half[s];
	const struct block *b = block_get(r->store, h->first);

	if (b && b->seq == h->next) {
		give_block(r, s, out);
	} else if (b) {
		give_gap(r, s, b->seq, now, out);
	} else {
		/* How much is missing nobody knows: the distance may be that
		 * of two firewalls' choices. More than any record of TLS. */
		give_gap(r, s, h->next + REASM_JUMP, now, out);
		half_move(r, s, h->far);
		h->has_far = h->jump = false;
		if (h->has_fin && !seq_is_ahead(h->fin + 1, h->next))
			h->has_fin = false;
		r->store->counts.resyncs++;
	}
}

/* There is no block for the segment in hand: gives up on the hole that it,
 * or what stands before it, waits for. */
static bool make_room(struct reasm *r, int64_t now, struct chunk *out)
{
	const struct segment *g = &r->store->seg;
	enum side s = g->side, o = side_other(s);
	const struct block *b = block_get(r->store, r->half[s].first);
	uint32_t end = g->seq;
	bool hole;

	if (r->holding) {
		r->holding = false;
		return false;
	}
	if (front_of(r, s).kind != FRONT_NONE) {
		hole = half_hole(r, o, &end);
		assert(hole);
		return give_up(r, o, end, now, out);
	}
	if (b && seq_from(b->seq, end) < 0)
		end = b->seq;
	give_gap(r, s, end, now, out);
	return true;
}

/* Puts the segment in hand into blocks. */
static bool keep(struct reasm *r)
{
	struct reasm_store *st = r->store;
	struct segment *g = &st->seg;
	struct reasm_half *h = &r->half[g->side];
	/* While all is held, it is not known yet what comes before it. */
	bool waits = g->acks && (r->holding ||
		half_is_blocked(r, g->side, g->acks, g->ack));

	while (g->n + g->cut > 0) {
		bool may_get = r->half[0].blocks_n + r->half[1].blocks_n <
			REASM_BLOCKS_FLOW;

		if (!block_keep(st, h, g, may_get, waits)) {
			if (may_get)
				st->counts.store_full++;
			else
				st->counts.flow_full++;
			return false;
		}
	}
	return true;
}

/* Nothing of a side is kept, misses or ends: so it is most of the time, and
 * then there is nothing to be found out. */
static bool is_calm(const struct reasm *r, enum side s)
{
	const struct reasm_half *h = &r->half[s], *o = &r->half[side_other(s)];

	return h->first == 0 && !h->has_fin && !h->reset && !h->jump &&
		!h->waits && (r->holding || !o->acks ||
		seq_from(o->acked, h->next) <= 0);
}

bool reasm_next(struct reasm *r, int64_t now, struct chunk *out)
{
	const struct segment *g = &r->store->seg;
	uint32_t end;
	int s;

	drop_lent(r);
	if (g->owner != r && !r->finishing && is_calm(r, 0) && is_calm(r, 1)) {
		r->hurried = false;
		return false;
	}
	for (;;) {
		if (r->half[0].jump || r->half[1].jump) {
			give_jump(r, r->half[0].jump ? 0 : 1, now, out);
			return true;
		}
		if (g->owner == r)
			trim(r);
		if (give_front(r, now, out))
			return true;
		if (g->owner == r) {
			if (!keep(r) && make_room(r, now, out))
				return true;
			continue;
		}
		half_watch(r, 0, now);
		half_watch(r, 1, now);
		s = find_ripe(r, now, &end);
		if (s < 0) {
			r->hurried = false;
			return false;
		}
		if (give_up(r, s, end, now, out))
			return true;
	}
}

bool reasm_waiting(const struct reasm *r)
{
	return r->half[0].waits || r->half[1].waits;
}

int64_t reasm_waits_since(const struct reasm *r, enum reasm_patience *p)
{
	enum side s = SIDE_CLIENT;

	if (!r->half[s].waits || (r->half[side_other(s)].waits &&
			half_ripe_at(r, side_other(s)) < half_ripe_at(r, s)))
		s = side_other(s);
	*p = half_patience(r, s);
	return r->half[s].hole_since;
}

bool reasm_is_ripe(const struct reasm *r, int64_t now)
{
	for (int s = 0; s < 2; s++)
		if (half_is_ripe(r, s, now) ||
			(r->half[s].waits && now < r->half[s].hole_since))
			return true;
	return false;
}

bool reasm_is_empty(const struct reasm *r)
{
	return !reasm_waiting(r) && !reasm_keeps(r) &&
		r->store->seg.owner != r && !half_is_acked(r, 0) &&
		!half_is_acked(r, 1);
}

bool reasm_keeps(const struct reasm *r)
{
	return r->half[0].first > 0 || r->half[1].first > 0;
}
