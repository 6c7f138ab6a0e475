/* gre.c: GRE (RFC 2784, 2890), in which NVGRE (RFC 7637) differs only in what
 * the key means; PPTP's kind of it (RFC 2637); ERSPAN (draft-foschiano-erspan),
 * which mirrors a port to a distant place; and what a router redirects to a
 * cache (draft-wilson-wrec-wccp). */
#include "capture/decode/peel.h"

enum {
	GRE_CHECKSUM = 0x8000,
	GRE_ROUTING = 0x4000, /* RFC 1701 */
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000,
	GRE_ACK = 0x0080,     /* PPTP */
	GRE_VERSION = 0x0007,
};

enum {
	TYPE_ERSPAN = 0x88be,
	TYPE_ERSPAN3 = 0x22eb,
	TYPE_PPP = 0x880b,
	TYPE_WCCP = 0x883e,
	ERSPAN_VERSION2 = 1,
	ERSPAN_VERSION3 = 2,
	ERSPAN3_ETHERNET = 0, /* frame types */
	ERSPAN3_IP = 2,
};

static void gre_carries(struct peel *p, uint16_t type, uint16_t flags)
{
	switch (type) {
	case TYPE_PPP:
		p->next = LAYER_PPP;
		break;
	case TYPE_ERSPAN:
		/* Type I has no header of its own, nor sequence numbers. */
		p->next = flags & GRE_SEQUENCE ? LAYER_ERSPAN : LAYER_ETHERNET;
		break;
	case TYPE_WCCP:
		p->next = LAYER_WCCP;
		break;
	case TYPE_ERSPAN3:
		p->next = LAYER_ERSPAN;
		break;
	default:
		peel_ethertype(p, type);
	}
}

/* RFC 1701: entries of a family and an address, behind the last of which
 * stands one of zeroes. */
static void skip_route(struct peel *p)
{
	uint16_t family;
	uint8_t n;

	do {
		family = rd_be16(&p->r);
		rd_skip(&p->r, 1);
		n = rd_u8(&p->r);
		rd_skip(&p->r, n);
	} while (rd_ok(&p->r) && (family != 0 || n != 0));
}

enum decode gre(struct peel *p)
{
	uint16_t flags = rd_be16(&p->r), type = rd_be16(&p->r);
	uint16_t version = flags & GRE_VERSION, payload = 0;

	if (version == 1) {
		payload = rd_be16(&p->r);
		rd_skip(&p->r, 2); /* call */
	} else {
		if (flags & (GRE_CHECKSUM | GRE_ROUTING))
			rd_skip(&p->r, 4);
		if (flags & GRE_KEY)
			rd_skip(&p->r, 4);
	}
	if (flags & GRE_SEQUENCE)
		rd_skip(&p->r, 4);
	if (version == 0 && flags & GRE_ROUTING)
		skip_route(p);
	if (version == 1 && flags & GRE_ACK)
		rd_skip(&p->r, 4);
	if (!rd_ok(&p->r))
		return peel_short(p);
	gre_carries(p, type, flags);
	if (version > 1)
		peel_other(p, ENVELOPE_OTHER, ENVELOPE_GRE_VERSION);
	if (version == 1) {
		peel_fence(p, payload);
		if (payload == 0) /* nothing but an acknowledgement */
			return DECODE_NONE;
	}
	return DECODE_OK;
}

/* Types II and III, which their version field calls 1 and 2. */
enum decode gre_erspan(struct peel *p)
{
	struct rd h = p->r;
	uint8_t version = rd_u8(&h) >> 4, type;
	uint16_t last;

	p->next = LAYER_ETHERNET;
	if (version == ERSPAN_VERSION2) {
		rd_skip(&p->r, 8);
	} else if (version == ERSPAN_VERSION3) {
		rd_skip(&p->r, 10);
		last = rd_be16(&p->r);
		if (last & 1) /* a subheader of the platform */
			rd_skip(&p->r, 8);
		type = last >> 10 & 0x1f;
		if (type == ERSPAN3_IP)
			p->next = LAYER_IP;
		else if (type != ERSPAN3_ETHERNET)
			peel_other(p, ENVELOPE_OTHER, ENVELOPE_ERSPAN);
	} else {
		peel_other(p, ENVELOPE_OTHER, ENVELOPE_ERSPAN);
	}
	return rd_ok(&p->r) && rd_ok(&h) ? DECODE_OK : peel_short(p);
}

/* Version 2 of the protocol has a header of 4 bytes, version 1 none; the first
 * of them is never that of an IP packet. */
enum decode gre_wccp(struct peel *p)
{
	struct rd first = p->r;

	return peel_header(p, rd_u8(&first) >> 4 == 4 ? 0 : 4, LAYER_IP);
}
