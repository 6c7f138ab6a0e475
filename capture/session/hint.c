/* hint.c: see hint.h. */
#include "capture/session/hint.h"
#include "capture/base/bytes.h"
#include "capture/base/hash.h"
#include "capture/proto/arp.h"
#include "capture/proto/dhcp.h"
#include "capture/proto/nd.h"

#define RETELL INT64_C(600000000000) /* ns: of a fact that stays as it is */

void hints_init(struct hints *h, const uint8_t key[16])
{
	memset(h, 0, sizeof *h);
	memcpy(h->key, key, sizeof h->key);
}

static struct record *fact(struct hints *h, enum record_kind kind)
{
	struct record *r;

	if (h->n == HINTS_TOLD)
		return NULL;
	r = &h->records[h->n];
	memset(r, 0, sizeof *r);
	r->kind = kind;
	return r;
}

/* ARP repeats itself all day: a fact is told once in ten minutes. */
static bool is_news(struct hints *h, int64_t at, const void *p, size_t n)
{
	uint64_t hash = hash_sip(h->key, p, n);
	size_t i = hash % HINTS_KNOWN;

	if (h->known[i].hash == hash && at >= h->known[i].told &&
		at - h->known[i].told < RETELL)
		return false;
	h->known[i].hash = hash;
	h->known[i].told = at;
	return true;
}

static void tell_binding(struct hints *h, const struct packet *p,
	const struct addr *addr, const struct mac *mac, enum record_how how)
{
	uint8_t key[17 + 6 + 1];
	struct wr k = wr_init(key, sizeof key);
	struct record *r;

	wr_u8(&k, addr->family);
	wr_bytes(&k, addr->b, sizeof addr->b);
	wr_bytes(&k, mac->b, sizeof mac->b);
	wr_u8(&k, (uint8_t)how);
	if (!is_news(h, p->at, key, wr_used(&k)))
		return;
	r = fact(h, RECORD_BINDING);
	if (!r)
		return;
	r->binding = (struct record_binding){p->at, *addr, *mac, (uint8_t)how};
	h->n++;
}

static void tell_identity(struct hints *h, const struct packet *p,
	const struct dhcp_facts *d, enum record_name kind, const char *value)
{
	struct record *r;

	if (value[0] == '\0')
		return;
	r = fact(h, RECORD_IDENTITY);
	if (!r)
		return;
	r->identity.at = p->at;
	r->identity.mac = d->mac;
	r->identity.addr = d->addr;
	r->identity.kind = (uint8_t)kind;
	memcpy(r->identity.value, value, strlen(value) + 1);
	h->n++;
}

void hints_arp(struct hints *h, const struct packet *p)
{
	struct arp_binding b;

	if (arp_parse(p->p, p->n, &b))
		tell_binding(h, p, &b.addr, &b.mac, RECORD_BY_ARP);
}

void hints_nd(struct hints *h, const struct packet *p)
{
	struct nd_binding b;

	if (nd_parse(p->p, p->n, &p->src, p->ttl, &b))
		tell_binding(h, p, &b.addr, &b.mac, RECORD_BY_ND);
}

void hints_udp(struct hints *h, const struct packet *p)
{
	struct dhcp_facts d;

	if ((p->sport != 67 && p->dport != 67) ||
		!dhcp_parse(p->p, p->n, &d) || !is_news(h, p->at, &d, sizeof d))
		return;
	if (d.leased)
		tell_binding(h, p, &d.addr, &d.mac, RECORD_BY_DHCP);
	tell_identity(h, p, &d, RECORD_DHCP_HOST, d.host);
	tell_identity(h, p, &d, RECORD_DHCP_CLASS, d.class);
	tell_identity(h, p, &d, RECORD_DHCP_FQDN, d.fqdn);
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
