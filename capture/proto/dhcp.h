/* dhcp.h: what a device says of itself when it asks for an address, and the
 * address that it is given (RFC 2131, 2132; BOOTP of RFC 951 as well). */
#pragma once
#include "capture/base/addr.h"
#include "capture/base/text.h"

/* RFC 2132, 9.6. */
enum dhcp_message {
	DHCP_NONE, /* BOOTP */
	DHCP_DISCOVER, DHCP_OFFER, DHCP_REQUEST, DHCP_DECLINE, DHCP_ACK,
	DHCP_NAK, DHCP_RELEASE, DHCP_INFORM,
};

struct dhcp_facts {
	uint8_t message;  /* enum dhcp_message; those not listed are >8 */
	struct mac mac;   /* the device's */
	bool leased;      /* a server says: addr is its address now */
	struct addr addr; /* if not leased: the one that the device has, or
			   * would like to have; family 0: none */
	/* Cleaned; "" if none. Only what the device itself has sent. */
	char host[TEXT_MAX];  /* option 12 */
	char class[TEXT_MAX]; /* option 60 */
	char fqdn[TEXT_MAX];  /* option 81, without a final dot */
	char asked[TEXT_MAX]; /* option 55: "1,3,6,15", as many as fit */
};

/* A UDP payload to or from ports 67 and 68; one that was cut gives what is
 * there. False if it is no message about an Ethernet device; *out is written
 * only on success. */
bool dhcp_parse(const uint8_t *p, size_t n, struct dhcp_facts *out);
