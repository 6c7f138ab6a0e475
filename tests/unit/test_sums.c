/* test_sums.c: counters by key, cleared between two writes of them. */
#include "inventory/sums.h"
#include "tests/unit/check.h"
#include <stdlib.h>

static void every_key_has_its_counter(void **state)
{
	struct sums *s = sums_new();
	struct sum **v;

	(void)state;
	for (int64_t i = 0; i < 5000; i++)
		sums_at(s, (uint32_t)(i % 3), i / 7, i % 11)->n[0]++;
	for (int64_t i = 0; i < 5000; i++)
		sums_at(s, (uint32_t)(i % 3), i / 7, i % 11)->n[0]++;
	v = sums_sorted(s);
	for (size_t i = 0; i < sums_count(s); i++) {
		check(v[i]->n[0] % 2 == 0);
		check(i == 0 || v[i - 1]->a <= v[i]->a);
	}
	free(v);
	sums_free(s);
}

/* One client with very many values is followed by thousands with few. */
static void a_few_among_the_places_of_many_are_cleared(void **state)
{
	struct sums *s = sums_new();

	(void)state;
	for (int64_t i = 0; i < 5000; i++)
		sums_at(s, 1, i, 0)->n[0] = 1;
	sums_clear(s);
	for (int times = 0; times < 1000; times++) {
		check(sums_count(s) == 0);
		for (int64_t i = 0; i < 50; i++) {
			struct sum *x = sums_at(s, 2, times, i);

			check(x->n[0] == 0 && x->b == i);
			x->n[0] = 1;
		}
		check(sums_count(s) == 50);
		sums_clear(s);
		check(sums_at(s, 2, times, 7)->n[0] == 0);
		sums_clear(s);
	}
	sums_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_has_its_counter),
		cmocka_unit_test(a_few_among_the_places_of_many_are_cleared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
