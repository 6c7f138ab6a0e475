/* smtp_line.h: what a line of SMTP may be: commands, paths, replies. */
#pragma once
#include "capture/base/bytes.h"
#include "capture/proto/smtp.h"

/* What follows the word. */
enum smtp_argument {
	SMTP_NOTHING, /* nothing that is wanted */
	SMTP_TEXT,
	SMTP_PATH,    /* ":" and a path */
	SMTP_SASL,    /* a mechanism and perhaps an initial response */
	SMTP_FOREIGN, /* it is a word of another protocol */
	SMTP_SILENT,  /* the server does not answer it: PROXY */
};

struct smtp_word {
	const char *text;
	enum smtp_verb verb;
	enum smtp_argument argument;
};

enum { SMTP_WORD = 24 }; /* room for the longest word and some spaces */

/* The word that these characters are, in any case and with any spaces within
 * it, or NULL. *more: it may become one by further characters. */
const struct smtp_word *smtp_word(const uint8_t *p, size_t n, bool *more);

/* The address behind "FROM" or "TO": no colon, no brackets, no parameters.
 * Borrows. */
struct rd smtp_path(struct rd argument);
/* Is it written as RFC 5321 wants it, ":<...>" and parameters? */
bool smtp_path_is_strict(struct rd argument);

/* RFC 3030: size, and whether it is the last chunk. */
bool smtp_chunk(struct rd argument, uint64_t *size, bool *last);

bool smtp_is_blank(uint8_t c);
struct rd smtp_trim(struct rd text); /* no blanks and no CR at the ends */
bool smtp_is_text(struct rd text);   /* not empty, and printable */
bool smtp_has_word(struct rd text, const char *word); /* in any case */

struct smtp_reply {
	uint16_t code;
	bool more;            /* "250-": another line follows */
	uint16_t enhanced[3]; /* RFC 2034, {0}: none */
	struct rd text;       /* behind the code; borrows */
};

/* A line of a reply, without its LF. */
bool smtp_reply(struct rd line, struct smtp_reply *out);
