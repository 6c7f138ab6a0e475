/* test_x509.c: names and dates of certificates, and hostile ones. */
#include "capture/proto/x509.h"
#include "tests/unit/tls_bytes.h"

enum { CAP = 16384 };

static size_t simple(uint8_t *der, const char *cn, const char *end,
	const char *const *names, size_t n)
{
	return make_certificate(der, CAP, cn, NID_organizationName,
		"Contoso CA", end, names, n);
}

static void a_certificate_says_who_and_until_when(void **state)
{
	static const char *const names[] = {"mx.example.com",
		"*.mail.example.com"};
	uint8_t der[CAP], *exact;
	struct tls_certificate c;
	size_t n = simple(der, "mx.example.com", "20271231235959Z", names, 2);

	(void)state;
	exact = exact_copy(der, n);
	check(x509_read(exact, n, &c));
	assert_string_equal(c.cn, "mx.example.com");
	assert_string_equal(c.issuer, "Contoso CA");
	check(c.names_n == 2);
	assert_string_equal(c.names[0], "mx.example.com");
	assert_string_equal(c.names[1], "*.mail.example.com");
	check(c.not_after == 1830297599);
	free(exact);
}

static void an_issuer_has_a_common_name_first(void **state)
{
	uint8_t der[CAP];
	struct tls_certificate c;
	size_t n = make_certificate(der, CAP, "x", NID_commonName, "CA 1",
		"20271231235959Z", NULL, 0);

	(void)state;
	check(x509_read(der, n, &c));
	assert_string_equal(c.issuer, "CA 1");
}

static void a_subject_needs_no_common_name(void **state)
{
	static const char *const names[] = {"mx.example.com"};
	uint8_t der[CAP];
	struct tls_certificate c;
	size_t n = simple(der, NULL, "20271231235959Z", names, 1);

	(void)state;
	check(x509_read(der, n, &c));
	assert_string_equal(c.cn, "");
	check(c.names_n == 1);
}

/* The outer SEQUENCE: a SET, and the tag of another class. */
static void what_is_no_sequence_is_refused(void **state)
{
	static const uint8_t tags[] = {0x31, 0x70};
	uint8_t der[CAP];
	struct tls_certificate c;
	size_t n = simple(der, "x", "20271231235959Z", NULL, 0);

	(void)state;
	for (size_t i = 0; i < sizeof tags; i++) {
		der[0] = tags[i];
		check(!x509_read(der, n, &c));
	}
}

static void end_is(const char *end, int64_t want)
{
	uint8_t der[CAP];
	struct tls_certificate c;
	size_t n = simple(der, "x", end, NULL, 0);

	check(x509_read(der, n, &c));
	assert_int_equal(c.not_after, want);
}

static void dates_are_counted_over_leap_years(void **state)
{
	(void)state;
	end_is("700101000000Z", 0);
	end_is("19700101000001Z", 1);
	end_is("000229120000Z", 951825600);
	end_is("000301000000Z", 951868800);
	end_is("491231235959Z", 2524607999);
	end_is("500101000000Z", -631152000); /* RFC 5280: 1950 */
	end_is("20500101000000Z", 2524608000);
	end_is("21000301000000Z", 4107542400);
	end_is("99991231235959Z", 253402300799);
}

/* mx.example.com<NUL>.evil.example is the oldest trick. */
static void names_are_cleaned(void **state)
{
	static const char *const names[] = {"mx.example.com|.evil.example",
		"\033]0;x", ""};
	uint8_t der[CAP];
	struct tls_certificate c;
	size_t n = simple(der, "a\033[2Jb\xe2\x80\xae", "700101000000Z",
		names, 3);

	(void)state;
	check(x509_read(der, n, &c) && c.names_n == 3);
	assert_string_equal(c.cn, "a<ESC>[2Jb<U+202E>");
	assert_string_equal(c.names[0], "mx.example.com<00>.evil.example");
	assert_string_equal(c.names[1], "<ESC>]0;x");
	assert_string_equal(c.names[2], "");
}

static void too_many_names_are_left_out(void **state)
{
	const char *names[TLS_NAMES + 5];
	uint8_t der[CAP];
	struct tls_certificate c;
	size_t n;

	(void)state;
	for (size_t i = 0; i < TLS_NAMES + 5; i++)
		names[i] = "mx.example.com";
	n = simple(der, "x", "700101000000Z", names, TLS_NAMES + 5);
	check(x509_read(der, n, &c) && c.names_n == TLS_NAMES);
}

/* Cut behind the subject it still has a name; before, it is none. */
static void what_is_cut_off_is_not_told(void **state)
{
	static const char *const names[] = {"mx.example.com"};
	uint8_t der[CAP];
	size_t n = simple(der, "mx.example.com", "20271231235959Z", names, 1);
	struct tls_certificate c;
	bool read = false;

	(void)state;
	for (size_t cut = 0; cut <= n; cut++) {
		uint8_t *exact = exact_copy(der, cut);
		bool now = x509_read(exact, cut, &c);

		check(now || !read);
		read = now;
		if (read) {
			assert_string_equal(c.cn, "mx.example.com");
			check(c.not_after == 1830297599);
			check(c.names_n <= 1);
		}
		free(exact);
	}
	check(read && c.names_n == 1);
}

static void any_byte_may_be_0_or_at_its_maximum(void **state)
{
	static const char *const names[] = {"mx.example.com"};
	static const uint8_t values[] = {0, 0x7f, 0x80, 0x84, 0xff};
	uint8_t der[CAP];
	size_t n = simple(der, "mx.example.com", "20271231235959Z", names, 1);
	struct tls_certificate c;

	(void)state;
	for (size_t at = 0; at < n; at++)
		for (size_t v = 0; v < sizeof values; v++) {
			uint8_t *bad = exact_copy(der, n);

			bad[at] = values[v];
			x509_read(bad, n, &c);
			free(bad);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_says_who_and_until_when),
		cmocka_unit_test(an_issuer_has_a_common_name_first),
		cmocka_unit_test(a_subject_needs_no_common_name),
		cmocka_unit_test(what_is_no_sequence_is_refused),
		cmocka_unit_test(dates_are_counted_over_leap_years),
		cmocka_unit_test(names_are_cleaned),
		cmocka_unit_test(too_many_names_are_left_out),
		cmocka_unit_test(what_is_cut_off_is_not_told),
		cmocka_unit_test(any_byte_may_be_0_or_at_its_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
