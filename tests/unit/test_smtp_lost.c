/* test_smtp_lost.c: what dialogues say of which a part is missing: behind
 * STARTTLS, in one direction, in gaps, before the capture began. */
#include "dialogue.h"

static const struct dialogue TLS[] = {
	{"accepted: the border is the line's end",
	HELLO
	"C: STARTTLS\n"
	"s: 220 2.0.0 ready\\r\\n\\x16\\x03\\x03\n"
	"c: \\x16\\x03\\x01\\x02\n",
	HELLO_SAYS
	"starttls STARTTLS\n"
	"tls\n"
	"tls-bytes 4 3\n"},

	{"refused, and AUTH follows in clear",
	HELLO
	"C: STARTTLS\n"
	"S: 454 4.7.0 TLS not available\n"
	"C: AUTH PLAIN AGEAcA==\n"
	"S: 235 ok\n",
	HELLO_SAYS
	"starttls STARTTLS\n"
	"tls-refused STARTTLS 454 4.7.0\n"
	"auth PLAIN account=a initial accepted 235\n"},

	{"Exchange's twin",
	HELLO
	"C: X-ANONYMOUSTLS\n"
	"S: 220 2.0.0 ready\n",
	HELLO_SAYS
	"starttls ANONYMOUSTLS\n"
	"tls\n"
	"tls-bytes 0 0\n"},

	{"commands injected behind it are not believed",
	HELLO
	"C: STARTTLS\n"
	"C: AUTH PLAIN AGEASHVzaCFTZWNyZXQ5OQ==\n"
	"C: MAIL FROM:<evil@example.com>\n"
	"S: 220 ready\n"
	"c: \\x16\\x03\n",
	HELLO_SAYS
	"starttls STARTTLS\n"
	"injected\n"
	"tls\n"
	"tls-bytes 2 0\n"},

	{"injected, but then refused: they were commands after all",
	HELLO
	"C: STARTTLS\n"
	"C: MAIL FROM:<a@example.com>\n"
	"c: RCPT TO:<b@exam\n"
	"S: 454 no\n"
	"c: ple.com>\\r\\nRSET\\r\\n\n"
	"S: 250 ok\n"
	"S: 550 no\n"
	"S: 502 bye\n",
	HELLO_SAYS
	"starttls STARTTLS\n"
	"injected\n"
	"tls-refused STARTTLS 454\n"
	"refused other 550\n"
	"refused RSET 502\n"},

	{"a client that does not wait",
	HELLO
	"c: STARTTLS\\r\\n\\x16\\x03\\x01\\x02EHLO x\\r\\n\n"
	"S: 220 ready\n"
	"c: \\x17\\x03\n",
	HELLO_SAYS
	"starttls STARTTLS\n"
	"tls\n"
	"tls-bytes 2 0\n"},

	{"a client that hears a yes where there was none",
	HELLO
	"C: STARTTLS\n"
	"S: 503 5.5.1 EHLO first\n"
	"c: \\x16\\x03\\x01\\x02\n",
	HELLO_SAYS
	"starttls STARTTLS\n"
	"tls-refused STARTTLS 503 5.5.1\n"
	"tls\n"
	"tls-bytes 4 0\n"},

	{"the reply is in a gap",
	HELLO
	"C: STARTTLS\n"
	"Sgap 14\n"
	"c: \\x16\\x03\\x01\\x02\n"
	"s: \\x16\\x03\n",
	HELLO_SAYS
	"starttls STARTTLS\n"
	"~tls\n"
	"tls-bytes 4 2\n"},

	{"the reply is in a gap, and it was no",
	HELLO
	"C: STARTTLS\n"
	"Sgap 14\n"
	"C: QUIT\n",
	HELLO_SAYS
	"starttls STARTTLS\n"
	"~tls-refused STARTTLS\n"
	"~quit\n"},

	{"the command is in a gap",
	HELLO
	"Cgap 10\n"
	"S: 220 2.0.0 ready\n"
	"c: \\x16\\x03\\x01\\x02\n",
	HELLO_SAYS
	"~tls\n"
	"tls-bytes 4 0\n"},

	{"the command and the reply are in gaps",
	HELLO
	"Cgap 10\n"
	"Sgap 14\n"
	"c: \\x16\\x03\\x01\\x02\n",
	HELLO_SAYS
	"~tls\n"
	"tls-bytes 4 0\n"},

	{"they are, and so is the client's hello",
	HELLO
	"Cgap 400\n"
	"Sgap 14\n"
	"s: \\x16\\x03\\x03\n",
	HELLO_SAYS
	"~tls\n"
	"tls-bytes 0 3\n"},

	{"a byte of TLS where nobody asked for it is rubbish",
	"S: 220 mx ESMTP\n"
	"C: NOOP\n"
	"s: \\x16\\x03\\r\\n\n"
	"S: 250 ok\n"
	"c: \\x16\\x03\\r\\n\n"
	"C: QUIT\n",
	"banner 220 mx ESMTP\n"
	"quit\n"},

	{"an SSL 2 hello",
	"C: EHLO x\n"
	"C: STARTTLS\n"
	"c: \\x80\\x2e\\x01\n",
	"helo EHLO x\n"
	"starttls STARTTLS\n"
	"tls\n"
	"tls-bytes 3 0\n"},
};

static const struct dialogue ONE_WAY[] = {
	{"the client alone",
	"C: EHLO scanner\n"
	"C: AUTH LOGIN\n"
	"C: c2NhbkBjb250b3NvLmV4YW1wbGU=\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"C: MAIL FROM:<scan@contoso.example>\n"
	"C: RCPT TO:<a@example.com>\n"
	"C: DATA\n"
	"C: Subject: QUIT\n"
	"C: QUIT\n"
	"C: .\n"
	"C: QUIT\n"
	"Cend\n"
	"Send\n",
	"helo EHLO scanner\n"
	"auth LOGIN account=scan@contoso.example unknown\n"
	"mail scan@contoso.example\n"
	"rcpt a@example.com\n"
	"message 21\n"
	"quit\n"},

	{"the client alone, and DATA was refused",
	"C: EHLO scanner\n"
	"C: DATA\n"
	"C: QUIT\n"
	"Cend\n",
	"helo EHLO scanner\n"
	"quit\n"},

	{"the client alone, DATA was refused, and it starts again",
	"C: EHLO scanner\n"
	"C: DATA\n"
	"C: AUTH PLAIN AGEAcA==\n"
	"C: *\n"
	"C: QUIT\n",
	"helo EHLO scanner\n"
	"auth PLAIN account=a initial cancelled aborted\n"
	"quit\n"},

	{"the server has closed, the client does not know",
	HELLO
	"Send\n"
	"C: AUTH PLAIN AGEAcA==\n"
	"C: QUIT\n",
	HELLO_SAYS
	"auth PLAIN account=a initial unknown\n"
	"quit\n"},

	{"the client alone: PLAIN after a prompt, CRAM-MD5, no answer to OAuth",
	"C: EHLO scanner\n"
	"C: AUTH PLAIN\n"
	"C: AHNjYW5AY29udG9zby5leGFtcGxlAEh1c2ghU2VjcmV0OTk=\n"
	"C: AUTH CRAM-MD5\n"
	"C: c2NhbiAwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==\n"
	"C: AUTH XOAUTH2\n"
	"C: RSET\n",
	"helo EHLO scanner\n"
	"auth PLAIN account=scan@contoso.example unknown\n"
	"auth CRAM-MD5 account=scan unknown\n"
	"auth XOAUTH2 unknown\n"},

	{"the client alone: an unfinished AUTH at the end",
	"C: EHLO scanner\n"
	"C: AUTH LOGIN\n"
	"c: c2NhbkBjb250\n"
	"Cend\n",
	"helo EHLO scanner\n"
	"auth LOGIN unknown\n"},

	{"the server alone",
	"S: 220 mx ESMTP\n"
	"S: 250-mx Hello [203.0.113.9]\n"
	"S: 250-SIZE 1\n"
	"S: 250 AUTH LOGIN\n"
	"S: 334 VXNlcm5hbWU6\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"S: 235 2.7.0 ok\n"
	"S: 250 2.1.0 ok\n"
	"S: 550 5.1.1 no\n"
	"S: 354 go\n"
	"S: 250 ok\n"
	"S: 550 5.1.1 no\n"
	"S: 354 go\n"
	"S: 552 5.3.4 too big\n"
	"S: 550 5.1.1 no\n"
	"S: 334 PDFAbXg+\n"
	"S: 535 5.7.8 no\n"
	"S: 535 5.7.8 no\n"
	"S: 334 \n"
	"S: 454 4.7.0 try again\n"
	"S: 221 bye\n",
	"banner 220 mx ESMTP\n"
	"welcome mx Hello [203.0.113.9]\n"
	"offer SIZE 1\n"
	"offer AUTH LOGIN\n"
	"offer-end 250\n"
	"auth LOGIN accepted 235 2.7.0\n"
	"refused other 550 5.1.1\n"
	"refused other 550 5.1.1\n"
	"refused body 552 5.3.4\n"
	"refused other 550 5.1.1\n"
	"auth CRAM-MD5 rejected 535 5.7.8 wrong password\n"
	"auth - rejected 535 5.7.8 wrong password\n"
	"auth - rejected 454 4.7.0\n"},

	{"the server alone, and TLS",
	"S: 220 mx ESMTP\n"
	"S: 250-mx\n"
	"S: 250 STARTTLS\n"
	"S: 220 2.0.0 SMTP server ready\n"
	"s: \\x16\\x03\\x03\n",
	"banner 220 mx ESMTP\n"
	"welcome mx\n"
	"offer STARTTLS\n"
	"offer-end 250\n"
	"tls\n"
	"tls-bytes 0 3\n"},
};

static const struct dialogue GAPS[] = {
	{"the greeting is missing, then STARTTLS",
	"Sgap 20\n"
	"C: EHLO x\n"
	"S: 250 mx\n"
	"Cgap 10\n"
	"S: 220 ready\n",
	"~helo EHLO x\n"
	"~welcome mx\n"
	"~offer-end 250\n"
	"~tls\n"
	"tls-bytes 0 0\n"},

	{"an answer without its AUTH is no account",
	HELLO
	"Cgap 12\n"
	"S: 334 VXNlcm5hbWU6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 235 ok\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"~auth LOGIN accepted 235\n"
	"~mail a@example.com\n"},

	{"the first answer is missing: the second is none",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 334 VXNlcm5hbWU6\n"
	"Cgap 30\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 235 ok\n",
	HELLO_SAYS
	"~auth LOGIN accepted 235\n"},

	{"a gap within the name, within the command, within the mechanism",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 334 VXNlcm5hbWU6\n"
	"c: c2Nhb\n"
	"Cgap 3\n"
	"C: 3NvLmV4YW1wbGU=\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 535 no\n"
	"c: AUTH PL\n"
	"Cgap 3\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 535 no\n"
	"C: AUTH PLAIN AGEAcA==\n"
	"S: 235 ok\n",
	HELLO_SAYS
	"~auth LOGIN rejected 535\n"
	"~auth - rejected 535\n"
	"~auth PLAIN account=a initial accepted 235\n"},

	{"a gap in the password leaves the account",
	HELLO
	"c: AUTH PLAIN AHNjYW5AY29udG9zby5leGFtcGxlAEh1c2\n"
	"Cgap 10\n"
	"C: cmV0OTk=\n"
	"S: 235 ok\n",
	HELLO_SAYS
	"~auth PLAIN account=scan@contoso.example initial accepted 235\n"},

	{"the outcome is missing",
	HELLO
	"C: AUTH PLAIN AGEAcA==\n"
	"Sgap 20\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 2.1.0 ok\n"
	"C: RCPT TO:<b@example.com>\n"
	"S: 550 5.1.1 no\n",
	HELLO_SAYS
	"~auth PLAIN account=a initial unknown\n"
	"~mail a@example.com\n"
	"~rcpt b@example.com\n"
	"~refused RCPT 550 5.1.1\n"},

	{"a prompt is missing",
	HELLO
	"C: AUTH LOGIN\n"
	"Sgap 18\n"
	"C: c2NhbkBjb250b3NvLmV4YW1wbGU=\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 235 ok\n",
	HELLO_SAYS
	"~auth LOGIN account=scan@contoso.example accepted 235\n"},

	{"a reply that began before the gap",
	HELLO
	"C: MAIL FROM:<a@example.com>\n"
	"s: 25\n"
	"Sgap 9\n"
	"s: 1.0 ok\\r\\n250 2.1.5 ok\\r\\n\n"
	"C: DATA\n"
	"S: 354 go\n"
	"C: .\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"~message 0\n"
	"~accepted 250\n"},

	{"a reply within a pipeline is missing",
	HELLO
	"C: MAIL FROM:<a@example.com>\n"
	"C: RCPT TO:<b@example.com>\n"
	"C: RCPT TO:<c@example.com>\n"
	"Sgap 8\n"
	"S: 250 ok\n"
	"C: RSET\n"
	"S: 550 5.1.1 no\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"rcpt b@example.com\n"
	"rcpt c@example.com\n"
	"~refused RCPT 550 5.1.1\n"},

	{"a code that is AUTH's finds it",
	HELLO
	"C: MAIL FROM:<a@example.com>\n"
	"C: AUTH PLAIN AGEAcA==\n"
	"Sgap 8\n"
	"S: 535 5.7.8 no\n"
	"C: RSET\n"
	"S: 502 no\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"~auth PLAIN account=a initial rejected 535 5.7.8 wrong password\n"
	"~refused RSET 502\n"},

	{"354 is missing: the body shows itself",
	HELLO
	"C: DATA\n"
	"Sgap 20\n"
	"C: Subject: x\n"
	"C: .\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"~message 12\n"
	"~accepted 250\n"},

	{"a gap in a body, its end seen",
	HELLO
	"C: DATA\n"
	"S: 354 go\n"
	"c: Subject: x\\r\\n\\r\\nte\n"
	"Cgap 1000\n"
	"c: xt\\r\\nQUIT\\r\\n.\\r\\n\n"
	"S: 250 ok\n"
	"C: QUIT\n",
	HELLO_SAYS
	"~message 1026\n"
	"~accepted 250\n"
	"~quit\n"},

	{"a gap in a body, its end within",
	HELLO
	"C: DATA\n"
	"S: 354 go\n"
	"c: Subject: x\\r\\n\\r\\nte\n"
	"Cgap 1000\n"
	"S: 250 ok\n"
	"C: QUIT\n"
	"S: 221 bye\n",
	HELLO_SAYS
	"~message 1016\n"
	"~accepted 250\n"
	"~quit\n"},

	{"DATA is within the gap",
	HELLO
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 ok\n"
	"Cgap 30\n"
	"S: 250 ok\n"
	"S: 354 go\n"
	"C: AUTH LOGIN\n"
	"C: is what this mail is about\n"
	"C: .\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"~message 40\n"
	"~accepted 250\n"},

	{"gaps are counted in chunks",
	HELLO
	"c: BDAT 100\\r\\n1234567890\n"
	"Cgap 80\n"
	"c: 1234567890BDAT 20 LAST\\r\\n12345\n"
	"Cgap 15\n"
	"S: 250 ok\n"
	"S: 250 ok\n"
	"c: BDAT 5 LAST\\r\\n12\n"
	"Cgap 30\n"
	"C: QUIT\n"
	"S: 250 ok\n"
	"S: 250 ok\n"
	"S: 221 bye\n",
	HELLO_SAYS
	"~message 120\n"
	"~accepted 250\n"
	"~message 5\n"
	"~accepted 250\n"
	"~quit\n"},

	{"a gap in the middle of a text about SMTP, server silent",
	"C: EHLO x\n"
	"C: DATA\n"
	"C: Subject: x\n"
	"Cgap 100\n"
	"C: To log in, say\n"
	"C: AUTH LOGIN now\n"
	"C: MAIL FROM:<not@example.com>\n"
	"C: and so on\n"
	"C: .\n"
	"C: MAIL FROM:<a@example.com>\n"
	"C: QUIT\n",
	"helo EHLO x\n"
	"~message 184\n"
	"~mail a@example.com\n"
	"~quit\n"},
};

static const struct dialogue MIDSTREAM[] = {
	{"in the middle of a body",
	"midstream\n"
	"c: of the text\\r\\nx\\r\\nQUIT it\\r\\nEHLO friend\\r\\nmore\\r\\n\n"
	"c: EHLO my friend\\r\\nQUIT\\r\\n.\\r\\n\n"
	"S: 250 2.0.0 queued\n"
	"C: QUIT\n"
	"S: 221 bye\n",
	"~message 66\n"
	"~accepted 250\n"
	"~quit\n"},

	{"nearly commands, one after another",
	"midstream\n"
	"C: EHLO a\\x01b\n"
	"C: MAIL FROM:a@example.com\n"
	"C: MAIL FROM:<a b@example.com>\n"
	"C: RCPT TO:<a@example.com>,\n"
	"C: RCPT TO <a@example.com>\n"
	"C: RCPT TO:<a@example.com\n"
	"C: BDAT 1 PLEASE\n"
	"C: DATA is what\n"
	"C: AUTH NONE\n"
	"C: AUTH PLAIN text\\x2e\n"
	"C: HELP\n"
	"C: QUIT now\n"
	"C: EHLO x\n"
	"C: .\n"
	"S: 250 ok\n",
	"~message 221\n"
	"~accepted 250\n"},

	{"a command before a gap may have been text",
	"midstream\n"
	"C: MAIL FROM:<a@example.com>\n"
	"Cgap 10\n"
	"C: QUIT\n"
	"S: 221 bye\n",
	"~quit\n"},

	{"STARTTLS in a text, and a server that speaks",
	"midstream\n"
	"S: 250 2.0.0 ok\n"
	"C: STARTTLS\n"
	"C: is a command\n"
	"C: .\n"
	"S: 250 ok\n"
	"Cgap 100\n"
	"C: STARTTLS\n"
	"C: it says\n"
	"C: .\n"
	"S: 250 ok\n",
	"~message 24\n"
	"~accepted 250\n"
	"~message 19\n"
	"~accepted 250\n"},

	{"at a 220 that is STARTTLS's, by its enhanced code",
	"midstream\n"
	"S: 220 2.0.0 SMTP server ready\n"
	"s: \\x16\\x03\n",
	"~tls\n"
	"tls-bytes 0 2\n"},

	{"at a 220 that is STARTTLS's, by its word",
	"midstream\n"
	"S: 220 Begin TLS now\n"
	"s: \\x16\\x03\n",
	"~tls\n"
	"tls-bytes 0 2\n"},

	{"at a 220 that is STARTTLS's, since it names no host",
	"midstream\n"
	"S: 220 go ahead\n"
	"s: \\x16\\x03\n",
	"~tls\n"
	"tls-bytes 0 2\n"},

	{"at a 220 that is STARTTLS's, by what follows",
	"midstream\n"
	"S: 220 mx.example.com ready\n"
	"s: \\x16\\x03\n",
	"banner 220 mx.example.com ready\n"
	"tls\n"
	"tls-bytes 0 2\n"},

	{"at a greeting, before which nothing was said",
	"midstream\n"
	"S: 220 mx.example.com ESMTP\n"
	"C: EHLO \\x1b[31mred\n"
	"S: 250 mx.example.com\n",
	"banner 220 mx.example.com ESMTP\n"
	"helo EHLO <1B>[31mred\n"
	"welcome mx.example.com\n"
	"offer-end 250\n"},

	{"the last line of a body",
	"midstream\n"
	"c: \\r\\n.\\r\\n\n"
	"S: 250 2.0.0 queued\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 2.1.0 ok\n",
	"~message 2\n"
	"~accepted 250\n"
	"~mail a@example.com\n"},

	{"at a password",
	"midstream\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 235 2.7.0 ok\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 ok\n",
	"~auth - accepted 235 2.7.0\n"
	"~mail a@example.com\n"},

	{"at AUTH, with the server's consent",
	"midstream\n"
	"C: AUTH LOGIN\n"
	"S: 334 VXNlcm5hbWU6\n"
	"C: c2NhbkBjb250b3NvLmV4YW1wbGU=\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 235 ok\n",
	"~auth LOGIN account=scan@contoso.example accepted 235\n"},

	{"AUTH in a text, and a server that speaks but did not ask",
	"midstream\n"
	"S: 354 go\n"
	"C: To log in, say\n"
	"C: AUTH LOGIN\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"C: .\n"
	"S: 250 ok\n",
	"~message 50\n"
	"~accepted 250\n"},

	{"at a reply's second line",
	"midstream\n"
	"S: 250-STARTTLS\n"
	"S: 250 HELP\n"
	"C: STARTTLS\n"
	"S: 220 ready\n",
	"~welcome STARTTLS\n"
	"~offer HELP\n"
	"~offer-end 250\n"
	"~starttls STARTTLS\n"
	"~tls\n"
	"tls-bytes 0 0\n"},

	{"at the greeting after all",
	"midstream\n"
	"S: 220 mx ESMTP\n"
	"C: EHLO x\n"
	"S: 250 mx\n",
	"banner 220 mx ESMTP\n"
	"helo EHLO x\n"
	"welcome mx\n"
	"offer-end 250\n"},
};

static void tls_begins_at_the_border(void **state)
{
	(void)state;
	HOLD(TLS);
}

static void one_direction_tells_its_half(void **state)
{
	(void)state;
	HOLD(ONE_WAY);
}

static void gaps_make_nothing_up(void **state)
{
	(void)state;
	HOLD(GAPS);
}

static void the_middle_of_a_dialogue_is_found(void **state)
{
	(void)state;
	HOLD(MIDSTREAM);
}

static void say_as(struct smtp *s, enum side side, const void *p, size_t n,
	bool wants_tls)
{
	struct chunk c = {p ? CHUNK_DATA : CHUNK_GAP, side, 7, p, n};
	struct smtp_event e;
	bool tls = false;

	smtp_feed(s, &c);
	while (smtp_next(s, &e))
		tls |= e.kind == SMTP_TLS;
	check(tls == wants_tls);
}

/* A client that does not wait for the 220: its hello names the server. */
static void an_early_hello_is_kept(void **state)
{
	static const struct {
		size_t first, gap, then, kept, lost;
	} CASES[] = {
		{0, 0, 0, 0, 0}, {1, 0, 0, 1, 0}, {517, 0, 0, 517, 0},
		{500, 0, 524, 1024, 0}, {1000, 0, 100, 1024, 76},
		{9000, 0, 1, 1024, 7977}, {100, 50, 100, 100, 150},
	};
	uint8_t hello[9000];

	(void)state;
	memset(hello, 0x16, sizeof hello);
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct smtp *s = calloc(1, smtp_size());
		struct chunk early;
		size_t lost;

		assert_non_null(s);
		smtp_init(s, false);
		say_as(s, SIDE_SERVER, "220 mx ESMTP\r\n", 14, false);
		say_as(s, SIDE_CLIENT, "STARTTLS\r\n", 10, false);
		say_as(s, SIDE_CLIENT, hello, CASES[i].first, false);
		if (CASES[i].gap > 0)
			say_as(s, SIDE_CLIENT, NULL, CASES[i].gap, false);
		say_as(s, SIDE_CLIENT, hello, CASES[i].then, false);
		say_as(s, SIDE_SERVER, "220 go\r\n", 8, true);
		early = smtp_early(s, &lost);
		check(early.n == CASES[i].kept && lost == CASES[i].lost);
		check(early.kind == CHUNK_DATA && early.side == SIDE_CLIENT);
		check(memcmp(early.p, hello, early.n) == 0);
		free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tls_begins_at_the_border),
		cmocka_unit_test(one_direction_tells_its_half),
		cmocka_unit_test(an_early_hello_is_kept),
		cmocka_unit_test(gaps_make_nothing_up),
		cmocka_unit_test(the_middle_of_a_dialogue_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
