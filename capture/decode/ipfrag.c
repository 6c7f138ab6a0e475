/* ipfrag.c: see ipfrag.h. A packet is a list of blocks, sorted by offset and
 * without overlaps; it is whole when they add up to its length. */
#include "capture/decode/ipfrag.h"
#include "capture/base/bytes.h"
#include "capture/base/hash.h"
#include "capture/base/pool.h"
#include <assert.h>

enum { KEY = 38 }; /* addresses, protocol, number */

struct block {
	struct block *next;
	uint16_t offset, n;
	uint8_t bytes[IPFRAG_BLOCK];
};

struct packet_parts {
	struct packet_parts *chain;         /* next in the hash bucket */
	struct packet_parts *newer, *older; /* by first piece, in its list */
	struct block *first;
	int64_t since;    /* the first piece; once whole, when that was */
	uint8_t key[KEY];
	uint8_t proto;
	bool whole;       /* given out; kept to know late copies */
	bool has_end;
	uint16_t end;     /* length of the packet, if has_end */
	uint16_t top;     /* the furthest byte that any piece has reached */
	uint16_t have;    /* bytes in blocks */
	uint16_t blocks;
};

/* Oldest first. */
struct list {
	struct packet_parts *oldest, *newest;
};

struct ipfrag {
	uint8_t secret[16];
	struct ipfrag_counts counts;
	struct pool blocks, packets;
	struct list waiting, whole;
	struct packet_parts **buckets;
	uint64_t mask;
	size_t out_n;
	uint8_t out[IPFRAG_LONGEST];
};

_Static_assert(sizeof(struct block) <= 768, "one block, 768 bytes");

/* Most packets are two pieces and three blocks. */
static size_t packets_for(size_t blocks)
{
	return blocks / 2 + 1;
}

static size_t buckets_for(size_t blocks)
{
	size_t n = 1;

	while (n < packets_for(blocks))
		n *= 2;
	return n;
}

size_t ipfrag_bytes(size_t blocks)
{
	return pool_bytes(sizeof(struct ipfrag), 1) +
		pool_bytes(sizeof(struct block), blocks) +
		pool_bytes(sizeof(struct packet_parts), packets_for(blocks)) +
		buckets_for(blocks) * sizeof(struct packet_parts *);
}

struct ipfrag *ipfrag_init(void *mem, size_t blocks, const uint8_t key[16])
{
	struct ipfrag *f = mem;
	char *p = mem;

	assert(blocks > 0);
	memcpy(f->secret, key, sizeof f->secret);
	p += pool_bytes(sizeof *f, 1);
	pool_init(&f->blocks, p, sizeof(struct block), blocks);
	p += pool_bytes(sizeof(struct block), blocks);
	pool_init(&f->packets, p, sizeof(struct packet_parts),
		packets_for(blocks));
	p += pool_bytes(sizeof(struct packet_parts), packets_for(blocks));
	f->buckets = (struct packet_parts **)(void *)p;
	f->mask = buckets_for(blocks) - 1;
	return f;
}

const struct ipfrag_counts *ipfrag_counts(const struct ipfrag *f)
{
	return &f->counts;
}

void ipfrag_wipe(struct ipfrag *f)
{
	bytes_wipe(f->out, f->out_n);
	f->out_n = 0;
}

static void list_add(struct list *l, struct packet_parts *k)
{
	k->older = l->newest;
	k->newer = NULL;
	if (l->newest)
		l->newest->newer = k;
	else
		l->oldest = k;
	l->newest = k;
}

static void list_remove(struct list *l, struct packet_parts *k)
{
	if (k->older)
		k->older->newer = k->newer;
	else
		l->oldest = k->newer;
	if (k->newer)
		k->newer->older = k->older;
	else
		l->newest = k->older;
}

static struct packet_parts **bucket(struct ipfrag *f, const uint8_t key[KEY])
{
	return &f->buckets[hash_sip(f->secret, key, KEY) & f->mask];
}

static void free_blocks(struct ipfrag *f, struct packet_parts *k)
{
	while (k->first) {
		struct block *b = k->first;

		k->first = b->next;
		pool_put(&f->blocks, b);
	}
	k->blocks = 0;
}

static void forget(struct ipfrag *f, struct packet_parts *k)
{
	struct packet_parts **at = bucket(f, k->key);

	while (*at != k)
		at = &(*at)->chain;
	*at = k->chain;
	list_remove(k->whole ? &f->whole : &f->waiting, k);
	free_blocks(f, k);
	pool_put(&f->packets, k);
}

/* Time may also go back: the next file is older. */
static bool is_over(const struct packet_parts *k, int64_t now)
{
	int64_t wait = k->whole ? IPFRAG_ECHO : IPFRAG_WAIT;

	return now - k->since > wait || k->since - now > wait;
}

static void expire(struct ipfrag *f, int64_t now)
{
	while (f->whole.oldest && is_over(f->whole.oldest, now))
		forget(f, f->whole.oldest);
	while (f->waiting.oldest && is_over(f->waiting.oldest, now)) {
		f->counts.timed_out++;
		forget(f, f->waiting.oldest);
	}
}

static struct packet_parts *find(struct ipfrag *f, const uint8_t key[KEY],
	int64_t now)
{
	struct packet_parts *k = *bucket(f, key);

	while (k && memcmp(k->key, key, KEY) != 0)
		k = k->chain;
	if (!k || !is_over(k, now))
		return k;
	/* The number is in use again. */
	if (!k->whole)
		f->counts.timed_out++;
	forget(f, k);
	return NULL;
}

static struct packet_parts *add(struct ipfrag *f, const uint8_t key[KEY],
	int64_t now)
{
	struct packet_parts *k = pool_get(&f->packets), **at;

	if (!k && f->whole.oldest) {
		forget(f, f->whole.oldest);
		k = pool_get(&f->packets);
	} else if (!k) {
		f->counts.evicted++;
		forget(f, f->waiting.oldest);
		k = pool_get(&f->packets);
	}
	assert(k);
	memcpy(k->key, key, KEY);
	k->since = now;
	at = bucket(f, key);
	k->chain = *at;
	*at = k;
	list_add(&f->waiting, k);
	return k;
}

/* A block for k, if need be at the cost of the oldest packet but k. */
static struct block *block_get(struct ipfrag *f, struct packet_parts *k)
{
	struct block *b;

	if (k->blocks >= IPFRAG_BLOCKS)
		return NULL;
	while ((b = pool_get(&f->blocks)) == NULL) {
		struct packet_parts *victim = f->waiting.oldest;

		if (victim == k)
			victim = k->newer;
		if (!victim)
			return NULL;
		f->counts.evicted++;
		forget(f, victim);
	}
	k->blocks++;
	return b;
}

/* Where the bytes go: behind last, which may be NULL, in front of *at. */
struct place {
	struct block *last, **at;
};

static void step(struct place *w)
{
	w->last = *w->at;
	w->at = &w->last->next;
}

/* Copies n bytes into blocks. False: there is no room. */
static bool fill(struct ipfrag *f, struct packet_parts *k, struct place *w,
	size_t offset, const uint8_t *p, size_t n)
{
	while (n > 0) {
		struct block *b = w->last;
		size_t take;

		/* Small pieces in order share a block. */
		if (!b || b->offset + b->n != (int)offset ||
			b->n == IPFRAG_BLOCK) {
			b = block_get(f, k);
			if (!b)
				return false;
			b->offset = (uint16_t)offset;
			b->next = *w->at;
			*w->at = b;
			step(w);
		}
		take = IPFRAG_BLOCK - (size_t)b->n;
		take = take < n ? take : n;
		memcpy(b->bytes + b->n, p, take);
		b->n = (uint16_t)(b->n + take);
		k->have = (uint16_t)(k->have + take);
		p += take;
		offset += take;
		n -= take;
	}
	return true;
}

/* Stores what no earlier piece had. False: there is no room. */
static bool store(struct ipfrag *f, struct packet_parts *k,
	const struct ipfrag_piece *piece)
{
	size_t from = piece->offset, end = piece->offset + piece->n;
	size_t before = k->have, fresh;
	struct place w = {NULL, &k->first};

	while (from < end) {
		struct block *b = *w.at;
		size_t hole = b && b->offset < end ? b->offset : end;

		if (from < hole) {
			if (!fill(f, k, &w, from,
				    piece->p + (from - piece->offset),
				    hole - from))
				return false;
			from = hole;
		} else {
			/* b begins at or before from: go over it. */
			if (from < (size_t)b->offset + b->n)
				from = (size_t)b->offset + b->n;
			step(&w);
		}
	}
	fresh = k->have - before;
	if (fresh == 0)
		f->counts.duplicates++;
	else if (fresh < piece->n)
		f->counts.overlaps++;
	return true;
}

static void give_out(struct ipfrag *f, struct packet_parts *k, int64_t now,
	struct ipfrag_whole *out)
{
	ipfrag_wipe(f);
	for (const struct block *b = k->first; b; b = b->next) {
		memcpy(f->out + f->out_n, b->bytes, b->n);
		f->out_n += b->n;
	}
	assert(f->out_n == k->end);
	free_blocks(f, k);
	list_remove(&f->waiting, k);
	k->whole = true;
	k->since = now;
	list_add(&f->whole, k);
	f->counts.packets++;
	*out = (struct ipfrag_whole){k->proto, f->out, f->out_n};
}

/* Do offset and length agree with what was seen of the packet? */
static bool fits(const struct packet_parts *k, const struct ipfrag_piece *piece)
{
	size_t end = piece->offset + piece->n;

	if (k->has_end && (end > k->end || (!piece->more && end != k->end)))
		return false;
	return piece->more || end >= k->top;
}

static bool is_well_formed(const struct ipfrag_piece *piece)
{
	return piece->n > 0 && piece->offset % 8 == 0 &&
		piece->offset <= IPFRAG_LONGEST &&
		piece->n <= IPFRAG_LONGEST - piece->offset &&
		(!piece->more || piece->n % 8 == 0);
}

static void make_key(uint8_t key[KEY], const struct ipfrag_piece *piece)
{
	struct wr w = wr_init(key, KEY);

	wr_u8(&w, piece->src->family);
	wr_bytes(&w, piece->src->b, sizeof piece->src->b);
	wr_bytes(&w, piece->dst->b, sizeof piece->dst->b);
	wr_u8(&w, piece->src->family == 4 ? piece->proto : 0);
	wr_be32(&w, piece->id);
	assert(wr_ok(&w) && wr_used(&w) == KEY);
}

enum ipfrag_result ipfrag_push(struct ipfrag *f,
	const struct ipfrag_piece *piece, struct ipfrag_whole *out)
{
	struct packet_parts *k;
	uint8_t key[KEY];

	f->counts.pieces++;
	if (!is_well_formed(piece)) {
		f->counts.malformed++;
		return IPFRAG_BAD;
	}
	make_key(key, piece);
	expire(f, piece->at);
	k = find(f, key, piece->at);
	if (k && k->whole) {
		f->counts.duplicates++;
		return IPFRAG_KEPT;
	}
	if (!k)
		k = add(f, key, piece->at);
	if (!fits(k, piece)) {
		f->counts.malformed++;
		return IPFRAG_BAD;
	}
	if (!store(f, k, piece)) {
		f->counts.evicted++;
		forget(f, k);
		return IPFRAG_KEPT;
	}
	if (piece->offset == 0)
		k->proto = piece->proto;
	if (!piece->more) {
		k->has_end = true;
		k->end = (uint16_t)(piece->offset + piece->n);
	}
	if (piece->offset + piece->n > k->top)
		k->top = (uint16_t)(piece->offset + piece->n);
	if (!k->has_end || k->have < k->end)
		return IPFRAG_KEPT;
	give_out(f, k, piece->at, out);
	return IPFRAG_WHOLE;
}
