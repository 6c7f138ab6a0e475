/* tls_hello.h: the hello messages of TLS (RFC 8446, 4.1; RFC 5246, 7.4.1). */
#pragma once
#include "capture/base/bytes.h"

/* A ClientHello. The cursors borrow from the message; what it does not have
 * is an empty one. */
struct tls_hello {
	uint16_t version; /* legacy_version */
	bool whole;       /* all that JA3 and JA4 need is there */
	bool has_sni;     /* the extension, be there a name in it or not */
	struct rd ciphers;    /* 16 bits each */
	struct rd extensions; /* for tls_extension() */
	struct rd groups;     /* 16 bits each */
	struct rd formats;    /* 8 bits each */
	struct rd signatures; /* 16 bits each */
	struct rd versions;   /* 16 bits each */
	struct rd alpn;       /* the first protocol's name */
	struct rd host;       /* the first DNS name of SNI */
};

struct tls_server_hello {
	uint16_t version; /* the one in use; 0: not known, message cut */
	uint16_t cipher;
	bool retry;       /* it is a HelloRetryRequest */
	bool encrypt_then_mac;
};

/* The body of a message: n bytes at p, all there are of the size that its
 * header tells. False if it is no such message, or too little of it. */
bool tls_hello_client(const uint8_t *p, size_t n, size_t size,
	struct tls_hello *out);
bool tls_hello_server(const uint8_t *p, size_t n, size_t size,
	struct tls_server_hello *out);

/* The next extension of a list; a body that is longer than the list ends
 * with it, and *cut says so. False at the end. */
bool tls_extension(struct rd *list, uint16_t *type, struct rd *body,
	size_t *cut);

/* RFC 8701: a value that means nothing and stands anywhere. */
bool tls_is_grease(uint16_t v);

/* The highest version that the client offers, as it stands on the wire. */
uint16_t tls_hello_highest(const struct tls_hello *h);
