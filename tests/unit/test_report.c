/* test_report.c: what is written out is what programs and spreadsheets were
 * promised, whatever devices call themselves. */
#include "inventory/report/csv.h"
#include "inventory/report/hide.h"
#include "inventory/report/html.h"
#include "inventory/report/markdown.h"
#include "inventory/report/out.h"
#include "inventory/report/powershell.h"
#include "inventory/report/report.h"
#include "tests/unit/sample.h"
#include <jansson.h>

static const char evil[] = "=cmd|'/c calc'!A0,\"x\"; \xc3\xbc \xe2\x82\xac";

struct scene {
	char path[SAMPLE_PATH];
	struct query *query;
};

static void scene_open(struct scene *s, struct record *const *v, size_t n)
{
	struct err e = {0};
	struct db *db;

	sample_path(s->path);
	db = sample_db(s->path);
	sample_write(db, v, n, 1);
	db_close(db);
	if (!query_open(&s->query, s->path, &e))
		fail_msg("%s", e.text);
}

static void scene_close(struct scene *s)
{
	query_close(s->query);
	sample_remove(s->path);
}

static char *text_of(struct query *q, enum report_format format,
	const struct report_options *o)
{
	struct err e = {0};
	char *text = NULL, *copy;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	check(out != NULL);
	if (!report_write(q, format, o, out, NULL, &e))
		fail_msg("%s", e.text);
	fclose(out);
	copy = strdup(text);
	free(text);
	return copy;
}

/* Everywhere the same evil name. */
static struct record *evil_session(void)
{
	struct record *r = sample_session(0, 1, "10.20.4.31", "192.0.2.25",
		25);
	struct record_session *s = &r->session;
	struct record_auth *a;

	s->banner = sample_text(s, evil);
	s->helo = sample_text(s, evil);
	s->agent = sample_text(s, evil);
	s->sni = sample_text(s, evil);
	s->cert_cn = sample_text(s, evil);
	s->cert_names[s->cert_name_n++] = sample_text(s, evil);
	s->offered[s->offered_n++] = sample_text(s, evil);
	a = sample_auth(r, evil, RECORD_BASIC, evil, RECORD_ACCEPTED);
	a->authzid = sample_text(s, evil);
	sample_mail(r, evil, evil);
	return r;
}

static json_t *at(json_t *o, const char *key)
{
	json_t *v = json_object_get(o, key);

	if (!v)
		fail_msg("no key '%s'", key);
	return v;
}

static void is_text(json_t *o, const char *key, const char *want)
{
	json_t *v = at(o, key);

	if (!want) {
		check(json_is_null(v));
		return;
	}
	check(json_is_string(v));
	assert_string_equal(json_string_value(v), want);
}

static void a_line_is_the_contract(void **state)
{
	/* The contract, key for key and in that order. */
	static const char want[] = "{\"schema\":1,\"session\":"
		"\"18eaec491703ca000000000000000001\",\"sensor\":\"@\","
		"\"first_seen\":\"2026-11-24T08:00:00.123456Z\","
		"\"last_seen\":\"2026-11-24T08:00:02.123456Z\","
		"\"client\":{\"ip\":\"10.20.4.31\",\"port\":40001,"
		"\"mac\":\"00:26:73:a5:a8:f3\",\"vlans\":[204],\"hops\":0,"
		"\"device\":\"mac:00:26:73:a5:a8:f3\"},"
		"\"server\":{\"ip\":\"192.0.2.25\",\"port\":25,"
		"\"mac\":\"00:50:56:01:02:03\",\"name\":null,"
		"\"name_from\":null,\"service\":null,"
		"\"service_from\":null,\"proxy\":null},\"banner\":null,"
		"\"helo\":\"b\\u00FCro\",\"auth_offered\":[],"
		"\"tls\":{\"mode\":\"none\",\"offered\":false,"
		"\"version\":null,\"cipher\":null,\"sni\":null,\"ja3\":null,"
		"\"ja4\":null,\"certificate\":{\"cn\":null,\"names\":[],"
		"\"issuer\":null,\"not_after\":null},"
		"\"auth_inferred\":null},"
		"\"auth\":[{\"at\":\"2026-11-24T08:00:01.123456Z\","
		"\"mechanism\":\"LOGIN\",\"account\":null,\"authzid\":null,"
		"\"workstation\":null,\"realm\":null,"
		"\"outcome\":\"rejected\",\"code\":535,\"enhanced\":null,"
		"\"reason\":\"basic-disabled\","
		"\"evidence\":\"inferred\","
		"\"confidence\":97,\"account_bytes\":[16,18],"
		"\"in_clear\":true}],"
		"\"mail\":{\"from\":[],\"recipients\":0,"
		"\"recipient_domains\":[],\"messages\":0,\"accepted\":0,"
		"\"bytes\":0,\"agent\":null},"
		"\"capture\":{\"end\":\"closed\",\"sides\":\"both\","
		"\"midstream\":false,\"gap_bytes\":0,\"truncated\":false,"
		"\"source\":\"span.pcap\"}}\n";
	struct record source = {.kind = RECORD_SOURCE};
	struct record *r = sample_session(0, 1, "10.20.4.31", "192.0.2.25",
		25);
	struct record *v[2] = {&source, r};
	struct report_options o = {0};
	char *text, *sensor, *end;
	struct record_auth *a;
	struct scene s;

	(void)state;
	strcpy(source.source.label, "span.pcap");
	r->session.vlans[r->session.vlan_n++] = 204;
	r->session.helo = sample_text(&r->session, "b\xc3\xbcro");
	a = sample_auth(r, "LOGIN", RECORD_BASIC, NULL, RECORD_REJECTED);
	a->reason = RECORD_BASIC_DISABLED;
	a->evidence = RECORD_INFERRED;
	a->confidence = 97;
	a->account_min = 16;
	a->account_max = 18;
	scene_open(&s, v, 2);
	text = text_of(s.query, REPORT_SESSIONS_JSONL, &o);
	/* The sensor is called like this host. */
	sensor = strstr(text, "\"sensor\":\"") + 10;
	end = strchr(sensor, '"');
	check(end > sensor);
	sensor[0] = '@';
	memmove(sensor + 1, end, strlen(end) + 1);
	assert_string_equal(text, want);
	free(text);
	scene_close(&s);
	free(r);
}

static void evil_names_stay_texts_in_json(void **state)
{
	struct record *r = evil_session();
	struct report_options o = {.generated = 1795507200000000};
	json_t *line, *report, *device;
	struct scene s;
	char *text;

	(void)state;
	scene_open(&s, &r, 1);
	text = text_of(s.query, REPORT_SESSIONS_JSONL, &o);
	for (const char *p = text; *p != '\0'; p++)
		check((*p >= ' ' && *p <= '~') || (*p == '\n' && !p[1]));
	line = json_loads(text, 0, NULL);
	check(line != NULL);
	is_text(line, "banner", evil);
	is_text(line, "helo", evil);
	is_text(at(line, "server"), "name", evil);
	is_text(json_array_get(at(line, "auth"), 0), "account", evil);
	is_text(at(at(line, "tls"), "certificate"), "cn", evil);
	json_decref(line);
	free(text);

	text = text_of(s.query, REPORT_JSON, &o);
	report = json_loads(text, 0, NULL);
	check(report && json_integer_value(at(report, "schema")) == 1);
	is_text(report, "generated", "2026-11-24T08:00:00.000000Z");
	is_text(at(report, "window"), "since", NULL);
	check(json_integer_value(at(at(report, "coverage"), "sessions")) == 1);
	device = json_array_get(at(report, "devices"), 0);
	is_text(device, "auth", "basic");
	is_text(device, "name", evil);
	is_text(json_array_get(at(report, "accounts"), 0), "account", evil);
	is_text(json_array_get(at(report, "servers"), 0), "ip", "192.0.2.25");
	json_decref(report);
	free(text);
	scene_close(&s);
	free(r);
}

/* A reader of RFC 4180 that is as strict as can be: the cells of a line;
 * returns where the next one begins. */
enum { CELLS = 64, CELL = 512 };

static const char *read_line(const char *p, char cells[CELLS][CELL],
	size_t *n)
{
	*n = 0;
	for (;;) {
		size_t len = 0;

		check(*n < CELLS);
		if (*p == '"') {
			for (p++; *p != '"' || p[1] == '"'; p++) {
				check(*p != '\0' && len + 1 < CELL);
				p += *p == '"';
				cells[*n][len++] = *p;
			}
			p++;
		} else {
			for (; *p != ',' && *p != '\r'; p++) {
				check(*p >= '0' && *p <= '9');
				cells[*n][len++] = *p;
			}
		}
		cells[(*n)++][len] = '\0';
		if (*p++ == ',')
			continue;
		check(p[-1] == '\r' && *p == '\n');
		return p + 1;
	}
}

static void no_cell_is_a_formula(void **state)
{
	static char header[CELLS][CELL], cells[CELLS][CELL];
	static const enum report_format formats[] = {REPORT_SESSIONS_CSV, REPORT_CSV};
	struct record *r = evil_session();
	struct report_options o = {0};
	struct scene s;

	(void)state;
	scene_open(&s, &r, 1);
	for (int f = 0; f < 2; f++) {
		char *text = text_of(s.query, formats[f], &o);
		size_t columns, n, found = 0;
		const char *p;

		check(strncmp(text, "\xef\xbb\xbf", 3) == 0);
		p = read_line(text + 3, header, &columns);
		p = read_line(p, cells, &n);
		check(n == columns && *p == '\0');
		for (size_t i = 0; i < n; i++) {
			check(!strchr("=+-@", cells[i][0]) ||
				cells[i][0] == '\0');
			found += cells[i][0] == '\'' &&
				strcmp(cells[i] + 1, evil) == 0;
		}
		check(found >= 5);
		free(text);
	}
	scene_close(&s);
	free(r);
}

static void is_cell(const char *text, const char *want)
{
	struct csv c;
	char *got = NULL;
	size_t n;
	FILE *out = open_memstream(&got, &n);

	check(out != NULL);
	csv_begin(&c, out);
	csv_text(&c, text);
	fclose(out);
	assert_string_equal(got + 3, want);
	free(got);
}

static void spaces_do_not_hide_a_formula(void **state)
{
	(void)state;
	is_cell("=1", "\"'=1\"");
	is_cell("+1", "\"'+1\"");
	is_cell("-1", "\"'-1\"");
	is_cell("@a", "\"'@a\"");
	is_cell("\ta", "\"'\ta\"");
	is_cell("\ra", "\"'\ra\"");
	is_cell("  =1", "\"'  =1\"");
	is_cell(" \xc2\xa0\xe3\x80\x80=1", "\"' \xc2\xa0\xe3\x80\x80=1\"");
	is_cell("\xef\xbc\x9d" "1", "\"'\xef\xbc\x9d" "1\"");
	is_cell("\xef\xbc\x8b", "\"'\xef\xbc\x8b\"");
	is_cell("\xef\xbc\x8d", "\"'\xef\xbc\x8d\"");
	is_cell(" \xef\xbc\xa0", "\"' \xef\xbc\xa0\"");
	is_cell("\xe2\x88\x92" "1", "\"'\xe2\x88\x92" "1\"");
	is_cell("a=1", "\"a=1\"");
	is_cell("  ", "\"  \"");
	is_cell("a\"b,c", "\"a\"\"b,c\"");
	is_cell("", "");
	is_cell(NULL, "");
}

static void becomes(void (*write)(FILE *out, const char *text),
	const char *text, const char *want)
{
	char *got = NULL;
	size_t n;
	FILE *out = open_memstream(&got, &n);

	check(out != NULL);
	write(out, text);
	fclose(out);
	assert_string_equal(got, want);
	free(got);
}

static void all_five_quotes_are_doubled_for_powershell(void **state)
{
	(void)state;
	becomes(powershell_literal, "", "''");
	becomes(powershell_literal, "a$(b)`c\"", "'a$(b)`c\"'");
	becomes(powershell_literal, "a'b", "'a''b'");
	becomes(powershell_literal, "\xe2\x80\x98", "'\xe2\x80\x98\xe2\x80\x98'");
	becomes(powershell_literal, "\xe2\x80\x99", "'\xe2\x80\x99\xe2\x80\x99'");
	becomes(powershell_literal, "\xe2\x80\x9a", "'\xe2\x80\x9a\xe2\x80\x9a'");
	becomes(powershell_literal, "\xe2\x80\x9b", "'\xe2\x80\x9b\xe2\x80\x9b'");
	becomes(powershell_literal, "\xe2\x80\x9c", "'\xe2\x80\x9c'");
	becomes(powershell_literal, "a\r\nb\xe2\x80\xa8" "c\xc2\x85" "d",
		"'a  b c d'");
	becomes(powershell_literal, "\xe2\x80", "'?" "?'");
}

static void only_addresses_of_mailboxes_may_stand_in_a_command(void **state)
{
	static const char *const good[] = {
		"scan@contoso.example", "a@b.c", "A.b_c+d-e@x-1.contoso.example"};
	static const char *const bad[] = {
		"", "scan", "@contoso.example", "scan@", "scan@contoso",
		"-scan@contoso.example", "scan-@contoso.example",
		"a..b@contoso.example", "a@b@c.example", "a b@contoso.example",
		"a'b@contoso.example", "a\xe2\x80\x99@contoso.example",
		"$a@contoso.example", "a@contoso.example;", "a@-b.example",
		"CONTOSO\\scan", "a@contoso..example", "a@.example",
		"\xc3\xbc@contoso.example", "a@contoso.example "};
	char local[80];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		check(powershell_is_identity(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		check(!powershell_is_identity(bad[i]));
	memset(local, 'a', sizeof local);
	strcpy(local + 64, "@b.example");
	check(powershell_is_identity(local));
	strcpy(local + 65, "@b.example");
	local[64] = 'a';
	check(!powershell_is_identity(local));
}

static void markup_is_text_in_html_and_markdown(void **state)
{
	(void)state;
	becomes(html_text, "<b a='1' c=\"2\">&", "&lt;b a=&#39;1&#39; "
		"c=&quot;2&quot;&gt;&amp;");
	becomes(html_text, NULL, "");
	becomes(html_clip, "123456789012345678901234567890"
		"123456789012345678901234567\xc3\xbc" "90",
		"123456789012345678901234567890"
		"123456789012345678901234567\xc3\xbc" "90");
	becomes(html_clip, "123456789012345678901234567890"
		"12345678901234567890123456789\xc3\xbc" "1",
		"123456789012345678901234567890"
		"12345678901234567890123456789\xc3\xbc\xe2\x80\xa6");
	becomes(markdown_code, "a*b_[c](d)<e>", "`a*b_[c](d)<e>`");
	becomes(markdown_code, "CONTOSO\\scan", "`CONTOSO\\scan`");
	becomes(markdown_code, "a|b", "<code>a&#124;b</code>");
	becomes(markdown_code, "a`b", "<code>a&#96;b</code>");
	becomes(markdown_code, "a\\", "<code>a&#92;</code>");
	becomes(markdown_code, "  ", "-");
	becomes(markdown_code, NULL, "-");
	becomes(markdown_text, "see www.x.example: *now*",
		"see www&#46;x&#46;example: &#42;now&#42;");
}

static char *hidden(const struct report_options *o, enum hide_kind kind,
	const char *text)
{
	static char room[512];
	char *got = hide_text(o, kind, text);

	snprintf(room, sizeof room, "%s", got ? got : "(none)");
	free(got);
	return room;
}

static void what_is_masked_is_never_whole(void **state)
{
	const struct report_options o = {.mask = true};

	(void)state;
	assert_string_equal(hidden(&o, HIDE_ACCOUNT, "scan@contoso.example"),
		"sc\xe2\x80\xa6@contoso.example");
	assert_string_equal(hidden(&o, HIDE_ACCOUNT, "a@contoso.example"),
		"\xe2\x80\xa6@contoso.example");
	assert_string_equal(hidden(&o, HIDE_ACCOUNT, "CONTOSO\\svc"),
		"CONTOSO\\sv\xe2\x80\xa6");
	assert_string_equal(hidden(&o, HIDE_NAME, "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"),
		"\xc3\xbc\xc3\xbc\xc3\xbc\xe2\x80\xa6");
	assert_string_equal(hidden(&o, HIDE_NAME, ""), "\xe2\x80\xa6");
	assert_string_equal(hidden(&o, HIDE_REMARK, "on floor 3"), "(none)");
	assert_string_equal(hidden(&o, HIDE_ADDRESS, "10.1.1.1"), "10.1.1.1");
}

static void a_pseudonym_depends_on_key_and_name_only(void **state)
{
	uint8_t one[REPORT_KEY] = {1}, two[REPORT_KEY] = {2};
	const struct report_options a = {.key = one}, b = {.key = two};
	char first[512];

	(void)state;
	strcpy(first, hidden(&a, HIDE_ACCOUNT, "scan@contoso.example"));
	check(strstr(first, "scan") == NULL);
	check(strcmp(first + strlen(first) - 16, "@contoso.example") == 0);
	assert_string_equal(hidden(&a, HIDE_ACCOUNT, "SCAN@contoso.example"),
		first);
	check(strcmp(hidden(&b, HIDE_ACCOUNT, "scan@contoso.example"),
		first) != 0);
	check(strcmp(hidden(&a, HIDE_ACCOUNT, "scan2@contoso.example"),
		first) != 0);
	assert_string_equal(hidden(&a, HIDE_SERVER, "mx.contoso.example:25"),
		"mx.contoso.example:25");
	assert_string_equal(hidden(&a, HIDE_SERVER, "192.0.2.25:25"),
		"192.0.2.25:25");
	check(strncmp(hidden(&a, HIDE_SERVER, "10.1.1.1:25"), "ip-", 3) == 0);
	check(strcmp(hidden(&a, HIDE_SERVER, "10.1.1.1:25") + 15, ":25") == 0);
	check(strncmp(hidden(&a, HIDE_SERVER, "[fd00::1]:25"), "ip-", 3) == 0);
}

static void times_are_iso_8601(void **state)
{
	char text[OUT_TIME];

	(void)state;
	assert_string_equal(out_time(1795507200000001, text),
		"2026-11-24T08:00:00.000001Z");
	assert_string_equal(out_time(-1, text),
		"1969-12-31T23:59:59.999999Z");
	assert_string_equal(out_time(0, text), "");
	assert_string_equal(out_time(INT64_MAX, text), "");
	assert_string_equal(out_time(INT64_MIN, text), "");
}

static void a_full_disk_is_told(void **state)
{
	struct record *r = evil_session();
	struct report_options o = {0};
	struct scene s;

	(void)state;
	scene_open(&s, &r, 1);
	for (int f = 0; f < REPORT_FORMATS; f++) {
		FILE *full = fopen("/dev/full", "w");
		struct err e = {0};

		check(full != NULL);
		check(!report_write(s.query, (enum report_format)f, &o, full,
			NULL, &e));
		check(e.kind == ERR_RUN);
		check(strstr(e.text, "No space left on device"));
		fclose(full);
	}
	scene_close(&s);
	free(r);
}

static void the_same_inventory_gives_the_same_report(void **state)
{
	struct report_options o = {.generated = 1};
	struct record *v[20];
	struct scene a, b;

	(void)state;
	for (int i = 0; i < 20; i++) {
		v[i] = sample_session(i % 3, (uint64_t)i, i % 2 ? "10.1.1.1"
			: "10.1.1.2", "192.0.2.25", 25);
		v[i]->session.client.mac.b[5] = (uint8_t)(i % 2);
		sample_mail(v[i], i % 4 ? "b@contoso.example"
			: "a@contoso.example", "contoso.example");
	}
	scene_open(&a, v, 20);
	for (int i = 0; i < 10; i++) {
		struct record *r = v[i];

		v[i] = v[19 - i];
		v[19 - i] = r;
	}
	scene_open(&b, v, 20);
	for (int f = 0; f < REPORT_FORMATS; f++) {
		char *x, *y;

		if (f == REPORT_XLSX)
			continue; /* no text: e2e/report.py reads it */
		x = text_of(a.query, (enum report_format)f, &o);
		y = text_of(b.query, (enum report_format)f, &o);
		assert_string_equal(x, y);
		free(x);
		free(y);
	}
	scene_close(&a);
	scene_close(&b);
	for (int i = 0; i < 20; i++)
		free(v[i]);
}

static void a_window_chooses_devices_and_sessions(void **state)
{
	struct record *v[2] = {
		sample_session(0, 1, "10.1.1.1", "192.0.2.25", 25),
		sample_session(7200, 2, "10.1.1.2", "192.0.2.25", 25)};
	struct report_options o = {.since = sample_start / 1000 + 3600000000};
	struct scene s;
	char *text;

	(void)state;
	v[1]->session.client.mac.b[5] = 1;
	scene_open(&s, v, 2);
	for (int f = 0; f < REPORT_FORMATS; f++) {
		if (f == REPORT_XLSX || f == REPORT_POWERSHELL)
			continue; /* no text; and no device without account */
		text = text_of(s.query, (enum report_format)f, &o);
		check(strstr(text, "10.1.1.2") && !strstr(text, "10.1.1.1"));
		free(text);
	}
	o = (struct report_options){.device = "mac:00:26:73:a5:a8:f3"};
	for (int f = 0; f < REPORT_FORMATS; f++) {
		if (f == REPORT_XLSX || f == REPORT_POWERSHELL)
			continue; /* no text; and no device without account */
		text = text_of(s.query, (enum report_format)f, &o);
		check(strstr(text, "10.1.1.1") && !strstr(text, "10.1.1.2"));
		free(text);
	}
	scene_close(&s);
	free(v[0]);
	free(v[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_the_contract),
		cmocka_unit_test(evil_names_stay_texts_in_json),
		cmocka_unit_test(no_cell_is_a_formula),
		cmocka_unit_test(spaces_do_not_hide_a_formula),
		cmocka_unit_test(all_five_quotes_are_doubled_for_powershell),
		cmocka_unit_test(
			only_addresses_of_mailboxes_may_stand_in_a_command),
		cmocka_unit_test(markup_is_text_in_html_and_markdown),
		cmocka_unit_test(what_is_masked_is_never_whole),
		cmocka_unit_test(a_pseudonym_depends_on_key_and_name_only),
		cmocka_unit_test(times_are_iso_8601),
		cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(the_same_inventory_gives_the_same_report),
		cmocka_unit_test(a_window_chooses_devices_and_sessions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
