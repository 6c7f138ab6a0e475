/* proxy.c: see proxy.h. Byte by byte, so that it is all the same how they were
 * cut; there are few of them. */
#include "capture/proto/proxy_state.h"
#include "capture/base/addr.h"
#include <string.h>

enum { TOTAL = 1 << 17 }; /* bytes of a side before what is let through */

static bool matches(const char *word, const uint8_t *p, size_t n)
{
	size_t len = strlen(word);

	return memcmp(p, word, n < len ? n : len) == 0;
}

bool proxy_plausible(enum side side, const uint8_t *p, size_t n)
{
	if (n == 0)
		return true;
	switch (p[0]) {
	case 'C': return side == SIDE_CLIENT && matches(PROXY_REQUEST, p, n);
	case 'H':
		if (side != SIDE_SERVER || !matches(PROXY_RESPONSE, p, n))
			return false;
		/* "HTTP/1.1 200 Connection established": else it is the web's,
		 * of which only the server's side was captured. */
		return n < 13 || (memcmp(p + 8, " 200 ", 5) == 0 &&
			(n == 13 || (p[13] | 0x20) == 'c'));
	case SOCKS4_VERSION:
		return side == SIDE_CLIENT && (n < 2 || p[1] == SOCKS_CONNECT);
	case SOCKS5_VERSION:
		if (side == SIDE_SERVER)
			return n < 2 || p[1] == 0 || p[1] == 2;
		/* A client that does not wait goes on with its message. */
		return n < 2 || (p[1] > 0 && (n <= p[1] + 2u ||
			p[p[1] + 2] == SOCKS5_VERSION ||
			p[p[1] + 2] == SOCKS5_PASSWORD));
	case 0:
		return side == SIDE_SERVER && n <= 8 &&
			(n < 2 || p[1] == SOCKS4_GRANTED);
	default: return false;
	}
}

void proxy_init(struct proxy *p)
{
	memset(p, 0, sizeof *p);
}

static enum proxy_kind kind_of(uint8_t first)
{
	switch (first) {
	case 0:
	case SOCKS4_VERSION: return PROXY_SOCKS4;
	case SOCKS5_VERSION: return PROXY_SOCKS5;
	default: return PROXY_HTTP;
	}
}

static void step(struct proxy *p, enum side side, uint8_t b)
{
	switch (p->kind) {
	case PROXY_SOCKS4: proxy_socks4(p, side, b); break;
	case PROXY_SOCKS5: proxy_socks5(p, side, b); break;
	case PROXY_HTTP: proxy_http(p, side, b); break;
	case PROXY_NONE: break;
	}
}

struct chunk proxy_feed(struct proxy *p, const struct chunk *c)
{
	struct proxy_side *s = &p->side[c->side];
	struct chunk rest = *c;

	if (c->kind == CHUNK_GAP)
		s->done = true;
	while (c->kind == CHUNK_DATA && rest.n > 0 && !s->done && !p->refused) {
		uint8_t b = *rest.p;

		if (p->kind == PROXY_NONE)
			p->kind = kind_of(b);
		if (s->state == PROXY_AGAIN) {
			/* No command of SMTP begins so, nor does TLS. */
			s->done = b != (uint8_t)PROXY_REQUEST[0];
			s->state = PROXY_WORD;
			continue;
		}
		step(p, c->side, b);
		if (++s->total > TOTAL)
			p->refused = true;
		rest.p++;
		rest.n--;
	}
	return rest;
}

bool proxy_is_open(const struct proxy *p)
{
	return p->side[SIDE_CLIENT].done && p->side[SIDE_SERVER].done;
}

void proxy_host(const struct proxy *p, char out[TEXT_MAX])
{
	struct addr a = {.family = p->host_n == 4 ? 4 : 6};

	out[0] = '\0';
	if (!p->asked)
		return;
	if (!p->literal) {
		text_clean(out, TEXT_MAX, p->host, p->host_n);
		return;
	}
	memcpy(a.b, p->host, p->host_n < sizeof a.b ? p->host_n : sizeof a.b);
	addr_format(&a, out);
}
