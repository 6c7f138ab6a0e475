/* smtp_client.c: the client's bytes, one by one: words, arguments, answers. */
#include "capture/proto/smtp_state.h"

static void line_start(struct smtp_client *c)
{
	c->mode = SMTP_AT_WORD;
	c->word = NULL;
	c->cr = c->odd = c->dot = c->within = false;
	bytes_wipe(c->head, sizeof c->head);
	c->head_n = 0;
	c->rest_n = 0;
}

void smtp_expect_commands(struct smtp *s, bool at_line_start)
{
	line_start(&s->client);
	s->client.asked_data = false;
	if (!at_line_start)
		s->client.mode = SMTP_AT_REST;
}

/* Lines that are no command. */

static void no_command(struct smtp *s)
{
	struct smtp_client *c = &s->client;
	bool empty = c->rest_n == 0;

	if (c->lost)
		return;
	smtp_wait(s, (struct smtp_waiting){
		.verb = SMTP_V_OTHER, .maybe = empty});
	if (!s->is_mail && !empty && ++c->unknown >= SMTP_PATIENCE)
		smtp_give_up(s);
}

/* Behind DATA of which nothing is known a lone dot ends a message; behind BDAT
 * it is a line, so the server has to answer. */
static void lone_dot(struct smtp *s)
{
	struct smtp_client *c = &s->client;

	c->lost &= s->server.seen;
	smtp_body_end(s, c->lost_n - (c->bare ? 1 : 2)); /* without ".\r" */
}

/* If the server has asked, the client answers, whatever that looks like. */
static bool must_answer(const struct smtp *s)
{
	return s->auth.open && !s->client.lost && !s->blind &&
		s->auth.asked > s->auth.sent;
}

/* May this line follow the unsure command: a body, or an answer? */
static bool is_next(const struct smtp *s)
{
	bool alone = !s->server.seen && s->client.fresh;

	if (s->client.asked_data)
		return alone;
	return s->auth.open && s->auth.unsure && (alone || s->auth.asked > 0);
}

/* The line that has begun with head is none of ours. */
static void not_a_word(struct smtp *s)
{
	struct smtp_client *c = &s->client;
	bool answer = s->auth.open;

	/* AUTH in a text that is about SMTP: nobody has asked. */
	if (c->unsure && !is_next(s)) {
		smtp_deny(s);
		answer = s->auth.open;
	}
	if (!c->unsure && !answer)
		c->fresh = false;
	if (c->asked_data) {
		smtp_confirm(s);
		smtp_body_begin(s);
		return;
	}
	if (answer) {
		smtp_confirm(s);
		c->mode = SMTP_AT_ANSWER;
		sasl_answer_begin(&s->sasl, false);
		sasl_answer_bytes(&s->sasl, c->head, c->head_n);
	} else {
		c->mode = SMTP_AT_REST;
		c->rest_n = c->head_n;
	}
	bytes_wipe(c->head, sizeof c->head);
	c->head_n = 0;
	c->word = NULL;
}

/* Words. */

/* Commands that a client may send where a body or an answer is expected. */
static bool ends_body(enum smtp_verb verb)
{
	switch (verb) {
	case SMTP_V_HELO: case SMTP_V_EHLO: case SMTP_V_LHLO: case SMTP_V_MAIL:
	case SMTP_V_RCPT: case SMTP_V_RSET: case SMTP_V_QUIT: case SMTP_V_BDAT:
	case SMTP_V_DATA: case SMTP_V_AUTH: case SMTP_V_STARTTLS:
	case SMTP_V_ANONYMOUSTLS: case SMTP_V_NOOP:
		return true;
	case SMTP_V_OTHER: case SMTP_V_CONNECT: case SMTP_V_VRFY:
	case SMTP_V_EXPN: case SMTP_V_HELP: case SMTP_V_BODY:
		break;
	}
	return false;
}

/* Is the word a command where it stands? delimiter: what follows it. */
static bool is_command(struct smtp *s, const struct smtp_word *w,
	uint8_t delimiter)
{
	const struct smtp_client *c = &s->client;
	bool careful = c->lost || c->asked_data || s->auth.open;

	if (w->argument == SMTP_FOREIGN)
		return false;
	if (must_answer(s))
		return false;
	if (!careful)
		return true;
	return ends_body(w->verb) &&
		(w->argument != SMTP_NOTHING || delimiter == '\n');
}

static void word_found(struct smtp *s)
{
	struct smtp_client *c = &s->client;

	smtp_confirm_by_command(s);
	c->has_held = false; /* its text gives way to this one's */
	/* A body may begin like this, if a 354 was lost. */
	if (c->asked_data && s->blind && !c->lost)
		c->lost = c->fresh = true;
	c->asked_data = false;
	c->n = 0;
	bytes_wipe(c->head, sizeof c->head);
	c->head_n = 0;
	switch (c->word->argument) {
	case SMTP_TEXT: case SMTP_PATH: c->mode = SMTP_AT_ARGUMENT; break;
	case SMTP_SASL: c->mode = SMTP_AT_MECHANISM; break;
	case SMTP_NOTHING: case SMTP_SILENT: case SMTP_FOREIGN:
		c->mode = SMTP_AT_REST;
		break;
	}
}

/* A client that goes on has had its answer, although we have not, unless it
 * sends all at once and does not wait; and a second AUTH ends the first in any
 * case. (That the exchange has ended is read before another byte is, so it is
 * not overwritten.) */
static void end_auth(struct smtp *s, const struct smtp_word *w)
{
	bool at_once = s->auth.seen && s->auth.sent == 0 &&
		s->in.at == s->auth.at;
	bool waits = !s->blind ||
		(at_once && s->sasl.initial && !s->server.over);

	if (!s->auth.open)
		return;
	/* Nobody can go on so before a prompt: a text about SMTP. */
	if (s->auth.unsure && !(at_once && !s->sasl.initial))
		smtp_confirm_by_command(s);
	if (s->auth.unsure)
		smtp_deny(s); /* nor, if it is seen, before a reply */
	else if (!s->client.lost && (!waits || w->verb == SMTP_V_AUTH))
		smtp_auth_unanswered(s);
}

/* The word is over, by a blank, a colon or the line's end, which are read
 * again. False if it is no command. */
static bool word_end(struct smtp *s, uint8_t b)
{
	const struct smtp_word *w = s->client.word;

	if (w->argument == SMTP_FOREIGN && !s->is_mail && !s->client.lost) {
		smtp_give_up(s);
		return true;
	}
	if (!is_command(s, w, b))
		return false;
	end_auth(s, w);
	word_found(s);
	return true;
}

/* True if the byte was kept, since it may go on to be a word. */
static bool word_goes_on(struct smtp_client *c, uint8_t b)
{
	const struct smtp_word *w;
	bool more;

	if (c->cr || b == '\n' || c->head_n == SMTP_WORD)
		return false;
	c->head[c->head_n] = b;
	w = smtp_word(c->head, c->head_n + 1u, &more);
	if (!w && !more) {
		c->head[c->head_n] = 0;
		return false;
	}
	c->head_n++;
	c->word = w;
	return true;
}

static bool ends_word(const struct smtp_client *c, uint8_t b)
{
	if (b == '\n')
		return true;
	return !c->cr && (smtp_is_blank(b) ||
		(b == ':' && c->word->argument == SMTP_PATH));
}

/* One byte of the first word; false if it is to be looked at again. */
static bool word_byte(struct smtp *s, uint8_t b)
{
	struct smtp_client *c = &s->client;

	if (c->head_n == 0 && !c->cr) {
		c->at = s->in.at;
		if (smtp_tls_after_all(s, b))
			return false;
		if (c->unsure && c->chunk && s->server.seen)
			smtp_deny(s); /* it goes on where the chunk would end */
		if (smtp_is_blank(b) && !s->auth.open && !c->asked_data)
			return true;
	}
	if (b == '\r' && !c->cr) {
		c->cr = true;
		return true;
	}
	if (c->word && ends_word(c, b) && word_end(s, b))
		return false;
	if (word_goes_on(c, b))
		return true;
	/* Perhaps the end of a message; but right behind a gap, of "..". */
	c->dot = c->lost && !c->fresh && b == '.' && c->head_n == 0 &&
		!s->auth.open;
	not_a_word(s);
	return false;
}

/* Lines. */

static void argument_byte(struct smtp_client *c, uint8_t b)
{
	if (c->n < SMTP_LINE)
		c->line[c->n++] = b;
}

static void line_end(struct smtp *s)
{
	struct smtp_client *c = &s->client;
	enum smtp_mode mode = c->mode;
	bool dot = c->lost && c->dot && c->rest_n == 1;

	c->bare = !c->cr;
	if (mode == SMTP_AT_ANSWER) {
		smtp_auth_answered(s);
		line_start(c);
	} else if (c->word) {
		smtp_command(s);
	} else if (dot) {
		lone_dot(s);
	} else {
		no_command(s);
		if (!s->stopped)
			line_start(c);
	}
}

/* A byte of a line whose kind is known. A CR that no LF follows is text. */
static void text_byte(struct smtp *s, uint8_t b)
{
	struct smtp_client *c = &s->client;

	if (b == '\n') {
		line_end(s);
		return;
	}
	if (c->cr && c->mode == SMTP_AT_ANSWER)
		sasl_answer_bytes(&s->sasl, (const uint8_t *)"\r", 1);
	else if (c->cr && c->mode == SMTP_AT_ARGUMENT)
		argument_byte(c, '\r');
	else if (c->cr)
		c->rest_n++;
	c->cr = b == '\r';
	if (c->cr)
		return;
	if (c->mode == SMTP_AT_ANSWER)
		sasl_answer_bytes(&s->sasl, &b, 1);
	else if (c->mode == SMTP_AT_ARGUMENT)
		argument_byte(c, b);
	else
		c->rest_n++;
}

size_t smtp_client(struct smtp *s, const uint8_t *p, size_t n)
{
	struct smtp_client *c = &s->client;
	size_t i = 0;

	c->seen = true;
	while (i < n && s->out_n == 0 && !s->stopped) {
		size_t before = i;
		bool lost = c->lost;

		switch (c->mode) {
		case SMTP_AT_WORD: i += word_byte(s, p[i]); break;
		case SMTP_AT_MECHANISM:
			i += smtp_mechanism_byte(s, p[i]);
			break;
		case SMTP_AT_RESPONSE: i += smtp_response_byte(s, p[i]); break;
		case SMTP_AT_ARGUMENT: case SMTP_AT_ANSWER: case SMTP_AT_REST:
			text_byte(s, p[i++]);
			break;
		case SMTP_AT_BODY: i += smtp_body(s, p + i, n - i); break;
		case SMTP_AT_CHUNK:
			i += smtp_chunk_bytes(s, p + i, n - i);
			break;
		case SMTP_AT_TLS: smtp_tls_byte(s, p[i]); break;
		case SMTP_AT_INJECTED: smtp_injected_byte(s, p[i++]); break;
		case SMTP_AT_EARLY:
			smtp_early_bytes(s, p + i, n - i);
			i = n;
			break;
		}
		c->lost_n += lost ? i - before : 0;
	}
	return i;
}

void smtp_client_gap(struct smtp *s, uint64_t n)
{
	struct smtp_client *c = &s->client;

	c->seen = c->gapped = true;
	switch (c->mode) {
	case SMTP_AT_EARLY: smtp_early_gap(s, n); return;
	case SMTP_AT_TLS: case SMTP_AT_INJECTED: return;
	case SMTP_AT_CHUNK: smtp_chunk_gap(s, n); return;
	case SMTP_AT_BODY:
		smtp_body_gap(s, n);
		if (!s->blind)
			return;
		smtp_lose(s);
		c->lost_n = s->body.bytes;
		return;
	case SMTP_AT_MECHANISM: /* the name is cut, the command is one */
		if (!c->lost)
			smtp_auth_open(s, NULL, 0);
		break;
	case SMTP_AT_WORD: case SMTP_AT_RESPONSE: case SMTP_AT_ANSWER:
	case SMTP_AT_ARGUMENT: case SMTP_AT_REST:
		break;
	}
	smtp_lose(s);
	/* What is missing of both sides may be its outcome, and another. */
	if (s->blind || s->auth.holed)
		smtp_auth_give_up(s);
}

void smtp_client_end(struct smtp *s)
{
	smtp_confirm_by_command(s);
	if (s->blind && !s->client.unsure)
		smtp_auth_unanswered(s);
}

bool smtp_client_is_whole(const struct smtp *s)
{
	return s->client.seen && !s->client.gapped;
}
