/* infer_servers.c: how long the replies of mail servers are, CRLF included.
 *
 * This is data. It is compiled in because the process that reads packets may
 * open no file; a row for one more server, or another length, needs nothing
 * but a line here. Of each row it is said whether it was measured, in a
 * recording of the software as it is shipped, or counted in texts of the
 * server that others have published; texts of the providers may change at any
 * time, so their rows promise less (`sure`). A row is evidence, not proof: a
 * length that is in no list has some probability in all of them. */
#include "capture/proto/infer_state.h"

enum {
	/* What Exchange and those that imitate it offer. */
	EXCHANGE_ONLINE = 1 << INFER_LOGIN | 1 << INFER_XOAUTH2 |
		1 << INFER_OAUTHBEARER,
	EXCHANGE = 1 << INFER_LOGIN | 1 << INFER_NTLM,
};

static const struct infer_server SERVERS[] = {
	/* Any software: what is frequent below, and much besides. */
	{
		.name = "any",
		.length = {
			[INFER_R_PROMPT] = {18},
			[INFER_R_EMPTY] = {6, 5, 7, 18},
			[INFER_R_ACCEPTED] = {37, 30, 22, 31, 20},
			[INFER_R_MAIL] = {14, 8, 21},
			[INFER_R_RCPT] = {14, 8, 24},
			[INFER_R_GO] = {37, 46, 56, 27},
			[INFER_R_QUEUED] = {37, 35, 28, 24, 14},
			[INFER_R_BYE] = {15, 9, 48},
			[INFER_R_SHORT] = {14, 8, 13, 21},
		},
		.sure = 50,
	},
	/* Counted in published replies, 2025; the host's name is of a fixed
	 * length, texts behind it are not. */
	{
		.name = "Exchange Online",
		.banner = {"outlook.office365.com", "Microsoft ESMTP MAIL"},
		.host = {".office365.com", ".office365.us",
			"smtp-mail.outlook.com", "smtp.partner.outlook.cn"},
		.length = {
			[INFER_R_PROMPT] = {18},
			[INFER_R_EMPTY] = {6},
			[INFER_R_ACCEPTED] = {37},
			[INFER_R_REJECTED] = {122, 162, 159, 217, 240, 241,
				156},
			[INFER_R_MAIL] = {21},
			[INFER_R_RCPT] = {24},
			[INFER_R_GO] = {46},
			[INFER_R_QUEUED] = {118},
			[INFER_R_BYE] = {48},
			[INFER_R_SHORT] = {21, 14},
			[INFER_R_DENIED] = {134},
		},
		.refusal = {
			{122, INFER_WRONG_PASSWORD},
			{162, INFER_WRONG_PASSWORD},
			{159, INFER_BASIC_DISABLED},
			{217, INFER_SECURITY_DEFAULTS},
			{240, INFER_TENANT_SWITCH},
			{241, INFER_MAILBOX_SWITCH},
			{156, INFER_BASIC_REMOVED},
		},
		.offers = EXCHANGE_ONLINE,
		.demands = true,
		.sure = 80,
	},
	/* The same software as it takes mail for its own domains. */
	{
		.name = "Exchange Online Protection",
		.banner = {"protection.outlook.com", "Microsoft ESMTP MAIL"},
		.host = {".mail.protection.outlook.com", ".mx.microsoft"},
		.length = {
			[INFER_R_PROMPT] = {18},
			[INFER_R_EMPTY] = {6},
			[INFER_R_ACCEPTED] = {37},
			[INFER_R_MAIL] = {21},
			[INFER_R_RCPT] = {24},
			[INFER_R_GO] = {46},
			[INFER_R_QUEUED] = {201},
			[INFER_R_BYE] = {48},
			[INFER_R_SHORT] = {21, 14},
		},
		.offers = INFER_NO_MECHANISM,
		.sure = 80,
	},
	/* On premises; counted in published replies. */
	{
		.name = "Exchange",
		.banner = {"Microsoft ESMTP MAIL"},
		.length = {
			[INFER_R_PROMPT] = {18, 20},
			[INFER_R_EMPTY] = {6},
			[INFER_R_ACCEPTED] = {37},
			[INFER_R_REJECTED] = {39},
			[INFER_R_MAIL] = {21},
			[INFER_R_RCPT] = {24},
			[INFER_R_GO] = {46},
			[INFER_R_QUEUED] = {178},
			[INFER_R_BYE] = {48},
			[INFER_R_SHORT] = {21, 14},
		},
		.refusal = {{39, INFER_WRONG_PASSWORD}},
		.offers = EXCHANGE,
		.sure = 80,
	},
	/* Counted in published replies, 2025: each ends with "- gsmtp" and
	 * an id whose length varies. */
	{
		.name = "Gmail",
		.banner = {"gsmtp"},
		.host = {"smtp.gmail.com", "smtp-relay.gmail.com"},
		.length = {
			[INFER_R_PROMPT] = {18},
			[INFER_R_EMPTY] = {6},
			[INFER_R_ACCEPTED] = {20},
			[INFER_R_REJECTED] = {188},
			[INFER_R_MAIL] = {65},
			[INFER_R_RCPT] = {65},
			[INFER_R_GO] = {65},
			[INFER_R_QUEUED] = {77},
			[INFER_R_BYE] = {81},
			[INFER_R_SHORT] = {65},
			[INFER_R_DENIED] = {187},
		},
		.refusal = {{188, INFER_WRONG_PASSWORD}},
		.sure = 60,
	},
	/* Measured: 3.7 with the SASL of Dovecot 2.3. */
	{
		.name = "Postfix",
		.banner = {"Postfix"},
		.length = {
			[INFER_R_PROMPT] = {18},
			[INFER_R_EMPTY] = {6},
			[INFER_R_ACCEPTED] = {37},
			[INFER_R_REJECTED] = {62},
			[INFER_R_MAIL] = {14},
			[INFER_R_RCPT] = {14},
			[INFER_R_GO] = {37},
			[INFER_R_QUEUED] = {37, 35, 36, 38, 39, 40},
			[INFER_R_BYE] = {15},
			[INFER_R_SHORT] = {14},
		},
		.refusal = {{62, INFER_WRONG_PASSWORD}},
		.sure = 88,
	},
	/* Measured: 4.96. */
	{
		.name = "Exim",
		.banner = {"Exim"},
		.length = {
			[INFER_R_PROMPT] = {18},
			[INFER_R_EMPTY] = {6},
			[INFER_R_ACCEPTED] = {30},
			[INFER_R_REJECTED] = {35},
			[INFER_R_MAIL] = {8},
			[INFER_R_RCPT] = {14},
			[INFER_R_GO] = {56},
			[INFER_R_QUEUED] = {28},
			[INFER_R_SHORT] = {14, 8},
			[INFER_R_DENIED] = {25},
		},
		.refusal = {{35, INFER_WRONG_PASSWORD}},
		.sure = 88,
	},
	/* Measured: 2.3 as submission relay; the server behind it gives all
	 * from MAIL on. */
	{
		.name = "Dovecot",
		.banner = {"Dovecot"},
		.length = {
			[INFER_R_PROMPT] = {18},
			[INFER_R_EMPTY] = {6},
			[INFER_R_ACCEPTED] = {22},
			[INFER_R_REJECTED] = {34, 35},
			[INFER_R_MAIL] = {14, 8},
			[INFER_R_RCPT] = {14, 8},
			[INFER_R_GO] = {8},
			[INFER_R_QUEUED] = {14, 37},
			[INFER_R_BYE] = {15},
			[INFER_R_SHORT] = {14},
		},
		.sure = 80,
	},
	/* Measured: 3.x. Replies repeat the address. */
	{
		.name = "Haraka",
		.banner = {"Haraka"},
		.length = {
			[INFER_R_PROMPT] = {18},
			[INFER_R_EMPTY] = {7},
			[INFER_R_ACCEPTED] = {37},
			[INFER_R_REJECTED] = {33},
			[INFER_R_GO] = {27},
			[INFER_R_QUEUED] = {61, 62, 63, 64, 65},
			[INFER_R_SHORT] = {8},
			[INFER_R_DENIED] = {29},
		},
		.refusal = {{33, INFER_WRONG_PASSWORD}},
		.mail_echo = 4,
		.rcpt_echo = 9,
		.sure = 85,
	},
	/* Measured: 1.4. */
	{
		.name = "aiosmtpd",
		.banner = {"Python SMTP"},
		.length = {
			[INFER_R_PROMPT] = {18, 22},
			[INFER_R_EMPTY] = {6, 5},
			[INFER_R_ACCEPTED] = {37},
			[INFER_R_REJECTED] = {46},
			[INFER_R_MAIL] = {8},
			[INFER_R_RCPT] = {8},
			[INFER_R_GO] = {37},
			[INFER_R_QUEUED] = {9, 8, 35},
			[INFER_R_BYE] = {9},
			[INFER_R_SHORT] = {8},
		},
		.refusal = {{46, INFER_WRONG_PASSWORD}},
		.sure = 85,
	},
	/* Measured: the npm package, 3.x; its greeting has no name of its
	 * own, so this row is found by its lengths only. */
	{
		.name = "smtp-server",
		.length = {
			[INFER_R_PROMPT] = {18},
			[INFER_R_EMPTY] = {6},
			[INFER_R_ACCEPTED] = {31},
			[INFER_R_REJECTED] = {47},
			[INFER_R_MAIL] = {14},
			[INFER_R_RCPT] = {14},
			[INFER_R_GO] = {37},
			[INFER_R_QUEUED] = {24},
			[INFER_R_BYE] = {9},
			[INFER_R_SHORT] = {13},
		},
		.refusal = {{47, INFER_WRONG_PASSWORD}},
		.sure = 85,
	},
};

size_t infer_servers(const struct infer_server **rows)
{
	*rows = SERVERS;
	return sizeof SERVERS / sizeof *SERVERS;
}
