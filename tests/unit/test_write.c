/* test_write.c: records become rows, whatever comes twice or in what order. */
#include "capture/base/text.h"
#include "inventory/hearsay.h"
#include "tests/unit/dump.h"
#include "tests/unit/sample.h"

enum { MANY = 60 };

/* A day of an office: printers, an application, a relay, mixed fates. */
static void make_day(struct record *v[MANY])
{
	for (int i = 0; i < MANY; i++) {
		char client[ADDR_TEXT];
		struct record_session *s;

		snprintf(client, sizeof client, "10.20.4.%d", 1 + i % 7);
		v[i] = sample_session(i * 617, (uint64_t)i, client,
			i % 5 == 0 ? "10.20.1.10" : "52.97.1.34",
			i % 5 == 0 ? 25 : 587);
		s = &v[i]->session;
		s->client.mac.b[5] = (uint8_t)(i % 7);
		s->client.ttl = i % 11 == 0 ? 63 : 64;
		s->banner = sample_text(s, "mx1.example.com ESMTP Exim 4.96 "
			"Tue, 24 Nov 2026 08:00:00 +0000");
		s->helo = sample_text(s, i % 2 ? "PRN-2F-EAST" : "[10.1.2.3]");
		s->offered[s->offered_n++] = sample_text(s, "LOGIN");
		s->offered[s->offered_n++] = sample_text(s, "PLAIN");
		if (i % 3 == 0) {
			s->tls = RECORD_TLS_STARTTLS;
			s->tls_version = 0x0303;
			s->tls_cipher = 0xc02f;
			s->sni = sample_text(s, "smtp.office365.com");
			s->cert_cn = sample_text(s, "outlook.com");
			s->cert_names[s->cert_name_n++] =
				sample_text(s, "*.outlook.com");
			s->client_bytes = 4000;
		} else if (i % 3 == 1) {
			struct record_auth *a = sample_auth(v[i], "LOGIN",
				RECORD_BASIC, "scan@contoso.example",
				i % 4 ? RECORD_ACCEPTED : RECORD_REJECTED);

			a->enhanced[0] = 5;
			a->enhanced[1] = 7;
			a->enhanced[2] = 139;
		}
		if (i % 3 != 0)
			sample_mail(v[i], "scan@contoso.example",
				"contoso.example");
		s->refusals[s->refusal_n++] =
			(struct record_refusal){550, {5, 1, 1}, 7};
		if (i % 10 == 9) {
			memset(v[i], 0, sizeof *v[i]);
			v[i]->kind = RECORD_BINDING;
			v[i]->binding.at = sample_start + i * sample_second;
			v[i]->binding.addr = sample_addr("10.20.4.3");
			v[i]->binding.mac = (struct mac){{0, 0x26, 0x73, 1, 2,
				(uint8_t)(i / 20)}};
			v[i]->binding.how = RECORD_BY_DHCP;
		}
	}
}

static void free_all(struct record *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i]);
}

/* The dump of a new inventory with these records. */
static char *written(struct record *const *v, size_t n, size_t each)
{
	char path[SAMPLE_PATH], *text;
	struct db *db;

	sample_path(path);
	db = sample_db(path);
	sample_write(db, v, n, each);
	db_close(db);
	text = dump(path, true, true);
	sample_remove(path);
	return text;
}

static void a_session_becomes_a_row(void **state)
{
	struct record *v[1] = {
		sample_session(0, 7, "10.20.4.31", "192.0.2.25", 25)};
	char *text;

	(void)state;
	v[0]->session.helo = sample_text(&v[0]->session, "RNP002673A5A8F3");
	sample_auth(v[0], "PLAIN", RECORD_BASIC, "scan@contoso.example",
		RECORD_ACCEPTED);
	text = written(v, 1, 1);
	check(strstr(text, "/10.20.4.31/0/00:26:73:a5:a8:f3/64/"
		"/00:26:73:a5:a8:f3|40007|"));
	check(strstr(text, "auth|18EAEC491703CA00"));
	check(strstr(text, "'PLAIN'|0|'scan@contoso.example'"));
	check(strstr(text, "device|mac:00:26:73:a5:a8:f3|RNP002673A5A8F3|"));
	free(text);
	free(v[0]);
}

static void the_same_records_twice_change_nothing(void **state)
{
	struct record *v[2 * MANY];
	char *once, *twice;

	(void)state;
	make_day(v);
	memcpy(v + MANY, v, MANY * sizeof v[0]);
	once = written(v, MANY, 10);
	twice = written(v, 2 * MANY, 7);
	dump_equal(once, twice);
	free(once);
	free(twice);
	free_all(v, MANY);
}

static void the_order_of_records_does_not_matter(void **state)
{
	struct record *v[MANY];
	uint32_t dice = 1;
	char *sorted;

	(void)state;
	make_day(v);
	sorted = written(v, MANY, MANY);
	for (int round = 0; round < 10; round++) {
		char *mixed;

		for (size_t i = MANY - 1; i > 0; i--) {
			struct record *r = v[i];
			size_t j;

			dice = dice * 1103515245 + 12345;
			j = (dice >> 16) % (i + 1);
			v[i] = v[j];
			v[j] = r;
		}
		mixed = written(v, MANY, 1 + (size_t)round * 3);
		dump_equal(sorted, mixed);
		free(mixed);
	}
	free(sorted);
	free_all(v, MANY);
}

/* A checkpoint, the session a minute later, and its end. */
static void make_stages(struct record *v[3])
{
	for (int i = 0; i < 3; i++) {
		struct record_session *s;

		v[i] = sample_session(5, 7, "10.20.4.31", "192.0.2.25", 25);
		s = &v[i]->session;
		s->ending = i < 2 ? RECORD_OPEN : RECORD_IDLE;
		s->last_seen += (i > 0) * 60 * sample_second;
		s->helo = sample_text(s, "PRN-2F-EAST");
		if (i == 0) {
			s->refusals[s->refusal_n++] =
				(struct record_refusal){550, {5, 1, 1}, 7};
			continue;
		}
		sample_auth(v[i], "LOGIN", RECORD_BASIC, "a@contoso.example",
			RECORD_REJECTED);
		sample_auth(v[i], "LOGIN", RECORD_BASIC, "b@contoso.example",
			RECORD_ACCEPTED);
		sample_mail(v[i], "a@contoso.example", "contoso.example");
	}
}

static void the_longer_observation_stays_whole(void **state)
{
	static const int orders[][4] = {
		{0, 1, 2, -1}, {2, 1, 0, -1}, {1, 0, 2, -1}, {0, 2, 2, -1},
		{2, 0, 1, 0}, {1, 2, 0, 1},
	};
	struct record *v[3], *alone[1];
	char *want;

	(void)state;
	make_stages(v);
	alone[0] = v[2];
	want = written(alone, 1, 1);
	check(strstr(want, "'b@contoso.example'") && !strstr(want, "refusal"));
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
		for (size_t each = 1; each <= 4; each++) {
			struct record *some[4];
			size_t n = 0;
			char *got;

			while (n < 4 && orders[i][n] >= 0) {
				some[n] = v[orders[i][n]];
				n++;
			}
			got = written(some, n, each);
			dump_equal(want, got);
			free(got);
		}
	free(want);
	free_all(v, 3);
}

static void only_a_greeting_without_its_date_is_kept_once(void **state)
{
	char path[SAMPLE_PATH];
	struct record *v[20];
	struct db *db;
	int64_t n;

	(void)state;
	for (int i = 0; i < 20; i++) {
		char banner[80];

		v[i] = sample_session(i, (uint64_t)i, "10.1.1.1",
			"192.0.2.25", 25);
		snprintf(banner, sizeof banner, "mx1.example.com ESMTP ready "
			"at Tue, 24 Nov 2026 08:00:%02d +0000", i);
		v[i]->session.banner = sample_text(&v[i]->session, banner);
	}
	sample_path(path);
	db = sample_db(path);
	sample_write(db, v, 20, 20);
	check(sql_number(db_handle(db), "SELECT count(*) FROM texts", 0, &n,
		NULL) && n == 1);
	check(sql_number(db_handle(db), "SELECT count(DISTINCT banner) "
		"FROM session_list", 0, &n, NULL) && n == 20);
	db_close(db);
	sample_remove(path);
	free_all(v, 20);
}

static void a_source_is_counted_once(void **state)
{
	struct record first = {.kind = RECORD_SOURCE}, second, third;
	struct record *v[3] = {&first, &second, &third};
	char *once, *again;

	(void)state;
	first.source.id[0] = 1;
	first.source.state = RECORD_RUNNING;
	strcpy(first.source.label, "span.pcap");
	second = first;
	second.source.state = RECORD_DONE;
	second.source.packets = 1000;
	second.source.first_seen = sample_start;
	second.source.last_seen = sample_start + sample_second;
	third = second;
	once = written(v, 2, 1);
	check(strstr(once, "|span.pcap|1||1795507200000000|1795507201000000|"
		"1000|"));
	again = written(v, 3, 1);
	dump_equal(once, again);
	/* Read again: shown as running, and nothing is forgotten. */
	third = first;
	free(again);
	again = written(v, 3, 1);
	check(strstr(again, "|span.pcap|0||1795507200000000|1795507201000000|"
		"1000|"));
	free(once);
	free(again);
}

static void hours_add_up_once(void **state)
{
	struct record file = {.kind = RECORD_SOURCE}, hour, next;
	struct record *v[6] = {&file, &hour, &next, &file, &hour, &next};
	char *once, *again;

	(void)state;
	file.source.id[0] = 0xab;
	hour = file;
	hour.kind = RECORD_HOUR;
	hour.source.first_seen = sample_start;
	hour.source.packets = 700;
	hour.source.dropped = 22;
	hour.source.lossy = 3;
	next = hour;
	next.source.first_seen += 3600 * sample_second;
	next.source.packets = 9;
	once = written(v, 3, 1);
	check(strstr(once, "heard|AB"));
	check(strstr(once, "|498752|700|22|0|3"));
	check(strstr(once, "|498753|9|22|0|3"));
	again = written(v, 6, 1);
	dump_equal(once, again);
	/* Read again and stopped halfway: nothing is forgotten. */
	v[4] = &next;
	next.source.first_seen = sample_start;
	free(again);
	again = written(v, 2, 1);
	free(once);
	once = written(v, 5, 1);
	dump_equal(once, again);
	free(once);
	free(again);
}

static void strangers_are_the_longer_list(void **state)
{
	struct record file = {.kind = RECORD_SOURCE}, less, huge;
	struct record *v[3] = {&file, &less, &huge};
	struct record_source *s = &file.source;
	char *text;

	(void)state;
	s->stranger_n = 2;
	s->strangers[0] = (struct record_stranger){1, 0x88cc, 10};
	s->strangers[1] = (struct record_stranger){4, 50, 5};
	less = huge = file;
	less.source.stranger_n = 1;
	less.source.strangers[0].frames = 14;
	text = written(v, 2, 1);
	check(strstr(text, "|1|35020|10"));
	check(strstr(text, "|4|50|5"));
	free(text);
	huge.source.strangers[0] = (struct record_stranger){0, 7, INT64_MAX};
	huge.source.strangers[1].frames = INT64_MAX;
	text = written(v, 3, 1);
	check(strstr(text, "|0|7|") && !strstr(text, "|1|35020|"));
	free(text);
}

static void a_known_file_changes_no_number(void **state)
{
	struct record file = {.kind = RECORD_SOURCE}, known;
	struct record *v[2] = {&file, &known};
	char *text;

	(void)state;
	file.source.state = RECORD_DONE;
	file.source.packets = 1000;
	strcpy(file.source.label, "a.pcap");
	known = file;
	known.source.known = true;
	known.source.state = RECORD_RUNNING;
	known.source.packets = 5000;
	strcpy(known.source.label, "b.pcap");
	text = written(v, 2, 1);
	check(strstr(text, "|b.pcap|1||0|0|1000|"));
	free(text);
}

static bool is_taken(const struct record *r)
{
	char path[SAMPLE_PATH];
	struct writer *w = NULL;
	struct err e = {0};
	struct db *db;
	bool taken;
	int64_t n = 0;

	sample_path(path);
	db = sample_db(path);
	check(writer_open(&w, db, &e));
	taken = writer_record(w, r, 0, &e);
	check(writer_close(w, &e));
	check(sql_number(db_handle(db), "SELECT count(*) FROM sessions", 0,
		&n, NULL));
	check(n == (taken && r->kind == RECORD_SESSION));
	db_close(db);
	sample_remove(path);
	return taken;
}

/* One thing that no honest process sends; false: there are no more. */
static bool spoil(struct record *r, int how)
{
	struct record_session *s = &r->session;

	switch (how) {
	case 0: r->kind = 0; break;
	case 1: r->kind = 99; break;
	case 2: s->arena_n = 0; break;
	case 3: s->arena_n = RECORD_ARENA + 1; break;
	case 4: s->arena[s->arena_n - 1] = 'x'; break;
	case 5: s->helo.at = s->arena_n; break;
	case 6: s->helo.at = UINT16_MAX; break;
	case 7: s->auth_n = RECORD_AUTHS + 1; break;
	case 8: s->auth[0].account.at = UINT16_MAX; break;
	case 9: s->auth[0].confidence = 0; break;
	case 10: s->auth[0].confidence = 101; break;
	case 11: s->auth[0].class = RECORD_OTHER + 1; break;
	case 12: s->auth[0].outcome = RECORD_ABORTED + 1; break;
	case 13: s->auth[0].evidence = RECORD_INFERRED + 1; break;
	case 14: s->offered_n = RECORD_OFFERED + 1; break;
	case 15: s->from_n = RECORD_FROMS + 1; break;
	case 16: s->domain_n = RECORD_DOMAINS + 1; break;
	case 17: s->cert_name_n = RECORD_CERT_NAMES + 1; break;
	case 18: s->refusal_n = RECORD_REFUSALS + 1; break;
	case 19: s->vlan_n = RECORD_VLANS + 1; break;
	case 20: s->ending = RECORD_EVICTED + 1; break;
	case 21: s->tls = RECORD_TLS_IMPLICIT + 1; break;
	case 22: s->client.addr.family = 0; break;
	case 23: s->server.addr.family = 5; break;
	case 24: s->first_seen = -1; break;
	case 25: s->last_seen = s->first_seen - 1; break;
	case 26: s->session[7] ^= 1; break;
	default: return false;
	}
	return true;
}

static void an_enemy_is_turned_away(void **state)
{
	struct record *good = sample_session(0, 1, "10.1.1.1", "10.2.2.2", 25);
	struct record *r = malloc(sizeof *r);

	(void)state;
	sample_auth(good, "PLAIN", RECORD_BASIC, "a", RECORD_ACCEPTED);
	check(r && is_taken(good));
	*r = *good;
	for (int how = 0; spoil(r, how); how++) {
		if (is_taken(r))
			fail_msg("taken: case %d", how);
		*r = *good;
	}
	memset(r, 0, sizeof *r);
	r->kind = RECORD_BINDING;
	check(!is_taken(r));
	r->kind = RECORD_SOURCE;
	memset(r->source.label, 'x', sizeof r->source.label);
	check(!is_taken(r));
	r->kind = RECORD_IDENTITY;
	strcpy(r->identity.value, "\033[2J");
	check(!is_taken(r));
	free(good);
	free(r);
}

/* All that a record may hold, each text as long as it may be. */
static void the_largest_record_fits(void **state)
{
	struct record *r = sample_session(0, 1, "2001:db8::1",
		"2001:db8::2", 25);
	struct record_session *s = &r->session;
	char text[TEXT_MAX];
	struct record_text t;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	t = sample_text(s, text);
	s->banner = s->helo = s->agent = s->seen_as = s->sni = t;
	s->ja3 = s->ja4 = s->cert_cn = s->cert_issuer = t;
	s->offered_n = RECORD_OFFERED;
	s->from_n = RECORD_FROMS;
	s->domain_n = RECORD_DOMAINS;
	s->cert_name_n = RECORD_CERT_NAMES;
	s->vlan_n = RECORD_VLANS;
	s->refusal_n = RECORD_REFUSALS;
	for (int i = 0; i < RECORD_FROMS; i++)
		s->from[i] = t;
	for (int i = 0; i < 16; i++)
		s->offered[i] = s->domains[i] = s->cert_names[i] = t;
	for (int i = 0; i < RECORD_VLANS; i++)
		s->vlans[i] = UINT16_MAX;
	for (int i = 0; i < RECORD_AUTHS; i++) {
		struct record_auth *a = sample_auth(r, "X", RECORD_OTHER,
			NULL, RECORD_UNKNOWN);

		a->mechanism = a->account = a->authzid = a->workstation = t;
		a->enhanced[0] = a->enhanced[2] = UINT16_MAX;
	}
	s->bytes = s->client_bytes = s->server_bytes = UINT64_MAX;
	s->gap_bytes = UINT64_MAX;
	s->last_seen = INT64_MAX;
	s->cert_not_after = INT64_MIN;
	check(is_taken(r));
	free(r);
}

static void forge(struct record *r, struct writer *w, uint32_t i,
	bool own_card)
{
	const uint8_t ip[] = {10, (uint8_t)(i >> 16), (uint8_t)(i >> 8),
		(uint8_t)i};
	struct err e = {0};

	r->kind = RECORD_BINDING;
	r->binding.how = RECORD_BY_ARP;
	r->binding.at = sample_start + i;
	r->binding.addr = addr_v4(ip);
	if (own_card)
		memcpy(r->binding.mac.b + 2, ip, 4);
	check(writer_record(w, r, 1, &e));
}

static int64_t number(struct db *db, const char *sql)
{
	struct err e = {0};
	int64_t n = -1;

	check(sql_number(db_handle(db), sql, 0, &n, &e));
	return n;
}

/* Forged ARP for ever, by a card that has mailed: the table is bounded, and
 * goes on learning of what it knows. */
static void a_flood_of_hints_ends(void **state)
{
	struct record *mail = sample_session(0, 1, "10.99.0.1", "192.0.2.1",
		25);
	struct record *r = calloc(1, sizeof *r);
	char path[SAMPLE_PATH];
	struct writer *w = NULL;
	struct err e = {0};
	struct db *db;

	(void)state;
	sample_path(path);
	db = sample_db(path);
	check(writer_open(&w, db, &e));
	check(writer_record(w, mail, 1, &e));
	r->binding.mac = mail->session.client.mac;
	for (uint32_t i = 0; i < WRITER_HINTS + 500; i++)
		forge(r, w, i, false);
	r->binding.at = sample_start + sample_second * 9;
	r->binding.addr = addr_v4((const uint8_t[]){10, 0, 0, 0});
	check(writer_record(w, r, 1, &e));
	check(writer_close(w, &e));
	check(number(db, "SELECT count(*) FROM bindings") == WRITER_HINTS);
	check(number(db, "SELECT last_seen - first_seen FROM bindings "
		"WHERE ip = '10.0.0.0'") == sample_second * 9 / 1000);
	check(number(db, "SELECT value FROM meta WHERE key = 'forgotten'") ==
		500);
	db_close(db);
	sample_remove(path);
	free(mail);
	free(r);
}

/* Of hosts that do not mail nothing is written, however many they are; what
 * memory had no room for is counted. */
static void a_flood_of_strangers_leaves_nothing(void **state)
{
	enum { BEYOND = 100 };
	struct record *r = calloc(1, sizeof *r);
	char path[SAMPLE_PATH];
	struct writer *w = NULL;
	struct err e = {0};
	struct db *db;

	(void)state;
	sample_path(path);
	db = sample_db(path);
	check(writer_open(&w, db, &e));
	for (uint32_t i = 1; i <= HEARSAY_HOSTS / 2 + BEYOND; i++)
		forge(r, w, i, true);
	check(writer_close(w, &e));
	check(number(db, "SELECT count(*) FROM bindings") == 0);
	/* An address and a card each. */
	check(number(db, "SELECT value FROM meta WHERE key = 'forgotten'") ==
		2 * BEYOND);
	db_close(db);
	sample_remove(path);
	free(r);
}

static struct record *named(uint8_t mac, const char *ip, enum record_name kind,
	const char *value)
{
	struct record *r = calloc(1, sizeof *r);

	check(r != NULL);
	r->kind = RECORD_IDENTITY;
	r->identity.at = sample_start;
	r->identity.mac.b[0] = mac > 0 ? 2 : 0;
	r->identity.mac.b[5] = mac;
	if (ip)
		r->identity.addr = sample_addr(ip);
	r->identity.kind = (uint8_t)kind;
	strcpy(r->identity.value, value);
	return r;
}

static struct record *bound(uint8_t mac, const char *ip)
{
	struct record *r = calloc(1, sizeof *r);

	check(r != NULL);
	r->kind = RECORD_BINDING;
	r->binding.at = sample_start;
	r->binding.mac.b[0] = 2;
	r->binding.mac.b[5] = mac;
	r->binding.addr = sample_addr(ip);
	r->binding.how = RECORD_BY_DHCP;
	return r;
}

/* Whether its mail comes before or after its names. */
static void names_wait_until_their_host_mails(void **state)
{
	struct record *v[] = {
		named(7, NULL, RECORD_DHCP_HOST, "MFP-7"),
		bound(7, "10.20.4.31"), bound(7, "10.20.4.32"),
		named(0, "10.20.4.32", RECORD_PTR, "mfp-7.contoso.example"),
		named(0, "192.0.2.1", RECORD_DNS, "mail.contoso.example"),
		named(8, NULL, RECORD_MDNS, "LAPTOP-ANNA"),
		bound(8, "10.20.4.33"),
		named(0, "10.20.4.33", RECORD_PTR, "anna.contoso.example"),
		named(0, "192.0.2.2", RECORD_DNS, "www.contoso.example"),
		sample_session(0, 1, "10.20.4.31", "192.0.2.1", 25),
	};
	enum { N = sizeof v / sizeof v[0] };
	struct record *back[N];
	char *forth, *reversed;

	(void)state;
	/* The frame's card is a router's: names come by the binding. */
	v[N - 1]->session.client.ttl = 63;
	for (size_t i = 0; i < N; i++)
		back[i] = v[N - 1 - i];
	forth = written(v, N, N);
	reversed = written(back, N, 1);
	dump_equal(forth, reversed);
	check(strstr(forth, "MFP-7"));
	check(strstr(forth, "mfp-7.contoso.example"));
	check(strstr(forth, "mail.contoso.example"));
	check(!strstr(forth, "ANNA") && !strstr(forth, "anna"));
	check(!strstr(forth, "10.20.4.33") && !strstr(forth, "www"));
	free(forth);
	free(reversed);
	free_all(v, N);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_becomes_a_row),
		cmocka_unit_test(the_same_records_twice_change_nothing),
		cmocka_unit_test(the_order_of_records_does_not_matter),
		cmocka_unit_test(the_longer_observation_stays_whole),
		cmocka_unit_test(
			only_a_greeting_without_its_date_is_kept_once),
		cmocka_unit_test(a_source_is_counted_once),
		cmocka_unit_test(hours_add_up_once),
		cmocka_unit_test(strangers_are_the_longer_list),
		cmocka_unit_test(a_known_file_changes_no_number),
		cmocka_unit_test(an_enemy_is_turned_away),
		cmocka_unit_test(the_largest_record_fits),
		cmocka_unit_test(a_flood_of_hints_ends),
		cmocka_unit_test(a_flood_of_strangers_leaves_nothing),
		cmocka_unit_test(names_wait_until_their_host_mails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
