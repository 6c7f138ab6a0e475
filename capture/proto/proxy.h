/* proxy.h: what is said to a proxy before it lets through what is meant for a
 * server: SOCKS4 and 4a, SOCKS5 (RFC 1928, with a password by RFC 1929) and
 * HTTP's CONNECT (RFC 9110, 9.3.6).
 *
 * Each side is read by itself, so it does not matter which comes first, or
 * whether the other one was captured. Of what a client proves itself with
 * nothing is kept, its name neither: that is the proxy's business. */
#pragma once
#include "capture/base/text.h"
#include "capture/stream/chunk.h"
#include <stdbool.h>

enum proxy_kind { PROXY_NONE, PROXY_SOCKS4, PROXY_SOCKS5, PROXY_HTTP };

enum { PROXY_HOST = 255 };

struct proxy_side {
	uint8_t state;
	bool done;      /* behind its last byte begins what is let through */
	uint8_t word;   /* characters of the word that is being read */
	uint16_t code;  /* HTTP: status */
	uint32_t left;  /* bytes of the field that is being read */
	uint32_t total; /* bytes so far */
};

struct proxy {
	enum proxy_kind kind;
	bool refused; /* the proxy says no, or it is none */
	bool asked;   /* host and port are whole */
	bool literal; /* host is an address: 4 or 16 bytes */
	uint16_t port;
	size_t host_n;
	uint8_t host[PROXY_HOST];
	struct proxy_side side[2];
};

/* Could a side's first bytes be said by or to a proxy? True as long as nothing
 * speaks against it. */
bool proxy_plausible(enum side side, const uint8_t *p, size_t n);

void proxy_init(struct proxy *p);
/* Gives what of a chunk is meant for the server: all of it once that side is
 * done, of data before that what stands behind (n may be 0). After a gap it is
 * all that follows: the border was in it, or will look strange. */
struct chunk proxy_feed(struct proxy *p, const struct chunk *c);
/* Both sides have come to their end: it need not be fed any more. */
bool proxy_is_open(const struct proxy *p);
/* The host that was asked for; empty before p->asked. */
void proxy_host(const struct proxy *p, char out[TEXT_MAX]);
