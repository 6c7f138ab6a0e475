/* proxy_state.h: what the parts of the proxy's parser share. Each takes one
 * byte of one side; where it ends, that side is done. */
#pragma once
#include "capture/proto/proxy.h"

enum {
	SOCKS4_VERSION = 4, SOCKS5_VERSION = 5,
	SOCKS_CONNECT = 1,
	SOCKS4_GRANTED = 90,
	SOCKS5_PASSWORD = 1, /* RFC 1929: its version */
};

/* Of proxy_side. All begin with PROXY_BEGIN. */
enum proxy_state {
	PROXY_BEGIN,
	/* SOCKS */
	PROXY_METHOD, PROXY_METHODS, PROXY_MESSAGE, PROXY_USER_N, PROXY_USER,
	PROXY_PASSWORD_N, PROXY_PASSWORD, PROXY_STATUS, PROXY_COMMAND,
	PROXY_REPLY, PROXY_RESERVED, PROXY_TYPE, PROXY_NAME_N, PROXY_ADDRESS,
	PROXY_PORT, PROXY_USER_TEXT, PROXY_NAME_TEXT, PROXY_IGNORED,
	/* HTTP */
	PROXY_WORD, PROXY_AUTHORITY, PROXY_REST_OF_LINE, PROXY_LINE,
	PROXY_AGAIN, PROXY_MINOR, PROXY_CODE, PROXY_LENGTH, PROXY_BODY,
};

#define PROXY_REQUEST  "CONNECT "
#define PROXY_RESPONSE "HTTP/1."

static inline void proxy_go(struct proxy_side *s, enum proxy_state state,
	uint32_t left)
{
	s->state = (uint8_t)state;
	s->left = left;
}

/* A field of s->left bytes ends with this one. */
static inline bool proxy_last(struct proxy_side *s)
{
	return --s->left == 0;
}

static inline void proxy_keep(struct proxy *p, uint8_t b)
{
	if (p->host_n < PROXY_HOST)
		p->host[p->host_n++] = b;
	else
		p->refused = true;
}

void proxy_socks4(struct proxy *p, enum side side, uint8_t b);
void proxy_socks5(struct proxy *p, enum side side, uint8_t b);
void proxy_http(struct proxy *p, enum side side, uint8_t b);
