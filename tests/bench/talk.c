/* talk.c: see talk.h. Every name in it is invented. */
#include "talk.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS = 14 + 20 + 20, LINE = 200 };

static const char HEADING[] = "Subject: scan\r\nX-Mailer: Example MFP\r\n\r\n";

const struct talk_people talk_office = {500, 9500};

static uint64_t state, now_us = UINT64_C(1795417200000000), written;
static uint8_t body[65536];
static struct talk_spoil spoilt;

/* splitmix64: not for secrets, the same everywhere. */
uint64_t talk_draw(void)
{
	uint64_t z = (state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static void write_out(const void *p, size_t n)
{
	if (fwrite(p, n, 1, stdout) != 1) {
		perror("talk");
		exit(1);
	}
	written += n;
}

void talk_begin_file(uint64_t seed, struct talk_spoil spoil)
{
	static const uint32_t header[6] = {
		0xa1b2c3d4, 2 | 4 << 16, 0, 0, 262144, 1};

	state = seed;
	spoilt = spoil;
	for (size_t i = 0; i < sizeof body; i++) {
		size_t column = i % 78;

		body[i] = column == 76 ? '\r' : column == 77 ? '\n' :
			(uint8_t)('a' + talk_draw() % 26);
	}
	write_out(header, sizeof header);
}

bool talk_end_file(void)
{
	return fflush(stdout) == 0;
}

uint64_t talk_written(void)
{
	return written;
}

uint64_t talk_clock(void)
{
	return now_us;
}

void talk_clock_to(uint64_t us)
{
	if (us > now_us)
		now_us = us;
}

static void be16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void be32(uint8_t *p, uint32_t v)
{
	be16(p, v >> 16);
	be16(p + 2, v & 0xffff);
}

static void stamp(uint8_t *frame, size_t n)
{
	uint32_t record[4] = {(uint32_t)(now_us / 1000000),
		(uint32_t)(now_us % 1000000), (uint32_t)n, (uint32_t)n};

	memcpy(frame, record, sizeof record);
}

/* The mirror port's way with a frame. */
static void put(struct talk *t, const uint8_t *frame, size_t n)
{
	unsigned luck = (unsigned)(talk_draw() % 1000);

	if (luck < spoilt.never) {
		t->missing += n - 16 - HEADERS;
		t->hurt |= !t->in_body;
		return;
	}
	luck -= spoilt.never;
	if (luck < spoilt.late && t->held_n == 0) {
		memcpy(t->held, frame, n);
		t->held_n = n;
		return;
	}
	if (t->first == 0)
		t->first = now_us;
	write_out(frame, n);
	if (luck >= spoilt.late && luck - spoilt.late < spoilt.twice)
		write_out(frame, n);
	if (t->held_n > 0) {
		stamp(t->held, t->held_n - 16);
		write_out(t->held, t->held_n);
		t->held_n = 0;
	}
}

void talk_packet(const uint8_t *ip, size_t n)
{
	uint8_t frame[TALK_FRAME] = {0};

	now_us += 1 + talk_draw() % 20;
	stamp(frame, 14 + n);
	frame[16 + 12] = 8;
	memcpy(frame + 16 + 14, ip, n);
	write_out(frame, 16 + 14 + n);
}

/* Checksums are left out, as cards that fill them in later leave them. */
void talk_frame(struct talk *t, unsigned side, unsigned flags,
	const uint8_t *p, size_t n)
{
	uint8_t frame[TALK_FRAME] = {0}, *h = frame + 16;
	uint32_t src = side == 0 ? t->client : t->server;
	uint32_t dst = side == 0 ? t->server : t->client;

	now_us += 1 + talk_draw() % 20;
	stamp(frame, HEADERS + n);
	h[0] = h[6] = 0x02;
	be32(h + 2, dst);
	be32(h + 8, src);
	be16(h + 12, 0x0800);
	h[14] = 0x45;
	be16(h + 16, (unsigned)(40 + n));
	h[22] = 64;
	h[23] = 6;
	be32(h + 26, src);
	be32(h + 30, dst);
	be16(h + 34, side == 0 ? t->port : t->server_port);
	be16(h + 36, side == 0 ? t->server_port : t->port);
	be32(h + 38, t->seq[side]);
	be32(h + 42, flags & TALK_ACK ? t->seq[1 - side] : 0);
	h[46] = 0x50;
	h[47] = (uint8_t)flags;
	be16(h + 48, 64240);
	if (n > 0)
		memcpy(h + HEADERS, p, n);
	put(t, frame, 16 + HEADERS + n);
	t->seq[side] += (uint32_t)n + ((flags & (TALK_SYN | TALK_FIN)) != 0);
}

static void say(struct talk *t, unsigned side, const char *line)
{
	talk_frame(t, side, TALK_PSH | TALK_ACK, (const uint8_t *)line,
		strlen(line));
}

static void base64(char *out, const char *text)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)(uint8_t)text[i] << 16;

		if (i + 1 < n)
			v |= (uint32_t)(uint8_t)text[i + 1] << 8;
		if (i + 2 < n)
			v |= (uint8_t)text[i + 2];
		*out++ = digit[v >> 18];
		*out++ = digit[v >> 12 & 63];
		*out++ = i + 1 < n ? digit[v >> 6 & 63] : '=';
		*out++ = i + 2 < n ? digit[v & 63] : '=';
	}
	*out = '\0';
}

void talk_begin(struct talk *t, bool mail, const struct talk_people *people)
{
	static uint32_t count;

	*t = (struct talk){.mail = mail};
	count++;
	t->device = (unsigned)(talk_draw() % people->devices);
	t->client = 0x0a140000u + 256 + t->device;
	t->server = mail ? 0x0a14010au : 0xc6336400u + count % 200;
	t->port = (uint16_t)(10000 + count % 50000);
	t->server_port = mail ? 25 : count % 2 == 0 ? 443 : 80;
	t->seq[0] = (uint32_t)talk_draw();
	t->seq[1] = (uint32_t)talk_draw();
	t->body = mail ? people->body / 4 + talk_draw() %
			(people->body / 2 * 3) :
		20000 + talk_draw() % 400000;
	t->bytes = sizeof HEADING - 1 + t->body + 2;
	talk_frame(t, 0, TALK_SYN, NULL, 0);
	talk_frame(t, 1, TALK_SYN | TALK_ACK, NULL, 0);
	talk_frame(t, 0, TALK_ACK, NULL, 0);
}

/* Up to four segments and the other side's ACK. */
static bool send_body(struct talk *t, unsigned side)
{
	t->in_body = true;
	for (unsigned i = 0; i < 4 && t->body > 0; i++) {
		size_t n = t->body < TALK_MSS ? t->body : TALK_MSS;
		size_t from = talk_draw() % (sizeof body - TALK_MSS);

		talk_frame(t, side, TALK_ACK, body + from / 78 * 78, n);
		t->body -= n;
	}
	talk_frame(t, 1 - side, TALK_ACK, NULL, 0);
	t->in_body = false;
	return t->body > 0;
}

/* One more frame after the last: what was held must come. */
static bool finish(struct talk *t, unsigned first)
{
	talk_frame(t, first, TALK_FIN | TALK_ACK, NULL, 0);
	talk_frame(t, 1 - first, TALK_FIN | TALK_ACK, NULL, 0);
	talk_frame(t, first, TALK_ACK, NULL, 0);
	if (t->held_n > 0)
		write_out(t->held, t->held_n);
	return false;
}

static bool mail_turn(struct talk *t)
{
	char line[LINE], user[LINE / 4], coded[LINE / 2];

	snprintf(user, sizeof user, "device%03u@contoso.example", t->device);
	switch (t->turn++) {
	case 0:
		say(t, 1, "220 mail-gw.contoso.example ESMTP\r\n");
		break;
	case 1:
		snprintf(line, sizeof line, "EHLO DEV%03u\r\n", t->device);
		say(t, 0, line);
		say(t, 1, "250-mail-gw.contoso.example\r\n250-SIZE 52428800\r\n"
			"250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n");
		break;
	case 2:
		say(t, 0, "AUTH LOGIN\r\n");
		say(t, 1, "334 VXNlcm5hbWU6\r\n");
		break;
	case 3:
		base64(coded, user);
		snprintf(line, sizeof line, "%s\r\n", coded);
		say(t, 0, line);
		say(t, 1, "334 UGFzc3dvcmQ6\r\n");
		break;
	case 4:
		say(t, 0, "aW52ZW50ZWQtSG9yc2UtMQ==\r\n");
		say(t, 1, "235 2.7.0 Authentication successful\r\n");
		break;
	case 5:
		snprintf(line, sizeof line, "MAIL FROM:<%s>\r\n", user);
		say(t, 0, line);
		say(t, 1, "250 2.1.0 Ok\r\n");
		break;
	case 6:
		say(t, 0, "RCPT TO:<anna@contoso.example>\r\n");
		say(t, 1, "250 2.1.5 Ok\r\n");
		break;
	case 7:
		say(t, 0, "DATA\r\n");
		say(t, 1, "354 End data with <CR><LF>.<CR><LF>\r\n");
		say(t, 0, HEADING);
		break;
	case 8:
		if (send_body(t, 0))
			t->turn--;
		break;
	case 9:
		say(t, 0, "\r\n.\r\n");
		say(t, 1, "250 2.0.0 Ok: queued as 4F1B2C3D5E\r\n");
		break;
	case 10:
		say(t, 0, "QUIT\r\n");
		say(t, 1, "221 2.0.0 Bye\r\n");
		break;
	default:
		return finish(t, 1);
	}
	return true;
}

static bool web_turn(struct talk *t)
{
	if (t->turn++ == 0) {
		say(t, 0, "GET /a HTTP/1.1\r\nHost: www.example.com\r\n\r\n");
		say(t, 1, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
		return true;
	}
	return send_body(t, 1) || finish(t, 1);
}

bool talk_turn(struct talk *t)
{
	return t->mail ? mail_turn(t) : web_turn(t);
}
