/* test_sasl.c: accounts out of answers, and never a secret. */
#include "check.h"
#include "capture/base/bytes.h"
#include "capture/proto/sasl.h"
#include <stdio.h>
#include <strings.h>

/* All passwords, tokens and digests of this file contain it. */
static const char SECRET[] = "5ec2e75ec2e75ec2e75ec2e75ec2e75e";

enum { MESSAGE = 8192, TEXT = 1024 };

static size_t to_base64(const uint8_t *p, size_t n, uint8_t *out)
{
	static const char A[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				"abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t *o = out;

	for (size_t i = 0; i < n; i += 3) {
		uint32_t b = (uint32_t)p[i] << 16;

		b |= i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0;
		b |= i + 2 < n ? p[i + 2] : 0;
		*o++ = (uint8_t)A[b >> 18];
		*o++ = (uint8_t)A[b >> 12 & 63];
		*o++ = i + 1 < n ? (uint8_t)A[b >> 6 & 63] : '=';
		*o++ = i + 2 < n ? (uint8_t)A[b & 63] : '=';
	}
	return (size_t)(o - out);
}

static void check_no_secret(const struct sasl *s)
{
	uint8_t wide[16];

	/* 8 characters are enough to be sure, and to miss nothing. */
	for (size_t i = 0; i < 8; i++) {
		wide[2 * i] = (uint8_t)SECRET[i];
		wide[2 * i + 1] = 0;
	}
	check(!memmem(s, sizeof *s, SECRET + 8, 8));
	check(!memmem(s, sizeof *s, wide, sizeof wide));
}

/* An answer that is not base64, in pieces of step bytes. */
static bool answer_raw(struct sasl *s, const void *p, size_t n, bool initial,
	size_t step)
{
	uint8_t *exact = exact_copy(p, n);
	bool good;

	sasl_answer_begin(s, initial);
	for (size_t i = 0; i < n; i += step) {
		sasl_answer_bytes(s, exact + i, n - i < step ? n - i : step);
		check_no_secret(s);
	}
	good = sasl_answer_end(s);
	check_no_secret(s);
	free(exact);
	return good;
}

static void answer(struct sasl *s, const void *p, size_t n, size_t step)
{
	uint8_t text[MESSAGE * 2];
	size_t text_n = to_base64(p, n, text);

	assert_true(n <= MESSAGE);
	check(answer_raw(s, text, text_n, false, step));
}

static void begin(struct sasl *s, const char *mechanism)
{
	memset(s, 0xa5, sizeof *s); /* what was there before is gone */
	sasl_begin(s, (const uint8_t *)mechanism, strlen(mechanism));
}

/* "account authzid=... on=... realm=..." */
static void print(const struct sasl *s, char *out)
{
	const struct {
		const char *label;
		bool has;
		const uint8_t *p;
		size_t n;
	} names[] = {
		{"", s->has_account, s->account, s->account_n},
		{" authzid=", s->has_authzid, s->authzid, s->authzid_n},
		{" on=", s->has_workstation, s->workstation, s->workstation_n},
		{" realm=", s->has_realm, s->realm, s->realm_n},
	};

	*out = '\0';
	for (size_t i = 0; i < 4; i++)
		if (names[i].has)
			out += sprintf(out, "%s%.*s", names[i].label,
				(int)names[i].n, (const char *)names[i].p);
		else
			check(names[i].n == 0);
}

static void check_names(const struct sasl *s, const char *names)
{
	char text[TEXT];

	print(s, text);
	assert_string_equal(text, names);
}

/* Every mechanism. A message is given with its length, since it has NULs. */
#define PASSWORD "5ec2e75ec2e75ec2e75ec2e75ec2e75e"
#define MSG(text) text, sizeof text - 1

static const struct good {
	const char *mechanism, *message;
	size_t n;
	const char *names;
} GOOD[] = {
	{"LOGIN", MSG("scan@contoso.example"), "scan@contoso.example"},
	{"PLAIN", MSG("\0scan\0" PASSWORD), "scan"},
	{"PLAIN", MSG("boss\0scan\0" PASSWORD), "scan authzid=boss"},
	{"PLAIN", MSG("scan\0\0" PASSWORD), "scan authzid=scan"},
	{"PLAIN", MSG("scan\0scan\0"), "scan authzid=scan"},
	{"PLAIN", MSG("\0scan\0"), "scan"},
	{"PLAIN", MSG("\0\0" PASSWORD), ""},
	{"PLAIN", MSG("\xef\xbf\xbdscan\xef\xbf\xbd" PASSWORD), "scan"},
	{"PLAIN", MSG("\0\xef\xbf\xbe\xef\xbd\xef\xef\xbf\xbd" PASSWORD),
		"\xef\xbf\xbe\xef\xbd\xef"},
	{"PLAIN", MSG("\0sc\xc3\xa4n\0p\0q\0" PASSWORD), "sc\xc3\xa4n"},
	{"CRAM-MD5", MSG("scan " PASSWORD), "scan"},
	{"CRAM-MD5", MSG("joe abc smith " PASSWORD), "joe abc smith"},
	{"CRAM-MD5", MSG("a  b 12345678 c " PASSWORD), "a  b 12345678 c"},
	{"DIGEST-MD5", MSG("charset=utf-8,username=\"scan\",realm=\"contoso\","
		"nonce=\"x\",response=" PASSWORD), "scan realm=contoso"},
	{"DIGEST-MD5", MSG("username=\"j\\\"o\\\\e\",cnonce=\"username=x\", "
		"AuthZid=boss,response=" PASSWORD), "j\"o\\e authzid=boss"},
	{"SCRAM-SHA-1", MSG("n,,n=scan,r=" PASSWORD), "scan"},
	{"SCRAM-SHA-256", MSG("n,a=bo=2Css,n=sc=3Dan,r=" PASSWORD),
		"sc=an authzid=bo,ss"},
	{"SCRAM-SHA-256-PLUS", MSG("p=tls-unique,,m=x,n=scan,r=" PASSWORD),
		"scan"},
	{"SCRAM-SHA3-512", MSG("y,,n=scan,r=" PASSWORD), "scan"},
	{"XOAUTH2", MSG("user=scan@contoso.example\1auth=Bearer " PASSWORD
		"\1\1"), "scan@contoso.example"},
	{"XOAUTH2", MSG("auth=Bearer " PASSWORD "\1user=scan\1\1"), "scan"},
	{"XOAUTH2", MSG("us=x\1user=scan\1\1"), "scan"},
	{"OAUTHBEARER", MSG("n,a=scan@contoso.example,\1host=mx\1port=25\1"
		"auth=Bearer " PASSWORD "\1\1"), "scan@contoso.example"},
	{"OAUTHBEARER", MSG("n,,\1auth=Bearer " PASSWORD "\1\1"), ""},
	{"EXTERNAL", MSG("scan@contoso.example"),
		" authzid=scan@contoso.example"},
	{"ANONYMOUS", MSG(PASSWORD), ""},
	{"GSSAPI", MSG("\x60\x82" PASSWORD), ""},
	{"X-CONTOSO", MSG(PASSWORD), ""},
	{"", MSG(PASSWORD), ""},
};

enum { GOOD_N = sizeof GOOD / sizeof *GOOD };

static void every_mechanism_gives_its_account(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOOD_N; i++)
		for (size_t step = 1; step < 100; step += 7) {
			struct sasl s;

			begin(&s, GOOD[i].mechanism);
			answer(&s, GOOD[i].message, GOOD[i].n, step);
			check_names(&s, GOOD[i].names);
			check(s.answers == 1 && !s.initial && !s.cancelled);
		}
}

/* LOGIN and EXTERNAL have no end to be seen: all of the line is the name. */
static void half_a_message_gives_no_other_account(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOOD_N; i++)
		for (size_t n = 0; n < GOOD[i].n; n++) {
			const char *name = GOOD[i].mechanism;
			struct sasl s, whole;

			if (!strcmp(name, "LOGIN") || !strcmp(name, "EXTERNAL"))
				continue;
			begin(&s, name);
			answer(&s, GOOD[i].message, n, 5);
			begin(&whole, name);
			answer(&whole, GOOD[i].message, GOOD[i].n, 5);
			check(!s.has_account || (s.account_n ==
				whole.account_n && !memcmp(s.account,
				whole.account, s.account_n)));
			check(!s.has_authzid || (s.authzid_n ==
				whole.authzid_n && !memcmp(s.authzid,
				whole.authzid, s.authzid_n)));
		}
}

static const struct bad {
	const char *mechanism, *message;
	size_t n;
} BAD[] = {
	{"PLAIN", MSG("no NUL at all")},
	{"PLAIN", MSG("scan\0" "other")},
	{"PLAIN", MSG("scan\0" "other" "\0")},
	{"PLAIN", MSG("scan\0" "other" "\0\n")},
	{"PLAIN", MSG("scan\0" "other" "\0\0")},
	{"LOGIN", MSG("scan\0" PASSWORD)},
	{"LOGIN", MSG("\0scan@contoso.example\0" PASSWORD)},
	{"LOGIN", MSG("AB\x13")},             /* QUIT */
	{"LOGIN", MSG("\xba\xcb\x1e\x9ejz")}, /* username */
	{"LOGIN", MSG("")},
	{"CRAM-MD5", MSG("scan")},
	{"CRAM-MD5", MSG(" " PASSWORD)},
	{"CRAM-MD5", MSG("scan 0123456789abcdef0123456789abcdeg")},
	{"CRAM-MD5", MSG("scan 0123456789abcdef0123456789abcde")},
	{"CRAM-MD5", MSG("scan 0123456789abcdef0123456789abcdef0")},
	{"CRAM-MD5", MSG("scan 123456789 0123456789abcdef0123456789abcdef")},
	{"DIGEST-MD5", MSG("username=\"\",username=")},
	{"DIGEST-MD5", MSG("xusername=\"scan\",username\"scan\"")},
	{"SCRAM-SHA-1", MSG("x,,n=scan,r=x")},
	{"SCRAM-SHA-1", MSG("n,,r=x,n=scan,")},
	{"SCRAM-SHA-1", MSG("n,,n=sc=zzan,r=x")},
	{"SCRAM-SHA-1", MSG("n,,n=,r=x")},
	{"XOAUTH2", MSG("user=scan auth=Bearer " PASSWORD "\1\1")},
	{"XOAUTH2", MSG("User=scan\1xuser=scan\1useruser=scan\1\1")},
	{"OAUTHBEARER", MSG("n,n=scan,\1auth=Bearer x\1\1")},
	{"OAUTHBEARER", MSG("auth=Bearer " PASSWORD ",a=b,")},
	{"EXTERNAL", MSG("\xff\xfe\xfd")},
	{"NTLM", MSG("NTLMSSP\0\3\0\0\0")},
	{"NTLM", MSG("NTLMSSP\0\2\0\0\0")},
};

static void nonsense_gives_no_account(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
		struct sasl s;

		begin(&s, BAD[i].mechanism);
		answer(&s, BAD[i].message, BAD[i].n, 3);
		check_names(&s, "");
	}
}

static void what_is_not_base64_is_not_read(void **state)
{
	static const char *const RAW[] = {
		"scan@contoso.example", "c2Nhbg==c2Nhbg==", "c2Nh bg==", "",
		"c2Nhbg=\r=", "=c2Nhbg",
	};
	struct sasl s;

	(void)state;
	for (size_t i = 0; i < sizeof RAW / sizeof *RAW; i++) {
		begin(&s, "LOGIN");
		(void)answer_raw(&s, RAW[i], strlen(RAW[i]), i % 2, 1);
		check_names(&s, "");
		check(s.initial == (i % 2));
	}
	begin(&s, "LOGIN");
	check(answer_raw(&s, "c2Nhbg==  ", 10, true, 1));
	check_names(&s, "scan"); /* blanks at the end are no harm */
	begin(&s, "LOGIN");
	check(!answer_raw(&s, "is not safe", 11, true, 1));
	check(!answer_raw(&s, "nor", 3, true, 1));
	check(answer_raw(&s, "=", 1, true, 1));
}

/* The name is complete before the line is. */
static void a_bad_password_does_not_harm_the_account(void **state)
{
	struct sasl s;

	(void)state;
	begin(&s, "PLAIN");
	(void)answer_raw(&s, "AHNjYW4A!!!", 11, true, 2);
	check_names(&s, "scan");
}

static void only_the_first_answer_to_login_is_a_name(void **state)
{
	struct sasl s;

	(void)state;
	begin(&s, "LOGIN");
	check(answer_raw(&s, "=", 1, true, 1));
	answer(&s, "not", 3, 1);
	check_names(&s, "");
	begin(&s, "LOGIN");
	answer(&s, "scan", 4, 1);
	answer(&s, PASSWORD, 32, 1);
	answer(&s, PASSWORD, 32, 1);
	check_names(&s, "scan");
	check(s.answers == 3);
	for (int i = 0; i < 300; i++)
		answer(&s, PASSWORD, 32, 9);
	check(s.answers == 255);
}

static void a_star_cancels(void **state)
{
	struct sasl s;

	(void)state;
	begin(&s, "PLAIN");
	check(answer_raw(&s, "**", 2, false, 1) == false && !s.cancelled);
	check(answer_raw(&s, "*", 1, false, 1) && s.cancelled);
	answer(&s, "\0scan\0x", 7, 1);
	check_names(&s, "");
	check(s.cancelled);
}

static void after_a_gap_nothing_is_believed(void **state)
{
	struct sasl s;

	(void)state;
	begin(&s, "LOGIN");
	sasl_gap(&s);
	answer(&s, PASSWORD, 32, 1);
	check_names(&s, "");
	begin(&s, "LOGIN");
	sasl_answer_begin(&s, false);
	sasl_answer_bytes(&s, (const uint8_t *)"c2Nh", 4);
	sasl_gap(&s);
	sasl_answer_bytes(&s, (const uint8_t *)"bg==", 4);
	(void)sasl_answer_end(&s);
	check_names(&s, "");
	check(!memmem(&s, sizeof s, "sca", 3));
	/* What was complete stays. */
	begin(&s, "PLAIN");
	sasl_answer_begin(&s, true);
	sasl_answer_bytes(&s, (const uint8_t *)"AHNjYW4AcA", 10);
	sasl_gap(&s);
	(void)sasl_answer_end(&s);
	check_names(&s, "scan");
}

static void names_of_any_length_stay_in_their_field(void **state)
{
	static const char *const BEFORE[] = {
		"LOGIN", "", "PLAIN", "", "CRAM-MD5", "", "DIGEST-MD5",
		"username=\"", "SCRAM-SHA-1", "n,,n=", "XOAUTH2", "user=",
		"OAUTHBEARER", "n,a=", "EXTERNAL", "",
	};
	static const char AFTER[] = "\1\",,\0\0 " PASSWORD;
	static uint8_t message[MESSAGE];

	(void)state;
	for (size_t i = 0; i < sizeof BEFORE / sizeof *BEFORE; i += 2)
		for (size_t n = 250; n < 6000; n += n < 260 ? 1 : 1900) {
			size_t used = strlen(BEFORE[i + 1]);
			struct sasl s;

			memcpy(message, BEFORE[i + 1], used);
			memset(message + used, 'u', n);
			memcpy(message + used + n, AFTER, sizeof AFTER);
			begin(&s, BEFORE[i]);
			answer(&s, message, used + n + sizeof AFTER - 1, 64);
			check(s.account_n <= SASL_NAME);
			check(s.authzid_n <= SASL_NAME);
		}
}

/* NTLM. */

enum { AT_LM = 12, AT_NT = 20, AT_DOMAIN = 28, AT_USER = 36, AT_HOST = 44,
	AT_FLAGS = 60 };

struct ntlm {
	uint8_t b[1024];
	size_t n;
};

static void le(uint8_t *p, size_t v, int n)
{
	for (int i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void ntlm_field(struct ntlm *m, size_t at, const void *p, size_t n)
{
	le(m->b + at, n, 2);
	le(m->b + at + 2, n, 2);
	le(m->b + at + 4, m->n, 4);
	memcpy(m->b + m->n, p, n);
	m->n += n;
}

static void ntlm_text(struct ntlm *m, size_t at, const char *text, bool wide)
{
	uint8_t units[200];
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++) {
		units[2 * i] = (uint8_t)text[i];
		units[2 * i + 1] = 0;
	}
	ntlm_field(m, at, wide ? (const void *)units : text, wide ? 2 * n : n);
}

static struct ntlm ntlm_3(const char *domain, const char *user,
	const char *host, bool wide, size_t header)
{
	struct ntlm m = {.n = header};

	memcpy(m.b, "NTLMSSP\0\3\0\0\0", 12);
	ntlm_text(&m, AT_DOMAIN, domain, wide);
	ntlm_text(&m, AT_USER, user, wide);
	ntlm_text(&m, AT_HOST, host, wide);
	ntlm_field(&m, AT_LM, PASSWORD, 24);
	ntlm_field(&m, AT_NT, PASSWORD, 32);
	if (header > AT_FLAGS)
		le(m.b + AT_FLAGS, wide ? 0x201 : 0x202, 4);
	return m;
}

static void check_ntlm(const struct ntlm *m, const char *names)
{
	struct sasl s;

	begin(&s, "NTLM");
	answer(&s, m->b, m->n, 7);
	check_names(&s, names);
}

static void ntlm_gives_user_domain_and_workstation(void **state)
{
	static const uint8_t UNITS[] = {0xe4, 0, 0xac, 0x20, 0x3d, 0xd8, 0,
		0xde, 0, 0xdc, 0x3d, 0xd8, 'x', 0, 0xff, 7, 0, 8};
	struct ntlm m;
	struct sasl s;

	(void)state;
	m = ntlm_3("CONTOSO", "scan", "MFP1", true, 64);
	check_ntlm(&m, "scan on=MFP1 realm=CONTOSO");
	le(m.b + AT_FLAGS, 0, 4); /* JavaMail forgets it */
	check_ntlm(&m, "scan on=MFP1 realm=CONTOSO");
	m = ntlm_3("CONTOSO", "scan", "MFP1", false, 72);
	check_ntlm(&m, "scan on=MFP1 realm=CONTOSO");
	m = ntlm_3("", "s", "M", false, 88);
	check_ntlm(&m, "s on=M");
	m = ntlm_3("CONTOSO", "scan", "MFP1", false, 52);
	check_ntlm(&m, "scan on=MFP1 realm=CONTOSO");
	m = ntlm_3("CONTOSO", "scan", "MFP1", true, 52);
	check_ntlm(&m, "scan on=MFP1 realm=CONTOSO");
	m = ntlm_3("CONTOSO", "", "MFP1", true, 64);
	check_ntlm(&m, " on=MFP1"); /* anonymous */
	m = ntlm_3("", "", "", true, 64);
	ntlm_field(&m, AT_USER, UNITS, sizeof UNITS);
	check_ntlm(&m, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbd"
		"\xef\xbf\xbdx\xdf\xbf\xe0\xa0\x80");

	/* Negotiate may name the workstation; authenticate knows better. */
	begin(&s, "NTLM");
	m = (struct ntlm){.n = 32};
	memcpy(m.b, "NTLMSSP\0\1\0\0\0", 12);
	ntlm_text(&m, 24, "OLD", false);
	answer(&s, m.b, m.n, 1);
	check_names(&s, " on=OLD");
	m = ntlm_3("CONTOSO", "scan", "MFP1", true, 64);
	answer(&s, m.b, m.n, 1);
	check_names(&s, "scan on=MFP1 realm=CONTOSO");
	begin(&s, "GSS-SPNEGO");
	answer(&s, m.b, m.n, 1);
	check_names(&s, "scan on=MFP1 realm=CONTOSO");
}

static void ntlm_lengths_lie(void **state)
{
	const struct ntlm good = ntlm_3("CONTOSO", "scan", "MFP1", true, 64);

	(void)state;
	for (size_t n = 0; n < good.n; n++) {
		struct ntlm m = good;
		struct sasl s;

		m.n = n;
		begin(&s, "NTLM");
		answer(&s, m.b, m.n, 7);
		check(!s.has_account || s.account_n == 4);
	}
	for (size_t at = 8; at < 64; at++)
		for (int v = 0; v < 4; v++) {
			static const uint8_t V[] = {0, 1, 0x7f, 0xff};
			struct ntlm m = good;
			struct sasl s;

			memset(m.b + at, V[v], at % 4 == 0 ? 4 : 1);
			sasl_begin(&s, (const uint8_t *)"NTLM", 4);
			sasl_answer_begin(&s, false);
			sasl_answer_end(&s);
			answer(&s, m.b, 0, 1);
			begin(&s, "NTLM");
			/* A name may point at the response, which is a
			 * secret only to who wrote it so: no scan here. */
			sasl_answer_begin(&s, false);
			for (size_t i = 0; i < m.n; i += 3) {
				uint8_t text[4];

				sasl_answer_bytes(&s, text, to_base64(m.b + i,
					m.n - i < 3 ? m.n - i : 3, text));
			}
			(void)sasl_answer_end(&s);
			check(s.account_n <= SASL_NAME);
		}
}

/* Names. */

static void mechanisms_have_a_class(void **state)
{
	(void)state;
	check(sasl_class("LOGIN") == SASL_BASIC);
	check(sasl_class("login") == SASL_BASIC);
	check(sasl_class("NTLM") == SASL_BASIC);
	check(sasl_class("SCRAM-SHA3-512") == SASL_BASIC);
	check(sasl_class("XOAUTH2") == SASL_OAUTH);
	check(sasl_class("OAuthBearer") == SASL_OAUTH);
	check(sasl_class("GSSAPI") == SASL_OTHER);
	check(sasl_class("") == SASL_OTHER);
	check(sasl_class("LOGIN2") == SASL_OTHER);
}

static void base64_is_not_a_mechanism(void **state)
{
	static const char *const NAMES[] = {"LoGiN", "cram-md5", "Digest-MD5", "X-CONTOSO_2",
		"xyz", "Vendor", "SCRAM-SHA-512-PLUS"};
	static const char *const NONE[] = {"AHNjYW4AcA==", "c2Nhbg",
		"X-CONTOSO-IS-TOO-LONG-FOR-IT", "A+B", "1AB", "-A", "A B",
		"S\xc3\xa4"};
	struct sasl s;

	(void)state;
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
		begin(&s, NAMES[i]);
		check(strcasecmp(s.mechanism, NAMES[i]) == 0);
	}
	for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++) {
		begin(&s, NONE[i]);
		check(s.mechanism[0] == '\0');
	}
}

static void prompt(const char *mechanism, const char *text, const char *is)
{
	uint8_t encoded[256];
	size_t n = to_base64((const uint8_t *)text, strlen(text), encoded);
	uint8_t *exact = exact_copy(encoded, n);
	struct sasl s;

	begin(&s, mechanism);
	sasl_prompt(&s, exact, n);
	assert_string_equal(s.mechanism, is);
	free(exact);
}

static void a_prompt_may_name_the_mechanism(void **state)
{
	struct sasl s;

	(void)state;
	prompt("", "Username:", "LOGIN");
	prompt("", "Password:", "LOGIN");
	prompt("", "User Name", "LOGIN");
	prompt("", "<1.2@mx.example>", "CRAM-MD5");
	prompt("", "<no challenge", "");
	prompt("", "realm=\"contoso\",nonce=\"x\"", "DIGEST-MD5");
	prompt("", "r=x,s=y,i=4096", "");
	prompt("", "", "");
	prompt("PLAIN", "Username:", "PLAIN");
	begin(&s, "");
	sasl_prompt(&s, (const uint8_t *)"TlRMTVNTUAACAAAA", 16);
	assert_string_equal(s.mechanism, "NTLM");
	begin(&s, "");
	sasl_prompt(&s, (const uint8_t *)"Username:", 9);
	assert_string_equal(s.mechanism, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mechanism_gives_its_account),
		cmocka_unit_test(half_a_message_gives_no_other_account),
		cmocka_unit_test(nonsense_gives_no_account),
		cmocka_unit_test(what_is_not_base64_is_not_read),
		cmocka_unit_test(a_bad_password_does_not_harm_the_account),
		cmocka_unit_test(only_the_first_answer_to_login_is_a_name),
		cmocka_unit_test(a_star_cancels),
		cmocka_unit_test(after_a_gap_nothing_is_believed),
		cmocka_unit_test(names_of_any_length_stay_in_their_field),
		cmocka_unit_test(ntlm_gives_user_domain_and_workstation),
		cmocka_unit_test(ntlm_lengths_lie),
		cmocka_unit_test(mechanisms_have_a_class),
		cmocka_unit_test(base64_is_not_a_mechanism),
		cmocka_unit_test(a_prompt_may_name_the_mechanism),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
