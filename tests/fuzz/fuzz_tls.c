/* fuzz_tls.c: two sides of TLS, as chunks and byte by byte: the events must
 * be the same. Input: midstream (1 byte), then chunks: side and kind (1 byte),
 * length (2 bytes), content. */
#include "capture/proto/tls.h"
#include "capture/base/bytes.h"
#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct told {
	struct tls *tls;
	struct tls_scratch scratch;
	uint32_t sum;
};

static void add(struct told *t, const void *p, size_t n)
{
	const uint8_t *b = p;

	while (n-- > 0)
		t->sum = t->sum * 16777619 ^ *b++;
}

static void feed(struct told *t, const struct chunk *c)
{
	struct tls_event e;

	tls_feed(t->tls, c);
	while (tls_next(t->tls, &e)) {
		uint32_t v[] = {e.kind, e.side, e.version, e.cipher, e.type,
			e.length, e.lost, e.level, e.code};

		add(t, v, sizeof v);
		if (e.client)
			add(t, e.client, sizeof *e.client);
		if (e.certificate)
			add(t, e.certificate, sizeof *e.certificate);
		if (e.kind == TLS_BROKEN)
			assert(tls_rest(t->tls).n <= c->n);
	}
}

static void feed_both(struct told *whole, struct told *bytes,
	const struct chunk *c)
{
	struct chunk one = *c;

	feed(whole, c);
	if (c->kind != CHUNK_DATA)
		feed(bytes, c);
	for (size_t i = 0; c->kind == CHUNK_DATA && i < c->n; i++) {
		one.p = c->p + i;
		one.n = 1;
		feed(bytes, &one);
	}
	assert(whole->sum == bytes->sum);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(data, size);
	struct told *t = calloc(2, sizeof *t);
	bool midstream = rd_u8(&r) & 1;

	for (int i = 0; i < 2; i++) {
		t[i].tls = malloc(tls_size());
		tls_init(t[i].tls, &t[i].scratch, midstream);
	}
	while (rd_left(&r) > 0) {
		uint8_t what = rd_u8(&r);
		size_t n = rd_be16(&r);
		struct chunk c = {CHUNK_DATA, what & 1 ? SIDE_SERVER
			: SIDE_CLIENT, 1, NULL, n};

		if ((what & 6) == 2)
			c.kind = CHUNK_GAP;
		else if ((what & 6) == 4)
			c.kind = CHUNK_END;
		if (c.kind == CHUNK_DATA) {
			c.n = n < rd_left(&r) ? n : rd_left(&r);
			c.p = rd_take(&r, c.n);
		}
		feed_both(&t[0], &t[1], &c);
	}
	for (int i = 0; i < 2; i++)
		free(t[i].tls);
	free(t);
	return 0;
}
