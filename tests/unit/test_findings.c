/* test_findings.c: what is wrong with how a device sends, and how often. */
#include "inventory/endpoint.h"
#include "inventory/findings.h"
#include "inventory/tally.h"
#include "tests/unit/check.h"

enum { DAY = 24, START = 490000 }; /* hours since 1970 */

/* n occasions, so many hours apart, the last one first. */
static enum cadence every(int64_t gap, size_t n)
{
	int64_t hours[64];

	check(n <= 64);
	for (size_t i = 0; i < n; i++)
		hours[i] = START - (int64_t)i * gap;
	return cadence_of(hours, n);
}

static void habits_have_names(void **state)
{
	static const int64_t work_days[] = {START + 11 * DAY, START + 10 * DAY,
		START + 9 * DAY, START + 8 * DAY, START + 7 * DAY,
		START + 4 * DAY, START + 3 * DAY, START + 2 * DAY,
		START + DAY, START};
	static const int64_t one_missed[] = {START + 28 * DAY,
		START + 21 * DAY, START + 7 * DAY, START};

	(void)state;
	check(every(1, 0) == CADENCE_NONE && every(1, 1) == CADENCE_ONCE);
	check(every(1, 2) == CADENCE_ONCE);
	check(every(1, 48) == CADENCE_HOURLY);
	check(every(2, 60) == CADENCE_HOURLY);
	check(every(DAY, 5) == CADENCE_DAILY);
	check(every(7 * DAY, 5) == CADENCE_WEEKLY);
	check(every(30 * DAY, 3) == CADENCE_MONTHLY);
	check(every(31 * DAY, 2) == CADENCE_MONTHLY);
	check(every(13 * DAY, 5) == CADENCE_IRREGULAR);
	check(every(60 * DAY, 2) == CADENCE_IRREGULAR);
	check(cadence_of(work_days, 10) == CADENCE_DAILY);
	check(cadence_of(one_missed, 4) == CADENCE_WEEKLY);
	assert_string_equal(cadence_word(CADENCE_WEEKLY), "weekly");
	check(!cadence_word(CADENCE_NONE));
}

static void the_median_gap_is_in_microseconds(void **state)
{
	static const int64_t hours[] = {START + 30, START + 28, START};

	(void)state;
	check(cadence_gap(hours, 1) == 0 && cadence_gap(NULL, 0) == 0);
	check(cadence_gap(hours, 2) == 2LL * 3600 * 1000000);
	check(cadence_gap(hours, 3) == 28LL * 3600 * 1000000);
}

static bool has(const struct finding_facts *f, enum finding which)
{
	return findings_of(f) == FINDING_BIT(which);
}

static void each_finding_follows_from_its_fact(void **state)
{
	static const struct {
		enum tally_mark mark;
		enum finding finding;
	} marks[] = {
		{MARK_PASSWORD_IN_CLEAR, FINDING_PASSWORD_IN_CLEAR},
		{MARK_TLS_UNUSED, FINDING_TLS_UNUSED},
		{MARK_TLS_STRIPPED, FINDING_TLS_STRIPPED},
		{MARK_CERTIFICATE_EXPIRED, FINDING_CERTIFICATE_EXPIRED},
		{MARK_CERTIFICATE_WRONG, FINDING_CERTIFICATE_WRONG},
		{MARK_REFUSED_BY_POLICY, FINDING_REFUSED_BY_POLICY},
	};
	struct finding_facts f = {.use = USE_BASIC, .sessions = 9,
		.marks = 1u << MARK_CLEAR};

	(void)state;
	check(findings_of(&f) == 0);
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		struct finding_facts g = f;

		g.marks |= 1u << marks[i].mark;
		check(has(&g, marks[i].finding));
	}
	f.standing = STANDING_FAILING;
	check(has(&f, FINDING_FAILING));
	f.standing = STANDING_ACTIVE;
	f.tls_lowest = 0x0302;
	check(has(&f, FINDING_TLS_OLD));
	f.tls_lowest = 0x0303;
	check(findings_of(&f) == 0);
	f.sprayed = 4;
	check(findings_of(&f) == 0);
	f.sprayed = 5;
	check(has(&f, FINDING_SPRAY));
	for (int i = 0; i < FINDINGS; i++)
		check(finding_word((enum finding)i) &&
			finding_text((enum finding)i));
}

/* A gap beside a password that was read changes nothing. */
static void holes_matter_where_nothing_was_seen(void **state)
{
	struct finding_facts f = {.use = USE_NONE, .sessions = 9, .holes = 1};

	(void)state;
	check(has(&f, FINDING_HOLES));
	f.use = USE_BASIC;
	check(findings_of(&f) == 0);
}

static void alert_senders_are_told_where_they_are_seldom_heard(void **state)
{
	struct finding_facts f = {.use = USE_NONE, .sessions = 1,
		.alerts = true, .cadence = CADENCE_ONCE};

	(void)state;
	check(has(&f, FINDING_SILENT_UNTIL_FAULT));
	f.cadence = CADENCE_DAILY;
	check(findings_of(&f) == 0);
	f.cadence = CADENCE_ONCE;
	f.alerts = false;
	check(findings_of(&f) == 0);
}

static bool fits(const char *sni, const char *cn, const char *names)
{
	return endpoint_certificate_fits(
		&(struct endpoint_facts){.sni = sni, .cert_cn = cn,
			.cert_names = names});
}

static void a_certificate_is_for_names(void **state)
{
	(void)state;
	check(fits("mx.contoso.example", "x", "MX.contoso.example"));
	check(fits("mx.contoso.example", "x", "a\nmx.contoso.example\nb"));
	check(fits("mx.contoso.example", "x", "*.contoso.example"));
	check(!fits("a.mx.contoso.example", "x", "*.contoso.example"));
	check(!fits("contoso.example", "x", "*.contoso.example"));
	check(!fits("a.contoso.example", "x", "*.example\nexample"));
	check(!fits("mx.contoso.example", "mx.contoso.example", "other"));
	check(fits("mx.contoso.example", "mx.contoso.example", NULL));
	check(!fits("mx.contoso.example", "other.example", ""));
	/* What is not known is not wrong. */
	check(fits(NULL, "x", "y") && fits("", "x", "y") &&
		fits("mx", NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(habits_have_names),
		cmocka_unit_test(the_median_gap_is_in_microseconds),
		cmocka_unit_test(each_finding_follows_from_its_fact),
		cmocka_unit_test(holes_matter_where_nothing_was_seen),
		cmocka_unit_test(
			alert_senders_are_told_where_they_are_seldom_heard),
		cmocka_unit_test(a_certificate_is_for_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
