/* decap.h: the layer loop, from a frame to the TCP, UDP or ARP in it. */
#pragma once
#include "capture/decode/frame.h"
#include "capture/decode/ipfrag.h"
#include "capture/decode/packet.h"

enum decode {
	DECODE_OK,
	DECODE_CUT,   /* the snap length ended inside a header */
	DECODE_BAD,   /* malformed */
	DECODE_OTHER, /* nothing that mail travels in, or not understood */
	DECODE_FRAG,  /* kept: a fragment whose packet is not whole yet */
	DECODE_KINDS
};

/* out is filled only on DECODE_OK and borrows from f, or from frags until
 * its next use. At most DECAP_DEPTH layers are taken off. */
enum decode decap(const struct frame *f, struct ipfrag *frags,
	struct packet *out);
