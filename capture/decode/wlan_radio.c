/* wlan_radio.c: what a card that listens to the air puts before each 802.11
 * frame: radiotap (radiotap.org), PPI (CACE), Prism and AVS (linux-wlan-ng). */
#include "capture/decode/peel.h"

enum {
	RADIOTAP_TSFT = 1 << 0, /* what is present */
	RADIOTAP_FLAGS = 1 << 1,
	RADIOTAP_PADDED = 0x20, /* flags: header filled up to 4 bytes */
	RADIOTAP_BAD_FCS = 0x40,
	PPI_FIXED = 8,
	AVS_MAGIC = 0x80211, /* in the first 20 bits */
	PRISM_LENGTH = 144,
};

/* RADIOTAP_FLAGS of a radiotap header: fields are in the order of their bits,
 * each aligned to its size. */
static uint8_t radiotap_flags(struct rd h)
{
	const uint8_t *begin = h.p;
	uint32_t present, more;

	rd_skip(&h, 4);
	present = more = rd_le32(&h);
	while (more >> 31 && rd_ok(&h))
		more = rd_le32(&h);
	if (present & RADIOTAP_TSFT) {
		rd_skip(&h, (size_t)(begin - h.p) & 7);
		rd_skip(&h, 8);
	}
	return present & RADIOTAP_FLAGS ? rd_u8(&h) : 0;
}

enum decode wlan_radiotap(struct peel *p)
{
	struct rd fixed = p->r, h;
	uint8_t flags;

	rd_skip(&fixed, 2); /* version, pad */
	h = rd_sub(&p->r, rd_le16(&fixed));
	if (!rd_ok(&fixed) || !rd_ok(&h))
		return peel_short(p);
	if (rd_left(&h) < 8)
		return DECODE_BAD;
	flags = radiotap_flags(h);
	if (flags & RADIOTAP_BAD_FCS) /* not what was sent */
		return DECODE_BAD;
	p->padded = flags & RADIOTAP_PADDED;
	p->next = LAYER_WLAN;
	return DECODE_OK;
}

/* The link type behind it is any; mostly 802.11. */
enum decode wlan_ppi(struct peel *p)
{
	struct rd fixed = p->r;
	uint16_t n;
	uint32_t link;

	rd_skip(&fixed, 2); /* version, flags */
	n = rd_le16(&fixed);
	link = rd_le32(&fixed);
	rd_skip(&p->r, n);
	if (!rd_ok(&fixed) || !rd_ok(&p->r))
		return peel_short(p);
	if (n < PPI_FIXED)
		return DECODE_BAD;
	peel_link(p, (int)link);
	return DECODE_OK;
}

/* Files of one kind hold the other as well. AVS counts in network order; of a
 * Prism header all that is said depends on the driver but its length. */
enum decode wlan_prism(struct peel *p)
{
	struct rd fixed = p->r;
	uint32_t magic = rd_be32(&fixed), n = rd_be32(&fixed);

	if (magic >> 12 != AVS_MAGIC)
		n = PRISM_LENGTH;
	rd_skip(&p->r, n);
	if (!rd_ok(&fixed) || !rd_ok(&p->r))
		return peel_short(p);
	p->next = LAYER_WLAN;
	return n < 8 ? DECODE_BAD : DECODE_OK;
}
