/* fuzz_split.c: a conversation as it was sent, and the same bytes cut into other
 * segments, some twice, some overlapping, out of order within a window: the
 * records must be the same. Input: how to cut (8 bytes), then what is said:
 * side (1 byte), length (1 byte), content. */
#include "capture/base/bytes.h"
#include "capture/engine.h"
#include "capture/session/wire.h"
#include <assert.h>
#include <stdlib.h>

enum {
	FLAG_FIN = 1, FLAG_SYN = 2, FLAG_ACK = 16,
	PORT = 40312, HEADERS = 40, WINDOW = 8,
	SAYS = 1024,   /* turns; the rest of the input is not looked at */
	TOLD = 16384,  /* bytes of all records */
};

struct piece {
	uint8_t side, flags;
	uint32_t seq, ack;
	const uint8_t *p;
	size_t n;
};

struct play {
	struct engine *e;
	/* Sent, but not on the wire yet; as one may overtake another. */
	struct piece window[WINDOW];
	size_t window_n;
	uint32_t next[2];
	uint64_t luck; /* 0: the wire does nothing to what is sent */
	uint8_t told[TOLD];
	size_t told_n;
};

static uint32_t draw(struct play *t, uint32_t below)
{
	t->luck = t->luck * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(t->luck >> 33) % below;
}

static void drain(struct play *t)
{
	const struct record *r;

	while (engine_next(t->e, &r)) {
		size_t n = wire_encode(r, t->told + t->told_n,
			sizeof t->told - t->told_n);

		assert(n > 0);
		t->told_n += n;
	}
}

/* All at the same time: no hole is given up. */
static void put(struct play *t, const struct piece *x)
{
	size_t n = HEADERS + x->n;
	uint8_t *b = malloc(n);
	struct wr w = wr_init(b, n);
	struct frame f = {INT64_C(1764000000000000000), 101, b, n, n};

	assert(b);
	wr_be32(&w, 0x45000000 | (uint32_t)n);
	wr_be32(&w, 0);
	wr_be32(&w, 0x40060000);
	wr_be32(&w, 0x0a000001 + x->side);
	wr_be32(&w, 0x0a000002 - x->side);
	wr_be16(&w, x->side == 0 ? PORT : 25);
	wr_be16(&w, x->side == 0 ? 25 : PORT);
	wr_be32(&w, x->seq);
	wr_be32(&w, x->flags & FLAG_ACK ? x->ack : 0);
	wr_be32(&w, 0x5000ffff | (uint32_t)x->flags << 16);
	wr_be32(&w, 0);
	wr_bytes(&w, x->p, x->n);
	assert(wr_ok(&w) && wr_used(&w) == n);
	engine_frame(t->e, &f);
	drain(t);
	free(b);
}

/* One of those that are on their way arrives. */
static void arrive(struct play *t)
{
	size_t i = draw(t, (uint32_t)t->window_n);

	put(t, &t->window[i]);
	if (draw(t, 8) == 0)
		return; /* and will arrive again */
	t->window[i] = t->window[--t->window_n];
}

static void send_piece(struct play *t, struct piece x)
{
	if (t->luck == 0) {
		put(t, &x);
		return;
	}
	while (t->window_n == WINDOW)
		arrive(t);
	t->window[t->window_n++] = x;
}

static void say(struct play *t, uint8_t side, const uint8_t *p, size_t n)
{
	uint32_t start = t->next[side], ack = t->next[!side];

	t->next[side] += (uint32_t)n;
	for (size_t at = 0; at < n;) {
		size_t back = 0, len = n - at;

		if (t->luck != 0) {
			len = 1 + draw(t, (uint32_t)len);
			back = draw(t, 4) == 0 ? draw(t, (uint32_t)at + 1) : 0;
		}
		send_piece(t, (struct piece){side, FLAG_ACK,
			start + (uint32_t)(at - back), ack, p + at - back,
			len + back});
		at += len;
	}
}

static void shake_hands(struct play *t)
{
	put(t, &(struct piece){0, FLAG_SYN, t->next[0] - 1, 0, NULL, 0});
	put(t, &(struct piece){1, FLAG_SYN | FLAG_ACK, t->next[1] - 1,
		t->next[0], NULL, 0});
	put(t, &(struct piece){0, FLAG_ACK, t->next[0], t->next[1], NULL, 0});
}

static void play(struct play *t, struct rd in, uint64_t luck)
{
	static const uint8_t key[16] = "fuzz";
	static const struct engine_limits limits = {
		.flows = 2, .sessions = 2, .blocks = 512, .fragments = 1};

	*t = (struct play){.e = engine_new(&limits, key, key),
		.luck = luck, .next = {UINT32_MAX - 99, INT32_MAX - 99}};
	assert(t->e);
	shake_hands(t);
	for (int i = 0; i < SAYS && rd_left(&in) > 0; i++) {
		uint8_t side = rd_u8(&in) & 1;
		size_t n = rd_u8(&in);

		if (n > rd_left(&in))
			n = rd_left(&in);
		say(t, side, in.p, n);
		rd_skip(&in, n);
	}
	for (uint8_t side = 0; side < 2; side++) {
		send_piece(t, (struct piece){side, FLAG_FIN | FLAG_ACK,
			t->next[side], t->next[!side], NULL, 0});
		t->next[side]++;
	}
	while (t->window_n > 0)
		arrive(t);
	engine_finish(t->e);
	drain(t);
	engine_free(t->e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct play whole, cut;
	struct rd in = rd_init(data, size);
	uint64_t luck = rd_be64(&in);

	play(&whole, in, 0);
	play(&cut, in, luck | 1);
	assert(whole.told_n == cut.told_n);
	assert(memcmp(whole.told, cut.told, cut.told_n) == 0);
	return 0;
}
