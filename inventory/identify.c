/* identify.c: see identify.h.
 *
 * In this order:
 * 1. the frame's MAC, where ARP, ND or DHCP bound it to the address;
 * 2. the MAC that DHCP bound to the address, else that ARP or ND did; the
 *    one that is in the EHLO name where there are several, else the last one;
 * 3. the frame's MAC, where the TTL shows that no router was crossed and the
 *    MAC is not locally administered (those are random);
 * 4. the only such MAC that frames of the address, with that name, ever had:
 *    a mirror of both sides of a router shows the others with the router's;
 * 5. the MAC in the name that was given with EHLO: by the rules' {mac}, or a
 *    name that is a MAC. It must be in all names of the address: who is called
 *    otherwise may be any of several devices. Where there are several, as
 *    behind NAT or when addresses move, each is the device of its sessions,
 *    and those without a name remain the address's. That a device's other
 *    card may be the one that it is called after, is why frames come first;
 * 6. the address.
 * A MAC with more than three IPv4 senders is a router's and never a device's,
 * addresses that DHCP bound to it not counted; nor is a group address, what
 * routers share as VRRP and its like have them do, or the zeroes of a
 * loopback interface. */
#include "inventory/identify.h"
#include "inventory/rules.h"
#include "inventory/tally.h"
#include <stdlib.h>
#include <string.h>

/* A MAC with more senders than SENDERS is a router's; so is one with more
 * ends than ENDS, which also bounds the work. */
enum { SENDERS = 3, ENDS = 1024, BOUND = 4 };

/* More names with a MAC at one address are made up. */
enum { CALLED = 64 };

enum {
	END, SENDER_COUNT, END_COUNT, HERE, BOUND_TO, BY_FRAME, NAMES,
	STATEMENTS
};

static const char *const statements[STATEMENTS] = {
	[END] = "SELECT scope, ip, mac, ttl, called "
		"FROM ends WHERE id = ?1",
	[SENDER_COUNT] = "SELECT count(*) FROM (SELECT DISTINCT e.scope, e.ip "
		"FROM ends e JOIN end_use u ON u.\"end\" = e.id "
		"WHERE e.mac = ?1 AND e.port = 0 AND "
		"instr(e.ip, ':') = 0 AND NOT EXISTS (SELECT 1 FROM bindings "
		"b WHERE b.scope = e.scope AND b.ip = e.ip AND b.mac = e.mac "
		"AND b.how = 'dhcp') LIMIT ?2)",
	[END_COUNT] = "SELECT count(*) FROM (SELECT 1 FROM ends e "
		"JOIN end_use u ON u.\"end\" = e.id "
		"WHERE e.mac = ?1 AND e.port = 0 LIMIT ?2)",
	[HERE] = "SELECT max(how = 'dhcp') FROM bindings WHERE scope = ?1 "
		"AND ip = ?2 AND mac = ?3 AND how <> 'frame'",
	[BOUND_TO] = "SELECT mac, how = 'dhcp' FROM bindings WHERE "
		"scope = ?1 AND ip = ?2 AND how <> 'frame' ORDER BY "
		"mac = ?4 DESC, how = 'dhcp' DESC, last_seen DESC, mac "
		"LIMIT ?3",
	[BY_FRAME] = "SELECT DISTINCT e.mac FROM ends e JOIN end_use u "
		"ON u.\"end\" = e.id WHERE e.scope = ?1 AND e.ip = ?2 AND "
		"e.port = 0 AND e.ttl IN (64, 128, 255) AND e.mac <> '' AND "
		"(?4 = '' OR e.called = ?4) ORDER BY e.mac LIMIT ?3",
	/* Of each end the profiles that gather.c keeps. In this order: an
	 * address has few ends, a kind of end_tally has a row of each. */
	[NAMES] = "SELECT DISTINCT t.text FROM ends e CROSS JOIN end_tally y "
		"ON y.kind = ?3 AND y.\"end\" = e.id CROSS JOIN profiles p "
		"ON p.id = y.value CROSS JOIN texts t ON t.id = p.helo "
		"WHERE e.scope = ?1 AND e.ip = ?2 AND e.port = 0 AND "
		"y.value <= (SELECT max(value) FROM (SELECT value "
		"FROM end_tally WHERE kind = ?3 AND \"end\" = e.id "
		"ORDER BY value LIMIT ?4))",
};

struct identify {
	const struct rules *rules;
	sqlite3_stmt *s[STATEMENTS];
};

/* An end's row, copied. */
struct end {
	char scope[TEXT_MAX], ip[ADDR_TEXT], mac[MAC_TEXT], called[MAC_TEXT];
	int64_t ttl;
};

bool identify_open(struct identify **out, struct db *db, struct err *e)
{
	struct identify *i = xcalloc(1, sizeof *i);

	i->rules = db_rules(db);
	if (!db_prepare(db, statements, i->s, STATEMENTS, e)) {
		identify_close(i);
		return false;
	}
	*out = i;
	return true;
}

void identify_close(struct identify *i)
{
	if (!i)
		return;
	db_finalize(i->s, STATEMENTS);
	free(i);
}

static void column(sqlite3_stmt *s, int at, char *out, size_t cap)
{
	const char *text = (const char *)sqlite3_column_text(s, at);

	text_clean(out, cap, text ? text : "", text ? strlen(text) : 0);
}

static bool number(sqlite3_stmt *s, const char *mac, int64_t limit,
	int64_t *out, struct err *e)
{
	bool row;

	sql_bind_text(s, 1, mac);
	sql_bind(s, 2, limit);
	if (!sql_row(s, &row, e))
		return false;
	*out = row ? sqlite3_column_int64(s, 0) : 0;
	sql_reset(s);
	return true;
}

bool identify_is_router(struct identify *i, const char *mac, bool *router,
	struct err *e)
{
	sqlite3_stmt *senders = i->s[SENDER_COUNT], *ends = i->s[END_COUNT];
	int64_t n;

	/* Of most cards there are not even ends enough. */
	*router = false;
	if (!number(ends, mac, SENDERS + 1, &n, e))
		return false;
	if (n <= SENDERS)
		return true;
	if (!number(senders, mac, SENDERS + 1, &n, e))
		return false;
	*router = n > SENDERS;
	if (*router)
		return true;
	if (!number(ends, mac, ENDS + 1, &n, e))
		return false;
	*router = n > ENDS;
	return true;
}

/* RFC 9568 (VRRP; CARP has the same), HSRP and GLBP of Cisco: who answers for
 * such a MAC changes. */
static bool is_shared(const struct mac *m)
{
	static const struct {
		uint8_t bits; /* that are looked at */
		uint8_t b[5];
	} shared[] = {
		{40, {0x00, 0x00, 0x5e, 0x00, 0x01}},
		{40, {0x00, 0x00, 0x5e, 0x00, 0x02}},
		{40, {0x00, 0x00, 0x0c, 0x07, 0xac}},
		{36, {0x00, 0x00, 0x0c, 0x9f, 0xf0}},
		{36, {0x00, 0x05, 0x73, 0xa0, 0x00}},
		{24, {0x00, 0x07, 0xb4}},
	};

	for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++) {
		size_t whole = shared[i].bits / 8;

		if (memcmp(m->b, shared[i].b, whole) == 0 &&
			(shared[i].bits % 8 == 0 ||
				m->b[whole] >> 4 == shared[i].b[whole] >> 4))
			return true;
	}
	return false;
}

/* Can this be one card's own address? local: random ones too. */
static bool is_own(const struct mac *m, bool local)
{
	return !mac_is_group(m) && !mac_is_zero(m) && !is_shared(m) &&
		(local || !mac_is_local(m));
}

static bool has_ttl_of_its_own(int64_t ttl)
{
	return ttl == 64 || ttl == 128 || ttl == 255;
}

/* bound: by ARP or ND; a lease names its own card whatever else it does. */
static bool can_be(struct identify *i, const char *mac, bool bound, bool dhcp,
	bool *yes, struct err *e)
{
	bool router = false;
	struct mac m;

	*yes = mac_parse(mac, &m) && is_own(&m, bound || dhcp);
	if (!*yes)
		return true;
	if (!identify_is_router(i, mac, &router, e))
		return false;
	*yes = !router;
	return true;
}

static bool frames_own(struct identify *i, const struct end *end, bool *yes,
	struct err *e)
{
	sqlite3_stmt *s = i->s[HERE];
	bool row, here, dhcp;

	*yes = false;
	if (end->mac[0] == '\0')
		return true;
	sql_bind_text(s, 1, end->scope);
	sql_bind_text(s, 2, end->ip);
	sql_bind_text(s, 3, end->mac);
	if (!sql_row(s, &row, e))
		return false;
	here = row && sqlite3_column_type(s, 0) != SQLITE_NULL;
	dhcp = here && sqlite3_column_int(s, 0) != 0;
	sql_reset(s);
	return !here || can_be(i, end->mac, true, dhcp, yes, e);
}

/* The first of the MACs that a statement gives for the address which can be
 * a device's; only: there must be no second one. "" if there is none. */
static bool first_of(struct identify *i, sqlite3_stmt *s,
	const struct end *end, bool only, char out[MAC_TEXT], struct err *e)
{
	char macs[BOUND][MAC_TEXT];
	bool dhcp[BOUND], row = true, yes;
	size_t n = 0;

	out[0] = '\0';
	sql_bind_text(s, 1, end->scope);
	sql_bind_text(s, 2, end->ip);
	sql_bind(s, 3, BOUND);
	sql_bind_text(s, 4, end->called);
	while (n < BOUND) {
		if (!sql_row(s, &row, e))
			return false;
		if (!row)
			break;
		column(s, 0, macs[n], MAC_TEXT);
		dhcp[n++] = !only && sqlite3_column_int(s, 1) != 0;
	}
	sql_reset(s);
	for (size_t m = 0; m < n; m++) {
		if (!can_be(i, macs[m], !only, dhcp[m], &yes, e))
			return false;
		if (yes && out[0] != '\0') {
			out[0] = '\0';
			return true;
		}
		if (yes)
			memcpy(out, macs[m], MAC_TEXT);
		if (yes && !only)
			return true;
	}
	return true;
}

/* Twelve digits alone are what containers are called. */
static bool mac_in_name(const struct identify *i, const char *name,
	struct mac *out)
{
	struct rule_fact fact = {RULE_EHLO, name};
	struct judgement j;

	if (strlen(name) > 12 && mac_parse(name, out))
		return true;
	j = rules_judge(i->rules, &fact, 1);
	*out = j.mac;
	return j.has_mac;
}

/* A hex digit, of either case; -1: none. */
static int nibble(char c)
{
	return c >= '0' && c <= '9' ? c - '0'
		: c >= 'a' && c <= 'f' ? c - 'a' + 10
		: c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

const char *identify_called(const char *helo, char out[MAC_TEXT])
{
	size_t at = helo ? strcspn(helo, ".") : 0;
	char between = '\0';
	struct mac m;

	out[0] = '\0';
	for (int i = 5; i >= 0; i--) {
		int low = at >= 1 ? nibble(helo[at - 1]) : -1;
		int high = at >= 2 ? nibble(helo[at - 2]) : -1;

		if (low < 0 || high < 0)
			return out;
		m.b[i] = (uint8_t)(high << 4 | low);
		at -= 2;
		if (i == 5 && at > 0 &&
			(helo[at - 1] == ':' || helo[at - 1] == '-'))
			between = helo[at - 1];
		if (i > 0 && between != '\0' &&
			(at == 0 || helo[--at] != between))
			return out;
	}
	/* Twelve digits alone are what containers are called. */
	return at == 0 && between == '\0' ? out : mac_format(&m, out);
}

static bool add_mac(struct mac macs[CALLED], size_t *n, const struct mac *m)
{
	for (size_t i = 0; i < *n; i++)
		if (memcmp(&macs[i], m, sizeof *m) == 0)
			return true;
	if (*n == CALLED)
		return false;
	macs[(*n)++] = *m;
	return true;
}

/* "" if there is none. */
static bool by_name(struct identify *i, const struct end *end,
	char out[MAC_TEXT], struct err *e)
{
	sqlite3_stmt *s = i->s[NAMES];
	struct mac macs[CALLED], mac;
	bool row, all = true;
	char name[TEXT_MAX];
	size_t n = 0;

	out[0] = '\0';
	sql_bind_text(s, 1, end->scope);
	sql_bind_text(s, 2, end->ip);
	sql_bind(s, 3, TALLY_PROFILE);
	sql_bind(s, 4, TALLY_KEPT);
	while (all) {
		if (!sql_row(s, &row, e))
			return false;
		if (!row)
			break;
		column(s, 0, name, sizeof name);
		all = !rules_is_name(name) || (mac_in_name(i, name, &mac) &&
			add_mac(macs, &n, &mac));
	}
	sql_reset(s);
	for (size_t m = 0; all && m < n; m++) {
		mac_format(&macs[m], out);
		if (is_own(&macs[m], false) &&
			(n == 1 || strcmp(out, end->called) == 0))
			return true;
	}
	out[0] = '\0';
	return true;
}

static bool load(struct identify *i, int64_t id, struct end *end,
	struct err *e)
{
	sqlite3_stmt *s = i->s[END];
	bool row;

	memset(end, 0, sizeof *end);
	sql_bind(s, 1, id);
	if (!sql_row(s, &row, e))
		return false;
	if (row) {
		column(s, 0, end->scope, sizeof end->scope);
		column(s, 1, end->ip, sizeof end->ip);
		column(s, 2, end->mac, sizeof end->mac);
		end->ttl = sqlite3_column_int64(s, 3);
		column(s, 4, end->called, sizeof end->called);
	}
	sql_reset(s);
	return true;
}

static bool card_of(struct identify *i, const struct end *end,
	char out[MAC_TEXT], struct err *e)
{
	bool yes;

	memcpy(out, end->mac, MAC_TEXT);
	if (!frames_own(i, end, &yes, e))
		return false;
	if (yes)
		return true;
	if (!first_of(i, i->s[BOUND_TO], end, false, out, e))
		return false;
	if (out[0] != '\0')
		return true;
	if (end->mac[0] != '\0' && has_ttl_of_its_own(end->ttl)) {
		if (!can_be(i, end->mac, false, false, &yes, e))
			return false;
		if (yes) {
			memcpy(out, end->mac, MAC_TEXT);
			return true;
		}
	}
	if (!first_of(i, i->s[BY_FRAME], end, true, out, e))
		return false;
	return out[0] != '\0' || by_name(i, end, out, e);
}

bool identify_end(struct identify *i, int64_t id, char out[IDENTIFY_DEVICE],
	struct err *e)
{
	struct end end;
	char mac[MAC_TEXT];

	if (!load(i, id, &end, e) || !card_of(i, &end, mac, e))
		return false;
	if (mac[0] != '\0') {
		stpcpy(stpcpy(out, "mac:"), mac);
		return true;
	}
	out = stpcpy(out, "ip:");
	if (end.scope[0] != '\0')
		out = stpcpy(stpcpy(out, end.scope), "/");
	strcpy(out, end.ip);
	return true;
}
