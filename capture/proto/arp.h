/* arp.h: who has an address, from ARP (RFC 826). */
#pragma once
#include "capture/base/addr.h"

struct arp_binding {
	struct addr addr;
	struct mac mac;
};

/* The sender of an ARP packet (n bytes behind the Ethernet header; padding
 * may follow): a request, a reply or an announcement says alike that the
 * address is his. False for probes (RFC 5227: from 0.0.0.0), for addresses
 * and MACs that no single station can have, and for anything but IPv4 on
 * Ethernet; *out is written only on success. */
bool arp_parse(const uint8_t *p, size_t n, struct arp_binding *out);
