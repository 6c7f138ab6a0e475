/* addr.h: IP and MAC addresses as values. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct mac {
	uint8_t b[6];
};

/* family 4 or 6, 0 for none; IPv4 uses the first four bytes, the others
 * are 0, so that two addresses compare by memcmp. */
struct addr {
	uint8_t family;
	uint8_t b[16];
};

enum { ADDR_TEXT = 46, MAC_TEXT = 18 }; /* with NUL */

struct addr addr_v4(const uint8_t b[4]);
struct addr addr_v6(const uint8_t b[16]); /* ::ffff:a.b.c.d stays IPv6 */
/* In the header because each packet asks it. */
static inline bool addr_equal(const struct addr *a, const struct addr *b)
{
	if (a->family != b->family)
		return false;
	return (a->family == 4 ? memcmp(a->b, b->b, 4)
			       : memcmp(a->b, b->b, sizeof a->b)) == 0;
}
size_t addr_len(const struct addr *a); /* 4, 16 or 0 */

/* RFC 5952 text; "" for none. Returns out. */
const char *addr_format(const struct addr *a, char out[ADDR_TEXT]);
bool addr_parse(const char *text, struct addr *out);

/* RFC 1918, 4193, link-local, loopback, 100.64.0.0/10: meaningful only in
 * the site where it was seen. */
bool addr_is_private(const struct addr *a);

/* Lower case, colons. Returns out. */
const char *mac_format(const struct mac *m, char out[MAC_TEXT]);
/* As people write it: 00:26:73:a5:a8:f3, 00-26-73-A5-A8-F3, 0026.73a5.a8f3,
 * 002673a5a8f3. */
bool mac_parse(const char *text, struct mac *out);
bool mac_is_zero(const struct mac *m);
bool mac_is_local(const struct mac *m); /* locally administered: random */
bool mac_is_group(const struct mac *m); /* multicast or broadcast */
