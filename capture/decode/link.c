/* link.c: the outermost envelopes: Ethernet and its tags, and what captures
 * have in its place. */
#include "capture/decode/peel.h"

enum {
	TYPE_MIN = 0x600,      /* below: a length (IEEE 802.3, 3.2.6) */
	LENGTH_MAX = 1500,
	SNAP_RFC1042 = 0x000000,
	SNAP_8021H = 0x0000f8,
	SNAP_8021 = 0x0080c2,
	BRIDGED_ETHERNET_FCS = 1,
	BRIDGED_ETHERNET = 7,
	ARPHRD_ETHERNET = 1,
};

static void set_mac(struct mac *m, bool *has, struct rd *r)
{
	rd_copy(r, m->b, sizeof m->b);
	*has = true;
}

void peel_type_or_length(struct peel *p, uint16_t type)
{
	if (type >= TYPE_MIN) {
		peel_ethertype(p, type);
	} else if (type <= LENGTH_MAX) {
		peel_fence(p, type);
		p->next = LAYER_LLC;
	} else {
		peel_other(p, ENVELOPE_ETHERTYPE, type);
	}
}

/* ISL's header begins as a frame of 802.3 does, to an address of its own. */
static bool is_isl(const struct mac *dst)
{
	return (dst->b[0] == 1 || dst->b[0] == 3) &&
		memcmp(dst->b + 1, (uint8_t[]){0, 0x0c, 0, 0}, 4) == 0;
}

enum decode link_ethernet(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 14);

	if (!rd_ok(&h))
		return peel_short(p);
	peel_macs(p, &h);
	peel_type_or_length(p, rd_be16(&h));
	if (p->next == LAYER_LLC && is_isl(&p->out->dst_mac))
		p->next = LAYER_ISL;
	return DECODE_OK;
}

/* IEEE 802.1Q, 9.6. VID 0 names no VLAN but a priority, and of more than
 * PACKET_VLANS tags the outermost are listed. */
enum decode link_vlan(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 4);
	uint16_t vid = rd_be16(&h) & 0x0fff;

	if (!rd_ok(&h))
		return peel_short(p);
	if (vid != 0 && p->out->vlan_n < PACKET_VLANS)
		p->out->vlans[p->out->vlan_n++] = vid;
	peel_type_or_length(p, rd_be16(&h));
	return DECODE_OK;
}

/* A tag that says nothing of use here: n bytes, then the type. */
enum decode link_tag(struct peel *p, size_t n)
{
	uint16_t type;

	rd_skip(&p->r, n);
	type = rd_be16(&p->r);
	if (!rd_ok(&p->r))
		return peel_short(p);
	peel_type_or_length(p, type);
	return DECODE_OK;
}

/* IEEE 802.1Q, 9.7: the I-TAG of a provider's backbone, then the customer's
 * frame. */
enum decode link_pbb(struct peel *p)
{
	rd_skip(&p->r, 4);
	p->next = LAYER_ETHERNET;
	return rd_ok(&p->r) ? DECODE_OK : peel_short(p);
}

/* IEEE 802.2: service access points and unnumbered information. */
enum decode link_llc(struct peel *p)
{
	uint32_t header = rd_be24(&p->r);

	if (!rd_ok(&p->r))
		return peel_short(p);
	switch (header) {
	case 0xaaaa03:
		p->next = LAYER_SNAP;
		break;
	case 0xfefe03: /* RFC 2684, 5.2 */
		p->next = LAYER_NLPID;
		break;
	case 0x060603: /* before SNAP: RFC 948 */
		p->next = LAYER_IP4;
		break;
	default:
		peel_other(p, ENVELOPE_LLC, header >> 16);
	}
	return DECODE_OK;
}

/* An organisation, and a number that it gave: RFC 1042's are ethertypes, and
 * those of 802.1H, which bridges use for what was one on Ethernet. */
enum decode link_snap(struct peel *p)
{
	uint32_t organisation = rd_be24(&p->r);
	uint16_t type = rd_be16(&p->r);

	if (!rd_ok(&p->r))
		return peel_short(p);
	if (organisation == SNAP_RFC1042 || organisation == SNAP_8021H)
		peel_ethertype(p, type);
	else if (organisation == SNAP_8021 && (type == BRIDGED_ETHERNET ||
		type == BRIDGED_ETHERNET_FCS))
		p->next = LAYER_BRIDGED;
	else
		peel_other(p, ENVELOPE_SNAP, organisation);
	return DECODE_OK;
}

/* RFC 2427, 4.2, and RFC 2684, 5.3, which has a pad of two bytes in front. */
enum decode link_bridged(struct peel *p)
{
	struct rd behind = p->r;

	if (rd_be16(&behind) == 0 && is_ethernet(behind))
		p->r = behind;
	p->next = LAYER_ETHERNET;
	return DECODE_OK;
}

/* What Linux gives for "any": type of the interface (ARPHRD_) and the address
 * of the sender. */
static void cooked_sender(struct peel *p, uint16_t arphrd, unsigned address_n,
	struct rd *r)
{
	if (arphrd == ARPHRD_ETHERNET && address_n == sizeof p->out->src_mac.b)
		set_mac(&p->out->src_mac, &p->out->has_src_mac, r);
}

static void cooked_next(struct peel *p, uint16_t protocol)
{
	/* 1 and 4: 802.3 without a type, with LLC (linux/if_ether.h). */
	if (protocol == 4)
		p->next = LAYER_LLC;
	else
		peel_ethertype(p, protocol);
}

/* LINKTYPE_LINUX_SLL */
enum decode link_sll(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 16), address;
	uint16_t arphrd, address_n;

	if (!rd_ok(&h))
		return peel_short(p);
	rd_skip(&h, 2); /* direction */
	arphrd = rd_be16(&h);
	address_n = rd_be16(&h);
	address = rd_sub(&h, 8);
	cooked_sender(p, arphrd, address_n, &address);
	cooked_next(p, rd_be16(&h));
	return DECODE_OK;
}

/* LINKTYPE_LINUX_SLL2 */
enum decode link_sll2(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 20);
	uint16_t protocol, arphrd;
	uint8_t address_n;

	if (!rd_ok(&h))
		return peel_short(p);
	protocol = rd_be16(&h);
	rd_skip(&h, 6); /* reserved, interface */
	arphrd = rd_be16(&h);
	rd_skip(&h, 1); /* direction */
	address_n = rd_u8(&h);
	cooked_sender(p, arphrd, address_n, &h);
	cooked_next(p, protocol);
	return DECODE_OK;
}

/* LINKTYPE_NULL, LINKTYPE_LOOP: a protocol family, in the byte order of the
 * host that captured, whatever that was; each system has its own AF_INET6. */
enum decode link_null(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 4);
	uint32_t family = rd_be32(&h);

	if (!rd_ok(&h))
		return peel_short(p);
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	switch (family) {
	case 2:
		p->next = LAYER_IP4;
		break;
	case 10: /* Linux */
	case 23: /* Windows */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* macOS */
		p->next = LAYER_IP6;
		break;
	default:
		if (is_whole_ip(p, 0))
			p->next = LAYER_IP;
		else
			peel_other(p, ENVELOPE_OTHER, ENVELOPE_NULL_FAMILY);
	}
	return DECODE_OK;
}
