/* test_ui_filter.c: the expressions that choose devices. */
#include "tests/unit/dash_fixture.h"

static struct device *named(struct office *o, const char *name)
{
	size_t i = 0;

	while (!o->v[i].name || strcmp(o->v[i].name, name) != 0)
		if (++i == o->list.n)
			fail_msg("no device is called '%s'", name);
	return &o->v[i];
}

/* The names of the devices that pass, in the order of the fixture. */
static void passes(const char *text, const char *want)
{
	struct filter_error error = {0};
	struct filter_expression f;
	struct office o;
	char names[512] = "";

	office_open(&o);
	named(&o, "ups-rack3")->standing = STANDING_FAILING;
	named(&o, "nas01")->auth_rejected = 3;
	named(&o, "PRN-2F-EAST")->owner = words("Anna Example");
	named(&o, "PRN-2F-EAST")->tag = words("floor-2,lease 2027");
	named(&o, "ups-rack3")->tag = words("floor-20");
	named(&o, "ups-rack3")->note = words("lease ends in March");
	named(&o, "ups-rack3")->status = STATUS_PLANNED;
	named(&o, "PRN-2F-EAST")->findings =
		FINDING_BIT(FINDING_PASSWORD_IN_CLEAR) |
		FINDING_BIT(FINDING_TLS_UNUSED);
	named(&o, "PRN-2F-EAST")->cadence = CADENCE_DAILY;
	named(&o, "PRN-2F-EAST")->breaks = words("2026-12-31");
	named(&o, "ups-rack3")->breaks = words("now");
	named(&o, "MFP-Sales-C454e")->breaks = words("2027-03-01");
	named(&o, "PRN-2F-EAST")->advice = words("firmware with OAuth");
	named(&o, "PRN-2F-EAST")->type = TYPE_PRINTER;
	named(&o, "PRN-2F-EAST")->type_score = 90;
	named(&o, "MFP-Sales-C454e")->model = words("bizhub C454e");
	named(&o, "PRN-2F-EAST")->recipients_are = RECIPIENTS_OUTSIDE;
	named(&o, "ups-rack3")->recipients_are = RECIPIENTS_INSIDE;
	named(&o, "nas01")->services =
		one(&o.texts[2][9], "exchange-online-submission");
	if (!filter_parse(&f, text, &error))
		fail_msg("'%s': %s at %zu", text, error.text, error.at);
	for (size_t i = 0; i < o.list.n; i++) {
		const struct device *d = &o.v[i];
		bool marked = d->name && strcmp(d->name, "erp-app02") == 0;
		struct filter_subject x = {d, OFFICE_NOW, marked};

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
		{"auth=basic", "PRN-2F-EAST MFP-Sales-C454e ups-rack3"},
		{"AUTH=Basic", "PRN-2F-EAST MFP-Sales-C454e ups-rack3"},
		{"auth=auth?", "nas01"},
		{"auth=required", "nas01"},
		{"auth=tls?", "? erp-app02"},
		{"auth!=basic auth!=none", "? erp-app02 nas01 confroom-bar4"},
		{"auth=none and not is=mta", "printer-hq-07 zabbix"},
		{"evidence=inferred", "MFP-Sales-C454e"},
		{"standing=failing", "ups-rack3"},
		{"is=mta", "mail-gw"},
		{"is=marked", "erp-app02"},
		{"is=clear", "PRN-2F-EAST ups-rack3"},
		{"is=new", ""},
		{"ip=10.20.4.0/24",
			"printer-hq-07 PRN-2F-EAST MFP-Sales-C454e"},
		{"ip=10.20.4.19", "printer-hq-07"},
		{"ip=10.20.4.16/29", "printer-hq-07"},
		{"ip=10.20.4", "printer-hq-07 PRN-2F-EAST MFP-Sales-C454e"},
		{"ip=10.2", ""},
		{"ip=2001:db8::/32", "confroom-bar4"},
		{"ip=2001:db8:", "confroom-bar4"},
		{"ip!=10.0.0.0/8", "confroom-bar4"},
		{"ip=0.0.0.0/0 name~nas", "nas01"},
		{"vendor~brother", "PRN-2F-EAST ?"},
		{"vendor=qnap", "nas01"},
		{"name~PRN", "PRN-2F-EAST"},
		{"not name~a", "printer-hq-07 ?"},
		{"account~@contoso.example auth=oauth", "confroom-bar4"},
		{"account=scan@contoso.example", "PRN-2F-EAST"},
		{"account!=scan@contoso.example auth=basic",
			"MFP-Sales-C454e ups-rack3"},
		{"mech=login", "PRN-2F-EAST MFP-Sales-C454e"},
		{"server~mail-gw and vlan=204 and rcpt=contoso.example "
		 "ip=10.20.1", "mail-gw"},
		{"tls<1.2", "MFP-Sales-C454e"},
		{"tls<=1.2", "MFP-Sales-C454e ? nas01"},
		{"tls=1.3", "mail-gw erp-app02 confroom-bar4"},
		{"tls=none", "printer-hq-07 PRN-2F-EAST zabbix ups-rack3"},
		{"tls!=none auth=basic", "MFP-Sales-C454e"},
		{"last>=2026-11-24 auth=basic",
			"PRN-2F-EAST MFP-Sales-C454e"},
		{"last=2026-11-22", "ups-rack3"},
		{"first<2026-11-17", ""},
		{"first<=2026-11-17 nas", "nas01"},
		{"owner=\"anna example\"", "PRN-2F-EAST"},
		{"owner~anna", "PRN-2F-EAST"},
		{"owner=\"\" auth=basic", "MFP-Sales-C454e ups-rack3"},
		{"owner!=\"\"", "PRN-2F-EAST"},
		{"tag=floor-2", "PRN-2F-EAST"},
		{"tag~floor-2", "PRN-2F-EAST ups-rack3"},
		{"tag=\"lease 2027\"", "PRN-2F-EAST"},
		{"tag=\"\" auth=basic", "MFP-Sales-C454e"},
		{"tag!=floor-2 auth=basic", "MFP-Sales-C454e ups-rack3"},
		{"note~march", "ups-rack3"},
		{"status=planned", "ups-rack3"},
		{"status=none auth=basic", "PRN-2F-EAST MFP-Sales-C454e"},
		{"finding=password-in-clear", "PRN-2F-EAST"},
		{"finding!=password-in-clear auth=basic",
			"MFP-Sales-C454e ups-rack3"},
		{"cadence=daily", "PRN-2F-EAST"},
		{"breaks=now", "ups-rack3"},
		{"breaks<2027-01-01", "PRN-2F-EAST ups-rack3"},
		{"breaks<=2026-12-30", "ups-rack3"},
		{"breaks=2026-12-31", "PRN-2F-EAST"},
		{"breaks<60d", "PRN-2F-EAST ups-rack3"},
		{"breaks>60d", "MFP-Sales-C454e"},
		{"breaks<10w name~prn", "PRN-2F-EAST"},
		{"advice~oauth", "PRN-2F-EAST"},
		{"type=printer", "PRN-2F-EAST"},
		{"model~bizhub", "MFP-Sales-C454e"},
		{"rcpt=external", "PRN-2F-EAST"},
		{"rcpt=inside", "ups-rack3"},
		{"rcpt!=outside auth=basic", "MFP-Sales-C454e ups-rack3"},
		{"rcpt~example nas", "nas01"},
		{"service~exchange", "nas01"},
		{"account=\"\" auth=auth?", "nas01"},
		{"anna", "PRN-2F-EAST"},
		{"bizhub or march", "MFP-Sales-C454e ups-rack3"},
		{"last<1m", "mail-gw PRN-2F-EAST ? erp-app02"},
		{"last>2d", "ups-rack3"},
		{"first<1w", ""},
		{"first<=1w name~nas", "nas01"},
		{"msgs>8k", "mail-gw PRN-2F-EAST erp-app02"},
		{"msgs>=8412 msgs<=8412", "PRN-2F-EAST"},
		{"msgs=3", "ups-rack3"},
		{"msgs!=3 auth=basic", "PRN-2F-EAST MFP-Sales-C454e"},
		{"bytes<1M", "printer-hq-07 ups-rack3 nas01 confroom-bar4"},
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
		{"breaks<soon", 7, "write it as breaks<2027-01-01"},
		{"breaks<2026-02-30", 7, "write it as breaks"},
		{"last<2026-13-01", 5, "write it as last"},
		{"last<now", 5, "write it as last"},
		{"status=maybe", 7, "status=none, todo, planned, done, exempt"},
		{"type=toaster", 5, "write it as type=unknown, printer"},
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
		struct filter_completion c;

		cut[n] = '\0';
		if (!filter_parse(&f, cut, &e))
			check(e.at <= n && e.text[0] != '\0');
		for (size_t at = 0; at <= n; at++)
			filter_complete(cut, at, NULL, &c);
		free(cut);
	}
}

/* What is typed, and Tab at its end. */
static void completes(const char *text, const char *want, const char *choices)
{
	struct filter_completion c;
	struct office o;
	char got[256];

	office_open(&o);
	named(&o, "PRN-2F-EAST")->owner = words("Anna");
	named(&o, "ups-rack3")->owner = words("Anton");
	named(&o, "PRN-2F-EAST")->tag = words("floor-2,lease 2027");
	named(&o, "ups-rack3")->tag = words("floor-3");
	filter_complete(text, strlen(text), &o.list, &c);
	snprintf(got, sizeof got, "%.*s%s", (int)c.from, text, c.text);
	if (strcmp(got, want) != 0 || strcmp(c.choices, choices) != 0)
		fail_msg("'%s' becomes '%s' (%s)", text, got, c.choices);
}

static void tab_completes_what_is_certain(void **state)
{
	(void)state;
	completes("acc", "account", "account");
	completes("auth=basic and ven", "auth=basic and vendor", "vendor");
	completes("(ses", "(sessions", "sessions");
	completes("auth=oa", "auth=oauth", "oauth");
	completes("AUTH=OA", "AUTH=oauth", "oauth");
	completes("auth!=oa", "auth!=oauth", "oauth");
	completes("standing=f", "standing=failing", "failing");
	completes("a", "a", "auth  advice  account  agent");
	completes("ag", "agent", "agent");
	completes("la", "last", "last");
	completes("stan", "standing=", "standing");
	completes("zz", "zz", "");
	completes("evidence=im", "evidence=imp", "implied  imported");
	completes("tls=1.", "tls=1.", "1.0  1.1  1.2  1.3");
	completes("status=", "status=", "none  todo  planned  done  exempt");
	completes("finding=password-i", "finding=password-in-clear",
		"password-in-clear");
	completes("rcpt=ex", "rcpt=external", "external");
	completes("name~x", "name~x", "");
	completes("nas01 ", "nas01 ", "auth  evidence  standing  is  finding  "
		"breaks  advice  type  name  vendor  model  ip  mac  vlan  "
		"account  mech  code  refused  server  service  tls  ehlo  "
		"agent  from  rcpt  msgs  sessions  bytes  cadence  last  "
		"first  owner  tag  note  status");
}

static void values_come_from_the_devices(void **state)
{
	(void)state;
	completes("vendor~kon", "vendor~Konica", "Konica");
	completes("owner=a", "owner=An", "Anna  Anton");
	completes("owner=ann", "owner=Anna", "Anna");
	completes("tag=f", "tag=floor-", "floor-2  floor-3");
	completes("vendor=s", "vendor=\"Seiko Epson\"", "Seiko Epson");
	completes("vendor=\"seiko e", "vendor=\"Seiko Epson\"", "Seiko Epson");
	completes("tag=\"lease 2", "tag=\"lease 2027\"", "lease 2027");
	completes("vendor=b", "vendor=Brother", "Brother");
	completes("tag=\"f", "tag=\"floor-", "floor-2  floor-3");
	completes("ip=2001", "ip=2001:db8:20::6:90", "2001:db8:20::6:90");
	completes("account=", "account=",
		"scan@contoso.example  mfp-sales@contoso.example  "
		"alerts@contoso.example  room4@contoso.example");
}

static bool field_op(char c)
{
	return strchr("=~<>!", c) != NULL;
}

/* Help, manual and completion know the same fields. */
static void every_field_is_described_and_parses_as_it_says(void **state)
{
	struct filter_help h;
	size_t n = 0;

	(void)state;
	for (; filter_describe(n, &h); n++) {
		const char *values = h.values;
		char text[FILTER_HELP];

		check(h.name[0] != '\0' && h.what[0] != '\0');
		while (*values) {
			size_t length = strcspn(values, " ,");
			struct filter_expression f;
			struct filter_error e;

			/* Of "=a, b" the operator goes with each. */
			snprintf(text, sizeof text, "%s%s%.*s", h.name,
				field_op(*values) ? "" : "=", (int)length,
				values);
			if (!filter_parse(&f, text, &e))
				fail_msg("%s: %s", text, e.text);
			values += length;
			values += strspn(values, " ,");
		}
	}
	check(n > 30);
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
		cmocka_unit_test(values_come_from_the_devices),
		cmocka_unit_test(
			every_field_is_described_and_parses_as_it_says),
		cmocka_unit_test(a_word_may_become_a_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
