/* test_tunnel.c: the same mail in every envelope that networks put around
 * it. */
#include "tests/unit/frames.h"

enum {
	IPIP, SIX_IN_FOUR, FOUR_IN_SIX,
	MPLS, MPLS_ETHERNET, MPLS_CONTROL, MPLS_IP6, MPLS_IN_IP,
	PPPOE_VLAN, PPP_PLAIN, PPP_HDLC, PPP_SHORT, PPP_CISCO, CISCO_HDLC,
	PPP_ETHER_LINK, GRE_IP, GRE_FULL, GRE_ROUTED, GRE_PPTP, NVGRE,
	GRE_MPLS,
	ERSPAN1, ERSPAN2, ERSPAN3, ERSPAN3_SUB, ERSPAN3_IP,
	VXLAN, VXLAN_LINUX, VXLAN_POLICY, GPE_IP, GPE_ETHERNET, GENEVE,
	GENEVE_OPTIONS, GTP_U, GTP_U_EXTENSION, L2TP2, L2TP2_FULL, L2TP3_IP,
	L2TP3_COOKIE, L2TP3_UDP, GRE_UDP, MPLS_UDP, ETHERIP, ETHERNET_IN_IP,
	PBB, VN_TAG, E_TAG, TRUSTSEC, NESTED,
	ENVELOPES
};

/* GRE with these flags and so much behind its first four bytes. */
static void outer_gre(struct wr *w, uint16_t flags, uint16_t type, size_t more,
	size_t n)
{
	outer_ip(w, 47, 4 + more + n);
	wr_be16(w, flags);
	wr_be16(w, type);
	zeroes(w, more);
}

static void mail6(struct wr *w)
{
	ip6(w, 6, TCP);
	tcp(w);
}

static struct expected ip_tunnels(struct wr *w, int e)
{
	if (e == IPIP) {
		outer_ip(w, 4, MAIL);
		mail(w);
	} else if (e == SIX_IN_FOUR) {
		outer_ip(w, 41, 40 + TCP);
		mail6(w);
	} else {
		eth(w, OUTER, 0x8100);
		tag(w, 3, 0x86dd);
		ip6(w, 4, MAIL);
		mail(w);
	}
	return (struct expected){ETHERNET, 0, 1, 0};
}

static struct expected labels(struct wr *w, int e)
{
	if (e == MPLS_IN_IP) {
		outer_ip(w, 137, 4 + MAIL);
		wr_be32(w, 0x00010140);
		mail(w);
		return (struct expected){ETHERNET, 0, 1, 0};
	}
	eth(w, OUTER, 0x8847);
	wr_be32(w, 0x00010040);
	wr_be32(w, 0x00020140); /* the last one */
	if (e == MPLS) {
		mail(w);
		return (struct expected){ETHERNET, OUTER, 0, 0};
	}
	if (e == MPLS_IP6) {
		mail6(w);
		return (struct expected){ETHERNET, OUTER, 0, 0};
	}
	if (e == MPLS_CONTROL)
		wr_be32(w, 0);
	mail_frame(w);
	return (struct expected){ETHERNET, INNER, 0, 0};
}

static struct expected serial_lines(struct wr *w, int e)
{
	struct expected x = {PPP, 0, 0, 0};

	switch (e) {
	case PPPOE_VLAN:
	case PPP_ETHER_LINK:
		if (e == PPPOE_VLAN) {
			eth(w, INNER, 0x8100);
			tag(w, 3, 0x8864);
			x = (struct expected){ETHERNET, INNER, 0, 1};
		} else {
			x.link = 51;
		}
		wr_be32(w, 0x11000001);
		wr_be16(w, 2 + MAIL);
		wr_be16(w, 0x0021);
		mail(w);
		zeroes(w, 5);
		return x;
	case PPP_HDLC:
		x.link = 50;
		wr_be16(w, 0xff03);
		wr_be16(w, 0x0057);
		mail6(w);
		return x;
	case PPP_SHORT:
		wr_u8(w, 0x21);
		break;
	case PPP_CISCO:
		wr_be32(w, 0x0f000800);
		break;
	case CISCO_HDLC:
		x.link = 104;
		wr_be32(w, 0x8f000800);
		break;
	default:
		wr_be16(w, 0x0021);
	}
	mail(w);
	return x;
}

static struct expected generic(struct wr *w, int e)
{
	struct expected ip = {ETHERNET, 0, 1, 0};
	struct expected ethernet = {ETHERNET, INNER, 1, 0};

	switch (e) {
	case GRE_FULL: /* check sum, key, number */
		outer_gre(w, 0xb000, 0x0800, 12, MAIL);
		mail(w);
		return ip;
	case GRE_ROUTED: /* by one address; the last entry is empty */
		outer_gre(w, 0x4000, 0x0800, 4, 12 + MAIL);
		wr_be32(w, 0x08000004);
		wr_be32(w, 0xc6336401);
		wr_be32(w, 0);
		mail(w);
		return ip;
	case GRE_PPTP:
		outer_ip(w, 47, 16 + 4 + MAIL);
		wr_be32(w, 0x3081880b);
		wr_be16(w, 4 + MAIL);
		zeroes(w, 10);
		wr_be32(w, 0xff030021);
		mail(w);
		return ip;
	case GRE_MPLS:
		outer_gre(w, 0, 0x8847, 0, 4 + MAIL);
		wr_be32(w, 0x00010140);
		mail(w);
		return ip;
	case NVGRE:
		outer_gre(w, 0x2000, 0x6558, 4, MAIL_FRAME);
		break;
	case ERSPAN1:
		outer_gre(w, 0, 0x88be, 0, MAIL_FRAME);
		break;
	case ERSPAN2:
		outer_gre(w, 0x1000, 0x88be, 4, 8 + MAIL_FRAME);
		wr_be32(w, 0x10640000);
		zeroes(w, 4);
		break;
	case ERSPAN3:
		outer_gre(w, 0x1000, 0x22eb, 4, 12 + MAIL_FRAME);
		wr_be32(w, 0x20640000);
		zeroes(w, 8);
		break;
	case ERSPAN3_SUB:
		outer_gre(w, 0x1000, 0x22eb, 4, 20 + MAIL_FRAME);
		wr_be32(w, 0x20640000);
		zeroes(w, 6);
		wr_be16(w, 1);
		zeroes(w, 8);
		break;
	case ERSPAN3_IP:
		outer_gre(w, 0x1000, 0x22eb, 4, 12 + MAIL);
		wr_be32(w, 0x20640000);
		zeroes(w, 6);
		wr_be16(w, 2 << 10);
		mail(w);
		return ip;
	default:
		outer_gre(w, 0, 0x0800, 0, MAIL);
		mail(w);
		return ip;
	}
	mail_frame(w);
	return ethernet;
}

static struct expected overlays(struct wr *w, int e)
{
	struct expected ip = {ETHERNET, 0, 1, 0};
	struct expected ethernet = {ETHERNET, INNER, 1, 0};

	switch (e) {
	case VXLAN:
	case VXLAN_POLICY:
	case VXLAN_LINUX:
		outer_udp(w, e == VXLAN_LINUX ? 8472 : 4789, 8 + MAIL_FRAME);
		wr_be32(w, e == VXLAN_POLICY ? 0x88000007 : 0x08000000);
		wr_be32(w, 0x00123400);
		break;
	case GPE_IP:
	case GPE_ETHERNET:
		outer_udp(w, 4790, 8 + (e == GPE_IP ? MAIL : MAIL_FRAME));
		wr_be32(w, e == GPE_IP ? 0x0c000001 : 0x0c000003);
		wr_be32(w, 0x00123400);
		if (e == GPE_ETHERNET)
			break;
		mail(w);
		return ip;
	case GENEVE:
	case GENEVE_OPTIONS:
		outer_udp(w, 6081, (e == GENEVE ? 8 : 20) + MAIL_FRAME);
		wr_be32(w, e == GENEVE ? 0x00006558 : 0x03006558);
		wr_be32(w, 0x00123400);
		if (e == GENEVE_OPTIONS)
			zeroes(w, 12);
		break;
	case GTP_U:
		outer_udp(w, 2152, 8 + MAIL);
		wr_be16(w, 0x30ff);
		wr_be16(w, MAIL);
		wr_be32(w, 99);
		mail(w);
		return ip;
	case GTP_U_EXTENSION:
		outer_udp(w, 2152, 24 + MAIL);
		wr_be16(w, 0x34ff);
		wr_be16(w, 16 + MAIL);
		wr_be32(w, 99);
		wr_be32(w, 0x85);       /* number, N-PDU, type */
		wr_be32(w, 0x01100140); /* one of 4 bytes, */
		wr_u8(w, 2);            /* one of 8 */
		zeroes(w, 7);
		mail(w);
		return ip;
	case GRE_UDP:
		outer_udp(w, 4754, 4 + MAIL);
		wr_be32(w, 0x00000800);
		mail(w);
		return ip;
	case MPLS_UDP:
		outer_udp(w, 6635, 4 + MAIL);
		wr_be32(w, 0x00010140);
		mail(w);
		return ip;
	case ETHERIP:
		outer_ip(w, 97, 2 + MAIL_FRAME);
		wr_be16(w, 0x3000);
		break;
	default:
		outer_ip(w, 143, MAIL_FRAME);
	}
	mail_frame(w);
	return ethernet;
}

static struct expected l2tp(struct wr *w, int e)
{
	switch (e) {
	case L2TP2:
		outer_udp(w, 1701, 6 + 2 + MAIL);
		wr_be16(w, 0x0002);
		wr_be32(w, 0x00010001);
		wr_be16(w, 0x0021);
		mail(w);
		return (struct expected){ETHERNET, 0, 1, 0};
	case L2TP2_FULL: /* length, numbers, offset */
		outer_udp(w, 1701, 17 + 4 + MAIL);
		wr_be16(w, 0x4a02);
		wr_be16(w, 17 + 4 + MAIL);
		zeroes(w, 8);
		wr_be16(w, 3);
		zeroes(w, 3);
		wr_be32(w, 0xff030021);
		mail(w);
		return (struct expected){ETHERNET, 0, 1, 0};
	case L2TP3_UDP:
		outer_udp(w, 1701, 8 + MAIL_FRAME);
		wr_be32(w, 0x00030000);
		wr_be32(w, 77);
		break;
	case L2TP3_COOKIE: /* and the sublayer */
		outer_ip(w, 115, 16 + MAIL_FRAME);
		wr_be32(w, 77);
		wr_be64(w, 0x123456789abcdef0);
		wr_be32(w, 0x40000001);
		break;
	default:
		outer_ip(w, 115, 4 + MAIL_FRAME);
		wr_be32(w, 77);
	}
	mail_frame(w);
	return (struct expected){ETHERNET, INNER, 1, 0};
}

static struct expected tags(struct wr *w, int e)
{
	switch (e) {
	case PBB:
		eth(w, OUTER, 0x88a8);
		tag(w, 9, 0x88e7);
		zeroes(w, 4);
		mail_frame(w);
		break;
	case VN_TAG:
		eth(w, INNER, 0x8926);
		zeroes(w, 4);
		wr_be16(w, 0x0800);
		mail(w);
		break;
	case E_TAG:
		eth(w, INNER, 0x893f);
		zeroes(w, 6);
		wr_be16(w, 0x0800);
		mail(w);
		break;
	default:
		eth(w, INNER, 0x8909);
		wr_be32(w, 0x01010001);
		wr_be16(w, 4);
		wr_be16(w, 0x0800);
		mail(w);
	}
	return (struct expected){ETHERNET, INNER, 0, 0};
}

/* A mirror of a tunnel, mirrored over a tunnel: VLAN, IPv4, GRE, ERSPAN,
 * Ethernet, VLAN, IPv6, UDP, VXLAN, Ethernet, VLAN, VLAN. */
static struct expected nested(struct wr *w)
{
	size_t inner = 14 + 8 + MAIL;

	outer_gre(w, 0x1000, 0x88be, 4, 8 + 18 + 40 + 8 + 8 + inner);
	wr_be32(w, 0x10640000);
	zeroes(w, 4);
	eth(w, 0xbb, 0x8100);
	tag(w, 4, 0x86dd);
	ip6(w, 17, 8 + 8 + inner);
	udp(w, 1234, 4789, 8 + inner);
	wr_be32(w, 0x08000000);
	zeroes(w, 4);
	eth(w, INNER, 0x88a8);
	tag(w, 5, 0x8100);
	tag(w, 6, 0x0800);
	mail(w);
	return (struct expected){ETHERNET, INNER, 2, 2};
}

static struct expected envelope(struct wr *w, int e)
{
	if (e <= FOUR_IN_SIX)
		return ip_tunnels(w, e);
	if (e <= MPLS_IN_IP)
		return labels(w, e);
	if (e <= PPP_ETHER_LINK)
		return serial_lines(w, e);
	if (e <= ERSPAN3_IP)
		return generic(w, e);
	if (e <= GTP_U_EXTENSION || (e >= GRE_UDP && e <= ETHERNET_IN_IP))
		return overlays(w, e);
	if (e <= L2TP3_UDP)
		return l2tp(w, e);
	return e == NESTED ? nested(w) : tags(w, e);
}

static void mail_comes_out_of_every_envelope(void **state)
{
	(void)state;
	for (int e = 0; e < ENVELOPES; e++) {
		struct made m;
		struct expected x = envelope(make(&m), e);

		if (!comes_out(&m, &x))
			fail_msg("envelope %d", e);
	}
}

static void every_envelope_may_be_cut_anywhere(void **state)
{
	(void)state;
	for (int e = 0; e < ENVELOPES; e++) {
		struct made m;
		struct expected x = envelope(make(&m), e);

		if (!may_be_cut_anywhere(&m, &x))
			fail_msg("envelope %d", e);
	}
}

static void every_byte_may_have_any_value(void **state)
{
	(void)state;
	for (int e = 0; e < ENVELOPES; e++) {
		struct made m;
		struct expected x = envelope(make(&m), e);

		every_byte_at_its_extremes(&m, &x);
	}
}

/* A resolver's answer to a client whose port is by chance a tunnel's. */
static void a_dns_answer_stays_what_it_is(void **state)
{
	static const uint16_t ports[] = {4789, 8472, 6081, 2152, 1701};
	static const uint8_t answer[] = {0x81, 0x23, 0x81, 0x80, 0, 1, 0, 1, 0,
		0, 0, 0, 2, 'm', 'x', 0, 0, 1, 0, 1};

	(void)state;
	for (int i = 0; i < 5; i++) {
		struct made m;
		struct packet p;

		ip4(make(&m), 17, 8 + sizeof answer, INNER, 0);
		udp(&m.w, 53, ports[i], sizeof answer);
		wr_bytes(&m.w, answer, sizeof answer);
		check(taken(&m, RAW, &p) == DECODE_OK);
		check(p.kind == PACKET_UDP && p.dport == ports[i]);
		check(p.n == sizeof answer);
	}
}

static void tunnels_carry_other_things_too(void **state)
{
	struct made m;

	(void)state;
	wr_be16(make(&m), 0xc021); /* link control */
	zeroes(&m.w, 60);
	check(result_of(&m, PPP) == DECODE_NONE);
	m.b[0] = 0;
	m.b[1] = 0xfd; /* compressed */
	check(is_stranger(&m, PPP, ENVELOPE_PPP, 0xfd));
	eth(make(&m), OUTER, 0x8864); /* a session's end */
	wr_be32(&m.w, 0x11a70001);
	zeroes(&m.w, 60);
	check(result_of(&m, ETHERNET) == DECODE_NONE);
	m.b[14] = 0x21;
	check(result_of(&m, ETHERNET) == DECODE_BAD);
	outer_ip(make(&m), 47, 60); /* a keepalive */
	zeroes(&m.w, 60);
	check(result_of(&m, ETHERNET) == DECODE_NONE);
	outer_gre(make(&m), 0x0002, 0x0800, 0, MAIL); /* version 2 */
	mail(&m.w);
	check(is_stranger(&m, ETHERNET, ENVELOPE_OTHER, ENVELOPE_GRE_VERSION));
	outer_gre(make(&m), 0x1000, 0x88be, 4, 60); /* ERSPAN version 0 */
	zeroes(&m.w, 60);
	check(is_stranger(&m, ETHERNET, ENVELOPE_OTHER, ENVELOPE_ERSPAN));
	outer_ip(make(&m), 115, 4 + MAIL_FRAME); /* L2TPv3's control */
	wr_be32(&m.w, 0);
	mail_frame(&m.w);
	check(result_of(&m, ETHERNET) == DECODE_NONE);
	eth(make(&m), OUTER, 0x8847); /* labels without end */
	for (int i = 0; i < 200; i++)
		wr_be32(&m.w, 0x00010040);
	check(result_of(&m, ETHERNET) == DECODE_BAD);
	outer_udp(make(&m), 2152, 16 + MAIL); /* an extension of no length */
	wr_be32(&m.w, 0x34ff0000 | (8 + MAIL));
	wr_be32(&m.w, 99);
	wr_be32(&m.w, 0x85);
	wr_be32(&m.w, 0);
	mail(&m.w);
	check(result_of(&m, ETHERNET) == DECODE_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mail_comes_out_of_every_envelope),
		cmocka_unit_test(every_envelope_may_be_cut_anywhere),
		cmocka_unit_test(every_byte_may_have_any_value),
		cmocka_unit_test(a_dns_answer_stays_what_it_is),
		cmocka_unit_test(tunnels_carry_other_things_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
