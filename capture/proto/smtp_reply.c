/* smtp_reply.c: the server's side: replies, and what each one settles. */
#include "capture/proto/smtp_state.h"

static bool is_tls(enum smtp_verb verb)
{
	return verb == SMTP_V_STARTTLS || verb == SMTP_V_ANONYMOUSTLS;
}

static bool is_hello(enum smtp_verb verb)
{
	return verb == SMTP_V_HELO || verb == SMTP_V_EHLO ||
		verb == SMTP_V_LHLO;
}

/* Is the code one that SMTP has? FTP and NNTP have others. */
static bool is_foreign(uint16_t code)
{
	switch (code) {
	case 211: case 214: case 220: case 221: case 235: case 250: case 251:
	case 252: case 334: case 354:
		return false;
	default: return code < 400;
	}
}

static void refused(struct smtp *s, enum smtp_verb verb)
{
	struct smtp_server *v = &s->server;
	struct smtp_event *e = smtp_say(s, SMTP_REFUSED, v->at);

	e->verb = verb;
	e->code = v->code;
	memcpy(e->enhanced, v->enhanced, sizeof e->enhanced);
}

/* RFC 5321, 4.2: a greeting begins with the host's name. "220 ready" answers
 * STARTTLS. */
static bool greets(struct rd text)
{
	const uint8_t *end = memchr(text.p, ' ', rd_left(&text));
	size_t n = end ? (size_t)(end - text.p) : rd_left(&text);

	return memchr(text.p, '.', n) || memchr(text.p, '[', n) ||
		smtp_has_word(text, "SMTP");
}

/* What a reply answers, as far as its first line tells. */
static enum smtp_verb question(const struct smtp *s, const struct smtp_reply *r)
{
	int i = smtp_match(s, r->code);

	if (i >= 0)
		return (enum smtp_verb)s->queue.at[i].verb;
	if (smtp_client_is_whole(s))
		return SMTP_V_OTHER;
	/* The command was not captured. */
	if (r->code == 220 && !s->server.greeted && r->enhanced[0] == 0 &&
		!smtp_has_word(r->text, "TLS") && greets(r->text))
		return SMTP_V_CONNECT;
	if (r->code == 220 && s->server.code != 220)
		return SMTP_V_STARTTLS;
	if (r->code == 250 && r->more)
		return SMTP_V_EHLO;
	return SMTP_V_OTHER;
}

/* Is the text of the line wanted, by its code? */
static bool is_wanted(const struct smtp *s)
{
	const struct smtp_server *v = &s->server;
	struct smtp_reply r;
	enum smtp_verb verb;

	if (v->begun)
		return is_hello(v->verb);
	if (!smtp_reply(rd_init(v->line, v->n), &r))
		return false;
	verb = question(s, &r);
	return r.code == 334 || verb == SMTP_V_CONNECT || is_hello(verb) ||
		(r.code == 220 && !v->greeted); /* perhaps a greeting */
}

/* Of other lines only the code and the enhanced code are kept: servers repeat
 * to a client what they did not understand, and that may be a password. */
static bool is_code(const struct smtp_server *v, uint8_t b)
{
	bool digit = b >= '0' && b <= '9';

	if (v->n == SMTP_CODE + 1)
		return b == '.';
	return v->n < SMTP_BRIEF && (digit || (b == '.' && v->n > SMTP_CODE));
}

static void text_byte(struct smtp *s, uint8_t b)
{
	struct smtp_server *v = &s->server;

	if (v->n >= SMTP_CODE && v->line[0] == '5')
		smtp_reason_byte(&v->words, b);
	if (v->n >= SMTP_CODE && !v->wanted) {
		v->cut |= !is_code(v, b);
		if (v->cut)
			return;
	}
	if (v->n < SMTP_LINE)
		v->line[v->n++] = b;
	if (v->n == SMTP_CODE)
		v->wanted = is_wanted(s);
}

static void banner(struct smtp *s, const struct smtp_reply *r)
{
	struct smtp_event *e;

	if (!s->is_mail && r->code < 400 && r->code != 220) {
		smtp_give_up(s);
		return;
	}
	s->is_mail |= smtp_has_word(r->text, "SMTP") ||
		smtp_has_word(r->text, "LMTP");
	/* So the beginning was seen after all, but for the handshake. */
	if (s->midstream && !s->client.seen)
		s->resynced = s->client.gapped = s->client.lost = false;
	e = smtp_say(s, SMTP_BANNER, s->server.at);
	e->code = r->code;
	e->text = r->text.p;
	e->text_n = rd_left(&r->text);
}

static bool begins(struct rd text, const char *word)
{
	size_t n = strlen(word);

	return rd_left(&text) >= n &&
		smtp_has_word((struct rd){text.p, text.p + n, false}, word);
}

static void offer(struct smtp *s, struct smtp_reply *r, enum smtp_kind kind)
{
	static const char *const OWN[] = {"PIPELINING", "8BITMIME", "STARTTLS",
		"ENHANCEDSTATUSCODES", "CHUNKING", "AUTH ", "DSN", "SIZE "};
	struct smtp_event *e;

	/* Before RFC 2554 it was written so. */
	if (kind == SMTP_OFFER && begins(r->text, "AUTH="))
		s->server.line[r->text.p + 4 - s->server.line] = ' ';
	for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++)
		s->is_mail |= kind == SMTP_OFFER && begins(r->text, OWN[i]);
	e = smtp_say(s, kind, s->server.at);
	e->verb = s->server.verb;
	e->code = r->code;
	e->text = r->text.p;
	e->text_n = rd_left(&r->text);
}

static void auth_reply(struct smtp *s, struct smtp_waiting *w,
	const struct smtp_reply *r)
{
	bool ahead = s->auth.sent > s->auth.asked && !s->auth.holed;
	unsigned more = ahead ? s->auth.sent - s->auth.asked : 0;

	if (r->code == 334) {
		if (!w->dead)
			smtp_auth_prompt(s, r->text);
		s->queue.doubt = 0;
		return;
	}
	if (!w->dead && s->auth.open)
		smtp_auth_reply(s, r->code);
	/* Answers that were sent ahead of their prompts are commands now. */
	if (w->dead || more == 0) {
		smtp_answered(s);
		return;
	}
	*w = (struct smtp_waiting){.verb = SMTP_V_OTHER,
		.replies = (uint16_t)(more < UINT16_MAX ? more : UINT16_MAX)};
	s->queue.doubt = 0;
}

/* LMTP answers a message once a recipient; one of them will do. */
static void accepted(struct smtp *s, struct smtp_waiting w)
{
	smtp_say(s, SMTP_ACCEPTED, s->server.at)->code = s->server.code;
	if (w.replies > 1)
		s->queue.at[0].is_message = false;
}

/* The first command in the queue has its reply. */
static void settle(struct smtp *s, const struct smtp_reply *r)
{
	struct smtp_waiting w = s->queue.at[0];
	enum smtp_verb verb = (enum smtp_verb)w.verb;
	bool good = r->code < 400, sure = w.exact && s->queue.doubt == 0;

	if (verb == SMTP_V_AUTH) {
		auth_reply(s, &s->queue.at[0], r);
		return;
	}
	smtp_answered(s);
	if (is_tls(verb)) {
		smtp_tls_reply(s, verb);
		return;
	}
	if (verb == SMTP_V_DATA && good) {
		/* A client that did not wait may be through with it. */
		if (s->queue.n == 0 || s->queue.at[0].verb != SMTP_V_BODY)
			smtp_body_begin(s);
	} else if (verb == SMTP_V_DATA && !sure) {
		smtp_lose(s); /* or something before it was refused */
	} else if (verb == SMTP_V_DATA) {
		s->client.asked_data = false;
		smtp_body_refused(s);
	} else if (verb == SMTP_V_RCPT && good &&
		s->lmtp_recipients < UINT16_MAX) {
		s->lmtp_recipients++;
	}
	if (!good)
		refused(s, verb);
	else if (w.is_message && sure)
		accepted(s, w);
	else if (verb == SMTP_V_EHLO || verb == SMTP_V_LHLO)
		smtp_say(s, SMTP_OFFER_END, s->server.at)->code = r->code;
}

/* Is the reply one that only AUTH has? To an AUTH that was not seen it is any
 * refusal. */
static bool is_auth(const struct smtp *s, uint16_t code)
{
	return code == 334 || smtp_auth_is_own(code) ||
		(s->auth.open && !s->auth.seen && code >= 400);
}

static void auth_unasked(struct smtp *s, const struct smtp_reply *r)
{
	/* Of the exchange that was given up, perhaps. */
	if (s->stray) {
		s->stray = r->code == 334;
		return;
	}
	if (!s->auth.open) {
		smtp_deny(s);
		smtp_drop(s, s->queue.n); /* they have been answered */
		smtp_auth_unseen(s, s->server.at);
	}
	if (r->code == 334)
		smtp_auth_prompt(s, r->text);
	else
		smtp_auth_reply(s, r->code);
	s->is_mail |= s->presumed || s->sasl.mechanism[0] != '\0';
}

/* No command is known that this answers. */
static void unasked(struct smtp *s, const struct smtp_reply *r)
{
	struct smtp_server *v = &s->server;
	bool whole = smtp_client_is_whole(s);
	uint16_t code = r->code;

	if (is_auth(s, code)) {
		if (whole && !s->auth.open)
			return;
		auth_unasked(s, r);
		return;
	}
	if (!whole && code == 354) {
		smtp_body_begin(s);
	} else if (!whole && v->verb == SMTP_V_STARTTLS) {
		smtp_start_tls(s);
	} else if (v->verb == SMTP_V_CONNECT) {
		if (code >= 400)
			refused(s, SMTP_V_CONNECT);
	} else if (v->verb == SMTP_V_EHLO) {
		smtp_say(s, SMTP_OFFER_END, v->at)->code = code;
	} else if (code >= 400) {
		refused(s, s->client.mode == SMTP_AT_BODY ? SMTP_V_BODY
							  : SMTP_V_OTHER);
		smtp_body_try_stop(s);
	}
	if (s->client.seen || code == 354)
		return;
	smtp_expect_commands(s, true); /* there is no body to be seen */
	if (v->verb == SMTP_V_EHLO)
		s->client.lost = s->client.fresh = false;
}

static void final_line(struct smtp *s, const struct smtp_reply *r)
{
	int i;

	/* There is no more to come. */
	if (s->auth.open && !s->auth.seen && r->code < 400 && r->code != 334 &&
		!smtp_auth_is_own(r->code))
		smtp_auth_unanswered(s);
	i = smtp_match(s, r->code);
	if (i < 0 && s->queue.n == 0 && s->queue.more > 0) {
		smtp_answered(s);
		if (r->code >= 400)
			refused(s, SMTP_V_OTHER);
		return;
	}
	if (i < 0 && r->code < 300 && smtp_body_try_end(s))
		i = smtp_match(s, r->code);
	if (i >= 0 && smtp_is_unsure(s, (unsigned)i))
		i = -1; /* it is for one that was not captured */
	if (i > 0)
		smtp_drop(s, (unsigned)i);
	if (i >= 0)
		settle(s, r);
	else
		unasked(s, r);
}

static void not_a_reply(struct smtp *s)
{
	struct smtp_server *v = &s->server;
	struct rd text = smtp_trim(rd_init(v->line, v->n));
	bool gapped = v->greeted && s->blind; /* it may have lost its head */

	v->begun = false;
	if (rd_left(&text) == 0 || s->is_mail)
		return;
	if ((!s->midstream && !gapped) || ++v->unknown >= SMTP_PATIENCE)
		smtp_give_up(s);
}

/* Behind a gap a line's end may look like a reply: "no 235 today". An enhanced
 * code speaks for a reply. Without one the outcome of AUTH is not taken from
 * such a line, nor anything if the gap began in the middle. */
static bool is_whole(const struct smtp_server *v, const struct smtp_reply *r)
{
	if (r->enhanced[0] != 0 && r->enhanced[0] == r->code / 100)
		return true;
	return !v->torn && r->code < 400 && r->code != 235;
}

/* Replies went by that were not seen. */
static void missed(struct smtp *s)
{
	s->blind = s->auth.holed = true;
	if (s->auth.cut)
		smtp_auth_give_up(s);
	smtp_body_try_stop(s);
	if (s->queue.n > 0 && s->queue.at[0].verb == SMTP_V_CONNECT)
		smtp_drop(s, 1);
	s->queue.doubt = s->queue.n;
}

/* A server whose first words were lost together with its SYN has no gap. */
static void miss_greeting(struct smtp *s, uint16_t code)
{
	const struct smtp_queue *q = &s->queue;

	if (q->n == 0 || q->at[0].verb != SMTP_V_CONNECT || code == 220)
		return;
	if (code < 400) {
		smtp_drop(s, 1);
		s->hidden = true;
	} else if (q->n > 1) {
		s->hidden = true; /* or is it none? */
	}
}

static void line(struct smtp *s)
{
	struct smtp_server *v = &s->server;
	struct smtp_reply r;
	bool first = !v->begun, holed = v->holed;

	v->holed = false;
	if (!smtp_reply(rd_init(v->line, v->n), &r)) {
		not_a_reply(s);
		return;
	}
	if (holed && !is_whole(v, &r)) {
		missed(s);
		return;
	}
	s->blind = false;
	v->unknown = 0;
	if (first) {
		miss_greeting(s, r.code);
		v->verb = question(s, &r);
		memset(v->enhanced, 0, sizeof v->enhanced);
	}
	v->code = r.code;
	if (v->enhanced[0] == 0)
		memcpy(v->enhanced, r.enhanced, sizeof v->enhanced);
	v->begun = r.more;
	/* RFC 2034 is SMTP's; the class repeats the code's first digit. */
	s->is_mail |= r.enhanced[0] != 0 && r.enhanced[0] == r.code / 100;
	if (!s->is_mail && is_foreign(r.code)) {
		smtp_give_up(s);
		return;
	}
	smtp_confirm_by_reply(s, &r);
	s->stray &= r.code >= 400 || r.code == 235 || r.code == 334;
	if (first && v->verb == SMTP_V_CONNECT)
		banner(s, &r);
	else if (is_hello(v->verb) && r.code < 300)
		offer(s, &r, first ? SMTP_WELCOME : SMTP_OFFER);
	v->greeted = true;
	if (!r.more && !s->stopped)
		final_line(s, &r);
}

size_t smtp_server(struct smtp *s, const uint8_t *p, size_t n)
{
	struct smtp_server *v = &s->server;
	size_t i = 0;

	v->seen = true;
	while (i < n && s->out_n == 0 && !s->stopped) {
		if (v->n == 0) {
			v->at = s->in.at;
			v->wanted = v->cut = false;
			if (!v->begun)
				smtp_reason_begin(&v->words);
			if (smtp_tls_unasked(s, p[i]))
				break;
		}
		if (p[i] == '\n') {
			i++;
			line(s);
			v->n = 0;
			continue;
		}
		text_byte(s, p[i++]);
	}
	return i;
}

void smtp_server_gap(struct smtp *s)
{
	struct smtp_server *v = &s->server;

	v->torn = v->n > 0 || v->begun || (v->holed && v->torn);
	v->holed = true;
	v->seen = v->greeted = s->hidden = true;
	v->n = 0;
	v->begun = false;
	missed(s);
}

void smtp_server_end(struct smtp *s)
{
	s->blind = s->server.over = true;
	smtp_auth_unanswered(s);
}
