/* hearsay.h: what a network says of hosts that are of no concern so far: kept
 * in memory, and in no file, until one of them turns out to send mail. */
#pragma once
#include "capture/base/addr.h"
#include "capture/session/record.h"

enum {
	HEARSAY_HOSTS = 16384, /* those that were heard of least lately go */
	HEARSAY_FACTS = 32,    /* of one host; more are not taken */
};

/* A host goes by one of the two, the other is all zeroes. */
struct hearsay_host {
	struct addr addr;
	struct mac mac;
};

/* A binding, or a name of some kind. */
struct heard {
	struct heard *next;
	int64_t first, last; /* ns */
	bool binding;
	uint8_t kind;        /* enum record_how or record_name */
	struct addr addr;    /* of a binding */
	struct mac mac;
	char value[];        /* of a name */
};

struct hearsay;

struct hearsay *hearsay_new(const uint8_t key[16]);
void hearsay_free(struct hearsay *h);

/* Notes that f was heard (copied), or once more; value: of a name, else "".
 * True if it is new. */
bool hearsay_add(struct hearsay *h, const struct hearsay_host *host,
	const struct heard *f, const char *value);
/* All that is known of a host; borrowed until the next call but this. */
const struct heard *hearsay_of(const struct hearsay *h,
	const struct hearsay_host *host);
/* The same, and it is forgotten here: the caller frees each. */
struct heard *hearsay_take(struct hearsay *h, const struct hearsay_host *host);
/* Hosts and facts for which there was no room. */
uint64_t hearsay_forgotten(const struct hearsay *h);
