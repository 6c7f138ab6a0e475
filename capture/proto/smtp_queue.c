/* smtp_queue.c: the commands that wait for a reply (RFC 2920: pipelining), and
 * which of them a reply answers.
 *
 * Replies come in the order of the commands, where both sides play by the
 * rules and nothing is missing. Some codes belong to one command only; these
 * win, and what waits before them is given up. */
#include "capture/proto/smtp_state.h"

static void shift(struct smtp *s, unsigned n)
{
	struct smtp_queue *q = &s->queue;

	q->n -= n;
	memmove(q->at, q->at + n, q->n * sizeof *q->at);
	q->doubt = q->doubt > n ? q->doubt - n : 0;
	if (s->client.chain > q->n + q->more)
		s->client.chain = (unsigned)(q->n + q->more);
}

void smtp_drop(struct smtp *s, unsigned n)
{
	struct smtp_queue *q = &s->queue;

	for (unsigned i = 0; i < n; i++)
		if (q->at[i].verb == SMTP_V_AUTH && !q->at[i].dead)
			smtp_auth_unanswered(s);
	shift(s, n);
}

/* A client that goes on after a gap of the server's has had the replies that
 * we have not. */
void smtp_wait(struct smtp *s, struct smtp_waiting w)
{
	struct smtp_queue *q = &s->queue;

	smtp_drop(s, q->doubt);
	if (q->n == SMTP_WAITING && s->blind)
		smtp_drop(s, 1);
	/* Where bytes are missing, it may be for something before it. */
	w.exact = !s->hidden || (q->n + q->more == 0 &&
		(!s->client.lost || w.verb == SMTP_V_BODY));
	if (q->n < SMTP_WAITING && q->more == 0)
		q->at[q->n++] = w;
	else
		q->more++;
}

void smtp_wait_message(struct smtp *s, enum smtp_verb verb, bool whole)
{
	smtp_wait(s, (struct smtp_waiting){.verb = (uint8_t)verb,
		.is_message = whole,
		.replies = s->lmtp && whole ? s->lmtp_recipients : 0});
}

void smtp_take_back(struct smtp *s)
{
	struct smtp_queue *q = &s->queue;

	if (q->more > 0)
		q->more--;
	else if (q->n > 0)
		q->n--;
	if (q->doubt > q->n)
		q->doubt = q->n;
}

void smtp_answered(struct smtp *s)
{
	struct smtp_queue *q = &s->queue;

	q->doubt = 0;
	if (q->n == 0) {
		q->more -= q->more > 0;
		return;
	}
	if (q->at[0].replies > 1)
		q->at[0].replies--;
	else
		shift(s, 1);
}

int smtp_find(const struct smtp *s, enum smtp_verb verb)
{
	for (unsigned i = 0; i < s->queue.n; i++)
		if (s->queue.at[i].verb == verb)
			return (int)i;
	return -1;
}

static int find_tls(const struct smtp *s)
{
	for (unsigned i = 0; i < s->queue.n; i++)
		if (s->queue.at[i].verb == SMTP_V_STARTTLS ||
			s->queue.at[i].verb == SMTP_V_ANONYMOUSTLS)
			return (int)i;
	return -1;
}

/* An empty line is answered by an error, if at all; AUTH by no other yes than
 * its own, at least where replies may be missing. */
static bool is_passed(const struct smtp *s, const struct smtp_waiting *w)
{
	return w->maybe || (w->verb == SMTP_V_AUTH &&
		(s->resynced || s->hidden));
}

static int head(const struct smtp *s, uint16_t code)
{
	unsigned i = 0;

	while (code < 400 && i < s->queue.n && is_passed(s, &s->queue.at[i]))
		i++;
	return i < s->queue.n ? (int)i : -1;
}

int smtp_match(const struct smtp *s, uint16_t code)
{
	int i = head(s, code), own = -1;

	switch (code) {
	case 334: case 235: return smtp_find(s, SMTP_V_AUTH);
	case 354: return smtp_find(s, SMTP_V_DATA);
	case 221: return smtp_find(s, SMTP_V_QUIT);
	case 220:
		if (i >= 0 && (s->queue.at[i].verb == SMTP_V_CONNECT ||
			s->queue.at[i].verb == SMTP_V_OTHER))
			return i;
		return find_tls(s);
	case 534: case 535: case 538:
		own = smtp_find(s, SMTP_V_AUTH);
		break;
	default: break;
	}
	if (own >= 0)
		return own;
	/* DATA is answered by 354 or an error. If a body has followed all the
	 * same, a 250 is for that. */
	if (i >= 0 && code < 300 && s->queue.at[i].verb == SMTP_V_DATA)
		return smtp_find(s, SMTP_V_BODY);
	if (i >= 0 && code < 400 && s->queue.at[i].verb == SMTP_V_CONNECT)
		return -1;
	return i;
}
