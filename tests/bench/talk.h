/* talk.h: invented conversations, written as a capture to standard output. The
 * same seed gives the same bytes everywhere. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TALK_MSS = 1448,
	TALK_FRAME = 16 + 14 + 1500,
	TALK_SYN = 0x02, TALK_PSH = 0x08, TALK_ACK = 0x10, TALK_FIN = 0x01,
};

/* One connection; side 0 is the client's. */
struct talk {
	bool mail;
	/* The truth about it: when it was first seen, the bytes of its message, those
	 * that the mirror port has lost, and whether it has lost any of the
	 * dialogue around that. */
	uint64_t first, bytes, missing;
	bool hurt;
	uint32_t client, server, seq[2];
	uint16_t port, server_port;
	unsigned turn;     /* of the dialogue */
	size_t body;       /* bytes of the body still to send */
	unsigned device;
	bool in_body;
	/* A frame that comes after the next one. */
	uint8_t held[TALK_FRAME];
	size_t held_n;
};

/* Of 1,000 frames so many come late, twice or not at all. */
struct talk_spoil {
	unsigned late, twice, never;
};

void talk_begin_file(uint64_t seed, struct talk_spoil spoil);
bool talk_end_file(void);
uint64_t talk_written(void);

/* Microseconds; the clock goes on by itself with each frame, and never back. */
uint64_t talk_clock(void);
void talk_clock_to(uint64_t us);
uint64_t talk_draw(void); /* a number by chance */

/* Of how many devices, and how long a message of mail is on average. */
struct talk_people {
	unsigned devices;
	size_t body;
};
extern const struct talk_people talk_office;

/* Begins a connection, with its handshake. */
void talk_begin(struct talk *t, bool mail, const struct talk_people *people);
/* The next turn of it; false when it is over. */
bool talk_turn(struct talk *t);
void talk_frame(struct talk *t, unsigned side, unsigned flags,
	const uint8_t *p, size_t n);
/* Any IPv4 packet, of at most 1500 bytes. */
void talk_packet(const uint8_t *ip, size_t n);
