/* nd.h: who has an address, from IPv6's neighbour discovery (RFC 4861). */
#pragma once
#include "capture/base/addr.h"

struct nd_binding {
	struct addr addr;
	struct mac mac;
};

/* An ICMPv6 message (n bytes behind the IPv6 header) that src sent with that
 * hop limit: a solicitation and a router's advertisement say it of src, an
 * advertisement of the address in it. False for probes (RFC 4862: from ::), for
 * what has crossed a router, for addresses and MACs that no single station can
 * have, and where the MAC is left out; *out is written only on success. */
bool nd_parse(const uint8_t *p, size_t n, const struct addr *src,
	uint8_t hop_limit, struct nd_binding *out);
