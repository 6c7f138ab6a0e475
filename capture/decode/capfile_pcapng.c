/* capfile_pcapng.c: pcapng (draft-ietf-opsawg-pcapng): a walk over blocks, of
 * which those with packets and interfaces matter. libpcap refuses files whose
 * interfaces differ in link type or snap length; this does not. */
#include "capture/decode/capfile_parts.h"

enum block {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2, /* obsolete, and still found */
	BLOCK_SIMPLE = 3,
	BLOCK_ENHANCED = 6,
};

enum {
	HEADER = 8,           /* type and length */
	TRAILER = 4,          /* the length again */
	PACKET_FIXED = 20,    /* of BLOCK_PACKET and BLOCK_ENHANCED */
	INTERFACE_FIXED = 8,
	INTERFACE_MAX = CAPFILE_FRAME_MAX, /* options are a few hundred bytes */
	MICROSECONDS = 6,     /* if_tsresol, where it is not given */
};

enum option {
	OPTION_END = 0,
	IF_TSRESOL = 9,
	IF_TSOFFSET = 14,
};

static const char CUT[] = "cut in the middle of a block";
static const char CUT_PACKET[] = "cut in the middle of a packet";
static const char TOO_SHORT[] = "a block too short for what it holds";

/* Some writers leave the padding out of a block's length. */
static uint32_t padded(uint32_t n)
{
	return (n + 3) & ~UINT32_C(3);
}

static int64_t time_decimal(uint64_t units, unsigned digits, int64_t shift)
{
	uint64_t per_s = 1, left;

	/* More than 10^19 units a second do not fit: drop digits. */
	for (; digits > 18; digits--)
		units /= 10;
	for (unsigned i = 0; i < digits; i++)
		per_s *= 10;
	left = units % per_s;
	units /= per_s;
	for (; digits < 9; digits++)
		left *= 10;
	for (; digits > 9; digits--)
		left /= 10;
	if (units > INT32_MAX * UINT64_C(4) || shift > INT32_MAX * INT64_C(4))
		return FRAME_AT_END - 1;
	return capfile_at((int64_t)units + shift, left);
}

static int64_t time_binary(uint64_t units, unsigned bits, int64_t shift)
{
	uint64_t s, left;

	/* A fraction of more than 34 bits is finer than ns, and would not fit
	 * into the product below. */
	if (bits > 34) {
		units = bits - 34 < 64 ? units >> (bits - 34) : 0;
		bits = 34;
	}
	s = units >> bits;
	left = units & ((UINT64_C(1) << bits) - 1);
	if (s > INT32_MAX * UINT64_C(4) || shift > INT32_MAX * INT64_C(4))
		return FRAME_AT_END - 1;
	return capfile_at((int64_t)s + shift, left * 1000000000 >> bits);
}

static int64_t block_time(const struct capfile_interface *f, uint32_t high,
	uint32_t low)
{
	uint64_t units = (uint64_t)high << 32 | low;

	return f->resolution & 0x80
		? time_binary(units, f->resolution & 0x7f, f->shift)
		: time_decimal(units, f->resolution, f->shift);
}

/* A section begins: its byte order comes with it, and old interfaces end. */
static enum capfile_result section_begin(struct capfile *c, struct rd body)
{
	uint16_t major;

	c->interfaces_n = 0;
	rd_skip(&body, 4);
	major = capfile_16(c, &body);
	if (!rd_ok(&body))
		return capfile_damage(c, TOO_SHORT);
	if (major != 1)
		return capfile_damage(c, "not a version of pcapng that is known");
	return CAPFILE_FRAME;
}

/* The options that change how packets are read; one that leaves its block
 * ends the list. */
static void interface_options(const struct capfile *c, struct rd options,
	struct capfile_interface *f)
{
	while (rd_left(&options) > 0) {
		uint16_t code = capfile_16(c, &options);
		uint16_t n = capfile_16(c, &options);
		struct rd value = rd_sub(&options, n);
		uint64_t seconds;

		if (!rd_ok(&options) || code == OPTION_END)
			return;
		rd_skip(&options, -n & 3);
		if (code == IF_TSRESOL && n == 1)
			f->resolution = rd_u8(&value);
		if (code == IF_TSOFFSET && n == 8) {
			seconds = c->big ? rd_be64(&value) : rd_le64(&value);
			f->shift = (int64_t)seconds;
		}
	}
}

static enum capfile_result interface_add(struct capfile *c, struct rd body)
{
	struct capfile_interface *f;

	if (c->interfaces_n >= CAPFILE_INTERFACES)
		return capfile_damage(c, "more than 1024 interfaces");
	f = &c->interfaces[c->interfaces_n];
	*f = (struct capfile_interface){.resolution = MICROSECONDS};
	f->link = capfile_16(c, &body);
	rd_skip(&body, 2);
	f->snap = capfile_32(c, &body);
	if (!rd_ok(&body))
		return capfile_damage(c, TOO_SHORT);
	interface_options(c, body, f);
	c->interfaces_n++;
	return CAPFILE_FRAME;
}

/* The fixed part of a packet's block, whichever of three kinds; r moves to
 * the captured bytes. limit: what the block has room for. */
static bool packet_header(struct capfile *c, uint32_t type, struct rd *r,
	uint32_t limit, struct frame *out)
{
	const struct capfile_interface *f;
	uint32_t id = 0, high = 0, low = 0, n, wire_n;

	if (type == BLOCK_ENHANCED) {
		id = capfile_32(c, r);
	} else if (type == BLOCK_PACKET) {
		id = capfile_16(c, r);
		rd_skip(r, 2); /* drops */
	}
	if (type != BLOCK_SIMPLE) {
		high = capfile_32(c, r);
		low = capfile_32(c, r);
	}
	n = capfile_32(c, r);
	wire_n = type == BLOCK_SIMPLE ? n : capfile_32(c, r);
	if (id >= c->interfaces_n) {
		capfile_damage(c, "a packet of an interface that is not described");
		return false;
	}
	f = &c->interfaces[id];
	if (type == BLOCK_SIMPLE) {
		/* How much was captured is not said. */
		if (f->snap > 0 && n > f->snap)
			n = f->snap;
		if (n > limit)
			n = limit;
	}
	if (n > limit) {
		capfile_damage(c, "a packet longer than its block");
		return false;
	}
	if (n > CAPFILE_FRAME_MAX) {
		capfile_damage(c, "a packet of more than 256 KiB");
		return false;
	}
	if (type != BLOCK_SIMPLE)
		c->last_at = block_time(f, high, low);
	*out = (struct frame){
		.at = c->last_at,
		.link = f->link,
		.n = n,
		.wire_n = wire_n > n ? wire_n : n,
	};
	return true;
}

/* body_n: of the block without header and trailer. */
static enum capfile_result packet(struct capfile *c, uint32_t type,
	uint32_t body_n, struct rd *r, bool eof, struct frame *out)
{
	uint32_t fixed = type == BLOCK_SIMPLE ? 4 : PACKET_FIXED;
	struct rd h = *r;

	if (body_n < fixed)
		return capfile_damage(c, TOO_SHORT);
	if (rd_left(&h) < HEADER + fixed)
		return capfile_short(c, eof, HEADER + fixed, CUT_PACKET);
	rd_skip(&h, HEADER);
	if (!packet_header(c, type, &h, body_n - fixed, out))
		return CAPFILE_DAMAGED;
	if (rd_left(&h) < out->n)
		return capfile_short(c, eof, HEADER + fixed + out->n, CUT_PACKET);
	out->p = rd_take(&h, out->n);
	*r = h;
	c->skip = body_n - fixed - (uint32_t)out->n;
	return CAPFILE_FRAME;
}

/* Goes over what is left of a block, options mostly. */
static enum capfile_result block_end(struct capfile *c, struct rd *r, bool eof)
{
	size_t n = c->skip < rd_left(r) ? c->skip : rd_left(r);
	struct rd trailer;

	rd_skip(r, n);
	c->skip -= (uint32_t)n;
	if (c->skip > 0 || rd_left(r) < TRAILER)
		return capfile_short(c, eof, TRAILER, CUT);
	trailer = *r;
	if (padded(capfile_32(c, &trailer)) != c->block)
		return capfile_damage(c, "a block's two lengths differ");
	*r = trailer;
	c->block = 0;
	return CAPFILE_FRAME;
}

/* A block but for its end; *has tells whether it gave a packet. */
static enum capfile_result block(struct capfile *c, struct rd *r, bool eof,
	struct frame *out, bool *has)
{
	struct rd h = *r, body;
	uint32_t type = capfile_32(c, &h), length, n;
	enum capfile_result result = CAPFILE_FRAME;

	*has = false;
	if (type == BLOCK_SECTION) { /* reads the same in both orders */
		struct rd order = h;

		if (rd_left(r) < HEADER + 4)
			return capfile_short(c, eof, HEADER + 4, CUT);
		rd_skip(&order, 4);
		switch (rd_be32(&order)) {
		case PCAPNG_BIG:
			c->big = true;
			break;
		case PCAPNG_LITTLE:
			c->big = false;
			break;
		default:
			return capfile_damage(c, "a section of no byte order");
		}
	}
	n = capfile_32(c, &h);
	if (n < HEADER + TRAILER || n > UINT32_MAX - 3)
		return capfile_damage(c, "a block of an impossible length");
	length = padded(n);
	n = length - HEADER - TRAILER;
	switch (type) {
	case BLOCK_PACKET:
	case BLOCK_SIMPLE:
	case BLOCK_ENHANCED:
		result = packet(c, type, n, r, eof, out);
		*has = result == CAPFILE_FRAME;
		if (*has)
			c->block = length;
		return result;
	case BLOCK_SECTION:
		n = n < 8 ? n : 8;
		break;
	case BLOCK_INTERFACE:
		if (n > INTERFACE_MAX)
			return capfile_damage(c, "an interface's block is too long");
		break;
	default:
		n = 0;
	}
	if (rd_left(&h) < n)
		return capfile_short(c, eof, HEADER + n, CUT);
	body = rd_sub(&h, n);
	if (type == BLOCK_SECTION)
		result = section_begin(c, body);
	else if (type == BLOCK_INTERFACE)
		result = interface_add(c, body);
	if (result != CAPFILE_FRAME)
		return result;
	c->block = length;
	c->skip = length - HEADER - TRAILER - n;
	*r = h;
	return CAPFILE_FRAME;
}

enum capfile_result capfile_pcapng_next(struct capfile *c, struct rd *r,
	bool eof, struct frame *out)
{
	enum capfile_result result = CAPFILE_FRAME;
	bool has = false;

	while (result == CAPFILE_FRAME && !has) {
		if (c->block > 0)
			result = block_end(c, r, eof);
		if (result != CAPFILE_FRAME)
			return result;
		if (rd_left(r) == 0 && eof)
			return CAPFILE_END;
		if (rd_left(r) < HEADER)
			return capfile_short(c, eof, HEADER, CUT);
		result = block(c, r, eof, out, &has);
	}
	return result;
}
