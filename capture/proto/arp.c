/* arp.c: see arp.h. */
#include "capture/proto/arp.h"
#include "capture/base/bytes.h"

enum {
	HARDWARE_ETHERNET = 1,
	PROTOCOL_IPV4 = 0x0800,
	REQUEST = 1,
	REPLY = 2,
};

/* RFC 1122, 3.2.1.3: not 0/8, 127/8, multicast, reserved or broadcast. */
static bool is_station(const uint8_t ip[4])
{
	return ip[0] != 0 && ip[0] != 127 && ip[0] < 224;
}

bool arp_parse(const uint8_t *p, size_t n, struct arp_binding *out)
{
	struct rd r = rd_init(p, n);
	uint16_t hardware = rd_be16(&r), protocol = rd_be16(&r);
	uint8_t mac_n = rd_u8(&r), ip_n = rd_u8(&r);
	uint16_t operation = rd_be16(&r);
	struct mac mac;
	uint8_t ip[4];

	rd_copy(&r, mac.b, sizeof mac.b);
	rd_copy(&r, ip, sizeof ip);
	rd_skip(&r, sizeof mac.b + sizeof ip); /* the target */
	if (!rd_ok(&r) || hardware != HARDWARE_ETHERNET ||
		protocol != PROTOCOL_IPV4 || mac_n != sizeof mac.b ||
		ip_n != sizeof ip)
		return false;
	if (operation != REQUEST && operation != REPLY)
		return false;
	if (!is_station(ip) || mac_is_zero(&mac) || mac_is_group(&mac))
		return false;
	*out = (struct arp_binding){addr_v4(ip), mac};
	return true;
}
