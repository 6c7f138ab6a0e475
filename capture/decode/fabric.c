/* fabric.c: what switches put between Ethernet and what it carries, or around
 * it, on their way through a network of their own: MACsec (IEEE 802.1AE), TRILL
 * (RFC 6325), FabricPath and ISL (Cisco), NSH (RFC 8300), the tags of switch
 * chips (Linux DSA), B.A.T.M.A.N. advanced, Arista's time stamps. */
#include "capture/decode/peel.h"

enum {
	MACSEC_CHANNEL = 0x20,  /* TCI: a channel identifier follows */
	MACSEC_ENCRYPTED = 0x08,
	MACSEC_CHANGED = 0x04,
	MACSEC_ICV = 16,
	MACSEC_SHORT = 48,      /* a length from here on is not told */
	TRILL_VERSION = 0xc000,
	BATMAN_VERSION = 15,
	BATMAN_BROADCAST = 0x01,
	BATMAN_UNICAST = 0x40,
	BATMAN_FRAGMENT = 0x41,
	BATMAN_UNICAST_4ADDR = 0x42,
	ARISTA_TIME = 1,
	ARISTA_TIME64 = 0x10,   /* 0x20: 48 bits */
};

/* 9.3: the tag, the data, and a check value at their end. What is neither
 * encrypted nor changed can be read. */
enum decode fabric_macsec(struct peel *p)
{
	uint8_t tci = rd_u8(&p->r), length = rd_u8(&p->r) & 0x3f;
	uint16_t type;

	rd_skip(&p->r, tci & MACSEC_CHANNEL ? 12 : 4);
	if (!rd_ok(&p->r))
		return peel_short(p);
	if (tci & (MACSEC_ENCRYPTED | MACSEC_CHANGED)) {
		peel_other(p, ENVELOPE_ETHERTYPE, 0x88e5);
		return DECODE_OK;
	}
	if (length > 0 && length < MACSEC_SHORT)
		peel_fence(p, length);
	else if (rd_left(&p->r) + p->cut > MACSEC_ICV)
		peel_fence(p, rd_left(&p->r) + p->cut - MACSEC_ICV);
	type = rd_be16(&p->r);
	if (!rd_ok(&p->r))
		return peel_short(p);
	peel_type_or_length(p, type);
	return DECODE_OK;
}

/* RFC 6325, 3: options in words of 4 bytes, then the frame. */
enum decode fabric_trill(struct peel *p)
{
	uint16_t first = rd_be16(&p->r);

	rd_skip(&p->r, 4 + (first >> 6 & 0x1f) * 4u);
	p->next = LAYER_ETHERNET;
	if (!rd_ok(&p->r))
		return peel_short(p);
	return (first & TRILL_VERSION) == 0 ? DECODE_OK : DECODE_BAD;
}

/* Cisco's Inter-Switch Link: r is behind addresses and length; what is left of
 * its header are SNAP, a VLAN and an index, and then the frame. */
enum decode fabric_isl(struct peel *p)
{
	enum decode result;
	uint16_t vid;

	rd_skip(&p->r, 6); /* SNAP, the sender's organisation */
	vid = rd_be16(&p->r) >> 1;
	rd_skip(&p->r, 4);
	result = link_ethernet(p);
	if (result == DECODE_OK && vid != 0)
		p->out->vlans[p->out->vlan_n++] = vid;
	return result;
}

/* RFC 8300, 2.2: the length counts words of 4 bytes, all of the header. */
enum decode fabric_nsh(struct peel *p)
{
	struct rd h = p->r, all;
	uint16_t first = rd_be16(&h);
	uint8_t next;

	rd_skip(&h, 1);
	next = rd_u8(&h);
	all = rd_sub(&p->r, (first & 0x3f) * 4u);
	if (!rd_ok(&h) || !rd_ok(&all))
		return peel_short(p);
	if (first >> 14 != 0 || (first & 0x3f) < 2)
		return DECODE_BAD;
	peel_nsh_next(p, next);
	return DECODE_OK;
}

void peel_nsh_next(struct peel *p, uint8_t next)
{
	switch (next) {
	case 1: p->next = LAYER_IP4; break;
	case 2: p->next = LAYER_IP6; break;
	case 3: p->next = LAYER_ETHERNET; break;
	case 4: p->next = LAYER_NSH; break;
	case 5: p->next = LAYER_MPLS; break;
	default: peel_other(p, ENVELOPE_NSH, next);
	}
}

enum decode fabric_batman(struct peel *p)
{
	uint8_t type = rd_u8(&p->r), version = rd_u8(&p->r);
	size_t n;

	if (!rd_ok(&p->r))
		return peel_short(p);
	if (version != BATMAN_VERSION) {
		peel_other(p, ENVELOPE_ETHERTYPE, 0x4305);
		return DECODE_OK;
	}
	switch (type) {
	case BATMAN_BROADCAST: n = 14; break;
	case BATMAN_UNICAST: n = 10; break;
	case BATMAN_UNICAST_4ADDR: n = 18; break;
	case BATMAN_FRAGMENT:
		peel_other(p, ENVELOPE_OTHER, ENVELOPE_PARTIAL);
		return DECODE_OK;
	default:
		return DECODE_NONE; /* how the mesh finds its ways */
	}
	rd_skip(&p->r, n - 2);
	p->next = LAYER_ETHERNET;
	return rd_ok(&p->r) ? DECODE_OK : peel_short(p);
}

/* A time stamp of 8 or 6 bytes, and the type that stood there before. */
enum decode fabric_arista(struct peel *p)
{
	uint16_t kind = rd_be16(&p->r), version = rd_be16(&p->r), type;

	rd_skip(&p->r, version & ARISTA_TIME64 ? 8 : 6);
	type = rd_be16(&p->r);
	if (!rd_ok(&p->r))
		return peel_short(p);
	if (kind == ARISTA_TIME)
		peel_type_or_length(p, type);
	else
		peel_other(p, ENVELOPE_ETHERTYPE, 0xd28b);
	return DECODE_OK;
}

/* The tag of a switch chip between the addresses and the type: n bytes. */
enum decode fabric_dsa(struct peel *p, size_t n)
{
	struct rd h = rd_sub(&p->r, 12);
	uint16_t type;

	rd_skip(&p->r, n);
	type = rd_be16(&p->r);
	if (!rd_ok(&p->r))
		return peel_short(p);
	peel_macs(p, &h);
	peel_type_or_length(p, type);
	return DECODE_OK;
}
