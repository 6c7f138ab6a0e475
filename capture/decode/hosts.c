/* hosts.c: what systems and capture cards put before a packet that they hand
 * out: firewalls' logs, virtual interfaces, time stamps. */
#include "capture/decode/peel.h"

enum {
	NFLOG_IP4 = 2, NFLOG_ARP = 3, NFLOG_IP6 = 10, /* Linux's families */
	NFLOG_HWADDR = 8,                             /* types of TLVs */
	NFLOG_PAYLOAD = 9,
	PKTAP_FIXED = 12,
	ERF_EXTENDED = 0x80,
	ERF_TYPE = 0x7f,
};

/* OpenBSD's and FreeBSD's packet filter: the header's first byte is its length
 * without the pad that makes it a multiple of 4. */
enum decode host_pflog(struct peel *p)
{
	struct rd h = p->r;
	size_t n = rd_u8(&h);

	if (!rd_ok(&h))
		return peel_short(p);
	return n < 4 ? DECODE_BAD : peel_header(p, (n + 3) & ~3u, LAYER_IP);
}

/* LINKTYPE_PPP_BSDOS: PPP's protocol stands in the midst of 24 bytes. */
enum decode host_ppp_bsdos(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 24);
	uint16_t protocol;

	rd_skip(&h, 5);
	protocol = rd_be16(&h);
	if (!rd_ok(&h))
		return peel_short(p);
	peel_ppp(p, protocol);
	return DECODE_OK;
}

/* LINKTYPE_PKTAP, Apple's: in the order of the host, which is a little-endian
 * one unless the length would be far too long. */
enum decode host_pktap(struct peel *p)
{
	struct rd h = p->r;
	uint32_t n = rd_le32(&h), link;

	rd_skip(&h, 4); /* the kind of what follows */
	link = rd_le32(&h);
	if (!rd_ok(&h))
		return peel_short(p);
	if (n > 0xffff) {
		n = __builtin_bswap32(n);
		link = __builtin_bswap32(link);
	}
	if (n < PKTAP_FIXED)
		return DECODE_BAD;
	rd_skip(&p->r, n);
	peel_link(p, (int)link);
	return rd_ok(&p->r) ? DECODE_OK : peel_short(p);
}

/* A TLV's length and type are in the order of the host: types are small. */
static uint16_t nflog_type(struct rd *r, uint16_t *n)
{
	struct rd other = *r;
	uint16_t type;

	*n = rd_le16(r);
	type = rd_le16(r);
	if (type < 256)
		return type;
	*n = rd_be16(&other);
	return rd_be16(&other);
}

static void nflog_sender(struct packet *out, struct rd *value)
{
	if (rd_be16(value) != sizeof out->src_mac.b)
		return;
	rd_skip(value, 2);
	rd_copy(value, out->src_mac.b, sizeof out->src_mac.b);
	out->has_src_mac = rd_ok(value);
}

/* LINKTYPE_NFLOG: a family, and TLVs, each filled up to 4 bytes: one of them is
 * the packet. */
enum decode host_nflog(struct peel *p)
{
	uint8_t family = rd_u8(&p->r);

	rd_skip(&p->r, 3); /* version, resource */
	while (rd_left(&p->r) > 0) {
		uint16_t n, type = nflog_type(&p->r, &n);
		struct rd value;

		if (rd_ok(&p->r) && n < 4)
			return DECODE_BAD;
		if (rd_ok(&p->r) && type == NFLOG_PAYLOAD) {
			peel_fence(p, n - 4u);
			p->next = family == NFLOG_IP4 ? LAYER_IP4
				: family == NFLOG_IP6 ? LAYER_IP6
				: family == NFLOG_ARP ? LAYER_ARP : LAYER_IP;
			return DECODE_OK;
		}
		value = rd_sub(&p->r, n - 4u);
		rd_skip(&p->r, rd_left(&p->r) > 0 ? -n & 3u : 0);
		if (type == NFLOG_HWADDR)
			nflog_sender(p->out, &value);
	}
	/* A packet that was not to be copied is none. */
	return rd_ok(&p->r) ? DECODE_NONE : peel_short(p);
}

/* Endace's extensible record format: a time stamp, a type, and headers of 8
 * bytes as long as their first bit is set. */
enum decode host_erf(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 16);
	uint8_t type, more;

	rd_skip(&h, 8);
	type = rd_u8(&h);
	if (!rd_ok(&h))
		return peel_short(p);
	for (more = type; more & ERF_EXTENDED && rd_ok(&p->r);) {
		more = rd_u8(&p->r);
		rd_skip(&p->r, 7);
	}
	switch (type & ERF_TYPE) {
	case 1: case 10: case 15: case 17: /* POS, with a colour, DSM, MC */
		p->next = LAYER_PPP;
		break;
	case 2: case 11: case 16: case 20: /* Ethernet likewise */
		rd_skip(&p->r, 2); /* offset, pad */
		p->next = LAYER_ETHERNET;
		break;
	case 22:
		p->next = LAYER_IP4;
		break;
	case 23:
		p->next = LAYER_IP6;
		break;
	default:
		peel_other(p, ENVELOPE_LINKTYPE, 197);
	}
	return rd_ok(&p->r) ? DECODE_OK : peel_short(p);
}

/* LINKTYPE_ETHERNET_MPACKET (IEEE 802.3br): preamble and a delimiter that says
 * whether the frame is whole. */
enum decode host_mpacket(struct peel *p)
{
	uint8_t delimiter;

	rd_skip(&p->r, 7);
	delimiter = rd_u8(&p->r);
	if (!rd_ok(&p->r))
		return peel_short(p);
	p->next = LAYER_ETHERNET;
	switch (delimiter) {
	case 0xd5: /* express */
		return DECODE_OK;
	case 0x07: /* verify, respond */
	case 0x19:
		return DECODE_NONE;
	default:
		peel_other(p, ENVELOPE_OTHER, ENVELOPE_PARTIAL);
		return DECODE_OK;
	}
}
