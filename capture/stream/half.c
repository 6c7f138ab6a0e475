/* half.c: see half.h. */
#include "capture/stream/half.h"
#include <assert.h>

uint32_t half_end(const struct reasm *r, enum side s)
{
	const struct reasm_half *h = &r->half[s];
	const struct block *b = block_get(r->store, h->last);

	return b ? block_end(b) : h->next;
}

void half_move(struct reasm *r, enum side s, uint32_t seq)
{
	struct reasm_half *h = &r->half[s], *o = &r->half[side_other(s)];

	assert(h->first == 0);
	h->next = seq;
	h->known = true;
	if (seq_is_far(o->acked, seq))
		o->acks = false;
}

/* Did bytes up to seq go by without being seen? One byte at the end may have
 * been a FIN, and is not spoken of once it was waited for. */
static bool misses(const struct reasm_half *h, uint32_t seq)
{
	bool lone = h->lone && h->hole == h->next && h->first == 0 &&
		seq == h->next + 1;

	return h->known && !h->ended && seq_is_ahead(seq, h->next) && !lone;
}

bool half_is_acked(const struct reasm *r, enum side s)
{
	const struct reasm_half *o = &r->half[side_other(s)];

	return o->acks && misses(&r->half[s], o->acked);
}

bool half_is_blocked(const struct reasm *r, enum side s, bool acks,
	uint32_t ack)
{
	enum side o = side_other(s);

	return acks && half_is_acked(r, o) && misses(&r->half[o], ack);
}

/* Behind what is acknowledged there is hope yet, and what acknowledges it
 * goes first: so a hole ends there. */
bool half_hole(const struct reasm *r, enum side s, uint32_t *end)
{
	const struct reasm_half *h = &r->half[s], *o = &r->half[side_other(s)];
	const struct block *b = block_get(r->store, h->first);
	bool acked = half_is_acked(r, s);

	if (h->ended || !h->known)
		return false;
	if (r->holding) {
		*end = h->next;
		return b || h->has_fin || h->reset;
	}
	if (b)
		*end = b->seq;
	else if (h->has_fin)
		*end = h->fin;
	else if (!acked)
		return false;
	if (acked && ((!b && !h->has_fin) || seq_from(o->acked, *end) < 0))
		*end = o->acked;
	return *end != h->next;
}

void half_watch(struct reasm *r, enum side s, int64_t now)
{
	struct reasm_half *h = &r->half[s];
	uint32_t end;
	bool hole = half_hole(r, s, &end), acked = hole && half_is_acked(r, s);

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

enum reasm_patience half_patience(const struct reasm *r, enum side s)
{
	const struct reasm_half *h = &r->half[s];

	if (r->holding)
		return REASM_HELD;
	if (h->hole_acked || r->half[0].reset || r->half[1].reset)
		return REASM_ACKED;
	return h->heard ? REASM_LOST : REASM_BLIND;
}

int64_t half_ripe_at(const struct reasm *r, enum side s)
{
	static const int64_t waits[] = {
		[REASM_HELD] = REASM_HELD_WAIT,
		[REASM_ACKED] = REASM_ACKED_WAIT,
		[REASM_BLIND] = REASM_BLIND_WAIT,
		[REASM_LOST] = REASM_LOST_WAIT,
	};

	return r->half[s].hole_since + waits[half_patience(r, s)];
}

bool half_is_ripe(const struct reasm *r, enum side s, int64_t now)
{
	if (!r->half[s].waits)
		return false;
	return r->finishing || r->hurried || now >= half_ripe_at(r, s);
}
