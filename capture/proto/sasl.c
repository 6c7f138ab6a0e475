/* sasl.c: see sasl.h. Each mechanism has a small reader; it is given the
 * decoded bytes one by one and stops before the secret begins. */
#include "capture/base/bytes.h"
#include "capture/proto/sasl_reader.h"

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

static void byte(struct sasl *s, uint8_t c)
{
	switch ((enum sasl_reader)s->reader) {
	case SASL_SKIP: break;
	case SASL_READ_LOGIN: sasl_login_byte(s, c); break;
	case SASL_READ_PLAIN: sasl_plain_byte(s, c); break;
	case SASL_READ_CRAM: sasl_cram_byte(s, c); break;
	case SASL_READ_DIGEST: sasl_digest_byte(s, c); break;
	case SASL_READ_NTLM: sasl_ntlm_byte(s, c); break;
	case SASL_READ_SCRAM: case SASL_READ_OAUTHBEARER:
		sasl_gs2_byte(s, c);
		break;
	case SASL_READ_XOAUTH2: sasl_xoauth2_byte(s, c); break;
	case SASL_READ_EXTERNAL: sasl_put_authzid(s, c); break;
	}
	if (s->at < UINT32_MAX)
		s->at++;
}

static void end(struct sasl *s)
{
	switch ((enum sasl_reader)s->reader) {
	case SASL_READ_LOGIN: sasl_login_end(s); break;
	case SASL_READ_CRAM: sasl_cram_end(s); break;
	case SASL_READ_NTLM: sasl_ntlm_end(s); break;
	case SASL_READ_EXTERNAL: sasl_external_end(s); break;
	case SASL_SKIP: case SASL_READ_PLAIN: case SASL_READ_DIGEST:
	case SASL_READ_SCRAM: case SASL_READ_XOAUTH2:
	case SASL_READ_OAUTHBEARER:
		break; /* they knew the name's end when they saw it */
	}
	sasl_drop_halves(s);
}

/* LOGIN's second answer is the password, whatever the prompts say; a name
 * that is known is not asked for again. NTLM's last message counts. */
static bool is_read(const struct sasl *s, enum sasl_reader reader)
{
	if (s->lost || s->cancelled)
		return false;
	if (reader == SASL_READ_LOGIN || reader == SASL_READ_EXTERNAL)
		return s->answers == 0;
	return reader == SASL_READ_NTLM || !s->has_account;
}

static void reset(struct sasl *s)
{
	sasl_stop(s);
	bytes_wipe(s->wide, sizeof s->wide);
	s->step = s->which = 0;
	s->count = 0;
	s->chars = s->at = 0;
	s->star = s->blank = s->odd = false;
}

void sasl_answer_begin(struct sasl *s, bool initial)
{
	enum sasl_reader reader = sasl_reader_of(s);

	reset(s);
	if (is_read(s, reader))
		s->reader = (uint8_t)reader;
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
		if (s->reader == SASL_SKIP)
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
	sasl_drop_halves(s);
	reset(s);
	s->lost = true;
}

void sasl_wipe(struct sasl *s)
{
	bytes_wipe(s, sizeof *s);
}
