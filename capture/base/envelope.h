/* envelope.h: the registries by which what a frame is wrapped in is numbered,
 * so that what was not understood can be counted and named by type. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum envelope_registry {
	ENVELOPE_LINKTYPE,  /* https://www.tcpdump.org/linktypes.html */
	ENVELOPE_ETHERTYPE, /* IEEE 802 */
	ENVELOPE_LLC,       /* IEEE 802.2: destination SAP */
	ENVELOPE_PPP,       /* RFC 1661: protocol */
	ENVELOPE_IP,        /* IANA: protocol */
	ENVELOPE_OTHER,     /* no registry: enum envelope_other */
	ENVELOPE_NLPID,     /* ISO/IEC TR 9577, behind Frame Relay */
	ENVELOPE_SNAP,      /* IEEE: organisation that numbers its own */
	ENVELOPE_NSH,       /* RFC 8300: next protocol; VXLAN-GPE's too */
	ENVELOPE_REGISTRIES
};

/* Numbers of ENVELOPE_OTHER: envelopes that no registry numbers. */
enum envelope_other {
	ENVELOPE_REST,        /* kinds too many to be counted each */
	ENVELOPE_WLAN_SECRET, /* 802.11 frames under WEP, TKIP, CCMP, GCMP */
	ENVELOPE_MPLS_INNER,  /* behind the labels neither IP nor Ethernet */
	ENVELOPE_L2TP3_INNER, /* no Ethernet in an L2TPv3 session */
	ENVELOPE_GRE_VERSION,
	ENVELOPE_ERSPAN,      /* version or kind of frame */
	ENVELOPE_ESP_UDP,     /* RFC 3948 */
	ENVELOPE_WIREGUARD,
	ENVELOPE_DTLS_CAPWAP, /* RFC 5415 */
	ENVELOPE_PARTIAL,     /* a piece by a link layer, not put together */
	ENVELOPE_NULL_FAMILY, /* of BSD's loopback: not an address family */
	ENVELOPE_OTHERS
};

/* "ethertype 0x88e5 (MACsec, encrypted)", "IP protocol 50 (ESP, encrypted)";
 * cut to fit. */
void envelope_name(enum envelope_registry registry, uint32_t number,
	char *out, size_t cap);

/* Is it known what that is, and that no mail is in it? So it is with what
 * switches, routers and links say to each other, all day and on every wire:
 * those frames are understood. What hides its content, or is not known, is
 * not. */
bool envelope_holds_none(enum envelope_registry registry, uint32_t number);
