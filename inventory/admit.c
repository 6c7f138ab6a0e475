/* admit.c: see admit.h. */
#include "inventory/admit.h"
#include "capture/base/bytes.h"
#include "capture/base/envelope.h"
#include "capture/base/text.h"

/* The arena ends in a NUL, so no text leaves it; each is short and clean. */
static bool text(const struct record_session *s, struct record_text t)
{
	const char *p;
	size_t n;

	if (t.at == 0)
		return true;
	if (t.at >= s->arena_n)
		return false;
	p = s->arena + t.at;
	n = strlen(p);
	return n < TEXT_MAX && text_is_clean(p, n);
}

static bool texts(const struct record_session *s, const struct record_text *t,
	size_t n, size_t most)
{
	if (n > most)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!text(s, t[i]))
			return false;
	return true;
}

static bool end(const struct record_end *x)
{
	return x->addr.family == 4 || x->addr.family == 6;
}

static bool auths(const struct record_session *s)
{
	if (s->auth_n > RECORD_AUTHS)
		return false;
	for (size_t i = 0; i < s->auth_n; i++) {
		const struct record_auth *a = &s->auth[i];

		if (!text(s, a->mechanism) || !text(s, a->account) ||
			!text(s, a->authzid) || !text(s, a->workstation) ||
			!text(s, a->realm) ||
			a->class > RECORD_OTHER ||
			a->outcome > RECORD_ABORTED ||
			a->evidence > RECORD_INFERRED || a->at < 0 ||
			a->confidence < 1 || a->confidence > 100 ||
			a->reason > RECORD_NOT_OFFERED)
			return false;
	}
	return true;
}

/* The key is where the session lies in time. */
static bool times(const struct record_session *s)
{
	struct rd r = rd_init(s->session, sizeof s->session);

	return s->first_seen >= 0 && s->last_seen >= s->first_seen &&
		rd_be64(&r) == (uint64_t)s->first_seen;
}

static bool session(const struct record_session *s)
{
	if (s->arena_n < 1 || s->arena_n > RECORD_ARENA ||
		s->arena[s->arena_n - 1] != '\0')
		return false;
	return times(s) && end(&s->client) && end(&s->server) &&
		s->vlan_n <= RECORD_VLANS && s->ending <= RECORD_EVICTED &&
		s->tls <= RECORD_TLS_IMPLICIT &&
		s->guess <= RECORD_AUTH &&
		s->proxy <= RECORD_HTTP_CONNECT && text(s, s->proxied) &&
		s->refusal_n <= RECORD_REFUSALS && text(s, s->banner) &&
		text(s, s->helo) && text(s, s->agent) &&
		text(s, s->seen_as) && text(s, s->sni) && text(s, s->ja3) &&
		text(s, s->ja4) && text(s, s->cert_cn) &&
		text(s, s->cert_issuer) &&
		texts(s, s->offered, s->offered_n, RECORD_OFFERED) &&
		texts(s, s->cert_names, s->cert_name_n, RECORD_CERT_NAMES) &&
		texts(s, s->from, s->from_n, RECORD_FROMS) &&
		texts(s, s->domains, s->domain_n, RECORD_DOMAINS) && auths(s);
}

static bool label(const char t[RECORD_LABEL])
{
	size_t n = strnlen(t, RECORD_LABEL);

	return n < RECORD_LABEL && text_is_clean(t, n);
}

static bool binding(const struct record_binding *b)
{
	return b->at >= 0 && b->how <= RECORD_BY_DHCP &&
		(b->addr.family == 4 || b->addr.family == 6);
}

static bool identity(const struct record_identity *i)
{
	return i->at >= 0 && i->kind < RECORD_NAMES && label(i->value);
}

static bool source(const struct record_source *s)
{
	if (s->stranger_n > RECORD_STRANGERS)
		return false;
	for (size_t i = 0; i < s->stranger_n; i++)
		if (s->strangers[i].registry >= ENVELOPE_REGISTRIES)
			return false;
	return s->state <= RECORD_FAILED && s->first_seen >= 0 &&
		s->last_seen >= 0 && label(s->label) && label(s->reason);
}

bool admit(const struct record *r)
{
	switch (r->kind) {
	case RECORD_SESSION: return session(&r->session);
	case RECORD_BINDING: return binding(&r->binding);
	case RECORD_IDENTITY: return identity(&r->identity);
	case RECORD_SOURCE:
	case RECORD_HOUR: return source(&r->source);
	}
	return false;
}
