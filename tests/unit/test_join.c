/* test_join.c: accounts find their devices by when they sign in: offices made
 * by chance, with the truth known. */
#include "inventory/join.h"
#include "capture/session/record.h"
#include "tests/unit/check.h"
#include <stdio.h>

enum {
	DEVICES = 30, ACCOUNTS = 25, STRANGERS = 8, ALL = ACCOUNTS + STRANGERS,
	DAYS = 7, EVENTS = 40000, TRIES = 20000, OFFICES = 20,
};

static const int64_t second = 1000000;
static const int64_t day = 86400 * INT64_C(1000000);
static const int64_t begin = 1795507200 * INT64_C(1000000);

struct office {
	uint64_t state; /* of its chance */
	struct join_account accounts[ALL];
	size_t lengths[ALL];
	uint32_t of[DEVICES]; /* account */
	struct join_event events[EVENTS];
	struct join_try tries[TRIES];
	struct join_facts f;
	int64_t ahead;
	unsigned missing; /* percent of rows */
	int days;
	bool knows_ip, knows_lengths;
};

/* xorshift64* (Vigna, 2016) */
static uint64_t chance(struct office *o, uint64_t below)
{
	o->state ^= o->state >> 12;
	o->state ^= o->state << 25;
	o->state ^= o->state >> 27;
	return (o->state * UINT64_C(2685821657736338717) >> 11) % below;
}

static void add_event(struct office *o, int64_t at, uint32_t account,
	uint64_t ip)
{
	check(o->f.events_n < EVENTS);
	/* A log has whole seconds. */
	o->events[o->f.events_n++] = (struct join_event){
		.at = at / second * second, .ip = ip, .account = account,
		.outcome = RECORD_ACCEPTED};
}

static void add_try(struct office *o, int64_t at, uint32_t device)
{
	size_t n = (o->lengths[o->of[device]] + 2) / 3 * 3;

	check(o->f.tries_n < TRIES);
	o->tries[o->f.tries_n++] = (struct join_try){
		.at = at, .end = at + 2 * second, .device = device,
		.ip = o->knows_ip ? 1 : 0, .outcome = RECORD_ACCEPTED,
		.min = o->knows_lengths && device % 4 ? (uint16_t)(n - 2) : 0,
		.max = o->knows_lengths && device % 4 ? (uint16_t)n : 0};
	if (chance(o, 100) >= o->missing)
		add_event(o, at + o->ahead + (int64_t)chance(o, 1500000),
			o->of[device], 1);
}

/* Scanners by day, monitors by the clock, a report each night. */
static void send_all(struct office *o, uint32_t device)
{
	int64_t phase = (int64_t)chance(o, 3600) * second;

	for (int d = 0; d < o->days; d++) {
		int64_t at = begin + d * day;

		if (device % 3 == 0) {
			for (int h = 0; h < 24; h += 2)
				add_try(o, at + h * 3600 * second + phase +
					(int64_t)chance(o, 4000000), device);
		} else if (device % 3 == 1) {
			for (unsigned n = 2 + (unsigned)chance(o, 8); n > 0; n--)
				add_try(o, at + (8 * 3600 + (int64_t)chance(o,
					36000)) * second + (int64_t)chance(o,
					1000000), device);
		} else {
			add_try(o, at + phase + (int64_t)chance(o, 60000000),
				device);
		}
	}
}

static void office_make(struct office *o, uint64_t seed, int days)
{
	*o = (struct office){.days = days, .state = seed * 7919 + 1,
		.missing = (unsigned)(10 + seed % 3 * 10),
		.knows_ip = seed % 2, .knows_lengths = seed % 4 < 3};
	for (int i = 0; i < 20; i++)
		chance(o, 2);
	o->ahead = ((int64_t)chance(o, 1200) - 600) * second +
		(int64_t)chance(o, 1000000);
	for (uint32_t a = 0; a < ALL; a++) {
		o->lengths[a] = 12 + chance(o, 24);
		join_add_length(&o->accounts[a].lengths, o->lengths[a]);
	}
	/* Five accounts are of two devices. */
	for (uint32_t d = 0; d < DEVICES; d++)
		o->of[d] = d < ACCOUNTS ? d : (uint32_t)chance(o, ACCOUNTS);
	for (uint32_t d = 0; d < DEVICES; d++)
		send_all(o, d);
	/* People at home, with their own accounts and with those of devices. */
	for (int i = 0; i < 90 * days; i++)
		add_event(o, begin + (int64_t)chance(o, (uint64_t)days * 86400) *
			second, ACCOUNTS + (uint32_t)chance(o, STRANGERS),
			2 + chance(o, 20));
	for (int i = 0; i < 9 * days; i++)
		add_event(o, begin + (int64_t)chance(o, (uint64_t)days * 86400) *
			second, (uint32_t)chance(o, ACCOUNTS),
			2 + chance(o, 20));
	o->f.accounts = o->accounts;
	o->f.events = o->events;
	o->f.tries = o->tries;
	o->f.accounts_n = ALL;
	o->f.devices_n = DEVICES;
	o->f.sensors_n = 1;
}

/* Devices whose first account is the right one, and strangers that are taken
 * for one of a device's. */
static void judge(const struct office *o, const struct join_result *r,
	unsigned *right, unsigned *wrong, unsigned *sure_strangers)
{
	*right = *wrong = *sure_strangers = 0;
	for (size_t i = 0; i < r->matches_n; i++) {
		const struct join_match *m = &r->matches[i];
		bool first = i == 0 || m[-1].device != m->device;

		check(m->score >= JOIN_LEAST && m->score <= 99);
		*right += first && m->account == o->of[m->device];
		*wrong += first && m->account != o->of[m->device] &&
			m->score >= JOIN_SURE;
		*sure_strangers += m->account >= ACCOUNTS &&
			m->score >= JOIN_SURE;
	}
}

static void accounts_find_their_devices(void **state)
{
	static struct office o;
	unsigned all = 0, least = DEVICES, wrongs = 0, strangers = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= OFFICES; seed++) {
		struct join_result r;
		unsigned right, wrong, sure;
		int64_t off;

		office_make(&o, seed, DAYS);
		join(&o.f, &r);
		off = r.clocks[0].ahead - o.ahead;
		judge(&o, &r, &right, &wrong, &sure);
		if (getenv("JOIN_VERBOSE"))
			printf("office %2u: %2u of %d right, %u wrong, %u "
				"strangers, clock off by %lld ms within %lld, "
				"%u pairs\n", (unsigned)seed, right, DEVICES,
				wrong, sure, (long long)off / 1000,
				(long long)r.clocks[0].within / 1000000,
				r.clocks[0].pairs);
		check(off > -2 * second && off < 2 * second);
		check(right * 10 >= DEVICES * 9);
		all += right;
		least = right < least ? right : least;
		wrongs += wrong;
		strangers += sure;
		join_result_free(&r);
	}
	printf("%u of %d right, %u at least in an office; %u wrong with a "
		"score of 50 and more; %u strangers\n", all, OFFICES * DEVICES,
		least, wrongs, strangers);
	check(wrongs == 0 && strangers == 0);
}

/* Of a log of one day, in which some devices send once and a third of the rows
 * are missing, scores tell how much to believe: of those at 50 and more, few are
 * wrong, and those at 90 and more nearly none. */
static void a_short_log_is_as_sure_as_it_says(void **state)
{
	static struct office o;
	unsigned sure = 0, right = 0, surest = 0, surest_right = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 10 * OFFICES; seed++) {
		struct join_result r;

		office_make(&o, seed, 1);
		join(&o.f, &r);
		for (size_t i = 0; i < r.matches_n; i++) {
			const struct join_match *m = &r.matches[i];
			bool is = m->account == o.of[m->device];

			sure += m->score >= JOIN_SURE;
			right += m->score >= JOIN_SURE && is;
			surest += m->score >= 90;
			surest_right += m->score >= 90 && is;
		}
		join_result_free(&r);
	}
	printf("of %u scores of 50 and more %u are right, of %u of 90 and "
		"more %u\n", sure, right, surest, surest_right);
	check(sure > 10 * OFFICES * DEVICES / 2);
	check(right * 100 >= sure * 95 && surest_right * 100 >= surest * 98);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accounts_find_their_devices),
		cmocka_unit_test(a_short_log_is_as_sure_as_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
