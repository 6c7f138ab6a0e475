/* hint.h: what a network says of its devices beside mail: who has which
 * address (ARP, neighbour discovery, DHCP), and what it calls itself (DHCP). */
#pragma once
#include "capture/decode/packet.h"
#include "capture/session/record.h"

enum {
	HINTS_KNOWN = 1024, /* facts remembered as told */
	HINTS_TOLD = 16,    /* most records of one packet */
};

struct hints {
	uint8_t key[16];
	struct {
		uint64_t hash;
		int64_t told;
	} known[HINTS_KNOWN];
	struct record records[HINTS_TOLD];
	size_t n, given;
};

/* key: secret, so that nobody can choose collisions. */
void hints_init(struct hints *h, const uint8_t key[16]);

void hints_arp(struct hints *h, const struct packet *p);
void hints_nd(struct hints *h, const struct packet *p);
void hints_udp(struct hints *h, const struct packet *p);
/* The next record of the packets since the last round; borrowed until the next
 * call with a packet. */
bool hints_next(struct hints *h, const struct record **out);
