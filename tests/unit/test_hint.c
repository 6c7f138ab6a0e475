/* test_hint.c: what ARP and DHCP tell, and how often. */
#include "capture/base/bytes.h"
#include "capture/session/hint.h"
#include "tests/unit/check.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arp_is_told_once_in_ten_minutes),
		cmocka_unit_test(neighbours_of_ipv6_are_told_likewise),
		cmocka_unit_test(dhcp_gives_names_and_a_lease),
		cmocka_unit_test(more_than_is_taken_is_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
