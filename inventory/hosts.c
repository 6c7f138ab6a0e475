/* hosts.c: see hosts.h.
 *
 * Whatever makes a host one of concern looks for what was heard of it before,
 * so that the rows do not depend on the order in which things were told. */
#include "inventory/hosts.h"
#include "inventory/hearsay.h"
#include "inventory/identify.h"
#include "inventory/kinds.h"
#include "inventory/resolve_private.h"
#include "inventory/write.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Of a host's addresses that its names may lead to; rules' facts of it. */
enum { BOUND = 16, FACTS = HEARSAY_FACTS + 1 };

enum {
	BINDING_AGAIN, BINDING, RIVALS, IDENTITY_AGAIN, IDENTITY,
	END_AT, END_OF, IS_BOUND, IS_NAMED, HAS_NAMED_CARD, BOUND_TO,
	NOTE, STATEMENTS,
};

static const char *const statements[STATEMENTS] = {
	[BINDING_AGAIN] = "UPDATE bindings SET "
		"first_seen = min(first_seen, ?5), "
		"last_seen = max(last_seen, ?6) WHERE scope = ?1 AND ip = ?2 "
		"AND mac = ?3 AND how = ?4",
	[BINDING] = "INSERT INTO bindings VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[RIVALS] = "SELECT 1 FROM bindings WHERE scope = ?1 AND ip = ?2 AND "
		"mac <> ?3 LIMIT 1",
	[IDENTITY_AGAIN] = "UPDATE identities SET "
		"first_seen = min(first_seen, ?4), "
		"last_seen = max(last_seen, ?5) WHERE scope = '' AND "
		"subject = ?1 AND kind = ?2 AND value = ?3",
	[IDENTITY] = "INSERT INTO identities VALUES ('', ?1, ?2, ?3, ?4, ?5)",
	[END_AT] = "SELECT 1 FROM ends WHERE scope = ?1 AND ip = ?2 LIMIT 1",
	[END_OF] = "SELECT 1 FROM ends WHERE mac = ?1 LIMIT 1",
	/* To an address that mails from behind a router: where none is
	 * crossed the frames themselves say which card it was, and another
	 * that has had the address before is somebody else's. */
	[IS_BOUND] = "SELECT 1 FROM bindings b JOIN ends e ON "
		"e.scope = b.scope AND e.ip = b.ip WHERE b.mac = ?1 AND "
		"(e.mac = '' OR e.ttl NOT IN (64, 128, 255)) LIMIT 1",
	[IS_NAMED] = "SELECT 1 FROM identities WHERE scope = '' AND "
		"subject = ?1 LIMIT 1",
	[HAS_NAMED_CARD] = "SELECT 1 FROM bindings b JOIN identities i ON "
		"i.scope = '' AND i.subject = 'mac:' || b.mac "
		"WHERE b.scope = ?1 AND b.ip = ?2 LIMIT 1",
	[BOUND_TO] = "SELECT DISTINCT ip FROM bindings WHERE mac = ?1 "
		"ORDER BY ip LIMIT ?2",
	[NOTE] = "INSERT INTO meta VALUES ('forgotten', ?1) ON CONFLICT "
		"DO UPDATE SET value = value + ?1",
};

struct hosts {
	struct db *db;
	struct resolver *resolver;
	struct hearsay *hearsay;
	sqlite3_stmt *s[STATEMENTS];
	int64_t rows; /* of bindings and identities */
	uint64_t full, noted;
};

/* A host as the database writes it. */
struct label {
	struct hearsay_host host;
	const char *scope;
	char ip[ADDR_TEXT], mac[MAC_TEXT];
	char subject[IDENTIFY_DEVICE];
};

bool hosts_open(struct hosts **out, struct db *db, struct resolver *r,
	struct err *e)
{
	struct hosts *h = xcalloc(1, sizeof *h);
	uint8_t key[16];

	h->db = db;
	h->resolver = r;
	if (getrandom(key, sizeof key, 0) != sizeof key) {
		err_set(e, ERR_RUN, "no random numbers: %s", strerror(errno));
		goto fail;
	}
	h->hearsay = hearsay_new(key);
	if (!sql_number(db_handle(db), "SELECT (SELECT count(*) FROM "
			"bindings) + (SELECT count(*) FROM identities)", 0,
			&h->rows, e) ||
		!db_prepare(db, statements, h->s, STATEMENTS, e))
		goto fail;
	*out = h;
	return true;
fail:
	hosts_close(h);
	return false;
}

void hosts_close(struct hosts *h)
{
	if (!h)
		return;
	db_finalize(h->s, STATEMENTS);
	hearsay_free(h->hearsay);
	free(h);
}

bool hosts_note(struct hosts *h, struct err *e)
{
	uint64_t all = hearsay_forgotten(h->hearsay) + h->full;

	if (all == h->noted)
		return true;
	sql_bind(h->s[NOTE], 1, (int64_t)(all - h->noted));
	h->noted = all;
	return sql_run(h->s[NOTE], e);
}

static int64_t us(int64_t ns)
{
	return ns / 1000;
}

static struct label by_addr(const struct hosts *h, const struct addr *a)
{
	struct label l = {.host = {.addr = *a}};
	char *p = stpcpy(l.subject, "ip:");

	l.scope = db_scope(h->db, a);
	addr_format(a, l.ip);
	if (l.scope[0] != '\0')
		p = stpcpy(stpcpy(p, l.scope), "/");
	stpcpy(p, l.ip);
	return l;
}

static struct label by_mac(const struct mac *m)
{
	struct label l = {.host = {.mac = *m}, .scope = ""};

	mac_format(m, l.mac);
	stpcpy(stpcpy(l.subject, "mac:"), l.mac);
	return l;
}

static bool is_card(const struct mac *m)
{
	return !mac_is_zero(m) && !mac_is_group(m);
}

/* Is there a row? */
static bool any(struct hosts *h, int statement, const char *a, const char *b,
	bool *yes, struct err *e)
{
	if (*yes)
		return true;
	sql_bind_text(h->s[statement], 1, a);
	if (b)
		sql_bind_text(h->s[statement], 2, b);
	if (!sql_row(h->s[statement], yes, e))
		return false;
	sql_reset(h->s[statement]);
	return true;
}

/* Are its names of concern? */
static bool concerns(struct hosts *h, const struct label *l, bool *yes,
	struct err *e)
{
	*yes = false;
	if (l->mac[0] != '\0')
		return any(h, END_OF, l->mac, NULL, yes, e) &&
			any(h, IS_BOUND, l->mac, NULL, yes, e) &&
			any(h, IS_NAMED, l->subject, NULL, yes, e);
	return any(h, END_AT, l->scope, l->ip, yes, e) &&
		any(h, IS_NAMED, l->subject, NULL, yes, e) &&
		any(h, HAS_NAMED_CARD, l->scope, l->ip, yes, e);
}

/* A binding is, where either side has mailed, or the card has names: those
 * that stand behind a router's card are not. */
static bool binding_concerns(struct hosts *h, const struct label *at,
	const struct label *card, bool *yes, struct err *e)
{
	*yes = false;
	return any(h, END_AT, at->scope, at->ip, yes, e) &&
		any(h, END_OF, card->mac, NULL, yes, e) &&
		any(h, IS_NAMED, card->subject, NULL, yes, e);
}

/* Brings a row up to date, or makes it where there is room. *known: it was
 * there. *kept: it is there now. */
static bool put(struct hosts *h, int update, int insert, bool *known,
	bool *kept, struct err *e)
{
	if (!sql_run(h->s[update], e))
		return false;
	*known = *kept = sqlite3_changes(db_handle(h->db)) > 0;
	if (*known)
		return true;
	if (h->rows >= WRITER_HINTS) {
		h->full++;
		return true;
	}
	h->rows++;
	*kept = true;
	return sql_run(h->s[insert], e);
}

static bool put_binding(struct hosts *h, const struct heard *f,
	const struct label *at, const struct label *card, bool *new,
	struct err *e)
{
	static const char *const how[] = {
		[RECORD_BY_FRAME] = "frame", [RECORD_BY_ARP] = "arp",
		[RECORD_BY_ND] = "nd", [RECORD_BY_DHCP] = "dhcp",
	};
	bool again, kept, row = true;

	for (int i = BINDING_AGAIN; i <= RIVALS; i++) {
		sql_bind_text(h->s[i], 1, at->scope);
		sql_bind_text(h->s[i], 2, at->ip);
		sql_bind_text(h->s[i], 3, card->mac);
		if (i == RIVALS)
			break;
		sql_bind_text(h->s[i], 4, how[f->kind]);
		sql_bind(h->s[i], 5, us(f->first));
		sql_bind(h->s[i], 6, us(f->last));
	}
	if (!put(h, BINDING_AGAIN, BINDING, &again, &kept, e))
		return false;
	*new = kept && !again;
	if (!kept)
		return true;
	/* One that is known changes whose an address is only where it outdoes
	 * another; but when a quiet device was seen, it alone tells. */
	if (again && !sql_row(h->s[RIVALS], &row, e))
		return false;
	sql_reset(h->s[RIVALS]);
	return row ? resolver_binding(h->resolver, at->scope, at->ip,
			     card->mac, e)
		   : resolver_seen(h->resolver, card->mac, e);
}

static bool put_name(struct hosts *h, const struct heard *f,
	const struct label *l, const char *value, bool *new, struct err *e)
{
	bool again, kept;

	for (int i = IDENTITY_AGAIN; i <= IDENTITY; i++) {
		sql_bind_text(h->s[i], 1, l->subject);
		sql_bind_text(h->s[i], 2, name_kind(f->kind)->word);
		sql_bind_text(h->s[i], 3, value);
		sql_bind(h->s[i], 4, us(f->first));
		sql_bind(h->s[i], 5, us(f->last));
	}
	if (!put(h, IDENTITY_AGAIN, IDENTITY, &again, &kept, e))
		return false;
	*new = kept && !again;
	if (!kept)
		return true;
	return l->mac[0] != '\0'
		? resolver_device(h->resolver, l->subject, e)
		: resolver_address(h->resolver, l->scope, l->ip, l->subject,
			e);
}

static bool binding(struct hosts *h, const struct heard *f, struct err *e);
static bool release_addresses(struct hosts *h, const struct label *card,
	struct err *e);

/* Writes all that was heard of a host: its names first, since they make its
 * card's addresses of concern. Each call takes what it finds out of memory, so
 * that those within end. */
static bool adopt(struct hosts *h, const struct label *l, struct err *e)
{
	struct heard *facts = hearsay_take(h->hearsay, &l->host), *f;
	bool ok = true, named = false;

	for (f = facts; ok && f; f = f->next) {
		bool new = false;

		if (!f->binding)
			ok = put_name(h, f, l, f->value, &new, e);
		named |= new;
	}
	for (f = facts; ok && f; f = f->next)
		if (f->binding)
			ok = binding(h, f, e);
	while (facts) {
		f = facts->next;
		free(facts);
		facts = f;
	}
	return ok && (!named || l->mac[0] == '\0' ||
		release_addresses(h, l, e));
}

/* The same, if it has become one of concern. */
static bool release(struct hosts *h, const struct label *l, struct err *e)
{
	bool yes;

	if (!hearsay_of(h->hearsay, &l->host))
		return true;
	return concerns(h, l, &yes, e) && (!yes || adopt(h, l, e));
}

static bool binding(struct hosts *h, const struct heard *f, struct err *e)
{
	struct label at = by_addr(h, &f->addr), card = by_mac(&f->mac);
	bool yes, new;

	if (!binding_concerns(h, &at, &card, &yes, e))
		return false;
	if (!yes) {
		hearsay_add(h->hearsay, &at.host, f, "");
		hearsay_add(h->hearsay, &card.host, f, "");
		return true;
	}
	return put_binding(h, f, &at, &card, &new, e) &&
		(!new || (release(h, &card, e) && release(h, &at, e)));
}

bool hosts_binding(struct hosts *h, const struct record_binding *b,
	struct err *e)
{
	struct heard f = {.first = b->at, .last = b->at, .binding = true,
		.kind = b->how, .addr = b->addr, .mac = b->mac};

	return binding(h, &f, e);
}

/* The names of the addresses that a card is known to have. */
static bool release_addresses(struct hosts *h, const struct label *card,
	struct err *e)
{
	sqlite3_stmt *s = h->s[BOUND_TO];
	struct addr v[BOUND];
	size_t n = 0;
	bool row = true;

	sql_bind_text(s, 1, card->mac);
	sql_bind(s, 2, BOUND);
	while (n < BOUND) {
		const char *ip;

		if (!sql_row(s, &row, e))
			return false;
		if (!row)
			break;
		ip = (const char *)sqlite3_column_text(s, 0);
		n += ip && addr_parse(ip, &v[n]);
	}
	sql_reset(s);
	for (size_t i = 0; i < n; i++) {
		struct label at = by_addr(h, &v[i]);

		if (!release(h, &at, e))
			return false;
	}
	return true;
}

/* Does what was heard of a host make it one that will send mail? Of an address
 * alone only that it asked for a mail host: the world is full of names. */
static bool looks_like_sender(const struct hosts *h, const struct label *l)
{
	const struct heard *f = hearsay_of(h->hearsay, &l->host);
	struct rule_fact facts[FACTS];
	struct judgement j;
	bool asks = false;
	size_t n = 0;

	for (; f && n < HEARSAY_FACTS; f = f->next) {
		asks |= !f->binding && f->kind == RECORD_LOOKUP;
		if (!f->binding && name_kind(f->kind)->of >= 0)
			facts[n++] = (struct rule_fact){
				(enum rule_of)name_kind(f->kind)->of,
				f->value};
	}
	if (asks || l->mac[0] == '\0')
		return asks;
	facts[n] = (struct rule_fact){RULE_OUI, db_vendor(h->db, l->mac)};
	n += facts[n].text != NULL;
	j = rules_judge(db_rules(h->db), facts, n);
	return rules_is_sender(&j);
}

bool hosts_identity(struct hosts *h, const struct record_identity *i,
	struct err *e)
{
	struct heard f = {.first = i->at, .last = i->at, .kind = i->kind};
	struct label l;
	bool yes, new;

	if (is_card(&i->mac))
		l = by_mac(&i->mac);
	else if (i->addr.family)
		l = by_addr(h, &i->addr);
	else
		return true;
	if (!concerns(h, &l, &yes, e))
		return false;
	if (!yes)
		return !hearsay_add(h->hearsay, &l.host, &f, i->value) ||
			!looks_like_sender(h, &l) || adopt(h, &l, e);
	return put_name(h, &f, &l, i->value, &new, e) &&
		(!new || l.mac[0] == '\0' || (release(h, &l, e) &&
			release_addresses(h, &l, e)));
}

/* Of most there is nothing left to tell. */
static bool end(struct hosts *h, const struct record_end *x, struct err *e)
{
	struct hearsay_host at = {.addr = x->addr}, card = {.mac = x->mac};

	if (hearsay_of(h->hearsay, &at)) {
		struct label l = by_addr(h, &x->addr);

		if (!release(h, &l, e))
			return false;
	}
	if (x->has_mac && is_card(&x->mac) &&
		hearsay_of(h->hearsay, &card)) {
		struct label l = by_mac(&x->mac);

		return release(h, &l, e);
	}
	return true;
}

bool hosts_session(struct hosts *h, const struct record_session *s,
	struct err *e)
{
	return end(h, &s->client, e) && end(h, &s->server, e);
}
