/* peel.h: what the layer loop and its layers share; only for decode/. Each
 * layer is one function: it reads its header, moves the cursor behind it and
 * says what comes next. */
#pragma once
#include "capture/base/bytes.h"
#include "capture/decode/decap.h"

enum layer {
	LAYER_DONE,  /* *out is filled */
	LAYER_OTHER, /* nothing for us */
	/* link.c */
	LAYER_ETHERNET, LAYER_VLAN, LAYER_LLC, LAYER_SLL, LAYER_SLL2,
	LAYER_NULL,
	/* ip.c */
	LAYER_IP, /* 4 or 6, as its first bits say */
	LAYER_IP4, LAYER_IP6, LAYER_IP6_OPTIONS, LAYER_IP6_FRAGMENT, LAYER_AH,
	/* transport.c */
	LAYER_TCP, LAYER_UDP, LAYER_ARP,
};

struct peel {
	struct rd r;      /* what is left */
	size_t cut;       /* bytes that were sent behind it, not captured */
	enum layer next;  /* what r begins with */
	bool in_ip;       /* an IP header was taken off */
	int64_t at;
	struct ipfrag *frags;
	struct packet *out;
};

/* A header ran over the end: of the captured bytes, or of the packet. */
static inline enum decode peel_short(const struct peel *p)
{
	return p->cut > 0 ? DECODE_CUT : DECODE_BAD;
}

/* A length says that only n bytes more belong to this layer. A length beyond
 * the frame is believed: the rest was cut off on the way (ERSPAN does), or
 * by a tool that does not say so. */
static inline void peel_fence(struct peel *p, size_t n)
{
	size_t left = rd_left(&p->r);

	if (n <= left)
		p->r = rd_init(p->r.p, n);
	p->cut = n <= left ? 0 : n - left;
}

/* decap.c: what a number of these registries announces. */
enum layer layer_of_ethertype(uint16_t type);
enum layer layer_of_protocol(uint8_t protocol); /* IP, IANA */

enum decode link_ethernet(struct peel *p);
enum decode link_vlan(struct peel *p);
enum decode link_llc(struct peel *p);
enum decode link_sll(struct peel *p);
enum decode link_sll2(struct peel *p);
enum decode link_null(struct peel *p);

enum decode ip_any(struct peel *p);
enum decode ip4(struct peel *p);
enum decode ip6(struct peel *p);
enum decode ip6_options(struct peel *p);
enum decode ip6_fragment(struct peel *p);
enum decode ip_ah(struct peel *p);

enum decode transport_tcp(struct peel *p);
enum decode transport_udp(struct peel *p);
enum decode transport_arp(struct peel *p);
