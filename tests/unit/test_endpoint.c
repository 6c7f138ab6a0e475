/* test_endpoint.c: names of servers, services, greetings, makers' names. */
#include "capture/base/addr.h"
#include "inventory/endpoint.h"
#include "inventory/query.h"
#include "inventory/rules.h"
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
	struct endpoint_facts f = {.sni = "smtp.example.com",
		.cert_cn = "cert.example.com",
		.cert_names = "a.example.com\nb.example.com",
		.banner = "mx1.example.com ESMTP",
		.proxied = "asked.example.com", .dns = "dns.example.com",
		.ip = "192.0.2.25"};

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

/* The rules of the program. */
static struct rules *opened(const struct providers **p)
{
	struct rules *r;
	struct err e = {0};

	if (!rules_load(&r, NULL, 0, &e))
		fail_msg("%s", e.text);
	*p = rules_providers(r);
	return r;
}

static void decides(const struct providers *p, const struct endpoint_facts *f,
	const char *service, enum endpoint_from from, const char *fact)
{
	struct endpoint_service s;
	bool known = endpoint_service(p, f, &s);

	if (known != (service != NULL) || (s.of != NULL) != known ||
		s.from != from || (known &&
			(strcmp(s.of->service, service) != 0 ||
				strcmp(s.fact, fact) != 0)))
		fail_msg("%s by %s '%s', not %s", known ? s.of->service
			: "nobody's", endpoint_from_word(s.from), s.fact,
			service ? service : "nobody's");
}

static void the_strongest_fact_that_a_rule_knows_decides(void **state)
{
	const struct providers *p;
	struct rules *r = opened(&p);
	struct endpoint_facts f = {.sni = "smtp.gmail.com",
		.dns = "smtp.sendgrid.net", .cert_cn = "smtp.example.com",
		.cert_names = "a.example.com\nsmtp.mailgun.org",
		.banner = "AM0PR04.outlook.office365.com Microsoft ESMTP",
		.ip = "104.47.1.2"};

	(void)state;
	decides(p, &f, "gmail", ENDPOINT_SNI, "smtp.gmail.com");
	f.sni = "smtp.example.com";
	decides(p, &f, "sendgrid", ENDPOINT_DNS, "smtp.sendgrid.net");
	/* What DNS told somebody is no proof in a session. */
	check(endpoint_demands(p, &f));
	f.dns = NULL;
	decides(p, &f, "mailgun", ENDPOINT_CERTIFICATE, "smtp.mailgun.org");
	f.cert_names = "a.example.com";
	decides(p, &f, "exchange-online-submission", ENDPOINT_BANNER,
		"AM0PR04.outlook.office365.com");
	f.banner = "mx.example.com ESMTP";
	decides(p, &f, "exchange-online-mx", ENDPOINT_ADDRESS, "104.47.1.2");
	check(!endpoint_demands(p, &f));
	f.ip = "52.97.1.34";
	decides(p, &f, "exchange-online-submission", ENDPOINT_ADDRESS,
		"52.97.1.34");
	check(endpoint_demands(p, &f));
	f.ip = "192.0.2.25";
	decides(p, &f, NULL, ENDPOINT_UNNAMED, "");
	f.dns = "smtp.office365.com";
	check(!endpoint_demands(p, &f));
	/* At the other end is the proxy, not what it was asked for. */
	f = (struct endpoint_facts){.ip = "52.97.1.34",
		.proxied = "mail.example.com"};
	decides(p, &f, NULL, ENDPOINT_UNNAMED, "");
	f.proxied = "2a01:111:f403::1";
	decides(p, &f, "exchange-online-mx", ENDPOINT_ADDRESS,
		"2a01:111:f403::1");
	f.proxied = "smtp.azurecomm.net";
	decides(p, &f, "azure-communication-services", ENDPOINT_PROXY,
		"smtp.azurecomm.net");
	f = (struct endpoint_facts){.greeted = "*.mail.protection.outlook.com"};
	decides(p, &f, "exchange-online-mx", ENDPOINT_BANNER, f.greeted);
	rules_free(r);
}

static void what_no_rule_knows_may_be_ones_own(void **state)
{
	static char domain[] = "contoso.example";
	static char *domains[] = {domain};
	const struct names own = {domains, 1}, nothing = {NULL, 0};
	const struct providers *p;
	struct rules *r = opened(&p);
	struct endpoint_facts f = {.banner = "mail.contoso.example ESMTP",
		.ip = "198.51.100.25", .own = &own};

	(void)state;
	decides(p, &f, "own", ENDPOINT_BANNER, "mail.contoso.example");
	f.cert_cn = "*.contoso.example";
	decides(p, &f, "own", ENDPOINT_CERTIFICATE, "*.contoso.example");
	f.own = &nothing;
	decides(p, &f, NULL, ENDPOINT_UNNAMED, "");
	f.ip = "10.1.2.3";
	decides(p, &f, "own", ENDPOINT_ADDRESS, "10.1.2.3");
	f.own = NULL;
	decides(p, &f, NULL, ENDPOINT_UNNAMED, "");
	/* A name of one's own that leads to somebody else's address. */
	f = (struct endpoint_facts){.sni = "smtp.contoso.example",
		.ip = "52.97.1.34", .own = &own};
	decides(p, &f, "exchange-online-submission", ENDPOINT_ADDRESS,
		"52.97.1.34");
	f = (struct endpoint_facts){.sni = "xcontoso.example", .own = &own};
	decides(p, &f, NULL, ENDPOINT_UNNAMED, "");
	rules_free(r);
}

static void a_front_end_is_called_by_its_fleet(void **state)
{
	const struct providers *p;
	struct rules *r = opened(&p);
	char group[TEXT_MAX];

	(void)state;
	check(endpoint_banner_group(p, "BN8NAM12FT012.mail.protection.outlook"
		".com Microsoft", group));
	assert_string_equal(group, "*.mail.protection.outlook.com");
	check(endpoint_banner_group(p, "mx1.example.com ESMTP", group));
	assert_string_equal(group, "mx1.example.com");
	check(endpoint_banner_group(p, "mx.mimecast.com ESMTP", group));
	assert_string_equal(group, "mx.mimecast.com");
	rules_free(r);
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
		cmocka_unit_test(the_strongest_fact_that_a_rule_knows_decides),
		cmocka_unit_test(what_no_rule_knows_may_be_ones_own),
		cmocka_unit_test(a_front_end_is_called_by_its_fleet),
		cmocka_unit_test(a_greeting_is_cut_where_it_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
