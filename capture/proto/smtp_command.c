/* smtp_command.c: the client's side: words, arguments, answers. */
#include "capture/proto/smtp_state.h"
#include <strings.h>

/* Places. */

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

/* The last line only looked like a command. */
static void deny(struct smtp *s)
{
	struct smtp_client *c = &s->client;

	if (!c->unsure)
		return;
	c->unsure = c->has_held = c->asked_data = c->proves = false;
	smtp_take_back(s);
	if (s->auth.open && s->auth.seen)
		smtp_auth_forget(s);
}

void smtp_confirm(struct smtp *s)
{
	struct smtp_client *c = &s->client;

	if (!c->unsure)
		return;
	if (c->has_held)
		*smtp_say(s, c->held.kind, c->held.at) = c->held;
	s->is_mail |= c->proves;
	c->unsure = c->has_held = c->lost = c->proves = false;
}

void smtp_lose(struct smtp *s)
{
	deny(s);
	line_start(&s->client);
	s->client.lost = true;
	s->client.lost_n = 0;
	s->client.asked_data = false;
	if (s->auth.open)
		sasl_gap(&s->sasl);
}

/* What a command means; while the client is lost, only once it is confirmed. */
static struct smtp_event *say(struct smtp *s, enum smtp_kind kind,
	enum smtp_verb verb)
{
	struct smtp_client *c = &s->client;
	struct smtp_event *e = &c->held;

	if (c->lost) {
		*e = (struct smtp_event){.kind = kind, .at = c->at,
			.resynced = s->resynced};
		c->has_held = true;
	} else {
		e = smtp_say(s, kind, c->at);
	}
	e->verb = verb;
	return e;
}

static void say_text(struct smtp *s, enum smtp_kind kind, enum smtp_verb verb,
	struct rd text)
{
	struct smtp_event *e = say(s, kind, verb);

	e->text = text.p;
	e->text_n = rd_left(&text);
}

/* A command was read; proof: no other protocol has it. */
static void proves(struct smtp *s, bool proof)
{
	struct smtp_client *c = &s->client;

	c->unsure = c->lost;
	c->proves = proof;
	s->is_mail |= proof && !c->lost;
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

/* Behind DATA or BDAT of which nothing is known, a lone dot ends a message. */
static void lone_dot(struct smtp *s)
{
	struct smtp_client *c = &s->client;

	deny(s);
	c->lost = false;
	smtp_body_end(s, c->lost_n - (c->bare ? 1 : 2)); /* without ".\r" */
}

/* Does the client answer a challenge? If the server has asked, it does. */
static bool is_answering(const struct smtp *s)
{
	return s->auth.open && !s->client.lost;
}

static bool must_answer(const struct smtp *s)
{
	return is_answering(s) && !s->blind && s->auth.asked > s->auth.sent;
}

/* The line that has begun with head is none of ours. */
static void not_a_word(struct smtp *s)
{
	struct smtp_client *c = &s->client;
	bool answer = s->auth.open;

	/* AUTH in a text that is about SMTP: nobody has asked. */
	if (c->unsure && !c->asked_data &&
		!(answer && s->auth.seen && (s->blind || s->auth.asked > 0))) {
		deny(s);
		answer = s->auth.open;
	}
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
}

/* Words. */

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

static void word_found(struct smtp *s, const struct smtp_word *w)
{
	struct smtp_client *c = &s->client;

	smtp_confirm(s);
	c->asked_data = false;
	c->word = w;
	c->n = 0;
	c->odd = false;
	bytes_wipe(c->head, sizeof c->head);
	c->head_n = 0;
	switch (w->argument) {
	case SMTP_TEXT: case SMTP_PATH: c->mode = SMTP_AT_ARGUMENT; break;
	case SMTP_SASL: c->mode = SMTP_AT_MECHANISM; break;
	case SMTP_NOTHING: case SMTP_SILENT: case SMTP_FOREIGN:
		c->mode = SMTP_AT_REST;
		break;
	}
}

/* A client that goes on has had its answer, although we have not; and a
 * second AUTH ends the first in any case. True if there is an event to be
 * read before the exchange is overwritten. */
static bool ends_auth(struct smtp *s, const struct smtp_word *w)
{
	if (!s->auth.open || (!s->blind && w->verb != SMTP_V_AUTH))
		return false;
	smtp_confirm(s);
	smtp_auth_unanswered(s);
	return true;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

enum { TLS_HANDSHAKE = 0x16 };

/* One character of the first word; false if it is to be looked at again. */
static bool word_byte(struct smtp *s, uint8_t b)
{
	struct smtp_client *c = &s->client;
	const struct smtp_word *w;
	bool more;

	if (c->head_n == 0 && !c->cr) {
		c->at = s->in.at;
		if (c->tried_tls && b == TLS_HANDSHAKE) {
			smtp_start_tls(s); /* as if it had not been refused */
			return false;
		}
		if (is_blank(b) && !s->auth.open && !c->asked_data) {
			return true;
		}
	}
	if (b == '\r' && !c->cr) {
		c->cr = true;
		return true;
	}
	w = smtp_word(c->head, c->head_n, &more);
	if (w && (b == '\n' || (!c->cr && (is_blank(b) ||
			(b == ':' && w->argument == SMTP_PATH))))) {
		if (w->argument == SMTP_FOREIGN && !s->is_mail && !c->lost) {
			smtp_give_up(s);
			return true;
		}
		if (is_command(s, w, b)) {
			if (ends_auth(s, w))
				return false;
			word_found(s, w);
			/* the line's end, and the colon of a path, are read
			 * with the argument */
			return b != '\n' && b != ':';
		}
	} else if (!c->cr && b != '\n' && c->head_n < SMTP_WORD) {
		c->head[c->head_n] = b;
		if (smtp_word(c->head, c->head_n + 1u, &more) || more) {
			c->head_n++;
			return true;
		}
		c->head[c->head_n] = 0;
	}
	if (c->lost && b == '.' && c->head_n == 0 && !s->auth.open) {
		deny(s);
		c->dot = true; /* perhaps the end of a message */
	}
	not_a_word(s);
	return false;
}

/* Commands. */

static void tls_command(struct smtp *s, enum smtp_verb verb)
{
	(void)say(s, SMTP_STARTTLS, verb);
	smtp_wait(s, (struct smtp_waiting){.verb = (uint8_t)verb});
	s->client.mode = SMTP_AT_TLS;
	s->client.tried_tls = true;
}

static void bdat_command(struct smtp *s, struct rd argument)
{
	uint64_t size = 0;
	bool last = false, good = smtp_chunk(argument, &size, &last);

	smtp_wait_message(s, SMTP_V_BDAT, good && last);
	if (!good)
		return;
	smtp_chunk_begin(s, size, last);
	if (size == 0)
		(void)smtp_chunk_bytes(s, NULL, 0);
}

/* Would a body's line look like this by chance? */
static bool is_strict(enum smtp_verb verb, enum smtp_argument kind,
	struct rd argument)
{
	uint64_t size;
	bool last;

	if (verb == SMTP_V_BDAT)
		return smtp_chunk(argument, &size, &last);
	if (kind == SMTP_PATH)
		return smtp_path_is_strict(argument);
	if (kind == SMTP_TEXT)
		return smtp_is_text(argument) && !memchr(argument.p, ' ',
			rd_left(&argument));
	return true;
}

static void command(struct smtp *s)
{
	struct smtp_client *c = &s->client;
	enum smtp_verb verb = c->word->verb;
	enum smtp_argument kind = c->word->argument;
	struct rd argument = smtp_trim(rd_init(c->line, c->n));

	line_start(c);
	if (kind == SMTP_SILENT)
		return;
	if (c->lost && !is_strict(verb, kind, argument)) {
		no_command(s);
		return;
	}
	switch (verb) {
	case SMTP_V_HELO: case SMTP_V_EHLO: case SMTP_V_LHLO:
		say_text(s, SMTP_HELO, verb, argument);
		s->lmtp = verb == SMTP_V_LHLO;
		break;
	case SMTP_V_MAIL:
		say_text(s, SMTP_MAIL, verb, smtp_path(argument));
		s->lmtp_recipients = 0;
		smtp_body_reset(s);
		break;
	case SMTP_V_RCPT:
		say_text(s, SMTP_RCPT, verb, smtp_path(argument));
		break;
	case SMTP_V_RSET:
		s->lmtp_recipients = 0;
		smtp_body_reset(s);
		break;
	case SMTP_V_QUIT: (void)say(s, SMTP_QUIT, verb); break;
	case SMTP_V_DATA: c->asked_data = true; break;
	case SMTP_V_BDAT: bdat_command(s, argument); break;
	case SMTP_V_STARTTLS: case SMTP_V_ANONYMOUSTLS:
		tls_command(s, verb);
		break;
	case SMTP_V_OTHER: case SMTP_V_CONNECT: case SMTP_V_AUTH:
	case SMTP_V_NOOP: case SMTP_V_VRFY: case SMTP_V_EXPN: case SMTP_V_HELP:
	case SMTP_V_BODY:
		break;
	}
	if (verb != SMTP_V_BDAT && verb != SMTP_V_STARTTLS &&
		verb != SMTP_V_ANONYMOUSTLS)
		smtp_wait(s, (struct smtp_waiting){.verb = (uint8_t)verb});
	proves(s, kind == SMTP_PATH || (kind == SMTP_TEXT && verb != SMTP_V_BDAT));
}

/* AUTH, a character at a time. */

/* RFC 2228 has an AUTH too, but it comes first and knows no SASL. */
static bool is_ftp(const struct smtp *s, struct rd name)
{
	static const char *const FTP[] = {"TLS", "SSL", "TLS-C", "TLS-P",
		"GSSAPI", "KERBEROS_V4"};

	for (size_t i = 0; i < sizeof FTP / sizeof *FTP; i++)
		if (rd_left(&name) == strlen(FTP[i]) && smtp_has_word(name,
			FTP[i]))
			return !s->is_mail;
	return false;
}

/* The mechanism is complete: true if this is an AUTH command. */
static bool mechanism_end(struct smtp *s)
{
	struct smtp_client *c = &s->client;
	struct rd name = rd_init(c->line, c->odd ? 0 : c->n);
	char text[SASL_MECHANISM] = "";

	memcpy(text, name.p, rd_left(&name));
	if (is_ftp(s, name)) {
		smtp_give_up(s);
		return false;
	}
	if (c->lost && !sasl_is_known(text)) {
		c->mode = SMTP_AT_REST;
		c->word = NULL;
		return false;
	}
	smtp_auth_open(s, c->line, c->odd ? 0 : c->n);
	/* POP3 has the same command; its server greets otherwise. */
	proves(s, sasl_is_known(text) && (s->server.seen || c->gapped));
	return true;
}

static bool mechanism_byte(struct smtp *s, uint8_t b)
{
	struct smtp_client *c = &s->client;

	if (b == '\r' && !c->cr) {
		c->cr = true;
		return true;
	}
	if (is_blank(b) && c->n == 0 && !c->odd)
		return true;
	if (b == '\n' || is_blank(b)) {
		if (mechanism_end(s))
			c->mode = SMTP_AT_RESPONSE;
		return b != '\n';
	}
	c->odd |= c->cr || c->n >= SASL_MECHANISM;
	if (!c->odd) {
		c->line[c->n++] = b;
		c->odd = !sasl_is_name(c->line, c->n);
	}
	if (c->odd) {
		bytes_wipe(c->line, SASL_MECHANISM);
		c->n = 0;
	}
	return true;
}

static bool response_byte(struct smtp *s, uint8_t b)
{
	struct smtp_client *c = &s->client;

	if (b == '\n') {
		line_start(c);
		return true;
	}
	if (b == '\r' && !c->cr) {
		c->cr = true;
		return true;
	}
	if (is_blank(b) && !c->cr)
		return true;
	sasl_answer_begin(&s->sasl, true);
	c->mode = SMTP_AT_ANSWER;
	return false;
}

static void answer_end(struct smtp *s)
{
	struct smtp_client *c = &s->client;
	bool good = sasl_answer_end(&s->sasl);

	if (!c->word)
		s->auth.sent++;
	else if (!good)
		deny(s); /* "AUTH PLAIN is not safe" in a text */
	line_start(c);
}

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
		answer_end(s);
	} else if (c->word) {
		command(s);
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

/* Behind STARTTLS. */

static void not_agreed(struct smtp *s)
{
	struct smtp_event *e = smtp_say(s, SMTP_TLS_REFUSED, s->in.at);
	int plain = smtp_find(s, SMTP_V_STARTTLS);
	int i = plain >= 0 ? plain : smtp_find(s, SMTP_V_ANONYMOUSTLS);

	e->verb = plain >= 0 ? SMTP_V_STARTTLS : SMTP_V_ANONYMOUSTLS;
	smtp_drop(s, (unsigned)(i + 1));
	line_start(&s->client);
}

/* The first byte behind the line; true if it was used. */
static bool tls_byte(struct smtp *s, uint8_t b)
{
	struct smtp_client *c = &s->client;

	if (smtp_is_record(b)) {
		smtp_confirm(s);
		if (s->blind)
			smtp_start_tls(s);
		else
			c->mode = SMTP_AT_EARLY;
	} else if (c->unsure) {
		deny(s); /* it was a text about SMTP */
		line_start(c);
	} else if (s->blind) {
		not_agreed(s);
	} else {
		(void)smtp_say(s, SMTP_INJECTED, s->in.at);
		c->mode = SMTP_AT_INJECTED;
	}
	return false;
}

/* If the server refuses, it answers these lines as commands. */
static void injected_byte(struct smtp *s, uint8_t b)
{
	s->client.within = b != '\n';
	if (b == '\n')
		smtp_wait(s, (struct smtp_waiting){.verb = SMTP_V_OTHER});
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
		case SMTP_AT_MECHANISM: i += mechanism_byte(s, p[i]); break;
		case SMTP_AT_RESPONSE: i += response_byte(s, p[i]); break;
		case SMTP_AT_ARGUMENT: case SMTP_AT_ANSWER: case SMTP_AT_REST:
			text_byte(s, p[i++]);
			break;
		case SMTP_AT_BODY: i += smtp_body(s, p + i, n - i); break;
		case SMTP_AT_CHUNK:
			i += smtp_chunk_bytes(s, p + i, n - i);
			break;
		case SMTP_AT_TLS: i += tls_byte(s, p[i]); break;
		case SMTP_AT_INJECTED: injected_byte(s, p[i++]); break;
		case SMTP_AT_EARLY: i = n; break;
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
	case SMTP_AT_TLS: case SMTP_AT_INJECTED: case SMTP_AT_EARLY: return;
	case SMTP_AT_CHUNK: smtp_chunk_gap(s, n); return;
	case SMTP_AT_BODY:
		smtp_body_gap(s, n);
		if (!s->blind)
			return;
		smtp_lose(s);
		c->lost_n = s->body.bytes;
		return;
	case SMTP_AT_MECHANISM: /* the name is cut, the command is one */
		smtp_auth_open(s, NULL, 0);
		break;
	case SMTP_AT_WORD: case SMTP_AT_RESPONSE: case SMTP_AT_ANSWER:
	case SMTP_AT_ARGUMENT: case SMTP_AT_REST:
		break;
	}
	smtp_lose(s);
	if (s->blind) /* neither the rest of it nor the outcome will be seen */
		smtp_auth_unanswered(s);
}

void smtp_client_end(struct smtp *s)
{
	s->client.ended = true;
	smtp_confirm(s);
	if (s->blind || s->server.ended)
		smtp_auth_unanswered(s);
}
