/* test_engine.c: the line as a whole, from frames to records. */
#include "talk.h"
#include "capture/base/envelope.h"
#include <stdio.h>

static void a_session_becomes_one_record(void **state)
{
	struct talk t = {0};
	struct record_session *s = &t.last;

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	log_in(&t);
	mail_something(&t);
	say(&t, CLIENT, "QUIT\r\n");
	close_talk(&t);
	check(t.sessions == 1);
	check(s->ending == RECORD_CLOSED && s->auth_n == 1);
	assert_string_equal(record_text(s, s->helo), "PRN-2F");
	assert_string_equal(record_text(s, s->auth[0].mechanism), "LOGIN");
	assert_string_equal(record_text(s, s->auth[0].account),
		"scan@contoso.example");
	check(s->auth[0].outcome == RECORD_ACCEPTED);
	check(s->auth[0].evidence == RECORD_SEEN && s->auth[0].in_clear);
	check(s->offered_n == 2);
	assert_string_equal(record_text(s, s->domains[0]), "contoso.example");
	assert_string_equal(record_text(s, s->agent), "Example MFP");
	check(s->messages == 1 && s->accepted == 1 && s->recipients == 1);
	check(s->client.ttl == 64 && s->client.port == 40312);
	engine_finish(t.e);
	drain(&t);
	check(t.sessions == 1);
	engine_free(t.e);
}

static void payload_that_may_be_secret_is_named(void **state)
{
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	check(!t.secret);
	log_in(&t);
	check(t.secret);
	engine_free(t.e);
}

static void other_protocols_are_of_no_interest(void **state)
{
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	t.server_port = 80;
	send_flags(&t, CLIENT, 0x02, "");
	send_flags(&t, SERVER, 0x12, "");
	say(&t, CLIENT, "GET / HTTP/1.1\r\n\r\n");
	say(&t, SERVER, "HTTP/1.1 200 OK\r\n\r\n");
	check(!t.secret);
	/* What was left of it is out of the way of others. */
	t.client_port++;
	send_flags(&t, CLIENT, 0x02, "");
	say(&t, CLIENT, "GET / HTTP/1.1\r\n\r\n");
	engine_finish(t.e);
	drain(&t);
	check(t.sessions == 0);
	engine_free(t.e);
}

static void ftp_is_not_mail_though_it_says_220(void **state)
{
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	t.server_port = 21;
	send_flags(&t, CLIENT, 0x02, "");
	say(&t, SERVER, "220 ftp.contoso.example ready\r\n");
	say(&t, CLIENT, "USER scan\r\n");
	say(&t, SERVER, "331 password\r\n");
	close_talk(&t);
	engine_finish(t.e);
	drain(&t);
	check(t.sessions == 0);
	engine_free(t.e);
}

static void a_long_session_is_told_while_it_lasts(void **state)
{
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	log_in(&t);
	t.at += 3000000000;
	engine_tick(t.e, t.at);
	drain(&t);
	check(t.sessions == 1 && t.last.ending == RECORD_OPEN);
	check(t.last.auth_n == 1);
	/* Nothing new: nothing told. */
	t.at += 3000000000;
	engine_tick(t.e, t.at);
	drain(&t);
	check(t.sessions == 1);
	engine_free(t.e);
}

static void mail_without_auth_is_told_meanwhile_too(void **state)
{
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	say(&t, SERVER, "220 mail.contoso.example ESMTP\r\n");
	mail_something(&t);
	t.at += 3000000000;
	engine_tick(t.e, t.at);
	drain(&t);
	check(t.sessions == 1 && t.last.ending == RECORD_OPEN);
	check(t.last.auth_n == 0 && t.last.messages == 1);
	engine_free(t.e);
}

static void a_silent_session_ends_idle(void **state)
{
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	log_in(&t);
	engine_tick(t.e, t.at + 700000000000);
	drain(&t);
	check(t.last.ending == RECORD_IDLE);
	engine_free(t.e);
}

static void a_reused_port_is_another_session(void **state)
{
	struct talk t = {0};
	uint8_t first[16];

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	log_in(&t);
	t.seq[CLIENT] = 99;
	t.seq[SERVER] = 3;
	send_flags(&t, CLIENT, 0x02, "");
	check(t.sessions == 1);
	memcpy(first, t.last.session, 16);
	send_flags(&t, SERVER, 0x12, "");
	log_in(&t);
	close_talk(&t);
	check(t.sessions == 2 && memcmp(first, t.last.session, 16) != 0);
	check(t.last.auth_n == 1);
	engine_free(t.e);
}

static void the_same_frames_give_the_same_ids(void **state)
{
	struct talk a = {0}, b = {0};

	(void)state;
	open_talk(&a, small_engine(8, 4, 16), 40312);
	log_in(&a);
	close_talk(&a);
	open_talk(&b, small_engine(3, 2, 5), 40312);
	log_in(&b);
	close_talk(&b);
	assert_memory_equal(a.last.session, b.last.session, 16);
	assert_memory_equal(a.last.conn, b.last.conn, 16);
	check(memcmp(a.last.session, a.last.conn, 16) != 0);
	engine_free(a.e);
	engine_free(b.e);
}

/* With two flows, one session and four blocks everything still ends, each
 * victim is told with what was known of it, and nothing is lost twice. */
static void exhaustion_evicts_and_goes_on(void **state)
{
	struct engine *e = small_engine(2, 1, 4);
	struct talk t = {0};
	struct engine_counts c;
	unsigned sessions = 0;

	(void)state;
	for (uint16_t port = 40000; port < 40010; port++) {
		open_talk(&t, e, port);
		log_in(&t);
		sessions += t.sessions;
	}
	engine_finish(e);
	t.sessions = 0;
	drain(&t);
	sessions += t.sessions;
	check(sessions == 10);
	c = engine_counts(e);
	check(c.sessions_evicted >= 8 && c.sessions == 10);
	engine_free(e);
}

static void what_was_open_is_told_when_a_session_gives_way(void **state)
{
	struct engine *e = small_engine(4, 1, 8);
	struct talk t = {0}, other = {0};

	(void)state;
	open_talk(&t, e, 40312);
	say(&t, SERVER, "220 mail.contoso.example ESMTP\r\n");
	say(&t, CLIENT, "EHLO PRN-2F\r\n");
	say(&t, SERVER, "250 mail.contoso.example\r\n");
	say(&t, CLIENT, "AUTH PLAIN AGFubmEAaW52ZW50ZWQ=\r\n");
	other.at = t.at;
	open_talk(&other, e, 40313);
	say(&other, SERVER, "220 mail.contoso.example ESMTP\r\n");
	say(&other, CLIENT, "EHLO nas01\r\n");
	check(other.sessions == 1 && other.last.ending == RECORD_EVICTED);
	check(other.last.auth_n == 1);
	check(other.last.auth[0].outcome == RECORD_UNKNOWN);
	assert_string_equal(record_text(&other.last,
		other.last.auth[0].account), "anna");
	engine_free(e);
}

/* A clock that is wrong in one frame ends nothing; in two it has changed. */
static void time_leaps_where_two_frames_say_so(void **state)
{
	static const int64_t hour = 3600000000000;
	struct talk t = {0};

	(void)state;
	for (int way = -1; way <= 1; way += 2) {
		open_talk(&t, small_engine(8, 4, 16), 40312);
		log_in(&t);
		t.at += way * hour;
		say(&t, CLIENT, "NOOP\r\n");
		t.at -= way * hour;
		say(&t, SERVER, "250 ok\r\n");
		mail_something(&t);
		close_talk(&t);
		check(t.sessions == 1 && t.last.messages == 1);
		check(t.last.auth_n == 1);
		engine_free(t.e);
		t.at = 0;
	}
	open_talk(&t, small_engine(8, 4, 16), 40312);
	log_in(&t);
	t.at += hour;
	open_talk(&t, t.e, 40313);
	check(t.sessions == 1 && t.last.ending == RECORD_IDLE);
	engine_free(t.e);
}

static void a_flood_takes_no_session_s_place(void **state)
{
	struct engine *e = small_engine(4, 2, 8);
	struct talk t = {0}, flood = {0};

	(void)state;
	open_talk(&t, e, 40312);
	log_in(&t);
	flood.at = t.at;
	for (uint16_t port = 50000; port < 50100; port++) {
		flood = (struct talk){.e = e, .at = flood.at,
			.client_port = port, .server_port = 25};
		send_flags(&flood, CLIENT, 0x02, "");
	}
	t.at = flood.at;
	mail_something(&t);
	close_talk(&t);
	check(t.sessions == 1 && t.last.ending == RECORD_CLOSED);
	check(t.last.messages == 1 && t.last.auth_n == 1);
	check(engine_counts(e).sessions_evicted == 0);
	engine_free(e);
}

static void limits_follow_the_memory(void **state)
{
	struct engine_limits l = engine_limits_for(64 << 20);
	struct engine *e;

	(void)state;
	check(l.sessions >= 1000 && l.flows >= 30000 && l.blocks >= 10000);
	l = engine_limits_for(8 << 20);
	e = engine_new(&l, KEY, KEY);
	assert_non_null(e);
	engine_free(e);
	l.sessions = 0;
	assert_null(engine_new(&l, KEY, KEY));
}

/* The mirror port drops what the server says first; everything else is
 * there, in both directions or in the server's alone. */
static void a_lost_banner_costs_the_banner_only(void **state)
{
	(void)state;
	for (int alone = 0; alone < 2; alone++) {
		struct talk t = {0};

		open_talk(&t, small_engine(8, 4, 16), 40312);
		t.seq[SERVER] += 40;
		if (alone)
			t.seq[CLIENT] += 13;
		else
			say(&t, CLIENT, "EHLO PRN-2F\r\n");
		say(&t, SERVER, "250-mx.contoso.example\r\n"
			"250-STARTTLS\r\n250 AUTH LOGIN PLAIN\r\n");
		t.at += 3000000000;
		send_flags(&t, CLIENT, 0x10, "");
		engine_finish(t.e);
		drain(&t);
		check(t.sessions > 0 && t.last.offered_n == 2);
		check(t.last.flags & RECORD_TLS_OFFERED);
		check(t.last.flags & RECORD_MIDSTREAM);
		check(t.last.banner.at == 0);
		engine_free(t.e);
	}
}

/* One gives way, and only one; the newcomer is seen from its beginning. */
static void one_more_session_costs_one(void **state)
{
	struct engine *e = small_engine(8, 3, 16);
	struct talk t = {0};
	unsigned sessions = 0;

	(void)state;
	for (uint16_t port = 40000; port < 40004; port++) {
		open_talk(&t, e, port);
		log_in(&t);
		sessions += t.sessions;
	}
	check(engine_counts(e).sessions_evicted == 1 && sessions == 1);
	check(t.last.client.port == 40000 && t.last.auth_n == 1);
	close_talk(&t);
	check(t.last.client.port == 40003 && t.last.banner.at != 0);
	engine_free(e);
}

/* TLS begins alike everywhere; of a server's hello alone only the port tells,
 * and nothing that follows would. */
static void tls_that_is_not_mail_costs_nobody_a_session(void **state)
{
	static const uint8_t hello[5 + 4 + 38] = {0x16, 3, 3, 0, 42,
		2, 0, 0, 38, 3, 3, [44] = 0xc0, 0x2f};
	struct talk t = {0}, web = {0};

	(void)state;
	open_talk(&t, small_engine(8, 1, 16), 40312);
	log_in(&t);
	web = (struct talk){.e = t.e, .at = t.at, .client_port = 40313,
		.server_port = 443, .seq = {1, 1}};
	send_flags(&web, SERVER, 0x12, "");
	send_bytes(&web, SERVER, 0x18, hello, sizeof hello);
	check(engine_counts(t.e).sessions == 2);
	check(engine_counts(t.e).sessions_evicted == 0);
	close_talk(&t);
	check(t.sessions == 1 && t.last.ending == RECORD_CLOSED);
	engine_free(t.e);
}

/* A client may go on although its session gave way to another. */
static void secrets_of_the_evicted_are_named_too(void **state)
{
	struct talk t = {0}, other = {0};

	(void)state;
	open_talk(&t, small_engine(8, 1, 16), 40312);
	say(&t, SERVER, "220 mail.contoso.example ESMTP\r\n");
	say(&t, CLIENT, "AUTH LOGIN\r\n");
	other.at = t.at;
	open_talk(&other, t.e, 40313);
	say(&other, SERVER, "220 mail.contoso.example ESMTP\r\n");
	check(engine_counts(t.e).sessions_evicted == 1);
	say(&t, CLIENT, "c2NhbkBjb250b3NvLmV4YW1wbGU=\r\n");
	check(t.secret);
	/* Nor does the end of a connection make its copies harmless. */
	close_talk(&other);
	other.seq[CLIENT] -= 20;
	say(&other, CLIENT, "aHVudGVyMg==\r\n");
	check(other.secret);
	engine_free(t.e);
}

/* Joined in the middle, it was of no interest; then the port is used anew. */
static void a_port_used_anew_is_looked_at_anew(void **state)
{
	struct talk t = {0};

	(void)state;
	t = (struct talk){.e = small_engine(8, 4, 16), .at = 1764000000,
		.client_port = 40312, .server_port = 25, .seq = {500, 900}};
	for (int i = 0; i < 4; i++)
		say(&t, SERVER, "not a reply\r\n");
	t.at += 1000000000;
	t.seq[CLIENT] = 70000;
	t.seq[SERVER] = 5000000;
	send_flags(&t, CLIENT, 0x02, "");
	send_flags(&t, SERVER, 0x12, "");
	send_flags(&t, CLIENT, 0x10, "");
	log_in(&t);
	close_talk(&t);
	check(t.sessions == 1 && t.last.auth_n == 1);
	engine_free(t.e);
}

/* One frame from the future, as of a clock that was not set yet. */
static void a_wrong_clock_holds_up_no_other(void **state)
{
	struct talk t = {0}, odd = {0};
	int64_t now;

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	now = t.at;
	odd.at = now + INT64_C(1000000000000000);
	open_talk(&odd, t.e, 40313);
	t.at = now;
	send_flags(&t, CLIENT, 0x02, "");
	log_in(&t);
	t.sessions = 0;
	engine_tick(t.e, t.at + 700000000000);
	drain(&t);
	check(t.sessions == 1 && t.last.ending == RECORD_IDLE);
	engine_free(t.e);
}

/* A list of recipients does not cost the senders of later mails. */
static void many_domains_leave_room_for_senders(void **state)
{
	struct talk t = {0};
	char text[200];

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	log_in(&t);
	for (int i = 0; i < 200; i++) {
		snprintf(text, sizeof text, "RCPT TO:<a@a-rather-long-name-for-"
			"a-domain-%03d.example>\r\n", i);
		say(&t, CLIENT, text);
		say(&t, SERVER, "250 ok\r\n");
	}
	say(&t, CLIENT, "MAIL FROM:<a-sender-with-a-name-that-is-longer-"
		"than-those-domains@contoso.example>\r\n");
	close_talk(&t);
	check(t.last.domain_n == RECORD_DOMAINS && t.last.recipients == 200);
	check(t.last.flags & RECORD_TRUNCATED);
	check(t.last.from_n == 1 && t.last.from[0].at != 0);
	engine_free(t.e);
}

/* Both have said goodbye; only a hole was not given up yet. */
static void a_hole_at_the_end_leaves_nothing_open(void **state)
{
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	log_in(&t);
	t.seq[SERVER] += 20;
	close_talk(&t);
	engine_finish(t.e);
	drain(&t);
	check(t.sessions == 1 && t.last.ending == RECORD_CLOSED);
	engine_free(t.e);
}

/* The firewall between two mirrored lines gives each its own sequence
 * numbers; how far apart they are is no count of anything. */
static void other_sequence_numbers_are_not_lost_bytes(void **state)
{
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	log_in(&t);
	t.seq[CLIENT] -= 1 << 28;
	say(&t, CLIENT, "NOOP\r\n");
	t.at += 100000000;
	say(&t, CLIENT, "NOOP\r\n");
	check(engine_counts(t.e).reasm.resyncs == 1);
	t.seq[CLIENT] += 1 << 29;
	say(&t, CLIENT, "NOOP\r\n");
	t.at += 100000000;
	say(&t, CLIENT, "NOOP\r\n");
	check(engine_counts(t.e).reasm.resyncs == 2);
	close_talk(&t);
	engine_finish(t.e);
	drain(&t);
	check(t.last.gap_bytes < 1 << 20);
	engine_free(t.e);
}

/* Three sessions: whole, the server alone, one with a hole; and a flow that
 * is not mail. */
static void ended_sessions_are_counted_by_what_was_seen(void **state)
{
	struct engine *e = small_engine(8, 4, 16);
	struct engine_counts c;
	struct talk t = {0};

	(void)state;
	open_talk(&t, e, 40312);
	log_in(&t);
	c = engine_counts(e);
	check(c.mail == 0);
	close_talk(&t);
	open_talk(&t, e, 40313);
	say(&t, SERVER, "220 mail.contoso.example ESMTP\r\n");
	t.seq[CLIENT] += 13;
	say(&t, SERVER, "250 AUTH LOGIN PLAIN\r\n");
	send_flags(&t, SERVER, 0x11, "");
	t.at += 700000000000;
	open_talk(&t, e, 40314);
	say(&t, SERVER, "220 mail.contoso.example ESMTP\r\n");
	say(&t, CLIENT, "EHLO PRN-2F\r\n");
	t.seq[SERVER] += 90;
	send_flags(&t, CLIENT, 0x10, "");
	t.at += 300000000;
	close_talk(&t);
	open_talk(&t, e, 40315);
	say(&t, CLIENT, "GET / HTTP/1.1\r\n\r\n");
	engine_finish(e);
	drain(&t);
	c = engine_counts(e);
	check(c.mail == 3 && c.mail_one_sided == 1 && c.mail_lossy == 2);
	engine_free(e);
}

/* A frame of a protocol that only an IPv4 header speaks of. */
static bool send_protocol(struct engine *e, uint8_t protocol)
{
	uint8_t b[] = {0x45, 0, 0, 20, 0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0,
		1, 10, 0, 0, 2};
	struct frame f = {1000000000, 101, b, sizeof b, sizeof b};

	return engine_frame(e, &f);
}

static void what_may_hide_mail_is_counted_by_kind(void **state)
{
	struct engine *e = small_engine(2, 2, 4);
	struct record_stranger s[RECORD_STRANGERS];

	(void)state;
	check(!send_protocol(e, 1)); /* ICMP */
	check(send_protocol(e, 108)); /* compressed: it may be a secret */
	check(send_protocol(e, 50));
	check(send_protocol(e, 50));
	check(engine_counts(e).decode[DECODE_NONE] == 1);
	check(engine_counts(e).decode[DECODE_OTHER] == 3);
	check(strangers_list(engine_strangers(e), s) == 2);
	check(s[0].registry == ENVELOPE_IP && s[0].number == 50);
	check(s[0].frames == 2 && s[1].number == 108 && s[1].frames == 1);
	engine_begin_source(e);
	check(strangers_list(engine_strangers(e), s) == 0);
	engine_free(e);
}

/* What is no greeting is none however it is cut; and a byte that is lost
 * does not make two halves into something else. */
static void the_first_bytes_may_come_one_by_one(void **state)
{
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(8, 4, 16), 40312);
	say(&t, SERVER, "22");
	say(&t, SERVER, "1 mail.contoso.example ESMTP\r\n");
	say(&t, CLIENT, "EHLO PRN-2F\r\n");
	say(&t, SERVER, "250 AUTH PLAIN\r\n");
	close_talk(&t);
	check(t.sessions == 0);
	open_talk(&t, t.e, 40313);
	say(&t, SERVER, "2");
	say(&t, SERVER, "2");
	log_in(&t);
	close_talk(&t);
	check(t.sessions == 0);
	open_talk(&t, t.e, 40314);
	say(&t, SERVER, "2");
	t.seq[SERVER] += 3;
	say(&t, SERVER, "mail.contoso.example ESMTP\r\n");
	say(&t, CLIENT, "EHLO PRN-2F\r\n");
	t.at += 3000000000;
	say(&t, SERVER, "250 AUTH PLAIN\r\n");
	say(&t, CLIENT, "AUTH PLAIN AGFubmEAaW52ZW50ZWQ=\r\n");
	close_talk(&t);
	check(t.sessions > 0 && t.last.auth_n == 1);
	engine_free(t.e);
}

/* Connections that never come to anything, 1 us apart; each may say something
 * that begins so many bytes late. They do not end. */
static void flood(struct talk *t, unsigned n, const char *text, uint32_t late)
{
	struct talk f = {.e = t->e};

	for (unsigned i = 0; i < n; i++) {
		f.at = t->at + i * 1000;
		f.client_port = (uint16_t)(41000 + i);
		f.server_port = 25;
		f.seq[CLIENT] = f.seq[SERVER] = 1000 * i;
		send_flags(&f, CLIENT, 0x02, "");
		if (!text)
			continue;
		send_flags(&f, SERVER, 0x12, "");
		send_flags(&f, CLIENT, 0x10, "");
		f.seq[CLIENT] += late;
		say(&f, CLIENT, text);
	}
	t->at += n * INT64_C(1000);
	t->sessions += f.sessions;
}

static void a_slow_banner_outlasts_a_flood_of_syns(void **state)
{
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(8, 4, 8), 40312);
	flood(&t, 100, NULL, 0);
	log_in(&t);
	close_talk(&t);
	check(t.sessions == 1 && t.last.auth_n == 1);
	check(!(t.last.flags & RECORD_MIDSTREAM));
	engine_free(t.e);
}

static void half_open_connections_leave_room_for_newcomers(void **state)
{
	struct talk t = {0};

	(void)state;
	t.e = small_engine(16, 4, 8);
	t.at = 1764000000000000000;
	flood(&t, 100, "", 0);
	t.client_port = 40312;
	t.server_port = 25;
	send_flags(&t, CLIENT, 0x02, "");
	flood(&t, 3, "", 0);
	send_flags(&t, SERVER, 0x12, "");
	send_flags(&t, CLIENT, 0x10, "");
	flood(&t, 8, "", 0);
	log_in(&t);
	close_talk(&t);
	check(t.sessions == 1 && t.last.auth_n == 1);
	check(!(t.last.flags & RECORD_MIDSTREAM));
	engine_free(t.e);
}

static void what_may_be_mail_gives_way_to_what_is(void **state)
{
	struct engine *e = small_engine(64, 8, 8);
	struct talk t = {0}, other = {0};

	(void)state;
	open_talk(&t, e, 40312);
	log_in(&t);
	other.at = t.at;
	open_talk(&other, e, 40313);
	say(&other, SERVER, "220 mail.contoso.example ESMTP\r\n");
	say(&other, CLIENT, "EHLO PRN-2F\r\n");
	flood(&other, 100, "E", 0);
	say(&other, SERVER, "250 AUTH PLAIN\r\n");
	say(&other, CLIENT, "AUTH PLAIN AGFubmEAaW52ZW50ZWQ=\r\n");
	say(&other, SERVER, "235 ok\r\n");
	close_talk(&other);
	check(other.sessions == 1 && other.last.auth_n == 1);
	check(other.last.ending == RECORD_CLOSED);
	t.at = other.at;
	mail_something(&t);
	close_talk(&t);
	check(t.sessions == 1 && t.last.ending == RECORD_CLOSED);
	check(t.last.auth_n == 1 && t.last.messages == 1);
	check(engine_counts(e).sessions_evicted >= 90);
	engine_free(e);
}

static void what_gave_way_before_it_was_mail_begins_again(void **state)
{
	struct talk t = {0};

	(void)state;
	open_talk(&t, small_engine(64, 8, 8), 40312);
	say(&t, SERVER, "220 hello\r\n");
	flood(&t, 50, "E", 0);
	say(&t, CLIENT, "EHLO PRN-2F\r\n");
	say(&t, SERVER, "250 AUTH PLAIN\r\n");
	say(&t, CLIENT, "AUTH PLAIN AGFubmEAaW52ZW50ZWQ=\r\n");
	say(&t, SERVER, "235 ok\r\n");
	close_talk(&t);
	check(t.sessions == 1 && t.last.auth_n == 1);
	check(t.last.auth[0].outcome == RECORD_ACCEPTED);
	check(t.last.flags & RECORD_MIDSTREAM);
	assert_string_equal(record_text(&t.last, t.last.helo), "PRN-2F");
	engine_free(t.e);
}

/* Logins that stay open fill the pool: each is told when it gives way, so
 * that no AUTH is lost, and newcomers are seen whole all the same. */
static void logins_that_stay_open_cost_no_fact(void **state)
{
	struct engine *e = small_engine(64, 8, 8);
	struct talk t = {0};
	unsigned told = 0;

	(void)state;
	for (uint16_t port = 40000; port < 40040; port++) {
		open_talk(&t, e, port);
		log_in(&t);
		told += t.sessions;
		check(t.sessions == 0 || (t.last.auth_n == 1 &&
			t.last.ending == RECORD_EVICTED &&
			t.last.auth[0].outcome == RECORD_ACCEPTED));
	}
	check(told == 32);
	open_talk(&t, e, 40040);
	log_in(&t);
	mail_something(&t);
	close_talk(&t);
	check(t.sessions == 2 && t.last.ending == RECORD_CLOSED);
	check(t.last.auth_n == 1 && t.last.messages == 1);
	told++;
	engine_finish(e);
	t.sessions = 0;
	drain(&t);
	check(told + t.sessions == 40);
	check(engine_counts(e).sessions_evicted == 33);
	engine_free(e);
}

static void auth_gives_way_to_no_flood_of_greetings(void **state)
{
	struct engine *e = small_engine(64, 8, 8);
	struct talk t = {0};

	(void)state;
	open_talk(&t, e, 40312);
	log_in(&t);
	flood(&t, 100, "EHLO x\r\nMAIL FROM:<a@example.com>\r\n", 0);
	check(t.sessions >= 90);
	t.sessions = 0;
	mail_something(&t);
	close_talk(&t);
	check(t.sessions == 1 && t.last.ending == RECORD_CLOSED);
	check(t.last.auth_n == 1 && t.last.messages == 1);
	engine_free(e);
}

/* Segments behind holes take all blocks there are; one more needs three. */
static void a_flood_of_holes_costs_others_nothing(void **state)
{
	char line[3000] = "PRN-2F";
	struct talk t = {0};
	uint32_t here;

	(void)state;
	open_talk(&t, small_engine(128, 4, 16), 40312);
	say(&t, SERVER, "220 mail.contoso.example ESMTP\r\n");
	flood(&t, 100, "mail", 100);
	here = t.seq[CLIENT];
	t.seq[CLIENT] += 6;
	memset(line + 6, ' ', sizeof line - 8);
	memcpy(line + sizeof line - 2, "\r\n", 2);
	send_bytes(&t, CLIENT, 0x18, line, sizeof line);
	t.seq[CLIENT] = here;
	say(&t, CLIENT, "EHLO  ");
	t.seq[CLIENT] += (uint32_t)sizeof line;
	say(&t, SERVER, "250 AUTH PLAIN\r\n");
	close_talk(&t);
	check(t.sessions == 1 && t.last.gap_bytes == 0);
	assert_string_equal(record_text(&t.last, t.last.helo), "PRN-2F");
	check(engine_counts(t.e).reasm.store_full == 0);
	engine_free(t.e);
}

/* However many others wait, too. */
static void a_hole_is_ripe_in_time(void **state)
{
	struct talk t = {0};

	(void)state;
	t.e = small_engine(8192, 4, 8192);
	t.at = 1764000000000000000;
	flood(&t, 6000, "mail", 100);
	open_talk(&t, t.e, 40312);
	say(&t, SERVER, "220 mail.contoso.example ESMTP\r\n");
	t.seq[CLIENT] += 13;
	say(&t, SERVER, "250-mail.contoso.example\r\n250 AUTH PLAIN\r\n");
	check(engine_counts(t.e).reasm.gaps == 0);
	engine_tick(t.e, t.at + 260000000);
	check(engine_counts(t.e).reasm.gaps == 1);
	engine_free(t.e);
}

/* Wireless cards put several packets into one frame. */
static void a_frame_may_hold_several_packets(void **state)
{
	static const char *const said[] = {"220 mail.contoso.example ESMTP\r\n",
		"250 mail.contoso.example\r\n"};
	uint8_t b[256] = {0x88, 2};
	struct wr w = wr_init(b + 26, sizeof b - 26);
	struct frame f = {.at = 1000000000, .link = 105, .p = b};
	struct talk t = {.e = small_engine(2, 2, 4)};
	uint32_t seq = 1000;

	(void)state;
	b[24] = 0x80; /* an A-MSDU */
	for (int i = 0; i < 2; i++) {
		uint16_t n = (uint16_t)strlen(said[i]);

		wr_bytes(&w, "\2\0\0\0\0\1\2\0\0\0\0\2", 12);
		wr_be16(&w, (uint16_t)(8 + 40 + n));
		wr_bytes(&w, "\xaa\xaa\3\0\0\0\x08\0", 8);
		wr_be16(&w, 0x4500);
		wr_be16(&w, (uint16_t)(40 + n));
		wr_be32(&w, 0);
		wr_be32(&w, 0x40060000);
		wr_be32(&w, 0x0a14010a);
		wr_be32(&w, 0x0a14041f);
		wr_be32(&w, 25 << 16 | 40400);
		wr_be32(&w, seq);
		wr_be32(&w, 1);
		wr_be32(&w, 0x5018ffff);
		wr_be32(&w, 0);
		wr_bytes(&w, said[i], n);
		while (i == 0 && (wr_used(&w) & 3) != 0)
			wr_u8(&w, 0);
		seq += n;
	}
	check(wr_ok(&w));
	f.n = f.wire_n = 26 + wr_used(&w);
	check(engine_frame(t.e, &f));
	check(engine_counts(t.e).frames == 1);
	check(engine_counts(t.e).decode[DECODE_OK] == 2);
	engine_finish(t.e);
	drain(&t);
	check(t.sessions == 1);
	check(t.last.server_bytes == strlen(said[0]) + strlen(said[1]));
	engine_free(t.e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_becomes_one_record),
		cmocka_unit_test(payload_that_may_be_secret_is_named),
		cmocka_unit_test(other_protocols_are_of_no_interest),
		cmocka_unit_test(ftp_is_not_mail_though_it_says_220),
		cmocka_unit_test(a_long_session_is_told_while_it_lasts),
		cmocka_unit_test(mail_without_auth_is_told_meanwhile_too),
		cmocka_unit_test(a_silent_session_ends_idle),
		cmocka_unit_test(a_reused_port_is_another_session),
		cmocka_unit_test(the_same_frames_give_the_same_ids),
		cmocka_unit_test(exhaustion_evicts_and_goes_on),
		cmocka_unit_test(a_lost_banner_costs_the_banner_only),
		cmocka_unit_test(one_more_session_costs_one),
		cmocka_unit_test(tls_that_is_not_mail_costs_nobody_a_session),
		cmocka_unit_test(secrets_of_the_evicted_are_named_too),
		cmocka_unit_test(a_port_used_anew_is_looked_at_anew),
		cmocka_unit_test(a_wrong_clock_holds_up_no_other),
		cmocka_unit_test(many_domains_leave_room_for_senders),
		cmocka_unit_test(a_hole_at_the_end_leaves_nothing_open),
		cmocka_unit_test(other_sequence_numbers_are_not_lost_bytes),
		cmocka_unit_test(what_was_open_is_told_when_a_session_gives_way),
		cmocka_unit_test(time_leaps_where_two_frames_say_so),
		cmocka_unit_test(a_flood_takes_no_session_s_place),
		cmocka_unit_test(the_first_bytes_may_come_one_by_one),
		cmocka_unit_test(a_slow_banner_outlasts_a_flood_of_syns),
		cmocka_unit_test(half_open_connections_leave_room_for_newcomers),
		cmocka_unit_test(what_may_be_mail_gives_way_to_what_is),
		cmocka_unit_test(what_gave_way_before_it_was_mail_begins_again),
		cmocka_unit_test(logins_that_stay_open_cost_no_fact),
		cmocka_unit_test(auth_gives_way_to_no_flood_of_greetings),
		cmocka_unit_test(a_flood_of_holes_costs_others_nothing),
		cmocka_unit_test(a_hole_is_ripe_in_time),
		cmocka_unit_test(ended_sessions_are_counted_by_what_was_seen),
		cmocka_unit_test(limits_follow_the_memory),
		cmocka_unit_test(what_may_hide_mail_is_counted_by_kind),
		cmocka_unit_test(a_frame_may_hold_several_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
