/* capfile_pcap.c: the classic formats: pcap (draft-ietf-opsawg-pcap, and the
 * older kinds that libpcap still reads) and snoop (RFC 1761). */
#include "capture/decode/capfile_parts.h"

enum {
	PCAP_HEADER = 24,
	PCAP_PACKET = 16,
	PCAP_PACKET_MODIFIED = 24,
	SNOOP_HEADER = 16,
	SNOOP_PACKET = 24,
};

/* Before version 2.4 some writers had the two lengths the other way round. */
enum swaps { SWAPS_NEVER, SWAPS_MAYBE, SWAPS_ALWAYS };

static const char CUT_HEADER[] = "cut in the middle of the file's header";
static const char CUT[] = "cut in the middle of a packet";
static const char HUGE[] = "a packet of more than 256 KiB";

enum capfile_result capfile_pcap_begin(struct capfile *c, struct rd *r,
	bool eof)
{
	uint16_t major, minor;

	if (rd_left(r) < PCAP_HEADER)
		return capfile_short(c, eof, PCAP_HEADER, CUT_HEADER);
	rd_skip(r, 4);
	major = capfile_16(c, r);
	minor = capfile_16(c, r);
	rd_skip(r, 12); /* time zone, accuracy, snap length: not to be trusted */
	/* Above the type: whether frames end in a check sum, and how long. The
	 * lengths inside the frame tell where it ends, so it is not needed. */
	c->link = (int)(capfile_32(c, r) & 0xffff);
	if (major == 2)
		c->swaps = minor < 3 ? SWAPS_ALWAYS
			: minor == 3 ? SWAPS_MAYBE : SWAPS_NEVER;
	else if (major == 543) /* DG/UX */
		c->swaps = SWAPS_ALWAYS;
	else
		return capfile_damage(c, "not a version of pcap that is known");
	return CAPFILE_FRAME;
}

enum capfile_result capfile_pcap_next(struct capfile *c, struct rd *r,
	bool eof, struct frame *out)
{
	size_t header = c->format == CAPFILE_PCAP_MODIFIED
		? PCAP_PACKET_MODIFIED : PCAP_PACKET;
	struct rd h = *r;
	uint32_t s, fraction, n, wire_n;

	if (rd_left(&h) == 0 && eof)
		return CAPFILE_END;
	if (rd_left(&h) < header)
		return capfile_short(c, eof, header, CUT);
	s = capfile_32(c, &h);
	fraction = capfile_32(c, &h);
	n = capfile_32(c, &h);
	wire_n = capfile_32(c, &h);
	rd_skip(&h, header - PCAP_PACKET); /* ifindex, protocol, type */
	if (c->swaps == SWAPS_ALWAYS || (c->swaps == SWAPS_MAYBE && n > wire_n)) {
		uint32_t swap = n;

		n = wire_n;
		wire_n = swap;
	}
	if (n > CAPFILE_FRAME_MAX)
		return capfile_damage(c, HUGE);
	if (rd_left(&h) < n)
		return capfile_short(c, eof, header + n, CUT);
	*out = (struct frame){
		.at = capfile_at(s, c->nano ? fraction : fraction * UINT64_C(1000)),
		.link = c->link,
		.p = rd_take(&h, n),
		.n = n,
		.wire_n = wire_n > n ? wire_n : n,
	};
	*r = h;
	return CAPFILE_FRAME;
}

enum capfile_result capfile_snoop_begin(struct capfile *c, struct rd *r,
	bool eof)
{
	if (rd_left(r) < SNOOP_HEADER)
		return capfile_short(c, eof, SNOOP_HEADER, CUT_HEADER);
	c->big = true;
	rd_skip(r, 8);
	if (rd_be32(r) != 2)
		return capfile_damage(c, "not a version of snoop that is known");
	switch (rd_be32(r)) {
	case 0: /* IEEE 802.3 */
	case 4: /* Ethernet */
		c->link = FRAME_ETHERNET;
		break;
	default:
		c->link = FRAME_UNKNOWN;
	}
	return CAPFILE_FRAME;
}

enum capfile_result capfile_snoop_next(struct capfile *c, struct rd *r,
	bool eof, struct frame *out)
{
	struct rd h = *r;
	uint32_t s, us, n, wire_n, record;

	if (rd_left(&h) == 0 && eof)
		return CAPFILE_END;
	if (rd_left(&h) < SNOOP_PACKET)
		return capfile_short(c, eof, SNOOP_PACKET, CUT);
	wire_n = rd_be32(&h);
	n = rd_be32(&h);
	record = rd_be32(&h); /* header, packet and padding */
	rd_skip(&h, 4);       /* drops so far */
	s = rd_be32(&h);
	us = rd_be32(&h);
	if (n > CAPFILE_FRAME_MAX)
		return capfile_damage(c, HUGE);
	if (record < SNOOP_PACKET + n || record > SNOOP_PACKET + n + 256)
		return capfile_damage(c, "a record's length contradicts its packet");
	if (rd_left(r) < record)
		return capfile_short(c, eof, record, CUT);
	*out = (struct frame){
		.at = capfile_at(s, us * UINT64_C(1000)),
		.link = c->link,
		.p = rd_take(&h, n),
		.n = n,
		.wire_n = wire_n > n ? wire_n : n,
	};
	rd_skip(r, record);
	return CAPFILE_FRAME;
}
