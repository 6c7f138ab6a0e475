/* test_advice.c: what to do about a way of sending, and by when. */
#include "inventory/advice.h"
#include "tests/unit/check.h"

struct way {
	enum auth_use use;
	const char *service;
	enum recipients recipients;
	bool tls_old;
	const char *rule, *breaks;
};

static const struct way ways[] = {
	{USE_OAUTH, "exchange-online-submission", RECIPIENTS_UNKNOWN, false,
		"eo-oauth", "2026-12-31"},
	{USE_BASIC, "exchange-online-submission", RECIPIENTS_INSIDE, false,
		"eo-basic-inside", "2026-12-31"},
	{USE_BASIC, "exchange-online-submission", RECIPIENTS_OUTSIDE, false,
		"eo-basic-outside", "2026-12-31"},
	{USE_BASIC, "exchange-online-submission", RECIPIENTS_INSIDE, true,
		"eo-basic-old-tls", "2026-12-31"},
	{USE_REQUIRED, "exchange-online-submission", RECIPIENTS_UNKNOWN,
		false, "eo-required", "2026-12-31"},
	{USE_NONE, "exchange-online-submission", RECIPIENTS_INSIDE, false,
		"eo-none", "now"},
	{USE_BASIC, "exchange-online-hve", RECIPIENTS_INSIDE, false,
		"hve-basic", "2028-09-30"},
	/* Never flagged. */
	{USE_BASIC, "azure-communication-services", RECIPIENTS_OUTSIDE, false,
		"acs", NULL},
	{USE_NONE, "exchange-online-mx", RECIPIENTS_INSIDE, false,
		"mx-inside", NULL},
	{USE_NONE, "exchange-online-mx", RECIPIENTS_OUTSIDE, false,
		"mx-outside", NULL},
	{USE_BASIC, "own", RECIPIENTS_INSIDE, true, "own-basic-inside", NULL},
	{USE_BASIC, "sendgrid", RECIPIENTS_OUTSIDE, false, "other-basic",
		NULL},
	{USE_UNKNOWN, "other", RECIPIENTS_UNKNOWN, false, "other", NULL},
};

static void each_way_has_its_advice(void **state)
{
	struct advices *a;
	struct err e = {0};

	(void)state;
	if (!advices_load(&a, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		const struct way *w = &ways[i];
		struct advice_facts f = {w->use, w->service, w->recipients,
			w->tls_old};
		struct advice got = advise(a, &f);

		if (!got.rule || strcmp(got.rule, w->rule) != 0 ||
			(w->breaks ? !got.breaks ||
				strcmp(got.breaks, w->breaks) != 0
				   : got.breaks != NULL))
			fail_msg("%s to %s: %s", auth_use_word(w->use),
				w->service, got.rule);
		check(got.what && got.why);
	}
	advices_free(a);
}

static void the_sooner_date_goes_first(void **state)
{
	struct advice now = {.rule = "a", .breaks = "now"};
	struct advice soon = {.rule = "b", .breaks = "2026-12-31"};
	struct advice late = {.rule = "c", .breaks = "2028-09-30"};
	struct advice never = {.rule = "d"}, nothing = {0};

	(void)state;
	check(advice_is_sooner(&now, &soon) && !advice_is_sooner(&soon, &now));
	check(advice_is_sooner(&soon, &late) &&
		!advice_is_sooner(&late, &soon));
	check(advice_is_sooner(&late, &never) &&
		!advice_is_sooner(&never, &late));
	check(advice_is_sooner(&never, &nothing) &&
		!advice_is_sooner(&nothing, &never));
	check(!advice_is_sooner(&soon, &soon));
}

static void an_error_names_file_line_and_reason(void **state)
{
	static const struct {
		const char *text, *reason;
	} wrong[] = {
		{"a basic * * * - - \"b\"", "nine words"},
		{"a cunning * * * - - b c", "cunning"},
		{"a basic * everywhere * - - b c", "everywhere"},
		{"a basic * * new - - b c", "'new'"},
		{"a basic {x} * * - - b c", "braces"},
		{"a basic * * * soon - b c", "soon"},
		{"a basic * * * 2026-13-1 - b c", "2026-13-1"},
		{"a basic * * * - then b c", "then"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct advices *a = NULL;
		struct err e = {0};

		check(!advices_parse(&a, "mine", wrong[i].text,
			strlen(wrong[i].text), &e) && !a);
		if (!strstr(e.text, "'mine', line 1") ||
			!strstr(e.text, wrong[i].reason))
			fail_msg("%s: %s", wrong[i].text, e.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_has_its_advice),
		cmocka_unit_test(the_sooner_date_goes_first),
		cmocka_unit_test(an_error_names_file_line_and_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
