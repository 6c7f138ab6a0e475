/* hint_names.c: what DNS and its kin tell of devices. A name belongs to an
 * address; to a network card only where the frame is the device's own. */
#include "capture/proto/dns.h"
#include "capture/proto/mailhost.h"
#include "capture/proto/nbns.h"
#include "capture/session/hint.h"
#include <strings.h>

enum {
	SMTP = 25,
	CHAIN = 8,    /* CNAMEs from the name that was asked for */
	ADDRESSES = 8, /* of one answer */
};

/* Who sends: the MAC is the device's where no router was crossed; one that is
 * made up may be another tomorrow. local: the packet cannot be routed. */
static struct hint_subject sender(const struct packet *p, bool local)
{
	struct hint_subject of = {.addr = p->src};
	bool near = local || p->ttl == 64 || p->ttl == 128 || p->ttl == 255;

	if (near && p->has_src_mac && !mac_is_group(&p->src_mac) &&
		!mac_is_local(&p->src_mac))
		of.mac = p->src_mac;
	return of;
}

/* Says who it is that says a name of itself. */
static void tell_own(struct hints *h, int64_t at,
	const struct hint_subject *of, enum record_name kind,
	const char *value)
{
	hints_tell_card(h, at, of);
	hints_tell(h, at, of, kind, value);
}

static bool is_somebody(const struct addr *a)
{
	static const struct addr none4 = {4, {0}}, none6 = {6, {0}};

	return a->family != 0 && !addr_equal(a, &none4) &&
		!addr_equal(a, &none6);
}

/* ---- DNS -------------------------------------------------------------- */

/* Outlook and its page in a browser ask for theirs all day. */
static bool is_mail_host(const char *name)
{
	return strncasecmp(name, "outlook.", 8) != 0 && mailhost_is(name, SMTP);
}

static void query(struct hints *h, const struct packet *p, struct dns *d)
{
	struct hint_subject of = sender(p, false);
	struct dns_question q;
	char name[TEXT_MAX];

	if (!is_somebody(&p->src) || !dns_question(d, &q))
		return;
	dns_name_text(&q.name, name);
	if (q.type == DNS_MX || ((q.type == DNS_A || q.type == DNS_AAAA) &&
			is_mail_host(name)))
		tell_own(h, p->at, &of, RECORD_LOOKUP, name);
}

/* The addresses that a name has, over its aliases, in whichever order the
 * records came. */
static void addresses(struct hints *h, const struct packet *p,
	const struct dns *d, const struct dns_question *q)
{
	struct dns_name at = q->name;
	struct hint_subject of = {.addr = {0}};
	char name[TEXT_MAX];
	bool found = true;
	int told = 0;

	dns_name_text(&q->name, name);
	for (int i = 0; found && told == 0 && i < CHAIN; i++) {
		struct dns_name next = at;
		struct dns pass = *d;
		struct dns_record r;

		found = false;
		while (dns_record(&pass, &r) && r.section == DNS_ANSWER) {
			if (!dns_name_equal(&r.name, &at))
				continue;
			if (r.type == DNS_CNAME) {
				next = r.target;
				found = true;
			} else if (r.addr.family && told < ADDRESSES &&
				is_somebody(&r.addr)) {
				of.addr = r.addr;
				hints_tell(h, p->at, &of, RECORD_DNS, name);
				told++;
			}
		}
		at = next;
	}
}

static void pointers(struct hints *h, const struct packet *p,
	const struct dns *d)
{
	struct hint_subject of = {.addr = {0}};
	struct dns pass = *d;
	struct dns_record r;
	char name[TEXT_MAX];

	while (dns_record(&pass, &r) && r.section == DNS_ANSWER) {
		if (r.type != DNS_PTR || !dns_reverse(&r.name, &of.addr) ||
			!is_somebody(&of.addr))
			continue;
		dns_name_text(&r.target, name);
		hints_tell(h, p->at, &of, RECORD_PTR, name);
	}
}

void hints_dns(struct hints *h, const struct packet *p)
{
	struct hint_subject server = sender(p, false);
	struct dns_question q;
	struct dns d;

	if (!dns_open(&d, p->p, p->n) || d.opcode != 0)
		return;
	if (!d.response) {
		query(h, p, &d);
		return;
	}
	if (is_somebody(&p->src))
		hints_tell(h, p->at, &server, RECORD_RESOLVER, "dns");
	if (d.rcode != 0 || !dns_question(&d, &q))
		return;
	if (q.type == DNS_A || q.type == DNS_AAAA)
		addresses(h, p, &d, &q);
	else if (q.type == DNS_PTR)
		pointers(h, p, &d);
}

/* ---- mDNS ------------------------------------------------------------- */

/* Does a response tell of its sender? A reflector repeats what others said in
 * another network. */
static bool is_own(const struct dns *d, const struct addr *src)
{
	struct dns pass = *d;
	struct dns_record r;
	bool others = false;

	while (dns_record(&pass, &r)) {
		if (r.addr.family == 0)
			continue;
		if (addr_equal(&r.addr, src))
			return true;
		others = true;
	}
	return !others;
}

static bool is_label(const uint8_t *p, size_t n, const char *wanted)
{
	return n == strlen(wanted) &&
		strncasecmp((const char *)p, wanted, n) == 0;
}

/* RFC 6763, 4.1: [instance or subtype ...] _service _tcp local. *before: how
 * many bytes come before the service. */
static bool read_service(const struct dns_name *name, char service[TEXT_MAX],
	size_t *before)
{
	struct rd r = rd_init(name->b, name->n);
	const uint8_t *a = NULL, *b = NULL, *c;
	size_t a_n = 0, b_n = 0, c_n = 0, at = 0;
	char text[2 * 64 + 2];

	while ((c = dns_name_label(&r, &c_n)) != NULL) {
		if (a && a_n > 1 && a[0] == '_' && rd_left(&r) == 0 &&
			is_label(c, c_n, "local") &&
			(is_label(b, b_n, "_tcp") ||
				is_label(b, b_n, "_udp"))) {
			*before = (size_t)(a - 1 - name->b);
			memcpy(text, a, a_n);
			at = a_n;
			text[at++] = '.';
			memcpy(text + at, b, b_n);
			text_clean(service, TEXT_MAX, text, at + b_n);
			return true;
		}
		a = b;
		a_n = b_n;
		b = c;
		b_n = c_n;
	}
	return false;
}

/* Everything is in "local": it tells nothing. */
static void host_name(const struct dns_name *name, char out[TEXT_MAX])
{
	static const uint8_t local[] = "\5local";
	struct dns_name host = *name;
	size_t n = sizeof local - 1;

	if (host.n > n && memcmp(host.b + host.n - n, local, n) == 0)
		host.n = (uint8_t)(host.n - n);
	dns_name_text(&host, out);
}

/* The label of an instance is text for people, dots and all. */
static void tell_instance(struct hints *h, int64_t at,
	const struct hint_subject *of, const struct dns_name *name)
{
	char service[TEXT_MAX], text[TEXT_MAX];
	struct rd r = rd_init(name->b, name->n);
	size_t before, n = 0;
	const uint8_t *label;

	if (!read_service(name, service, &before) ||
		strcasecmp(service, "_dns-sd._udp") == 0)
		return;
	hints_tell(h, at, of, RECORD_MDNS_SERVICE, service);
	label = before > 0 ? dns_name_label(&r, &n) : NULL;
	/* A subtype is no instance (RFC 6763, 7.1). */
	if (!label || label[0] == '_' || n + 1 != before)
		return;
	text_clean(text, sizeof text, label, n);
	hints_tell(h, at, of, RECORD_MDNS_INSTANCE, text);
}

static void announced(struct hints *h, int64_t at,
	const struct hint_subject *of, const struct dns_record *r)
{
	char name[TEXT_MAX];
	struct addr addr;

	switch (r->type) {
	case DNS_A:
	case DNS_AAAA:
		host_name(&r->name, name);
		tell_own(h, at, of, RECORD_MDNS, name);
		break;
	case DNS_PTR:
		if (dns_reverse(&r->name, &addr) &&
			addr_equal(&addr, &of->addr)) {
			host_name(&r->target, name);
			tell_own(h, at, of, RECORD_MDNS, name);
		} else {
			tell_instance(h, at, of, &r->target);
		}
		break;
	case DNS_SRV:
		tell_instance(h, at, of, &r->name);
		host_name(&r->target, name);
		tell_own(h, at, of, RECORD_MDNS, name);
		break;
	default:
		break;
	}
}

/* RFC 6762, 11: it is never routed, and comes from port 5353. */
void hints_mdns(struct hints *h, const struct packet *p)
{
	struct hint_subject of = sender(p, true);
	struct dns_record r;
	struct dns d;

	if (!is_somebody(&p->src) || !dns_open(&d, p->p, p->n) ||
		!d.response || d.opcode != 0 || d.rcode != 0 ||
		!is_own(&d, &p->src))
		return;
	while (dns_record(&d, &r))
		if (r.section != DNS_AUTHORITY)
			announced(h, p->at, &of, &r);
}

/* ---- LLMNR and NetBIOS ------------------------------------------------ */

/* RFC 4795, 2.5: only who has the name answers. */
void hints_llmnr(struct hints *h, const struct packet *p)
{
	struct hint_subject of = sender(p, true);
	struct dns_record r;
	char name[TEXT_MAX];
	struct addr addr;
	struct dns d;

	if (!is_somebody(&p->src) || !dns_open(&d, p->p, p->n) ||
		!d.response || d.opcode != 0 || d.rcode != 0 ||
		!is_own(&d, &p->src))
		return;
	while (dns_record(&d, &r) && r.section == DNS_ANSWER) {
		if (r.addr.family)
			dns_name_text(&r.name, name);
		else if (r.type == DNS_PTR && dns_reverse(&r.name, &addr) &&
			addr_equal(&addr, &p->src))
			dns_name_text(&r.target, name);
		else
			continue;
		tell_own(h, p->at, &of, RECORD_LLMNR, name);
	}
}

/* A name server answers for others. */
void hints_nbns(struct hints *h, const struct packet *p)
{
	struct nbns found;

	if (!is_somebody(&p->src) || !nbns_parse(p->p, p->n, &found))
		return;
	for (uint8_t i = 0; i < found.n; i++) {
		const struct nbns_name *name = &found.names[i];
		struct hint_subject of = sender(p, false);

		if (name->addr.family && !addr_equal(&name->addr, &p->src))
			of = (struct hint_subject){.addr = name->addr};
		if (is_somebody(&of.addr))
			tell_own(h, p->at, &of, RECORD_NETBIOS, name->text);
	}
}
