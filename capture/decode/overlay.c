/* overlay.c: tunnels in UDP: VXLAN (RFC 7348), its GPE (draft-ietf-nvo3-vxlan-
 * gpe), Geneve (RFC 8926), GTP-U (3GPP TS 29.281), L2TP (RFC 2661, 3931), GRE
 * (RFC 8086), MPLS (RFC 7510), LISP (RFC 9300) and those of remote.c; and
 * EtherIP (RFC 3378), which needs none.
 *
 * A client may use any of these ports by chance, say for a DNS query: so the
 * header has to look right as well, or the packet stays what it is. */
#include "capture/decode/peel.h"

enum port {
	PORT_L2TP = 1701,
	PORT_GTP_U = 2152,
	PORT_TEREDO = 3544,
	PORT_LISP = 4341,
	PORT_ESP = 4500,
	PORT_GRE = 4754,
	PORT_GRE_DTLS = 4755,    /* in clear too, as some senders do */
	PORT_VXLAN = 4789,
	PORT_VXLAN_GPE = 4790,
	PORT_CAPWAP = 5247,
	PORT_GENEVE = 6081,
	PORT_MPLS = 6635,
	PORT_ERM = 7932,         /* HP's remote mirroring */
	PORT_VXLAN_LINUX = 8472, /* before there was a number for it */
	PORT_TZSP = 37008,
	PORT_WIREGUARD = 51820,
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

bool is_whole_ip(const struct peel *p, size_t skip)
{
	struct rd r = p->r, six;
	size_t left = rd_left(&r) + p->cut;
	uint8_t version;

	rd_skip(&r, skip);
	left -= skip;
	six = r;
	version = rd_u8(&r);
	rd_skip(&r, 1);
	if (version >= 0x45 && version <= 0x4f)
		return rd_be16(&r) == left && rd_ok(&r);
	rd_skip(&six, 4);
	return version >> 4 == 6 && rd_be16(&six) + (size_t)40 == left &&
		rd_ok(&six);
}

/* On any port: there is data of this version that ends where the packet does,
 * and in it a packet of IP that does so too. */
static bool is_gtp_beyond_doubt(const struct peel *p)
{
	struct rd r = p->r;
	uint8_t flags = rd_u8(&r);

	rd_skip(&r, 1);
	return is_gtp(p->r) && (flags & GTP_EXTENSION) == 0 &&
		rd_be16(&r) + (size_t)8 == rd_left(&p->r) + p->cut &&
		is_whole_ip(p, flags & GTP_OPTIONAL ? 12 : 8);
}

static bool is_tzsp(struct rd r)
{
	uint8_t version = rd_u8(&r), type = rd_u8(&r);
	uint16_t inner = rd_be16(&r);

	return version == 1 && type <= 1 && (inner == 0x01 || inner == 0x12 ||
		inner == 0x77 || inner == 0x7f) && rd_ok(&r);
}

/* RFC 5415, 4.3: length, radio, binding (1: 802.11), flags, of which the last
 * ones are reserved. */
static bool is_capwap(struct rd r)
{
	uint32_t fields = rd_be32(&r);

	return rd_ok(&r) && fields >> 24 == 0 && (fields >> 19 & 0x1f) >= 2 &&
		(fields >> 9 & 0x1f) == 1 && (fields & 7) == 0;
}

/* RFC 5415, 4.2, with a record of DTLS behind it. */
static bool is_capwap_dtls(struct rd r)
{
	uint32_t header = rd_be32(&r);
	uint8_t type = rd_u8(&r);

	return header == 0x01000000 && type >= 20 && type <= 25 &&
		rd_u8(&r) == 0xfe;
}

/* RFC 3948, 2: no marker of IKE, no keepalive. */
static bool is_esp(struct rd r)
{
	return rd_left(&r) >= 8 + 10 && rd_be32(&r) > 255;
}

/* Transport data of WireGuard: padded to 16 bytes. */
static bool is_wireguard(struct rd r)
{
	return rd_left(&r) >= 32 && rd_be32(&r) == 0x04000000;
}

static bool is_erm(struct rd r)
{
	rd_skip(&r, 12);
	return is_ethernet(r);
}

static enum layer hidden(struct peel *p, enum envelope_other what)
{
	peel_other(p, ENVELOPE_OTHER, what);
	return LAYER_OTHER;
}

static enum layer layer_of_port(struct peel *p, uint16_t port)
{
	switch ((enum port)port) {
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
	case PORT_GRE_DTLS:
		return LAYER_GRE;
	case PORT_MPLS:
		return LAYER_MPLS;
	case PORT_L2TP:
		return l2tp_version(p->r);
	case PORT_TZSP:
		return is_tzsp(p->r) ? LAYER_TZSP : LAYER_DONE;
	case PORT_ERM:
		return is_erm(p->r) ? LAYER_ERM : LAYER_DONE;
	case PORT_LISP:
		return is_whole_ip(p, 8) ? LAYER_LISP : LAYER_DONE;
	case PORT_TEREDO:
		return is_whole_ip(p, teredo_header(p->r))
			? LAYER_TEREDO : LAYER_DONE;
	case PORT_CAPWAP:
		if (is_capwap_dtls(p->r))
			return hidden(p, ENVELOPE_DTLS_CAPWAP);
		return is_capwap(p->r) ? LAYER_CAPWAP : LAYER_DONE;
	case PORT_ESP:
		return is_esp(p->r) ? LAYER_ESP_UDP : LAYER_DONE;
	case PORT_WIREGUARD:
		return is_wireguard(p->r)
			? hidden(p, ENVELOPE_WIREGUARD) : LAYER_DONE;
	}
	return LAYER_DONE;
}

/* Do answers come from the port? */
static bool goes_both_ways(uint16_t port)
{
	return port == PORT_L2TP || port == PORT_TEREDO ||
		port == PORT_CAPWAP || port == PORT_ESP ||
		port == PORT_WIREGUARD;
}

void peel_port(struct peel *p, uint16_t sport, uint16_t dport)
{
	p->next = layer_of_port(p, dport);
	if (p->next == LAYER_DONE && goes_both_ways(sport))
		p->next = layer_of_port(p, sport);
	if (p->next == LAYER_DONE && is_gtp_beyond_doubt(p))
		p->next = LAYER_GTP_U;
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
	if (flags & GPE_NEXT)
		peel_nsh_next(p, rd_u8(&h)); /* the same numbers */
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
