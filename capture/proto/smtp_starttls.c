/* smtp_starttls.c: the border to TLS (RFC 3207), and what is wrong with it. */
#include "capture/proto/smtp_state.h"

enum { TLS_HANDSHAKE = 0x16 };

_Static_assert((int)SMTP_EARLY == (int)SMTP_LINE, "it is kept in the line");

/* RFC 8446, 5.1: the content types; or the length of an SSL 2 hello, whose
 * first bit is set. No line of text begins with either. */
static bool is_record(uint8_t c)
{
	return (c >= 0x14 && c <= 0x17) || c >= 0x80;
}

void smtp_start_tls(struct smtp *s)
{
	smtp_auth_unanswered(s);
	(void)smtp_say(s, SMTP_TLS, s->in.at);
	s->stopped = true;
	/* Should this be fed again after all, it starts anew. */
	s->queue = (struct smtp_queue){0};
	smtp_body_reset(s);
	smtp_expect_commands(s, true);
}

/* The answer was lost, and the client goes on in clear. */
static void not_agreed(struct smtp *s)
{
	struct smtp_event *e = smtp_say(s, SMTP_TLS_REFUSED, s->in.at);
	int plain = smtp_find(s, SMTP_V_STARTTLS);
	int i = plain >= 0 ? plain : smtp_find(s, SMTP_V_ANONYMOUSTLS);

	e->verb = plain >= 0 ? SMTP_V_STARTTLS : SMTP_V_ANONYMOUSTLS;
	smtp_drop(s, (unsigned)(i + 1));
	smtp_expect_commands(s, true);
}

/* A client that does not wait: its hello names the server, so it is kept as
 * far as there is room. */
static void early_begin(struct smtp *s)
{
	s->client.mode = SMTP_AT_EARLY;
	s->client.early_n = s->client.n = 0;
	s->client.at = s->in.at;
}

void smtp_early_bytes(struct smtp *s, const uint8_t *p, size_t n)
{
	struct smtp_client *c = &s->client;
	size_t room = c->early_n == c->n ? SMTP_LINE - (size_t)c->n : 0;

	if (room > n)
		room = n;
	memcpy(c->line + c->n, p, room);
	c->n = (uint16_t)(c->n + room);
	c->early_n += n;
}

void smtp_early_gap(struct smtp *s, uint64_t n)
{
	s->client.early_n += n;
}

struct chunk smtp_early(struct smtp *s, size_t *lost)
{
	struct smtp_client *c = &s->client;

	*lost = c->early_n > c->n ? (size_t)(c->early_n - c->n) : 0;
	return (struct chunk){CHUNK_DATA, SIDE_CLIENT, c->at, c->line,
		c->early_n > 0 ? c->n : 0};
}

/* The first byte behind the command's line: another mode reads it. */
void smtp_tls_byte(struct smtp *s, uint8_t b)
{
	struct smtp_client *c = &s->client;

	if (is_record(b)) {
		smtp_confirm(s);
		if (s->blind)
			smtp_start_tls(s);
		else
			early_begin(s);
	} else if (c->unsure) {
		smtp_deny(s); /* it was a text about SMTP */
		smtp_expect_commands(s, true);
	} else if (s->blind) {
		not_agreed(s);
	} else {
		(void)smtp_say(s, SMTP_INJECTED, s->in.at);
		c->mode = SMTP_AT_INJECTED;
	}
}

/* If the server refuses, it answers these lines as commands. */
void smtp_injected_byte(struct smtp *s, uint8_t b)
{
	s->client.within = b != '\n';
	if (b == '\n')
		smtp_wait(s, (struct smtp_waiting){.verb = SMTP_V_OTHER});
}

/* A client that was refused may take that for a yes; of one that is lost the
 * command may be missing, and its reply too. */
bool smtp_tls_after_all(struct smtp *s, uint8_t b)
{
	bool possible = s->client.tried_tls || (s->client.lost && s->blind);

	if (!possible || b != TLS_HANDSHAKE)
		return false;
	smtp_start_tls(s);
	return true;
}

void smtp_tls_reply(struct smtp *s, enum smtp_verb verb)
{
	struct smtp_server *v = &s->server;
	struct smtp_client *c = &s->client;
	struct smtp_event *e;

	if (v->code == 220) {
		smtp_start_tls(s);
		return;
	}
	e = smtp_say(s, SMTP_TLS_REFUSED, v->at);
	e->verb = verb;
	e->code = v->code;
	memcpy(e->enhanced, v->enhanced, sizeof e->enhanced);
	if (c->mode == SMTP_AT_TLS)
		smtp_expect_commands(s, true);
	else if (c->mode == SMTP_AT_INJECTED)
		smtp_expect_commands(s, !c->within);
	else if (c->mode == SMTP_AT_EARLY)
		smtp_lose(s);
	c->early_n = 0;
}

/* The first byte of a line of the server. True where it is TLS: its 220 was
 * not seen, or nobody saw who asked for it. */
bool smtp_tls_unasked(struct smtp *s, uint8_t b)
{
	enum smtp_mode mode = s->client.mode;
	bool expected = mode == SMTP_AT_TLS || mode == SMTP_AT_INJECTED ||
		mode == SMTP_AT_EARLY;
	bool possible = (s->server.code == 220 || s->blind) &&
		!smtp_client_is_whole(s);

	if (!is_record(b) || b >= 0x80 || (!expected && !possible))
		return false;
	smtp_start_tls(s);
	return true;
}
