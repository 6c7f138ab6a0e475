/* test_endpoint.c: names of servers, services, greetings, makers' names. */
#include "capture/base/addr.h"
#include "inventory/endpoint.h"
#include "tests/unit/check.h"

static void is_named(const struct endpoint_facts *f, const char *want,
	enum endpoint_from from)
{
	char name[TEXT_MAX];

	check(endpoint_name(f, name) == from);
	assert_string_equal(name, want);
}

static void the_best_name_wins(void **state)
{
	struct endpoint_facts f = {"smtp.example.com", "cert.example.com",
		"a.example.com\nb.example.com", "mx1.example.com ESMTP",
		"asked.example.com", "dns.example.com"};

	(void)state;
	is_named(&f, "smtp.example.com", ENDPOINT_SNI);
	f.sni = NULL;
	is_named(&f, "asked.example.com", ENDPOINT_PROXY);
	f.proxied = "192.0.2.25";
	is_named(&f, "dns.example.com", ENDPOINT_DNS);
	f.dns = NULL;
	is_named(&f, "cert.example.com", ENDPOINT_CERTIFICATE);
	f.cert_cn = "*.example.com";
	is_named(&f, "a.example.com", ENDPOINT_CERTIFICATE);
	f.cert_names = "*.example.com\nb.example.com";
	is_named(&f, "b.example.com", ENDPOINT_CERTIFICATE);
	f.cert_names = NULL;
	is_named(&f, "*.example.com", ENDPOINT_CERTIFICATE);
	f.cert_cn = NULL;
	is_named(&f, "mx1.example.com", ENDPOINT_BANNER);
	f.banner = "mail ESMTP Postfix";
	is_named(&f, "mail", ENDPOINT_BANNER);
	f.banner = "SMTP ready";
	is_named(&f, "192.0.2.25", ENDPOINT_PROXY);
	f.proxied = NULL;
	is_named(&f, "", ENDPOINT_UNNAMED);
	f.banner = "192.0.2.1 ESMTP";
	is_named(&f, "", ENDPOINT_UNNAMED);
	f.banner = "";
	is_named(&f, "", ENDPOINT_UNNAMED);
	f.banner = "mx.example.com";
	is_named(&f, "mx.example.com", ENDPOINT_BANNER);
	f.banner = "mx.example.com<ESC> x";
	is_named(&f, "", ENDPOINT_UNNAMED);
}

struct service_case {
	const char *name, *service;
	bool demands;
};

static void services_are_known_by_name(void **state)
{
	static const struct service_case cases[] = {
		{"smtp.office365.com", "exchange-online-submission", true},
		{"SMTP.Office365.com.", "exchange-online-submission", true},
		{"smtp-legacy.office365.com", "exchange-online-legacy-tls",
			true},
		{"smtp-hve.office365.com", "exchange-online-hve", true},
		{"smtp.azurecomm.net", "azure-communication-services", true},
		{"contoso-example.mail.protection.outlook.com",
			"exchange-online-mx", false},
		{"contoso.example.a-v1.mx.microsoft", "exchange-online-mx",
			false},
		{"smtp.hve.mx.microsoft", "exchange-online-hve", true},
		{"email-smtp.eu-west-1.amazonaws.com", "amazon-ses", true},
		{"email-smtp..amazonaws.com", NULL, false},
		{"smtp.gmail.com", "gmail", true},
		{"smtp-relay.gmail.com", "google-relay", false},
		{"smtp.office365.com.example.com", NULL, false},
		{"xsmtp.office365.com", NULL, false},
		{".outlook.office365.com", NULL, false},
		{"", NULL, false},
		{".", NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct endpoint_facts f = {.sni = cases[i].name};
		bool demands = true;
		const char *service = endpoint_service(&f, &demands);

		if ((service == NULL) != (cases[i].service == NULL) ||
			(service && strcmp(service, cases[i].service) != 0) ||
			demands != cases[i].demands)
			fail_msg("%s: %s", cases[i].name,
				service ? service : "none");
	}
}

static void a_front_end_is_known_by_its_greeting(void **state)
{
	struct endpoint_facts f = {.banner = "SY5P282CA0097.outlook."
		"office365.com Microsoft ESMTP MAIL Service ready"};
	char group[TEXT_MAX];
	bool demands = false;

	(void)state;
	assert_string_equal(endpoint_service(&f, &demands),
		"exchange-online-submission");
	check(demands);
	f.banner = "BN8NAM12FT012.mail.protection.outlook.com Microsoft";
	assert_string_equal(endpoint_service(&f, &demands),
		"exchange-online-mx");
	check(!demands);
	check(endpoint_banner_group(f.banner, group));
	assert_string_equal(group, "*.mail.protection.outlook.com");
	check(endpoint_banner_group("mx1.example.com ESMTP", group));
	assert_string_equal(group, "mx1.example.com");
	/* A name that the client asked for is better. */
	f.sni = "smtp.example.com";
	f.banner = "smtp.example.com ESMTP";
	check(!endpoint_service(&f, &demands));
}

static void is_cut(const char *banner, const char *head)
{
	size_t n = endpoint_banner_cut(banner);

	if (n != strlen(head) || memcmp(banner, head, n) != 0)
		fail_msg("%.*s", (int)n, banner);
}

static void a_greeting_is_cut_where_it_changes(void **state)
{
	(void)state;
	is_cut("SY5P282CA0097.outlook.office365.com Microsoft ESMTP MAIL "
		"Service ready at Sun, 23 Nov 2025 11:12:20 +0000 [08DE2A]",
		"SY5P282CA0097.outlook.office365.com Microsoft ESMTP MAIL "
		"Service ready at");
	is_cut("mx1.example.com ESMTP Exim 4.96 Tue, 24 Nov 2026 08:00:00",
		"mx1.example.com ESMTP Exim 4.96");
	is_cut("mx.example.com ESMTP d2e1a72fcca58-7f0a2b3c4d5sm12.12 - gsmtp",
		"mx.example.com ESMTP");
	is_cut("mx1.example.com ESMTP Postfix", "mx1.example.com ESMTP "
		"Postfix");
	is_cut("12345678", "12345678");
	is_cut("", "");
	is_cut("  a", "  a");
	is_cut("Monday Monday Mon", "Monday Monday");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_name_wins),
		cmocka_unit_test(services_are_known_by_name),
		cmocka_unit_test(a_front_end_is_known_by_its_greeting),
		cmocka_unit_test(a_greeting_is_cut_where_it_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
