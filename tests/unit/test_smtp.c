/* test_smtp.c: dialogues and what they say, however they are cut. */
#include "check.h"
#include "capture/proto/smtp.h"
#include <stdio.h>

/* A dialogue is a text; each line of it is one chunk:
 *   C: or S:   a line of client or server; CR LF is added
 *   c: or s:   bytes as they are
 *   Cgap n, Sgap n, Cend, Send
 *   midstream  as the first line: no SYN was seen
 * Escapes: \r \n \0 \\ \xHH; at the end of a line they save a blank, too.
 * Events are written by say() below, one a line. */
struct dialogue {
	const char *name;
	const char *text, *events;
};

/* The password of all dialogues: may be nowhere in memory, at no time. */
#define SECRET "Hush!Secret99"

enum { CHUNKS = 400, BYTES = 200000, EVENTS = 20000 };

struct script {
	struct chunk chunk[CHUNKS];
	size_t n, used;
	bool midstream;
	uint8_t bytes[BYTES];
};

static int hex(char c)
{
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

static size_t unescape(const char *p, const char *end, uint8_t *out)
{
	size_t n = 0;

	for (; p < end; p++) {
		if (*p != '\\') {
			out[n++] = (uint8_t)*p;
			continue;
		}
		switch (*++p) {
		case 'r': out[n++] = '\r'; break;
		case 'n': out[n++] = '\n'; break;
		case '0': out[n++] = '\0'; break;
		case 'x':
			out[n++] = (uint8_t)(hex(p[1]) << 4 | hex(p[2]));
			p += 2;
			break;
		default: out[n++] = (uint8_t)*p;
		}
	}
	return n;
}

static void add(struct script *s, const char *line, const char *end)
{
	struct chunk *c = &s->chunk[s->n++];

	assert_true(s->n < CHUNKS && end - line >= 2);
	*c = (struct chunk){.kind = CHUNK_DATA, .at = (int64_t)s->n,
		.side = (*line | 32) == 'c' ? SIDE_CLIENT : SIDE_SERVER};
	if (strncmp(line + 1, "gap", 3) == 0) {
		c->kind = CHUNK_GAP;
		c->n = strtoul(line + 4, NULL, 10);
	} else if (strncmp(line + 1, "end", 3) == 0) {
		c->kind = CHUNK_END;
	} else {
		size_t skip = end - line > 2 ? 3 : 2;

		assert_true(line[1] == ':');
		c->p = s->bytes + s->used;
		c->n = unescape(line + skip, end, s->bytes + s->used);
		if (*line < 'a') {
			memcpy(s->bytes + s->used + c->n, "\r\n", 2);
			c->n += 2;
		}
		s->used += c->n;
		assert_true(s->used < BYTES - 1000);
	}
}

static struct script *read_script(const char *text)
{
	struct script *s = calloc(1, sizeof *s);

	assert_non_null(s);
	if (strncmp(text, "midstream\n", 10) == 0) {
		s->midstream = true;
		text += 10;
	}
	while (*text) {
		const char *end = strchr(text, '\n');

		if (!end)
			end = text + strlen(text);
		add(s, text, end);
		text = *end ? end + 1 : end;
	}
	return s;
}

/* Events as text. */

static const char *const KINDS[] = {
	[SMTP_BANNER] = "banner", [SMTP_HELO] = "helo",
	[SMTP_WELCOME] = "welcome", [SMTP_OFFER] = "offer",
	[SMTP_OFFER_END] = "offer-end", [SMTP_AUTH] = "auth",
	[SMTP_MAIL] = "mail", [SMTP_RCPT] = "rcpt",
	[SMTP_MESSAGE] = "message", [SMTP_ACCEPTED] = "accepted",
	[SMTP_REFUSED] = "refused", [SMTP_AGENT] = "agent",
	[SMTP_STARTTLS] = "starttls", [SMTP_TLS_REFUSED] = "tls-refused",
	[SMTP_TLS] = "tls", [SMTP_INJECTED] = "injected",
	[SMTP_QUIT] = "quit", [SMTP_NOT_MAIL] = "not-mail",
};
static const char *const VERBS[] = {
	"other", "connect", "HELO", "EHLO", "LHLO", "AUTH", "MAIL", "RCPT",
	"DATA", "BDAT", "RSET", "NOOP", "VRFY", "EXPN", "HELP", "QUIT",
	"STARTTLS", "ANONYMOUSTLS", "body",
};
static const char *const OUTCOMES[] = {
	"unknown", "accepted", "rejected", "aborted",
};

struct log {
	char text[EVENTS];
	size_t n;
	size_t tls[2]; /* bytes behind the border, by side */
	bool in_tls;
};

static void put(struct log *l, const char *p, size_t n)
{
	assert_true(l->n + n < EVENTS);
	memcpy(l->text + l->n, p, n);
	l->n += n;
	l->text[l->n] = '\0';
}

static void print(struct log *l, const char *text)
{
	put(l, text, strlen(text));
}

static void print_bytes(struct log *l, const char *what, const uint8_t *p,
	size_t n)
{
	print(l, what);
	for (size_t i = 0; i < n && i < 300; i++) {
		char token[8];

		if (p[i] >= ' ' && p[i] < 0x7f)
			put(l, (const char *)&p[i], 1);
		else
			put(l, token, (size_t)snprintf(token, sizeof token,
				"<%02X>", p[i]));
	}
}

static void print_number(struct log *l, uint64_t n)
{
	char text[32];

	put(l, text, (size_t)snprintf(text, sizeof text, " %llu",
			(unsigned long long)n));
}

static void print_codes(struct log *l, const struct smtp_event *e)
{
	char text[32];

	if (e->code != 0)
		print_number(l, e->code);
	if (e->enhanced[0] != 0)
		put(l, text, (size_t)snprintf(text, sizeof text, " %u.%u.%u",
			e->enhanced[0], e->enhanced[1], e->enhanced[2]));
}

static void print_auth(struct log *l, const struct smtp_event *e)
{
	const struct sasl *a = e->sasl;

	print(l, " ");
	print(l, a->mechanism[0] ? a->mechanism : "-");
	if (a->has_account)
		print_bytes(l, " account=", a->account, a->account_n);
	if (a->has_authzid)
		print_bytes(l, " authzid=", a->authzid, a->authzid_n);
	if (a->has_realm)
		print_bytes(l, " realm=", a->realm, a->realm_n);
	if (a->has_workstation)
		print_bytes(l, " on=", a->workstation, a->workstation_n);
	print(l, a->initial ? " initial" : "");
	print(l, a->cancelled ? " cancelled" : "");
	print(l, " ");
	print(l, OUTCOMES[e->outcome]);
}

static void say(struct log *l, const struct smtp_event *e)
{
	print(l, e->resynced ? "~" : "");
	print(l, KINDS[e->kind]);
	if (e->kind == SMTP_HELO || e->kind == SMTP_REFUSED ||
		e->kind == SMTP_STARTTLS || e->kind == SMTP_TLS_REFUSED) {
		print(l, " ");
		print(l, VERBS[e->verb]);
	}
	if (e->kind == SMTP_AUTH)
		print_auth(l, e);
	if (e->kind != SMTP_WELCOME && e->kind != SMTP_OFFER)
		print_codes(l, e);
	if (e->kind == SMTP_MESSAGE)
		print_number(l, e->bytes);
	if (e->text)
		print_bytes(l, " ", e->text, e->text_n);
	put(l, "\n", 1);
}

/* Secrets. */

static bool is_in(const void *where, size_t n, const void *what, size_t what_n)
{
	return what_n > 0 && memmem(where, n, what, what_n) != NULL;
}

static size_t to_base64(const uint8_t *p, size_t n, char *out)
{
	static const char A[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				"abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	int have = 0;
	size_t out_n = 0;

	for (size_t i = 0; i < n; i++) {
		bits = bits << 8 | p[i];
		for (have += 8; have >= 6; have -= 6)
			out[out_n++] = A[bits >> (have - 6) & 63];
	}
	return out_n;
}

/* Raw, as UTF-16LE, and as base64 in each of the three places that it can
 * have in a blob; the outer characters hold bits of the neighbours. */
static void check_absent(const void *memory, size_t n)
{
	uint8_t wide[200], shifted[100] = {0};
	char text[200];
	size_t len = strlen(SECRET);

	check(!is_in(memory, n, SECRET, len));
	for (size_t i = 0; i < len; i++) {
		wide[2 * i] = (uint8_t)SECRET[i];
		wide[2 * i + 1] = 0;
	}
	check(!is_in(memory, n, wide, 2 * len));
	for (size_t shift = 0; shift < 3; shift++) {
		size_t text_n, first = shift > 0 ? shift + 1 : 0;

		memcpy(shifted + shift, SECRET, len);
		text_n = to_base64(shifted, len + shift, text);
		check(!is_in(memory, n, text + first, text_n - first - 1));
	}
}

/* Running. */

static void feed(struct smtp *s, const struct chunk *c, struct log *l)
{
	/* On the heap and no longer than it is; gone when it was read. */
	uint8_t *bytes = c->p ? exact_copy(c->p, c->n) : NULL;
	struct chunk mine = *c;
	struct smtp_event e;

	if (l->in_tls) {
		l->tls[c->side] += c->kind == CHUNK_DATA ? c->n : 0;
		free(bytes);
		return;
	}
	mine.p = bytes;
	smtp_feed(s, &mine);
	while (smtp_next(s, &e)) {
		say(l, &e);
		check_absent(s, smtp_size());
		if (e.kind == SMTP_TLS)
			l->in_tls = true;
	}
	if (l->in_tls) {
		struct chunk rest = smtp_rest(s);

		check(rest.side == c->side && rest.n <= c->n);
		check(rest.n == 0 || memcmp(rest.p, bytes + c->n - rest.n,
			rest.n) == 0);
		l->tls[c->side] += rest.n;
	}
	check_absent(s, smtp_size());
	free(bytes);
}

/* Cuts data into pieces: 0 whole runs of a side, 1 as written, 2 bytes, and
 * by chance above. */
static void run(const struct dialogue *d, unsigned cut, struct log *l)
{
	struct script *script = read_script(d->text);
	struct smtp *s = calloc(1, smtp_size());
	unsigned seed = cut;

	assert_non_null(s);
	smtp_init(s, script->midstream);
	for (size_t i = 0; i < script->n; i++) {
		struct chunk c = script->chunk[i];
		size_t n;

		for (; cut == 0 && c.kind == CHUNK_DATA && i + 1 < script->n &&
				script->chunk[i + 1].kind == CHUNK_DATA &&
				script->chunk[i + 1].side == c.side; i++)
			c.n += script->chunk[i + 1].n;
		if (c.kind != CHUNK_DATA || c.n == 0) {
			feed(s, &c, l);
			continue;
		}
		for (size_t at = 0; at < c.n; at += n) {
			struct chunk piece = c;

			seed = seed * 1103515245 + 12345;
			n = cut < 2 ? c.n : cut == 2 ? 1
				: 1 + (seed >> 16) % (cut % 2 ? 9 : 60);
			n = n > c.n - at ? c.n - at : n;
			piece.p = c.p + at;
			piece.n = n;
			feed(s, &piece, l);
		}
	}
	if (l->in_tls) {
		print(l, "tls-bytes");
		print_number(l, l->tls[SIDE_CLIENT]);
		print_number(l, l->tls[SIDE_SERVER]);
		print(l, "\n");
	}
	smtp_wipe(s);
	for (size_t i = 0; i < smtp_size(); i++)
		check(((const uint8_t *)s)[i] == 0);
	free(s);
	free(script);
}

static void hold(const struct dialogue *d, size_t n)
{
	struct log *l = malloc(sizeof *l);

	assert_non_null(l);
	for (size_t i = 0; i < n; i++)
		for (unsigned cut = 0; cut < 24; cut++) {
			memset(l, 0, sizeof *l);
			run(&d[i], cut, l);
			if (strcmp(l->text, d[i].events) != 0)
				fail_msg("%s, cut %u:\n--- wanted\n%s--- got\n"
					"%s", d[i].name, cut, d[i].events,
					l->text);
		}
	free(l);
}

#define HOLD(table) hold(table, sizeof table / sizeof *table)

static const struct dialogue PLAIN_DIALOGUES[] = {
	{"a submission with LOGIN",
	"S: 220 mx.contoso.example ESMTP ready\n"
	"C: EHLO scanner\n"
	"S: 250-mx.contoso.example Hello [203.0.113.9]\n"
	"S: 250-SIZE 1000\n"
	"S: 250-AUTH=LOGIN PLAIN\n"
	"S: 250 AUTH LOGIN PLAIN\n"
	"C: AUTH LOGIN\n"
	"S: 334 VXNlcm5hbWU6\n"
	"C: c2NhbkBjb250b3NvLmV4YW1wbGU=\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 235 2.7.0 Authentication successful\n"
	"C: MAIL FROM:<scan@contoso.example> SIZE=100\n"
	"S: 250 2.1.0 Ok\n"
	"C: RCPT TO:<a@example.com>\n"
	"S: 250 2.1.5 Ok\n"
	"C: DATA\n"
	"S: 354 go ahead\n"
	"C: Subject: x\n"
	"C: X-Mailer: Contoso\n"
	"C:  MFP 3\n"
	"C:\n"
	"C: X-Mailer: no header\n"
	"C: ..\n"
	"C: .\n"
	"S: 250 2.0.0 queued\n"
	"C: QUIT\n"
	"S: 221 2.0.0 bye\n"
	"Cend\n"
	"Send",
	"banner 220 mx.contoso.example ESMTP ready\n"
	"helo EHLO scanner\n"
	"welcome mx.contoso.example Hello [203.0.113.9]\n"
	"offer SIZE 1000\n"
	"offer AUTH LOGIN PLAIN\n"
	"offer AUTH LOGIN PLAIN\n"
	"offer-end 250\n"
	"auth LOGIN account=scan@contoso.example accepted 235 2.7.0\n"
	"mail scan@contoso.example\n"
	"rcpt a@example.com\n"
	"agent Contoso MFP 3\n"
	"message 66\n"
	"accepted 250\n"
	"quit\n"},
};

/* A server that says yes to everything, up to AUTH. */
#define HELLO \
	"S: 220 mx ESMTP\n" \
	"C: EHLO scanner\n" \
	"S: 250-mx\n" \
	"S: 250 AUTH LOGIN\n"
#define HELLO_SAYS \
	"banner 220 mx ESMTP\n" \
	"helo EHLO scanner\n" \
	"welcome mx\n" \
	"offer AUTH LOGIN\n" \
	"offer-end 250\n"

static const struct dialogue AUTHS[] = {
	{"LOGIN with the user in the command, as .NET writes it",
	HELLO
	"C: AUTH login c2NhbkBjb250b3NvLmV4YW1wbGU=\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 535 5.7.3 Authentication unsuccessful\n",
	HELLO_SAYS
	"auth LOGIN account=scan@contoso.example initial rejected 535 5.7.3\n"},

	{"prompts say what they like",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 334\n"
	"C: c2NhbkBjb250b3NvLmV4YW1wbGU=\n"
	"S: 334 VXNlcm5hbWU6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 235 ok\n",
	HELLO_SAYS
	"auth LOGIN account=scan@contoso.example accepted 235\n"},

	{"PLAIN, at once and after a prompt, refused and accepted",
	HELLO
	"C: AUTH PLAIN AHNjYW5AY29udG9zby5leGFtcGxlAEh1c2ghU2VjcmV0OTk=\n"
	"S: 504 5.7.4 Unrecognized authentication type\n"
	"C: AUTH PLAIN\n"
	"S: 334 \n"
	"C: Ym9zcwBzY2FuQGNvbnRvc28uZXhhbXBsZQBIdXNoIVNlY3JldDk5\n"
	"S: 235 2.7.0 ok\n",
	HELLO_SAYS
	"auth PLAIN account=scan@contoso.example initial rejected 504 5.7.4\n"
	"auth PLAIN account=scan@contoso.example authzid=boss accepted 235 "
	"2.7.0\n"},

	{"cancelled, and an empty initial response",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 334 VXNlcm5hbWU6\n"
	"C: *\n"
	"S: 501 5.0.0 cancelled\n"
	"C: AUTH EXTERNAL =\n"
	"S: 235 2.7.0 ok\n",
	HELLO_SAYS
	"auth LOGIN cancelled aborted 501 5.0.0\n"
	"auth EXTERNAL initial accepted 235 2.7.0\n"},

	{"XOAUTH2 fails in two steps",
	HELLO
	"C: AUTH XOAUTH2 dXNlcj1zY2FuQGNvbnRvc28uZXhhbXBsZQFhdXRoPUJlYXJlciBIdXNoIVNlY3JldDk5AQE=\n"
	"S: 334 eyJzdGF0dXMiOiI0MDAifQ==\n"
	"C:\n"
	"S: 535-5.7.8 Username and Password not accepted\n"
	"S: 535 5.7.8 see there\n",
	HELLO_SAYS
	"auth XOAUTH2 account=scan@contoso.example initial rejected 535 5.7.8\n"},

	{"Exchange's twin of AUTH; NTLM in two steps",
	HELLO
	"C: X-EXPS NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAA=\n"
	"S: 334 TlRMTVNTUAACAAAA\n"
	"C: TlRMTVNTUAADAAAAAAAAAEAAAAAAAAAAQAAAAA4ADgBAAAAACAAIAE4AAAAIAAgAVgAAAAAAAABeAAAAAYIAAEMATwBOAFQATwBTAE8AcwBjAGEAbgBNAEYAUAAxAA==\n"
	"S: 235 2.7.0 ok\n",
	HELLO_SAYS
	"auth NTLM account=scan realm=CONTOSO on=MFP1 initial accepted 235 "
	"2.7.0\n"},

	{"AUTH without a mechanism, with a strange one, with base64 for one",
	HELLO
	"C: AUTH\n"
	"S: 501 5.5.4 syntax\n"
	"C: AUTH X-CONTOSO-1\n"
	"S: 504 no\n"
	"C: AUTH SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 504 no\n"
	"C: auth   Cram-Md5  \n"
	"S: 421 4.3.2 closing\n",
	HELLO_SAYS
	"auth - rejected 501 5.5.4\n"
	"auth X-CONTOSO-1 rejected 504\n"
	"auth - rejected 504\n"
	"auth CRAM-MD5 rejected 421 4.3.2\n"},

	{"at the prompt for a user somebody types a command",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 334 VXNlcm5hbWU6\n"
	"C: QUIT\n"
	"S: 501 5.5.2 cannot decode\n"
	"C: QUIT\n",
	HELLO_SAYS
	"auth LOGIN rejected 501 5.5.2\n"
	"quit\n"},

	{"the whole of LOGIN in one write",
	HELLO
	"C: AUTH LOGIN\n"
	"C: c2NhbkBjb250b3NvLmV4YW1wbGU=\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 334 VXNlcm5hbWU6\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"S: 235 ok\n",
	HELLO_SAYS
	"auth LOGIN account=scan@contoso.example accepted 235\n"},

	{"the same, refused at once: the answers are commands then",
	HELLO
	"C: AUTH LOGIN\n"
	"C: c2NhbkBjb250b3NvLmV4YW1wbGU=\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 503 5.5.1 no AUTH here\n"
	"S: 500 5.5.2 what?\n"
	"S: 500 5.5.2 SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 530 5.7.57 not authenticated\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"auth LOGIN account=scan@contoso.example rejected 503 5.5.1\n"
	"refused other 500 5.5.2\n"
	"refused other 500 5.5.2\n"
	"refused MAIL 530 5.7.57\n"},

	{"AUTH and what follows it in one write",
	HELLO
	"C: AUTH PLAIN AHNjYW5AY29udG9zby5leGFtcGxlAEh1c2ghU2VjcmV0OTk=\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 235 ok\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"auth PLAIN account=scan@contoso.example initial accepted 235\n"},

	{"a second AUTH before the first is answered",
	HELLO
	"C: AUTH PLAIN AGEAcA==\n"
	"C: AUTH PLAIN AGIAcA==\n"
	"S: 535 no\n"
	"S: 235 yes\n",
	HELLO_SAYS
	"auth PLAIN account=a initial unknown\n"
	"auth PLAIN account=b initial accepted 235\n"},

	{"AUTH before EHLO, and no greeting that names SMTP",
	"S: 220 mx\n"
	"C: AUTH LOGIN\n"
	"S: 503 5.5.1 EHLO first\n"
	"C: EHLO x\n",
	"banner 220 mx\n"
	"auth LOGIN rejected 503 5.5.1\n"
	"helo EHLO x\n"},

	{"the connection ends before the reply",
	HELLO
	"C: AUTH PLAIN AGEAcA==\n"
	"Cend\n"
	"Send\n",
	HELLO_SAYS
	"auth PLAIN account=a initial unknown\n"},
};

static const struct dialogue TRANSACTIONS[] = {
	{"all in one write, before the server speaks",
	"C: EHLO scanner\n"
	"C: MAIL FROM:<a@example.com>\n"
	"C: RCPT TO:<b@example.com>\n"
	"C: DATA\n"
	"C: Subject: x\n"
	"C:\n"
	"C: text\n"
	"C: .\n"
	"C: QUIT\n"
	"S: 220 mx ESMTP\n"
	"S: 250-mx\n"
	"S: 250 PIPELINING\n"
	"S: 250 ok\n"
	"S: 250 ok\n"
	"S: 354 go ahead\n"
	"S: 250 queued\n"
	"S: 221 bye\n",
	"helo EHLO scanner\n"
	"mail a@example.com\n"
	"rcpt b@example.com\n"
	"message 20\n"
	"quit\n"
	"banner 220 mx ESMTP\n"
	"welcome mx\n"
	"offer PIPELINING\n"
	"offer-end 250\n"
	"accepted 250\n"},

	{"a pipeline with a refusal; DATA is refused too",
	HELLO
	"C: MAIL FROM:<a@example.com>\n"
	"C: RCPT TO:<b@example.com>\n"
	"C: DATA\n"
	"S: 250 2.1.0 ok\n"
	"S: 550 5.1.1 unknown\n"
	"S: 554 5.5.1 no recipients\n"
	"C: RSET\n"
	"S: 250 ok\n"
	"C: MAIL FROM:<>\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"rcpt b@example.com\n"
	"refused RCPT 550 5.1.1\n"
	"refused DATA 554 5.5.1\n"
	"mail \n"},

	{"a body is sent although DATA is refused",
	HELLO
	"C: MAIL FROM:<a@example.com>\n"
	"C: DATA\n"
	"C: Subject: x\n"
	"C: MAIL\n"
	"S: 250 ok\n"
	"S: 503 no recipients\n"
	"S: 500 what?\n"
	"S: 500 what?\n"
	"C: .\n"
	"S: 500 what?\n"
	"C: QUIT\n"
	"S: 221 bye\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"refused DATA 503\n"
	"refused other 500\n"
	"refused other 500\n"
	"refused other 500\n"
	"quit\n"},

	{"addresses in every dress",
	HELLO
	"C: mail from: <a@example.com> SIZE=1 AUTH=<b@example.com>\n"
	"C: MAIL FROM:a@example.com SIZE=1\n"
	"C: MAIL FROM:a@example.com AUTH=<b@example.com>\n"
	"C: MAIL  FROM : < a@example.com >\n"
	"C: MAIL FROM:<\"a>b\"@example.com>\n"
	"C:   MAIL\tFROM:<\"a\\\\\">b\"@example.com> SIZE=1\n"
	"C: MAIL FROM:<\"a@example.com>\n"
	"C: MAIL FROM:John <a@example.com>\n"
	"C: MAIL FROM <a@example.com>\n"
	"C: MAIL FROM:<a@example.com\n"
	"C: MAIL FROM:\n"
	"C: RCPT TO:<Postmaster>\n"
	"C: RCPT TO:b@example.com\n"
	"C: MAIL\n"
	"C: MAILFROM:<c@example.com>\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"mail a@example.com\n"
	"mail a@example.com\n"
	"mail a@example.com\n"
	"mail \"a>b\"@example.com\n"
	"mail \"a\\\">b\"@example.com\n"
	"mail \"a@example.com\n"
	"mail a@example.com\n"
	"mail a@example.com\n"
	"mail a@example.com\n"
	"mail \n"
	"rcpt Postmaster\n"
	"rcpt b@example.com\n"},

	{"two messages, RSET between, a refused one",
	HELLO
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 ok\n"
	"C: RCPT TO:<b@example.com>\n"
	"S: 250 ok\n"
	"C: RSET\n"
	"S: 250 ok\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 ok\n"
	"C: RCPT TO:<b@example.com>\n"
	"S: 250 ok\n"
	"C: DATA\n"
	"S: 354 go\n"
	"C: user-agent:  Contoso/1 \n"
	"C: X-Mailer:\n"
	"C:  Folded\n"
	"C: X-Mailer-Not: this\n"
	"C:\n"
	"C: .\n"
	"S: 552 5.3.4 too big\n"
	"C: NOOP\n"
	"S: 250 ok\n"
	"C: DATA\n"
	"S: 354 go\n"
	"C: .\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"rcpt b@example.com\n"
	"mail a@example.com\n"
	"rcpt b@example.com\n"
	"agent Contoso/1\n"
	"agent Folded\n"
	"message 67\n"
	"refused body 552 5.3.4\n"
	"message 0\n"
	"accepted 250\n"},

	{"LMTP answers a message once a recipient",
	"S: 220 mx LMTP\n"
	"C: LHLO x\n"
	"S: 250 mx\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 ok\n"
	"C: RCPT TO:<b@example.com>\n"
	"S: 250 ok\n"
	"C: RCPT TO:<c@example.com>\n"
	"S: 250 ok\n"
	"C: RCPT TO:<d@example.com>\n"
	"S: 550 no\n"
	"C: DATA\n"
	"S: 354 go\n"
	"C: .\n"
	"S: 452 b is full\n"
	"S: 250 c has it\n"
	"C: NOOP\n"
	"S: 550 no NOOP\n",
	"banner 220 mx LMTP\n"
	"helo LHLO x\n"
	"welcome mx\n"
	"offer-end 250\n"
	"mail a@example.com\n"
	"rcpt b@example.com\n"
	"rcpt c@example.com\n"
	"rcpt d@example.com\n"
	"refused RCPT 550\n"
	"message 0\n"
	"refused body 452\n"
	"accepted 250\n"
	"refused NOOP 550\n"},
};

static const struct dialogue BODIES[] = {
	{"dots, stuffed and lone, and odd line ends within",
	HELLO
	"C: DATA\n"
	"S: 354 go\n"
	"c: a\\r\\n..\\r\\n.\\r.\\r\\n\\n.\\nb\\n.\\r\\nc\\r\\n.\\nd\\r\\r\\n.\\r\\n\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"message 29\n"
	"accepted 250\n"},

	{"a client that knows no CR",
	"S: 220 mx ESMTP\n"
	"c: HELO scanner\\n\n"
	"S: 250 mx\n"
	"c: DATA\\n\n"
	"S: 354 go\n"
	"c: text\\n.\\nQUIT\\n\n"
	"S: 250 ok\n",
	"banner 220 mx ESMTP\n"
	"helo HELO scanner\n"
	"welcome mx\n"
	"message 5\n"
	"quit\n"
	"accepted 250\n"},

	{"a server that takes LF . LF for an end says so",
	HELLO
	"C: DATA\n"
	"S: 354 go\n"
	"c: text\\n.\\r\\n\n"
	"S: 250 ok\n"
	"C: QUIT\n",
	HELLO_SAYS
	"message 5\n"
	"accepted 250\n"
	"quit\n"},

	{"one that does not keeps what is smuggled in the body",
	HELLO
	"C: DATA\n"
	"S: 354 go\n"
	"c: text\\n.\\r\\nMAIL FROM:<evil@example.com>\\r\\n\n"
	"c: DATA\\r\\n.\\r\\n\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"message 44\n"
	"accepted 250\n"},

	{"commands right behind the dot",
	HELLO
	"C: DATA\n"
	"S: 354 go\n"
	"c: text\\r\\n.\\r\\nMAIL FROM:<a@example.com>\\r\\nDATA\\r\\n\n"
	"S: 250 ok\n"
	"S: 250 ok\n"
	"S: 354 go\n"
	"C: .\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"message 6\n"
	"mail a@example.com\n"
	"accepted 250\n"
	"message 0\n"
	"accepted 250\n"},

	{"chunks",
	HELLO
	"c: BDAT 20\\r\\nX-Mailer: Contoso\\r\\n.BDAT 3 LAST\\r\\n\\r\\n.\n"
	"S: 250 20 octets\n"
	"S: 250 queued\n"
	"c: bdat 0 last\\r\\n\n"
	"S: 250 queued\n"
	"c: BDAT 5\\r\\n12345\n"
	"S: 250 ok\n"
	"C: RSET\n"
	"S: 250 ok\n"
	"c: BDAT 17 LAST\\r\\nUser-Agent: short\n"
	"S: 554 no\n",
	HELLO_SAYS
	"agent Contoso\n"
	"message 23\n"
	"accepted 250\n"
	"message 0\n"
	"accepted 250\n"
	"agent short\n"
	"message 17\n"
	"refused BDAT 554\n"},

	{"sizes that are none",
	HELLO
	"C: BDAT -1 LAST\n"
	"S: 521 5.5.4 syntax\n"
	"C: BDAT 184467440737095516150 LAST\n"
	"S: 521 5.5.4 syntax\n"
	"C: BDAT\n"
	"S: 521 5.5.4 syntax\n"
	"C: BDAT 1x\n"
	"S: 521 5.5.4 syntax\n"
	"C: BDAT 1 LASTING\n"
	"S: 521 5.5.4 syntax\n"
	"C: QUIT\n",
	HELLO_SAYS
	"refused BDAT 521 5.5.4\n"
	"refused BDAT 521 5.5.4\n"
	"refused BDAT 521 5.5.4\n"
	"refused BDAT 521 5.5.4\n"
	"refused BDAT 521 5.5.4\n"
	"quit\n"},
};

static const struct dialogue TLS[] = {
	{"accepted: the border is the line's end",
	HELLO
	"C: STARTTLS\n"
	"s: 220 2.0.0 ready\\r\\n\\x16\\x03\\x03\n"
	"c: \\x16\\x03\\x01\\x02\n",
	HELLO_SAYS
	"starttls STARTTLS\n"
	"tls\n"
	"tls-bytes 4 3\n"},

	{"refused, and AUTH follows in clear",
	HELLO
	"C: STARTTLS\n"
	"S: 454 4.7.0 TLS not available\n"
	"C: AUTH PLAIN AGEAcA==\n"
	"S: 235 ok\n",
	HELLO_SAYS
	"starttls STARTTLS\n"
	"tls-refused STARTTLS 454 4.7.0\n"
	"auth PLAIN account=a initial accepted 235\n"},

	{"Exchange's twin",
	HELLO
	"C: X-ANONYMOUSTLS\n"
	"S: 220 2.0.0 ready\n",
	HELLO_SAYS
	"starttls ANONYMOUSTLS\n"
	"tls\n"
	"tls-bytes 0 0\n"},

	{"commands injected behind it are not believed",
	HELLO
	"C: STARTTLS\n"
	"C: AUTH PLAIN AGEASHVzaCFTZWNyZXQ5OQ==\n"
	"C: MAIL FROM:<evil@example.com>\n"
	"S: 220 ready\n"
	"c: \\x16\\x03\n",
	HELLO_SAYS
	"starttls STARTTLS\n"
	"injected\n"
	"tls\n"
	"tls-bytes 2 0\n"},

	{"injected, but then refused: they were commands after all",
	HELLO
	"C: STARTTLS\n"
	"C: MAIL FROM:<a@example.com>\n"
	"c: RCPT TO:<b@exam\n"
	"S: 454 no\n"
	"c: ple.com>\\r\\nQUIT\\r\\n\n"
	"S: 250 ok\n"
	"S: 550 no\n"
	"S: 221 bye\n",
	HELLO_SAYS
	"starttls STARTTLS\n"
	"injected\n"
	"tls-refused STARTTLS 454\n"
	"quit\n"
	"refused other 550\n"},

	{"a client that does not wait",
	HELLO
	"c: STARTTLS\\r\\n\\x16\\x03\\x01\\x02EHLO x\\r\\n\n"
	"S: 220 ready\n"
	"c: \\x17\\x03\n",
	HELLO_SAYS
	"starttls STARTTLS\n"
	"tls\n"
	"tls-bytes 2 0\n"},

	{"a client that hears a yes where there was none",
	HELLO
	"C: STARTTLS\n"
	"S: 503 5.5.1 EHLO first\n"
	"c: \\x16\\x03\\x01\\x02\n",
	HELLO_SAYS
	"starttls STARTTLS\n"
	"tls-refused STARTTLS 503 5.5.1\n"
	"tls\n"
	"tls-bytes 4 0\n"},

	{"the reply is in a gap",
	HELLO
	"C: STARTTLS\n"
	"Sgap 14\n"
	"c: \\x16\\x03\\x01\\x02\n"
	"s: \\x16\\x03\n",
	HELLO_SAYS
	"starttls STARTTLS\n"
	"~tls\n"
	"tls-bytes 4 2\n"},

	{"the reply is in a gap, and it was no",
	HELLO
	"C: STARTTLS\n"
	"Sgap 14\n"
	"C: QUIT\n",
	HELLO_SAYS
	"starttls STARTTLS\n"
	"~tls-refused STARTTLS\n"
	"~quit\n"},

	{"the command is in a gap",
	HELLO
	"Cgap 10\n"
	"S: 220 2.0.0 ready\n"
	"c: \\x16\\x03\\x01\\x02\n",
	HELLO_SAYS
	"~tls\n"
	"tls-bytes 4 0\n"},

	{"an SSL 2 hello",
	"C: EHLO x\n"
	"C: STARTTLS\n"
	"c: \\x80\\x2e\\x01\n",
	"helo EHLO x\n"
	"starttls STARTTLS\n"
	"tls\n"
	"tls-bytes 3 0\n"},
};

static const struct dialogue ONE_WAY[] = {
	{"the client alone",
	"C: EHLO scanner\n"
	"C: AUTH LOGIN\n"
	"C: c2NhbkBjb250b3NvLmV4YW1wbGU=\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"C: MAIL FROM:<scan@contoso.example>\n"
	"C: RCPT TO:<a@example.com>\n"
	"C: DATA\n"
	"C: Subject: QUIT\n"
	"C: QUIT\n"
	"C: .\n"
	"C: QUIT\n"
	"Cend\n"
	"Send\n",
	"helo EHLO scanner\n"
	"auth LOGIN account=scan@contoso.example unknown\n"
	"mail scan@contoso.example\n"
	"rcpt a@example.com\n"
	"message 21\n"
	"quit\n"},

	{"the client alone, and DATA was refused",
	"C: EHLO scanner\n"
	"C: DATA\n"
	"C: QUIT\n",
	"helo EHLO scanner\n"
	"quit\n"},

	{"the client alone: PLAIN after a prompt, CRAM-MD5, no answer to OAuth",
	"C: EHLO scanner\n"
	"C: AUTH PLAIN\n"
	"C: AHNjYW5AY29udG9zby5leGFtcGxlAEh1c2ghU2VjcmV0OTk=\n"
	"C: AUTH CRAM-MD5\n"
	"C: c2NhbiAwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==\n"
	"C: AUTH XOAUTH2\n"
	"C: RSET\n",
	"helo EHLO scanner\n"
	"auth PLAIN account=scan@contoso.example unknown\n"
	"auth CRAM-MD5 account=scan unknown\n"
	"auth XOAUTH2 unknown\n"},

	{"the client alone: an unfinished AUTH at the end",
	"C: EHLO scanner\n"
	"C: AUTH LOGIN\n"
	"c: c2NhbkBjb250\n"
	"Cend\n",
	"helo EHLO scanner\n"
	"auth LOGIN unknown\n"},

	{"the server alone",
	"S: 220 mx ESMTP\n"
	"S: 250-mx Hello [203.0.113.9]\n"
	"S: 250-SIZE 1\n"
	"S: 250 AUTH LOGIN\n"
	"S: 334 VXNlcm5hbWU6\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"S: 235 2.7.0 ok\n"
	"S: 250 2.1.0 ok\n"
	"S: 550 5.1.1 no\n"
	"S: 354 go\n"
	"S: 250 ok\n"
	"S: 334 PDFAbXg+\n"
	"S: 535 5.7.8 no\n"
	"S: 535 5.7.8 no\n"
	"S: 334 \n"
	"S: 454 4.7.0 try again\n"
	"S: 221 bye\n",
	"banner 220 mx ESMTP\n"
	"welcome mx Hello [203.0.113.9]\n"
	"offer SIZE 1\n"
	"offer AUTH LOGIN\n"
	"offer-end 250\n"
	"auth LOGIN accepted 235 2.7.0\n"
	"refused other 550 5.1.1\n"
	"auth CRAM-MD5 rejected 535 5.7.8\n"
	"auth - rejected 535 5.7.8\n"
	"auth - rejected 454 4.7.0\n"},

	{"the server alone, and TLS",
	"S: 220 mx ESMTP\n"
	"S: 250-mx\n"
	"S: 250 STARTTLS\n"
	"S: 220 2.0.0 SMTP server ready\n"
	"s: \\x16\\x03\\x03\n",
	"banner 220 mx ESMTP\n"
	"welcome mx\n"
	"offer STARTTLS\n"
	"offer-end 250\n"
	"tls\n"
	"tls-bytes 0 3\n"},
};

static const struct dialogue GAPS[] = {
	{"an answer without its AUTH is no account",
	HELLO
	"Cgap 12\n"
	"S: 334 VXNlcm5hbWU6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 235 ok\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"~auth LOGIN accepted 235\n"
	"~mail a@example.com\n"},

	{"the first answer is missing: the second is none",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 334 VXNlcm5hbWU6\n"
	"Cgap 30\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 235 ok\n",
	HELLO_SAYS
	"~auth LOGIN accepted 235\n"},

	{"a gap within the name, within the command, within the mechanism",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 334 VXNlcm5hbWU6\n"
	"c: c2Nhb\n"
	"Cgap 3\n"
	"C: 3NvLmV4YW1wbGU=\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 535 no\n"
	"c: AUTH PL\n"
	"Cgap 3\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 535 no\n"
	"C: AUTH PLAIN AGEAcA==\n"
	"S: 235 ok\n",
	HELLO_SAYS
	"~auth LOGIN rejected 535\n"
	"~auth - rejected 535\n"
	"~auth PLAIN account=a initial accepted 235\n"},

	{"a gap in the password leaves the account",
	HELLO
	"c: AUTH PLAIN AHNjYW5AY29udG9zby5leGFtcGxlAEh1c2\n"
	"Cgap 10\n"
	"C: cmV0OTk=\n"
	"S: 235 ok\n",
	HELLO_SAYS
	"~auth PLAIN account=scan@contoso.example initial accepted 235\n"},

	{"the outcome is missing",
	HELLO
	"C: AUTH PLAIN AGEAcA==\n"
	"Sgap 20\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 2.1.0 ok\n"
	"C: RCPT TO:<b@example.com>\n"
	"S: 550 5.1.1 no\n",
	HELLO_SAYS
	"~auth PLAIN account=a initial unknown\n"
	"~mail a@example.com\n"
	"~rcpt b@example.com\n"
	"~refused RCPT 550 5.1.1\n"},

	{"a prompt is missing",
	HELLO
	"C: AUTH LOGIN\n"
	"Sgap 18\n"
	"C: c2NhbkBjb250b3NvLmV4YW1wbGU=\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 235 ok\n",
	HELLO_SAYS
	"~auth LOGIN account=scan@contoso.example accepted 235\n"},

	{"a reply that began before the gap",
	HELLO
	"C: MAIL FROM:<a@example.com>\n"
	"s: 25\n"
	"Sgap 9\n"
	"s: 1.0 ok\\r\\n250 2.1.5 ok\\r\\n\n"
	"C: DATA\n"
	"S: 354 go\n"
	"C: .\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"~message 0\n"
	"~accepted 250\n"},

	{"354 is missing: the body shows itself",
	HELLO
	"C: DATA\n"
	"Sgap 20\n"
	"C: Subject: x\n"
	"C: .\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"~message 12\n"
	"~accepted 250\n"},

	{"a gap in a body, its end seen",
	HELLO
	"C: DATA\n"
	"S: 354 go\n"
	"c: Subject: x\\r\\n\\r\\nte\n"
	"Cgap 1000\n"
	"c: xt\\r\\nQUIT\\r\\n.\\r\\n\n"
	"S: 250 ok\n"
	"C: QUIT\n",
	HELLO_SAYS
	"~message 1026\n"
	"~accepted 250\n"
	"~quit\n"},

	{"a gap in a body, its end within",
	HELLO
	"C: DATA\n"
	"S: 354 go\n"
	"c: Subject: x\\r\\n\\r\\nte\n"
	"Cgap 1000\n"
	"S: 250 ok\n"
	"C: QUIT\n"
	"S: 221 bye\n",
	HELLO_SAYS
	"~message 1016\n"
	"~accepted 250\n"
	"~quit\n"},

	{"DATA is within the gap",
	HELLO
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 ok\n"
	"Cgap 30\n"
	"S: 250 ok\n"
	"S: 354 go\n"
	"C: AUTH LOGIN\n"
	"C: is what this mail is about\n"
	"C: .\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"~message 40\n"
	"~accepted 250\n"},

	{"gaps are counted in chunks",
	HELLO
	"c: BDAT 100\\r\\n1234567890\n"
	"Cgap 80\n"
	"c: 1234567890BDAT 20 LAST\\r\\n12345\n"
	"Cgap 15\n"
	"S: 250 ok\n"
	"S: 250 ok\n"
	"c: BDAT 5 LAST\\r\\n12\n"
	"Cgap 30\n"
	"C: QUIT\n"
	"S: 250 ok\n"
	"S: 250 ok\n"
	"S: 221 bye\n",
	HELLO_SAYS
	"~message 120\n"
	"~accepted 250\n"
	"~message 5\n"
	"~quit\n"
	"~accepted 250\n"},

	{"a gap in the middle of a text about SMTP, server silent",
	"C: EHLO x\n"
	"C: DATA\n"
	"C: Subject: x\n"
	"Cgap 100\n"
	"C: To log in, say\n"
	"C: AUTH LOGIN now\n"
	"C: MAIL FROM:<not@example.com>\n"
	"C: and so on\n"
	"C: .\n"
	"C: MAIL FROM:<a@example.com>\n"
	"C: QUIT\n",
	"helo EHLO x\n"
	"~message 184\n"
	"~mail a@example.com\n"
	"~quit\n"},
};

static const struct dialogue MIDSTREAM[] = {
	{"in the middle of a body",
	"midstream\n"
	"c: of the text\\r\\nQUIT it\\r\\nEHLO friend\\r\\nmore\\r\\n.\\r\\n\n"
	"S: 250 2.0.0 queued\n"
	"C: QUIT\n"
	"S: 221 bye\n",
	"~message 41\n"
	"~accepted 250\n"
	"~quit\n"},

	{"the last line of a body",
	"midstream\n"
	"c: \\r\\n.\\r\\n\n"
	"S: 250 2.0.0 queued\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 2.1.0 ok\n",
	"~message 2\n"
	"~accepted 250\n"
	"~mail a@example.com\n"},

	{"at a password",
	"midstream\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 235 2.7.0 ok\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 ok\n",
	"~auth - accepted 235 2.7.0\n"
	"~mail a@example.com\n"},

	{"at AUTH, with the server's consent",
	"midstream\n"
	"C: AUTH LOGIN\n"
	"S: 334 VXNlcm5hbWU6\n"
	"C: c2NhbkBjb250b3NvLmV4YW1wbGU=\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 235 ok\n",
	"~auth LOGIN account=scan@contoso.example accepted 235\n"},

	{"AUTH in a text, and a server that speaks but did not ask",
	"midstream\n"
	"S: 354 go\n"
	"C: To log in, say\n"
	"C: AUTH LOGIN\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"C: .\n"
	"S: 250 ok\n",
	"~message 50\n"
	"~accepted 250\n"},

	{"at a reply's second line",
	"midstream\n"
	"S: 250-STARTTLS\n"
	"S: 250 HELP\n"
	"C: STARTTLS\n"
	"S: 220 ready\n",
	"~welcome STARTTLS\n"
	"~offer HELP\n"
	"~offer-end 250\n"
	"~starttls STARTTLS\n"
	"~tls\n"
	"tls-bytes 0 0\n"},

	{"at the greeting after all",
	"midstream\n"
	"S: 220 mx ESMTP\n"
	"C: EHLO x\n"
	"S: 250 mx\n",
	"~banner 220 mx ESMTP\n"
	"~helo EHLO x\n"
	"~welcome mx\n"
	"~offer-end 250\n"},
};

static const struct dialogue OUT_OF_TURN[] = {
	{"a greeting that refuses",
	"S: 554-5.7.1 mx\n"
	"S: 554 5.7.1 go away\n"
	"Cend\n"
	"Send\n",
	"banner 554 5.7.1 mx\n"
	"refused connect 554 5.7.1\n"},

	{"a greeting of several lines, a second one",
	"S: 220-mx ESMTP\n"
	"S: 220-no spam\n"
	"S: 220 please\n"
	"S: 220 mx again\n"
	"C: EHLO x\n"
	"S: 250 mx\n",
	"banner 220 mx ESMTP\n"
	"helo EHLO x\n"
	"welcome mx\n"
	"offer-end 250\n"},

	{"a client that speaks first, and a slow server",
	"C: EHLO x\n"
	"S: 220 mx ESMTP\n"
	"S: 250 mx\n",
	"helo EHLO x\n"
	"banner 220 mx ESMTP\n"
	"welcome mx\n"
	"offer-end 250\n"},

	{"replies that nobody asked for",
	HELLO
	"S: 250 ok\n"
	"S: 235 2.7.0 ok\n"
	"S: 334 VXNlcm5hbWU6\n"
	"S: 354 go\n"
	"S: 220 ready\n"
	"S: rubbish\n"
	"S:\n"
	"S: 999 x\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 500 5.5.1 what?\n"
	"C: QUIT\n"
	"S: 221 bye\n"
	"S: 421 4.4.2 timeout\n",
	HELLO_SAYS
	"refused other 500 5.5.1\n"
	"quit\n"
	"refused other 421 4.4.2\n"},

	{"empty lines, answered and not",
	HELLO
	"C:\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 ok\n"
	"C:\n"
	"S: 500 5.5.2 syntax\n"
	"C: RCPT TO:<b@example.com>\n"
	"S: 550 5.1.1 no\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"refused other 500 5.5.2\n"
	"rcpt b@example.com\n"
	"refused RCPT 550 5.1.1\n"},

	{"NUL bytes, a lone CR, blanks before a command",
	HELLO
	"c: NO\\0OP\\r\\nQUIT\\0\\0 now\\r\\n\n"
	"S: 500 5.5.2 syntax\n"
	"S: 500 5.5.2 syntax\n"
	"c: EHLO a\\0b\\rc\\r\\n\n"
	"S: 250 mx\n"
	"c: QUIT\\r \\r\\n  \\tRSET\\r\\n\n"
	"S: 500 what?\n"
	"S: 250 ok\n"
	"C: quit\n",
	HELLO_SAYS
	"refused other 500 5.5.2\n"
	"refused other 500 5.5.2\n"
	"helo EHLO a<00>b<0D>c\n"
	"welcome mx\n"
	"offer-end 250\n"
	"refused other 500\n"
	"quit\n"},

	{"EHLO refused, HELO, and EHLO again",
	"S: 220 mx SMTP\n"
	"C: EHLO x\n"
	"S: 502 5.5.1 no\n"
	"C: HELO x\n"
	"S: 250 mx\n"
	"C: ehlo\n"
	"S: 250-mx\n"
	"S: 250 SIZE\n",
	"banner 220 mx SMTP\n"
	"helo EHLO x\n"
	"refused EHLO 502 5.5.1\n"
	"helo HELO x\n"
	"welcome mx\n"
	"helo EHLO \n"
	"welcome mx\n"
	"offer SIZE\n"
	"offer-end 250\n"},

	{"a proxy's header and another greeting",
	"C: PROXY TCP4 192.0.2.1 192.0.2.2 1 25\n"
	"S: 220 mx ESMTP\n"
	"C: EHLO x\n"
	"S: 250 mx\n"
	"C: XCLIENT ADDR=192.0.2.1\n"
	"S: 220 mx ESMTP\n"
	"C: EHLO y\n"
	"S: 250 mx\n",
	"banner 220 mx ESMTP\n"
	"helo EHLO x\n"
	"welcome mx\n"
	"offer-end 250\n"
	"helo EHLO y\n"
	"welcome mx\n"
	"offer-end 250\n"},
};

static const struct dialogue FOREIGN[] = {
	{"FTP", "S: 220 ftp ready\nC: USER x\nS: 331 password\n",
	"banner 220 ftp ready\nnot-mail\n"},
	{"FTP with TLS", "S: 220 ftp ready\nC: AUTH TLS\nS: 234 ok\n",
	"banner 220 ftp ready\nnot-mail\n"},
	{"FTP, the server alone", "S: 220 ftp\nS: 331 password\n",
	"banner 220 ftp\nnot-mail\n"},
	{"POP3", "S: +OK ready\nC: USER x\n", "not-mail\n"},
	{"POP3, the client alone", "C: CAPA\nC: USER x\n", "not-mail\n"},
	{"IMAP", "S: * OK ready\nC: a LOGIN x y\n", "not-mail\n"},
	{"NNTP", "S: 200 news ready\n", "not-mail\n"},
	{"SSH", "S: SSH-2.0-x\n", "not-mail\n"},
	{"HTTP", "C: GET / HTTP/1.1\nC: Host: x\n", "not-mail\n"},
	{"nothing", "C: hello\nC: is there\nC: anybody\nC: out there\n",
	"not-mail\n"},
	{"mid-stream", "midstream\nS: {\nS: a\nS: }\nS: b\n", "~not-mail\n"},
};

static void a_dialogue_gives_its_events(void **state)
{
	(void)state;
	HOLD(PLAIN_DIALOGUES);
}

static void auth_has_an_account_an_outcome_and_no_secret(void **state)
{
	(void)state;
	HOLD(AUTHS);
}

static void replies_find_their_commands(void **state)
{
	(void)state;
	HOLD(TRANSACTIONS);
}

static void bodies_end_where_they_end(void **state)
{
	(void)state;
	HOLD(BODIES);
}

static void tls_begins_at_the_border(void **state)
{
	(void)state;
	HOLD(TLS);
}

static void one_direction_tells_its_half(void **state)
{
	(void)state;
	HOLD(ONE_WAY);
}

static void gaps_make_nothing_up(void **state)
{
	(void)state;
	HOLD(GAPS);
}

static void the_middle_of_a_dialogue_is_found(void **state)
{
	(void)state;
	HOLD(MIDSTREAM);
}

static void talking_out_of_turn_confuses_nobody(void **state)
{
	(void)state;
	HOLD(OUT_OF_TURN);
}

static void other_protocols_are_told_apart(void **state)
{
	(void)state;
	HOLD(FOREIGN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dialogue_gives_its_events),
		cmocka_unit_test(auth_has_an_account_an_outcome_and_no_secret),
		cmocka_unit_test(replies_find_their_commands),
		cmocka_unit_test(bodies_end_where_they_end),
		cmocka_unit_test(tls_begins_at_the_border),
		cmocka_unit_test(one_direction_tells_its_half),
		cmocka_unit_test(gaps_make_nothing_up),
		cmocka_unit_test(the_middle_of_a_dialogue_is_found),
		cmocka_unit_test(talking_out_of_turn_confuses_nobody),
		cmocka_unit_test(other_protocols_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
