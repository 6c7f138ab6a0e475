/* tls_run.h: dialogues in TLS for tests, and what the parser tells of them. */
#pragma once
#include "capture/proto/tls.h"
#include "tests/unit/tls_bytes.h"
#include <stdio.h>

enum { FLIGHTS = 8, FLIGHT = 16384 };

/* What the two sides say, in turns. */
struct flight {
	enum side side;
	uint8_t p[FLIGHT];
	size_t n;
};

struct dialogue {
	struct flight flight[FLIGHTS];
	size_t n;
};

/* A parser, and all that it has told as lines of text. */
struct run {
	struct tls *tls;
	struct tls_scratch scratch;
	int64_t now; /* of the chunks to come */
	char told[8192];
	size_t n;
	char rest[64];
};

static inline void run_begin(struct run *r, bool midstream)
{
	memset(r, 0, sizeof *r);
	r->now = 1;
	r->tls = malloc(tls_size());
	assert_non_null(r->tls);
	tls_init(r->tls, &r->scratch, midstream);
}

static inline void say(struct run *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static inline void say(struct run *r, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(r->told + r->n, sizeof r->told - r->n, fmt, ap);
	va_end(ap);
	check(n >= 0 && (size_t)n < sizeof r->told - r->n);
	r->n += (size_t)n;
}

static inline void say_event(struct run *r, const struct tls_event *e)
{
	say(r, e->side == SIDE_CLIENT ? "C " : "S ");
	switch (e->kind) {
	case TLS_CLIENT_HELLO:
		say(r, "hello %04x %s %s %s\n", e->client->version,
			e->client->sni, e->client->ja3, e->client->ja4);
		break;
	case TLS_SERVER_HELLO:
		say(r, "hello %04x %04x%s\n", e->version, e->cipher,
			e->encrypt_then_mac ? " etm" : "");
		break;
	case TLS_CERTIFICATE:
		say(r, "certificate %s %s %lld", e->certificate->cn,
			e->certificate->issuer,
			(long long)e->certificate->not_after);
		for (unsigned i = 0; i < e->certificate->names_n; i++)
			say(r, " %s", e->certificate->names[i]);
		say(r, "\n");
		break;
	case TLS_RECORD:
		say(r, "record %u %u", e->type, e->length);
		if (e->lost > 0)
			say(r, " lost %u", e->lost);
		say(r, "\n");
		break;
	case TLS_ALERT:
		say(r, "alert %u %u\n", e->level, e->code);
		break;
	case TLS_BROKEN:
		say(r, "broken\n");
		break;
	}
}

static inline void feed(struct run *r, enum chunk_kind kind, enum side side,
	const void *p, size_t n)
{
	uint8_t *exact = p ? exact_copy(p, n) : NULL;
	struct chunk c = {kind, side, r->now, exact, n}, rest;
	struct tls_event e;

	tls_feed(r->tls, &c);
	while (tls_next(r->tls, &e)) {
		say_event(r, &e);
		if (e.at != 1)
			say(r, "at %d\n", (int)e.at);
		if (e.kind != TLS_BROKEN)
			continue;
		rest = tls_rest(r->tls);
		check(rest.side == side && rest.p >= exact);
		check(rest.p + rest.n == exact + n);
		if (rest.n < sizeof r->rest)
			memcpy(r->rest, rest.p, rest.n);
	}
	free(exact);
}

static inline void run_end(struct run *r)
{
	free(r->tls);
}

/* The dialogue in chunks of at most step bytes, each flight cut at first. */
static inline void play(struct run *r, const struct dialogue *d,
	size_t first, size_t step)
{
	run_begin(r, false);
	for (size_t i = 0; i < d->n; i++) {
		const struct flight *f = &d->flight[i];
		size_t at = first < f->n ? first : f->n, n;

		feed(r, CHUNK_DATA, f->side, f->p, at);
		for (; at < f->n; at += n) {
			n = step < f->n - at ? step : f->n - at;
			feed(r, CHUNK_DATA, f->side, f->p + at, n);
		}
	}
	run_end(r);
}

static inline void however_it_is_cut(const struct dialogue *d,
	const char *want)
{
	struct run r;

	play(&r, d, 0, FLIGHT);
	assert_string_equal(r.told, want);
	for (size_t step = 1; step < 8; step++) {
		play(&r, d, 0, step);
		assert_string_equal(r.told, want);
	}
	for (size_t first = 1; first < 2048; first++) {
		play(&r, d, first, FLIGHT);
		assert_string_equal(r.told, want);
	}
}

static inline struct wr add(struct dialogue *d, enum side side)
{
	struct flight *f = &d->flight[d->n++];

	f->side = side;
	return wr_init(f->p, sizeof f->p);
}

static inline void added(struct dialogue *d, const struct wr *w)
{
	check(wr_ok(w));
	d->flight[d->n - 1].n = wr_used(w);
}

static const uint16_t CIPHERS[] = {0x2a2a, 0x1301, 0x1302, 0xc02f, 0xc030};
static const uint16_t VERSIONS[] = {0x8a8a, 0x0304, 0x0303};
static const uint16_t GROUPS[] = {0x3a3a, 29, 23};
static const uint16_t SIGNATURES[] = {0x0403, 0x0804, 0x0401};

/* JA of the hello that put_hello() makes, from md5sum and sha256sum over
 * 771,4865-4866-49199-49200,0-10-11-13-43-51,29-23,0
 * 1301,1302,c02f,c030
 * 000a,000b,000d,002b,0033_0403,0804,0401 */
#define JA3 "4b0a113495c0a510411b36029aa03c96"
#define JA4 "t13d040600_358020e8f41d_5e6a61e7dae5"

/* A ClientHello of a modern client; ticket: bytes of a last extension. */
static inline void put_hello(struct wr *w, const char *host, size_t ticket)
{
	uint8_t text[8192], list[64];
	struct wr x = wr_init(text, sizeof text), l;

	put_sni(&x, host);
	l = wr_init(list, sizeof list);
	put_list16(&l, GROUPS, 3);
	put_extension(&x, 10, list, wr_used(&l));
	put_extension(&x, 11, "\1\0", 2);
	l = wr_init(list, sizeof list);
	put_list16(&l, SIGNATURES, 3);
	put_extension(&x, 13, list, wr_used(&l));
	l = wr_init(list, sizeof list);
	put_list8(&l, VERSIONS, 3);
	put_extension(&x, 43, list, wr_used(&l));
	wr_be16(&x, 51);
	wr_be16(&x, (uint16_t)ticket);
	for (size_t i = 0; i < ticket; i++)
		wr_u8(&x, 'k');
	check(wr_ok(&x));
	put_client_hello(w, 0x0303, CIPHERS, 5, &x);
}

static inline void put_hello_record(struct wr *w, const char *host)
{
	uint8_t body[1024], message[1024];
	struct wr b = wr_init(body, sizeof body);
	struct wr m = wr_init(message, sizeof message);

	put_hello(&b, host, 20);
	put_message(&m, 1, body, wr_used(&b));
	check(wr_ok(&b) && wr_ok(&m));
	put_record(w, 22, 0x0301, message, wr_used(&m));
}

static inline void put_server_record(struct wr *w, uint16_t cipher,
	uint16_t chosen, const uint8_t *random)
{
	uint8_t body[256], message[256];
	struct wr b = wr_init(body, sizeof body);
	struct wr m = wr_init(message, sizeof message);

	put_server_hello(&b, 0x0303, cipher, chosen, random);
	put_message(&m, 2, body, wr_used(&b));
	put_record(w, 22, 0x0303, message, wr_used(&m));
}

static inline void put_data(struct wr *w, uint8_t type, size_t n)
{
	uint8_t noise[FLIGHT];

	for (size_t i = 0; i < n; i++)
		noise[i] = (uint8_t)(i * i * 7 + i * 13 + 200);
	put_record(w, type, 0x0303, noise, n);
}

/* TLS 1.2: the server's hello, certificate and end of hello in one record. */
static inline void make_tls12(struct dialogue *d, size_t more)
{
	static const char *const names[] = {"mx.example.com",
		"mail.example.com"};
	static uint8_t leaf[4096], chain[12288], all[16384], hello[256];
	struct wr c = wr_init(chain, sizeof chain), h, m, w;
	size_t n = make_certificate(leaf, sizeof leaf, "mx.example.com",
		NID_organizationName, "Contoso CA", "20300102030405Z",
		names, 2);

	put_chain(&c, leaf, n, more);
	h = wr_init(hello, sizeof hello);
	put_server_hello(&h, 0x0303, 0xc030, 0, NULL);
	m = wr_init(all, sizeof all);
	put_message(&m, 2, hello, wr_used(&h));
	put_message(&m, 11, chain, wr_used(&c));
	put_message(&m, 14, "", 0);
	check(wr_ok(&c) && wr_ok(&h) && wr_ok(&m));

	d->n = 0;
	w = add(d, SIDE_CLIENT);
	put_hello_record(&w, "mx.example.com");
	added(d, &w);
	w = add(d, SIDE_SERVER);
	put_record(&w, 22, 0x0303, all, 99);
	put_record(&w, 22, 0x0303, all + 99, wr_used(&m) - 99);
	added(d, &w);
	w = add(d, SIDE_CLIENT);
	put_record(&w, 20, 0x0303, "\1", 1);
	put_data(&w, 22, 40); /* Finished, encrypted */
	put_data(&w, 21, 26); /* an alert, encrypted */
	added(d, &w);
}

static inline void drop_records(struct run *r)
{
	char *to = r->told;

	for (char *line = r->told, *end; *line; line = end) {
		end = strchr(line, '\n') + 1;
		if (strncmp(line + 2, "record", 6) == 0)
			continue;
		memmove(to, line, (size_t)(end - line));
		to += end - line;
	}
	*to = '\0';
}

static inline void put_messages(struct wr *w, const struct wr *messages)
{
	check(wr_ok(messages));
	put_record(w, 22, 0x0303, messages->begin, wr_used(messages));
}
