/* sasl_plain.c: LOGIN, PLAIN (RFC 4616) and EXTERNAL (RFC 4422): answers that
 * are the names as such. */
#include "capture/proto/sasl_reader.h"
#include <string.h>

/* LOGIN: the whole answer is the name. With a NUL in it, it is PLAIN's blob
 * under a wrong title, and a password is behind. */
void sasl_login_byte(struct sasl *s, uint8_t c)
{
	if (c != '\0') {
		sasl_put_account(s, c);
		return;
	}
	sasl_drop_account(s);
	sasl_stop(s);
}

void sasl_login_end(struct sasl *s)
{
	s->has_account = s->account_n > 0 && !s->b64.bad &&
		!sasl_is_noise(s->account, s->account_n);
}

/* RFC 4616: authzid NUL authcid NUL password. Some clients pass the NULs
 * through a text type that makes U+FFFD of them. */
enum { PLAIN_AUTHZID, PLAIN_AUTHCID, PLAIN_PASSWORD };

static void plain_names(struct sasl *s)
{
	s->has_authzid = s->authzid_n > 0;
	sasl_keep_account(s);
	sasl_stop(s);
}

static void plain_part(struct sasl *s)
{
	if (++s->step < PLAIN_PASSWORD)
		return;
	if (s->account_n == 0) {
		memcpy(s->account, s->authzid, s->authzid_n);
		s->account_n = s->authzid_n;
	}
	/* Between two names that differ and no third part there may be a NUL
	 * too few: "user NUL password NUL". */
	if (s->authzid_n == 0 || (s->authzid_n == s->account_n &&
		memcmp(s->authzid, s->account, s->account_n) == 0))
		plain_names(s);
}

static void plain_put(struct sasl *s, uint8_t c)
{
	if (s->step == PLAIN_AUTHZID)
		sasl_put_authzid(s, c);
	else
		sasl_put_account(s, c);
}

void sasl_plain_byte(struct sasl *s, uint8_t c)
{
	static const uint8_t REPLACED[3] = {0xef, 0xbf, 0xbd};

	if (s->step == PLAIN_PASSWORD) {
		if (c > ' ')
			plain_names(s);
		else
			sasl_stop(s);
		return;
	}
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

void sasl_external_end(struct sasl *s)
{
	s->has_authzid = s->authzid_n > 0 && !s->b64.bad &&
		!sasl_is_noise(s->authzid, s->authzid_n);
}
