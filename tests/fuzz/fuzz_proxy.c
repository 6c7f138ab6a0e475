/* fuzz_proxy.c: two sides of a proxy's handshake, as chunks, byte by byte, and
 * one side after the other: what is taken off must be the same. Input: chunks:
 * side and kind (1 byte), length (1 byte), content. */
#include "capture/base/bytes.h"
#include "capture/proto/proxy.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t feed(struct proxy *p, const struct chunk *c, size_t piece)
{
	struct chunk one = *c;
	size_t behind = 0;

	if (c->kind != CHUNK_DATA)
		return proxy_feed(p, c).n;
	for (size_t at = 0; at < c->n; at += piece) {
		struct chunk rest;

		one.p = c->p + at;
		one.n = c->n - at < piece ? c->n - at : piece;
		rest = proxy_feed(p, &one);
		assert(rest.p + rest.n == one.p + one.n);
		behind += rest.n;
	}
	return behind;
}

static void same(const struct proxy *a, const struct proxy *b)
{
	char host[2][TEXT_MAX];

	assert(a->refused == b->refused && a->kind == b->kind);
	if (a->refused)
		return;
	assert(a->asked == b->asked && a->port == b->port);
	assert(proxy_is_open(a) == proxy_is_open(b));
	proxy_host(a, host[0]);
	proxy_host(b, host[1]);
	assert(strcmp(host[0], host[1]) == 0);
	assert(a->host_n <= PROXY_HOST && (!a->asked || a->host_n > 0 ||
		a->kind == PROXY_SOCKS4));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum chunk_kind kinds[4] = {
		CHUNK_DATA, CHUNK_DATA, CHUNK_GAP, CHUNK_END};
	struct rd in = rd_init(data, size);
	struct proxy whole, bytes;

	proxy_init(&whole);
	proxy_init(&bytes);
	while (rd_left(&in) > 1) {
		uint8_t what = rd_u8(&in);
		size_t n = rd_u8(&in), have = rd_left(&in), behind;
		struct chunk c = {.kind = kinds[what >> 1 & 3],
			.side = what & 1 ? SIDE_SERVER : SIDE_CLIENT, .n = n};

		if (c.kind == CHUNK_DATA) {
			c.n = n < have ? n : have;
			c.p = rd_take(&in, c.n);
		} else if (c.kind == CHUNK_END) {
			c.n = 0;
		}
		if (c.kind == CHUNK_DATA)
			(void)proxy_plausible(c.side, c.p, c.n);
		behind = feed(&whole, &c, c.n > 0 ? c.n : 1);
		assert(behind == feed(&bytes, &c, 1) || whole.refused);
		same(&whole, &bytes);
	}
	return 0;
}
