/* dhcp.c: see dhcp.h. */
#include "capture/proto/dhcp.h"
#include "capture/base/bytes.h"

enum {
	BOOT_REQUEST = 1,
	BOOT_REPLY = 2,
	HARDWARE_ETHERNET = 1,
	CHADDR = 16,
	SNAME = 64,
	FILE_NAME = 128,

	OPTION_PAD = 0,
	OPTION_HOST = 12,
	OPTION_REQUESTED = 50,
	OPTION_OVERLOAD = 52,
	OPTION_MESSAGE = 53,
	OPTION_ASKED = 55,
	OPTION_CLASS = 60,
	OPTION_FQDN = 81,
	OPTION_END = 255,

	OVERLOAD_FILE = 1,
	OVERLOAD_SNAME = 2,

	FQDN_ENCODED = 0x04, /* RFC 4702, 2.1: the E bit */
	LABEL_MAX = 63,
};

#define MAGIC UINT32_C(0x63825363) /* RFC 2131, 3 */

/* An option's content, out of all pieces of it (RFC 3396); what is more than
 * a text may have is left out. */
struct option {
	size_t n;
	uint8_t b[TEXT_MAX + 3];
};

struct options {
	struct option host, class, fqdn, asked;
	struct addr requested;
	uint8_t message, overload;
};

static void append(struct option *to, struct rd from)
{
	size_t n = rd_left(&from);

	n = n < sizeof to->b - to->n ? n : sizeof to->b - to->n;
	rd_copy(&from, to->b + to->n, n);
	to->n += n;
}

static void read_option(struct options *o, uint8_t type, struct rd body)
{
	uint8_t ip[4];

	switch (type) {
	case OPTION_HOST:
		append(&o->host, body);
		break;
	case OPTION_CLASS:
		append(&o->class, body);
		break;
	case OPTION_FQDN:
		append(&o->fqdn, body);
		break;
	case OPTION_ASKED:
		append(&o->asked, body);
		break;
	case OPTION_MESSAGE:
		o->message = rd_u8(&body);
		break;
	case OPTION_OVERLOAD:
		o->overload = rd_u8(&body);
		break;
	case OPTION_REQUESTED:
		rd_copy(&body, ip, sizeof ip);
		if (rd_ok(&body))
			o->requested = addr_v4(ip);
		break;
	default:
		break;
	}
}

/* True if the field ends as it should; a cut option is not believed. */
static bool read_options(struct options *o, struct rd field)
{
	while (rd_left(&field) > 0) {
		uint8_t type = rd_u8(&field);
		struct rd body;

		if (type == OPTION_PAD)
			continue;
		if (type == OPTION_END)
			return true;
		body = rd_sub(&field, rd_u8(&field));
		if (rd_ok(&body))
			read_option(o, type, body);
	}
	return rd_ok(&field);
}

/* RFC 2132, 2: NULs at the end do not belong to a text. */
static void read_text(char out[TEXT_MAX], const uint8_t *p, size_t n)
{
	while (n > 0 && p[n - 1] == '\0')
		n--;
	text_clean(out, TEXT_MAX, p, n);
}

/* Labels with their lengths become a name with dots. */
static size_t read_labels(uint8_t out[TEXT_MAX], struct rd r)
{
	struct wr w = wr_init(out, TEXT_MAX);

	while (rd_left(&r) > 0) {
		uint8_t n = rd_u8(&r);
		const uint8_t *label = rd_take(&r, n);

		if (n == 0 || n > LABEL_MAX || !label)
			break;
		if (wr_used(&w) > 0)
			wr_u8(&w, '.');
		wr_bytes(&w, label, n);
	}
	return wr_used(&w);
}

static void read_fqdn(char out[TEXT_MAX], const struct option *o)
{
	struct rd r = rd_init(o->b, o->n);
	uint8_t flags = rd_u8(&r), name[TEXT_MAX];
	size_t n;

	rd_skip(&r, 2); /* RCODE1 and RCODE2 mean nothing any more */
	if (flags & FQDN_ENCODED) {
		n = read_labels(name, r);
	} else {
		n = rd_left(&r) < sizeof name ? rd_left(&r) : sizeof name;
		rd_copy(&r, name, n);
	}
	while (n > 0 && (name[n - 1] == '.' || name[n - 1] == '\0'))
		n--;
	read_text(out, name, n);
}

/* What a device asks for, and in which order, depends on its software. */
static void read_asked(char out[TEXT_MAX], const struct option *o)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < o->n && at + sizeof ",255" <= TEXT_MAX; i++) {
		uint8_t v = o->b[i];

		if (i > 0)
			out[at++] = ',';
		if (v >= 100)
			out[at++] = (char)('0' + v / 100);
		if (v >= 10)
			out[at++] = (char)('0' + v / 10 % 10);
		out[at++] = (char)('0' + v % 10);
		out[at] = '\0';
	}
}

static struct addr read_addr(struct rd *r)
{
	static const uint8_t none[4];
	uint8_t ip[4];

	rd_copy(r, ip, sizeof ip);
	return memcmp(ip, none, sizeof ip) == 0 ? (struct addr){0}
						: addr_v4(ip);
}

/* The address of which a message says something. */
static void read_lease(struct dhcp_facts *f, bool reply,
	const struct options *o, struct addr ciaddr, struct addr yiaddr)
{
	switch (f->message) {
	case DHCP_NONE:
	case DHCP_ACK:
		if (!reply)
			break;
		/* To DHCPINFORM a server grants nothing: the address is in
		 * ciaddr and the device's all the same (RFC 2131, 4.3.5). */
		f->addr = yiaddr.family ? yiaddr : ciaddr;
		f->leased = f->addr.family != 0;
		break;
	case DHCP_DISCOVER:
	case DHCP_REQUEST:
	case DHCP_INFORM:
		if (!reply)
			f->addr = ciaddr.family ? ciaddr : o->requested;
		break;
	default:
		break;
	}
}

bool dhcp_parse(const uint8_t *p, size_t n, struct dhcp_facts *out)
{
	struct rd r = rd_init(p, n), chaddr, sname, file;
	uint8_t op = rd_u8(&r), hardware = rd_u8(&r), mac_n = rd_u8(&r);
	struct options o = {0};
	struct dhcp_facts f = {0};
	struct addr ciaddr, yiaddr;
	uint32_t magic;
	uint8_t overload;
	bool whole = true;

	rd_skip(&r, 9); /* hops, xid, secs, flags */
	ciaddr = read_addr(&r);
	yiaddr = read_addr(&r);
	rd_skip(&r, 8); /* siaddr, giaddr */
	chaddr = rd_sub(&r, CHADDR);
	sname = rd_sub(&r, SNAME);
	file = rd_sub(&r, FILE_NAME);
	magic = rd_be32(&r);
	rd_copy(&chaddr, f.mac.b, sizeof f.mac.b);
	if (!rd_ok(&r) || (op != BOOT_REQUEST && op != BOOT_REPLY) ||
		hardware != HARDWARE_ETHERNET || mac_n != sizeof f.mac.b ||
		mac_is_zero(&f.mac) || mac_is_group(&f.mac))
		return false;
	if (magic == MAGIC) {
		whole = read_options(&o, r);
		overload = o.overload; /* it means nothing in there */
		if (overload & OVERLOAD_FILE)
			whole &= read_options(&o, file);
		if (overload & OVERLOAD_SNAME)
			whole &= read_options(&o, sname);
	}
	f.message = o.message;
	/* Without the message's type a cut message could be any. */
	if (f.message != DHCP_NONE || whole)
		read_lease(&f, op == BOOT_REPLY, &o, ciaddr, yiaddr);
	if (op == BOOT_REQUEST) {
		read_text(f.host, o.host.b, o.host.n);
		read_text(f.class, o.class.b, o.class.n);
		read_fqdn(f.fqdn, &o.fqdn);
		read_asked(f.asked, &o.asked);
	}
	*out = f;
	return true;
}
