/* sasl_ntlm.c: NTLM messages (MS-NLMP) inside SASL (MS-SMTPNTLM). */
#include "capture/base/bytes.h"
#include "capture/proto/sasl_reader.h"

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
		sasl_put_account(s, c);
	else if (which == WORKSTATION)
		sasl_put_workstation(s, c);
	else
		sasl_put_realm(s, c);
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
		sasl_drop_account(s);
		sasl_drop_realm(s);
	}
	sasl_drop_workstation(s);
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

void sasl_ntlm_byte(struct sasl *s, uint8_t c)
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
		sasl_stop(s); /* Kerberos, or nothing that we know */
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

void sasl_ntlm_end(struct sasl *s)
{
	if (s->step == NTLM_HEAD && s->scratch_n >= NTLM_3_OLDEST)
		ntlm_head(s);
	if (s->step == NTLM_HEAD)
		return;
	s->has_workstation = ntlm_whole(s, WORKSTATION);
	s->has_account = ntlm_whole(s, USER);
	s->has_realm = s->has_account && ntlm_whole(s, DOMAIN);
}
