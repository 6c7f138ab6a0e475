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
	LAYER_ETHERNET, LAYER_VLAN, LAYER_LLC, LAYER_SNAP, LAYER_BRIDGED,
	LAYER_SLL, LAYER_SLL2, LAYER_NULL, LAYER_TYPED, LAYER_TAG4, LAYER_TAG6,
	LAYER_PBB,
	/* fabric.c */
	LAYER_MACSEC, LAYER_TRILL, LAYER_FABRICPATH, LAYER_ISL, LAYER_NSH,
	LAYER_BATMAN, LAYER_ARISTA, LAYER_DSA4, LAYER_DSA8, LAYER_DSA_BEFORE,
	/* wlan_radio.c, wlan.c */
	LAYER_RADIOTAP, LAYER_PPI, LAYER_PRISM, LAYER_WLAN,
	LAYER_WLAN_SWAPPED, LAYER_AMSDU,
	/* lans.c */
	LAYER_TOKEN_RING, LAYER_FDDI, LAYER_ARCNET, LAYER_ARCNET_LINUX,
	LAYER_ATM, LAYER_SUNATM, LAYER_IP_OVER_FC, LAYER_APPLE_1394,
	LAYER_IPOIB, LAYER_DOCSIS,
	/* frelay.c */
	LAYER_FRAME_RELAY, LAYER_NLPID,
	/* hosts.c */
	LAYER_SLIP, LAYER_SLIP_BSDOS, LAYER_PPP_BSDOS, LAYER_PPP_PPPD,
	LAYER_PPP_DIRECTION, LAYER_CISCO_HDLC_DIRECTION,
	LAYER_FRAME_RELAY_DIRECTION, LAYER_ENC, LAYER_PFLOG, LAYER_NFLOG,
	LAYER_PKTAP, LAYER_IPNET, LAYER_ERF, LAYER_NETANALYZER,
	LAYER_NETANALYZER_PREAMBLE, LAYER_MPACKET,
	/* juniper.c */
	LAYER_JUNIPER_ETHER, LAYER_JUNIPER_PPP, LAYER_JUNIPER_FRELAY,
	LAYER_JUNIPER_CHDLC, LAYER_JUNIPER_TYPED,
	/* ppp.c */
	LAYER_PPP, LAYER_PPP_BRIDGED, LAYER_PPP_MULTILINK, LAYER_PPPOE,
	LAYER_CISCO_HDLC, LAYER_L2TP2,
	/* pseudowire.c */
	LAYER_MPLS, LAYER_L2TP3,
	/* gre.c */
	LAYER_GRE, LAYER_ERSPAN, LAYER_WCCP,
	/* overlay.c */
	LAYER_VXLAN, LAYER_VXLAN_GPE, LAYER_GENEVE, LAYER_GTP_U,
	LAYER_L2TP3_UDP, LAYER_ETHERIP,
	/* remote.c */
	LAYER_TZSP, LAYER_CAPWAP, LAYER_TEREDO, LAYER_LISP, LAYER_ERM,
	LAYER_STT,
	/* ip.c */
	LAYER_IP, /* 4 or 6, as its first bits say */
	LAYER_IP4, LAYER_IP6, LAYER_IP6_OPTIONS, LAYER_IP6_FRAGMENT, LAYER_AH,
	LAYER_IP_MINIMAL,
	/* esp.c */
	LAYER_ESP, LAYER_ESP_UDP,
	/* transport.c */
	LAYER_TCP, LAYER_UDP, LAYER_ARP, LAYER_ICMP6,
};

struct peel {
	struct rd r;      /* what is left */
	size_t cut;       /* bytes that were sent behind it, not captured */
	enum layer next;  /* what r begins with */
	bool in_ip;       /* an IP header was taken off, and no frame since */
	bool lacks;       /* and the frame was shorter than it says */
	bool whole;       /* r was put together from fragments, */
	uint8_t proto;    /* of this protocol */
	bool padded;      /* radiotap: an 802.11 header is a multiple of 4 */
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

/* And so do its MACs: destination and source. */
static inline void peel_macs(struct peel *p, struct rd *h)
{
	peel_frame(p);
	rd_copy(h, p->out->dst_mac.b, sizeof p->out->dst_mac.b);
	rd_copy(h, p->out->src_mac.b, sizeof p->out->src_mac.b);
	p->out->has_dst_mac = p->out->has_src_mac = true;
}

/* What comes next is not for us: that number of that registry. */
static inline void peel_other(struct peel *p, enum envelope_registry registry,
	uint32_t number)
{
	p->next = LAYER_OTHER;
	p->out->registry = (uint8_t)registry;
	p->out->number = number;
}

/* Takes off n bytes that say nothing of use here. */
static inline enum decode peel_header(struct peel *p, size_t n,
	enum layer next)
{
	rd_skip(&p->r, n);
	p->next = next;
	return rd_ok(&p->r) ? DECODE_OK : peel_short(p);
}

/* registry.c: what a number of these registries announces. */
enum layer layer_of_ethertype(uint16_t type);
void registry_link(struct peel *p, int link);
void registry_ethertype(struct peel *p, uint16_t type);
void registry_protocol(struct peel *p, uint8_t protocol); /* IP, IANA */

/* The registries are long, and nearly all frames have the same numbers. */
static inline void peel_link(struct peel *p, int link)
{
	if (link == FRAME_ETHERNET)
		p->next = LAYER_ETHERNET;
	else
		registry_link(p, link);
}

static inline void peel_ethertype(struct peel *p, uint16_t type)
{
	if (type == 0x0800)
		p->next = LAYER_IP4;
	else if (type == 0x8100)
		p->next = LAYER_VLAN;
	else
		registry_ethertype(p, type);
}

static inline void peel_protocol(struct peel *p, uint8_t protocol)
{
	if (protocol == 6)
		p->next = LAYER_TCP;
	else
		registry_protocol(p, protocol);
}

/* ppp.c */
void peel_ppp(struct peel *p, uint16_t protocol);
/* link.c: a type, or the length of an LLC frame. */
void peel_type_or_length(struct peel *p, uint16_t type);
/* ip.c: keeps a piece of the packet with out's addresses, which begins so many
 * bytes into it. DECODE_OK: r is the whole packet, p->proto that of its first
 * piece. */
enum decode peel_piece(struct peel *p, uint32_t id, uint8_t proto,
	size_t offset, bool more);
/* fabric.c: RFC 8300's next protocol. */
void peel_nsh_next(struct peel *p, uint8_t next);
/* overlay.c: the tunnel that begins behind a UDP header, or LAYER_DONE. */
void peel_port(struct peel *p, uint16_t sport, uint16_t dport);
/* pseudowire.c: does Ethernet begin at r, with something in it that matters
 * here? */
bool is_ethernet(struct rd r);
/* overlay.c: is what begins skip bytes from here an IP packet that ends where
 * p does? */
bool is_whole_ip(const struct peel *p, size_t skip);

enum decode link_ethernet(struct peel *p);
enum decode link_vlan(struct peel *p);
enum decode link_llc(struct peel *p);
enum decode link_snap(struct peel *p);
enum decode link_bridged(struct peel *p);
enum decode link_sll(struct peel *p);
enum decode link_sll2(struct peel *p);
enum decode link_null(struct peel *p);
enum decode link_tag(struct peel *p, size_t n);
enum decode link_pbb(struct peel *p);

enum decode fabric_macsec(struct peel *p);
enum decode fabric_trill(struct peel *p);
enum decode fabric_isl(struct peel *p);
enum decode fabric_nsh(struct peel *p);
enum decode fabric_batman(struct peel *p);
enum decode fabric_arista(struct peel *p);
enum decode fabric_dsa(struct peel *p, size_t n);

enum decode wlan_radiotap(struct peel *p);
enum decode wlan_ppi(struct peel *p);
enum decode wlan_prism(struct peel *p);
enum decode wlan(struct peel *p);
enum decode wlan_swapped(struct peel *p);
enum decode wlan_amsdu(struct peel *p);

enum decode lan_token_ring(struct peel *p);
enum decode lan_fddi(struct peel *p);
enum decode lan_arcnet(struct peel *p, size_t offset);
enum decode lan_atm(struct peel *p);
enum decode lan_sunatm(struct peel *p);
enum decode lan_ip_over_fc(struct peel *p);
enum decode lan_1394(struct peel *p);
enum decode lan_ipoib(struct peel *p);
enum decode lan_docsis(struct peel *p);

enum decode frelay(struct peel *p);
enum decode frelay_nlpid(struct peel *p);

enum decode host_ppp_bsdos(struct peel *p);
enum decode host_pflog(struct peel *p);
enum decode host_nflog(struct peel *p);
enum decode host_pktap(struct peel *p);
enum decode host_erf(struct peel *p);
enum decode host_mpacket(struct peel *p);

enum decode juniper(struct peel *p, enum layer layer);

enum decode ppp(struct peel *p);
enum decode ppp_bridged(struct peel *p);
enum decode ppp_multilink(struct peel *p);
enum decode ppp_oe(struct peel *p);
enum decode ppp_cisco_hdlc(struct peel *p);
enum decode ppp_l2tp2(struct peel *p);

enum decode mpls(struct peel *p);
enum decode l2tp3(struct peel *p);

enum decode gre(struct peel *p);
enum decode gre_erspan(struct peel *p);
enum decode gre_wccp(struct peel *p);

enum decode overlay_vxlan(struct peel *p);
enum decode overlay_vxlan_gpe(struct peel *p);
enum decode overlay_geneve(struct peel *p);
enum decode overlay_gtp_u(struct peel *p);
enum decode overlay_l2tp3(struct peel *p);
enum decode overlay_etherip(struct peel *p);

enum decode remote_tzsp(struct peel *p);
enum decode remote_capwap(struct peel *p);
/* How long what comes before a Teredo packet is. */
size_t teredo_header(struct rd r);

enum decode ip_any(struct peel *p);
enum decode ip4(struct peel *p);
enum decode ip6(struct peel *p);
enum decode ip6_options(struct peel *p);
enum decode ip6_fragment(struct peel *p);
enum decode ip_ah(struct peel *p);
enum decode ip_minimal(struct peel *p);

enum decode esp(struct peel *p);
enum decode esp_udp(struct peel *p);

enum decode transport_tcp(struct peel *p);
enum decode transport_udp(struct peel *p);
enum decode transport_arp(struct peel *p);
enum decode transport_icmp6(struct peel *p);
