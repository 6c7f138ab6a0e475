/* test_dns.c: names of DNS, from honest and from hostile messages. */
#include "capture/proto/dns.h"
#include "tests/unit/check.h"

enum { CAP = 4096, HEADER = 12 };

/* An answer to "mail.example.com A": an alias, an address, a pointer, a mail
 * exchanger, a service, and a text that is passed over. */
static const uint8_t ANSWER[] =
	"\x12\x34\x81\x80\0\1\0\6\0\0\0\0"
	"\4mail\7example\3com\0\0\1\0\1"
	"\xc0\x0c\0\5\0\1\0\0\1\x2c\0\7\4smtp\xc0\x11"
	"\xc0\x2e\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\x19"
	"\xc0\x0c\0\x10\0\1\0\0\1\x2c\0\3\2hi"
	"\xc0\x11\0\x0f\0\1\0\0\1\x2c\0\4\0\x0a\xc0\x0c"
	"\2_x\xc0\x11\0\x21\x80\1\0\0\1\x2c\0\x08\0\0\0\0\0\x19\xc0\x0c"
	"\xc0\x2e\0\x1c\0\1\0\0\1\x2c\0\x10"
	"\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x19";

static const char *text(const struct dns_name *name)
{
	static char out[TEXT_MAX];

	dns_name_text(name, out);
	return out;
}

static void an_answer_is_read_from_front_to_back(void **state)
{
	size_t n = sizeof ANSWER - 1;
	uint8_t *exact = exact_copy(ANSWER, n);
	struct dns_question q;
	struct dns_record r;
	struct dns d;

	(void)state;
	check(dns_open(&d, exact, n) && d.response && d.opcode == 0);
	check(dns_question(&d, &q) && q.type == DNS_A);
	assert_string_equal(text(&q.name), "mail.example.com");
	check(!dns_question(&d, &q));
	check(dns_record(&d, &r) && r.type == DNS_CNAME);
	assert_string_equal(text(&r.target), "smtp.example.com");
	check(dns_record(&d, &r) && r.type == DNS_A && r.addr.b[3] == 25);
	assert_string_equal(text(&r.name), "smtp.example.com");
	check(r.section == DNS_ANSWER && r.target.n == 0);
	check(dns_record(&d, &r) && r.type == DNS_MX && !r.addr.family);
	assert_string_equal(text(&r.name), "example.com");
	assert_string_equal(text(&r.target), "mail.example.com");
	check(dns_record(&d, &r) && r.type == DNS_SRV);
	assert_string_equal(text(&r.name), "_x.example.com");
	assert_string_equal(text(&r.target), "mail.example.com");
	check(dns_record(&d, &r) && r.type == DNS_AAAA && r.addr.family == 6);
	check(!dns_record(&d, &r));
	free(exact);
}

/* CHAOS, and an address of three bytes. */
static void what_is_no_record_of_ours_is_passed_over(void **state)
{
	static const uint8_t said[] = "\0\1\x81\x80\0\0\0\3\0\0\0\0"
		"\1a\0\0\1\0\3\0\0\0\0\0\4\x0a\0\0\1"
		"\1a\0\0\1\0\1\0\0\0\0\0\3\x0a\0\0"
		"\1a\0\0\1\0\1\0\0\0\0\0\4\x0a\0\0\2";
	struct dns_record r;
	struct dns d;

	(void)state;
	check(dns_open(&d, said, sizeof said - 1));
	check(dns_record(&d, &r) && r.addr.b[3] == 2 && !dns_record(&d, &r));
}

/* All that can be read; how many records. */
static size_t read_all(const uint8_t *p, size_t n)
{
	uint8_t *exact = exact_copy(p, n);
	struct dns_record r;
	struct dns d;
	size_t records = 0;

	if (dns_open(&d, exact, n))
		while (dns_record(&d, &r))
			records++;
	free(exact);
	return records;
}

static void every_truncation_gives_what_is_there(void **state)
{
	size_t before = 0;

	(void)state;
	for (size_t n = 0; n < sizeof ANSWER - 1; n++) {
		size_t got = read_all(ANSWER, n);

		check(got >= before && got < 5);
		before = got;
	}
	check(read_all(ANSWER, sizeof ANSWER - 1) == 5);
}

/* Counts and lengths at their ends: each byte at 0, and at its maximum. */
static void every_length_may_lie(void **state)
{
	uint8_t b[sizeof ANSWER - 1];

	(void)state;
	for (size_t i = 4; i < sizeof b; i++) {
		memcpy(b, ANSWER, sizeof b);
		b[i] = 0;
		check(read_all(b, sizeof b) <= 6);
		b[i] = 0xff;
		check(read_all(b, sizeof b) <= 6);
		b[i] = 0xc0;
		check(read_all(b, sizeof b) <= 6);
	}
}

static bool reads(const uint8_t *p, size_t n, size_t at, struct dns_name *out,
	size_t *used)
{
	uint8_t *exact = exact_copy(p, n);
	struct rd message = rd_init(exact, n), r = message;
	bool ok;

	rd_skip(&r, at);
	ok = dns_name_read(&message, &r, out);
	check(ok == rd_ok(&r));
	*used = (size_t)(r.p - message.p);
	free(exact);
	return ok;
}

static void pointers_lead_back_and_never_round(void **state)
{
	struct dns_name name;
	size_t used;

	(void)state;
	check(reads((const uint8_t *)"\1a\0\1b\xc0\0", 7, 3, &name, &used));
	check(used == 7 && name.n == 4);
	/* To itself, forward, round in two steps, out of the message. */
	check(!reads((const uint8_t *)"\xc0\0", 2, 0, &name, &used));
	check(!reads((const uint8_t *)"\xc0\2\1a\0", 5, 0, &name, &used));
	check(!reads((const uint8_t *)"\1a\xc0\4\1b\xc0\0", 8, 4, &name,
		&used));
	check(!reads((const uint8_t *)"\1a\xc0\0", 4, 0, &name, &used));
	check(!reads((const uint8_t *)"\0\xff\xff", 3, 1, &name, &used));
	check(!reads((const uint8_t *)"\0\xc0", 2, 1, &name, &used));
	/* Neither a length nor a pointer (RFC 6891, 5). */
	check(!reads((const uint8_t *)"\x41" "aaaa", 5, 0, &name, &used));
	check(!reads((const uint8_t *)"\x80\0", 2, 0, &name, &used));
}

/* A message of pointers that each lead to the one before. */
static void a_chain_of_pointers_is_bounded(void **state)
{
	uint8_t b[CAP] = {0};
	struct dns_name name;
	size_t used, n = 2;

	(void)state;
	for (; n < CAP; n += 2) {
		b[n] = (uint8_t)(0xc0 | (n - 2) >> 8);
		b[n + 1] = (uint8_t)(n - 2);
	}
	check(reads(b, CAP, 100, &name, &used) && name.n == 0);
	check(!reads(b, CAP, CAP - 2, &name, &used));
}

static void a_name_has_255_bytes_and_no_more(void **state)
{
	struct dns_name name;
	uint8_t b[300] = {0};
	size_t used;

	(void)state;
	for (size_t at = 0; at < 256; at += 64)
		b[at] = 63;
	/* Three of 63, one of 61, and the root: 255. */
	b[192] = 61;
	check(reads(b, 255, 0, &name, &used) && name.n == 254 && used == 255);
	b[192] = 62;
	check(!reads(b, 256, 0, &name, &used));
}

static void dots_and_controls_in_a_label_are_no_dots(void **state)
{
	struct dns_name name = {.n = 11};
	char out[TEXT_MAX];

	(void)state;
	memcpy(name.b, "\4a.b\\\5c\033\xff.d", 11);
	dns_name_text(&name, out);
	assert_string_equal(out, "a\\.b\\\\.c<ESC><FF>\\.d");
	name.n = 0;
	dns_name_text(&name, out);
	assert_string_equal(out, "");
	name.n = DNS_NAME_MAX - 1;
	for (size_t i = 0; i < name.n; i++)
		name.b[i] = i % 64 == 0 ? 63 : '.';
	name.b[192] = 61;
	dns_name_text(&name, out);
	check(strlen(out) < TEXT_MAX && strlen(out) > TEXT_MAX - 8);
}

static bool reverse(const char *p, size_t n, char out[ADDR_TEXT])
{
	struct dns_name name = {.n = (uint8_t)n};
	struct addr a;

	memcpy(name.b, p, n);
	if (!dns_reverse(&name, &a))
		return false;
	addr_format(&a, out);
	return true;
}

static void reverse_names_are_addresses(void **state)
{
	char v6[80] = "", out[ADDR_TEXT];

	(void)state;
	check(reverse("\2" "31\1" "4\2" "20\2" "10\7IN-ADDR\4arpa", 24, out));
	assert_string_equal(out, "10.20.4.31");
	check(!reverse("\3" "256\1" "4\2" "20\2" "10\7in-addr\4arpa", 25, out));
	check(!reverse("\1" "4\2" "20\2" "10\7in-addr\4arpa", 21, out));
	check(!reverse("\2" "31\1" "4\2" "20\2" "10\7in-addr\4ARPX", 24, out));
	check(!reverse("\1x\1" "4\2" "20\2" "10\7in-addr\4arpa", 23, out));
	for (int i = 0; i < 32; i++)
		memcpy(v6 + 2 * i, i == 0 ? "\1F" : "\1" "0", 2);
	memcpy(v6 + 62, "\1" "2", 2);
	memcpy(v6 + 64, "\3ip6\4arpa", 9);
	check(reverse(v6, 73, out));
	assert_string_equal(out, "2000::f");
	check(!reverse(v6 + 2, 71, out));
	check(!reverse("", 0, out));
}

static void upper_and_lower_case_are_one(void **state)
{
	struct dns_name a = {4, "\3Abc"}, b = {4, "\3aBC"}, c = {4, "\3abd"};

	(void)state;
	check(dns_name_equal(&a, &b) && !dns_name_equal(&a, &c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_read_from_front_to_back),
		cmocka_unit_test(what_is_no_record_of_ours_is_passed_over),
		cmocka_unit_test(every_truncation_gives_what_is_there),
		cmocka_unit_test(every_length_may_lie),
		cmocka_unit_test(pointers_lead_back_and_never_round),
		cmocka_unit_test(a_chain_of_pointers_is_bounded),
		cmocka_unit_test(a_name_has_255_bytes_and_no_more),
		cmocka_unit_test(dots_and_controls_in_a_label_are_no_dots),
		cmocka_unit_test(reverse_names_are_addresses),
		cmocka_unit_test(upper_and_lower_case_are_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
