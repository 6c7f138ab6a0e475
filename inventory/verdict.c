/* verdict.c: see verdict.h. */
#include "inventory/verdict.h"

/* A TLS session of fewer bytes from the client cannot have carried a message:
 * hello, key exchange, EHLO and QUIT make about 700, and the smallest dialogue
 * with AUTH, MAIL, RCPT, DATA and a body about 1,150. */
enum { MAIL_BYTES = 1100 };

enum { DAY = 24 * 60 * 60 };

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

struct verdict verdict_session(const struct verdict_facts *f)
{
	bool mail = f->messages > 0 || f->client_bytes >= MAIL_BYTES;

	if (f->auth_n > 0)
		return of_auths(f);
	if (f->tls == RECORD_TLS_NONE)
		return in_clear(f);
	if (f->demands && mail && !(f->flags & RECORD_TLS_FAILED))
		return (struct verdict){USE_REQUIRED, EVIDENCE_IMPLIED, 100};
	return (struct verdict){0};
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
