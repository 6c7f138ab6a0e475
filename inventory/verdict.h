/* verdict.h: what follows from the facts of a session and of a device. Pure
 * functions: no database, no clock. The words are those of the
 * README. */
#pragma once
#include "capture/session/record.h"

/* What is used to send; the order is that of concern. */
enum auth_use {
	USE_UNKNOWN, USE_NONE, USE_OTHER, USE_OAUTH, USE_REQUIRED, USE_BASIC,
};
/* How that is known; the order is that of strength. */
enum evidence {
	EVIDENCE_NONE, EVIDENCE_IMPLIED, EVIDENCE_INFERRED, EVIDENCE_IMPORTED,
	EVIDENCE_RESYNCED, EVIDENCE_SEEN,
};
enum standing {
	STANDING_ACTIVE, STANDING_FAILING, STANDING_STOPPED, STANDING_QUIET,
};
enum role { ROLE_DEVICE, ROLE_MTA };

const char *auth_use_word(enum auth_use u);  /* "basic": for programs */
const char *auth_use_label(enum auth_use u); /* "BASIC", "AUTH?", "TLS?" */
const char *evidence_word(enum evidence e);  /* NULL for EVIDENCE_NONE */
const char *standing_word(enum standing s);
const char *role_word(enum role r);
/* "tenant-switch", and "tenant switch" for people; NULL for none. */
const char *reason_word(enum record_reason r);
const char *reason_label(enum record_reason r);

struct verdict {
	enum auth_use use;
	enum evidence evidence;
	/* 1-100; 0 where nothing is known. With EVIDENCE_NONE it is how likely
	 * AUTH is in a session of which record lengths leave it open. */
	unsigned confidence;
};

struct verdict_auth {
	uint8_t class, outcome, evidence, confidence; /* as record_auth's */
};

/* The facts of a session that its verdict depends on. */
struct verdict_facts {
	uint8_t tls;    /* enum record_tls */
	uint32_t flags; /* enum record_flag */
	bool helo;      /* an EHLO was seen in clear */
	bool demands;   /* the server is known to take no mail without AUTH */
	uint8_t guess;  /* enum record_guess */
	int guess_odds; /* 1/100 nat */
	uint64_t mails, messages, client_bytes;
	size_t auth_n;
	struct verdict_auth auth[RECORD_AUTHS];
};

struct verdict verdict_session(const struct verdict_facts *f);

/* Of two verdicts about one server: the stronger evidence wins, at the same
 * evidence the greater concern, then the greater confidence. */
bool verdict_outranks(const struct verdict *a, const struct verdict *b);

/* So many sessions with one server said so each by itself. */
struct verdict_vote {
	struct verdict verdict;
	uint64_t sessions;
};

/* What the sessions of one client with one server say together. Sightings and
 * what the server implies: the strongest one. Guesses add up, so that many
 * make a firmer one than each is; the result is what outranks the other.
 * *sessions: how many guesses it rests on, 0 if on none. */
struct verdict verdict_together(const struct verdict_vote *votes, size_t n,
	uint64_t *sessions);

/* Of two verdicts about different servers, for the device as a whole: AUTH
 * with one is not undone by mail without AUTH to another. */
bool verdict_concerns_more(const struct verdict *a, const struct verdict *b);

/* What the standing of a device depends on. */
struct verdict_habit {
	uint64_t sessions;
	unsigned last_auths;   /* ended sessions with AUTH, at most the last */
	unsigned last_refused; /* three, and those of them all refused */
	bool moved_away; /* three accepted sessions without AUTH since then */
	int64_t last_seen, median_gap; /* us; 0: not known */
};

enum { VERDICT_LAST = 3 };

enum standing verdict_standing(const struct verdict_habit *h, int64_t now);

/* Routers crossed, from a TTL as it came in; -1: not known. */
int verdict_hops(uint8_t ttl);
