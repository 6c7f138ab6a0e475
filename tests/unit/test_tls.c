/* test_tls.c: records, hellos and certificates however they arrive. */
#include "capture/base/tls_names.h"
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

static void run_begin(struct run *r, bool midstream)
{
	memset(r, 0, sizeof *r);
	r->now = 1;
	r->tls = malloc(tls_size());
	assert_non_null(r->tls);
	tls_init(r->tls, &r->scratch, midstream);
}

static void say(struct run *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct run *r, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(r->told + r->n, sizeof r->told - r->n, fmt, ap);
	va_end(ap);
	check(n >= 0 && (size_t)n < sizeof r->told - r->n);
	r->n += (size_t)n;
}

static void say_event(struct run *r, const struct tls_event *e)
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

static void feed(struct run *r, enum chunk_kind kind, enum side side,
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

static void run_end(struct run *r)
{
	free(r->tls);
}

/* The dialogue in chunks of at most step bytes, each flight cut at first. */
static void play(struct run *r, const struct dialogue *d, size_t first,
	size_t step)
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

static void however_it_is_cut(const struct dialogue *d, const char *want)
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

static struct wr add(struct dialogue *d, enum side side)
{
	struct flight *f = &d->flight[d->n++];

	f->side = side;
	return wr_init(f->p, sizeof f->p);
}

static void added(struct dialogue *d, const struct wr *w)
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
static void put_hello(struct wr *w, const char *host, size_t ticket)
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

static void put_hello_record(struct wr *w, const char *host)
{
	uint8_t body[1024], message[1024];
	struct wr b = wr_init(body, sizeof body);
	struct wr m = wr_init(message, sizeof message);

	put_hello(&b, host, 20);
	put_message(&m, 1, body, wr_used(&b));
	check(wr_ok(&b) && wr_ok(&m));
	put_record(w, 22, 0x0301, message, wr_used(&m));
}

static void put_server_record(struct wr *w, uint16_t cipher, uint16_t chosen,
	const uint8_t *random)
{
	uint8_t body[256], message[256];
	struct wr b = wr_init(body, sizeof body);
	struct wr m = wr_init(message, sizeof message);

	put_server_hello(&b, 0x0303, cipher, chosen, random);
	put_message(&m, 2, body, wr_used(&b));
	put_record(w, 22, 0x0303, message, wr_used(&m));
}

static void put_data(struct wr *w, uint8_t type, size_t n)
{
	uint8_t noise[FLIGHT];

	for (size_t i = 0; i < n; i++)
		noise[i] = (uint8_t)(i * i * 7 + i * 13 + 200);
	put_record(w, type, 0x0303, noise, n);
}

static void make_tls13(struct dialogue *d)
{
	struct wr w;

	d->n = 0;
	w = add(d, SIDE_CLIENT);
	put_hello_record(&w, "smtp.contoso.example");
	added(d, &w);
	w = add(d, SIDE_SERVER);
	put_server_record(&w, 0x1302, 0x0304, NULL);
	put_record(&w, 20, 0x0303, "\1", 1);
	put_data(&w, 23, 900);
	added(d, &w);
	w = add(d, SIDE_CLIENT);
	put_record(&w, 20, 0x0303, "\1", 1);
	put_data(&w, 23, 53);
	put_data(&w, 23, 40);
	added(d, &w);
	w = add(d, SIDE_SERVER);
	put_data(&w, 23, 250);
	put_data(&w, 23, 19);
	added(d, &w);
}

static const char TLS13[] =
	"C record 22 152\n"
	"C hello 0304 smtp.contoso.example " JA3 " " JA4 "\n"
	"S record 22 54\n"
	"S hello 0304 1302 etm\n"
	"S record 20 1\n"
	"S record 23 900\n"
	"C record 20 1\n"
	"C record 23 53\n"
	"C record 23 40\n"
	"S record 23 250\n"
	"S record 23 19\n";

static void tls13_shows_hellos_and_lengths(void **state)
{
	static struct dialogue d;

	(void)state;
	make_tls13(&d);
	however_it_is_cut(&d, TLS13);
}

/* TLS 1.2: the server's hello, certificate and end of hello in one record. */
static void make_tls12(struct dialogue *d, size_t more)
{
	static const char *const names[] = {"mx.example.com",
		"mail.example.com"};
	static uint8_t leaf[4096], chain[12288], all[16384], hello[256];
	struct wr c = wr_init(chain, sizeof chain), h, m, w;
	size_t n = make_certificate(leaf, sizeof leaf, "mx.example.com",
		NID_organizationName, "Contoso CA", "20300102030405Z", names, 2);

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

/* The certificate's own size varies with its signature, so the lengths of
 * records are left out. */
static const char TLS12[] =
	"C hello 0304 mx.example.com " JA3 " " JA4 "\n"
	"S hello 0303 c030 etm\n"
	"S certificate mx.example.com Contoso CA 1893553445"
	" mx.example.com mail.example.com\n";

static void drop_records(struct run *r)
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

static void tls12_shows_the_certificate(void **state)
{
	static struct dialogue d;
	struct run r;

	(void)state;
	make_tls12(&d, 3000);
	play(&r, &d, 0, FLIGHT);
	however_it_is_cut(&d, r.told);
	drop_records(&r);
	assert_string_equal(r.told, TLS12);
}

static void a_leaf_is_read_out_of_the_longest_chain(void **state)
{
	static struct dialogue d;
	struct run r;

	(void)state;
	make_tls12(&d, 11000);
	play(&r, &d, 0, 1460);
	drop_records(&r);
	assert_string_equal(r.told, TLS12);
}

static void messages_may_be_cut_over_records(void **state)
{
	static struct dialogue d;
	static uint8_t bytes[1024];
	struct wr b, w;
	struct run r;

	(void)state;
	for (size_t step = 1; step < 200; step++) {
		b = wr_init(bytes, sizeof bytes);
		put_hello_record(&b, "mx.example.com");
		d.n = 0;
		w = add(&d, SIDE_CLIENT);
		for (size_t at = 5, n; at < wr_used(&b); at += n) {
			n = wr_used(&b) - at;
			n = n < step ? n : step;
			put_record(&w, 22, 0x0301, bytes + at, n);
		}
		added(&d, &w);
		play(&r, &d, 0, FLIGHT);
		drop_records(&r);
		assert_string_equal(r.told, "C hello 0304 mx.example.com "
			JA3 " " JA4 "\n");
	}
}

/* RFC 8446, 4.1.4: ChangeCipherSpec comes before the second hellos. */
static void a_retry_is_not_told(void **state)
{
	static struct dialogue d;
	uint8_t retry[EVP_MAX_MD_SIZE];
	struct wr w;

	(void)state;
	check(EVP_Digest("HelloRetryRequest", 17, retry, NULL, EVP_sha256(),
		NULL) == 1);
	d.n = 0;
	w = add(&d, SIDE_CLIENT);
	put_hello_record(&w, "mx.example.com");
	added(&d, &w);
	w = add(&d, SIDE_SERVER);
	put_server_record(&w, 0x1301, 0x0304, retry);
	put_record(&w, 20, 0x0303, "\1", 1);
	added(&d, &w);
	w = add(&d, SIDE_CLIENT);
	put_record(&w, 20, 0x0303, "\1", 1);
	put_hello_record(&w, "mx.example.com");
	added(&d, &w);
	w = add(&d, SIDE_SERVER);
	put_server_record(&w, 0x1301, 0x0304, NULL);
	put_data(&w, 23, 40);
	added(&d, &w);
	however_it_is_cut(&d,
		"C record 22 146\n"
		"C hello 0304 mx.example.com " JA3 " " JA4 "\n"
		"S record 22 54\n"
		"S record 20 1\n"
		"C record 20 1\n"
		"C record 22 146\n"
		"S record 22 54\n"
		"S hello 0304 1301 etm\n"
		"S record 23 40\n");
}

static void an_alert_in_clear_is_told(void **state)
{
	static struct dialogue d;
	struct wr w;

	(void)state;
	d.n = 0;
	w = add(&d, SIDE_CLIENT);
	put_hello_record(&w, "mx.example.com");
	added(&d, &w);
	w = add(&d, SIDE_SERVER);
	put_record(&w, 21, 0x0301, "\2\x46", 2);
	put_record(&w, 21, 0x0301, "", 0);
	added(&d, &w);
	however_it_is_cut(&d,
		"C record 22 146\n"
		"C hello 0304 mx.example.com " JA3 " " JA4 "\n"
		"S record 21 2\n"
		"S alert 2 70\n"
		"S record 21 0\n");
}

/* A server that goes on in SMTP, however the first byte of it arrives. */
static void what_is_no_tls_is_handed_back(void **state)
{
	static const char reply[] = "454 4.7.0 TLS not available\r\n";
	struct run r;

	(void)state;
	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_SERVER, reply, strlen(reply));
	feed(&r, CHUNK_DATA, SIDE_SERVER, "250 OK\r\n", 8);
	assert_string_equal(r.told, "S broken\n");
	assert_string_equal(r.rest, reply);
	run_end(&r);

	/* What lies in an earlier chunk is gone, and no mail. */
	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_SERVER, "\x16\x03", 2);
	feed(&r, CHUNK_DATA, SIDE_SERVER, "\x09" "220 x", 6);
	assert_string_equal(r.told, "S broken\n");
	assert_string_equal(r.rest, "\x09" "220 x");
	run_end(&r);
}

static void clear_text_behind_an_alert_is_handed_back(void **state)
{
	static const char text[] = "\x15\x03\x01\0\2\2\x28" "QUIT\r\n";
	struct run r;

	(void)state;
	for (size_t cut = 0; cut < 8; cut++) {
		run_begin(&r, false);
		feed(&r, CHUNK_DATA, SIDE_CLIENT, text, cut);
		feed(&r, CHUNK_DATA, SIDE_CLIENT, text + cut, 13 - cut);
		assert_string_equal(r.told,
			"C record 21 2\nC alert 2 40\nC broken\n");
		assert_string_equal(r.rest, "QUIT\r\n");
		run_end(&r);
	}
}

/* An SSL 2.0 header around a hello for TLS 1.0: printers of 2003. */
static void an_old_hello_has_a_version(void **state)
{
	static struct dialogue d;
	static const uint8_t old[] = {0x80, 0x2e, 1, 3, 1, 0, 0x15, 0, 0, 0,
		0x10};
	uint8_t zeroes[0x25] = {0};
	struct wr w;

	(void)state;
	d.n = 0;
	w = add(&d, SIDE_CLIENT);
	wr_bytes(&w, old, sizeof old);
	wr_bytes(&w, zeroes, sizeof zeroes);
	put_record(&w, 20, 0x0301, "\1", 1);
	added(&d, &w);
	however_it_is_cut(&d, "C hello 0301   \nC record 20 1\n");
}

static void a_gap_within_a_record_is_stepped_over(void **state)
{
	struct wr w;
	uint8_t b[512];
	struct run r;

	(void)state;
	w = wr_init(b, sizeof b);
	put_data(&w, 23, 100);
	put_data(&w, 23, 30);
	for (size_t from = 5; from < 105; from++) {
		run_begin(&r, false);
		feed(&r, CHUNK_DATA, SIDE_SERVER, b, from);
		feed(&r, CHUNK_GAP, SIDE_SERVER, NULL, 105 - from);
		feed(&r, CHUNK_DATA, SIDE_SERVER, b + 105, 35);
		feed(&r, CHUNK_END, SIDE_SERVER, NULL, 0);
		assert_string_equal(r.told,
			"S record 23 100\nS record 23 30\n");
		run_end(&r);
	}
}

static void a_gap_over_records_tells_what_was_lost(void **state)
{
	struct wr w;
	uint8_t b[1024];
	char want[128];
	struct run r;

	(void)state;
	w = wr_init(b, sizeof b);
	put_data(&w, 23, 100); /* ends at 105 */
	put_data(&w, 23, 30);  /* at 140 */
	put_data(&w, 23, 200); /* at 345 */
	for (size_t from = 5; from < 110; from++)
		for (size_t to = 110; to <= 140; to++) {
			run_begin(&r, false);
			feed(&r, CHUNK_DATA, SIDE_SERVER, b, from);
			feed(&r, CHUNK_GAP, SIDE_SERVER, NULL, to - from);
			feed(&r, CHUNK_DATA, SIDE_SERVER, b + to, 345 - to);
			snprintf(want, sizeof want, "S record 23 100\n"
				"S record 23 200 lost %u\n", 35);
			assert_string_equal(r.told, want);
			run_end(&r);
		}
}

static void amid_a_stream_records_are_found(void **state)
{
	struct wr w;
	uint8_t b[512];
	struct run r;

	(void)state;
	w = wr_init(b, sizeof b);
	put_data(&w, 23, 100);
	put_data(&w, 23, 60);
	for (size_t from = 0; from <= 105; from++)
		for (size_t cut = 1; cut < 9; cut++) {
			char want[128];

			run_begin(&r, true);
			feed(&r, CHUNK_DATA, SIDE_CLIENT, b + from, cut);
			feed(&r, CHUNK_DATA, SIDE_CLIENT, b + from + cut,
				170 - from - cut);
			if (from == 0 || from == 105)
				snprintf(want, sizeof want, "C record 23 %u\n"
					"%s", from ? 60 : 100,
					from ? "" : "C record 23 60\n");
			else
				snprintf(want, sizeof want,
					"C record 23 60 lost %zu\n",
					105 - from);
			assert_string_equal(r.told, want);
			run_end(&r);
		}
}

/* Its name is there, its fingerprint cannot be. */
static void a_torn_hello_is_told_without_ja(void **state)
{
	struct wr w;
	uint8_t b[512];
	struct run r;

	(void)state;
	w = wr_init(b, sizeof b);
	put_hello_record(&w, "mx.example.com");
	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_CLIENT, b, 100);
	feed(&r, CHUNK_GAP, SIDE_CLIENT, NULL, 40);
	feed(&r, CHUNK_DATA, SIDE_CLIENT, b + 140, wr_used(&w) - 140);
	feed(&r, CHUNK_DATA, SIDE_CLIENT, "\x14\3\3\0\1\1", 6);
	assert_string_equal(r.told, "C record 22 146\n"
		"C hello 0000 mx.example.com  \nC record 20 1\n");
	run_end(&r);

	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_CLIENT, b, 100);
	feed(&r, CHUNK_END, SIDE_CLIENT, NULL, 0);
	assert_string_equal(r.told, "C record 22 146\n"
		"C hello 0000 mx.example.com  \n");
	run_end(&r);
}

static void a_torn_server_hello_has_no_version(void **state)
{
	struct wr w;
	uint8_t b[512];
	struct run r;

	(void)state;
	w = wr_init(b, sizeof b);
	put_server_record(&w, 0x1302, 0x0304, NULL);
	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_SERVER, b, 50);
	feed(&r, CHUNK_END, SIDE_SERVER, NULL, 0);
	assert_string_equal(r.told, "S record 22 54\nS hello 0000 1302\n");
	run_end(&r);
}

/* A last extension of 3000 bytes is a session ticket: only its length
 * counts. Where other extensions hide behind it, there is no JA. */
static void a_hello_may_be_longer_than_is_kept(void **state)
{
	static uint8_t body[8192], message[8192];
	struct wr b = wr_init(body, sizeof body);
	struct wr m = wr_init(message, sizeof message), w;
	static struct dialogue d;

	(void)state;
	put_hello(&b, "mx.example.com", 3000);
	put_message(&m, 1, body, wr_used(&b));
	d.n = 0;
	w = add(&d, SIDE_CLIENT);
	put_record(&w, 22, 0x0301, message, wr_used(&m));
	added(&d, &w);
	however_it_is_cut(&d, "C record 22 3126\n"
		"C hello 0304 mx.example.com " JA3 " " JA4 "\n");

	/* Four bytes less of the ticket, and another extension. */
	b = wr_init(body, sizeof body);
	put_hello(&b, "mx.example.com", 3000);
	body[wr_used(&b) - 3000 - 1] -= 4;
	memset(body + wr_used(&b) - 4, 0, 4);
	m = wr_init(message, sizeof message);
	put_message(&m, 1, body, wr_used(&b));
	d.n = 0;
	w = add(&d, SIDE_CLIENT);
	put_record(&w, 22, 0x0301, message, wr_used(&m));
	added(&d, &w);
	however_it_is_cut(&d, "C record 22 3126\n"
		"C hello 0304 mx.example.com  \n");
}

/* What was told before is told the same way. */
static void truncations_tell_the_beginning(void **state)
{
	static struct dialogue d, cut;
	struct run whole, r;

	(void)state;
	make_tls12(&d, 500);
	play(&whole, &d, 0, FLIGHT);
	for (size_t i = 0; i < d.n; i++)
		for (size_t n = 0; n < d.flight[i].n; n++) {
			memcpy(&cut, &d, sizeof cut);
			cut.n = i + 1;
			cut.flight[i].n = n;
			play(&r, &cut, 0, FLIGHT);
			check(strncmp(r.told, whole.told, r.n) == 0);
		}
}

/* No byte of it is trusted: each one at 0 and at 255, in either flight. */
static void any_length_may_be_0_or_at_its_maximum(void **state)
{
	static struct dialogue d, bad;
	struct run r;

	(void)state;
	make_tls12(&d, 10);
	for (size_t i = 0; i < 2; i++)
		for (size_t at = 0; at < d.flight[i].n; at++)
			for (int v = 0; v < 2; v++) {
				memcpy(&bad, &d, sizeof bad);
				bad.flight[i].p[at] = v ? 0xff : 0;
				play(&r, &bad, 0, FLIGHT);
				play(&r, &bad, at, 1000);
			}
}

static void hellos_are_plausible_from_their_first_byte(void **state)
{
	static const uint8_t old[] = {0x80, 0x2e, 1, 3, 1};
	struct wr w;
	uint8_t b[512];

	(void)state;
	w = wr_init(b, sizeof b);
	put_hello_record(&w, "mx.example.com");
	for (size_t n = 0; n <= wr_used(&w); n++) {
		uint8_t *exact = exact_copy(b, n);

		check(tls_plausible(exact, n));
		free(exact);
	}
	for (size_t n = 0; n <= sizeof old; n++)
		check(tls_plausible(old, n));
	check(!tls_plausible((const uint8_t *)"E", 1));
	check(!tls_plausible((const uint8_t *)"\x17\3\3", 3));
	check(!tls_plausible((const uint8_t *)"\x16\2", 2));
	check(!tls_plausible((const uint8_t *)"\x16\3\5", 3));
	check(!tls_plausible((const uint8_t *)"\x16\3\1\xff\xff", 5));
	check(!tls_plausible((const uint8_t *)"\x16\3\1\0\0", 5));
	check(!tls_plausible((const uint8_t *)"\x16\3\1\0\4\x0b", 6));
	check(!tls_plausible((const uint8_t *)"\x80\x08", 2));
	check(tls_plausible((const uint8_t *)"\x80\x09", 2));
	check(tls_plausible((const uint8_t *)"\x81\x01", 2));
	check(!tls_plausible((const uint8_t *)"\x80\x2e\2", 3));
	check(!tls_plausible((const uint8_t *)"\x80\x2e\1\2", 4));
	check(!tls_plausible((const uint8_t *)"\x80\x2e\1\3\5", 5));
}

/* A table that is not sorted hides names from its search. */
static void suites_have_their_names(void **state)
{
	unsigned n = 0;

	(void)state;
	for (unsigned code = 0; code <= 0xffff; code++)
		n += tls_cipher_name((uint16_t)code) != NULL;
	check(n == 92);
	assert_string_equal(tls_cipher_name(0x1302),
		"TLS_AES_256_GCM_SHA384");
	assert_string_equal(tls_cipher_name(0x0003),
		"TLS_RSA_EXPORT_WITH_RC4_40_MD5");
	assert_string_equal(tls_version_name(0x0300), "SSL 3.0");
	assert_string_equal(tls_version_name(0x0304), "1.3");
	check(!tls_version_name(0) && !tls_version_name(0x7f1c));
}

/* Of a server alone, as where only one direction is mirrored; its chain is
 * longer than the room that is left beside a client's hello. */
static void one_direction_shows_what_it_has(void **state)
{
	static struct dialogue d;
	struct run r;

	(void)state;
	make_tls12(&d, 9000);
	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_SERVER, d.flight[1].p, d.flight[1].n);
	drop_records(&r);
	assert_string_equal(r.told, strchr(TLS12, '\n') + 1);
	run_end(&r);
}

static void put_messages(struct wr *w, const struct wr *messages)
{
	check(wr_ok(messages));
	put_record(w, 22, 0x0303, messages->begin, wr_used(messages));
}

/* Each is told once, and only what is one: a key exchange that looks like a
 * certificate is none, nor is a message with nonsense in it. */
static void only_the_first_of_each_kind_is_told(void **state)
{
	static uint8_t leaf[4096], chain[4096], all[16384], hello[256];
	struct wr c = wr_init(chain, sizeof chain), h, m;
	static struct dialogue d;
	struct wr w;
	struct run r;
	size_t n = make_certificate(leaf, sizeof leaf, "x",
		NID_organizationName, "CA", "700101000000Z", NULL, 0);

	(void)state;
	put_chain(&c, leaf, n, 0);
	h = wr_init(hello, sizeof hello);
	put_server_hello(&h, 0x0303, 0xc030, 0, NULL);
	m = wr_init(all, sizeof all);
	put_message(&m, 12, chain, wr_used(&c));
	put_message(&m, 2, "\2\0", 2);
	put_message(&m, 2, hello, wr_used(&h));
	put_message(&m, 2, hello, wr_used(&h));
	put_message(&m, 11, chain, wr_used(&c));
	put_message(&m, 11, chain, wr_used(&c));
	d.n = 0;
	w = add(&d, SIDE_SERVER);
	put_messages(&w, &m);
	added(&d, &w);
	play(&r, &d, 0, FLIGHT);
	drop_records(&r);
	assert_string_equal(r.told, "S hello 0303 c030 etm\n"
		"S certificate x CA 0\n");

	m = wr_init(all, sizeof all);
	put_message(&m, 11, "\0\0\4\0\0\1x", 7);
	put_message(&m, 11, "", 0);
	put_message(&m, 2, hello, 30);
	d.n = 0;
	w = add(&d, SIDE_SERVER);
	put_messages(&w, &m);
	added(&d, &w);
	w = add(&d, SIDE_CLIENT);
	put_record(&w, 22, 0x0301, "\1\0\0\2\2\0", 6);
	added(&d, &w);
	play(&r, &d, 0, FLIGHT);
	drop_records(&r);
	assert_string_equal(r.told, "");
}

/* A message that cannot be ends with its record. */
static void after_nonsense_the_next_record_counts(void **state)
{
	static struct dialogue d;
	struct wr w;
	struct run r;

	(void)state;
	d.n = 0;
	w = add(&d, SIDE_CLIENT);
	put_record(&w, 22, 0x0301, "\1\xff\xff\xff\1\0\0\0", 8);
	put_hello_record(&w, "mx.example.com");
	added(&d, &w);
	play(&r, &d, 0, FLIGHT);
	drop_records(&r);
	assert_string_equal(r.told, "C hello 0304 mx.example.com "
		JA3 " " JA4 "\n");
}

/* A gap between messages: what follows in the same record is not believed,
 * though it looks like a hello. */
static void behind_a_gap_messages_are_not_guessed_at(void **state)
{
	uint8_t record[1024], messages[1024], body[512];
	struct wr b = wr_init(body, sizeof body), w, m;
	struct run r;

	(void)state;
	put_server_hello(&b, 0x0303, 0xc030, 0, NULL);
	m = wr_init(messages, sizeof messages);
	put_message(&m, 14, "", 0);
	put_message(&m, 2, body, wr_used(&b));
	put_message(&m, 2, body, wr_used(&b));
	w = wr_init(record, sizeof record);
	put_messages(&w, &m);
	put_messages(&w, &m);
	for (size_t from = 6; from < 9; from++) {
		run_begin(&r, false);
		feed(&r, CHUNK_DATA, SIDE_SERVER, record, from);
		feed(&r, CHUNK_GAP, SIDE_SERVER, NULL, 9 - from);
		feed(&r, CHUNK_DATA, SIDE_SERVER, record + 9,
			5 + wr_used(&m) - 9);
		drop_records(&r);
		assert_string_equal(r.told, "");
		r.n = 0;
		feed(&r, CHUNK_DATA, SIDE_SERVER, record + 5 + wr_used(&m),
			5 + wr_used(&m));
		drop_records(&r);
		assert_string_equal(r.told, "S hello 0303 c030 etm\n");
		run_end(&r);
	}
}

/* Stepped over within a message, the next one is known again. */
static void a_gap_within_a_message_is_stepped_over(void **state)
{
	uint8_t record[2048], messages[2048], body[512], long_one[600] = {0};
	struct wr b = wr_init(body, sizeof body), w, m;
	struct run r;

	(void)state;
	put_server_hello(&b, 0x0303, 0xc030, 0, NULL);
	m = wr_init(messages, sizeof messages);
	put_message(&m, 22, long_one, sizeof long_one);
	put_message(&m, 2, body, wr_used(&b));
	w = wr_init(record, sizeof record);
	put_messages(&w, &m);
	for (size_t n = 1; n < sizeof long_one; n++) {
		run_begin(&r, false);
		feed(&r, CHUNK_DATA, SIDE_SERVER, record, 9);
		feed(&r, CHUNK_GAP, SIDE_SERVER, NULL, n);
		feed(&r, CHUNK_DATA, SIDE_SERVER, record + 9 + n,
			wr_used(&w) - 9 - n);
		drop_records(&r);
		assert_string_equal(r.told, "S hello 0303 c030 etm\n");
		run_end(&r);
	}
}

static void events_have_the_time_of_their_beginning(void **state)
{
	uint8_t b[512];
	struct wr w = wr_init(b, sizeof b);
	struct run r;

	(void)state;
	put_server_record(&w, 0xc030, 0, NULL);
	put_record(&w, 21, 0x0303, "\1\0", 2);
	run_begin(&r, false);
	r.now = 2;
	feed(&r, CHUNK_DATA, SIDE_SERVER, b, 3);
	r.now = 3;
	feed(&r, CHUNK_DATA, SIDE_SERVER, b + 3, 4);
	r.now = 4;
	feed(&r, CHUNK_DATA, SIDE_SERVER, b + 7, 46);
	r.now = 5;
	feed(&r, CHUNK_DATA, SIDE_SERVER, b + 53, 5);
	r.now = 6;
	feed(&r, CHUNK_DATA, SIDE_SERVER, b + 58, 2);
	assert_string_equal(r.told,
		"S record 22 48\nat 2\nS hello 0303 c030 etm\nat 3\n"
		"S record 21 2\nat 5\nS alert 1 0\nat 5\n");
	run_end(&r);
}

static void a_record_is_not_longer_than_allowed(void **state)
{
	struct run r;

	(void)state;
	run_begin(&r, false);
	feed(&r, CHUNK_DATA, SIDE_CLIENT, "\x16\3\1\x48\0", 5);
	feed(&r, CHUNK_DATA, SIDE_SERVER, "\x16\3\1\x48\1", 5);
	assert_string_equal(r.told, "C record 22 18432\nS broken\n");
	run_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tls13_shows_hellos_and_lengths),
		cmocka_unit_test(tls12_shows_the_certificate),
		cmocka_unit_test(a_leaf_is_read_out_of_the_longest_chain),
		cmocka_unit_test(messages_may_be_cut_over_records),
		cmocka_unit_test(a_retry_is_not_told),
		cmocka_unit_test(an_alert_in_clear_is_told),
		cmocka_unit_test(what_is_no_tls_is_handed_back),
		cmocka_unit_test(clear_text_behind_an_alert_is_handed_back),
		cmocka_unit_test(an_old_hello_has_a_version),
		cmocka_unit_test(a_gap_within_a_record_is_stepped_over),
		cmocka_unit_test(a_gap_over_records_tells_what_was_lost),
		cmocka_unit_test(amid_a_stream_records_are_found),
		cmocka_unit_test(a_torn_hello_is_told_without_ja),
		cmocka_unit_test(a_torn_server_hello_has_no_version),
		cmocka_unit_test(a_hello_may_be_longer_than_is_kept),
		cmocka_unit_test(truncations_tell_the_beginning),
		cmocka_unit_test(any_length_may_be_0_or_at_its_maximum),
		cmocka_unit_test(hellos_are_plausible_from_their_first_byte),
		cmocka_unit_test(one_direction_shows_what_it_has),
		cmocka_unit_test(only_the_first_of_each_kind_is_told),
		cmocka_unit_test(after_nonsense_the_next_record_counts),
		cmocka_unit_test(behind_a_gap_messages_are_not_guessed_at),
		cmocka_unit_test(a_gap_within_a_message_is_stepped_over),
		cmocka_unit_test(events_have_the_time_of_their_beginning),
		cmocka_unit_test(a_record_is_not_longer_than_allowed),
		cmocka_unit_test(suites_have_their_names),
	};

	tls_warm_up();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
