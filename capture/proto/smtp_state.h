/* smtp_state.h: the inside of struct smtp, for the files smtp*.c alone.
 *
 * The client's bytes are read one by one. Nothing of a line is kept before its
 * first word is known, and then only the argument of commands that cannot
 * carry a secret: what else a client sends may be a password. */
#pragma once
#include "capture/proto/smtp_line.h"

enum {
	SMTP_LINE = 1024,   /* kept of an argument or of a reply line */
	SMTP_CODE = 4,      /* of a reply, and what follows it */
	SMTP_BRIEF = 16,    /* kept of a reply whose text tells nothing */
	SMTP_AGENT_NAME = 256,
	SMTP_WAITING = 32,  /* commands without reply that are told apart */
	SMTP_EVENTS = 8,    /* most events of one line */
	SMTP_PATIENCE = 3,  /* lines that may be nothing we know */
	SMTP_REASON_WORDS = 7, /* that tell why AUTH was refused */
};

/* What the client's next byte is a part of. */
enum smtp_mode {
	SMTP_AT_WORD,      /* the first word of a line */
	SMTP_AT_ARGUMENT,  /* the rest of a line, kept */
	SMTP_AT_MECHANISM, /* of AUTH */
	SMTP_AT_RESPONSE,  /* the blanks before an initial response */
	SMTP_AT_ANSWER,    /* goes to sasl.c */
	SMTP_AT_REST,      /* the rest of a line, not kept */
	SMTP_AT_BODY,      /* behind DATA */
	SMTP_AT_CHUNK,     /* behind BDAT */
	SMTP_AT_TLS,       /* behind STARTTLS, at a line start */
	SMTP_AT_INJECTED,  /* clear text behind STARTTLS */
	SMTP_AT_EARLY,     /* TLS before the server agreed */
};

struct smtp_client {
	enum smtp_mode mode;
	const struct smtp_word *word; /* of this line, NULL: none we know */
	bool seen;
	bool gapped;  /* bytes are missing, or the start is */
	bool lost;    /* so that this may be a body as well as commands */
	bool unsure;  /* lost, and the last line looked like a command */
	bool fresh;   /* lost, and since then there was no other line */
	unsigned chain; /* unsure commands, at the end of the queue */
	bool chunk;   /* it is BDAT */
	bool has_held;
	struct smtp_event held; /* what that line would mean */
	bool cr;      /* a CR is held back: is it the line's end? */
	bool bare;    /* the last line ended with a bare LF */
	bool odd;     /* the mechanism is none */
	bool dot;     /* the line begins with a dot */
	bool within;  /* injected text: in the middle of a line */
	bool tried_tls; /* STARTTLS was sent at some time */
	bool proves;  /* the unsure command is SMTP's own */
	bool asked_data; /* DATA was sent and is not answered yet */
	unsigned unknown; /* lines that were no commands */
	int64_t at;   /* of the line */
	uint64_t rest_n; /* bytes of the line that were not kept */
	uint64_t lost_n; /* bytes since it is lost */
	uint64_t early_n; /* of TLS before the server agreed; in line */
	uint8_t head_n;
	uint8_t head[SMTP_WORD]; /* is always the start of some word */
	uint16_t n;
	uint8_t line[SMTP_LINE];
};

struct smtp_body {
	uint64_t bytes;  /* of this message so far */
	uint64_t left;   /* of a BDAT chunk */
	uint64_t dot;    /* bytes before the last dot at a line start */
	uint16_t lines;  /* for which a server that refused DATA has replies */
	bool last;       /* BDAT LAST */
	bool weak;       /* the last line was a dot between odd line ends */
	bool gapped;
	uint8_t place;   /* in the search for CR LF . CR LF */
	uint8_t header;  /* in the search for agents */
	uint8_t name_at, names;
	uint16_t agent_n;
	uint8_t agent[SMTP_AGENT_NAME];
};

/* Words that the text of a reply has: see smtp_reason.c. */
struct smtp_words {
	uint8_t at[SMTP_REASON_WORDS]; /* characters of each that match */
	uint8_t found; /* a bit for each */
};

struct smtp_server {
	bool seen;
	bool over;     /* its last byte was read */
	bool greeted;
	bool begun;    /* a reply of several lines is being read */
	bool wanted;   /* the line's text is */
	bool cut;      /* it is not, and the codes are complete */
	bool holed;    /* the line is the first one behind a gap, */
	bool torn;     /* which began within a line or a reply */
	enum smtp_verb verb; /* what it answers */
	uint16_t code; /* the last one */
	uint16_t enhanced[3];
	struct smtp_words words; /* of the reply, if it refuses */
	unsigned unknown; /* lines that were no replies, in a row */
	int64_t at;
	uint16_t n;
	uint8_t line[SMTP_LINE];
};

/* A command that waits for its reply. */
struct smtp_waiting {
	uint8_t verb;
	bool is_message; /* the end of one: a 2xx accepts it */
	bool exact;     /* the next reply is its */
	bool dead;      /* AUTH: its event was given already */
	bool maybe;     /* an empty line: not every server answers it */
	uint16_t replies; /* LMTP answers a body once a recipient */
};

struct smtp_queue {
	struct smtp_waiting at[SMTP_WAITING];
	unsigned n;
	unsigned doubt; /* of them may have been answered within a gap */
	uint64_t more;  /* commands behind these, only counted */
};

struct smtp_auth {
	bool open;
	bool seen;      /* the AUTH command was */
	bool unsure;    /* it may have been a text about it */
	bool exact;     /* nothing else waits for a reply */
	bool holed;     /* replies are missing, its own perhaps */
	bool cut;       /* bytes of the client are */
	unsigned asked; /* 334 replies */
	unsigned sent;  /* answers, without the initial response */
	int64_t at;
};

struct smtp {
	struct chunk in; /* borrowed */
	size_t used;     /* of it */
	bool fed;
	bool stopped;    /* TLS from here on, or no mail at all */
	bool not_mail;
	bool is_mail;
	bool presumed;   /* by its port */
	bool midstream;
	bool resynced;
	bool blind;      /* the server's replies cannot be relied on: none
			  * was seen yet, or some are missing */
	bool hidden;     /* there may be commands or replies that were not
			  * seen */
	bool stray;      /* the outcome of an AUTH that was given up may
			  * be yet to come */
	bool lmtp;
	uint16_t lmtp_recipients;
	struct smtp_client client;
	struct smtp_body body;
	struct smtp_server server;
	struct smtp_queue queue;
	struct smtp_auth auth;
	struct sasl sasl;
	unsigned out_i, out_n;
	struct smtp_event out[SMTP_EVENTS];
};

/* smtp.c */
struct smtp_event *smtp_say(struct smtp *s, enum smtp_kind kind, int64_t at);
void smtp_give_up(struct smtp *s); /* this is not mail */

/* smtp_client.c: returns how much was used, at least 1 if nothing was said. */
size_t smtp_client(struct smtp *s, const uint8_t *p, size_t n);
void smtp_client_gap(struct smtp *s, uint64_t n);
void smtp_client_end(struct smtp *s);
/* What comes is commands; of a line that has begun the rest is skipped. */
void smtp_expect_commands(struct smtp *s, bool at_line_start);
/* Nothing of the client is missing, so a reply that fits no command of its is
 * the server's own idea. */
bool smtp_client_is_whole(const struct smtp *s);

/* smtp_command.c */
void smtp_command(struct smtp *s); /* the line is complete */

/* smtp_lost.c */
void smtp_lose(struct smtp *s);    /* the client's place is not known */
void smtp_confirm(struct smtp *s); /* the command that is held was one */
void smtp_confirm_by_command(struct smtp *s); /* another one follows */
void smtp_confirm_by_reply(struct smtp *s, const struct smtp_reply *r);
bool smtp_is_unsure(const struct smtp *s, unsigned i); /* of the queue */
void smtp_deny(struct smtp *s);    /* it only looked like one */
/* What a command means: said at once, or held. */
struct smtp_event *smtp_say_command(struct smtp *s, enum smtp_kind kind,
	enum smtp_verb verb);
/* A command was read; proof: no other protocol has it. */
void smtp_proves(struct smtp *s, bool proof);
/* False if a body's line may look like this by chance. */
bool smtp_is_strict(enum smtp_verb verb, enum smtp_argument kind,
	struct rd argument);

/* smtp_auth.c: one AUTH exchange. */
void smtp_auth_open(struct smtp *s, const uint8_t *mechanism, size_t n);
void smtp_auth_unseen(struct smtp *s, int64_t at); /* its command was lost */
void smtp_auth_forget(struct smtp *s);     /* it was none */
void smtp_auth_unanswered(struct smtp *s); /* ends it, if one is open */
/* The same, where what comes may be its outcome, or that of another. */
void smtp_auth_give_up(struct smtp *s);
void smtp_auth_prompt(struct smtp *s, struct rd text); /* 334 */
void smtp_auth_reply(struct smtp *s, uint16_t code);   /* the final one */
bool smtp_auth_is_own(uint16_t code); /* no other command has it */
/* The mechanism and what is before an initial response; false if the byte is
 * to be looked at again in another mode. */
bool smtp_mechanism_byte(struct smtp *s, uint8_t b);
bool smtp_response_byte(struct smtp *s, uint8_t b);
void smtp_auth_answered(struct smtp *s); /* an answer's line is complete */

/* smtp_body.c */
void smtp_body_begin(struct smtp *s);
size_t smtp_body(struct smtp *s, const uint8_t *p, size_t n);
void smtp_body_gap(struct smtp *s, uint64_t n);
void smtp_body_end(struct smtp *s, uint64_t bytes); /* SMTP_MESSAGE */
/* The server says that the body is over: may it be? Then it is. */
bool smtp_body_try_end(struct smtp *s);
/* It may be over, or not wanted: so if bytes of it are missing. */
void smtp_body_try_stop(struct smtp *s);
void smtp_body_refused(struct smtp *s); /* DATA was */
void smtp_body_reset(struct smtp *s);   /* the next one is a new message */
void smtp_chunk_begin(struct smtp *s, uint64_t size, bool last);
size_t smtp_chunk_bytes(struct smtp *s, const uint8_t *p, size_t n);
void smtp_chunk_gap(struct smtp *s, uint64_t n);

/* smtp_starttls.c */
void smtp_start_tls(struct smtp *s); /* the next byte in hand is TLS */
void smtp_tls_byte(struct smtp *s, uint8_t b); /* is it the first one? */
void smtp_early_bytes(struct smtp *s, const uint8_t *p, size_t n);
void smtp_early_gap(struct smtp *s, uint64_t n);
void smtp_injected_byte(struct smtp *s, uint8_t b);
void smtp_tls_reply(struct smtp *s, enum smtp_verb verb);
/* True if the first byte of a line shows, against expectation, that TLS has
 * begun: the client's line, the server's line. */
bool smtp_tls_after_all(struct smtp *s, uint8_t b);
bool smtp_tls_unasked(struct smtp *s, uint8_t b);

/* smtp_queue.c: which command does a reply answer? */
void smtp_wait(struct smtp *s, struct smtp_waiting w);
/* For DATA's body and for BDAT; whole: the message ends with it. */
void smtp_wait_message(struct smtp *s, enum smtp_verb verb, bool whole);
int smtp_match(const struct smtp *s, uint16_t code); /* index, or -1 */
int smtp_find(const struct smtp *s, enum smtp_verb verb); /* the first one */
void smtp_drop(struct smtp *s, unsigned n); /* the first n: never answered */
void smtp_answered(struct smtp *s);         /* the first one was */
void smtp_take_back(struct smtp *s);        /* the last one was no command */

/* smtp_reason.c: the text of a reply, and what it comes to. */
void smtp_reason_begin(struct smtp_words *w);
void smtp_reason_byte(struct smtp_words *w, uint8_t b);
bool smtp_reason_is_abort(const struct smtp_words *w);
enum smtp_reason smtp_reason(const struct smtp_words *w, uint16_t code,
	const uint16_t enhanced[3]);

/* smtp_reply.c: as smtp_client.c for the server's bytes. */
size_t smtp_server(struct smtp *s, const uint8_t *p, size_t n);
void smtp_server_gap(struct smtp *s);
void smtp_server_end(struct smtp *s);
