/* test_tls.c: records, hellos and certificates however they are cut. */
#include "capture/base/tls_names.h"
#include "tests/unit/tls_run.h"

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

/* The certificate's own size varies with its signature, so the lengths of
 * records are left out. */
static const char TLS12[] =
	"C hello 0304 mx.example.com " JA3 " " JA4 "\n"
	"S hello 0303 c030 etm\n"
	"S certificate mx.example.com Contoso CA 1893553445"
	" mx.example.com mail.example.com\n";

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
	check(!tls_plausible((const uint8_t *)"\x13", 1));
	check(!tls_plausible((const uint8_t *)"\x17", 1));
	check(!tls_plausible((const uint8_t *)"\x19", 1));
	check(tls_plausible((const uint8_t *)"\x16\3\4\1\0\2", 6));
	check(tls_plausible((const uint8_t *)"\x16\3\1\0\1\1", 6));
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
	assert_string_equal(r.told, "S record 22 49\nC record 22 6\n");
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
	assert_string_equal(r.told, "C record 22 8\nC record 22 146\n"
		"C hello 0304 mx.example.com "
		JA3 " " JA4 "\n");
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

static void an_old_hello_comes_first_and_once(void **state)
{
	static struct dialogue d;
	static const uint8_t old[] = {0x81, 0x02, 1, 3, 4};
	uint8_t zeroes[0xff] = {0};
	struct wr w;

	(void)state;
	d.n = 0;
	w = add(&d, SIDE_CLIENT);
	wr_bytes(&w, old, sizeof old);
	wr_bytes(&w, zeroes, sizeof zeroes);
	put_hello_record(&w, "mx.example.com");
	wr_bytes(&w, old, sizeof old);
	added(&d, &w);
	however_it_is_cut(&d,
		"C hello 0304   \nC record 22 146\nC broken\n");
	d.n = 0;
	w = add(&d, SIDE_SERVER);
	wr_bytes(&w, old, sizeof old);
	added(&d, &w);
	however_it_is_cut(&d, "S broken\n");
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
		cmocka_unit_test(an_old_hello_has_a_version),
		cmocka_unit_test(a_hello_may_be_longer_than_is_kept),
		cmocka_unit_test(hellos_are_plausible_from_their_first_byte),
		cmocka_unit_test(suites_have_their_names),
		cmocka_unit_test(one_direction_shows_what_it_has),
		cmocka_unit_test(only_the_first_of_each_kind_is_told),
		cmocka_unit_test(after_nonsense_the_next_record_counts),
		cmocka_unit_test(events_have_the_time_of_their_beginning),
		cmocka_unit_test(a_record_is_not_longer_than_allowed),
		cmocka_unit_test(an_old_hello_comes_first_and_once),
	};

	tls_warm_up();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
