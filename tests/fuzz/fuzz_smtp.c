/* fuzz_smtp.c: two sides of SMTP, as chunks and byte by byte: the events must
 * be the same. Input: midstream (1 byte), then chunks: side and kind (1 byte),
 * length (2 bytes), content. */
#include "capture/base/bytes.h"
#include "capture/proto/smtp.h"
#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct told {
	struct smtp *smtp;
	uint32_t sum;
	bool over;
	size_t border; /* bytes of the chunk before TLS */
};

static void add(struct told *t, const void *p, size_t n)
{
	const uint8_t *b = p;

	while (n-- > 0)
		t->sum = (t->sum ^ *b++) * 16777619;
}

static void add_name(struct told *t, bool has, const uint8_t *p, size_t n)
{
	assert(n <= SASL_NAME && (!has || n > 0));
	add(t, &has, sizeof has);
	if (has)
		add(t, p, n);
}

static void add_event(struct told *t, const struct smtp_event *e)
{
	uint32_t v[] = {e->kind, (uint32_t)e->at, e->resynced, e->verb, e->code,
		e->enhanced[0], e->enhanced[1], e->enhanced[2],
		(uint32_t)e->bytes, e->outcome};
	const struct sasl *a = e->sasl;

	add(t, v, sizeof v);
	if (e->text)
		add(t, e->text, e->text_n);
	assert(!e->text == (e->kind != SMTP_BANNER && e->kind != SMTP_HELO &&
		e->kind != SMTP_WELCOME && e->kind != SMTP_OFFER &&
		e->kind != SMTP_MAIL && e->kind != SMTP_RCPT &&
		e->kind != SMTP_AGENT));
	assert(!a == (e->kind != SMTP_AUTH));
	if (!a)
		return;
	add(t, a->mechanism, sizeof a->mechanism);
	add_name(t, a->has_account, a->account, a->account_n);
	add_name(t, a->has_authzid, a->authzid, a->authzid_n);
	add_name(t, a->has_workstation, a->workstation, a->workstation_n);
	add_name(t, a->has_realm, a->realm, a->realm_n);
}

static void feed(struct told *t, const struct chunk *c)
{
	struct smtp_event e;

	if (t->over)
		return;
	smtp_feed(t->smtp, c);
	while (smtp_next(t->smtp, &e)) {
		assert(!t->over);
		add_event(t, &e);
		t->over = e.kind == SMTP_TLS || e.kind == SMTP_NOT_MAIL;
	}
	if (t->over) {
		struct chunk rest = smtp_rest(t->smtp);

		assert(rest.n <= c->n && rest.side == c->side);
		assert(rest.n == 0 || rest.p + rest.n == c->p + c->n);
		t->border -= rest.n;
	}
	t->border += c->n;
}

static void feed_both(struct told *whole, struct told *bytes,
	const struct chunk *c)
{
	struct chunk one = *c;

	whole->border = bytes->border = 0;
	feed(whole, c);
	if (c->kind != CHUNK_DATA)
		feed(bytes, c);
	for (size_t i = 0; c->kind == CHUNK_DATA && i < c->n; i++) {
		one.p = c->p + i;
		one.n = 1;
		feed(bytes, &one);
	}
	assert(whole->sum == bytes->sum && whole->over == bytes->over);
	assert(whole->border == bytes->border);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum chunk_kind KINDS[4] = {
		CHUNK_DATA, CHUNK_DATA, CHUNK_GAP, CHUNK_END};
	struct told whole = {calloc(1, smtp_size()), 0, false, 0};
	struct told bytes = {calloc(1, smtp_size()), 0, false, 0};
	struct rd in = rd_init(data, size);
	bool midstream = rd_u8(&in) & 1;
	int64_t at = 0;

	smtp_init(whole.smtp, midstream);
	smtp_init(bytes.smtp, midstream);
	while (rd_left(&in) > 2) {
		uint8_t what = rd_u8(&in);
		size_t n = rd_be16(&in), have = rd_left(&in);
		struct chunk c = {.kind = KINDS[what >> 1 & 3], .at = ++at,
			.side = what & 1 ? SIDE_SERVER : SIDE_CLIENT, .n = n};

		if (c.kind == CHUNK_DATA) {
			c.n = n < have ? n : have;
			c.p = rd_take(&in, c.n);
		} else if (c.kind == CHUNK_END) {
			c.n = 0;
		}
		(void)smtp_plausible(c.side, c.p, c.p ? c.n : 0, midstream);
		feed_both(&whole, &bytes, &c);
	}
	assert(smtp_is_mail(whole.smtp) == smtp_is_mail(bytes.smtp));
	free(whole.smtp);
	free(bytes.smtp);
	return 0;
}
