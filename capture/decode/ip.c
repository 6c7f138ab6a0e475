/* ip.c: IPv4 (RFC 791), IPv6 (RFC 8200) and the headers between them and
 * what they carry. Check sums are not verified: they are often left to the
 * network card, after the capture. */
#include "capture/decode/peel.h"

enum {
	IP4_MORE = 0x2000,
	IP4_OFFSET = 0x1fff,
	IP6_MORE = 0x0001,
	IP6_OFFSET = 0xfff8,
};

static void set_v4(struct addr *a, struct rd *r)
{
	a->family = 4;
	rd_copy(r, a->b, 4);
	memset(a->b + 4, 0, 12);
}

static void set_v6(struct addr *a, struct rd *r)
{
	a->family = 6;
	rd_copy(r, a->b, 16);
}

/* An IP header within another one: that was a tunnel's, and so are the MACs
 * and tags in front of it, which say nothing of who sent what is inside. */
static void enter(struct peel *p)
{
	if (p->in_ip) {
		p->out->tunnels++;
		p->out->has_src_mac = p->out->has_dst_mac = false;
		p->out->vlan_n = 0;
	}
	p->in_ip = true;
}

enum decode peel_piece(struct peel *p, uint32_t id, uint8_t proto,
	size_t offset, bool more)
{
	struct ipfrag_piece piece = {
		.at = p->at,
		.src = &p->out->src,
		.dst = &p->out->dst,
		.id = id,
		.proto = proto,
		.more = more,
		.offset = offset,
		.p = p->r.p,
		.n = rd_left(&p->r),
	};
	struct ipfrag_whole whole;

	if (p->cut > 0 || p->lacks)
		return DECODE_CUT;
	if (!p->frags) {
		peel_other(p, ENVELOPE_OTHER, ENVELOPE_PARTIAL);
		return DECODE_OTHER;
	}
	switch (ipfrag_push(p->frags, &piece, &whole)) {
	case IPFRAG_WHOLE:
		break;
	case IPFRAG_KEPT:
		return DECODE_FRAG;
	case IPFRAG_BAD:
		return DECODE_BAD;
	}
	p->r = rd_init(whole.p, whole.n);
	p->whole = true;
	p->proto = whole.proto;
	return DECODE_OK;
}

static enum decode reassemble(struct peel *p, uint32_t id, uint8_t proto,
	size_t offset, bool more)
{
	enum decode result = peel_piece(p, id, proto, offset, more);

	if (result == DECODE_OK)
		peel_protocol(p, p->proto);
	return result;
}

enum decode ip_any(struct peel *p)
{
	struct rd first = p->r;
	uint8_t version = rd_u8(&first) >> 4;

	if (!rd_ok(&first))
		return peel_short(p);
	if (version != 4 && version != 6)
		return DECODE_BAD;
	p->next = version == 4 ? LAYER_IP4 : LAYER_IP6;
	return DECODE_OK;
}

enum decode ip4(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 20);
	uint8_t version, proto;
	uint16_t total, id, fragment;
	size_t header, options;

	if (!rd_ok(&h))
		return peel_short(p);
	version = rd_u8(&h);
	header = (version & 0x0fu) * 4;
	rd_skip(&h, 1);
	total = rd_be16(&h);
	id = rd_be16(&h);
	fragment = rd_be16(&h);
	p->out->ttl = rd_u8(&h);
	proto = rd_u8(&h);
	rd_skip(&h, 2); /* check sum */
	set_v4(&p->out->src, &h);
	set_v4(&p->out->dst, &h);
	if (version >> 4 != 4 || header < 20)
		return DECODE_BAD;
	options = header - 20;
	/* 0: the card was to cut it into segments (TSO); all that follows
	 * belongs to it. */
	if (total != 0 && total < header)
		return DECODE_BAD;
	p->lacks = total != 0 && !peel_fence(p, total - 20u);
	rd_skip(&p->r, options);
	if (!rd_ok(&p->r))
		return peel_short(p);
	enter(p);
	if (fragment & (IP4_MORE | IP4_OFFSET))
		return reassemble(p, id, proto, (fragment & IP4_OFFSET) * 8u,
			fragment & IP4_MORE);
	peel_protocol(p, proto);
	return DECODE_OK;
}

enum decode ip6(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 40);
	uint8_t version;
	uint16_t payload;

	if (!rd_ok(&h))
		return peel_short(p);
	version = rd_u8(&h) >> 4;
	rd_skip(&h, 3);
	payload = rd_be16(&h);
	peel_protocol(p, rd_u8(&h));
	p->out->ttl = rd_u8(&h);
	set_v6(&p->out->src, &h);
	set_v6(&p->out->dst, &h);
	if (version != 6)
		return DECODE_BAD;
	/* 0: TSO, or a jumbogram (RFC 2675): all that follows. */
	p->lacks = payload != 0 && !peel_fence(p, payload);
	enter(p);
	return DECODE_OK;
}

/* Hop-by-hop, routing, destination and the like: RFC 6564. A routing header
 * may hide the last destination; its addresses are not looked at. */
enum decode ip6_options(struct peel *p)
{
	uint8_t proto = rd_u8(&p->r);
	uint8_t n = rd_u8(&p->r);

	rd_skip(&p->r, 6 + n * 8u);
	if (!rd_ok(&p->r))
		return peel_short(p);
	peel_protocol(p, proto);
	return DECODE_OK;
}

enum decode ip6_fragment(struct peel *p)
{
	struct rd h = rd_sub(&p->r, 8);
	uint8_t proto;
	uint16_t fragment;

	if (!rd_ok(&h))
		return peel_short(p);
	proto = rd_u8(&h);
	rd_skip(&h, 1);
	fragment = rd_be16(&h);
	if (fragment & (IP6_OFFSET | IP6_MORE))
		return reassemble(p, rd_be32(&h), proto, fragment & IP6_OFFSET,
			fragment & IP6_MORE);
	peel_protocol(p, proto); /* atomic: RFC 6946 */
	return DECODE_OK;
}

/* RFC 4302, 2: the length counts words of 4 bytes, less 2. */
enum decode ip_ah(struct peel *p)
{
	uint8_t proto = rd_u8(&p->r);
	uint8_t n = rd_u8(&p->r);

	if (rd_ok(&p->r) && n < 1) /* shorter than its fixed part */
		return DECODE_BAD;
	rd_skip(&p->r, (n + 2u) * 4 - 2);
	if (!rd_ok(&p->r))
		return peel_short(p);
	peel_protocol(p, proto);
	return DECODE_OK;
}

/* RFC 2004: the addresses from before, and the header they belong to is the
 * tunnel's. */
enum decode ip_minimal(struct peel *p)
{
	uint8_t proto = rd_u8(&p->r);
	uint8_t has_src = rd_u8(&p->r) & 0x80;

	rd_skip(&p->r, 2); /* check sum */
	set_v4(&p->out->dst, &p->r);
	if (has_src)
		set_v4(&p->out->src, &p->r);
	if (!rd_ok(&p->r))
		return peel_short(p);
	if (p->out->src.family != 4)
		return DECODE_BAD;
	enter(p);
	peel_protocol(p, proto);
	return DECODE_OK;
}
