/* remote.c: what carries frames to a distant listener or controller: TZSP, by
 * which MikroTik's routers mirror, and CAPWAP (RFC 5415, 5416), between access
 * points and their controller; and IPv6 through an IPv4 NAT: Teredo (RFC 4380).
 */
#include "capture/decode/peel.h"

enum {
	TZSP_PAD = 0,            /* tags; these two have no length */
	TZSP_END = 1,
	TZSP_ETHERNET = 0x01,
	TZSP_WLAN = 0x12,
	TZSP_PRISM = 0x77,
	TZSP_AVS = 0x7f,
	CAPWAP_WLAN = 1 << 8,    /* header: native frames, those of 802.11 */
	CAPWAP_PIECE = 1 << 7,
	CAPWAP_LAST = 1 << 6,
	CAPWAP_ALIVE = 1 << 3,
	CAPWAP_NUMBERS = 0x0ca90000,
	PROTO_UDP = 17,
	TEREDO_ORIGIN = 0,
	TEREDO_AUTHENTICATION = 1,
};

enum decode remote_tzsp(struct peel *p)
{
	uint16_t inner;
	uint8_t tag = TZSP_PAD;

	rd_skip(&p->r, 2); /* version, type */
	inner = rd_be16(&p->r);
	while (tag != TZSP_END && rd_ok(&p->r)) {
		tag = rd_u8(&p->r);
		if (tag != TZSP_PAD && tag != TZSP_END)
			rd_skip(&p->r, rd_u8(&p->r));
	}
	if (!rd_ok(&p->r))
		return peel_short(p);
	switch (inner) {
	case TZSP_ETHERNET:
		p->next = LAYER_ETHERNET;
		break;
	case TZSP_WLAN:
		p->next = LAYER_WLAN;
		break;
	default:
		p->next = LAYER_PRISM;
	}
	return DECODE_OK;
}

/* Cisco's access points swap the two bytes of frame control. */
static enum layer wlan_order(struct rd r)
{
	uint8_t first = rd_u8(&r), second = rd_u8(&r);

	return (first & 0x0f) != 0x08 && (second & 0x0f) == 0x08
		? LAYER_WLAN_SWAPPED : LAYER_WLAN;
}

/* RFC 5415, 4.3: the length counts words of 4 bytes, all of the header. Pieces
 * have numbers of their own; IPv4's have no more than 16 bits, and IPv6's are
 * seldom these. */
enum decode remote_capwap(struct peel *p)
{
	struct rd h = p->r;
	uint32_t fields = rd_be32(&h);
	uint16_t number = rd_be16(&h), offset = rd_be16(&h);

	rd_skip(&p->r, (fields >> 19 & 0x1f) * 4);
	if (!rd_ok(&h) || !rd_ok(&p->r))
		return peel_short(p);
	if (fields & CAPWAP_ALIVE)
		return DECODE_NONE;
	if (fields & CAPWAP_PIECE) {
		enum decode result = peel_piece(p, CAPWAP_NUMBERS + number,
			PROTO_UDP, offset & ~7u, (fields & CAPWAP_LAST) == 0);

		if (result != DECODE_OK)
			return result;
	}
	p->next = fields & CAPWAP_WLAN ? wlan_order(p->r) : LAYER_ETHERNET;
	return DECODE_OK;
}

/* RFC 4380, 5.1.1: indications that may come first. */
size_t teredo_header(struct rd r)
{
	const uint8_t *begin = r.p;
	struct rd next = r;

	if (rd_be16(&next) == TEREDO_AUTHENTICATION) {
		size_t n = rd_u8(&next);

		n += rd_u8(&next);
		rd_skip(&next, n + 9); /* and nonce, confirmation */
		r = next;
	}
	next = r;
	if (rd_be16(&next) == TEREDO_ORIGIN) {
		rd_skip(&next, 6);
		r = next;
	}
	return (size_t)(r.p - begin);
}
