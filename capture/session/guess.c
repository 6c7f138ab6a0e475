/* guess.c: see guess.h. */
#include "capture/session/guess.h"
#include "capture/session/build.h"
#include <string.h>

/* Guesses stand behind what was seen. */
void guess_clear(struct record_session *r, struct guess_told *told)
{
	while (r->auth_n > 0 &&
		r->auth[r->auth_n - 1].evidence == RECORD_INFERRED)
		r->auth_n--;
	r->auth_total -= told->auths;
	r->mails -= told->mails;
	r->recipients -= told->recipients;
	r->messages -= told->messages;
	r->accepted -= told->accepted;
	r->guess = RECORD_NOT_GUESSED;
	r->guess_odds = 0;
	*told = (struct guess_told){0};
}

static void tell_auth(struct record_session *r, const struct infer_auth *x,
	unsigned confidence)
{
	static const uint8_t outcomes[] = {
		[INFER_UNKNOWN] = RECORD_UNKNOWN,
		[INFER_ACCEPTED] = RECORD_ACCEPTED,
		[INFER_REJECTED] = RECORD_REJECTED,
		[INFER_ABORTED] = RECORD_ABORTED,
	};
	static const uint8_t reasons[] = {
		[INFER_NO_REASON] = RECORD_NO_REASON,
		[INFER_WRONG_PASSWORD] = RECORD_WRONG_PASSWORD,
		[INFER_TENANT_SWITCH] = RECORD_TENANT_SWITCH,
		[INFER_MAILBOX_SWITCH] = RECORD_MAILBOX_SWITCH,
		[INFER_BASIC_DISABLED] = RECORD_BASIC_DISABLED,
		[INFER_SECURITY_DEFAULTS] = RECORD_SECURITY_DEFAULTS,
		[INFER_BASIC_REMOVED] = RECORD_BASIC_REMOVED,
		[INFER_NOT_OFFERED] = RECORD_NOT_OFFERED,
	};
	const char *name =
		infer_mechanism_name((enum infer_mechanism)x->mechanism);
	struct record_auth *a;

	if (r->auth_n == RECORD_AUTHS)
		return; /* what was seen does not make way */
	a = build_auth(r);
	a->at = x->at;
	a->mechanism = build_text(r, name, strlen(name));
	a->class = x->mechanism == INFER_XOAUTH2 ||
		x->mechanism == INFER_OAUTHBEARER ? RECORD_OAUTH
						  : RECORD_BASIC;
	a->outcome = outcomes[x->outcome];
	a->reason = reasons[x->reason];
	a->evidence = RECORD_INFERRED;
	a->confidence = (uint8_t)confidence;
	a->initial = x->initial;
	a->cancelled = x->cancelled;
	a->account_min = x->account_min;
	a->account_max = x->account_max;
}

/* Mail is counted along with AUTH only: that without it would look like mail
 * seen to go without. */
void guess_tell(struct record_session *r, struct guess_told *told,
	const struct infer_verdict *v)
{
	static const uint8_t guesses[] = {
		[INFER_NOTHING] = RECORD_NOT_GUESSED,
		[INFER_UNDECIDED] = RECORD_UNDECIDED,
		[INFER_NO_AUTH] = RECORD_NO_AUTH,
		[INFER_AUTH] = RECORD_AUTH,
	};

	guess_clear(r, told);
	r->guess = guesses[v->guess];
	r->guess_odds = (int16_t)v->odds;
	if (v->guess != INFER_AUTH)
		return;
	for (unsigned i = 0; i < v->auth_n; i++)
		tell_auth(r, &v->auth[i], v->confidence);
	*told = (struct guess_told){v->auth_total, v->mails, v->recipients,
		v->messages, v->accepted};
	r->auth_total += told->auths;
	r->mails += told->mails;
	r->recipients += told->recipients;
	r->messages += told->messages;
	r->accepted += told->accepted;
}
