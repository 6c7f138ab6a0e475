/* dns.c: see dns.h. */
#include "capture/proto/dns.h"

enum {
	CLASS_IN = 1,
	CLASS_MASK = 0x7fff, /* RFC 6762, 10.2: the top bit flushes caches */
	RESPONSE = 0x8000,
	HEX_LABELS = 32,
	OCTETS = 4,
};

bool dns_open(struct dns *d, const uint8_t *p, size_t n)
{
	struct rd r = rd_init(p, n);
	uint16_t flags;

	*d = (struct dns){.message = r};
	rd_skip(&r, 2);
	flags = rd_be16(&r);
	d->response = (flags & RESPONSE) != 0;
	d->opcode = flags >> 11 & 15;
	d->rcode = flags & 15;
	d->questions = rd_be16(&r);
	for (int i = 0; i < DNS_SECTIONS; i++)
		d->left[i] = rd_be16(&r);
	d->at = r;
	return rd_ok(&r);
}

bool dns_question(struct dns *d, struct dns_question *out)
{
	uint16_t class;

	if (d->questions == 0 || d->read == DNS_RECORDS)
		return false;
	d->questions--;
	d->read++;
	if (!dns_name_read(&d->message, &d->at, &out->name))
		return false;
	out->type = rd_be16(&d->at);
	class = rd_be16(&d->at);
	return rd_ok(&d->at) && (class & CLASS_MASK) == CLASS_IN;
}

static bool read_addr(struct rd body, size_t n, struct addr *out)
{
	uint8_t b[16];

	if (rd_left(&body) != n)
		return false;
	rd_copy(&body, b, n);
	*out = n == 4 ? addr_v4(b) : addr_v6(b);
	return true;
}

/* A name in a record's data ends where the data does. */
static bool read_target(const struct dns *d, struct rd body, size_t before,
	struct dns_name *out)
{
	rd_skip(&body, before);
	return dns_name_read(&d->message, &body, out) && rd_left(&body) == 0;
}

static bool read_data(const struct dns *d, struct rd body,
	struct dns_record *out)
{
	switch (out->type) {
	case DNS_A: return read_addr(body, 4, &out->addr);
	case DNS_AAAA: return read_addr(body, 16, &out->addr);
	case DNS_CNAME:
	case DNS_PTR: return read_target(d, body, 0, &out->target);
	case DNS_MX: return read_target(d, body, 2, &out->target);
	case DNS_SRV: return read_target(d, body, 6, &out->target);
	default: return false;
	}
}

static bool next_section(const struct dns *d, enum dns_section *section)
{
	for (int i = 0; i < DNS_SECTIONS; i++)
		if (d->left[i] > 0) {
			*section = (enum dns_section)i;
			return true;
		}
	return false;
}

bool dns_record(struct dns *d, struct dns_record *out)
{
	struct dns_question passed;

	while (d->questions > 0 && d->read < DNS_RECORDS)
		(void)dns_question(d, &passed);
	while (d->read < DNS_RECORDS && next_section(d, &out->section)) {
		uint16_t class;
		struct rd body;

		d->read++;
		d->left[out->section]--;
		out->addr = (struct addr){0};
		out->target.n = 0;
		if (!dns_name_read(&d->message, &d->at, &out->name))
			return false;
		out->type = rd_be16(&d->at);
		class = rd_be16(&d->at) & CLASS_MASK;
		rd_skip(&d->at, 4);
		body = rd_sub(&d->at, rd_be16(&d->at));
		if (!rd_ok(&body) || !rd_ok(&d->at))
			return false;
		if (class == CLASS_IN && read_data(d, body, out))
			return true;
	}
	return false;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

static bool equal(const uint8_t *a, const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

/* The lengths of labels are below any letter. */
bool dns_name_equal(const struct dns_name *a, const struct dns_name *b)
{
	return a->n == b->n && equal(a->b, b->b, a->n);
}

static int hex(uint8_t c)
{
	c = lower(c);
	return c >= '0' && c <= '9' ? c - '0'
		: c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_octet(const uint8_t *p, size_t n, uint8_t *out)
{
	unsigned v = 0;

	if (n < 1 || n > 3)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = v * 10 + (unsigned)(p[i] - '0');
	}
	*out = (uint8_t)v;
	return v <= 255;
}

/* What is left is the domain under which addresses of a family lie. */
static bool is_rest(struct rd labels, const char *wanted, size_t n)
{
	return rd_left(&labels) == n &&
		equal(labels.p, (const uint8_t *)wanted, n);
}

static bool reverse_v4(struct rd labels, struct addr *out)
{
	uint8_t b[OCTETS];

	for (int i = OCTETS - 1; i >= 0; i--) {
		size_t n = 0;
		const uint8_t *p = dns_name_label(&labels, &n);

		if (!p || !read_octet(p, n, &b[i]))
			return false;
	}
	*out = addr_v4(b);
	return is_rest(labels, "\7in-addr\4arpa", 13);
}

static bool reverse_v6(struct rd labels, struct addr *out)
{
	uint8_t b[HEX_LABELS / 2] = {0};

	for (int i = HEX_LABELS - 1; i >= 0; i--) {
		size_t n = 0;
		const uint8_t *p = dns_name_label(&labels, &n);

		if (!p || n != 1 || hex(p[0]) < 0)
			return false;
		b[i / 2] |= (uint8_t)(hex(p[0]) << (i % 2 ? 0 : 4));
	}
	*out = addr_v6(b);
	return is_rest(labels, "\3ip6\4arpa", 9);
}

bool dns_reverse(const struct dns_name *name, struct addr *out)
{
	struct rd labels = rd_init(name->b, name->n);
	struct addr a;

	if (!reverse_v4(labels, &a) && !reverse_v6(labels, &a))
		return false;
	*out = a;
	return true;
}
