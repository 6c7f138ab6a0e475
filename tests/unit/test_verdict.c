/* test_verdict.c: what follows from a session and from a device's habits. */
#include "inventory/verdict.h"
#include "tests/unit/check.h"

enum { BOTH = RECORD_SAW_CLIENT | RECORD_SAW_SERVER };

/* One AUTH of a session: class, outcome, evidence, confidence. */
struct try {
	uint8_t class, outcome, evidence, confidence;
};

struct session_case {
	const char *what;
	uint8_t tls;
	uint32_t flags;
	bool helo, demands;
	unsigned mails, messages, client_bytes;
	struct try tries[2];
	size_t tries_n;
	enum auth_use use;
	enum evidence evidence;
	unsigned confidence;
};

static const struct session_case sessions[] = {
	{"a greeting and nothing else", RECORD_TLS_NONE, RECORD_SAW_SERVER,
		false, false, 0, 0, 0, {{0}}, 0,
		USE_UNKNOWN, EVIDENCE_NONE, 0},
	{"EHLO and QUIT", RECORD_TLS_NONE, BOTH, true, false, 0, 0, 30,
		{{0}}, 0, USE_UNKNOWN, EVIDENCE_NONE, 0},
	{"mail in clear without AUTH", RECORD_TLS_NONE, BOTH, true, false, 1,
		1, 3000, {{0}}, 0, USE_NONE, EVIDENCE_SEEN, 100},
	{"MAIL refused", RECORD_TLS_NONE, BOTH, true, false, 1, 0, 60,
		{{0}}, 0, USE_NONE, EVIDENCE_SEEN, 100},
	{"begins behind EHLO, AUTH may have been before", RECORD_TLS_NONE,
		BOTH | RECORD_MIDSTREAM, false, false, 1, 1, 3000, {{0}}, 0,
		USE_UNKNOWN, EVIDENCE_NONE, 0},
	{"begins mid-stream, at EHLO", RECORD_TLS_NONE,
		BOTH | RECORD_MIDSTREAM, true, false, 1, 1, 3000, {{0}}, 0,
		USE_NONE, EVIDENCE_RESYNCED, 100},
	{"a gap", RECORD_TLS_NONE, BOTH | RECORD_RESYNCS, true, false, 1, 1,
		3000, {{0}}, 0, USE_NONE, EVIDENCE_RESYNCED, 100},
	{"only the server is seen", RECORD_TLS_NONE, RECORD_SAW_SERVER, false,
		false, 0, 1, 0, {{0}}, 0, USE_UNKNOWN, EVIDENCE_NONE, 0},
	{"LOGIN accepted", RECORD_TLS_NONE, BOTH, true, false, 1, 1, 3000,
		{{RECORD_BASIC, RECORD_ACCEPTED, RECORD_SEEN, 100}}, 1,
		USE_BASIC, EVIDENCE_SEEN, 100},
	{"LOGIN only ever refused", RECORD_TLS_NONE, BOTH, true, false, 0, 0,
		90, {{RECORD_BASIC, RECORD_REJECTED, RECORD_SEEN, 100}}, 1,
		USE_BASIC, EVIDENCE_SEEN, 100},
	{"XOAUTH2", RECORD_TLS_NONE, BOTH, true, false, 1, 1, 3000,
		{{RECORD_OAUTH, RECORD_ACCEPTED, RECORD_SEEN, 100}}, 1,
		USE_OAUTH, EVIDENCE_SEEN, 100},
	{"GSSAPI", RECORD_TLS_NONE, BOTH, true, false, 1, 1, 3000,
		{{RECORD_OTHER, RECORD_ACCEPTED, RECORD_SEEN, 100}}, 1,
		USE_OTHER, EVIDENCE_SEEN, 100},
	{"LOGIN refused, then XOAUTH2 accepted", RECORD_TLS_NONE, BOTH, true,
		false, 1, 1, 3000,
		{{RECORD_BASIC, RECORD_REJECTED, RECORD_SEEN, 100},
			{RECORD_OAUTH, RECORD_ACCEPTED, RECORD_SEEN, 100}}, 2,
		USE_OAUTH, EVIDENCE_SEEN, 100},
	{"both refused", RECORD_TLS_NONE, BOTH, true, false, 0, 0, 300,
		{{RECORD_OAUTH, RECORD_REJECTED, RECORD_SEEN, 100},
			{RECORD_BASIC, RECORD_REJECTED, RECORD_SEEN, 100}}, 2,
		USE_BASIC, EVIDENCE_SEEN, 100},
	{"a guess beside a sighting", RECORD_TLS_STARTTLS, BOTH, true, true,
		0, 1, 3000,
		{{RECORD_OAUTH, RECORD_UNKNOWN, RECORD_SEEN, 100},
			{RECORD_BASIC, RECORD_ACCEPTED, RECORD_INFERRED, 99}},
		2, USE_OAUTH, EVIDENCE_SEEN, 100},
	{"AUTH behind a gap", RECORD_TLS_NONE, BOTH | RECORD_RESYNCS, false,
		false, 0, 0, 100,
		{{RECORD_BASIC, RECORD_ACCEPTED, RECORD_RESYNCED, 100}}, 1,
		USE_BASIC, EVIDENCE_RESYNCED, 100},
	{"inferred, at an endpoint that demands AUTH", RECORD_TLS_STARTTLS,
		BOTH, true, true, 0, 1, 3000,
		{{RECORD_BASIC, RECORD_ACCEPTED, RECORD_INFERRED, 97}}, 1,
		USE_BASIC, EVIDENCE_INFERRED, 97},
	{"mail to such an endpoint", RECORD_TLS_STARTTLS, BOTH, true, true, 0,
		0, 3000, {{0}}, 0, USE_REQUIRED, EVIDENCE_IMPLIED, 100},
	{"a probe of such an endpoint", RECORD_TLS_STARTTLS, BOTH, true, true,
		0, 0, 800, {{0}}, 0, USE_UNKNOWN, EVIDENCE_NONE, 0},
	{"TLS that failed there", RECORD_TLS_STARTTLS,
		BOTH | RECORD_TLS_FAILED, true, true, 0, 0, 3000, {{0}}, 0,
		USE_UNKNOWN, EVIDENCE_NONE, 0},
	{"in clear there: MAIL without AUTH", RECORD_TLS_NONE, BOTH, true,
		true, 1, 0, 90, {{0}}, 0, USE_NONE, EVIDENCE_SEEN, 100},
	{"STARTTLS to any other", RECORD_TLS_STARTTLS, BOTH, true, false, 0,
		0, 90000, {{0}}, 0, USE_UNKNOWN, EVIDENCE_NONE, 0},
	{"implicit TLS to any other", RECORD_TLS_IMPLICIT, BOTH, false, false,
		0, 0, 90000, {{0}}, 0, USE_UNKNOWN, EVIDENCE_NONE, 0},
};

static void a_session_has_its_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sessions / sizeof sessions[0]; i++) {
		const struct session_case *c = &sessions[i];
		struct verdict_facts f = {
			.tls = c->tls, .flags = c->flags, .helo = c->helo,
			.demands = c->demands, .mails = c->mails,
			.messages = c->messages,
			.client_bytes = c->client_bytes, .auth_n = c->tries_n,
		};
		struct verdict v;

		for (size_t t = 0; t < c->tries_n; t++)
			f.auth[t] = (struct verdict_auth){c->tries[t].class,
				c->tries[t].outcome, c->tries[t].evidence,
				c->tries[t].confidence};
		v = verdict_session(&f);
		if (v.use != c->use || v.evidence != c->evidence ||
			v.confidence != c->confidence)
			fail_msg("%s: %s, %d, %u", c->what,
				auth_use_word(v.use), (int)v.evidence,
				v.confidence);
	}
}

static void the_stronger_evidence_wins(void **state)
{
	const struct verdict oauth_seen = {USE_OAUTH, EVIDENCE_SEEN, 100};
	const struct verdict basic_guess = {USE_BASIC, EVIDENCE_INFERRED, 99};
	const struct verdict basic_less = {USE_BASIC, EVIDENCE_INFERRED, 60};
	const struct verdict basic_seen = {USE_BASIC, EVIDENCE_SEEN, 100};
	const struct verdict none_seen = {USE_NONE, EVIDENCE_SEEN, 100};
	const struct verdict implied = {USE_REQUIRED, EVIDENCE_IMPLIED, 100};
	const struct verdict nothing = {0};

	(void)state;
	check(verdict_outranks(&oauth_seen, &basic_guess));
	check(verdict_outranks(&none_seen, &basic_guess));
	check(verdict_outranks(&basic_seen, &oauth_seen));
	check(verdict_outranks(&oauth_seen, &none_seen));
	check(verdict_outranks(&basic_guess, &basic_less));
	check(verdict_outranks(&basic_guess, &implied));
	check(!verdict_outranks(&basic_seen, &basic_seen));
	/* With different servers, one does not undo the other. */
	check(verdict_concerns_more(&basic_guess, &none_seen));
	check(verdict_concerns_more(&implied, &none_seen));
	check(verdict_concerns_more(&oauth_seen, &basic_guess));
	check(verdict_concerns_more(&none_seen, &nothing));
	check(!verdict_concerns_more(&nothing, &none_seen));
}

/* Sessions that TLS hides and in which record lengths show no AUTH entry. */
static void a_guess_without_auth_is_a_verdict_too(void **state)
{
	struct verdict_facts f = {.tls = RECORD_TLS_STARTTLS, .flags = BOTH,
		.helo = true, .messages = 1, .client_bytes = 3000,
		.guess = RECORD_NO_AUTH, .guess_odds = -300};
	struct verdict v = verdict_session(&f);

	(void)state;
	check(v.use == USE_NONE && v.evidence == EVIDENCE_INFERRED &&
		v.confidence == 95);
	/* A probe sends no mail, whatever it did not do before. */
	f.messages = 0;
	check(verdict_session(&f).use == USE_UNKNOWN);
	/* Where mail is taken with AUTH only, a guess of none is no mail. */
	f.messages = 1;
	f.demands = true;
	check(verdict_session(&f).use == USE_UNKNOWN);
	f.guess = RECORD_UNDECIDED;
	check(verdict_session(&f).use == USE_REQUIRED);
	f.demands = false;
	f.guess_odds = 0;
	v = verdict_session(&f);
	check(v.use == USE_UNKNOWN && v.evidence == EVIDENCE_NONE &&
		v.confidence == 50);
}

static struct verdict_vote vote(enum auth_use use, enum evidence evidence,
	unsigned confidence, uint64_t n)
{
	return (struct verdict_vote){{use, evidence, confidence}, n};
}

static void is(const struct verdict_vote *votes, size_t n, enum auth_use use,
	enum evidence evidence, unsigned least, unsigned most,
	uint64_t want)
{
	uint64_t from;
	struct verdict v = verdict_together(votes, n, &from);

	if (v.use != use || v.evidence != evidence || v.confidence < least ||
		v.confidence > most || from != want)
		fail_msg("%s, %d, %u %%, from %u", auth_use_word(v.use),
			(int)v.evidence, v.confidence, (unsigned)from);
}

static void guesses_of_many_sessions_add_up(void **state)
{
	const enum evidence guess = EVIDENCE_INFERRED;
	struct verdict_vote v[2] = {0};

	(void)state;
	is(v, 0, USE_UNKNOWN, EVIDENCE_NONE, 0, 0, 0);
	v[0] = vote(USE_BASIC, guess, 80, 1);
	is(v, 1, USE_BASIC, guess, 79, 80, 1);
	v[0].sessions = 10;
	is(v, 1, USE_BASIC, guess, 99, 99, 10);
	/* Too little is nothing, and a little often is something: that AUTH
	 * takes place, though not by which mechanism. */
	v[0] = vote(USE_UNKNOWN, EVIDENCE_NONE, 55, 1);
	is(v, 1, USE_UNKNOWN, EVIDENCE_NONE, 0, 0, 0);
	v[0] = vote(USE_UNKNOWN, EVIDENCE_NONE, 70, 16);
	is(v, 1, USE_REQUIRED, guess, 98, 99, 16);
	v[0] = vote(USE_UNKNOWN, EVIDENCE_NONE, 25, 16);
	is(v, 1, USE_NONE, guess, 98, 99, 16);
	/* The mechanisms' classes vote as well. */
	v[0] = vote(USE_BASIC, guess, 70, 3);
	v[1] = vote(USE_OAUTH, guess, 95, 4);
	is(v, 2, USE_OAUTH, guess, 98, 99, 7);
}

static void a_weak_guess_yields_and_a_firm_one_stands(void **state)
{
	const enum evidence guess = EVIDENCE_INFERRED;
	struct verdict_vote v[2] = {vote(USE_BASIC, guess, 70, 1),
		vote(USE_NONE, guess, 95, 50)};

	(void)state;
	is(v, 2, USE_NONE, guess, 99, 99, 51);
	v[0] = vote(USE_BASIC, guess, 97, 1);
	is(v, 2, USE_BASIC, guess, 96, 97, 1);
	/* Sightings are no guesses, however few. */
	v[0] = vote(USE_BASIC, guess, 99, 50);
	v[1] = vote(USE_OAUTH, EVIDENCE_SEEN, 100, 1);
	is(v, 2, USE_OAUTH, EVIDENCE_SEEN, 100, 100, 0);
	/* A guess tells more than what the server implies. */
	v[1] = vote(USE_REQUIRED, EVIDENCE_IMPLIED, 100, 50);
	is(v, 2, USE_BASIC, guess, 99, 99, 50);
}

static void a_device_has_its_standing(void **state)
{
	const int64_t day = 24LL * 3600 * 1000000, now = 100 * day;
	struct verdict_habit h = {0};

	(void)state;
	check(verdict_standing(&h, now) == STANDING_QUIET);
	h = (struct verdict_habit){.sessions = 9, .last_seen = now - day};
	check(verdict_standing(&h, now) == STANDING_ACTIVE);
	h.last_auths = h.last_refused = 2;
	check(verdict_standing(&h, now) == STANDING_ACTIVE);
	h.last_auths = h.last_refused = 3;
	check(verdict_standing(&h, now) == STANDING_FAILING);
	h.last_refused = 2;
	check(verdict_standing(&h, now) == STANDING_ACTIVE);
	h.moved_away = true;
	check(verdict_standing(&h, now) == STANDING_STOPPED);
	h.moved_away = false;
	/* Silent for six days: too long for a daily one, not for a weekly,
	 * and of one seen once nobody can say. */
	h.last_seen = now - 6 * day;
	check(verdict_standing(&h, now) == STANDING_ACTIVE);
	h.median_gap = day;
	check(verdict_standing(&h, now) == STANDING_STOPPED);
	h.median_gap = 7 * day;
	check(verdict_standing(&h, now) == STANDING_ACTIVE);
	h.median_gap = day / 24;
	h.last_seen = now - 4 * day;
	check(verdict_standing(&h, now) == STANDING_ACTIVE);
}

static void hops_come_from_the_ttl(void **state)
{
	(void)state;
	check(verdict_hops(0) == -1);
	check(verdict_hops(64) == 0 && verdict_hops(63) == 1);
	check(verdict_hops(128) == 0 && verdict_hops(65) == 63);
	check(verdict_hops(255) == 0 && verdict_hops(129) == 126);
	check(verdict_hops(1) == 63);
}

static void words_are_those_of_the_contract(void **state)
{
	(void)state;
	assert_string_equal(auth_use_word(USE_REQUIRED), "required");
	assert_string_equal(auth_use_label(USE_REQUIRED), "AUTH?");
	assert_string_equal(auth_use_label(USE_UNKNOWN), "TLS?");
	assert_string_equal(evidence_word(EVIDENCE_IMPLIED), "implied");
	check(!evidence_word(EVIDENCE_NONE));
	assert_string_equal(standing_word(STANDING_QUIET), "quiet");
	assert_string_equal(role_word(ROLE_MTA), "mta");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_has_its_verdict),
		cmocka_unit_test(the_stronger_evidence_wins),
		cmocka_unit_test(a_guess_without_auth_is_a_verdict_too),
		cmocka_unit_test(guesses_of_many_sessions_add_up),
		cmocka_unit_test(a_weak_guess_yields_and_a_firm_one_stands),
		cmocka_unit_test(a_device_has_its_standing),
		cmocka_unit_test(hops_come_from_the_ttl),
		cmocka_unit_test(words_are_those_of_the_contract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
