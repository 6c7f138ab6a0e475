/* infer_path.c: SMTP with AUTH as an automaton over exchanges, and the best
 * ways through it, with AUTH and without (Viterbi's algorithm). */
#include "capture/proto/infer_state.h"
#include <string.h>

enum state {
	START, READY, FAILED, AUTHED,
	DENIED,        /* MAIL was refused */
	/* The server has asked for: */
	USER, PASSWORD, PLAIN, CRAM, DIGEST, DIGEST_END, NTLM, NTLM_END,
	SCRAM, SCRAM_PROOF, SCRAM_END, TOKEN, TOKEN_END,
	MAIL, RCPT, BODY,
	STUCK,         /* no recipient was taken */
	SENT,          /* or given up by RSET */
	OVER,
	STATES,
};

/* What the client may say. */
enum command {
	C_HELLO, C_SIX, C_LOGIN, C_CRAM, C_DIGEST, C_NTLM, C_SCRAM_1,
	C_SCRAM_256, C_XOAUTH2, C_OAUTHBEARER, C_CANCEL, C_EMPTY,
	C_USER, C_PASSWORD, C_LOGIN_USER, C_PLAIN_ALL, C_PLAIN_BLOB,
	C_CRAM_BLOB, C_DIGEST_BLOB, C_NTLM_1, C_NTLM_1_ALL, C_NTLM_3,
	C_SCRAM_BLOB, C_SCRAM_1_ALL, C_SCRAM_256_ALL, C_SCRAM_PROOF,
	C_TOKEN, C_TOKEN_ALL, C_MAIL, C_RCPT, C_WORDS, C_CHUNK, C_BODY, C_ANY,
	C_BATCH, C_BATCH_GO, C_BATCH_CHUNK, C_RCPTS, C_RCPTS_GO,
	C_RCPTS_CHUNK,
	COMMANDS_N,
};

/* And the server: kinds of replies, then others. */
enum reply {
	R_PROMPT = INFER_R_PROMPT, R_EMPTY = INFER_R_EMPTY,
	R_ACCEPTED = INFER_R_ACCEPTED, R_REJECTED = INFER_R_REJECTED,
	R_MAIL = INFER_R_MAIL, R_RCPT = INFER_R_RCPT, R_GO = INFER_R_GO,
	R_QUEUED = INFER_R_QUEUED, R_BYE = INFER_R_BYE,
	R_SHORT = INFER_R_SHORT, R_DENIED = INFER_R_DENIED,
	R_HELLO = INFER_REPLIES, R_REFUSAL, R_CRAM, R_DIGEST, R_DIGEST_END,
	R_NTLM, R_SCRAM, R_SCRAM_END, R_TOKEN_ERROR, R_WORDS, R_ANY,
	R_QUEUED_BYE, R_BATCH,
	REPLIES_N,
};

enum {
	D_AUTH = 1 << 0,     /* begins an AUTH, and makes the way one with */
	D_INITIAL = 1 << 1,
	D_ACCEPTED = 1 << 2, /* the last AUTH was */
	D_REJECTED = 1 << 3,
	D_CANCELLED = 1 << 4,
	D_USER = 1 << 5,     /* its user's name is what was said */
	D_MAIL = 1 << 6,
	D_RCPT = 1 << 7,
	D_MESSAGE = 1 << 8,
	D_QUEUED = 1 << 9,
	D_QUIT = 1 << 10,
	D_AT_ONCE = 1 << 11, /* refused before it began */
};

struct edge {
	uint8_t from, to, command, reply;
	uint16_t cost; /* -100 ln of how often it is gone from there */
	uint8_t mechanism;
	uint16_t does;
};

/* AUTH, from where it may begin. What it costs there is in BEGINNINGS. */
static const struct edge AUTH[] = {
	{READY, USER, C_LOGIN, R_PROMPT, 90, INFER_LOGIN, D_AUTH},
	{READY, PASSWORD, C_LOGIN_USER, R_PROMPT, 220, INFER_LOGIN,
		D_AUTH | D_INITIAL | D_USER},
	{READY, AUTHED, C_PLAIN_ALL, R_ACCEPTED, 140, INFER_PLAIN,
		D_AUTH | D_INITIAL | D_USER | D_ACCEPTED},
	{READY, FAILED, C_PLAIN_ALL, R_REJECTED, 350, INFER_PLAIN,
		D_AUTH | D_INITIAL | D_USER | D_REJECTED},
	{READY, PLAIN, C_LOGIN, R_EMPTY, 200, INFER_PLAIN, D_AUTH},
	{READY, CRAM, C_CRAM, R_CRAM, 250, INFER_CRAM_MD5, D_AUTH},
	{READY, DIGEST, C_DIGEST, R_DIGEST, 400, INFER_DIGEST_MD5, D_AUTH},
	{READY, NTLM, C_NTLM, R_EMPTY, 370, INFER_NTLM, D_AUTH},
	{READY, NTLM, C_NTLM, R_PROMPT, 370, INFER_NTLM, D_AUTH},
	{READY, NTLM_END, C_NTLM_1_ALL, R_NTLM, 390, INFER_NTLM,
		D_AUTH | D_INITIAL},
	{READY, SCRAM, C_SCRAM_1, R_EMPTY, 500, INFER_SCRAM_SHA_1, D_AUTH},
	{READY, SCRAM, C_SCRAM_256, R_EMPTY, 500, INFER_SCRAM_SHA_256,
		D_AUTH},
	{READY, SCRAM_PROOF, C_SCRAM_1_ALL, R_SCRAM, 500, INFER_SCRAM_SHA_1,
		D_AUTH | D_INITIAL},
	{READY, SCRAM_PROOF, C_SCRAM_256_ALL, R_SCRAM, 500,
		INFER_SCRAM_SHA_256, D_AUTH | D_INITIAL},
	{READY, AUTHED, C_TOKEN_ALL, R_ACCEPTED, 200, INFER_XOAUTH2,
		D_AUTH | D_INITIAL | D_ACCEPTED},
	{READY, FAILED, C_TOKEN_ALL, R_REJECTED, 400, INFER_XOAUTH2,
		D_AUTH | D_INITIAL | D_REJECTED},
	{READY, TOKEN_END, C_TOKEN_ALL, R_TOKEN_ERROR, 350, INFER_XOAUTH2,
		D_AUTH | D_INITIAL},
	{READY, TOKEN, C_XOAUTH2, R_EMPTY, 350, INFER_XOAUTH2, D_AUTH},
	{READY, TOKEN, C_OAUTHBEARER, R_EMPTY, 450, INFER_OAUTHBEARER,
		D_AUTH},
	{READY, FAILED, C_LOGIN, R_REFUSAL, 400, INFER_LOGIN,
		D_AUTH | D_REJECTED | D_AT_ONCE},
	{READY, FAILED, C_CRAM, R_REFUSAL, 550, INFER_CRAM_MD5,
		D_AUTH | D_REJECTED | D_AT_ONCE},
	{READY, FAILED, C_LOGIN_USER, R_REFUSAL, 550, INFER_LOGIN,
		D_AUTH | D_INITIAL | D_REJECTED | D_AT_ONCE},
};

/* The rest, in the order of places. */
static const struct edge EDGES[] = {
	/* Before AUTH, or without it. The last edge of a place is for what
	 * nobody thought of. */
	{START, READY, C_HELLO, R_HELLO, 10, 0, 0},
	{START, READY, C_ANY, R_ANY, 700, 0, 0},
	{READY, READY, C_HELLO, R_HELLO, 350, 0, 0},
	{READY, READY, C_SIX, R_SHORT, 300, 0, 0},
	{READY, READY, C_SIX, R_WORDS, 500, 0, 0},
	{READY, READY, C_WORDS, R_WORDS, 500, 0, 0},
	{READY, OVER, C_SIX, R_BYE, 250, 0, D_QUIT},
	{READY, DENIED, C_MAIL, R_DENIED, 280, 0, D_MAIL},
	{READY, MAIL, C_MAIL, R_MAIL, 100, 0, D_MAIL},
	{READY, RCPT, C_BATCH, R_BATCH, 250, 0, D_MAIL | D_RCPT},
	{READY, BODY, C_BATCH_GO, R_BATCH, 220, 0, D_MAIL | D_RCPT},
	{READY, SENT, C_BATCH_CHUNK, R_BATCH, 350, 0,
		D_MAIL | D_RCPT | D_MESSAGE | D_QUEUED},
	{READY, READY, C_ANY, R_ANY, 700, 0, 0},
	{FAILED, FAILED, C_HELLO, R_HELLO, 300, 0, 0},
	{FAILED, FAILED, C_SIX, R_SHORT, 250, 0, 0},
	{FAILED, OVER, C_SIX, R_BYE, 70, 0, D_QUIT},
	/* Go's library takes back what was refused. */
	{FAILED, FAILED, C_CANCEL, R_REJECTED, 250, 0, 0},
	{FAILED, MAIL, C_MAIL, R_MAIL, 340, 0, D_MAIL},
	{FAILED, FAILED, C_MAIL, R_DENIED, 350, 0, D_MAIL},
	{FAILED, RCPT, C_BATCH, R_BATCH, 500, 0, D_MAIL | D_RCPT},
	{FAILED, BODY, C_BATCH_GO, R_BATCH, 500, 0, D_MAIL | D_RCPT},
	{FAILED, FAILED, C_ANY, R_ANY, 650, 0, 0},
	{AUTHED, AUTHED, C_HELLO, R_HELLO, 400, 0, 0},
	{AUTHED, AUTHED, C_SIX, R_SHORT, 300, 0, 0},
	{AUTHED, AUTHED, C_WORDS, R_WORDS, 500, 0, 0},
	{AUTHED, OVER, C_SIX, R_BYE, 330, 0, D_QUIT},
	{AUTHED, MAIL, C_MAIL, R_MAIL, 40, 0, D_MAIL},
	{AUTHED, AUTHED, C_MAIL, R_DENIED, 350, 0, D_MAIL},
	{AUTHED, RCPT, C_BATCH, R_BATCH, 200, 0, D_MAIL | D_RCPT},
	{AUTHED, BODY, C_BATCH_GO, R_BATCH, 170, 0, D_MAIL | D_RCPT},
	{AUTHED, SENT, C_BATCH_CHUNK, R_BATCH, 300, 0,
		D_MAIL | D_RCPT | D_MESSAGE | D_QUEUED},
	{AUTHED, AUTHED, C_ANY, R_ANY, 700, 0, 0},
	{DENIED, OVER, C_SIX, R_BYE, 70, 0, D_QUIT},
	{DENIED, DENIED, C_SIX, R_SHORT, 150, 0, 0},
	{DENIED, DENIED, C_HELLO, R_HELLO, 300, 0, 0},
	{DENIED, DENIED, C_MAIL, R_DENIED, 250, 0, D_MAIL},
	{DENIED, MAIL, C_MAIL, R_MAIL, 250, 0, D_MAIL},
	{DENIED, DENIED, C_ANY, R_ANY, 650, 0, 0},

	/* Within AUTH. */
	{USER, PASSWORD, C_USER, R_PROMPT, 10, 0, D_USER},
	{USER, FAILED, C_USER, R_REJECTED, 350, 0, D_USER | D_REJECTED},
	{USER, FAILED, C_CANCEL, R_REFUSAL, 400, 0,
		D_REJECTED | D_CANCELLED},
	{PASSWORD, AUTHED, C_PASSWORD, R_ACCEPTED, 30, 0, D_ACCEPTED},
	{PASSWORD, FAILED, C_PASSWORD, R_REJECTED, 140, 0, D_REJECTED},
	{PASSWORD, FAILED, C_CANCEL, R_REFUSAL, 400, 0,
		D_REJECTED | D_CANCELLED},
	{PLAIN, AUTHED, C_PLAIN_BLOB, R_ACCEPTED, 30, 0, D_ACCEPTED | D_USER},
	{PLAIN, FAILED, C_PLAIN_BLOB, R_REJECTED, 140, 0,
		D_REJECTED | D_USER},
	{PLAIN, FAILED, C_CANCEL, R_REFUSAL, 400, 0,
		D_REJECTED | D_CANCELLED},
	{CRAM, AUTHED, C_CRAM_BLOB, R_ACCEPTED, 30, 0, D_ACCEPTED | D_USER},
	{CRAM, FAILED, C_CRAM_BLOB, R_REJECTED, 140, 0, D_REJECTED | D_USER},
	{CRAM, FAILED, C_CANCEL, R_REFUSAL, 400, 0, D_REJECTED | D_CANCELLED},
	{DIGEST, DIGEST_END, C_DIGEST_BLOB, R_DIGEST_END, 30, 0, 0},
	{DIGEST, FAILED, C_DIGEST_BLOB, R_REJECTED, 140, 0, D_REJECTED},
	{DIGEST, FAILED, C_CANCEL, R_REFUSAL, 400, 0,
		D_REJECTED | D_CANCELLED},
	{DIGEST_END, AUTHED, C_EMPTY, R_ACCEPTED, 5, 0, D_ACCEPTED},
	{DIGEST_END, FAILED, C_CANCEL, R_REFUSAL, 400, 0,
		D_REJECTED | D_CANCELLED},
	{NTLM, NTLM_END, C_NTLM_1, R_NTLM, 30, 0, 0},
	{NTLM, FAILED, C_NTLM_1, R_REJECTED, 200, 0, D_REJECTED},
	{NTLM, FAILED, C_CANCEL, R_REFUSAL, 400, 0, D_REJECTED | D_CANCELLED},
	{NTLM_END, AUTHED, C_NTLM_3, R_ACCEPTED, 30, 0, D_ACCEPTED},
	{NTLM_END, FAILED, C_NTLM_3, R_REJECTED, 140, 0, D_REJECTED},
	{NTLM_END, FAILED, C_CANCEL, R_REFUSAL, 400, 0,
		D_REJECTED | D_CANCELLED},
	{SCRAM, SCRAM_PROOF, C_SCRAM_BLOB, R_SCRAM, 20, 0, 0},
	{SCRAM, FAILED, C_SCRAM_BLOB, R_REJECTED, 200, 0, D_REJECTED},
	{SCRAM, FAILED, C_CANCEL, R_REFUSAL, 400, 0,
		D_REJECTED | D_CANCELLED},
	{SCRAM_PROOF, SCRAM_END, C_SCRAM_PROOF, R_SCRAM_END, 30, 0, 0},
	{SCRAM_PROOF, AUTHED, C_SCRAM_PROOF, R_ACCEPTED, 250, 0, D_ACCEPTED},
	{SCRAM_PROOF, FAILED, C_SCRAM_PROOF, R_REJECTED, 140, 0, D_REJECTED},
	{SCRAM_END, AUTHED, C_EMPTY, R_ACCEPTED, 5, 0, D_ACCEPTED},
	{TOKEN, AUTHED, C_TOKEN, R_ACCEPTED, 30, 0, D_ACCEPTED},
	{TOKEN, FAILED, C_TOKEN, R_REJECTED, 200, 0, D_REJECTED},
	{TOKEN, TOKEN_END, C_TOKEN, R_TOKEN_ERROR, 140, 0, 0},
	{TOKEN, FAILED, C_CANCEL, R_REFUSAL, 400, 0,
		D_REJECTED | D_CANCELLED},
	{TOKEN_END, FAILED, C_EMPTY, R_REJECTED, 30, 0, D_REJECTED},
	{TOKEN_END, FAILED, C_CANCEL, R_REJECTED, 140, 0, D_REJECTED},

	/* A message. */
	{MAIL, RCPT, C_RCPT, R_RCPT, 25, 0, D_RCPT},
	{MAIL, STUCK, C_RCPT, R_DENIED, 250, 0, D_RCPT},
	{MAIL, RCPT, C_RCPTS, R_BATCH, 350, 0, D_RCPT},
	{MAIL, BODY, C_RCPTS_GO, R_BATCH, 300, 0, D_RCPT},
	{MAIL, SENT, C_RCPTS_CHUNK, R_BATCH, 400, 0,
		D_RCPT | D_MESSAGE | D_QUEUED},
	{MAIL, SENT, C_SIX, R_SHORT, 350, 0, 0},
	{MAIL, OVER, C_SIX, R_BYE, 350, 0, D_QUIT},
	{MAIL, MAIL, C_ANY, R_ANY, 700, 0, 0},
	{RCPT, RCPT, C_RCPT, R_RCPT, 120, 0, D_RCPT},
	{RCPT, RCPT, C_RCPT, R_DENIED, 350, 0, D_RCPT},
	{RCPT, BODY, C_RCPTS_GO, R_BATCH, 350, 0, D_RCPT},
	{RCPT, BODY, C_SIX, R_GO, 45, 0, 0},
	{RCPT, RCPT, C_SIX, R_DENIED, 350, 0, 0},
	{RCPT, SENT, C_CHUNK, R_QUEUED, 300, 0, D_MESSAGE | D_QUEUED},
	{RCPT, SENT, C_SIX, R_SHORT, 350, 0, 0},
	{RCPT, OVER, C_SIX, R_BYE, 350, 0, D_QUIT},
	{RCPT, RCPT, C_ANY, R_ANY, 700, 0, 0},
	{BODY, SENT, C_BODY, R_QUEUED, 15, 0, D_MESSAGE | D_QUEUED},
	{BODY, SENT, C_BODY, R_DENIED, 300, 0, D_MESSAGE},
	{BODY, OVER, C_BODY, R_QUEUED_BYE, 250, 0,
		D_MESSAGE | D_QUEUED | D_QUIT},
	{BODY, SENT, C_ANY, R_ANY, 600, 0, 0},
	{STUCK, STUCK, C_RCPT, R_DENIED, 150, 0, D_RCPT},
	{STUCK, RCPT, C_RCPT, R_RCPT, 250, 0, D_RCPT},
	{STUCK, STUCK, C_SIX, R_DENIED, 300, 0, 0},
	{STUCK, SENT, C_SIX, R_SHORT, 120, 0, 0},
	{STUCK, OVER, C_SIX, R_BYE, 90, 0, D_QUIT},
	{STUCK, STUCK, C_ANY, R_ANY, 650, 0, 0},
	{SENT, OVER, C_SIX, R_BYE, 50, 0, D_QUIT},
	{SENT, SENT, C_SIX, R_SHORT, 250, 0, 0},
	{SENT, MAIL, C_MAIL, R_MAIL, 180, 0, D_MAIL},
	{SENT, RCPT, C_BATCH, R_BATCH, 300, 0, D_MAIL | D_RCPT},
	{SENT, BODY, C_BATCH_GO, R_BATCH, 250, 0, D_MAIL | D_RCPT},
	{SENT, SENT, C_BATCH_CHUNK, R_BATCH, 350, 0,
		D_MAIL | D_RCPT | D_MESSAGE | D_QUEUED},
	{SENT, SENT, C_ANY, R_ANY, 600, 0, 0},
	{OVER, OVER, C_ANY, R_ANY, 700, 0, 0},
};

/* Where AUTH may begin, and what that costs. */
static const struct {
	uint8_t from;
	uint16_t cost;
} BEGINNINGS[] = {
	{START, 800}, {READY, 60}, {FAILED, 150}, {SENT, 700}, {AUTHED, 700},
	{DENIED, 300},
};

enum {
	NOT_OFFERED_BY_ROW = 300,
	UNPROTECTED = 600,     /* mail without AUTH where that is demanded */
	NO_HELLO = 500,
	FAR = 250,
	HOPELESS = 1000,
	BATCH_MIN = 21,        /* RCPT and DATA */
	ASKED_AND_LEFT = 350,  /* the client ends it amid AUTH */
	AUTH_N = sizeof AUTH / sizeof *AUTH,
	EDGES_N = sizeof EDGES / sizeof *EDGES,
};

/* Lengths of what the client says: one of min, min + step ... max. */
static const struct {
	uint16_t min, max;
	uint8_t step;
	uint16_t far; /* seldom up to here; 0: never */
} COMMANDS[] = {
	[C_HELLO] = {7, 90, 1, 0},
	[C_SIX] = {6, 6, 1, 0},
	[C_LOGIN] = {12, 12, 1, 0},
	[C_CRAM] = {15, 15, 1, 0},
	[C_DIGEST] = {17, 17, 1, 0},
	[C_NTLM] = {11, 11, 1, 0},
	[C_SCRAM_1] = {18, 18, 1, 0},
	[C_SCRAM_256] = {20, 20, 1, 0},
	[C_XOAUTH2] = {14, 14, 1, 0},
	[C_OAUTHBEARER] = {18, 18, 1, 0},
	[C_CANCEL] = {3, 3, 1, 0},
	[C_EMPTY] = {2, 2, 1, 0},
	[C_USER] = {6, 94, 4, 174},
	/* No account has a password of three characters, and QUIT is as
	 * long as one. */
	[C_PASSWORD] = {10, 94, 4, 262},
	[C_LOGIN_USER] = {17, 105, 4, 185},
	[C_PLAIN_ALL] = {29, 161, 4, 385},
	[C_PLAIN_BLOB] = {18, 150, 4, 374},
	[C_CRAM_BLOB] = {50, 142, 4, 242},
	[C_DIGEST_BLOB] = {182, 522, 4, 0},
	[C_NTLM_1] = {42, 122, 4, 0},
	[C_NTLM_1_ALL] = {52, 132, 4, 0},
	[C_NTLM_3] = {122, 522, 4, 1002},
	[C_SCRAM_BLOB] = {34, 130, 4, 0},
	[C_SCRAM_1_ALL] = {51, 147, 4, 0},
	[C_SCRAM_256_ALL] = {53, 149, 4, 0},
	[C_SCRAM_PROOF] = {98, 262, 4, 0},
	[C_TOKEN] = {302, 4002, 4, 0},
	[C_TOKEN_ALL] = {315, 4015, 4, 0},
	[C_MAIL] = {14, 110, 1, 330},
	[C_RCPT] = {15, 90, 1, 270},
	[C_WORDS] = {6, 60, 1, 0},
	[C_CHUNK] = {8, 65534, 1, 0},
	[C_BODY] = {3, 65534, 1, 0},
	[C_ANY] = {2, 400, 1, 0},
};

/* And of replies that are not the software's choice. */
static const struct {
	uint16_t min, max;
	uint8_t step;
} REPLIES[] = {
	[R_HELLO] = {8, 420, 1},
	[R_REFUSAL] = {16, 260, 1},
	[R_CRAM] = {34, 134, 4},
	[R_DIGEST] = {82, 422, 4},
	[R_DIGEST_END] = {58, 66, 4},
	[R_NTLM] = {102, 502, 4},
	[R_SCRAM] = {82, 262, 4},
	[R_SCRAM_END] = {46, 94, 4},
	[R_TOKEN_ERROR] = {10, 502, 4},
	[R_WORDS] = {8, 400, 1},
	[R_ANY] = {2, 500, 1},
	[R_QUEUED_BYE] = {16, 340, 1},
};

_Static_assert(COMMANDS_N <= 64, "commands are bits");

/* What all of an evaluation share. */
struct walk {
	const struct infer_server *row;
	const struct infer_clear *clear;
	const struct infer_said *said;
	size_t n;
	/* Costs of this exchange, computed when first asked for; 0: not yet. */
	int command[COMMANDS_N], reply[REPLIES_N];
	uint8_t first[STATES + 1]; /* edge of a place */
	uint64_t possible; /* commands of this exchange's length */
	bool whole; /* nothing is missing in which AUTH may have been */
};

struct places {
	int cost[STATES][2]; /* [1]: with AUTH */
};

/* How a place was come to: an edge of AUTH first, then of EDGES. */
struct step {
	uint8_t edge, from, with;
};

static int new_command_cost(const struct walk *w, const struct infer_said *x,
	enum command c)
{
	struct infer_span s = x->of[SIDE_CLIENT];
	int cost;

	if (x->vague[SIDE_CLIENT])
		return c == C_BODY ? 200 : 300;
	if (c == C_BODY || c == C_CHUNK)
		return s.high >= COMMANDS[c].min ? 500 : INFER_NEVER;
	if (c == C_HELLO && w->clear->hello != 0 &&
		s.low <= w->clear->hello && w->clear->hello <= s.high)
		return 10;
	cost = infer_cost_range(s, COMMANDS[c].min, COMMANDS[c].max,
		COMMANDS[c].step);
	if (cost >= INFER_NEVER && COMMANDS[c].far != 0)
		cost = FAR + infer_cost_range(s, COMMANDS[c].min,
			COMMANDS[c].far, COMMANDS[c].step);
	if (c == C_ANY && cost >= INFER_NEVER)
		cost = 1100;
	return c == C_HELLO && w->clear->hello != 0 ? cost + 250 : cost;
}

static struct infer_batch batch_of(enum command c)
{
	switch ((int)c) {
	case C_BATCH: return (struct infer_batch){.mail = true};
	case C_BATCH_GO:
		return (struct infer_batch){.mail = true, .data = true};
	case C_BATCH_CHUNK:
		return (struct infer_batch){.mail = true, .chunk = true};
	case C_RCPTS_GO: return (struct infer_batch){.data = true};
	case C_RCPTS_CHUNK: return (struct infer_batch){.chunk = true};
	default: return (struct infer_batch){0};
	}
}

static int new_reply_cost(const struct walk *w, const struct infer_said *x,
	unsigned r)
{
	int cost;

	if (r < INFER_REPLIES)
		return infer_cost_reply(w->row, (enum infer_reply)r, x);
	if (x->silent[SIDE_SERVER])
		return 350;
	if (x->vague[SIDE_SERVER])
		return 300;
	cost = infer_cost_range(x->of[SIDE_SERVER], REPLIES[r].min,
		REPLIES[r].max, REPLIES[r].step);
	return r == R_ANY && cost >= INFER_NEVER ? 900 : cost;
}

static int batch_cost(const struct walk *w, const struct infer_said *x,
	enum command c)
{
	unsigned recipients;

	if (x->vague[SIDE_CLIENT])
		return 300 + new_reply_cost(w, x, R_ANY);
	return infer_cost_batch(w->row, batch_of(c), x, &recipients);
}

/* The commands that may have this length, as bits: most may not. */
static uint64_t possible(const struct infer_said *x)
{
	struct infer_span s = x->of[SIDE_CLIENT];
	uint64_t set = UINT64_C(1) << C_ANY;

	if (x->vague[SIDE_CLIENT])
		return UINT64_MAX;
	for (unsigned c = 0; c < C_BATCH; c++)
		if (s.high >= COMMANDS[c].min && (s.low <= COMMANDS[c].max ||
			s.low <= COMMANDS[c].far))
			set |= UINT64_C(1) << c;
	for (unsigned c = C_BATCH; c < COMMANDS_N && s.high >= BATCH_MIN; c++)
		set |= UINT64_C(1) << c;
	return set;
}

/* Each cost is kept, with 1 added, since 0 is "not yet". */
static int command_cost(struct walk *w, const struct infer_said *x,
	const struct edge *e)
{
	int *kept = &w->command[e->command];

	if (!(w->possible >> e->command & 1))
		return INFER_NEVER;

	if (*kept == 0)
		*kept = 1 + (e->reply == R_BATCH
			? batch_cost(w, x, (enum command)e->command)
			: new_command_cost(w, x, (enum command)e->command));
	return *kept - 1;
}

static int reply_cost(struct walk *w, const struct infer_said *x,
	const struct edge *e)
{
	int *kept = &w->reply[e->reply];

	if (e->reply == R_BATCH)
		return 0;
	if (*kept == 0)
		*kept = 1 + new_reply_cost(w, x, e->reply);
	return *kept - 1;
}

static int edge_cost(struct walk *w, const struct infer_said *x,
	const struct edge *e)
{
	int command = command_cost(w, x, e), reply;

	if (command >= INFER_NEVER)
		return INFER_NEVER;
	reply = reply_cost(w, x, e);
	return reply >= INFER_NEVER ? INFER_NEVER : e->cost + command + reply;
}

static void come(struct places *to, struct step *how, int cost,
	unsigned state, unsigned with, struct step step)
{
	if (cost >= to->cost[state][with])
		return;
	to->cost[state][with] = cost;
	how[state * 2 + with] = step;
}

static void clear_places(struct places *p)
{
	for (int s = 0; s < STATES; s++)
		p->cost[s][0] = p->cost[s][1] = INFER_NEVER;
}

/* Ways that are far behind will not win. */
static void prune(struct places *p)
{
	for (int with = 0; with < 2; with++) {
		int best = INFER_NEVER;

		for (int s = 0; s < STATES; s++)
			if (p->cost[s][with] < best)
				best = p->cost[s][with];
		for (int s = 0; s < STATES; s++)
			if (p->cost[s][with] > best + HOPELESS)
				p->cost[s][with] = INFER_NEVER;
	}
}

static void begin_auth(struct walk *w, const struct infer_said *x,
	const struct places *at, struct places *to, struct step *how)
{
	int best[2] = {INFER_NEVER, INFER_NEVER};
	uint8_t from[2] = {0, 0};

	for (size_t b = 0; b < sizeof BEGINNINGS / sizeof *BEGINNINGS; b++)
		for (int with = 0; with < 2; with++) {
			uint8_t s = BEGINNINGS[b].from;
			int c = at->cost[s][with] + BEGINNINGS[b].cost;

			if (c < best[with]) {
				best[with] = c;
				from[with] = s;
			}
		}
	/* What is missing may be AUTH, but nothing says so. */
	if (x->vague[SIDE_CLIENT] ||
		(best[0] >= INFER_NEVER && best[1] >= INFER_NEVER))
		return;
	for (uint8_t i = 0; i < AUTH_N; i++) {
		const struct edge *e = &AUTH[i];
		int c = edge_cost(w, x, e);

		if (c >= INFER_NEVER)
			continue;
		if (w->row->offers != 0 &&
			!(w->row->offers >> e->mechanism & 1))
			c += NOT_OFFERED_BY_ROW;
		for (uint8_t with = 0; with < 2; with++)
			if (best[with] < INFER_NEVER)
				come(to, how, best[with] + c, e->to, 1,
					(struct step){i, from[with], with});
	}
}

static bool takes_mail(const struct edge *e)
{
	return (e->does & D_MAIL) && e->to != DENIED;
}

static void go_from(struct walk *w, const struct infer_said *x, uint8_t state,
	const int cost[2], struct places *to, struct step *how)
{
	bool bare = state == READY && w->row->demands && w->whole;

	for (unsigned i = w->first[state]; i < w->first[state + 1]; i++) {
		const struct edge *e = &EDGES[i];
		int c = edge_cost(w, x, e);

		if (c >= INFER_NEVER)
			continue;
		if (bare && takes_mail(e))
			c += UNPROTECTED;
		for (uint8_t with = 0; with < 2; with++)
			if (cost[with] < INFER_NEVER)
				come(to, how, cost[with] + c, e->to, with,
					(struct step){(uint8_t)(AUTH_N + i),
						state, with});
	}
}

static void go_on(struct walk *w, const struct infer_said *x,
	const struct places *at, struct places *to, struct step *how)
{
	for (uint8_t s = 0; s < STATES; s++)
		if (at->cost[s][0] < INFER_NEVER ||
			at->cost[s][1] < INFER_NEVER)
			go_from(w, x, s, at->cost[s], to, how);
}

/* Where each place's edges begin. */
static void index_edges(struct walk *w)
{
	unsigned i = 0;

	for (unsigned s = 0; s <= STATES; s++) {
		while (i < EDGES_N && EDGES[i].from < s)
			i++;
		w->first[s] = (uint8_t)i;
	}
}

/* Amid a dialogue: what was lost may be anything. */
static void starts(const struct infer *in, struct places *p)
{
	clear_places(p);
	p->cost[START][0] = 0;
	p->cost[READY][0] = NO_HELLO;
	if (!in->midstream)
		return;
	p->cost[READY][0] = 100;
	p->cost[MAIL][0] = p->cost[RCPT][0] = 200;
	p->cost[BODY][0] = p->cost[SENT][0] = 200;
}

static bool within_auth(int state)
{
	return state >= USER && state <= TOKEN_END;
}

/* How often a dialogue is left there. */
static int leaving_cost(int state)
{
	switch (state) {
	case FAILED: case DENIED: case STUCK: case OVER: return 0;
	case START: case READY: return 100;
	case SENT: return 50;
	case AUTHED: return 250;
	case MAIL: case RCPT: case BODY: return 250;
	default: return ASKED_AND_LEFT;
	}
}

static int final_cost(const struct places *p, bool over, int with, int *state)
{
	int best = INFER_NEVER;

	for (int s = 0; s < STATES; s++) {
		int c = p->cost[s][with];

		if (over)
			c += leaving_cost(s);
		if (c < best) {
			best = c;
			*state = s;
		}
	}
	return best;
}

/* Account lengths, from base64 of b bytes that holds the name and `more`. */
static void account(struct infer_auth *a, struct infer_span s, unsigned line,
	unsigned more, bool exact)
{
	unsigned low = s.low > line ? s.low - line : 0;
	unsigned high = s.high > line ? s.high - line : 0;

	low = (low + 3) / 4 * 3;
	high = high / 4 * 3;
	if (high <= more)
		return;
	a->account_max = (uint16_t)(high - more);
	if (exact)
		a->account_min = (uint16_t)(low > more + 2 ? low - more - 2
							   : 1);
}

static void user(struct infer_auth *a, struct infer_span s, enum command c)
{
	switch ((int)c) {
	case C_USER: account(a, s, 2, 0, true); break;
	case C_LOGIN_USER: account(a, s, 13, 0, true); break;
	case C_CRAM_BLOB: account(a, s, 2, 33, true); break;
	/* Two NUL, and a password of a byte at least. */
	case C_PLAIN_BLOB: account(a, s, 2, 3, false); break;
	case C_PLAIN_ALL: account(a, s, 13, 3, false); break;
	default: break;
	}
}

static void refused(const struct walk *w, const struct infer_said *x,
	struct infer_auth *a)
{
	struct infer_span s = x->of[SIDE_SERVER];

	if (s.low != s.high || x->vague[SIDE_SERVER])
		return;
	for (int i = 0; i < INFER_LIST && w->row->refusal[i].n != 0; i++)
		if (w->row->refusal[i].n == s.low)
			a->reason = w->row->refusal[i].reason;
}

static struct infer_auth *new_auth(struct infer_verdict *v)
{
	v->auth_total++;
	if (v->auth_n == INFER_AUTHS)
		memmove(v->auth, v->auth + 1,
			(INFER_AUTHS - 1) * sizeof *v->auth);
	else
		v->auth_n++;
	v->auth[v->auth_n - 1] = (struct infer_auth){0};
	return &v->auth[v->auth_n - 1];
}

static void read_auth(const struct walk *w, const struct infer_said *x,
	const struct edge *e, int64_t first, struct infer_verdict *v)
{
	struct infer_auth *a = v->auth_n > 0 ? &v->auth[v->auth_n - 1] : NULL;
	bool answered = !x->silent[SIDE_SERVER];

	if (e->does & D_AUTH) {
		a = new_auth(v);
		a->at = first + (int64_t)x->at * 1000000;
		a->mechanism = e->mechanism;
		a->initial = e->does & D_INITIAL;
	}
	if (!a)
		return;
	if ((e->does & D_USER) && !x->vague[SIDE_CLIENT])
		user(a, x->of[SIDE_CLIENT], (enum command)e->command);
	if ((e->does & D_ACCEPTED) && answered)
		a->outcome = INFER_ACCEPTED;
	if ((e->does & D_REJECTED) && answered) {
		a->outcome = INFER_REJECTED;
		refused(w, x, a);
		if (e->does & D_AT_ONCE)
			a->reason = INFER_NOT_OFFERED;
	}
	if (e->does & D_CANCELLED) {
		a->outcome = INFER_ABORTED;
		a->reason = INFER_NO_REASON;
		a->cancelled = true;
	}
}

static unsigned recipients(struct walk *w, const struct infer_said *x,
	const struct edge *e)
{
	unsigned n = 1;

	if (e->reply == R_BATCH)
		(void)infer_cost_batch(w->row,
			batch_of((enum command)e->command), x, &n);
	return n;
}

static void read_step(struct walk *w, const struct infer_said *x,
	const struct edge *e, int64_t first, struct infer_verdict *v)
{
	read_auth(w, x, e, first, v);
	if (e->does & D_MAIL)
		v->mails++;
	if (e->does & D_RCPT)
		v->recipients += recipients(w, x, e);
	if (e->does & D_MESSAGE)
		v->messages++;
	if ((e->does & D_QUEUED) && !x->silent[SIDE_SERVER])
		v->accepted++;
	v->quit |= (e->does & D_QUIT) != 0;
}

static const struct edge *edge_of(struct step s)
{
	return s.edge < AUTH_N ? &AUTH[s.edge] : &EDGES[s.edge - AUTH_N];
}

/* Back along the best way, then forth again to tell what it says. */
static void read_way(struct walk *w, const struct infer *in,
	struct step how[][STATES * 2], int state, int with, bool over,
	struct infer_path *out)
{
	struct step way[INFER_EXCHANGES];
	struct infer_verdict *v = &out->read;
	int last = state;

	for (size_t i = w->n; i-- > 0;) {
		way[i] = how[i][state * 2 + with];
		state = way[i].from;
		with = way[i].with;
	}
	for (size_t i = 0; i < w->n; i++) {
		read_step(w, &w->said[i], edge_of(way[i]), in->first, v);
		if (out->mail == 0 && v->mails > 0)
			out->mail = (unsigned)i + 1;
	}
	/* The server has asked, and the client went away. */
	if (over && within_auth(last) && w->n > 0 && v->auth_n > 0 &&
		!w->said[w->n - 1].silent[SIDE_SERVER])
		v->auth[v->auth_n - 1].outcome = INFER_ABORTED;
}

void infer_paths(const struct infer_server *row, const struct infer_clear *c,
	const struct infer *in, const struct infer_said *said, size_t n,
	bool over, struct infer_path out[2])
{
	struct walk w = {.row = row, .clear = c, .said = said, .n = n};
	struct step how[INFER_EXCHANGES][STATES * 2];
	struct places at, to;

	w.whole = in->hole == 0 && !in->midstream;
	index_edges(&w);
	starts(in, &at);
	for (size_t i = 0; i < n; i++) {
		memset(w.command, 0, sizeof w.command);
		memset(w.reply, 0, sizeof w.reply);
		w.possible = possible(&said[i]);
		prune(&at);
		clear_places(&to);
		begin_auth(&w, &said[i], &at, &to, how[i]);
		go_on(&w, &said[i], &at, &to, how[i]);
		at = to;
	}
	for (int with = 0; with < 2; with++) {
		int state = 0;

		out[with] = (struct infer_path){
			.cost = final_cost(&at, over, with, &state)};
		if (out[with].cost < INFER_NEVER)
			read_way(&w, in, how, state, with, over, &out[with]);
	}
}
