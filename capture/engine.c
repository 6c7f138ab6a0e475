/* engine.c: see engine.h. A packet's way, from top to bottom: decap, flow,
 * reasm, session, record. */
#include "capture/engine.h"
#include "capture/base/bytes.h"
#include "capture/base/pool.h"
#include "capture/session/hint.h"
#include "capture/session/session.h"
#include "capture/stream/flow.h"
#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>

#define SECOND      INT64_C(1000000000)     /* ns */
#define TICK        (SECOND / 20)           /* holes ripen, in packet time */
#define CHECKPOINT  (2 * SECOND)            /* between two of one session */
#define IDLE        (600 * SECOND)          /* twice RFC 5321, 4.5.3.2.7 */

enum {
	LOOKS = 16,         /* chunks looked at to find mail mid-stream */
};

/* What was decided of a flow; kept in struct flow. */
enum verdict {
	FLOW_LOOKING = 0, /* below LOOKS: so many chunks were nothing */
	FLOW_MAIL = LOOKS,
	FLOW_OTHER,
};

/* What is known of a session: the more, the later it gives way. */
enum rank { RANK_MAYBE, RANK_MAIL, RANK_AUTH, RANKS };

/* A session in the pool: live sessions are in a list of their rank, ended ones
 * in a queue until they have been told. */
struct slot {
	struct slot *next, *prev;
	enum rank rank;
	struct flow *flow; /* of a live one */
	alignas(max_align_t) uint8_t session[];
};

struct engine {
	uint8_t sensor[16];
	struct ipfrag *frags;
	struct reasm_store *store;
	struct flow_table *flows;
	struct pool slots;
	/* All that have not ended, by last use. */
	struct {
		struct slot *newest, *quiet;
		size_t n;
	} live[RANKS];
	size_t live_most;
	struct slot *ended, **ended_tail;
	struct slot *told;         /* ended and given out: freed next */
	struct slot *checkpoint;   /* the next one to look at, or NULL */
	enum rank unchecked;       /* and then those of the rank */
	struct tls_scratch scratch;
	struct hints hints;
	int64_t now, ticked, checked;
	bool leaping; /* the last frame's time was far from all before */
	bool finishing;
	struct engine_counts counts;
	struct strangers strangers;
	void *memory[4];
};

static struct session *session_of(struct slot *slot)
{
	return (struct session *)(void *)slot->session;
}

/* ---- memory ---------------------------------------------------------- */

static size_t slot_size(void)
{
	return sizeof(struct slot) + session_size();
}

struct engine_limits engine_limits_for(size_t memory)
{
	struct engine_limits l = {.memory = memory};
	size_t left = memory > sizeof(struct engine)
		? memory - sizeof(struct engine) : 0;

	/* Shares of experience: an office has few sessions at a time and
	 * many flows; blocks are for holes only. */
	l.sessions = left / 100 * 35 / pool_bytes(slot_size(), 1);
	l.blocks = left / 100 * 30 / (reasm_store_bytes(1025) -
		reasm_store_bytes(1)) * 1024;
	l.flows = left / 100 * 30 * 1024 /
		(flow_table_bytes(2048) - flow_table_bytes(1024));
	l.fragments = left / 100 * 5 * 16 /
		(ipfrag_bytes(32) - ipfrag_bytes(16));
	return l;
}

static void *take(struct engine *e, int i, size_t n)
{
	e->memory[i] = calloc(1, n);
	return e->memory[i];
}

struct engine *engine_new(const struct engine_limits *l,
	const uint8_t sensor[16], const uint8_t secret[16])
{
	struct engine *e = calloc(1, sizeof *e);

	if (!e)
		return NULL;
	if (l->flows == 0 || l->sessions == 0 || l->blocks == 0 ||
		l->fragments == 0 ||
		!take(e, 0, flow_table_bytes(l->flows)) ||
		!take(e, 1, reasm_store_bytes(l->blocks)) ||
		!take(e, 2, pool_bytes(slot_size(), l->sessions + 1)) ||
		!take(e, 3, ipfrag_bytes(l->fragments))) {
		engine_free(e);
		return NULL;
	}
	memcpy(e->sensor, sensor, sizeof e->sensor);
	hints_init(&e->hints, secret);
	e->flows = flow_table_init(e->memory[0], l->flows, secret);
	e->store = reasm_store_init(e->memory[1], l->blocks);
	/* One more: that of a session which gives way is yet to be told. */
	pool_init(&e->slots, e->memory[2], slot_size(), l->sessions + 1);
	e->live_most = l->sessions;
	e->frags = ipfrag_init(e->memory[3], l->fragments, secret);
	e->ended_tail = &e->ended;
	return e;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < sizeof e->memory / sizeof e->memory[0]; i++)
		free(e->memory[i]);
	free(e);
}

/* ---- sessions: live, ended, told ------------------------------------- */

static void unlink_live(struct engine *e, struct slot *slot)
{
	if (e->checkpoint == slot)
		e->checkpoint = slot->next;
	if (slot->prev)
		slot->prev->next = slot->next;
	else
		e->live[slot->rank].newest = slot->next;
	if (slot->next)
		slot->next->prev = slot->prev;
	else
		e->live[slot->rank].quiet = slot->prev;
	slot->next = slot->prev = NULL;
	e->live[slot->rank].n--;
}

static void link_live(struct engine *e, struct slot *slot, enum rank rank)
{
	slot->rank = rank;
	slot->next = e->live[rank].newest;
	slot->prev = NULL;
	if (slot->next)
		slot->next->prev = slot;
	else
		e->live[rank].quiet = slot;
	e->live[rank].newest = slot;
	e->live[rank].n++;
}

/* Notes that a session was used, and what has come of it. */
static void use(struct engine *e, struct slot *slot)
{
	const struct session *s = session_of(slot);
	enum rank rank = RANK_MAYBE;

	if (session_verdict(s) == SESSION_MAIL)
		rank = session_has_auth(s) ? RANK_AUTH : RANK_MAIL;

	if (slot->rank == rank && slot == e->live[rank].newest)
		return;
	unlink_live(e, slot);
	link_live(e, slot, rank);
}

static void count_mail(struct engine *e, const struct record_session *r)
{
	bool client = r->flags & RECORD_SAW_CLIENT;
	bool server = r->flags & RECORD_SAW_SERVER;

	e->counts.mail++;
	e->counts.mail_one_sided += client != server;
	e->counts.mail_lossy += r->gap_bytes > 0;
}

/* Its flow lets go of a session: it is told if it is mail. */
static void end_session(struct engine *e, struct flow *f,
	enum record_ending how)
{
	struct slot *slot = f->session;

	if (!slot)
		return;
	f->session = NULL;
	unlink_live(e, slot);
	session_link(session_of(slot), f);
	session_end(session_of(slot), how);
	if (session_verdict(session_of(slot)) != SESSION_MAIL) {
		pool_put(&e->slots, slot);
		return;
	}
	count_mail(e, &session_record(session_of(slot))->session);
	*e->ended_tail = slot;
	e->ended_tail = &slot->next;
}

static bool drain_flow(struct engine *e, struct flow *f);

/* A connection is open once the client has answered the server's SYN, or where
 * bytes show that the beginning was missed. */
static void rank_flow(struct engine *e, struct flow *f)
{
	enum flow_rank rank = FLOW_CHEAP;

	if (f->session)
		rank = FLOW_IN_USE;
	else if (!f->closed && f->verdict != FLOW_OTHER &&
		(f->midstream || f->reasm.half[SIDE_CLIENT].acks))
		rank = FLOW_OPEN;
	flow_set_rank(e->flows, f, rank);
}

/* How a flow's sides have ended it, or else what ends it now. */
static enum record_ending ending(const struct flow *f,
	enum record_ending otherwise)
{
	const struct reasm_half *c = &f->reasm.half[SIDE_CLIENT];
	const struct reasm_half *s = &f->reasm.half[SIDE_SERVER];

	if (c->reset || s->reset)
		return RECORD_RESET;
	return (c->has_fin || !c->seen) && (s->has_fin || !s->seen) &&
		(c->has_fin || s->has_fin) ? RECORD_CLOSED : otherwise;
}

/* The end of a flow: what is left in its reassembly, then its session. */
static void end_flow(struct engine *e, struct flow *f, enum record_ending how)
{
	/* The many of a flood have nothing to tell. */
	if (!f->closed && (f->session || !reasm_is_empty(&f->reasm))) {
		how = ending(f, how);
		reasm_finish(&f->reasm);
		drain_flow(e, f);
	}
	end_session(e, f, how);
	flow_remove(e->flows, f);
}

/* In a full table. What had ended or was of no interest is no loss. */
static void evict_flow(struct engine *e)
{
	struct flow *f = flow_victim(e->flows);

	assert(f);
	if (!f->closed && f->verdict != FLOW_OTHER)
		e->counts.flows_evicted++;
	if (f->session)
		e->counts.sessions_evicted++;
	end_flow(e, f, RECORD_EVICTED);
}

/* Of a rank that has more than its share the one that was quiet the longest:
 * nobody can fill the pool with what may be mail, nor with AUTH that is told
 * already. The lowest such rank gives way. */
static struct slot *find_victim(const struct engine *e)
{
	size_t part = e->live_most / 4;
	const size_t shares[RANKS] = {part, part, e->live_most - 2 * part};
	struct slot *victim = NULL;

	for (int i = 0; i < RANKS; i++) {
		struct slot *slot = e->live[i].quiet;

		if (part > 0 && e->live[i].n > shares[i])
			return slot;
		if (slot && (!victim ||
			slot->flow->last_seen < victim->flow->last_seen))
			victim = slot;
	}
	return victim;
}

/* Where one more lives than may, one gives way: not before the newcomer's
 * first bytes were read, which seldom are mail. Of what may have become mail
 * nothing is told, so that it may begin once more. */
static void make_way(struct engine *e)
{
	size_t live_n = 0;
	struct flow *f;

	for (int i = 0; i < RANKS; i++)
		live_n += e->live[i].n;
	if (live_n <= e->live_most)
		return;
	f = find_victim(e)->flow;
	e->counts.sessions_evicted++;
	if (session_verdict(session_of(f->session)) == SESSION_MAYBE)
		f->midstream = true;
	else
		f->verdict = FLOW_OTHER;
	end_session(e, f, RECORD_EVICTED);
	if (f->verdict == FLOW_OTHER)
		reasm_clear(&f->reasm);
	rank_flow(e, f);
	flow_update_wait(e->flows, f);
}

static void start_session(struct engine *e, struct flow *f)
{
	struct session_start start = {
		.first_seen = f->first_seen,
		.addr = {f->addr[0], f->addr[1]},
		.port = {f->port[0], f->port[1]},
		.has_isn = f->has_isn[SIDE_CLIENT],
		.isn = f->isn[SIDE_CLIENT],
		.midstream = f->midstream,
		.lost = f->lost,
	};
	struct slot *slot = pool_get(&e->slots);

	if (!slot)
		return; /* all slots wait to be told: the caller drains late */
	session_init(session_of(slot), &start, e->sensor, &e->scratch);
	link_live(e, slot, RANK_MAYBE);
	slot->flow = f;
	f->session = slot;
	e->counts.sessions++;
}

/* ---- chunks: from reassembly to the session -------------------------- */

/* Is this flow worth a session? Until one starts, its first bytes are looked
 * at; mid-stream more than once, since the first may be in a body. */
static void look(struct engine *e, struct flow *f, struct chunk *c)
{
	if (c->kind == CHUNK_GAP) {
		f->midstream = true; /* the beginning is lost after all */
		f->lost += (uint32_t)(c->n < UINT32_MAX - f->lost
			? c->n : UINT32_MAX - f->lost);
	}
	if (c->kind != CHUNK_DATA || c->n == 0)
		return;
	if (session_plausible(c->side, f->port[SIDE_SERVER], c->p, c->n,
		f->midstream)) {
		start_session(e, f);
		return;
	}
	/* Ports lied: the client is where the commands come from. */
	if (!f->roles_sure && session_plausible(side_other(c->side),
		f->port[c->side], c->p, c->n, f->midstream)) {
		flow_swap(f);
		c->side = side_other(c->side);
		start_session(e, f);
		return;
	}
	if (!f->midstream || ++f->verdict >= LOOKS)
		f->verdict = FLOW_OTHER;
}

/* Both sides have ended, or the only one that can be seen. */
static bool has_ended(const struct reasm *r)
{
	const struct reasm_half *c = &r->half[SIDE_CLIENT];
	const struct reasm_half *s = &r->half[SIDE_SERVER];

	return (c->ended || !c->seen) && (s->ended || !s->seen) &&
		(c->ended || s->ended);
}

/* Gives the session all that reassembly has. True if that was the last. */
static bool drain_flow(struct engine *e, struct flow *f)
{
	struct chunk c;

	while (f->verdict != FLOW_OTHER &&
		reasm_next(&f->reasm, e->now, &c)) {
		struct slot *slot;

		if (!f->session)
			look(e, f, &c);
		slot = f->session;
		if (!slot)
			continue;
		session_feed(session_of(slot), &c);
		use(e, slot);
		if (session_verdict(session_of(slot)) == SESSION_NOT_MAIL)
			f->verdict = FLOW_OTHER;
	}
	/* A flow that is of no interest costs a look-up from now on. */
	if (f->verdict == FLOW_OTHER) {
		end_session(e, f, RECORD_CLOSED);
		reasm_clear(&f->reasm);
	}
	make_way(e);
	rank_flow(e, f);
	flow_update_wait(e->flows, f);
	return has_ended(&f->reasm);
}

static void close_flow(struct engine *e, struct flow *f)
{
	end_session(e, f, ending(f, RECORD_CLOSED));
	f->closed = true;
	rank_flow(e, f);
}

static void visit(struct engine *e, struct flow *f)
{
	if (drain_flow(e, f))
		close_flow(e, f);
}

/* ---- packets --------------------------------------------------------- */

static struct flow *flow_for(struct engine *e, const struct packet *p,
	enum side *side)
{
	struct flow *f = flow_find(e->flows, p, side);

	if (f && flow_is_reused(f, *side, p)) {
		end_flow(e, f, RECORD_IDLE);
		f = NULL;
	}
	if (f)
		return f;
	/* Nothing begins with a bare ACK, FIN or RST. */
	if (!(p->flags & TCP_SYN) && p->wire_n == 0)
		return NULL;
	f = flow_add(e->flows, p, e->store, side);
	if (!f) {
		evict_flow(e);
		f = flow_add(e->flows, p, e->store, side);
	}
	assert(f);
	e->counts.flows++;
	/* Until both SYNs are seen, or it is clear that they will not be. */
	if (!f->has_isn[SIDE_CLIENT] || !f->has_isn[SIDE_SERVER])
		reasm_hold(&f->reasm);
	return f;
}

/* Where blocks run short, those that were kept the longest go: or else the
 * next segment that comes too early would pay for a flood of holes. */
static void relieve(struct engine *e)
{
	struct flow *f;

	while (reasm_store_is_short(e->store) &&
		(f = flow_first_keeping(e->flows)) != NULL) {
		reasm_hurry(&f->reasm);
		visit(e, f);
	}
}

/* True if the payload may hold mail or a secret. */
static bool tcp(struct engine *e, const struct packet *p)
{
	enum side side;
	struct flow *f = flow_for(e, p, &side);
	bool secret = p->n > 0;

	if (!f)
		return false;
	/* A copy that is late, or of a session that gave way. */
	if (f->closed || f->verdict == FLOW_OTHER)
		return secret && flow_is_mail_port(f->port[SIDE_SERVER]);
	if (f->session)
		use(e, f->session);
	flow_note_link(f, side, p);
	reasm_push(&f->reasm, side, p);
	visit(e, f);
	relieve(e);
	if (f->session)
		secret = secret && session_in_clear(session_of(f->session));
	return secret;
}

/* ---- time ------------------------------------------------------------ */

static void expire_idle(struct engine *e)
{
	struct flow *f;

	/* Far in the future was a clock that has been put right since; its
	 * flow must not hold up those behind it. */
	for (int i = 0; i < FLOW_RANKS; i++)
		while ((f = flow_oldest(e->flows, i)) != NULL &&
			(e->now - f->last_seen > IDLE ||
				f->last_seen - e->now > IDLE))
			end_flow(e, f, RECORD_IDLE);
}

/* Holes whose time has come. */
static void ripen(struct engine *e)
{
	struct flow *f;

	while ((f = flow_first_ripe(e->flows, e->now)) != NULL)
		visit(e, f);
}

void engine_tick(struct engine *e, int64_t now)
{
	e->now = now;
	if (now - e->ticked < TICK && now >= e->ticked)
		return;
	e->ticked = now;
	ripen(e);
	expire_idle(e);
	if (now - e->checked >= CHECKPOINT || now < e->checked) {
		e->checked = now;
		e->checkpoint = NULL;
		e->unchecked = RANK_AUTH;
	}
}

/* One frame with a wrong time must not end all that is in flight: time leaps
 * where two frames in a row say so. */
static void advance(struct engine *e, int64_t at)
{
	bool far = e->now > 0 && (at - e->now > IDLE || e->now - at > IDLE);

	if (far && !e->leaping) {
		e->leaping = true;
		return;
	}
	e->leaping = false;
	engine_tick(e, at);
}

/* ---- in and out ------------------------------------------------------ */

/* One packet of a frame; *p says whether it holds more. */
static bool packet(struct engine *e, const struct frame *f, struct packet *p)
{
	enum decode d = decap(f, e->frags, p);
	bool secret = false;

	e->counts.decode[d]++;
	if (d == DECODE_OTHER)
		strangers_count(&e->strangers, p->registry, p->number);
	if (d != DECODE_OK)
		return d != DECODE_NONE;
	switch (p->kind) {
	case PACKET_TCP: secret = tcp(e, p); break;
	case PACKET_UDP: hints_udp(&e->hints, p); break;
	case PACKET_ARP: hints_arp(&e->hints, p); break;
	case PACKET_ND: hints_nd(&e->hints, p); break;
	case PACKET_NONE: break;
	}
	ipfrag_wipe(e->frags);
	return secret;
}

bool engine_frame(struct engine *e, const struct frame *f)
{
	struct packet p;
	bool secret;

	advance(e, f->at);
	e->counts.frames++;
	e->counts.bytes += f->wire_n;
	secret = packet(e, f, &p);
	while (p.rest_n > 0) { /* each time a shorter one */
		struct frame rest = {f->at, FRAME_AMSDU, p.rest, p.rest_n,
			p.rest_wire_n};

		secret |= packet(e, &rest, &p);
	}
	return secret;
}

void engine_finish(struct engine *e)
{
	e->finishing = true;
}

/* The next live session that has something new to say. */
static struct slot *next_checkpoint(struct engine *e)
{
	for (;;) {
		struct slot *slot = e->checkpoint;

		if (slot) {
			e->checkpoint = slot->next;
			if (session_changed(session_of(slot)))
				return slot;
		} else if (e->unchecked > RANK_MAYBE) {
			e->checkpoint = e->live[e->unchecked--].newest;
		} else {
			return NULL;
		}
	}
}

/* What is open when there are no more frames. */
static struct flow *last_flow(const struct engine *e)
{
	struct flow *f = NULL;

	for (int i = 0; i < FLOW_RANKS && !f; i++)
		f = flow_oldest(e->flows, i);
	return f;
}

bool engine_next(struct engine *e, const struct record **out)
{
	struct slot *slot;

	pool_put(&e->slots, e->told);
	e->told = NULL;
	if (hints_next(&e->hints, out))
		return true;
	while (e->finishing && !e->ended) {
		struct flow *f = last_flow(e);

		if (!f)
			break;
		end_flow(e, f, RECORD_OPEN);
	}
	slot = e->ended;
	if (slot) {
		e->ended = slot->next;
		if (!e->ended)
			e->ended_tail = &e->ended;
		e->told = slot;
		*out = session_record(session_of(slot));
		return true;
	}
	slot = next_checkpoint(e);
	if (!slot)
		return false;
	session_link(session_of(slot), slot->flow);
	*out = session_record(session_of(slot));
	return true;
}

struct engine_counts engine_counts(const struct engine *e)
{
	struct engine_counts c = e->counts;

	c.reasm = *reasm_store_counts(e->store);
	return c;
}

void engine_begin_source(struct engine *e)
{
	memset(&e->strangers, 0, sizeof e->strangers);
}

const struct strangers *engine_strangers(const struct engine *e)
{
	return &e->strangers;
}
