/* filter_mail.h: the program that lets pass what the decoder can find mail in,
 * what tells who is who, and what hides its content, so that it is counted. It
 * drops what it knows to be none of these; where it cannot tell, it lets pass:
 * too much costs time, too little costs mail. */
#pragma once
#include "capture/live/filter_code.h"
#include <stdbool.h>

enum {
	FILTER_SNAPLEN = 262144, /* what passes, passes whole */
	FILTER_TAGS = 8,         /* VLAN and other tags that it looks behind */
};

/* Writes it for frames of a DLT_. False: nothing is written, since all that
 * has this link type may pass. */
bool filter_mail(struct code *c, int dlt);

/* UDP or TCP of either port passes. */
bool filter_wants_udp(uint16_t port);
bool filter_wants_tcp(uint16_t port);
