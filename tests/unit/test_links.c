/* test_links.c: the same mail on every kind of link that a capture may have,
 * and in what fabrics and listeners put around a frame. */
#include "tests/unit/frames.h"
#include <stdio.h>

/* Bytes in hexadecimal, and for these letters: M the mail's IPv4 packet, S the
 * IPv6 one, G a frame of Ethernet with it, T its TCP segment. */
static void spell(struct wr *w, const char *text)
{
	for (const char *c = text; *c; c++) {
		unsigned byte;

		if (*c == ' ') {
			continue;
		} else if (*c == 'M') {
			mail(w);
		} else if (*c == 'S') {
			ip6(w, 6, TCP);
			tcp(w);
		} else if (*c == 'G') {
			mail_frame(w);
		} else if (*c == 'T') {
			tcp(w);
		} else {
			check(sscanf(c, "%2x", &byte) == 1);
			wr_u8(w, (uint8_t)byte);
			c++;
		}
	}
}

#define MACS "020000000019 0200000000 05"
#define SNAP "aaaa03 000000 0800 "
#define Z8 "0000000000000000"
#define Z16 Z8 Z8
#define Z24 Z16 Z8

struct wrapped {
	const char *name;
	const char *bytes;
	struct expected x;
	uint8_t proto; /* in IPv4 on Ethernet, in a VLAN; 0: it is the frame */
	uint16_t port; /* of UDP, if proto is 17 */
};

enum { UDP = 17, GRE = 47 };

static const struct wrapped WRAPPED[] = {
	/* 802.11: to the access point, from it, between two, without one. */
	{"802.11 to AP", "0801 0000 0000000000aa 020000000005 020000000019 "
		"0000 " SNAP "M", {105, INNER, 0, 0}, 0, 0},
	{"802.11 from AP", "0802 0000 020000000019 0000000000aa 020000000005 "
		"1000 " SNAP "M", {105, INNER, 0, 0}, 0, 0},
	{"802.11 4 addresses", "0803 0000 0000000000aa 0000000000ab "
		"020000000019 0000 020000000005 " SNAP "M",
		{105, INNER, 0, 0}, 0, 0},
	{"802.11 QoS", "8800 0000 020000000019 020000000005 0000000000aa 0000 "
		"0600 " SNAP "M", {105, INNER, 0, 0}, 0, 0},
	{"802.11 HT", "8881 0000 0000000000aa 020000000005 020000000019 0000 "
		"0600 00000000 " SNAP "M", {105, INNER, 0, 0}, 0, 0},
	{"802.11 decrypted", "0841 0000 0000000000aa 020000000005 020000000019 "
		"0000 0100002000000000 " SNAP "M", {105, INNER, 0, 0}, 0, 0},
	{"A-MSDU", "8801 0000 0000000000aa 020000000005 020000000019 0000 8600 "
		"020000000019 020000000005 003e " SNAP "M",
		{105, INNER, 0, 0}, 0, 0},
	{"radiotap", "00000a0002000000 00 00 0801 0000 0000000000aa "
		"020000000005 020000000019 0000 " SNAP "M 01020304",
		{127, INNER, 0, 0}, 0, 0},
	{"radiotap padded", "0000190003000080 00000000 00000000 " Z8 "20 "
		"8801 0000 0000000000aa 020000000005 020000000019 0000 0000 "
		"0000 " SNAP "M", {127, INNER, 0, 0}, 0, 0},
	{"PPI", "00000800 69000000 0801 0000 0000000000aa 020000000005 "
		"020000000019 0000 " SNAP "M", {192, INNER, 0, 0}, 0, 0},
	{"PPI Ethernet", "00000c00 01000000 00000000 G",
		{192, INNER, 0, 0}, 0, 0},
	{"Prism", "00000044 90000000 " Z16 Z24 Z24 Z24 Z24 Z24
		"0801 0000 0000000000aa 020000000005 020000000019 0000 "
		SNAP "M", {119, INNER, 0, 0}, 0, 0},
	{"AVS", "80211001 00000040 " Z8 Z24 Z24 "0801 0000 0000000000aa "
		"020000000005 020000000019 0000 " SNAP "M",
		{163, INNER, 0, 0}, 0, 0},
	/* Frame Relay, and what NLPIDs announce. */
	{"Frame Relay", "1841 03 cc M", {107, 0, 0, 0}, 0, 0},
	{"Frame Relay, 4 bytes", "18400041 03 00 8e S", {107, 0, 0, 0}, 0, 0},
	{"Frame Relay, 3 bytes, SNAP", "184003 03 00 80 000000 0800 M",
		{107, 0, 0, 0}, 0, 0},
	{"Frame Relay, bridged", "1841 03 00 80 0080c2 0007 G",
		{107, INNER, 0, 0}, 0, 0},
	{"Frame Relay, PPP", "1841 03 cf 0021 M", {107, 0, 0, 0}, 0, 0},
	{"Frame Relay, Cisco", "1841 0800 M", {107, 0, 0, 0}, 0, 0},
	{"Frame Relay, direction", "01 1841 03 cc M", {206, 0, 0, 0}, 0, 0},
	{"Frame Relay in GRE", "0000 6559 1841 03 cc M",
		{1, 0, 1, 0}, GRE, 0},
	/* Other local networks. */
	{"Token Ring", "1040 020000000019 020000000005 " SNAP "M",
		{6, 0, 0, 0}, 0, 0},
	{"Token Ring, routed", "1040 020000000019 820000000005 06300011 0020 "
		SNAP "M", {6, 0, 0, 0}, 0, 0},
	{"FDDI", "50 020000000019 020000000005 " SNAP "M",
		{10, 0, 0, 0}, 0, 0},
	{"ARCNET", "0102 d4 00 0001 M", {7, 0, 0, 0}, 0, 0},
	{"ARCNET, exception", "0102 c4 ff ffff ff 00 0001 S",
		{7, 0, 0, 0}, 0, 0},
	{"ARCNET, old", "0102 f0 M", {7, 0, 0, 0}, 0, 0},
	{"ARCNET, Linux", "0102 0000 d4 00 0001 M", {129, 0, 0, 0}, 0, 0},
	{"ATM", SNAP "M", {100, 0, 0, 0}, 0, 0},
	{"ATM, routed", "fefe03 cc M", {100, 0, 0, 0}, 0, 0},
	{"ATM, bridged", "aaaa03 0080c2 0007 0000 G",
		{100, INNER, 0, 0}, 0, 0},
	{"ATM, nothing", "M", {106, 0, 0, 0}, 0, 0},
	{"SunATM", "02 00 0021 " SNAP "M", {123, 0, 0, 0}, 0, 0},
	{"SunATM, LANE", "01 00 0021 0000 G", {123, INNER, 0, 0}, 0, 0},
	{"Fibre Channel", "1000 020000000019 1000 020000000005 " SNAP "M",
		{122, INNER, 0, 0}, 0, 0},
	{"IEEE 1394", Z16 "0800 M", {138, 0, 0, 0}, 0, 0},
	{"IPoIB", "0800 0000 M", {242, 0, 0, 0}, 0, 0},
	{"IPoIB, address", Z16 "00000000 86dd 0000 S", {242, 0, 0, 0}, 0, 0},
	{"IPoIB, global", Z24 Z16 "0800 0000 M", {242, 0, 0, 0}, 0, 0},
	{"DOCSIS", "00 00 0044 0000 G", {143, INNER, 0, 0}, 0, 0},
	{"DOCSIS, extended", "01 03 0047 000000 0000 G",
		{143, INNER, 0, 0}, 0, 0},
	/* What systems put in front. */
	{"SLIP", Z16 "M", {8, 0, 0, 0}, 0, 0},
	{"SLIP, BSD/OS", Z24 "S", {102, 0, 0, 0}, 0, 0},
	{"PPP, BSD/OS", "00000000 00 0021 00" Z16 "M", {103, 0, 0, 0}, 0, 0},
	{"PPP, pppd", "00 03 0021 M", {166, 0, 0, 0}, 0, 0},
	{"PPP, direction", "01 ff03 0057 S", {204, 0, 0, 0}, 0, 0},
	{"Cisco HDLC, direction", "01 0f00 0800 M", {205, 0, 0, 0}, 0, 0},
	{"PPP, bridged", "0031 00 01 G", {9, INNER, 0, 0}, 0, 0},
	{"PPP, bridged LAN", "0031 40 01 00000001 G", {9, INNER, 0, 0}, 0, 0},
	{"PPP, multilink", "003d c0000001 0021 M", {9, 0, 0, 0}, 0, 0},
	{"PPP, multilink, short", "003d c001 21 M", {9, 0, 0, 0}, 0, 0},
	{"ENC", "02000000 00000001 00000000 M", {109, 0, 0, 0}, 0, 0},
	{"PFLOG", "3d 02 0000" Z24 Z24 Z8 "00000000 M",
		{117, 0, 0, 0}, 0, 0},
	{"NFLOG", "02 00 0000 0800 0100 08000100 0f00 0800 "
		"0006 0000 020000000005 00 00 3a00 0900 M 0000",
		{239, INNER, 0, 0}, 0, 0},
	{"NFLOG, big endian", "0a 00 0000 0005 0003 00 000000 004e 0009 S",
		{239, 0, 0, 0}, 0, 0},
	{"PKTAP", "10000000 01000000 01000000 00000000 G",
		{258, INNER, 0, 0}, 0, 0},
	{"PKTAP, big endian", "0000000c 00000001 0000000c M",
		{258, 0, 0, 0}, 0, 0},
	{"IPNET", "0102" Z16 "000000000000 M", {226, 0, 0, 0}, 0, 0},
	{"ERF", Z8 "02 04 0056 0000 0044 0000 G", {197, INNER, 0, 0}, 0, 0},
	{"ERF, extended", Z8 "8b 04 0066 0000 0044 " "85" "00000000000000 "
		"05" "00000000000000 0000 G", {197, INNER, 0, 0}, 0, 0},
	{"ERF, POS", Z8 "01 04 0044 0000 0036 ff03 0021 M",
		{197, 0, 0, 0}, 0, 0},
	{"netANALYZER", "00000000 G 01020304", {240, INNER, 0, 0}, 0, 0},
	{"netANALYZER, preamble", "00000000 55555555555555d5 G",
		{241, INNER, 0, 0}, 0, 0},
	{"mPacket", "55555555555555d5 G 01020304", {274, INNER, 0, 0}, 0, 0},
	{"MPLS", "00010140 M", {219, 0, 0, 0}, 0, 0},
	{"Juniper Ethernet", "4d4743 80 0006 010100020203 G",
		{178, INNER, 0, 0}, 0, 0},
	{"Juniper, no link layer", "4d4743 02 M", {178, 0, 0, 0}, 0, 0},
	{"Juniper PPP", "4d4743 01 0021 M", {179, 0, 0, 0}, 0, 0},
	{"Juniper Frame Relay", "4d4743 00 1841 03 cc M",
		{180, 0, 0, 0}, 0, 0},
	{"Juniper HDLC", "4d4743 00 0f00 0800 M", {181, 0, 0, 0}, 0, 0},
	{"Juniper PPPoE", "4d4743 00 " MACS "8864 1100 0001 0038 0021 M",
		{167, INNER, 0, 0}, 0, 0},
	{"Juniper PPPoE in ATM", "4d4743 00 8864 1100 0001 0038 0021 M",
		{168, 0, 0, 0}, 0, 0},
	/* Switches. */
	{"DSA, Broadcom", MACS "00000001 0800 M", {281, INNER, 0, 0}, 0, 0},
	{"DSA, before", "00000001 G", {282, INNER, 0, 0}, 0, 0},
	{"DSA, Marvell", MACS "40000000 0800 M", {284, INNER, 0, 0}, 0, 0},
	{"DSA, Marvell, typed", MACS "dada 0000 40000000 0800 M",
		{285, INNER, 0, 0}, 0, 0},
	{"EtherType DSA", MACS "dada 0000 40000000 8100 0007 0800 M",
		{1, INNER, 0, 1}, 0, 0},
	{"802.1CB", MACS "f1c1 0000 0001 0800 M", {1, INNER, 0, 0}, 0, 0},
	{"HSR", MACS "892f 0040 0001 0800 M", {1, INNER, 0, 0}, 0, 0},
	{"tags of all kinds", MACS "9200 0005 9300 0006 0800 M",
		{1, INNER, 0, 2}, 0, 0},
	{"MACsec", MACS "88e5 20 00 00000001 0200000000050001 0800 M " Z16,
		{1, INNER, 0, 0}, 0, 0},
	{"MACsec, short", MACS "88e5 00 00 00000001 0800 M " Z16,
		{1, INNER, 0, 0}, 0, 0},
	{"TRILL", MACS "22f3 0045 0001 0002 00000000 G",
		{1, INNER, 0, 0}, 0, 0},
	{"FabricPath", MACS "8903 0060 G", {1, INNER, 0, 0}, 0, 0},
	{"ISL", "01000c0000 00 0200000000 05 0050 aaaa03 020000 000e 0000 "
		"0000 G", {1, INNER, 0, 1}, 0, 0},
	{"NSH", MACS "894f 0fc2 01 03 00000001 G", {1, INNER, 0, 0}, 0, 0},
	{"NSH in NSH", MACS "894f 0fc2 02 04 00000001 0fc3 02 01 00000001 "
		"00000000 M", {1, INNER, 0, 0}, 0, 0},
	{"B.A.T.M.A.N.", MACS "4305 400f 32 00 0200000000aa G",
		{1, INNER, 0, 0}, 0, 0},
	{"B.A.T.M.A.N., broadcast", MACS "4305 010f 32 00 00000001 "
		"0200000000aa G", {1, INNER, 0, 0}, 0, 0},
	{"B.A.T.M.A.N., 4 addresses", MACS "4305 420f 32 00 0200000000aa "
		"0200000000ab 01 00 G", {1, INNER, 0, 0}, 0, 0},
	{"Arista, 64 bits", MACS "d28b 0001 0010 " Z8 "0800 M",
		{1, INNER, 0, 0}, 0, 0},
	{"Arista, 48 bits", MACS "d28b 0001 0020 000000000000 0800 M",
		{1, INNER, 0, 0}, 0, 0},
	{"802.2 without SNAP", MACS "0039 060603 M", {1, INNER, 0, 0}, 0, 0},
	{"802.1H", MACS "003e aaaa03 0000f8 0800 M", {1, INNER, 0, 0}, 0, 0},
	{"802.2, long", MACS "8870 " SNAP "M", {1, INNER, 0, 0}, 0, 0},
	/* Listeners, controllers, and tunnels besides. */
	{"TZSP", "0100 0001 0a0101 00 01 G", {1, INNER, 1, 0}, UDP, 37008},
	{"TZSP 802.11", "0100 0012 01 0801 0000 0000000000aa 020000000005 "
		"020000000019 0000 " SNAP "M", {1, INNER, 1, 0}, UDP, 37008},
	{"TZSP Prism", "0100 007f 01 80211001 00000040 " Z8 Z24 Z24
		"0801 0000 0000000000aa 020000000005 020000000019 0000 "
		SNAP "M", {1, INNER, 1, 0}, UDP, 37008},
	{"CAPWAP", "00 100200 00000000 G", {1, INNER, 1, 0}, UDP, 5247},
	{"CAPWAP 802.11", "00 180300 00000000 00000000 0801 0000 0000000000aa "
		"020000000005 020000000019 0000 " SNAP "M",
		{1, INNER, 1, 0}, UDP, 5247},
	{"CAPWAP, swapped", "00 100300 00000000 1108 0000 0000000000aa "
		"020000000005 020000000019 0123 " SNAP "M",
		{1, INNER, 1, 0}, UDP, 5247},
	{"HP ERM", Z8 "00000000 G", {1, INNER, 1, 0}, UDP, 7932},
	{"Teredo", "S", {1, 0, 1, 0}, UDP, 3544},
	{"Teredo, indications", "0001 02 01 6161 62 " Z8 "00 0000 0001 00000000"
		" S", {1, 0, 1, 0}, UDP, 3544},
	{"LISP", Z8 "M", {1, 0, 1, 0}, UDP, 4341},
	{"GTP-U elsewhere", "30ff 0036 00000001 M",
		{1, 0, 1, 0}, UDP, 40001},
	{"GTP-U elsewhere, numbers", "32ff 003a 00000001 00010000 M",
		{1, 0, 1, 0}, UDP, 40001},
	{"GRE in UDP", "0000 0800 M", {1, 0, 1, 0}, UDP, 4755},
	{"NSH in VXLAN-GPE", "0c000004 00000100 0fc2 01 01 00000001 M",
		{1, 0, 1, 0}, UDP, 4790},
	{"WCCP", "0000 883e M", {1, 0, 1, 0}, GRE, 0},
	{"WCCP 2", "0000 883e 00000000 M", {1, 0, 1, 0}, GRE, 0},
	{"IPIP, 94", "M", {1, 0, 1, 0}, 94, 0},
	{"minimal encapsulation", "06 80 0000 c0000219 0a000005 T",
		{1, 0, 1, 0}, 55, 0},
};

enum { WRAPPED_N = sizeof WRAPPED / sizeof WRAPPED[0] };

static void wrap(const struct wrapped *e, struct made *m)
{
	struct made inner;
	size_t n;

	spell(make(&inner), e->bytes);
	check(wr_ok(&inner.w));
	n = wr_used(&inner.w);
	make(m);
	if (e->proto == UDP)
		outer_udp(&m->w, e->port, n);
	else if (e->proto != 0)
		outer_ip(&m->w, e->proto, n);
	wr_bytes(&m->w, inner.b, n);
}

static void mail_comes_out_of_every_link(void **state)
{
	(void)state;
	for (int i = 0; i < WRAPPED_N; i++) {
		struct made m;

		wrap(&WRAPPED[i], &m);
		if (!comes_out(&m, &WRAPPED[i].x))
			fail_msg("%s", WRAPPED[i].name);
	}
}

static void every_link_may_be_cut_anywhere(void **state)
{
	(void)state;
	for (int i = 0; i < WRAPPED_N; i++) {
		struct made m;

		wrap(&WRAPPED[i], &m);
		if (!may_be_cut_anywhere(&m, &WRAPPED[i].x))
			fail_msg("%s", WRAPPED[i].name);
	}
}

static void every_byte_of_a_link_may_have_any_value(void **state)
{
	(void)state;
	for (int i = 0; i < WRAPPED_N; i++) {
		struct made m;

		wrap(&WRAPPED[i], &m);
		every_byte_at_its_extremes(&m, &WRAPPED[i].x);
	}
}

/* What is counted, and as what. */
static const struct {
	const char *bytes;
	int link;
	uint8_t proto;
	uint16_t port;
	uint8_t registry;
	uint32_t number;
} STRANGE[] = {
	{"0841 0000 0000000000aa 020000000005 020000000019 0000 "
		"0100002000000000 8f2a11 " Z24, 105, 0, 0,
		ENVELOPE_OTHER, ENVELOPE_WLAN_SECRET},
	{"0805 0000 0000000000aa 020000000005 020000000019 0000 " SNAP "M",
		105, 0, 0, ENVELOPE_OTHER, ENVELOPE_PARTIAL},
	{"0801 0000 0000000000aa 020000000005 020000000019 0100 " SNAP "M",
		105, 0, 0, ENVELOPE_OTHER, ENVELOPE_PARTIAL},
	{"1841 03 b0 M", 107, 0, 0, ENVELOPE_NLPID, 0xb0},
	{"0102 d4 03 0001 M", 7, 0, 0, ENVELOPE_OTHER, ENVELOPE_PARTIAL},
	{"40 00 0044 0000 G", 143, 0, 0, ENVELOPE_LINKTYPE, 143},
	{Z8 "03 04 0056 0000 0044 0000 G", 197, 0, 0, ENVELOPE_LINKTYPE, 197},
	{"55555555555555e6 G", 274, 0, 0, ENVELOPE_OTHER, ENVELOPE_PARTIAL},
	{"003d 80000001 0021 M", 9, 0, 0, ENVELOPE_OTHER, ENVELOPE_PARTIAL},
	{"0031 00 03 G", 9, 0, 0, ENVELOPE_PPP, 0x31},
	{MACS "88e5 2c 00 00000001 0200000000050001 " Z24, 1, 0, 0,
		ENVELOPE_ETHERTYPE, 0x88e5},
	{MACS "88e5 04 00 00000001 0800 M", 1, 0, 0,
		ENVELOPE_ETHERTYPE, 0x88e5},
	{MACS "894f 0fc2 01 09 00000001 G", 1, 0, 0, ENVELOPE_NSH, 9},
	{MACS "4305 400e 32 00 0200000000aa G", 1, 0, 0,
		ENVELOPE_ETHERTYPE, 0x4305},
	{MACS "4305 410f 32 00 0200000000aa G", 1, 0, 0,
		ENVELOPE_OTHER, ENVELOPE_PARTIAL},
	{MACS "d28b 0002 0010 " Z8 "0800 M", 1, 0, 0,
		ENVELOPE_ETHERTYPE, 0xd28b},
	{MACS "003e aaaa03 0080c2 0009 " Z24, 1, 0, 0,
		ENVELOPE_SNAP, 0x0080c2},
	{"07000000 600f", 0, 0, 0, ENVELOPE_OTHER, ENVELOPE_NULL_FAMILY},
	{"00 100280 00010000 G", 1, UDP, 5247, /* there is no table */
		ENVELOPE_OTHER, ENVELOPE_PARTIAL},
	{"01000000 17 feff " Z24, 1, UDP, 5247,
		ENVELOPE_OTHER, ENVELOPE_DTLS_CAPWAP},
	{"c0ffee01 00000001 " Z24, 1, UDP, 4500,
		ENVELOPE_OTHER, ENVELOPE_ESP_UDP},
	{"04000000 " Z24 Z8, 1, UDP, 51820,
		ENVELOPE_OTHER, ENVELOPE_WIREGUARD},
	{"c0ffee01 00000001 " Z24, 1, 50, 0, ENVELOPE_IP, 50},
};

static void what_hides_or_is_unknown_is_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof STRANGE / sizeof STRANGE[0]; i++) {
		struct wrapped e = {.bytes = STRANGE[i].bytes,
			.proto = STRANGE[i].proto, .port = STRANGE[i].port};
		struct made m;

		wrap(&e, &m);
		if (!is_stranger(&m, STRANGE[i].link, STRANGE[i].registry,
			STRANGE[i].number))
			fail_msg("%s", STRANGE[i].bytes);
	}
}

static void what_links_say_to_each_other_is_no_mail(void **state)
{
	static const struct {
		const char *bytes;
		int link;
	} idle[] = {
		{"8000 0000 " Z24, 105},                /* a beacon */
		{"b400 0000 0000000000aa", 105},        /* RTS */
		{"4801 0000 " Z24, 105},                /* no data */
		{"1000 020000000019 020000000005 0003", 6},
		{"41 020000000019 020000000005 0003", 10},
		{"1841 03 08 00 75", 107},              /* Q.933 */
		{"c0 00 0044 0000 " Z24, 143},
		{"55555555555555 07 " Z24, 274},
		{"02 00 0000 0800 0100 08000100", 239}, /* no payload */
		{MACS "4305 000f 32 00 0200000000aa", 1},
		{"05 00 0021 " Z8, 123},
		{"0102 cd 00 0001 " Z8, 7},
		{Z24 Z24, 242},
	};

	(void)state;
	for (size_t i = 0; i < sizeof idle / sizeof idle[0]; i++) {
		struct made m;

		spell(make(&m), idle[i].bytes);
		if (result_of(&m, idle[i].link) != DECODE_NONE)
			fail_msg("%s", idle[i].bytes);
	}
}

static void what_cannot_be_is_malformed(void **state)
{
	static const struct {
		const char *bytes;
		int link;
	} bad[] = {
		{"00000a0002000000 40 00 0801", 127},   /* check sequence */
		{"0000040002000000", 127}, /* shorter than itself */
		{"00000700 69000000", 192},
		{"80211001 00000007 " Z8, 119},
		{"0901 0000 " Z24, 105},                /* version 1 */
		{"19 03 cc M", 107}, /* address of one byte */
		{"1800000019 03 cc M", 107}, /* of five */
		{"1040 020000000019 820000000005 0130 " SNAP "M", 6},
		{"03 02 0000", 117},
		{"0b000000 00000000 01000000 " Z24, 258},
		{"02 00 0000 0300 0100 " Z8, 239},
		{"4d4744 00 0021 M", 179},
		{MACS "894f 0fc1 01 03 00000001 G", 1},
		{MACS "894f 4fc2 01 03 00000001 G", 1},
		{MACS "22f3 4045 0001 0002 00000000 G", 1},
		{"50 M", 101},
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct made m;

		spell(make(&m), bad[i].bytes);
		if (result_of(&m, bad[i].link) != DECODE_BAD)
			fail_msg("%s", bad[i].bytes);
	}
}

/* Two frames in one, then with a length at its ends. */
static void of_an_aggregate_no_frame_is_lost(void **state)
{
	struct made m;
	struct packet p;
	uint8_t *copy;
	struct frame rest;

	(void)state;
	spell(make(&m), "8801 0000 0000000000aa 020000000005 020000000019 0000 "
		"8600 02000000001a 020000000006 003f " SNAP "M 00 000000"
		"020000000019 020000000005 003e " SNAP "M");
	check(take(&m, 105, wr_used(&m.w), wr_used(&m.w), NULL, &p, &copy) ==
		DECODE_OK);
	check(p.n == SAID && p.wire_n == SAID);
	check(p.src_mac.b[5] == 6 && p.dst_mac.b[5] == 0x1a);
	check(p.rest_n == 14 + 8 + MAIL && p.rest_wire_n == p.rest_n);
	check(p.rest + p.rest_n == copy + wr_used(&m.w));
	rest = (struct frame){42, FRAME_AMSDU, p.rest, p.rest_n,
		p.rest_wire_n};
	check(decap(&rest, NULL, &p) == DECODE_OK && p.kind == PACKET_TCP);
	check(p.n == SAID && p.src_mac.b[5] == 5 && p.rest_n == 0);
	free(copy);
	for (int length = 0; length <= 0xff; length += 0xff) {
		m.b[26 + 12] = m.b[26 + 13] = (uint8_t)length;
		check(take(&m, 105, wr_used(&m.w), wr_used(&m.w), NULL, &p,
			&copy) != DECODE_OK || length != 0);
		check(length == 0 || p.rest_n == 0);
		free(copy);
	}
}

/* By chance somebody has the port; reserved bits and a binding tell. */
static void what_is_no_capwap_stays_udp(void **state)
{
	static const char *const not_it[] = {
		"00 100207 00000000 G", "00 100400 00000000 G",
		"00 080200 00000000 G", "02 100200 00000000 G",
	};

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct wrapped e = {.bytes = not_it[i], .proto = UDP,
			.port = 5247};
		struct made m;
		struct packet p;

		wrap(&e, &m);
		check(taken(&m, ETHERNET, &p) == DECODE_OK);
		check(p.kind == PACKET_UDP && p.dport == 5247);
	}
}

/* A frame in two pieces, the last one first; then with another number. */
static void pieces_of_capwap_are_put_together(void **state)
{
	void *mem = calloc(1, ipfrag_bytes(16));
	struct ipfrag *frags;
	struct made whole, m;
	struct packet p;
	uint8_t *copy, *cut;

	(void)state;
	mail_frame(make(&whole));
	for (int number = 7; number < 9; number++) {
		memset(mem, 0, ipfrag_bytes(16));
		frags = ipfrag_init(mem, 16,
			(const uint8_t *)"0123456789abcdef");
		outer_udp(make(&m), 5247, 8 + MAIL_FRAME - 32);
		spell(&m.w, "00 1002c0 0007 0020");
		wr_bytes(&m.w, whole.b + 32, MAIL_FRAME - 32);
		check(take(&m, ETHERNET, wr_used(&m.w), wr_used(&m.w), frags,
			&p, &copy) == DECODE_FRAG);
		free(copy);
		outer_udp(make(&m), 5247, 8 + 32);
		spell(&m.w, "00 100280 0007 0000");
		m.b[wr_used(&m.w) - 3] = (uint8_t)number;
		wr_bytes(&m.w, whole.b, 32);
		check(take(&m, ETHERNET, wr_used(&m.w), wr_used(&m.w), frags,
			&p, &copy) == (number == 7 ? DECODE_OK : DECODE_FRAG));
		if (number == 7)
			check(p.kind == PACKET_TCP && p.n == SAID &&
				memcmp(p.p, "250 2.1.0 ok", 12) == 0);
		check(take(&m, ETHERNET, wr_used(&m.w) - 1, wr_used(&m.w),
			frags, &p, &cut) == DECODE_CUT);
		free(cut);
		free(copy);
	}
	free(mem);
}

/* However deep somebody nests: the work has an end. */
static void depth_is_bounded(void **state)
{
	uint8_t *deep = malloc(65536);
	struct wr w = wr_init(deep, 65536);
	struct frame f = {.at = 42, .link = RAW, .p = deep};
	struct packet p;

	(void)state;
	ip6(&w, 60, 8 * 1000 + TCP);
	for (int i = 0; i < 1000; i++)
		wr_be64(&w, i < 999 ? UINT64_C(60) << 56 : UINT64_C(6) << 56);
	tcp(&w);
	f.n = f.wire_n = wr_used(&w);
	check(decap(&f, NULL, &p) == DECODE_BAD);
	w = wr_init(deep, 65536);
	for (size_t i = 64; i > 0; i--)
		ip4(&w, 4, 20 * (i - 1) + MAIL, 1, 0);
	mail(&w);
	f.n = f.wire_n = wr_used(&w);
	check(decap(&f, NULL, &p) == DECODE_BAD);
	w = wr_init(deep, 65536);
	for (size_t i = 64; i > 0; i--) { /* VXLAN */
		eth(&w, OUTER, 0x0800);
		ip4(&w, 17, 16 + 50 * (i - 1) + MAIL_FRAME, OUTER, 0);
		udp(&w, 50000, 4789, 8 + 50 * (i - 1) + MAIL_FRAME);
		wr_be64(&w, 0x0800000000000100);
	}
	mail_frame(&w);
	f.link = ETHERNET;
	f.n = f.wire_n = wr_used(&w);
	check(decap(&f, NULL, &p) == DECODE_BAD);
	w = wr_init(deep, 65536);
	for (int i = 0; i < 64; i++) /* PPI in PPI */
		wr_be64(&w, 0x00000800c0000000);
	f.link = 192;
	f.n = f.wire_n = wr_used(&w);
	check(decap(&f, NULL, &p) == DECODE_BAD);
	free(deep);
}

/* ESP with a cipher of NULL: an IPv4 packet, an IPv6 one, a TCP segment, each
 * with padding and a check value; and everything that may not be so. */
static void esp_that_hides_nothing_is_read(void **state)
{
	static const char *const tunnels[] = {
		"c0ffee01 00000001 M 0102 02 04 " Z8 "00000000",
		"c0ffee01 00000001 M 01020304 04 04 " Z16,
		"c0ffee01 00000001 " Z8 "M 00 04 " Z16,
		"c0ffee01 00000001 M 00 04 " Z16 Z16,
		"c0ffee01 00000001 M 00 04",
		"c0ffee01 00000001 S 010203 03 29 " Z8 "00000000",
	};
	struct made m, esp;
	struct packet p;

	(void)state;
	for (size_t i = 0; i < sizeof tunnels / sizeof tunnels[0]; i++) {
		size_t n;

		spell(make(&esp), tunnels[i]);
		n = wr_used(&esp.w);
		if (i < 5) { /* the check sum of the header within */
			size_t at = i == 2 ? 16 : 8;

			esp.b[at + 10] = 0xb1;
			esp.b[at + 11] = 0x9d;
		}
		outer_ip(make(&m), 50, n);
		wr_bytes(&m.w, esp.b, n);
		if (!carries_mail(&m, ETHERNET, &p) || p.tunnels != 1)
			fail_msg("%s", tunnels[i]);
		outer_udp(make(&m), 4500, n);
		wr_bytes(&m.w, esp.b, n);
		check(carries_mail(&m, ETHERNET, &p));
		/* Cut, it has no trailer. */
		for (size_t cut = 1; cut < n; cut++) {
			uint8_t *copy;

			check(take(&m, ETHERNET, wr_used(&m.w) - cut,
				wr_used(&m.w), NULL, &p, &copy) != DECODE_OK ||
				p.kind != PACKET_TCP);
			free(copy);
		}
	}
}

static void esp_in_transport_mode_is_read_where_sums_agree(void **state)
{
	struct made m;
	struct packet p;
	size_t n = 8 + TCP + 2 + 2 + 12;

	(void)state;
	outer_ip(make(&m), 50, n);
	spell(&m.w, "c0ffee01 00000001 T 0102 02 06 " Z8 "00000000");
	check(is_stranger(&m, ETHERNET, ENVELOPE_IP, 50));
	for (unsigned sum = 0; sum < 0x10000; sum++) {
		size_t at = wr_used(&m.w) - n + 8 + 16;

		m.b[at] = (uint8_t)(sum >> 8);
		m.b[at + 1] = (uint8_t)sum;
		if (!carries_mail(&m, ETHERNET, &p))
			continue;
		check(p.tunnels == 0);
		m.b[wr_used(&m.w) - 14] = 3; /* more padding than 1, 2 */
		check(is_stranger(&m, ETHERNET, ENVELOPE_IP, 50));
		m.b[wr_used(&m.w) - 14] = 255;
		check(is_stranger(&m, ETHERNET, ENVELOPE_IP, 50));
		return;
	}
	fail_msg("no sum is right");
}

/* STT looks like TCP; a mail client may have its port. */
static void stt_is_told_from_tcp(void **state)
{
	struct made m;
	struct packet p;

	(void)state;
	outer_ip(make(&m), 6, 20 + 18 + MAIL_FRAME);
	spell(&m.w, "c000 1d2f 00560000 00000001 5010 ffff 0000 0000 "
		"00 00 00 00 0000 0000 " Z8 "0000 G");
	check(carries_mail(&m, ETHERNET, &p));
	check(p.tunnels == 1 && p.src_mac.b[5] == INNER);
	m.b[18 + 20 + 7] = 1; /* not the first piece */
	check(taken(&m, ETHERNET, &p) == DECODE_OK && p.dport == 7471);
	mail_frame(make(&m));
	m.b[14 + 20 + 2] = 0x1d; /* the client's port */
	m.b[14 + 20 + 3] = 0x2f;
	check(taken(&m, ETHERNET, &p) == DECODE_OK && p.dport == 7471);
}

/* Who has an address goes out whole, and nothing else of ICMPv6. */
static void neighbours_go_out_whole(void **state)
{
	struct made m;
	struct packet p;

	(void)state;
	for (int type = 0; type < 256; type++) {
		ip6(make(&m), 58, 32);
		wr_u8(&m.w, (uint8_t)type);
		zeroes(&m.w, 31);
		if (type < 134 || type > 136) {
			check(result_of(&m, RAW) == DECODE_NONE);
			continue;
		}
		check(taken(&m, RAW, &p) == DECODE_OK);
		check(p.kind == PACKET_ND && p.n == 32 && p.ttl == 62);
		check(p.src.family == 6 && p.sport == 0);
	}
	ip6(make(&m), 58, 0);
	check(result_of(&m, RAW) == DECODE_BAD);
}

/* What all of them share: a loopback's family may be damaged or unheard of, and
 * IP be there all the same. */
static void a_family_need_not_be_known(void **state)
{
	struct made m;
	struct packet p;

	(void)state;
	spell(make(&m), "0f000800 M");
	check(carries_mail(&m, NULL_LINK, &p));
	spell(make(&m), "0f000800 S");
	check(carries_mail(&m, NULL_LINK, &p));
	m.b[4 + 5]++; /* its length does not agree */
	check(is_stranger(&m, NULL_LINK, ENVELOPE_OTHER,
		ENVELOPE_NULL_FAMILY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mail_comes_out_of_every_link),
		cmocka_unit_test(every_link_may_be_cut_anywhere),
		cmocka_unit_test(every_byte_of_a_link_may_have_any_value),
		cmocka_unit_test(what_hides_or_is_unknown_is_counted),
		cmocka_unit_test(what_links_say_to_each_other_is_no_mail),
		cmocka_unit_test(what_cannot_be_is_malformed),
		cmocka_unit_test(of_an_aggregate_no_frame_is_lost),
		cmocka_unit_test(what_is_no_capwap_stays_udp),
		cmocka_unit_test(pieces_of_capwap_are_put_together),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(esp_that_hides_nothing_is_read),
		cmocka_unit_test(
			esp_in_transport_mode_is_read_where_sums_agree),
		cmocka_unit_test(stt_is_told_from_tcp),
		cmocka_unit_test(neighbours_go_out_whole),
		cmocka_unit_test(a_family_need_not_be_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
