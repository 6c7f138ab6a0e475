/* tls_bytes.h: TLS messages and certificates for tests, made on the spot. */
#pragma once
#include "capture/base/bytes.h"
#include "tests/unit/check.h"
#include <openssl/evp.h>
#include <openssl/x509v3.h>

static inline void wr_be24(struct wr *w, uint32_t v)
{
	wr_u8(w, (uint8_t)(v >> 16));
	wr_be16(w, (uint16_t)v);
}

static inline void put_text(struct wr *w, const char *s)
{
	wr_bytes(w, s, strlen(s));
}

/* A record of TLS, or a message of its handshake. */
static inline void put_record(struct wr *w, uint8_t type, uint16_t version,
	const void *p, size_t n)
{
	wr_u8(w, type);
	wr_be16(w, version);
	wr_be16(w, (uint16_t)n);
	wr_bytes(w, p, n);
}

static inline void put_message(struct wr *w, uint8_t type, const void *p,
	size_t n)
{
	wr_u8(w, type);
	wr_be24(w, (uint32_t)n);
	wr_bytes(w, p, n);
}

static inline void put_extension(struct wr *w, uint16_t type, const void *p,
	size_t n)
{
	wr_be16(w, type);
	wr_be16(w, (uint16_t)n);
	wr_bytes(w, p, n);
}

/* A list of 16-bit values behind its own length, of 16 or of 8 bits. */
static inline void put_list16(struct wr *w, const uint16_t *v, size_t n)
{
	wr_be16(w, (uint16_t)(2 * n));
	for (size_t i = 0; i < n; i++)
		wr_be16(w, v[i]);
}

static inline void put_list8(struct wr *w, const uint16_t *v, size_t n)
{
	wr_u8(w, (uint8_t)(2 * n));
	for (size_t i = 0; i < n; i++)
		wr_be16(w, v[i]);
}

static inline void put_sni(struct wr *w, const char *host)
{
	size_t n = strlen(host);

	wr_be16(w, 0);
	wr_be16(w, (uint16_t)(n + 5));
	wr_be16(w, (uint16_t)(n + 3));
	wr_u8(w, 0);
	wr_be16(w, (uint16_t)n);
	put_text(w, host);
}

/* The body of a ClientHello around extensions that are there already. */
static inline void put_client_hello(struct wr *w, uint16_t version,
	const uint16_t *ciphers, size_t n, const struct wr *extensions)
{
	uint8_t random[32];

	memset(random, 'r', sizeof random);
	wr_be16(w, version);
	wr_bytes(w, random, sizeof random);
	wr_u8(w, 3);
	put_text(w, "sid");
	put_list16(w, ciphers, n);
	wr_be16(w, 0x0100); /* one compression: none */
	if (!extensions)
		return;
	wr_be16(w, (uint16_t)wr_used(extensions));
	wr_bytes(w, extensions->begin, wr_used(extensions));
}

/* The body of a ServerHello; chosen: of supported_versions, 0 for none. */
static inline void put_server_hello(struct wr *w, uint16_t version,
	uint16_t cipher, uint16_t chosen, const uint8_t *random)
{
	static const uint8_t any[32] = "0123456789abcdef0123456789abcde";

	wr_be16(w, version);
	wr_bytes(w, random ? random : any, 32);
	wr_u8(w, 0);
	wr_be16(w, cipher);
	wr_u8(w, 0);
	wr_be16(w, chosen ? 10 : 4);
	if (chosen) {
		wr_be16(w, 43);
		wr_be16(w, 2);
		wr_be16(w, chosen);
	}
	wr_be16(w, 22); /* encrypt then MAC */
	wr_be16(w, 0);
}

static inline void put_name(X509_NAME *name, int nid, const char *value,
	int n)
{
	check(X509_NAME_add_entry_by_NID(name, nid, V_ASN1_UTF8STRING,
		(const unsigned char *)value, n, -1, 0) == 1);
}

static inline void put_dns_name(GENERAL_NAMES *to, const char *name)
{
	GENERAL_NAME *g = GENERAL_NAME_new();
	ASN1_IA5STRING *s = ASN1_IA5STRING_new();
	char raw[300] = {0};
	size_t n = strlen(name);

	check(g && s && n < sizeof raw);
	for (size_t at = 0; at < n; at++)
		raw[at] = name[at] == '|' ? '\0' : name[at];
	ASN1_STRING_set(s, raw, (int)n);
	GENERAL_NAME_set0_value(g, GEN_DNS, s);
	sk_GENERAL_NAME_push(to, g);
}

/* A certificate with these DNS names ('|' in one stands for a NUL) and a name
 * of its issuer's, signed by itself; cn may be NULL. Returns its length. */
static inline size_t make_certificate(uint8_t *out, size_t cap,
	const char *cn, int issuer_nid, const char *issuer, const char *end,
	const char *const *names, size_t names_n)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	GENERAL_NAMES *all = GENERAL_NAMES_new();
	GENERAL_NAMES *issuers = GENERAL_NAMES_new();
	uint8_t *p = out;
	int n;

	check(key && x && all && issuers);
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
	put_name(X509_get_subject_name(x), NID_organizationName, "Contoso",
		-1);
	if (cn)
		put_name(X509_get_subject_name(x), NID_commonName, cn, -1);
	put_name(X509_get_issuer_name(x), NID_organizationName, "Contoso",
		-1);
	put_name(X509_get_issuer_name(x), issuer_nid, issuer, -1);
	ASN1_TIME_set_string(X509_getm_notBefore(x), "19700101000000Z");
	check(ASN1_TIME_set_string_X509(X509_getm_notAfter(x), end) == 1);
	X509_set_pubkey(x, key);
	put_dns_name(issuers, "issuer.example");
	for (size_t i = 0; i < names_n; i++)
		put_dns_name(all, names[i]);
	X509_add1_ext_i2d(x, NID_issuer_alt_name, issuers, 0, 0);
	if (names_n > 0)
		X509_add1_ext_i2d(x, NID_subject_alt_name, all, 0, 0);
	check(X509_sign(x, key, EVP_sha256()) > 0);
	n = i2d_X509(x, NULL);
	check(n > 0 && (size_t)n <= cap);
	i2d_X509(x, &p);
	GENERAL_NAMES_free(all);
	GENERAL_NAMES_free(issuers);
	X509_free(x);
	EVP_PKEY_free(key);
	return (size_t)n;
}

/* The body of a Certificate message of TLS 1.2: a leaf and what follows. */
static inline void put_chain(struct wr *w, const uint8_t *leaf, size_t n,
	size_t more)
{
	wr_be24(w, (uint32_t)(3 + n + 3 + more));
	wr_be24(w, (uint32_t)n);
	wr_bytes(w, leaf, n);
	wr_be24(w, (uint32_t)more);
	while (more-- > 0)
		wr_u8(w, 0x30);
}
