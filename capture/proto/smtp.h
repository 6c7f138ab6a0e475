/* smtp.h: an SMTP dialogue (RFC 5321), both directions, from chunks to events.
 *
 * Feed a chunk, then pull events until there is none; only then the next
 * chunk. The events are the same however the streams were cut into chunks.
 * Bodies are skipped without a copy; of a message only agent headers are read.
 * After a gap or a mid-stream start each side is found again by itself, at a
 * plausible command or a reply code at a line start, and what follows is
 * marked resynced. */
#pragma once
#include "capture/base/smtp_verb.h"
#include "capture/proto/sasl.h"
#include "capture/stream/chunk.h"

enum smtp_kind {
	SMTP_BANNER,   /* text: the greeting behind "220 ", first line; code */
	SMTP_HELO,     /* text: the argument of HELO, EHLO, LHLO; verb */
	SMTP_WELCOME,  /* text: first line of the reply to SMTP_HELO, such as
			* "mx.example Hello [203.0.113.9]" */
	SMTP_OFFER,    /* text: one keyword line of an EHLO reply, "AUTH X Y";
			* "AUTH=X Y" of old servers comes as "AUTH X Y" */
	SMTP_OFFER_END, /* the EHLO reply is complete: code */
	SMTP_AUTH,     /* an exchange has ended: sasl, outcome, and the reply's
			* code and enhanced */
	SMTP_MAIL,     /* text: argument of MAIL FROM, no brackets, no params */
	SMTP_RCPT,     /* text: argument of RCPT TO, likewise */
	SMTP_MESSAGE,  /* the end of a message was seen: bytes */
	SMTP_ACCEPTED, /* the server took it: code 2xx */
	SMTP_REFUSED,  /* a 4xx or 5xx to anything but AUTH and STARTTLS: verb,
			* code, enhanced */
	SMTP_AGENT,    /* text: value of X-Mailer or User-Agent */
	SMTP_STARTTLS, /* the client asked; verb tells which command */
	SMTP_TLS_REFUSED, /* and the server said no: code, or 0 if its answer
			* was not captured but the client goes on in clear */
	SMTP_TLS,      /* and from here on both sides speak TLS: smtp_rest() */
	SMTP_INJECTED, /* clear text came behind STARTTLS: never believed */
	SMTP_QUIT,
	SMTP_NOT_MAIL, /* the first bytes show another protocol; feed no more */
};

enum smtp_outcome {
	SMTP_UNKNOWN, SMTP_AUTH_ACCEPTED, SMTP_AUTH_REJECTED, SMTP_AUTH_ABORTED,
};

/* Why AUTH was refused, where the reply's codes and words tell. */
enum smtp_reason {
	SMTP_NO_REASON, SMTP_WRONG_PASSWORD, SMTP_TENANT_SWITCH,
	SMTP_MAILBOX_SWITCH, SMTP_BASIC_DISABLED, SMTP_SECURITY_DEFAULTS,
	SMTP_BASIC_REMOVED, SMTP_NOT_OFFERED,
};

struct smtp_event {
	enum smtp_kind kind;
	int64_t at;     /* ns; of the segment that began it */
	bool resynced;  /* in clear, after a gap or a mid-stream start */
	enum smtp_verb verb;
	uint16_t code;          /* 0: none seen */
	uint16_t enhanced[3];   /* RFC 3463, {0}: none */
	const uint8_t *text;    /* borrowed until the next call; raw bytes */
	size_t text_n;
	uint64_t bytes;
	/* SMTP_AUTH: names are borrowed until the next call. */
	const struct sasl *sasl;
	enum smtp_outcome outcome;
	enum smtp_reason reason;
};

struct smtp;

size_t smtp_size(void); /* bytes of a struct smtp */
/* midstream: the beginning was not seen, so the first line may be anything. */
void smtp_init(struct smtp *s, bool midstream);
/* The port is one of mail's: where the beginning was not seen, any of SMTP's
 * commands is proof enough, or a reply of AUTH. */
void smtp_presume(struct smtp *s);
void smtp_feed(struct smtp *s, const struct chunk *c); /* borrows c->p */
bool smtp_next(struct smtp *s, struct smtp_event *out);

/* After SMTP_TLS: what the chunk in hand still holds behind the border, to be
 * fed to TLS; n may be 0. If that turns out to be no TLS, what follows may be
 * fed here again. */
struct chunk smtp_rest(struct smtp *s);

/* Likewise, and to be fed before that: what the client has sent of TLS while
 * the server had not agreed yet, but for `lost` bytes that followed. Borrowed
 * until the object is used again. */
enum { SMTP_EARLY = 1024 }; /* most bytes of it */
struct chunk smtp_early(struct smtp *s, size_t *lost);

/* True once the content has proved that this is mail: an SMTP command of the
 * client, or a greeting that names SMTP; a mere "220 " is FTP's too. */
bool smtp_is_mail(const struct smtp *s);

/* Could a flow whose first bytes on a side are these be mail at all? Looks at
 * a prefix of any length: true as long as nothing speaks against it. */
bool smtp_plausible(enum side side, const uint8_t *p, size_t n,
	bool midstream);

/* Wipes everything. */
void smtp_wipe(struct smtp *s);
