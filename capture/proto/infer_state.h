/* infer_state.h: the inside of struct infer, for the files infer*.c alone. */
#pragma once
#include "capture/proto/infer.h"

enum {
	INFER_EXCHANGES = 64, /* of one session; later ones are not looked at */
	INFER_PADDED = 4,     /* records that show padding to a multiple */
	INFER_LIST = 8,       /* lengths of one kind of reply */
	INFER_ROWS = 32,      /* of servers, at most */
	INFER_NO_MECHANISM = 1 << INFER_MECHANISMS,
	INFER_UPDATE = 5,     /* bytes of a KeyUpdate (RFC 8446, 4.6.3) */
};

/* What the client says until the server speaks, and what that says until the
 * client does again: sums over records, by enum side. */
struct infer_exchange {
	uint32_t at;        /* ms since the first record */
	uint16_t sum[2];    /* bytes of records; UINT16_MAX: or more */
	uint8_t records[2]; /* UINT8_MAX: or more */
	uint8_t splits[2];  /* records of one byte or none, not counted above */
	bool vague[2];      /* something is missing, and how much is unsure */
	bool five[2];       /* the first record may be a KeyUpdate */
};

struct infer_half {
	bool begun;      /* data has come */
	bool held;       /* the last record may be one of a split */
	bool lost;       /* nothing came behind what was lost */
	uint16_t last;   /* length of the last record of data */
	uint16_t bits;   /* of all lengths behind the tag, or-ed */
	uint16_t records; /* of data */
	uint16_t surplus; /* padding that every record has */
};

/* What a record adds to the bytes that it holds: length - fixed - pad, with
 * pad of least to most. */
struct infer_cover {
	uint16_t fixed, least, most;
};

struct infer {
	uint16_t version, cipher; /* 0: not known */
	bool known;               /* and so is what it adds: */
	struct infer_cover cover;
	uint16_t finished_size;   /* of a record with TLS 1.3's Finished */
	bool midstream;
	bool agreed;
	bool finished;   /* the client's handshake is over */
	bool handshaking; /* encrypted records of it were seen */
	bool full;       /* more exchanges than there is room for */
	uint8_t hole;    /* whole exchanges may be missing before or in the
			  * one of this number, from 1; 0: none */
	uint8_t n;
	int64_t first;   /* ns, of the first record */
	struct infer_half half[2];
	struct infer_exchange exchange[INFER_EXCHANGES];
};

/* How many bytes were said: of low to high. */
struct infer_span {
	uint16_t low, high;
};

struct infer_said {
	uint32_t at;
	struct infer_span of[2]; /* by enum side */
	bool silent[2];          /* said nothing at all */
	bool vague[2];
};

/* infer_suite.c: false if the suite is none that is known. */
bool infer_cover(uint16_t version, uint16_t cipher, struct infer_cover *out);
/* Bytes of a record with TLS 1.3's Finished; 0 in other versions. */
uint16_t infer_finished(uint16_t version, uint16_t cipher);

/* infer_lengths.c: exchanges as bytes said, for one way of reading them:
 * updates: what may be a KeyUpdate is one. */
size_t infer_said(const struct infer *in, const struct infer_cover *cover,
	bool updates, struct infer_said said[INFER_EXCHANGES]);
/* Is there anything that may be one? */
bool infer_updates(const struct infer *in);

/* Kinds of replies whose length a server's software chooses. */
enum infer_reply {
	INFER_R_PROMPT,   /* 334 and a word, as LOGIN has it */
	INFER_R_EMPTY,    /* 334 without one */
	INFER_R_ACCEPTED, /* 235 */
	INFER_R_REJECTED, /* 535 and its like */
	INFER_R_MAIL, INFER_R_RCPT,
	INFER_R_GO,       /* 354 */
	INFER_R_QUEUED,
	INFER_R_BYE,
	INFER_R_SHORT,    /* to RSET and NOOP */
	INFER_R_DENIED,   /* MAIL, RCPT or a message is refused */
	INFER_REPLIES,
};

struct infer_refusal {
	uint16_t n;
	uint8_t reason; /* enum infer_reason */
};

/* One server software. A length of 0 ends a list. */
struct infer_server {
	const char *name;
	const char *banner[2]; /* words that the greeting has, any case */
	const char *host[4];   /* ends of its names */
	uint16_t length[INFER_REPLIES][INFER_LIST];
	struct infer_refusal refusal[INFER_LIST];
	/* Replies that repeat the address: longer than the command by. */
	int8_t mail_echo, rcpt_echo;
	uint16_t offers;       /* bits of enum infer_mechanism; 0: any */
	bool demands;          /* takes no mail without AUTH */
	uint8_t sure;          /* in 100: how many replies are in the lists */
};

/* infer_servers.c: row 0 is any software. */
size_t infer_servers(const struct infer_server **rows);

/* infer_odds.c: costs are -100 ln(p). */
enum { INFER_NEVER = 1 << 20 };

/* One of min, min + step ... max, each as likely. */
int infer_cost_range(struct infer_span s, unsigned min, unsigned max,
	unsigned step);
int infer_cost_reply(const struct infer_server *row, enum infer_reply kind,
	const struct infer_said *x);
/* Commands sent ahead: MAIL, RCPTs, DATA; a message by BDAT. */
struct infer_batch {
	bool mail, data, chunk;
};
int infer_cost_batch(const struct infer_server *row, struct infer_batch b,
	const struct infer_said *x, unsigned *recipients);

/* infer_path.c: the two best ways through the automaton. */
struct infer_path {
	int cost;
	struct infer_verdict read; /* what it says of the session */
	unsigned mail; /* number of the first exchange with MAIL, from 1 */
};
void infer_paths(const struct infer_server *row, const struct infer_clear *c,
	const struct infer *in, const struct infer_said *said, size_t n,
	bool over, struct infer_path out[2]); /* [1]: with AUTH */
