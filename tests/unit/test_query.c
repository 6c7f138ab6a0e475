/* test_query.c: reading, beside a writer, behind one, and without any right
 * to write. */
#include "capture/base/text.h"
#include "inventory/providers.h"
#include "inventory/query.h"
#include "inventory/resolve.h"
#include "tests/unit/sample.h"
#include <sys/stat.h>
#include <sys/wait.h>

static const char *const client[] = {"10.20.4.31", "10.20.4.32"};

/* Ten sessions of two devices, an hour apart in turn. */
static void fill(struct db *db)
{
	struct record *v[10];

	for (int i = 0; i < 10; i++) {
		v[i] = sample_session(i * 3600, (uint64_t)i, client[i % 2],
			"192.0.2.25", 25);
		v[i]->session.client.mac.b[5] = (uint8_t)(i % 2);
		sample_mail(v[i], "a@contoso.example", "contoso.example");
	}
	sample_write(db, v, 10, 4);
	for (int i = 0; i < 10; i++)
		free(v[i]);
}

static struct query *opened(const char *path)
{
	struct query *q = NULL;
	struct err e = {0};

	if (!query_open(&q, path, &e))
		fail_msg("%s", e.text);
	return q;
}

static size_t count_sessions(struct query *q, const char *device,
	int64_t since, int64_t until, bool newest_first)
{
	const struct session_row *row;
	struct query_sessions *s;
	int64_t before = 0;
	size_t n = 0;

	check(query_sessions_begin(q, device, since, until, newest_first, &s,
		NULL));
	while (query_sessions_next(s, &row)) {
		check(!device || strcmp(row->device, device) == 0);
		check(n == 0 || (newest_first ? row->first_seen < before
			: row->first_seen > before));
		before = row->first_seen;
		n++;
	}
	/* The end stays the end. */
	check(!query_sessions_next(s, &row));
	check(query_sessions_end(s, NULL));
	return n;
}

static void sessions_come_in_order(void **state)
{
	static const char id[] = "mac:00:26:73:a5:a8:01";
	const int64_t hour = 3600LL * 1000000;
	const int64_t start = sample_start / 1000;
	char path[SAMPLE_PATH];
	struct query *q;
	struct db *db;

	(void)state;
	sample_path(path);
	db = sample_db(path);
	fill(db);
	q = opened(path);
	for (int newest = 0; newest < 2; newest++) {
		check(count_sessions(q, NULL, 0, 0, newest) == 10);
		check(count_sessions(q, id, 0, 0, newest) == 5);
		check(count_sessions(q, "ip:10.9.9.9", 0, 0, newest) == 0);
		check(count_sessions(q, NULL, start + 2 * hour, 0,
			newest) == 8);
		check(count_sessions(q, NULL, start + 2 * hour,
			start + 5 * hour, newest) == 3);
		check(count_sessions(q, id, start + 2 * hour,
			start + 6 * hour, newest) == 2);
		check(count_sessions(q, id, start + hour + 123456,
			start + hour + 123456, newest) == 1);
		check(count_sessions(q, id, start + hour + 123457,
			start + hour + 200000, newest) == 0);
		check(count_sessions(q, NULL, INT64_MAX, INT64_MAX,
			newest) == 0);
	}
	query_close(q);
	db_close(db);
	sample_remove(path);
}

static void a_row_is_what_was_sent(void **state)
{
	struct record *r = sample_session(0, 1, "10.20.4.31", "52.97.1.34",
		587);
	struct record_session *s = &r->session;
	const struct session_row *row;
	struct query_sessions *rows;
	char path[SAMPLE_PATH];
	struct record_auth *a;
	struct query *q;
	struct db *db;

	(void)state;
	s->vlan_n = 2;
	s->vlans[0] = 204;
	s->vlans[1] = 10;
	s->client.ttl = 126;
	s->banner = sample_text(s, "SY5.outlook.office365.com Microsoft ready "
		"at Sun, 23 Nov 2025 11:12:20 +0000 [08DE]");
	s->helo = sample_text(s, "");
	s->seen_as = sample_text(s, "203.0.113.9");
	s->agent = sample_text(s, "Canon MFP");
	s->offered_n = 2;
	s->offered[0] = sample_text(s, "LOGIN");
	s->offered[1] = sample_text(s, "XOAUTH2");
	s->flags |= RECORD_TLS_OFFERED | RECORD_TRUNCATED;
	s->tls = RECORD_TLS_STARTTLS;
	s->tls_version = 0x0303;
	s->tls_cipher = 0xc02f;
	s->cert_cn = sample_text(s, "*.outlook.com");
	s->cert_issuer = sample_text(s, "DigiCert");
	s->cert_names[s->cert_name_n++] = sample_text(s, "*.outlook.com");
	s->cert_names[s->cert_name_n++] = sample_text(s,
		"smtp.office365.com");
	s->cert_not_after = 1800000000;
	a = sample_auth(r, "LOGIN", RECORD_BASIC, NULL, RECORD_REJECTED);
	a->evidence = RECORD_INFERRED;
	a->confidence = 96;
	a->account_min = 16;
	a->account_max = 18;
	a->enhanced[0] = 5;
	a->enhanced[1] = 7;
	a->enhanced[2] = 139;
	a->reason = RECORD_MAILBOX_SWITCH;
	sample_mail(r, "", "contoso.example");
	sample_mail(r, "scan@contoso.example", "example.com");
	s->ending = RECORD_EVICTED;
	s->refusals[s->refusal_n++] = (struct record_refusal){530,
		{5, 7, 57}, 6};
	sample_path(path);
	db = sample_db(path);
	sample_write(db, &r, 1, 1);
	q = opened(path);
	check(query_sessions_begin(q, NULL, 0, 0, false, &rows, NULL));
	check(query_sessions_next(rows, &row));
	assert_string_equal(row->session, "18eaec491703ca000000000000000001");
	check(row->first_seen == s->first_seen / 1000);
	check(row->last_seen == s->last_seen / 1000);
	check(row->hops == 2 && row->vlans.n == 2);
	assert_string_equal(row->vlans.v[0], "204");
	assert_string_equal(row->client_mac, "00:26:73:a5:a8:f3");
	assert_string_equal(row->device, "ip:10.20.4.31");
	assert_string_equal(row->banner, "SY5.outlook.office365.com Microsoft "
		"ready at Sun, 23 Nov 2025 11:12:20 +0000 [08DE]");
	assert_string_equal(row->helo, "");
	assert_string_equal(row->seen_as, "203.0.113.9");
	check(row->offered.n == 2 && !row->sni && !row->ja3);
	assert_string_equal(row->tls_mode, "starttls");
	assert_string_equal(row->tls_cipher,
		"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
	assert_string_equal(row->server_name, "smtp.office365.com");
	assert_string_equal(row->server_name_from, "certificate");
	assert_string_equal(row->server_service,
		"exchange-online-submission");
	check(row->auth_n == 1 && !row->auth[0].account);
	assert_string_equal(row->auth[0].outcome, "rejected");
	assert_string_equal(row->auth[0].enhanced, "5.7.139");
	check(row->auth[0].reason == RECORD_MAILBOX_SWITCH);
	check(row->auth[0].at == a->at / 1000 && !row->auth[0].in_clear);
	check(row->auth[0].account_min == 16 && row->auth[0].code == 535);
	check(row->use == USE_BASIC && row->evidence == EVIDENCE_INFERRED);
	check(row->confidence == 96);
	check(row->from.n == 2 && row->domains.n == 2 && row->messages == 2);
	assert_string_equal(row->from.v[0], "");
	assert_string_equal(row->from.v[1], "scan@contoso.example");
	assert_string_equal(row->end, "open");
	assert_string_equal(row->sides, "both");
	check(row->truncated && !row->midstream && row->tls_offered);
	check(row->refusals_n == 1 && row->refusals[0].code == 530);
	assert_string_equal(row->refusals[0].enhanced, "5.7.57");
	check(!query_sessions_next(rows, &row));
	check(query_sessions_end(rows, NULL));
	query_close(q);
	db_close(db);
	sample_remove(path);
	free(r);
}

static void a_reader_sees_what_the_writer_commits(void **state)
{
	struct record *r = sample_session(99, 99, "10.20.4.77", "192.0.2.25",
		25);
	struct device_list *l = NULL;
	char path[SAMPLE_PATH];
	struct writer *w = NULL;
	struct query *q;
	struct db *db;

	(void)state;
	sample_path(path);
	db = sample_db(path);
	fill(db);
	q = opened(path);
	check(query_changed(q));
	check(!query_changed(q));
	check(query_devices(q, &l, NULL) && l->n == 2 && l->sessions == 10);
	device_list_free(l);
	check(!query_changed(q));
	check(writer_open(&w, db, NULL));
	check(writer_record(w, r, 0, NULL));
	check(query_devices(q, &l, NULL) && l->n == 2);
	device_list_free(l);
	check(writer_commit(w, NULL));
	check(query_changed(q) && !query_changed(q));
	check(query_devices(q, &l, NULL) && l->n == 3 && l->sessions == 11);
	device_list_free(l);
	check(writer_close(w, NULL));
	db_close(db);
	/* The writer has left. */
	check(query_devices(q, &l, NULL) && l->n == 3);
	device_list_free(l);
	query_close(q);
	q = opened(path);
	check(query_devices(q, &l, NULL) && l->n == 3);
	device_list_free(l);
	query_close(q);
	sample_remove(path);
	free(r);
}

static void an_hour_has_its_place(void **state)
{
	struct device_list *l = NULL;
	const struct device *d;
	char path[SAMPLE_PATH];
	struct query *q;
	struct db *db;

	(void)state;
	sample_path(path);
	db = sample_db(path);
	fill(db);
	q = opened(path);
	check(query_devices(q, &l, NULL));
	d = device_find(l, "10.20.4.32");
	check(d && strcmp(d->id, "mac:00:26:73:a5:a8:01") == 0);
	for (size_t i = 0; i < QUERY_HOURS; i++)
		check(d->hours[i] == (i > QUERY_HOURS - 10 &&
			(QUERY_HOURS - 1 - i) % 2 == 0));
	d = device_find(l, "00:26:73:A5:A8:00");
	check(d && d->hours[QUERY_HOURS - 1] == 0);
	check(d->hours[QUERY_HOURS - 2] == 1);
	check(!device_find(l, "nobody"));
	check(l->now == (sample_start + 9 * 3600 * sample_second +
		2 * sample_second + 123456000) / 1000);
	check(l->first_seen == sample_start / 1000 + 123456);
	check(l->new_day == 2 && l->by_use[USE_NONE] == 2 && l->db_bytes > 0);
	device_list_free(l);
	query_close(q);
	db_close(db);
	sample_remove(path);
}

/* In a child, with nobody's rights; 0 if all went well. */
static int as_nobody(const char *path, size_t want)
{
	struct device_list *l = NULL;
	struct query *q = NULL;
	struct err e = {0};
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		if (setgid(65534) != 0 || setuid(65534) != 0)
			_exit(9);
		if (!query_open(&q, path, &e) || !query_devices(q, &l, &e)) {
			fprintf(stderr, "%s\n", e.text);
			_exit(strstr(e.text, "-wal' holds a part") ? 2 : 1);
		}
		_exit(l->n == want ? 0 : 3);
	}
	check(child > 0 && waitpid(child, &status, 0) == child);
	return WEXITSTATUS(status);
}

static void a_folder_for_reading_only_is_enough(void **state)
{
	char folder[SAMPLE_PATH], path[SAMPLE_PATH + 16], wal[SAMPLE_PATH + 24];
	struct db *db;

	(void)state;
	if (getuid() != 0)
		skip();
	sample_path(folder);
	check(mkdir(folder, 0755) == 0);
	snprintf(path, sizeof path, "%s/x.db", folder);
	snprintf(wal, sizeof wal, "%s-wal", path);
	db = sample_db(path);
	fill(db);
	check(chmod(path, 0644) == 0);
	db_close(db);
	check(as_nobody(path, 2) == 0);
	/* What a dead writer left in a -wal must not be passed over. */
	check(link(path, wal) == 0 && chmod(wal, 0644) == 0);
	check(as_nobody(path, 2) == 2);
	unlink(wal);
	sample_remove(path);
	check(rmdir(folder) == 0);
}

static void a_file_put_in_its_place_is_seen(void **state)
{
	char path[SAMPLE_PATH], other[SAMPLE_PATH];
	struct device_list *l = NULL;
	struct query *q;
	struct db *db;

	(void)state;
	sample_path(path);
	sample_path(other);
	db_close(sample_db(path));
	db = sample_db(other);
	fill(db);
	db_close(db);
	q = opened(path);
	check(query_changed(q) && !query_changed(q));
	check(rename(other, path) == 0);
	check(query_changed(q) && !query_changed(q));
	check(query_devices(q, &l, NULL) && l->n == 2);
	device_list_free(l);
	query_close(q);
	sample_remove(path);
}

static void what_is_no_inventory_is_not_opened(void **state)
{
	char path[SAMPLE_PATH];
	struct query *q = NULL;
	struct err e = {0};
	sqlite3 *h = NULL;
	FILE *f;

	(void)state;
	sample_path(path);
	check(!query_open(&q, path, &e) && e.kind == ERR_USAGE);
	check(strstr(e.text, "there is no inventory"));
	check(access(path, F_OK) != 0);
	f = fopen(path, "wb");
	check(f && fclose(f) == 0);
	check(!query_open(&q, path, &e) && strstr(e.text, "is empty"));
	unlink(path);
	db_close(sample_db(path));
	check(sqlite3_open(path, &h) == SQLITE_OK);
	check(sqlite3_exec(h, "PRAGMA user_version = 7", NULL, NULL, NULL) ==
		SQLITE_OK);
	/* The head still says 1: the change is in the -wal. */
	check(!query_open(&q, path, &e) && strstr(e.text, "newer"));
	sqlite3_close(h);
	sample_remove(path);
}

/* A file that a stranger wrote: texts that no gate has cleaned, numbers out
 * of all ranges, blobs where texts belong. */
/* Two sources, whose hours overlap. */
static void each_hour_says_what_was_lost(void **state)
{
	struct record a = {.kind = RECORD_SOURCE}, b, hour, next, same;
	struct record *v[] = {&a, &hour, &next, &b, &same};
	const struct health_hour *worst;
	char path[SAMPLE_PATH];
	struct health *h;
	struct query *q;
	struct db *db;

	(void)state;
	a.source.packets = 3000;
	a.source.dropped = 40;
	a.source.sessions = 17;
	a.source.lossy = 3;
	a.source.stranger_n = 1;
	a.source.strangers[0] = (struct record_stranger){1, 0x88f7, 9};
	b = hour = a;
	b.source.id[0] = 1;
	hour.kind = RECORD_HOUR;
	hour.source.first_seen = sample_start;
	hour.source.packets = 1000;
	hour.source.dropped = 0;
	next = hour;
	next.source.first_seen += 3600 * sample_second;
	next.source.dropped = 40;
	same = next;
	same.source.id[0] = 1;
	sample_path(path);
	db = sample_db(path);
	sample_write(db, v, 5, 1);
	q = opened(path);
	check(query_health(q, 0, &h, NULL));
	check(h->total.packets == 6000 && h->total.dropped == 80);
	check(h->total.sessions == 34 && h->total.lossy == 6);
	check(h->n == 2 && h->v[0].packets == 1000);
	check(h->v[1].packets == 2000 && h->v[1].dropped == 80);
	worst = health_worst(h);
	check(worst == &h->v[1] && worst->at ==
		(sample_start + 3600 * sample_second) / 1000);
	check(health_loss(worst) > 0.038 && health_loss(worst) < 0.039);
	check(h->strangers_n == 1 && h->strangers[0].frames == 18);
	assert_string_equal(h->strangers[0].name, "ethertype 0x88f7 (PTP)");
	health_free(h);
	check(query_health(q, sample_start / 1000 + 3600000000, &h, NULL) &&
		h->n == 1);
	health_free(h);
	query_close(q);
	db_close(db);
	sample_remove(path);
}

static void a_strangers_file_does_no_harm(void **state)
{
	static const char evil[] =
		"UPDATE texts SET text = char(27) || '[2J' || char(10) || "
		"text || x'ff80' || zeroblob(3);"
		"UPDATE devices SET use = 99, evidence = -7, confidence = "
		"1e300, role = 'x', tls_lowest = -1, first_seen = 'x', "
		"last_seen = 9223372036854775807, helos = char(27, 10, 8238), "
		"name = zeroblob(100000), servers = ':' || char(10) || "
		"'[]:x' || char(10) || '[:1', sessions = -4;"
		"UPDATE end_hours SET hour = hour + 9223372036854000000;"
		"INSERT INTO end_hours SELECT \"end\", -5, 1, -9 FROM "
		"device_ends;"
		"UPDATE profiles SET tls = 77, tls_version = 'x', "
		"tls_cipher = -1; UPDATE ends SET vlans = '1,x,,', ttl = 999;"
		"UPDATE auth_events SET outcome = 9, evidence = 44, "
		"enhanced = -1, account_max = 1e9;"
		"UPDATE sessions SET ending = 55, lasted = -1, flags = -1, "
		"messages = -5, profile = 4711;"
		"INSERT INTO end_tally VALUES (2, 1, 999, -1), (9, 2, 77, 1);"
		"UPDATE timeline SET hour = 9223372036854775807, use = 12;"
		"UPDATE sources SET state = 12, files = -1, packets = 'x', "
		"dropped = -5, path = zeroblob(9), digest = 'x';"
		"INSERT INTO source_hours SELECT id, 9223372036854775807, "
		"1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 FROM sources;"
		"INSERT INTO source_strangers SELECT id, 77, -1, "
		"9223372036854775807 FROM sources;"
		"INSERT INTO source_strangers SELECT id, 'x', 'y', "
		"9223372036854775807 FROM sources;";
	struct record *r = sample_session(0, 1, "10.20.4.31", "192.0.2.25",
		25);
	struct record source = {.kind = RECORD_SOURCE};
	struct record *v[2] = {&source, r};
	const struct session_row *row;
	struct query_sessions *rows;
	struct account_list *accounts;
	struct server_list *servers;
	struct device_list *l = NULL;
	struct timeline *t;
	struct health *health;
	struct file_list *files;
	char path[SAMPLE_PATH];
	struct query *q;
	struct db *db;

	(void)state;
	r->session.helo = sample_text(&r->session, "x");
	sample_auth(r, "LOGIN", RECORD_BASIC, "a", RECORD_ACCEPTED);
	sample_path(path);
	db = sample_db(path);
	sample_write(db, v, 2, 1);
	if (sqlite3_exec(db_handle(db), evil, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db_handle(db)));
	q = opened(path);
	check(query_devices(q, &l, NULL) && l->n == 1);
	check(l->v[0].use == USE_UNKNOWN && l->v[0].role == ROLE_DEVICE);
	check(strlen(l->v[0].name) < TEXT_MAX);
	for (size_t i = 0; i < l->v[0].helos.n; i++)
		check(text_is_clean(l->v[0].helos.v[i],
			strlen(l->v[0].helos.v[i])));
	device_list_free(l);
	check(query_accounts(q, &accounts, NULL) && accounts->n == 1);
	check(text_is_clean(accounts->v[0].account,
		strlen(accounts->v[0].account)));
	account_list_free(accounts);
	check(query_servers(q, &servers, NULL) && servers->n == 1);
	server_list_free(servers);
	check(query_timeline(q, 0, &t, NULL));
	timeline_free(t);
	check(query_health(q, 0, &health, NULL) && health->n == 0);
	check(health->strangers_n == 2 && health_worst(health) == NULL);
	health_free(health);
	check(query_files(q, &files, NULL));
	file_list_free(files);
	check(query_sessions_begin(q, NULL, 0, 0, false, &rows, NULL));
	check(query_sessions_next(rows, &row));
	check(row->auth_n == 1 && row->messages == 0);
	check(!query_sessions_next(rows, &row));
	check(query_sessions_end(rows, NULL));
	query_close(q);
	db_close(db);
	sample_remove(path);
	free(r);
}

static void accounts_and_servers_are_counted(void **state)
{
	struct record *v[6];
	struct account_list *accounts;
	struct server_list *servers;
	struct timeline *t;
	char path[SAMPLE_PATH];
	struct query *q;
	struct db *db;

	(void)state;
	for (int i = 0; i < 6; i++) {
		struct record_session *s;

		v[i] = sample_session(i, (uint64_t)i, client[i % 2],
			i < 4 ? "192.0.2.25" : "2001:db8::25", 25);
		s = &v[i]->session;
		s->client.mac.b[5] = (uint8_t)(i % 2);
		s->banner = sample_text(s, "mx1.example.com ESMTP Postfix");
		s->offered[s->offered_n++] = sample_text(s, "PLAIN");
		s->flags |= RECORD_TLS_OFFERED;
		if (i < 3)
			sample_auth(v[i], i < 2 ? "PLAIN" : "XOAUTH2",
				i < 2 ? RECORD_BASIC : RECORD_OAUTH,
				"scan@contoso.example",
				i == 1 ? RECORD_REJECTED : RECORD_ACCEPTED);
		sample_mail(v[i], "a@contoso.example", "contoso.example");
	}
	sample_path(path);
	db = sample_db(path);
	sample_write(db, v, 6, 2);
	q = opened(path);
	check(query_accounts(q, &accounts, NULL) && accounts->n == 1);
	assert_string_equal(accounts->v[0].account, "scan@contoso.example");
	check(accounts->v[0].use == USE_BASIC && accounts->v[0].in_clear);
	check(accounts->v[0].devices.n == 2);
	check(accounts->v[0].mechanisms.n == 2);
	check(accounts->v[0].sessions == 3 && accounts->v[0].messages == 3);
	check(accounts->v[0].accepted == 2 && accounts->v[0].rejected == 1);
	account_list_free(accounts);
	check(query_servers(q, &servers, NULL) && servers->n == 2);
	assert_string_equal(servers->v[0].ip, "192.0.2.25");
	assert_string_equal(servers->v[0].name, "mx1.example.com");
	assert_string_equal(servers->v[0].name_from, "banner");
	assert_string_equal(servers->v[0].banners.v[0], "ESMTP Postfix");
	assert_string_equal(servers->v[0].offered.v[0], "PLAIN");
	check(servers->v[0].starttls && servers->v[0].devices == 2);
	check(servers->v[0].sessions == 4 && servers->v[1].sessions == 2);
	check(servers->v[0].by_use[USE_BASIC] == 2);
	check(servers->v[0].by_use[USE_OAUTH] == 1);
	check(servers->v[1].by_use[USE_NONE] == 2);
	check(servers->v[1].devices == 2 && servers->v[1].messages == 2);
	server_list_free(servers);
	check(query_timeline(q, 0, &t, NULL) && t->n == 1);
	check(t->v[0].at == sample_start / 1000);
	check(t->v[0].by_use[USE_BASIC] == 2 && t->v[0].by_use[USE_NONE] == 3);
	timeline_free(t);
	check(query_timeline(q, sample_start / 1000 + 3600000000, &t,
		NULL) && t->n == 0);
	timeline_free(t);
	query_close(q);
	db_close(db);
	sample_remove(path);
	for (int i = 0; i < 6; i++)
		free(v[i]);
}

/* A proxy's address says nothing of who takes the mail. */
/* One session: DIGEST-MD5 is refused, LOGIN goes. */
static struct record *two_tries(int64_t at, uint64_t n, const char *from)
{
	struct record *r = sample_session(at, n, "10.20.4.31", "192.0.2.25",
		25);
	struct record_auth *a = sample_auth(r, "DIGEST-MD5", RECORD_BASIC,
		"scan@contoso.example", RECORD_REJECTED);

	a->realm = sample_text(&r->session, "mail.contoso.example");
	sample_auth(r, "LOGIN", RECORD_BASIC, "scan@contoso.example",
		RECORD_ACCEPTED);
	sample_mail(r, from, "contoso.example");
	return r;
}

static void check_account(const struct account *a, uint64_t sessions)
{
	assert_string_equal(a->account, "scan@contoso.example");
	check(a->kind == ACCOUNT_MAILBOX && a->sessions == sessions);
	check(a->accepted == sessions && a->rejected == sessions);
	check(a->by_mechanism_n == 2);
	assert_string_equal(a->by_mechanism[0].mechanism, "DIGEST-MD5");
	check(a->by_mechanism[0].sessions == sessions &&
		a->by_mechanism[0].rejected == sessions &&
		a->by_mechanism[0].accepted == 0 &&
		a->by_mechanism[0].in_clear);
	assert_string_equal(a->by_mechanism[1].mechanism, "LOGIN");
	check(a->by_mechanism[1].sessions == sessions &&
		a->by_mechanism[1].accepted == sessions &&
		a->by_mechanism[1].rejected == 0);
	check(a->from.n == 2);
	assert_string_equal(a->from.v[0], "alerts@contoso.example");
	assert_string_equal(a->from.v[1], "scan@contoso.example");
}

static void a_session_counts_once_for_an_account(void **state)
{
	struct record *v[4];
	struct account_list *l;
	char path[SAMPLE_PATH];
	struct query *q;
	struct db *db;

	(void)state;
	for (int i = 0; i < 3; i++)
		v[i] = two_tries(60 * i, (uint64_t)i, i == 1
			? "scan@contoso.example" : "alerts@contoso.example");
	/* Another name of the realm is another account. */
	v[3] = sample_session(300, 3, "10.20.4.31", "192.0.2.25", 25);
	sample_auth(v[3], "NTLM", RECORD_BASIC, "scan", RECORD_REJECTED)
		->realm = sample_text(&v[3]->session, "CONTOSO");
	sample_auth(v[3], "LOGIN", RECORD_BASIC, "scan", RECORD_REJECTED);
	sample_mail(v[3], "x@contoso.example", "contoso.example");
	sample_path(path);
	db = sample_db(path);
	sample_write(db, v, 4, 4);
	/* Drawn anew from the facts, it is the same. */
	for (int again = 0; again < 2; again++) {
		q = opened(path);
		check(query_accounts(q, &l, NULL) && l->n == 3);
		assert_string_equal(l->v[0].account, "CONTOSO\\scan");
		check(l->v[0].kind == ACCOUNT_WINDOWS &&
			l->v[0].sessions == 1 && l->v[0].from.n == 0);
		assert_string_equal(l->v[1].account, "scan");
		check(l->v[1].kind == ACCOUNT_OTHER && l->v[1].sessions == 1);
		check_account(&l->v[2], 3);
		account_list_free(l);
		query_close(q);
		check(again > 0 || resolve_all(db, NULL));
	}
	db_close(db);
	sample_remove(path);
	for (int i = 0; i < 4; i++)
		free(v[i]);
}

static struct db *with_rules(const char *path, const char *rules)
{
	struct db *db = sample_db(path);
	struct err e = {0};

	if (!db_use_rules(db, rules ? &rules : NULL, rules != NULL, &e))
		fail_msg("%s", e.text);
	return db;
}

/* The only server, as a session and as one of the list. */
static void check_service(const char *path, const char *service,
	const char *from, const char *rule, enum auth_use use)
{
	struct query *q = opened(path);
	const struct session_row *row;
	struct query_sessions *rows;
	struct server_list *l;

	check(query_sessions_begin(q, NULL, 0, 0, false, &rows, NULL));
	check(query_sessions_next(rows, &row));
	assert_string_equal(row->server_service, service);
	assert_string_equal(row->server_why.from, from);
	assert_string_equal(row->server_why.rule, rule);
	check(row->use == use);
	check(query_sessions_end(rows, NULL));
	check(query_servers(q, &l, NULL) && l->n == 1);
	assert_string_equal(l->v[0].service, service);
	assert_string_equal(l->v[0].why.from, from);
	assert_string_equal(l->v[0].why.rule, rule);
	check(l->v[0].why.demands == (use == USE_REQUIRED));
	check(l->v[0].role == (l->v[0].why.way == WAY_OWN ? ROLE_MTA
		: ROLE_DEVICE));
	server_list_free(l);
	query_close(q);
}

/* Where the last writer was told of rules, readers go by them. */
static void rules_that_were_added_are_for_readers_too(void **state)
{
	static const char text[] = "relay server *.example.com relay-service "
		"provider required Example\n";
	char path[SAMPLE_PATH], rules[] = "/tmp/mailcensus-rules-XXXXXX";
	struct record *r = sample_session(0, 1, "10.20.4.31", "10.20.1.30",
		25);
	int fd = mkstemp(rules);
	struct db *db;

	(void)state;
	check(fd >= 0 && write(fd, text, sizeof text - 1) ==
		(ssize_t)sizeof text - 1);
	close(fd);
	r->session.banner = sample_text(&r->session, "mx1.example.com ESMTP");
	r->session.tls = RECORD_TLS_STARTTLS;
	r->session.client_bytes = 50000;
	sample_mail(r, "a@contoso.example", "contoso.example");
	sample_path(path);
	db = with_rules(path, NULL);
	sample_write(db, &r, 1, 1);
	db_close(db);
	check_service(path, "own", "address", "private-address",
		USE_UNKNOWN);
	for (int i = 0; i < 3; i++) {
		struct writer *w;

		db = with_rules(path, i == 2 ? NULL : rules);
		check(writer_open(&w, db, NULL) && writer_close(w, NULL));
		db_close(db);
		if (i < 2)
			check_service(path, "relay-service", "banner", "relay",
				USE_REQUIRED);
		else
			check_service(path, "own", "address",
				"private-address", USE_UNKNOWN);
	}
	/* What is no rules counts as none. */
	db = with_rules(path, NULL);
	check(sql_exec(db_handle(db), "INSERT INTO rule_texts VALUES "
		"(7, 'x', 'one two'); UPDATE meta SET value = 1 "
		"WHERE key = 'rules'", NULL));
	db_close(db);
	check_service(path, "own", "address", "private-address",
		USE_UNKNOWN);
	sample_remove(path);
	unlink(rules);
	free(r);
}

static void a_server_behind_a_proxy_has_its_own_name(void **state)
{
	char path[SAMPLE_PATH];
	struct record *r = sample_session(0, 1, "10.20.4.31", "10.20.1.30",
		1080);
	struct record_session *s = &r->session;
	const struct session_row *row;
	struct server_list *servers;
	struct query_sessions *rows;
	struct query *q;
	struct db *db;

	(void)state;
	s->proxy = RECORD_SOCKS5;
	s->proxied = sample_text(s, "smtp.office365.com");
	s->proxied_port = 587;
	s->client_bytes = 50000;
	s->tls = RECORD_TLS_STARTTLS;
	sample_path(path);
	db = sample_db(path);
	sample_write(db, &r, 1, 1);
	q = opened(path);
	check(query_sessions_begin(q, NULL, 0, 0, false, &rows, NULL));
	check(query_sessions_next(rows, &row));
	assert_string_equal(row->server_ip, "10.20.1.30");
	assert_string_equal(row->server_name, "smtp.office365.com");
	assert_string_equal(row->server_name_from, "proxy");
	assert_string_equal(row->server_service, "exchange-online-submission");
	assert_string_equal(row->proxy, "socks5");
	assert_string_equal(row->proxied, "smtp.office365.com");
	check(row->proxied_port == 587 && row->server_port == 1080);
	/* It takes no mail without AUTH. */
	check(row->use == USE_REQUIRED);
	check(query_sessions_end(rows, NULL));
	check(query_servers(q, &servers, NULL) && servers->n == 1);
	assert_string_equal(servers->v[0].name, "smtp.office365.com");
	assert_string_equal(servers->v[0].name_from, "proxy");
	server_list_free(servers);
	query_close(q);
	db_close(db);
	sample_remove(path);
	free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_come_in_order),
		cmocka_unit_test(a_row_is_what_was_sent),
		cmocka_unit_test(a_reader_sees_what_the_writer_commits),
		cmocka_unit_test(an_hour_has_its_place),
		cmocka_unit_test(a_folder_for_reading_only_is_enough),
		cmocka_unit_test(a_file_put_in_its_place_is_seen),
		cmocka_unit_test(what_is_no_inventory_is_not_opened),
		cmocka_unit_test(each_hour_says_what_was_lost),
		cmocka_unit_test(a_strangers_file_does_no_harm),
		cmocka_unit_test(accounts_and_servers_are_counted),
		cmocka_unit_test(a_session_counts_once_for_an_account),
		cmocka_unit_test(rules_that_were_added_are_for_readers_too),
		cmocka_unit_test(a_server_behind_a_proxy_has_its_own_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
