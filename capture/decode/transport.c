/* transport.c: the last layer: TCP (RFC 9293), UDP (RFC 768), ARP (RFC 826),
 * and of ICMPv6 who has an address (RFC 4861). */
#include "capture/decode/peel.h"

enum {
	PORT_STT = 7471,
	STT_HEADER = 18,
	ND_ROUTER = 134,   /* advertisement */
	ND_SOLICIT = 135,
	ND_ADVERTISE = 136,
};

static enum decode done(struct peel *p, enum packet_kind kind)
{
	p->out->kind = kind;
	p->out->p = p->r.p;
	p->out->n = rd_left(&p->r);
	p->out->wire_n = p->out->n + p->cut;
	p->next = LAYER_DONE;
	return DECODE_OK;
}

/* draft-davie-stt: frames behind what looks like TCP. The sequence number is
 * the frame's length and where in it this piece begins; in the first piece a
 * header with a version and a reserved byte of 0 comes before Ethernet. */
static bool is_stt(const struct peel *p)
{
	struct rd r = p->r;
	uint32_t seq = p->out->seq;
	uint8_t version = rd_u8(&r);

	rd_skip(&r, 2); /* flags, where the payload is */
	if (version != 0 || rd_u8(&r) != 0)
		return false;
	rd_skip(&r, STT_HEADER - 4);
	return (seq & 0xffff) == 0 && seq >> 16 >= rd_left(&p->r) + p->cut &&
		is_ethernet(r);
}

enum decode transport_tcp(struct peel *p)
{
	struct packet *out = p->out;
	struct rd h = rd_sub(&p->r, 20);
	size_t header;

	if (!rd_ok(&h))
		return peel_short(p);
	out->sport = rd_be16(&h);
	out->dport = rd_be16(&h);
	out->seq = rd_be32(&h);
	out->ack = rd_be32(&h);
	header = (rd_u8(&h) >> 4) * 4u;
	out->flags = rd_u8(&h);
	out->window = rd_be16(&h);
	if (header < 20)
		return DECODE_BAD;
	header -= 20;
	if (header > rd_left(&p->r)) {
		/* The options are not needed, only the end of them. */
		header -= rd_left(&p->r);
		if (header > p->cut)
			return DECODE_BAD;
		p->cut -= header;
		header = rd_left(&p->r);
	}
	rd_skip(&p->r, header);
	if (out->dport == PORT_STT && is_stt(p)) {
		p->next = LAYER_STT;
		return DECODE_OK;
	}
	return done(p, PACKET_TCP);
}

enum decode transport_udp(struct peel *p)
{
	struct packet *out = p->out;
	struct rd h = rd_sub(&p->r, 8);
	uint16_t length;

	if (!rd_ok(&h))
		return peel_short(p);
	out->sport = rd_be16(&h);
	out->dport = rd_be16(&h);
	length = rd_be16(&h);
	out->seq = out->ack = 0;
	out->window = 0;
	out->flags = 0;
	/* 0: a jumbogram (RFC 2675, 4), or left to the card. */
	if (length != 0 && (length < 8 || !peel_fence(p, length - 8u)))
		return DECODE_BAD;
	peel_port(p, out->sport, out->dport);
	return p->next == LAYER_DONE ? done(p, PACKET_UDP) : DECODE_OK;
}

/* The payload is the ARP packet itself, as far as its lengths say: Ethernet
 * pads it. It has no IP header, so no addresses here. */
enum decode transport_arp(struct peel *p)
{
	struct packet *out = p->out;
	struct rd h = p->r;
	size_t n;

	rd_skip(&h, 4); /* hardware, protocol */
	n = rd_u8(&h) * 2u;
	n += rd_u8(&h) * 2u;
	rd_skip(&h, 2 + n);
	if (!rd_ok(&h))
		return peel_short(p);
	peel_fence(p, 8 + n);
	memset(&out->src, 0, sizeof out->src);
	memset(&out->dst, 0, sizeof out->dst);
	out->sport = out->dport = 0;
	out->seq = out->ack = 0;
	out->window = 0;
	out->flags = out->ttl = 0;
	return done(p, PACKET_ARP);
}

/* Of ICMPv6 only what tells who has an address. */
enum decode transport_icmp6(struct peel *p)
{
	struct packet *out = p->out;
	struct rd first = p->r;
	uint8_t type = rd_u8(&first);

	if (!rd_ok(&first))
		return peel_short(p);
	if (type != ND_ROUTER && type != ND_SOLICIT && type != ND_ADVERTISE)
		return DECODE_NONE;
	out->sport = out->dport = 0;
	out->seq = out->ack = 0;
	out->window = 0;
	out->flags = 0;
	return done(p, PACKET_ND);
}
