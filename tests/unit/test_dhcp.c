/* test_dhcp.c: names that devices give themselves, and their addresses. */
#include "capture/proto/dhcp.h"
#include "capture/base/bytes.h"
#include "tests/unit/check.h"

enum { SNAME_AT = 44, FILE_AT = 108, OPTIONS_AT = 240, CAP = 4096 };

static const uint8_t MAC[] = {0, 0x26, 0x73, 0xa5, 0xa8, 0xf3};

/* A message up to its options. */
static struct wr begin(uint8_t b[CAP], uint8_t op, uint32_t ciaddr,
	uint32_t yiaddr)
{
	static const uint8_t zero[FILE_AT + 128];
	struct wr w = wr_init(b, CAP);

	wr_bytes(&w, (uint8_t[]){op, 1, 6, 0}, 4);
	wr_bytes(&w, zero, 8);
	wr_be32(&w, ciaddr);
	wr_be32(&w, yiaddr);
	wr_bytes(&w, zero, 8);
	wr_bytes(&w, MAC, sizeof MAC);
	wr_bytes(&w, zero, 10 + 64 + 128);
	wr_be32(&w, 0x63825363);
	check(wr_used(&w) == OPTIONS_AT);
	return w;
}

static void option(struct wr *w, uint8_t type, const void *p, size_t n)
{
	wr_u8(w, type);
	wr_u8(w, (uint8_t)n);
	wr_bytes(w, p, n);
}

static void message(struct wr *w, uint8_t type)
{
	option(w, 53, &type, 1);
}

static struct dhcp_facts parse(const struct wr *w)
{
	uint8_t *exact = exact_copy(w->begin, wr_used(w));
	struct dhcp_facts f;

	check(wr_ok(w));
	check(dhcp_parse(exact, wr_used(w), &f));
	check(memcmp(f.mac.b, MAC, sizeof MAC) == 0);
	free(exact);
	return f;
}

static const char *address(const struct dhcp_facts *f)
{
	static char text[ADDR_TEXT];

	return addr_format(&f->addr, text);
}

static void a_request_names_the_device(void **state)
{
	uint8_t b[CAP];
	struct wr w = begin(b, 1, 0, 0);
	struct dhcp_facts f;

	(void)state;
	message(&w, DHCP_REQUEST);
	wr_u8(&w, 0); /* padding */
	option(&w, 12, "RNP002673A5A8F3\0", 16);
	option(&w, 60, "Hewlett-Packard JetDirect", 25);
	option(&w, 81, "\0\0\0scan.example.com.", 20);
	option(&w, 50, "\x0a\x14\x04\x1f", 4);
	wr_u8(&w, 255);
	option(&w, 12, "behind the end", 14);
	f = parse(&w);
	check(f.message == DHCP_REQUEST && !f.leased);
	assert_string_equal(address(&f), "10.20.4.31");
	assert_string_equal(f.host, "RNP002673A5A8F3");
	assert_string_equal(f.class, "Hewlett-Packard JetDirect");
	assert_string_equal(f.fqdn, "scan.example.com");
	assert_string_equal(f.asked, "");
}

static void what_it_asks_for_is_a_list_of_numbers(void **state)
{
	uint8_t b[CAP], all[255];
	struct wr w = begin(b, 1, 0, 0);
	struct dhcp_facts f;
	size_t n;

	(void)state;
	message(&w, DHCP_DISCOVER);
	option(&w, 55, "\1\3\6\x0f\xfc\0", 6);
	f = parse(&w);
	assert_string_equal(f.asked, "1,3,6,15,252,0");
	memset(all, 255, sizeof all);
	w = begin(b, 1, 0, 0);
	option(&w, 55, all, sizeof all);
	f = parse(&w);
	n = strlen(f.asked);
	check(n == 64 * 4 - 1 && strcmp(f.asked + n - 4, ",255") == 0);
	w = begin(b, 1, 0, 0);
	option(&w, 55, all, 0);
	f = parse(&w);
	assert_string_equal(f.asked, "");
}

static void an_ack_binds(void **state)
{
	uint8_t b[CAP];
	struct wr w = begin(b, 2, 0, 0x0a14041f);
	struct dhcp_facts f;

	(void)state;
	message(&w, DHCP_ACK);
	option(&w, 12, "of the server", 13);
	wr_u8(&w, 255);
	f = parse(&w);
	check(f.leased);
	assert_string_equal(address(&f), "10.20.4.31");
	assert_string_equal(f.host, "");

	w = begin(b, 2, 0x0a140420, 0); /* answers DHCPINFORM */
	message(&w, DHCP_ACK);
	f = parse(&w);
	check(f.leased);
	assert_string_equal(address(&f), "10.20.4.32");
}

static void other_messages_bind_nothing(void **state)
{
	uint8_t b[CAP];

	(void)state;
	for (unsigned type = 1; type < 256; type++)
		for (uint8_t op = 1; op <= 2; op++) {
			struct wr w = begin(b, op, 0x0a140420, 0x0a14041f);
			struct dhcp_facts f;

			message(&w, (uint8_t)type);
			f = parse(&w);
			check(f.leased == (op == 2 && type == DHCP_ACK));
			check(f.message == type);
			check((f.addr.family != 0) == (f.leased || (op == 1 &&
				(type == DHCP_DISCOVER ||
				type == DHCP_REQUEST ||
				type == DHCP_INFORM))));
		}
}

static void bootp_binds_if_it_is_whole(void **state)
{
	uint8_t b[CAP];
	struct wr w = begin(b, 2, 0, 0x0a14041f);
	struct dhcp_facts f;

	(void)state;
	wr_u8(&w, 255);
	f = parse(&w);
	check(f.leased && f.message == DHCP_NONE);
	memset(b + OPTIONS_AT - 4, 0, 4); /* no cookie */
	f = parse(&w);
	check(f.leased);

	w = begin(b, 2, 0, 0x0a14041f);
	wr_bytes(&w, "\x36\4\x0a", 3); /* cut before the type is told */
	f = parse(&w);
	check(!f.leased && f.addr.family == 0);
}

/* RFC 3396: the pieces of an option, over three fields. */
static void split_options_are_joined(void **state)
{
	uint8_t b[CAP];
	struct wr w = begin(b, 1, 0, 0);
	struct dhcp_facts f;

	(void)state;
	option(&w, 12, "scan", 4);
	option(&w, 52, "\3", 1);
	message(&w, DHCP_DISCOVER);
	wr_u8(&w, 255);
	memcpy(b + FILE_AT, "\x0c\3ner\x34\1\0\xff", 9);
	memcpy(b + SNAME_AT, "\x0c\2-7\xff", 5);
	f = parse(&w);
	assert_string_equal(f.host, "scanner-7");

	b[OPTIONS_AT + 8] = 1; /* the file only */
	f = parse(&w);
	assert_string_equal(f.host, "scanner");
	b[OPTIONS_AT + 8] = 2;
	f = parse(&w);
	assert_string_equal(f.host, "scan-7");
}

static void fqdn_is(const char *raw, size_t n, const char *want)
{
	uint8_t b[CAP];
	struct wr w = begin(b, 1, 0, 0);
	struct dhcp_facts f;

	message(&w, DHCP_REQUEST);
	option(&w, 81, raw, n);
	f = parse(&w);
	assert_string_equal(f.fqdn, want);
}

static void an_fqdn_comes_in_two_forms(void **state)
{
	(void)state;
	fqdn_is("\4\0\0\4scan\7example\3com\0", 21, "scan.example.com");
	fqdn_is("\4\0\0\4scan\0\4more", 14, "scan");
	fqdn_is("\5\0\0\4scan", 8, "scan");
	fqdn_is("\4\0\0\5scan", 8, "");
	fqdn_is("\4\0\0\xc0\0", 5, "");
	fqdn_is("\4\0\0", 3, "");
	fqdn_is("\1\0\0scan", 7, "scan");
	fqdn_is("\0\0\0..", 5, "");
	fqdn_is("\0\0", 2, "");
	fqdn_is("\0\0\0a\033b", 6, "a<ESC>b");
}

static void a_label_has_63_bytes_at_most(void **state)
{
	char raw[3 + 1 + 64] = "\4\0\0\x3f", name[64];

	(void)state;
	memset(raw + 4, 'x', 64);
	memset(name, 'x', 63);
	name[63] = '\0';
	fqdn_is(raw, 4 + 63, name);
	raw[3] = 64;
	fqdn_is(raw, 4 + 64, "");
}

static void long_names_end_in_an_ellipsis(void **state)
{
	uint8_t b[CAP], name[255];
	struct wr w = begin(b, 1, 0, 0);
	struct dhcp_facts f;

	(void)state;
	memset(name, 'x', sizeof name);
	message(&w, DHCP_REQUEST);
	for (int i = 0; i < 3; i++) {
		option(&w, 12, name, sizeof name);
		option(&w, 60, name, sizeof name);
		option(&w, 81, name, sizeof name);
	}
	f = parse(&w);
	check(strlen(f.host) > 250 && strlen(f.class) > 250);
	check(text_is_clean(f.host, strlen(f.host)));
	check(strlen(f.fqdn) > 250);
}

static void every_truncation_is_safe(void **state)
{
	uint8_t b[CAP];
	struct wr w = begin(b, 1, 0, 0);

	(void)state;
	message(&w, DHCP_REQUEST);
	option(&w, 12, "scan", 4);
	option(&w, 52, "\3", 1);
	option(&w, 81, "\4\0\0\4scan", 8);
	check(wr_ok(&w));
	for (size_t n = 0; n <= wr_used(&w); n++) {
		uint8_t *exact = exact_copy(b, n);
		struct dhcp_facts f;

		check(dhcp_parse(exact, n, &f) == (n >= OPTIONS_AT));
		if (n >= OPTIONS_AT)
			check((f.host[0] != '\0') == (n >= OPTIONS_AT + 9));
		free(exact);
	}
}

static void any_byte_may_be_0_or_at_its_maximum(void **state)
{
	uint8_t b[CAP];
	struct wr w = begin(b, 1, 0, 0);

	(void)state;
	message(&w, DHCP_REQUEST);
	option(&w, 12, "scan", 4);
	option(&w, 81, "\4\0\0\4scan", 8);
	option(&w, 50, "\x0a\x14\x04\x1f", 4);
	for (size_t at = 0; at < wr_used(&w); at++)
		for (int v = 0; v < 2; v++) {
			uint8_t *exact = exact_copy(b, wr_used(&w));
			struct dhcp_facts f;

			exact[at] = v ? 0xff : 0;
			check(dhcp_parse(exact, wr_used(&w), &f) ==
				((at > 2 && at != 28) || exact[at] == b[at] ||
				(at == 28 && !v)));
			free(exact);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_names_the_device),
		cmocka_unit_test(what_it_asks_for_is_a_list_of_numbers),
		cmocka_unit_test(an_ack_binds),
		cmocka_unit_test(other_messages_bind_nothing),
		cmocka_unit_test(bootp_binds_if_it_is_whole),
		cmocka_unit_test(split_options_are_joined),
		cmocka_unit_test(an_fqdn_comes_in_two_forms),
		cmocka_unit_test(a_label_has_63_bytes_at_most),
		cmocka_unit_test(long_names_end_in_an_ellipsis),
		cmocka_unit_test(every_truncation_is_safe),
		cmocka_unit_test(any_byte_may_be_0_or_at_its_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
