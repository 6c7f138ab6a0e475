/* test_proxy.c: what is said to a proxy is taken off to the byte, however it
 * was cut, and tells which server was meant. */
#include "capture/proto/proxy.h"
#include "tests/unit/check.h"

/* What each side says, and what they come to. */
struct talk {
	const char *name;
	enum proxy_kind kind;
	const char *said[2]; /* by enum side */
	size_t n[2];
	const char *host;
	uint16_t port;
};

static const char CLIENT_0[] = "\5\1\0" "\5\1\0\3\12mx.example\0\31";
static const char SERVER_0[] = "\5\0" "\5\0\0\1\0\0\0\0\0\0";
static const char CLIENT_1[] = "\5\2\0\2" "\1\1u\3pwd" "\5\1\0\1\300\0\2\31\2K";
static const char SERVER_1[] = "\5\2" "\1\0" "\5\0\0\3\2ab\0\0";
static const char CLIENT_2[] =
	"\5\1\2"
	"\1\0\0"
	"\5\1\0\4 \1\r\270\0\0\0\0\0\0\0\0\0\0\0%\1\321";
static const char SERVER_2[] = "\5\2" "\1\0" "\5\0\0\4" "0123456789abcdef\0\0";
static const char CLIENT_3[] = "\4\1\0\31\300\0\2\31me\0";
static const char SERVER_3[] = "\0\132abcdef";
static const char CLIENT_4[] = "\4\1\2K\0\0\0\7\0mx.example\0";
static const char SERVER_4[] = "\0\132abcdef";
static const char CLIENT_5[] =
	"CONNECT mx.example:587 HTTP/1.1\r\nHost: x\r\n\r\n";
static const char SERVER_5[] = "HTTP/1.1 200 ok\r\nA: b\r\n\r\n";
static const char CLIENT_6[] = "CONNECT [2001:db8::25]:465 HTTP/1.0\n\n";
static const char SERVER_6[] = "HTTP/1.0 200 Connection established\n\n";
static const char CLIENT_7[] =
	"CONNECT a.example:1 HTTP/1.1\r\n\r\n"
	"CONNECT mx.example:25 HTTP/1.1\r\nB: c\r\n\r\n";
static const char SERVER_7[] =
	"HTTP/1.1 100 wait\r\n\r\n"
	"HTTP/1.1 407 who?\r\nContent-Length: 4\r\n\r\nHTTP"
	"HTTP/1.1 200 ok\r\n\r\n";

static const struct talk TALKS[] = {
	{"SOCKS5 to a name", PROXY_SOCKS5,
		{CLIENT_0, SERVER_0}, {sizeof CLIENT_0 - 1,
		sizeof SERVER_0 - 1}, "mx.example", 25},
	{"SOCKS5 with a password, to IPv4", PROXY_SOCKS5,
		{CLIENT_1, SERVER_1}, {sizeof CLIENT_1 - 1,
		sizeof SERVER_1 - 1}, "192.0.2.25", 587},
	{"SOCKS5 with an empty one, to IPv6", PROXY_SOCKS5,
		{CLIENT_2, SERVER_2}, {sizeof CLIENT_2 - 1,
		sizeof SERVER_2 - 1}, "2001:db8::25", 465},
	{"SOCKS4", PROXY_SOCKS4,
		{CLIENT_3, SERVER_3}, {sizeof CLIENT_3 - 1,
		sizeof SERVER_3 - 1}, "192.0.2.25", 25},
	{"SOCKS4a", PROXY_SOCKS4,
		{CLIENT_4, SERVER_4}, {sizeof CLIENT_4 - 1,
		sizeof SERVER_4 - 1}, "mx.example", 587},
	{"CONNECT", PROXY_HTTP,
		{CLIENT_5, SERVER_5}, {sizeof CLIENT_5 - 1,
		sizeof SERVER_5 - 1}, "mx.example", 587},
	{"CONNECT to IPv6, without a header", PROXY_HTTP,
		{CLIENT_6, SERVER_6}, {sizeof CLIENT_6 - 1,
		sizeof SERVER_6 - 1}, "2001:db8::25", 465},
	{"CONNECT, asked twice", PROXY_HTTP,
		{CLIENT_7, SERVER_7}, {sizeof CLIENT_7 - 1,
		sizeof SERVER_7 - 1}, "mx.example", 25},
};

enum { TALKS_N = sizeof TALKS / sizeof TALKS[0] };

static const char *const BEHIND[2] = {"EHLO x\r\n", "220 mx ESMTP\r\n"};

/* Feeds pieces of so many bytes; gives how many stand behind the border. */
static size_t feed(struct proxy *p, enum side side, const char *text, size_t n,
	size_t piece)
{
	size_t behind = 0;

	for (size_t at = 0; at < n; at += piece) {
		size_t len = n - at < piece ? n - at : piece;
		uint8_t *copy = exact_copy(text + at, len);
		struct chunk c = {CHUNK_DATA, side, 1, copy, len};
		struct chunk rest = proxy_feed(p, &c);

		check(rest.p + rest.n == copy + len);
		check(behind == 0 || rest.n == len);
		behind += rest.n;
		free(copy);
	}
	return behind;
}

static void side_of(struct proxy *p, const struct talk *t, enum side side,
	size_t piece)
{
	char all[512];
	size_t n = t->n[side], more = strlen(BEHIND[side]);

	memcpy(all, t->said[side], n);
	memcpy(all + n, BEHIND[side], more);
	assert_int_equal(feed(p, side, all, n + more, piece), more);
	check(!p->refused);
}

static void tells(const struct proxy *p, const struct talk *t)
{
	char host[TEXT_MAX];

	proxy_host(p, host);
	check(proxy_is_open(p) && p->asked && p->kind == t->kind);
	assert_string_equal(host, t->host);
	assert_int_equal(p->port, t->port);
}

static void is_taken_off_however_it_was_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < TALKS_N; i++)
		for (size_t piece = 1; piece < 40; piece++)
			for (int first = 0; first < 2; first++) {
				struct proxy p;

				proxy_init(&p);
				side_of(&p, &TALKS[i], (enum side)first,
					piece);
				check(!proxy_is_open(&p));
				side_of(&p, &TALKS[i], (enum side)!first,
					piece);
				tells(&p, &TALKS[i]);
			}
}

static void its_beginning_is_plausible_at_any_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < TALKS_N; i++)
		for (size_t n = 0; n <= TALKS[i].n[SIDE_CLIENT]; n++) {
			uint8_t *copy = exact_copy(TALKS[i].said[SIDE_CLIENT],
				n);

			check(proxy_plausible(SIDE_CLIENT, copy, n));
			free(copy);
		}
	check(proxy_plausible(SIDE_SERVER, (const uint8_t *)"\5\2", 2));
	check(proxy_plausible(SIDE_SERVER, (const uint8_t *)SERVER_3, 8));
	check(proxy_plausible(SIDE_SERVER, (const uint8_t *)SERVER_6,
		sizeof SERVER_6 - 1));
}

static void other_protocols_are_not_plausible(void **state)
{
	static const char *const client[] = {"EHLO x", "GET / ", "CONTACT",
		"\5\0\13\3", "\4\2\0\31", "\26\3\1"};
	static const char *const server[] = {"220 mx", "HTTP/1.1 404 no",
		"HTTP/1.1 200 OK", "\5\1", "\0\0\0\5"};

	(void)state;
	for (size_t i = 0; i < sizeof client / sizeof client[0]; i++)
		check(!proxy_plausible(SIDE_CLIENT,
			(const uint8_t *)client[i], 4 + (i < 3) * 2));
	for (size_t i = 0; i < sizeof server / sizeof server[0]; i++)
		check(!proxy_plausible(SIDE_SERVER,
			(const uint8_t *)server[i], i < 3 ? 15 : i - 1));
}

static void no_truncation_is_open_or_asked(void **state)
{
	(void)state;
	for (size_t i = 0; i < TALKS_N; i++)
		for (int side = 0; side < 2; side++)
			for (size_t n = 0; n < TALKS[i].n[side]; n++) {
				struct proxy p;

				proxy_init(&p);
				assert_int_equal(feed(&p, (enum side)side,
					TALKS[i].said[side], n, n + 1), 0);
				check(!proxy_is_open(&p));
				check(!p.side[side].done);
			}
}

static bool refuses(enum side side, const char *text, size_t n)
{
	struct proxy p;

	proxy_init(&p);
	if (side == SIDE_SERVER) {
		/* It is known which kind, from the other side. */
		struct chunk c = {CHUNK_DATA, SIDE_CLIENT, 1,
			(const uint8_t *)(text[0] == 'H' ? "C" :
				text[0] == 5 ? "\5" : "\4"), 1};

		proxy_feed(&p, &c);
	}
	feed(&p, side, text, n, n);
	return p.refused;
}

static void a_no_is_heard_and_nonsense_is_refused(void **state)
{
	(void)state;
	check(refuses(SIDE_SERVER, "\5\377", 2)); /* no method */
	check(refuses(SIDE_SERVER, "\5\1", 2));   /* GSSAPI */
	check(refuses(SIDE_SERVER, "\5\2\1\1", 4)); /* wrong password */
	check(refuses(SIDE_SERVER, "\5\0\5\5", 4)); /* refused */
	check(refuses(SIDE_SERVER, "\0\133", 2));
	check(refuses(SIDE_SERVER, "HTTP/2", 6));
	check(refuses(SIDE_SERVER, "HTTP/1.1 2x", 11));
	check(refuses(SIDE_CLIENT, "\5\0", 2));
	check(refuses(SIDE_CLIENT, "\5\1\0\5\2", 5)); /* BIND */
	check(refuses(SIDE_CLIENT, "\5\1\0\5\1\0\2", 7)); /* no such type */
	check(refuses(SIDE_CLIENT, "\5\1\0\5\1\0\3\0", 8));
	check(refuses(SIDE_CLIENT, "\4\2", 2));
	check(refuses(SIDE_CLIENT, "CONNECT mx.example HTTP", 23));
	check(refuses(SIDE_CLIENT, "CONNECT mx:0 ", 13));
	check(refuses(SIDE_CLIENT, "CONNECT mx:65536 ", 17));
	check(refuses(SIDE_CLIENT, "CONNECT mx:2x ", 14));
	check(refuses(SIDE_CLIENT, "CONNECT :25 ", 12));
}

static void nothing_of_any_length_is_kept_beyond_its_bounds(void **state)
{
	static char endless[1 << 18];
	static const char *const heads[] = {"\4\1\0\31\0\0\0\1\0",
		"\4\1\0\31\1\0\0\1", "CONNECT ",
		"CONNECT a:1 HTTP/1.1\r\nA: "};
	static const size_t n[] = {9, 8, 8, 26};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		memset(endless, 'a', sizeof endless);
		memcpy(endless, heads[i], n[i]);
		check(refuses(SIDE_CLIENT, endless, sizeof endless));
	}
	memset(endless, '9', sizeof endless);
	memcpy(endless, "HTTP/1.1 407 x\nContent-Length:", 30);
	check(refuses(SIDE_SERVER, endless, 64));
}

static void behind_a_gap_all_is_let_through(void **state)
{
	struct chunk gap = {.kind = CHUNK_GAP, .side = SIDE_CLIENT, .n = 20};
	struct proxy p;

	(void)state;
	proxy_init(&p);
	check(feed(&p, SIDE_CLIENT, "\5\1\0\5\1", 5, 5) == 0);
	check(proxy_feed(&p, &gap).n == 20);
	check(feed(&p, SIDE_CLIENT, "EHLO", 4, 2) == 4);
	check(!p.refused && !p.asked);
	gap.kind = CHUNK_END;
	gap.n = 0;
	check(proxy_feed(&p, &gap).kind == CHUNK_END);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_taken_off_however_it_was_cut),
		cmocka_unit_test(its_beginning_is_plausible_at_any_length),
		cmocka_unit_test(other_protocols_are_not_plausible),
		cmocka_unit_test(no_truncation_is_open_or_asked),
		cmocka_unit_test(a_no_is_heard_and_nonsense_is_refused),
		cmocka_unit_test(
			nothing_of_any_length_is_kept_beyond_its_bounds),
		cmocka_unit_test(behind_a_gap_all_is_let_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
