/* test_ui_filter.c: the expressions that choose devices. */
#include "tests/unit/dash_fixture.h"

/* The names of the devices that pass, in the order of the fixture. */
static void passes(const char *text, const char *want)
{
	struct filter_error error = {0};
	struct filter_expression f;
	struct office o;
	char names[512] = "";

	office_open(&o);
	o.v[1].standing = STANDING_FAILING;
	o.v[2].auth_rejected = 3;
	if (!filter_parse(&f, text, &error))
		fail_msg("'%s': %s at %zu", text, error.text, error.at);
	for (size_t i = 0; i < o.list.n; i++) {
		const struct device *d = &o.v[i];
		struct filter_subject x = {d, OFFICE_NOW, i == 5};

		if (!filter_match(&f, &x))
			continue;
		snprintf(names + strlen(names), sizeof names - strlen(names),
			"%s%s", names[0] ? " " : "", d->name ? d->name : "?");
	}
	if (strcmp(names, want) != 0)
		fail_msg("'%s' passes %s, not %s", text, names, want);
}

static void words_choose_devices(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"auth=basic", "PRN-2F-EAST ups-rack3 MFP-Sales-C454e"},
		{"AUTH=Basic", "PRN-2F-EAST ups-rack3 MFP-Sales-C454e"},
		{"auth=auth?", "nas01"},
		{"auth=required", "nas01"},
		{"auth=tls?", "? erp-app02"},
		{"auth!=basic auth!=none", "nas01 ? erp-app02 confroom-bar4"},
		{"auth=none and not is=mta", "zabbix printer-hq-07"},
		{"evidence=inferred", "MFP-Sales-C454e"},
		{"standing=failing", "ups-rack3"},
		{"is=mta", "mail-gw"},
		{"is=marked", "erp-app02"},
		{"is=clear", "PRN-2F-EAST ups-rack3"},
		{"is=new", ""},
		{"ip=10.20.4.0/24",
			"PRN-2F-EAST MFP-Sales-C454e printer-hq-07"},
		{"ip=10.20.4.19", "printer-hq-07"},
		{"ip=10.20.4.16/29", "printer-hq-07"},
		{"ip=10.20.4", "PRN-2F-EAST MFP-Sales-C454e printer-hq-07"},
		{"ip=10.2", ""},
		{"ip=2001:db8::/32", "confroom-bar4"},
		{"ip=2001:db8:", "confroom-bar4"},
		{"ip!=10.0.0.0/8", "confroom-bar4"},
		{"ip=0.0.0.0/0 name~nas", "nas01"},
		{"vendor~brother", "PRN-2F-EAST ?"},
		{"vendor=qnap", "nas01"},
		{"name~PRN", "PRN-2F-EAST"},
		{"not name~a", "? printer-hq-07"},
		{"account~@contoso.example auth=oauth", "confroom-bar4"},
		{"account=scan@contoso.example", "PRN-2F-EAST"},
		{"account!=scan@contoso.example auth=basic",
			"ups-rack3 MFP-Sales-C454e"},
		{"mech=login", "PRN-2F-EAST MFP-Sales-C454e"},
		{"server~mail-gw and vlan=204 and rcpt=contoso.example "
		 "ip=10.20.1", "mail-gw"},
		{"tls<1.2", "MFP-Sales-C454e"},
		{"tls<=1.2", "nas01 MFP-Sales-C454e ?"},
		{"tls=1.3", "erp-app02 confroom-bar4 mail-gw"},
		{"tls=none", "PRN-2F-EAST ups-rack3 zabbix printer-hq-07"},
		{"tls!=none auth=basic", "MFP-Sales-C454e"},
		{"last<1m", "PRN-2F-EAST ? erp-app02 mail-gw"},
		{"last>2d", "ups-rack3"},
		{"first<1w", ""},
		{"first<=1w name~nas", "nas01"},
		{"msgs>8k", "PRN-2F-EAST erp-app02 mail-gw"},
		{"msgs>=8412 msgs<=8412", "PRN-2F-EAST"},
		{"msgs=3", "ups-rack3"},
		{"msgs!=3 auth=basic", "PRN-2F-EAST MFP-Sales-C454e"},
		{"bytes<1M", "ups-rack3 nas01 confroom-bar4 printer-hq-07"},
		{"refused>0", "nas01"},
		{"rack", "ups-rack3"},
		{"\"Seiko Epson\"", "confroom-bar4"},
		{"vendor=\"seiko epson\"", "confroom-bar4"},
		{"nas or rack", "ups-rack3 nas01"},
		{"nas or rack and auth=none", "nas01"},
		{"(nas or rack) auth=basic", "ups-rack3"},
		{"not(nas or contoso)", ""},
		{"not not nas01", "nas01"},
		{"  nas01  ", "nas01"},
		{"order or android or nothing", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		passes(rows[i].text, rows[i].want);
}

static void nothing_written_lets_all_pass(void **state)
{
	struct filter_error error;
	struct filter_expression f;
	struct device d = {.id = words("ip:192.0.2.1")};
	struct filter_subject x = {&d, 0, false};

	(void)state;
	check(filter_parse(&f, "", &error) && filter_match(&f, &x));
	check(filter_parse(&f, " \t ", &error) && filter_match(&f, &x));
	check(filter_parse(&f, "\"\"", &error) && filter_match(&f, &x));
	check(filter_parse(&f, "name~x", &error) && !filter_match(&f, &x));
	check(filter_parse(&f, "name!=x", &error) && filter_match(&f, &x));
	check(filter_parse(&f, "tls>none", &error) && !filter_match(&f, &x));
}

static void errors_say_where_they_are(void **state)
{
	static const struct {
		const char *text;
		size_t at;
		const char *says;
	} rows[] = {
		{"auth=", 5, "write it as auth=basic"},
		{"auth=kerberos", 5, "write it as auth="},
		{"auth~basic", 4, "write it as auth="},
		{"msgs~1", 4, "write it as msgs>100"},
		{"tls<9", 4, "write it as tls"},
		{"name<x", 4, "write it as name~"},
		{"nas and colour=red", 8, "no field is named 'colour'"},
		{"=red", 0, "expected a field or a word"},
		{"a and", 5, "expected a field or a word"},
		{"and a", 0, "expected a field or a word"},
		{"a or or b", 5, "expected a field or a word"},
		{"not", 3, "expected a field or a word"},
		{"(a", 0, "the bracket is not closed"},
		{"a)", 1, "no bracket is open"},
		{"()", 1, "expected a field or a word"},
		{"name=\"a", 5, "the quote is not closed"},
		{"name\"a\"", 4, "expected an operator"},
		{"name!a", 4, "expected = !="},
		{"ip=10.2.0.0/33", 3, "write it as ip="},
		{"ip=10.2/16", 3, "write it as ip="},
		{"ip=example", 3, "write it as ip="},
		{"ip=\"\"", 3, "write it as ip="},
		{"last<30", 5, "write it as last<30d"},
		{"last<d", 5, "write it as last<30d"},
		{"last<99999999999999999999d", 5, "write it as"},
		{"msgs>-1", 5, "write it as msgs>100"},
		{"0123456789012345678901234567890123456789012345678901234567"
		 "890123456789", 0, "longer than 63"},
	};
	struct filter_expression f, before;

	(void)state;
	memset(&f, 'x', sizeof f);
	before = f;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct filter_error e = {0};

		if (filter_parse(&f, rows[i].text, &e) ||
			e.at != rows[i].at || !strstr(e.text, rows[i].says))
			fail_msg("'%s': '%s' at %zu", rows[i].text, e.text,
				e.at);
		check(memcmp(&f, &before, sizeof f) == 0);
	}
}

static void length_and_depth_have_limits(void **state)
{
	char text[4096] = "";
	struct filter_error e;
	struct filter_expression f;

	(void)state;
	for (int i = 0; i < 1000; i++)
		strcat(text, "not ");
	check(!filter_parse(&f, text, &e) && strstr(e.text, "deeper"));
	memset(text, '(', 1000);
	text[1000] = '\0';
	check(!filter_parse(&f, text, &e) && strstr(e.text, "deeper"));
	text[0] = '\0';
	for (int i = 0; i < 100; i++)
		strcat(text, "a or ");
	check(!filter_parse(&f, text, &e) && strstr(e.text, "too long"));
	/* As many as there is room for still run. */
	text[0] = '\0';
	for (int i = 0; i < FILTER_STEPS / 2; i++)
		strcat(text, i > 0 ? " or a" : "a");
	check(filter_parse(&f, text, &e) && f.n == FILTER_STEPS - 1);
}

static void every_prefix_of_an_expression_is_safe(void **state)
{
	static const char text[] = "not (auth=basic or ip=10.0.0.0/8) and "
		"name=\"a b\" last<30d tls<1.2 msgs>=3k";

	(void)state;
	for (size_t n = 0; n <= sizeof text - 1; n++) {
		char *cut = (char *)exact_copy(text, n + 1);
		struct filter_error e = {0};
		struct filter_expression f;
		char out[FILTER_VALUE];

		cut[n] = '\0';
		if (!filter_parse(&f, cut, &e))
			check(e.at <= n && e.text[0] != '\0');
		for (size_t at = 0; at <= n; at++)
			filter_complete(cut, at, out, sizeof out);
		free(cut);
	}
}

static void completes(const char *text, const char *want)
{
	char out[FILTER_VALUE];

	filter_complete(text, strlen(text), out, sizeof out);
	assert_string_equal(out, want);
}

static void tab_completes_what_is_certain(void **state)
{
	(void)state;
	completes("acc", "ount");
	completes("auth=basic and ven", "dor");
	completes("(ses", "sions");
	completes("auth=oa", "uth");
	completes("AUTH=oa", "uth");
	completes("standing=f", "ailing");
	completes("a", "");
	completes("ag", "ent");
	completes("zz", "");
	completes("auth=", "");
	completes("name~x", "");
	completes("ev", "idence");
	completes("evidence=im", "p");
	completes("", "");
}

static void a_word_may_become_a_field(void **state)
{
	(void)state;
	check(filter_unfinished("t") && filter_unfinished("(aut"));
	check(filter_unfinished("a an") && filter_unfinished("NO"));
	check(!filter_unfinished("") && !filter_unfinished("auth="));
	check(!filter_unfinished("scan") && !filter_unfinished("name "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_choose_devices),
		cmocka_unit_test(nothing_written_lets_all_pass),
		cmocka_unit_test(errors_say_where_they_are),
		cmocka_unit_test(length_and_depth_have_limits),
		cmocka_unit_test(every_prefix_of_an_expression_is_safe),
		cmocka_unit_test(tab_completes_what_is_certain),
		cmocka_unit_test(a_word_may_become_a_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
