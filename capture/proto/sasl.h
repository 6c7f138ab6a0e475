/* sasl.h: the account behind a SASL exchange (RFC 4954), and never more.
 *
 * Base64 is decoded a character at a time straight into the account's field;
 * what comes behind the account (password, token, digest) is counted, not
 * kept. No function returns, and no field holds, a secret. (Garbage in the
 * place of a name is seen for what it is at its end, and wiped then.) */
#pragma once
#include "capture/base/base64.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SASL_MECHANISM = 24, SASL_NAME = 256, SASL_SCRATCH = 64 };

enum sasl_class { SASL_BASIC, SASL_OAUTH, SASL_OTHER };

/* By IANA name, any case; unknown mechanisms are SASL_OTHER. */
enum sasl_class sasl_class(const char *mechanism);

bool sasl_is_known(const char *mechanism); /* is it one with a class? */

/* Could these be the first characters of a mechanism's name, and not of a
 * base64 blob that a broken client put in its place? */
bool sasl_is_name(const uint8_t *p, size_t n);

/* One of NTLM's names, as its UTF-16 arrives byte by byte. */
struct sasl_wide {
	uint32_t at, n; /* where in the message, bytes */
	uint16_t high;  /* the first half of a surrogate pair, or 0 */
	uint8_t low;    /* the first byte of a pair of bytes */
	bool half, is_wide;
	uint16_t got;   /* bytes of text so far */
};

/* One AUTH exchange. The names are raw bytes as decoded; text_clean() makes
 * them text when they become a record. A name longer than SASL_NAME is cut,
 * and then as long as its field. */
struct sasl {
	char mechanism[SASL_MECHANISM]; /* upper case, "" when none was named */
	uint8_t account[SASL_NAME], authzid[SASL_NAME], workstation[SASL_NAME];
	uint8_t realm[SASL_NAME]; /* NTLM's domain, DIGEST-MD5's realm */
	uint16_t account_n, authzid_n, workstation_n, realm_n;
	bool has_account, has_authzid, has_workstation, has_realm;
	bool initial;   /* came with an initial response (RFC 4954, 4) */
	bool cancelled; /* the client sent "*" */
	uint8_t answers; /* client lines so far, the initial response included;
			  * 255 is 255 or more */
	/* Private to sasl.c: the answer that is being read. */
	bool lost;       /* bytes are missing: nothing more is believed */
	bool star;       /* its first character is "*" */
	bool blank;      /* spaces: allowed at the end only */
	bool odd;        /* it has characters that base64 has not */
	uint8_t reader, step, which;
	uint16_t count;
	uint32_t chars;  /* characters so far */
	uint32_t at;     /* bytes decoded so far */
	struct base64 b64;
	struct sasl_wide wide[3];
	uint16_t scratch_n;
	uint8_t scratch[SASL_SCRATCH]; /* an NTLM header */
};

/* Begins an exchange: the mechanism as sent (any case, not NUL-terminated).
 * What cannot be a name counts as none. */
void sasl_begin(struct sasl *s, const uint8_t *mechanism, size_t n);

/* The server's prompt, as sent in its 334: where no mechanism was named (the
 * AUTH command was not seen) it may tell which one it is. */
void sasl_prompt(struct sasl *s, const uint8_t *text, size_t n);

/* A client's answer arrives in pieces of any size: answer_begin, answer_bytes
 * for the characters of the line without CRLF, answer_end at the line's end.
 * An initial response "=" is an empty answer. */
void sasl_answer_begin(struct sasl *s, bool initial);
void sasl_answer_bytes(struct sasl *s, const uint8_t *p, size_t n);
/* False if it cannot have been base64, nor "*". */
bool sasl_answer_end(struct sasl *s);

/* Client bytes are missing: what is being read is not believed, nor is any
 * later answer. */
void sasl_gap(struct sasl *s);
/* Wipes everything. */
void sasl_wipe(struct sasl *s);
