/* wlan.c: frames of a wireless network that carry data (IEEE 802.11-2020,
 * 9.3.2) as far as they are not encrypted; the others are counted. */
#include "capture/decode/peel.h"

/* Frame control, as its two bytes follow each other. */
enum {
	WLAN_VERSION = 0x0300,
	WLAN_TYPE = 0x0c00,
	WLAN_DATA = 0x0800,
	WLAN_QOS = 0x8000,
	WLAN_NO_DATA = 0x4000,
	WLAN_TO_DS = 0x01,
	WLAN_FROM_DS = 0x02,
	WLAN_MORE_PIECES = 0x04,
	WLAN_PROTECTED = 0x40,
	WLAN_ORDER = 0x80, /* with QoS: an HT control field follows */
};

enum {
	WLAN_PIECE = 0x0f,    /* sequence control, first byte */
	WLAN_AMSDU = 0x80,    /* QoS control, first byte */
	WLAN_CIPHER = 8,      /* what TKIP, CCMP and GCMP put before the text */
};

/* Does LLC with SNAP begin at r? */
static bool is_snap(struct rd r)
{
	return rd_be24(&r) == 0xaaaa03 && rd_be16(&r) == 0 && rd_ok(&r);
}

/* The flag stays where a card has decrypted the frame; then SNAP stands where
 * there would be cipher text, at once or behind what the cipher put there. */
static enum decode protected_data(struct peel *p)
{
	struct rd behind = p->r;

	rd_skip(&behind, WLAN_CIPHER);
	if (is_snap(behind))
		p->r = behind;
	else if (!is_snap(p->r))
		peel_other(p, ENVELOPE_OTHER, ENVELOPE_WLAN_SECRET);
	return DECODE_OK;
}

/* By what the flags say of the way: IEEE 802.11-2020, table 9-30. */
static void addresses(struct peel *p, const struct mac a[4], uint16_t control)
{
	struct packet *out = p->out;
	bool to = control & WLAN_TO_DS, from = control & WLAN_FROM_DS;

	peel_frame(p);
	out->dst_mac = to ? a[2] : a[0];
	out->src_mac = to && from ? a[3] : from ? a[2] : a[1];
	out->has_src_mac = out->has_dst_mac = true;
}

/* A data frame with this frame control, which r is behind. */
static enum decode data(struct peel *p, uint16_t control, uint8_t piece_mask)
{
	const uint8_t *begin = p->r.p - 2;
	struct mac a[4] = {0};
	uint8_t piece, qos = 0;

	rd_skip(&p->r, 2); /* duration */
	for (int i = 0; i < 3; i++)
		rd_copy(&p->r, a[i].b, sizeof a[i].b);
	piece = rd_u8(&p->r) & piece_mask;
	rd_skip(&p->r, 1);
	if (control & WLAN_TO_DS && control & WLAN_FROM_DS)
		rd_copy(&p->r, a[3].b, sizeof a[3].b);
	if (control & WLAN_QOS) {
		qos = rd_u8(&p->r);
		rd_skip(&p->r, control & WLAN_ORDER ? 5 : 1);
	}
	if (p->padded && rd_ok(&p->r))
		rd_skip(&p->r, (size_t)(begin - p->r.p) & 3);
	if (!rd_ok(&p->r))
		return peel_short(p);
	addresses(p, a, control);
	p->next = qos & WLAN_AMSDU ? LAYER_AMSDU : LAYER_LLC;
	if (control & WLAN_MORE_PIECES || piece != 0)
		peel_other(p, ENVELOPE_OTHER, ENVELOPE_PARTIAL);
	else if (control & WLAN_PROTECTED)
		return protected_data(p);
	return DECODE_OK;
}

static enum decode frame(struct peel *p, uint16_t control, uint8_t piece_mask)
{
	if (!rd_ok(&p->r))
		return peel_short(p);
	if ((control & WLAN_VERSION) != 0)
		return DECODE_BAD;
	if ((control & WLAN_TYPE) != WLAN_DATA || control & WLAN_NO_DATA)
		return DECODE_NONE;
	return data(p, control, piece_mask);
}

enum decode wlan(struct peel *p)
{
	return frame(p, rd_be16(&p->r), WLAN_PIECE);
}

/* Within CAPWAP the two bytes may have changed places; and the access point
 * has put pieces together, but left any number in the place of theirs. */
enum decode wlan_swapped(struct peel *p)
{
	return frame(p, rd_le16(&p->r), 0);
}

/* 9.3.2.2.2: several frames in one, each filled up to 4 bytes. The first one
 * is gone on with; the others are for whoever asked. */
enum decode wlan_amsdu(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 14), rest;
	uint16_t n;

	if (!rd_ok(&h))
		return peel_short(p);
	peel_macs(p, &h);
	n = rd_be16(&h);
	rest = p->r;
	rd_skip(&rest, n + (-(14u + n) & 3));
	if (rd_left(&rest) >= 14 && !p->whole) {
		p->out->rest = rest.p;
		p->out->rest_n = rd_left(&rest);
		p->out->rest_wire_n = rd_left(&rest) + p->cut;
	}
	peel_fence(p, n);
	p->next = LAYER_LLC;
	return DECODE_OK;
}
