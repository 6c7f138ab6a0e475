/* frelay.c: Frame Relay (RFC 2427): an address (ITU-T Q.922, 3.2), and then
 * what ISO/IEC TR 9577 calls a network layer protocol identifier (NLPID), which
 * ATM (RFC 2684) uses as well. */
#include "capture/decode/peel.h"

enum {
	NLPID_SNAP = 0x80,
	NLPID_IP6 = 0x8e,
	NLPID_IP4 = 0xcc,
	NLPID_PPP = 0xcf, /* RFC 1973 */
	Q922_LAST = 0x01,
	UNNUMBERED = 0x03,
};

/* An address of 2, 3 or 4 bytes, of which the last one says so; of Cisco's own
 * kind an ethertype follows, and else a control field. */
enum decode frelay(struct peel *p)
{
	struct rd after;
	int n = 1;

	while (rd_ok(&p->r) && (rd_u8(&p->r) & Q922_LAST) == 0)
		if (++n > 4)
			return DECODE_BAD;
	after = p->r;
	if (rd_u8(&after) == UNNUMBERED) {
		p->r = after;
		p->next = LAYER_NLPID;
	} else {
		peel_ethertype(p, rd_be16(&p->r));
	}
	if (!rd_ok(&p->r))
		return peel_short(p);
	return n < 2 ? DECODE_BAD : DECODE_OK;
}

enum decode frelay_nlpid(struct peel *p)
{
	uint8_t nlpid = rd_u8(&p->r);

	/* A pad, so that what follows begins at an even byte. */
	while (rd_ok(&p->r) && nlpid == 0)
		nlpid = rd_u8(&p->r);
	if (!rd_ok(&p->r))
		return peel_short(p);
	switch (nlpid) {
	case NLPID_SNAP:
		p->next = LAYER_SNAP;
		break;
	case NLPID_IP4:
		p->next = LAYER_IP4;
		break;
	case NLPID_IP6:
		p->next = LAYER_IP6;
		break;
	case NLPID_PPP:
		p->next = LAYER_PPP;
		break;
	default:
		peel_other(p, ENVELOPE_NLPID, nlpid);
	}
	return DECODE_OK;
}
