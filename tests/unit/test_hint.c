/* test_hint.c: what ARP, DHCP, DNS and its kin tell, and how often. */
#include "capture/base/bytes.h"
#include "capture/session/hint.h"
#include "tests/unit/check.h"
#include <stdio.h>

#define SECOND INT64_C(1000000000)

static const uint8_t KEY[16] = "a key";

/* "10.0.0.<host> is at 02:00:00:00:00:<host>" */
static void say_arp(struct hints *h, uint8_t host, int64_t at)
{
	const uint8_t b[28] = {0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, host,
		10, 0, 0, host, 2, 0, 0, 0, 0, 1, 10, 0, 0, 1};
	uint8_t *exact = exact_copy(b, sizeof b);
	struct packet p = {.at = at, .kind = PACKET_ARP, .p = exact,
		.n = sizeof b, .wire_n = sizeof b};

	hints_arp(h, &p);
	free(exact);
}

/* A REQUEST (or an ACK) of 02:00:00:00:00:05 with a host name. */
static void say_dhcp(struct hints *h, uint8_t message, int64_t at)
{
	static const uint8_t options[] = {0x63, 0x82, 0x53, 0x63, 53, 1, 0,
		12, 6, 'P', 'R', 'N', '-', '2', 'F', 60, 3, 'M', 'F', 'P', 255};
	uint8_t b[236 + sizeof options] = {message == 5 ? 2 : 1, 1, 6};
	struct packet p = {.at = at, .kind = PACKET_UDP, .p = b,
		.n = sizeof b, .wire_n = sizeof b,
		.sport = message == 5 ? 67 : 68,
		.dport = message == 5 ? 68 : 67};

	memcpy(b + 28, "\x02\0\0\0\0\x05", 6);
	if (message == 5)
		memcpy(b + 16, "\x0a\0\0\x05", 4);
	memcpy(b + 236, options, sizeof options);
	b[236 + 6] = message;
	hints_udp(h, &p);
}

static unsigned take(struct hints *h, struct record *last)
{
	const struct record *r;
	unsigned n = 0;

	for (; hints_next(h, &r); n++)
		*last = *r;
	return n;
}

static struct hints *some(void)
{
	struct hints *h = malloc(sizeof *h);

	assert_non_null(h);
	hints_init(h, KEY);
	return h;
}

static void arp_is_told_once_in_ten_minutes(void **state)
{
	static struct record r;
	struct hints *h = some();

	(void)state;
	say_arp(h, 7, 1 * SECOND);
	check(take(h, &r) == 1 && r.kind == RECORD_BINDING);
	check(r.binding.how == RECORD_BY_ARP && r.binding.addr.b[3] == 7);
	check(r.binding.mac.b[5] == 7 && r.binding.at == 1 * SECOND);
	say_arp(h, 7, 2 * SECOND);
	check(take(h, &r) == 0);
	say_arp(h, 8, 2 * SECOND);
	check(take(h, &r) == 1);
	say_arp(h, 7, 602 * SECOND);
	check(take(h, &r) == 1);
	/* A clock that was put back. */
	say_arp(h, 7, 5 * SECOND);
	check(take(h, &r) == 1);
	free(h);
}

static void dhcp_gives_names_and_a_lease(void **state)
{
	static struct record r;
	struct hints *h = some();

	(void)state;
	say_dhcp(h, 3, SECOND);
	check(take(h, &r) == 2 && r.kind == RECORD_IDENTITY);
	assert_string_equal(r.identity.value, "MFP");
	check(r.identity.kind == RECORD_DHCP_CLASS);
	check(r.identity.mac.b[5] == 5);
	say_dhcp(h, 3, 2 * SECOND);
	check(take(h, &r) == 0);
	say_dhcp(h, 5, 3 * SECOND);
	check(take(h, &r) == 1 && r.kind == RECORD_BINDING);
	check(r.binding.how == RECORD_BY_DHCP && r.binding.addr.b[3] == 5);
	free(h);
}

static void more_than_is_taken_is_let_go(void **state)
{
	static struct record r;
	struct hints *h = some();

	(void)state;
	for (uint8_t host = 1; host < 100; host++)
		say_arp(h, host, SECOND);
	check(take(h, &r) == HINTS_TOLD && r.binding.addr.b[3] == HINTS_TOLD);
	say_arp(h, 200, SECOND);
	check(take(h, &r) == 1);
	free(h);
}

static void neighbours_of_ipv6_are_told_likewise(void **state)
{
	/* An advertisement of 2001:db8::2f. */
	static const uint8_t said[] = {136, 0, 0, 0, 0x60, 0, 0, 0,
		0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x2f,
		2, 1, 0, 0x26, 0x73, 0xa5, 0xa8, 0xf3};
	struct packet p = {.at = SECOND, .kind = PACKET_ND, .ttl = 255,
		.src = {6, {0xfe, 0x80}}, .p = said, .n = sizeof said};
	static struct record r;
	struct hints *h = some();

	(void)state;
	hints_nd(h, &p);
	check(take(h, &r) == 1 && r.kind == RECORD_BINDING);
	check(r.binding.how == RECORD_BY_ND && r.binding.addr.b[15] == 0x2f);
	check(r.binding.mac.b[5] == 0xf3 && r.binding.at == SECOND);
	hints_nd(h, &p);
	check(take(h, &r) == 0);
	p.at = 700 * SECOND;
	p.ttl = 64;
	hints_nd(h, &p);
	check(take(h, &r) == 0);
	free(h);
}

static const struct mac CARD = {{0, 0x26, 0x73, 0xa5, 0xa8, 0xf3}};

/* A datagram of 10.20.4.31. */
static struct packet datagram(uint16_t sport, uint16_t dport, const void *p,
	size_t n)
{
	return (struct packet){.at = SECOND, .kind = PACKET_UDP, .ttl = 64,
		.has_src_mac = true, .src_mac = CARD,
		.src = {4, {10, 20, 4, 31}}, .sport = sport, .dport = dport,
		.p = p, .n = n, .wire_n = n};
}

/* The records of one packet, as text: "kind value @address mac;". */
static const char *told(const struct packet *p)
{
	static char text[2048];
	struct hints *h = some();
	const struct record *r;
	size_t at = 0;

	text[0] = '\0';
	hints_udp(h, p);
	while (hints_next(h, &r)) {
		char addr[ADDR_TEXT];

		if (r->kind == RECORD_BINDING) {
			at += (size_t)snprintf(text + at, sizeof text - at,
				"bound %d;", r->binding.how);
			continue;
		}
		addr_format(&r->identity.addr, addr);
		at += (size_t)snprintf(text + at, sizeof text - at,
			"%d %s @%s%s;", r->identity.kind, r->identity.value,
			addr, mac_is_zero(&r->identity.mac) ? "" : " own");
	}
	free(h);
	return text;
}

#define NAME_OFFICE "\4smtp\x09office365\3com\0"

static void a_query_for_a_mail_host_is_a_wish(void **state)
{
	static const char wish[] = "\0\1\1\0\0\1\0\0\0\0\0\0" NAME_OFFICE
		"\0\1\0\1";
	static const char mx[] = "\0\1\1\0\0\1\0\0\0\0\0\0\7example\3com\0"
		"\0\x0f\0\1";
	static const char web[] = "\0\1\1\0\0\1\0\0\0\0\0\0"
		"\7outlook\x09office365\3com\0\0\1\0\1";
	struct packet p = datagram(40000, 53, wish, sizeof wish - 1);

	(void)state;
	assert_string_equal(told(&p), "bound 0;11 smtp.office365.com "
		"@10.20.4.31 own;");
	/* Behind a router the frame is its; a random MAC is nobody's. */
	p.ttl = 63;
	assert_string_equal(told(&p), "11 smtp.office365.com @10.20.4.31;");
	p.ttl = 64;
	p.src_mac.b[0] = 2;
	assert_string_equal(told(&p), "11 smtp.office365.com @10.20.4.31;");
	p = datagram(40000, 53, mx, sizeof mx - 1);
	p.ttl = 63;
	assert_string_equal(told(&p), "11 example.com @10.20.4.31;");
	p = datagram(40000, 53, web, sizeof web - 1);
	assert_string_equal(told(&p), "");
}

static void an_answer_names_addresses_over_aliases(void **state)
{
	/* The address comes before the alias that leads to it. */
	static const char answer[] = "\0\1\x81\x80\0\1\0\3\0\0\0\0" NAME_OFFICE
		"\0\1\0\1"
		"\1x\0\0\1\0\1\0\0\0\0\0\4\xcb\0\x71\x0a"
		"\xc0\x0c\0\5\0\1\0\0\0\0\0\3\1x\0"
		"\1y\0\0\1\0\1\0\0\0\0\0\4\xcb\0\x71\x0b";
	struct packet p = datagram(53, 40000, answer, sizeof answer - 1);

	(void)state;
	p.ttl = 63;
	assert_string_equal(told(&p), "12 dns @10.20.4.31;"
		"4 smtp.office365.com @203.0.113.10;");
}

static void a_round_of_aliases_ends(void **state)
{
	static const char answer[] = "\0\1\x81\x80\0\1\0\1\0\0\0\0" NAME_OFFICE
		"\0\1\0\1" "\xc0\x0c\0\5\0\1\0\0\0\0\0\2\xc0\x0c";
	struct packet p = datagram(53, 40000, answer, sizeof answer - 1);

	(void)state;
	assert_string_equal(told(&p), "12 dns @10.20.4.31 own;");
}

static void an_announcement_tells_name_service_and_instance(void **state)
{
	static const char said[] = "\0\0\x84\0\0\0\0\3\0\0\0\0"
		"\4_ipp\4_tcp\5local\0\0\x0c\0\1\0\0\0\0\0\x0a"
		"\7HP. 4th\xc0\x0c"
		"\4_sub\xc0\x0c\0\x0c\0\1\0\0\0\0\0\2\xc0\x28"
		"\3NPI\xc0\x16\0\1\x80\1\0\0\0\0\0\4\x0a\x14\4\x1f";
	struct packet p = datagram(5353, 5353, said, sizeof said - 1);

	(void)state;
	p.ttl = 255;
	assert_string_equal(told(&p), "8 _ipp._tcp @10.20.4.31 own;"
		"7 HP. 4th @10.20.4.31 own;bound 0;6 NPI @10.20.4.31 own;");
	/* The same of another's address is repeated by a reflector. */
	p.src.b[3] = 32;
	assert_string_equal(told(&p), "");
}

static void a_query_of_mdns_tells_nothing(void **state)
{
	static const char asked[] = "\0\0\0\0\0\1\0\0\0\0\0\0\4_ipp\4_tcp"
		"\5local\0\0\x0c\0\1";
	struct packet p = datagram(5353, 5353, asked, sizeof asked - 1);

	(void)state;
	assert_string_equal(told(&p), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arp_is_told_once_in_ten_minutes),
		cmocka_unit_test(neighbours_of_ipv6_are_told_likewise),
		cmocka_unit_test(dhcp_gives_names_and_a_lease),
		cmocka_unit_test(more_than_is_taken_is_let_go),
		cmocka_unit_test(a_query_for_a_mail_host_is_a_wish),
		cmocka_unit_test(an_answer_names_addresses_over_aliases),
		cmocka_unit_test(a_round_of_aliases_ends),
		cmocka_unit_test(
			an_announcement_tells_name_service_and_instance),
		cmocka_unit_test(a_query_of_mdns_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
