/* sasl.c: see sasl.h. One small reader a mechanism; each is given the decoded
 * bytes one by one and stops before the secret begins. */
#include "capture/proto/sasl.h"
#include "capture/base/bytes.h"
#include "capture/base/text.h"
#include <assert.h>
#include <strings.h>

enum reader {
	SKIP, LOGIN, PLAIN, CRAM, DIGEST, NTLM, SCRAM, XOAUTH2, OAUTHBEARER,
	EXTERNAL,
};

static const struct {
	const char *name;
	enum sasl_class class;
	enum reader reader;
} MECHANISMS[] = {
	{"LOGIN", SASL_BASIC, LOGIN},
	{"PLAIN", SASL_BASIC, PLAIN},
	{"CRAM-MD5", SASL_BASIC, CRAM},
	{"DIGEST-MD5", SASL_BASIC, DIGEST},
	{"NTLM", SASL_BASIC, NTLM},
	{"SCRAM-SHA-1", SASL_BASIC, SCRAM},
	{"SCRAM-SHA-1-PLUS", SASL_BASIC, SCRAM},
	{"SCRAM-SHA-256", SASL_BASIC, SCRAM},
	{"SCRAM-SHA-256-PLUS", SASL_BASIC, SCRAM},
	{"SCRAM-SHA-512", SASL_BASIC, SCRAM},
	{"SCRAM-SHA-512-PLUS", SASL_BASIC, SCRAM},
	{"XOAUTH2", SASL_OAUTH, XOAUTH2},
	{"OAUTHBEARER", SASL_OAUTH, OAUTHBEARER},
	{"GSSAPI", SASL_OTHER, NTLM}, /* may carry it, unwrapped */
	{"GSS-SPNEGO", SASL_OTHER, NTLM},
	{"EXTERNAL", SASL_OTHER, EXTERNAL},
	{"ANONYMOUS", SASL_OTHER, SKIP},
};

enum { MECHANISMS_N = sizeof MECHANISMS / sizeof *MECHANISMS };

static int known(const char *name)
{
	for (int i = 0; i < MECHANISMS_N; i++)
		if (strcasecmp(MECHANISMS[i].name, name) == 0)
			return i;
	return -1;
}

enum sasl_class sasl_class(const char *mechanism)
{
	int i = known(mechanism);

	if (i < 0 && strncasecmp(mechanism, "SCRAM-", 6) == 0)
		return SASL_BASIC;
	return i < 0 ? SASL_OTHER : MECHANISMS[i].class;
}

bool sasl_is_known(const char *mechanism)
{
	return known(mechanism) >= 0;
}

static enum reader reader_of(const struct sasl *s)
{
	int i = known(s->mechanism);

	if (i < 0 && strncmp(s->mechanism, "SCRAM-", 6) == 0)
		return SCRAM;
	return i < 0 ? SKIP : MECHANISMS[i].reader;
}

/* Names of vendors are taken only in one case (or with a capital): base64 of
 * a password nearly always mixes the two. */
bool sasl_is_name(const uint8_t *p, size_t n)
{
	bool upper = false, lower = false;

	if (n == 0 || n >= SASL_MECHANISM)
		return n == 0;
	for (int i = 0; i < MECHANISMS_N; i++)
		if (n <= strlen(MECHANISMS[i].name) &&
			strncasecmp(MECHANISMS[i].name, (const char *)p, n) == 0)
			return true;
	for (size_t i = 0; i < n; i++) {
		bool u = p[i] >= 'A' && p[i] <= 'Z';
		bool l = p[i] >= 'a' && p[i] <= 'z';
		bool other = (p[i] >= '0' && p[i] <= '9') || p[i] == '-' ||
			p[i] == '_';

		if ((!u && !l && !other) || (i == 0 && other))
			return false;
		upper |= u && i > 0;
		lower |= l;
	}
	return !upper || !lower;
}

void sasl_begin(struct sasl *s, const uint8_t *mechanism, size_t n)
{
	sasl_wipe(s);
	if (n == 0 || !sasl_is_name(mechanism, n)) /* NULL when unseen */
		return;
	for (size_t i = 0; i < n; i++) {
		uint8_t c = mechanism[i];

		s->mechanism[i] = (char)(c >= 'a' && c <= 'z' ? c - 32 : c);
	}
}

static void name(struct sasl *s, const char *mechanism)
{
	size_t n = strlen(mechanism);

	assert(n < sizeof s->mechanism);
	memcpy(s->mechanism, mechanism, n + 1);
}

static size_t decode(const uint8_t *text, size_t n, uint8_t *out, size_t cap)
{
	struct base64 b = {0};
	size_t out_n = 0;

	for (size_t i = 0; i < n && out_n < cap; i++)
		if (base64_push(&b, text[i], &out[out_n]))
			out_n++;
	return b.bad ? 0 : out_n;
}

void sasl_prompt(struct sasl *s, const uint8_t *text, size_t n)
{
	uint8_t d[128];
	size_t d_n;

	if (s->mechanism[0] != '\0')
		return;
	d_n = decode(text, n, d, sizeof d);
	if (d_n >= 8 && (strncasecmp((char *)d, "username", 8) == 0 ||
		strncasecmp((char *)d, "password", 8) == 0))
		name(s, "LOGIN");
	else if (d_n >= 8 && memcmp(d, "NTLMSSP", 8) == 0)
		name(s, "NTLM");
	else if (d_n >= 5 && d[0] == '<' && memchr(d, '@', d_n) &&
		(d_n == sizeof d || d[d_n - 1] == '>'))
		name(s, "CRAM-MD5");
	else if (d_n >= 6 && (memcmp(d, "realm=", 6) == 0 ||
		memcmp(d, "nonce=", 6) == 0))
		name(s, "DIGEST-MD5");
}

/* Fields that are being filled. */

static void put(uint8_t *field, uint16_t *n, uint8_t c)
{
	if (*n < SASL_NAME)
		field[(*n)++] = c;
}

static void put_account(struct sasl *s, uint8_t c)
{
	put(s->account, &s->account_n, c);
}

static void put_realm(struct sasl *s, uint8_t c)
{
	put(s->realm, &s->realm_n, c);
}

static void put_authzid(struct sasl *s, uint8_t c)
{
	put(s->authzid, &s->authzid_n, c);
}

static void drop_account(struct sasl *s)
{
	bytes_wipe(s->account, sizeof s->account);
	s->account_n = 0;
	s->has_account = false;
}

static void drop_authzid(struct sasl *s)
{
	bytes_wipe(s->authzid, sizeof s->authzid);
	s->authzid_n = 0;
	s->has_authzid = false;
}

static void drop_realm(struct sasl *s)
{
	bytes_wipe(s->realm, sizeof s->realm);
	s->realm_n = 0;
	s->has_realm = false;
}

static void drop_workstation(struct sasl *s)
{
	bytes_wipe(s->workstation, sizeof s->workstation);
	s->workstation_n = 0;
	s->has_workstation = false;
}

/* What was not read to its end is not believed. */
static void drop_halves(struct sasl *s)
{
	if (!s->has_account)
		drop_account(s);
	if (!s->has_authzid)
		drop_authzid(s);
	if (!s->has_workstation)
		drop_workstation(s);
	if (!s->has_realm)
		drop_realm(s);
}

/* The rest of the answer is only counted. The decoder still holds a few bits
 * of what it read last. */
static void stop(struct sasl *s)
{
	s->reader = SKIP;
	bytes_wipe(&s->b64, sizeof s->b64);
	bytes_wipe(s->scratch, sizeof s->scratch);
	s->scratch_n = 0;
}

static void keep_account(struct sasl *s)
{
	s->has_account = s->account_n > 0;
}

/* What a client that does not speak base64 typed decodes to noise. A name may
 * hold a stray control (it is shown as one), but is not made of them. */
static bool is_noise(const uint8_t *p, size_t n)
{
	size_t controls = 0;

	for (size_t i = 0, len; i < n; i += len) {
		uint32_t c;

		len = text_decode(p + i, n - i, &c);
		if (len == 0)
			/* a character cut at the end of the field is none */
			return n < SASL_NAME || n - i >= 4;
		controls += c < 0x20 || c == 0x7f;
	}
	return controls * 8 > n;
}

/* LOGIN: the whole answer is the name. With a NUL in it, it is PLAIN's blob
 * under a wrong title, and a password is behind. */
static void login_byte(struct sasl *s, uint8_t c)
{
	if (c != '\0') {
		put_account(s, c);
		return;
	}
	drop_account(s);
	stop(s);
}

static void login_end(struct sasl *s)
{
	s->has_account = s->account_n > 0 && !s->b64.bad &&
		!is_noise(s->account, s->account_n);
}

/* RFC 4616: authzid NUL authcid NUL password. Some clients pass the NULs
 * through a text type that makes U+FFFD of them. */
static void plain_part(struct sasl *s)
{
	if (++s->step < 2)
		return;
	s->has_authzid = s->authzid_n > 0;
	if (s->account_n == 0) {
		memcpy(s->account, s->authzid, s->authzid_n);
		s->account_n = s->authzid_n;
	}
	keep_account(s);
	stop(s);
}

static void plain_put(struct sasl *s, uint8_t c)
{
	if (s->step == 0)
		put_authzid(s, c);
	else
		put_account(s, c);
}

static void plain_byte(struct sasl *s, uint8_t c)
{
	static const uint8_t REPLACED[3] = {0xef, 0xbf, 0xbd};

	if (c == REPLACED[s->count]) {
		if (++s->count < sizeof REPLACED)
			return;
		s->count = 0;
		c = '\0';
	}
	for (uint16_t i = 0; i < s->count; i++)
		plain_put(s, REPLACED[i]);
	s->count = 0;
	if (c == REPLACED[0])
		s->count = 1;
	else if (c == '\0')
		plain_part(s);
	else
		plain_put(s, c);
}

/* RFC 2195: user SP 32 hexadecimal digits, and the user may hold spaces. The
 * digest is not kept while it is read: a run of more than CRAM_WORD digits
 * can only be it. */
enum { CRAM_DIGITS = 32, CRAM_WORD = 8 };
enum { CRAM_USER, CRAM_HEX, CRAM_WRONG };

static bool is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
		(c >= 'A' && c <= 'F');
}

static void cram_byte(struct sasl *s, uint8_t c)
{
	if (s->step == CRAM_HEX && is_hex(c)) {
		if (s->count < CRAM_WORD)
			s->scratch[s->count] = c;
		else if (s->count >= CRAM_DIGITS)
			s->step = CRAM_WRONG;
		s->count++;
		return;
	}
	if (s->step == CRAM_HEX) {
		if (s->count > CRAM_WORD) {
			s->step = CRAM_WRONG;
			return;
		}
		put_account(s, ' ');
		for (uint16_t i = 0; i < s->count; i++)
			put_account(s, s->scratch[i]);
		s->count = 0;
		s->step = CRAM_USER;
	}
	if (s->step == CRAM_USER && c == ' ')
		s->step = CRAM_HEX;
	else if (s->step == CRAM_USER)
		put_account(s, c);
}

static void cram_end(struct sasl *s)
{
	s->has_account = s->account_n > 0 && s->step == CRAM_HEX &&
		s->count == CRAM_DIGITS && !s->b64.bad;
}

/* RFC 2831, 2.1.2: key="value" or key=value, with commas. */
enum { DIGEST_KEY, DIGEST_VALUE, DIGEST_TOKEN, DIGEST_QUOTED, DIGEST_ESCAPED };
enum { DIGEST_OTHER, DIGEST_USERNAME, DIGEST_REALM, DIGEST_AUTHZID };

static bool is_key(const struct sasl *s, const char *key)
{
	return s->scratch_n == strlen(key) &&
		strncasecmp((const char *)s->scratch, key, s->scratch_n) == 0;
}

static uint8_t digest_key(const struct sasl *s)
{
	if (is_key(s, "username") && !s->has_account)
		return DIGEST_USERNAME;
	if (is_key(s, "realm") && !s->has_realm)
		return DIGEST_REALM;
	if (is_key(s, "authzid") && !s->has_authzid)
		return DIGEST_AUTHZID;
	return DIGEST_OTHER;
}

static void digest_put(struct sasl *s, uint8_t c)
{
	if (s->which == DIGEST_USERNAME)
		put_account(s, c);
	else if (s->which == DIGEST_REALM)
		put_realm(s, c);
	else if (s->which == DIGEST_AUTHZID)
		put_authzid(s, c);
}

static void digest_value_end(struct sasl *s)
{
	if (s->which == DIGEST_USERNAME)
		keep_account(s);
	else if (s->which == DIGEST_REALM)
		s->has_realm = s->realm_n > 0;
	else if (s->which == DIGEST_AUTHZID)
		s->has_authzid = s->authzid_n > 0;
	s->step = DIGEST_KEY;
	s->scratch_n = 0;
}

static void digest_byte(struct sasl *s, uint8_t c)
{
	switch (s->step) {
	case DIGEST_KEY:
		if (c == '=') {
			s->which = digest_key(s);
			s->step = DIGEST_VALUE;
		} else if (c == ',' || c == ' ' || c == '\t') {
			s->scratch_n = 0;
		} else if (s->scratch_n < 16) {
			s->scratch[s->scratch_n++] = c;
		}
		return;
	case DIGEST_VALUE:
		s->step = c == '"' ? DIGEST_QUOTED : DIGEST_TOKEN;
		if (c == '"')
			return;
		break;
	case DIGEST_ESCAPED:
		digest_put(s, c);
		s->step = DIGEST_QUOTED;
		return;
	case DIGEST_QUOTED:
		if (c == '"')
			digest_value_end(s);
		else if (c == '\\')
			s->step = DIGEST_ESCAPED;
		else
			digest_put(s, c);
		return;
	default: break;
	}
	if (c == ',')
		digest_value_end(s);
	else
		digest_put(s, c);
}

static void digest_end(struct sasl *s)
{
	if (s->step == DIGEST_TOKEN)
		digest_value_end(s);
}

/* MS-NLMP, 2.2.1. A negotiate message (type 1) may name the workstation, an
 * authenticate message (type 3) names domain, user and workstation by offset
 * and length. Only those ranges are kept of what is behind the header. */
enum {
	NTLM_TYPE_AT = 8,
	NTLM_1_HEADER = 32, NTLM_1_WORKSTATION_AT = 24,
	NTLM_3_HEADER = 64, NTLM_3_DOMAIN_AT = 28, NTLM_3_USER_AT = 36,
	NTLM_3_WORKSTATION_AT = 44, NTLM_3_FLAGS_AT = 60,
	NTLM_3_OLDEST = 52, /* a header without session key and flags */
	NTLM_UNICODE = 1,
};
enum { DOMAIN, USER, WORKSTATION };
enum { NTLM_HEAD, NTLM_BODY };

static uint32_t le(const uint8_t *p, int n)
{
	return n == 2 ? (uint32_t)(p[0] | p[1] << 8)
		      : le(p, 2) | le(p + 2, 2) << 16;
}

static struct sasl_wide ntlm_name(const uint8_t *head, int at)
{
	return (struct sasl_wide){
		.n = le(head + at, 2), .at = le(head + at + 4, 4)};
}

static void ntlm_put(struct sasl *s, int which, uint8_t c)
{
	s->wide[which].got++;
	if (which == USER)
		put_account(s, c);
	else if (which == WORKSTATION)
		put(s->workstation, &s->workstation_n, c);
	else
		put_realm(s, c);
}

static void ntlm_utf8(struct sasl *s, int which, uint32_t c)
{
	if (c < 0x80) {
		ntlm_put(s, which, (uint8_t)c);
		return;
	}
	if (c >= 0x10000) {
		ntlm_put(s, which, (uint8_t)(0xf0 | c >> 18));
		ntlm_put(s, which, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
	} else if (c >= 0x800) {
		ntlm_put(s, which, (uint8_t)(0xe0 | c >> 12));
	}
	if (c >= 0x800)
		ntlm_put(s, which, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
	else
		ntlm_put(s, which, (uint8_t)(0xc0 | c >> 6));
	ntlm_put(s, which, (uint8_t)(0x80 | (c & 0x3f)));
}

static void ntlm_unit(struct sasl *s, int which, uint32_t unit)
{
	struct sasl_wide *w = &s->wide[which];

	if (unit >= 0xdc00 && unit <= 0xdfff && w->high != 0) {
		ntlm_utf8(s, which, 0x10000 +
			((uint32_t)(w->high - 0xd800) << 10) + (unit - 0xdc00));
		w->high = 0;
		return;
	}
	if (w->high != 0)
		ntlm_utf8(s, which, 0xfffd);
	w->high = 0;
	if (unit >= 0xd800 && unit <= 0xdbff)
		w->high = (uint16_t)unit;
	else
		ntlm_utf8(s, which,
			unit >= 0xdc00 && unit <= 0xdfff ? 0xfffd : unit);
}

/* Some clients write UTF-16 and do not say so: a NUL tells, which no name in
 * an OEM character set has. */
static void ntlm_name_byte(struct sasl *s, int which, uint32_t at, uint8_t c)
{
	struct sasl_wide *w = &s->wide[which];

	if (at % 2 == 0 && at + 1 < w->n) {
		w->low = c;
		w->half = true;
		return;
	}
	if (at == 1 && c == 0)
		w->is_wide = true;
	if (w->is_wide && w->half) {
		ntlm_unit(s, which, (uint32_t)(w->low | c << 8));
	} else if (!w->is_wide) {
		if (w->half)
			ntlm_put(s, which, w->low);
		ntlm_put(s, which, c);
	}
	w->half = false;
}

static void ntlm_body(struct sasl *s, uint32_t at, uint8_t c)
{
	for (int i = 0; i < 3; i++) {
		const struct sasl_wide *w = &s->wide[i];

		if (at >= w->at && at - w->at < w->n)
			ntlm_name_byte(s, i, at - w->at, c);
	}
}

/* The header is complete, or the message has ended before it was (the oldest
 * ones are so short): what of the names lies within it is read now. */
static void ntlm_head(struct sasl *s)
{
	uint8_t head[NTLM_3_HEADER];
	uint32_t n = s->scratch_n, first = NTLM_1_HEADER;
	bool is_wide = false;

	memcpy(head, s->scratch, sizeof head);
	if (head[NTLM_TYPE_AT] == 1) {
		s->wide[WORKSTATION] = ntlm_name(head, NTLM_1_WORKSTATION_AT);
	} else {
		s->wide[DOMAIN] = ntlm_name(head, NTLM_3_DOMAIN_AT);
		s->wide[USER] = ntlm_name(head, NTLM_3_USER_AT);
		s->wide[WORKSTATION] = ntlm_name(head, NTLM_3_WORKSTATION_AT);
		first = NTLM_3_OLDEST;
		is_wide = head[NTLM_3_FLAGS_AT] & NTLM_UNICODE;
		drop_account(s);
		drop_realm(s);
	}
	drop_workstation(s);
	for (int i = 0; i < 3; i++) {
		if (s->wide[i].n > 0 && s->wide[i].at < NTLM_3_HEADER)
			is_wide = false; /* no room for flags */
	}
	for (int i = 0; i < 3; i++)
		s->wide[i].is_wide = is_wide;
	s->step = NTLM_BODY;
	for (uint32_t at = first; at < n; at++)
		ntlm_body(s, at, head[at]);
	bytes_wipe(head, sizeof head);
}

static void ntlm_byte(struct sasl *s, uint8_t c)
{
	static const uint8_t SIGNATURE[NTLM_TYPE_AT] = "NTLMSSP";
	uint32_t at = s->at;
	uint16_t header = NTLM_3_HEADER;

	if (s->step == NTLM_BODY) {
		ntlm_body(s, at, c);
		return;
	}
	if ((at < NTLM_TYPE_AT && c != SIGNATURE[at]) ||
		(at == NTLM_TYPE_AT && c != 1 && c != 3) ||
		(at > NTLM_TYPE_AT && at < NTLM_TYPE_AT + 4 && c != 0)) {
		stop(s); /* Kerberos, or nothing that we know */
		return;
	}
	s->scratch[s->scratch_n++] = c;
	if (at >= NTLM_TYPE_AT && s->scratch[NTLM_TYPE_AT] == 1)
		header = NTLM_1_HEADER;
	if (s->scratch_n == header)
		ntlm_head(s);
}

/* Was every byte of the name there? */
static bool ntlm_whole(const struct sasl *s, int which)
{
	const struct sasl_wide *w = &s->wide[which];

	return w->n > 0 && w->got > 0 && s->at >= w->at &&
		s->at - w->at >= w->n;
}

static void ntlm_end(struct sasl *s)
{
	if (s->step == NTLM_HEAD && s->scratch_n >= NTLM_3_OLDEST)
		ntlm_head(s);
	if (s->step == NTLM_HEAD)
		return;
	s->has_workstation = ntlm_whole(s, WORKSTATION);
	s->has_account = ntlm_whole(s, USER);
	s->has_realm = s->has_account && ntlm_whole(s, DOMAIN);
}

/* RFC 5801: gs2-flag "," ["a=" authzid] ",", and for SCRAM (RFC 5802) then
 * ["m=" ...] "n=" user ",". step is the number of the field, count the place
 * in it; "=2C" and "=3D" stand for "," and "=". */
static uint8_t hex_value(uint8_t c)
{
	return (uint8_t)(c <= '9' ? c - '0' : (c & 0xdf) - 'A' + 10);
}

static void gs2_put(struct sasl *s, uint8_t c)
{
	if (s->step == 1 && s->reader == SCRAM)
		put_authzid(s, c);
	else
		put_account(s, c);
}

static void gs2_value(struct sasl *s, uint8_t c)
{
	if (s->scratch_n == 0 && c == '=') {
		s->scratch[s->scratch_n++] = c;
	} else if (s->scratch_n == 0) {
		gs2_put(s, c);
	} else if (!is_hex(c)) {
		stop(s); /* '=' must begin an escape */
	} else if (s->scratch_n == 1) {
		s->scratch[s->scratch_n++] = c;
	} else {
		gs2_put(s, (uint8_t)(hex_value(s->scratch[1]) << 4 |
				hex_value(c)));
		s->scratch_n = 0;
	}
}

static void gs2_field_end(struct sasl *s)
{
	bool authzid = s->step == 1;

	if (s->which != 0 && authzid && s->reader == SCRAM)
		s->has_authzid = s->authzid_n > 0;
	else if (s->which != 0)
		keep_account(s);
	if ((s->which != 0 && !authzid) ||
		(authzid && s->reader == OAUTHBEARER)) {
		stop(s);
		return;
	}
	s->step = s->step < 9 ? s->step + 1 : 9;
	s->count = 0;
	s->which = 0;
	s->scratch_n = 0;
}

static void gs2_byte(struct sasl *s, uint8_t c)
{
	uint16_t at = s->count++;

	if (s->count == UINT16_MAX || c == 1 ||
		(s->step == 0 && at == 0 && c != 'n' && c != 'y' && c != 'p')) {
		stop(s);
	} else if (c == ',') {
		gs2_field_end(s);
	} else if (s->step == 0) {
		return;
	} else if (at == 0) {
		s->scratch[0] = c;
	} else if (at == 1) {
		s->which = c == '=' && s->scratch[0] ==
			(s->step == 1 ? 'a' : 'n');
		if (s->scratch[0] == 'r' || c != '=')
			stop(s); /* the nonce: no name can follow */
	} else if (s->which != 0) {
		gs2_value(s, c);
	}
}

/* "user=" U ^A "auth=Bearer " T ^A ^A, in whatever order. count is how much
 * of "user=" has matched, step whether it still may. */
enum { XOAUTH2_KEY, XOAUTH2_USER, XOAUTH2_OTHER };

static void xoauth2_byte(struct sasl *s, uint8_t c)
{
	static const char KEY[] = "user=";

	if (s->step == XOAUTH2_USER && c == 1) {
		keep_account(s);
		stop(s);
	} else if (s->step == XOAUTH2_USER && c <= ' ') {
		drop_account(s); /* the token may follow without a ^A */
		stop(s);
	} else if (s->step == XOAUTH2_USER) {
		put_account(s, c);
	} else if (c == 1) {
		s->step = XOAUTH2_KEY;
		s->count = 0;
	} else if (s->step == XOAUTH2_KEY) {
		if (c != (uint8_t)KEY[s->count])
			s->step = XOAUTH2_OTHER;
		else if (KEY[++s->count] == '\0')
			s->step = XOAUTH2_USER;
	}
}

static void external_end(struct sasl *s)
{
	s->has_authzid = s->authzid_n > 0 && !s->b64.bad &&
		!is_noise(s->authzid, s->authzid_n);
}

static void byte(struct sasl *s, uint8_t c)
{
	switch ((enum reader)s->reader) {
	case SKIP: break;
	case LOGIN: login_byte(s, c); break;
	case PLAIN: plain_byte(s, c); break;
	case CRAM: cram_byte(s, c); break;
	case DIGEST: digest_byte(s, c); break;
	case NTLM: ntlm_byte(s, c); break;
	case SCRAM: case OAUTHBEARER: gs2_byte(s, c); break;
	case XOAUTH2: xoauth2_byte(s, c); break;
	case EXTERNAL: put_authzid(s, c); break;
	}
	if (s->at < UINT32_MAX)
		s->at++;
}

static void end(struct sasl *s)
{
	switch ((enum reader)s->reader) {
	case LOGIN: login_end(s); break;
	case CRAM: cram_end(s); break;
	case DIGEST: digest_end(s); break;
	case NTLM: ntlm_end(s); break;
	case EXTERNAL: external_end(s); break;
	case SKIP: case PLAIN: case SCRAM: case XOAUTH2: case OAUTHBEARER:
		break; /* they knew the name's end when they saw it */
	}
	drop_halves(s);
}

/* LOGIN's second answer is the password, whatever the prompts say; a name
 * that is known is not asked for again. NTLM's last message counts. */
static bool is_read(const struct sasl *s, enum reader reader)
{
	if (s->lost || s->cancelled)
		return false;
	if (reader == LOGIN || reader == EXTERNAL)
		return s->answers == 0;
	return reader == NTLM || !s->has_account;
}

static void reset(struct sasl *s)
{
	stop(s);
	bytes_wipe(s->wide, sizeof s->wide);
	s->step = s->which = 0;
	s->count = 0;
	s->chars = s->at = 0;
	s->star = s->blank = s->odd = false;
}

void sasl_answer_begin(struct sasl *s, bool initial)
{
	enum reader reader = reader_of(s);

	reset(s);
	if (is_read(s, reader))
		s->reader = reader;
	if (initial)
		s->initial = true;
}

static bool is_base64(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		(c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

void sasl_answer_bytes(struct sasl *s, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t out;

		if (p[i] == ' ' || p[i] == '\t') {
			s->blank = true;
			continue;
		}
		if (s->chars == 0)
			s->star = p[i] == '*';
		if (s->chars < UINT32_MAX)
			s->chars++;
		s->odd |= s->blank || !is_base64(p[i]);
		if (s->reader == SKIP)
			continue;
		s->b64.bad |= s->blank;
		if (base64_push(&s->b64, p[i], &out))
			byte(s, out);
	}
}

bool sasl_answer_end(struct sasl *s)
{
	bool star = s->star && s->chars == 1;
	bool good = star || (!s->odd && (s->chars == 1 || s->chars % 4 == 0));

	end(s);
	s->cancelled |= star;
	if (s->answers < UINT8_MAX)
		s->answers++;
	reset(s);
	return good;
}

/* A name that was complete before the bytes went missing stays. */
void sasl_gap(struct sasl *s)
{
	drop_halves(s);
	reset(s);
	s->lost = true;
}

void sasl_wipe(struct sasl *s)
{
	bytes_wipe(s, sizeof *s);
}
