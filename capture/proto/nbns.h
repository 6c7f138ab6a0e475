/* nbns.h: names that NetBIOS machines claim and answer for (RFC 1001, 1002). */
#pragma once
#include "capture/base/addr.h"
#include "capture/base/text.h"

enum {
	NBNS_NAMES = 4,   /* of one message */
	NBNS_NAME = 15,   /* bytes, with blanks at the end on the wire */
};

struct nbns_name {
	char text[TEXT_MAX]; /* clean, without the blanks */
	struct addr addr;    /* whose name it is; family 0: the sender's */
};

struct nbns {
	uint8_t n;
	struct nbns_name names[NBNS_NAMES];
};

/* A UDP payload from port 137: registrations, refreshes, positive answers and
 * node status. Names of single machines alone (suffixes 00 and 20, no groups).
 * False if it tells of none; *out is written only on success. */
bool nbns_parse(const uint8_t *p, size_t n, struct nbns *out);
