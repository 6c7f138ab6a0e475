/* sasl_mechanism.c: names of mechanisms, and what is known of them. */
#include "capture/base/bytes.h"
#include "capture/proto/sasl_reader.h"
#include <assert.h>
#include <strings.h>

static const struct {
	const char *name;
	enum sasl_class class;
	enum sasl_reader reader;
} MECHANISMS[] = {
	{"LOGIN", SASL_BASIC, SASL_READ_LOGIN},
	{"PLAIN", SASL_BASIC, SASL_READ_PLAIN},
	{"CRAM-MD5", SASL_BASIC, SASL_READ_CRAM},
	{"DIGEST-MD5", SASL_BASIC, SASL_READ_DIGEST},
	{"NTLM", SASL_BASIC, SASL_READ_NTLM},
	{"SCRAM-SHA-1", SASL_BASIC, SASL_READ_SCRAM},
	{"SCRAM-SHA-1-PLUS", SASL_BASIC, SASL_READ_SCRAM},
	{"SCRAM-SHA-256", SASL_BASIC, SASL_READ_SCRAM},
	{"SCRAM-SHA-256-PLUS", SASL_BASIC, SASL_READ_SCRAM},
	{"SCRAM-SHA-512", SASL_BASIC, SASL_READ_SCRAM},
	{"SCRAM-SHA-512-PLUS", SASL_BASIC, SASL_READ_SCRAM},
	{"XOAUTH2", SASL_OAUTH, SASL_READ_XOAUTH2},
	{"OAUTHBEARER", SASL_OAUTH, SASL_READ_OAUTHBEARER},
	{"GSSAPI", SASL_OTHER, SASL_READ_NTLM}, /* may carry it, unwrapped */
	{"GSS-SPNEGO", SASL_OTHER, SASL_READ_NTLM},
	{"EXTERNAL", SASL_OTHER, SASL_READ_EXTERNAL},
	{"ANONYMOUS", SASL_OTHER, SASL_SKIP},
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

enum sasl_reader sasl_reader_of(const struct sasl *s)
{
	int i = known(s->mechanism);

	if (i < 0 && strncmp(s->mechanism, "SCRAM-", 6) == 0)
		return SASL_READ_SCRAM;
	return i < 0 ? SASL_SKIP : MECHANISMS[i].reader;
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
			!strncasecmp(MECHANISMS[i].name, (const char *)p, n))
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
		strncasecmp((char *)d, "user name", 8) == 0 ||
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
