/* proxy_http.c: HTTP's CONNECT; see proxy.h. */
#include "capture/proto/proxy_state.h"
#include <string.h>

enum {
	BODY_MAX = 1 << 16,  /* of a refusal that may be followed by a yes */
	IN_LINE = UINT8_MAX, /* proxy_side.word: of a line that is not empty */
};

static const char LENGTH_IS[] = "content-length:";

/* "smtp.example.com:587", "[2001:db8::25]:465". */
static void authority(struct proxy *p)
{
	const uint8_t *colon = memrchr(p->host, ':', p->host_n);
	size_t n = colon ? (size_t)(colon - p->host) : 0;
	uint32_t number = 0;

	for (size_t i = n + 1; i < p->host_n; i++) {
		if (p->host[i] < '0' || p->host[i] > '9' || number > 65535)
			n = 0;
		number = number * 10 + (p->host[i] - '0') % 10u;
	}
	if (n == 0 || number == 0 || number > 65535) {
		p->refused = true;
		return;
	}
	if (n > 2 && p->host[0] == '[' && p->host[n - 1] == ']') {
		n -= 2;
		memmove(p->host, p->host + 1, n);
	}
	p->port = (uint16_t)number;
	p->host_n = n;
	p->asked = true;
}

static void http_client(struct proxy *p, struct proxy_side *s, uint8_t b)
{
	switch (s->state) {
	case PROXY_BEGIN:
	case PROXY_WORD:
		p->refused = b != (uint8_t)PROXY_REQUEST[s->word];
		s->state = PROXY_WORD;
		if (PROXY_REQUEST[++s->word] == '\0') {
			/* Asked again, with credentials. */
			p->asked = false;
			p->host_n = 0;
			s->state = PROXY_AUTHORITY;
		}
		break;
	case PROXY_AUTHORITY:
		if (b != ' ') {
			proxy_keep(p, b);
			break;
		}
		authority(p);
		s->state = PROXY_REST_OF_LINE;
		break;
	case PROXY_REST_OF_LINE:
	case PROXY_LINE:
		if (b != '\n') {
			s->word = b != '\r' ? IN_LINE : s->word;
		} else {
			s->state = s->state == PROXY_LINE && s->word == 0
				? PROXY_AGAIN : PROXY_LINE;
			s->word = 0;
		}
		break;
	default: p->refused = true;
	}
}

/* A header: only that one matters which tells how long a refusal is. */
static void http_header(struct proxy_side *s, uint8_t b)
{
	uint8_t lower = b >= 'A' && b <= 'Z' ? b | 0x20 : b;

	if (s->word != IN_LINE && lower == (uint8_t)LENGTH_IS[s->word])
		s->word++;
	else
		s->word = IN_LINE;
	if (s->word == sizeof LENGTH_IS - 1)
		proxy_go(s, PROXY_LENGTH, 0);
}

static void http_answered(struct proxy_side *s)
{
	s->word = 0;
	if (s->code >= 200 && s->code < 300)
		s->done = true;
	else
		proxy_go(s, s->left > 0 ? PROXY_BODY : PROXY_BEGIN, s->left);
}

static void http_server(struct proxy *p, struct proxy_side *s, uint8_t b)
{
	switch (s->state) {
	case PROXY_BEGIN:
	case PROXY_WORD:
		p->refused = b != (uint8_t)PROXY_RESPONSE[s->word];
		s->state = PROXY_WORD;
		if (PROXY_RESPONSE[++s->word] == '\0')
			s->state = PROXY_MINOR;
		break;
	case PROXY_MINOR:
		if (b != ' ')
			break;
		s->code = 0;
		proxy_go(s, PROXY_CODE, 3);
		break;
	case PROXY_CODE:
		p->refused = b < '0' || b > '9';
		s->code = (uint16_t)(s->code * 10 + (b - '0'));
		if (proxy_last(s))
			proxy_go(s, PROXY_REST_OF_LINE, 0);
		break;
	case PROXY_REST_OF_LINE:
		s->word = 0;
		if (b == '\n')
			s->state = PROXY_LINE;
		break;
	case PROXY_LINE:
		if (b == '\n' && s->word == 0) {
			http_answered(s);
		} else if (b == '\n') {
			s->word = 0;
		} else if (b != '\r') {
			http_header(s, b);
		}
		break;
	case PROXY_LENGTH:
		if (b >= '0' && b <= '9')
			s->left = s->left * 10 + (b - '0');
		p->refused = s->left > BODY_MAX;
		s->word = 0;
		if (b == '\n')
			s->state = PROXY_LINE;
		break;
	case PROXY_BODY:
		if (proxy_last(s))
			proxy_go(s, PROXY_BEGIN, 0);
		break;
	default: p->refused = true;
	}
}

void proxy_http(struct proxy *p, enum side side, uint8_t b)
{
	if (side == SIDE_CLIENT)
		http_client(p, &p->side[side], b);
	else
		http_server(p, &p->side[side], b);
}
