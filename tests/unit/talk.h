/* talk.h: conversations as an engine sees them, for its tests. Included once a
 * program. */
#pragma once
#include "capture/base/bytes.h"
#include "capture/engine.h"
#include "check.h"

/* A conversation on raw IPv4 (LINKTYPE_RAW), told a line at a time. */
struct talk {
	struct engine *e;
	int64_t at; /* ns */
	uint16_t client_port, server_port;
	uint32_t seq[2]; /* next of client, server */
	/* What came out. */
	struct record_session last;
	unsigned sessions;
	bool secret; /* what engine_frame() said of the last frame */
};

enum { CLIENT, SERVER };

static const uint8_t KEY[16] = "a sensor";

static struct engine *small_engine(size_t flows, size_t sessions,
	size_t blocks)
{
	struct engine_limits l = {.flows = flows, .sessions = sessions,
		.blocks = blocks, .fragments = 1};
	struct engine *e = engine_new(&l, KEY, KEY);

	assert_non_null(e);
	return e;
}

static void drain(struct talk *t)
{
	const struct record *r;

	while (engine_next(t->e, &r)) {
		if (r->kind != RECORD_SESSION)
			continue;
		t->last = r->session;
		t->sessions++;
	}
}

static void send_bytes(struct talk *t, int side, uint8_t flags,
	const void *text, size_t n)
{
	uint8_t *b = malloc(40 + n);
	struct wr w = wr_init(b, 40 + n);
	struct frame f = {t->at, 101, b, 40 + n, 40 + n};
	bool client = side == CLIENT;

	wr_be16(&w, 0x4500);
	wr_be16(&w, (uint16_t)(40 + n));
	wr_be32(&w, 0);
	wr_be32(&w, 0x40060000);
	wr_be32(&w, client ? 0x0a14041f : 0x0a14010a);
	wr_be32(&w, client ? 0x0a14010a : 0x0a14041f);
	wr_be16(&w, client ? t->client_port : t->server_port);
	wr_be16(&w, client ? t->server_port : t->client_port);
	wr_be32(&w, t->seq[side]);
	wr_be32(&w, flags & 0x10 ? t->seq[!side] : 0);
	wr_u8(&w, 0x50);
	wr_u8(&w, flags);
	wr_be16(&w, 65535);
	wr_be32(&w, 0);
	wr_bytes(&w, text, n);
	check(wr_ok(&w) && wr_used(&w) == 40 + n);
	t->secret = engine_frame(t->e, &f);
	drain(t);
	free(b);
	t->seq[side] += (uint32_t)n + ((flags & 3) != 0);
	t->at += 1000000;
}

static void send_flags(struct talk *t, int side, uint8_t flags,
	const char *text)
{
	send_bytes(t, side, flags, text, strlen(text));
}

static void say(struct talk *t, int side, const char *text)
{
	send_flags(t, side, 0x18, text);
}

static void open_talk(struct talk *t, struct engine *e, uint16_t port)
{
	int64_t at = t->at > 0 ? t->at : 1764000000000000000;

	*t = (struct talk){.e = e, .at = at, .client_port = port,
		.server_port = 25, .seq = {1000u * port, 7}};
	send_flags(t, CLIENT, 0x02, "");
	send_flags(t, SERVER, 0x12, "");
	send_flags(t, CLIENT, 0x10, "");
}

static void close_talk(struct talk *t)
{
	send_flags(t, CLIENT, 0x11, "");
	send_flags(t, SERVER, 0x11, "");
	send_flags(t, CLIENT, 0x10, "");
}

static void log_in(struct talk *t)
{
	say(t, SERVER, "220 mail.contoso.example ESMTP\r\n");
	say(t, CLIENT, "EHLO PRN-2F\r\n");
	say(t, SERVER, "250-mail.contoso.example\r\n250 AUTH LOGIN PLAIN\r\n");
	say(t, CLIENT, "AUTH LOGIN\r\n");
	say(t, SERVER, "334 VXNlcm5hbWU6\r\n");
	say(t, CLIENT, "c2NhbkBjb250b3NvLmV4YW1wbGU=\r\n");
	say(t, SERVER, "334 UGFzc3dvcmQ6\r\n");
	say(t, CLIENT, "aHVudGVyMg==\r\n");
	say(t, SERVER, "235 2.7.0 ok\r\n");
}

static void mail_something(struct talk *t)
{
	say(t, CLIENT, "MAIL FROM:<scan@contoso.example>\r\n");
	say(t, SERVER, "250 ok\r\n");
	say(t, CLIENT, "RCPT TO:<it@CONTOSO.example>\r\n");
	say(t, SERVER, "250 ok\r\n");
	say(t, CLIENT, "DATA\r\n");
	say(t, SERVER, "354 go\r\n");
	say(t, CLIENT, "X-Mailer: Example MFP\r\n\r\nhello\r\n.\r\n");
	say(t, SERVER, "250 queued\r\n");
}
