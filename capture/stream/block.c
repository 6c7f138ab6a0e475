/* block.c: see block.h. */
#include "capture/stream/block.h"
#include "capture/base/bytes.h"
#include <assert.h>
#include <stdalign.h>

/* So that blocks of the pool are an array, and have numbers. */
static_assert(sizeof(struct block) % alignof(max_align_t) == 0, "padding");

static uint32_t min32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

void segment_skip(struct segment *g, uint32_t n)
{
	uint32_t captured = min32(n, g->n), cut = min32(n - captured, g->cut);

	if (captured > 0)
		g->p += captured;
	g->n -= captured;
	g->cut -= cut;
	g->seq += captured + cut;
}

void segment_chop(struct segment *g, uint32_t n)
{
	uint32_t cut = min32(n, g->cut);

	g->cut -= cut;
	g->n -= min32(n - cut, g->n);
}

/* The last block that begins at or before seq. New bytes mostly belong at
 * the end, so that is where to look first. */
static struct block *last_before(const struct reasm_store *st,
	const struct reasm_half *h, uint32_t seq)
{
	struct block *b = block_get(st, h->last), *before = NULL;

	if (b && seq_from(seq, b->seq) >= 0)
		return b;
	b = block_get(st, h->first);
	while (b && seq_from(seq, b->seq) >= 0) {
		before = b;
		b = block_get(st, b->next);
	}
	return before;
}

uint32_t block_overlap(const struct reasm_store *st,
	const struct reasm_half *h, const struct segment *g, bool *differs)
{
	uint32_t common = 0, total = g->n + g->cut;
	const struct block *b = last_before(st, h, g->seq);

	if (!b)
		b = block_get(st, h->first);
	*differs = false;
	for (; b; b = block_get(st, b->next)) {
		int32_t from = seq_from(b->seq, g->seq);
		uint32_t in_block = from < 0 ? (uint32_t)-from : 0;
		uint32_t in_seg = from > 0 ? (uint32_t)from : 0, n;

		if (in_seg >= total)
			break;
		if (in_block >= b->n + b->cut)
			continue;
		common += min32(b->n + b->cut - in_block, total - in_seg);
		if (in_block >= b->n || in_seg >= g->n)
			continue;
		n = min32(b->n - in_block, g->n - in_seg);
		if (memcmp(b->data + in_block, g->p + in_seg, n) != 0)
			*differs = true;
	}
	return common;
}

static struct block *insert(struct reasm_store *st, struct reasm_half *h,
	struct block *before, const struct segment *g, bool waits)
{
	struct block *b = pool_get(&st->pool);
	uint32_t *link = before ? &before->next : &h->first;
	uint32_t number;

	if (!b)
		return NULL;
	number = (uint32_t)(b - st->blocks) + 1;
	b->seq = g->seq;
	b->at = g->at;
	b->acks = waits;
	b->ack = g->ack;
	b->next = *link;
	*link = number;
	if (b->next == 0)
		h->last = number;
	h->blocks_n++;
	return b;
}

/* May the segment's next bytes be appended to a block? Not if they have to
 * wait for more than the block does. */
static bool joins(const struct block *b, const struct segment *g, bool waits)
{
	if (!b || block_end(b) != g->seq)
		return false;
	if (waits && !(b->acks && seq_from(g->ack, b->ack) <= 0))
		return false;
	return g->n == 0 || (b->cut == 0 && b->n < REASM_BLOCK);
}

bool block_keep(struct reasm_store *st, struct reasm_half *h,
	struct segment *g, bool may_get, bool waits)
{
	struct block *b = last_before(st, h, g->seq);
	const struct block *after = block_get(st, b ? b->next : h->first);
	uint32_t n = g->n > 0 ? g->n : g->cut;

	if (b && seq_from(block_end(b), g->seq) > 0) {
		segment_skip(g, block_end(b) - g->seq);
		return true;
	}
	if (!joins(b, g, waits) &&
		!(may_get && (b = insert(st, h, b, g, waits)) != NULL))
		return false;
	if (after)
		n = min32(n, after->seq - g->seq);
	if (g->n > 0) {
		n = min32(n, (uint32_t)(REASM_BLOCK - b->n));
		memcpy(b->data + b->n, g->p, n);
		b->n = (uint16_t)(b->n + n);
	} else {
		b->cut += n;
	}
	segment_skip(g, n);
	return true;
}

uint32_t block_shift(struct reasm_store *st, struct reasm_half *h)
{
	uint32_t i = h->first;

	assert(i > 0);
	h->first = st->blocks[i - 1].next;
	if (h->first == 0)
		h->last = 0;
	h->blocks_n--;
	return i;
}

void block_free(struct reasm_store *st, uint32_t i)
{
	pool_put(&st->pool, block_get(st, i));
}
