/* smtp_auth.c: one AUTH exchange (RFC 4954), from the command to its outcome.
 * What the answers say is sasl.c's matter. */
#include "capture/proto/smtp_state.h"

void smtp_auth_open(struct smtp *s, const uint8_t *mechanism, size_t n)
{
	smtp_wait(s, (struct smtp_waiting){.verb = SMTP_V_AUTH});
	sasl_begin(&s->sasl, mechanism, n);
	s->auth = (struct smtp_auth){.open = true, .seen = true,
		.unsure = s->client.lost,
		.exact = !s->hidden || s->queue.n + s->queue.more == 1,
		.at = s->client.at};
}

/* Whatever the client answers may be a password. */
void smtp_auth_unseen(struct smtp *s, int64_t at)
{
	sasl_begin(&s->sasl, NULL, 0);
	sasl_gap(&s->sasl);
	s->auth = (struct smtp_auth){
		.open = true, .exact = true, .cut = true, .at = at};
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
	s->stray = false;
	e->verb = SMTP_V_AUTH;
	e->sasl = &s->sasl;
	e->outcome = outcome;
	s->auth.open = false;
	return e;
}

void smtp_auth_unanswered(struct smtp *s)
{
	int i;

	if (s->auth.open && s->auth.unsure)
		smtp_deny(s);
	i = smtp_find(s, SMTP_V_AUTH);
	while (i >= 0 && (unsigned)i < s->queue.n) {
		if (s->queue.at[i].verb == SMTP_V_AUTH)
			s->queue.at[i].dead = true;
		i++;
	}
	if (s->auth.open)
		(void)closed(s, SMTP_UNKNOWN);
}

void smtp_auth_give_up(struct smtp *s)
{
	bool open = s->auth.open;

	smtp_auth_unanswered(s);
	s->stray |= open;
}

void smtp_auth_prompt(struct smtp *s, struct rd text)
{
	s->auth.asked++;
	s->auth.holed &= s->auth.cut; /* it still goes on */
	sasl_prompt(&s->sasl, text.p, rd_left(&text));
}

bool smtp_auth_is_own(uint16_t code)
{
	return code == 235 || code == 534 || code == 535 || code == 538;
}

/* Is the reply the outcome for sure? Where nothing is missing it is, whatever
 * a server may say. */
static bool is_outcome(const struct smtp *s, uint16_t code)
{
	const struct smtp_auth *a = &s->auth;

	if (!(s->resynced || s->hidden))
		return true;
	/* Behind a gap of the client's it may be another AUTH's. */
	if (smtp_auth_is_own(code))
		return a->exact || !a->cut;
	/* After a hole it may be the end of a long silence as well. */
	return a->exact && code >= 400 && !(a->holed &&
		(code == 421 || s->queue.n + s->queue.more > 1));
}

/* RFC 4954, 4: a client gives up by "*", and the server says 501. Where that
 * was not seen, the reply's words may tell it from other errors. */
static enum smtp_outcome rejected(const struct smtp *s, uint16_t code)
{
	if (s->sasl.cancelled || !s->auth.cut)
		return SMTP_AUTH_REJECTED;
	if (smtp_reason_is_abort(&s->server.words))
		return SMTP_AUTH_ABORTED;
	return code == 501 && s->auth.asked > 0
		? SMTP_UNKNOWN : SMTP_AUTH_REJECTED;
}

void smtp_auth_reply(struct smtp *s, uint16_t code)
{
	struct smtp_event *e;

	if (!is_outcome(s, code)) {
		(void)closed(s, SMTP_UNKNOWN);
		return;
	}
	e = closed(s, code < 300 ? SMTP_AUTH_ACCEPTED : rejected(s, code));
	e->code = code;
	memcpy(e->enhanced, s->server.enhanced, sizeof e->enhanced);
	e->reason = smtp_reason(&s->server.words, code, e->enhanced);
	if (sasl_class(s->sasl.mechanism) == SASL_OAUTH &&
		e->reason == SMTP_WRONG_PASSWORD)
		e->reason = SMTP_NO_REASON; /* a token is none */
}

/* The command line, a byte at a time. */

/* RFC 2228 has an AUTH too, but it comes first and knows no SASL. */
static bool is_ftp(const struct smtp *s, struct rd name)
{
	static const char *const FTP[] = {"TLS", "SSL", "TLS-C", "TLS-P",
		"GSSAPI", "KERBEROS_V4"};

	for (size_t i = 0; i < sizeof FTP / sizeof *FTP; i++)
		if (rd_left(&name) == strlen(FTP[i]) && smtp_has_word(name,
			FTP[i]))
			return !s->is_mail && !s->presumed;
	return false;
}

/* The mechanism is complete; false if this is no AUTH command at all. */
static bool mechanism_end(struct smtp *s)
{
	struct smtp_client *c = &s->client;
	struct rd name = rd_init(c->line, c->n);
	char text[SASL_MECHANISM] = "";

	memcpy(text, name.p, rd_left(&name));
	if (is_ftp(s, name)) {
		smtp_give_up(s);
		return false;
	}
	if (c->lost && !sasl_is_known(text)) {
		c->word = NULL;
		return false;
	}
	smtp_auth_open(s, c->line, c->n);
	/* POP3 has the same command; its server greets otherwise. */
	smtp_proves(s, sasl_is_known(text) && (s->server.seen || c->gapped));
	return true;
}

bool smtp_mechanism_byte(struct smtp *s, uint8_t b)
{
	struct smtp_client *c = &s->client;

	if (b == '\r' && !c->cr) {
		c->cr = true;
		return true;
	}
	if (smtp_is_blank(b) && c->n == 0 && !c->odd)
		return true;
	if (b == '\n' || smtp_is_blank(b)) {
		c->mode = mechanism_end(s) ? SMTP_AT_RESPONSE : SMTP_AT_REST;
		return false;
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

bool smtp_response_byte(struct smtp *s, uint8_t b)
{
	struct smtp_client *c = &s->client;

	if (b == '\n') {
		smtp_expect_commands(s, true);
		return true;
	}
	if (b == '\r' && !c->cr) {
		c->cr = true;
		return true;
	}
	if (smtp_is_blank(b) && !c->cr)
		return true;
	sasl_answer_begin(&s->sasl, true);
	c->mode = SMTP_AT_ANSWER;
	return false;
}

void smtp_auth_answered(struct smtp *s)
{
	struct smtp_client *c = &s->client;
	bool good = sasl_answer_end(&s->sasl);

	if (!c->word)
		s->auth.sent++;
	else if (!good)
		smtp_deny(s); /* "AUTH PLAIN is not safe" in a text */
}
