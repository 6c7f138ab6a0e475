/* facts.h: a session as the conclusions need it: numbers of the database in
 * place of texts, so that one from the wire and one read back are the same. */
#pragma once
#include "capture/session/record.h"
#include "inventory/db_private.h"
#include "inventory/verdict.h"

struct facts_auth {
	int64_t credential;
	int64_t account, realm; /* texts; the realm where it names the account,
				 * which that of DIGEST-MD5 does not */
	uint16_t code;
	uint32_t enhanced; /* facts_enhanced() */
	uint8_t class, outcome, evidence, confidence, reason;
	uint16_t account_min, account_max;
	int64_t at; /* us */
	bool in_clear, initial, cancelled;
};

struct facts {
	uint8_t session[16];
	int64_t first_seen, last_seen; /* us */
	int64_t client, server, profile, banner, froms, domains;
	bool relayed; /* the client's address is not the server's */
	uint8_t ending, tls;
	uint8_t guess; /* enum record_guess */
	int16_t odds;  /* 1/100 nat */
	uint16_t tls_version;
	bool helo, demands;
	bool certificate_wrong;  /* it is for no name like SNI */
	int64_t not_after;       /* s since 1970; 0: no certificate seen */
	bool mail_refused;       /* facts_is_policy() */
	uint32_t flags;
	uint64_t auth_total, mails, recipients, messages, accepted, bytes;
	uint64_t client_bytes, server_bytes, gap_bytes;
	size_t auth_n;
	struct facts_auth auth[RECORD_AUTHS];
};

/* 5.7.139 as 5007139; 0: none. */
uint32_t facts_enhanced(const uint16_t code[3]);

/* Does a server say so to mail that it takes only in another way? 5.7.57: with
 * AUTH, 5.7.64: by a connector, 5.7.68: not directly. */
bool facts_is_policy(int64_t enhanced);

struct verdict facts_verdict(const struct facts *f);

/* Of two observations of one session: is a the longer one? A total order but
 * for observations that differ in texts alone. */
bool facts_longer(const struct facts *a, const struct facts *b);

/* Reading them back. */
struct facts_reader;
bool facts_open(struct facts_reader **out, struct db *db, struct err *e);
void facts_close(struct facts_reader *r);
/* False in *found: there is no such session. */
bool facts_load(struct facts_reader *r, const uint8_t session[16],
	struct facts *out, bool *found, struct err *e);
/* The one of a client that follows in time; from all zeroes on. Found by
 * walking through all. */
bool facts_next_of(struct facts_reader *r, int64_t client,
	const uint8_t session[16], struct facts *out, bool *found,
	struct err *e);

/* All of them: sorts them, while there is no temporary table and no
 * transaction; then gives one after the other, those of a client side by side
 * and in the order of time. */
bool facts_sort(struct facts_reader *r, struct err *e);
bool facts_next(struct facts_reader *r, struct facts *out, bool *found,
	struct err *e);
