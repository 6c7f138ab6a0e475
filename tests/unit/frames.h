/* frames.h: building frames, header by header; for the tests of decoding. */
#pragma once
#include "capture/base/bytes.h"
#include "capture/base/envelope.h"
#include "capture/decode/decap.h"
#include "tests/unit/check.h"

/* What every frame here carries at last: an SMTP reply in TCP in IPv4, from
 * 10.0.0.5 to 192.0.2.25, and how long that is. */
enum {
	SAID = 14,
	TCP = 20 + SAID,
	MAIL = 20 + TCP,
	MAIL_FRAME = 14 + MAIL,
	INNER = 5, OUTER = 0xaa, /* last byte of the sender's MAC */
};

enum link { NULL_LINK = 0, ETHERNET = 1, PPP = 9, RAW = 101, SLL = 113 };

struct made {
	uint8_t b[2048];
	struct wr w;
};

static inline struct wr *make(struct made *m)
{
	m->w = wr_init(m->b, sizeof m->b);
	return &m->w;
}

static inline void zeroes(struct wr *w, size_t n)
{
	while (n-- > 0)
		wr_u8(w, 0);
}

static inline void eth(struct wr *w, uint8_t who, uint16_t type)
{
	wr_bytes(w, (uint8_t[]){2, 0, 0, 0, 0, 0x19}, 6);
	wr_bytes(w, (uint8_t[]){2, 0, 0, 0, 0, who}, 6);
	wr_be16(w, type);
}

static inline void tag(struct wr *w, uint16_t tci, uint16_t type)
{
	wr_be16(w, tci);
	wr_be16(w, type);
}

/* n: what follows. */
static inline void ip4(struct wr *w, uint8_t proto, size_t n, uint8_t from,
	uint16_t fragment)
{
	wr_be16(w, 0x4500);
	wr_be16(w, (uint16_t)(20 + n));
	wr_be16(w, 7);
	wr_be16(w, fragment);
	wr_u8(w, 61);
	wr_u8(w, proto);
	wr_be16(w, 0);
	wr_bytes(w, (uint8_t[]){10, 0, 0, from, 192, 0, 2, 25}, 8);
}

static inline void ip6(struct wr *w, uint8_t next, size_t n)
{
	wr_be32(w, 0x60000000);
	wr_be16(w, (uint16_t)n);
	wr_u8(w, next);
	wr_u8(w, 62);
	wr_be32(w, 0x20010db8);
	zeroes(w, 11);
	wr_u8(w, 1);
	wr_be32(w, 0x20010db8);
	zeroes(w, 11);
	wr_u8(w, 2);
}

static inline void tcp(struct wr *w)
{
	wr_be16(w, 25);
	wr_be16(w, 40000);
	wr_be32(w, 0x01020304);
	wr_be32(w, 0x05060708);
	wr_be16(w, 0x5018);
	wr_be16(w, 512);
	wr_be32(w, 0);
	wr_bytes(w, "250 2.1.0 ok\r\n", SAID);
}

static inline void udp(struct wr *w, uint16_t sport, uint16_t dport, size_t n)
{
	wr_be16(w, sport);
	wr_be16(w, dport);
	wr_be16(w, (uint16_t)(8 + n));
	wr_be16(w, 0);
}

static inline void mail(struct wr *w)
{
	ip4(w, 6, TCP, INNER, 0);
	tcp(w);
}

static inline void mail_frame(struct wr *w)
{
	eth(w, INNER, 0x0800);
	mail(w);
}

/* The first n bytes of m, of wire_n; on the heap, *copy is to be freed after
 * the packet was looked at. */
static inline enum decode take(const struct made *m, int link, size_t n,
	size_t wire_n, struct ipfrag *frags, struct packet *out, uint8_t **copy)
{
	struct frame f = {.at = 42, .link = link, .n = n, .wire_n = wire_n};

	check(wr_ok(&m->w));
	*copy = exact_copy(m->b, n);
	f.p = *copy;
	return decap(&f, frags, out);
}

/* All of it; for what is asked of out other than its payload. */
static inline enum decode taken(const struct made *m, int link,
	struct packet *out)
{
	uint8_t *copy;
	enum decode r = take(m, link, wr_used(&m->w), wr_used(&m->w), NULL, out,
		&copy);

	free(copy);
	return r;
}

static inline enum decode result_of(const struct made *m, int link)
{
	struct packet out;

	return taken(m, link, &out);
}

/* Not understood, and counted as that number of that registry. */
static inline bool is_stranger(const struct made *m, int link,
	enum envelope_registry registry, uint32_t number)
{
	struct packet out;

	return taken(m, link, &out) == DECODE_OTHER &&
		out.registry == registry && out.number == number;
}

/* Like taken(), and the payload has to be what the server said. */
static inline bool carries_mail(const struct made *m, int link,
	struct packet *out)
{
	uint8_t *copy;
	enum decode r = take(m, link, wr_used(&m->w), wr_used(&m->w), NULL, out,
		&copy);
	bool ok = r == DECODE_OK && out->kind == PACKET_TCP && out->at == 42 &&
		out->sport == 25 && out->dport == 40000 &&
		out->seq == 0x01020304 && out->ack == 0x05060708 &&
		out->flags == (TCP_PSH | TCP_ACK) && out->window == 512 &&
		out->n == SAID && out->wire_n == SAID &&
		memcmp(out->p, "250 2.1.0 ok\r\n", SAID) == 0;

	free(copy);
	return ok;
}

/* What is expected of an envelope. */
struct expected {
	int link;
	uint8_t sender; /* INNER, OUTER; 0: none */
	uint8_t tunnels, vlans;
};

static inline void outer_ip(struct wr *w, uint8_t proto, size_t n)
{
	eth(w, OUTER, 0x8100);
	tag(w, 3, 0x0800);
	ip4(w, proto, n, OUTER, 0);
}

static inline void outer_udp(struct wr *w, uint16_t dport, size_t n)
{
	outer_ip(w, 17, 8 + n);
	udp(w, 50000, dport, n);
}

static inline bool comes_out(struct made *m, const struct expected *x)
{
	struct packet p;

	return carries_mail(m, x->link, &p) && p.tunnels == x->tunnels &&
		p.vlan_n == x->vlans && p.has_src_mac == (x->sender != 0) &&
		(x->sender == 0 || p.src_mac.b[5] == x->sender) &&
		(!p.has_dst_mac || p.dst_mac.b[5] == 0x19) &&
		(p.ttl == 61 || p.ttl == 62);
}

/* Before the mail, a cut frame is mostly DECODE_CUT, but a tunnel may not be
 * known as one yet. */
static inline bool may_be_cut_anywhere(struct made *m,
	const struct expected *x)
{
	size_t all = wr_used(&m->w);
	const uint8_t *text = memmem(m->b, all, "250 ", 4);
	size_t said = (size_t)(text - m->b);
	bool right = true;

	for (size_t n = 0; n < all; n++) {
		struct packet p;
		uint8_t *copy;
		enum decode r = take(m, x->link, n, all, NULL, &p, &copy);
		bool is_tcp = r == DECODE_OK && p.kind == PACKET_TCP;

		right = right && is_tcp == (n >= said);
		if (is_tcp && n >= said) {
			size_t left = n - said < SAID ? n - said : SAID;

			right = right && p.n == left && p.wire_n == SAID;
		}
		free(copy);
		r = take(m, x->link, n, n, NULL, &p, &copy);
		if (r == DECODE_OK)
			check(p.p >= copy && p.p + p.n <= copy + n);
		free(copy);
	}
	return right;
}

/* Nothing is read that is not there, and what comes out lies in the frame. */
static inline void every_byte_at_its_extremes(struct made *m,
	const struct expected *x)
{
	static const uint8_t values[] = {0, 1, 0x0f, 0x40, 0x7f, 0x80, 0xf0, 255};
	size_t all = wr_used(&m->w);

	for (size_t i = 0; i < all * sizeof values; i++) {
		uint8_t was = m->b[i / sizeof values], *copy;
		struct packet p;

		m->b[i / sizeof values] = values[i % sizeof values];
		if (take(m, x->link, all, all, NULL, &p, &copy) == DECODE_OK) {
			check(p.p >= copy && p.p + p.n <= copy + all);
			check(p.wire_n >= p.n && p.vlan_n <= PACKET_VLANS);
		}
		m->b[i / sizeof values] = was;
		free(copy);
	}
}
