/* test_nd.c: whom IPv6's neighbour discovery tells of. */
#include "capture/base/bytes.h"
#include "capture/proto/nd.h"
#include "tests/unit/check.h"

enum { SIZE = 40, ADVERTISE = 136 };

static const struct mac MAC = {{0, 0x26, 0x73, 0xa5, 0xa8, 0xf3}};

struct message {
	uint8_t b[SIZE];
	size_t n;
	struct addr src;
};

static struct addr address(const char *text)
{
	struct addr a;

	check(addr_parse(text, &a));
	return a;
}

/* Of that type, with a MAC of that option behind another option. */
static struct message say(uint8_t type, uint8_t option)
{
	struct message m = {.src = address("2001:db8::1f")};
	struct addr target = address("2001:db8::2f");
	struct wr w = wr_init(m.b, sizeof m.b);

	wr_u8(&w, type);
	wr_bytes(&w, "\0\0\0\0\0\0\0", 7);
	if (type == 134)
		wr_be64(&w, 0);
	else
		wr_bytes(&w, target.b, 16);
	wr_be64(&w, 0x0e01000000000000); /* nonce: RFC 3971 */
	wr_u8(&w, option);
	wr_u8(&w, 1);
	wr_bytes(&w, MAC.b, sizeof MAC.b);
	check(wr_ok(&w));
	m.n = wr_used(&w);
	return m;
}

static bool told(const struct message *m, uint8_t hop_limit,
	struct nd_binding *out)
{
	uint8_t *exact = exact_copy(m->b, m->n);
	bool ok = nd_parse(exact, m->n, &m->src, hop_limit, out);

	free(exact);
	return ok;
}

static bool tells(const struct message *m, const char *addr)
{
	struct nd_binding b;
	struct addr want = address(addr);

	return told(m, 255, &b) && addr_equal(&b.addr, &want) &&
		memcmp(&b.mac, &MAC, sizeof MAC) == 0;
}

static void a_solicitation_and_a_router_tell_of_their_sender(void **state)
{
	struct message m = say(135, 1);

	(void)state;
	check(tells(&m, "2001:db8::1f"));
	m = say(134, 1);
	check(tells(&m, "2001:db8::1f"));
}

static void an_advertisement_tells_of_its_target(void **state)
{
	struct message m = say(ADVERTISE, 2);

	(void)state;
	check(tells(&m, "2001:db8::2f"));
}

static void the_option_has_to_be_the_right_one(void **state)
{
	struct nd_binding b;

	(void)state;
	for (int option = 0; option < 256; option++) {
		struct message m = say(135, (uint8_t)option);

		check(told(&m, 255, &b) == (option == 1));
		m = say(ADVERTISE, (uint8_t)option);
		check(told(&m, 255, &b) == (option == 2));
	}
}

static void every_truncation_is_refused(void **state)
{
	struct message m = say(ADVERTISE, 2);
	struct nd_binding b;

	(void)state;
	for (m.n = 0; m.n < SIZE; m.n++)
		check(!told(&m, 255, &b));
}

static void lengths_of_options_end_it(void **state)
{
	struct message m = say(ADVERTISE, 2);
	struct nd_binding b;

	(void)state;
	for (int length = 0; length <= 255; length += 255) {
		m.b[25] = (uint8_t)length; /* of the one before */
		check(!told(&m, 255, &b));
	}
	m.b[25] = 1;
	m.b[33] = 0;
	check(!told(&m, 255, &b));
	m.b[33] = 2; /* of another link layer */
	check(!told(&m, 255, &b));
}

static void what_crossed_a_router_or_is_no_station_tells_nothing(void **state)
{
	static const char *const none[] = {"::", "::1", "ff02::1"};
	struct message m = say(135, 1);
	struct nd_binding b;

	(void)state;
	check(!told(&m, 254, &b));
	m.b[1] = 1; /* code */
	check(!told(&m, 255, &b));
	m.b[1] = 0;
	for (int i = 0; i < 3; i++) {
		m.src = address(none[i]);
		check(!told(&m, 255, &b));
	}
	m = say(135, 1);
	m.b[34] = 1; /* a group's MAC */
	check(!told(&m, 255, &b));
	memset(m.b + 34, 0, 6);
	check(!told(&m, 255, &b));
	for (int type = 0; type < 256; type++) {
		m = say(135, 1);
		m.b[0] = (uint8_t)type;
		check(type == 134 || told(&m, 255, &b) == (type == 135));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_solicitation_and_a_router_tell_of_their_sender),
		cmocka_unit_test(an_advertisement_tells_of_its_target),
		cmocka_unit_test(the_option_has_to_be_the_right_one),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(lengths_of_options_end_it),
		cmocka_unit_test(
			what_crossed_a_router_or_is_no_station_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
