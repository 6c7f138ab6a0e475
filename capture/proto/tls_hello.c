/* tls_hello.c: see tls_hello.h. */
#include "capture/proto/tls_hello.h"

enum {
	EXT_SNI = 0,
	EXT_GROUPS = 10,
	EXT_FORMATS = 11,
	EXT_SIGNATURES = 13,
	EXT_ALPN = 16,
	EXT_ENCRYPT_THEN_MAC = 22,
	EXT_VERSIONS = 43,
	SNI_DNS_NAME = 0,
	RANDOM = 32,
	TLS_1_2 = 0x0303,
};

static struct rd list8(struct rd r)
{
	return rd_sub(&r, rd_u8(&r));
}

static struct rd list16(struct rd r)
{
	return rd_sub(&r, rd_be16(&r));
}

bool tls_extension(struct rd *list, uint16_t *type, struct rd *body,
	size_t *cut)
{
	size_t n, have;

	*type = rd_be16(list);
	n = rd_be16(list);
	if (!rd_ok(list))
		return false;
	have = n < rd_left(list) ? n : rd_left(list);
	*cut = n - have;
	*body = rd_sub(list, have);
	return true;
}

bool tls_is_grease(uint16_t v)
{
	return (v & 0x0f0f) == 0x0a0a && v >> 8 == (v & 0xff);
}

/* RFC 6066, 3: a list of (type, length, name). */
static struct rd first_host(struct rd body)
{
	struct rd list = list16(body), none = {0};

	while (rd_left(&list) > 0) {
		uint8_t type = rd_u8(&list);
		struct rd name = rd_sub(&list, rd_be16(&list));

		if (rd_ok(&list) && type == SNI_DNS_NAME)
			return name;
	}
	return none;
}

/* The first of equal extensions counts; a second one is an error of the
 * client's. True if it belongs to what must be there for JA. */
static bool client_extension(struct tls_hello *h, uint16_t type,
	struct rd body)
{
	struct rd *to = NULL, from = body;

	switch (type) {
	case EXT_SNI:
		if (!h->has_sni)
			h->host = first_host(body);
		h->has_sni = true;
		return false;
	case EXT_GROUPS:
		to = &h->groups;
		from = list16(body);
		break;
	case EXT_FORMATS:
		to = &h->formats;
		from = list8(body);
		break;
	case EXT_SIGNATURES:
		to = &h->signatures;
		from = list16(body);
		break;
	case EXT_ALPN:
		to = &h->alpn;
		from = list8(list16(body));
		break;
	case EXT_VERSIONS:
		to = &h->versions;
		from = list8(body);
		break;
	default:
		return false;
	}
	if (!to->p && rd_ok(&from))
		*to = from;
	return true;
}

/* n bytes of extensions are there, size of them were told. True if nothing
 * of them is missing that JA needs. The last one may be cut, a session ticket
 * mostly, as long as it reaches exactly to the end that was told. */
static bool client_extensions(struct tls_hello *h, size_t size)
{
	struct rd list = h->extensions, body;
	size_t missing = size - rd_left(&list), cut = 0;
	bool needed = false;
	uint16_t type;

	while (rd_left(&list) > 0 && cut == 0)
		if (tls_extension(&list, &type, &body, &cut))
			needed = client_extension(h, type, body);
	return rd_ok(&list) && cut == missing && !(cut > 0 && needed);
}

bool tls_hello_client(const uint8_t *p, size_t n, size_t size,
	struct tls_hello *out)
{
	struct rd r = rd_init(p, n);
	struct tls_hello h = {0};
	size_t told, have;

	h.version = rd_be16(&r);
	if (h.version >> 8 != 3)
		return false;
	rd_skip(&r, RANDOM);
	rd_skip(&r, rd_u8(&r));
	h.ciphers = rd_sub(&r, rd_be16(&r));
	rd_skip(&r, rd_u8(&r));
	if (rd_ok(&r) && rd_left(&r) == 0 && n == size) {
		h.whole = true; /* SSL 3.0 knows no extensions */
		*out = h;
		return true;
	}
	told = rd_be16(&r);
	if (rd_ok(&r)) {
		have = told < rd_left(&r) ? told : rd_left(&r);
		h.whole = told == size - n + rd_left(&r);
		h.extensions = rd_sub(&r, have);
		h.whole &= client_extensions(&h, told);
	}
	*out = h;
	return true;
}

bool tls_hello_server(const uint8_t *p, size_t n, size_t size,
	struct tls_server_hello *out)
{
	/* SHA-256 of "HelloRetryRequest" (RFC 8446, 4.1.3). */
	static const uint8_t retry[RANDOM] = {
		0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d,
		0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16,
		0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8,
		0x33, 0x9c,
	};
	struct rd r = rd_init(p, n), body;
	struct tls_server_hello h = {0};
	uint8_t random[RANDOM];
	uint16_t type, chosen = 0;
	size_t cut;

	h.version = rd_be16(&r);
	rd_copy(&r, random, sizeof random);
	rd_skip(&r, rd_u8(&r));
	h.cipher = rd_be16(&r);
	rd_skip(&r, 1); /* compression */
	if (!rd_ok(&r) || h.version >> 8 != 3)
		return false;
	h.retry = memcmp(random, retry, sizeof retry) == 0;
	rd_skip(&r, rd_left(&r) > 0 ? 2 : 0);
	while (tls_extension(&r, &type, &body, &cut)) {
		if (type == EXT_VERSIONS)
			chosen = rd_be16(&body);
		if (type == EXT_ENCRYPT_THEN_MAC)
			h.encrypt_then_mac = true;
	}
	/* TLS 1.3 calls itself 1.2 and tells better in an extension, which may
	 * be what is missing. */
	if (chosen != 0)
		h.version = chosen;
	else if (n < size && h.version == TLS_1_2)
		h.version = 0;
	*out = h;
	return true;
}

uint16_t tls_hello_highest(const struct tls_hello *h)
{
	struct rd list = h->versions;
	uint16_t highest = 0;

	while (rd_left(&list) > 0) {
		uint16_t v = rd_be16(&list);

		if (v > highest && !tls_is_grease(v))
			highest = v;
	}
	return highest != 0 ? highest : h->version;
}
