/* transport.c: the last layer: TCP (RFC 9293), UDP (RFC 768), ARP (RFC 826). */
#include "capture/decode/peel.h"

static enum decode done(struct peel *p, enum packet_kind kind)
{
	p->out->kind = kind;
	p->out->p = p->r.p;
	p->out->n = rd_left(&p->r);
	p->out->wire_n = p->out->n + p->cut;
	p->next = LAYER_DONE;
	return DECODE_OK;
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
	p->next = layer_of_port(p, out->sport, out->dport);
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
