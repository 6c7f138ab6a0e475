/* test_smtp.c: what whole dialogues say. */
#include "dialogue.h"

static const struct dialogue PLAIN_DIALOGUES[] = {
	{"a submission with LOGIN",
	"S: 220 mx.contoso.example ESMTP ready\n"
	"C: EHLO scanner\n"
	"S: 250-mx.contoso.example Hello [203.0.113.9]\n"
	"S: 250-SIZE 1000\n"
	"S: 250-AUTH=LOGIN PLAIN\n"
	"S: 250 AUTH LOGIN PLAIN\n"
	"C: AUTH LOGIN\n"
	"S: 334 VXNlcm5hbWU6\n"
	"C: c2NhbkBjb250b3NvLmV4YW1wbGU=\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 235 2.7.0 Authentication successful\n"
	"C: MAIL FROM:<scan@contoso.example> SIZE=100\n"
	"S: 250 2.1.0 Ok\n"
	"C: RCPT TO:<a@example.com>\n"
	"S: 250 2.1.5 Ok\n"
	"C: DATA\n"
	"S: 354 go ahead\n"
	"C: Subject: x\n"
	"C: X-Mailer: Contoso\n"
	"C:  MFP 3\n"
	"C:\n"
	"C: X-Mailer: no header\n"
	"C: ..\n"
	"C: .\n"
	"S: 250 2.0.0 queued\n"
	"C: QUIT\n"
	"S: 221 2.0.0 bye\n"
	"Cend\n"
	"Send",
	"banner 220 mx.contoso.example ESMTP ready\n"
	"helo EHLO scanner\n"
	"welcome mx.contoso.example Hello [203.0.113.9]\n"
	"offer SIZE 1000\n"
	"offer AUTH LOGIN PLAIN\n"
	"offer AUTH LOGIN PLAIN\n"
	"offer-end 250\n"
	"auth LOGIN account=scan@contoso.example accepted 235 2.7.0\n"
	"mail scan@contoso.example\n"
	"rcpt a@example.com\n"
	"agent Contoso MFP 3\n"
	"message 66\n"
	"accepted 250\n"
	"quit\n"},
};

static const struct dialogue AUTHS[] = {
	{"LOGIN with the user in the command, as .NET writes it",
	HELLO
	"C: AUTH login c2NhbkBjb250b3NvLmV4YW1wbGU=\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 535 5.7.3 Authentication unsuccessful\n",
	HELLO_SAYS
	"auth LOGIN account=scan@contoso.example initial rejected 535 5.7.3\n"},

	{"prompts say what they like",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 334\n"
	"C: c2NhbkBjb250b3NvLmV4YW1wbGU=\n"
	"S: 334 VXNlcm5hbWU6\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 235 ok\n",
	HELLO_SAYS
	"auth LOGIN account=scan@contoso.example accepted 235\n"},

	{"PLAIN, at once and after a prompt, refused and accepted",
	HELLO
	"C: AUTH PLAIN AHNjYW5AY29udG9zby5leGFtcGxlAEh1c2ghU2VjcmV0OTk=\n"
	"S: 504 5.7.4 Unrecognized authentication type\n"
	"C: AUTH PLAIN\n"
	"S: 334 \n"
	"C: Ym9zcwBzY2FuQGNvbnRvc28uZXhhbXBsZQBIdXNoIVNlY3JldDk5\n"
	"S: 235 2.7.0 ok\n",
	HELLO_SAYS
	"auth PLAIN account=scan@contoso.example initial rejected 504 5.7.4 "
	"not offered\n"
	"auth PLAIN account=scan@contoso.example authzid=boss accepted 235 "
	"2.7.0\n"},

	{"cancelled, and an empty initial response",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 334 VXNlcm5hbWU6\n"
	"C: *\n"
	"S: 501 5.0.0 cancelled\n"
	"C: AUTH EXTERNAL =\n"
	"S: 235 2.7.0 ok\n",
	HELLO_SAYS
	"auth LOGIN cancelled aborted 501 5.0.0\n"
	"auth EXTERNAL initial accepted 235 2.7.0\n"},

	{"XOAUTH2 fails in two steps",
	HELLO
	"C: AUTH XOAUTH2 dXNlcj1zY2FuQGNvbnRvc28uZXhhbXBsZQFhdXRoPUJlYXJl"
	"ciBIdXNoIVNlY3JldDk5AQE=\n"
	"S: 334 eyJzdGF0dXMiOiI0MDAifQ==\n"
	"C:\n"
	"S: 535-5.7.8 Username and Password not accepted\n"
	"S: 535 5.7.8 see there\n",
	HELLO_SAYS
	"auth XOAUTH2 account=scan@contoso.example initial rejected 535 "
	"5.7.8\n"},

	{"Exchange's twin of AUTH; NTLM in two steps",
	HELLO
	"C: X-EXPS NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAA=\n"
	"S: 334 TlRMTVNTUAACAAAA\n"
	"C: TlRMTVNTUAADAAAAAAAAAEAAAAAAAAAAQAAAAA4ADgBAAAAACAAIAE4AAAAI"
	"AAgAVgAAAAAAAABeAAAAAYIAAEMATwBOAFQATwBTAE8AcwBjAGEAbgBNAEYAUAAx"
	"AA==\n"
	"S: 235 2.7.0 ok\n",
	HELLO_SAYS
	"auth NTLM account=scan realm=CONTOSO on=MFP1 initial accepted 235 "
	"2.7.0\n"},

	{"AUTH without a mechanism, with a strange one, with base64 for one",
	HELLO
	"C: AUTH\n"
	"S: 501 5.5.4 syntax\n"
	"C: AUTH X-CONTOSO-1\n"
	"S: 504 no\n"
	"C: AUTH SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 504 no\n"
	"C: auth   Cram-Md5  \n"
	"S: 421 4.3.2 closing\n",
	HELLO_SAYS
	"auth - rejected 501 5.5.4\n"
	"auth X-CONTOSO-1 rejected 504 not offered\n"
	"auth - rejected 504 not offered\n"
	"auth CRAM-MD5 rejected 421 4.3.2\n"},

	{"at the prompt for a user somebody types a command",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 334 VXNlcm5hbWU6\n"
	"C: QUIT\n"
	"S: 501 5.5.2 cannot decode\n"
	"C: QUIT\n",
	HELLO_SAYS
	"auth LOGIN rejected 501 5.5.2\n"
	"quit\n"},

	{"the whole of LOGIN in one write",
	HELLO
	"C: AUTH LOGIN\n"
	"C: c2NhbkBjb250b3NvLmV4YW1wbGU=\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 334 VXNlcm5hbWU6\n"
	"S: 334 UGFzc3dvcmQ6\n"
	"S: 235 ok\n",
	HELLO_SAYS
	"auth LOGIN account=scan@contoso.example accepted 235\n"},

	{"the same, refused at once: the answers are commands then",
	HELLO
	"C: AUTH LOGIN\n"
	"C: c2NhbkBjb250b3NvLmV4YW1wbGU=\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 503 5.5.1 no AUTH here\n"
	"S: 500 5.5.2 what?\n"
	"S: 500 5.5.2 SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 530 5.7.57 not authenticated\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"auth LOGIN account=scan@contoso.example rejected 503 5.5.1\n"
	"refused other 500 5.5.2\n"
	"refused other 500 5.5.2\n"
	"refused MAIL 530 5.7.57\n"},

	{"AUTH and what follows it in one write",
	HELLO
	"C: AUTH PLAIN AHNjYW5AY29udG9zby5leGFtcGxlAEh1c2ghU2VjcmV0OTk=\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 235 ok\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"auth PLAIN account=scan@contoso.example initial accepted 235\n"},

	{"AUTH without a mechanism before the first is answered",
	HELLO
	"C: AUTH PLAIN AGEAcA==\n"
	"C: AUTH\n"
	"S: 535 no\n"
	"S: 501 no\n",
	HELLO_SAYS
	"auth PLAIN account=a initial unknown\n"
	"auth - rejected 501\n"},

	{"a second AUTH before the first is answered",
	HELLO
	"C: AUTH PLAIN AGEAcA==\n"
	"C: AUTH PLAIN AGIAcA==\n"
	"S: 535 no\n"
	"S: 235 yes\n",
	HELLO_SAYS
	"auth PLAIN account=a initial unknown\n"
	"auth PLAIN account=b initial accepted 235\n"},

	{"AUTH before EHLO, and no greeting that names SMTP",
	"S: 220 mx\n"
	"C: AUTH LOGIN\n"
	"S: 503 5.5.1 EHLO first\n"
	"C: EHLO x\n",
	"banner 220 mx\n"
	"auth LOGIN rejected 503 5.5.1\n"
	"helo EHLO x\n"},

	{"the connection ends before the reply",
	HELLO
	"C: AUTH PLAIN AGEAcA==\n"
	"Cend\n"
	"Send\n",
	HELLO_SAYS
	"auth PLAIN account=a initial unknown\n"},
};

static const struct dialogue REASONS_GIVEN[] = {
	{"off for the tenant",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 535 5.7.139 Authentication unsuccessful, "
	"SmtpClientAuthentication is disabled for the Tenant. "
	"Visit https://example.com/x [A]\n",
	HELLO_SAYS
	"auth LOGIN rejected 535 5.7.139 tenant switch\n"},

	{"off for the mailbox",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 535 5.7.139 Authentication unsuccessful, "
	"SmtpClientAuthentication is disabled for the Mailbox. "
	"Visit [A]\n",
	HELLO_SAYS
	"auth LOGIN rejected 535 5.7.139 mailbox switch\n"},

	{"basic authentication off",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 535 5.7.139 Authentication unsuccessful, basic "
	"authentication is disabled. [A]\n",
	HELLO_SAYS
	"auth LOGIN rejected 535 5.7.139 basic disabled\n"},

	{"security defaults",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 535 5.7.139 Authentication unsuccessful, user is "
	"locked by your organization's security defaults policy. "
	"Contact\n",
	HELLO_SAYS
	"auth LOGIN rejected 535 5.7.139 security defaults\n"},

	{"a wrong password",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 535 5.7.139 Authentication unsuccessful, the user "
	"credentials were incorrect. [A]\n",
	HELLO_SAYS
	"auth LOGIN rejected 535 5.7.139 wrong password\n"},

	{"no known cause",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 535 5.7.139 Authentication unsuccessful, the request "
	"did not meet the criteria\n",
	HELLO_SAYS
	"auth LOGIN rejected 535 5.7.139\n"},

	{"a cause in the second line",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 535-5.7.139 Authentication unsuccessful\n"
	"S: 535 5.7.139 "
	"see tetenant\n",
	HELLO_SAYS
	"auth LOGIN rejected 535 5.7.139 tenant switch\n"},

	{"a word over a line's end",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 535-5.7.139 see ten\n"
	"S: 535 5.7.139 ant\n",
	HELLO_SAYS
	"auth LOGIN rejected 535 5.7.139\n"},

	{"a cause that another code has",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 535 5.7.3 the tenant\n",
	HELLO_SAYS
	"auth LOGIN rejected 535 5.7.3\n"},

	{"no basic authentication any more",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 550 5.7.30 Basic authentication is not supported for "
	"Client Submission.\n",
	HELLO_SAYS
	"auth LOGIN rejected 550 5.7.30 basic removed\n"},

	{"5.7.30 for another cause",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 550 5.7.30 REQUIRETLS support required\n",
	HELLO_SAYS
	"auth LOGIN rejected 550 5.7.30\n"},

	{"RFC 4954's invalid credentials",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 535 5.7.8 no\n",
	HELLO_SAYS
	"auth LOGIN rejected 535 5.7.8 wrong password\n"},

	{"a token is no password",
	HELLO
	"C: AUTH XOAUTH2\n"
	"S: 535 5.7.8 no\n",
	HELLO_SAYS
	"auth XOAUTH2 rejected 535 5.7.8\n"},

	{"not offered",
	HELLO
	"C: AUTH LOGIN\n"
	"S: 504 5.7.4 Unrecognized authentication type\n",
	HELLO_SAYS
	"auth LOGIN rejected 504 5.7.4 not offered\n"},
};

static const struct dialogue TRANSACTIONS[] = {
	{"all in one write, before the server speaks",
	"C: EHLO scanner\n"
	"C: MAIL FROM:<a@example.com>\n"
	"C: RCPT TO:<b@example.com>\n"
	"C: DATA\n"
	"C: Subject: x\n"
	"C:\n"
	"C: text\n"
	"C: .\n"
	"C: QUIT\n"
	"S: 220 mx ESMTP\n"
	"S: 250-mx\n"
	"S: 250 PIPELINING\n"
	"S: 250 ok\n"
	"S: 250 ok\n"
	"S: 354 go ahead\n"
	"C: MAIL FROM:<c@example.com>\n"
	"S: 250 queued\n"
	"S: 221 bye\n",
	"helo EHLO scanner\n"
	"mail a@example.com\n"
	"rcpt b@example.com\n"
	"message 20\n"
	"quit\n"
	"banner 220 mx ESMTP\n"
	"welcome mx\n"
	"offer PIPELINING\n"
	"offer-end 250\n"
	"mail c@example.com\n"
	"accepted 250\n"},

	{"a pipeline with a refusal; DATA is refused too",
	HELLO
	"C: MAIL FROM:<a@example.com>\n"
	"C: RCPT TO:<b@example.com>\n"
	"C: DATA\n"
	"S: 250 2.1.0 ok\n"
	"S: 550 5.1.1 unknown\n"
	"S: 554 5.5.1 no recipients\n"
	"C: RSET\n"
	"S: 250 ok\n"
	"C: MAIL FROM:<>\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"rcpt b@example.com\n"
	"refused RCPT 550 5.1.1\n"
	"refused DATA 554 5.5.1\n"
	"mail \n"},

	{"the same, and the next command waits behind the body's lines",
	HELLO
	"C: DATA\n"
	"C: Subject: x\n"
	"C: text\n"
	"S: 503 no recipients\n"
	"C: RCPT TO:<b@example.com>\n"
	"S: 500 what?\n"
	"S: 500 what?\n"
	"S: 550 5.1.1 no\n",
	HELLO_SAYS
	"refused DATA 503\n"
	"rcpt b@example.com\n"
	"refused other 500\n"
	"refused other 500\n"
	"refused RCPT 550 5.1.1\n"},

	{"a body is sent although DATA is refused",
	HELLO
	"C: MAIL FROM:<a@example.com>\n"
	"C: DATA\n"
	"C: Subject: x\n"
	"C: MAIL\n"
	"S: 250 ok\n"
	"S: 503 no recipients\n"
	"S: 500 what?\n"
	"S: 500 what?\n"
	"C: .\n"
	"S: 500 what?\n"
	"C: QUIT\n"
	"S: 221 bye\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"refused DATA 503\n"
	"refused other 500\n"
	"refused other 500\n"
	"refused other 500\n"
	"quit\n"},

	{"addresses in every dress",
	HELLO
	"C: mail from: <a@example.com> SIZE=1 AUTH=<b@example.com>\n"
	"C: MAIL FROM:a@example.com SIZE=1\n"
	"C: MAIL FROM:a@example.com AUTH=<b@example.com>\n"
	"C: MAIL  FROM : < a@example.com >\n"
	"C: MAIL FROM:<\"a>b\"@example.com>\n"
	"C:   MAIL\tFROM:<\"a\\\\\">b\"@example.com> SIZE=1\n"
	"C: MAIL FROM:<\"a@example.com>\n"
	"C: MAIL FROM:John <a@example.com>\n"
	"C: MAIL FROM <a@example.com>\n"
	"C: MAIL FROM:<a@example.com\n"
	"C: MAIL FROM:\n"
	"C: RCPT TO:<Postmaster>\n"
	"C: RCPT TO:b@example.com\n"
	"C: MAIL\n"
	"C: MAILFROM:<c@example.com>\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"mail a@example.com\n"
	"mail a@example.com\n"
	"mail a@example.com\n"
	"mail \"a>b\"@example.com\n"
	"mail \"a\\\">b\"@example.com\n"
	"mail \"a@example.com\n"
	"mail a@example.com\n"
	"mail a@example.com\n"
	"mail a@example.com\n"
	"mail \n"
	"rcpt Postmaster\n"
	"rcpt b@example.com\n"},

	{"the go-ahead never comes, but the message is taken",
	HELLO
	"C: DATA\n"
	"C: x\n"
	"C: .\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"message 3\n"
	"accepted 250\n"},

	{"two messages, RSET between, a refused one",
	HELLO
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 ok\n"
	"C: RCPT TO:<b@example.com>\n"
	"S: 250 ok\n"
	"C: RSET\n"
	"S: 250 ok\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 ok\n"
	"C: RCPT TO:<b@example.com>\n"
	"S: 250 ok\n"
	"C: DATA\n"
	"S: 354 go\n"
	"C: user-agent:  Contoso/1 \n"
	"C: X-Mailer:\n"
	"C:  Folded\n"
	"C: X-Mailer-Not: this\n"
	"C:\n"
	"C: .\n"
	"S: 552 5.3.4 too big\n"
	"C: NOOP\n"
	"S: 250 ok\n"
	"C: DATA\n"
	"S: 354 go\n"
	"C: .\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"rcpt b@example.com\n"
	"mail a@example.com\n"
	"rcpt b@example.com\n"
	"agent Contoso/1\n"
	"agent Folded\n"
	"message 67\n"
	"refused body 552 5.3.4\n"
	"message 0\n"
	"accepted 250\n"},

	{"LMTP answers a message once a recipient",
	"S: 220 mx LMTP\n"
	"C: LHLO x\n"
	"S: 250 mx\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 ok\n"
	"C: RCPT TO:<b@example.com>\n"
	"S: 250 ok\n"
	"C: RCPT TO:<c@example.com>\n"
	"S: 250 ok\n"
	"C: RCPT TO:<d@example.com>\n"
	"S: 550 no\n"
	"C: DATA\n"
	"S: 354 go\n"
	"C: .\n"
	"S: 452 b is full\n"
	"S: 250 c has it\n"
	"C: NOOP\n"
	"S: 550 no NOOP\n",
	"banner 220 mx LMTP\n"
	"helo LHLO x\n"
	"welcome mx\n"
	"offer-end 250\n"
	"mail a@example.com\n"
	"rcpt b@example.com\n"
	"rcpt c@example.com\n"
	"rcpt d@example.com\n"
	"refused RCPT 550\n"
	"message 0\n"
	"refused body 452\n"
	"accepted 250\n"
	"refused NOOP 550\n"},
};

static const struct dialogue BODIES[] = {
	{"dots, stuffed and lone, and odd line ends within",
	HELLO
	"C: DATA\n"
	"S: 354 go\n"
	"c: a\\r\\n..\\r\\n.\\r.\\r\\n\\n.\\nb\\n.\\r\\nc\\r\\n.\\n\n"
	"c: d\\r\\r\\n.\\r\\n\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"message 29\n"
	"accepted 250\n"},

	{"a client that knows no CR",
	"S: 220 mx ESMTP\n"
	"c: HELO scanner\\n\n"
	"S: 250 mx\n"
	"c: DATA\\n\n"
	"S: 354 go\n"
	"c: text\\n.\\nQUIT\\n\n"
	"S: 250 ok\n",
	"banner 220 mx ESMTP\n"
	"helo HELO scanner\n"
	"welcome mx\n"
	"message 5\n"
	"quit\n"
	"accepted 250\n"},

	{"a server that takes LF . LF for an end says so",
	HELLO
	"C: DATA\n"
	"S: 354 go\n"
	"c: text\\n.\\r\\n\n"
	"S: 250 ok\n"
	"C: QUIT\n",
	HELLO_SAYS
	"message 5\n"
	"accepted 250\n"
	"quit\n"},

	{"one that does not keeps what is smuggled in the body",
	HELLO
	"C: DATA\n"
	"S: 354 go\n"
	"c: text\\n.\\r\\nMAIL FROM:<evil@example.com>\\r\\n\n"
	"c: DATA\\r\\n.\\r\\n\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"message 44\n"
	"accepted 250\n"},

	{"commands right behind the dot",
	HELLO
	"C: DATA\n"
	"S: 354 go\n"
	"c: text\\r\\n.\\r\\nMAIL FROM:<a@example.com>\\r\\nDATA\\r\\n\n"
	"S: 250 ok\n"
	"S: 250 ok\n"
	"S: 354 go\n"
	"C: .\n"
	"S: 250 ok\n",
	HELLO_SAYS
	"message 6\n"
	"mail a@example.com\n"
	"accepted 250\n"
	"message 0\n"
	"accepted 250\n"},

	{"chunks",
	HELLO
	"c: BDAT 20\\r\\nX-Mailer: Contoso\\r\\n.BDAT 3 LAST\\r\\n\\r\\n.\n"
	"S: 250 20 octets\n"
	"S: 250 queued\n"
	"c: bdat 0 last\\r\\n\n"
	"S: 250 queued\n"
	"c: BDAT 5\\r\\n12345\n"
	"S: 250 ok\n"
	"C: DATA\n"
	"S: 503 no\n"
	"C: RSET\n"
	"S: 250 ok\n"
	"c: BDAT 17 LAST\\r\\nUser-Agent: short\n"
	"S: 554 no\n",
	HELLO_SAYS
	"agent Contoso\n"
	"message 23\n"
	"accepted 250\n"
	"message 0\n"
	"accepted 250\n"
	"refused DATA 503\n"
	"agent short\n"
	"message 17\n"
	"refused BDAT 554\n"},

	{"sizes that are none",
	HELLO
	"C: BDAT -1 LAST\n"
	"S: 521 5.5.4 syntax\n"
	"C: BDAT 184467440737095516150 LAST\n"
	"S: 521 5.5.4 syntax\n"
	"C: BDAT\n"
	"S: 521 5.5.4 syntax\n"
	"C: BDAT 1x\n"
	"S: 521 5.5.4 syntax\n"
	"C: BDAT 1 LASTING\n"
	"S: 521 5.5.4 syntax\n"
	"C: QUIT\n",
	HELLO_SAYS
	"refused BDAT 521 5.5.4\n"
	"refused BDAT 521 5.5.4\n"
	"refused BDAT 521 5.5.4\n"
	"refused BDAT 521 5.5.4\n"
	"refused BDAT 521 5.5.4\n"
	"quit\n"},
};

static const struct dialogue OUT_OF_TURN[] = {
	{"a greeting that refuses",
	"S: 554-5.7.1 mx\n"
	"S: 554 5.7.1 go away\n"
	"Cend\n"
	"Send\n",
	"banner 554 5.7.1 mx\n"
	"refused connect 554 5.7.1\n"},

	{"a greeting of several lines, a second one",
	"S: 220-mx ESMTP\n"
	"S: 220-no spam\n"
	"S: 220 please\n"
	"S: 220 mx again\n"
	"C: EHLO x\n"
	"S: 250 mx\n",
	"banner 220 mx ESMTP\n"
	"helo EHLO x\n"
	"welcome mx\n"
	"offer-end 250\n"},

	{"a client that speaks first, and a slow server",
	"C: EHLO x\n"
	"S: 220 mx ESMTP\n"
	"S: 250 mx\n",
	"helo EHLO x\n"
	"banner 220 mx ESMTP\n"
	"welcome mx\n"
	"offer-end 250\n"},

	{"replies that nobody asked for",
	HELLO
	"S: 250 ok\n"
	"S: 235 2.7.0 ok\n"
	"S: 334 VXNlcm5hbWU6\n"
	"S: 354 go\n"
	"S: 220 ready\n"
	"S: rubbish\n"
	"S:\n"
	"S: 999 x\n"
	"C: SHVzaCFTZWNyZXQ5OQ==\n"
	"S: 500 5.5.1 what?\n"
	"C: QUIT\n"
	"S: 221 bye\n"
	"S: 421 4.4.2 timeout\n",
	HELLO_SAYS
	"refused other 500 5.5.1\n"
	"quit\n"
	"refused other 421 4.4.2\n"},

	{"empty lines, answered and not",
	HELLO
	"C:\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 ok\n"
	"C:\n"
	"S: 500 5.5.2 syntax\n"
	"C: RCPT TO:<b@example.com>\n"
	"S: 550 5.1.1 no\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"refused other 500 5.5.2\n"
	"rcpt b@example.com\n"
	"refused RCPT 550 5.1.1\n"},

	{"half a word, and an answer that fits nothing",
	HELLO
	"C: QU\n"
	"C: MAIL FROM:<a@example.com>\n"
	"S: 250 hm\n"
	"S: 550 no\n",
	HELLO_SAYS
	"mail a@example.com\n"
	"refused MAIL 550\n"},

	{"NUL bytes, a lone CR, blanks before a command",
	HELLO
	"c: NO\\0OP\\r\\nQUIT\\0\\0 now\\r\\n\n"
	"S: 500 5.5.2 syntax\n"
	"S: 500 5.5.2 syntax\n"
	"c: EHLO a\\0b\\rc\\r\\n\n"
	"S: 250 mx\n"
	"c: QUIT\\r \\r\\n  \\tRSET\\r\\n\n"
	"S: 500 what?\n"
	"S: 250 ok\n"
	"C: quit\n",
	HELLO_SAYS
	"refused other 500 5.5.2\n"
	"refused other 500 5.5.2\n"
	"helo EHLO a<00>b<0D>c\n"
	"welcome mx\n"
	"offer-end 250\n"
	"refused other 500\n"
	"quit\n"},

	{"EHLO refused, HELO, and EHLO again",
	"S: 220 mx SMTP\n"
	"C: EHLO x\n"
	"S: 502 5.5.1 no\n"
	"C: HELO x\n"
	"S: 250 mx\n"
	"C: ehlo\n"
	"S: 250-mx\n"
	"S: 250 SIZE\n",
	"banner 220 mx SMTP\n"
	"helo EHLO x\n"
	"refused EHLO 502 5.5.1\n"
	"helo HELO x\n"
	"welcome mx\n"
	"helo EHLO \n"
	"welcome mx\n"
	"offer SIZE\n"
	"offer-end 250\n"},

	{"a proxy's header and another greeting",
	"C: PROXY TCP4 192.0.2.1 192.0.2.2 1 25\n"
	"S: 220 mx ESMTP\n"
	"C: EHLO x\n"
	"S: 250 mx\n"
	"C: XCLIENT ADDR=192.0.2.1\n"
	"S: 220 mx ESMTP\n"
	"C: EHLO y\n"
	"S: 250 mx\n",
	"banner 220 mx ESMTP\n"
	"helo EHLO x\n"
	"welcome mx\n"
	"offer-end 250\n"
	"helo EHLO y\n"
	"welcome mx\n"
	"offer-end 250\n"},
};

static const struct dialogue FOREIGN[] = {
	{"FTP", "S: 220 ftp ready\nC: USER x\nS: 331 password\n",
	"banner 220 ftp ready\nnot-mail\n"},
	{"FTP with TLS", "S: 220 ftp ready\nC: AUTH TLS\n",
	"banner 220 ftp ready\nnot-mail\n"},
	{"FTP, the server alone", "S: 220 ftp\nS: 331 password\n",
	"banner 220 ftp\nnot-mail\n"},
	{"POP3", "S: +OK ready\nC: USER x\n", "not-mail\n"},
	{"POP3, the client alone", "C: CAPA\nC: USER x\n", "not-mail\n"},
	{"IMAP", "S: * OK ready\nC: a LOGIN x y\n", "not-mail\n"},
	{"NNTP", "S: 200 news ready\n", "not-mail\n"},
	{"SSH", "S: SSH-2.0-x\n", "not-mail\n"},
	{"HTTP", "C: GET / HTTP/1.1\nC: Host: x\n", "not-mail\n"},
	{"nothing", "C: hello\nC: is there\nC: anybody\n", "not-mail\n"},
	{"nearly nothing", "C: hello\nC: is there\nC: EHLO x\nC: anybody\n",
	"helo EHLO x\n"},
	{"mid-stream", "midstream\nS: {\nS: a\nS: }\n", "~not-mail\n"},
};

static void a_dialogue_gives_its_events(void **state)
{
	(void)state;
	HOLD(PLAIN_DIALOGUES);
}

static void auth_has_an_account_an_outcome_and_no_secret(void **state)
{
	(void)state;
	HOLD(AUTHS);
}

static void a_refusal_has_its_reason(void **state)
{
	(void)state;
	HOLD(REASONS_GIVEN);
}

static void replies_find_their_commands(void **state)
{
	(void)state;
	HOLD(TRANSACTIONS);
}

static void bodies_end_where_they_end(void **state)
{
	(void)state;
	HOLD(BODIES);
}

static void talking_out_of_turn_confuses_nobody(void **state)
{
	(void)state;
	HOLD(OUT_OF_TURN);
}

static void other_protocols_are_told_apart(void **state)
{
	(void)state;
	HOLD(FOREIGN);
}

/* Lines of any length. */

static struct script *one_line(const char *before, size_t n, const char *after)
{
	struct script *s = read_script(before);
	uint8_t *p = s->bytes + s->used;
	struct chunk *c = &s->chunk[s->n++];

	memset(p, 'x', n);
	memcpy(p + n, after, strlen(after));
	*c = (struct chunk){.kind = CHUNK_DATA, .side = SIDE_CLIENT, .p = p,
		.n = n + strlen(after)};
	return s;
}

static void lines_of_any_length_are_survived(void **state)
{
	static const char *const BEGIN[] = {"", "c: EHLO ", "c: MAIL FROM:<",
		"c: NOOP ", "c: AUTH ", "c: AUTH PLAIN ", "c: BDAT 1",
		"C: DATA\nc: X-Mailer: "};

	(void)state;
	for (size_t i = 0; i < sizeof BEGIN / sizeof *BEGIN; i++)
		for (size_t n = 1000; n < 100000; n += n < 1050 ? 1 : 48000) {
			struct script *script = one_line(BEGIN[i], n,
				"\r\n\r\n.\r\nEHLO y\r\n");
			struct log *l = calloc(1, sizeof *l);

			assert_non_null(l);
			run_script(script, n % 2 ? 0 : 4, l);
			check(strstr(l->text, "helo EHLO y\n"));
			free(l);
			free(script);
		}
}

/* More commands are on their way than are told apart. */
static void a_long_pipeline_keeps_its_order(void **state)
{
	static char text[20000];
	struct dialogue d = {"pipeline", text, HELLO_SAYS
		"mail a@example.com\n"
		"refused RSET 500\n"
		"rcpt a@example.com\n"
		"refused other 502\n"
		"refused other 501\n"
		"refused other 550 5.1.1\n"
		"rcpt a@example.com\n"
		"refused RCPT 550 5.1.1\n"};
	char *p = stpcpy(text, HELLO);

	(void)state;
	for (int i = 0; i < 20; i++)
		p = stpcpy(p, "C: RSET\n");
	p = stpcpy(p, "C: MAIL FROM:<a@example.com>\n");
	for (int i = 0; i < 99; i++)
		p = stpcpy(p, "C: NOOP\n");
	for (int i = 0; i < 19; i++)
		p = stpcpy(p, "S: 250 ok\n");
	p = stpcpy(p, "S: 500 no\n");
	for (int i = 0; i < 98; i++)
		p = stpcpy(p, "S: 250 ok\n");
	p = stpcpy(p, "C: RCPT TO:<a@example.com>\n"
		"S: 502 the last but one\n"
		"S: 501 the last NOOP\n"
		"S: 550 5.1.1 not told apart\n"
		"C: RCPT TO:<a@example.com>\nS: 550 5.1.1 no\n");
	hold(&d, 1);
}

static void events_have_the_time_of_their_line(void **state)
{
	static const char *const PARTS[] = {"EH", "LO x\r", "\nAUTH LO",
		"GIN\r\n", "22", "0 mx\r\n250", " mx\r\n", "50",
		"4 no\r\n", "QUIT\r\n"};
	static const int64_t WANTED[] = {1, 5, 6, 6, 3, 10};
	struct smtp *s = calloc(1, smtp_size());
	struct smtp_event e;
	size_t n = 0;

	(void)state;
	assert_non_null(s);
	smtp_init(s, false);
	for (size_t i = 0; i < 10; i++) {
		struct chunk c = {CHUNK_DATA,
			i < 4 || i == 9 ? SIDE_CLIENT : SIDE_SERVER,
			(int64_t)i + 1, (const uint8_t *)PARTS[i],
			strlen(PARTS[i])};

		smtp_feed(s, &c);
		while (smtp_next(s, &e))
			check(n < 6 && e.at == WANTED[n++]);
	}
	check(n == 6);
	free(s);
}

static bool proves(const char *text)
{
	struct script *script = read_script(text);
	struct smtp *s = calloc(1, smtp_size());
	struct smtp_event e;
	bool is;

	assert_non_null(s);
	smtp_init(s, script->midstream);
	for (size_t i = 0; i < script->n; i++) {
		smtp_feed(s, &script->chunk[i]);
		while (smtp_next(s, &e))
			;
	}
	is = smtp_is_mail(s);
	free(s);
	free(script);
	return is;
}

static void mail_is_proved_by_either_side(void **state)
{
	(void)state;
	check(!proves("S: 220 ready"));
	check(proves("S: 220 mx esmtp"));
	check(proves("S: 220 mx LMTP"));
	check(!proves("C: NOOP\nC: QUIT\nC: HELP\nC: STARTTLS"));
	check(proves("C: ehlo x"));
	check(proves("C: MAIL FROM:<>"));
	check(proves("S: 220 x\nC: AUTH LOGIN"));
	check(!proves("C: AUTH LOGIN")); /* POP3's, too */
	check(!proves("S: 220 x\nC: AUTH GSSAPI"));
	check(proves("midstream\nS: 250 2.1.0 ok"));
	check(!proves("midstream\nS: 250 2 messages"));
	check(proves("midstream\nS: 334 VXNlcm5hbWU6"));
	check(proves("midstream\nS: 250-mx\nS: 250-8BITMIME"));
	check(!proves("midstream\nS: 250-AUTH x\nS: 250 x"));
	check(!proves("midstream\nC: MAIL FROM:<a@example.com>"));
	check(proves("midstream\nC: MAIL FROM:<a@example.com>\nS: 250 ok"));
	check(proves("midstream\nC: RCPT TO:<a@example.com>\nC: DATA"));
}

static bool is_plausible(enum side side, const char *text, size_t n,
	bool midstream)
{
	uint8_t *exact = exact_copy(text, n);
	bool is = smtp_plausible(side, exact, n, midstream);

	free(exact);
	return is;
}

static void all_of_it_is_plausible(enum side side, const char *text,
	bool midstream)
{
	for (size_t n = 0; n <= strlen(text); n++)
		check(is_plausible(side, text, n, midstream));
}

static void the_first_bytes_speak_for_or_against_mail(void **state)
{
	static const char *const CLIENT[] = {"EHLO x\r\n", "helo x\r\n",
		"  mail  from:<a@example.com>\r\n", "MAIL FROM <a>\r\n",
		"\r\nQUIT\r\n", "STARTTLS\r\n", "AUTH LOGIN\r\n",
		"PROXY TCP4 1"};
	static const char *const NOT_CLIENT[] = {"GET / HTTP", "USER x\r\n",
		"EHLOx", "hello", "\x16\x03\x01", "QUITE", "MAILFROM:",
		"SSH-2.0"};
	static const char *const SERVER[] = {"220 mx ESMTP\r\n", "220-mx",
		"554 no", "421\r\n"};
	static const char *const NOT_SERVER[] = {"+OK", "* OK", "200 news",
		"HTTP/1.1", "SSH-2.0", "2200", "120 wait", "\x16\x03\x01",
		"22x"};

	(void)state;
	for (size_t i = 0; i < sizeof CLIENT / sizeof *CLIENT; i++)
		all_of_it_is_plausible(SIDE_CLIENT, CLIENT[i], false);
	for (size_t i = 0; i < sizeof SERVER / sizeof *SERVER; i++)
		all_of_it_is_plausible(SIDE_SERVER, SERVER[i], false);
	for (size_t i = 0; i < sizeof NOT_CLIENT / sizeof *NOT_CLIENT; i++)
		check(!is_plausible(SIDE_CLIENT, NOT_CLIENT[i],
			strlen(NOT_CLIENT[i]), false));
	for (size_t i = 0; i < sizeof NOT_SERVER / sizeof *NOT_SERVER; i++)
		check(!is_plausible(SIDE_SERVER, NOT_SERVER[i],
			strlen(NOT_SERVER[i]), false));
	all_of_it_is_plausible(SIDE_CLIENT, "in the middle\r\n", true);
	all_of_it_is_plausible(SIDE_SERVER, "TLS\r\n250 HELP\r\n", true);
	check(!is_plausible(SIDE_CLIENT, "a\0b", 3, true));
	check(!is_plausible(SIDE_SERVER, "\x17\3\3", 3, true));
	check(!is_plausible(SIDE_CLIENT, "GET / ", 6, true));
}

/* TLS that turns out to be none is mail again. */
static void after_a_false_start_of_tls_it_goes_on(void **state)
{
	static const char *const SAID[] = {"220 mx\r\n", "STARTTLS\r\n",
		"220 ready\r\n", "MAIL FROM:<a@example.com>\r\n"};
	static const enum smtp_kind WANTED[] = {
		SMTP_BANNER, SMTP_STARTTLS, SMTP_TLS, SMTP_MAIL};
	struct smtp *s = calloc(1, smtp_size());
	struct smtp_event e;
	size_t n = 0;

	(void)state;
	assert_non_null(s);
	smtp_init(s, false);
	for (size_t i = 0; i < 4; i++) {
		struct chunk c = {CHUNK_DATA,
			i % 2 ? SIDE_CLIENT : SIDE_SERVER, 1,
			(const uint8_t *)SAID[i], strlen(SAID[i])};

		smtp_feed(s, &c);
		while (smtp_next(s, &e))
			check(n < 4 && e.kind == WANTED[n++]);
		check(!smtp_next(s, &e) && smtp_rest(s).n == 0);
	}
	check(n == 4);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dialogue_gives_its_events),
		cmocka_unit_test(auth_has_an_account_an_outcome_and_no_secret),
		cmocka_unit_test(a_refusal_has_its_reason),
		cmocka_unit_test(replies_find_their_commands),
		cmocka_unit_test(bodies_end_where_they_end),
		cmocka_unit_test(talking_out_of_turn_confuses_nobody),
		cmocka_unit_test(other_protocols_are_told_apart),
		cmocka_unit_test(lines_of_any_length_are_survived),
		cmocka_unit_test(a_long_pipeline_keeps_its_order),
		cmocka_unit_test(events_have_the_time_of_their_line),
		cmocka_unit_test(mail_is_proved_by_either_side),
		cmocka_unit_test(the_first_bytes_speak_for_or_against_mail),
		cmocka_unit_test(after_a_false_start_of_tls_it_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
