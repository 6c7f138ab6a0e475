/* hint.h: what a network says of its devices beside mail: who has which
 * address (ARP, neighbour discovery, DHCP), and what it is called (DHCP, DNS,
 * mDNS, LLMNR, NetBIOS). */
#pragma once
#include "capture/decode/packet.h"
#include "capture/session/record.h"

enum {
	HINTS_KNOWN = 8192, /* facts remembered as told */
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
	uint64_t untold; /* facts beyond HINTS_TOLD */
};

/* key: secret, so that nobody can choose collisions. */
void hints_init(struct hints *h, const uint8_t key[16]);

void hints_arp(struct hints *h, const struct packet *p);
void hints_nd(struct hints *h, const struct packet *p);
void hints_udp(struct hints *h, const struct packet *p);
/* The next record of the packets since the last round; borrowed until the next
 * call with a packet. */
bool hints_next(struct hints *h, const struct record **out);

/* ---- for hint_names.c ------------------------------------------------- */

/* Of whom something is said. */
struct hint_subject {
	struct mac mac;   /* zeroes: not known to be its own */
	struct addr addr; /* family 0: not known */
};

/* Tells it once in ten minutes; value: clean, "" is nothing. */
void hints_tell(struct hints *h, int64_t at, const struct hint_subject *of,
	enum record_name kind, const char *value);

/* The address is the card's, by a frame that was its own. */
void hints_tell_card(struct hints *h, int64_t at,
	const struct hint_subject *of);

void hints_dns(struct hints *h, const struct packet *p);
void hints_mdns(struct hints *h, const struct packet *p);
void hints_llmnr(struct hints *h, const struct packet *p);
void hints_nbns(struct hints *h, const struct packet *p);
