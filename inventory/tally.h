/* tally.h: sums over sessions, by end: what devices are made of. A session is
 * added once, and taken out again when a longer observation replaces it, so
 * that the sums never need the other sessions. */
#pragma once
#include "inventory/db_private.h"
#include "inventory/facts.h"

/* The kinds of end_tally, and what its value is. */
enum tally_kind {
	TALLY_PROFILE = 1, /* a profile */
	TALLY_SERVER,      /* the end of a server */
	TALLY_FROMS,       /* a list of senders */
	TALLY_DOMAINS,     /* a list of recipients' domains */
	TALLY_VERDICT,     /* tally_verdict(): of sessions with one server */
	TALLY_CODE,        /* tally_code(): an AUTH reply that refused */
	TALLY_MARK,        /* enum tally_mark */
	/* And of the end of a server: */
	TALLY_RELAYED,     /* 0; n: messages from other addresses */
	TALLY_USE,         /* enum auth_use */
};

enum tally_mark {
	MARK_PASSWORD_IN_CLEAR = 1, /* a password mechanism without TLS */
	MARK_TLS_UNUSED,            /* STARTTLS offered and not used */
	MARK_CLEAR,                 /* no TLS */
	MARK_TLS_STRIPPED,          /* AUTH in clear after STARTTLS failed */
	MARK_CERTIFICATE_EXPIRED,   /* when it was accepted */
	MARK_CERTIFICATE_WRONG,     /* for another name than SNI's */
	MARK_REFUSED_BY_POLICY,     /* not for the password */
	MARK_HOLES,                 /* bytes missing, and no AUTH seen */
};

/* Lists of the last ended sessions of a client. */
enum tally_newest {
	NEWEST_WITHOUT, /* mail was accepted without AUTH */
	NEWEST_AUTH,
	NEWEST_LET_IN,  /* AUTH was accepted */
	NEWEST_KINDS
};

/* The columns of end_use. */
enum {
	TALLY_SUM_SESSIONS, TALLY_SUM_MESSAGES, TALLY_SUM_ACCEPTED,
	TALLY_SUM_BYTES, TALLY_SUM_RECIPIENTS, TALLY_SUM_AUTH_ACCEPTED,
	TALLY_SUM_AUTH_REJECTED, TALLY_SUMS,
};

/* So many values of a kind count for an end, those with the lowest numbers;
 * others are dropped when the device is made. Which they are does not depend
 * on the order of sessions: once dropped, a value stays out, since those that
 * drove it out leave only where a longer observation has another in place. */
enum { TALLY_KEPT = 64 };

/* Ordered by concern, so that what matters is what is kept. */
int64_t tally_verdict(const struct verdict *v, int64_t server);
struct verdict tally_verdict_of(int64_t value);
int64_t tally_code(const struct facts_auth *a);

struct tally;

bool tally_open(struct tally **out, struct db *db, struct err *e);
void tally_close(struct tally *t);
void tally_add(struct tally *t, const struct facts *f);
/* Takes the shorter observation out and puts the longer one in. */
bool tally_replace(struct tally *t, const struct facts *old,
	const struct facts *new, struct err *e);
/* Takes one out that was part of another. */
bool tally_drop(struct tally *t, const struct facts *old, struct err *e);
/* Is there much to flush? Or nothing? */
bool tally_is_full(const struct tally *t);
bool tally_is_empty(const struct tally *t);

/* Writes what has gathered; r hears of each client whose sums have changed,
 * and of each server that took mail from others. NULL: all will be looked at. */
struct resolver;
bool tally_flush(struct tally *t, struct resolver *r, struct err *e);
/* The same for clients alone: where sessions come in their order, each is
 * written once. */
bool tally_flush_clients(struct tally *t, struct err *e);
