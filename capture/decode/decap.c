/* decap.c: the layer loop. To follow a frame, read decap() at the end. */
#include "capture/decode/peel.h"

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
	case LAYER_SNAP: return link_snap(p);
	case LAYER_BRIDGED: return link_bridged(p);
	case LAYER_SLL: return link_sll(p);
	case LAYER_SLL2: return link_sll2(p);
	case LAYER_NULL: return link_null(p);
	case LAYER_TAG4: return link_tag(p, 4);
	case LAYER_TAG6: return link_tag(p, 6);
	case LAYER_PBB: return link_pbb(p);
	case LAYER_MACSEC: return fabric_macsec(p);
	case LAYER_TRILL: return fabric_trill(p);
	case LAYER_FABRICPATH: return peel_header(p, 2, LAYER_ETHERNET);
	case LAYER_ISL: return fabric_isl(p);
	case LAYER_NSH: return fabric_nsh(p);
	case LAYER_BATMAN: return fabric_batman(p);
	case LAYER_ARISTA: return fabric_arista(p);
	case LAYER_DSA4: return fabric_dsa(p, 4);
	case LAYER_DSA8: return fabric_dsa(p, 8);
	case LAYER_DSA_BEFORE: return peel_header(p, 4, LAYER_ETHERNET);
	case LAYER_RADIOTAP: return wlan_radiotap(p);
	case LAYER_PPI: return wlan_ppi(p);
	case LAYER_PRISM: return wlan_prism(p);
	case LAYER_WLAN: return wlan(p);
	case LAYER_WLAN_SWAPPED: return wlan_swapped(p);
	case LAYER_AMSDU: return wlan_amsdu(p);
	case LAYER_TOKEN_RING: return lan_token_ring(p);
	case LAYER_FDDI: return lan_fddi(p);
	case LAYER_ARCNET: return lan_arcnet(p, 0);
	case LAYER_ARCNET_LINUX: return lan_arcnet(p, 2);
	case LAYER_ATM: return lan_atm(p);
	case LAYER_SUNATM: return lan_sunatm(p);
	case LAYER_IP_OVER_FC: return lan_ip_over_fc(p);
	case LAYER_APPLE_1394: return lan_1394(p);
	case LAYER_IPOIB: return lan_ipoib(p);
	case LAYER_DOCSIS: return lan_docsis(p);
	case LAYER_FRAME_RELAY: return frelay(p);
	case LAYER_NLPID: return frelay_nlpid(p);
	case LAYER_SLIP: return peel_header(p, 16, LAYER_IP);
	case LAYER_SLIP_BSDOS: return peel_header(p, 24, LAYER_IP);
	case LAYER_PPP_BSDOS: return host_ppp_bsdos(p);
	case LAYER_PPP_PPPD: return peel_header(p, 2, LAYER_PPP);
	case LAYER_PPP_DIRECTION: return peel_header(p, 1, LAYER_PPP);
	case LAYER_CISCO_HDLC_DIRECTION:
		return peel_header(p, 1, LAYER_CISCO_HDLC);
	case LAYER_FRAME_RELAY_DIRECTION:
		return peel_header(p, 1, LAYER_FRAME_RELAY);
	case LAYER_ENC: return peel_header(p, 12, LAYER_IP);
	case LAYER_PFLOG: return host_pflog(p);
	case LAYER_NFLOG: return host_nflog(p);
	case LAYER_PKTAP: return host_pktap(p);
	case LAYER_IPNET: return peel_header(p, 24, LAYER_IP);
	case LAYER_ERF: return host_erf(p);
	case LAYER_NETANALYZER: return peel_header(p, 4, LAYER_ETHERNET);
	case LAYER_NETANALYZER_PREAMBLE:
		return peel_header(p, 12, LAYER_ETHERNET);
	case LAYER_MPACKET: return host_mpacket(p);
	case LAYER_JUNIPER_ETHER: return juniper(p, LAYER_ETHERNET);
	case LAYER_JUNIPER_PPP: return juniper(p, LAYER_PPP);
	case LAYER_JUNIPER_FRELAY: return juniper(p, LAYER_FRAME_RELAY);
	case LAYER_JUNIPER_CHDLC: return juniper(p, LAYER_CISCO_HDLC);
	case LAYER_JUNIPER_TYPED: return juniper(p, LAYER_TYPED);
	case LAYER_TYPED: return link_tag(p, 0);
	case LAYER_PPP: return ppp(p);
	case LAYER_PPP_BRIDGED: return ppp_bridged(p);
	case LAYER_PPP_MULTILINK: return ppp_multilink(p);
	case LAYER_PPPOE: return ppp_oe(p);
	case LAYER_CISCO_HDLC: return ppp_cisco_hdlc(p);
	case LAYER_L2TP2: return ppp_l2tp2(p);
	case LAYER_MPLS: return mpls(p);
	case LAYER_L2TP3: return l2tp3(p);
	case LAYER_GRE: return gre(p);
	case LAYER_ERSPAN: return gre_erspan(p);
	case LAYER_WCCP: return gre_wccp(p);
	case LAYER_VXLAN: return overlay_vxlan(p);
	case LAYER_VXLAN_GPE: return overlay_vxlan_gpe(p);
	case LAYER_GENEVE: return overlay_geneve(p);
	case LAYER_GTP_U: return overlay_gtp_u(p);
	case LAYER_L2TP3_UDP: return overlay_l2tp3(p);
	case LAYER_ETHERIP: return overlay_etherip(p);
	case LAYER_TZSP: return remote_tzsp(p);
	case LAYER_CAPWAP: return remote_capwap(p);
	case LAYER_TEREDO: 
		return peel_header(p, teredo_header(p->r), LAYER_IP6);
	case LAYER_LISP: return peel_header(p, 8, LAYER_IP);
	case LAYER_ERM: return peel_header(p, 12, LAYER_ETHERNET);
	case LAYER_STT: return peel_header(p, 18, LAYER_ETHERNET);
	case LAYER_IP: return ip_any(p);
	case LAYER_IP4: return ip4(p);
	case LAYER_IP6: return ip6(p);
	case LAYER_IP6_OPTIONS: return ip6_options(p);
	case LAYER_IP6_FRAGMENT: return ip6_fragment(p);
	case LAYER_AH: return ip_ah(p);
	case LAYER_IP_MINIMAL: return ip_minimal(p);
	case LAYER_ESP: return esp(p);
	case LAYER_ESP_UDP: return esp_udp(p);
	case LAYER_TCP: return transport_tcp(p);
	case LAYER_UDP: return transport_udp(p);
	case LAYER_ARP: return transport_arp(p);
	case LAYER_ICMP6: return transport_icmp6(p);
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
		.at = f->at,
		.frags = frags,
		.out = out,
	};

	out->at = f->at;
	out->has_src_mac = out->has_dst_mac = false;
	out->vlan_n = 0;
	out->tunnels = 0;
	out->rest_n = 0;
	peel_link(&p, f->link);
	for (int depth = 0; depth < DECAP_DEPTH; depth++) {
		enum decode result = take_off(&p);

		if (result != DECODE_OK || p.next == LAYER_DONE)
			return result;
	}
	return DECODE_BAD;
}
