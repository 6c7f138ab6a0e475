/* session.c: see session.h. */
#include "capture/session/session.h"
#include "capture/base/bytes.h"
#include "capture/base/hash.h"
#include "capture/proto/mailhost.h"
#include "capture/proto/proxy.h"
#include "capture/proto/smtp.h"
#include "capture/session/build.h"
#include "capture/session/guess.h"
#include <assert.h>
#include <ctype.h>
#include <stdalign.h>

/* A record's arena keeps this much for accounts and names of TLS, whatever
 * envelopes a session lists. */
enum { SPARE_FOR_ACCOUNTS = 2048 };

/* So often a session may turn to TLS: bytes that both protocols take for the
 * other's would be handed to and fro for ever. */
enum { TLS_TURNS = 3 };

enum { SMTP_RELAY = 25 };

/* By so many bytes of the side that speaks first a connection is judged. */
enum { FIRST_LOOK = 24 };

enum stage {
	STAGE_SMTP,
	STAGE_TLS,
	STAGE_OVER, /* not mail, or nothing more to learn */
};

struct session {
	struct record record;
	enum stage stage;
	bool proved;      /* mail for sure */
	bool refused;     /* shown to be something else */
	enum record_tls mode; /* in which TLS would begin, or has begun */
	bool offer_begun; /* an AUTH line of this EHLO reply was read */
	bool ehlo;        /* the client said EHLO or LHLO */
	bool midstream;
	uint8_t turns; /* to TLS, so far */
	bool changed;
	bool ended[2]; /* by enum side: its last byte was fed */
	bool begun;    /* its first byte was fed */
	bool proxied;  /* a proxy is being asked, or was */
	struct proxy proxy;
	uint8_t first[FIRST_LOOK]; /* until they are all there */
	uint8_t first_n;
	enum side first_side;
	struct infer_clear clear; /* what helps to guess at what TLS hides */
	struct guess_told told;
	uint8_t guessed; /* exchanges, when a guess was made */
	struct tls_scratch *scratch;
	/* One protocol at a time; behind it lies its state. */
	alignas(max_align_t) uint8_t state[];
};

static struct smtp *smtp_of(struct session *s)
{
	assert(s->stage == STAGE_SMTP);
	return (struct smtp *)(void *)s->state;
}

static struct tls *tls_of(struct session *s)
{
	assert(s->stage == STAGE_TLS);
	return (struct tls *)(void *)s->state;
}

/* It lies behind the state of TLS. */
static size_t infer_at(void)
{
	size_t unit = alignof(max_align_t);

	return (tls_size() + unit - 1) / unit * unit;
}

static struct infer *infer_of(struct session *s)
{
	assert(s->stage == STAGE_TLS);
	return (struct infer *)(void *)(s->state + infer_at());
}

static size_t state_size(void)
{
	size_t tls = infer_at() + infer_size();

	return smtp_size() > tls ? smtp_size() : tls;
}

size_t session_size(void)
{
	return sizeof(struct session) + state_size();
}

/* Where no handshake was seen, what a client says first may still be the
 * beginning, if it is more than a byte or two that look so. */
static bool asks_proxy(enum side side, const uint8_t *p, size_t n,
	bool midstream)
{
	return proxy_plausible(side, p, n) &&
		(!midstream || (side == SIDE_CLIENT && n > 2));
}

bool session_plausible(enum side side, uint16_t server_port, const uint8_t *p,
	size_t n, bool midstream)
{
	if (flow_is_mail_port(server_port) && midstream)
		return true; /* the middle of a body looks like nothing */
	if (!midstream && n > FIRST_LOOK)
		n = FIRST_LOOK;
	return smtp_plausible(side, p, n, midstream) || tls_plausible(p, n) ||
		asks_proxy(side, p, n, midstream);
}

/* The port that the client means: a proxy's says nothing of mail. */
static uint16_t service_port(const struct session *s)
{
	const struct record_session *r = &s->record.session;

	return r->proxied_port > 0 ? r->proxied_port : r->server.port;
}

/* The id sorts by time and is the same whenever the same file is read; conn
 * is the same whichever sensor saw the connection, so that it counts once. */
static void make_ids(struct record_session *r,
	const struct session_start *start, const uint8_t sensor[16])
{
	static const uint8_t halves[2][16] = {"mailcensus conn", "conn, 2nd half"};
	uint8_t key[2 * 17 + 2 * 2 + 4 + 8];
	struct wr k = wr_init(key, sizeof key), id, conn;

	for (int i = 0; i < 2; i++) {
		wr_u8(&k, start->addr[i].family);
		wr_bytes(&k, start->addr[i].b, sizeof start->addr[i].b);
		wr_be16(&k, start->port[i]);
	}
	wr_be32(&k, start->has_isn ? start->isn : 0);
	/* Joined midstream, only its time tells it from the one before. */
	wr_be64(&k, start->has_isn ? 0 : (uint64_t)start->first_seen);
	assert(wr_ok(&k));
	id = wr_init(r->session, sizeof r->session);
	wr_be64(&id, (uint64_t)start->first_seen);
	wr_be64(&id, hash_sip(sensor, key, sizeof key));
	conn = wr_init(r->conn, sizeof r->conn);
	for (int i = 0; i < 2; i++)
		wr_be64(&conn, hash_sip(halves[i], key, sizeof key));
}

static void begin_smtp(struct session *s, bool midstream)
{
	s->stage = STAGE_SMTP;
	guess_clear(&s->record.session, &s->told);
	memset(s->state, 0, smtp_size());
	smtp_init(smtp_of(s), midstream);
	if (midstream && flow_is_mail_port(s->record.session.server.port))
		smtp_presume(smtp_of(s));
}

static void begin_tls(struct session *s, bool midstream)
{
	if (s->stage == STAGE_SMTP)
		smtp_wipe(smtp_of(s));
	s->stage = STAGE_TLS;
	memset(s->state, 0, tls_size());
	tls_init(tls_of(s), s->scratch, midstream);
	infer_init(infer_of(s), midstream);
	s->guessed = 0;
	s->clear.offered = s->record.session.offered_n > 0;
	s->clear.relay = service_port(s) == SMTP_RELAY;
}

void session_init(struct session *s, const struct session_start *start,
	const uint8_t sensor[16], struct tls_scratch *scratch)
{
	struct record_session *r = &s->record.session;

	memset(s, 0, sizeof *s);
	s->record.kind = RECORD_SESSION;
	s->scratch = scratch;
	s->midstream = start->midstream;
	build_init(r);
	make_ids(r, start, sensor);
	r->first_seen = r->last_seen = start->first_seen;
	r->client.addr = start->addr[SIDE_CLIENT];
	r->client.port = start->port[SIDE_CLIENT];
	r->server.addr = start->addr[SIDE_SERVER];
	r->server.port = start->port[SIDE_SERVER];
	r->gap_bytes = start->lost;
	if (start->midstream)
		r->flags |= RECORD_MIDSTREAM;
	begin_smtp(s, start->midstream);
}

void session_link(struct session *s, const struct flow *f)
{
	struct record_session *r = &s->record.session;
	struct record_end *ends[2] = {&r->client, &r->server};

	for (int i = 0; i < 2; i++) {
		ends[i]->mac = f->link[i].mac;
		ends[i]->has_mac = f->link[i].has_mac;
		ends[i]->ttl = f->link[i].ttl;
	}
	r->vlan_n = f->vlan_n;
	memcpy(r->vlans, f->vlans, sizeof r->vlans);
	r->last_seen = f->last_seen;
}

static const char *trimmed(const uint8_t *p, size_t *n)
{
	while (*n > 0 && isspace(p[*n - 1]))
		--*n;
	while (*n > 0 && isspace(*p))
		p++, --*n;
	return (const char *)p;
}

static bool begins(const uint8_t *p, size_t n, const char *word)
{
	size_t len = strlen(word);

	return n >= len && strncasecmp((const char *)p, word, len) == 0 &&
		(n == len || isspace(p[len]));
}

/* "AUTH LOGIN PLAIN" (RFC 4954, 3). */
static void offered_auth(struct session *s, const uint8_t *p, size_t n)
{
	struct record_session *r = &s->record.session;

	if (!s->offer_begun)
		r->offered_n = 0;
	s->offer_begun = true;
	for (size_t i = 4; i < n;) {
		char word[SASL_MECHANISM];
		size_t len = 0;

		while (i < n && isspace(p[i]))
			i++;
		for (; i < n && !isspace(p[i]); i++)
			if (len < sizeof word)
				word[len++] = (char)toupper(p[i]);
		build_once(r, r->offered, &r->offered_n, RECORD_OFFERED,
			word, len, 0);
	}
}

/* Exchange greets with the address it sees: "Hello [203.0.113.9]". */
static void greeted(struct record_session *r, const uint8_t *p, size_t n)
{
	static const char hello[] = " Hello [";
	const uint8_t *at = memmem(p, n, hello, sizeof hello - 1);
	const uint8_t *end;

	if (!at)
		return;
	at += sizeof hello - 1;
	end = memchr(at, ']', n - (size_t)(at - p));
	if (end)
		r->seen_as = build_text(r, at, (size_t)(end - at));
}

static void offered(struct session *s, const struct smtp_event *e)
{
	struct record_session *r = &s->record.session;

	if (begins(e->text, e->text_n, "AUTH"))
		offered_auth(s, e->text, e->text_n);
	else if (begins(e->text, e->text_n, "STARTTLS") ||
		begins(e->text, e->text_n, "X-ANONYMOUSTLS"))
		r->flags |= RECORD_TLS_OFFERED;
}

static void authenticated(struct record_session *r, const struct smtp_event *e)
{
	static const uint8_t outcomes[] = {
		[SMTP_UNKNOWN] = RECORD_UNKNOWN,
		[SMTP_AUTH_ACCEPTED] = RECORD_ACCEPTED,
		[SMTP_AUTH_REJECTED] = RECORD_REJECTED,
		[SMTP_AUTH_ABORTED] = RECORD_ABORTED,
	};
	static const uint8_t classes[] = {
		[SASL_BASIC] = RECORD_BASIC,
		[SASL_OAUTH] = RECORD_OAUTH,
		[SASL_OTHER] = RECORD_OTHER,
	};
	static const uint8_t reasons[] = {
		[SMTP_NO_REASON] = RECORD_NO_REASON,
		[SMTP_WRONG_PASSWORD] = RECORD_WRONG_PASSWORD,
		[SMTP_TENANT_SWITCH] = RECORD_TENANT_SWITCH,
		[SMTP_MAILBOX_SWITCH] = RECORD_MAILBOX_SWITCH,
		[SMTP_BASIC_DISABLED] = RECORD_BASIC_DISABLED,
		[SMTP_SECURITY_DEFAULTS] = RECORD_SECURITY_DEFAULTS,
		[SMTP_BASIC_REMOVED] = RECORD_BASIC_REMOVED,
		[SMTP_NOT_OFFERED] = RECORD_NOT_OFFERED,
	};
	const struct sasl *x = e->sasl;
	struct record_auth *a = build_auth(r);

	r->auth_total++;
	a->at = e->at;
	a->mechanism = build_text(r, x->mechanism, strlen(x->mechanism));
	if (x->has_account)
		a->account = build_text(r, x->account, x->account_n);
	if (x->has_authzid)
		a->authzid = build_text(r, x->authzid, x->authzid_n);
	if (x->has_workstation)
		a->workstation =
			build_text(r, x->workstation, x->workstation_n);
	if (x->has_realm)
		a->realm = build_text(r, x->realm, x->realm_n);
	a->code = e->code;
	memcpy(a->enhanced, e->enhanced, sizeof a->enhanced);
	a->class = classes[sasl_class(x->mechanism)];
	a->outcome = outcomes[e->outcome];
	a->evidence = e->resynced ? RECORD_RESYNCED : RECORD_SEEN;
	a->confidence = 100;
	a->reason = reasons[e->reason];
	a->in_clear = true;
	a->initial = x->initial;
	a->cancelled = x->cancelled;
	if (a->account.at != 0)
		a->account_min = a->account_max = x->account_n;
	if (r->flags & (RECORD_TLS_REFUSED_F | RECORD_TLS_FAILED))
		r->flags |= RECORD_TLS_STRIPPED;
}

static void addressed(struct record_session *r, const struct smtp_event *e)
{
	const uint8_t *at = memrchr(e->text, '@', e->text_n);
	char domain[TEXT_MAX];
	size_t n = 0;

	r->recipients++;
	if (!at)
		return;
	for (at++; at < e->text + e->text_n && n < sizeof domain; at++)
		domain[n++] = (char)tolower(*at);
	build_once(r, r->domains, &r->domain_n, RECORD_DOMAINS, domain, n,
		SPARE_FOR_ACCOUNTS);
}

static void sent_from(struct record_session *r, const struct smtp_event *e)
{
	size_t n = e->text_n;
	const char *p = trimmed(e->text, &n);

	r->mails++;
	if (r->from_n == RECORD_FROMS) {
		r->flags |= RECORD_TRUNCATED;
		return;
	}
	r->from[r->from_n++] = build_given(r, p, n, SPARE_FOR_ACCOUNTS);
}

static void greets(struct session *s, const struct smtp_event *e)
{
	struct record_session *r = &s->record.session;
	size_t n = e->text_n;
	const char *p = trimmed(e->text, &n);

	r->helo = build_given(r, p, n, SPARE_FOR_ACCOUNTS);
	s->offer_begun = false;
	if (e->verb != SMTP_V_HELO)
		s->ehlo = true;
	r->flags &= ~(uint32_t)RECORD_HELO_ONLY;
	if (!s->ehlo)
		r->flags |= RECORD_HELO_ONLY;
	if (e->verb == SMTP_V_LHLO)
		r->flags |= RECORD_LMTP;
}

static void refused(struct record_session *r, const struct smtp_event *e)
{
	struct record_refusal *f = build_refusal(r);

	f->code = e->code;
	memcpy(f->enhanced, e->enhanced, sizeof f->enhanced);
	f->verb = (uint8_t)e->verb;
}

/* Of a line with a verb or a code of four characters, and n behind it. */
static uint16_t line_size(size_t n)
{
	return (uint16_t)(4 + n + 2);
}

static void smtp_event(struct session *s, const struct smtp_event *e)
{
	struct record_session *r = &s->record.session;
	size_t n = e->text_n;

	s->changed = true;
	if (e->resynced)
		r->flags |= RECORD_RESYNCS;
	switch (e->kind) {
	case SMTP_BANNER:
		r->banner = build_text(r, trimmed(e->text, &n), n);
		if (r->banner.at != 0)
			infer_banner(&s->clear, record_text(r, r->banner));
		break;
	case SMTP_HELO:
		r->tls = RECORD_TLS_NONE;
		greets(s, e);
		s->clear.hello = line_size(n + (n > 0));
		break;
	case SMTP_WELCOME:
		greeted(r, e->text, e->text_n);
		s->clear.reply = line_size(n);
		break;
	case SMTP_OFFER:
		offered(s, e);
		s->clear.reply = (uint16_t)(s->clear.reply + line_size(n));
		break;
	case SMTP_OFFER_END: s->offer_begun = false; break;
	case SMTP_AUTH: authenticated(r, e); break;
	case SMTP_MAIL: sent_from(r, e); break;
	case SMTP_RCPT: addressed(r, e); break;
	case SMTP_MESSAGE:
		r->messages++;
		r->bytes += e->bytes;
		break;
	case SMTP_ACCEPTED: r->accepted++; break;
	case SMTP_REFUSED: refused(r, e); break;
	case SMTP_AGENT: r->agent = build_text(r, e->text, e->text_n); break;
	case SMTP_STARTTLS: break;
	case SMTP_TLS_REFUSED: r->flags |= RECORD_TLS_REFUSED_F; break;
	case SMTP_TLS: s->mode = RECORD_TLS_STARTTLS; break;
	case SMTP_INJECTED: r->flags |= RECORD_TLS_INJECTED; break;
	case SMTP_QUIT: r->flags |= RECORD_QUIT; break;
	case SMTP_NOT_MAIL: s->refused = true; break;
	}
}

static void certified(struct record_session *r,
	const struct tls_certificate *c)
{
	r->cert_cn = build_text(r, c->cn, strlen(c->cn));
	r->cert_issuer = build_text(r, c->issuer, strlen(c->issuer));
	r->cert_not_after = c->not_after;
	r->cert_name_n = 0;
	for (unsigned i = 0; i < c->names_n; i++)
		build_once(r, r->cert_names, &r->cert_name_n,
			RECORD_CERT_NAMES, c->names[i], strlen(c->names[i]),
			0);
}

static void tls_event(struct session *s, const struct tls_event *e)
{
	struct record_session *r = &s->record.session;

	s->changed = true;
	/* Not before: a client may ask for TLS, be told to go ahead, and
	 * hang up. */
	if (e->kind != TLS_BROKEN)
		r->tls = (uint8_t)s->mode;
	switch (e->kind) {
	case TLS_CLIENT_HELLO:
		r->sni = build_text(r, e->client->sni, strlen(e->client->sni));
		r->ja3 = build_text(r, e->client->ja3, strlen(e->client->ja3));
		r->ja4 = build_text(r, e->client->ja4, strlen(e->client->ja4));
		infer_host(&s->clear, e->client->sni);
		/* TLS from the first byte is mail where the name or the
		 * port says so: else it is everybody's. */
		if (mailhost_is(e->client->sni, service_port(s)))
			s->proved = true;
		else if (!s->proved &&
			!flow_is_mail_port(service_port(s)))
			s->refused = true;
		break;
	case TLS_SERVER_HELLO:
		r->tls_version = e->version;
		r->tls_cipher = e->cipher;
		infer_agreed(infer_of(s), e);
		if (flow_is_mail_port(service_port(s)))
			s->proved = true;
		else if (!s->proved && s->mode == RECORD_TLS_IMPLICIT)
			s->refused = true;
		break;
	case TLS_CERTIFICATE: certified(r, e->certificate); break;
	case TLS_RECORD: infer_record(infer_of(s), e); break;
	case TLS_ALERT:
	case TLS_BROKEN: break;
	}
}

static void feed_stage(struct session *s, const struct chunk *c);

/* A side turned out not to speak TLS: what it says is read as SMTP again. A
 * client that sent its hello is set up for TLS all the same, until it is heard
 * in clear. */
static void tls_broke(struct session *s)
{
	struct chunk rest = tls_rest(tls_of(s)), head = tls_head(tls_of(s));
	struct record_session *r = &s->record.session;
	uint8_t bytes[TLS_HEAD];

	r->flags |= RECORD_TLS_FAILED;
	memcpy(bytes, head.p, head.n);
	head.p = bytes;
	begin_smtp(s, s->mode == RECORD_TLS_STARTTLS || s->midstream);
	if (head.n > 0)
		feed_stage(s, &head);
	feed_stage(s, &rest);
}

static void feed_tls(struct session *s, const struct chunk *c)
{
	uint32_t missing = tls_missing(tls_of(s), c->side);
	struct tls_event e;

	tls_feed(tls_of(s), c);
	while (!s->refused && tls_next(tls_of(s), &e)) {
		tls_event(s, &e);
		if (e.kind == TLS_BROKEN) {
			tls_broke(s);
			return;
		}
	}
	if (!s->refused && c->kind == CHUNK_GAP) {
		missing = tls_missing(tls_of(s), c->side) - missing;
		infer_lost(infer_of(s), c->side, missing, c->at);
	}
}

/* What record lengths say so far of the dialogue within. */
static void guess(struct session *s, bool over)
{
	unsigned n = infer_exchanges(infer_of(s));
	struct infer_verdict v;

	if (!over && n == s->guessed)
		return;
	s->guessed = (uint8_t)n;
	infer_judge(infer_of(s), &s->clear, over, &v);
	guess_tell(&s->record.session, &s->told, &v);
}

/* SMTP hands over, with what both sides have said of TLS so far. */
static void hand_over(struct session *s)
{
	struct smtp *smtp = smtp_of(s);
	struct chunk rest = smtp_rest(smtp), gap = {.kind = CHUNK_GAP};
	struct chunk early = smtp_early(smtp, &gap.n);
	uint8_t kept[SMTP_EARLY];

	assert(early.n <= sizeof kept);
	memcpy(kept, early.p, early.n);
	early.p = kept;
	gap.side = early.side;
	gap.at = early.at;
	begin_tls(s, false);
	if (early.n > 0)
		feed_tls(s, &early);
	if (gap.n > 0)
		feed_stage(s, &gap);
	if (rest.n > 0)
		feed_stage(s, &rest);
}

static void feed_smtp(struct session *s, const struct chunk *c)
{
	struct smtp_event e;

	smtp_feed(smtp_of(s), c);
	while (!s->refused && smtp_next(smtp_of(s), &e)) {
		smtp_event(s, &e);
		if (e.kind == SMTP_TLS) {
			s->proved |= smtp_is_mail(smtp_of(s));
			if (++s->turns > TLS_TURNS) {
				smtp_wipe(smtp_of(s));
				s->stage = STAGE_OVER;
				return;
			}
			hand_over(s);
			return;
		}
	}
	if (!s->refused)
		s->proved |= smtp_is_mail(smtp_of(s));
}

/* Joined in the middle of TLS: an application record (RFC 8446, 5.1). */
static bool within_tls(const struct chunk *c)
{
	return c->n >= 3 && c->p[0] == 0x17 && c->p[1] == 3 && c->p[2] <= 4;
}

/* Nothing has been said yet, and these bytes are TLS's. */
static bool begins_tls(const struct session *s, const struct chunk *c)
{
	const struct record_session *r = &s->record.session;

	return s->stage == STAGE_SMTP && c->kind == CHUNK_DATA && c->n > 0 &&
		r->client_bytes == 0 && r->server_bytes == 0 &&
		(tls_plausible(c->p, c->n) ||
			(s->midstream && within_tls(c)));
}

/* Which of the two ways to begin TLS, where the beginning was not seen. */
static enum record_tls tls_mode(const struct session *s,
	const struct chunk *first)
{
	uint16_t port = service_port(s);

	if ((within_tls(first) || (s->midstream && flow_is_mail_port(port))) &&
		port != 465 && port != 2465)
		return RECORD_TLS_STARTTLS;
	return RECORD_TLS_IMPLICIT;
}

/* What is known of the proxy so far; HTTP may ask twice. */
static void tell_proxy(struct session *s)
{
	static const uint8_t kinds[] = {
		[PROXY_NONE] = RECORD_NO_PROXY,
		[PROXY_SOCKS4] = RECORD_SOCKS4,
		[PROXY_SOCKS5] = RECORD_SOCKS5,
		[PROXY_HTTP] = RECORD_HTTP_CONNECT,
	};
	struct record_session *r = &s->record.session;
	char host[TEXT_MAX];

	r->proxy = kinds[s->proxy.kind];
	if (!s->proxy.asked)
		return;
	proxy_host(&s->proxy, host);
	r->proxied = build_text(r, host, strlen(host));
	r->proxied_port = s->proxy.port;
	infer_host(&s->clear, host);
}

/* Takes off what is said to a proxy first, and what it answers. False: nothing
 * is left of this chunk. */
static bool behind_proxy(struct session *s, struct chunk *c)
{
	bool data = c->kind == CHUNK_DATA && c->n > 0;

	if (data && !s->begun) {
		s->proxied = asks_proxy(c->side, c->p, c->n, s->midstream);
		proxy_init(&s->proxy);
	}
	s->begun |= data;
	if (!s->proxied || proxy_is_open(&s->proxy))
		return true;
	*c = proxy_feed(&s->proxy, c);
	tell_proxy(s);
	if (s->proxy.refused) {
		s->refused = true;
		s->stage = STAGE_OVER;
		return false;
	}
	return !data || c->n > 0;
}

static void feed_stage(struct session *s, const struct chunk *c)
{
	if (s->refused || s->stage == STAGE_OVER)
		return;
	if (s->stage == STAGE_TLS)
		feed_tls(s, c);
	else
		feed_smtp(s, c);
}

static void forget_first(struct session *s)
{
	bytes_wipe(s->first, sizeof s->first);
	s->first_n = FIRST_LOOK;
}

/* What began a session may be one byte of something else: judged is what the
 * side has said when the other one answers, however it was cut. */
static void look_again(struct session *s, const struct chunk *c)
{
	size_t n = FIRST_LOOK - s->first_n;

	if (n == 0 || c->kind == CHUNK_END)
		return;
	if (s->first_n == 0)
		s->first_side = c->side;
	if (s->midstream || s->first_side != c->side || c->kind == CHUNK_GAP) {
		forget_first(s);
		return;
	}
	if (n > c->n)
		n = c->n;
	if (n > 0)
		memcpy(s->first + s->first_n, c->p, n);
	s->first_n = (uint8_t)(s->first_n + n);
	if (!session_plausible(c->side, s->record.session.server.port,
		s->first, s->first_n, false))
		s->refused = true;
	if (s->first_n == FIRST_LOOK)
		forget_first(s);
}

/* Counts it, though there may be nothing more to learn. */
static void count(struct session *s, const struct chunk *c)
{
	struct record_session *r = &s->record.session;

	if (c->kind == CHUNK_END)
		s->ended[c->side] = true;
	if (c->kind == CHUNK_GAP)
		r->gap_bytes += c->n;
	if (c->kind == CHUNK_DATA && c->side == SIDE_CLIENT) {
		r->client_bytes += c->n;
		r->flags |= RECORD_SAW_CLIENT;
	} else if (c->kind == CHUNK_DATA) {
		r->server_bytes += c->n;
		r->flags |= RECORD_SAW_SERVER;
	}
}

static void feed(struct session *s, const struct chunk *c)
{
	if (begins_tls(s, c)) {
		begin_tls(s, s->midstream);
		s->mode = tls_mode(s, c);
		if (within_tls(c) && flow_is_mail_port(service_port(s)))
			s->proved = true;
	}
	count(s, c);
	feed_stage(s, c);
}

void session_feed(struct session *s, const struct chunk *c)
{
	struct chunk rest = *c;

	look_again(s, c);
	if (!s->refused && behind_proxy(s, &rest))
		feed(s, &rest);
	if (s->refused)
		s->stage = STAGE_OVER;
}

void session_end(struct session *s, enum record_ending how)
{
	struct chunk end = {.kind = CHUNK_END,
		.at = s->record.session.last_seen};

	/* One that gives way has not heard its sides end, and what is still
	 * open in its dialogue would go untold. */
	for (int side = 0; side < 2; side++) {
		end.side = side;
		if (!s->ended[side])
			session_feed(s, &end);
	}
	s->record.session.ending = (uint8_t)how;
	s->changed = true;
	if (s->stage == STAGE_SMTP)
		smtp_wipe(smtp_of(s));
	if (s->stage == STAGE_TLS)
		guess(s, true);
	s->stage = STAGE_OVER;
}

enum session_verdict session_verdict(const struct session *s)
{
	if (s->refused)
		return SESSION_NOT_MAIL;
	return s->proved ? SESSION_MAIL : SESSION_MAYBE;
}

bool session_has_auth(const struct session *s)
{
	return s->record.session.auth_total > 0;
}

bool session_in_clear(const struct session *s)
{
	return s->stage != STAGE_TLS;
}

bool session_changed(const struct session *s)
{
	return s->changed;
}

const struct record *session_record(struct session *s)
{
	if (s->stage == STAGE_TLS && s->changed)
		guess(s, false);
	s->changed = false;
	return &s->record;
}
