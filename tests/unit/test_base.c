/* test_base.c: bytes, text, addresses, hash, pool, base64. */
#include "capture/base/addr.h"
#include "capture/base/base64.h"
#include "capture/base/bytes.h"
#include "capture/base/err.h"
#include "capture/base/hash.h"
#include "capture/base/pool.h"
#include "capture/base/text.h"
#include "tests/unit/check.h"

static void a_bad_read_is_bad_for_good(void **state)
{
	uint8_t *b = exact_copy("\x01\x02\x03", 3);
	struct rd r = rd_init(b, 3);

	(void)state;
	check(rd_be16(&r) == 0x0102);
	check(rd_be16(&r) == 0);
	check(!rd_ok(&r) && rd_left(&r) == 0);
	check(rd_u8(&r) == 0);
	free(b);
}

static void a_fence_confines_its_child(void **state)
{
	uint8_t *b = exact_copy("\x01\x02\x03\x04", 4);
	struct rd r = rd_init(b, 4), child = rd_sub(&r, 2), none;

	(void)state;
	check(rd_be32(&child) == 0 && !rd_ok(&child));
	check(rd_ok(&r) && rd_left(&r) == 2);
	none = rd_sub(&r, 3);
	check(!rd_ok(&none) && !rd_ok(&r));
	none = rd_init(NULL, 0);
	check(rd_ok(&none) && rd_left(&none) == 0);
	free(b);
}

static void integers_have_their_byte_order(void **state)
{
	static const uint8_t b[] = {1, 2, 3, 4, 5, 6, 7, 8};
	struct rd r = rd_init(b, 8);

	(void)state;
	check(rd_be64(&r) == 0x0102030405060708);
	r = rd_init(b, 8);
	check(rd_le64(&r) == 0x0807060504030201);
	r = rd_init(b, 8);
	check(rd_be24(&r) == 0x010203 && rd_le16(&r) == 0x0504);
}

static void a_builder_never_overruns(void **state)
{
	uint8_t *b = exact_copy("....", 4);
	struct wr w = wr_init(b, 4);

	(void)state;
	wr_be16(&w, 0x0102);
	wr_be32(&w, 0x03040506);
	check(!wr_ok(&w));
	wr_u8(&w, 9);
	check(!wr_ok(&w));
	free(b);
}

static void cleans(const char *in, size_t n, const char *want)
{
	char out[TEXT_MAX];

	check(text_clean(out, sizeof out, in, n) == strlen(want));
	assert_string_equal(out, want);
	check(text_is_clean(out, strlen(out)));
}

static void wire_text_becomes_visible(void **state)
{
	(void)state;
	cleans("RNP002673A5A8F3", 15, "RNP002673A5A8F3");
	cleans("\033]0;x\007", 6, "<ESC>]0;x<07>");
	cleans("a\0b", 3, "a<00>b");
	cleans("\xff\xc0\xaf", 3, "<FF><C0><AF>");
	cleans("\xc2\x9b" "31m", 5, "<9B>31m");
	cleans("\xe2\x80\xae" "cod", 6, "<U+202E>cod");
	cleans("\xe2\x80\x8b", 3, "<U+200B>");
	cleans("b\xc3\xbcro", 5, "b\xc3\xbcro");
	cleans("\xed\xa0\x80", 3, "<ED><A0><80>");
	cleans("\xf4\x90\x80\x80", 4, "<F4><90><80><80>");
	cleans("\xf3\xa0\x81\x81", 4, "<U+0E0041>");
}

static void ten_thousand_marks_become_five(void **state)
{
	char in[1 + 2 * 10000], out[TEXT_MAX];

	(void)state;
	in[0] = 'a';
	for (size_t i = 1; i < sizeof in; i += 2)
		memcpy(in + i, "\xcc\x81", 2);
	check(text_clean(out, sizeof out, in, sizeof in) == 1 + 8 + 5);
	check(text_is_clean(out, strlen(out)));
}

static void long_text_ends_whole(void **state)
{
	char in[64], out[64];

	(void)state;
	memset(in, '\033', sizeof in);
	for (size_t cap = 1; cap < sizeof out; cap++) {
		size_t n = text_clean(out, cap, in, sizeof in);

		check(n < cap && n == strlen(out));
		check(text_is_clean(out, n));
		if (cap > 3)
			assert_string_equal(out + n - 3, "\xe2\x80\xa6");
	}
	check(text_clean(out, 5, "abcd", 4) == 4);
	assert_string_equal(out, "abcd");
}

static void dirty_text_is_known(void **state)
{
	(void)state;
	check(!text_is_clean("a\nb", 3));
	check(!text_is_clean("\x9b", 1));
	check(!text_is_clean("\xe2\x80", 2));
}

static void addresses_read_and_write(void **state)
{
	struct addr a, b;
	char text[ADDR_TEXT];
	static const char *const spellings[] = {
		"00:26:73:a5:a8:f3", "00-26-73-A5-A8-F3", "0026.73a5.a8f3",
		"002673a5A8F3"};
	static const char *const none[] = {
		"", "0", "00:", "00:26:73:a5:a8", "00:26:73:a5:a8:f",
		"00:26:73:a5:a8:f3:", "00:26:73-a5:a8:f3", "0026.73a5",
		"00:26:73:a5:a8:g3", "002673a5a8f34", "....", "10.20.4.31"};
	struct mac m = {{0, 0x26, 0x73, 0xa5, 0xa8, 0xf3}};
	char mac[MAC_TEXT];

	(void)state;
	check(addr_parse("10.20.4.31", &a) && addr_is_private(&a));
	assert_string_equal(addr_format(&a, text), "10.20.4.31");
	check(addr_parse("2001:db8::1", &b) && !addr_is_private(&b));
	assert_string_equal(addr_format(&b, text), "2001:db8::1");
	check(!addr_equal(&a, &b) && !addr_parse("10.20.4", &a));
	assert_string_equal(mac_format(&m, mac), "00:26:73:a5:a8:f3");
	check(!mac_is_local(&m) && !mac_is_group(&m) && !mac_is_zero(&m));
	for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
		struct mac same;

		check(mac_parse(spellings[i], &same) &&
			memcmp(&same, &m, sizeof m) == 0);
	}
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		check(!mac_parse(none[i], &m));
}

/* The vectors of the SipHash paper, appendix A. */
static void siphash_agrees_with_its_paper(void **state)
{
	uint8_t key[16], in[15];

	(void)state;
	for (uint8_t i = 0; i < 16; i++)
		key[i] = i;
	for (uint8_t i = 0; i < 15; i++)
		in[i] = i;
	check(hash_sip(key, in, 15) == 0xa129ca6149be45e5);
	check(hash_sip(key, in, 0) == 0x726fdb47dd0e0e31);
}

static void a_pool_gives_back_what_it_wiped(void **state)
{
	enum { N = 3, SIZE = 40 };
	void *mem = calloc(1, pool_bytes(SIZE, N)), *o[N];
	static const char zero[SIZE];
	struct pool p;

	(void)state;
	pool_init(&p, mem, SIZE, N);
	for (int i = 0; i < N; i++) {
		o[i] = pool_get(&p);
		check(o[i] && memcmp(o[i], zero, SIZE) == 0);
		memset(o[i], 'x', SIZE);
	}
	check(!pool_get(&p) && p.used == N);
	pool_put(&p, o[1]);
	pool_put(&p, NULL);
	check(pool_get(&p) == o[1] && memcmp(o[1], zero, SIZE) == 0);
	free(mem);
}

static void base64_stops_where_told(void **state)
{
	static const char in[] = "c2NhbkBjb250b3NvLmNvbQ==";
	struct base64 b = {0};
	char out[32];
	size_t n = 0;
	uint8_t byte;

	(void)state;
	for (const char *p = in; *p; p++)
		if (base64_push(&b, (uint8_t)*p, &byte))
			out[n++] = (char)byte;
	check(n == 16 && memcmp(out, "scan@contoso.com", 16) == 0 && !b.bad);
	check(!base64_push(&b, 'A', &byte) && b.bad);
	b = (struct base64){0};
	check(!base64_push(&b, ' ', &byte) && b.bad);
}

static void errors_are_safe_to_print(void **state)
{
	struct err e = {0};

	(void)state;
	check(!err_set(&e, ERR_USAGE, "cannot open '%s'", "\033[2J"));
	assert_string_equal(e.text, "cannot open '<ESC>[2J'");
	check(e.kind == ERR_USAGE && !err_set(NULL, ERR_RUN, "x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bad_read_is_bad_for_good),
		cmocka_unit_test(a_fence_confines_its_child),
		cmocka_unit_test(integers_have_their_byte_order),
		cmocka_unit_test(a_builder_never_overruns),
		cmocka_unit_test(wire_text_becomes_visible),
		cmocka_unit_test(ten_thousand_marks_become_five),
		cmocka_unit_test(long_text_ends_whole),
		cmocka_unit_test(dirty_text_is_known),
		cmocka_unit_test(addresses_read_and_write),
		cmocka_unit_test(siphash_agrees_with_its_paper),
		cmocka_unit_test(a_pool_gives_back_what_it_wiped),
		cmocka_unit_test(base64_stops_where_told),
		cmocka_unit_test(errors_are_safe_to_print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
