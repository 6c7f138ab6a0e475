/* esp.c: ESP (RFC 4303), which hides what it carries unless its cipher is NULL
 * (RFC 2410) or authenticates alone (RFC 4543). Nothing in a packet says so; as
 * RFC 5879 has it, one looks whether it makes sense: here it has to do so in
 * its trailer, in its padding, and in what it carries, where there are lengths
 * and check sums. */
#include "capture/decode/peel.h"

enum { ESP_HEADER = 8, NEXT_IP4 = 4, NEXT_TCP = 6, NEXT_IP6 = 41 };

/* Bytes before the payload and behind the trailer: HMAC of MD5 or SHA-1, of
 * SHA-256, 384 and 512, GMAC; none. */
static const struct {
	uint8_t vector, check;
} KINDS[] = {{0, 12}, {0, 16}, {0, 24}, {0, 32}, {8, 16}, {8, 12}, {0, 0}};

/* RFC 1071; even: the number of bytes before them was. */
static uint32_t sum(uint32_t s, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		s += (uint32_t)p[i] << 8 | p[i + 1];
	if (n & 1)
		s += (uint32_t)p[n - 1] << 8;
	return s;
}

static bool is_sum_right(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return s == 0xffff;
}

static bool is_ip4(struct rd r)
{
	const uint8_t *p = r.p;
	uint8_t first = rd_u8(&r);
	size_t n = (first & 0x0fu) * 4;

	rd_skip(&r, 1);
	return first >> 4 == 4 && n >= 20 &&
		rd_be16(&r) == (size_t)(r.end - p) &&
		n <= (size_t)(r.end - p) && is_sum_right(sum(0, p, n));
}

static bool is_ip6(struct rd r)
{
	size_t n = rd_left(&r);
	uint8_t version = rd_u8(&r) >> 4;

	rd_skip(&r, 3);
	return version == 6 && rd_be16(&r) + (size_t)40 == n;
}

static bool is_tcp(struct rd r, const struct packet *out)
{
	size_t n = rd_left(&r), address_n = addr_len(&out->src);
	uint32_t s = sum(NEXT_TCP + (uint32_t)n, r.p, n);
	uint8_t header;

	rd_skip(&r, 12);
	header = rd_u8(&r);
	s = sum(s, out->src.b, address_n);
	s = sum(s, out->dst.b, address_n);
	return rd_ok(&r) && header >> 4 >= 5 && (header >> 4) * 4u <= n &&
		n <= 0xffff && is_sum_right(s);
}

/* RFC 4303, 2.4: padding counts 1, 2, 3 ... */
static bool is_padding(const uint8_t *p, uint8_t n)
{
	for (uint8_t i = 0; i < n; i++)
		if (p[i] != i + 1)
			return false;
	return true;
}

/* If all agrees with that kind, *payload and what it is. */
static enum layer read_as(const struct peel *p, size_t kind,
	struct rd *payload)
{
	size_t before = ESP_HEADER + KINDS[kind].vector, n = rd_left(&p->r);
	size_t behind = KINDS[kind].check + 2u;
	struct rd r = p->r, trailer;
	uint8_t pad, next;

	if (n < before + behind)
		return LAYER_OTHER;
	n -= before + behind;
	rd_skip(&r, before);
	trailer = r;
	rd_skip(&trailer, n);
	pad = rd_u8(&trailer);
	next = rd_u8(&trailer);
	if (pad > n)
		return LAYER_OTHER;
	*payload = rd_sub(&r, n - pad);
	if (!is_padding(r.p, pad))
		return LAYER_OTHER;
	if (next == NEXT_IP4 && is_ip4(*payload))
		return LAYER_IP4;
	if (next == NEXT_IP6 && is_ip6(*payload))
		return LAYER_IP6;
	if (next == NEXT_TCP && is_tcp(*payload, p->out))
		return LAYER_TCP;
	return LAYER_OTHER;
}

/* A packet that was cut has no trailer. */
static bool read_null(struct peel *p)
{
	for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
		struct rd payload;
		enum layer next;

		if (p->cut > 0 || p->lacks)
			return false;
		next = read_as(p, i, &payload);
		if (next != LAYER_OTHER) {
			p->r = payload;
			p->next = next;
			return true;
		}
	}
	return false;
}

enum decode esp(struct peel *p)
{
	if (!read_null(p))
		peel_other(p, ENVELOPE_IP, 50);
	return DECODE_OK;
}

/* RFC 3948 */
enum decode esp_udp(struct peel *p)
{
	if (!read_null(p))
		peel_other(p, ENVELOPE_OTHER, ENVELOPE_ESP_UDP);
	return DECODE_OK;
}
