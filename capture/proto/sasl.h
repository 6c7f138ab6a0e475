/* sasl.h: the account behind a SASL exchange (RFC 4954), and never more.
 *
 * Base64 is decoded a character at a time straight into the account's field;
 * what comes behind the account (password, token, digest) is counted, not
 * kept. No function returns, and no field holds, a secret. */
#pragma once
#include "capture/base/base64.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SASL_MECHANISM = 24, SASL_NAME = 256 };

enum sasl_class { SASL_BASIC, SASL_OAUTH, SASL_OTHER };

/* By IANA name, any case; unknown mechanisms are SASL_OTHER. */
enum sasl_class sasl_class(const char *mechanism);

/* One AUTH exchange. The names are raw bytes as decoded; text_clean() makes
 * them text when they become a record. */
struct sasl {
	char mechanism[SASL_MECHANISM]; /* upper case, "" when none was named */
	uint8_t account[SASL_NAME], authzid[SASL_NAME], workstation[SASL_NAME];
	uint16_t account_n, authzid_n, workstation_n;
	bool has_account, has_authzid, has_workstation;
	bool initial;   /* came with an initial response (RFC 4954, 4) */
	bool cancelled; /* the client sent "*" */
	uint8_t answers; /* client lines so far, the initial response included */
	/* Private to sasl.c: the answer that is being read. */
	struct base64 b64;
	uint16_t field, at;
	uint32_t chars;
	uint8_t state;
	uint8_t scratch[512]; /* NTLM type 3 and DIGEST-MD5 heads; wiped */
	uint16_t scratch_n;
};

/* Begins an exchange: the mechanism as sent (any case, not NUL-terminated). */
void sasl_begin(struct sasl *s, const uint8_t *mechanism, size_t n);

/* A client's answer arrives in pieces of any size: answer_begin, answer_bytes
 * for the characters of the line without CRLF, answer_end at the line's end.
 * An initial response "=" is an empty answer. */
void sasl_answer_begin(struct sasl *s, bool initial);
void sasl_answer_bytes(struct sasl *s, const uint8_t *p, size_t n);
void sasl_answer_end(struct sasl *s);

/* Client bytes are missing: what is being read is not believed. */
void sasl_gap(struct sasl *s);
/* Wipes everything. */
void sasl_wipe(struct sasl *s);
