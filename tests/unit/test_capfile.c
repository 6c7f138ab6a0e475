/* test_capfile.c: the classic capture formats, whole, cut, and lying. */
#include "tests/unit/capfile_reader.h"

static void pcap_header(struct file *f, uint32_t magic, uint32_t link)
{
	u32(f, magic);
	u16(f, 2);
	u16(f, 4);
	u32(f, 0);
	u32(f, 0);
	u32(f, 65535);
	u32(f, link);
}

static void pcap_packet(struct file *f, uint32_t fraction, uint32_t n,
	uint32_t wire_n)
{
	u32(f, SECONDS);
	u32(f, fraction);
	u32(f, n);
	u32(f, wire_n);
}

static void classic_files_come_in_both_orders_and_units(void **state)
{
	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		bool big = kind & 1, nano = kind & 2;
		struct file f;
		struct seen s;

		begin(&f, big);
		pcap_header(&f, nano ? 0xa1b23c4d : 0xa1b2c3d4, 113);
		pcap_packet(&f, 7, 3, 99);
		fill(&f, 'a', 3);
		pcap_packet(&f, 999999, 0, 0);
		pcap_packet(&f, 1, 5, 2); /* longer than it was on the wire */
		fill(&f, 'b', 5);
		s = read_file(&f);
		check(s.end == CAPFILE_END && s.n == 3);
		check(s.frames[0].at == AT(nano ? 7 : 7000));
		check(s.frames[0].link == 113);
		check(s.frames[0].n == 3 && s.frames[0].wire_n == 99);
		check(s.first[0] == 'a' && s.last[0] == 'a');
		check(s.frames[1].n == 0);
		check(s.frames[2].wire_n == 5 && s.last[2] == 'b');
		any_window_gives_the_same(&f);
		every_truncation_is_noticed(&f, (size_t[]){24, 43, 59}, 3);
	}
}

static void a_modified_file_has_longer_packet_headers(void **state)
{
	struct file f;
	struct seen s;

	(void)state;
	begin(&f, false);
	pcap_header(&f, 0xa1b2cd34, 1);
	pcap_packet(&f, 1, 2, 2);
	u32(&f, 1);
	u32(&f, 2);
	fill(&f, 'x', 2);
	pcap_packet(&f, 2, 1, 1);
	u32(&f, 1);
	u32(&f, 2);
	fill(&f, 'y', 1);
	s = read_file(&f);
	check(s.n == 2 && s.end == CAPFILE_END);
	check(s.first[0] == 'x' && s.first[1] == 'y');
	every_truncation_is_noticed(&f, (size_t[]){24, 50}, 2);
}

static void old_versions_swap_the_lengths(void **state)
{
	static const struct {
		uint8_t minor;
		uint32_t n, wire_n;
	} cases[] = {{2, 60, 2}, {3, 60, 2}, {3, 2, 60}, {4, 2, 60}};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct file f;
		struct seen s;

		begin(&f, false);
		pcap_header(&f, 0xa1b2c3d4, 1);
		f.b[6] = cases[i].minor;
		pcap_packet(&f, 0, cases[i].n, cases[i].wire_n);
		fill(&f, 'x', 2);
		s = read_file(&f);
		check(s.n == 1 && s.end == CAPFILE_END);
		check(s.frames[0].n == 2 && s.frames[0].wire_n == 60);
	}
}

static void other_versions_are_refused(void **state)
{
	struct file f;

	(void)state;
	for (unsigned major = 0; major < 256; major++) {
		begin(&f, false);
		pcap_header(&f, 0xa1b2c3d4, 1);
		f.b[4] = (uint8_t)major;
		check((read_file(&f).end == CAPFILE_END) == (major == 2));
	}
}

static void bits_above_the_link_type_are_masked(void **state)
{
	struct file f;
	struct seen s;

	(void)state;
	begin(&f, false);
	pcap_header(&f, 0xa1b2c3d4, 0xf4000001);
	pcap_packet(&f, 0, 0, 0);
	s = read_file(&f);
	check(s.n == 1 && s.frames[0].link == FRAME_ETHERNET);
}

static void times_stay_in_their_range(void **state)
{
	static const struct {
		uint32_t s, fraction;
		int64_t at;
	} cases[] = {
		{0, 0, 0},
		{SECONDS, 1000000, AT(999999999)},
		{SECONDS, UINT32_MAX, AT(999999999)},
		{UINT32_MAX, UINT32_MAX, INT64_C(4294967295999999999)},
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct file f;

		begin(&f, true);
		pcap_header(&f, 0xa1b2c3d4, 1);
		u32(&f, cases[i].s);
		u32(&f, cases[i].fraction);
		u32(&f, 0);
		u32(&f, 0);
		check(read_file(&f).frames[0].at == cases[i].at);
	}
}

static void a_packet_of_256_kib_is_the_longest(void **state)
{
	size_t n = 24 + 16 + CAPFILE_FRAME_MAX;
	uint8_t *b = calloc(1, n);
	struct file f;
	struct seen s;

	(void)state;
	begin(&f, false);
	pcap_header(&f, 0xa1b2c3d4, 1);
	pcap_packet(&f, 0, CAPFILE_FRAME_MAX, CAPFILE_FRAME_MAX);
	memcpy(b, f.b, size(&f));
	s = read_all(b, n, 60000);
	check(s.n == 1 && s.frames[0].n == CAPFILE_FRAME_MAX);
	s = read_all(b, n - 1, 60000);
	check(s.n == 0 && s.end == CAPFILE_DAMAGED);
	b[24 + 8]++;
	s = read_all(b, n, 60000);
	check(s.n == 0 && s.end == CAPFILE_DAMAGED && s.offset == 24);
	memset(b + 24 + 8, 0xff, 4);
	s = read_all(b, n, 60000);
	check(s.n == 0 && s.end == CAPFILE_DAMAGED && s.offset == 24);
	free(b);
}

static void files_without_packets_are_legal(void **state)
{
	struct file f;
	struct seen s;

	(void)state;
	begin(&f, false);
	pcap_header(&f, 0xa1b2c3d4, 1);
	s = read_file(&f);
	check(s.n == 0 && s.end == CAPFILE_END && s.offset == 24);
}

static void what_is_no_capture_is_said_to_be_none(void **state)
{
	static const char text[] = "Received: from mx.example.com by ...";
	struct capfile *c = calloc(1, sizeof *c);
	size_t used;

	(void)state;
	check(c);
	capfile_init(c);
	check(capfile_next(c, (const uint8_t *)text, sizeof text, true, &used,
		      NULL) == CAPFILE_DAMAGED);
	check(c->format == CAPFILE_UNKNOWN && c->offset == 0);
	capfile_init(c);
	check(capfile_next(c, (const uint8_t *)text, 0, true, &used, NULL) ==
		CAPFILE_DAMAGED);
	free(c);
}

static void snoop_begin(struct file *f, uint32_t version, uint32_t link)
{
	begin(f, true);
	wr_bytes(&f->w, "snoop\0\0", 8);
	u32(f, version);
	u32(f, link);
}

static void snoop_packet(struct file *f, uint32_t n, uint32_t record)
{
	u32(f, 99);
	u32(f, n);
	u32(f, record);
	u32(f, 0);
	u32(f, SECONDS);
	u32(f, 7);
	fill(f, 's', 5);
	fill(f, 0, 3);
}

static void snoop_files_are_read(void **state)
{
	struct file f;
	struct seen s;

	(void)state;
	snoop_begin(&f, 2, 4);
	snoop_packet(&f, 5, 32);
	snoop_packet(&f, 5, 32);
	s = read_file(&f);
	check(s.n == 2 && s.end == CAPFILE_END);
	check(s.frames[0].link == FRAME_ETHERNET);
	check(s.frames[0].at == AT(7000));
	check(s.frames[1].n == 5 && s.frames[1].wire_n == 99);
	check(s.last[1] == 's');
	any_window_gives_the_same(&f);
	every_truncation_is_noticed(&f, (size_t[]){16, 48}, 2);
	snoop_begin(&f, 2, 8);
	snoop_packet(&f, 5, 32);
	check(read_file(&f).frames[0].link == FRAME_UNKNOWN);
	snoop_begin(&f, 3, 4);
	check(read_file(&f).end == CAPFILE_DAMAGED);
}

static void a_snoop_record_must_hold_its_packet(void **state)
{
	static const uint32_t lengths[][2] = {
		{5, 0}, {5, 28}, {5, UINT32_MAX}, {9, 32}, {UINT32_MAX, 32},
		{UINT32_MAX, UINT32_MAX}, {UINT32_MAX - 30, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct file f;
		struct seen s;

		snoop_begin(&f, 2, 4);
		snoop_packet(&f, lengths[i][0], lengths[i][1]);
		s = read_file(&f);
		check(s.n == 0 && s.end == CAPFILE_DAMAGED && s.offset == 16);
	}
}

static void captures_are_known_by_their_first_bytes(void **state)
{
	struct file f;

	(void)state;
	begin(&f, false);
	pcap_header(&f, 0xa1b23c4d, 1);
	check(capfile_sniff(f.b, 12) && !capfile_sniff(f.b, 3));
	snoop_begin(&f, 2, 4);
	check(capfile_sniff(f.b, 12) && !capfile_sniff(f.b, 7));
	check(!capfile_sniff((const uint8_t *)"\x1f\x8b\x08\0\0\0\0\0\0\0\0\0",
		12));
	check(!capfile_sniff(NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classic_files_come_in_both_orders_and_units),
		cmocka_unit_test(a_modified_file_has_longer_packet_headers),
		cmocka_unit_test(old_versions_swap_the_lengths),
		cmocka_unit_test(other_versions_are_refused),
		cmocka_unit_test(bits_above_the_link_type_are_masked),
		cmocka_unit_test(times_stay_in_their_range),
		cmocka_unit_test(a_packet_of_256_kib_is_the_longest),
		cmocka_unit_test(files_without_packets_are_legal),
		cmocka_unit_test(what_is_no_capture_is_said_to_be_none),
		cmocka_unit_test(snoop_files_are_read),
		cmocka_unit_test(a_snoop_record_must_hold_its_packet),
		cmocka_unit_test(captures_are_known_by_their_first_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
