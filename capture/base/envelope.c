/* envelope.c: see envelope.h. */
#include "capture/base/envelope.h"
#include <stdio.h>

/* The ones that are seen beside mail and hold none. */
static const char *known(enum envelope_registry registry, uint32_t number)
{
	switch ((uint32_t)registry << 24 | (number & 0xffffff)) {
	case ENVELOPE_ETHERTYPE << 24 | 0x88cc: return "LLDP";
	case ENVELOPE_ETHERTYPE << 24 | 0x888e: return "802.1X";
	case ENVELOPE_ETHERTYPE << 24 | 0x88e5: return "MACsec, encrypted";
	case ENVELOPE_ETHERTYPE << 24 | 0x88f7: return "PTP";
	case ENVELOPE_ETHERTYPE << 24 | 0x8863: return "PPPoE discovery";
	case ENVELOPE_LLC << 24 | 0x42: return "spanning tree";
	case ENVELOPE_LLC << 24 | 0xfe: return "IS-IS";
	case ENVELOPE_IP << 24 | 1: return "ICMP";
	case ENVELOPE_IP << 24 | 2: return "IGMP";
	case ENVELOPE_IP << 24 | 50: return "ESP, encrypted";
	case ENVELOPE_IP << 24 | 58: return "ICMPv6";
	case ENVELOPE_IP << 24 | 89: return "OSPF";
	case ENVELOPE_IP << 24 | 103: return "PIM";
	case ENVELOPE_IP << 24 | 108: return "IPComp, compressed";
	case ENVELOPE_IP << 24 | 112: return "VRRP";
	case ENVELOPE_IP << 24 | 132: return "SCTP";
	default: return NULL;
	}
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
	};
	const char *name = known(registry, number);
	char digits[16] = "";

	if (words[registry].hex > 0)
		snprintf(digits, sizeof digits, " 0x%0*x",
			words[registry].hex, number);
	else if (words[registry].hex == 0)
		snprintf(digits, sizeof digits, " %u", number);
	snprintf(out, cap, name ? "%s%s (%s)" : "%s%s",
		words[registry].word, digits, name);
}
