/* talk.c: see talk.h. */
#include "ui/dash/talk.h"
#include "ui/dash/line.h"
#include "ui/say.h"
#include "ui/words.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct talk_line *say(struct talk *t, int64_t at, enum talk_side side,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Never NULL: the last line takes what is too much. */
static struct talk_line *say(struct talk *t, int64_t at, enum talk_side side,
	const char *fmt, ...)
{
	struct talk_line *l = &t->v[t->n < TALK_MAX ? t->n++ : TALK_MAX - 1];
	va_list ap;

	*l = (struct talk_line){.at = at, .side = side};
	va_start(ap, fmt);
	vsnprintf(l->text, sizeof l->text, fmt, ap);
	va_end(ap);
	return l;
}

static void add_names(struct line *l, const struct names *n)
{
	for (size_t i = 0; i < n->n && i < 12; i++)
		line_part(l, i > 0 ? ", " : "", "%.80s",
			n->v[i][0] != '\0' ? n->v[i] : "<>");
	if (n->n > 12)
		line_add(l, " and %zu more", n->n - 12);
}

static void connects(struct talk *t, const struct session_row *r)
{
	char server[WORDS_SERVER];
	struct line l = {.n = 0};

	line_add(&l, "%s port %u connects to %s",
		r->client_ip ? r->client_ip : "?", r->client_port,
		words_server(r, server));
	if (r->server_name && r->server_ip && !r->proxy)
		line_add(&l, " (%s, named by %s)", r->server_ip,
			r->server_name_from ? r->server_name_from : "?");
	say(t, r->first_seen, TALK_BOTH, "%.470s", l.text);
	if (r->midstream)
		say(t, 0, TALK_BOTH, "its beginning was not captured");
	if (r->proxy)
		say(t, 0, TALK_CLIENT, "asks the proxy (%s) for %.200s:%u",
			r->proxy, r->proxied ? r->proxied : "?",
			r->proxied_port);
}

static void certificate(struct talk *t, const struct session_row *r)
{
	char until[SAY_MAX];

	if (!r->cert_cn && r->cert_names.n == 0)
		return;
	say(t, 0, TALK_SERVER, "certificate of %.120s, by %.120s, until %s",
		r->cert_cn ? r->cert_cn : r->cert_names.v[0],
		r->cert_issuer ? r->cert_issuer : "?",
		r->cert_not_after > 0 && r->cert_not_after < INT64_MAX / 1000000
			? say_time(until, r->cert_not_after * 1000000)
			: WORDS_DASH);
}

static void tls(struct talk *t, const struct session_row *r)
{
	struct line l = {.n = 0};

	if (strcmp(r->tls_mode, "none") == 0)
		return;
	line_add(&l, "TLS %s", words_tls(r->tls_version, false));
	if (r->tls_cipher)
		line_add(&l, ", %s", r->tls_cipher);
	if (r->sni)
		line_add(&l, ", for %s", r->sni);
	line_add(&l, "; what follows is hidden");
	say(t, 0, TALK_BOTH, "%.470s", l.text)->grave =
		r->tls_version != 0 && r->tls_version < 0x0303;
	certificate(t, r);
	if (r->ja4 || r->ja3)
		say(t, 0, TALK_CLIENT, "fingerprint%s%.80s%s%.40s",
			r->ja4 ? " JA4 " : "", r->ja4 ? r->ja4 : "",
			r->ja3 ? " JA3 " : "", r->ja3 ? r->ja3 : "");
}

static void greets(struct talk *t, const struct session_row *r)
{
	struct line l = {.n = 0};

	if (r->banner)
		say(t, 0, TALK_SERVER, "220 %.460s", r->banner);
	if (r->helo)
		say(t, 0, TALK_CLIENT, "%s %.400s",
			r->flags & RECORD_LMTP ? "LHLO"
			: r->flags & RECORD_HELO_ONLY ? "HELO" : "EHLO",
			r->helo);
	if (r->seen_as)
		say(t, 0, TALK_SERVER, "sees it at %.100s", r->seen_as);
	if (r->offered.n > 0) {
		line_add(&l, "250 AUTH ");
		for (size_t i = 0; i < r->offered.n; i++)
			line_add(&l, "%s%s", i > 0 ? " " : "", r->offered.v[i]);
	}
	if (r->tls_offered)
		line_part(&l, ", ", "%sSTARTTLS", l.n > 0 ? "" : "250 ");
	if (l.n > 0)
		say(t, 0, TALK_SERVER, "%.470s", l.text);
}

static void starttls(struct talk *t, const struct session_row *r)
{
	if (strcmp(r->tls_mode, "starttls") == 0)
		say(t, 0, TALK_CLIENT, "STARTTLS");
	else if (r->tls_offered && strcmp(r->tls_mode, "none") == 0)
		say(t, 0, TALK_CLIENT, "does not use STARTTLS, which was "
			"offered")->grave = true;
	if (r->flags & RECORD_TLS_REFUSED_F)
		say(t, 0, TALK_SERVER, "refuses STARTTLS")->grave = true;
	if (r->flags & RECORD_TLS_FAILED)
		say(t, 0, TALK_SERVER, "does not answer in TLS")->grave = true;
	if (r->flags & RECORD_TLS_INJECTED)
		say(t, 0, TALK_CLIENT, "sends clear text behind STARTTLS")
			->grave = true;
	if (r->flags & RECORD_TLS_STRIPPED)
		say(t, 0, TALK_CLIENT, "goes on in clear, with AUTH")->grave =
			true;
}

static void guess(struct talk *t, const struct auth_row *a)
{
	char word[WORDS_TRY];
	struct line l = {.n = 0};

	line_add(&l, "AUTH %s, inferred from record lengths (%u%%)",
		words_mechanism(a, word), a->confidence);
	if (words_account(a, word))
		line_add(&l, ", an account of %s", word);
	line_add(&l, "; %s", a->outcome && strcmp(a->outcome, "unknown") != 0
			? a->outcome : "outcome not known");
	if (words_reason(a, word))
		line_add(&l, ", %s", word);
	say(t, a->at, TALK_CLIENT, "%.470s", l.text)->guessed = true;
}

static void seen(struct talk *t, const struct auth_row *a)
{
	char word[WORDS_TRY];
	struct line l = {.n = 0};

	line_add(&l, "AUTH %s", words_mechanism(a, word));
	if (words_account(a, word))
		line_add(&l, " as %s", word);
	if (a->realm)
		line_add(&l, ", realm %s", a->realm);
	if (a->authzid)
		line_add(&l, ", acting for %s", a->authzid);
	if (a->workstation)
		line_add(&l, ", from workstation %s", a->workstation);
	if (a->in_clear)
		line_add(&l, "; in clear (what proves it was not kept)");
	if (a->evidence == EVIDENCE_RESYNCED)
		line_add(&l, "; seen after a gap");
	say(t, a->at, TALK_CLIENT, "%.470s", l.text)->grave = a->in_clear;
	l = (struct line){.n = 0};
	if (a->code > 0)
		line_add(&l, "%u", a->code);
	if (a->enhanced)
		line_add(&l, " %s", a->enhanced);
	line_part(&l, " ", "%s", a->outcome ? a->outcome : "unknown");
	if (words_reason(a, word))
		line_add(&l, " (%s)", word);
	say(t, 0, TALK_SERVER, "%.470s", l.text)->grave =
		a->outcome && strcmp(a->outcome, "rejected") == 0;
}

static void auth(struct talk *t, const struct session_row *r)
{
	if (r->auth_total > r->auth_n)
		say(t, 0, TALK_CLIENT, "%" PRIu64 " more tries of AUTH came "
			"before", r->auth_total - r->auth_n);
	for (size_t i = 0; i < r->auth_n; i++)
		if (r->auth[i].evidence == EVIDENCE_INFERRED)
			guess(t, &r->auth[i]);
		else
			seen(t, &r->auth[i]);
	if (r->auth_n > 0)
		return;
	if (r->guess)
		say(t, 0, TALK_CLIENT, "AUTH is hidden; record lengths say: %s",
			strcmp(r->guess, "auth") == 0 ? "probably"
			: strcmp(r->guess, "none") == 0 ? "probably not"
			: "undecided")->guessed = true;
	if (r->use == USE_REQUIRED)
		say(t, 0, TALK_SERVER, "takes no mail without AUTH, as is "
			"known of it");
	else if (r->use == USE_UNKNOWN && !r->guess)
		say(t, 0, TALK_CLIENT, "whether it used AUTH was not seen");
}

static void mail(struct talk *t, const struct session_row *r)
{
	bool hidden = strcmp(r->tls_mode, "none") != 0;
	struct line l = {.n = 0};
	char text[SAY_MAX];

	if (r->mails > 0) {
		line_add(&l, "MAIL FROM ");
		add_names(&l, &r->from);
		if (r->mails > 1)
			line_add(&l, " (%" PRIu64 " times)", r->mails);
		say(t, 0, TALK_CLIENT, "%.470s", l.text);
	}
	if (r->recipients > 0) {
		l = (struct line){.n = 0};
		line_add(&l, "RCPT TO %" PRIu64 " recipient%s", r->recipients,
			r->recipients == 1 ? "" : "s");
		if (r->domains.n > 0)
			line_add(&l, " at ");
		add_names(&l, &r->domains);
		say(t, 0, TALK_CLIENT, "%.470s", l.text);
	}
	for (size_t i = 0; i < r->refusals_n; i++)
		say(t, 0, TALK_SERVER, "%u%s%.10s refuses %s",
			r->refusals[i].code,
			r->refusals[i].enhanced ? " " : "",
			r->refusals[i].enhanced ? r->refusals[i].enhanced : "",
			words_verb(r->refusals[i].verb))->grave = true;
	if (r->messages > 0)
		say(t, 0, TALK_CLIENT, "%" PRIu64 " message%s%s, %s%s%.100s",
			r->messages, r->messages == 1 ? "" : "s",
			hidden && r->mails == 0
				? ", counted by record lengths" : "",
			say_bytes(text, r->bytes),
			r->agent ? ", written by " : "",
			r->agent ? r->agent : "")->guessed =
				hidden && r->mails == 0;
	if (r->accepted > 0)
		say(t, 0, TALK_SERVER, "250 takes %" PRIu64 " message%s",
			r->accepted, r->accepted == 1 ? "" : "s");
}

static void ends(struct talk *t, const struct session_row *r)
{
	char text[SAY_MAX];

	if (r->flags & RECORD_QUIT)
		say(t, 0, TALK_CLIENT, "QUIT");
	say(t, r->last_seen, TALK_BOTH, "%s after %s",
		strcmp(r->end, "open") == 0 ? "still open"
		: strcmp(r->end, "idle") == 0 ? "given up, nothing came"
		: r->end, say_span(text, r->last_seen - r->first_seen));
}

/* How it was captured: what is missing above may be missing for that. */
static void captured(struct talk *t, const struct session_row *r)
{
	struct line l = {.n = 0};
	char text[SAY_MAX];

	line_add(&l, "captured: %s%s", strcmp(r->sides, "both") == 0
		? "both directions" : r->sides,
		strcmp(r->sides, "both") == 0 ? "" : " only");
	if (r->gap_bytes > 0)
		line_add(&l, ", %s missing", say_bytes(text, r->gap_bytes));
	if (r->truncated)
		line_add(&l, ", a limit left something out");
	line_add(&l, "; %" PRIu64 " and ", r->client_bytes);
	line_add(&l, "%" PRIu64 " bytes", r->server_bytes);
	if (r->source)
		line_add(&l, "; %s", r->source);
	if (r->vlans.n > 0)
		line_add(&l, "; VLAN %s", r->vlans.v[0]);
	if (r->hops >= 0)
		line_add(&l, "; %d hop%s away", r->hops,
			r->hops == 1 ? "" : "s");
	say(t, 0, TALK_BOTH, "%.470s", l.text)->grave =
		r->gap_bytes > 0 || r->truncated;
}

void talk_from(struct talk *t, const struct session_row *r)
{
	bool implicit = strcmp(r->tls_mode, "implicit") == 0;

	t->n = 0;
	t->found = true;
	t->at = r->first_seen;
	snprintf(t->device, sizeof t->device, "%s", r->device ? r->device : "");
	connects(t, r);
	if (implicit)
		tls(t, r);
	greets(t, r);
	if (!implicit) {
		starttls(t, r);
		tls(t, r);
	}
	auth(t, r);
	mail(t, r);
	ends(t, r);
	captured(t, r);
}

/* us since 1970 that the key begins with, in ns. */
static int64_t time_of(const char *session)
{
	char head[17] = "";

	memcpy(head, session, strnlen(session, 16));
	return (int64_t)(strtoull(head, NULL, 16) / 1000);
}

bool talk_read(struct talk **out, struct query *q, const char *session,
	struct err *e)
{
	struct talk *t = calloc(1, sizeof *t);
	const struct session_row *row;
	struct query_sessions *s;
	int64_t at = time_of(session);

	if (!t)
		return err_set(e, ERR_RUN, "out of memory");
	snprintf(t->session, sizeof t->session, "%s", session);
	if (!query_sessions_begin(q, NULL, at, at, false, &s, e)) {
		free(t);
		return false;
	}
	while (!t->found && query_sessions_next(s, &row))
		if (strcmp(row->session, session) == 0)
			talk_from(t, row);
	if (!query_sessions_end(s, e)) {
		free(t);
		return false;
	}
	*out = t;
	return true;
}
