/* overlay.c: tunnels in UDP: VXLAN (RFC 7348), its GPE (draft-ietf-nvo3-vxlan-
 * gpe), Geneve (RFC 8926), GTP-U (3GPP TS 29.281), L2TP (RFC 2661, 3931), GRE
 * (RFC 8086) and MPLS (RFC 7510); and EtherIP (RFC 3378), which needs none.
 *
 * A client may use any of these ports by chance, say for a DNS query: so the
 * header has to look right as well, or the packet stays what it is. */
#include "capture/decode/peel.h"

enum port {
	PORT_L2TP = 1701,
	PORT_GTP_U = 2152,
	PORT_GRE = 4754,
	PORT_VXLAN = 4789,
	PORT_VXLAN_GPE = 4790,
	PORT_GENEVE = 6081,
	PORT_MPLS = 6635,
	PORT_VXLAN_LINUX = 8472, /* before there was a number for it */
};

enum {
	VXLAN_VNI = 0x08,       /* flags */
	VXLAN_POLICY = 0x80,
	GPE_NEXT = 0x04,
	GTP_VERSION = 0xe0, GTP_VERSION1 = 0x20,
	GTP_TYPE = 0x10,        /* GTP, not GTP' */
	GTP_OPTIONAL = 0x07,    /* extension, sequence, N-PDU: any of them */
	GTP_EXTENSION = 0x04,
	GTP_DATA = 255,
	L2TP_CONTROL = 0x8000,
};

static bool is_vxlan(struct rd r)
{
	uint8_t flags = rd_u8(&r);

	rd_skip(&r, 6);
	return rd_u8(&r) == 0 && rd_ok(&r) &&
		(flags & ~VXLAN_POLICY) == VXLAN_VNI;
}

static bool is_geneve(struct rd r)
{
	uint8_t version = rd_u8(&r) >> 6, flags = rd_u8(&r);

	rd_skip(&r, 5);
	return rd_u8(&r) == 0 && rd_ok(&r) && version == 0 &&
		(flags & 0x3f) == 0;
}

static bool is_gtp(struct rd r)
{
	uint8_t flags = rd_u8(&r);

	return (flags & GTP_VERSION) == GTP_VERSION1 && flags & GTP_TYPE &&
		rd_u8(&r) == GTP_DATA;
}

static enum layer l2tp_version(struct rd r)
{
	uint16_t flags = rd_be16(&r);

	if (flags & L2TP_CONTROL || !rd_ok(&r))
		return LAYER_DONE;
	switch (flags & 0x0f) {
	case 2:
		return LAYER_L2TP2;
	case 3:
		return LAYER_L2TP3_UDP;
	default:
		return LAYER_DONE;
	}
}

enum layer layer_of_port(const struct peel *p, uint16_t sport, uint16_t dport)
{
	switch ((enum port)dport) {
	case PORT_VXLAN:
	case PORT_VXLAN_LINUX:
		return is_vxlan(p->r) ? LAYER_VXLAN : LAYER_DONE;
	case PORT_VXLAN_GPE:
		return LAYER_VXLAN_GPE;
	case PORT_GENEVE:
		return is_geneve(p->r) ? LAYER_GENEVE : LAYER_DONE;
	case PORT_GTP_U:
		return is_gtp(p->r) ? LAYER_GTP_U : LAYER_DONE;
	case PORT_GRE:
		return LAYER_GRE;
	case PORT_MPLS:
		return LAYER_MPLS;
	case PORT_L2TP:
		return l2tp_version(p->r);
	}
	return sport == PORT_L2TP ? l2tp_version(p->r) : LAYER_DONE;
}

enum decode overlay_vxlan(struct peel *p)
{
	rd_skip(&p->r, 8);
	p->next = LAYER_ETHERNET;
	return rd_ok(&p->r) ? DECODE_OK : peel_short(p);
}

enum decode overlay_vxlan_gpe(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 8);
	uint8_t flags;

	if (!rd_ok(&h))
		return peel_short(p);
	flags = rd_u8(&h);
	rd_skip(&h, 2);
	p->next = LAYER_ETHERNET;
	if (flags & GPE_NEXT) {
		uint8_t next = rd_u8(&h);

		switch (next) {
		case 1: p->next = LAYER_IP4; break;
		case 2: p->next = LAYER_IP6; break;
		case 3: p->next = LAYER_ETHERNET; break;
		case 5: p->next = LAYER_MPLS; break;
		default: peel_other(p, ENVELOPE_NSH, next);
		}
	}
	return DECODE_OK;
}

enum decode overlay_geneve(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 8);
	uint8_t options;

	if (!rd_ok(&h))
		return peel_short(p);
	options = rd_u8(&h) & 0x3f;
	rd_skip(&h, 1);
	peel_ethertype(p, rd_be16(&h));
	rd_skip(&p->r, options * 4u);
	return rd_ok(&p->r) ? DECODE_OK : peel_short(p);
}

enum decode overlay_gtp_u(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 8);
	uint8_t flags, type = 0, n;

	if (!rd_ok(&h))
		return peel_short(p);
	flags = rd_u8(&h);
	rd_skip(&h, 1);
	peel_fence(p, rd_be16(&h));
	if (flags & GTP_OPTIONAL) {
		rd_skip(&p->r, 3);
		type = rd_u8(&p->r);
	}
	if ((flags & GTP_EXTENSION) == 0)
		type = 0;
	while (type != 0 && rd_ok(&p->r)) {
		n = rd_u8(&p->r); /* in units of 4 bytes, all of it */
		if (n == 0 && rd_ok(&p->r))
			return DECODE_BAD;
		rd_skip(&p->r, n * 4u - 2);
		type = rd_u8(&p->r);
	}
	p->next = LAYER_IP;
	return rd_ok(&p->r) ? DECODE_OK : peel_short(p);
}

/* RFC 3931, 4.1.2.1: flags before the session. */
enum decode overlay_l2tp3(struct peel *p)
{
	rd_skip(&p->r, 4);
	p->next = LAYER_L2TP3;
	return rd_ok(&p->r) ? DECODE_OK : peel_short(p);
}

enum decode overlay_etherip(struct peel *p)
{
	rd_skip(&p->r, 2);
	p->next = LAYER_ETHERNET;
	return rd_ok(&p->r) ? DECODE_OK : peel_short(p);
}
