/* test_hearsay.c: what is known of hosts that may never mail. */
#include "inventory/hearsay.h"
#include "tests/unit/check.h"
#include <stdio.h>

static const uint8_t KEY[16] = "a key";

static struct hearsay_host host(uint32_t n)
{
	return (struct hearsay_host){.addr = addr_v4((const uint8_t[]){10,
		(uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n})};
}

static bool hear(struct hearsay *h, uint32_t n, int64_t at, const char *value)
{
	struct hearsay_host who = host(n);
	struct heard f = {.first = at, .last = at, .kind = RECORD_PTR};

	return hearsay_add(h, &who, &f, value);
}

static size_t count(const struct hearsay *h, uint32_t n)
{
	struct hearsay_host who = host(n);
	const struct heard *f = hearsay_of(h, &who);
	size_t facts = 0;

	for (; f; f = f->next)
		facts++;
	return facts;
}

static void a_fact_is_kept_once_with_its_time(void **state)
{
	struct hearsay *h = hearsay_new(KEY);
	struct hearsay_host one = host(1);
	struct heard *f;

	(void)state;
	check(hear(h, 1, 5, "a") && hear(h, 1, 5, "b") && hear(h, 2, 5, "a"));
	check(!hear(h, 1, 9, "a") && !hear(h, 1, 3, "a"));
	check(count(h, 1) == 2 && count(h, 2) == 1 && count(h, 3) == 0);
	f = hearsay_take(h, &one);
	check(f && f->first == 3 && f->last == 9 && count(h, 1) == 0);
	assert_string_equal(f->value, "a");
	check(!hearsay_take(h, &one) && hearsay_forgotten(h) == 0);
	free(f->next);
	free(f);
	hearsay_free(h);
}

static void the_longest_unheard_of_gives_way(void **state)
{
	struct hearsay *h = hearsay_new(KEY);

	(void)state;
	for (uint32_t i = 0; i < HEARSAY_HOSTS; i++)
		check(hear(h, i, 1, "a"));
	check(!hear(h, 0, 2, "a") && hearsay_forgotten(h) == 0);
	check(hear(h, HEARSAY_HOSTS, 3, "a") && hearsay_forgotten(h) == 1);
	check(count(h, 0) == 1 && count(h, 1) == 0 && count(h, 2) == 1);
	hearsay_free(h);
}

static void one_host_cannot_have_it_all(void **state)
{
	struct hearsay *h = hearsay_new(KEY);
	char value[8];

	(void)state;
	for (int i = 0; i < HEARSAY_FACTS + 3; i++) {
		snprintf(value, sizeof value, "%d", i);
		check(hear(h, 7, i, value) == (i < HEARSAY_FACTS));
	}
	check(count(h, 7) == HEARSAY_FACTS && hearsay_forgotten(h) == 3);
	check(!hear(h, 7, 99, "0"));
	hearsay_free(h);
	hearsay_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fact_is_kept_once_with_its_time),
		cmocka_unit_test(the_longest_unheard_of_gives_way),
		cmocka_unit_test(one_host_cannot_have_it_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
