/* smtp_command.c: what the client's commands mean. */
#include "capture/proto/smtp_state.h"

static void say_text(struct smtp *s, enum smtp_kind kind, enum smtp_verb verb,
	struct rd text)
{
	struct smtp_event *e = smtp_say_command(s, kind, verb);

	e->text = text.p;
	e->text_n = rd_left(&text);
}

static void tls_command(struct smtp *s, enum smtp_verb verb)
{
	(void)smtp_say_command(s, SMTP_STARTTLS, verb);
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
	s->client.chunk = s->client.lost;
	smtp_chunk_begin(s, size, last);
	if (size == 0)
		(void)smtp_chunk_bytes(s, NULL, 0);
}

void smtp_command(struct smtp *s)
{
	struct smtp_client *c = &s->client;
	enum smtp_verb verb = c->word->verb;
	enum smtp_argument kind = c->word->argument;
	struct rd argument = smtp_trim(rd_init(c->line, c->n));

	smtp_expect_commands(s, true);
	if (kind == SMTP_SILENT)
		return;
	if (c->lost && !smtp_is_strict(verb, kind, argument))
		return;
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
	case SMTP_V_QUIT: (void)smtp_say_command(s, SMTP_QUIT, verb); break;
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
	smtp_proves(s, kind == SMTP_PATH ||
		(kind == SMTP_TEXT && verb != SMTP_V_BDAT));
}
