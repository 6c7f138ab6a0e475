/* smtp_auth.c: one AUTH exchange (RFC 4954), from the command to its outcome.
 * What the answers say is sasl.c's matter. */
#include "capture/proto/smtp_state.h"

void smtp_auth_open(struct smtp *s, const uint8_t *mechanism, size_t n)
{
	smtp_wait(s, (struct smtp_waiting){.verb = SMTP_V_AUTH});
	sasl_begin(&s->sasl, mechanism, n);
	s->auth = (struct smtp_auth){
		.open = true, .seen = true, .at = s->client.at};
}

/* Whatever the client answers may be a password. */
void smtp_auth_unseen(struct smtp *s, int64_t at)
{
	sasl_begin(&s->sasl, NULL, 0);
	sasl_gap(&s->sasl);
	s->auth = (struct smtp_auth){.open = true, .at = at};
}

void smtp_auth_forget(struct smtp *s)
{
	s->auth.open = false;
	sasl_wipe(&s->sasl);
}

static struct smtp_event *closed(struct smtp *s, enum smtp_outcome outcome)
{
	struct smtp_event *e = smtp_say(s, SMTP_AUTH, s->auth.at);

	if (outcome != SMTP_AUTH_ACCEPTED && s->sasl.cancelled)
		outcome = SMTP_AUTH_ABORTED;
	e->verb = SMTP_V_AUTH;
	e->sasl = &s->sasl;
	e->outcome = outcome;
	s->auth.open = false;
	return e;
}

void smtp_auth_unanswered(struct smtp *s)
{
	int i = smtp_find(s, SMTP_V_AUTH);

	while (i >= 0 && (unsigned)i < s->queue.n) {
		if (s->queue.at[i].verb == SMTP_V_AUTH)
			s->queue.at[i].dead = true;
		i++;
	}
	if (s->auth.open)
		(void)closed(s, SMTP_UNKNOWN);
}

void smtp_auth_prompt(struct smtp *s, struct rd text)
{
	s->auth.asked++;
	sasl_prompt(&s->sasl, text.p, rd_left(&text));
}

void smtp_auth_reply(struct smtp *s, uint16_t code)
{
	struct smtp_event *e = closed(s, code < 300 ? SMTP_AUTH_ACCEPTED
						    : SMTP_AUTH_REJECTED);

	e->code = code;
	memcpy(e->enhanced, s->server.enhanced, sizeof e->enhanced);
}
