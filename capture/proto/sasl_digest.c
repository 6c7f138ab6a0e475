/* sasl_digest.c: CRAM-MD5 and DIGEST-MD5: a name and a digest. */
#include "capture/proto/sasl_reader.h"

/* RFC 2195: user SP 32 hexadecimal digits, and the user may hold spaces. The
 * digest is not kept while it is read: a run of more than CRAM_WORD digits
 * can only be it. */
enum { CRAM_DIGITS = 32, CRAM_WORD = 8 };
enum { CRAM_USER, CRAM_HEX, CRAM_WRONG };

void sasl_cram_byte(struct sasl *s, uint8_t c)
{
	if (s->step == CRAM_HEX && sasl_is_hex(c)) {
		if (s->count < CRAM_WORD)
			s->scratch[s->count] = c;
		if (s->count <= CRAM_DIGITS)
			s->count++;
		return;
	}
	if (s->step == CRAM_HEX) {
		if (s->count > CRAM_WORD) {
			s->step = CRAM_WRONG;
			return;
		}
		sasl_put_account(s, ' ');
		for (uint16_t i = 0; i < s->count; i++)
			sasl_put_account(s, s->scratch[i]);
		s->count = 0;
		s->step = CRAM_USER;
	}
	if (s->step == CRAM_USER && c == ' ')
		s->step = CRAM_HEX;
	else if (s->step == CRAM_USER)
		sasl_put_account(s, c);
}

void sasl_cram_end(struct sasl *s)
{
	s->has_account = s->account_n > 0 && s->step == CRAM_HEX &&
		s->count == CRAM_DIGITS && !s->b64.bad;
}

/* RFC 2831, 2.1.2: key="value" or key=value, with commas. While a key is read
 * which has a bit for each key that it may become, and count is its length;
 * behind it which is its bit, or 0. */
enum { DIGEST_KEY, DIGEST_VALUE, DIGEST_TOKEN, DIGEST_QUOTED, DIGEST_ESCAPED };
enum { DIGEST_USERNAME = 1, DIGEST_REALM = 2, DIGEST_AUTHZID = 4 };

static void digest_key(struct sasl *s, uint8_t c)
{
	static const char *const KEYS[] = {"username=", "realm=", "authzid="};
	uint8_t lower = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;

	if (s->count == 0)
		s->which = (s->has_account ? 0 : DIGEST_USERNAME) |
			(s->has_realm ? 0 : DIGEST_REALM) |
			(s->has_authzid ? 0 : DIGEST_AUTHZID);
	for (int i = 0; i < 3; i++)
		if (s->which & 1 << i && lower != (uint8_t)KEYS[i][s->count])
			s->which &= (uint8_t)~(1 << i);
	if (c == '=')
		s->step = DIGEST_VALUE;
	if (s->which != 0 || s->count == 0)
		s->count++;
	if (c == ',' || c == ' ' || c == '\t' || c == '=')
		s->count = 0;
}

static void digest_put(struct sasl *s, uint8_t c)
{
	if (s->which == DIGEST_USERNAME)
		sasl_put_account(s, c);
	else if (s->which == DIGEST_REALM)
		sasl_put_realm(s, c);
	else if (s->which == DIGEST_AUTHZID)
		sasl_put_authzid(s, c);
}

static void digest_value_end(struct sasl *s)
{
	if (s->which == DIGEST_USERNAME)
		sasl_keep_account(s);
	else if (s->which == DIGEST_REALM)
		s->has_realm = s->realm_n > 0;
	else if (s->which == DIGEST_AUTHZID)
		s->has_authzid = s->authzid_n > 0;
	s->step = DIGEST_KEY;
}

void sasl_digest_byte(struct sasl *s, uint8_t c)
{
	switch (s->step) {
	case DIGEST_KEY: digest_key(s, c); return;
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
