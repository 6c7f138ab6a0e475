/* envelope.h: the registries by which what a frame is wrapped in is numbered,
 * so that what was not understood can be counted and named by type. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum envelope_registry {
	ENVELOPE_LINKTYPE,  /* https://www.tcpdump.org/linktypes.html */
	ENVELOPE_ETHERTYPE, /* IEEE 802 */
	ENVELOPE_LLC,       /* IEEE 802.2: destination SAP */
	ENVELOPE_PPP,       /* RFC 1661: protocol */
	ENVELOPE_IP,        /* IANA: protocol */
	ENVELOPE_OTHER,     /* envelopes that have no registry */
	ENVELOPE_REGISTRIES
};

/* "ethertype 0x88f7 (PTP)", "IP protocol 50 (ESP)"; cut to fit. */
void envelope_name(enum envelope_registry registry, uint32_t number,
	char *out, size_t cap);
