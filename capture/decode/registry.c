/* registry.c: what a number of the registries announces: link types, ethertypes
 * and IP's protocols. */
#include "capture/decode/peel.h"

/* https://www.tcpdump.org/linktypes.html */
enum linktype {
	LINK_AMSDU = FRAME_AMSDU,
	LINK_NULL = 0,
	LINK_ETHERNET = FRAME_ETHERNET,
	LINK_TOKEN_RING = 6,
	LINK_ARCNET_BSD = 7,
	LINK_SLIP = 8,
	LINK_PPP = 9,
	LINK_FDDI = 10,
	LINK_RAW_BSD = 12,     /* DLT_RAW of most systems */
	LINK_RAW_OPENBSD = 14,
	LINK_PPP_HDLC = 50,
	LINK_PPP_ETHER = 51,
	LINK_ATM_RFC1483 = 100,
	LINK_RAW = 101,
	LINK_SLIP_BSDOS = 102,
	LINK_PPP_BSDOS = 103,
	LINK_CISCO_HDLC = 104,
	LINK_WLAN = 105,
	LINK_ATM_CLIP = 106,
	LINK_FRAME_RELAY = 107,
	LINK_LOOP = 108,
	LINK_ENC = 109,
	LINK_SLL = 113,
	LINK_PFLOG = 117,
	LINK_WLAN_PRISM = 119,
	LINK_IP_OVER_FC = 122,
	LINK_SUNATM = 123,
	LINK_WLAN_RADIOTAP = 127,
	LINK_ARCNET_LINUX = 129,
	LINK_APPLE_1394 = 138,
	LINK_DOCSIS = 143,
	LINK_WLAN_AVS = 163,
	LINK_PPP_PPPD = 166,
	LINK_JUNIPER_PPPOE = 167,
	LINK_JUNIPER_PPPOE_ATM = 168,
	LINK_JUNIPER_ETHER = 178,
	LINK_JUNIPER_PPP = 179,
	LINK_JUNIPER_FRELAY = 180,
	LINK_JUNIPER_CHDLC = 181,
	LINK_PPI = 192,
	LINK_ERF = 197,
	LINK_PPP_DIRECTION = 204,
	LINK_CISCO_HDLC_DIRECTION = 205,
	LINK_FRAME_RELAY_DIRECTION = 206,
	LINK_MPLS = 219,
	LINK_IPNET = 226,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_NFLOG = 239,
	LINK_NETANALYZER = 240,
	LINK_NETANALYZER_TRANSPARENT = 241,
	LINK_IPOIB = 242,
	LINK_PKTAP = 258,
	LINK_MPACKET = 274,
	LINK_SLL2 = 276,
	LINK_DSA_BRCM = 281,
	LINK_DSA_BRCM_PREPEND = 282,
	LINK_DSA_MARVELL = 284,
	LINK_DSA_MARVELL_TYPED = 285,
};

/* https://www.iana.org/assignments/ieee-802-numbers */
enum ethertype {
	TYPE_IP4 = 0x0800,
	TYPE_ARP = 0x0806,
	TYPE_TRILL = 0x22f3,
	TYPE_BATMAN = 0x4305,
	TYPE_ETHERNET = 0x6558,
	TYPE_FRAME_RELAY = 0x6559,
	TYPE_VLAN = 0x8100,
	TYPE_IP6 = 0x86dd,
	TYPE_MPLS = 0x8847,
	TYPE_MPLS_UPSTREAM = 0x8848, /* RFC 5332 */
	TYPE_PPPOE = 0x8864,
	TYPE_LLC_JUMBO = 0x8870,     /* a length has no room for that much */
	TYPE_VLAN_SERVICE = 0x88a8,  /* 802.1ad */
	TYPE_MACSEC = 0x88e5,
	TYPE_PBB = 0x88e7,
	TYPE_HSR = 0x892f,           /* IEC 62439-3 */
	TYPE_FABRICPATH = 0x8903,
	TYPE_CISCO_META = 0x8909,    /* TrustSec */
	TYPE_VNTAG = 0x8926,         /* Cisco, between switch and extender */
	TYPE_ETAG = 0x893f,          /* 802.1BR */
	TYPE_NSH = 0x894f,
	TYPE_VLAN_OLD = 0x9100,      /* QinQ before it was a standard */
	TYPE_VLAN_OLD2 = 0x9200,
	TYPE_VLAN_OLD3 = 0x9300,
	TYPE_ARISTA = 0xd28b,        /* of a tap aggregator: time stamps */
	TYPE_DSA_MARVELL = 0xdada,
	TYPE_RTAG = 0xf1c1,          /* 802.1CB */
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
	PROTO_ESP = 50,
	PROTO_AH = 51,
	PROTO_MINIMAL = 55,
	PROTO_ICMP6 = 58,
	PROTO_DESTINATION = 60,
	PROTO_IPIP = 94,      /* KA9Q's number for PROTO_IP4 */
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
	case LINK_WLAN: return LAYER_WLAN;
	case LINK_AMSDU: return LAYER_AMSDU;
	case LINK_WLAN_RADIOTAP: return LAYER_RADIOTAP;
	case LINK_WLAN_PRISM:
	case LINK_WLAN_AVS: return LAYER_PRISM;
	case LINK_PPI: return LAYER_PPI;
	case LINK_FRAME_RELAY: return LAYER_FRAME_RELAY;
	case LINK_TOKEN_RING: return LAYER_TOKEN_RING;
	case LINK_FDDI: return LAYER_FDDI;
	case LINK_ARCNET_BSD: return LAYER_ARCNET;
	case LINK_ARCNET_LINUX: return LAYER_ARCNET_LINUX;
	case LINK_IP_OVER_FC: return LAYER_IP_OVER_FC;
	case LINK_ATM_RFC1483:
	case LINK_ATM_CLIP: return LAYER_ATM;
	case LINK_SUNATM: return LAYER_SUNATM;
	case LINK_APPLE_1394: return LAYER_APPLE_1394;
	case LINK_IPOIB: return LAYER_IPOIB;
	case LINK_SLIP: return LAYER_SLIP;
	case LINK_SLIP_BSDOS: return LAYER_SLIP_BSDOS;
	case LINK_PPP_BSDOS: return LAYER_PPP_BSDOS;
	case LINK_PPP_PPPD: return LAYER_PPP_PPPD;
	case LINK_PPP_DIRECTION: return LAYER_PPP_DIRECTION;
	case LINK_CISCO_HDLC_DIRECTION: return LAYER_CISCO_HDLC_DIRECTION;
	case LINK_FRAME_RELAY_DIRECTION: return LAYER_FRAME_RELAY_DIRECTION;
	case LINK_ENC: return LAYER_ENC;
	case LINK_PFLOG: return LAYER_PFLOG;
	case LINK_NFLOG: return LAYER_NFLOG;
	case LINK_PKTAP: return LAYER_PKTAP;
	case LINK_IPNET: return LAYER_IPNET;
	case LINK_ERF: return LAYER_ERF;
	case LINK_NETANALYZER: return LAYER_NETANALYZER;
	case LINK_NETANALYZER_TRANSPARENT: return LAYER_NETANALYZER_PREAMBLE;
	case LINK_MPACKET: return LAYER_MPACKET;
	case LINK_DOCSIS: return LAYER_DOCSIS;
	case LINK_MPLS: return LAYER_MPLS;
	case LINK_DSA_BRCM:
	case LINK_DSA_MARVELL: return LAYER_DSA4;
	case LINK_DSA_MARVELL_TYPED: return LAYER_DSA8;
	case LINK_DSA_BRCM_PREPEND: return LAYER_DSA_BEFORE;
	case LINK_JUNIPER_ETHER:
	case LINK_JUNIPER_PPPOE: return LAYER_JUNIPER_ETHER;
	case LINK_JUNIPER_PPP: return LAYER_JUNIPER_PPP;
	case LINK_JUNIPER_FRELAY: return LAYER_JUNIPER_FRELAY;
	case LINK_JUNIPER_CHDLC: return LAYER_JUNIPER_CHDLC;
	case LINK_JUNIPER_PPPOE_ATM: return LAYER_JUNIPER_TYPED;
	}
	return LAYER_OTHER;
}

void registry_link(struct peel *p, int link)
{
	p->next = layer_of_link(link);
	if (p->next == LAYER_OTHER)
		peel_other(p, ENVELOPE_LINKTYPE, (uint32_t)link);
}

enum layer layer_of_ethertype(uint16_t type)
{
	switch ((enum ethertype)type) {
	case TYPE_IP4: return LAYER_IP4;
	case TYPE_IP6: return LAYER_IP6;
	case TYPE_ARP: return LAYER_ARP;
	case TYPE_VLAN:
	case TYPE_VLAN_SERVICE:
	case TYPE_VLAN_OLD:
	case TYPE_VLAN_OLD2:
	case TYPE_VLAN_OLD3: return LAYER_VLAN;
	case TYPE_MPLS:
	case TYPE_MPLS_UPSTREAM: return LAYER_MPLS;
	case TYPE_PPPOE: return LAYER_PPPOE;
	case TYPE_ETHERNET: return LAYER_ETHERNET;
	case TYPE_FRAME_RELAY: return LAYER_FRAME_RELAY;
	case TYPE_LLC_JUMBO: return LAYER_LLC;
	case TYPE_PBB: return LAYER_PBB;
	case TYPE_VNTAG:
	case TYPE_HSR:
	case TYPE_RTAG: return LAYER_TAG4;
	case TYPE_CISCO_META:
	case TYPE_DSA_MARVELL:
	case TYPE_ETAG: return LAYER_TAG6;
	case TYPE_MACSEC: return LAYER_MACSEC;
	case TYPE_TRILL: return LAYER_TRILL;
	case TYPE_FABRICPATH: return LAYER_FABRICPATH;
	case TYPE_NSH: return LAYER_NSH;
	case TYPE_BATMAN: return LAYER_BATMAN;
	case TYPE_ARISTA: return LAYER_ARISTA;
	}
	return LAYER_OTHER;
}

void registry_ethertype(struct peel *p, uint16_t type)
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
	case PROTO_ESP: return LAYER_ESP;
	case PROTO_IP4:
	case PROTO_IPIP: return LAYER_IP4;
	case PROTO_IP6: return LAYER_IP6;
	case PROTO_MINIMAL: return LAYER_IP_MINIMAL;
	case PROTO_ICMP6: return LAYER_ICMP6;
	case PROTO_GRE: return LAYER_GRE;
	case PROTO_ETHERIP: return LAYER_ETHERIP;
	case PROTO_L2TP: return LAYER_L2TP3;
	case PROTO_MPLS: return LAYER_MPLS;
	case PROTO_ETHERNET: return LAYER_ETHERNET;
	}
	return LAYER_OTHER;
}

void registry_protocol(struct peel *p, uint8_t protocol)
{
	p->next = layer_of_protocol(protocol);
	if (p->next == LAYER_OTHER)
		peel_other(p, ENVELOPE_IP, protocol);
}
