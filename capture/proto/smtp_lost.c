/* smtp_lost.c: a client whose place is not known, after a gap or in the middle
 * of a connection: what comes may be commands, or a body that is about them.
 *
 * A line that looks like a command in every detail is held. A reply that such
 * a command has confirms it; any other line denies it. Where the server is not
 * seen at all the next command confirms it, but only from the first line on:
 * a body may quote a whole dialogue, yet seldom begins with it. */
#include "capture/proto/smtp_state.h"

void smtp_deny(struct smtp *s)
{
	struct smtp_client *c = &s->client;

	if (!c->unsure)
		return;
	c->unsure = c->has_held = c->asked_data = c->proves = false;
	c->chunk = false;
	for (; c->chain > 0; c->chain--)
		smtp_take_back(s);
	if (s->auth.open && s->auth.unsure)
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
	s->auth.unsure = false;
	c->unsure = c->has_held = c->lost = c->proves = c->chunk = false;
	c->chain = 0;
}

void smtp_confirm_by_command(struct smtp *s)
{
	if (!s->server.seen && s->client.fresh)
		smtp_confirm(s);
}

/* Would a server answer the command so? Not whatever it may say within a body:
 * that time is up, or that it has enough; nor what it says of a chunk. */
static bool fits(enum smtp_verb verb, const struct smtp_reply *r)
{
	uint16_t code = r->code;
	bool bare = r->enhanced[0] == 0;

	switch (verb) {
	case SMTP_V_AUTH:
		return smtp_auth_is_own(code) || code == 334 || code == 432 ||
			code == 454 || code == 503 || code == 504;
	case SMTP_V_DATA: return code == 354 || code == 503 || code == 554;
	case SMTP_V_QUIT: return code == 221;
	case SMTP_V_HELO: case SMTP_V_EHLO: case SMTP_V_LHLO:
		return code == 250 ? bare : code > 499 && code < 505;
	case SMTP_V_MAIL: case SMTP_V_RCPT:
		if (code == 250 && !bare && r->enhanced[1] != 1)
			return false;
		break;
	case SMTP_V_STARTTLS: case SMTP_V_ANONYMOUSTLS:
		return code == 220 || code == 454 || code == 502 ||
			code == 503;
	case SMTP_V_OTHER: case SMTP_V_CONNECT: case SMTP_V_BDAT:
	case SMTP_V_RSET: case SMTP_V_NOOP: case SMTP_V_VRFY:
	case SMTP_V_EXPN: case SMTP_V_HELP: case SMTP_V_BODY:
		break;
	}
	return code != 421 && code != 354 && code != 334 && code != 221 &&
		code != 220 && !smtp_auth_is_own(code);
}

void smtp_confirm_by_reply(struct smtp *s, const struct smtp_reply *r)
{
	int i;

	/* A chunk is answered when it is complete. */
	if (s->client.unsure && s->client.mode == SMTP_AT_CHUNK)
		smtp_lose(s);
	i = smtp_match(s, r->code);
	if (i >= 0 && smtp_is_unsure(s, (unsigned)i) &&
		fits((enum smtp_verb)s->queue.at[i].verb, r))
		smtp_confirm(s);
}

bool smtp_is_unsure(const struct smtp *s, unsigned i)
{
	return s->client.unsure && i + s->client.chain >= s->queue.n;
}

void smtp_lose(struct smtp *s)
{
	smtp_deny(s);
	smtp_expect_commands(s, true);
	s->hidden = true;
	s->client.lost = s->client.fresh = true;
	s->client.lost_n = 0;
	if (!s->auth.open)
		return;
	sasl_gap(&s->sasl);
	s->auth.cut = true;
}

struct smtp_event *smtp_say_command(struct smtp *s, enum smtp_kind kind,
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

void smtp_proves(struct smtp *s, bool proof)
{
	struct smtp_client *c = &s->client;

	c->unsure = c->lost;
	c->chain += c->lost;
	c->proves = proof || s->presumed;
	s->is_mail |= c->proves && !c->lost;
}

bool smtp_is_strict(enum smtp_verb verb, enum smtp_argument kind,
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
