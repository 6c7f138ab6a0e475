/* decap.c: the layer loop. To follow a frame, read decap() at the end. */
#include "capture/decode/peel.h"

/* https://www.tcpdump.org/linktypes.html */
enum linktype {
	LINK_NULL = 0,
	LINK_ETHERNET = FRAME_ETHERNET,
	LINK_PPP = 9,
	LINK_RAW_BSD = 12,     /* DLT_RAW of most systems */
	LINK_RAW_OPENBSD = 14,
	LINK_PPP_HDLC = 50,
	LINK_PPP_ETHER = 51,
	LINK_RAW = 101,
	LINK_CISCO_HDLC = 104,
	LINK_LOOP = 108,
	LINK_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_SLL2 = 276,
};

/* https://www.iana.org/assignments/ieee-802-numbers */
enum ethertype {
	TYPE_IP4 = 0x0800,
	TYPE_ARP = 0x0806,
	TYPE_ETHERNET = 0x6558,
	TYPE_VLAN = 0x8100,
	TYPE_IP6 = 0x86dd,
	TYPE_MPLS = 0x8847,
	TYPE_MPLS_UPSTREAM = 0x8848, /* RFC 5332 */
	TYPE_PPPOE = 0x8864,
	TYPE_VLAN_SERVICE = 0x88a8,  /* 802.1ad */
	TYPE_PBB = 0x88e7,
	TYPE_CISCO_META = 0x8909,    /* TrustSec */
	TYPE_VNTAG = 0x8926,         /* Cisco, between switch and extender */
	TYPE_ETAG = 0x893f,          /* 802.1BR */
	TYPE_VLAN_OLD = 0x9100,      /* QinQ before it was a standard */
};

/* https://www.iana.org/assignments/protocol-numbers */
enum protocol {
	PROTO_HOP_BY_HOP = 0,
	PROTO_IP4 = 4,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_IP6 = 41,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_GRE = 47,
	PROTO_AH = 51,
	PROTO_DESTINATION = 60,
	PROTO_ETHERIP = 97,
	PROTO_L2TP = 115,
	PROTO_MOBILITY = 135,
	PROTO_MPLS = 137,     /* RFC 4023 */
	PROTO_HIP = 139,
	PROTO_SHIM6 = 140,
	PROTO_ETHERNET = 143, /* RFC 8986 */
};

static enum layer layer_of_link(int link)
{
	switch ((enum linktype)link) {
	case LINK_ETHERNET: return LAYER_ETHERNET;
	case LINK_NULL:
	case LINK_LOOP: return LAYER_NULL;
	case LINK_PPP:
	case LINK_PPP_HDLC: return LAYER_PPP;
	case LINK_PPP_ETHER: return LAYER_PPPOE;
	case LINK_CISCO_HDLC: return LAYER_CISCO_HDLC;
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD:
	case LINK_RAW: return LAYER_IP;
	case LINK_IPV4: return LAYER_IP4;
	case LINK_IPV6: return LAYER_IP6;
	case LINK_SLL: return LAYER_SLL;
	case LINK_SLL2: return LAYER_SLL2;
	}
	return LAYER_OTHER;
}

enum layer layer_of_ethertype(uint16_t type)
{
	switch ((enum ethertype)type) {
	case TYPE_IP4: return LAYER_IP4;
	case TYPE_IP6: return LAYER_IP6;
	case TYPE_ARP: return LAYER_ARP;
	case TYPE_VLAN:
	case TYPE_VLAN_SERVICE:
	case TYPE_VLAN_OLD: return LAYER_VLAN;
	case TYPE_MPLS:
	case TYPE_MPLS_UPSTREAM: return LAYER_MPLS;
	case TYPE_PPPOE: return LAYER_PPPOE;
	case TYPE_ETHERNET: return LAYER_ETHERNET;
	case TYPE_PBB: return LAYER_PBB;
	case TYPE_VNTAG: return LAYER_TAG4;
	case TYPE_CISCO_META:
	case TYPE_ETAG: return LAYER_TAG6;
	}
	return LAYER_OTHER;
}

void peel_ethertype(struct peel *p, uint16_t type)
{
	p->next = layer_of_ethertype(type);
	if (p->next == LAYER_OTHER)
		peel_other(p, ENVELOPE_ETHERTYPE, type);
}

static enum layer layer_of_protocol(uint8_t protocol)
{
	switch ((enum protocol)protocol) {
	case PROTO_TCP: return LAYER_TCP;
	case PROTO_UDP: return LAYER_UDP;
	case PROTO_HOP_BY_HOP:
	case PROTO_ROUTING:
	case PROTO_DESTINATION:
	case PROTO_MOBILITY:
	case PROTO_HIP:
	case PROTO_SHIM6: return LAYER_IP6_OPTIONS;
	case PROTO_FRAGMENT: return LAYER_IP6_FRAGMENT;
	case PROTO_AH: return LAYER_AH;
	case PROTO_IP4: return LAYER_IP4;
	case PROTO_IP6: return LAYER_IP6;
	case PROTO_GRE: return LAYER_GRE;
	case PROTO_ETHERIP: return LAYER_ETHERIP;
	case PROTO_L2TP: return LAYER_L2TP3;
	case PROTO_MPLS: return LAYER_MPLS;
	case PROTO_ETHERNET: return LAYER_ETHERNET;
	}
	return LAYER_OTHER;
}

void peel_protocol(struct peel *p, uint8_t protocol)
{
	p->next = layer_of_protocol(protocol);
	if (p->next == LAYER_OTHER)
		peel_other(p, ENVELOPE_IP, protocol);
}

static enum decode other(const struct packet *out)
{
	return envelope_holds_none(out->registry, out->number)
		? DECODE_NONE : DECODE_OTHER;
}

static enum decode take_off(struct peel *p)
{
	switch (p->next) {
	case LAYER_ETHERNET: return link_ethernet(p);
	case LAYER_VLAN: return link_vlan(p);
	case LAYER_LLC: return link_llc(p);
	case LAYER_SLL: return link_sll(p);
	case LAYER_SLL2: return link_sll2(p);
	case LAYER_NULL: return link_null(p);
	case LAYER_TAG4: return link_tag(p, 4);
	case LAYER_TAG6: return link_tag(p, 6);
	case LAYER_PBB: return link_pbb(p);
	case LAYER_PPP: return ppp(p);
	case LAYER_PPPOE: return ppp_oe(p);
	case LAYER_CISCO_HDLC: return ppp_cisco_hdlc(p);
	case LAYER_L2TP2: return ppp_l2tp2(p);
	case LAYER_MPLS: return mpls(p);
	case LAYER_L2TP3: return l2tp3(p);
	case LAYER_GRE: return gre(p);
	case LAYER_ERSPAN: return gre_erspan(p);
	case LAYER_VXLAN: return overlay_vxlan(p);
	case LAYER_VXLAN_GPE: return overlay_vxlan_gpe(p);
	case LAYER_GENEVE: return overlay_geneve(p);
	case LAYER_GTP_U: return overlay_gtp_u(p);
	case LAYER_L2TP3_UDP: return overlay_l2tp3(p);
	case LAYER_ETHERIP: return overlay_etherip(p);
	case LAYER_IP: return ip_any(p);
	case LAYER_IP4: return ip4(p);
	case LAYER_IP6: return ip6(p);
	case LAYER_IP6_OPTIONS: return ip6_options(p);
	case LAYER_IP6_FRAGMENT: return ip6_fragment(p);
	case LAYER_AH: return ip_ah(p);
	case LAYER_TCP: return transport_tcp(p);
	case LAYER_UDP: return transport_udp(p);
	case LAYER_ARP: return transport_arp(p);
	case LAYER_OTHER: return other(p->out);
	case LAYER_DONE: break;
	}
	return DECODE_OK;
}

enum decode decap(const struct frame *f, struct ipfrag *frags,
	struct packet *out)
{
	struct peel p = {
		.r = rd_init(f->p, f->n),
		.cut = f->wire_n > f->n ? f->wire_n - f->n : 0,
		.next = layer_of_link(f->link),
		.at = f->at,
		.frags = frags,
		.out = out,
	};

	out->at = f->at;
	out->has_src_mac = out->has_dst_mac = false;
	out->vlan_n = 0;
	out->tunnels = 0;
	if (p.next == LAYER_OTHER)
		peel_other(&p, ENVELOPE_LINKTYPE, (uint32_t)f->link);
	for (int depth = 0; depth < DECAP_DEPTH; depth++) {
		enum decode result = take_off(&p);

		if (result != DECODE_OK || p.next == LAYER_DONE)
			return result;
	}
	return DECODE_BAD;
}
