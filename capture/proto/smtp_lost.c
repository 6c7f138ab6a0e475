/* smtp_lost.c: a client whose place is not known, after a gap or in the middle
 * of a connection: what comes may be commands, or a body that is about them.
 *
 * A line that looks like a command in every detail is held. The next command
 * or the server's reply confirms it; any other line denies it. */
#include "capture/proto/smtp_state.h"

void smtp_deny(struct smtp *s)
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
	smtp_deny(s);
	smtp_expect_commands(s, true);
	s->client.lost = true;
	s->client.lost_n = 0;
	if (s->auth.open)
		sasl_gap(&s->sasl);
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
