/* command_show.c: all that is known of one device, and its sessions. */
#include "capture/base/addr.h"
#include "inventory/query.h"
#include "inventory/report/report.h"
#include "ui/commands.h"
#include "ui/say.h"
#include "ui/show_lists.h"
#include "ui/table.h"
#include "ui/words.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SESSIONS_SHOWN = 20, WIDEST = 64 };

static void line(const char *title, const char *text)
{
	if (text && text[0] != '\0')
		printf("%-10s %s\n", title, text);
}

static void list(const char *title, const struct names *n)
{
	for (size_t i = 0; i < n->n; i++)
		printf("%-10s %s\n", i == 0 ? title : "", n->v[i]);
}

static void print_verdict(const struct device *d)
{
	char auth[WORDS_AUTH];
	const char *how = evidence_word(d->evidence);

	printf("%-10s %s", "Verdict", words_auth(d, auth));
	if (how)
		printf(", %s", how);
	if (d->evidence == EVIDENCE_IMPORTED)
		printf(" (%u%%)", d->confidence);
	if (d->evidence == EVIDENCE_INFERRED)
		printf(" (%u%%, from %" PRIu64 " session%s)", d->confidence,
			d->guesses, d->guesses == 1 ? "" : "s");
	printf(", %s%s\n", standing_word(d->standing),
		d->in_clear ? "; its password goes over the wire in clear"
			    : "");
	printf("%-10s %" PRIu64 " sessions, %" PRIu64 " messages, %" PRIu64
		" recipients; AUTH accepted %" PRIu64 ", refused %" PRIu64
		"\n", "Counts", d->sessions, d->messages, d->recipients,
		d->auth_accepted, d->auth_rejected);
}

/* "printer, Canon (95 %): rule canon-mfp-agent, agent 'Canon MFP'" */
static void print_type(const struct device *d)
{
	if (d->type_score == 0)
		return;
	printf("%-10s %s", "Type", device_type_word(d->type));
	if (d->maker)
		printf(", %s", d->maker);
	if (d->model)
		printf("%s%s", d->maker ? " " : ", ", d->model);
	printf(" (%u%%)", d->type_score);
	if (d->rule)
		printf(": rule %s, %s '%s'", d->rule,
			rule_of_word(d->rule_of), d->rule_fact);
	printf("\n");
}

static void print_findings(const struct device *d)
{
	const char *title = "Findings";
	char at[SAY_MAX];

	for (int f = 0; f < FINDINGS; f++) {
		if (!(d->findings & FINDING_BIT(f)))
			continue;
		printf("%-10s %s", title, finding_text((enum finding)f));
		if (f == FINDING_HOLES)
			printf(" (in %" PRIu64 " of %" PRIu64 " sessions)",
				d->holes, d->sessions);
		if (f == FINDING_FAILING && d->last_accepted > 0)
			printf(" (accepted last at %s)",
				say_time(at, d->last_accepted));
		printf("\n");
		title = "";
	}
}

static void print_advice(const struct device *d)
{
	if (!d->advice)
		return;
	printf("%-10s %s\n%-10s %s", "Advice", d->advice, "", d->advice_why);
	if (d->breaks)
		printf(" Breaks: %s", d->breaks);
	if (d->breaks_source)
		printf(" (as announced %s)", d->breaks_source);
	printf("\n%-10s rule %s\n", "", d->advice_rule);
}

/* Do the digits of the MAC stand there, with or without separators? */
static bool begins_with(const char *p, const char *mac)
{
	for (; *mac != '\0'; mac++) {
		if (*mac == ':') {
			p += *p == ':' || *p == '-';
			continue;
		}
		if (tolower((unsigned char)*p++) != *mac)
			return false;
	}
	return true;
}

static bool is_named_after(const struct device *d, const char *mac)
{
	for (size_t i = 0; i < d->helos.n; i++)
		for (const char *p = d->helos.v[i]; *p != '\0'; p++)
			if (begins_with(p, mac))
				return true;
	return false;
}

/* Behind a router frames have the router's MAC: its own is known by what was
 * bound to its address, or by its name. */
static void print_card(const struct device *d)
{
	const char *own = d->id + 4;
	struct mac m;
	bool seen = false;

	list("MAC", &d->macs);
	if (strncmp(d->id, "mac:", 4) != 0 || !mac_parse(own, &m))
		return;
	for (size_t i = 0; i < d->macs.n; i++)
		seen |= strcmp(d->macs.v[i], own) == 0;
	if (!seen)
		printf("%-10s %s (by %s; its frames have a router's)\n",
			d->macs.n > 0 ? "" : "MAC", own, is_named_after(d,
				own) ? "its EHLO name" : "DHCP, ARP or ND");
	if (mac_is_local(&m))
		printf("%-10s random, not its maker's\n", "");
}

static void print_candidates(const struct device *d)
{
	char why[WORDS_LIST];

	for (size_t i = 0; i < d->candidates_n; i++)
		printf("%-10s %s, imported, %s\n",
			i > 0 ? "" : d->accounts.n > 0 ? "Or perhaps"
			: d->candidates[i].score < CANDIDATE_SURE ? "Perhaps"
			: "Account*", d->candidates[i].account,
			words_candidate(&d->candidates[i], why));
}

/* A device, and the lists that it is in. */
struct known {
	const struct device *device;
	struct account_list *accounts;
	struct server_list *servers;
};

static void print_device(const struct known *k)
{
	const struct device *d = k->device;
	char first[SAY_MAX], last[SAY_MAX];

	printf("%-10s %s", "Device", d->name ? d->name : "(no name)");
	if (d->name_from)
		printf(" (by %s)", d->name_from);
	printf("\n");
	line("Owner", d->owner);
	line("Tag", d->tag);
	line("Status", status_word(d->status));
	line("Note", d->note);
	print_verdict(d);
	list("Address", &d->addresses);
	print_card(d);
	line("Vendor", d->vendor);
	print_type(d);
	list("VLAN", &d->vlans);
	list("EHLO", &d->helos);
	list("Agent", &d->agents);
	show_accounts(d, k->accounts);
	print_candidates(d);
	list("Mechanism", &d->mechanisms);
	list("Mail from", &d->from);
	list("Mail to", &d->domains);
	show_servers(d, k->servers);
	line("TLS", words_tls(d->tls_lowest, d->some_clear));
	list("Refused", &d->codes);
	print_findings(d);
	if (d->cadence != CADENCE_NONE)
		line("Cadence", cadence_word(d->cadence));
	print_advice(d);
	printf("%-10s %s to %s\n", "Seen", say_time(first, d->first_seen),
		say_time(last, d->last_seen));
}

/* The last AUTH of a session: mechanism and reply. */
static bool session_line(struct table *t, const struct session_row *s)
{
	const struct auth_row *a =
		s->auth_n > 0 ? &s->auth[s->auth_n - 1] : NULL;
	char mechanism[WORDS_TRY], account[WORDS_TRY], reply[WORDS_TRY];
	char time[SAY_MAX], server[WORDS_SERVER], why[WORDS_TRY];
	char answer[2 * WORDS_TRY] = "-", rcpt[24], bytes[SAY_MAX];

	if (a) {
		bool code = words_reply(a, reply), reason = words_reason(a, why);

		if (code || reason)
			snprintf(answer, sizeof answer, "%s%s%s",
				code ? reply : "", code && reason ? " " : "",
				reason ? why : "");
	}
	snprintf(rcpt, sizeof rcpt, "%" PRIu64, s->recipients);
	return table_add(t, (const char *const[]){
		say_time(time, s->first_seen), words_server(s, server),
		a ? words_mechanism(a, mechanism) : NULL,
		a ? words_account(a, account) : NULL, answer, s->tls_mode,
		rcpt,
		say_bytes(bytes, s->bytes), s->end});
}

static bool print_sessions(struct query *q, const struct device *d,
	struct err *e)
{
	static const char *const titles[] = {"TIME", "SERVER", "AUTH",
		"ACCOUNT", "REPLY", "TLS", "RCPT", "BYTES", "END"};
	struct table *t = table_new(titles, sizeof titles / sizeof titles[0],
		1u << 6 | 1u << 7);
	struct query_sessions *s;
	const struct session_row *row;
	size_t n = 0;
	bool ok = t != NULL;

	if (!ok || !query_sessions_begin(q, d->id, 0, 0, true, &s, e)) {
		table_free(t);
		return false;
	}
	while (ok && n < SESSIONS_SHOWN && query_sessions_next(s, &row)) {
		ok = session_line(t, row);
		n++;
	}
	ok = query_sessions_end(s, e) && ok;
	if (ok && n > 0) {
		printf("\nSessions, newest first%s\n",
			d->sessions > n ? " (all: mailcensus sessions)" : "");
		table_print(t, WIDEST, stdout);
	}
	table_free(t);
	return ok;
}

static bool show(struct query *q, const struct device *d,
	const struct options *o, struct err *e)
{
	struct report_options r = {.device = d->id};
	struct known k = {.device = d};
	bool ok;

	if (o->json)
		return report_sessions_jsonl(q, &r, stdout, e);
	ok = query_accounts(q, &k.accounts, e) &&
		query_servers(q, &k.servers, e);
	if (ok)
		print_device(&k);
	account_list_free(k.accounts);
	server_list_free(k.servers);
	return ok && print_sessions(q, d, e);
}

const struct device *named_device(const struct device_list *l,
	const struct options *o, struct err *e)
{
	const struct device *d = device_find(l, o->subject);

	if (!d)
		err_set(e, ERR_USAGE, "no device '%s' in '%s'; "
			"'mailcensus list' names them", o->subject, o->db);
	return d;
}

int command_show(const struct options *o, struct err *e)
{
	struct query *q = NULL;
	struct device_list *l = NULL;
	const struct device *d;
	bool ok;

	if (!query_open(&q, o->db, e))
		return e->kind;
	query_as(q, o);
	ok = query_devices(q, &l, e);
	if (ok) {
		d = named_device(l, o, e);
		ok = d && show(q, d, o, e);
	}
	device_list_free(l);
	query_close(q);
	return ok ? 0 : (int)e->kind;
}
