/* test_pcapng.c: the newer capture format, whole, cut, and lying. */
#include "tests/unit/capfile_reader.h"

static size_t block_begin(struct file *f, uint32_t type)
{
	size_t at = wr_used(&f->w);

	u32(f, type);
	u32(f, 0);
	return at;
}

/* Both lengths, once they are known. */
static void block_end(struct file *f, size_t at)
{
	struct file length = {.big = f->big};
	uint32_t n;

	while (wr_used(&f->w) % 4 != 0)
		wr_u8(&f->w, 0);
	n = (uint32_t)(wr_used(&f->w) - at + 4);
	u32(f, n);
	begin(&length, f->big);
	u32(&length, n);
	memcpy(f->b + at + 4, length.b, 4);
}

static void section(struct file *f)
{
	size_t at = block_begin(f, 0x0a0d0d0a);

	u32(f, 0x1a2b3c4d);
	u16(f, 1);
	u16(f, 0);
	u32(f, UINT32_MAX);
	u32(f, UINT32_MAX);
	u16(f, 4); /* shb_userappl */
	u16(f, 5);
	wr_bytes(&f->w, "tests\0\0", 8);
	u32(f, 0);
	block_end(f, at);
}

/* resolution -1 and shift 0: no such option. */
static void interface(struct file *f, unsigned link, uint32_t snap,
	int resolution, int64_t shift)
{
	size_t at = block_begin(f, 1);

	u16(f, link);
	u16(f, 0);
	u32(f, snap);
	u16(f, 2); /* if_name */
	u16(f, 5);
	wr_bytes(&f->w, "eth10\0\0", 8);
	if (resolution >= 0) {
		u16(f, 9);
		u16(f, 1);
		wr_u8(&f->w, (uint8_t)resolution);
		fill(f, 0, 3);
	}
	if (shift != 0) {
		uint64_t v = (uint64_t)shift;

		u16(f, 14);
		u16(f, 8);
		u32(f, (uint32_t)(f->big ? v >> 32 : v));
		u32(f, (uint32_t)(f->big ? v : v >> 32));
	}
	u32(f, 0);
	block_end(f, at);
}

static void enhanced(struct file *f, uint32_t id, uint64_t units, uint8_t byte,
	uint32_t n, uint32_t wire_n)
{
	size_t at = block_begin(f, 6);

	u32(f, id);
	u32(f, (uint32_t)(units >> 32));
	u32(f, (uint32_t)units);
	u32(f, n);
	u32(f, wire_n);
	fill(f, byte, n);
	while (wr_used(&f->w) % 4 != 0)
		wr_u8(&f->w, 0);
	u16(f, 2); /* epb_flags */
	u16(f, 4);
	u32(f, 1);
	u32(f, 0);
	block_end(f, at);
}

static void simple(struct file *f, uint8_t byte, uint32_t n, uint32_t wire_n)
{
	size_t at = block_begin(f, 3);

	u32(f, wire_n);
	fill(f, byte, n);
	block_end(f, at);
}

static void obsolete(struct file *f, unsigned id, uint64_t units, uint8_t byte,
	uint32_t n)
{
	size_t at = block_begin(f, 2);

	u16(f, id);
	u16(f, 3); /* drops */
	u32(f, (uint32_t)(units >> 32));
	u32(f, (uint32_t)units);
	u32(f, n);
	u32(f, n);
	fill(f, byte, n);
	block_end(f, at);
}

static void other_block(struct file *f, uint32_t type, size_t n)
{
	size_t at = block_begin(f, type);

	fill(f, 0x5a, n);
	block_end(f, at);
}

#define MICROS(us) ((uint64_t)SECONDS * 1000000 + (us))

static void sections_and_interfaces_each_have_their_ways(void **state)
{
	struct seen s;
	struct file f;
	size_t ends[12], n = 0;

	(void)state;
	begin(&f, false);
	section(&f);
	ends[n++] = size(&f);
	interface(&f, 1, 6, -1, 0);
	ends[n++] = size(&f);
	interface(&f, 113, 0, 9, 0);
	ends[n++] = size(&f);
	other_block(&f, 4, 16); /* names */
	ends[n++] = size(&f);
	enhanced(&f, 0, MICROS(1), 'a', 5, 70);
	ends[n++] = size(&f);
	enhanced(&f, 1, AT(2), 'b', 4, 4);
	ends[n++] = size(&f);
	simple(&f, 'c', 6, 60); /* the snap length of interface 0 */
	ends[n++] = size(&f);
	obsolete(&f, 0, MICROS(3), 'd', 3);
	ends[n++] = size(&f);
	f.big = true;
	section(&f);
	ends[n++] = size(&f);
	interface(&f, 101, 0, 0x80 | 10, 5);
	ends[n++] = size(&f);
	other_block(&f, 0x80000bad, 0);
	ends[n++] = size(&f);
	enhanced(&f, 0, (uint64_t)SECONDS << 10 | 512, 'e', 1, 1);
	s = read_file(&f);
	check(s.end == CAPFILE_END && s.n == 5);
	check(s.frames[0].link == 1 && s.frames[0].at == AT(1000));
	check(s.frames[0].n == 5 && s.frames[0].wire_n == 70);
	check(s.frames[1].link == 113 && s.frames[1].at == AT(2));
	check(s.frames[2].link == 1 && s.frames[2].at == AT(2));
	check(s.frames[2].n == 6 && s.frames[2].wire_n == 60);
	check(s.frames[3].at == AT(3000) && s.frames[3].n == 3);
	check(s.frames[4].link == 101 && s.frames[4].at == AT(5500000000));
	for (unsigned i = 0; i < 5; i++)
		check(s.first[i] == 'a' + i && s.last[i] == 'a' + i);
	any_window_gives_the_same(&f);
	every_truncation_is_noticed(&f, ends, n);
}

static int64_t time_of(int resolution, int64_t shift, uint64_t units)
{
	struct file f;

	begin(&f, true);
	section(&f);
	interface(&f, 1, 0, resolution, shift);
	enhanced(&f, 0, units, 'x', 1, 1);
	return read_file(&f).frames[0].at;
}

static void every_resolution_is_understood(void **state)
{
	(void)state;
	check(time_of(0, 0, SECONDS) == AT(0));
	check(time_of(3, 0, (uint64_t)SECONDS * 1000 + 7) == AT(7000000));
	check(time_of(-1, 0, MICROS(7)) == AT(7000));
	check(time_of(9, 0, AT(7)) == AT(7));
	check(time_of(10, 0, UINT64_C(17955521031234567890)) ==
		INT64_C(1795552103123456789));
	check(time_of(18, 0, UINT64_C(2000000007000000000)) == 2000000007);
	check(time_of(19, 0, UINT64_C(10000000070000000000)) == 1000000007);
	check(time_of(20, 0, UINT64_MAX) == 184467440);
	check(time_of(127, 0, UINT64_MAX) == 0);
	check(time_of(0x80, 0, SECONDS) == AT(0));
	check(time_of(0x80 | 1, 0, (uint64_t)SECONDS * 2 + 1) == AT(500000000));
	check(time_of(0x80 | 32, 0, (uint64_t)SECONDS << 32 | 1u << 31) ==
		AT(500000000));
	check(time_of(0x80 | 40, 0, UINT64_C(3) << 39) == 1500000000);
	check(time_of(0x80 | 63, 0, UINT64_C(3) << 62) == 1500000000);
	check(time_of(0x80 | 64, 0, UINT64_C(1) << 63) == 500000000);
	check(time_of(0x80 | 127, 0, UINT64_MAX) == 0);
}

static void offsets_cannot_overflow_a_time(void **state)
{
	(void)state;
	check(time_of(6, 3600, MICROS(0)) == AT(3600000000000));
	check(time_of(6, -SECONDS, MICROS(1)) == 1000);
	check(time_of(6, -SECONDS - 1, MICROS(1)) == 0);
	check(time_of(6, INT64_MIN, MICROS(1)) == 0);
	check(time_of(6, INT64_MAX, MICROS(1)) == FRAME_AT_END - 1);
	check(time_of(0, 0, UINT64_MAX) == FRAME_AT_END - 1);
	check(time_of(0, -1, UINT64_MAX) == FRAME_AT_END - 1);
	check(time_of(0x80, INT64_MAX, UINT64_MAX) == FRAME_AT_END - 1);
	check(time_of(9, 0, UINT64_MAX) == FRAME_AT_END - 1);
}

static void put32(struct file *f, size_t at, uint32_t v)
{
	struct file other;

	begin(&other, f->big);
	u32(&other, v);
	memcpy(f->b + at, other.b, 4);
}

/* One section, one interface, a packet before and one behind. */
static size_t three_packets(struct file *f)
{
	size_t at;

	begin(f, false);
	section(f);
	interface(f, 1, 0, -1, 0);
	enhanced(f, 0, MICROS(1), 'a', 8, 8);
	at = size(f);
	enhanced(f, 0, MICROS(2), 'b', 8, 8);
	enhanced(f, 0, MICROS(3), 'c', 8, 8);
	return at;
}

static void damage_keeps_what_was_before_it(void **state)
{
	static const struct {
		size_t at;
		uint32_t v;
		unsigned frames;
	} cases[] = {
		{4, 0, 1},          /* length of the block */
		{4, 11, 1},
		{4, 12, 1},         /* too short for a packet */
		{4, 28, 1},
		{4, 56, 2},         /* not where the next block begins */
		{4, UINT32_MAX, 1},
		{4, UINT32_MAX - 3, 2},
		{8, 1, 1},          /* interface */
		{8, UINT32_MAX, 1},
		{20, 29, 1},        /* captured: more than the block has */
		{20, UINT32_MAX, 1},
		{48, 0, 2},         /* length at the end */
		{48, 56, 2},
		{0, 0x0a0d0d0a, 1}, /* a section without byte order */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct file f;
		size_t at = three_packets(&f);
		struct seen s;

		put32(&f, at + cases[i].at, cases[i].v);
		s = read_file(&f);
		check(s.end == CAPFILE_DAMAGED && s.n == cases[i].frames);
		any_window_gives_the_same(&f);
	}
}

static void a_length_without_its_padding_is_taken(void **state)
{
	struct file f;
	size_t at;
	struct seen s;

	(void)state;
	begin(&f, false);
	section(&f);
	interface(&f, 1, 0, -1, 0);
	at = size(&f);
	enhanced(&f, 0, MICROS(1), 'a', 5, 5);
	put32(&f, at + 4, (uint32_t)(size(&f) - at - 3));
	put32(&f, size(&f) - 4, (uint32_t)(size(&f) - at - 3));
	enhanced(&f, 0, MICROS(2), 'b', 5, 5);
	s = read_file(&f);
	check(s.n == 2 && s.end == CAPFILE_END && s.last[1] == 'b');
}

static void options_of_an_interface_stay_in_it(void **state)
{
	static const uint16_t options[][2] = {
		{9, 0}, {9, 2}, {9, UINT16_MAX}, {14, 0}, {14, 4}, {0, 0},
		{14, UINT16_MAX}, {UINT16_MAX, UINT16_MAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		struct file f;
		size_t at;
		struct seen s;

		begin(&f, false);
		section(&f);
		at = block_begin(&f, 1);
		u16(&f, 1);
		u16(&f, 0);
		u32(&f, 0);
		u16(&f, options[i][0]);
		u16(&f, options[i][1]);
		fill(&f, 3, 4);
		block_end(&f, at);
		enhanced(&f, 0, MICROS(1), 'a', 1, 1);
		s = read_file(&f);
		check(s.n == 1 && s.frames[0].at == AT(1000));
	}
}

static void interfaces_have_a_limit(void **state)
{
	static struct file f;
	size_t n = 0;
	uint8_t *b = malloc((CAPFILE_INTERFACES + 8) * 64);
	struct seen s;

	(void)state;
	check(b);
	begin(&f, true);
	section(&f);
	memcpy(b, f.b, n = size(&f));
	begin(&f, true);
	interface(&f, 1, 0, -1, 0);
	for (int i = 0; i < CAPFILE_INTERFACES; i++, n += size(&f))
		memcpy(b + n, f.b, size(&f));
	check(read_all(b, n, SIZE_MAX).end == CAPFILE_END);
	memcpy(b + n, f.b, size(&f));
	s = read_all(b, n + size(&f), SIZE_MAX);
	check(s.end == CAPFILE_DAMAGED && s.offset == n);
	free(b);
}

static void a_block_longer_than_any_window_is_skipped(void **state)
{
	enum { HUGE = 3 << 20 };
	uint8_t *b = calloc(1, HUGE + 4096);
	static struct file f;
	size_t n;
	struct seen s;

	(void)state;
	check(b);
	begin(&f, false);
	section(&f);
	interface(&f, 1, 0, -1, 0);
	memcpy(b, f.b, n = size(&f));
	begin(&f, false);
	u32(&f, 10); /* TLS secrets */
	u32(&f, HUGE);
	memcpy(b + n, f.b, 8);
	n += HUGE;
	memcpy(b + n - 4, f.b + 4, 4);
	begin(&f, false);
	enhanced(&f, 0, MICROS(1), 'a', 1, 1);
	memcpy(b + n, f.b, size(&f));
	n += size(&f);
	s = read_all(b, n, 100000);
	check(s.n == 1 && s.end == CAPFILE_END);
	s = read_all(b, n - size(&f) - 1, 100000);
	check(s.n == 0 && s.end == CAPFILE_DAMAGED);
	free(b);
}

static void other_versions_of_pcapng_are_refused(void **state)
{
	struct file f;

	(void)state;
	begin(&f, true);
	section(&f);
	check(read_file(&f).end == CAPFILE_END);
	f.b[13] = 2;
	check(read_file(&f).end == CAPFILE_DAMAGED);
	f.b[13] = 1;
	f.b[15] = 2; /* minor: written by some, read by all */
	check(read_file(&f).end == CAPFILE_END);
}

static void a_section_is_known_by_its_first_bytes(void **state)
{
	struct file f;

	(void)state;
	begin(&f, false);
	section(&f);
	for (size_t n = 0; n < 12; n++)
		check(!capfile_sniff(f.b, n));
	check(capfile_sniff(f.b, 12));
	f.b[8] ^= 1;
	check(!capfile_sniff(f.b, 12));
	begin(&f, true);
	section(&f);
	check(capfile_sniff(f.b, 12));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_and_interfaces_each_have_their_ways),
		cmocka_unit_test(every_resolution_is_understood),
		cmocka_unit_test(offsets_cannot_overflow_a_time),
		cmocka_unit_test(damage_keeps_what_was_before_it),
		cmocka_unit_test(a_length_without_its_padding_is_taken),
		cmocka_unit_test(options_of_an_interface_stay_in_it),
		cmocka_unit_test(interfaces_have_a_limit),
		cmocka_unit_test(a_block_longer_than_any_window_is_skipped),
		cmocka_unit_test(other_versions_of_pcapng_are_refused),
		cmocka_unit_test(a_section_is_known_by_its_first_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
