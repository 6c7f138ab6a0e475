/* nbns.c: see nbns.h. */
#include "capture/proto/nbns.h"
#include "capture/proto/dns_name.h"

enum {
	ENCODED = 32,        /* RFC 1001, 14.1: half a byte a letter */
	SUFFIX_MACHINE = 0x00,
	SUFFIX_SERVER = 0x20,
	GROUP = 0x8000,      /* RFC 1002, 4.2.1.3: NB_FLAGS */

	RESPONSE = 0x8000,
	QUERY = 0,           /* opcodes */
	REGISTRATION = 5,
	REFRESH = 8,
	REFRESH_TOO = 9,     /* what the RFC says in one place, and some do */

	TYPE_NB = 0x20,
	TYPE_NBSTAT = 0x21,
	CLASS_IN = 1,
	RECORDS = 16,        /* looked at */
};

/* Adds a name of 15 bytes and a suffix, if it is a machine's. */
static void add(struct nbns *out, const uint8_t raw[NBNS_NAME + 1],
	uint16_t flags, const struct addr *addr)
{
	struct nbns_name *name = &out->names[out->n];
	size_t n = NBNS_NAME;

	if ((raw[NBNS_NAME] != SUFFIX_MACHINE &&
		raw[NBNS_NAME] != SUFFIX_SERVER) || (flags & GROUP) ||
		out->n == NBNS_NAMES)
		return;
	while (n > 0 && (raw[n - 1] == ' ' || raw[n - 1] == '\0'))
		n--;
	/* "*" asks whoever it may be; a control character is a service. */
	if (n == 0 || raw[0] == '*' || raw[0] < ' ')
		return;
	text_clean(name->text, sizeof name->text, raw, n);
	name->addr = *addr;
	for (uint8_t i = 0; i < out->n; i++)
		if (strcmp(out->names[i].text, name->text) == 0 &&
			addr_equal(&out->names[i].addr, addr))
			return;
	out->n++;
}

static bool decode(const struct dns_name *name, uint8_t out[NBNS_NAME + 1])
{
	if (name->n < 1 + ENCODED || name->b[0] != ENCODED)
		return false;
	for (int i = 0; i <= NBNS_NAME; i++) {
		uint8_t high = (uint8_t)(name->b[1 + 2 * i] - 'A');
		uint8_t low = (uint8_t)(name->b[2 + 2 * i] - 'A');

		if (high > 15 || low > 15)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* RFC 1002, 4.2.2: flags and an address for each place the name has. */
static void read_addresses(struct rd body, const struct dns_name *name,
	struct nbns *out)
{
	uint8_t raw[NBNS_NAME + 1];

	if (!decode(name, raw))
		return;
	while (rd_left(&body) > 0) {
		uint16_t flags = rd_be16(&body);
		struct addr addr;
		uint8_t ip[4];

		rd_copy(&body, ip, sizeof ip);
		if (!rd_ok(&body))
			return;
		addr = addr_v4(ip);
		add(out, raw, flags, &addr);
	}
}

/* RFC 1002, 4.2.18: all names of the machine that answers. */
static void read_status(struct rd body, struct nbns *out)
{
	uint8_t n = rd_u8(&body);

	while (n-- > 0) {
		uint8_t raw[NBNS_NAME + 1];
		uint16_t flags;

		rd_copy(&body, raw, sizeof raw);
		flags = rd_be16(&body);
		if (!rd_ok(&body))
			return;
		add(out, raw, flags, &(struct addr){0});
	}
}

static bool read_record(const struct rd *message, struct rd *r,
	struct nbns *out)
{
	struct dns_name name;
	uint16_t type, class;
	struct rd body;

	if (!dns_name_read(message, r, &name))
		return false;
	type = rd_be16(r);
	class = rd_be16(r);
	rd_skip(r, 4);
	body = rd_sub(r, rd_be16(r));
	if (!rd_ok(r) || !rd_ok(&body))
		return false;
	if (class == CLASS_IN && type == TYPE_NB)
		read_addresses(body, &name, out);
	else if (class == CLASS_IN && type == TYPE_NBSTAT)
		read_status(body, out);
	return true;
}

/* A query says nothing of who asks, and a refusal nothing of anybody. */
static bool tells(uint16_t flags)
{
	uint8_t opcode = flags >> 11 & 15;

	if (flags & RESPONSE)
		return (flags & 15) == 0 && opcode == QUERY;
	return opcode == REGISTRATION || opcode == REFRESH ||
		opcode == REFRESH_TOO;
}

bool nbns_parse(const uint8_t *p, size_t n, struct nbns *out)
{
	const struct rd message = rd_init(p, n);
	struct rd r = message;
	struct nbns found = {.n = 0};
	uint16_t flags, questions;
	unsigned records = 0;

	rd_skip(&r, 2);
	flags = rd_be16(&r);
	questions = rd_be16(&r);
	for (int i = 0; i < 3; i++)
		records += rd_be16(&r);
	if (!rd_ok(&r) || !tells(flags) || questions > 1)
		return false;
	if (questions == 1) {
		struct dns_name name;

		if (!dns_name_read(&message, &r, &name))
			return false;
		rd_skip(&r, 4);
	}
	for (unsigned i = 0; i < records && i < RECORDS; i++)
		if (!read_record(&message, &r, &found))
			break;
	if (found.n == 0)
		return false;
	*out = found;
	return true;
}
