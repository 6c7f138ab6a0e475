/* test_infer.c: AUTH inside TLS, from lengths alone. Dialogues are written as
 * what each side says: lengths of the client's and of the server's turns. */
#include "capture/proto/infer.h"
#include "tests/unit/check.h"

enum {
	AES_128_SHA = 0x002f,          /* CBC, MAC of 20 */
	GCM = 0xc030, CHACHA = 0xcca8, CCM_8 = 0xc0ae, RC4 = 0xc011,
	CBC_SHA384 = 0xc028, GCM_13 = 0x1302, GCM_13_SHORT = 0x1301,
	TLS_1_0 = 0x0301, TLS_1_1 = 0x0302, TLS_1_2 = 0x0303,
	TLS_1_3 = 0x0304,
	HELLO = 22, OFFER = 200,       /* EHLO and its reply in clear */
};

struct talk {
	struct infer *in;
	struct infer_clear clear;
	uint16_t version, cipher;
	unsigned fixed, block; /* what a record adds */
	unsigned split;        /* bytes of the first record of a pair */
	unsigned more;         /* padding of each record */
	int64_t at;
};

static struct talk begin(uint16_t version, uint16_t cipher, unsigned fixed,
	unsigned block)
{
	struct talk t = {.in = malloc(infer_size()), .version = version,
		.cipher = cipher, .fixed = fixed, .block = block,
		.clear = {.hello = HELLO, .reply = OFFER}};
	struct tls_event e = {.kind = TLS_SERVER_HELLO, .version = version,
		.cipher = cipher};

	assert_non_null(t.in);
	infer_init(t.in, false);
	infer_agreed(t.in, &e);
	return t;
}

static struct talk gcm(void)
{
	return begin(TLS_1_2, GCM, 24, 0);
}

static void record(struct talk *t, enum side side, unsigned length)
{
	struct tls_event e = {.kind = TLS_RECORD, .side = side, .type = 23,
		.length = (uint16_t)length, .at = t->at += 1000000};

	infer_record(t->in, &e);
}

static unsigned size(const struct talk *t, unsigned n)
{
	n += t->more;
	return t->fixed + (t->block ? n / t->block * t->block + t->block : n);
}

static void say(struct talk *t, enum side side, unsigned n)
{
	if (t->split && n > t->split) {
		record(t, side, size(t, t->split));
		n -= t->split;
	}
	record(t, side, size(t, n));
}

static void exchange(struct talk *t, unsigned client, unsigned server)
{
	say(t, SIDE_CLIENT, client);
	if (server > 0)
		say(t, SIDE_SERVER, server);
}

static void exchanges(struct talk *t, const unsigned (*x)[2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		exchange(t, x[i][0], x[i][1]);
}

static struct infer_verdict ask(const struct talk *t, bool over)
{
	struct infer_verdict v;

	infer_judge(t->in, &t->clear, over, &v);
	return v;
}

static struct infer_verdict judge(struct talk *t)
{
	struct infer_verdict v = ask(t, true);

	free(t->in);
	t->in = NULL;
	return v;
}

/* nas@contoso.example has 19 bytes, 28 in base64. */
static const unsigned LOGIN[][2] = {
	{HELLO, OFFER + 7}, {12, 18}, {30, 18}, {26, 37}, {33, 14}, {32, 14},
	{6, 37}, {905, 37}, {6, 15}};
static const unsigned PLAIN_REFUSED[][2] = {
	{HELLO, OFFER + 7}, {57, 62}, {6, 15}};
static const unsigned RELAYED[][2] = {
	{HELLO, OFFER - 14}, {33, 14}, {32, 14}, {6, 37}, {905, 37}, {6, 15}};

enum {
	LOGIN_N = sizeof LOGIN / sizeof *LOGIN,
	PLAIN_REFUSED_N = sizeof PLAIN_REFUSED / sizeof *PLAIN_REFUSED,
	RELAYED_N = sizeof RELAYED / sizeof *RELAYED,
};

static void is_login(struct infer_verdict v, unsigned least, unsigned low,
	unsigned high)
{
	check(v.guess == INFER_AUTH);
	check(v.auth_n == 1 && v.auth_total == 1);
	check(v.auth[0].mechanism == INFER_LOGIN);
	check(v.auth[0].outcome == INFER_ACCEPTED);
	check(v.confidence >= least && v.confidence <= 100);
	check(v.auth[0].account_min == low && v.auth[0].account_max == high);
	check(v.mails == 1 && v.recipients == 1);
	check(v.messages == 1 && v.accepted == 1 && v.quit);
}

static void login_is_firm_in_every_suite_of_its_own_length(void **state)
{
	static const struct {
		uint16_t version, cipher;
		unsigned fixed;
	} suites[] = {
		{TLS_1_2, GCM, 24}, {TLS_1_2, CHACHA, 16},
		{TLS_1_2, CCM_8, 16}, {TLS_1_0, RC4, 20}, {TLS_1_2, RC4, 20},
	};

	(void)state;
	for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
		struct talk t = begin(suites[i].version, suites[i].cipher,
			suites[i].fixed, 0);

		exchanges(&t, LOGIN, LOGIN_N);
		is_login(judge(&t), 95, 19, 21);
	}
}

static void login_shows_through_blocks(void **state)
{
	static const struct {
		uint16_t version, cipher;
		unsigned fixed;
	} suites[] = {
		{TLS_1_0, AES_128_SHA, 20}, {TLS_1_1, AES_128_SHA, 36},
		{TLS_1_2, AES_128_SHA, 36}, {TLS_1_2, CBC_SHA384, 64},
	};

	(void)state;
	for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
		struct talk t = begin(suites[i].version, suites[i].cipher,
			suites[i].fixed, 16);
		struct infer_verdict v;

		exchanges(&t, LOGIN, LOGIN_N);
		v = judge(&t);
		check(v.guess == INFER_AUTH && v.confidence >= 90);
		check(v.auth[0].mechanism == INFER_LOGIN);
		check(v.auth[0].account_min <= 19);
		check(v.auth[0].account_max >= 19);
	}
}

static void records_split_by_old_clients_are_one(void **state)
{
	(void)state;
	for (unsigned split = 0; split < 2; split++) {
		struct talk t = begin(TLS_1_0, AES_128_SHA, 20, 16);
		struct infer_verdict v;

		for (size_t i = 0; i < LOGIN_N; i++)
			for (int s = 0; s < 2; s++) {
				record(&t, s, size(&t, split));
				record(&t, s, size(&t, LOGIN[i][s] - split));
			}
		v = judge(&t);
		check(v.guess == INFER_AUTH && v.confidence >= 90);
		check(v.auth[0].account_min <= 19);
		check(v.auth[0].account_max >= 19);
	}
}

/* Finished, tickets, and what the handshake has besides. */
static struct talk tls_1_3(uint16_t cipher, unsigned finished, unsigned more)
{
	struct talk t = begin(TLS_1_3, cipher, 17, 0);

	record(&t, SIDE_SERVER, 1200);
	record(&t, SIDE_SERVER, finished);
	record(&t, SIDE_CLIENT, finished + more);
	t.more = more;
	return t;
}

static void of_tls_1_3_the_handshake_is_left_out(void **state)
{
	struct talk t = tls_1_3(GCM_13, 69, 0);

	(void)state;
	say(&t, SIDE_CLIENT, LOGIN[0][0]);
	record(&t, SIDE_SERVER, 255); /* tickets */
	record(&t, SIDE_SERVER, 255);
	say(&t, SIDE_SERVER, LOGIN[0][1]);
	exchanges(&t, LOGIN + 1, LOGIN_N - 1);
	say(&t, SIDE_CLIENT, 2); /* close_notify */
	say(&t, SIDE_SERVER, 2);
	is_login(judge(&t), 95, 19, 21);
}

static void a_client_certificate_is_no_command(void **state)
{
	struct talk t = begin(TLS_1_3, GCM_13_SHORT, 17, 0);

	(void)state;
	record(&t, SIDE_SERVER, 1200);
	record(&t, SIDE_CLIENT, 900);
	record(&t, SIDE_CLIENT, 281);
	record(&t, SIDE_CLIENT, 53);
	exchanges(&t, LOGIN, LOGIN_N);
	is_login(judge(&t), 95, 19, 21);

	/* All of it in one record. */
	t = begin(TLS_1_3, GCM_13_SHORT, 17, 0);
	record(&t, SIDE_SERVER, 1200);
	record(&t, SIDE_CLIENT, 1234);
	record(&t, SIDE_SERVER, 255);
	exchanges(&t, LOGIN, LOGIN_N);
	is_login(judge(&t), 95, 19, 21);
}

static void padding_of_every_record_shows_in_finished(void **state)
{
	struct talk t = tls_1_3(GCM_13_SHORT, 53, 16);

	(void)state;
	for (size_t i = 0; i < LOGIN_N; i++) {
		t.more = 16;
		say(&t, SIDE_CLIENT, LOGIN[i][0]);
		t.more = 0;
		say(&t, SIDE_SERVER, LOGIN[i][1]);
	}
	t.more = 16;
	say(&t, SIDE_CLIENT, 2); /* user_canceled, close_notify */
	say(&t, SIDE_CLIENT, 2);
	is_login(judge(&t), 95, 19, 21);
}

static void padding_to_a_multiple_leaves_the_server_to_tell(void **state)
{
	struct talk t = tls_1_3(GCM_13, 69, 0);
	struct infer_verdict v;

	(void)state;
	for (size_t i = 0; i < LOGIN_N; i++) {
		record(&t, SIDE_CLIENT, 16 + (LOGIN[i][0] + 64) / 64 * 64);
		say(&t, SIDE_SERVER, LOGIN[i][1]);
	}
	v = judge(&t);
	check(v.guess == INFER_AUTH);
	check(v.auth[0].mechanism == INFER_LOGIN);
	check(v.auth[0].account_min <= 19 && v.auth[0].account_max >= 19);
}

static void a_key_update_is_not_said(void **state)
{
	struct talk t = tls_1_3(GCM_13, 69, 0);

	(void)state;
	exchanges(&t, LOGIN, 1);
	exchange(&t, 5, 5);
	exchanges(&t, LOGIN + 1, LOGIN_N - 1);
	is_login(judge(&t), 95, 19, 21);

	t = tls_1_3(GCM_13, 69, 0);
	exchanges(&t, LOGIN, 2);
	say(&t, SIDE_CLIENT, 5);
	exchanges(&t, LOGIN + 2, LOGIN_N - 2);
	is_login(judge(&t), 95, 19, 21);
}

static void a_word_of_five_bytes_is_no_key_update(void **state)
{
	struct talk t = tls_1_3(GCM_13, 69, 0);

	(void)state;
	for (size_t i = 0; i < LOGIN_N; i++) {
		if (LOGIN[i][0] > 6)
			say(&t, SIDE_CLIENT, 5);
		exchange(&t, LOGIN[i][0] > 6 ? LOGIN[i][0] - 5 : 6,
			LOGIN[i][1]);
	}
	is_login(judge(&t), 95, 19, 21);
}

static void lines_may_come_byte_by_byte(void **state)
{
	struct talk t = gcm();

	(void)state;
	for (size_t i = 0; i < LOGIN_N; i++) {
		for (unsigned n = 0; n < LOGIN[i][0]; n++)
			say(&t, SIDE_CLIENT, 1);
		say(&t, SIDE_SERVER, LOGIN[i][1]);
	}
	is_login(judge(&t), 95, 19, 21);
}

struct mechanism_case {
	enum infer_mechanism mechanism;
	enum infer_outcome outcome;
	unsigned x[4][2];
};

static void each_mechanism_has_steps_of_its_own(void **state)
{
	static const struct mechanism_case cases[] = {
		{INFER_LOGIN, INFER_ACCEPTED, {{41, 18}, {26, 37}}},
		{INFER_LOGIN, INFER_REJECTED, {{12, 18}, {30, 18}, {26, 62}}},
		{INFER_LOGIN, INFER_ABORTED, {{12, 18}, {30, 18}, {3, 30}}},
		{INFER_PLAIN, INFER_ACCEPTED, {{57, 37}}},
		{INFER_PLAIN, INFER_ACCEPTED, {{12, 6}, {46, 37}}},
		{INFER_CRAM_MD5, INFER_ACCEPTED, {{15, 50}, {74, 37}}},
		{INFER_DIGEST_MD5, INFER_ACCEPTED,
			{{17, 126}, {386, 62}, {2, 37}}},
		{INFER_NTLM, INFER_ACCEPTED, {{11, 6}, {58, 242}, {286, 37}}},
		{INFER_NTLM, INFER_ACCEPTED, {{68, 242}, {286, 37}}},
		{INFER_SCRAM_SHA_1, INFER_ACCEPTED,
			{{18, 6}, {66, 134}, {142, 62}, {2, 37}}},
		{INFER_SCRAM_SHA_256, INFER_ACCEPTED,
			{{20, 6}, {66, 174}, {158, 70}, {2, 37}}},
		{INFER_XOAUTH2, INFER_ACCEPTED, {{1807, 37}}},
		{INFER_XOAUTH2, INFER_REJECTED, {{1807, 102}, {2, 62}}},
		{INFER_XOAUTH2, INFER_ACCEPTED, {{14, 6}, {1806, 37}}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct mechanism_case *c = &cases[i];
		struct talk t = gcm();
		struct infer_verdict v;

		infer_banner(&t.clear, "mail.example.com ESMTP Postfix");
		exchanges(&t, LOGIN, 1);
		for (size_t j = 0; j < 4 && c->x[j][0] != 0; j++)
			exchange(&t, c->x[j][0], c->x[j][1]);
		if (c->outcome == INFER_ACCEPTED)
			exchanges(&t, LOGIN + 4, LOGIN_N - 4);
		else
			exchange(&t, 6, 15);
		v = judge(&t);
		check(v.guess == INFER_AUTH && v.auth_n == 1);
		check(v.confidence >= 90);
		check(v.auth[0].mechanism == c->mechanism);
		check(v.auth[0].outcome == c->outcome);
	}
}

static void who_goes_away_when_asked_has_broken_off(void **state)
{
	struct talk t = gcm();

	(void)state;
	exchanges(&t, LOGIN, 3);
	check(ask(&t, false).auth[0].outcome == INFER_UNKNOWN);
	check(judge(&t).auth[0].outcome == INFER_ABORTED);
}

static void a_password_without_an_answer_has_no_outcome(void **state)
{
	struct talk t = gcm();
	struct infer_verdict v;

	(void)state;
	exchanges(&t, LOGIN, 3);
	say(&t, SIDE_CLIENT, 26);
	v = judge(&t);
	check(v.guess == INFER_AUTH && v.auth[0].outcome == INFER_UNKNOWN);
}

static void a_second_try_is_another_auth(void **state)
{
	struct talk t = gcm();
	struct infer_verdict v;

	(void)state;
	exchanges(&t, LOGIN, 3);
	exchange(&t, 22, 62);
	exchanges(&t, LOGIN + 1, LOGIN_N - 1);
	v = judge(&t);
	check(v.guess == INFER_AUTH && v.auth_n == 2 && v.auth_total == 2);
	check(v.auth[0].outcome == INFER_REJECTED);
	check(v.auth[1].outcome == INFER_ACCEPTED);
}

static void of_many_tries_the_last_are_told(void **state)
{
	struct talk t = gcm();
	struct infer_verdict v;

	(void)state;
	exchanges(&t, LOGIN, 1);
	for (int i = 0; i < 9; i++) {
		exchanges(&t, LOGIN + 1, 2);
		exchange(&t, 22, 62);
	}
	v = judge(&t);
	check(v.auth_total == 9 && v.auth_n == INFER_AUTHS);
}

static void sent_ahead_counts_the_same(void **state)
{
	struct talk t = gcm();
	struct infer_verdict v;

	(void)state;
	exchanges(&t, LOGIN, 4);
	/* MAIL, three RCPT and DATA at once; the message and QUIT. */
	exchange(&t, 33 + 3 * 32 + 6, 14 + 3 * 14 + 37);
	exchange(&t, 905 + 6, 37 + 15);
	v = judge(&t);
	check(v.guess == INFER_AUTH && v.mails == 1 && v.messages == 1);
	check(v.recipients >= 2 && v.recipients <= 4);
}

static void mail_without_auth_is_none(void **state)
{
	struct talk t = gcm();
	struct infer_verdict v;

	(void)state;
	exchanges(&t, RELAYED, RELAYED_N);
	v = judge(&t);
	check(v.guess == INFER_NO_AUTH && v.odds < 0);
	check(v.auth_n == 0 && v.confidence == 0);
	check(v.messages == 1 && v.recipients == 1);
}

static void a_probe_is_no_auth(void **state)
{
	struct talk t = gcm();

	(void)state;
	exchange(&t, HELLO, OFFER);
	exchange(&t, 6, 15);
	check(judge(&t).guess == INFER_NO_AUTH);
}

/* On a server that nobody knows, refused MAIL looks like refused PLAIN. */
static void what_could_be_either_is_not_firm(void **state)
{
	(void)state;
	for (unsigned n = 40; n < 80; n++) {
		struct talk t = gcm();
		struct infer_verdict v;

		t.clear = (struct infer_clear){0};
		exchange(&t, HELLO, OFFER);
		exchange(&t, n, 77);
		exchange(&t, 6, 15);
		v = judge(&t);
		check(v.guess != INFER_AUTH || v.confidence < 90);
	}
}

/* QUIT is as long as the Base64 of three characters, and a goodbye as a
 * refusal: who sends QUIT has given no password. */
static void who_quits_has_given_no_password(void **state)
{
	static const unsigned replies[] = {18, 20, 22, 25};
	static const unsigned byes[] = {15, 33, 39, 62};

	(void)state;
	for (unsigned n = 17; n < 80; n++)
		for (unsigned i = 0; i < 16; i++) {
			struct talk t = gcm();
			struct infer_verdict v;

			t.clear = (struct infer_clear){0};
			say(&t, SIDE_SERVER, 68);
			exchange(&t, HELLO, OFFER);
			exchange(&t, n, replies[i / 4]);
			exchange(&t, 6, byes[i % 4]);
			v = judge(&t);
			if (v.guess == INFER_AUTH && v.confidence >= 90)
				fail_msg("%u, %u, %u: %d", n, replies[i / 4],
					byes[i % 4], v.confidence);
		}
}

static void a_known_server_tells_one_refusal_from_the_other(void **state)
{
	struct talk t = gcm();
	struct infer_verdict v;

	(void)state;
	infer_banner(&t.clear, "mail.example.com ESMTP Postfix");
	exchanges(&t, PLAIN_REFUSED, PLAIN_REFUSED_N);
	v = judge(&t);
	check(v.guess == INFER_AUTH);
	check(v.auth[0].mechanism == INFER_PLAIN);
	check(v.auth[0].outcome == INFER_REJECTED);
	check(v.auth[0].reason == INFER_WRONG_PASSWORD);
}

static void exchange_online_tells_why_by_the_length(void **state)
{
	static const unsigned reasons[][2] = {
		{122, INFER_WRONG_PASSWORD}, {159, INFER_BASIC_DISABLED},
		{217, INFER_SECURITY_DEFAULTS}, {240, INFER_TENANT_SWITCH},
		{241, INFER_MAILBOX_SWITCH}, {156, INFER_BASIC_REMOVED},
		{200, INFER_NO_REASON},
	};

	(void)state;
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		struct talk t = gcm();
		struct infer_verdict v;

		infer_banner(&t.clear, "SY5P282CA0097.outlook.office365.com "
			"Microsoft ESMTP MAIL Service ready");
		exchange(&t, HELLO, OFFER + 10);
		exchange(&t, 12, 18);
		exchange(&t, 30, 18);
		exchange(&t, 26, reasons[i][0]);
		exchange(&t, 6, 48);
		v = judge(&t);
		check(v.guess == INFER_AUTH && v.confidence >= 90);
		check(v.auth[0].outcome == INFER_REJECTED);
		check(v.auth[0].reason == reasons[i][1]);
	}
}

static void names_find_the_software(void **state)
{
	struct infer_clear c = {0};
	uint8_t online;

	(void)state;
	infer_host(&c, "SMTP.Office365.com");
	online = c.server;
	check(online != 0);
	infer_banner(&c, "SY5P282CA0097.outlook.office365.com Microsoft ESMTP "
		"MAIL Service ready");
	check(c.server == online);
	/* On premises it is another. */
	infer_banner(&c, "ex01.contoso.example Microsoft ESMTP MAIL Service");
	check(c.server != 0 && c.server != online);
	infer_banner(&c, "mail.example.com ESMTP");
	check(c.server == 0);
	infer_host(&c, "");
	infer_host(&c, "mail.example.com");
	check(c.server == 0);
}

static void the_offer_inside_is_evidence(void **state)
{
	struct talk with = gcm(), without = gcm();

	(void)state;
	exchange(&with, HELLO, OFFER + 10);
	exchange(&without, HELLO, OFFER - 14);
	for (int i = 0; i < 2; i++) {
		struct talk *t = i ? &with : &without;

		exchange(t, 57, 77);
		exchange(t, 6, 15);
	}
	check(judge(&with).odds > judge(&without).odds + 300);
}

static void implicit_tls_has_a_greeting_and_no_clear_part(void **state)
{
	struct talk t = gcm();

	(void)state;
	t.clear = (struct infer_clear){0};
	say(&t, SIDE_SERVER, 40);
	exchanges(&t, LOGIN, LOGIN_N);
	is_login(judge(&t), 95, 19, 21);
}

static void an_unknown_suite_is_calibrated_by_ehlo(void **state)
{
	struct talk t = begin(TLS_1_2, 0xfefe, 33, 0);

	(void)state;
	exchanges(&t, LOGIN, LOGIN_N);
	is_login(judge(&t), 95, 19, 21);
}

static void midstream_the_suite_is_found_or_left_open(void **state)
{
	static const unsigned fixed[] = {24, 17, 16};

	(void)state;
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
		struct talk t = {.in = malloc(infer_size()),
			.fixed = fixed[i]};
		struct infer_verdict v;

		infer_init(t.in, true);
		exchanges(&t, LOGIN, LOGIN_N);
		v = judge(&t);
		check(v.guess == INFER_AUTH || v.guess == INFER_UNDECIDED);
		check(v.guess != INFER_AUTH || v.auth[0].account_min == 19);
	}
}

static void one_lost_command_is_filled_in(void **state)
{
	(void)state;
	for (size_t lost = 1; lost < 4; lost++)
		for (int side = 0; side < 2; side++) {
			struct talk t = gcm();
			struct infer_verdict v;

			for (size_t i = 0; i < LOGIN_N; i++)
				for (int s = 0; s < 2; s++)
					if (i == lost && s == side)
						infer_lost(t.in, s, 5 + size(
							&t, LOGIN[i][s]), t.at);
					else
						say(&t, s, LOGIN[i][s]);
			v = judge(&t);
			check(v.guess == INFER_AUTH);
			check(v.auth[0].mechanism == INFER_LOGIN);
			check(v.auth[0].account_min <= 19);
			check(v.auth[0].account_max >= 19);
		}
}

static void where_both_sides_are_lost_nothing_is_denied(void **state)
{
	struct talk t = gcm();
	struct infer_verdict v;

	(void)state;
	exchanges(&t, RELAYED, 1);
	infer_lost(t.in, SIDE_CLIENT, 120, t.at);
	infer_lost(t.in, SIDE_SERVER, 140, t.at);
	exchanges(&t, RELAYED + 1, RELAYED_N - 1);
	v = ask(&t, true);
	check(v.guess != INFER_NO_AUTH);
	check(v.guess != INFER_AUTH || v.confidence < 90);

	/* Amid a message it may be. */
	free(t.in);
	t = gcm();
	exchanges(&t, RELAYED, RELAYED_N - 1);
	infer_lost(t.in, SIDE_CLIENT, 120000, t.at);
	exchanges(&t, RELAYED + RELAYED_N - 1, 1);
	check(judge(&t).guess == INFER_NO_AUTH);
}

static void one_side_alone_says_nothing(void **state)
{
	(void)state;
	for (int side = 0; side < 2; side++) {
		struct talk t = gcm();

		for (size_t i = 0; i < LOGIN_N; i++)
			say(&t, side, LOGIN[i][side]);
		check(judge(&t).guess == INFER_NOTHING);
	}
}

static void nothing_but_a_handshake_is_nothing(void **state)
{
	struct talk t = tls_1_3(GCM_13, 69, 0);

	(void)state;
	check(ask(&t, false).guess == INFER_NOTHING);
	record(&t, SIDE_SERVER, 255);
	check(judge(&t).guess == INFER_NOTHING);
}

/* HTTP, IMAP and LDAP on port 465. */
static void what_is_no_smtp_is_never_firm(void **state)
{
	static const unsigned talks[][4][2] = {
		{{187, 4211}, {211, 312}, {190, 16000}, {188, 16000}},
		{{19, 190}, {41, 88}, {18, 122}, {16, 63}},
		{{14, 14}, {63, 22}, {98, 1040}, {7, 0}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof talks / sizeof *talks; i++) {
		struct talk t = gcm();
		struct infer_verdict v;

		t.clear = (struct infer_clear){0};
		exchanges(&t, talks[i], 4);
		v = judge(&t);
		check(v.guess != INFER_AUTH || v.confidence < 90);
	}
}

static void a_million_records_stay_bounded(void **state)
{
	struct talk t = gcm();

	(void)state;
	for (int i = 0; i < 1000000; i++)
		record(&t, i % 3 == 0 ? SIDE_SERVER : SIDE_CLIENT,
			(unsigned)i * 7919u % 65536);
	check(infer_exchanges(t.in) == 64);
	(void)judge(&t);
}

static void every_length_of_a_record_is_taken(void **state)
{
	static const struct {
		uint16_t version, cipher;
	} suites[] = {{TLS_1_0, AES_128_SHA}, {TLS_1_2, GCM},
		{TLS_1_3, GCM_13}, {0, 0}, {TLS_1_2, 0xfefe},
		{0xffff, GCM}};

	(void)state;
	for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
		for (unsigned n = 0; n <= UINT16_MAX; n += n < 400 ? 1 : 4051) {
			struct talk t = begin(suites[i].version,
				suites[i].cipher, 0, 0);

			for (int r = 0; r < 8; r++)
				record(&t, r % 2, n);
			(void)judge(&t);
		}
}

/* Both ways of reading must go on through what cannot be said. */
static void turns_of_nothing_are_read_on(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 3; n++) {
		struct talk t = gcm();

		exchanges(&t, RELAYED, 1);
		exchange(&t, n, n + 1);
		exchanges(&t, LOGIN + 1, LOGIN_N - 1);
		check(ask(&t, true).guess == INFER_AUTH);
		check(judge(&t).auth_n == 1);
	}
}

static void asking_changes_nothing(void **state)
{
	struct talk t = gcm();

	(void)state;
	for (size_t i = 0; i < LOGIN_N; i++) {
		exchange(&t, LOGIN[i][0], LOGIN[i][1]);
		(void)ask(&t, false);
		(void)ask(&t, true);
	}
	is_login(judge(&t), 95, 19, 21);
}

static void more_of_a_dialogue_is_more_evidence(void **state)
{
	struct talk t = gcm();
	int before = 0;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		int odds;

		exchange(&t, LOGIN[i][0], LOGIN[i][1]);
		odds = ask(&t, false).odds;
		check(i == 0 || odds >= before);
		before = odds;
	}
	free(t.in);
}

static void its_state_is_small(void **state)
{
	(void)state;
	check(infer_size() <= 1280);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			login_is_firm_in_every_suite_of_its_own_length),
		cmocka_unit_test(login_shows_through_blocks),
		cmocka_unit_test(records_split_by_old_clients_are_one),
		cmocka_unit_test(of_tls_1_3_the_handshake_is_left_out),
		cmocka_unit_test(a_client_certificate_is_no_command),
		cmocka_unit_test(padding_of_every_record_shows_in_finished),
		cmocka_unit_test(
			padding_to_a_multiple_leaves_the_server_to_tell),
		cmocka_unit_test(a_key_update_is_not_said),
		cmocka_unit_test(a_word_of_five_bytes_is_no_key_update),
		cmocka_unit_test(lines_may_come_byte_by_byte),
		cmocka_unit_test(each_mechanism_has_steps_of_its_own),
		cmocka_unit_test(who_goes_away_when_asked_has_broken_off),
		cmocka_unit_test(a_password_without_an_answer_has_no_outcome),
		cmocka_unit_test(a_second_try_is_another_auth),
		cmocka_unit_test(of_many_tries_the_last_are_told),
		cmocka_unit_test(sent_ahead_counts_the_same),
		cmocka_unit_test(mail_without_auth_is_none),
		cmocka_unit_test(a_probe_is_no_auth),
		cmocka_unit_test(what_could_be_either_is_not_firm),
		cmocka_unit_test(who_quits_has_given_no_password),
		cmocka_unit_test(
			a_known_server_tells_one_refusal_from_the_other),
		cmocka_unit_test(exchange_online_tells_why_by_the_length),
		cmocka_unit_test(names_find_the_software),
		cmocka_unit_test(the_offer_inside_is_evidence),
		cmocka_unit_test(
			implicit_tls_has_a_greeting_and_no_clear_part),
		cmocka_unit_test(an_unknown_suite_is_calibrated_by_ehlo),
		cmocka_unit_test(midstream_the_suite_is_found_or_left_open),
		cmocka_unit_test(one_lost_command_is_filled_in),
		cmocka_unit_test(where_both_sides_are_lost_nothing_is_denied),
		cmocka_unit_test(one_side_alone_says_nothing),
		cmocka_unit_test(nothing_but_a_handshake_is_nothing),
		cmocka_unit_test(what_is_no_smtp_is_never_firm),
		cmocka_unit_test(a_million_records_stay_bounded),
		cmocka_unit_test(every_length_of_a_record_is_taken),
		cmocka_unit_test(turns_of_nothing_are_read_on),
		cmocka_unit_test(asking_changes_nothing),
		cmocka_unit_test(more_of_a_dialogue_is_more_evidence),
		cmocka_unit_test(its_state_is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
