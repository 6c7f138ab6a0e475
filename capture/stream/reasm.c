/* reasm.c: see reasm.h. A segment is pushed, and waits in the store until
 * reasm_next() has given it out or kept it in blocks. */
#include "capture/stream/block.h"
#include <assert.h>
#include <stdalign.h>

/* No segment is larger (IPv4, 3.1; offload hands over up to 64 KiB). */
enum { SEGMENT_MAX = 1 << 16 };

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

void reasm_finish(struct reasm *r)
{
	r->finishing = true;
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

/* True if seq is ahead of from, and not so far that it means nothing. */
static bool is_ahead(uint32_t seq, uint32_t from)
{
	int32_t d = seq_from(seq, from);

	return d > 0 && d <= REASM_FAR;
}

static bool is_far(uint32_t seq, uint32_t from)
{
	int32_t d = seq_from(seq, from);

	return d > REASM_FAR || d < -REASM_FAR;
}

static uint32_t kept_end(const struct reasm *r, const struct reasm_half *h)
{
	const struct block *b = block_get(r->store, h->last);

	return b ? block_end(b) : h->next;
}

/* Moves a side to another place. What the other side acknowledged before
 * tells nothing there. */
static void rebase(struct reasm *r, enum side s, uint32_t seq)
{
	struct reasm_half *h = &r->half[s], *o = &r->half[side_other(s)];
	struct segment *g = &r->store->seg;
	struct block *b = block_get(r->store, o->first);

	assert(h->first == 0);
	h->next = seq;
	h->known = true;
	if (o->acks && is_far(o->acked, seq))
		o->acks = false;
	o->fin_acks = false;
	for (; b; b = block_get(r->store, b->next))
		b->acks = false;
	if (g->owner == r && g->side != s)
		g->acks = false;
}

/* Is a segment that begins at seq and ends at end to be believed? Finds the
 * beginning of the side, too. */
static bool take_place(struct reasm *r, enum side s, uint32_t seq,
	uint32_t end, bool syn)
{
	struct reasm_half *h = &r->half[s];
	bool may_move = !h->seen || (syn && !h->given && h->first == 0);

	if (!h->known || (may_move && (syn || is_far(seq, h->next))))
		rebase(r, s, seq);
	if (!h->ended && is_far(seq, h->next)) {
		if (h->has_far && seq == h->far && seq != end) {
			h->jump = true;
			return true;
		}
		h->has_far = true;
		h->far = end;
		return false;
	}
	h->seen = true;
	h->blind = false;
	h->has_far = false;
	return !is_far(seq, h->next);
}

/* What side s says that it has got of the other. True if it is a thing that
 * can be waited for. */
static bool take_ack(struct reasm *r, enum side s, uint32_t ack)
{
	struct reasm_half *h = &r->half[s], *o = &r->half[side_other(s)];

	if (!o->known)
		rebase(r, side_other(s), ack);
	if (is_far(ack, o->next)) {
		if (o->has_far && seq_from(ack, o->far) <= SEGMENT_MAX &&
			seq_from(ack, o->far) >= -SEGMENT_MAX)
			o->jump = true;
		return false;
	}
	if (!h->acks || seq_from(ack, h->acked) > 0)
		h->acked = ack;
	h->acks = true;
	o->heard = true;
	if (o->blind && seq_from(ack, o->next) > 0)
		o->next = ack;
	return true;
}

/* A SYN ACK that answers another SYN is a late one, or forged. */
static bool answers(const struct reasm *r, enum side s, const struct packet *p)
{
	const struct reasm_half *o = &r->half[side_other(s)];

	return !(p->flags & TCP_ACK) || !o->known || !is_far(p->ack, o->next);
}

/* A RST is believed where a receiver would believe it (RFC 9293, 3.5.3): at
 * the next byte, with some room since frames are missing, or where the other
 * side's ACKs have provoked it. */
static bool reset_fits(const struct reasm *r, enum side s,
	const struct packet *p)
{
	const struct reasm_half *h = &r->half[s], *o = &r->half[side_other(s)];
	int32_t d;

	if (!h->known) {
		d = seq_from(p->ack, o->next);
		return (p->flags & TCP_ACK) && o->known && d >= 0 &&
			d <= REASM_RESET_NEAR;
	}
	d = seq_from(p->seq, h->next);
	return (d >= 0 && d <= REASM_RESET_NEAR) ||
		p->seq == kept_end(r, h) || (o->acks && p->seq == o->acked);
}

static void take_reset(struct reasm *r, enum side s, const struct packet *p)
{
	struct reasm_half *h = &r->half[s];

	if (!reset_fits(r, s, p)) {
		r->store->counts.ignored++;
		return;
	}
	h->reset = true;
	if (h->known && !h->has_fin && is_ahead(p->seq, kept_end(r, h))) {
		h->has_fin = true;
		h->fin = p->seq;
	}
}

static void take_fin(struct reasm *r, enum side s, uint32_t fin)
{
	struct reasm_half *h = &r->half[s];
	const struct segment *g = &r->store->seg;

	if (h->ended)
		return;
	if (!h->jump && (h->has_fin || seq_from(fin, kept_end(r, h)) < 0))
		return;
	h->has_fin = true;
	h->fin = fin;
	h->fin_ack = g->ack;
	h->fin_acks = g->acks;
}

/* Keeps what is new of a segment as the segment in hand. */
static void take_data(struct reasm *r, enum side s)
{
	struct reasm_half *h = &r->half[s];
	struct reasm_counts *c = &r->store->counts;
	struct segment *g = &r->store->seg;
	uint32_t total = g->n + g->cut;
	int32_t ahead = seq_from(g->seq, h->next);
	bool differs = false;

	if (ahead == -1 && total <= 1) {
		c->keepalives++;
		return;
	}
	if (total == 0)
		return;
	if (!h->jump && ahead + (int32_t)total <= 0) {
		c->duplicate++;
		return;
	}
	if (h->ended || (h->has_fin && seq_from(g->seq, h->fin) >= 0)) {
		c->ignored++;
		return;
	}
	if (ahead > 0 && !h->jump)
		c->out_of_order++;
	if (h->first > 0 && !h->jump) {
		if (block_overlap(r->store, h, g, &differs) == total) {
			c->duplicate++;
			total = 0;
		}
		c->overlap_differs += differs;
	}
	if (total > 0)
		g->owner = r;
}

void reasm_push(struct reasm *r, enum side s, const struct packet *p)
{
	struct reasm_store *st = r->store;
	struct segment *g = &st->seg;
	bool syn = p->flags & TCP_SYN, fin = p->flags & TCP_FIN;
	uint32_t n = p->n < SEGMENT_MAX ? (uint32_t)p->n : SEGMENT_MAX;
	uint32_t wire = p->wire_n < SEGMENT_MAX ? (uint32_t)p->wire_n
						: SEGMENT_MAX;
	uint32_t seq = p->seq + syn, end;

	assert(!g->owner);
	st->counts.segments++;
	if (r->finishing)
		return;
	if (wire < n)
		wire = n;
	end = seq + wire;
	if ((p->flags & TCP_RST) && !syn) {
		take_reset(r, s, p);
		return;
	}
	if ((syn && (p->flags & (TCP_RST | TCP_FIN))) ||
		(syn && !answers(r, s, p)) || !take_place(r, s, seq, end, syn)) {
		st->counts.ignored++;
		return;
	}
	*g = (struct segment){
		.p = p->p, .at = p->at, .seq = seq, .n = n, .cut = wire - n,
		.ack = p->ack, .side = s,
		.acks = (p->flags & TCP_ACK) && take_ack(r, s, p->ack),
	};
	if (fin)
		take_fin(r, s, end);
	take_data(r, s);
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
	struct reasm_half *h = &r->half[g->side];
	uint32_t total = g->n + g->cut;
	int32_t old = seq_from(h->next, g->seq), over;

	if (old > 0) {
		old = (uint32_t)old < total ? old : (int32_t)total;
		segment_skip(g, (uint32_t)old);
	}
	over = h->has_fin ? seq_from(g->seq + g->n + g->cut, h->fin) : 0;
	if (over > 0) {
		uint32_t cut = (uint32_t)over < g->cut ? (uint32_t)over
						       : g->cut;

		over -= (int32_t)cut;
		g->cut -= cut;
		g->n -= (uint32_t)over < g->n ? (uint32_t)over : g->n;
	}
	if (g->n + g->cut == 0 || h->ended)
		g->owner = NULL;
}

/* Has anything at seq of this side gone by without being seen? One byte at
 * the end may be a FIN that was lost, and is not spoken of. */
static bool misses(const struct reasm_half *h, uint32_t seq)
{
	bool lone = h->lone && h->hole == h->next && seq == h->next + 1;

	return h->known && !h->ended && is_ahead(seq, h->next) && !lone;
}

static bool is_acked(const struct reasm *r, enum side s)
{
	const struct reasm_half *o = &r->half[side_other(s)];

	return o->acks && misses(&r->half[s], o->acked);
}

/* Does a side wait for bytes of the other which it acknowledges? */
static bool is_blocked(const struct reasm *r, enum side s, bool acks,
	uint32_t ack)
{
	return acks && misses(&r->half[side_other(s)], ack);
}

/* The bytes of a side that are missing before something that is known to be
 * there: up to *end. */
static bool find_hole(const struct reasm *r, enum side s, uint32_t *end)
{
	const struct reasm_half *h = &r->half[s];
	const struct block *b = block_get(r->store, h->first);

	if (h->ended || !h->known)
		return false;
	if (b)
		*end = b->seq;
	else if (h->has_fin)
		*end = h->fin;
	else if (is_acked(r, s))
		*end = r->half[side_other(s)].acked;
	else
		return false;
	return *end != h->next;
}

/* Has a side ended without FIN? */
static bool is_over(const struct reasm *r, enum side s)
{
	uint32_t end;

	if (!r->finishing && !r->half[0].reset && !r->half[1].reset)
		return false;
	return !find_hole(r, s, &end);
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

	if (h->ended)
		return f;
	if (b && b->seq == h->next) {
		f.kind = FRONT_BLOCK;
		f.blocked = is_blocked(r, s, b->acks, b->ack);
		f.at = b->at;
	} else if (is_here(r, s)) {
		if (g->seq != h->next)
			return f;
		f.kind = FRONT_SEGMENT;
		f.blocked = is_blocked(r, s, g->acks, g->ack);
		f.at = g->at;
	} else if (h->has_fin ? h->fin == h->next : !b && is_over(r, s)) {
		f.kind = FRONT_END;
		f.blocked = is_blocked(r, s, h->fin_acks, h->fin_ack);
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
	struct segment *g = &r->store->seg;
	const struct reasm_half *h = &r->half[s];
	const struct block *b = block_get(r->store, h->first);
	const uint8_t *p = g->p;
	uint32_t n = g->n > 0 ? g->n : g->cut;

	if (b && n > b->seq - h->next)
		n = b->seq - h->next;
	if (g->n > 0)
		give_data(r, s, p, n, g->at, out);
	else
		give_gap(r, s, h->next + n, g->at, out);
	segment_skip(g, n);
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

/* Notes since when each hole is there. */
static void watch(struct reasm *r, int64_t now)
{
	for (int s = 0; s < 2; s++) {
		struct reasm_half *h = &r->half[s];
		uint32_t end;
		bool hole = find_hole(r, s, &end);
		bool acked = hole && is_acked(r, s);

		if (hole && (!h->waits || h->hole != h->next ||
				h->hole_acked != acked)) {
			h->lone &= h->hole == h->next;
			h->hole = h->next;
			h->hole_since = now;
			h->hole_acked = acked;
			h->heard = false;
		} else if (hole && now < h->hole_since) {
			h->hole_since = now;
		}
		h->waits = hole;
	}
}

static bool is_ripe(const struct reasm *r, enum side s, int64_t now)
{
	const struct reasm_half *h = &r->half[s];
	int64_t wait = REASM_BLIND_WAIT;

	if (r->finishing)
		return true;
	if (h->hole_acked || r->half[0].reset || r->half[1].reset)
		wait = REASM_ACKED_WAIT;
	else if (h->heard)
		wait = REASM_LOST_WAIT;
	return now - h->hole_since >= wait;
}

/* Gives up on a hole. False if there was nothing to say: a side of which
 * only ACKs are seen has no gaps, nor is a lost FIN one. */
static bool give_up(struct reasm *r, enum side s, uint32_t end, int64_t now,
	struct chunk *out)
{
	struct reasm_half *h = &r->half[s];

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

/* 1: a gap was given, -1: go round again, 0: nothing is ripe. */
static int ripen(struct reasm *r, int64_t now, struct chunk *out)
{
	for (int s = 0; s < 2; s++) {
		const struct reasm_half *o = &r->half[!s];
		uint32_t end;

		if (!find_hole(r, s, &end) || !is_ripe(r, s, now))
			continue;
		/* Behind what is acknowledged there is hope yet, and what
		 * acknowledged it goes first. */
		if (is_acked(r, s) && seq_from(o->acked, end) < 0)
			end = o->acked;
		return give_up(r, s, end, now, out) ? 1 : -1;
	}
	return 0;
}

/* Moves a side to its far place, once its blocks are gone. */
static bool give_jump(struct reasm *r, enum side s, int64_t now,
	struct chunk *out)
{
	struct reasm_half *h = &r->half[s];
	const struct block *b = block_get(r->store, h->first);

	if (b && b->seq == h->next) {
		give_block(r, s, out);
	} else if (b) {
		give_gap(r, s, b->seq, now, out);
	} else {
		give_gap(r, s, h->far, now, out);
		rebase(r, s, h->far);
		h->has_far = h->jump = false;
		if (h->has_fin && !is_ahead(h->fin + 1, h->next))
			h->has_fin = false;
		r->store->counts.resyncs++;
	}
	return true;
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

	if (front_of(r, s).kind != FRONT_NONE) {
		hole = find_hole(r, o, &end);
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
	bool waits = is_blocked(r, g->side, g->acks, g->ack);

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
	g->owner = NULL;
	return true;
}

bool reasm_next(struct reasm *r, int64_t now, struct chunk *out)
{
	const struct segment *g = &r->store->seg;
	int ripe;

	drop_lent(r);
	do {
		for (int s = 0; s < 2; s++)
			if (r->half[s].jump)
				return give_jump(r, s, now, out);
		ripe = -1;
		if (g->owner == r)
			trim(r);
		if (give_front(r, now, out))
			return true;
		if (g->owner == r) {
			if (!keep(r) && make_room(r, now, out))
				return true;
		} else {
			watch(r, now);
			ripe = ripen(r, now, out);
		}
	} while (ripe < 0);
	return ripe > 0;
}

bool reasm_waiting(const struct reasm *r)
{
	return r->half[0].waits || r->half[1].waits;
}
