/* push.c: what a segment says, as far as it is to be believed. */
#include "capture/stream/half.h"
#include <assert.h>

/* No frame is larger: libpcap's longest, for hosts that see their segments
 * before they are cut. */
enum { SEGMENT_MAX = 1 << 18 };

/* Milliseconds that wrap: differences are right for three weeks. */
static uint32_t in_ms(int64_t at)
{
	return (uint32_t)((uint64_t)at / 1000000);
}

/* Have all segments of a side been far away for a while? Where a firewall
 * between two mirrored lines changes sequence numbers, each of the far ones
 * is followed by its copy that is in place. */
static bool is_lost(const struct reasm_half *h, int64_t at)
{
	int32_t gone = (int32_t)(in_ms(at) - h->far_since);

	return h->has_far && gone >= REASM_FAR_WAIT / 1000000;
}

/* A side of which nothing was given may have begun earlier than it seemed: a
 * SYN says so, or an older byte while all is held. */
static void begin_at(struct reasm_half *h, uint32_t seq, bool syn)
{
	if (!h->given && !h->begun && !seq_is_far(seq, h->next) &&
		seq_from(seq, h->next) < 0)
		h->next = seq;
	h->begun |= syn;
}

/* Is a segment that begins at seq and ends at end to be believed? Finds the
 * beginning of the side, too. */
static bool take_place(struct reasm *r, enum side s, uint32_t seq,
	uint32_t end, const struct packet *p)
{
	struct reasm_half *h = &r->half[s];
	bool syn = p->flags & TCP_SYN;
	bool may_move = !h->seen || (syn && !h->given && h->first == 0);

	if (!h->known || (may_move && (syn || seq_is_far(seq, h->next))))
		half_move(r, s, seq);
	else if (syn || (r->holding && seq != end))
		begin_at(h, seq, syn);
	h->begun |= syn;
	if (!seq_is_far(seq, h->next)) {
		h->seen = true;
		h->blind = h->has_far = false;
		return true;
	}
	if (h->ended)
		return false;
	if (is_lost(h, p->at) && seq == h->far && seq != end) {
		h->jump = true;
		return true;
	}
	if (!h->has_far)
		h->far_since = in_ms(p->at);
	h->has_far = true;
	h->far = end;
	return false;
}

/* Side s says what it has got of the other. */
static void take_ack(struct reasm *r, enum side s, const struct packet *p)
{
	struct reasm_half *h = &r->half[s], *o = &r->half[side_other(s)];
	uint32_t ack = p->ack;

	if (!o->known)
		half_move(r, side_other(s), ack);
	if (p->flags & TCP_SYN)
		begin_at(o, ack, true);
	if (seq_is_far(ack, o->next)) {
		if (is_lost(o, p->at) &&
			seq_from(ack, o->far) <= SEGMENT_MAX &&
			seq_from(ack, o->far) >= -SEGMENT_MAX)
			o->jump = true;
		return;
	}
	if (!h->acks || seq_from(ack, h->acked) > 0)
		h->acked = ack;
	h->acks = true;
	o->heard = true;
	if (o->blind && seq_from(ack, o->next) > 0)
		o->next = ack;
}

/* A SYN ACK that answers another SYN is an old one, or forged. */
static bool is_strange(const struct reasm *r, enum side s,
	const struct packet *p)
{
	const struct reasm_half *o = &r->half[side_other(s)];

	return (p->flags & TCP_ACK) && o->known &&
		seq_is_far(p->ack, o->next);
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
		p->seq == half_end(r, s) || (o->acks && p->seq == o->acked);
}

static void take_reset(struct reasm *r, enum side s, const struct packet *p)
{
	struct reasm_half *h = &r->half[s];

	if (!reset_fits(r, s, p)) {
		r->store->counts.ignored++;
		return;
	}
	h->reset = true;
	/* What it has got may be captured behind it. */
	if (p->flags & TCP_ACK)
		take_ack(r, s, p);
	if (h->known && !h->has_fin && seq_is_ahead(p->seq, half_end(r, s))) {
		h->has_fin = true;
		h->fin = p->seq;
		h->fin_ack = p->ack;
		h->fin_acks = p->flags & TCP_ACK;
	}
}

static void take_fin(struct reasm *r, enum side s, uint32_t fin)
{
	struct reasm_half *h = &r->half[s];
	const struct segment *g = &r->store->seg;

	if (h->ended)
		return;
	if (!h->jump && (h->has_fin || seq_from(fin, half_end(r, s)) < 0))
		return;
	h->has_fin = true;
	h->fin = fin;
	h->fin_ack = g->ack;
	h->fin_acks = g->acks;
}

/* Takes what is new of a segment in hand. */
static void take_data(struct reasm *r, enum side s)
{
	struct reasm_half *h = &r->half[s];
	struct reasm_counts *c = &r->store->counts;
	struct segment *g = &r->store->seg;
	uint32_t total = g->n + g->cut;
	bool differs = false;

	if (h->jump) {
		g->owner = r;
		return;
	}
	if (seq_from(g->seq + total, h->next) <= 0) {
		c->duplicate++;
		return;
	}
	if (h->ended || (h->has_fin && seq_from(g->seq, h->fin) >= 0)) {
		c->ignored++;
		return;
	}
	if (seq_from(g->seq, h->next) > 0)
		c->out_of_order++;
	if (h->first > 0 &&
		block_overlap(r->store, h, g, &differs) == total)
		c->duplicate++;
	else
		g->owner = r;
	c->overlap_differs += differs;
}

/* RFC 9293, 3.8.4: nothing, or one byte of rubbish, where the last byte of
 * the side stands. */
static bool is_keepalive(const struct reasm *r, enum side s,
	const struct packet *p)
{
	return p->seq + 1 == r->half[s].next && p->wire_n <= 1 &&
		!(p->flags & (TCP_SYN | TCP_FIN));
}

void reasm_push(struct reasm *r, enum side s, const struct packet *p)
{
	struct reasm_store *st = r->store;
	bool syn = p->flags & TCP_SYN, fin = p->flags & TCP_FIN;
	bool rst = p->flags & TCP_RST, acks = p->flags & TCP_ACK;
	size_t n = p->n < SEGMENT_MAX ? p->n : SEGMENT_MAX;
	size_t wire_n = p->wire_n < SEGMENT_MAX ? p->wire_n : SEGMENT_MAX;
	uint32_t total = (uint32_t)(wire_n > n ? wire_n : n);
	uint32_t seq = p->seq + syn;

	assert(!st->seg.owner);
	st->counts.segments++;
	if (r->finishing)
		return;
	if (rst && !syn) {
		take_reset(r, s, p);
		return;
	}
	if ((syn && (rst || fin || is_strange(r, s, p))) ||
		!take_place(r, s, seq, seq + total, p)) {
		st->counts.ignored++;
		return;
	}
	if (acks)
		take_ack(r, s, p);
	st->seg = (struct segment){
		.p = p->p, .at = p->at, .seq = seq, .n = (uint32_t)n,
		.cut = total - (uint32_t)n, .ack = p->ack, .acks = acks,
		.side = s,
	};
	if (fin)
		take_fin(r, s, seq + total);
	if (is_keepalive(r, s, p))
		st->counts.keepalives++;
	else if (total > 0)
		take_data(r, s);
}
