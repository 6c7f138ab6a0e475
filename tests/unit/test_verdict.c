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
		cmocka_unit_test(a_device_has_its_standing),
		cmocka_unit_test(hops_come_from_the_ttl),
		cmocka_unit_test(words_are_those_of_the_contract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
