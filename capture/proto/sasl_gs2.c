/* sasl_gs2.c: SCRAM and OAUTHBEARER, which begin with a GS2 header, and the
 * latter's forerunner XOAUTH2. */
#include "capture/proto/sasl_reader.h"

/* RFC 5801: gs2-flag "," ["a=" authzid] ",", and for SCRAM (RFC 5802) then
 * ["m=" ...] "n=" user ",". step is the number of the field, count the place
 * in it; "=2C" and "=3D" stand for "," and "=". */
static uint8_t hex_value(uint8_t c)
{
	return (uint8_t)(c <= '9' ? c - '0' : (c & 0xdf) - 'A' + 10);
}

static void gs2_put(struct sasl *s, uint8_t c)
{
	if (s->step == 1 && s->reader == SASL_READ_SCRAM)
		sasl_put_authzid(s, c);
	else
		sasl_put_account(s, c);
}

static void gs2_value(struct sasl *s, uint8_t c)
{
	if (s->scratch_n == 0 && c == '=') {
		s->scratch[s->scratch_n++] = c;
	} else if (s->scratch_n == 0) {
		gs2_put(s, c);
	} else if (!sasl_is_hex(c)) {
		sasl_stop(s); /* '=' must begin an escape */
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

	if (s->which != 0 && authzid && s->reader == SASL_READ_SCRAM)
		s->has_authzid = s->authzid_n > 0;
	else if (s->which != 0)
		sasl_keep_account(s);
	if ((s->which != 0 && !authzid) ||
		(authzid && s->reader == SASL_READ_OAUTHBEARER)) {
		sasl_stop(s);
		return;
	}
	s->step = s->step < 9 ? s->step + 1 : 9;
	s->count = 0;
	s->which = 0;
	s->scratch_n = 0;
}

void sasl_gs2_byte(struct sasl *s, uint8_t c)
{
	uint16_t at = s->count++;

	if (s->count == UINT16_MAX || c == 1 ||
		(s->step == 0 && at == 0 && c != 'n' && c != 'y' && c != 'p')) {
		sasl_stop(s);
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
			sasl_stop(s); /* the nonce: no name can follow */
	} else if (s->which != 0) {
		gs2_value(s, c);
	}
}

/* "user=" U ^A "auth=Bearer " T ^A ^A, in whatever order. count is how much
 * of "user=" has matched, step whether it still may. */
enum { XOAUTH2_KEY, XOAUTH2_USER, XOAUTH2_OTHER };

void sasl_xoauth2_byte(struct sasl *s, uint8_t c)
{
	static const char KEY[] = "user=";

	if (s->step == XOAUTH2_USER && c == 1) {
		sasl_keep_account(s);
		sasl_stop(s);
	} else if (s->step == XOAUTH2_USER && c <= ' ') {
		sasl_drop_account(s); /* the token may follow without a ^A */
		sasl_stop(s);
	} else if (s->step == XOAUTH2_USER) {
		sasl_put_account(s, c);
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
