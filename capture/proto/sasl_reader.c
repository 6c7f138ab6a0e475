/* sasl_reader.c: what the readers of all mechanisms share. */
#include "capture/base/bytes.h"
#include "capture/base/text.h"
#include "capture/proto/sasl_reader.h"

static void put(uint8_t *field, uint16_t *n, uint8_t c)
{
	if (*n < SASL_NAME)
		field[(*n)++] = c;
}

void sasl_put_account(struct sasl *s, uint8_t c)
{
	put(s->account, &s->account_n, c);
}

void sasl_put_workstation(struct sasl *s, uint8_t c)
{
	put(s->workstation, &s->workstation_n, c);
}

void sasl_put_realm(struct sasl *s, uint8_t c)
{
	put(s->realm, &s->realm_n, c);
}

void sasl_put_authzid(struct sasl *s, uint8_t c)
{
	put(s->authzid, &s->authzid_n, c);
}

void sasl_drop_account(struct sasl *s)
{
	bytes_wipe(s->account, sizeof s->account);
	s->account_n = 0;
	s->has_account = false;
}

void sasl_drop_authzid(struct sasl *s)
{
	bytes_wipe(s->authzid, sizeof s->authzid);
	s->authzid_n = 0;
	s->has_authzid = false;
}

void sasl_drop_realm(struct sasl *s)
{
	bytes_wipe(s->realm, sizeof s->realm);
	s->realm_n = 0;
	s->has_realm = false;
}

void sasl_drop_workstation(struct sasl *s)
{
	bytes_wipe(s->workstation, sizeof s->workstation);
	s->workstation_n = 0;
	s->has_workstation = false;
}

/* What was not read to its end is not believed. */
void sasl_drop_halves(struct sasl *s)
{
	if (!s->has_account)
		sasl_drop_account(s);
	if (!s->has_authzid)
		sasl_drop_authzid(s);
	if (!s->has_workstation)
		sasl_drop_workstation(s);
	if (!s->has_realm)
		sasl_drop_realm(s);
}

/* The rest of the answer is only counted. The decoder still holds a few bits
 * of what it read last. */
void sasl_stop(struct sasl *s)
{
	s->reader = SASL_SKIP;
	bytes_wipe(&s->b64, sizeof s->b64);
	bytes_wipe(s->scratch, sizeof s->scratch);
	s->scratch_n = 0;
}

void sasl_keep_account(struct sasl *s)
{
	s->has_account = s->account_n > 0;
}

/* What a client that does not speak base64 typed decodes to noise. A name may
 * hold a stray control (it is shown as one), but is not made of them. */
bool sasl_is_noise(const uint8_t *p, size_t n)
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

bool sasl_is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
		(c >= 'A' && c <= 'F');
}
