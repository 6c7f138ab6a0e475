/* hearsay.c: see hearsay.h. */
#include "inventory/hearsay.h"
#include "capture/base/bytes.h"
#include "capture/base/hash.h"
#include "inventory/sql.h"
#include <stdlib.h>

enum { BUCKETS = HEARSAY_HOSTS };

struct entry {
	struct entry *chain;          /* of its bucket */
	struct entry *newer, *older;
	struct hearsay_host host;
	struct heard *facts;
	size_t n;
};

struct hearsay {
	uint8_t key[16];
	struct entry *buckets[BUCKETS];
	struct entry *newest, *oldest;
	size_t n;
	uint64_t forgotten;
};

struct hearsay *hearsay_new(const uint8_t key[16])
{
	struct hearsay *h = xcalloc(1, sizeof *h);

	memcpy(h->key, key, sizeof h->key);
	return h;
}

static size_t bucket(const struct hearsay *h, const struct hearsay_host *host)
{
	uint8_t b[1 + sizeof host->addr.b + sizeof host->mac.b];
	struct wr w = wr_init(b, sizeof b);

	wr_u8(&w, host->addr.family);
	wr_bytes(&w, host->addr.b, sizeof host->addr.b);
	wr_bytes(&w, host->mac.b, sizeof host->mac.b);
	return hash_sip(h->key, b, wr_used(&w)) % BUCKETS;
}

static bool is_same(const struct hearsay_host *a, const struct hearsay_host *b)
{
	return addr_equal(&a->addr, &b->addr) &&
		memcmp(a->mac.b, b->mac.b, sizeof a->mac.b) == 0;
}

static struct entry *find(const struct hearsay *h,
	const struct hearsay_host *host)
{
	struct entry *x = h->buckets[bucket(h, host)];

	while (x && !is_same(&x->host, host))
		x = x->chain;
	return x;
}

static void unlink_age(struct hearsay *h, struct entry *x)
{
	if (x->newer)
		x->newer->older = x->older;
	else
		h->newest = x->older;
	if (x->older)
		x->older->newer = x->newer;
	else
		h->oldest = x->newer;
	x->newer = x->older = NULL;
}

static void link_age(struct hearsay *h, struct entry *x)
{
	x->older = h->newest;
	if (h->newest)
		h->newest->newer = x;
	else
		h->oldest = x;
	h->newest = x;
}

static void free_facts(struct heard *f)
{
	while (f) {
		struct heard *next = f->next;

		free(f);
		f = next;
	}
}

/* Takes an entry out; its facts are the caller's. */
static struct heard *take(struct hearsay *h, struct entry *x)
{
	struct entry **at = &h->buckets[bucket(h, &x->host)];
	struct heard *facts = x->facts;

	while (*at != x)
		at = &(*at)->chain;
	*at = x->chain;
	unlink_age(h, x);
	h->n--;
	free(x);
	return facts;
}

void hearsay_free(struct hearsay *h)
{
	if (!h)
		return;
	while (h->oldest)
		free_facts(take(h, h->oldest));
	free(h);
}

static struct entry *open_entry(struct hearsay *h,
	const struct hearsay_host *host)
{
	struct entry *x = find(h, host), **at;

	if (x) {
		unlink_age(h, x);
		link_age(h, x);
		return x;
	}
	if (h->n == HEARSAY_HOSTS) {
		h->forgotten++;
		free_facts(take(h, h->oldest));
	}
	x = xcalloc(1, sizeof *x);
	x->host = *host;
	at = &h->buckets[bucket(h, host)];
	x->chain = *at;
	*at = x;
	link_age(h, x);
	h->n++;
	return x;
}

bool hearsay_add(struct hearsay *h, const struct hearsay_host *host,
	const struct heard *f, const char *value)
{
	struct entry *x = open_entry(h, host);
	struct heard *new, **at = &x->facts;
	size_t n = strlen(value) + 1;

	for (; *at; at = &(*at)->next) {
		struct heard *old = *at;

		if (old->binding != f->binding || old->kind != f->kind ||
			!addr_equal(&old->addr, &f->addr) ||
			memcmp(&old->mac, &f->mac, sizeof f->mac) != 0 ||
			strcmp(old->value, value) != 0)
			continue;
		old->first = f->first < old->first ? f->first : old->first;
		old->last = f->last > old->last ? f->last : old->last;
		return false;
	}
	if (x->n == HEARSAY_FACTS) {
		h->forgotten++;
		return false;
	}
	new = xcalloc(1, sizeof *new + n);
	*new = *f;
	new->next = NULL;
	memcpy(new->value, value, n);
	*at = new;
	x->n++;
	return true;
}

const struct heard *hearsay_of(const struct hearsay *h,
	const struct hearsay_host *host)
{
	const struct entry *x = find(h, host);

	return x ? x->facts : NULL;
}

struct heard *hearsay_take(struct hearsay *h, const struct hearsay_host *host)
{
	struct entry *x = find(h, host);

	return x ? take(h, x) : NULL;
}

uint64_t hearsay_forgotten(const struct hearsay *h)
{
	return h->forgotten;
}
