/* words.c: see words.h. */
#include "ui/words.h"
#include "capture/base/smtp_verb.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_silent(const struct device *d)
{
	return d->sessions == 0 && d->standing == STANDING_QUIET;
}

enum concern words_concern(const struct device *d)
{
	switch (d->use) {
	case USE_BASIC:
	case USE_REQUIRED: return CONCERN_MUST;
	case USE_OAUTH: return CONCERN_OAUTH;
	case USE_UNKNOWN:
		return d->role == ROLE_MTA || is_silent(d) ? CONCERN_NONE
							   : CONCERN_HIDDEN;
	case USE_NONE:
	case USE_OTHER: break;
	}
	return CONCERN_NONE;
}

const char *words_mark(enum concern c)
{
	switch (c) {
	case CONCERN_MUST: return "!";
	case CONCERN_HIDDEN: return "?";
	case CONCERN_OAUTH: return "+";
	case CONCERN_NONE: break;
	}
	return "\xc2\xb7"; /* U+00B7 MIDDLE DOT */
}

unsigned words_rank(const struct device *d)
{
	static const uint8_t rank[] = {
		[USE_NONE] = 2, [USE_OTHER] = 3, [USE_OAUTH] = 4,
		[USE_UNKNOWN] = 5, [USE_REQUIRED] = 6, [USE_BASIC] = 7,
	};

	if (words_concern(d) == CONCERN_NONE && d->role == ROLE_MTA)
		return 1;
	if (words_concern(d) == CONCERN_NONE && is_silent(d))
		return 0;
	return rank[d->use];
}

/* A relay is shown by what it is; what it uses still decides its mark. */
const char *words_auth(const struct device *d, char out[WORDS_AUTH])
{
	const char *label = auth_use_label(d->use), *sign = "";

	if (d->evidence == EVIDENCE_INFERRED)
		sign = "~";
	else if (d->evidence == EVIDENCE_IMPORTED)
		sign = "*";
	if (d->role == ROLE_MTA)
		label = "MTA", sign = "";
	else if (is_silent(d))
		label = WORDS_DASH, sign = "";
	snprintf(out, WORDS_AUTH, "%s%s", label, sign);
	return out;
}

const char *words_tls(uint16_t version, bool some_clear)
{
	if (some_clear)
		return "none";
	switch (version) {
	case 0: return WORDS_DASH;
	case 0x0002:
	case 0x0200: return "SSL2";
	case 0x0300: return "SSL3";
	case 0x0301: return "1.0";
	case 0x0302: return "1.1";
	case 0x0303: return "1.2";
	case 0x0304: return "1.3";
	default: return "odd";
	}
}

uint64_t words_volume(const struct device *d, bool *guessed)
{
	*guessed = d->messages == 0 && d->tls_lowest != 0 && !d->some_clear &&
		d->sessions > 0;
	return *guessed ? d->sessions : d->messages;
}

const char *words_first(const struct names *n, char out[WORDS_LIST])
{
	if (n->n > 1)
		snprintf(out, WORDS_LIST, "%.*s +%zu", WORDS_LIST - 32, n->v[0],
			n->n - 1);
	else
		snprintf(out, WORDS_LIST, "%s",
			n->n > 0 ? n->v[0] : WORDS_DASH);
	return out;
}

const char *words_identity(const struct device *d, char out[WORDS_LIST])
{
	const struct candidate *c = d->candidates;

	if (d->accounts.n > 0 || d->candidates_n == 0 ||
		c->score < CANDIDATE_SURE)
		return words_first(&d->accounts, out);
	snprintf(out, WORDS_LIST, "*%u%% %.*s", c->score, WORDS_LIST - 32,
		c->account);
	return out;
}

const char *words_candidate(const struct candidate *c, char out[WORDS_LIST])
{
	const char *before = "";
	int n = snprintf(out, WORDS_LIST, "%u%%: ", c->score);

	if (c->by_times) {
		n += snprintf(out + n, WORDS_LIST - (size_t)n, "signed in at "
			"the times of %" PRIu64 " of %" PRIu64 " session%s",
			c->hits, c->tries, c->tries == 1 ? "" : "s");
		before = ", ";
	}
	if (c->by_length) {
		n += snprintf(out + n, WORDS_LIST - (size_t)n,
			"%sits name has the length", before);
		before = ", ";
	}
	if (c->by_sender)
		snprintf(out + n, WORDS_LIST - (size_t)n,
			"%sthe device sends from its address", before);
	return out;
}

static size_t host_port(char *out, size_t cap, const char *host, unsigned port)
{
	bool v6 = host && strchr(host, ':');
	int n = snprintf(out, cap, v6 ? "[%.80s]" : "%.80s",
		host ? host : "?");

	if (port > 0)
		n += snprintf(out + n, cap - (size_t)n, ":%u", port);
	return (size_t)n;
}

const char *words_server(const struct session_row *r, char out[WORDS_SERVER])
{
	const char *name = r->server_name;
	size_t n = 0;

	if (!r->proxy) {
		host_port(out, WORDS_SERVER, name ? name : r->server_ip,
			r->server_port);
		return out;
	}
	if (name || r->proxied)
		n = host_port(out, WORDS_SERVER, name ? name : r->proxied,
			r->proxied_port);
	n += (size_t)snprintf(out + n, WORDS_SERVER - n, "%svia proxy ",
		n > 0 ? " " : "");
	host_port(out + n, WORDS_SERVER - n, r->server_ip, r->server_port);
	return out;
}

static const char *sign(enum evidence e)
{
	return e == EVIDENCE_INFERRED ? "~" : e == EVIDENCE_IMPORTED ? "*" : "";
}

const char *words_mechanism(const struct auth_row *a, char out[WORDS_TRY])
{
	snprintf(out, WORDS_TRY, "%.24s%s", a->mechanism ? a->mechanism : "?",
		sign(a->evidence));
	return out;
}

const char *words_account(const struct auth_row *a, char out[WORDS_TRY])
{
	if (a->account)
		snprintf(out, WORDS_TRY, "%.90s", a->account);
	else if (a->account_max > 0 && a->account_min == a->account_max)
		snprintf(out, WORDS_TRY, "%u bytes", a->account_max);
	else if (a->account_max > 0)
		snprintf(out, WORDS_TRY, "%u-%u bytes", a->account_min,
			a->account_max);
	else
		return NULL;
	return out;
}

const char *words_reply(const struct auth_row *a, char out[WORDS_TRY])
{
	if (a->code > 0)
		snprintf(out, WORDS_TRY, "%u%s%.10s", a->code,
			a->enhanced ? " " : "", a->enhanced ? a->enhanced : "");
	else if (a->evidence == EVIDENCE_INFERRED && a->outcome &&
		strcmp(a->outcome, "unknown") != 0)
		snprintf(out, WORDS_TRY, "%s~", a->outcome);
	else
		return NULL;
	return out;
}

const char *words_reason(const struct auth_row *a, char out[WORDS_TRY])
{
	const char *why = reason_label(a->reason);

	if (!why)
		return NULL;
	snprintf(out, WORDS_TRY, "%.20s%s", why, sign(a->evidence));
	return out;
}

const char *words_verb(unsigned verb)
{
	static const char *const words[] = {
		[SMTP_V_OTHER] = "a command", [SMTP_V_CONNECT] = "connection",
		[SMTP_V_HELO] = "HELO", [SMTP_V_EHLO] = "EHLO",
		[SMTP_V_LHLO] = "LHLO", [SMTP_V_AUTH] = "AUTH",
		[SMTP_V_MAIL] = "MAIL", [SMTP_V_RCPT] = "RCPT",
		[SMTP_V_DATA] = "DATA", [SMTP_V_BDAT] = "BDAT",
		[SMTP_V_RSET] = "RSET", [SMTP_V_NOOP] = "NOOP",
		[SMTP_V_VRFY] = "VRFY", [SMTP_V_EXPN] = "EXPN",
		[SMTP_V_HELP] = "HELP", [SMTP_V_QUIT] = "QUIT",
		[SMTP_V_STARTTLS] = "STARTTLS",
		[SMTP_V_ANONYMOUSTLS] = "X-ANONYMOUSTLS",
		[SMTP_V_BODY] = "a message"};

	return verb < sizeof words / sizeof words[0] ? words[verb] : words[0];
}
