/* infer.h: AUTH inside TLS, from what TLS cannot hide: the lengths of its
 * records and whose turn it is.
 *
 * SMTP goes in lock-step and AUTH's steps have lengths of their own (RFC 4954:
 * "AUTH LOGIN" is 12 bytes, its prompts 18, base64 comes in fours). Records
 * become turns and turns exchanges; of all ways to read these as SMTP, the
 * best one with AUTH is held against the best one without. The answer is a
 * guess, and says how sure it is.
 *
 * A line: records -> exchanges (infer_turns.c), bytes that a record holds
 * (infer_suite.c, infer_lengths.c), how likely a length is for a command or a
 * reply (infer_odds.c, infer_servers.c), paths (infer_path.c), the verdict
 * (infer.c). */
#pragma once
#include "capture/proto/tls.h"

enum { INFER_AUTHS = 4 }; /* told of one session; the last ones win */

/* What was seen in clear and tells what to expect inside. All zero: nothing
 * was. */
struct infer_clear {
	uint8_t server;  /* software, as infer_banner() and infer_host() know */
	bool offered;    /* AUTH in the EHLO reply */
	bool relay;      /* port 25, where most mail needs no AUTH */
	uint16_t hello;  /* bytes of the last EHLO line; 0: not seen */
	uint16_t reply;  /* bytes of the reply to it; 0: not seen */
};

enum infer_guess {
	INFER_NOTHING,   /* TLS has not come to data, or not both sides */
	INFER_UNDECIDED, INFER_NO_AUTH, INFER_AUTH,
};

enum infer_mechanism {
	INFER_LOGIN, INFER_PLAIN, INFER_CRAM_MD5, INFER_DIGEST_MD5, INFER_NTLM,
	INFER_SCRAM_SHA_1, INFER_SCRAM_SHA_256,
	INFER_XOAUTH2, INFER_OAUTHBEARER,
	INFER_MECHANISMS,
};

enum infer_outcome {
	INFER_UNKNOWN, INFER_ACCEPTED, INFER_REJECTED, INFER_ABORTED,
};

/* Why AUTH was refused, where the length of the reply tells. */
enum infer_reason {
	INFER_NO_REASON, INFER_WRONG_PASSWORD, INFER_TENANT_SWITCH,
	INFER_MAILBOX_SWITCH, INFER_BASIC_DISABLED, INFER_SECURITY_DEFAULTS,
	INFER_BASIC_REMOVED, INFER_NOT_OFFERED,
};

struct infer_auth {
	int64_t at;
	uint8_t mechanism, outcome, reason;
	bool initial;   /* with an initial response */
	bool cancelled; /* the client took it back */
	uint16_t account_min, account_max; /* bytes; 0: not known */
};

struct infer_verdict {
	enum infer_guess guess;
	int odds;            /* for AUTH against none, in 1/100 nat */
	unsigned confidence; /* 1-100 in an INFER_AUTH; else 0 */
	unsigned auth_n, auth_total;
	struct infer_auth auth[INFER_AUTHS];
	/* What the dialogue was besides, read as the guess has it. */
	unsigned mails, recipients, messages, accepted;
	bool quit;
};

const char *infer_mechanism_name(enum infer_mechanism m);

/* The server's first line, or its name: does the software have a row? */
void infer_banner(struct infer_clear *c, const char *text);
void infer_host(struct infer_clear *c, const char *name);

struct infer;

size_t infer_size(void);
void infer_init(struct infer *in, bool midstream);
/* The server's hello; a version of 0 is not known. */
void infer_agreed(struct infer *in, const struct tls_event *e);
/* A TLS_RECORD, in the order of both sides. */
void infer_record(struct infer *in, const struct tls_event *e);
/* So many bytes of a side between two records were not captured: told where
 * they are missing. */
void infer_lost(struct infer *in, enum side side, size_t n, int64_t at);
/* How many exchanges there are so far: while they are as many, a judgement
 * is not worth its cost. */
unsigned infer_exchanges(const struct infer *in);
/* over: nothing more will come. Changes nothing, so it may be asked often. */
void infer_judge(const struct infer *in, const struct infer_clear *c,
	bool over, struct infer_verdict *out);
