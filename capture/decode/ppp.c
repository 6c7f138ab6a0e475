/* ppp.c: PPP (RFC 1661) and what carries it: HDLC (RFC 1662), PPPoE (RFC
 * 2516), L2TPv2 (RFC 2661); and Cisco's HDLC, which looks like it. */
#include "capture/decode/peel.h"

enum {
	PPP_IP4 = 0x0021,
	PPP_IP6 = 0x0057,
	PPP_BRIDGED = 0x0031,
	PPP_MULTILINK = 0x003d,
	PPP_MPLS = 0x0281,
	BRIDGED_LAN = 0x40,
	BRIDGED_ETHERNET = 1,
	MULTILINK_WHOLE = 0xc0,      /* the first piece and the last */
	HDLC_CISCO = 0x0f,           /* unicast */
	HDLC_CISCO_MULTICAST = 0x8f,
	PPPOE_VERSION = 0x11,        /* version 1, type 1 */
	L2TP_CONTROL = 0x8000,
	L2TP_LENGTH = 0x4000,
	L2TP_SEQUENCE = 0x0800,
	L2TP_OFFSET = 0x0200,
};

void peel_ppp(struct peel *p, uint16_t protocol)
{
	switch (protocol) {
	case PPP_IP4:
		p->next = LAYER_IP4;
		break;
	case PPP_IP6:
		p->next = LAYER_IP6;
		break;
	case PPP_BRIDGED:
		p->next = LAYER_PPP_BRIDGED;
		break;
	case PPP_MULTILINK:
		p->next = LAYER_PPP_MULTILINK;
		break;
	case PPP_MPLS:
		p->next = LAYER_MPLS;
		break;
	default:
		peel_other(p, ENVELOPE_PPP, protocol);
	}
}

/* RFC 1661, 2 and 6.5: the protocol is odd, and its first byte may be left
 * out; RFC 1662, 3.1: so may address and control. */
enum decode ppp(struct peel *p)
{
	struct rd h = p->r;
	uint16_t protocol = rd_u8(&h);

	if (protocol == HDLC_CISCO || protocol == HDLC_CISCO_MULTICAST) {
		/* Captures of serial lines call both PPP. */
		p->next = LAYER_CISCO_HDLC;
		return DECODE_OK;
	}
	if (protocol == 0xff) {
		rd_skip(&h, 1);
		protocol = rd_u8(&h);
	}
	if ((protocol & 1) == 0)
		protocol = (uint16_t)(protocol << 8 | rd_u8(&h));
	if (!rd_ok(&h))
		return peel_short(p);
	p->r = h;
	peel_ppp(p, protocol);
	return DECODE_OK;
}

/* RFC 3518, 4.2. */
enum decode ppp_bridged(struct peel *p)
{
	uint8_t flags = rd_u8(&p->r), mac = rd_u8(&p->r);

	if (flags & BRIDGED_LAN)
		rd_skip(&p->r, 4);
	if (!rd_ok(&p->r))
		return peel_short(p);
	p->next = LAYER_ETHERNET;
	if (mac != BRIDGED_ETHERNET)
		peel_other(p, ENVELOPE_PPP, PPP_BRIDGED);
	return DECODE_OK;
}

static bool is_ppp_ip(struct rd r)
{
	uint16_t protocol = rd_u8(&r);

	if (protocol == 0)
		protocol = rd_u8(&r);
	return rd_ok(&r) && (protocol == PPP_IP4 || protocol == PPP_IP6);
}

/* RFC 1990, 3: a sequence number of 12 or of 24 bits behind the flags, as the
 * two ends have agreed. Pieces are not put together. */
enum decode ppp_multilink(struct peel *p)
{
	struct rd h = p->r;
	uint8_t flags = rd_u8(&h);

	if (!rd_ok(&h))
		return peel_short(p);
	if ((flags & MULTILINK_WHOLE) != MULTILINK_WHOLE) {
		peel_other(p, ENVELOPE_OTHER, ENVELOPE_PARTIAL);
		return DECODE_OK;
	}
	rd_skip(&h, 1);
	return peel_header(p, is_ppp_ip(h) ? 2 : 4, LAYER_PPP);
}

enum decode ppp_cisco_hdlc(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 4);

	if (!rd_ok(&h))
		return peel_short(p);
	rd_skip(&h, 2); /* address, control */
	peel_ethertype(p, rd_be16(&h));
	return DECODE_OK;
}

enum decode ppp_oe(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 6);
	uint8_t version, code;

	if (!rd_ok(&h))
		return peel_short(p);
	version = rd_u8(&h);
	code = rd_u8(&h);
	rd_skip(&h, 2); /* session */
	if (version != PPPOE_VERSION)
		return DECODE_BAD;
	peel_fence(p, rd_be16(&h));
	p->next = LAYER_PPP;
	return code == 0 ? DECODE_OK : DECODE_NONE; /* discovery: 2516, 5 */
}

enum decode ppp_l2tp2(struct peel *p)
{
	uint16_t flags = rd_be16(&p->r);

	if (flags & L2TP_LENGTH)
		rd_skip(&p->r, 2);
	rd_skip(&p->r, 4); /* tunnel, session */
	if (flags & L2TP_SEQUENCE)
		rd_skip(&p->r, 4);
	if (flags & L2TP_OFFSET)
		rd_skip(&p->r, rd_be16(&p->r));
	if (!rd_ok(&p->r))
		return peel_short(p);
	p->next = LAYER_PPP;
	return flags & L2TP_CONTROL ? DECODE_NONE : DECODE_OK;
}
