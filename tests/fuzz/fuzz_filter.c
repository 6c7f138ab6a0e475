/* fuzz_filter.c: what the decoder calls mail, or a name, the kernel's filter
 * lets pass whole. Frames are as in fuzz_decap.c: a link type (2 bytes, big
 * endian), the bytes that a snap length cut off (1), its length (2), its
 * bytes. */
#include "capture/base/bytes.h"
#include "capture/decode/decap.h"
#include "capture/live/filter.h"
#include "capture/stream/flow.h"
#include "tests/fuzz/frames.h"
#include <assert.h>
#include <stdlib.h>

enum { BLOCKS = 12 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct filter *opened(void)
{
	struct filter_rules rules = {.mail_only = true};
	struct filter *f = NULL;
	struct err e = {0};
	bool ok = filter_open(&f, &rules, &e);

	assert(ok);
	return f;
}

static bool is_wanted(const struct packet *p)
{
	switch (p->kind) {
	case PACKET_TCP:
		return flow_is_mail_port(p->sport) ||
			flow_is_mail_port(p->dport);
	case PACKET_UDP:
		return p->sport == 53 || p->dport == 53 ||
			p->sport == 67 || p->dport == 67 ||
			p->sport == 137 || p->dport == 137 ||
			p->sport == 5353 || p->dport == 5353 ||
			p->sport == 5355 || p->dport == 5355;
	case PACKET_ARP:
	case PACKET_ND:
		return true;
	case PACKET_NONE:
		break;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct filter *filter; /* the same for all inputs */
	void *mem = calloc(1, ipfrag_bytes(BLOCKS));
	struct ipfrag *frags;
	struct rd r = rd_init(data, size);
	struct frame f = {0};
	uint8_t *copy;

	assert(mem);
	if (!filter)
		filter = opened();
	frags = ipfrag_init(mem, BLOCKS, (const uint8_t *)"0123456789abcdef");
	while (frames_next(&r, &f, &copy)) {
		struct packet p;

		if (decap(&f, frags, &p) == DECODE_OK && is_wanted(&p) &&
			filter_applies(filter, f.link))
			assert(filter_keeps(filter, &f) >= f.n);
		free(copy);
	}
	free(mem);
	return 0;
}
