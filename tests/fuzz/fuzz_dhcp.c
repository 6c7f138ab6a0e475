/* fuzz_dhcp.c: DHCP payloads, and ARP packets, which are as small. */
#include "capture/proto/arp.h"
#include "capture/proto/dhcp.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arp_binding b;
	struct dhcp_facts f;

	if (arp_parse(data, size, &b))
		assert(b.addr.family == 4 && !mac_is_group(&b.mac));
	if (!dhcp_parse(data, size, &f))
		return 0;
	assert(!f.leased || f.addr.family == 4);
	assert(text_is_clean(f.host, strlen(f.host)));
	assert(text_is_clean(f.class, strlen(f.class)));
	assert(text_is_clean(f.fqdn, strlen(f.fqdn)));
	return 0;
}
