/* lans.c: local networks other than Ethernet: Token Ring (IEEE 802.5), FDDI
 * (ISO 9314), ARCNET (RFC 1201, 1051), ATM (RFC 2684, 2225), Fibre Channel (RFC
 * 2625), InfiniBand (RFC 4391), IEEE 1394 and DOCSIS.
 *
 * Token Ring and FDDI send the bits of an address in the other order than
 * Ethernet, and drivers do as they like: so their addresses say nothing. */
#include "capture/decode/peel.h"

enum {
	RING_LLC = 0x40, RING_KIND = 0xc0, /* frame control */
	RING_ROUTED = 0x80,                /* first byte of the source */
	RING_ROUTE_N = 0x1f,
	FDDI_KIND = 0x30, FDDI_LLC = 0x10, /* frame control */
	ARCNET_IP4_OLD = 0xf0,             /* RFC 1051 */
	ARCNET_ARP_OLD = 0xf1,
	ARCNET_IP4 = 0xd4,
	ARCNET_ARP = 0xd5,
	ARCNET_IP6 = 0xc4,
	ARCNET_EXCEPTION = 0xff,
	SUNATM_LANE = 1,
	SUNATM_LLC = 2,
	DOCSIS_KIND = 0xc0, DOCSIS_FRAME = 0x00, DOCSIS_CONTROL = 0xc0,
	DOCSIS_EXTENDED = 0x01,
};

enum decode lan_token_ring(struct peel *p)
{
	uint8_t control, source;

	rd_skip(&p->r, 1); /* access control */
	control = rd_u8(&p->r);
	rd_skip(&p->r, 6);
	source = rd_u8(&p->r);
	rd_skip(&p->r, 5);
	if (source & RING_ROUTED) {
		struct rd route = p->r;
		size_t n = rd_u8(&route) & RING_ROUTE_N;

		if (rd_ok(&route) && n < 2)
			return DECODE_BAD;
		rd_skip(&p->r, n);
		if (!rd_ok(&route))
			return peel_short(p);
	}
	if (!rd_ok(&p->r))
		return peel_short(p);
	p->next = LAYER_LLC;
	return (control & RING_KIND) == RING_LLC ? DECODE_OK : DECODE_NONE;
}

enum decode lan_fddi(struct peel *p)
{
	uint8_t control = rd_u8(&p->r);

	rd_skip(&p->r, 12);
	if (!rd_ok(&p->r))
		return peel_short(p);
	p->next = LAYER_LLC;
	return (control & FDDI_KIND) == FDDI_LLC ? DECODE_OK : DECODE_NONE;
}

/* offset: bytes between the addresses and the type; Linux has them. */
enum decode lan_arcnet(struct peel *p, size_t offset)
{
	uint8_t type, pieces = 0;

	rd_skip(&p->r, 2 + offset);
	type = rd_u8(&p->r);
	if (type != ARCNET_IP4_OLD && type != ARCNET_ARP_OLD) {
		pieces = rd_u8(&p->r);
		rd_skip(&p->r, 2);
		if (pieces == ARCNET_EXCEPTION) { /* of a length to avoid */
			rd_skip(&p->r, 1);
			pieces = rd_u8(&p->r);
			rd_skip(&p->r, 2);
		}
	}
	if (!rd_ok(&p->r))
		return peel_short(p);
	switch (type) {
	case ARCNET_IP4_OLD:
	case ARCNET_IP4:
		p->next = LAYER_IP4;
		break;
	case ARCNET_IP6:
		p->next = LAYER_IP6;
		break;
	case ARCNET_ARP_OLD:
	case ARCNET_ARP:
		p->next = LAYER_ARP;
		break;
	default:
		return DECODE_NONE;
	}
	if (pieces != 0)
		peel_other(p, ENVELOPE_OTHER, ENVELOPE_PARTIAL);
	return DECODE_OK;
}

/* RFC 2684 with LLC; a circuit that carries nothing but IP needs none. */
enum decode lan_atm(struct peel *p)
{
	struct rd h = p->r;
	uint32_t llc = rd_be24(&h);

	if (!rd_ok(&h))
		return peel_short(p);
	p->next = llc >> 20 == 4 || llc >> 20 == 6 ? LAYER_IP : LAYER_LLC;
	return DECODE_OK;
}

/* SunATM's header, with LAN emulation or not. */
enum decode lan_sunatm(struct peel *p)
{
	uint8_t kind = rd_u8(&p->r) & 0x0f;

	rd_skip(&p->r, 3);
	if (kind == SUNATM_LANE)
		rd_skip(&p->r, 2);
	if (!rd_ok(&p->r))
		return peel_short(p);
	p->next = kind == SUNATM_LANE ? LAYER_ETHERNET : LAYER_LLC;
	return kind == SUNATM_LANE || kind == SUNATM_LLC
		? DECODE_OK : DECODE_NONE;
}

/* RFC 2625, 3.2: MAC addresses behind two bytes that say so. */
enum decode lan_ip_over_fc(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 16);

	if (!rd_ok(&h))
		return peel_short(p);
	peel_frame(p);
	rd_skip(&h, 2);
	rd_copy(&h, p->out->dst_mac.b, sizeof p->out->dst_mac.b);
	rd_skip(&h, 2);
	rd_copy(&h, p->out->src_mac.b, sizeof p->out->src_mac.b);
	p->out->has_src_mac = p->out->has_dst_mac = true;
	p->next = LAYER_LLC;
	return DECODE_OK;
}

/* Apple's header: two addresses of 8 bytes. */
enum decode lan_1394(struct peel *p)
{
	uint16_t type;

	rd_skip(&p->r, 16);
	type = rd_be16(&p->r);
	if (!rd_ok(&p->r))
		return peel_short(p);
	peel_ethertype(p, type);
	return DECODE_OK;
}

/* RFC 4391, 6: a type and two bytes of 0. Before it systems put the address of
 * the destination, of 20 bytes, or a global route header, of 40, or nothing. */
enum decode lan_ipoib(struct peel *p)
{
	for (size_t before = 0; before <= 40; before += 20) {
		struct rd r = p->r;
		uint16_t type;

		rd_skip(&r, before);
		type = rd_be16(&r);
		if (layer_of_ethertype(type) != LAYER_OTHER &&
			rd_be16(&r) == 0 && rd_ok(&r)) {
			p->r = r;
			peel_ethertype(p, type);
			return DECODE_OK;
		}
	}
	return DECODE_NONE;
}

/* DOCSIS MAC (CM-SP-MULPIv3.1, 6.2): of an extended header only the length
 * matters here. */
enum decode lan_docsis(struct peel *p)
{
	uint8_t control = rd_u8(&p->r), extended = rd_u8(&p->r);

	rd_skip(&p->r, 2); /* length */
	if (control & DOCSIS_EXTENDED)
		rd_skip(&p->r, extended);
	rd_skip(&p->r, 2); /* check sequence */
	if (!rd_ok(&p->r))
		return peel_short(p);
	p->next = LAYER_ETHERNET;
	if ((control & DOCSIS_KIND) == DOCSIS_CONTROL)
		return DECODE_NONE;
	if ((control & DOCSIS_KIND) != DOCSIS_FRAME)
		peel_other(p, ENVELOPE_LINKTYPE, 143);
	return DECODE_OK;
}
