/* flow.h: the table of TCP connections: key, roles, age. Bounded: where it
 * is full one gives way, see flow_victim().
 *
 * The VLAN is no part of the key: a routed mirror port shows each packet in
 * two of them. */
#pragma once
#include "capture/stream/reasm.h"

/* Where a side's packets come from, by the copy that is nearest to it. */
struct flow_link {
	struct mac mac;
	bool has_mac;
	uint8_t ttl; /* 0: this side was not seen yet */
};

/* What would be lost with a flow. */
enum flow_rank {
	FLOW_CHEAP,  /* nothing but SYNs were seen; or it is of no interest */
	FLOW_OPEN,   /* its first bytes are waited for */
	FLOW_IN_USE, /* has a session */
	FLOW_RANKS
};

/* There are as many of these as of half-open connections in a flood: they are
 * four lines of the cache, and not a byte more. */
struct flow {
	/* The table's own; what a look-up reads stands together. */
	uint32_t hash;
	uint16_t port[2];
	struct addr addr[2];  /* by enum side, as far as roles are known */
	uint8_t rank;         /* enum flow_rank */
	uint8_t waits;        /* number of its list in the table, 0: none */
	bool midstream;       /* no SYN was seen, or no byte just after it */
	bool roles_sure;      /* from SYN, or settled by flow_swap() */
	bool closed;          /* ended; kept to absorb late copies */
	bool has_isn[2];
	uint8_t vlan_n;
	uint8_t lowest;       /* TTL of what went to a side not seen; 0: none */
	/* The engine's: what it decided, how many bytes were lost before
	 * that, and a session, or NULL. */
	uint8_t verdict;
	uint32_t lost;
	void *session;
	struct flow *newer, *older;  /* of its rank, by last use */
	struct flow *wait_next, *wait_prev; /* flows whose reassembly waits */
	uint32_t isn[2];      /* valid where has_isn */

	uint16_t vlans[PACKET_VLANS]; /* the client's, where it was seen */
	struct flow_link link[2];

	int64_t first_seen, last_seen; /* packet time, ns */
	struct reasm reasm;
};

struct flow_table;

size_t flow_table_bytes(size_t flows);
/* mem: flow_table_bytes() of zeroes, aligned; borrowed. key: secret, so that
 * nobody can choose collisions. */
struct flow_table *flow_table_init(void *mem, size_t flows,
	const uint8_t key[16]);

/* The connection of a TCP packet and the side that sent it, or NULL. Makes it
 * the most recently used one, unless it is closed, and learns the ISN from a
 * SYN that is late. */
struct flow *flow_find(struct flow_table *t, const struct packet *p,
	enum side *side);

/* True if the packet opens another connection on the flow's addresses: a SYN
 * (or a SYN ACK) with another ISN than the one on record; on a flow that was
 * closed some seconds ago also bytes that are nowhere near its end.
 * Retransmitted, doubled and late SYNs are not. The caller ends the flow and
 * adds a new one. */
bool flow_is_reused(const struct flow *f, enum side side,
	const struct packet *p);

/* The usual ports of mail: a hint, never a proof. */
bool flow_is_mail_port(uint16_t port);

/* A new flow for a packet that has none; it is cheap. Roles: from SYN; else the
 * side with a mail port is the server, else the lower port. NULL if the table
 * is full: then end flow_victim() first. */
struct flow *flow_add(struct flow_table *t, const struct packet *p,
	struct reasm_store *store, enum side *side);

/* Notes MACs, VLANs and TTL of a packet of the flow. Of the copies that a
 * routed mirror port shows, that with the highest TTL is nearest to its
 * sender: its MAC and VLANs count. Of a side that was not seen yet, those of
 * the copy with the lowest TTL, which is nearest to its receiver. */
void flow_note_link(struct flow *f, enum side side, const struct packet *p);

/* Content has shown that the roles are the other way round: allowed only
 * while nothing was given out of its reassembly but the chunk in hand, whose
 * side the caller must turn as well. */
void flow_swap(struct flow *f);

/* Removes a flow and gives back its blocks. */
void flow_remove(struct flow_table *t, struct flow *f);

/* Makes it the most recently used one of its rank. */
void flow_use(struct flow_table *t, struct flow *f);
void flow_set_rank(struct flow_table *t, struct flow *f, enum flow_rank rank);
/* The least recently used one of a rank, or NULL. */
struct flow *flow_oldest(const struct flow_table *t, enum flow_rank rank);
size_t flow_count(const struct flow_table *t);

/* Which one gives way in a full table. A flood of SYNs fills it in no time, and
 * only what is cheap shall pay for that; but a quarter of the table is left to
 * newcomers even where half-open connections fill it. One that is in use gives
 * way where all are. NULL: the table is empty. */
struct flow *flow_victim(const struct flow_table *t);

/* Keeps the lists of flows whose reassembly waits for time to pass: call after
 * each round of reasm_next(). */
void flow_update_wait(struct flow_table *t, struct flow *f);

/* One whose waiting is over at now, or NULL: call reasm_next() for it, then
 * flow_update_wait(). However many wait, only such are looked at. */
struct flow *flow_first_ripe(const struct flow_table *t, int64_t now);

/* The one that has kept blocks of the store for the longest time, or NULL. */
struct flow *flow_first_keeping(const struct flow_table *t);
