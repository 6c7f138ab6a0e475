/* nd.c: see nd.h. */
#include "capture/proto/nd.h"
#include "capture/base/bytes.h"

enum {
	ROUTER = 134, SOLICIT = 135, ADVERTISE = 136, /* types */
	OPTION_SOURCE = 1,                            /* link-layer address */
	OPTION_TARGET = 2,
	HOP_LIMIT = 255, /* 4.1 to 4.5: so it was sent on this link */
};

/* RFC 4291: not ::, ::1 or multicast. */
static bool is_station(const struct addr *a)
{
	static const uint8_t none[15] = {0};

	return a->family == 6 && a->b[0] != 0xff &&
		(memcmp(a->b, none, sizeof none) != 0 || a->b[15] > 1);
}

/* 4.6: options with a length in units of 8 bytes. */
static bool find_mac(struct rd options, uint8_t wanted, struct mac *out)
{
	while (rd_left(&options) > 0) {
		uint8_t type = rd_u8(&options), units = rd_u8(&options);
		struct rd value;

		if (units == 0)
			return false;
		value = rd_sub(&options, units * 8u - 2);
		if (type != wanted || units != 1)
			continue;
		rd_copy(&value, out->b, sizeof out->b);
		return rd_ok(&value) && !mac_is_zero(out) &&
			!mac_is_group(out);
	}
	return false;
}

bool nd_parse(const uint8_t *p, size_t n, const struct addr *src,
	uint8_t hop_limit, struct nd_binding *out)
{
	struct rd r = rd_init(p, n);
	uint8_t type = rd_u8(&r), code = rd_u8(&r), option = OPTION_SOURCE;
	struct nd_binding b = {.addr = *src};

	rd_skip(&r, 6); /* check sum, flags */
	switch (type) {
	case ROUTER:
		rd_skip(&r, 8); /* timers */
		break;
	case SOLICIT:
		rd_skip(&r, 16); /* the target */
		break;
	case ADVERTISE:
		b.addr.family = 6;
		rd_copy(&r, b.addr.b, sizeof b.addr.b);
		option = OPTION_TARGET;
		break;
	default:
		return false;
	}
	if (!rd_ok(&r) || code != 0 || hop_limit != HOP_LIMIT ||
		!is_station(&b.addr) || !find_mac(r, option, &b.mac))
		return false;
	*out = b;
	return true;
}
