/* test_strangers.c: envelopes by kind, in little memory. */
#include "capture/base/envelope.h"
#include "capture/session/strangers.h"
#include "tests/unit/check.h"

static uint64_t sum(const struct record_stranger *s, uint8_t n)
{
	uint64_t all = 0;

	for (uint8_t i = 0; i < n; i++)
		all += s[i].frames;
	return all;
}

static void the_most_frequent_come_first(void **state)
{
	struct strangers s = {0};
	struct record_stranger out[RECORD_STRANGERS];

	(void)state;
	check(strangers_list(&s, out) == 0);
	for (int i = 0; i < 7; i++)
		strangers_count(&s, ENVELOPE_IP, i < 3 ? 108 : 50);
	strangers_count(&s, ENVELOPE_ETHERTYPE, 50); /* another registry's */
	check(strangers_list(&s, out) == 3);
	check(out[0].registry == ENVELOPE_IP && out[0].number == 50);
	check(out[0].frames == 4);
	check(out[1].number == 108 && out[1].frames == 3);
	check(out[2].registry == ENVELOPE_ETHERTYPE && out[2].frames == 1);
}

static void where_there_is_room_there_is_no_rest(void **state)
{
	struct strangers s = {0};
	struct record_stranger out[RECORD_STRANGERS];

	(void)state;
	for (uint32_t i = 0; i < STRANGERS; i++)
		strangers_count(&s, ENVELOPE_ETHERTYPE, 0xff00 + i);
	check(strangers_list(&s, out) == STRANGERS);
	check(out[0].number == 0xff00);
	strangers_count(&s, ENVELOPE_ETHERTYPE, 1);
	check(strangers_list(&s, out) == RECORD_STRANGERS);
	check(out[STRANGERS].registry == ENVELOPE_OTHER);
	check(out[STRANGERS].number == ENVELOPE_REST);
	check(out[STRANGERS].frames == 1);
	check(sum(out, RECORD_STRANGERS) == STRANGERS + 1);
}

/* A new kind with each other frame does not hide the one that comes often,
 * late though it begins. */
static void a_flood_of_kinds_hides_none_that_is_frequent(void **state)
{
	struct strangers s = {0};
	struct record_stranger out[RECORD_STRANGERS];

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		strangers_count(&s, ENVELOPE_ETHERTYPE, i);
	for (uint32_t i = 1000; i < 3000; i++) {
		strangers_count(&s, ENVELOPE_ETHERTYPE, i);
		strangers_count(&s, ENVELOPE_IP, 50);
	}
	check(strangers_list(&s, out) == RECORD_STRANGERS);
	check(sum(out, RECORD_STRANGERS) == 5000);
	check(out[0].registry == ENVELOPE_IP && out[0].number == 50);
	check(out[0].frames >= 1900);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_frequent_come_first),
		cmocka_unit_test(where_there_is_room_there_is_no_rest),
		cmocka_unit_test(a_flood_of_kinds_hides_none_that_is_frequent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
