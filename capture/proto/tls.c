/* tls.c: records and handshake messages; see tls.h. */
#include "capture/proto/tls.h"
#include "capture/base/bytes.h"
#include "capture/proto/ja.h"
#include "capture/proto/tls_hello.h"
#include "capture/proto/x509.h"
#include <assert.h>
#include <openssl/crypto.h>

enum {
	CHANGE_CIPHER_SPEC = 20,
	ALERT = 21,
	HANDSHAKE = 22,
	APPLICATION_DATA = 23,
	HEARTBEAT = 24,

	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	CERTIFICATE = 11,

	HEADER = TLS_HEAD,
	ALERT_SIZE = 2,
	RECORD_MAX = (1 << 14) + 2048, /* RFC 5246, 6.2.3 */
	MESSAGE_MAX = 1 << 18, /* far above any chain that works */
	SSL2_HELLO_MIN = 9,
	TLS_1_2 = 0x0303,

	/* A hello with post-quantum keys has some 1800 bytes. Behind the
	 * client's hello the certificate has the room of both. */
	CLIENT_HEAD = 2560,
	SERVER_HEAD = 4096,
};

/* A handshake message that is being read. */
struct message {
	int64_t at;
	uint8_t header[4]; /* type, size */
	uint8_t header_n;
	bool keep;         /* its body is wanted */
	uint16_t base, room, n; /* and lies in heads */
	uint32_t size, left; /* bytes of the body, and of it to come */
};

/* One side's stream of records. */
struct half {
	uint8_t header[HEADER];
	uint8_t header_n;
	uint8_t type;
	uint8_t alert[ALERT_SIZE];
	uint8_t alert_n;
	bool begun;   /* a record was seen */
	bool lost;    /* looking for a record */
	bool holey;   /* has lost bytes, or began amid the stream */
	bool opaque;  /* its handshake is encrypted */
	bool deaf;    /* the rest of this record's content is not known */
	bool broken;
	uint16_t length, left; /* of the record */
	uint32_t missing;
	int64_t at;   /* of the record's first byte */
	struct message message;
};

struct tls {
	struct tls_scratch *scratch;
	struct chunk chunk;
	const uint8_t *begin; /* of the chunk */
	struct half half[2];
	uint16_t agreed;      /* version, 0: not known yet */
	bool client_done, server_done, certificate_done, retry;
	uint8_t heads[CLIENT_HEAD + SERVER_HEAD];
};

_Static_assert(sizeof(struct tls) <= 7 * 1024, "a session's TLS grows");

size_t tls_size(void)
{
	return sizeof(struct tls);
}

void tls_init(struct tls *t, struct tls_scratch *scratch, bool midstream)
{
	*t = (struct tls){.scratch = scratch};
	for (int s = 0; s < 2; s++)
		t->half[s].lost = t->half[s].holey = midstream;
}

void tls_feed(struct tls *t, const struct chunk *c)
{
	t->chunk = *c;
	t->begin = c->p;
}

struct chunk tls_rest(const struct tls *t)
{
	return t->chunk;
}

struct chunk tls_head(const struct tls *t)
{
	const struct half *h = &t->half[t->chunk.side];

	return (struct chunk){CHUNK_DATA, t->chunk.side, h->at, h->header,
		h->header_n};
}

uint32_t tls_missing(const struct tls *t, enum side side)
{
	return t->half[side].missing;
}

static bool tell(struct tls_event *out, enum tls_kind kind, enum side side,
	int64_t at)
{
	*out = (struct tls_event){.kind = kind, .side = side, .at = at};
	return true;
}

static bool client_hello(struct tls *t, const struct message *m,
	struct tls_event *out)
{
	struct tls_client *c = &t->scratch->client;
	struct tls_hello h;

	t->client_done = true;
	if (!tls_hello_client(t->heads + m->base, m->n, m->size, &h))
		return false;
	*c = (struct tls_client){.version = tls_hello_highest(&h)};
	if (!h.whole && !h.versions.p && h.version == TLS_1_2)
		c->version = 0;
	text_clean(c->sni, sizeof c->sni, h.host.p, rd_left(&h.host));
	ja3(&h, c->ja3);
	ja4(&h, c->ja4);
	tell(out, TLS_CLIENT_HELLO, SIDE_CLIENT, m->at);
	out->client = c;
	return true;
}

static bool server_hello(struct tls *t, const struct message *m,
	struct tls_event *out)
{
	struct tls_server_hello h;

	if (!tls_hello_server(t->heads + m->base, m->n, m->size, &h))
		return false;
	if (h.retry) {
		t->retry = true;
		return false;
	}
	t->server_done = true;
	t->agreed = h.version;
	tell(out, TLS_SERVER_HELLO, SIDE_SERVER, m->at);
	out->version = h.version;
	out->cipher = h.cipher;
	out->encrypt_then_mac = h.encrypt_then_mac;
	return true;
}

/* RFC 5246, 7.4.2: the server's own certificate comes first. */
static bool certificate(struct tls *t, const struct message *m,
	struct tls_event *out)
{
	struct rd r = rd_init(t->heads + m->base, m->n);
	size_t told, have;

	t->certificate_done = true;
	rd_skip(&r, 3); /* length of the chain */
	told = rd_be24(&r);
	have = told < rd_left(&r) ? told : rd_left(&r);
	if (!x509_read(r.p, have, &t->scratch->certificate))
		return false;
	tell(out, TLS_CERTIFICATE, SIDE_SERVER, m->at);
	out->certificate = &t->scratch->certificate;
	return true;
}

/* What of a message is here is all that will come. */
static bool message_end(struct tls *t, struct message *m,
	struct tls_event *out)
{
	if (!m->keep)
		return false;
	m->keep = false;
	switch (m->header[0]) {
	case CLIENT_HELLO: return client_hello(t, m, out);
	case SERVER_HELLO: return server_hello(t, m, out);
	default: return certificate(t, m, out);
	}
}

/* Messages cannot be told apart before the next record begins. */
static void message_forget(struct half *h)
{
	h->message.keep = false;
	h->message.header_n = 0;
	h->deaf = true;
}

/* A counter that stays at its end. */
static void lose(struct half *h, size_t n)
{
	h->missing = n < UINT32_MAX - h->missing
		? h->missing + (uint32_t)n : UINT32_MAX;
}

/* The header is complete. False if it is none. */
static bool message_begin(struct tls *t, enum side side, struct message *m)
{
	struct rd r = rd_init(m->header, sizeof m->header);
	uint8_t type = rd_u8(&r);

	m->left = m->size = rd_be24(&r);
	m->n = 0;
	if (side == SIDE_CLIENT) {
		m->keep = type == CLIENT_HELLO && !t->client_done;
		m->base = 0;
		m->room = CLIENT_HEAD;
	} else {
		m->keep = (type == SERVER_HELLO && !t->server_done) ||
			(type == CERTIFICATE && !t->certificate_done);
		m->base = t->client_done ? 0 : CLIENT_HEAD;
		m->room = (uint16_t)(sizeof t->heads - m->base);
	}
	return m->size <= MESSAGE_MAX;
}

/* n bytes of the chunk in hand and of the record are read. */
static void advance(struct tls *t, struct half *h, size_t n)
{
	t->chunk.p += n;
	t->chunk.n -= n;
	h->left -= (uint16_t)n;
}

static bool message_header(struct tls *t, enum side side, struct half *h)
{
	struct message *m = &h->message;

	if (m->header_n == 0)
		m->at = t->chunk.at;
	m->header[m->header_n++] = *t->chunk.p;
	advance(t, h, 1);
	if (m->header_n < sizeof m->header)
		return false;
	if (!message_begin(t, side, m)) {
		message_forget(h);
		return false;
	}
	return m->left == 0;
}

static bool message_body(struct tls *t, struct half *h, size_t n)
{
	struct message *m = &h->message;
	size_t room = m->keep ? (size_t)(m->room - m->n) : 0;
	size_t kept;

	n = n < m->left ? n : m->left;
	kept = n < room ? n : room;
	memcpy(t->heads + m->base + m->n, t->chunk.p, kept);
	m->n = (uint16_t)(m->n + kept);
	m->left -= (uint32_t)n;
	advance(t, h, n);
	return m->left == 0;
}

/* Reads messages out of a record until one gives an event. */
static bool handshake(struct tls *t, enum side side, struct half *h,
	struct tls_event *out)
{
	struct message *m = &h->message;

	while (t->chunk.n > 0 && h->left > 0 && !h->deaf) {
		size_t n = t->chunk.n < h->left ? t->chunk.n : h->left;
		bool complete = m->header_n < sizeof m->header
			? message_header(t, side, h)
			: message_body(t, h, n);

		if (!complete)
			continue;
		m->header_n = 0;
		if (message_end(t, m, out))
			return true;
	}
	return false;
}

/* RFC 8446, 6. An encrypted one is longer, or looks like data. */
static bool alert(struct tls *t, enum side side, struct half *h,
	struct tls_event *out)
{
	h->alert[h->alert_n++] = *t->chunk.p;
	advance(t, h, 1);
	if (h->alert_n < ALERT_SIZE || h->left > 0)
		return false;
	tell(out, TLS_ALERT, side, h->at);
	out->level = h->alert[0];
	out->code = h->alert[1];
	return true;
}

static bool body(struct tls *t, enum side side, struct half *h,
	struct tls_event *out)
{
	if (h->type == HANDSHAKE && !h->opaque && !h->deaf)
		return handshake(t, side, h, out);
	if (h->type == ALERT && h->length == ALERT_SIZE && !h->deaf)
		return alert(t, side, h, out);
	advance(t, h, t->chunk.n < h->left ? t->chunk.n : h->left);
	return false;
}

/* The two-byte header of an SSL 2.0 record and a hello that offers SSL 3.0 or
 * more (RFC 5246, E.2). */
static bool ssl2_fits(const uint8_t *b, size_t n)
{
	return (n < 1 || b[0] >= 0x80) &&
		(n < 2 || (b[0] & 0x7f) > 0 || b[1] >= SSL2_HELLO_MIN) &&
		(n < 3 || b[2] == CLIENT_HELLO) && (n < 4 || b[3] == 3) &&
		(n < 5 || b[4] <= 4);
}

static bool record_fits(const uint8_t *b, size_t n)
{
	return (n < 1 || (b[0] >= CHANGE_CIPHER_SPEC && b[0] <= HEARTBEAT)) &&
		(n < 2 || b[1] == 3) && (n < 3 || b[2] <= 4) &&
		(n < 5 || (b[3] << 8 | b[4]) <= RECORD_MAX);
}

/* Amid a stream five bytes must look like more than a possible header. */
static bool record_is_likely(const struct tls *t, const uint8_t *b)
{
	unsigned length = (unsigned)b[3] << 8 | b[4];
	unsigned minor = t->agreed < TLS_1_2 ? t->agreed & 0xffu : 3;

	if (t->agreed != 0 ? b[2] != minor : b[2] == 4)
		return false;
	switch (b[0]) {
	case CHANGE_CIPHER_SPEC: return length == 1;
	case ALERT: return length == ALERT_SIZE || (length > 8 && length < 300);
	case HANDSHAKE: return length >= 4;
	case APPLICATION_DATA: return length > 8;
	default: return false;
	}
}

static bool header_fits(const struct tls *t, enum side side,
	const struct half *h)
{
	if (side == SIDE_CLIENT && !h->begun && !h->holey &&
		h->header[0] >= 0x80)
		return ssl2_fits(h->header, h->header_n);
	return record_fits(h->header, h->header_n) && (!h->lost ||
		h->header_n < HEADER || record_is_likely(t, h->header));
}

/* What was taken for a header is none: drops bytes until it could be one. */
static void search(struct tls *t, enum side side, struct half *h)
{
	h->lost = h->holey = true;
	do {
		memmove(h->header, h->header + 1, --h->header_n);
		lose(h, 1);
	} while (h->header_n > 0 && !header_fits(t, side, h));
	message_forget(h);
	h->at = t->chunk.at;
}

/* The bytes of the header that lie in the chunk in hand go back into it. */
static bool break_off(struct tls *t, enum side side, struct half *h,
	struct tls_event *out)
{
	size_t back = (size_t)(t->chunk.p - t->begin);

	back = h->header_n < back ? h->header_n : back;
	t->chunk.p -= back;
	t->chunk.n += back;
	h->header_n = (uint8_t)(h->header_n - back);
	h->broken = true;
	return tell(out, TLS_BROKEN, side, t->chunk.at);
}

static bool ssl2_begin(struct tls *t, struct half *h, struct tls_event *out)
{
	struct tls_client *c = &t->scratch->client;
	const uint8_t *b = h->header;

	/* The length counts from behind itself. */
	h->left = (uint16_t)(((b[0] & 0x7f) << 8 | b[1]) - 3);
	h->type = 0;
	t->client_done = true;
	*c = (struct tls_client){.version = (uint16_t)(b[3] << 8 | b[4])};
	tell(out, TLS_CLIENT_HELLO, SIDE_CLIENT, h->at);
	out->client = c;
	return true;
}

static bool record_begin(struct tls *t, enum side side, struct half *h,
	struct tls_event *out)
{
	h->header_n = 0;
	h->begun = true;
	h->lost = false;
	if (h->header[0] >= 0x80)
		return ssl2_begin(t, h, out);
	h->type = h->header[0];
	h->length = h->left = (uint16_t)(h->header[3] << 8 | h->header[4]);
	h->alert_n = 0;
	h->deaf = false;
	/* In TLS 1.3 ChangeCipherSpec means nothing: behind a request to try
	 * again, the hello in clear is still to come (RFC 8446, D.4). */
	if (h->type == APPLICATION_DATA || (h->type == CHANGE_CIPHER_SPEC &&
		!(t->retry && !t->server_done)))
		h->opaque = true;
	tell(out, TLS_RECORD, side, h->at);
	out->type = h->type;
	out->length = h->length;
	out->lost = h->missing;
	h->missing = 0;
	return true;
}

static bool header(struct tls *t, enum side side, struct half *h,
	struct tls_event *out)
{
	while (t->chunk.n > 0) {
		if (h->header_n == 0)
			h->at = t->chunk.at;
		h->header[h->header_n++] = *t->chunk.p++;
		t->chunk.n--;
		if (!header_fits(t, side, h)) {
			if (!h->holey && !h->opaque)
				return break_off(t, side, h, out);
			search(t, side, h);
		} else if (h->header_n == HEADER) {
			return record_begin(t, side, h, out);
		}
	}
	return false;
}

/* n bytes are missing. Where all of them are of one record, the next header
 * is where it must be. */
static bool gap(struct tls *t, struct half *h, size_t n,
	struct tls_event *out)
{
	struct message *m = &h->message;
	bool told = message_end(t, m, out);

	h->holey = true;
	if (n > h->left) {
		lose(h, h->header_n + n - h->left);
		h->lost = true;
		h->left = 0;
		h->header_n = 0;
		message_forget(h);
		return told;
	}
	if (h->type == HANDSHAKE && !h->opaque && !h->deaf &&
		m->header_n == sizeof m->header && n < m->left)
		m->left -= (uint32_t)n;
	else
		message_forget(h);
	h->left -= (uint16_t)n;
	return told;
}

bool tls_next(struct tls *t, struct tls_event *out)
{
	struct chunk c = t->chunk;
	struct half *h = &t->half[c.side];

	if (h->broken)
		return false;
	if (c.kind != CHUNK_DATA) {
		t->chunk = (struct chunk){.side = c.side, .at = c.at};
		return c.kind == CHUNK_GAP ? gap(t, h, c.n, out)
					   : message_end(t, &h->message, out);
	}
	while (t->chunk.n > 0)
		if (h->left > 0 ? body(t, c.side, h, out)
				: header(t, c.side, h, out))
			return true;
	return false;
}

bool tls_plausible(const uint8_t *p, size_t n)
{
	size_t head = n < HEADER ? n : HEADER;

	if (n > 0 && p[0] >= 0x80)
		return ssl2_fits(p, head);
	return record_fits(p, head) && (n < 1 || p[0] == HANDSHAKE) &&
		(n < 5 || p[3] > 0 || p[4] > 0) && (n < 6 ||
		p[5] == CLIENT_HELLO || p[5] == SERVER_HELLO);
}

void tls_warm_up(void)
{
	/* Serial number, no algorithm, no issuer, validity, CN=x. */
	static const uint8_t der[] = {
		0x30, 0x37, 0x30, 0x35, 0x02, 0x01, 0x01, 0x30, 0x00, 0x30,
		0x00, 0x30, 0x1e, 0x17, 0x0d, '7', '0', '0', '1', '0', '1',
		'0', '0', '0', '0', '0', '0', 'Z', 0x17, 0x0d, '7', '0', '0',
		'1', '0', '1', '0', '0', '0', '0', '0', '0', 'Z', 0x30, 0x0c,
		0x31, 0x0a, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c,
		0x01, 'x',
	};
	struct tls_hello hello = {.whole = true};
	struct tls_certificate c;
	char ja[TLS_JA];

	/* Its configuration would be a file to open, and could ask for more
	 * of them later. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	ja3(&hello, ja);
	ja4(&hello, ja);
	assert(x509_read(der, sizeof der, &c));
}
