/* diff.h: what has changed between two inventories, or two times of one. */
#pragma once
#include "inventory/query.h"

/* What may have changed of a device; the order is that of telling. */
enum diff_change {
	DIFF_NEW,     /* it sends, and did not */
	DIFF_GONE,    /* it has been silent for longer than its habit */
	DIFF_STOPPED, /* it sends without AUTH now */
	DIFF_FAILING, /* its AUTH is refused now */
	DIFF_USE,     /* it authenticates in another way, or has begun to */
	DIFF_SERVER,  /* it sends to a server that is new for it */
	DIFF_ACCOUNT, /* ... with an account that is */
	DIFF_CHANGES
};

#define DIFF_BIT(change) (1u << (change))

const char *diff_word(enum diff_change c); /* "stopped-auth": for programs */
const char *diff_title(enum diff_change c); /* "stopped using AUTH" */

/* A device on one of the sides. */
struct diff_device {
	char *id, *name, *address; /* the last two may be NULL */
	struct names macs, accounts, servers;
	enum role role;
	enum auth_use use;
	enum evidence evidence;
	bool failing, moved_away; /* verdict.h */
	enum cadence cadence;
	uint64_t sessions;
	int64_t first_seen, last_seen; /* us */
};

struct diff_side {
	struct diff_device *v; /* those that sent, by id */
	size_t n;
	int64_t first, last; /* us: what it tells of; 0: nothing */
	size_t by_use[USE_BASIC + 1];
};

struct diff_item {
	uint32_t changes; /* DIFF_BITs, at least one */
	const struct diff_device *before, *after; /* NULL: not there */
	/* New on the side after, and no more on it. */
	struct names servers, old_servers, accounts, old_accounts;
};

struct diff {
	struct diff_side before, after;
	struct diff_item *v; /* by the first change, then by name */
	size_t n;
	size_t count[DIFF_CHANGES];
	size_t same;     /* devices of which nothing changed */
	size_t waiting;  /* silent, but not for longer than they use to be */
};

/* Two inventories. Where the second is the first one, grown since, its side is
 * what has been seen since then. */
bool diff_inventories(struct query *before, struct query *after,
	struct diff **out, struct err *e);
/* One inventory before and after a time; since and until (us, 0: none) bound
 * it. */
bool diff_times(struct query *q, int64_t since, int64_t at, int64_t until,
	struct diff **out, struct err *e);
/* Again, once names have changed. */
void diff_sort(struct diff *d);
void diff_free(struct diff *d);
