/* test_ja.c: JA3 and JA4 against the examples that their authors published. */
#include "capture/proto/ja.h"
#include "tests/unit/tls_bytes.h"

enum { COUNT_MAX = 200 };

/* What a hello is made of; every list may be empty. */
struct recipe {
	uint16_t version;
	uint16_t ciphers[COUNT_MAX], groups[8], signatures[16], versions[8];
	size_t ciphers_n, groups_n, signatures_n, versions_n;
	uint16_t types[COUNT_MAX]; /* of extensions, in their order */
	size_t types_n;
	const char *alpn;
	size_t alpn_n;
};

static void put_one(struct wr *w, const struct recipe *r, uint16_t type)
{
	uint8_t text[64];
	struct wr b = wr_init(text, sizeof text);

	switch (type) {
	case 0:
		put_sni(w, "mx.example.com");
		return;
	case 10: put_list16(&b, r->groups, r->groups_n); break;
	case 11: wr_be16(&b, 0x0100); break;
	case 13: put_list16(&b, r->signatures, r->signatures_n); break;
	case 16:
		wr_be16(&b, (uint16_t)(r->alpn_n + 1 + 4));
		wr_u8(&b, (uint8_t)r->alpn_n);
		wr_bytes(&b, r->alpn, r->alpn_n);
		wr_bytes(&b, "\3xyz", 4);
		break;
	case 43: put_list8(&b, r->versions, r->versions_n); break;
	default: wr_u8(&b, 0); break;
	}
	check(wr_ok(&b));
	put_extension(w, type, text, wr_used(&b));
}

static void fingerprint(const struct recipe *r, char a[TLS_JA],
	char b[TLS_JA])
{
	uint8_t text[4096], body[4096], *exact;
	struct wr x = wr_init(text, sizeof text);
	struct wr w = wr_init(body, sizeof body);
	struct tls_hello h;

	for (size_t i = 0; i < r->types_n; i++)
		put_one(&x, r, r->types[i]);
	put_client_hello(&w, r->version, r->ciphers, r->ciphers_n,
		r->types_n > 0 ? &x : NULL);
	check(wr_ok(&x) && wr_ok(&w));
	exact = exact_copy(body, wr_used(&w));
	check(tls_hello_client(exact, wr_used(&w), wr_used(&w), &h));
	ja3(&h, a);
	ja4(&h, b);
	/* All but the last byte: not whole. */
	check(tls_hello_client(exact, wr_used(&w) - 1, wr_used(&w), &h));
	if (r->types_n == 0 || r->types[r->types_n - 1] == 11) {
		char none[TLS_JA];

		ja3(&h, none);
		assert_string_equal(none, "");
		ja4(&h, none);
		assert_string_equal(none, "");
	}
	free(exact);
}

/* The two examples of the JA3 announcement. */
static void ja3_agrees_with_its_authors(void **state)
{
	struct recipe r = {
		.version = 0x0301,
		.ciphers = {47, 53, 5, 10, 49161, 49162, 49171, 49172, 50,
			56, 19, 4},
		.ciphers_n = 12,
		.types = {0, 10, 11}, .types_n = 3,
		.groups = {23, 24, 25}, .groups_n = 3,
	}, old = {
		.version = 0x0301,
		.ciphers = {4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99},
		.ciphers_n = 11,
	};
	char a[TLS_JA], b[TLS_JA];

	(void)state;
	fingerprint(&r, a, b);
	assert_string_equal(a, "ada70206e40642a3e4461f35503241d5");
	fingerprint(&old, a, b);
	assert_string_equal(a, "de350869b8c85de67a350c8d186f11e6");
	check(strncmp(b, "t10i110000_", 11) == 0);
	assert_string_equal(b + 23, "_000000000000");
}

/* The example of JA4's description, in another order and with GREASE. */
static void ja4_agrees_with_its_authors(void **state)
{
	struct recipe r = {
		.version = 0x0303,
		.ciphers = {0xfafa, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f,
			0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
			0x009c, 0x009d, 0x002f, 0x0035},
		.ciphers_n = 16,
		.types = {0xcaca, 0x001b, 0, 0x0033, 0x0010, 0x4469, 0x0017,
			0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b,
			0xff01, 0x000a, 0x000b, 0x0a0a, 0x0015},
		.types_n = 18,
		.signatures = {0x0403, 0x0804, 0x0401, 0x0503, 0x0805,
			0x0501, 0x0806, 0x0601},
		.signatures_n = 8,
		.versions = {0xbaba, 0x0303, 0x0304}, .versions_n = 3,
		.groups = {0xeaea, 29, 23, 24}, .groups_n = 4,
		.alpn = "h2", .alpn_n = 2,
	};
	char a[TLS_JA], b[TLS_JA];

	(void)state;
	fingerprint(&r, a, b);
	assert_string_equal(b, "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

static void alpn_is(const char *alpn, size_t n, const char *want)
{
	struct recipe r = {
		.version = 0x0302, .ciphers = {4}, .ciphers_n = 1,
		.types = {16}, .types_n = 1, .alpn = alpn, .alpn_n = n,
	};
	char a[TLS_JA], b[TLS_JA], start[16];

	fingerprint(&r, a, b);
	memcpy(start, b, 10);
	start[10] = '\0';
	assert_string_equal(start, want);
	/* An ALPN extension alone leaves nothing to hash. */
	assert_string_equal(b + 23, "_000000000000");
}

static void alpn_shows_its_ends(void **state)
{
	(void)state;
	alpn_is("smtp", 4, "t11i0101sp");
	alpn_is("x", 1, "t11i0101xx");
	alpn_is("", 0, "t11i010100");
	alpn_is("\xab", 1, "t11i0101ab");
	alpn_is("\x30\xab", 2, "t11i01013b");
	alpn_is("\xab\x31", 2, "t11i0101a1");
	alpn_is("\x1b[", 2, "t11i01011b");
	alpn_is("a-Z", 3, "t11i0101aZ");
	alpn_is("A-z", 3, "t11i0101Az");
	alpn_is("0-9", 3, "t11i010109");
}

static void counts_stop_at_99(void **state)
{
	struct recipe r = {.version = 0x0300, .ciphers_n = COUNT_MAX,
		.types_n = COUNT_MAX};
	char a[TLS_JA], b[TLS_JA];

	(void)state;
	for (uint16_t i = 0; i < COUNT_MAX; i++) {
		r.ciphers[i] = (uint16_t)(COUNT_MAX - i);
		r.types[i] = (uint16_t)(1000 + i);
	}
	fingerprint(&r, a, b);
	check(strncmp(b, "ts3i999900_", 11) == 0);
}

static void an_unknown_version_is_00(void **state)
{
	struct recipe r = {.version = 0x0303, .ciphers_n = 1,
		.types = {43}, .types_n = 1,
		.versions = {0x7f1c, 0x0303}, .versions_n = 2};
	char a[TLS_JA], b[TLS_JA];

	(void)state;
	fingerprint(&r, a, b);
	check(strncmp(b, "t00i010100_", 11) == 0);
}

/* As many suites as fit into what is kept of a hello have a fingerprint;
 * more than that do no harm. */
static void a_hello_full_of_suites_fits(void **state)
{
	static uint16_t ciphers[2000];
	static uint8_t body[8192];
	char a[TLS_JA], b[TLS_JA];
	struct tls_hello h;

	(void)state;
	for (uint16_t i = 0; i < 2000; i++)
		ciphers[i] = (uint16_t)(0x8000 + i);
	for (size_t n = 1250; n <= 2000; n += 150) {
		struct wr w = wr_init(body, sizeof body);

		put_client_hello(&w, 0x0303, ciphers, n, NULL);
		check(wr_ok(&w) && tls_hello_client(body, wr_used(&w),
			wr_used(&w), &h));
		ja3(&h, a);
		ja4(&h, b);
		check(strlen(a) == 32 && strlen(b) == 36);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ja3_agrees_with_its_authors),
		cmocka_unit_test(ja4_agrees_with_its_authors),
		cmocka_unit_test(alpn_shows_its_ends),
		cmocka_unit_test(counts_stop_at_99),
		cmocka_unit_test(an_unknown_version_is_00),
		cmocka_unit_test(a_hello_full_of_suites_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
