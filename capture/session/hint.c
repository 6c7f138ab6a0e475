/* hint.c: see hint.h. */
#include "capture/session/hint.h"
#include "capture/base/bytes.h"
#include "capture/base/hash.h"
#include "capture/proto/arp.h"
#include "capture/proto/dhcp.h"
#include "capture/proto/nd.h"

#define RETELL INT64_C(600000000000) /* ns: of a fact that stays as it is */

enum { PORT_DNS = 53, PORT_DHCP = 67, PORT_NETBIOS = 137, PORT_MDNS = 5353,
	PORT_LLMNR = 5355 };

/* Of a fact: an address, a MAC, what kind it is, and its text. */
enum { KEY_MAX = 1 + 16 + 6 + 1 + RECORD_LABEL };

void hints_init(struct hints *h, const uint8_t key[16])
{
	memset(h, 0, sizeof *h);
	memcpy(h->key, key, sizeof h->key);
}

/* ARP repeats itself all day: a fact is told once in ten minutes. */
static bool is_news(struct hints *h, int64_t at, const void *p, size_t n)
{
	uint64_t hash = hash_sip(h->key, p, n);
	size_t i = hash % HINTS_KNOWN;

	if (h->known[i].hash == hash && at >= h->known[i].told &&
		at - h->known[i].told < RETELL)
		return false;
	/* What finds no room now is news the next time. */
	if (h->n == HINTS_TOLD) {
		h->untold++;
		return false;
	}
	h->known[i].hash = hash;
	h->known[i].told = at;
	return true;
}

/* Room for a record, NULL where it is told already. which: record_how or
 * record_name. */
static struct record *fact(struct hints *h, enum record_kind kind, int64_t at,
	const struct addr *addr, const struct mac *mac, unsigned which,
	const char *value)
{
	uint8_t key[KEY_MAX];
	struct wr k = wr_init(key, sizeof key);
	struct record *r;

	wr_u8(&k, addr->family);
	wr_bytes(&k, addr->b, sizeof addr->b);
	wr_bytes(&k, mac->b, sizeof mac->b);
	wr_u8(&k, (uint8_t)(which << 1 | (kind == RECORD_BINDING)));
	wr_bytes(&k, value, strlen(value));
	if (!is_news(h, at, key, wr_used(&k)))
		return NULL;
	r = &h->records[h->n++];
	memset(r, 0, sizeof *r);
	r->kind = kind;
	return r;
}

static void tell_binding(struct hints *h, int64_t at, const struct addr *addr,
	const struct mac *mac, enum record_how how)
{
	struct record *r = fact(h, RECORD_BINDING, at, addr, mac, how, "");

	if (r)
		r->binding = (struct record_binding){at, *addr, *mac,
			(uint8_t)how};
}

void hints_tell_card(struct hints *h, int64_t at,
	const struct hint_subject *of)
{
	bool link_local = of->addr.family == 6 && of->addr.b[0] == 0xfe &&
		(of->addr.b[1] & 0xc0) == 0x80;

	if (!mac_is_zero(&of->mac) && of->addr.family != 0 && !link_local)
		tell_binding(h, at, &of->addr, &of->mac, RECORD_BY_FRAME);
}

void hints_tell(struct hints *h, int64_t at, const struct hint_subject *of,
	enum record_name kind, const char *value)
{
	struct record *r;

	if (value[0] == '\0')
		return;
	r = fact(h, RECORD_IDENTITY, at, &of->addr, &of->mac, kind, value);
	if (!r)
		return;
	r->identity.at = at;
	r->identity.mac = of->mac;
	r->identity.addr = of->addr;
	r->identity.kind = (uint8_t)kind;
	memcpy(r->identity.value, value, strlen(value) + 1);
}

void hints_arp(struct hints *h, const struct packet *p)
{
	struct arp_binding b;

	if (arp_parse(p->p, p->n, &b))
		tell_binding(h, p->at, &b.addr, &b.mac, RECORD_BY_ARP);
}

void hints_nd(struct hints *h, const struct packet *p)
{
	struct nd_binding b;

	if (nd_parse(p->p, p->n, &p->src, p->ttl, &b))
		tell_binding(h, p->at, &b.addr, &b.mac, RECORD_BY_ND);
}

static void dhcp(struct hints *h, const struct packet *p)
{
	struct dhcp_facts d;
	struct hint_subject of;

	if (!dhcp_parse(p->p, p->n, &d))
		return;
	of = (struct hint_subject){d.mac, d.addr};
	if (d.leased)
		tell_binding(h, p->at, &d.addr, &d.mac, RECORD_BY_DHCP);
	hints_tell(h, p->at, &of, RECORD_DHCP_HOST, d.host);
	hints_tell(h, p->at, &of, RECORD_DHCP_CLASS, d.class);
	hints_tell(h, p->at, &of, RECORD_DHCP_FQDN, d.fqdn);
	hints_tell(h, p->at, &of, RECORD_DHCP_OPTIONS, d.asked);
}

void hints_udp(struct hints *h, const struct packet *p)
{
	if (p->sport == PORT_DHCP || p->dport == PORT_DHCP)
		dhcp(h, p);
	else if (p->sport == PORT_DNS || p->dport == PORT_DNS)
		hints_dns(h, p);
	else if (p->sport == PORT_MDNS)
		hints_mdns(h, p);
	else if (p->sport == PORT_LLMNR)
		hints_llmnr(h, p);
	else if (p->sport == PORT_NETBIOS || p->dport == PORT_NETBIOS)
		hints_nbns(h, p);
}

bool hints_next(struct hints *h, const struct record **out)
{
	if (h->given == h->n) {
		h->given = h->n = 0;
		return false;
	}
	*out = &h->records[h->given++];
	return true;
}
