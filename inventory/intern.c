/* intern.c: see intern.h. */
#include "inventory/intern.h"
#include "capture/base/bytes.h"
#include "capture/base/hash.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

enum { SLOTS = 1 << 16, KEY_MAX = INTERN_LIST + 10 * TEXT_MAX };

enum kind { TEXT, END, CERTIFICATE, PROFILE, CREDENTIAL, KINDS };

static const char *const insert[KINDS] = {
	[TEXT] = "INSERT INTO texts (text) VALUES (?1) ON CONFLICT DO NOTHING",
	[END] = "INSERT INTO ends (scope, ip, port, mac, ttl, vlans, "
		"called) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
		"ON CONFLICT DO NOTHING",
	[CERTIFICATE] = "INSERT INTO certificates (cn, issuer, names, "
		"not_after) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
	[PROFILE] = "INSERT INTO profiles (helo, agent, seen_as, offered, tls, "
		"tls_version, tls_cipher, sni, ja3, ja4, certificate) VALUES "
		"(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
		"ON CONFLICT DO NOTHING",
	[CREDENTIAL] = "INSERT INTO credentials (account, mechanism, class, "
		"authzid, workstation, realm) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
		"ON CONFLICT DO NOTHING",
};
static const char *const find[KINDS] = {
	[TEXT] = "SELECT id FROM texts WHERE text = ?1",
	[END] = "SELECT id FROM ends WHERE scope = ?1 AND ip = ?2 AND "
		"port = ?3 AND mac = ?4 AND ttl = ?5 AND vlans = ?6 AND "
		"called = ?7",
	[CERTIFICATE] = "SELECT id FROM certificates WHERE cn = ?1 AND "
		"issuer = ?2 AND names = ?3 AND not_after = ?4",
	[PROFILE] = "SELECT id FROM profiles WHERE helo = ?1 AND agent = ?2 "
		"AND seen_as = ?3 AND offered = ?4 AND tls = ?5 AND "
		"tls_version = ?6 AND tls_cipher = ?7 AND sni = ?8 AND "
		"ja3 = ?9 AND ja4 = ?10 AND certificate = ?11",
	[CREDENTIAL] = "SELECT id FROM credentials WHERE account = ?1 AND "
		"mechanism = ?2 AND class = ?3 AND authzid = ?4 AND "
		"workstation = ?5 AND realm = ?6",
};

/* A fingerprint of the thing, or all zero. */
struct slot {
	uint64_t a, b;
	int64_t id;
};

struct intern {
	struct db *db;
	sqlite3_stmt *insert[KINDS], *find[KINDS];
	uint8_t keys[2][16];
	struct slot slots[SLOTS];
};

bool intern_open(struct intern **out, struct db *db, struct err *e)
{
	struct intern *i = xcalloc(1, sizeof *i);

	i->db = db;
	if (getrandom(i->keys, sizeof i->keys, 0) != sizeof i->keys) {
		err_set(e, ERR_RUN, "no random numbers: %s", strerror(errno));
		goto fail;
	}
	if (!db_prepare(db, insert, i->insert, KINDS, e) ||
		!db_prepare(db, find, i->find, KINDS, e))
		goto fail;
	*out = i;
	return true;
fail:
	intern_close(i);
	return false;
}

void intern_close(struct intern *i)
{
	if (!i)
		return;
	db_finalize(i->insert, KINDS);
	db_finalize(i->find, KINDS);
	free(i);
}

static struct slot *slot_of(struct intern *i, const struct wr *key,
	struct slot *want)
{
	assert(wr_ok(key));
	want->a = hash_sip(i->keys[0], key->begin, wr_used(key));
	want->b = hash_sip(i->keys[1], key->begin, wr_used(key)) | 1;
	return &i->slots[want->a % SLOTS];
}

static bool is_cached(const struct slot *s, const struct slot *want,
	int64_t *id)
{
	if (s->a != want->a || s->b != want->b)
		return false;
	*id = s->id;
	return true;
}

/* The values are bound, to both statements. */
static bool ask(struct intern *i, enum kind kind, struct slot *slot,
	const struct slot *want, int64_t *id, struct err *e)
{
	sqlite3 *h = db_handle(i->db);
	bool row;

	if (!sql_run(i->insert[kind], e))
		return false;
	if (sqlite3_changes(h) > 0) {
		*id = sqlite3_last_insert_rowid(h);
	} else {
		if (!sql_row(i->find[kind], &row, e))
			return false;
		assert(row);
		*id = sqlite3_column_int64(i->find[kind], 0);
		sql_reset(i->find[kind]);
	}
	*slot = *want;
	slot->id = *id;
	return true;
}

static void bind(struct intern *i, enum kind kind, int at, int64_t v)
{
	sql_bind(i->insert[kind], at, v);
	sql_bind(i->find[kind], at, v);
}

static void bind_text(struct intern *i, enum kind kind, int at,
	const char *text)
{
	sql_bind_text(i->insert[kind], at, text);
	sql_bind_text(i->find[kind], at, text);
}

/* Known-empty and unknown differ. */
static void key_text(struct wr *key, const char *text)
{
	wr_u8(key, text != NULL);
	if (text)
		wr_bytes(key, text, strlen(text) + 1);
}

bool intern_text(struct intern *i, const char *text, int64_t *id,
	struct err *e)
{
	uint8_t room[KEY_MAX];
	struct wr key = wr_init(room, sizeof room);
	struct slot want, *slot;

	if (!text) {
		*id = 0;
		return true;
	}
	wr_u8(&key, TEXT);
	key_text(&key, text);
	slot = slot_of(i, &key, &want);
	if (is_cached(slot, &want, id))
		return true;
	bind_text(i, TEXT, 1, text);
	return ask(i, TEXT, slot, &want, id, e);
}

bool intern_end_id(struct intern *i, const struct intern_end *k, int64_t *id,
	struct err *e)
{
	char ip[ADDR_TEXT], mac[MAC_TEXT] = "";
	uint8_t room[KEY_MAX];
	struct wr key = wr_init(room, sizeof room);
	struct slot want, *slot;

	wr_u8(&key, END);
	key_text(&key, k->scope);
	wr_u8(&key, k->end->addr.family);
	wr_bytes(&key, k->end->addr.b, sizeof k->end->addr.b);
	wr_be16(&key, k->port);
	wr_u8(&key, k->end->has_mac);
	wr_bytes(&key, k->end->mac.b, sizeof k->end->mac.b);
	wr_u8(&key, k->end->ttl);
	key_text(&key, k->vlans);
	key_text(&key, k->called);
	slot = slot_of(i, &key, &want);
	if (is_cached(slot, &want, id))
		return true;
	if (k->end->has_mac)
		mac_format(&k->end->mac, mac);
	bind_text(i, END, 1, k->scope);
	bind_text(i, END, 2, addr_format(&k->end->addr, ip));
	bind(i, END, 3, k->port);
	bind_text(i, END, 4, mac);
	bind(i, END, 5, k->end->ttl);
	bind_text(i, END, 6, k->vlans);
	bind_text(i, END, 7, k->called);
	return ask(i, END, slot, &want, id, e);
}

const char *intern_list(const struct record_session *s,
	const struct record_text *t, size_t n, char out[INTERN_LIST])
{
	struct wr w = wr_init(out, INTERN_LIST);

	for (size_t i = 0; i < n; i++) {
		const char *text = record_text(s, t[i]);

		if (i > 0)
			wr_u8(&w, '\n');
		if (text)
			wr_bytes(&w, text, strlen(text));
	}
	wr_u8(&w, '\0');
	assert(wr_ok(&w));
	return n > 0 ? out : NULL;
}

static bool certificate(struct intern *i, const struct record_session *s,
	int64_t *id, struct err *e)
{
	uint8_t room[KEY_MAX];
	struct wr key = wr_init(room, sizeof room);
	char list[INTERN_LIST];
	const char *cn = record_text(s, s->cert_cn);
	const char *issuer = record_text(s, s->cert_issuer);
	const char *names =
		intern_list(s, s->cert_names, s->cert_name_n, list);
	struct slot want, *slot;
	int64_t text;

	*id = 0;
	if (!cn && !issuer && !names && s->cert_not_after == 0)
		return true;
	wr_u8(&key, CERTIFICATE);
	key_text(&key, cn);
	key_text(&key, issuer);
	key_text(&key, names);
	wr_be64(&key, (uint64_t)s->cert_not_after);
	slot = slot_of(i, &key, &want);
	if (is_cached(slot, &want, id))
		return true;
	if (!intern_text(i, cn, &text, e))
		return false;
	bind(i, CERTIFICATE, 1, text);
	if (!intern_text(i, issuer, &text, e))
		return false;
	bind(i, CERTIFICATE, 2, text);
	if (!intern_text(i, names, &text, e))
		return false;
	bind(i, CERTIFICATE, 3, text);
	bind(i, CERTIFICATE, 4, s->cert_not_after);
	return ask(i, CERTIFICATE, slot, &want, id, e);
}

bool intern_profile(struct intern *i, const struct record_session *s,
	int64_t *id, struct err *e)
{
	enum { TEXTS = 7 };
	static const int column[TEXTS] = {1, 2, 3, 4, 8, 9, 10};
	char list[INTERN_LIST];
	const char *texts[TEXTS] = {
		record_text(s, s->helo), record_text(s, s->agent),
		record_text(s, s->seen_as),
		intern_list(s, s->offered, s->offered_n, list),
		record_text(s, s->sni), record_text(s, s->ja3),
		record_text(s, s->ja4),
	};
	uint8_t room[KEY_MAX];
	struct wr key = wr_init(room, sizeof room);
	struct slot want, *slot;
	int64_t v;

	if (!certificate(i, s, &v, e))
		return false;
	wr_u8(&key, PROFILE);
	for (int t = 0; t < TEXTS; t++)
		key_text(&key, texts[t]);
	wr_u8(&key, s->tls);
	wr_be16(&key, s->tls_version);
	wr_be16(&key, s->tls_cipher);
	wr_be64(&key, (uint64_t)v);
	slot = slot_of(i, &key, &want);
	if (is_cached(slot, &want, id))
		return true;
	bind(i, PROFILE, 5, s->tls);
	bind(i, PROFILE, 6, s->tls_version);
	bind(i, PROFILE, 7, s->tls_cipher);
	bind(i, PROFILE, 11, v);
	for (int t = 0; t < TEXTS; t++) {
		if (!intern_text(i, texts[t], &v, e))
			return false;
		bind(i, PROFILE, column[t], v);
	}
	return ask(i, PROFILE, slot, &want, id, e);
}

bool intern_credential(struct intern *i, const struct record_session *s,
	const struct record_auth *a, int64_t *id, struct err *e)
{
	enum { TEXTS = 5 };
	static const int column[TEXTS] = {1, 2, 4, 5, 6};
	const char *texts[TEXTS] = {
		record_text(s, a->account), record_text(s, a->mechanism),
		record_text(s, a->authzid), record_text(s, a->workstation),
		record_text(s, a->realm),
	};
	uint8_t room[KEY_MAX];
	struct wr key = wr_init(room, sizeof room);
	struct slot want, *slot;
	int64_t v;

	wr_u8(&key, CREDENTIAL);
	for (int t = 0; t < TEXTS; t++)
		key_text(&key, texts[t]);
	wr_u8(&key, a->class);
	slot = slot_of(i, &key, &want);
	if (is_cached(slot, &want, id))
		return true;
	bind(i, CREDENTIAL, 3, a->class);
	for (int t = 0; t < TEXTS; t++) {
		if (!intern_text(i, texts[t], &v, e))
			return false;
		bind(i, CREDENTIAL, column[t], v);
	}
	return ask(i, CREDENTIAL, slot, &want, id, e);
}
