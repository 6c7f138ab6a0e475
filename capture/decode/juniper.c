/* juniper.c: the header that Juniper's routers put before packets they log, as
 * far as the packet begins right behind it. */
#include "capture/decode/peel.h"

enum {
	JUNIPER_MAGIC = 0x4d4743, /* "MGC" */
	JUNIPER_NO_L2 = 0x02,
	JUNIPER_EXTENDED = 0x80,
};

enum decode juniper(struct peel *p, enum layer layer)
{
	uint32_t magic = rd_be24(&p->r);
	uint8_t flags = rd_u8(&p->r);

	if (rd_ok(&p->r) && magic != JUNIPER_MAGIC)
		return DECODE_BAD;
	if (flags & JUNIPER_EXTENDED)
		rd_skip(&p->r, rd_be16(&p->r));
	p->next = flags & JUNIPER_NO_L2 ? LAYER_IP : layer;
	return rd_ok(&p->r) ? DECODE_OK : peel_short(p);
}
