/* test_decap.c: the layers of a local network: links, tags, IP, and what it
 * carries. */
#include "tests/unit/frames.h"

static void ethernet_and_ipv4_come_off(void **state)
{
	struct made m;
	struct packet p;
	struct addr src = {4, {10, 0, 0, 5}}, dst = {4, {192, 0, 2, 25}};

	(void)state;
	mail_frame(make(&m));
	memset(&p, 0xee, sizeof p);
	check(carries_mail(&m, ETHERNET, &p));
	check(addr_equal(&p.src, &src) && addr_equal(&p.dst, &dst));
	check(p.has_src_mac && p.src_mac.b[5] == INNER);
	check(p.has_dst_mac && p.dst_mac.b[5] == 0x19);
	check(p.ttl == 61 && p.tunnels == 0 && p.vlan_n == 0);
}

static void tags_are_listed_from_the_outside(void **state)
{
	static const uint16_t types[] = {0x8100, 0x88a8, 0x9100};
	struct made m;
	struct packet p;

	(void)state;
	for (int i = 0; i < 3; i++) {
		eth(make(&m), INNER, types[i]);
		tag(&m.w, 0xe064, 0x8100);
		tag(&m.w, 0x1fff, 0x0800);
		mail(&m.w);
		check(carries_mail(&m, ETHERNET, &p));
		check(p.vlan_n == 2 && p.vlans[0] == 100);
		check(p.vlans[1] == 0xfff);
	}
}

static void a_priority_is_no_vlan(void **state)
{
	struct made m;
	struct packet p;

	(void)state;
	eth(make(&m), INNER, 0x8100);
	tag(&m.w, 0xe000, 0x8100);
	tag(&m.w, 7, 0x0800);
	mail(&m.w);
	check(carries_mail(&m, ETHERNET, &p));
	check(p.vlan_n == 1 && p.vlans[0] == 7);
}

static void of_many_tags_the_outermost_are_kept(void **state)
{
	struct made m;
	struct packet p;

	(void)state;
	for (uint16_t tags = 1; tags < 60; tags++) {
		eth(make(&m), INNER, 0x8100);
		for (uint16_t i = 1; i < tags; i++)
			tag(&m.w, i, 0x8100);
		tag(&m.w, tags, 0x0800);
		mail(&m.w);
		/* Ethernet, IP, TCP. */
		if (tags + 3 > DECAP_DEPTH) {
			check(result_of(&m, ETHERNET) == DECODE_BAD);
			continue;
		}
		check(carries_mail(&m, ETHERNET, &p));
		check(p.vlan_n == (tags < 4 ? tags : 4));
		check(p.vlans[0] == 1 && p.vlans[p.vlan_n - 1] == p.vlan_n);
	}
}

static void a_length_in_place_of_a_type_means_llc(void **state)
{
	struct made m;
	struct packet p;

	(void)state;
	eth(make(&m), INNER, 8 + MAIL);
	wr_bytes(&m.w, "\xaa\xaa\x03\0\0\0\x08\0", 8);
	mail(&m.w);
	wr_be32(&m.w, 0xdeadbeef); /* beyond the length */
	check(carries_mail(&m, ETHERNET, &p));
	m.b[17] = 1; /* another organisation's types */
	check(is_stranger(&m, ETHERNET, ENVELOPE_SNAP, 0x010000));
	m.b[14] = m.b[15] = 0x42; /* spanning tree */
	check(result_of(&m, ETHERNET) == DECODE_NONE);
	m.b[14] = 0x99;
	check(is_stranger(&m, ETHERNET, ENVELOPE_LLC, 0x99));
	m.b[12] = 0x05; /* neither length nor type */
	m.b[13] = 0xff;
	check(is_stranger(&m, ETHERNET, ENVELOPE_ETHERTYPE, 0x5ff));
	m.b[12] = m.b[13] = 0;
	check(result_of(&m, ETHERNET) == DECODE_BAD);
}

static void what_linux_cooked_is_read(void **state)
{
	struct made m;
	struct packet p;

	(void)state;
	for (uint16_t hard = 1; hard <= 772; hard += 771) {
		wr_be16(make(&m), 4);
		wr_be16(&m.w, hard);
		wr_be16(&m.w, 6);
		wr_bytes(&m.w, (uint8_t[]){2, 0, 0, 0, 0, INNER, 0, 0}, 8);
		wr_be16(&m.w, 0x8100);
		tag(&m.w, 30, 0x0800);
		mail(&m.w);
		check(carries_mail(&m, SLL, &p));
		check(p.vlan_n == 1 && p.vlans[0] == 30);
		check(p.has_src_mac == (hard == 1) && !p.has_dst_mac);
		check(hard != 1 || p.src_mac.b[5] == INNER);

		wr_be16(make(&m), 0x0800);
		zeroes(&m.w, 6);
		wr_be16(&m.w, hard);
		wr_be16(&m.w, 0x0006);
		wr_bytes(&m.w, (uint8_t[]){2, 0, 0, 0, 0, INNER, 0, 0}, 8);
		mail(&m.w);
		check(carries_mail(&m, 276, &p));
		check(p.has_src_mac == (hard == 1) && !p.has_dst_mac);
	}
	/* LLC, and an address of another length. */
	zeroes(make(&m), 2);
	wr_be16(&m.w, 1);
	wr_be16(&m.w, 8);
	zeroes(&m.w, 8);
	wr_be16(&m.w, 4);
	wr_bytes(&m.w, "\xaa\xaa\x03\0\0\0\x08\0", 8);
	mail(&m.w);
	check(carries_mail(&m, SLL, &p));
	check(!p.has_src_mac);
}

static void loopback_families_come_in_either_order(void **state)
{
	static const uint8_t families6[] = {10, 23, 24, 28, 30};
	struct made m;
	struct packet p;

	(void)state;
	for (int link = 0; link <= 108; link += 108) {
		wr_be32(make(&m), 2);
		mail(&m.w);
		check(carries_mail(&m, link, &p));
		wr_be32(make(&m), 0x02000000);
		mail(&m.w);
		check(carries_mail(&m, link, &p) && !p.has_src_mac);
		wr_be32(make(&m), 7);
		zeroes(&m.w, 54);
		check(result_of(&m, link) == DECODE_OTHER);
	}
	for (size_t i = 0; i < sizeof families6; i++) {
		wr_be32(make(&m), (uint32_t)families6[i] << 24);
		ip6(&m.w, 6, TCP);
		tcp(&m.w);
		check(carries_mail(&m, NULL_LINK, &p));
	}
}

static void raw_ip_says_its_version_itself(void **state)
{
	static const int links[] = {12, 14, 101, 228, 229};
	struct made v4, v6, none;
	struct packet p;

	(void)state;
	mail(make(&v4));
	ip6(make(&v6), 6, TCP);
	tcp(&v6.w);
	zeroes(make(&none), 60);
	for (int i = 0; i < 5; i++) {
		check(carries_mail(&v4, links[i], &p) == (links[i] != 229));
		check(carries_mail(&v6, links[i], &p) == (links[i] != 228));
		check(result_of(&none, links[i]) != DECODE_OK);
	}
}

static void padding_is_no_payload(void **state)
{
	struct made m;
	struct packet p;

	(void)state;
	mail_frame(make(&m));
	zeroes(&m.w, 40);
	check(carries_mail(&m, ETHERNET, &p));
}

static void ipv4_lengths_are_checked(void **state)
{
	struct made m;
	struct packet p;

	(void)state;
	mail_frame(make(&m));
	for (unsigned words = 0; words < 16; words++) {
		m.b[14] = (uint8_t)(0x40 | words);
		if (words < 5 || words > MAIL / 4)
			check(result_of(&m, ETHERNET) == DECODE_BAD);
		else if (words == 5)
			check(carries_mail(&m, ETHERNET, &p));
		else /* TCP begins within itself */
			check(!carries_mail(&m, ETHERNET, &p));
	}
	m.b[14] = 0x45;
	for (uint16_t total = 1; total < MAIL; total++) {
		m.b[16] = 0;
		m.b[17] = (uint8_t)total;
		if (total < 40) {
			check(result_of(&m, ETHERNET) == DECODE_BAD);
		} else {
			check(taken(&m, ETHERNET, &p) == DECODE_OK);
			check(p.n == total - 40u && p.wire_n == p.n);
		}
	}
	/* 0: left to the card. Too long: believed as far as the frame goes. */
	m.b[17] = 0;
	check(carries_mail(&m, ETHERNET, &p));
	m.b[16] = m.b[17] = 0xff;
	check(carries_mail(&m, ETHERNET, &p));
	m.b[14] = 0x65;
	check(result_of(&m, ETHERNET) == DECODE_BAD);
}

static void ipv4_options_are_skipped(void **state)
{
	struct made m;
	struct packet p;

	(void)state;
	mail(make(&m));
	memmove(m.b + 60, m.b + 20, TCP);
	memset(m.b + 20, 1, 40);
	m.w.p += 40;
	m.b[0] = 0x4f;
	m.b[3] = 60 + TCP;
	check(carries_mail(&m, RAW, &p));
	m.b[3] = 59;
	check(result_of(&m, RAW) == DECODE_BAD);
}

static void ipv6_headers_of_all_kinds_come_off(void **state)
{
	struct made m;
	struct packet p;
	struct addr src = {6, {0x20, 1, 0x0d, 0xb8, [15] = 1}};

	(void)state;
	ip6(make(&m), 0, 8 + 24 + 8 + 8 + 16 + TCP);
	wr_be16(&m.w, 43 << 8); /* hop by hop */
	zeroes(&m.w, 6);
	wr_be16(&m.w, 60 << 8 | 2); /* routing */
	zeroes(&m.w, 22);
	wr_be16(&m.w, 44 << 8); /* destination */
	zeroes(&m.w, 6);
	wr_be16(&m.w, 51 << 8); /* fragment, of one piece */
	zeroes(&m.w, 6);
	wr_be16(&m.w, 6 << 8 | 2); /* authentication */
	zeroes(&m.w, 14);
	tcp(&m.w);
	check(carries_mail(&m, RAW, &p));
	check(addr_equal(&p.src, &src) && p.ttl == 62);
	for (size_t n = 0; n < wr_used(&m.w) - SAID; n++) {
		uint8_t *copy;

		check(take(&m, RAW, n, 2000, NULL, &p, &copy) == DECODE_CUT);
		free(copy);
		check(take(&m, RAW, n, n, NULL, &p, &copy) == DECODE_BAD);
		free(copy);
	}
	m.b[0] = 0x50;
	check(result_of(&m, 229) == DECODE_BAD);
}

static void ipv6_lengths_are_checked(void **state)
{
	struct made m;
	struct packet p;

	(void)state;
	ip6(make(&m), 60, 8 + TCP);
	wr_be16(&m.w, 6 << 8);
	zeroes(&m.w, 6);
	tcp(&m.w);
	check(carries_mail(&m, RAW, &p));
	m.b[41] = 1; /* TCP is looked for in itself */
	check(result_of(&m, RAW) != DECODE_OK || p.sport != 25);
	m.b[41] = 255;
	check(result_of(&m, RAW) == DECODE_BAD);
	m.b[41] = 0;
	for (uint8_t payload = 1; payload < 28; payload++) {
		m.b[5] = payload;
		check(result_of(&m, RAW) == DECODE_BAD);
	}
	m.b[4] = m.b[5] = 0; /* left to the card, or a jumbogram */
	check(carries_mail(&m, RAW, &p));
	m.b[4] = m.b[5] = 255;
	check(carries_mail(&m, RAW, &p));
	/* No next header, ICMP, ESP. */
	for (int i = 0; i < 3; i++) {
		m.b[40] = "\x3b\x3a\x32"[i];
		check(result_of(&m, RAW) ==
			(i < 2 ? DECODE_NONE : DECODE_OTHER));
	}
}

static void authentication_headers_have_a_length(void **state)
{
	struct made m;
	struct packet p;

	(void)state;
	ip4(make(&m), 51, 24 + TCP, INNER, 0);
	wr_be16(&m.w, 6 << 8 | 4);
	zeroes(&m.w, 22);
	tcp(&m.w);
	check(carries_mail(&m, RAW, &p));
	m.b[21] = 0;
	check(result_of(&m, RAW) == DECODE_BAD);
	m.b[21] = 255;
	check(result_of(&m, RAW) == DECODE_BAD);
}

static void tcp_options_are_skipped_and_may_be_cut(void **state)
{
	struct made m;
	struct packet p;

	(void)state;
	mail_frame(make(&m));
	for (unsigned words = 0; words < 16; words++) {
		uint8_t *copy;
		size_t header = words * 4, all = wr_used(&m.w);

		m.b[46] = (uint8_t)(words << 4);
		if (words < 5 || header > TCP) {
			check(result_of(&m, ETHERNET) == DECODE_BAD);
			continue;
		}
		check(taken(&m, ETHERNET, &p) == DECODE_OK);
		check(p.n == TCP - header && p.wire_n == p.n);
		/* Cut right behind the fixed part. */
		check(take(&m, ETHERNET, 54, all, NULL, &p, &copy) == DECODE_OK);
		check(p.n == 0 && p.wire_n == TCP - header);
		free(copy);
	}
}

static void udp_lengths_are_checked(void **state)
{
	struct made m;
	struct packet p;

	(void)state;
	ip4(make(&m), 17, 8 + SAID, INNER, 0);
	udp(&m.w, 53, 40001, SAID);
	wr_bytes(&m.w, "..............", SAID);
	check(taken(&m, RAW, &p) == DECODE_OK && p.kind == PACKET_UDP);
	check(p.sport == 53 && p.dport == 40001 && p.n == SAID);
	check(p.flags == 0 && p.seq == 0);
	for (unsigned n = 0; n < 256; n++) {
		m.b[25] = (uint8_t)n;
		if (n == 0 || (n >= 8 && n <= 8 + SAID)) {
			check(taken(&m, RAW, &p) == DECODE_OK);
			check(p.n == (n == 0 ? SAID : n - 8) && p.wire_n == p.n);
		} else {
			check(result_of(&m, RAW) == DECODE_BAD);
		}
	}
	m.b[24] = 255;
	check(result_of(&m, RAW) == DECODE_BAD);
}

static void arp_goes_out_whole_and_without_padding(void **state)
{
	static const uint8_t arp[28] = {0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0,
		5, 10, 0, 0, 5, 2, 0, 0, 0, 0, 6, 10, 0, 0, 6};
	struct made m;
	struct packet p;
	uint8_t *copy;

	(void)state;
	eth(make(&m), INNER, 0x8100);
	tag(&m.w, 9, 0x0806);
	wr_bytes(&m.w, arp, sizeof arp);
	zeroes(&m.w, 14);
	check(take(&m, ETHERNET, 60, 60, NULL, &p, &copy) == DECODE_OK);
	check(p.kind == PACKET_ARP && p.n == sizeof arp);
	check(p.wire_n == sizeof arp && memcmp(p.p, arp, sizeof arp) == 0);
	check(p.src.family == 0 && p.dst.family == 0 && p.sport == 0);
	check(p.src_mac.b[5] == INNER && p.vlan_n == 1);
	free(copy);
	for (size_t n = 0; n < 18 + sizeof arp; n++) {
		check(take(&m, ETHERNET, n, 60, NULL, &p, &copy) == DECODE_CUT);
		free(copy);
	}
	m.b[22] = m.b[23] = 0;
	check(taken(&m, ETHERNET, &p) == DECODE_OK && p.n == 8);
	m.b[22] = m.b[23] = 255;
	check(result_of(&m, ETHERNET) == DECODE_BAD);
}

static void a_snap_length_leaves_what_it_left(void **state)
{
	struct made m;
	struct packet p;

	(void)state;
	mail_frame(make(&m));
	for (size_t n = 0; n <= MAIL_FRAME; n++) {
		uint8_t *copy;
		enum decode r = take(&m, ETHERNET, n, MAIL_FRAME + 6, NULL, &p,
			&copy);

		if (n < MAIL_FRAME - SAID) {
			check(r == DECODE_CUT);
		} else {
			check(r == DECODE_OK && p.p == copy + 54);
			check(p.n == n - 54 && p.wire_n == SAID);
		}
		free(copy);
	}
}

static void a_short_frame_is_malformed(void **state)
{
	struct made m;
	struct packet p;

	(void)state;
	mail_frame(make(&m));
	for (size_t n = 0; n < MAIL_FRAME; n++) {
		uint8_t *copy;
		enum decode r = take(&m, ETHERNET, n, n, NULL, &p, &copy);

		if (n < MAIL_FRAME - SAID)
			check(r == DECODE_BAD);
		else /* what is missing is TCP's to find out */
			check(r == DECODE_OK && p.n == n - 54 &&
				p.wire_n == p.n);
		free(copy);
	}
}

static void what_is_not_understood_is_named(void **state)
{
	struct made m;

	(void)state;
	mail_frame(make(&m));
	for (uint32_t type = 0xfff0; type <= 0xffff; type++) {
		m.b[12] = (uint8_t)(type >> 8);
		m.b[13] = (uint8_t)type;
		check(is_stranger(&m, ETHERNET, ENVELOPE_ETHERTYPE, type));
	}
	mail_frame(make(&m));
	m.b[23] = 108; /* compressed */
	check(is_stranger(&m, ETHERNET, ENVELOPE_IP, 108));
	for (int link = 301; link < 70000; link += 7)
		check(is_stranger(&m, link, ENVELOPE_LINKTYPE, (uint32_t)link));
	check(result_of(&m, FRAME_UNKNOWN) == DECODE_OTHER);
	check(result_of(&m, INT32_MIN) == DECODE_OTHER);
}

static void what_holds_no_mail_is_understood(void **state)
{
	static const uint16_t types[] = {0x88cc, 0x8863, 0x0842};
	struct made m;

	(void)state;
	mail_frame(make(&m));
	for (size_t i = 0; i < 3; i++) {
		m.b[12] = (uint8_t)(types[i] >> 8);
		m.b[13] = (uint8_t)types[i];
		check(result_of(&m, ETHERNET) == DECODE_NONE);
	}
	mail_frame(make(&m));
	m.b[23] = 1; /* ICMP */
	check(result_of(&m, ETHERNET) == DECODE_NONE);
}

static struct ipfrag *frags_new(void)
{
	void *mem = calloc(1, ipfrag_bytes(16));

	check(mem);
	return ipfrag_init(mem, 16, (const uint8_t *)"0123456789abcdef");
}

static void fragments_of_ipv4_are_put_together(void **state)
{
	struct ipfrag *frags = frags_new();
	struct made whole, one, two;
	struct packet p;
	uint8_t *copy;

	(void)state;
	mail(make(&whole));
	eth(make(&one), INNER, 0x0800);
	ip4(&one.w, 6, 24, INNER, 0x2000);
	wr_bytes(&one.w, whole.b + 20, 24);
	zeroes(&one.w, 2); /* padding */
	eth(make(&two), INNER, 0x0800);
	ip4(&two.w, 6, 10, INNER, 24 / 8);
	wr_bytes(&two.w, whole.b + 44, 10);
	zeroes(&two.w, 16);
	check(take(&two, ETHERNET, 60, 60, frags, &p, &copy) == DECODE_FRAG);
	free(copy);
	check(take(&one, ETHERNET, 60, 60, frags, &p, &copy) == DECODE_OK);
	free(copy); /* the payload is not in the frame */
	check(p.kind == PACKET_TCP && p.sport == 25 && p.n == SAID);
	check(p.wire_n == SAID && memcmp(p.p, "250 2.1.0 ok\r\n", SAID) == 0);
	check(result_of(&one, ETHERNET) == DECODE_OTHER); /* no table */
	/* A piece that is not all there would come out short. */
	check(take(&one, ETHERNET, 57, 60, frags, &p, &copy) == DECODE_CUT);
	free(copy);
	check(take(&one, ETHERNET, 50, 50, frags, &p, &copy) == DECODE_CUT);
	free(copy);
	two.b[20] = 0x3f; /* more to come, and its length is no multiple of 8 */
	check(take(&two, ETHERNET, 60, 60, frags, &p, &copy) == DECODE_BAD);
	free(copy);
	free(frags);
}

static void fragments_of_ipv6_are_put_together(void **state)
{
	struct ipfrag *frags = frags_new();
	struct made whole, m;
	struct packet p;
	uint8_t *copy;

	(void)state;
	wr_be16(make(&whole), 6 << 8); /* a destination header in pieces, too */
	zeroes(&whole.w, 6);
	tcp(&whole.w);
	ip6(make(&m), 44, 8 + 16);
	wr_be32(&m.w, 60u << 24 | 1);
	wr_be32(&m.w, 99);
	wr_bytes(&m.w, whole.b, 16);
	check(take(&m, RAW, 64, 64, frags, &p, &copy) == DECODE_FRAG);
	free(copy);
	ip6(make(&m), 44, 8 + 26);
	wr_be32(&m.w, 60u << 24 | 16);
	wr_be32(&m.w, 99);
	wr_bytes(&m.w, whole.b + 16, 26);
	check(take(&m, RAW, 74, 74, frags, &p, &copy) == DECODE_OK);
	check(p.kind == PACKET_TCP && p.n == SAID && p.ttl == 62);
	free(copy);
	free(frags);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ethernet_and_ipv4_come_off),
		cmocka_unit_test(tags_are_listed_from_the_outside),
		cmocka_unit_test(a_priority_is_no_vlan),
		cmocka_unit_test(of_many_tags_the_outermost_are_kept),
		cmocka_unit_test(a_length_in_place_of_a_type_means_llc),
		cmocka_unit_test(what_linux_cooked_is_read),
		cmocka_unit_test(loopback_families_come_in_either_order),
		cmocka_unit_test(raw_ip_says_its_version_itself),
		cmocka_unit_test(padding_is_no_payload),
		cmocka_unit_test(ipv4_lengths_are_checked),
		cmocka_unit_test(ipv4_options_are_skipped),
		cmocka_unit_test(ipv6_headers_of_all_kinds_come_off),
		cmocka_unit_test(ipv6_lengths_are_checked),
		cmocka_unit_test(authentication_headers_have_a_length),
		cmocka_unit_test(tcp_options_are_skipped_and_may_be_cut),
		cmocka_unit_test(udp_lengths_are_checked),
		cmocka_unit_test(arp_goes_out_whole_and_without_padding),
		cmocka_unit_test(a_snap_length_leaves_what_it_left),
		cmocka_unit_test(a_short_frame_is_malformed),
		cmocka_unit_test(what_is_not_understood_is_named),
		cmocka_unit_test(what_holds_no_mail_is_understood),
		cmocka_unit_test(fragments_of_ipv4_are_put_together),
		cmocka_unit_test(fragments_of_ipv6_are_put_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
