/* fuzz_decap.c: frames, and a small table of fragments that they share. Each
 * frame is a link type (2 bytes, big endian), the bytes that a snap length cut
 * off (1), its length (2) and its bytes. */
#include "capture/base/bytes.h"
#include "capture/decode/decap.h"
#include "tests/fuzz/frames.h"
#include <assert.h>
#include <stdlib.h>

enum { BLOCKS = 12 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const struct packet *p)
{
	static volatile uint8_t sum;

	assert(p->kind == PACKET_TCP || p->kind == PACKET_UDP ||
		p->kind == PACKET_ARP || p->kind == PACKET_ND);
	assert(p->n <= p->wire_n && p->vlan_n <= PACKET_VLANS);
	assert(p->tunnels <= DECAP_DEPTH);
	assert(addr_len(&p->src) == addr_len(&p->dst));
	for (size_t i = 0; i < p->n; i++)
		sum = (uint8_t)(sum + p->p[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *mem = calloc(1, ipfrag_bytes(BLOCKS));
	struct ipfrag *frags;
	struct rd r = rd_init(data, size);
	struct frame f = {0};
	uint8_t *copy;

	assert(mem);
	frags = ipfrag_init(mem, BLOCKS, (const uint8_t *)"0123456789abcdef");
	while (frames_next(&r, &f, &copy)) {
		struct packet p;

		if (decap(&f, frags, &p) == DECODE_OK)
			look(&p);
		while (p.rest_n > 0) {
			assert(p.rest > f.p && p.rest + p.rest_n <= f.p + f.n);
			f = (struct frame){f.at, FRAME_AMSDU, p.rest, p.rest_n,
				p.rest_wire_n};
			if (decap(&f, frags, &p) == DECODE_OK)
				look(&p);
		}
		free(copy);
	}
	free(mem);
	return 0;
}
