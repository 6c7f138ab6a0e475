/* capfile.c: which format it is, and what all formats share. */
#include "capture/decode/capfile_parts.h"
#include <assert.h>

#define PCAP_MICRO     UINT32_C(0xa1b2c3d4)
#define PCAP_NANO      UINT32_C(0xa1b23c4d)
#define PCAP_MODIFIED  UINT32_C(0xa1b2cd34)
#define PCAPNG_SECTION UINT32_C(0x0a0d0d0a)

static const uint8_t SNOOP[8] = "snoop\0\0";

void capfile_init(struct capfile *c)
{
	memset(c, 0, sizeof *c);
}

int64_t capfile_at(int64_t s, uint64_t ns)
{
	if (s < 0)
		return 0;
	if (s >= FRAME_AT_END / 1000000000)
		return FRAME_AT_END - 1;
	return s * 1000000000 + (int64_t)(ns < 999999999 ? ns : 999999999);
}

enum capfile_result capfile_damage(struct capfile *c, const char *reason)
{
	c->reason = reason;
	return CAPFILE_DAMAGED;
}

enum capfile_result capfile_short(struct capfile *c, bool eof, size_t need,
	const char *what)
{
	assert(need <= CAPFILE_WINDOW);
	if (eof)
		return capfile_damage(c, what);
	c->need = need;
	return CAPFILE_MORE;
}

static bool is_pcap(struct capfile *c, uint32_t magic)
{
	c->format = magic == PCAP_MODIFIED ? CAPFILE_PCAP_MODIFIED : CAPFILE_PCAP;
	c->nano = magic == PCAP_NANO;
	return magic == PCAP_MICRO || magic == PCAP_NANO ||
		magic == PCAP_MODIFIED;
}

/* Sets format, and for pcap byte order and unit, from the first bytes. */
static void find_format(struct capfile *c, struct rd r)
{
	struct rd be = r, le = r, order = r;
	uint32_t magic = rd_be32(&be), bom;

	c->big = is_pcap(c, magic);
	if (c->big || is_pcap(c, rd_le32(&le)))
		return;
	c->nano = false;
	c->format = CAPFILE_UNKNOWN;
	if (rd_left(&r) >= sizeof SNOOP && memcmp(r.p, SNOOP, sizeof SNOOP) == 0)
		c->format = CAPFILE_SNOOP;
	rd_skip(&order, 8);
	bom = rd_be32(&order);
	if (magic == PCAPNG_SECTION &&
		(bom == PCAPNG_BIG || bom == PCAPNG_LITTLE))
		c->format = CAPFILE_PCAPNG;
}

bool capfile_sniff(const uint8_t *p, size_t n)
{
	struct capfile c;

	find_format(&c, rd_init(p, n));
	return c.format != CAPFILE_UNKNOWN;
}

static enum capfile_result begin(struct capfile *c, struct rd *r, bool eof)
{
	if (rd_left(r) < CAPFILE_SNIFF && !eof)
		return capfile_short(c, eof, CAPFILE_SNIFF, NULL);
	if (rd_left(r) == 0)
		return capfile_damage(c, "empty file");
	find_format(c, *r);
	switch (c->format) {
	case CAPFILE_PCAP:
	case CAPFILE_PCAP_MODIFIED:
		return capfile_pcap_begin(c, r, eof);
	case CAPFILE_SNOOP:
		return capfile_snoop_begin(c, r, eof);
	case CAPFILE_PCAPNG:
		return CAPFILE_FRAME;
	case CAPFILE_UNKNOWN:
		break;
	}
	return capfile_damage(c, "not a capture file");
}

static enum capfile_result next(struct capfile *c, struct rd *r, bool eof,
	struct frame *out)
{
	enum capfile_result result = CAPFILE_FRAME;

	if (c->reason)
		return CAPFILE_DAMAGED;
	if (c->offset == 0)
		result = begin(c, r, eof);
	if (result != CAPFILE_FRAME)
		return result;
	switch (c->format) {
	case CAPFILE_PCAP:
	case CAPFILE_PCAP_MODIFIED:
		return capfile_pcap_next(c, r, eof, out);
	case CAPFILE_SNOOP:
		return capfile_snoop_next(c, r, eof, out);
	case CAPFILE_PCAPNG:
	case CAPFILE_UNKNOWN:
		break;
	}
	return capfile_pcapng_next(c, r, eof, out);
}

enum capfile_result capfile_next(struct capfile *c, const uint8_t *p, size_t n,
	bool eof, size_t *used, struct frame *out)
{
	struct rd r = rd_init(p, n);
	enum capfile_result result = next(c, &r, eof, out);

	assert(rd_ok(&r));
	*used = n - rd_left(&r);
	c->offset += *used;
	if (result == CAPFILE_FRAME)
		c->frames++;
	return result;
}
