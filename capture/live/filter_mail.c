/* filter_mail.c: see filter_mail.h. To follow a frame, read filter_mail() at
 * the end, then upwards.
 *
 * What comes next, behind the headers so far, is at [x + net]: net is the
 * length of the link type's header, x that of the tags and IP headers behind
 * it. (For the "any" device libpcap takes net off all places: the kernel has
 * no link header there. So none below may be looked at by way of x.) A tag
 * that the network card has taken off is in no one's way here. */
#include "capture/live/filter_mail.h"
#include "capture/base/envelope.h"
#include "capture/stream/flow.h"
#include <assert.h>

enum {
	HEADERS = 128,     /* enough to see what hides there */
	ARMS = 128,
	LENGTH_MAX = 1500, /* of IEEE 802.3; above are types */
	TYPE = 0,          /* of the scratch memory */

	BYTE_AT = BPF_LD | BPF_B | BPF_ABS,
	HALF_AT = BPF_LD | BPF_H | BPF_ABS,
	WORD_AT = BPF_LD | BPF_W | BPF_ABS,
	BYTE_X = BPF_LD | BPF_B | BPF_IND,
	HALF_X = BPF_LD | BPF_H | BPF_IND,
	WORD_X = BPF_LD | BPF_W | BPF_IND,
	TO_X = BPF_MISC | BPF_TAX,
	FROM_X = BPF_MISC | BPF_TXA,
	X_IS = BPF_LDX | BPF_IMM,
	ADD = BPF_ALU | BPF_ADD | BPF_K,
	ADD_X = BPF_ALU | BPF_ADD | BPF_X,
	AND = BPF_ALU | BPF_AND | BPF_K,
	SHIFT_LEFT = BPF_ALU | BPF_LSH | BPF_K,
	SHIFT_RIGHT = BPF_ALU | BPF_RSH | BPF_K,
};

enum {
	IP4 = 0x0800, IP6 = 0x86dd, PPPOE = 0x8864, MACSEC = 0x88e5,
	PPP_IP4 = 0x0021, PPP_IP6 = 0x0057,
	TCP = 6, UDP = 17, ICMP6 = 58,
	IP4_FRAGMENT = 0x3fff, /* more, or not the first */
};

struct mail {
	struct code *c;
	uint32_t net;
	struct place pass, cut, drop;
	struct place ip4, ip6;
	/* With the ethertype of what comes next in the accumulator. */
	struct place typed;
	struct place llc;
};

/* UDP that tells names and addresses, or is a tunnel that decode/overlay.c
 * looks into. */
static const uint16_t UDP_PORTS[] = {
	53,         /* DNS */
	67, 68,     /* DHCP */
	137,        /* NetBIOS names */
	1701,       /* L2TP */
	2152,       /* GTP-U */
	3544,       /* Teredo */
	4341,       /* LISP */
	4500,       /* ESP, which may have no cipher */
	4754, 4755, /* GRE */
	4789, 4790, /* VXLAN, GPE */
	5247,       /* CAPWAP */
	5353,       /* mDNS */
	5355,       /* LLMNR */
	6081,       /* Geneve */
	6635,       /* MPLS */
	7932,       /* HP's remote mirroring */
	8472,       /* VXLAN before it had a number */
	37008,      /* TZSP */
};

/* And that hides what it carries: WireGuard. */
static const uint16_t SECRET_PORTS[] = {51820};

enum { STT = 7471 }; /* frames in what looks like TCP */

/* Tags and the like: how long until what they tag, whose type is their end. */
static const struct tag {
	uint16_t type;
	uint8_t n;
} TAGS[] = {
	{0x8100, 4},  /* IEEE 802.1Q */
	{0x88a8, 4},  /* 802.1ad */
	{0x88e7, 18}, /* 802.1ah: a tag, then all of a frame's header */
	{0x8909, 8},  /* TrustSec */
	{0x8926, 6},  /* VN-Tag */
	{0x893f, 8},  /* 802.1BR */
	{0x9100, 4},  /* QinQ before it was a standard */
};

enum { TAGS_N = sizeof TAGS / sizeof TAGS[0] };

/* x += n, and the accumulator is gone. */
static struct place skip(struct code *c, uint32_t n, struct place next)
{
	next = code_op(c, TO_X, 0, next);
	next = code_op(c, ADD, n, next);
	return code_op(c, FROM_X, 0, next);
}

static size_t add_arm(struct arm *arms, size_t n, uint32_t value,
	struct place to)
{
	if (n > 0 && arms[n - 1].last + 1 == value &&
		arms[n - 1].to.left == to.left) {
		arms[n - 1].last = value;
		return n;
	}
	assert(n < ARMS);
	arms[n] = (struct arm){value, value, to};
	return n + 1;
}

/* All numbers of a registry that are known to hold no mail are dropped. */
static struct place known(struct mail *m, enum envelope_registry registry,
	uint32_t most, struct place otherwise)
{
	struct arm arms[ARMS];
	size_t n = 0;

	for (uint32_t i = 0; i <= most; i++)
		if (envelope_holds_none(registry, i))
			n = add_arm(arms, n, i, m->drop);
	return code_choose(m->c, arms, n, otherwise);
}

/* ---- transport ------------------------------------------------------- */

static bool listed(const uint16_t *ports, size_t n, uint16_t port)
{
	for (size_t i = 0; i < n; i++)
		if (ports[i] == port)
			return true;
	return false;
}

static bool is_secret_port(uint16_t port)
{
	return listed(SECRET_PORTS,
		sizeof SECRET_PORTS / sizeof SECRET_PORTS[0], port);
}

bool filter_wants_udp(uint16_t port)
{
	return is_secret_port(port) || listed(UDP_PORTS,
		sizeof UDP_PORTS / sizeof UDP_PORTS[0], port);
}

bool filter_wants_tcp(uint16_t port)
{
	return port == STT || flow_is_mail_port(port);
}

/* Either port: a reply is as good as a request. */
static struct place ports(struct mail *m, const struct arm *arms, size_t n,
	struct place otherwise)
{
	struct place next = code_choose(m->c, arms, n, otherwise);

	next = code_op(m->c, HALF_X, m->net + 2, next);
	next = code_choose(m->c, arms, n, next);
	return code_op(m->c, HALF_X, m->net, next);
}

static struct place tcp(struct mail *m)
{
	struct arm arms[ARMS];
	size_t n = 0;

	for (uint32_t port = 0; port <= UINT16_MAX; port++)
		if (filter_wants_tcp((uint16_t)port))
			n = add_arm(arms, n, port, m->pass);
	return ports(m, arms, n, m->drop);
}

/* GTP-U has any port: version 1, no extension, data. */
static struct place gtp(struct mail *m)
{
	struct place next = code_test(m->c, BPF_JEQ, 0x30ff, m->pass, m->drop);

	next = code_op(m->c, AND, 0xf4ff, next);
	return code_op(m->c, HALF_X, m->net + 8, next);
}

static struct place udp(struct mail *m)
{
	struct arm arms[ARMS];
	size_t n = 0;

	for (uint32_t port = 0; port <= UINT16_MAX; port++)
		if (filter_wants_udp((uint16_t)port))
			n = add_arm(arms, n, port,
				is_secret_port((uint16_t)port) ? m->cut
							       : m->pass);
	return ports(m, arms, n, gtp(m));
}

/* ---- IP -------------------------------------------------------------- */

/* x += the header's length. No piece of a packet is judged by itself: later
 * ones have no ports, and they wait for the first. */
static struct place behind_ip4(struct mail *m, struct place next)
{
	next = code_op(m->c, TO_X, 0, next);
	next = code_op(m->c, ADD_X, 0, next);
	next = code_op(m->c, SHIFT_LEFT, 2, next);
	next = code_op(m->c, AND, 0x0f, next);
	next = code_op(m->c, BYTE_X, m->net, next);
	next = code_test(m->c, BPF_JSET, IP4_FRAGMENT, m->pass, next);
	return code_op(m->c, HALF_X, m->net + 6, next);
}

/* Protocols that are neither: tunnels, AH and IPv6's extensions pass, as all
 * that is not known; so does ESP, whole: without a cipher, its end says so. */
static struct place other_protocol(struct mail *m)
{
	return known(m, ENVELOPE_IP, UINT8_MAX, m->pass);
}

static void ip(struct mail *m)
{
	/* Neighbour discovery: RFC 4861, 4. */
	struct arm discovery = {133, 137, m->pass};
	struct place u = udp(m), t = tcp(m), other = other_protocol(m);
	struct place u4 = behind_ip4(m, u), t4 = behind_ip4(m, t);
	struct place u6 = skip(m->c, 40, u), t6 = skip(m->c, 40, t), next;

	next = code_choose(m->c, &discovery, 1, m->drop);
	next = code_op(m->c, BYTE_X, m->net + 40, next);
	next = code_test(m->c, BPF_JEQ, ICMP6, next, other);
	next = code_test(m->c, BPF_JEQ, UDP, u6, next);
	next = code_test(m->c, BPF_JEQ, TCP, t6, next);
	m->ip6 = code_op(m->c, BYTE_X, m->net + 6, next);

	next = code_test(m->c, BPF_JEQ, UDP, u4, other);
	next = code_test(m->c, BPF_JEQ, TCP, t4, next);
	m->ip4 = code_op(m->c, BYTE_X, m->net + 9, next);
}

/* IP of a version that its first bits tell. */
static struct place ip_any(struct mail *m)
{
	struct place next = code_test(m->c, BPF_JEQ, 6, m->ip6, m->pass);

	next = code_test(m->c, BPF_JEQ, 4, m->ip4, next);
	next = code_op(m->c, SHIFT_RIGHT, 4, next);
	return code_op(m->c, BYTE_X, m->net, next);
}

/* ---- ethertypes ------------------------------------------------------ */

/* PPPoE is 6 bytes and PPP 2, where they are nothing special. */
static struct place pppoe(struct mail *m)
{
	struct place v6 = skip(m->c, 8, m->ip6), v4 = skip(m->c, 8, m->ip4);
	struct place next = code_test(m->c, BPF_JEQ, PPP_IP6, v6, m->pass);

	next = code_test(m->c, BPF_JEQ, PPP_IP4, v4, next);
	return code_op(m->c, HALF_X, m->net + 6, next);
}

/* IEEE 802.1AE, 9.5: is the frame encrypted? */
static struct place macsec(struct mail *m)
{
	return code_op(m->c, BYTE_X, m->net,
		code_test(m->c, BPF_JSET, 0x08, m->cut, m->pass));
}

/* x += n; the accumulator is the type at the end of what was skipped. */
static struct place tagged(struct mail *m, uint32_t n, struct place typed)
{
	struct place next = code_op(m->c, BPF_LD | BPF_MEM, TYPE, typed);

	next = skip(m->c, n, next);
	next = code_op(m->c, BPF_ST, TYPE, next);
	return code_op(m->c, HALF_X, m->net + n - 2, next);
}

/* IEEE 802.2: SNAP without an organisation has an ethertype. */
static struct place llc(struct mail *m, struct place typed)
{
	struct place next = known(m, ENVELOPE_LLC, UINT8_MAX, m->pass), snap;

	next = code_op(m->c, SHIFT_RIGHT, 24, next);
	snap = tagged(m, 8, typed);
	snap = code_test(m->c, BPF_JEQ, 0, snap, m->pass);
	snap = code_op(m->c, HALF_X, m->net + 4, snap);
	next = code_test(m->c, BPF_JEQ, 0xaaaa0300, snap, next);
	return code_op(m->c, WORD_X, m->net, next);
}

/* One more tag may come: the code for types stands as many times. */
static void one_tag_more(struct mail *m, struct place other)
{
	struct arm arms[TAGS_N + 1];
	struct place next;

	m->llc = llc(m, m->typed);
	arms[0] = (struct arm){0, LENGTH_MAX, m->llc};
	for (size_t i = 0; i < TAGS_N; i++)
		arms[i + 1] = (struct arm){TAGS[i].type, TAGS[i].type,
			tagged(m, TAGS[i].n, m->typed)};
	next = code_choose(m->c, arms, TAGS_N + 1, other);
	/* The frequent ones first. */
	next = code_test(m->c, BPF_JEQ, TAGS[0].type, arms[1].to, next);
	next = code_test(m->c, BPF_JEQ, IP6, m->ip6, next);
	m->typed = code_test(m->c, BPF_JEQ, IP4, m->ip4, next);
}

static void types(struct mail *m)
{
	struct place secret = macsec(m), ppp = pppoe(m);
	struct place other = known(m, ENVELOPE_ETHERTYPE, UINT16_MAX, m->pass);

	other = code_test(m->c, BPF_JEQ, MACSEC, secret, other);
	other = code_test(m->c, BPF_JEQ, PPPOE, ppp, other);
	m->typed = m->pass;
	for (int i = 0; i <= FILTER_TAGS; i++)
		one_tag_more(m, other);
}

/* ---- link types ------------------------------------------------------ */

static struct place begin(struct mail *m, uint32_t x, struct place next)
{
	return code_op(m->c, X_IS, x, next);
}

/* RFC 1661, 2 and 6.5, RFC 1662, 3.1: address and control may be left out,
 * and half of the protocol; net is 0. Captures of serial lines call Cisco's
 * HDLC by the same name. */
static void ppp(struct mail *m)
{
	static const struct {
		int load;
		uint32_t is, x;
		bool six;
	} ways[] = {
		{WORD_AT, 0xff030021, 4, false}, {WORD_AT, 0xff030057, 4, true},
		{HALF_AT, PPP_IP4, 2, false}, {HALF_AT, PPP_IP6, 2, true},
		{BYTE_AT, PPP_IP4, 1, false}, {BYTE_AT, PPP_IP6, 1, true},
	};
	struct place next = m->pass, cisco;

	ip(m);
	types(m);
	for (size_t i = sizeof ways / sizeof ways[0]; i-- > 0;) {
		struct place to = begin(m, ways[i].x,
			ways[i].six ? m->ip6 : m->ip4);

		next = code_test(m->c, BPF_JEQ, ways[i].is, to, next);
		next = code_op(m->c, ways[i].load, 0, next);
	}
	cisco = begin(m, 4, code_op(m->c, HALF_AT, 2, m->typed));
	next = code_test(m->c, BPF_JEQ, 0x0f, cisco, next);
	next = code_test(m->c, BPF_JEQ, 0x8f, cisco, next);
	code_op(m->c, BYTE_AT, 0, next);
}

static void ppp_ether(struct mail *m)
{
	ip(m);
	begin(m, 0, pppoe(m));
}

/* IEEE 802.11, 9.2.4: data that is no null frame passes, and whole: cards that
 * decrypt it leave the flag. x: what a driver has put before it. */
static struct place wlan(struct mail *m)
{
	enum { DATA = 0x08, KIND = 0x0c, NULL_DATA = 0x40 };
	struct place next = code_test(m->c, BPF_JEQ, DATA, m->pass, m->drop);

	next = code_op(m->c, AND, KIND | NULL_DATA, next);
	return code_op(m->c, BYTE_X, 0, next);
}

/* Radiotap's length is at 2, little-endian. */
static void radiotap(struct mail *m)
{
	struct place next = code_op(m->c, TO_X, 0, wlan(m));

	next = code_op(m->c, ADD_X, 0, next);
	next = code_op(m->c, BYTE_AT, 2, next);
	next = code_op(m->c, TO_X, 0, next);
	next = code_op(m->c, SHIFT_LEFT, 8, next);
	code_op(m->c, BYTE_AT, 3, next);
}

/* Behind the link type's header of net bytes comes IP, or what a type says
 * that is at so many bytes in it. */
static void behind(struct mail *m, uint32_t net, int at)
{
	m->net = net;
	ip(m);
	if (at < 0) {
		begin(m, 0, ip_any(m));
		return;
	}
	types(m);
	begin(m, 0, code_op(m->c, HALF_AT, (uint32_t)at, m->typed));
}

bool filter_mail(struct code *c, int dlt)
{
	struct mail m = {.c = c};

	m.pass = code_return(c, FILTER_SNAPLEN);
	m.cut = code_return(c, HEADERS);
	m.drop = code_return(c, 0);
	switch (dlt) {
	case DLT_EN10MB: behind(&m, 14, 12); return true;
	case DLT_LINUX_SLL: behind(&m, 16, 14); return true;
	case DLT_LINUX_SLL2: behind(&m, 20, 0); return true;
	case DLT_C_HDLC: behind(&m, 4, 2); return true;
	case DLT_NULL:
	case DLT_LOOP: behind(&m, 4, -1); return true;
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6: behind(&m, 0, -1); return true;
	case DLT_PPP:
	case DLT_PPP_SERIAL: ppp(&m); return true;
	case DLT_PPP_ETHER: ppp_ether(&m); return true;
	case DLT_IEEE802_11: begin(&m, 0, wlan(&m)); return true;
	case DLT_IEEE802_11_RADIO: radiotap(&m); return true;
	default: c->n = 0; return false;
	}
}
