/* flow.c: see flow.h. */
#include "capture/stream/flow.h"
#include "capture/base/bytes.h"
#include "capture/base/hash.h"
#include "capture/base/pool.h"
#include "capture/stream/half.h"
#include <assert.h>
#include <stdalign.h>

enum { CACHE_LINE = 64 };

static_assert(sizeof(struct flow) <= 4 * CACHE_LINE,
	"a flood fills the table with them");
static_assert(sizeof(struct flow) % alignof(max_align_t) == 0,
	"in the pool they are an array");

/* How far behind its stream a SYN may come and still be that stream's. */
enum { LATE_SYN = 1 << 16 };

/* Copies of a connection's last segments have come by then, ns. */
#define STALE INT64_C(2000000000)

/* Flows that wait are in lists by how long they do, and whether they keep
 * blocks meanwhile: so in each the first one is the first to be ripe. */
enum { WAITS = 2 * REASM_PATIENCES };

/* Where a flow is found: its place is the first empty slot from hash & mask
 * on. Eight of them lie in a line of the cache, so nearly always one such line
 * tells whether there is a flow; another table of pointers and chains through
 * the flows themselves would cost one for each step. */
struct slot {
	uint32_t hash;
	uint32_t flow; /* its number in the pool, from 1; 0: empty */
};

/* The two ends of a connection, in an order that both directions give. */
struct ends {
	size_t n; /* bytes of w that count; others are 0 */
	uint64_t w[6];
};

struct flow_table {
	struct slot *slots;
	uint32_t mask;
	struct flow *flows; /* the pool's memory */
	struct pool pool;
	struct {
		struct flow *newest, *oldest;
		size_t n;
	} use[FLOW_RANKS];
	struct {
		struct flow *first, *last;
	} wait[WAITS];
	uint8_t key[16];
	struct ends last; /* that were asked for */
	uint32_t last_hash;
};

static size_t aligned(size_t n)
{
	size_t a = alignof(max_align_t);

	return (n + a - 1) / a * a;
}

/* At least a third of them stays empty, so that runs of others are short. */
static size_t slot_count(size_t flows)
{
	size_t n = 2;

	while (n < flows + flows / 2)
		n *= 2;
	return n;
}

size_t flow_table_bytes(size_t flows)
{
	return aligned(sizeof(struct flow_table)) +
		aligned(slot_count(flows) * sizeof(struct slot)) +
		CACHE_LINE + pool_bytes(sizeof(struct flow), flows);
}

struct flow_table *flow_table_init(void *mem, size_t flows,
	const uint8_t key[16])
{
	struct flow_table *t = mem;
	size_t n = slot_count(flows);
	char *p = (char *)mem + aligned(sizeof *t);

	assert(n - 1 <= UINT32_MAX && flows < UINT32_MAX);
	t->slots = (void *)p;
	t->mask = (uint32_t)(n - 1);
	p += aligned(n * sizeof *t->slots);
	p += CACHE_LINE - (uintptr_t)p % CACHE_LINE;
	t->flows = (void *)p;
	pool_init(&t->pool, t->flows, sizeof(struct flow), flows);
	memcpy(t->key, key, sizeof t->key);
	return t;
}

/* Is the packet's source the lower one of its two ends? The same in both
 * directions, seen from opposite sides. */
static bool from_lower(const struct packet *p)
{
	int d = memcmp(p->src.b, p->dst.b, sizeof p->src.b);

	return d < 0 || (d == 0 && p->sport < p->dport);
}

/* Those of IPv4 are two words, and never bytes. */
static struct ends ends_of(const struct packet *p)
{
	struct ends e = {.n = sizeof e.w};
	bool lower;

	if (p->src.family == 4 && p->dst.family == 4) {
		uint32_t src, dst;

		memcpy(&src, p->src.b, sizeof src);
		memcpy(&dst, p->dst.b, sizeof dst);
		lower = src < dst || (src == dst && p->sport < p->dport);
		e.w[0] = lower ? (uint64_t)src << 32 | dst
			: (uint64_t)dst << 32 | src;
		e.n = 2 * sizeof *e.w;
	} else {
		lower = from_lower(p);
		memcpy(e.w + 2, lower ? p->src.b : p->dst.b, 16);
		memcpy(e.w + 4, lower ? p->dst.b : p->src.b, 16);
		e.w[0] = 0;
	}
	e.w[1] = lower ? (uint64_t)p->sport << 16 | p->dport
		: (uint64_t)p->dport << 16 | p->sport;
	return e;
}

static bool same_ends(const struct ends *a, const struct ends *b)
{
	return a->n == b->n && a->w[0] == b->w[0] && a->w[1] == b->w[1] &&
		(a->n == 2 * sizeof *a->w ||
			memcmp(a->w, b->w, sizeof a->w) == 0);
}

/* Packets of one connection come in trains, and a flow that is not found is
 * then added: so the last answer is often the next one. */
static uint32_t hash_of(struct flow_table *t, const struct packet *p)
{
	struct ends e = ends_of(p);

	if (!same_ends(&e, &t->last)) {
		t->last = e;
		t->last_hash = (uint32_t)hash_sip(t->key, e.w, e.n);
	}
	return t->last_hash;
}

static void place(struct flow_table *t, const struct flow *f)
{
	uint32_t i = f->hash & t->mask;

	while (t->slots[i].flow != 0)
		i = (i + 1) & t->mask;
	t->slots[i] = (struct slot){f->hash, (uint32_t)(f - t->flows) + 1};
}

/* Those behind it move up, unless that would be before where their search
 * begins: so no run of slots has a hole. */
static void unplace(struct flow_table *t, const struct flow *f)
{
	uint32_t number = (uint32_t)(f - t->flows) + 1;
	uint32_t i = f->hash & t->mask, next;

	while (t->slots[i].flow != number)
		i = (i + 1) & t->mask;
	for (next = (i + 1) & t->mask; t->slots[next].flow != 0;
		next = (next + 1) & t->mask) {
		uint32_t home = t->slots[next].hash & t->mask;

		if (((next - home) & t->mask) < ((next - i) & t->mask))
			continue;
		t->slots[i] = t->slots[next];
		i = next;
	}
	t->slots[i] = (struct slot){0};
}

static bool is_from(const struct flow *f, enum side s, const struct packet *p)
{
	enum side o = side_other(s);

	return f->port[s] == p->sport && f->port[o] == p->dport &&
		addr_equal(&f->addr[s], &p->src) &&
		addr_equal(&f->addr[o], &p->dst);
}

/* The lists by last use. */

static void use_link(struct flow_table *t, struct flow *f)
{
	f->older = t->use[f->rank].newest;
	f->newer = NULL;
	if (f->older)
		f->older->newer = f;
	else
		t->use[f->rank].oldest = f;
	t->use[f->rank].newest = f;
	t->use[f->rank].n++;
}

static void use_unlink(struct flow_table *t, struct flow *f)
{
	if (f->newer)
		f->newer->older = f->older;
	else
		t->use[f->rank].newest = f->older;
	if (f->older)
		f->older->newer = f->newer;
	else
		t->use[f->rank].oldest = f->newer;
	t->use[f->rank].n--;
}

/* The lists of those that wait. */

static void wait_link(struct flow_table *t, struct flow *f, unsigned list)
{
	f->wait_prev = t->wait[list].last;
	f->wait_next = NULL;
	if (f->wait_prev)
		f->wait_prev->wait_next = f;
	else
		t->wait[list].first = f;
	t->wait[list].last = f;
	f->waits = (uint8_t)(list + 1);
}

static void wait_unlink(struct flow_table *t, struct flow *f)
{
	unsigned list = f->waits - 1u;

	if (f->wait_prev)
		f->wait_prev->wait_next = f->wait_next;
	else
		t->wait[list].first = f->wait_next;
	if (f->wait_next)
		f->wait_next->wait_prev = f->wait_prev;
	else
		t->wait[list].last = f->wait_prev;
	f->waits = 0;
}
static bool is_syn(const struct packet *p)
{
	return (p->flags & (TCP_SYN | TCP_RST | TCP_FIN)) == TCP_SYN;
}

bool flow_is_mail_port(uint16_t port)
{
	switch (port) {
	case 25: case 26: case 465: case 587: case 2465: case 2525:
	case 2587: case 8025:
		return true;
	default:
		return false;
	}
}

/* The likely role of a packet's sender where no SYN tells. */
static enum side guess_side(const struct packet *p)
{
	bool from_mail = flow_is_mail_port(p->sport);

	if (from_mail != flow_is_mail_port(p->dport))
		return from_mail ? SIDE_SERVER : SIDE_CLIENT;
	return p->sport < p->dport ? SIDE_SERVER : SIDE_CLIENT;
}

/* Two SYNs may cross (RFC 9293, 3.5, figure 7): then either is answered, and
 * who is the server the ports must tell. */
static bool crosses(const struct flow *f, enum side s, const struct packet *p)
{
	return !(p->flags & TCP_ACK) && f->has_isn[side_other(s)] &&
		!f->has_isn[s] && !f->reasm.half[s].known;
}

/* The roles and the beginning are what a flow's own SYN says. */
static void learn_syn(struct flow *f, enum side *s, const struct packet *p)
{
	bool answer = p->flags & TCP_ACK;
	enum side sender = answer ? SIDE_SERVER : SIDE_CLIENT;

	if (crosses(f, *s, p)) {
		sender = guess_side(p);
		f->roles_sure = false;
	}
	if (*s != sender && !f->roles_sure && !f->reasm.half[0].given &&
		!f->reasm.half[1].given) {
		flow_swap(f);
		*s = sender;
	}
	if (*s == sender)
		f->roles_sure = true;
	f->midstream = false;
	f->isn[*s] = p->seq;
	f->has_isn[*s] = true;
	if (answer && !f->has_isn[side_other(*s)]) {
		f->isn[side_other(*s)] = p->ack - 1;
		f->has_isn[side_other(*s)] = true;
	}
	if (f->has_isn[SIDE_CLIENT] && f->has_isn[SIDE_SERVER])
		reasm_release(&f->reasm);
}

/* Whose is a SYN that comes on a flow's addresses? */
enum syn { SYN_OURS, SYN_OLD, SYN_NEW };

/* A SYN ACK acknowledges the SYN, and perhaps what came with it (RFC 7413). */
static bool answers(const struct flow *f, enum side asked,
	const struct packet *p)
{
	uint32_t first = f->isn[asked] + 1, most = 0;

	if (f->reasm.half[asked].known)
		most = half_end(&f->reasm, asked) - first;
	return p->ack - first <= most;
}

static enum syn judge_syn(const struct flow *f, enum side side,
	const struct packet *p)
{
	const struct reasm_half *h = &f->reasm.half[side];
	enum side other = side_other(side);
	int32_t ahead = (int32_t)(p->seq - h->next);

	if (f->has_isn[side] && f->isn[side] == p->seq)
		return SYN_OURS;
	if (crosses(f, side, p))
		return SYN_OURS;
	/* A server that keeps no state (SYN cookies) may choose another ISN
	 * when it answers the same SYN again. An answer to another SYN is an
	 * old one, or that of a firewall which gives either of two mirrored
	 * lines its own sequence numbers. */
	if ((p->flags & TCP_ACK) && f->has_isn[other] && !h->given)
		return answers(f, other, p) ? SYN_OURS : SYN_OLD;
	/* Where no SYN of this side is on record, it may be a late one. */
	if (!f->has_isn[side] && h->known && ahead < 0 && ahead >= -LATE_SYN)
		return SYN_OURS;
	return SYN_NEW;
}

bool flow_is_reused(const struct flow *f, enum side side,
	const struct packet *p)
{
	const struct reasm_half *h = &f->reasm.half[side];
	int32_t ahead = (int32_t)(p->seq - h->next);

	if (is_syn(p))
		return judge_syn(f, side, p) == SYN_NEW;
	return f->closed && p->at - f->last_seen > STALE && p->n > 0 &&
		!(p->flags & TCP_RST) && h->known &&
		(ahead > REASM_FAR || ahead < -REASM_FAR);
}

void flow_use(struct flow_table *t, struct flow *f)
{
	if (f == t->use[f->rank].newest)
		return;
	use_unlink(t, f);
	use_link(t, f);
}

void flow_set_rank(struct flow_table *t, struct flow *f, enum flow_rank rank)
{
	if (f->rank == rank)
		return;
	use_unlink(t, f);
	f->rank = (uint8_t)rank;
	use_link(t, f);
}

/* In a flood one gives way for each packet, and none of them is in the cache
 * any more: what the next two times will need is asked for in time. */
static void foresee(const struct flow_table *t, const struct flow *f)
{
	const struct flow *next = f->newer;

	if (!next)
		return;
	__builtin_prefetch(&t->slots[next->hash & t->mask]);
	next = next->newer;
	for (size_t i = 0; next && i < sizeof *next; i += CACHE_LINE)
		__builtin_prefetch((const char *)next + i);
}

struct flow *flow_victim(const struct flow_table *t)
{
	if (t->use[FLOW_CHEAP].n > t->pool.total / 4) {
		foresee(t, t->use[FLOW_CHEAP].oldest);
		return t->use[FLOW_CHEAP].oldest;
	}
	if (t->use[FLOW_OPEN].n > 0)
		return t->use[FLOW_OPEN].oldest;
	return t->use[FLOW_CHEAP].n > 0 ? t->use[FLOW_CHEAP].oldest :
		t->use[FLOW_IN_USE].oldest;
}

struct flow *flow_find(struct flow_table *t, const struct packet *p,
	enum side *side)
{
	uint32_t hash = hash_of(t, p), i;
	struct flow *f = NULL;

	for (i = hash & t->mask; t->slots[i].flow != 0; i = (i + 1) & t->mask) {
		if (t->slots[i].hash != hash)
			continue;
		f = &t->flows[t->slots[i].flow - 1];
		if (is_from(f, SIDE_CLIENT, p))
			*side = SIDE_CLIENT;
		else if (is_from(f, SIDE_SERVER, p))
			*side = SIDE_SERVER;
		else
			continue;
		break;
	}
	if (t->slots[i].flow == 0)
		return NULL;
	if (!f->closed) {
		flow_use(t, f);
		if (p->at > f->last_seen)
			f->last_seen = p->at;
	}
	if (is_syn(p) && judge_syn(f, *side, p) == SYN_OURS)
		learn_syn(f, side, p);
	return f;
}

struct flow *flow_add(struct flow_table *t, const struct packet *p,
	struct reasm_store *store, enum side *side)
{
	struct flow *f = pool_get(&t->pool);
	enum side s = guess_side(p), o;

	if (!f)
		return NULL;
	if (is_syn(p))
		s = p->flags & TCP_ACK ? SIDE_SERVER : SIDE_CLIENT;
	o = side_other(s);
	f->addr[s] = p->src;
	f->addr[o] = p->dst;
	f->port[s] = p->sport;
	f->port[o] = p->dport;
	f->first_seen = f->last_seen = p->at;
	f->midstream = true;
	reasm_init(&f->reasm, store);
	if (is_syn(p))
		learn_syn(f, &s, p);
	f->hash = hash_of(t, p);
	place(t, f);
	use_link(t, f);
	*side = s;
	return f;
}

static void note_vlans(struct flow *f, const struct packet *p)
{
	f->vlan_n = p->vlan_n;
	memcpy(f->vlans, p->vlans, sizeof f->vlans);
}

/* Until it speaks itself, a side is where frames go to. */
static void note_unseen(struct flow *f, enum side side, const struct packet *p,
	uint8_t ttl)
{
	struct flow_link *l = &f->link[side];

	if (l->ttl > 0 || (f->lowest > 0 && ttl >= f->lowest))
		return;
	f->lowest = ttl;
	if (p->has_dst_mac) {
		l->mac = p->dst_mac;
		l->has_mac = true;
	}
	if (side == SIDE_CLIENT)
		note_vlans(f, p);
}

void flow_note_link(struct flow *f, enum side side, const struct packet *p)
{
	struct flow_link *from = &f->link[side];
	uint8_t ttl = p->ttl > 0 ? p->ttl : 1;

	note_unseen(f, side_other(side), p, ttl);
	if (ttl <= from->ttl)
		return;
	from->ttl = ttl;
	if (p->has_src_mac) {
		from->mac = p->src_mac;
		from->has_mac = true;
	}
	if (side == SIDE_CLIENT)
		note_vlans(f, p);
}

void flow_swap(struct flow *f)
{
	struct flow_link link = f->link[0];
	struct addr addr = f->addr[0];
	uint16_t port = f->port[0];
	uint32_t isn = f->isn[0];
	bool has_isn = f->has_isn[0];

	f->addr[0] = f->addr[1];
	f->addr[1] = addr;
	f->port[0] = f->port[1];
	f->port[1] = port;
	f->isn[0] = f->isn[1];
	f->isn[1] = isn;
	f->has_isn[0] = f->has_isn[1];
	f->has_isn[1] = has_isn;
	f->link[0] = f->link[1];
	f->link[1] = link;
	f->roles_sure = true;
	reasm_swap(&f->reasm);
}

void flow_remove(struct flow_table *t, struct flow *f)
{
	unplace(t, f);
	use_unlink(t, f);
	if (f->waits)
		wait_unlink(t, f);
	reasm_clear(&f->reasm);
	pool_put(&t->pool, f);
}

struct flow *flow_oldest(const struct flow_table *t, enum flow_rank rank)
{
	return t->use[rank].oldest;
}

size_t flow_count(const struct flow_table *t)
{
	return t->pool.used;
}

/* Which list a flow that waits belongs in. */
static unsigned list_of(const struct flow *f, int64_t *since)
{
	enum reasm_patience p;

	*since = reasm_waits_since(&f->reasm, &p);
	return 2 * (unsigned)p + reasm_keeps(&f->reasm);
}

/* Does it stand where it should, before those that began to wait later? */
static bool is_in_place(const struct flow *f, unsigned list, int64_t since)
{
	enum reasm_patience p;

	return f->waits == list + 1 && (!f->wait_next ||
		since <= reasm_waits_since(&f->wait_next->reasm, &p));
}

void flow_update_wait(struct flow_table *t, struct flow *f)
{
	bool waits = reasm_waiting(&f->reasm);
	int64_t since = 0;
	unsigned list = 0;

	if (waits)
		list = list_of(f, &since);
	if (waits && is_in_place(f, list, since))
		return;
	if (f->waits)
		wait_unlink(t, f);
	if (waits)
		wait_link(t, f, list);
}

struct flow *flow_first_ripe(const struct flow_table *t, int64_t now)
{
	for (int i = 0; i < WAITS; i++) {
		struct flow *f = t->wait[i].first;

		if (f && reasm_is_ripe(&f->reasm, now))
			return f;
	}
	return NULL;
}

struct flow *flow_first_keeping(const struct flow_table *t)
{
	struct flow *first = NULL;
	int64_t first_since = 0;

	for (unsigned i = 1; i < WAITS; i += 2) {
		struct flow *f = t->wait[i].first;
		enum reasm_patience p;
		int64_t since;

		if (!f)
			continue;
		since = reasm_waits_since(&f->reasm, &p);
		if (!first || since < first_since) {
			first = f;
			first_since = since;
		}
	}
	return first;
}
