/* dns_name.h: names as DNS and NetBIOS write them (RFC 1035, 3.1, 4.1.4). */
#pragma once
#include "capture/base/bytes.h"
#include "capture/base/text.h"

enum { DNS_NAME_MAX = 255 };

/* Labels with their lengths, without the empty one at the end. */
struct dns_name {
	uint8_t n;
	uint8_t b[DNS_NAME_MAX];
};

/* Reads the name at *at, which moves behind it; message: all of what its
 * pointers point into. False, and *at is bad, where it is none, is longer than
 * a name may be, or goes round in circles. */
bool dns_name_read(const struct rd *message, struct rd *at,
	struct dns_name *out);

/* Clean, with dots, a dot or backslash within a label escaped; "" for the
 * root. */
void dns_name_text(const struct dns_name *name, char out[TEXT_MAX]);

/* Its labels from the front: the next one's n bytes, or NULL at the end. */
const uint8_t *dns_name_label(struct rd *labels, size_t *n);
