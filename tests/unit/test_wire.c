/* test_wire.c: records on the way between processes. */
#include "capture/base/envelope.h"
#include "capture/session/build.h"
#include "capture/session/wire.h"
#include "tests/unit/check.h"
#include <stdio.h>

static struct record_text add(struct record_session *s, const char *text)
{
	return build_text(s, text, strlen(text));
}

/* Every field set, each differently. */
static void fill(struct record *r)
{
	struct record_session *s = &r->session;
	struct record_auth *a;

	memset(r, 0, sizeof *r);
	r->kind = RECORD_SESSION;
	build_init(s);
	memset(s->session, 0x11, sizeof s->session);
	memset(s->conn, 0x22, sizeof s->conn);
	s->first_seen = 1764000000000000001;
	s->last_seen = 1764000009000000002;
	s->client.addr = addr_v4((const uint8_t[]){10, 20, 4, 31});
	s->client.port = 40312;
	s->client.has_mac = true;
	s->client.mac = (struct mac){{0, 0x26, 0x73, 0xa5, 0xa8, 0xf3}};
	s->client.ttl = 64;
	s->server.addr = addr_v6((const uint8_t[16]){0x20, 1, 0xd, 0xb8});
	s->server.port = 587;
	s->proxy = RECORD_HTTP_CONNECT;
	s->proxied = add(s, "mx.example.com");
	s->proxied_port = 465;
	s->vlan_n = 2;
	s->vlans[0] = 204;
	s->vlans[1] = 7;
	s->flags = RECORD_SAW_CLIENT | RECORD_QUIT;
	s->ending = RECORD_CLOSED;
	s->banner = add(s, "mail.contoso.example ESMTP");
	s->helo = add(s, "RNP002673A5A8F3");
	s->offered[s->offered_n++] = add(s, "LOGIN");
	s->offered[s->offered_n++] = add(s, "PLAIN");
	s->tls = RECORD_TLS_STARTTLS;
	s->tls_version = 0x0303;
	s->sni = add(s, "smtp.office365.com");
	s->cert_not_after = -5;
	s->cert_names[s->cert_name_n++] = s->sni;
	s->guess = RECORD_AUTH;
	s->guess_odds = -1234;
	s->auth_total = 9;
	a = build_auth(s);
	a->at = 1764000001000000000;
	a->mechanism = s->offered[0];
	a->account = add(s, "scan@contoso.example");
	a->workstation = add(s, "PRN-2F");
	a->realm = add(s, "CONTOSO");
	a->code = 535;
	a->enhanced[0] = 5;
	a->enhanced[1] = 7;
	a->enhanced[2] = 139;
	a->reason = RECORD_TENANT_SWITCH;
	a->outcome = RECORD_REJECTED;
	a->reason = RECORD_NOT_OFFERED;
	a->evidence = RECORD_RESYNCED;
	a->confidence = 100;
	a->in_clear = true;
	a->account_min = a->account_max = 20;
	s->mails = 1;
	s->from[s->from_n++] = a->account;
	s->from[s->from_n++] = (struct record_text){0};
	s->domains[s->domain_n++] = add(s, "contoso.example");
	s->recipients = 3;
	s->messages = 2;
	s->accepted = 1;
	s->bytes = 48211;
	build_refusal(s)->code = 530;
	s->client_bytes = 50000;
	s->server_bytes = 600;
	s->gap_bytes = 17;
}

static size_t encoded(uint8_t out[WIRE_MAX])
{
	static struct record r;

	fill(&r);
	return wire_encode(&r, out, WIRE_MAX);
}

static void a_session_arrives_as_it_left(void **state)
{
	static struct record in, out;
	static uint8_t wire[WIRE_MAX];
	size_t n, used = 0;

	(void)state;
	fill(&in);
	n = wire_encode(&in, wire, sizeof wire);
	check(n > 0 && n < 1024);
	check(wire_decode(wire, n, &used, &out) == WIRE_OK && used == n);
	assert_memory_equal(&in, &out, sizeof in);
	assert_string_equal(
		record_text(&out.session, out.session.auth[0].account),
		"scan@contoso.example");
	check(!record_text(&out.session, out.session.agent));
}

static void every_truncation_asks_for_more(void **state)
{
	static uint8_t wire[WIRE_MAX];
	static struct record out;
	size_t n = encoded(wire), used;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		uint8_t *exact = exact_copy(wire, i);

		check(wire_decode(exact, i, &used, &out) == WIRE_MORE);
		free(exact);
	}
}

/* A length that cuts the fields, at every place. */
static void a_short_record_is_bad(void **state)
{
	static uint8_t wire[WIRE_MAX];
	static struct record out;
	size_t n = encoded(wire), used;

	(void)state;
	for (size_t i = 1; i < n - 4; i++) {
		wire[2] = (uint8_t)(i >> 8);
		wire[3] = (uint8_t)i;
		check(wire_decode(wire, n, &used, &out) == WIRE_BAD);
	}
}

/* Whatever one byte becomes, nothing leaves its bounds: what is accepted can
 * be encoded again. */
static void any_changed_byte_is_bad_or_harmless(void **state)
{
	static uint8_t wire[WIRE_MAX], again[WIRE_MAX];
	static struct record out;
	size_t n = encoded(wire), used;

	(void)state;
	for (size_t i = 4; i < n; i++) {
		uint8_t was = wire[i];

		for (int v = 0; v < 256; v += 5) {
			wire[i] = (uint8_t)v;
			if (wire_decode(wire, n, &used, &out) == WIRE_OK)
				check(wire_encode(&out, again,
					sizeof again) == n);
		}
		wire[i] = was;
	}
}

static void lengths_out_of_range_are_bad(void **state)
{
	static struct record out;
	size_t used;

	(void)state;
	check(wire_decode((const uint8_t *)"\0\0\0\0\0", 5, &used, &out) ==
		WIRE_BAD);
	check(wire_decode((const uint8_t *)"\xff\xff\xff\xff\1", 5, &used,
		&out) == WIRE_BAD);
	check(wire_decode((const uint8_t *)"\0\0\0\1\x63", 5, &used, &out) ==
		WIRE_BAD);
}

static void dirty_text_is_not_let_in(void **state)
{
	static uint8_t wire[WIRE_MAX];
	static struct record out;
	size_t n = encoded(wire), used;
	uint8_t *helo = memmem(wire, n, "RNP0026", 7);

	(void)state;
	check(helo != NULL);
	*helo = 0x1b;
	check(wire_decode(wire, n, &used, &out) == WIRE_BAD);
}

/* Every field set; counts that look like no other field. */
static void fill_source(struct record *r)
{
	struct record_source *s = &r->source;

	memset(r, 0, sizeof *r);
	r->kind = RECORD_SOURCE;
	memset(s->id, 0x21, sizeof s->id);
	memset(s->digest, 0x22, sizeof s->digest);
	s->known = true;
	s->state = RECORD_CUT;
	strcpy(s->label, "span-2026-11-23.pcap.gz");
	strcpy(s->reason, "cut in the middle of packet 7");
	s->first_seen = 1764000000000000001;
	s->last_seen = 1764000009000000002;
	s->packets = 7;
	memset(&s->if_dropped, 0x31, 8);
	memset(&s->sessions, 0x32, 8);
	memset(&s->one_sided, 0x33, 8);
	memset(&s->lossy, 0x34, 8);
	s->files_done = 2;
	s->files = 3;
	s->stranger_n = 2;
	s->strangers[0] = (struct record_stranger){
		ENVELOPE_ETHERTYPE, 0x88f7, 4};
	s->strangers[1] = (struct record_stranger){
		ENVELOPE_IP, UINT32_MAX, INT64_MAX};
}

static void a_source_arrives_as_it_left(void **state)
{
	static struct record in, out;
	static uint8_t wire[WIRE_MAX];
	size_t n, used;

	(void)state;
	fill_source(&in);
	n = wire_encode(&in, wire, sizeof wire);
	check(wire_decode(wire, n, &used, &out) == WIRE_OK);
	assert_memory_equal(&in, &out, sizeof in);
	in.kind = RECORD_HOUR;
	n = wire_encode(&in, wire, sizeof wire);
	check(wire_decode(wire, n, &used, &out) == WIRE_OK);
	assert_memory_equal(&in, &out, sizeof in);
}

/* Where a record's bytes hold so many equal ones. */
static uint8_t *run_of(uint8_t *p, size_t n, uint8_t byte, size_t times)
{
	for (size_t i = 0, run = 0; i < n; i++) {
		run = p[i] == byte ? run + 1 : 0;
		if (run == times)
			return p + i + 1 - times;
	}
	return NULL;
}

/* Each field at what no honest process sends; the encoder asserts that of
 * itself, so the bytes are changed on the way. */
static void a_source_that_lies_is_bad(void **state)
{
	static struct record in, out;
	static uint8_t wire[WIRE_MAX];
	uint8_t *label;
	size_t n, used;

	(void)state;
	fill_source(&in);
	n = wire_encode(&in, wire, sizeof wire);
	for (size_t i = 1; i < n - 4; i++) {
		static uint8_t cut[WIRE_MAX];

		memcpy(cut, wire, n);
		cut[2] = (uint8_t)(i >> 8);
		cut[3] = (uint8_t)i;
		check(wire_decode(cut, n, &used, &out) == WIRE_BAD);
	}
	/* Behind the kind: id, digest, live, known, state, label. */
	label = memmem(wire, n, in.source.label, strlen(in.source.label));
	check(label == wire + 5 + 32 + 32 + 3 + 1);
	for (int back = 2; back <= 4; back++) {
		uint8_t was = label[-back];

		label[-back] = back == 2 ? RECORD_FAILED + 1 : 2;
		check(wire_decode(wire, n, &used, &out) == WIRE_BAD);
		label[-back] = was;
	}
	*label = 0x1b;
	check(wire_decode(wire, n, &used, &out) == WIRE_BAD);
	*label = 's';
	/* A count and a time of 2^63 and more. */
	for (uint8_t byte = 0x31; byte <= 0x34; byte++) {
		uint8_t *p = run_of(wire, n, byte, 8);

		check(p != NULL);
		*p |= 0x80;
		check(wire_decode(wire, n, &used, &out) == WIRE_BAD);
		*p = byte;
	}
	check(wire_decode(wire, n, &used, &out) == WIRE_OK);
}

static void strangers_are_few_and_of_known_registries(void **state)
{
	static struct record in, out;
	static uint8_t wire[WIRE_MAX];
	enum { ONE = 1 + 4 + 8 };
	uint8_t *first, *count;
	size_t n, used;

	(void)state;
	fill_source(&in);
	n = wire_encode(&in, wire, sizeof wire);
	first = wire + n - 2 * ONE;
	count = first - 1;
	check(*count == 2 && first[0] == ENVELOPE_ETHERTYPE);
	for (int v = 0; v < 256; v++) {
		*count = (uint8_t)v;
		check((wire_decode(wire, n, &used, &out) == WIRE_OK) ==
			(v == 2));
	}
	*count = 2;
	for (int v = 0; v < 256; v++) {
		first[0] = (uint8_t)v;
		check((wire_decode(wire, n, &used, &out) == WIRE_OK) ==
			(v < ENVELOPE_REGISTRIES));
	}
}

/* What SPAN ports do and what TLS hides, each value that there is and the one
 * behind it. */
static void enums_of_sessions_end(void **state)
{
	static const struct {
		size_t at;
		int most;
	} enums[] = {
		{offsetof(struct record_session, proxy), RECORD_HTTP_CONNECT},
		{offsetof(struct record_session, guess), RECORD_AUTH},
		{offsetof(struct record_session, ending), RECORD_EVICTED},
		{offsetof(struct record_session, tls), RECORD_TLS_IMPLICIT},
		{offsetof(struct record_session, auth) +
				offsetof(struct record_auth, reason),
			RECORD_NOT_OFFERED},
	};
	static struct record in, out;
	static uint8_t wire[WIRE_MAX], other[WIRE_MAX];
	size_t n, at, used;

	(void)state;
	for (size_t i = 0; i < sizeof enums / sizeof enums[0]; i++) {
		uint8_t *field = (uint8_t *)&in.session + enums[i].at;

		/* Where it travels: the one byte that changes with it. */
		fill(&in);
		*field = 0;
		n = wire_encode(&in, wire, sizeof wire);
		*field = 1;
		check(wire_encode(&in, other, sizeof other) == n);
		for (at = 0; wire[at] == other[at];)
			at++;
		for (int v = 0; v < 256; v++) {
			wire[at] = (uint8_t)v;
			check((wire_decode(wire, n, &used, &out) == WIRE_OK) ==
				(v <= enums[i].most));
		}
	}
}

static void facts_arrive_as_they_left(void **state)
{
	static struct record in, out;
	static uint8_t wire[WIRE_MAX];
	size_t n, used;

	(void)state;
	memset(&in, 0, sizeof in);
	in.kind = RECORD_BINDING;
	in.binding.at = 5;
	in.binding.addr = addr_v4((const uint8_t[]){10, 0, 0, 1});
	in.binding.how = RECORD_BY_DHCP;
	n = wire_encode(&in, wire, sizeof wire);
	check(wire_decode(wire, n, &used, &out) == WIRE_OK);
	assert_memory_equal(&in, &out, sizeof in);
	memset(&in, 0, sizeof in);
	in.kind = RECORD_IDENTITY;
	strcpy(in.identity.value, "printer-hq-07");
	n = wire_encode(&in, wire, sizeof wire);
	check(wire_decode(wire, n, &used, &out) == WIRE_OK);
	assert_memory_equal(&in, &out, sizeof in);
}

static void too_little_room_is_said(void **state)
{
	static struct record r;
	static uint8_t wire[WIRE_MAX];
	size_t n;

	(void)state;
	fill(&r);
	n = wire_encode(&r, wire, sizeof wire);
	check(wire_encode(&r, wire, n - 1) == 0);
	check(wire_encode(&r, wire, n) == n);
}

/* The largest record there is fits WIRE_MAX. */
static void the_largest_record_fits(void **state)
{
	static struct record r;
	static uint8_t wire[WIRE_MAX];
	struct record_session *s = &r.session;

	(void)state;
	fill(&r);
	while (s->arena_n + 255 < RECORD_ARENA) {
		memset(s->arena + s->arena_n, 'a', 254);
		s->arena_n = (uint16_t)(s->arena_n + 255);
	}
	s->vlan_n = RECORD_VLANS;
	s->offered_n = RECORD_OFFERED;
	s->from_n = RECORD_FROMS;
	s->domain_n = RECORD_DOMAINS;
	s->cert_name_n = RECORD_CERT_NAMES;
	while (s->auth_n < RECORD_AUTHS)
		build_auth(s)->confidence = 1;
	while (s->refusal_n < RECORD_REFUSALS)
		build_refusal(s);
	check(wire_encode(&r, wire, sizeof wire) > RECORD_ARENA);
}

static void an_arena_keeps_each_text_once(void **state)
{
	static struct record_session s;
	uint16_t before;

	(void)state;
	build_init(&s);
	check(add(&s, "a").at == 1 && add(&s, "bc").at == 3);
	before = s.arena_n;
	check(add(&s, "a").at == 1 && s.arena_n == before);
	check(add(&s, "").at == 0);
}

static void a_full_arena_truncates_and_says_so(void **state)
{
	static struct record_session s;
	char text[96];

	(void)state;
	build_init(&s);
	for (int i = 0; i < RECORD_FROMS; i++) {
		snprintf(text, sizeof text, "%090d", i);
		s.from[s.from_n++] = build_spare_text(&s, text, 90, 1000);
	}
	check(s.flags & RECORD_TRUNCATED);
	check(s.arena_n + 1000 <= RECORD_ARENA);
	check(add(&s, "account").at != 0);
}

/* Ten thousand names of which eight are spoken of: room is made for each. */
static void names_that_are_gone_make_room(void **state)
{
	static struct record_session s;
	static struct record in, out;
	static uint8_t wire[WIRE_MAX];
	char name[64];
	size_t used;

	(void)state;
	memset(&s, 0, sizeof s);
	build_init(&s);
	s.helo = build_text(&s, "scanner", 7);
	s.from[s.from_n++] = build_given(&s, "", 0, 0);
	for (int i = 0; i < 10000; i++) {
		struct record_auth *a = build_auth(&s);
		int n = snprintf(name, sizeof name, "user%d@contoso.example",
			i);

		a->mechanism = build_text(&s, "LOGIN", 5);
		a->account = build_text(&s, name, (size_t)n);
		a->confidence = 1;
		assert_string_equal(record_text(&s, a->account), name);
	}
	for (int i = 0; i < RECORD_AUTHS; i++) {
		snprintf(name, sizeof name, "user%d@contoso.example",
			10000 - RECORD_AUTHS + i);
		assert_string_equal(record_text(&s, s.auth[i].account), name);
		assert_string_equal(record_text(&s, s.auth[i].mechanism),
			"LOGIN");
	}
	assert_string_equal(record_text(&s, s.helo), "scanner");
	assert_string_equal(record_text(&s, s.from[0]), "");
	in.kind = RECORD_SESSION;
	in.session = s;
	check(wire_decode(wire, wire_encode(&in, wire, sizeof wire), &used,
		&out) == WIRE_OK);
}

static void the_last_auths_win(void **state)
{
	static struct record_session s;

	(void)state;
	build_init(&s);
	for (uint16_t i = 0; i < 20; i++)
		build_auth(&s)->code = i;
	check(s.auth_n == RECORD_AUTHS);
	check(s.auth[RECORD_AUTHS - 1].code == 19);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_arrives_as_it_left),
		cmocka_unit_test(every_truncation_asks_for_more),
		cmocka_unit_test(a_short_record_is_bad),
		cmocka_unit_test(any_changed_byte_is_bad_or_harmless),
		cmocka_unit_test(lengths_out_of_range_are_bad),
		cmocka_unit_test(dirty_text_is_not_let_in),
		cmocka_unit_test(a_source_arrives_as_it_left),
		cmocka_unit_test(a_source_that_lies_is_bad),
		cmocka_unit_test(strangers_are_few_and_of_known_registries),
		cmocka_unit_test(enums_of_sessions_end),
		cmocka_unit_test(facts_arrive_as_they_left),
		cmocka_unit_test(too_little_room_is_said),
		cmocka_unit_test(the_largest_record_fits),
		cmocka_unit_test(an_arena_keeps_each_text_once),
		cmocka_unit_test(a_full_arena_truncates_and_says_so),
		cmocka_unit_test(names_that_are_gone_make_room),
		cmocka_unit_test(the_last_auths_win),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
