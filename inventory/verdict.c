/* verdict.c: see verdict.h. */
#include "inventory/verdict.h"
#include <math.h>

/* A TLS session of fewer bytes from the client cannot have carried a message:
 * hello, key exchange, EHLO and QUIT make about 700, and the smallest dialogue
 * with AUTH, MAIL, RCPT, DATA and a body about 1,150. */
enum { MAIL_BYTES = 1100 };

enum { DAY = 24 * 60 * 60 };

/* Percent: a guess below LEAST is none, and from FIRM on it stands. One that
 * no session proves is never certain. */
enum { LEAST = 60, FIRM = 90, MOST = 99 };

const char *auth_use_word(enum auth_use u)
{
	switch (u) {
	case USE_UNKNOWN: return "unknown";
	case USE_NONE: return "none";
	case USE_OTHER: return "other";
	case USE_OAUTH: return "oauth";
	case USE_REQUIRED: return "required";
	case USE_BASIC: return "basic";
	}
	return "unknown";
}

const char *auth_use_label(enum auth_use u)
{
	switch (u) {
	case USE_UNKNOWN: return "TLS?";
	case USE_NONE: return "NONE";
	case USE_OTHER: return "OTHER";
	case USE_OAUTH: return "OAUTH";
	case USE_REQUIRED: return "AUTH?";
	case USE_BASIC: return "BASIC";
	}
	return "TLS?";
}

const char *evidence_word(enum evidence e)
{
	switch (e) {
	case EVIDENCE_NONE: break;
	case EVIDENCE_IMPLIED: return "implied";
	case EVIDENCE_INFERRED: return "inferred";
	case EVIDENCE_IMPORTED: return "imported";
	case EVIDENCE_RESYNCED: return "resynced";
	case EVIDENCE_SEEN: return "seen";
	}
	return NULL;
}

const char *standing_word(enum standing s)
{
	switch (s) {
	case STANDING_ACTIVE: return "active";
	case STANDING_FAILING: return "failing";
	case STANDING_STOPPED: return "stopped";
	case STANDING_QUIET: return "quiet";
	}
	return "active";
}

const char *role_word(enum role r)
{
	return r == ROLE_MTA ? "mta" : "device";
}

const char *reason_word(enum record_reason r)
{
	switch (r) {
	case RECORD_NO_REASON: break;
	case RECORD_WRONG_PASSWORD: return "password";
	case RECORD_TENANT_SWITCH: return "tenant-switch";
	case RECORD_MAILBOX_SWITCH: return "mailbox-switch";
	case RECORD_BASIC_DISABLED: return "basic-disabled";
	case RECORD_SECURITY_DEFAULTS: return "security-defaults";
	case RECORD_BASIC_REMOVED: return "basic-removed";
	case RECORD_NOT_OFFERED: return "not-offered";
	}
	return NULL;
}

const char *reason_label(enum record_reason r)
{
	switch (r) {
	case RECORD_NO_REASON: break;
	case RECORD_WRONG_PASSWORD: return "wrong password";
	case RECORD_TENANT_SWITCH: return "tenant switch";
	case RECORD_MAILBOX_SWITCH: return "mailbox switch";
	case RECORD_BASIC_DISABLED: return "basic disabled";
	case RECORD_SECURITY_DEFAULTS: return "security defaults";
	case RECORD_BASIC_REMOVED: return "basic removed";
	case RECORD_NOT_OFFERED: return "not offered";
	}
	return NULL;
}

static enum evidence evidence_of(uint8_t recorded)
{
	switch ((enum record_evidence)recorded) {
	case RECORD_SEEN: return EVIDENCE_SEEN;
	case RECORD_RESYNCED: return EVIDENCE_RESYNCED;
	case RECORD_INFERRED: return EVIDENCE_INFERRED;
	}
	return EVIDENCE_NONE;
}

static enum auth_use use_of(uint8_t class)
{
	switch ((enum record_class)class) {
	case RECORD_BASIC: return USE_BASIC;
	case RECORD_OAUTH: return USE_OAUTH;
	case RECORD_OTHER: return USE_OTHER;
	}
	return USE_OTHER;
}

bool verdict_outranks(const struct verdict *a, const struct verdict *b)
{
	if (a->evidence != b->evidence)
		return a->evidence > b->evidence;
	if (a->use != b->use)
		return a->use > b->use;
	return a->confidence > b->confidence;
}

bool verdict_concerns_more(const struct verdict *a, const struct verdict *b)
{
	bool a_auth = a->use > USE_NONE, b_auth = b->use > USE_NONE;

	if (a_auth != b_auth)
		return a_auth;
	return verdict_outranks(a, b);
}

/* A client that tries OAuth, is refused and then gets in by LOGIN uses LOGIN:
 * what was accepted goes first. */
static struct verdict of_auths(const struct verdict_facts *f)
{
	struct verdict best = {0};
	bool best_in = false;

	for (size_t i = 0; i < f->auth_n && i < RECORD_AUTHS; i++) {
		const struct verdict_auth *a = &f->auth[i];
		struct verdict v = {use_of(a->class), evidence_of(a->evidence),
			a->confidence};
		bool in = a->outcome == RECORD_ACCEPTED;

		if (v.evidence > best.evidence ||
			(v.evidence == best.evidence && in && !best_in) ||
			(v.evidence == best.evidence && in == best_in &&
				verdict_outranks(&v, &best))) {
			best = v;
			best_in = in;
		}
	}
	return best;
}

/* In clear: mail without AUTH is a sighting only where AUTH would have been
 * seen, so a session that began unseen needs its EHLO. */
static struct verdict in_clear(const struct verdict_facts *f)
{
	bool hole = f->flags & (RECORD_MIDSTREAM | RECORD_RESYNCS);

	if ((f->mails == 0 && f->messages == 0) ||
		!(f->flags & RECORD_SAW_CLIENT) || (hole && !f->helo))
		return (struct verdict){0};
	return (struct verdict){USE_NONE,
		hole ? EVIDENCE_RESYNCED : EVIDENCE_SEEN, 100};
}

/* The logistic function and its inverse, between percent and 1/100 nat. */
static double percent_of(double odds)
{
	return 100 / (1 + exp(-odds / 100));
}

static int odds_of(unsigned percent)
{
	double p = percent < 1 ? 1 : percent > MOST ? MOST : percent;

	return (int)lround(100 * log(p / (100 - p)));
}

static unsigned whole(double percent)
{
	return percent < 1 ? 1 : percent > MOST ? MOST : (unsigned)percent;
}

/* A session that TLS hides, of which record lengths show no AUTH. */
static struct verdict guessed(const struct verdict_facts *f)
{
	double percent = percent_of(f->guess_odds);

	switch ((enum record_guess)f->guess) {
	case RECORD_NO_AUTH:
		/* Where mail is taken with AUTH only, it was not mail. */
		if (f->messages > 0 && !f->demands)
			return (struct verdict){USE_NONE, EVIDENCE_INFERRED,
				whole(100 - percent)};
		break;
	case RECORD_UNDECIDED:
		return (struct verdict){USE_UNKNOWN, EVIDENCE_NONE,
			whole(percent)};
	case RECORD_NOT_GUESSED:
	case RECORD_AUTH: break;
	}
	return (struct verdict){0};
}

struct verdict verdict_session(const struct verdict_facts *f)
{
	bool mail = f->messages > 0 || f->client_bytes >= MAIL_BYTES;

	if (f->auth_n > 0)
		return of_auths(f);
	if (f->tls == RECORD_TLS_NONE)
		return in_clear(f);
	if (f->demands && mail && f->guess != RECORD_NO_AUTH &&
		!(f->flags & RECORD_TLS_FAILED))
		return (struct verdict){USE_REQUIRED, EVIDENCE_IMPLIED, 100};
	return guessed(f);
}

/* What guesses add up to: for AUTH where odds are above 0, against it below,
 * in 1/100 nat. Their errors are alike, since client and server are: so twice
 * as many sessions say only one session's worth more. */
struct poll {
	int64_t odds;
	uint64_t sessions;
	int64_t by_use[USE_BASIC + 1];
};

static void poll_add(struct poll *p, const struct verdict_vote *v)
{
	const struct verdict *g = &v->verdict;
	int64_t odds = odds_of(g->confidence);
	int64_t n = v->sessions < INT32_MAX ? (int64_t)v->sessions : INT32_MAX;

	p->odds += (g->use == USE_NONE ? -odds : odds) * n;
	p->sessions += v->sessions;
	p->by_use[g->use] += odds * n;
}

static struct verdict poll_verdict(const struct poll *p)
{
	enum auth_use use = USE_REQUIRED; /* AUTH, whichever */
	double n = (double)p->sessions, percent;
	int64_t most = 0;

	if (p->sessions == 0)
		return (struct verdict){0};
	percent = percent_of((double)p->odds / n * (1 + log2(n)));
	if (percent <= 100 - LEAST)
		return (struct verdict){USE_NONE, EVIDENCE_INFERRED,
			whole(100 - percent)};
	if (percent < LEAST)
		return (struct verdict){0};
	for (int u = USE_OTHER; u <= USE_BASIC; u++) {
		if (p->by_use[u] > most) {
			most = p->by_use[u];
			use = (enum auth_use)u;
		}
	}
	return (struct verdict){use, EVIDENCE_INFERRED, whole(percent)};
}

/* A session without AUTH does not undo a firm guess of AUTH in another. */
static struct verdict guess_together(const struct verdict_vote *votes,
	size_t n, uint64_t *sessions)
{
	struct poll all = {0}, some = {0};
	bool firm = false;
	struct verdict v;

	for (size_t i = 0; i < n; i++) {
		const struct verdict *g = &votes[i].verdict;

		if (g->confidence == 0 || votes[i].sessions == 0 ||
			(g->evidence != EVIDENCE_INFERRED &&
				g->evidence != EVIDENCE_NONE))
			continue;
		poll_add(&all, &votes[i]);
		if (g->use == USE_NONE)
			continue;
		firm |= g->evidence == EVIDENCE_INFERRED &&
			g->confidence >= FIRM;
		poll_add(&some, &votes[i]);
	}
	v = poll_verdict(firm ? &some : &all);
	*sessions = v.evidence == EVIDENCE_NONE ? 0
		: firm ? some.sessions : all.sessions;
	return v;
}

struct verdict verdict_together(const struct verdict_vote *votes, size_t n,
	uint64_t *sessions)
{
	struct verdict best = guess_together(votes, n, sessions);

	for (size_t i = 0; i < n; i++) {
		const struct verdict *v = &votes[i].verdict;

		if (v->evidence == EVIDENCE_INFERRED ||
			v->evidence == EVIDENCE_NONE ||
			!verdict_outranks(v, &best))
			continue;
		best = *v;
		*sessions = 0;
	}
	return best;
}

enum standing verdict_standing(const struct verdict_habit *h, int64_t now)
{
	int64_t silent = now - h->last_seen;

	if (h->sessions == 0)
		return STANDING_QUIET;
	if (h->moved_away)
		return STANDING_STOPPED;
	/* Of a device seen in one hour only nobody knows how often it sends;
	 * alert devices send when something fails. */
	if (h->median_gap > 0 && silent > 5LL * DAY * 1000000 &&
		silent / 3 > h->median_gap)
		return STANDING_STOPPED;
	if (h->last_auths >= VERDICT_LAST && h->last_refused >= VERDICT_LAST)
		return STANDING_FAILING;
	return STANDING_ACTIVE;
}

int verdict_hops(uint8_t ttl)
{
	if (ttl == 0)
		return -1;
	return ttl <= 64 ? 64 - ttl : ttl <= 128 ? 128 - ttl : 255 - ttl;
}
