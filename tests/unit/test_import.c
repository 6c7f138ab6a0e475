/* test_import.c: exports of a tenant become facts, beside a writer, once. */
#include "inventory/import/date.h"
#include "inventory/import/import.h"
#include "inventory/import/input.h"
#include "inventory/import/json_reader.h"
#include "tests/unit/sample.h"

/* --- times --- */

static void time_is(const char *text, enum date_order order, int64_t s)
{
	enum date_order says;
	int64_t us = 0;

	if (!date_read(text, order, &us, &says))
		fail_msg("'%s' is no time", text);
	if (us != s * 1000000)
		fail_msg("'%s' is %lld us", text, (long long)us);
}

static void times_are_read_as_they_are_written(void **state)
{
	static const char *const same[] = {"2026-11-24T18:00:05Z",
		"2026-11-24T18:00:05.0000000Z", "2026-11-24 18:00:05",
		"2026-11-24T19:00:05+01:00", "2026-11-24T13:00:05-0500",
		"11/24/2026 6:00:05 PM", "11/24/2026, 6:00:05\xe2\x80\xafPM",
		"24.11.2026 18:00:05", "24/11/2026 18:00:05",
		"2026/11/24 18:00:05", "11/24/26 18:00:05"};

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
		time_is(same[i], DATE_EITHER, 1795543205);
	time_is("2026-11-24", DATE_EITHER, 1795478400);
	time_is("2/1/2026 12:30 AM", DATE_EITHER, 1769905800);
	time_is("02/01/2026 00:30", DATE_MONTH_FIRST, 1769905800);
	time_is("01/02/2026 00:30", DATE_DAY_FIRST, 1769905800);
}

static void nonsense_is_no_time(void **state)
{
	static const char *const wrong[] = {"", "x", "2026", "2026-13-01",
		"2026-02-30", "31/02/2026", "2026-11-24T25:00", "now",
		"2026-11-24T18:00:05Zx", "01/02/2026", "99999999999999",
		"2026-11-24T18:00+99:00", "0000-00-00", "1/1/1", "13 PM",
		"2026-11-24 13:00 PM", "2026-11-24T18:00:05.", "24-11"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		enum date_order says;
		int64_t us;

		if (date_read(wrong[i], DATE_EITHER, &us, &says))
			fail_msg("'%s' is taken", wrong[i]);
	}
}

/* --- columns --- */

static enum import_kind kind_of(const char *header)
{
	struct input *in = NULL;
	struct err e = {0};
	char *copy = strdup(header);
	FILE *f = fmemopen(copy, strlen(copy), "rb");
	enum import_kind k = IMPORT_KINDS;

	if (input_of(&in, f, "x", &e))
		k = input_kind(in);
	else
		check(e.kind == ERR_USAGE && strstr(e.text, "'x', line"));
	input_close(in);
	free(copy);
	return k;
}

static void exports_are_told_by_their_columns(void **state)
{
	(void)state;
	check(kind_of("Sender address,Domain,TLS 1.0,TLS 1.1,TLS 1.2,"
		"Messages sent\n") == IMPORT_REPORT);
	check(kind_of("messages sent;AUTHENTICATION PROTOCOL;sender ADDRESS\n")
		== IMPORT_REPORT);
	check(kind_of("Date (UTC),Request ID,User agent,User,Username,"
		"IP address,Status,Sign-in error code,Client app\n")
		== IMPORT_SIGNINS);
	check(kind_of("[{\"createdDateTime\":\"x\",\"userPrincipalName\":\"x\","
		"\"clientAppUsed\":\"x\"}]") == IMPORT_SIGNINS);
	check(kind_of("{\"value\":[{\"createdDateTime\":1,"
		"\"userPrincipalName\":2,\"clientAppUsed\":null}]}")
		== IMPORT_SIGNINS);
	check(kind_of("#TYPE x\n\"Name\",\"PrimarySmtpAddress\","
		"\"SmtpClientAuthenticationDisabled\"\n")
		== IMPORT_MAILBOXES);
	check(kind_of("User principal name,Proxy addresses\n")
		== IMPORT_MAILBOXES);
	check(kind_of("origin_timestamp_utc,sender_address,recipient_status\n")
		== IMPORT_TRACE);
	check(kind_of("\"Received\",\"SenderAddress\",\"RecipientAddress\"\n")
		== IMPORT_TRACE);
	check(kind_of("Date (UTC),Service principal ID,IP address\n")
		== IMPORT_KINDS);
	check(kind_of("hello, world\n") == IMPORT_KINDS);
	check(kind_of("{\"a\":1}") == IMPORT_KINDS);
	check(kind_of("[]") == IMPORT_KINDS);
	check(kind_of("[1]") == IMPORT_KINDS);
	check(kind_of("[{\"a\":") == IMPORT_KINDS);
}

static void a_mailbox_has_all_its_names(void **state)
{
	static char room[IMPORT_NAMES][TEXT_MAX];
	struct import_row row = {.names = room};
	const char *values[IMPORT_COLUMNS] = {
		[IMPORT_PRIMARY] = " Scan@Contoso.Example ",
		[IMPORT_USER] = "scan@corp.contoso.example",
		[IMPORT_ALIASES] = "SIP:scan@contoso.example "
			"SMTP:Scan@Contoso.Example smtp:mfp@contoso.example,"
			"X500:/o=a/cn=b+smtp:old@contoso.example",
		[IMPORT_OFF] = "False",
	};

	(void)state;
	check(import_row(IMPORT_MAILBOXES, values, DATE_EITHER, &row) ==
		IMPORT_TAKEN);
	assert_string_equal(row.account, "scan@contoso.example");
	check(row.off == 0 && row.names_n == 4);
	assert_string_equal(room[1], "scan@corp.contoso.example");
	assert_string_equal(room[2], "mfp@contoso.example");
	assert_string_equal(room[3], "old@contoso.example");
	values[IMPORT_PRIMARY] = values[IMPORT_USER] = "nobody";
	check(import_row(IMPORT_MAILBOXES, values, DATE_EITHER, &row) ==
		IMPORT_BAD_ACCOUNT);
}

/* --- files --- */

struct office {
	char path[SAMPLE_PATH], csv[4][SAMPLE_PATH + 8];
	struct db *db;
	struct writer *w; /* open all the while: a capture goes on */
	struct import_result results[4];
	struct err e;
};

static void office_open(struct office *o)
{
	struct record *r = sample_session(0, 1, "10.20.4.31", "192.0.2.25",
		25);

	memset(o, 0, sizeof *o);
	sample_path(o->path);
	for (int i = 0; i < 4; i++)
		snprintf(o->csv[i], sizeof o->csv[i], "%s.%d.csv", o->path, i);
	o->db = sample_db(o->path);
	if (!writer_open(&o->w, o->db, &o->e) ||
		!writer_record(o->w, r, 0, &o->e) ||
		!writer_tick(o->w, &o->e))
		fail_msg("%s", o->e.text);
	free(r);
}

static void office_close(struct office *o)
{
	for (int i = 0; i < 4; i++)
		unlink(o->csv[i]);
	check(writer_close(o->w, &o->e));
	db_close(o->db);
	sample_remove(o->path);
}

static void put_file(struct office *o, int i, const char *text)
{
	FILE *f = fopen(o->csv[i], "w");

	check(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static bool import(struct office *o, size_t n)
{
	const char *names[4];
	struct import_from from = {.db = o->path, .files = names, .n = n,
		.now = 1};

	for (size_t i = 0; i < n; i++)
		names[i] = o->csv[i];
	o->e = (struct err){0};
	return import_files(&from, o->results, &o->e);
}

static void imports(struct office *o, size_t n)
{
	if (!import(o, n))
		fail_msg("%s", o->e.text);
}

static int64_t number(struct office *o, const char *sql)
{
	int64_t v = 0;

	check(sql_number(db_handle(o->db), sql, 0, &v, &o->e));
	return v;
}

static const char signins[] = "Date (UTC),Username,IP address,Status,"
	"Client app,User agent,Device ID\n"
	"2026-11-24T08:00:00Z,Scan@Contoso.example,203.0.113.9,Success,"
	"Authenticated SMTP,secret-agent,secret-device\n"
	"2026-11-24T08:00:00Z,scan@contoso.example,203.0.113.9,Success,"
	"Authenticated SMTP,,\n"
	"2026-11-24T08:05:00Z,scan@contoso.example,203.0.113.9,Failure,"
	"Authenticated SMTP,,\n"
	"2026-11-24T08:05:00Z,anna@contoso.example,203.0.113.9,Success,"
	"Browser,,\n"
	"never,scan@contoso.example,203.0.113.9,Success,SMTP,,\n"
	"2026-11-24T08:05:00Z,7d2a,203.0.113.9,Success,SMTP,,\n"
	"2026-11-24T08:05:00Z,short\n";

static void importing_twice_changes_nothing(void **state)
{
	static const char sums[] = "SELECT (SELECT count(*) FROM imports) * "
		"1000 + (SELECT count(*) FROM tenant_events) * 100 + (SELECT "
		"count(*) FROM tenant_accounts) * 10 + (SELECT sum(n) FROM "
		"import_refusals)";
	struct office o;

	(void)state;
	office_open(&o);
	put_file(&o, 0, signins);
	imports(&o, 1);
	check(o.results[0].kind == IMPORT_SIGNINS && !o.results[0].known);
	check(o.results[0].taken == 3);
	check(o.results[0].refused[IMPORT_NOT_SMTP] == 1);
	check(o.results[0].refused[IMPORT_BAD_TIME] == 1);
	check(o.results[0].refused[IMPORT_BAD_ACCOUNT] == 1);
	check(o.results[0].refused[IMPORT_BAD_FIELDS] == 1);
	check(number(&o, sums) == 1214);
	imports(&o, 1);
	check(o.results[0].known);
	check(number(&o, sums) == 1214);
	/* Nothing of those who do not mail by SMTP, and of no device. */
	check(number(&o, "SELECT count(*) FROM tenant_accounts "
		"WHERE account LIKE '%anna%'") == 0);
	office_close(&o);
}

static void nothing_is_half_imported(void **state)
{
	struct office o;

	(void)state;
	office_open(&o);
	put_file(&o, 0, signins);
	put_file(&o, 1, "Sender address,Messages sent\na@contoso.example,3\n"
		"\"b@contoso.example,4\n");
	check(!import(&o, 2));
	check(strstr(o.e.text, "1.csv', line 3: a quote"));
	check(number(&o, "SELECT count(*) FROM imports") == 0);
	put_file(&o, 1, "Sender address,Messages sent\na@contoso.example,3\nb");
	check(!import(&o, 2));
	check(strstr(o.e.text, "line 3: the last row ends after 1 of 2"));
	check(number(&o, "SELECT count(*) FROM tenant_accounts") == 0);
	unlink(o.csv[1]);
	check(!import(&o, 2) && strstr(o.e.text, "cannot open"));
	check(number(&o, "SELECT count(*) FROM tenant_accounts") == 0);
	office_close(&o);
}

static void a_trace_is_taken_of_ones_own_only(void **state)
{
	static const char trace[] = "origin_timestamp_utc,sender_address,"
		"recipient_status,message_subject,original_client_ip\n"
		"2026-11-24T08:00:00.1234567Z,scan@contoso.example,"
		"x@example.com##Receive,secret subject,203.0.113.9\n"
		"2026-11-24T08:01:00Z,stranger@example.com,y,z,198.51.100.1\n";
	struct office o;

	(void)state;
	office_open(&o);
	put_file(&o, 0, trace);
	check(!import(&o, 1) && strstr(o.e.text, "--own-domain"));
	/* In any order. */
	put_file(&o, 1, "PrimarySmtpAddress,EmailAddresses,"
		"SmtpClientAuthenticationDisabled\n"
		"scan@contoso.example,SMTP:scan@contoso.example "
		"smtp:mfp@contoso.example,True\n");
	imports(&o, 2);
	check(o.results[0].taken == 1 &&
		o.results[0].refused[IMPORT_FOREIGN] == 1);
	check(number(&o, "SELECT count(*) FROM tenant_events "
		"WHERE kind = 1 AND ip = '203.0.113.9'") == 1);
	check(number(&o, "SELECT count(*) FROM tenant_names") == 2);
	check(number(&o, "SELECT sum(off) FROM tenant_mailboxes") == 1);
	office_close(&o);
}

static void a_report_counts_messages(void **state)
{
	struct office o;

	(void)state;
	office_open(&o);
	put_file(&o, 0, "sep=;\r\nSender address;Domain;Authentication "
		"protocol;TLS 1.0;Messages sent\r\nscan@contoso.example;"
		"contoso.example;Basic Auth;12%;1,234\r\n"
		"app@contoso.example;contoso.example;OAuth;0;7\r\n");
	imports(&o, 1);
	check(number(&o, "SELECT messages FROM tenant_report WHERE use = 5 "
		"AND tls_old") == 1234);
	check(number(&o, "SELECT messages FROM tenant_report WHERE use = 3 "
		"AND NOT tls_old") == 7);
	office_close(&o);
}

static void json_gives_what_csv_gives(void **state)
{
	struct office o;

	(void)state;
	office_open(&o);
	put_file(&o, 0, "[{\"createdDateTime\":\"2026-11-24T08:00:00Z\","
		"\"userPrincipalName\":\"scan@contoso.example\","
		"\"clientAppUsed\":\"Authenticated SMTP\",\"ipAddress\":"
		"\"2001:DB8::1\",\"status\":{\"errorCode\":50126}},\n"
		"{\"createdDateTime\":\"2026-11-24T08:00:00Z\","
		"\"userPrincipalName\":\"app@contoso.example\","
		"\"clientAppUsed\":\"Browser\",\"status\":{\"errorCode\":0}}]"
		"\n");
	imports(&o, 1);
	check(o.results[0].taken == 1 &&
		o.results[0].refused[IMPORT_NOT_SMTP] == 1);
	check(number(&o, "SELECT count(*) FROM tenant_events WHERE "
		"ip = '2001:db8::1' AND outcome = 2") == 1);
	put_file(&o, 1, "[{\"createdDateTime\":\"2026-11-24T08:00:00Z\","
		"\"userPrincipalName\":\"b@contoso.example\","
		"\"clientAppUsed\":\"Authenticated SMTP\"},\n{\"created");
	check(!import(&o, 2) && strstr(o.e.text, "line 2: no JSON"));
	put_file(&o, 1, "[{\"createdDateTime\":\"2026-11-24T08:00:00Z\","
		"\"userPrincipalName\":\"b@contoso.example\","
		"\"clientAppUsed\":\"Authenticated SMTP\"},\n");
	check(!import(&o, 2) && strstr(o.e.text, "the file is cut"));
	check(number(&o, "SELECT count(*) FROM tenant_accounts") == 1);
	office_close(&o);
}

/* Any bytes may stand in a field; what is kept is an address of clean
 * letters. */
static void hostile_fields_are_not_kept(void **state)
{
	static const char *const accounts[] = {"=cmd|' /C calc'!A0@x.example",
		"\x1b[2J@contoso.example", "a@b@contoso.example", "@", "a@",
		"a b@contoso.example", "\xe2\x80\xae@contoso.example",
		"\xff@contoso.example", "<a@contoso.example>"};
	char text[4096];
	struct office o;

	(void)state;
	office_open(&o);
	for (size_t i = 0; i < sizeof accounts / sizeof accounts[0]; i++) {
		snprintf(text, sizeof text, "Sender address,Messages sent\n"
			"\"%s\",3\n", accounts[i]);
		put_file(&o, 0, text);
		imports(&o, 1);
		if (o.results[0].refused[IMPORT_BAD_ACCOUNT] != 1)
			fail_msg("'%s' is taken", accounts[i]);
	}
	check(number(&o, "SELECT count(*) FROM tenant_accounts") == 0);
	office_close(&o);
}

static void a_day_tells_the_order_of_all(void **state)
{
	struct office o;

	(void)state;
	office_open(&o);
	put_file(&o, 0, "Received,SenderAddress\n01/02/2026 00:30:00,"
		"a@contoso.example\n23/02/2026 00:30:00,a@contoso.example\n");
	put_file(&o, 1, "Sender,Messages\na@contoso.example,2\n");
	imports(&o, 2);
	check(number(&o, "SELECT min(at) FROM tenant_events") ==
		INT64_C(1769905800) * 1000000);
	put_file(&o, 0, "Received,SenderAddress\n01/02/2026 00:30:00,"
		"a@contoso.example\n");
	imports(&o, 2);
	check(o.results[0].refused[IMPORT_BAD_TIME] == 1);
	office_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read_as_they_are_written),
		cmocka_unit_test(nonsense_is_no_time),
		cmocka_unit_test(exports_are_told_by_their_columns),
		cmocka_unit_test(a_mailbox_has_all_its_names),
		cmocka_unit_test(importing_twice_changes_nothing),
		cmocka_unit_test(nothing_is_half_imported),
		cmocka_unit_test(a_trace_is_taken_of_ones_own_only),
		cmocka_unit_test(a_report_counts_messages),
		cmocka_unit_test(json_gives_what_csv_gives),
		cmocka_unit_test(hostile_fields_are_not_kept),
		cmocka_unit_test(a_day_tells_the_order_of_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
