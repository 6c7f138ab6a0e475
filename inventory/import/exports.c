/* exports.c: see exports.h.
 *
 * The names of columns are those of, as of 2026-11:
 * - SMTP AUTH clients report: learn.microsoft.com/exchange/monitoring/
 *   mail-flow-reports/mfr-smtp-auth-clients-report (sender address, domain, TLS
 *   1.0, 1.1, 1.2, messages sent); since 2024-10 it has the authentication
 *   protocol as well.
 * - sign-in logs: the files InteractiveSignIns and NonInteractiveSignIns of the
 *   Entra admin center ("Date (UTC)", "Username", "Client app", "Sign-in error
 *   code", "IP address"); their JSON, and Get-MgAuditLogSignIn, have the
 *   properties of learn.microsoft.com/graph/api/resources/signin; Log Analytics
 *   those of learn.microsoft.com/azure/azure-monitor/reference/tables/
 *   signinlogs (ResultType).
 * - mailboxes: Get-CASMailbox, Get-EXOCasMailbox, Get-Mailbox, Get-EXOMailbox
 *   through Export-Csv; the admin center's "Proxy addresses".
 * - message trace: learn.microsoft.com/exchange/monitoring/
 *   trace-an-email-message/message-trace-modern-eac (origin_timestamp_utc,
 *   sender_address, original_client_ip), Get-MessageTraceV2 (Received,
 *   SenderAddress, FromIP). */
#include "inventory/import/exports.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name; /* letters and digits only */
	enum import_column column;
} columns[] = {
	{"dateutc", IMPORT_AT}, {"createddatetime", IMPORT_AT},
	{"createddatetimeutc", IMPORT_AT}, {"timegenerated", IMPORT_AT},
	{"timegeneratedutc", IMPORT_AT}, {"origintimestamputc", IMPORT_AT},
	{"origintimestamp", IMPORT_AT}, {"received", IMPORT_AT},
	{"receiveddatetime", IMPORT_AT}, {"datetimeutc", IMPORT_AT},
	{"date", IMPORT_AT},
	{"username", IMPORT_USER}, {"userprincipalname", IMPORT_USER},
	{"clientapp", IMPORT_CLIENT}, {"clientappused", IMPORT_CLIENT},
	{"status", IMPORT_STATUS},
	{"signinerrorcode", IMPORT_ERROR}, {"errorcode", IMPORT_ERROR},
	{"resulttype", IMPORT_ERROR},
	{"ipaddress", IMPORT_IP}, {"originalclientip", IMPORT_IP},
	{"fromip", IMPORT_IP},
	{"senderaddress", IMPORT_SENDER}, {"sender", IMPORT_SENDER},
	{"messagessent", IMPORT_MESSAGES}, {"messagecount", IMPORT_MESSAGES},
	{"messages", IMPORT_MESSAGES},
	{"authenticationprotocol", IMPORT_PROTOCOL},
	{"authprotocol", IMPORT_PROTOCOL},
	{"tls10", IMPORT_TLS_10}, {"tls10percentage", IMPORT_TLS_10},
	{"tls11", IMPORT_TLS_11}, {"tls11percentage", IMPORT_TLS_11},
	{"primarysmtpaddress", IMPORT_PRIMARY},
	{"emailaddresses", IMPORT_ALIASES},
	{"proxyaddresses", IMPORT_ALIASES},
	{"smtpclientauthenticationdisabled", IMPORT_OFF},
};

enum { COLUMN_NAME = 48 };

enum import_column import_column_named(const char *header)
{
	char name[COLUMN_NAME];
	size_t n = 0;

	for (; *header != '\0'; header++) {
		if (!isalnum((unsigned char)*header))
			continue;
		if (n == sizeof name - 1)
			return IMPORT_COLUMNS;
		name[n++] = (char)tolower((unsigned char)*header);
	}
	name[n] = '\0';
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		if (strcmp(columns[i].name, name) == 0)
			return columns[i].column;
	return IMPORT_COLUMNS;
}

enum import_kind import_kind_of(const bool has[IMPORT_COLUMNS])
{
	if (has[IMPORT_AT] && has[IMPORT_USER] && has[IMPORT_CLIENT])
		return IMPORT_SIGNINS;
	if (has[IMPORT_SENDER] && has[IMPORT_MESSAGES])
		return IMPORT_REPORT;
	if (has[IMPORT_SENDER] && has[IMPORT_AT])
		return IMPORT_TRACE;
	if (has[IMPORT_PRIMARY] || (has[IMPORT_USER] && has[IMPORT_ALIASES]))
		return IMPORT_MAILBOXES;
	return IMPORT_KINDS;
}

const char *import_kind_word(enum import_kind k)
{
	static const char *const words[] = {
		"mailboxes", "smtp-auth-report", "sign-ins", "message-trace"};

	return words[k];
}

const char *import_kind_text(enum import_kind k)
{
	static const char *const texts[] = {
		"mailbox list", "SMTP AUTH clients report", "sign-in log",
		"message trace"};

	return texts[k];
}

const char *import_refusal_word(enum import_refusal r)
{
	static const char *const words[] = {
		[IMPORT_TAKEN] = "taken", [IMPORT_BAD_FIELDS] = "fields",
		[IMPORT_BAD_TIME] = "time", [IMPORT_BAD_ACCOUNT] = "account",
		[IMPORT_NOT_SMTP] = "not-smtp", [IMPORT_FOREIGN] = "foreign",
	};

	return words[r];
}

const char *import_refusal_text(enum import_refusal r)
{
	static const char *const texts[] = {
		[IMPORT_TAKEN] = "taken",
		[IMPORT_BAD_FIELDS] = "with more or fewer fields than columns",
		[IMPORT_BAD_TIME] = "without a time that can be told",
		[IMPORT_BAD_ACCOUNT] = "without an address",
		[IMPORT_NOT_SMTP] = "not by SMTP",
		[IMPORT_FOREIGN] = "from other organisations",
	};

	return texts[r];
}

/* --- what fields hold --- */

/* An address or a name to sign in with: small letters, one '@' with something
 * on both sides, nothing that needs quotes. */
static bool read_account(const char *p, size_t n, char out[TEXT_MAX])
{
	const char *at;

	while (n > 0 && isspace((unsigned char)*p))
		p++, n--;
	while (n > 0 && isspace((unsigned char)p[n - 1]))
		n--;
	at = n > 0 ? memchr(p, '@', n) : NULL;
	if (!at || at == p || at == p + n - 1 || n >= TEXT_MAX ||
		memchr(at + 1, '@', n - (size_t)(at + 1 - p)) ||
		!text_is_clean(p, n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (strchr(" \"'<>(),;:\\[]", p[i]))
			return false;
		out[i] = (char)tolower((unsigned char)p[i]);
	}
	out[n] = '\0';
	return true;
}

static bool is(const char *text, const char *word)
{
	return text && strcasecmp(text, word) == 0;
}

static void read_ip(const char *text, char out[ADDR_TEXT])
{
	struct addr a;

	out[0] = '\0';
	if (text && addr_parse(text, &a))
		addr_format(&a, out);
}

/* "1,234"; 0 where there is none. */
static uint64_t read_count(const char *text)
{
	uint64_t v = 0;

	for (; text && *text != '\0'; text++) {
		if (isdigit((unsigned char)*text) && v < UINT64_MAX / 20)
			v = 10 * v + (uint64_t)(*text - '0');
		else if (!strchr(", ", *text))
			break;
	}
	return v;
}

/* "0", "0%", "0.00 %" are none. */
static bool is_share(const char *text)
{
	return text && strpbrk(text, "123456789") != NULL;
}

static uint8_t read_outcome(const char *const values[IMPORT_COLUMNS])
{
	const char *code = values[IMPORT_ERROR];

	if (code && *code != '\0')
		return is(code, "0") ? RECORD_ACCEPTED : RECORD_REJECTED;
	if (is(values[IMPORT_STATUS], "Success"))
		return RECORD_ACCEPTED;
	if (is(values[IMPORT_STATUS], "Failure") ||
		is(values[IMPORT_STATUS], "Interrupted"))
		return RECORD_REJECTED;
	return RECORD_UNKNOWN;
}

static enum auth_use read_use(const char *text)
{
	if (text && strcasestr(text, "basic"))
		return USE_BASIC;
	if (text && (strcasestr(text, "oauth") || strcasestr(text, "modern")))
		return USE_OAUTH;
	return USE_UNKNOWN;
}

static void add_name(struct import_row *out, const char *name)
{
	for (size_t i = 0; i < out->names_n; i++)
		if (strcmp(out->names[i], name) == 0)
			return;
	if (out->names_n < IMPORT_NAMES)
		strcpy(out->names[out->names_n++], name);
}

/* "SMTP:a@x smtp:b@x", with spaces, commas, semicolons, bars, line ends or the
 * plus signs of "+smtp:" between; what is no address (SIP, X.500, the name of a
 * type) is passed over. */
static void read_aliases(const char *p, struct import_row *out)
{
	char name[TEXT_MAX];

	while (*p != '\0') {
		size_t n = strcspn(p, " ,;|\r\n\t{}"), skip = 0;
		const char *plus = strcasestr(p, "+smtp:");

		if (plus && (size_t)(plus - p) < n)
			n = (size_t)(plus - p);
		if (*p == '+')
			skip = 1;
		if (strncasecmp(p + skip, "smtp:", 5) == 0)
			skip += 5;
		if (n > skip && read_account(p + skip, n - skip, name))
			add_name(out, name);
		p += n > 0 ? n : 1;
	}
}

/* --- rows --- */

static enum import_refusal read_mailbox(
	const char *const values[IMPORT_COLUMNS], struct import_row *out)
{
	const char *main = values[IMPORT_PRIMARY], *user = values[IMPORT_USER];
	char name[TEXT_MAX];

	if (!(main && read_account(main, strlen(main), out->account)) &&
		!(user && read_account(user, strlen(user), out->account)))
		return IMPORT_BAD_ACCOUNT;
	add_name(out, out->account);
	if (user && read_account(user, strlen(user), name))
		add_name(out, name);
	if (values[IMPORT_ALIASES])
		read_aliases(values[IMPORT_ALIASES], out);
	out->off = is(values[IMPORT_OFF], "True") ? 1
		: is(values[IMPORT_OFF], "False") ? 0 : -1;
	return IMPORT_TAKEN;
}

/* What signs in for SMTP AUTH is called "Authenticated SMTP", or "SMTP" where
 * names are short. */
static bool is_smtp(const char *client)
{
	return client && strcasestr(client, "smtp");
}

enum import_refusal import_row(enum import_kind k,
	const char *const values[IMPORT_COLUMNS], enum date_order order,
	struct import_row *out)
{
	const char *who = values[k == IMPORT_SIGNINS ? IMPORT_USER
		: IMPORT_SENDER];
	const char *when = values[IMPORT_AT];
	enum date_order says;

	*out = (struct import_row){.names = out->names, .off = -1};
	if (k == IMPORT_MAILBOXES)
		return read_mailbox(values, out);
	if (k == IMPORT_SIGNINS && !is_smtp(values[IMPORT_CLIENT]))
		return IMPORT_NOT_SMTP;
	if (!who || !read_account(who, strlen(who), out->account))
		return IMPORT_BAD_ACCOUNT;
	if (k == IMPORT_REPORT) {
		out->messages = read_count(values[IMPORT_MESSAGES]);
		out->use = read_use(values[IMPORT_PROTOCOL]);
		out->tls_old = is_share(values[IMPORT_TLS_10]) ||
			is_share(values[IMPORT_TLS_11]);
		return IMPORT_TAKEN;
	}
	if (!when || !date_read(when, order, &out->at, &says))
		return IMPORT_BAD_TIME;
	read_ip(values[IMPORT_IP], out->ip);
	if (k == IMPORT_SIGNINS)
		out->outcome = read_outcome(values);
	return IMPORT_TAKEN;
}
