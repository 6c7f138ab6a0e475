/* decap.h: the layer loop, from a frame to the TCP, UDP or ARP in it. */
#pragma once
#include "capture/decode/frame.h"
#include "capture/decode/ipfrag.h"
#include "capture/decode/packet.h"

enum decode {
	DECODE_OK,
	DECODE_CUT,   /* the snap length ended inside a header */
	DECODE_BAD,   /* malformed */
	DECODE_NONE,  /* understood: nothing that mail travels in */
	DECODE_OTHER, /* not understood, or encrypted: it may hide mail */
	DECODE_FRAG,  /* kept: a fragment whose packet is not whole yet */
	DECODE_KINDS
};

/* Envelopes (each header that is taken off) that a frame may have; more are
 * DECODE_BAD. QinQ, MPLS, VXLAN and IPv6 with extensions need about 15. */
enum { DECAP_DEPTH = 32 };

/* *out means something only on DECODE_OK, and borrows from f, or from frags
 * until their next use; on DECODE_OTHER out->registry and out->number say what
 * it is. frags may be NULL: fragments are DECODE_OTHER then. A fragment that
 * the snap length has cut is DECODE_CUT. */
enum decode decap(const struct frame *f, struct ipfrag *frags,
	struct packet *out);
