/* test_providers.c: rules about servers: as people write them, which of them
 * decides, and the services that are known. */
#include "inventory/providers.h"
#include "inventory/rules.h"
#include "tests/unit/check.h"

static struct rules *of_text(const char *text)
{
	struct rules *r;
	struct err e = {0};

	if (!rules_parse(&r, "mine.rules", text, strlen(text), &e))
		fail_msg("%s", e.text);
	return r;
}

static const char *service_at(const struct providers *p, const char *name)
{
	const struct provider *s;
	struct addr a;

	s = addr_parse(name, &a) ? providers_by_address(p, &a)
		: providers_by_name(p, name, strlen(name));
	return s ? s->service : "none";
}

struct service_case {
	const char *name, *service;
	enum service_way way;
	bool demands;
};

static void services_are_known(void **state)
{
	static const struct service_case cases[] = {
		{"smtp.office365.com", "exchange-online-submission",
			WAY_SUBMISSION, true},
		{"SMTP.Office365.com.", "exchange-online-submission",
			WAY_SUBMISSION, true},
		{"AM0PR04.eurprd04.prod.outlook.com",
			"exchange-online-submission", WAY_SUBMISSION, true},
		{"smtp-legacy.office365.com", "exchange-online-legacy-tls",
			WAY_LEGACY_TLS, true},
		{"smtp-hve.office365.com", "exchange-online-hve",
			WAY_HIGH_VOLUME, true},
		{"smtp.hve.mx.microsoft", "exchange-online-hve",
			WAY_HIGH_VOLUME, true},
		{"smtp.azurecomm.net", "azure-communication-services",
			WAY_AZURE, true},
		{"contoso-example.mail.protection.outlook.com",
			"exchange-online-mx", WAY_MX, false},
		{"contoso.example.a-v1.mx.microsoft", "exchange-online-mx",
			WAY_MX, false},
		{"email-smtp.eu-west-1.amazonaws.com", "amazon-ses",
			WAY_PROVIDER, true},
		{"smtp.gmail.com", "gmail", WAY_PROVIDER, true},
		{"smtp-relay.gmail.com", "google-relay", WAY_PROVIDER, false},
		{"aspmx.l.google.com", "google-mx", WAY_PROVIDER, false},
		{"eu-smtp-outbound-1.mimecast.com", "mimecast", WAY_PROVIDER,
			false},
		{"52.97.1.34", "exchange-online-submission", WAY_SUBMISSION,
			true},
		{"2603:1026:c0d::1", "exchange-online-submission",
			WAY_SUBMISSION, true},
		{"52.101.68.36", "exchange-online-mx", WAY_MX, false},
		{"74.125.133.109", "google", WAY_PROVIDER, false},
	};
	static const char *const none[] = {"smtp.office365.com.example.com",
		"xsmtp.office365.com", ".outlook.office365.com", "", ".", "..",
		"email-smtp..amazonaws.com", "mimecast.com", "192.0.2.25",
		"52.95.255.255", "52.104.0.0", "2603:1027::1", "::1"};
	const struct providers *p;
	struct rules *r;
	struct err e = {0};

	(void)state;
	if (!rules_load(&r, NULL, 0, &e))
		fail_msg("%s", e.text);
	p = rules_providers(r);
	check(providers_count(p) > 100);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct service_case *c = &cases[i];
		const struct provider *s;
		struct addr a;

		s = addr_parse(c->name, &a) ? providers_by_address(p, &a)
			: providers_by_name(p, c->name, strlen(c->name));
		if (!s || strcmp(s->service, c->service) != 0 ||
			s->way != c->way || s->demands != c->demands)
			fail_msg("%s: %s", c->name, s ? s->service : "none");
		check(s->rule && s->name && service_way_word(s->way) &&
			service_way_text(s->way));
	}
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_string_equal(service_at(p, none[i]), "none");
	rules_free(r);
}

static const char mine[] =
	"any    server  *                 any      provider optional\n"
	"below  server  *.b.example       below    own      optional\n"
	"deeper server  *.a.b.example     deeper   own      optional\n"
	"odd    server  x*.a.b.example    odd      own      optional\n"
	"short  server  *x.a.b.*          short    own      optional\n"
	"whole  fleet   *.x.a.b.example   whole    own      required Me\n"
	"net    address 10.0.0.0/8        net      own      optional\n"
	"half   address 10.128.0.0/9      half     own      optional\n"
	"one    address 10.128.0.1        one      own      required -\n"
	"all6   address ::/0              all6     own      optional\n"
	"net6   address 2001:db8:8000::/33 net6    own      optional\n";

static void the_most_exact_rule_decides(void **state)
{
	struct rules *r = of_text(mine);
	const struct providers *p = rules_providers(r);

	(void)state;
	check(rules_count(r) == 0 && providers_count(p) == 11);
	assert_string_equal(service_at(p, "example"), "any");
	assert_string_equal(service_at(p, "b.example"), "any");
	assert_string_equal(service_at(p, "c.B.Example"), "below");
	assert_string_equal(service_at(p, "c.a.b.example"), "deeper");
	assert_string_equal(service_at(p, "xc.a.b.example"), "odd");
	assert_string_equal(service_at(p, "y.x.a.b.example"), "whole");
	assert_string_equal(service_at(p, "y.x.a.b.example."), "whole");
	assert_string_equal(service_at(p, "cx.a.b.test"), "short");
	assert_string_equal(service_at(p, "10.1.2.3"), "net");
	assert_string_equal(service_at(p, "10.128.0.2"), "half");
	assert_string_equal(service_at(p, "10.128.0.1"), "one");
	assert_string_equal(service_at(p, "11.0.0.0"), "none");
	assert_string_equal(service_at(p, "2001:db8:7fff::1"), "all6");
	assert_string_equal(service_at(p, "2001:db8:8000::1"), "net6");
	assert_string_equal(providers_fleet(p, "y.x.a.b.example", 15),
		"*.x.a.b.example");
	check(!providers_fleet(p, "c.a.b.example", 13));
	check(strcmp(providers_by_name(p, "y.x.a.b.example", 15)->name,
		"Me") == 0);
	rules_free(r);
}

static void the_order_of_rules_changes_nothing(void **state)
{
	static const char a[] = "a server *.example one own optional\n"
		"b server m*.example two own optional\n"
		"c address 192.0.2.0/24 one own optional\n"
		"d address 192.0.2.0/24 two own optional\n";
	static const char b[] = "d address 192.0.2.0/24 two own optional\n"
		"c address 192.0.2.0/24 one own optional\n"
		"b server m*.example two own optional\n"
		"a server *.example one own optional\n";
	struct rules *x = of_text(a), *y = of_text(b);
	static const char *const names[] = {"m.example", "n.example",
		"192.0.2.1"};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(service_at(rules_providers(x), names[i]),
			service_at(rules_providers(y), names[i]));
	rules_free(x);
	rules_free(y);
}

static void one_file_may_hold_both_forms(void **state)
{
	struct rules *r = of_text("p ehlo P* printer 60\n"
		"s server smtp.example s own optional\n"
		"s server smtp.example t own optional\n");
	struct rules *other = of_text("p ehlo P* printer 60\n"
		"s server smtp.example s own optional\n");

	(void)state;
	check(rules_count(r) == 1 && providers_count(rules_providers(r)) == 1);
	assert_string_equal(service_at(rules_providers(r), "smtp.example"),
		"t");
	check(rules_print(r) != rules_print(other));
	rules_free(r);
	rules_free(other);
}

static void an_error_names_file_line_and_reason(void **state)
{
	static const struct {
		const char *text, *line, *reason;
	} wrong[] = {
		{"a server b", "line 1", "at least six words"},
		{"\na server b c own optional d e", "line 2", "too many: 'e'"},
		{"a server {mac} s own optional", "line 1", "no {mac} or #"},
		{"a server \"\" s own optional", "line 1", "empty"},
		{"a server *a*b*c*d*e s own optional", "line 1", "four *"},
		{"a fleet mx.example s own optional", "line 1", "begins with"},
		{"a server b S own optional", "line 1", "small letters"},
		{"a server b \"\" own optional", "line 1", "small letters"},
		{"a server b s away optional", "line 1", "away"},
		{"a server b s own maybe", "line 1", "maybe"},
		{"a address b s own optional", "line 1", "network"},
		{"a address 10.0.0.0/33 s own optional", "line 1", "/33"},
		{"a address 10.0.0.0/ s own optional", "line 1", "network"},
		{"a address 10.0.0.0/-1 s own optional", "line 1", "network"},
		{"a address 10.0.0.0/8x s own optional", "line 1", "network"},
		{"a address 10.0.0.1/8 s own optional", "line 1", "behind"},
		{"a address 2001:db8::/129 s own optional", "line 1", "/129"},
		{"a address 2001:db8::1/64 s own optional", "line 1", "behind"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct rules *r = NULL;
		struct err e = {0};

		check(!rules_parse(&r, "mine.rules", wrong[i].text,
			strlen(wrong[i].text), &e));
		if (r || !strstr(e.text, "'mine.rules'") ||
			!strstr(e.text, wrong[i].line) ||
			!strstr(e.text, wrong[i].reason))
			fail_msg("%s: %s", wrong[i].text, e.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(services_are_known),
		cmocka_unit_test(the_most_exact_rule_decides),
		cmocka_unit_test(the_order_of_rules_changes_nothing),
		cmocka_unit_test(one_file_may_hold_both_forms),
		cmocka_unit_test(an_error_names_file_line_and_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
