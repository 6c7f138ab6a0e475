/* sasl_reader.h: how the answers of the mechanisms are read; for the files
 * sasl*.c alone. */
#pragma once
#include "capture/proto/sasl.h"

enum sasl_reader {
	SASL_SKIP, SASL_READ_LOGIN, SASL_READ_PLAIN, SASL_READ_CRAM,
	SASL_READ_DIGEST, SASL_READ_NTLM, SASL_READ_SCRAM, SASL_READ_XOAUTH2,
	SASL_READ_OAUTHBEARER, SASL_READ_EXTERNAL,
};

enum sasl_reader sasl_reader_of(const struct sasl *s);

/* Fields that are being filled. */
void sasl_put_account(struct sasl *s, uint8_t c);
void sasl_put_authzid(struct sasl *s, uint8_t c);
void sasl_put_workstation(struct sasl *s, uint8_t c);
void sasl_put_realm(struct sasl *s, uint8_t c);
void sasl_drop_account(struct sasl *s);
void sasl_drop_authzid(struct sasl *s);
void sasl_drop_workstation(struct sasl *s);
void sasl_drop_realm(struct sasl *s);
void sasl_keep_account(struct sasl *s); /* unless it is empty */
/* What was not read to its end is not believed. */
void sasl_drop_halves(struct sasl *s);
/* The rest of the answer is only counted. */
void sasl_stop(struct sasl *s);
/* What a client that does not speak base64 typed decodes to this. */
bool sasl_is_noise(const uint8_t *p, size_t n);
bool sasl_is_hex(uint8_t c);

/* A decoded byte, and the end of an answer for those that wait for it. */
void sasl_login_byte(struct sasl *s, uint8_t c);
void sasl_login_end(struct sasl *s);
void sasl_plain_byte(struct sasl *s, uint8_t c);
void sasl_external_end(struct sasl *s);
void sasl_cram_byte(struct sasl *s, uint8_t c);
void sasl_cram_end(struct sasl *s);
void sasl_digest_byte(struct sasl *s, uint8_t c);
void sasl_ntlm_byte(struct sasl *s, uint8_t c);
void sasl_ntlm_end(struct sasl *s);
void sasl_gs2_byte(struct sasl *s, uint8_t c);
void sasl_xoauth2_byte(struct sasl *s, uint8_t c);
