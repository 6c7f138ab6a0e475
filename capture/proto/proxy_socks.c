/* proxy_socks.c: SOCKS4, 4a and 5; see proxy.h. */
#include "capture/proto/proxy_state.h"

enum {
	GSSAPI = 1, NO_METHOD = 0xff,
	TYPE_IP4 = 1, TYPE_NAME = 3, TYPE_IP6 = 4,
};

static void port(struct proxy *p, struct proxy_side *s, uint8_t b)
{
	p->port = (uint16_t)(p->port << 8 | b);
	if (proxy_last(s)) {
		p->asked = true;
		s->done = true;
	}
}

static void type(struct proxy *p, struct proxy_side *s, uint8_t b)
{
	switch (b) {
	case TYPE_IP4: proxy_go(s, PROXY_ADDRESS, 4); break;
	case TYPE_IP6: proxy_go(s, PROXY_ADDRESS, 16); break;
	case TYPE_NAME: proxy_go(s, PROXY_NAME_N, 0); break;
	default: p->refused = true;
	}
}

static void socks5_client(struct proxy *p, struct proxy_side *s, uint8_t b)
{
	switch (s->state) {
	case PROXY_BEGIN: proxy_go(s, PROXY_METHOD, 0); break;
	case PROXY_METHOD:
		p->refused = b == 0;
		proxy_go(s, PROXY_METHODS, b);
		break;
	case PROXY_METHODS:
		if (proxy_last(s))
			proxy_go(s, PROXY_MESSAGE, 0);
		break;
	case PROXY_MESSAGE:
		p->refused = b != SOCKS5_PASSWORD && b != SOCKS5_VERSION;
		proxy_go(s, b == SOCKS5_PASSWORD ? PROXY_USER_N
						 : PROXY_COMMAND, 0);
		break;
	case PROXY_USER_N:
		proxy_go(s, b > 0 ? PROXY_USER : PROXY_PASSWORD_N, b);
		break;
	case PROXY_USER:
		if (proxy_last(s))
			proxy_go(s, PROXY_PASSWORD_N, 0);
		break;
	case PROXY_PASSWORD_N:
		proxy_go(s, b > 0 ? PROXY_PASSWORD : PROXY_MESSAGE, b);
		break;
	case PROXY_PASSWORD:
		if (proxy_last(s))
			proxy_go(s, PROXY_MESSAGE, 0);
		break;
	case PROXY_COMMAND:
		p->refused = b != SOCKS_CONNECT;
		proxy_go(s, PROXY_RESERVED, 0);
		break;
	case PROXY_RESERVED: proxy_go(s, PROXY_TYPE, 0); break;
	case PROXY_TYPE:
		type(p, s, b);
		p->literal = b != TYPE_NAME;
		break;
	case PROXY_NAME_N:
		p->refused = b == 0;
		proxy_go(s, PROXY_ADDRESS, b);
		break;
	case PROXY_ADDRESS:
		proxy_keep(p, b);
		if (proxy_last(s))
			proxy_go(s, PROXY_PORT, 2);
		break;
	case PROXY_PORT: port(p, s, b); break;
	default: p->refused = true;
	}
}

static void socks5_server(struct proxy *p, struct proxy_side *s, uint8_t b)
{
	switch (s->state) {
	case PROXY_BEGIN:
		p->refused = b != SOCKS5_VERSION;
		proxy_go(s, PROXY_METHOD, 0);
		break;
	case PROXY_METHOD:
		/* GSSAPI wraps all that follows. */
		p->refused = b == NO_METHOD || b == GSSAPI;
		proxy_go(s, PROXY_MESSAGE, 0);
		break;
	case PROXY_MESSAGE:
		p->refused = b != SOCKS5_PASSWORD && b != SOCKS5_VERSION;
		proxy_go(s, b == SOCKS5_PASSWORD ? PROXY_STATUS : PROXY_REPLY,
			0);
		break;
	case PROXY_STATUS:
		p->refused = b != 0;
		proxy_go(s, PROXY_MESSAGE, 0);
		break;
	case PROXY_REPLY:
		p->refused = b != 0;
		proxy_go(s, PROXY_RESERVED, 0);
		break;
	case PROXY_RESERVED: proxy_go(s, PROXY_TYPE, 0); break;
	case PROXY_TYPE: type(p, s, b); break;
	case PROXY_NAME_N: proxy_go(s, PROXY_IGNORED, b + 2u); break;
	/* The address that it comes from, and its port. */
	case PROXY_ADDRESS:
		proxy_go(s, PROXY_IGNORED, s->left + 2 - 1);
		break;
	case PROXY_IGNORED: s->done = proxy_last(s); break;
	default: p->refused = true;
	}
}

void proxy_socks5(struct proxy *p, enum side side, uint8_t b)
{
	if (side == SIDE_CLIENT)
		socks5_client(p, &p->side[side], b);
	else
		socks5_server(p, &p->side[side], b);
}

/* 4a: an address that cannot be says that the name comes last. */
static bool is_named(const struct proxy *p)
{
	return p->host[0] == 0 && p->host[1] == 0 && p->host[2] == 0 &&
		p->host[3] != 0;
}

static void socks4_client(struct proxy *p, struct proxy_side *s, uint8_t b)
{
	switch (s->state) {
	case PROXY_BEGIN:
		p->refused = b != SOCKS4_VERSION;
		proxy_go(s, PROXY_COMMAND, 0);
		break;
	case PROXY_COMMAND:
		p->refused = b != SOCKS_CONNECT;
		proxy_go(s, PROXY_PORT, 2);
		break;
	case PROXY_PORT:
		p->port = (uint16_t)(p->port << 8 | b);
		if (proxy_last(s))
			proxy_go(s, PROXY_ADDRESS, 4);
		break;
	case PROXY_ADDRESS:
		proxy_keep(p, b);
		if (proxy_last(s))
			proxy_go(s, PROXY_USER_TEXT, 0);
		break;
	case PROXY_USER_TEXT:
		if (b != 0)
			break;
		p->literal = p->asked = s->done = !is_named(p);
		if (!s->done)
			p->host_n = 0;
		proxy_go(s, PROXY_NAME_TEXT, 0);
		break;
	case PROXY_NAME_TEXT:
		if (b != 0)
			proxy_keep(p, b);
		else
			p->asked = s->done = true;
		break;
	default: p->refused = true;
	}
}

static void socks4_server(struct proxy *p, struct proxy_side *s, uint8_t b)
{
	switch (s->state) {
	case PROXY_BEGIN:
		p->refused = b != 0 && b != SOCKS4_VERSION;
		proxy_go(s, PROXY_REPLY, 0);
		break;
	case PROXY_REPLY:
		p->refused = b != SOCKS4_GRANTED;
		proxy_go(s, PROXY_IGNORED, 6);
		break;
	case PROXY_IGNORED: s->done = proxy_last(s); break;
	default: p->refused = true;
	}
}

void proxy_socks4(struct proxy *p, enum side side, uint8_t b)
{
	if (side == SIDE_CLIENT)
		socks4_client(p, &p->side[side], b);
	else
		socks4_server(p, &p->side[side], b);
}
