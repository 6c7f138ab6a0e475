/* hide.c: see hide.h. */
#include "inventory/report/hide.h"
#include "capture/base/addr.h"
#include "capture/base/text.h"
#include "inventory/diff.h"
#include "inventory/server_names.h"
#include "inventory/sql.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#define ELLIPSIS "\xe2\x80\xa6"

/* Bytes of a pseudonym: of a million names two become one with a chance of
 * 1 in 500. */
enum { PSEUDONYM = 6, PSEUDONYM_TEXT = 32 };
/* Characters that shortening leaves. */
enum { NAME_SHOWN = 3, ACCOUNT_SHOWN = 2 };

bool hide_wanted(const struct report_options *o)
{
	return o->mask || o->key;
}

/* "name-3f9a2b1c4d5e". Small and capital letters are the same: mail systems
 * take them so. */
static void pseudonym(const uint8_t *key, const char *kind, const char *text,
	char out[PSEUDONYM_TEXT])
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	char low[TEXT_MAX + 16];
	size_t n = strlen(kind) + 1, at;
	unsigned len = 0;

	at = (size_t)snprintf(low, sizeof low, "%s", kind) + 1;
	for (; *text != '\0' && n < sizeof low; text++)
		low[n++] = *text >= 'A' && *text <= 'Z'
			? (char)(*text + ('a' - 'A')) : *text;
	if (!HMAC(EVP_sha256(), key, REPORT_KEY, (const uint8_t *)low, n,
		    digest, &len) || len < PSEUDONYM)
		abort(); /* nothing else may stand where a name stood */
	at = (size_t)snprintf(out, PSEUDONYM_TEXT, "%s-", kind);
	for (size_t i = 0; i < PSEUDONYM; i++)
		at += (size_t)snprintf(out + at, PSEUDONYM_TEXT - at, "%02x",
			digest[i]);
}

/* The first characters, and that there are more. */
static void shorten(char *out, size_t cap, const char *text, size_t n,
	size_t shown)
{
	size_t at = 0;
	uint32_t c;

	for (size_t i = 0; i < shown && at < n; i++) {
		size_t len = text_decode((const uint8_t *)text + at, n - at,
			&c);

		if (len == 0 || at + len >= n)
			break; /* not the whole of it */
		at += len;
	}
	snprintf(out, cap, "%.*s" ELLIPSIS, (int)at, text);
}

/* DOMAIN\user and user@domain: what stands around the user's own name. */
static void split_account(const char *text, size_t *begin, size_t *end)
{
	const char *slash = strchr(text, '\\'), *at = strrchr(text, '@');

	*begin = slash ? (size_t)(slash - text) + 1 : 0;
	*end = strlen(text);
	if (at && (size_t)(at - text) >= *begin)
		*end = (size_t)(at - text);
}

static char *hidden_account(const struct report_options *o, const char *text)
{
	char own[PSEUDONYM_TEXT], out[2 * TEXT_MAX];
	size_t begin, end;

	split_account(text, &begin, &end);
	if (o->key)
		pseudonym(o->key, "account", text, own);
	else
		shorten(own, sizeof own, text + begin, end - begin,
			ACCOUNT_SHOWN);
	snprintf(out, sizeof out, "%.*s%s%s", (int)begin, text, own,
		text + end);
	return xstrdup(out);
}

static char *hidden_server(const uint8_t *key, const char *text)
{
	char host[TEXT_MAX], own[PSEUDONYM_TEXT], out[TEXT_MAX];
	const char *port;
	struct addr a;

	snprintf(host, sizeof host, "%s", text);
	port = NULL;
	if (!addr_parse(host, &a) && (!server_label_split(text, host, &port) ||
			!addr_parse(host, &a)))
		return xstrdup(text);
	if (!addr_is_private(&a))
		return xstrdup(text);
	pseudonym(key, "ip", host, own);
	snprintf(out, sizeof out, "%s%s%s", own, port ? ":" : "",
		port ? port : "");
	return xstrdup(out);
}

static char *keyed(const uint8_t *key, const char *kind, const char *text)
{
	char out[PSEUDONYM_TEXT];

	pseudonym(key, kind, text, out);
	return xstrdup(out);
}

static char *shortened(const char *text)
{
	char out[PSEUDONYM_TEXT];

	shorten(out, sizeof out, text, strlen(text), NAME_SHOWN);
	return xstrdup(out);
}

char *hide_text(const struct report_options *o, enum hide_kind kind,
	const char *text)
{
	if (!text || !hide_wanted(o))
		return xstrdup(text);
	switch (kind) {
	case HIDE_ACCOUNT: return hidden_account(o, text);
	case HIDE_NAME:
		return o->key ? keyed(o->key, "name", text) : shortened(text);
	case HIDE_REMARK: return NULL;
	case HIDE_ADDRESS:
		return o->key ? keyed(o->key, "ip", text) : xstrdup(text);
	case HIDE_MAC:
		return o->key ? keyed(o->key, "mac", text) : xstrdup(text);
	case HIDE_DEVICE:
		return o->key ? keyed(o->key, "device", text) : xstrdup(text);
	case HIDE_SERVER:
		return o->key ? hidden_server(o->key, text) : xstrdup(text);
	}
	return NULL;
}

static void hide(const struct report_options *o, enum hide_kind kind,
	char **text)
{
	char *hidden = hide_text(o, kind, *text);

	free(*text);
	*text = hidden;
}

static void hide_all(const struct report_options *o, enum hide_kind kind,
	struct names *n)
{
	for (size_t i = 0; i < n->n; i++)
		hide(o, kind, &n->v[i]);
}

static void hide_device(const struct report_options *o, struct device *d)
{
	hide(o, HIDE_DEVICE, &d->id);
	hide(o, HIDE_NAME, &d->name);
	hide(o, HIDE_NAME, &d->owner);
	hide(o, HIDE_NAME, &d->tag);
	hide(o, HIDE_REMARK, &d->note);
	/* What a rule matched is a name, but for the card's maker. */
	if (d->rule_of != RULE_OUI)
		hide(o, HIDE_REMARK, &d->rule_fact);
	hide_all(o, HIDE_ADDRESS, &d->addresses);
	hide_all(o, HIDE_MAC, &d->macs);
	hide_all(o, HIDE_ACCOUNT, &d->accounts);
	for (size_t i = 0; i < d->candidates_n; i++)
		hide(o, HIDE_ACCOUNT, &d->candidates[i].account);
	hide_all(o, HIDE_ACCOUNT, &d->from);
	hide_all(o, HIDE_NAME, &d->helos);
	hide_all(o, HIDE_SERVER, &d->servers);
}

void hide_devices(const struct report_options *o, struct device_list *l)
{
	for (size_t i = 0; hide_wanted(o) && i < l->n; i++)
		hide_device(o, &l->v[i]);
}

void hide_accounts(const struct report_options *o, struct account_list *l)
{
	for (size_t i = 0; hide_wanted(o) && i < l->n; i++) {
		hide(o, HIDE_ACCOUNT, &l->v[i].account);
		hide_all(o, HIDE_ACCOUNT, &l->v[i].from);
		hide_all(o, HIDE_DEVICE, &l->v[i].devices);
	}
}

void hide_servers(const struct report_options *o, struct server_list *l)
{
	for (size_t i = 0; hide_wanted(o) && i < l->n; i++) {
		hide(o, HIDE_SERVER, &l->v[i].ip);
		hide(o, HIDE_SERVER, &l->v[i].why.fact);
		hide_all(o, HIDE_ADDRESS, &l->v[i].seen_as);
		hide_all(o, HIDE_DEVICE, &l->v[i].device_ids);
	}
}

void hide_coverage(const struct report_options *o, struct coverage *c)
{
	if (!hide_wanted(o))
		return;
	hide_all(o, HIDE_ACCOUNT, &c->unseen);
	hide_all(o, HIDE_ACCOUNT, &c->unreported);
	hide_all(o, HIDE_DEVICE, &c->nameless);
	for (size_t i = 0; i < c->imports_n; i++)
		hide(o, HIDE_NAME, &c->imports[i].label);
}

static void hide_side(const struct report_options *o, struct diff_side *s)
{
	for (size_t i = 0; i < s->n; i++) {
		hide(o, HIDE_DEVICE, &s->v[i].id);
		hide(o, HIDE_NAME, &s->v[i].name);
		hide(o, HIDE_ADDRESS, &s->v[i].address);
		hide_all(o, HIDE_ACCOUNT, &s->v[i].accounts);
		hide_all(o, HIDE_SERVER, &s->v[i].servers);
	}
}

void hide_changes(const struct report_options *o)
{
	struct diff *d = o->changes;

	if (!d || !hide_wanted(o))
		return;
	hide_side(o, &d->before);
	hide_side(o, &d->after);
	for (size_t i = 0; i < d->n; i++) {
		hide_all(o, HIDE_SERVER, &d->v[i].servers);
		hide_all(o, HIDE_SERVER, &d->v[i].old_servers);
		hide_all(o, HIDE_ACCOUNT, &d->v[i].accounts);
		hide_all(o, HIDE_ACCOUNT, &d->v[i].old_accounts);
	}
	diff_sort(d);
}

/* --- sessions: a copy whose texts are partly its own --- */

static void own(const struct report_options *o, enum hide_kind kind,
	char **text, struct hidden_session *h)
{
	if (!*text)
		return;
	h->owned = xrealloc(h->owned, h->owned_n + 1, sizeof *h->owned);
	*text = h->owned[h->owned_n++] = hide_text(o, kind, *text);
}

const struct session_row *hide_session(const struct report_options *o,
	const struct session_row *row, struct hidden_session *h)
{
	struct session_row *r = &h->row;

	*h = (struct hidden_session){.row = *row};
	if (!hide_wanted(o))
		return row;
	own(o, HIDE_DEVICE, &r->device, h);
	own(o, HIDE_ADDRESS, &r->client_ip, h);
	own(o, HIDE_MAC, &r->client_mac, h);
	own(o, HIDE_SERVER, &r->server_ip, h);
	own(o, HIDE_SERVER, &r->server_why.fact, h);
	own(o, HIDE_SERVER, &r->server_why.fact, h);
	own(o, HIDE_MAC, &r->server_mac, h);
	own(o, HIDE_NAME, &r->helo, h);
	own(o, HIDE_ADDRESS, &r->seen_as, h);
	if (r->from.n > 0) {
		h->from = xcalloc(r->from.n, sizeof *h->from);
		memcpy(h->from, row->from.v, r->from.n * sizeof *h->from);
		r->from.v = h->from;
	}
	for (size_t i = 0; i < r->from.n; i++)
		own(o, HIDE_ACCOUNT, &r->from.v[i], h);
	if (r->auth_n > 0) {
		h->auth = xcalloc(r->auth_n, sizeof *h->auth);
		memcpy(h->auth, row->auth, r->auth_n * sizeof *h->auth);
		r->auth = h->auth;
	}
	for (size_t i = 0; i < r->auth_n; i++) {
		own(o, HIDE_ACCOUNT, &r->auth[i].account, h);
		own(o, HIDE_ACCOUNT, &r->auth[i].authzid, h);
		own(o, HIDE_NAME, &r->auth[i].workstation, h);
	}
	return r;
}

void hide_session_free(struct hidden_session *h)
{
	for (size_t i = 0; i < h->owned_n; i++)
		free(h->owned[i]);
	free(h->owned);
	free(h->from);
	free(h->auth);
}
