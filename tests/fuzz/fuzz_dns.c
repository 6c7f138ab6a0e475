/* fuzz_dns.c: messages of DNS, mDNS and LLMNR; the first byte picks whose. */
#include "capture/base/text.h"
#include "capture/proto/dns.h"
#include "capture/session/hint.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_message(const uint8_t *p, size_t n)
{
	struct dns_question q;
	struct dns_record r;
	char text[TEXT_MAX];
	struct addr addr;
	struct dns d;
	size_t seen = 0;

	if (!dns_open(&d, p, n))
		return;
	while (dns_question(&d, &q))
		seen++;
	while (dns_record(&d, &r)) {
		seen++;
		dns_name_text(&r.name, text);
		assert(text_is_clean(text, strlen(text)));
		dns_name_text(&r.target, text);
		assert(text_is_clean(text, strlen(text)));
		assert(!dns_reverse(&r.name, &addr) || addr.family != 0);
	}
	assert(seen <= DNS_RECORDS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t ports[] = {53, 5353, 5355};
	static struct hints h;
	const struct record *r;
	struct packet p = {.kind = PACKET_UDP, .has_src_mac = true,
		.src_mac = {{0, 0x26, 0x73, 0xa5, 0xa8, 0xf3}},
		.src = {4, {10, 20, 4, 31}}, .ttl = 255};

	if (size == 0)
		return 0;
	read_message(data + 1, size - 1);
	hints_init(&h, (const uint8_t[16]){1});
	p.sport = ports[data[0] % 3];
	p.p = data + 1;
	p.n = p.wire_n = size - 1;
	hints_udp(&h, &p);
	while (hints_next(&h, &r))
		if (r->kind == RECORD_IDENTITY)
			assert(text_is_clean(r->identity.value,
				strlen(r->identity.value)) &&
				r->identity.kind < RECORD_NAMES);
	return 0;
}
