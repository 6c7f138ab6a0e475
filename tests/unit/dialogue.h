/* dialogue.h: SMTP dialogues as text, for the tests of smtp.h. Included once a
 * program. */
#pragma once
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
static const char *const REASONS[] = {
	"", " wrong password", " tenant switch", " mailbox switch",
	" basic disabled", " security defaults", " basic removed",
	" not offered",
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
	print(l, REASONS[e->reason]);
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
static void run_script(const struct script *script, unsigned cut,
	struct log *l)
{
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
	smtp_wipe(s);
	for (size_t i = 0; i < smtp_size(); i++)
		check(((const uint8_t *)s)[i] == 0);
	free(s);
}

static void run(const struct dialogue *d, unsigned cut, struct log *l)
{
	struct script *script = read_script(d->text);

	run_script(script, cut, l);
	if (l->in_tls) {
		print(l, "tls-bytes");
		print_number(l, l->tls[SIDE_CLIENT]);
		print_number(l, l->tls[SIDE_SERVER]);
		print(l, "\n");
	}
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
