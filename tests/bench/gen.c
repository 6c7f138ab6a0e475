/* gen.c: writes a large capture of mail, or of mail among other traffic, from
 * a seed: gen mail|mixed BYTES SEED >FILE. Every name in it is invented. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MSS = 1448, HEADERS = 14 + 20 + 20, LINE = 200,
	OPEN = 64,    /* connections at the same time */
	OTHER = 49,   /* bytes that are not mail, for each one that is */
};

enum { SYN = 0x02, PSH = 0x08, ACK = 0x10, FIN = 0x01 };

struct session {
	bool mail;
	uint32_t client, server, seq[2];
	uint16_t port, server_port;
	unsigned turn;     /* of the dialogue */
	size_t body;       /* bytes of the body still to send */
	unsigned device;
};

static uint64_t state, now_us = UINT64_C(1795417200000000), written;
static uint8_t body[65536];

/* splitmix64: not for secrets, the same everywhere. */
static uint64_t draw(void)
{
	uint64_t z = (state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
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

/* One frame: side 0 is the client's. Checksums are left out, as cards that
 * fill them in later leave them. */
static void frame(struct session *s, unsigned side, unsigned flags,
	const uint8_t *p, size_t n)
{
	uint8_t h[HEADERS] = {0};
	uint32_t record[4];
	uint32_t src = side == 0 ? s->client : s->server;
	uint32_t dst = side == 0 ? s->server : s->client;

	now_us += 1 + draw() % 20;
	record[0] = (uint32_t)(now_us / 1000000);
	record[1] = (uint32_t)(now_us % 1000000);
	record[2] = record[3] = (uint32_t)(HEADERS + n);
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
	be16(h + 34, side == 0 ? s->port : s->server_port);
	be16(h + 36, side == 0 ? s->server_port : s->port);
	be32(h + 38, s->seq[side]);
	be32(h + 42, flags & ACK ? s->seq[1 - side] : 0);
	h[46] = 0x50;
	h[47] = (uint8_t)flags;
	be16(h + 48, 64240);
	if (fwrite(record, sizeof record, 1, stdout) != 1 ||
	    fwrite(h, sizeof h, 1, stdout) != 1 ||
	    (n > 0 && fwrite(p, n, 1, stdout) != 1)) {
		perror("gen");
		exit(1);
	}
	s->seq[side] += (uint32_t)n + ((flags & (SYN | FIN)) != 0);
	written += sizeof record + sizeof h + n;
}

static void say(struct session *s, unsigned side, const char *line)
{
	frame(s, side, PSH | ACK, (const uint8_t *)line, strlen(line));
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

static void begin(struct session *s, bool mail)
{
	static uint32_t count;

	*s = (struct session){.mail = mail};
	count++;
	s->device = (unsigned)(draw() % 500);
	s->client = 0x0a140000u + 256 + s->device;
	s->server = mail ? 0x0a14010au : 0xc6336400u + count % 200;
	s->port = (uint16_t)(10000 + count % 50000);
	s->server_port = mail ? 25 : count % 2 == 0 ? 443 : 80;
	s->seq[0] = (uint32_t)draw();
	s->seq[1] = (uint32_t)draw();
	s->body = mail ? 2000 + draw() % 15000 : 20000 + draw() % 400000;
	frame(s, 0, SYN, NULL, 0);
	frame(s, 1, SYN | ACK, NULL, 0);
	frame(s, 0, ACK, NULL, 0);
}

/* Up to four segments and the other side's ACK. */
static bool send_body(struct session *s, unsigned side)
{
	for (unsigned i = 0; i < 4 && s->body > 0; i++) {
		size_t n = s->body < MSS ? s->body : MSS;

		frame(s, side, ACK, body + draw() % (sizeof body - MSS) / 78 * 78,
			n);
		s->body -= n;
	}
	frame(s, 1 - side, ACK, NULL, 0);
	return s->body > 0;
}

/* The next turn of a mail dialogue; false when it is over. */
static bool mail_turn(struct session *s)
{
	char line[LINE], user[LINE / 4], coded[LINE / 2];

	snprintf(user, sizeof user, "device%03u@contoso.example", s->device);
	switch (s->turn++) {
	case 0:
		say(s, 1, "220 mail-gw.contoso.example ESMTP\r\n");
		break;
	case 1:
		snprintf(line, sizeof line, "EHLO DEV%03u\r\n", s->device);
		say(s, 0, line);
		say(s, 1, "250-mail-gw.contoso.example\r\n250-SIZE 52428800\r\n"
			"250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n");
		break;
	case 2:
		say(s, 0, "AUTH LOGIN\r\n");
		say(s, 1, "334 VXNlcm5hbWU6\r\n");
		break;
	case 3:
		base64(coded, user);
		snprintf(line, sizeof line, "%s\r\n", coded);
		say(s, 0, line);
		say(s, 1, "334 UGFzc3dvcmQ6\r\n");
		break;
	case 4:
		say(s, 0, "aW52ZW50ZWQtSG9yc2UtMQ==\r\n");
		say(s, 1, "235 2.7.0 Authentication successful\r\n");
		break;
	case 5:
		snprintf(line, sizeof line, "MAIL FROM:<%s>\r\n", user);
		say(s, 0, line);
		say(s, 1, "250 2.1.0 Ok\r\n");
		break;
	case 6:
		say(s, 0, "RCPT TO:<anna@contoso.example>\r\n");
		say(s, 1, "250 2.1.5 Ok\r\n");
		break;
	case 7:
		say(s, 0, "DATA\r\n");
		say(s, 1, "354 End data with <CR><LF>.<CR><LF>\r\n");
		say(s, 0, "Subject: scan\r\nX-Mailer: Example MFP\r\n\r\n");
		break;
	case 8:
		if (send_body(s, 0))
			s->turn--;
		break;
	case 9:
		say(s, 0, "\r\n.\r\n");
		say(s, 1, "250 2.0.0 Ok: queued as 4F1B2C3D5E\r\n");
		break;
	case 10:
		say(s, 0, "QUIT\r\n");
		say(s, 1, "221 2.0.0 Bye\r\n");
		break;
	default:
		frame(s, 1, FIN | ACK, NULL, 0);
		frame(s, 0, FIN | ACK, NULL, 0);
		frame(s, 1, ACK, NULL, 0);
		return false;
	}
	return true;
}

static bool web_turn(struct session *s)
{
	if (s->turn++ == 0) {
		say(s, 0, "GET /a HTTP/1.1\r\nHost: www.example.com\r\n\r\n");
		say(s, 1, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
		return true;
	}
	if (send_body(s, 1))
		return true;
	frame(s, 1, FIN | ACK, NULL, 0);
	frame(s, 0, FIN | ACK, NULL, 0);
	frame(s, 1, ACK, NULL, 0);
	return false;
}

int main(int argc, char **argv)
{
	static struct session open[OPEN];
	static bool used[OPEN];
	static const uint32_t header[6] = {
		0xa1b2c3d4, 2 | 4 << 16, 0, 0, 262144, 1};
	uint64_t size, mail_bytes = 0;
	bool mixed;

	if (argc != 4 || (strcmp(argv[1], "mail") != 0 &&
	    strcmp(argv[1], "mixed") != 0)) {
		fprintf(stderr, "usage: gen mail|mixed BYTES SEED >FILE\n");
		return 2;
	}
	mixed = strcmp(argv[1], "mixed") == 0;
	size = strtoull(argv[2], NULL, 10);
	state = strtoull(argv[3], NULL, 10);
	for (size_t i = 0; i < sizeof body; i++) {
		size_t column = i % 78;

		body[i] = column == 76 ? '\r' : column == 77 ? '\n' :
			(uint8_t)('a' + draw() % 26);
	}
	fwrite(header, sizeof header, 1, stdout);
	while (written < size) {
		unsigned i = (unsigned)(draw() % OPEN);
		struct session *s = &open[i];
		uint64_t before = written;

		if (!used[i]) {
			begin(s, !mixed || mail_bytes * (OTHER + 1) <= written);
			used[i] = true;
		} else {
			used[i] = s->mail ? mail_turn(s) : web_turn(s);
		}
		if (s->mail)
			mail_bytes += written - before;
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
