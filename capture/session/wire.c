/* wire.c: see wire.h. One list of fields a record serves both directions, so
 * that writing and reading cannot drift apart. */
#include "capture/session/wire.h"
#include "capture/base/bytes.h"
#include "capture/base/envelope.h"
#include "capture/base/text.h"
#include <assert.h>

struct wire {
	bool reading, bad;
	struct rd r;
	struct wr w;
};

static uint64_t number(struct wire *x, uint64_t v, size_t n)
{
	if (!x->reading) {
		for (size_t i = n; i-- > 0;)
			wr_u8(&x->w, (uint8_t)(v >> (8 * i)));
		return v;
	}
	v = 0;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | rd_u8(&x->r);
	return v;
}

static void u8(struct wire *x, uint8_t *v)
{
	*v = (uint8_t)number(x, *v, 1);
}

static void u16(struct wire *x, uint16_t *v)
{
	*v = (uint16_t)number(x, *v, 2);
}

static void signed16(struct wire *x, int16_t *v)
{
	*v = (int16_t)number(x, (uint16_t)*v, 2);
}

static void u32(struct wire *x, uint32_t *v)
{
	*v = (uint32_t)number(x, *v, 4);
}

static void u64(struct wire *x, uint64_t *v)
{
	*v = number(x, *v, 8);
}

/* Times and byte counts meet signed 64-bit columns: none is negative. */
static void positive(struct wire *x, uint64_t v)
{
	x->bad |= v > INT64_MAX;
}

static void count(struct wire *x, uint64_t *v)
{
	u64(x, v);
	positive(x, *v);
}

static void moment(struct wire *x, int64_t *v)
{
	uint64_t bits = number(x, (uint64_t)*v, 8);

	positive(x, bits);
	*v = (int64_t)bits;
}

/* Certificates end before 1970 or after 9999 if their makers like. */
static void far_moment(struct wire *x, int64_t *v)
{
	*v = (int64_t)number(x, (uint64_t)*v, 8);
}

/* An enum, or the number of entries of an array: at most `most`. */
static void most8(struct wire *x, uint8_t *v, uint8_t most)
{
	u8(x, v);
	if (*v > most) {
		x->bad = true;
		*v = 0;
	}
}

static void boolean(struct wire *x, bool *v)
{
	uint8_t bit = *v;

	most8(x, &bit, 1);
	*v = bit != 0;
}

static void bytes(struct wire *x, void *p, size_t n)
{
	if (x->reading)
		rd_copy(&x->r, p, n);
	else
		wr_bytes(&x->w, p, n);
}

static void address(struct wire *x, struct addr *a)
{
	most8(x, &a->family, 6);
	bytes(x, a->b, sizeof a->b);
	if (a->family != 0 && a->family != 4 && a->family != 6)
		x->bad = true;
	/* Equal addresses are equal bytes. */
	if (x->reading)
		memset(a->b + addr_len(a), 0, sizeof a->b - addr_len(a));
}

static void label(struct wire *x, char text[RECORD_LABEL])
{
	uint8_t n = (uint8_t)strnlen(text, RECORD_LABEL - 1);

	u8(x, &n);
	bytes(x, text, n);
	text[n] = '\0';
	x->bad |= strlen(text) != n || !text_is_clean(text, n);
}

static void text(struct wire *x, const struct record_session *s,
	struct record_text *t)
{
	u16(x, &t->at);
	if (t->at == 0)
		return;
	/* A text begins where another one ends. */
	if (t->at >= s->arena_n || s->arena[t->at - 1] != '\0') {
		x->bad = true;
		t->at = 0;
	}
}

static void texts(struct wire *x, const struct record_session *s,
	struct record_text *t, uint8_t *n, uint8_t most)
{
	most8(x, n, most);
	for (uint8_t i = 0; i < *n; i++)
		text(x, s, &t[i]);
}

/* First of all fields, since the others point into it. */
static void arena(struct wire *x, struct record_session *s)
{
	size_t at = 1;

	u16(x, &s->arena_n);
	if (s->arena_n == 0 || s->arena_n > RECORD_ARENA) {
		x->bad = true;
		s->arena_n = 1;
	}
	bytes(x, s->arena, s->arena_n);
	if (s->arena[0] != '\0' || s->arena[s->arena_n - 1] != '\0') {
		x->bad = true;
		s->arena[0] = s->arena[s->arena_n - 1] = '\0';
	}
	while (x->reading && at < s->arena_n) {
		size_t n = strlen(s->arena + at);

		if (n >= TEXT_MAX || !text_is_clean(s->arena + at, n))
			x->bad = true;
		at += n + 1;
	}
}

static void enhanced(struct wire *x, uint16_t code[3])
{
	for (int i = 0; i < 3; i++)
		u16(x, &code[i]);
}

static void end_fields(struct wire *x, struct record_end *e)
{
	address(x, &e->addr);
	u16(x, &e->port);
	boolean(x, &e->has_mac);
	bytes(x, e->mac.b, sizeof e->mac.b);
	u8(x, &e->ttl);
}

static void auth_fields(struct wire *x, const struct record_session *s,
	struct record_auth *a)
{
	moment(x, &a->at);
	text(x, s, &a->mechanism);
	text(x, s, &a->account);
	text(x, s, &a->authzid);
	text(x, s, &a->workstation);
	text(x, s, &a->realm);
	u16(x, &a->code);
	enhanced(x, a->enhanced);
	most8(x, &a->class, RECORD_OTHER);
	most8(x, &a->outcome, RECORD_ABORTED);
	most8(x, &a->evidence, RECORD_INFERRED);
	most8(x, &a->confidence, 100);
	x->bad |= a->confidence == 0;
	most8(x, &a->reason, RECORD_NOT_OFFERED);
	boolean(x, &a->in_clear);
	boolean(x, &a->initial);
	boolean(x, &a->cancelled);
	u16(x, &a->account_min);
	u16(x, &a->account_max);
}

static void mail_fields(struct wire *x, struct record_session *s)
{
	u32(x, &s->mails);
	texts(x, s, s->from, &s->from_n, RECORD_FROMS);
	texts(x, s, s->domains, &s->domain_n, RECORD_DOMAINS);
	u32(x, &s->recipients);
	u32(x, &s->messages);
	u32(x, &s->accepted);
	count(x, &s->bytes);
	most8(x, &s->refusal_n, RECORD_REFUSALS);
	for (uint8_t i = 0; i < s->refusal_n; i++) {
		u16(x, &s->refusals[i].code);
		enhanced(x, s->refusals[i].enhanced);
		u8(x, &s->refusals[i].verb);
	}
}

static void tls_fields(struct wire *x, struct record_session *s)
{
	most8(x, &s->tls, RECORD_TLS_IMPLICIT);
	u16(x, &s->tls_version);
	u16(x, &s->tls_cipher);
	text(x, s, &s->sni);
	text(x, s, &s->ja3);
	text(x, s, &s->ja4);
	text(x, s, &s->cert_cn);
	text(x, s, &s->cert_issuer);
	far_moment(x, &s->cert_not_after);
	texts(x, s, s->cert_names, &s->cert_name_n, RECORD_CERT_NAMES);
}

static void session_fields(struct wire *x, struct record_session *s)
{
	arena(x, s);
	bytes(x, s->session, sizeof s->session);
	bytes(x, s->conn, sizeof s->conn);
	moment(x, &s->first_seen);
	moment(x, &s->last_seen);
	end_fields(x, &s->client);
	end_fields(x, &s->server);
	most8(x, &s->proxy, RECORD_HTTP_CONNECT);
	text(x, s, &s->proxied);
	u16(x, &s->proxied_port);
	most8(x, &s->vlan_n, RECORD_VLANS);
	for (uint8_t i = 0; i < s->vlan_n; i++)
		u16(x, &s->vlans[i]);
	u32(x, &s->flags);
	most8(x, &s->ending, RECORD_EVICTED);
	text(x, s, &s->banner);
	text(x, s, &s->helo);
	text(x, s, &s->agent);
	text(x, s, &s->seen_as);
	texts(x, s, s->offered, &s->offered_n, RECORD_OFFERED);
	tls_fields(x, s);
	most8(x, &s->guess, RECORD_AUTH);
	signed16(x, &s->guess_odds);
	u32(x, &s->auth_total);
	most8(x, &s->auth_n, RECORD_AUTHS);
	for (uint8_t i = 0; i < s->auth_n; i++)
		auth_fields(x, s, &s->auth[i]);
	mail_fields(x, s);
	count(x, &s->client_bytes);
	count(x, &s->server_bytes);
	count(x, &s->gap_bytes);
}

static void binding_fields(struct wire *x, struct record_binding *b)
{
	moment(x, &b->at);
	address(x, &b->addr);
	x->bad |= b->addr.family == 0;
	bytes(x, b->mac.b, sizeof b->mac.b);
	most8(x, &b->how, RECORD_BY_DHCP);
}

static void identity_fields(struct wire *x, struct record_identity *i)
{
	moment(x, &i->at);
	bytes(x, i->mac.b, sizeof i->mac.b);
	address(x, &i->addr);
	most8(x, &i->kind, RECORD_NAMES - 1);
	label(x, i->value);
}

static void stranger_fields(struct wire *x, struct record_source *s)
{
	most8(x, &s->stranger_n, RECORD_STRANGERS);
	for (uint8_t i = 0; i < s->stranger_n; i++) {
		most8(x, &s->strangers[i].registry, ENVELOPE_REGISTRIES - 1);
		u32(x, &s->strangers[i].number);
		count(x, &s->strangers[i].frames);
	}
}

static void source_fields(struct wire *x, struct record_source *s)
{
	uint64_t *counts[] = {
		&s->packets, &s->bytes, &s->dropped, &s->if_dropped,
		&s->not_understood,
		&s->malformed, &s->cut, &s->gaps, &s->gap_bytes,
		&s->duplicates, &s->out_of_order, &s->flows, &s->evicted,
		&s->lost_records, &s->sessions, &s->one_sided, &s->lossy,
		&s->file_done, &s->file_size,
	};

	bytes(x, s->id, sizeof s->id);
	bytes(x, s->digest, sizeof s->digest);
	boolean(x, &s->live);
	boolean(x, &s->known);
	most8(x, &s->state, RECORD_FAILED);
	label(x, s->label);
	label(x, s->reason);
	moment(x, &s->first_seen);
	moment(x, &s->last_seen);
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		count(x, counts[i]);
	u32(x, &s->files_done);
	u32(x, &s->files);
	stranger_fields(x, s);
}

static void record_fields(struct wire *x, struct record *r)
{
	switch (r->kind) {
	case RECORD_SESSION: session_fields(x, &r->session); break;
	case RECORD_BINDING: binding_fields(x, &r->binding); break;
	case RECORD_IDENTITY: identity_fields(x, &r->identity); break;
	case RECORD_SOURCE:
	case RECORD_HOUR: source_fields(x, &r->source); break;
	default: x->bad = true; break;
	}
}

size_t wire_encode(const struct record *r, uint8_t *out, size_t cap)
{
	struct wire x = {.w = wr_init(out, cap)};
	struct record copy = *r; /* the list of fields takes it writable */
	size_t n;

	wr_be32(&x.w, 0);
	wr_u8(&x.w, (uint8_t)r->kind);
	record_fields(&x, &copy);
	assert(!x.bad);
	if (!wr_ok(&x.w))
		return 0;
	n = wr_used(&x.w);
	x.w = wr_init(out, 4);
	wr_be32(&x.w, (uint32_t)(n - 4));
	return n;
}

enum wire_result wire_decode(const uint8_t *p, size_t n, size_t *used,
	struct record *out)
{
	struct rd r = rd_init(p, n);
	struct wire x = {.reading = true};
	uint32_t len = rd_be32(&r);

	if (!rd_ok(&r))
		return WIRE_MORE;
	if (len == 0 || len > WIRE_MAX - 4)
		return WIRE_BAD;
	x.r = rd_sub(&r, len);
	if (!rd_ok(&r))
		return WIRE_MORE;
	memset(out, 0, sizeof *out);
	out->kind = rd_u8(&x.r);
	record_fields(&x, out);
	if (x.bad || !rd_ok(&x.r) || rd_left(&x.r) > 0)
		return WIRE_BAD;
	*used = 4 + (size_t)len;
	return WIRE_OK;
}
