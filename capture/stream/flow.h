/* flow.h: the table of TCP connections: key, roles, age. Bounded: where it
 * is full the least recently used one gives way.
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

/* There are as many of these as of half-open connections in a flood: each
 * byte is worth a megabyte. */
struct flow {
	/* The table's own; what a look-up reads stands together. */
	struct flow *chain;          /* next in the hash bucket */
	uint32_t bucket;
	uint16_t port[2];
	struct addr addr[2];  /* by enum side, as far as roles are known */
	bool waits;
	bool midstream;       /* no SYN was seen, or no byte just after it */
	bool roles_sure;      /* from SYN, or settled by flow_swap() */
	bool closed;          /* ended; kept to absorb late copies */
	bool has_isn[2];
	struct flow *newer, *older;  /* by last use */
	struct flow *wait_next, *wait_prev; /* flows with reasm_waiting() */
	uint32_t isn[2];      /* valid where has_isn */

	uint16_t vlans[PACKET_VLANS]; /* the client's, where it was seen */
	uint8_t vlan_n;
	/* The engine's: what it decided, and a session, or NULL. */
	uint8_t verdict;
	struct flow_link link[2];
	void *session;

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

/* A new flow for a packet that has none. Roles: from SYN; else the side with
 * a mail port is the server, else the lower port. NULL if the table is full:
 * then end flow_oldest() first. */
struct flow *flow_add(struct flow_table *t, const struct packet *p,
	struct reasm_store *store, enum side *side);

/* Notes MACs, VLANs and TTL of a packet of the flow. Of the copies that a
 * routed mirror port shows, that with the highest TTL is nearest to its
 * sender: its MAC and VLANs count. */
void flow_note_link(struct flow *f, enum side side, const struct packet *p);

/* Content has shown that the roles are the other way round: allowed only
 * while nothing was given out of its reassembly but the chunk in hand, whose
 * side the caller must turn as well. */
void flow_swap(struct flow *f);

/* Removes a flow and gives back its blocks. */
void flow_remove(struct flow_table *t, struct flow *f);

/* Makes it the most recently used one. */
void flow_use(struct flow_table *t, struct flow *f);
struct flow *flow_oldest(const struct flow_table *t); /* NULL: empty */
size_t flow_count(const struct flow_table *t);

/* Keeps the list of flows whose reassembly waits for time to pass: call after
 * each round of reasm_next(). A flow that still waits goes to the end, so
 * that all have their turn however many are looked at in a round. */
void flow_update_wait(struct flow_table *t, struct flow *f);
struct flow *flow_first_waiting(const struct flow_table *t);
