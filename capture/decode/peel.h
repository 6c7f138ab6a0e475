/* peel.h: what the layer loop and its layers share; only for decode/. Each
 * layer is one function: it reads its header, moves the cursor behind it and
 * says what comes next. */
#pragma once
#include "capture/base/bytes.h"
#include "capture/base/envelope.h"
#include "capture/decode/decap.h"

enum layer {
	LAYER_DONE,  /* *out is filled */
	LAYER_OTHER, /* out->registry and out->number: nothing for us */
	/* link.c */
	LAYER_ETHERNET, LAYER_VLAN, LAYER_LLC, LAYER_SLL, LAYER_SLL2,
	LAYER_NULL, LAYER_TAG4, LAYER_TAG6, LAYER_PBB,
	/* ppp.c */
	LAYER_PPP, LAYER_PPPOE, LAYER_CISCO_HDLC, LAYER_L2TP2,
	/* pseudowire.c */
	LAYER_MPLS, LAYER_L2TP3,
	/* gre.c */
	LAYER_GRE, LAYER_ERSPAN,
	/* overlay.c */
	LAYER_VXLAN, LAYER_VXLAN_GPE, LAYER_GENEVE, LAYER_GTP_U,
	LAYER_L2TP3_UDP, LAYER_ETHERIP,
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
	bool in_ip;       /* an IP header was taken off, and no frame since */
	bool lacks;       /* and the frame was shorter than it says */
	int64_t at;
	struct ipfrag *frags;
	struct packet *out;
};

/* A header ran over the end: of the captured bytes, or of the packet. */
static inline enum decode peel_short(const struct peel *p)
{
	return p->cut > 0 ? DECODE_CUT : DECODE_BAD;
}

/* A length says that only n bytes more belong to this layer. False: the frame
 * did not have so many, on the wire either; then all that is left belongs to
 * it. What really is missing TCP shows as a hole, so it need not be believed
 * here, where a wrong length would hide bytes that come later. */
static inline bool peel_fence(struct peel *p, size_t n)
{
	size_t left = rd_left(&p->r);

	if (n > left + p->cut)
		return false;
	p->cut = n <= left ? 0 : n - left;
	if (n <= left)
		p->r = rd_init(p->r.p, n);
	return true;
}

/* A frame with MACs begins: tags of what carried it say nothing of it. */
static inline void peel_frame(struct peel *p)
{
	if (p->in_ip)
		p->out->tunnels++;
	p->in_ip = false;
	p->out->vlan_n = 0;
}

/* What comes next is not for us: that number of that registry. */
static inline void peel_other(struct peel *p, enum envelope_registry registry,
	uint32_t number)
{
	p->next = LAYER_OTHER;
	p->out->registry = (uint8_t)registry;
	p->out->number = number;
}

/* decap.c: what a number of these registries announces. */
enum layer layer_of_ethertype(uint16_t type);
void peel_ethertype(struct peel *p, uint16_t type);
void peel_protocol(struct peel *p, uint8_t protocol); /* IP, IANA */
/* overlay.c: the tunnel that begins at r behind a UDP header, or LAYER_DONE. */
enum layer layer_of_port(const struct peel *p, uint16_t sport, uint16_t dport);

enum decode link_ethernet(struct peel *p);
enum decode link_vlan(struct peel *p);
enum decode link_llc(struct peel *p);
enum decode link_sll(struct peel *p);
enum decode link_sll2(struct peel *p);
enum decode link_null(struct peel *p);
enum decode link_tag(struct peel *p, size_t n);
enum decode link_pbb(struct peel *p);

enum decode ppp(struct peel *p);
enum decode ppp_oe(struct peel *p);
enum decode ppp_cisco_hdlc(struct peel *p);
enum decode ppp_l2tp2(struct peel *p);

enum decode mpls(struct peel *p);
enum decode l2tp3(struct peel *p);

enum decode gre(struct peel *p);
enum decode gre_erspan(struct peel *p);

enum decode overlay_vxlan(struct peel *p);
enum decode overlay_vxlan_gpe(struct peel *p);
enum decode overlay_geneve(struct peel *p);
enum decode overlay_gtp_u(struct peel *p);
enum decode overlay_l2tp3(struct peel *p);
enum decode overlay_etherip(struct peel *p);

enum decode ip_any(struct peel *p);
enum decode ip4(struct peel *p);
enum decode ip6(struct peel *p);
enum decode ip6_options(struct peel *p);
enum decode ip6_fragment(struct peel *p);
enum decode ip_ah(struct peel *p);

enum decode transport_tcp(struct peel *p);
enum decode transport_udp(struct peel *p);
enum decode transport_arp(struct peel *p);
