/* tls.h: what TLS shows without its keys (RFC 8446, 5246): the hellos, up to
 * TLS 1.2 the server's certificate, and the lengths of records. */
#pragma once
#include "capture/base/text.h"
#include "capture/stream/chunk.h"
#include <stdbool.h>

enum tls_kind {
	TLS_CLIENT_HELLO, /* client */
	TLS_SERVER_HELLO, /* version (0: not known), cipher */
	TLS_CERTIFICATE,  /* certificate: the server's own */
	TLS_RECORD,       /* side, type, length: each record, in order */
	TLS_ALERT,        /* side, level, code: only while it is in clear */
	TLS_BROKEN,       /* this side does not speak TLS: side; tls_rest() */
};

enum { TLS_JA = 40, TLS_NAMES = 16 };

struct tls_client {
	char sni[TEXT_MAX];   /* cleaned; "" if none */
	uint16_t version;     /* the highest offered, 0x0303 is TLS 1.2; 0 if
			       * the part that says so is missing */
	char ja3[TLS_JA], ja4[TLS_JA]; /* "" unless the hello is whole */
};

struct tls_certificate {
	char cn[TEXT_MAX], issuer[TEXT_MAX]; /* cleaned; "" if none */
	char names[TLS_NAMES][TEXT_MAX];     /* DNS names of subjectAltName */
	unsigned names_n;
	int64_t not_after; /* s since 1970, 0: none */
};

struct tls_event {
	enum tls_kind kind;
	int64_t at;
	enum side side;
	uint16_t version;  /* TLS_SERVER_HELLO: what was agreed on */
	uint16_t cipher;
	bool encrypt_then_mac; /* TLS_SERVER_HELLO: RFC 7366, for CBC */
	uint8_t type;      /* TLS_RECORD: content type (RFC 8446, 5.1) */
	uint16_t length;   /* TLS_RECORD: bytes behind the header */
	uint32_t lost;     /* TLS_RECORD: bytes of this side between the end of
			    * the last known record and this one's header */
	uint8_t level, code; /* TLS_ALERT */
	const struct tls_client *client;           /* borrowed until the next */
	const struct tls_certificate *certificate; /* call with this scratch */
};

/* Where hellos and certificates are laid out when one is complete: one for
 * all sessions of an engine, since events are borrowed only briefly. */
struct tls_scratch {
	struct tls_client client;
	struct tls_certificate certificate;
};

struct tls;

enum { TLS_HEAD = 5 }; /* bytes of a record's header */

size_t tls_size(void);
/* scratch is borrowed for the life of t. */
void tls_init(struct tls *t, struct tls_scratch *scratch, bool midstream);
/* Feed a chunk, then pull until false; only then the next chunk. The events
 * are the same however the streams were cut. A record is told when its header
 * is complete; what it holds follows, as soon as that is. Of a connection the
 * client's hello is told once (not again after a HelloRetryRequest, which is
 * no TLS_SERVER_HELLO either); one that a gap or a cut left incomplete is told
 * with what there is of it, and without JA. */
void tls_feed(struct tls *t, const struct chunk *c); /* borrows c->p */
bool tls_next(struct tls *t, struct tls_event *out);
/* After TLS_BROKEN: what the chunk in hand holds of that side from the first
 * byte that is not TLS; n may be 0. Whatever else the side sends is no longer
 * looked at. tls_head(): what came of that before, which is less than a header;
 * borrows from t. */
struct chunk tls_rest(const struct tls *t);
struct chunk tls_head(const struct tls *t);
/* Bytes of a side that were lost since its last known record; what the next
 * one will tell in `lost`. */
uint32_t tls_missing(const struct tls *t, enum side side);

/* Could these first bytes of a side be a TLS hello? Looks at a prefix of any
 * length: true as long as nothing speaks against it. */
bool tls_plausible(const uint8_t *p, size_t n);

/* libcrypto's lazy set-up, before the sandbox closes. */
void tls_warm_up(void);
