/* test_arp.c: whom ARP packets tell of. */
#include "capture/proto/arp.h"
#include "tests/unit/check.h"

enum { SIZE = 28 };

static const uint8_t REPLY[SIZE] = {
	0, 1, 8, 0, 6, 4, 0, 2,
	0, 0x26, 0x73, 0xa5, 0xa8, 0xf3, 10, 20, 4, 31,
	0, 0x50, 0x56, 1, 2, 3, 10, 20, 4, 1,
};

static bool with(size_t at, uint8_t value)
{
	uint8_t *p = exact_copy(REPLY, SIZE);
	struct arp_binding b;
	bool told;

	p[at] = value;
	told = arp_parse(p, SIZE, &b);
	free(p);
	return told;
}

static void the_sender_has_the_address(void **state)
{
	static const uint8_t ip[] = {10, 20, 4, 31};
	struct addr want = addr_v4(ip);
	uint8_t padded[46] = {0};
	struct arp_binding b;

	(void)state;
	memcpy(padded, REPLY, SIZE);
	check(arp_parse(padded, sizeof padded, &b));
	check(addr_equal(&b.addr, &want));
	check(memcmp(b.mac.b, REPLY + 8, 6) == 0);
	check(with(7, 1)); /* a request tells the same */
}

static void every_truncation_is_refused(void **state)
{
	(void)state;
	for (size_t n = 0; n < SIZE; n++) {
		uint8_t *exact = exact_copy(REPLY, n);
		struct arp_binding b;

		check(!arp_parse(exact, n, &b));
		free(exact);
	}
}

static void other_hardware_and_lengths_are_refused(void **state)
{
	static const size_t fields[] = {0, 1, 2, 3, 4, 5, 6, 7};

	(void)state;
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		check(!with(fields[i], 0xff));
		check(REPLY[fields[i]] == 0 || !with(fields[i], 0));
	}
	check(!with(7, 3)); /* RARP */
}

static void what_no_station_has_is_refused(void **state)
{
	static const uint8_t zero[10];
	uint8_t p[SIZE];
	struct arp_binding b;

	(void)state;
	check(!with(14, 0) && !with(14, 127) && !with(14, 224));
	check(!with(14, 255) && !with(8, 1));
	memcpy(p, REPLY, SIZE);
	memcpy(p + 14, zero, 4); /* a probe */
	check(!arp_parse(p, SIZE, &b));
	memcpy(p, REPLY, SIZE);
	memcpy(p + 8, zero, 6);
	check(!arp_parse(p, SIZE, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sender_has_the_address),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(other_hardware_and_lengths_are_refused),
		cmocka_unit_test(what_no_station_has_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
