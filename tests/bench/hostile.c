/* hostile.c: writes one connection that is made to cost time: N times the same
 * thing, of which twice as much must not cost more than twice the time.
 * hostile KIND N >FILE. */
#include "talk.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENT, SERVER };

static void say(struct talk *t, unsigned side, const char *line)
{
	talk_frame(t, side, TALK_ACK, (const uint8_t *)line, strlen(line));
}

static void greet(struct talk *t)
{
	talk_begin(t, true, &talk_office);
	say(t, SERVER, "220 mail-gw.contoso.example ESMTP\r\n");
	say(t, CLIENT, "EHLO DEV\r\n");
	say(t, SERVER, "250-mail-gw.contoso.example\r\n250-CHUNKING\r\n"
		"250 AUTH PLAIN\r\n");
}

/* So many bytes without an end of line. */
static void letters(struct talk *t, uint64_t n)
{
	uint8_t block[TALK_MSS];

	memset(block, 'a', sizeof block);
	for (uint64_t i = 0; i < n;) {
		size_t len = n - i < sizeof block ? (size_t)(n - i) :
			sizeof block;

		talk_frame(t, CLIENT, TALK_ACK, block, len);
		i += len;
	}
}

static void turns(struct talk *t, uint64_t n, const char *command,
	const char *reply)
{
	while (n-- > 0) {
		say(t, CLIENT, command);
		say(t, SERVER, reply);
	}
}

/* Commands, 64 a segment, and then all replies. */
static void pipeline(struct talk *t, uint64_t n)
{
	char block[64 * 8 + 1] = "";

	for (int i = 0; i < 64; i++)
		strcat(block, "NOOP\r\n");
	for (uint64_t i = 0; i < n; i += 64)
		say(t, CLIENT, block);
	for (uint64_t i = 0; i < n; i++)
		say(t, SERVER, "250 ok\r\n");
}

/* Segments that begin off bytes behind the end of the one before. */
static void segments(struct talk *t, uint64_t n, size_t len, uint32_t off)
{
	uint8_t block[TALK_MSS];

	memset(block, 'a', sizeof block);
	while (n-- > 0) {
		talk_frame(t, CLIENT, TALK_ACK, block, len);
		t->seq[CLIENT] += off;
	}
}

/* Each but the first comes before those before it, 200 at a time. */
static void backwards(struct talk *t, uint64_t n)
{
	enum { BATCH = 200, LEN = 100 };
	uint8_t block[LEN];

	memset(block, 'a', sizeof block);
	for (uint64_t i = 0; i < n; i += BATCH) {
		uint32_t from = t->seq[CLIENT];

		for (uint32_t k = BATCH; k-- > 0;) {
			t->seq[CLIENT] = from + k * LEN;
			talk_frame(t, CLIENT, TALK_ACK, block, LEN);
		}
		t->seq[CLIENT] = from + BATCH * LEN;
	}
}

static void records(struct talk *t, uint64_t n)
{
	static const uint8_t hello[] = {22, 3, 1, 0, 47, 1, 0, 0, 43, 3, 3,
		[43] = 0, 0, 2, 0x13, 1, 1, 0, 0, 0};
	static const uint8_t answer[] = {22, 3, 3, 0, 44, 2, 0, 0, 40, 3, 3,
		[43] = 0, 0x13, 1, 0, 0, 0};
	uint8_t block[TALK_MSS];

	for (size_t i = 0; i < sizeof block; i++)
		block[i] = (uint8_t[]){23, 3, 3, 0, 1, 'x'}[i % 6];
	say(t, CLIENT, "STARTTLS\r\n");
	say(t, SERVER, "220 go\r\n");
	talk_frame(t, CLIENT, TALK_ACK, hello, sizeof hello);
	talk_frame(t, SERVER, TALK_ACK, answer, 49);
	for (uint64_t i = 0; i < n; i += 240)
		talk_frame(t, CLIENT, TALK_ACK, block, 240 * 6);
}

/* Fragments of packets that are never whole. */
static void fragments(uint64_t n)
{
	uint8_t ip[20 + 8] = {0x45, 0, 0, sizeof ip, 0, 0, 0x20, 0, 64, 6, 0, 0,
		10, 20, 1, 1, 10, 20, 1, 10};

	for (uint64_t i = 0; i < n; i++) {
		uint64_t luck = talk_draw();

		ip[5] = (uint8_t)(luck & 63);
		ip[6] = (uint8_t)(0x20 | (luck >> 8 & 0x1f));
		ip[7] = (uint8_t)(luck >> 16);
		talk_packet(ip, sizeof ip);
	}
}

static bool hostile(struct talk *t, const char *kind, uint64_t n)
{
	if (strcmp(kind, "line") == 0) {
		letters(t, n);
	} else if (strcmp(kind, "ehlo") == 0) {
		for (; n > 0; n--) {
			say(t, CLIENT, "EHLO ");
			letters(t, 65536);
			say(t, CLIENT, "\r\n");
			say(t, SERVER, "250 hello\r\n");
		}
	} else if (strcmp(kind, "bdat") == 0) {
		say(t, CLIENT, "MAIL FROM:<>\r\n");
		say(t, CLIENT, "BDAT 18446744073709551615\r\n");
		letters(t, n);
	} else if (strcmp(kind, "auths") == 0) {
		turns(t, n, "AUTH PLAIN AGFubmEAaW52ZW50ZWQ=\r\n",
			"535 5.7.8 no\r\n");
	} else if (strcmp(kind, "rcpts") == 0) {
		turns(t, n, "RCPT TO:<anna@example.com>\r\n", "250 ok\r\n");
	} else if (strcmp(kind, "noops") == 0) {
		pipeline(t, n);
	} else if (strcmp(kind, "bytes") == 0) {
		segments(t, n, 1, 0);
	} else if (strcmp(kind, "overlaps") == 0) {
		segments(t, n, 1000, (uint32_t)-999);
	} else if (strcmp(kind, "ahead") == 0) {
		t->seq[CLIENT] += 1; /* all of it behind a hole */
		segments(t, n, 1000, (uint32_t)-999);
	} else if (strcmp(kind, "gaps") == 0) {
		segments(t, n, 10, 1);
	} else if (strcmp(kind, "backwards") == 0) {
		backwards(t, n);
	} else if (strcmp(kind, "records") == 0) {
		records(t, n);
	} else if (strcmp(kind, "fragments") == 0) {
		fragments(n);
	} else {
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct talk t;

	if (argc != 3)
		return 2;
	talk_begin_file(1, (struct talk_spoil){0});
	greet(&t);
	if (!hostile(&t, argv[1], strtoull(argv[2], NULL, 10)))
		return 2;
	talk_frame(&t, CLIENT, TALK_FIN | TALK_ACK, NULL, 0);
	talk_frame(&t, SERVER, TALK_FIN | TALK_ACK, NULL, 0);
	return talk_end_file() ? 0 : 1;
}
