/* envelope.c: see envelope.h. */
#include "capture/base/envelope.h"
#include <stdio.h>

struct envelope {
	uint8_t registry;
	bool holds_none;
	uint32_t number;
	const char *name;
};

enum { HIDES = false, HOLDS_NONE = true };

/* In the order of registry and number. A file of a link type that is not known
 * is worth a line, whatever it is: so no link type holds none. */
static const struct envelope ENVELOPES[] = {
	{ENVELOPE_LINKTYPE, HIDES, 187, "Bluetooth"},
	{ENVELOPE_LINKTYPE, HIDES, 189, "USB"},
	{ENVELOPE_LINKTYPE, HIDES, 195, "802.15.4"},
	{ENVELOPE_LINKTYPE, HIDES, 197, "ERF"},
	{ENVELOPE_LINKTYPE, HIDES, 201, "Bluetooth"},
	{ENVELOPE_LINKTYPE, HIDES, 220, "USB"},
	{ENVELOPE_LINKTYPE, HIDES, 224, "Fibre Channel"},
	{ENVELOPE_LINKTYPE, HIDES, 227, "CAN"},
	{ENVELOPE_LINKTYPE, HIDES, 230, "802.15.4"},
	{ENVELOPE_LINKTYPE, HIDES, 231, "D-Bus"},
	{ENVELOPE_LINKTYPE, HIDES, 247, "InfiniBand"},
	{ENVELOPE_LINKTYPE, HIDES, 249, "USB"},
	{ENVELOPE_LINKTYPE, HIDES, 251, "Bluetooth LE"},
	{ENVELOPE_LINKTYPE, HIDES, 252, "Wireshark's upper PDU"},
	{ENVELOPE_LINKTYPE, HIDES, 253, "netlink"},
	{ENVELOPE_LINKTYPE, HIDES, 254, "Bluetooth"},
	{ENVELOPE_LINKTYPE, HIDES, 256, "Bluetooth LE"},
	{ENVELOPE_LINKTYPE, HIDES, 283, "802.15.4"},

	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x0000, "GRE keepalive"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x0842, "wake on LAN"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x2000, "CDP"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x2003, "VTP"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x2004, "DTP"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x22ea, "SRP"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x22f0, "AVTP"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x22f4, "IS-IS of TRILL"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x6001, "DEC MOP"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x6002, "DEC MOP"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x6003, "DECnet"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x6004, "DEC LAT"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x6007, "DEC LAVC"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x8035, "RARP, SLARP"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x809b, "AppleTalk"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x80f3, "AARP"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x8102, "breath of life"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x8137, "IPX"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x8808, "flow control"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x8809, "LACP and other slow ones"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x8863, "PPPoE discovery"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x886f, "Microsoft NLB"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x887b, "HomePlug"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x888e, "802.1X"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x8892, "PROFINET"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x8899, "Realtek loop detection"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x88a2, "ATA over Ethernet"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x88a4, "EtherCAT"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x88ab, "POWERLINK"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x88b8, "GOOSE"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x88ba, "IEC 61850 samples"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x88c7, "802.11 preauthentication"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x88cc, "LLDP"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x88e1, "HomePlug AV"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x88e3, "MRP"},
	{ENVELOPE_ETHERTYPE, HIDES, 0x88e5, "MACsec, encrypted"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x88f5, "MVRP"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x88f6, "MMRP"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x88f7, "PTP"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x88fb, "PRP"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x8902, "CFM"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x8906, "FCoE"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x890d, "802.11 over DS"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x8914, "FCoE set-up"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x8915, "RoCE"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x9000, "loop test"},
	{ENVELOPE_ETHERTYPE, HOLDS_NONE, 0x9003, "loop test"},

	{ENVELOPE_LLC, HOLDS_NONE, 0x00, "link test"},
	{ENVELOPE_LLC, HOLDS_NONE, 0x42, "spanning tree"},
	{ENVELOPE_LLC, HOLDS_NONE, 0xe0, "IPX"},
	{ENVELOPE_LLC, HOLDS_NONE, 0xf0, "NetBIOS"},
	{ENVELOPE_LLC, HOLDS_NONE, 0xff, "IPX"},

	{ENVELOPE_PPP, HIDES, 0x002d, "VJ compressed TCP"},
	{ENVELOPE_PPP, HIDES, 0x003d, "multilink"},
	{ENVELOPE_PPP, HIDES, 0x0053, "encrypted"},
	{ENVELOPE_PPP, HIDES, 0x0055, "encrypted, a link of several"},
	{ENVELOPE_PPP, HIDES, 0x00fb, "compressed, a link of several"},
	{ENVELOPE_PPP, HIDES, 0x00fd, "compressed or MPPE"},

	{ENVELOPE_IP, HOLDS_NONE, 1, "ICMP"},
	{ENVELOPE_IP, HOLDS_NONE, 2, "IGMP"},
	{ENVELOPE_IP, HOLDS_NONE, 33, "DCCP"},
	{ENVELOPE_IP, HOLDS_NONE, 46, "RSVP"},
	{ENVELOPE_IP, HIDES, 50, "ESP, encrypted"},
	{ENVELOPE_IP, HOLDS_NONE, 58, "ICMPv6"},
	{ENVELOPE_IP, HOLDS_NONE, 59, "no next header"},
	{ENVELOPE_IP, HOLDS_NONE, 88, "EIGRP"},
	{ENVELOPE_IP, HOLDS_NONE, 89, "OSPF"},
	{ENVELOPE_IP, HOLDS_NONE, 103, "PIM"},
	{ENVELOPE_IP, HIDES, 108, "IPComp, compressed"},
	{ENVELOPE_IP, HOLDS_NONE, 112, "VRRP"},
	{ENVELOPE_IP, HOLDS_NONE, 124, "IS-IS"},
	{ENVELOPE_IP, HOLDS_NONE, 132, "SCTP"},
	{ENVELOPE_IP, HOLDS_NONE, 136, "UDP-Lite"},

	{ENVELOPE_OTHER, HIDES, ENVELOPE_REST, "of many kinds"},
	{ENVELOPE_OTHER, HIDES, ENVELOPE_WLAN_SECRET, "802.11, encrypted"},
	{ENVELOPE_OTHER, HIDES, ENVELOPE_MPLS_INNER,
		"MPLS without IP or Ethernet"},
	{ENVELOPE_OTHER, HIDES, ENVELOPE_L2TP3_INNER,
		"L2TPv3 without Ethernet"},
	{ENVELOPE_OTHER, HIDES, ENVELOPE_GRE_VERSION, "GRE of another version"},
	{ENVELOPE_OTHER, HIDES, ENVELOPE_ERSPAN, "ERSPAN without Ethernet"},
	{ENVELOPE_OTHER, HIDES, ENVELOPE_ESP_UDP, "ESP in UDP, encrypted"},
	{ENVELOPE_OTHER, HIDES, ENVELOPE_WIREGUARD, "WireGuard, encrypted"},
	{ENVELOPE_OTHER, HIDES, ENVELOPE_DTLS_CAPWAP,
		"CAPWAP in DTLS, encrypted"},
	{ENVELOPE_OTHER, HIDES, ENVELOPE_PARTIAL, "pieces of a link layer"},
	{ENVELOPE_OTHER, HIDES, ENVELOPE_NULL_FAMILY, "unknown address family"},

	{ENVELOPE_NLPID, HOLDS_NONE, 0x08, "Q.933"},
	{ENVELOPE_NLPID, HOLDS_NONE, 0x09, "LMI"},
	{ENVELOPE_NLPID, HOLDS_NONE, 0x82, "ES-IS"},
	{ENVELOPE_NLPID, HOLDS_NONE, 0x83, "IS-IS"},
	{ENVELOPE_NLPID, HIDES, 0xb0, "compressed"},
	{ENVELOPE_NLPID, HIDES, 0xb1, "pieces"},

	{ENVELOPE_SNAP, HOLDS_NONE, 0x00000c, "Cisco"},
	{ENVELOPE_SNAP, HIDES, 0x0080c2, "802.1 bridges"},
	{ENVELOPE_SNAP, HOLDS_NONE, 0x00e02b, "Extreme"},
	{ENVELOPE_SNAP, HOLDS_NONE, 0x080007, "Apple"},

	{ENVELOPE_NSH, HOLDS_NONE, 7, "in-band OAM"},
};

/* Each number of PPP from 0x8000 on sets a link up or watches it. */
static bool is_ppp_control(enum envelope_registry registry, uint32_t number)
{
	return registry == ENVELOPE_PPP && number >= 0x8000;
}

static const struct envelope *known(enum envelope_registry registry,
	uint32_t number)
{
	size_t low = 0, high = sizeof ENVELOPES / sizeof ENVELOPES[0];

	while (low < high) {
		size_t i = (low + high) / 2;
		const struct envelope *e = &ENVELOPES[i];

		if (e->registry == registry && e->number == number)
			return e;
		if (e->registry < registry ||
			(e->registry == registry && e->number < number))
			low = i + 1;
		else
			high = i;
	}
	return NULL;
}

void envelope_name(enum envelope_registry registry, uint32_t number,
	char *out, size_t cap)
{
	static const struct {
		const char *word;
		int hex; /* digits; 0: decimal, -1: no number at all */
	} words[ENVELOPE_REGISTRIES] = {
		[ENVELOPE_LINKTYPE] = {"link type", 0},
		[ENVELOPE_ETHERTYPE] = {"ethertype", 4},
		[ENVELOPE_LLC] = {"LLC SAP", 2},
		[ENVELOPE_PPP] = {"PPP protocol", 4},
		[ENVELOPE_IP] = {"IP protocol", 0},
		[ENVELOPE_OTHER] = {"other", -1},
		[ENVELOPE_NLPID] = {"NLPID", 2},
		[ENVELOPE_SNAP] = {"SNAP organisation", 6},
		[ENVELOPE_NSH] = {"NSH protocol", 0},
	};
	const struct envelope *e = known(registry, number);
	const char *name = e ? e->name
		: is_ppp_control(registry, number) ? "control" : NULL;
	char digits[16] = "";

	if (words[registry].hex > 0)
		snprintf(digits, sizeof digits, " 0x%0*x",
			words[registry].hex, number);
	else if (words[registry].hex == 0)
		snprintf(digits, sizeof digits, " %u", number);
	snprintf(out, cap, name ? "%s%s (%s)" : "%s%s",
		words[registry].word, digits, name);
}

bool envelope_holds_none(enum envelope_registry registry, uint32_t number)
{
	const struct envelope *e = known(registry, number);

	return e ? e->holds_none : is_ppp_control(registry, number);
}
