/* test_tenant.c: an office behind TLS meets the exports of its tenant: thirty
 * devices, twenty-five accounts, a sign-in log of another clock with rows that
 * are missing and others that are foreign. Through the writer, the importer and
 * the query, several times by chance. */
#include "inventory/import/import.h"
#include "inventory/query.h"
#include "inventory/resolve.h"
#include "tests/unit/sample.h"
#include <time.h>

enum {
	DEVICES = 30, ACCOUNTS = 25, STRANGERS = 6, DAYS = 3, OFFICES = 6,
	FILES = 3,
};

struct office {
	char path[SAMPLE_PATH], csv[FILES][SAMPLE_PATH + 8];
	uint64_t state;
	struct db *db;
	char accounts[ACCOUNTS + STRANGERS][64]; /* names to sign in with */
	int of[DEVICES];
	int64_t ahead; /* s */
	FILE *log;
	struct query *q;
	struct device_list *list;
	struct coverage *coverage;
};

/* xorshift64* (Vigna, 2016) */
static uint64_t chance(struct office *o, uint64_t below)
{
	o->state ^= o->state >> 12;
	o->state ^= o->state << 25;
	o->state ^= o->state >> 27;
	return (o->state * UINT64_C(2685821657736338717) >> 11) % below;
}

static void log_line(struct office *o, int64_t at, const char *account,
	const char *ip, const char *client)
{
	time_t s = (time_t)(sample_start / sample_second + at);
	struct tm tm;
	char when[32];

	check(gmtime_r(&s, &tm) != NULL);
	strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
	fprintf(o->log, "%s,%s,%s,Success,0,%s\n", when, account, ip, client);
}

/* A session that TLS hides: what lengths tell of LOGIN, and the address that
 * the server greets with. */
static void send(struct office *o, struct writer *w, int device, int64_t at)
{
	static uint64_t n;
	const char *account = o->accounts[o->of[device]];
	char ip[32];
	struct record *r;
	struct record_auth *a;
	struct record_session *s;
	struct err e = {0};

	snprintf(ip, sizeof ip, "10.20.4.%d", 10 + device);
	r = sample_session(at, ++n, ip, "192.0.2.25", 587);
	s = &r->session;
	s->client.mac.b[5] = (uint8_t)device;
	s->tls = RECORD_TLS_STARTTLS;
	s->tls_version = 0x0303;
	s->sni = sample_text(s, "smtp.office365.com");
	s->seen_as = sample_text(s, "203.0.113.9");
	a = sample_auth(r, "LOGIN", RECORD_BASIC, NULL, RECORD_ACCEPTED);
	a->evidence = RECORD_INFERRED;
	a->confidence = 90;
	a->code = 0;
	a->account_max = (uint16_t)((strlen(account) + 2) / 3 * 3);
	a->account_min = (uint16_t)(a->account_max - 2);
	s->guess = RECORD_AUTH;
	if (!writer_record(w, r, 1, &e))
		fail_msg("%s", e.text);
	free(r);
	/* One row in five is missing. */
	if (chance(o, 5) > 0)
		log_line(o, at + 1 + o->ahead + (int64_t)chance(o, 2),
			account, "203.0.113.9", "Authenticated SMTP");
}

static void put_files(struct office *o)
{
	FILE *f = fopen(o->csv[1], "w");

	check(f != NULL);
	fputs("PrimarySmtpAddress,UserPrincipalName,EmailAddresses,"
		"SmtpClientAuthenticationDisabled\n", f);
	/* They sign in by another name than they mail with. */
	for (int i = 0; i < ACCOUNTS; i++)
		fprintf(f, "mail.%s,%s,SMTP:mail.%s,\n", o->accounts[i],
			o->accounts[i], o->accounts[i]);
	check(fclose(f) == 0);
	f = fopen(o->csv[2], "w");
	check(f != NULL);
	fputs("Sender address,Messages sent,Authentication protocol\n", f);
	for (int i = 0; i < ACCOUNTS; i++)
		fprintf(f, "mail.%s,9,Basic\n", o->accounts[i]);
	fputs("nobody@contoso.example,3,OAuth\n", f);
	check(fclose(f) == 0);
}

static void office_make(struct office *o, uint64_t seed)
{
	struct writer *w = NULL;
	struct err e = {0};

	memset(o, 0, sizeof *o);
	o->state = seed * 6364136223846793005u + 1;
	for (int i = 0; i < 20; i++)
		chance(o, 2);
	sample_path(o->path);
	for (int i = 0; i < FILES; i++)
		snprintf(o->csv[i], sizeof o->csv[i], "%s.%d.csv", o->path, i);
	o->ahead = (int64_t)chance(o, 600) - 300;
	for (int i = 0; i < ACCOUNTS + STRANGERS; i++)
		snprintf(o->accounts[i], sizeof o->accounts[i],
			"%.*s%d@contoso.example", (int)chance(o, 12),
			"scanner-north-wing", i);
	for (int i = 0; i < DEVICES; i++)
		o->of[i] = i < ACCOUNTS ? i : (int)chance(o, ACCOUNTS);
	o->db = sample_db(o->path);
	if (!writer_open(&w, o->db, &e))
		fail_msg("%s", e.text);
	o->log = fopen(o->csv[0], "w");
	check(o->log != NULL);
	fputs("Date (UTC),Username,IP address,Status,Sign-in error code,"
		"Client app\n", o->log);
	for (int i = 0; i < DEVICES; i++)
		for (int d = 0; d < DAYS; d++)
			for (int n = 3 + (int)chance(o, 4); n > 0; n--)
				send(o, w, i, d * 86400 + (int64_t)chance(o,
					36000));
	for (int i = 0; i < 200; i++)
		log_line(o, (int64_t)chance(o, DAYS * 86400),
			o->accounts[ACCOUNTS + chance(o, STRANGERS)],
			"198.51.100.7", "Authenticated SMTP");
	for (int i = 0; i < 200; i++)
		log_line(o, (int64_t)chance(o, DAYS * 86400),
			o->accounts[chance(o, ACCOUNTS)], "203.0.113.9",
			"Browser");
	check(fclose(o->log) == 0);
	put_files(o);
	if (!writer_close(w, &e))
		fail_msg("%s", e.text);
}

static void import(struct office *o, size_t n)
{
	const char *names[FILES];
	struct import_result results[FILES];
	struct import_from from = {.db = o->path, .files = names, .n = n,
		.now = 1};
	struct err e = {0};

	for (size_t i = 0; i < n; i++)
		names[i] = o->csv[i];
	if (!import_files(&from, results, &e))
		fail_msg("%s", e.text);
}

static void look(struct office *o)
{
	struct err e = {0};

	device_list_free(o->list);
	coverage_free(o->coverage);
	query_close(o->q);
	if (!query_open(&o->q, o->path, &e) ||
		!query_devices(o->q, &o->list, &e) ||
		!query_coverage(o->q, o->list, &o->coverage, &e))
		fail_msg("%s", e.text);
	check(o->list->n == DEVICES);
}

static void office_close(struct office *o)
{
	device_list_free(o->list);
	coverage_free(o->coverage);
	query_close(o->q);
	for (int i = 0; i < FILES; i++)
		unlink(o->csv[i]);
	db_close(o->db);
	sample_remove(o->path);
}

static int device_number(const struct device *d)
{
	return atoi(strrchr(d->addresses.v[0], '.') + 1) - 10;
}

static bool is_right(const struct office *o, const struct device *d)
{
	char mail[80];

	snprintf(mail, sizeof mail, "mail.%s",
		o->accounts[o->of[device_number(d)]]);
	return d->candidates_n > 0 &&
		strcmp(d->candidates[0].account, mail) == 0;
}

/* All strangers, and the one of whom only the report knows. */
static bool lists_are_exact(const struct office *o)
{
	const struct coverage *c = o->coverage;
	size_t strangers = 0;

	for (size_t i = 0; i < c->unseen.n; i++)
		for (int k = ACCOUNTS; k < ACCOUNTS + STRANGERS; k++)
			strangers += strcmp(c->unseen.v[i],
				o->accounts[k]) == 0;
	return strangers == STRANGERS && c->unseen.n == STRANGERS + 1 &&
		c->unreported.n == 0 && c->nameless.n == 0 && c->reported;
}

static void hidden_accounts_are_found(void **state)
{
	unsigned all = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= OFFICES; seed++) {
		struct office o;
		unsigned right = 0;

		office_make(&o, seed);
		import(&o, FILES);
		look(&o);
		for (size_t i = 0; i < o.list->n; i++) {
			const struct device *d = &o.list->v[i];

			right += is_right(&o, d);
			if (!is_right(&o, d) && d->candidates_n > 0)
				check(d->candidates[0].score < CANDIDATE_SURE);
			check(d->accounts.n == 0);
			check(d->evidence == EVIDENCE_INFERRED);
		}
		check(right * 10 >= DEVICES * 9);
		check(lists_are_exact(&o));
		check(o.coverage->clocks_n == 1 && llabs(
			o.coverage->clocks[0].ahead / 1000000 - o.ahead) <= 2);
		all += right;
		office_close(&o);
	}
	printf("%u of %d devices have their account first\n", all,
		OFFICES * DEVICES);
}

static char *dump(struct office *o)
{
	sqlite3_stmt *s = NULL;
	struct err e = {0};
	bool row;
	char *text;

	check(sql_prepare(db_handle(o->db), &s, "SELECT group_concat(device "
		"|| account || score || hits || hidden || why || use) FROM "
		"(SELECT * FROM device_accounts ORDER BY device, account)",
		&e) && sql_row(s, &row, &e) && row);
	text = strdup((const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	return text;
}

/* Importing twice, and drawing all conclusions anew: the same. */
static void conclusions_follow_from_facts(void **state)
{
	struct office o;
	struct err e = {0};
	char *first, *again;

	(void)state;
	office_make(&o, 77);
	import(&o, FILES);
	first = dump(&o);
	import(&o, FILES);
	again = dump(&o);
	assert_string_equal(first, again);
	free(again);
	if (!resolve_all(o.db, &e))
		fail_msg("%s", e.text);
	again = dump(&o);
	assert_string_equal(first, again);
	free(first);
	free(again);
	office_close(&o);
}

/* What was seen is no guess, whatever is imported; and one that lengths say
 * nothing of becomes one with a password, imported. */
static void sightings_outrank_imports(void **state)
{
	struct office o;
	struct record *seen;

	(void)state;
	office_make(&o, 5);
	seen = sample_session(50, 1, "10.20.4.10", "192.0.2.26", 25);
	seen->session.client.mac.b[5] = 0;
	sample_auth(seen, "LOGIN", RECORD_BASIC, "Mail.Other@contoso.example",
		RECORD_ACCEPTED);
	sample_write(o.db, &seen, 1, 1);
	free(seen);
	check(sql_exec(db_handle(o.db), "DELETE FROM auth_events WHERE "
		"session IN (SELECT session FROM sessions s JOIN device_ends d "
		"ON d.\"end\" = s.client WHERE d.device LIKE '%:01')", NULL));
	check(sql_exec(db_handle(o.db), "UPDATE sessions SET guess = 0 WHERE "
		"session NOT IN (SELECT session FROM auth_events)", NULL));
	check(resolve_all(o.db, NULL));
	import(&o, FILES);
	look(&o);
	for (size_t i = 0; i < o.list->n; i++) {
		const struct device *d = &o.list->v[i];

		if (device_number(d) == 0) {
			check(d->evidence == EVIDENCE_SEEN);
			check(d->accounts.n == 1 && d->candidates_n > 0);
		}
		if (device_number(d) == 1) {
			check(is_right(&o, d));
			check(d->use == USE_BASIC &&
				d->evidence == EVIDENCE_IMPORTED);
			check(d->confidence == d->candidates[0].score);
		}
	}
	office_close(&o);
}

/* Without a log the report and lengths leave a few; none is sure. */
static void lengths_alone_make_no_account_sure(void **state)
{
	struct office o;

	(void)state;
	office_make(&o, 9);
	strcpy(o.csv[0], o.csv[2]);
	import(&o, 2);
	look(&o);
	for (size_t i = 0; i < o.list->n; i++) {
		const struct device *d = &o.list->v[i];

		for (size_t k = 0; k < d->candidates_n; k++)
			check(d->candidates[k].score <= CANDIDATE_SURE &&
				d->candidates[k].by_length &&
				!d->candidates[k].by_times);
	}
	office_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hidden_accounts_are_found),
		cmocka_unit_test(conclusions_follow_from_facts),
		cmocka_unit_test(sightings_outrank_imports),
		cmocka_unit_test(lengths_alone_make_no_account_sure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
