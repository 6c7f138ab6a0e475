/* gather.h: the sums of all ends of a device, side by side; private to the
 * making of devices. */
#pragma once
#include "inventory/bag.h"
#include "inventory/kinds.h"
#include "inventory/rules.h"
#include "inventory/tally.h"

/* In the order of the columns of devices. */
enum list {
	LIST_ADDRESSES, LIST_MACS, LIST_VLANS, LIST_ACCOUNTS, LIST_MECHANISMS,
	LIST_FROMS, LIST_DOMAINS, LIST_HELOS, LIST_AGENTS, LIST_SERVERS,
	LIST_CODES, LISTS,
};

/* What so many sessions say about one server. */
struct opinion {
	int64_t server;
	struct verdict_vote vote;
};

struct newest {
	uint8_t session[16];
	enum tally_newest kind;
	bool refused;
};

/* What it is called beside mail. */
struct named {
	enum record_name kind;
	char *text;
	int64_t first_seen, last_seen; /* us */
};

struct gathered {
	const char *device; /* borrowed */
	struct named *names;
	size_t names_n, names_cap;
	struct bag lists[LISTS], workstations, sender_domains;
	struct bag sprayed; /* accounts that were refused and never let in */
	struct opinion *opinions;
	size_t opinions_n, opinions_cap;
	struct newest *newest;
	size_t newest_n, newest_cap;
	int64_t *hours;
	size_t hours_n, hours_cap;
	uint64_t sums[TALLY_SUMS];
	int64_t first_seen, last_seen;
	uint16_t tls_lowest;
	uint64_t holes;   /* sessions with MARK_HOLES */
	uint32_t marks;   /* bits of enum tally_mark */
	bool relays;
	bool asked;    /* for a mail host */
	bool resolves; /* names, for others */
	bool elsewhere; /* has no end, but its address or card has */
};

struct gather;

bool gather_open(struct gather **out, struct db *db, struct err *e);
void gather_close(struct gather *g);

/* The sums of its ends, and its names, bags sorted; *n tells how many ends
 * there are. */
bool gather_ends(struct gather *g, const char *device, struct gathered *out,
	size_t *n, struct err *e);
/* Of a card or an address without a session: its addresses, their names. */
bool gather_quiet(struct gather *g, struct gathered *out, struct err *e);
void gathered_free(struct gathered *m);
