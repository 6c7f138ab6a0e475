/* test_rules.c: patterns, rules as people write them, and what they tell. */
#include "inventory/glob.h"
#include "inventory/rules.h"
#include "tests/unit/check.h"
#include <stdio.h>
#include <unistd.h>

static bool matches(const char *pattern, const char *text)
{
	struct mac mac;
	bool has_mac;

	check(!glob_wrong(pattern));
	return glob_matches(pattern, text, &mac, &has_mac);
}

static void a_pattern_stands_for_the_whole_text(void **state)
{
	(void)state;
	check(matches("abc", "ABC") && !matches("abc", "abcd"));
	check(!matches("abc", "ab") && !matches("abc", ""));
	check(matches("a?c", "axc") && !matches("a?c", "ac"));
	check(matches("##", "aF") && !matches("##", "ag"));
	check(matches("*", "") && matches("*", "anything"));
	check(matches("*printer*", "my printer 2") && matches("a*", "a"));
	check(matches("*b*b*", "abab") && !matches("*b*b*", "aba"));
	check(matches("NPI{nic}", "npi7a4b19"));
	check(!matches("NPI{nic}", "NPI7A4B1") && !matches("NPI{nic}",
		"NPI7A4B1G") && !matches("NPI{nic}", "NPI7A4B190"));
}

static void a_pattern_finds_the_mac(void **state)
{
	static const char *const names[] = {"RNP002673A5A8F3",
		"RNP00-26-73-a5-a8-f3", "rnp00:26:73:A5:A8:F3"};
	static const uint8_t want[] = {0, 0x26, 0x73, 0xa5, 0xa8, 0xf3};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		bool has_mac;
		struct mac mac;

		check(glob_matches("RNP{mac}", names[i], &mac, &has_mac));
		check(has_mac && memcmp(mac.b, want, sizeof want) == 0);
	}
	check(!matches("RNP{mac}", "RNP002673A5A8F") &&
		!matches("RNP{mac}", "RNP002673A5A8F30") &&
		!matches("RNP{mac}", "RNP00-26:73-a5-a8-f3") &&
		!matches("RNP{mac}", "RNP00-2673a5a8f3"));
}

static void a_wrong_pattern_is_told(void **state)
{
	static const char *const wrong[] = {"", "{", "}", "{max}", "x{mac",
		"a}b", "{mac}{mac}", "*a*b*c*d*e*"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (!glob_wrong(wrong[i]))
			fail_msg("'%s' is taken", wrong[i]);
}

static struct rules *builtin(void)
{
	struct rules *r;
	struct err e = {0};

	if (!rules_load(&r, NULL, 0, &e))
		fail_msg("%s", e.text);
	return r;
}

static struct rules *of_text(const char *text)
{
	struct rules *r;
	struct err e = {0};

	if (!rules_parse(&r, "mine.rules", text, strlen(text), &e))
		fail_msg("%s", e.text);
	return r;
}

struct known {
	enum rule_of of;
	const char *text, *vendor;
	enum device_type type;
};

static const struct known things[] = {
	{RULE_EHLO, "NPI7A4B19", "HP", TYPE_PRINTER},
	{RULE_EHLO, "RNP002673A5A8F3", "Ricoh", TYPE_PRINTER},
	{RULE_EHLO, "BRN_12AB34", "Brother", TYPE_PRINTER},
	{RULE_EHLO, "BRN0080771C229A", "Brother", TYPE_PRINTER},
	{RULE_EHLO, "BRW0080771C229A", "Brother", TYPE_PRINTER},
	{RULE_EHLO, "EPSON9F2201", "Seiko Epson", TYPE_PRINTER},
	{RULE_EHLO, "FX-12AB34", "Fuji Xerox", TYPE_PRINTER},
	{RULE_EHLO, "XRX9C934E5E21B0.contoso.example", "Xerox",
		TYPE_PRINTER},
	{RULE_EHLO, "ET0021B70D44E6", "Lexmark", TYPE_PRINTER},
	{RULE_DHCP_HOST, "KM12AB34", "Kyocera", TYPE_PRINTER},
	{RULE_DHCP_HOST, "KMBT1A2B3C", "Konica Minolta", TYPE_PRINTER},
	{RULE_DNS, "canon107f02", "Canon", TYPE_PRINTER},
	{RULE_EHLO, "SEC30CDA7123456", "Samsung", TYPE_PRINTER},
	{RULE_DHCP_CLASS, "Hewlett-Packard JetDirect", "HP", TYPE_PRINTER},
	{RULE_OUI, "RICOH COMPANY,LTD.", "Ricoh", TYPE_PRINTER},
	{RULE_SERVICE, "_pdl-datastream._tcp", NULL, TYPE_PRINTER},
	{RULE_AGENT, "Canon MFP", "Canon", TYPE_PRINTER},
	{RULE_EHLO, "idrac-7XK2M03", "Dell", TYPE_MANAGEMENT},
	{RULE_NETBIOS, "DISKSTATION", "Synology", TYPE_NAS},
	{RULE_EHLO, "NAS1A2B3C", "QNAP", TYPE_NAS},
	{RULE_EHLO, "apc6E90D1", "APC", TYPE_UPS},
	{RULE_MDNS, "axis-accc8e216031.local", "Axis", TYPE_CAMERA},
	{RULE_DHCP_HOST, "SEP00260B123456", "Cisco", TYPE_PHONE},
	{RULE_EHLO, "zabbix.contoso.example", NULL, TYPE_APPLICATION},
	{RULE_AGENT, "PHPMailer 6.9.1 (https://example.com/)", NULL,
		TYPE_LIBRARY},
	{RULE_BANNER, "mail.contoso.example ESMTP Postfix (Debian/GNU)", NULL,
		TYPE_MAIL_SERVER},
	{RULE_AGENT, "Microsoft Outlook 16.0", "Microsoft", TYPE_CLIENT},
	{RULE_NTLM, "DESKTOP-4F2K9LQ", "Microsoft", TYPE_CLIENT},
};

static void what_is_known_of_devices_is_told(void **state)
{
	struct rules *r = builtin();

	(void)state;
	check(rules_count(r) >= 60);
	for (size_t i = 0; i < sizeof things / sizeof things[0]; i++) {
		const struct known *k = &things[i];
		struct rule_fact f = {k->of, k->text};
		struct judgement j = rules_judge(r, &f, 1);

		if (j.type != k->type || j.score == 0 || !j.rule ||
			j.fact_of != k->of || (k->vendor &&
				(!j.vendor || strcmp(j.vendor, k->vendor))))
			fail_msg("%s: %s, %s", k->text,
				device_type_word(j.type),
				j.vendor ? j.vendor : "no vendor");
	}
	rules_free(r);
}

static void what_tells_nothing_is_unknown(void **state)
{
	static const struct rule_fact facts[] = {
		{RULE_EHLO, "sales-7"}, {RULE_EHLO, ""},
		{RULE_EHLO, "RNP002673A5A8F"}, {RULE_EHLO, "[10.1.2.3]"},
		{RULE_AGENT, "NPI7A4B19"}, {RULE_DHCP_CLASS, "udhcp 1.30"}};
	struct rules *r = builtin();
	struct judgement j;

	(void)state;
	for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
		j = rules_judge(r, &facts[i], 1);
		if (j.type != TYPE_UNKNOWN || j.score != 0 || j.rule)
			fail_msg("%s: %s by %s", facts[i].text,
				device_type_word(j.type), j.rule);
	}
	j = rules_judge(r, NULL, 0);
	check(j.type == TYPE_UNKNOWN && !j.rule && !j.vendor);
	rules_free(r);
}

static const char mine[] =
	"# mine\n"
	"\n"
	"one\tehlo  a*  printer 60 Maker \"A 1\"\r\n"
	"two  ehlo  ab* nas     70   # a comment\n"
	"three oui  \"a b\" printer 50 Other\n"
	"four name  x{mac} - 90 Card";

static void kinds_add_up_and_one_kind_does_not(void **state)
{
	const struct rule_fact facts[] = {{RULE_EHLO, "abc"},
		{RULE_EHLO, "abd"}, {RULE_OUI, "a b"}};
	const struct rule_fact turned[] = {facts[2], facts[1], facts[0]};
	struct rules *r = of_text(mine);
	struct judgement j;

	(void)state;
	check(rules_count(r) == 4);
	j = rules_judge(r, facts, 2);
	check(j.type == TYPE_NAS && j.score == 70);
	assert_string_equal(j.rule, "two");
	assert_string_equal(j.fact, "abc");
	/* 40 % and 50 % left open make 20 %. */
	j = rules_judge(r, facts, 3);
	check(j.type == TYPE_PRINTER && j.score == 80);
	assert_string_equal(j.rule, "one");
	assert_string_equal(j.vendor, "Maker");
	assert_string_equal(j.model, "A 1");
	j = rules_judge(r, turned, 3);
	check(j.type == TYPE_PRINTER && j.score == 80);
	assert_string_equal(j.fact, "abc");
	rules_free(r);
}

static void a_rule_may_tell_a_mac_and_no_type(void **state)
{
	const struct rule_fact own = {RULE_NTLM, "X00-26-73-A5-A8-F3"};
	const struct rule_fact nobody = {RULE_NTLM, "X000000000000"};
	struct rules *r = of_text(mine);
	struct judgement j = rules_judge(r, &own, 1);

	(void)state;
	check(j.type == TYPE_UNKNOWN && j.score == 0 && j.has_mac &&
		j.mac.b[5] == 0xf3);
	assert_string_equal(j.vendor, "Card");
	check(!rules_judge(r, &nobody, 1).has_mac);
	rules_free(r);
}

static void an_error_names_file_line_and_reason(void **state)
{
	static const struct {
		const char *text, *line, *reason;
	} wrong[] = {
		{"one ehlo", "line 1", "at least five words"},
		{"\n\none smell a* printer 60", "line 3", "smell"},
		{"one ehlo a* toaster 60", "line 1", "toaster"},
		{"one ehlo a* printer 0", "line 1", "1 to 99"},
		{"one ehlo a* printer 100", "line 1", "1 to 99"},
		{"one ehlo a* printer 9x", "line 1", "1 to 99"},
		{"one ehlo {max} printer 9", "line 1", "braces"},
		{"one ehlo \"a printer 9", "line 1", "quote"},
		{"a b c d e f g h", "line 1", "too many"},
		{"one ehlo a\x1b[2J* printer 9", "line 1", "cannot be shown"},
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
		check(!strchr(e.text, '\x1b'));
	}
}

static void a_file_replaces_rules_by_name(void **state)
{
	static const char text[] =
		"ricoh-rnp name RNP{mac} scanner 97 Mine\n";
	const struct rule_fact f = {RULE_EHLO, "RNP002673A5A8F3"};
	char path[] = "/tmp/mailcensus-rules-XXXXXX";
	const char *files[] = {path};
	struct rules *r = builtin(), *with = NULL;
	struct err e = {0};
	int fd = mkstemp(path);
	struct judgement j;

	(void)state;
	check(fd >= 0 && write(fd, text, sizeof text - 1) ==
		(ssize_t)sizeof text - 1);
	close(fd);
	if (!rules_load(&with, files, 1, &e))
		fail_msg("%s", e.text);
	check(rules_count(with) == rules_count(r));
	check(rules_print(with) != rules_print(r));
	j = rules_judge(with, &f, 1);
	check(j.type == TYPE_SCANNER && j.score == 97);
	rules_free(with);
	rules_free(r);
	unlink(path);
	check(!rules_load(&with, files, 1, &e) && strstr(e.text, path));
}

static void nobody_is_called_localhost(void **state)
{
	(void)state;
	check(rules_is_name("PRN-2F-EAST"));
	check(!rules_is_name("") && !rules_is_name("[10.1.2.3]"));
	check(!rules_is_name("10.1.2.3") && !rules_is_name("2001:db8::1"));
	check(!rules_is_name("LocalHost"));
	check(!rules_is_name("localhost.localdomain"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pattern_stands_for_the_whole_text),
		cmocka_unit_test(a_pattern_finds_the_mac),
		cmocka_unit_test(a_wrong_pattern_is_told),
		cmocka_unit_test(what_is_known_of_devices_is_told),
		cmocka_unit_test(what_tells_nothing_is_unknown),
		cmocka_unit_test(kinds_add_up_and_one_kind_does_not),
		cmocka_unit_test(a_rule_may_tell_a_mac_and_no_type),
		cmocka_unit_test(an_error_names_file_line_and_reason),
		cmocka_unit_test(a_file_replaces_rules_by_name),
		cmocka_unit_test(nobody_is_called_localhost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
