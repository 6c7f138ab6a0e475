/* pseudowire.c: MPLS (RFC 3032), and the envelopes that do not say what they
 * carry: Ethernet over MPLS (RFC 4448) and L2TPv3 (RFC 3931). Routers know it
 * from their set-up; here the bytes must tell. */
#include "capture/decode/peel.h"

bool is_ethernet(struct rd r)
{
	rd_skip(&r, 12);
	return layer_of_ethertype(rd_be16(&r)) != LAYER_OTHER;
}

/* A MAC address may begin with 4 or 6 as well; so IP's lengths must agree. */
static bool is_ip4(const struct peel *p)
{
	struct rd r = p->r;
	uint8_t version = rd_u8(&r);
	uint16_t total;

	rd_skip(&r, 1);
	total = rd_be16(&r);
	return version >= 0x45 && version <= 0x4f &&
		(total == 0 || (total >= 20 && total <= rd_left(&p->r) + p->cut));
}

static bool is_ip6(const struct peel *p)
{
	struct rd r = p->r;
	uint8_t version = rd_u8(&r) >> 4;

	rd_skip(&r, 3);
	return version == 6 && rd_be16(&r) + 40u <= rd_left(&p->r) + p->cut;
}

/* Behind the last label. A pseudowire's Ethernet may have a control word in
 * front, of which mostly all bits are 0; many MAC addresses begin so too. */
static enum decode inner(struct peel *p)
{
	struct rd behind = p->r;
	uint32_t word = rd_be32(&behind);

	if (!rd_ok(&behind))
		return peel_short(p);
	p->next = LAYER_ETHERNET;
	if (is_ip4(p)) {
		p->next = LAYER_IP4;
	} else if (is_ip6(p)) {
		p->next = LAYER_IP6;
	} else if (word == 0 && is_ethernet(behind)) {
		p->r = behind;
	} else if (!is_ethernet(p->r)) {
		if (word >> 28 == 0 && is_ethernet(behind))
			p->r = behind;
		else
			peel_other(p, ENVELOPE_OTHER, ENVELOPE_MPLS_INNER);
	}
	return DECODE_OK;
}

enum decode mpls(struct peel *p)
{
	uint32_t label;

	do {
		label = rd_be32(&p->r);
		if (!rd_ok(&p->r))
			return peel_short(p);
	} while ((label & 0x100) == 0); /* bottom of the stack */
	return inner(p);
}

/* RFC 3931, 4.1: behind the session stands a cookie of 0, 4 or 8 bytes and
 * perhaps the sublayer of RFC 3931, 4.6, of 4 bytes. */
enum decode l2tp3(struct peel *p)
{
	uint32_t session = rd_be32(&p->r);

	if (!rd_ok(&p->r))
		return peel_short(p);
	if (session == 0)
		return DECODE_NONE; /* control: RFC 3931, 4.1.1 */
	peel_other(p, ENVELOPE_OTHER, ENVELOPE_L2TP3_INNER);
	for (int words = 0; words <= 3; words++) {
		struct rd r = p->r;

		rd_skip(&r, words * 4u);
		if (is_ethernet(r)) {
			p->r = r;
			p->next = LAYER_ETHERNET;
			break;
		}
	}
	return DECODE_OK;
}
