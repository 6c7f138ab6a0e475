/* test_tls_hello.c: what the parsers of hellos make of odd ones. */
#include "capture/proto/tls_hello.h"
#include "tests/unit/tls_bytes.h"

enum { CAP = 4096 };

static const uint16_t CIPHERS[] = {0x1301};

/* A ClientHello around the extensions, of which the last cut bytes are not
 * there. It borrows from the buffer. */
static struct tls_hello client(uint8_t b[CAP], const struct wr *x, size_t cut)
{
	struct wr w = wr_init(b, CAP);
	struct tls_hello h;

	put_client_hello(&w, 0x0303, CIPHERS, 1, x);
	check(wr_ok(x) && wr_ok(&w));
	check(tls_hello_client(b, wr_used(&w) - cut, wr_used(&w), &h));
	return h;
}

static void the_first_dns_name_counts(void **state)
{
	static const char list[] = "\0\x0e\1\0\1x\0\0\2mx\0\0\2no";
	static const char only[] = "\0\4\1\0\1x";
	uint8_t b[CAP], text[CAP];
	struct wr x = wr_init(text, sizeof text);
	struct tls_hello h;

	(void)state;
	put_extension(&x, 0, list, sizeof list - 1);
	put_sni(&x, "second");
	h = client(b, &x, 0);
	check(h.whole && h.has_sni && rd_left(&h.host) == 2);
	check(memcmp(h.host.p, "mx", 2) == 0);

	x = wr_init(text, sizeof text);
	put_extension(&x, 0, only, sizeof only - 1);
	h = client(b, &x, 0);
	check(h.whole && h.has_sni && rd_left(&h.host) == 0);
}

static void equal_extensions_are_counted_once(void **state)
{
	uint8_t b[CAP], text[CAP];
	struct wr x = wr_init(text, sizeof text);
	struct tls_hello h;

	(void)state;
	put_extension(&x, 43, "\2\3\4", 3);
	put_extension(&x, 43, "\2\3\3", 3);
	h = client(b, &x, 0);
	check(h.whole && tls_hello_highest(&h) == 0x0304);
	/* One whose list is longer than itself counts for nothing. */
	x = wr_init(text, sizeof text);
	put_extension(&x, 43, "\4\3\4", 3);
	h = client(b, &x, 0);
	check(tls_hello_highest(&h) == 0x0303);
}

/* JA needs the types of all extensions, but the content of a few only. */
static void a_cut_extension_may_be_dispensable(void **state)
{
	static const uint16_t needed[] = {10, 11, 13, 16, 43};
	static const uint16_t other[] = {0, 5, 21, 35, 41, 51};
	uint8_t b[CAP], text[CAP], zeroes[40] = {0};
	struct tls_hello h;

	(void)state;
	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
		struct wr x = wr_init(text, sizeof text);

		put_extension(&x, other[i], zeroes, sizeof zeroes);
		for (size_t cut = 0; cut <= sizeof zeroes; cut++) {
			h = client(b, &x, cut);
			check(h.whole);
		}
		h = client(b, &x, sizeof zeroes + 1);
		check(!h.whole);
	}
	for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
		struct wr x = wr_init(text, sizeof text);

		put_extension(&x, needed[i], zeroes, sizeof zeroes);
		h = client(b, &x, 1);
		check(!h.whole);
	}
}

static void lengths_that_disagree_are_not_whole(void **state)
{
	uint8_t b[CAP], text[CAP];
	struct wr x = wr_init(text, sizeof text), w;
	struct tls_hello h;

	(void)state;
	put_extension(&x, 23, "", 0);
	wr_bytes(&x, "\0\1\0", 3); /* no room for a header */
	h = client(b, &x, 0);
	check(!h.whole);

	x = wr_init(text, sizeof text);
	put_extension(&x, 23, "", 0);
	w = wr_init(b, sizeof b);
	put_client_hello(&w, 0x0303, CIPHERS, 1, &x);
	wr_u8(&w, 0); /* a byte behind the extensions */
	check(tls_hello_client(b, wr_used(&w), wr_used(&w), &h) && !h.whole);
}

static void other_versions_are_refused(void **state)
{
	uint8_t b[CAP];
	struct wr w = wr_init(b, sizeof b);
	struct tls_hello c;
	struct tls_server_hello s;

	(void)state;
	put_client_hello(&w, 0x0203, CIPHERS, 1, NULL);
	check(!tls_hello_client(b, wr_used(&w), wr_used(&w), &c));
	w = wr_init(b, sizeof b);
	put_server_hello(&w, 0x0203, 0x1301, 0, NULL);
	check(!tls_hello_server(b, wr_used(&w), wr_used(&w), &s));
}

static void a_server_hello_may_have_no_extensions(void **state)
{
	uint8_t b[CAP];
	struct wr w = wr_init(b, sizeof b);
	struct tls_server_hello h;

	(void)state;
	put_server_hello(&w, 0x0303, 0xc030, 0, NULL);
	for (size_t n = 0; n < 38; n++) {
		uint8_t *exact = exact_copy(b, n);

		check(!tls_hello_server(exact, n, 38, &h));
		free(exact);
	}
	check(tls_hello_server(b, 38, 38, &h));
	check(h.version == 0x0303 && h.cipher == 0xc030);
	check(!h.encrypt_then_mac && !h.retry);
}

/* Cut off may be what tells TLS 1.3 from 1.2; what is older is sure. */
static void a_cut_server_hello_does_not_guess(void **state)
{
	uint8_t b[CAP];
	struct wr w = wr_init(b, sizeof b);
	struct tls_server_hello h;

	(void)state;
	put_server_hello(&w, 0x0303, 0x1302, 0x0304, NULL);
	check(tls_hello_server(b, 40, wr_used(&w), &h) && h.version == 0);
	check(tls_hello_server(b, 46, wr_used(&w), &h));
	check(h.version == 0x0304);
	b[1] = 1;
	check(tls_hello_server(b, 40, wr_used(&w), &h));
	check(h.version == 0x0301);
}

static void grease_is_sixteen_values(void **state)
{
	unsigned n = 0;

	(void)state;
	for (unsigned v = 0; v <= 0xffff; v++)
		n += tls_is_grease((uint16_t)v);
	check(n == 16 && tls_is_grease(0x0a0a) && tls_is_grease(0xfafa));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_dns_name_counts),
		cmocka_unit_test(equal_extensions_are_counted_once),
		cmocka_unit_test(a_cut_extension_may_be_dispensable),
		cmocka_unit_test(lengths_that_disagree_are_not_whole),
		cmocka_unit_test(other_versions_are_refused),
		cmocka_unit_test(a_server_hello_may_have_no_extensions),
		cmocka_unit_test(a_cut_server_hello_does_not_guess),
		cmocka_unit_test(grease_is_sixteen_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
