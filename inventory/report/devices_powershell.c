/* devices_powershell.c: the change plan: what to run in Exchange Online, in
 * which order, for whom, and how to take it back. It does nothing unless it is
 * asked to. It has three commands, whatever devices call themselves: what came
 * from a wire stands in comments, or is an address of a mailbox by the
 * narrowest idea of one. */
#include "inventory/report/devices.h"
#include "inventory/report/figures.h"
#include "inventory/report/out.h"
#include "inventory/report/powershell.h"
#include "inventory/sql.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What becomes of an account. */
enum fate {
	FATE_EXCEPTION, /* logs in at Exchange Online */
	FATE_LATER,     /* at an own server: once its devices are moved */
	FATE_REFUSED,   /* never let in */
	FATE_ELSEWHERE, /* another provider's */
	FATE_NO_MAILBOX, /* no address of a mailbox */
	FATES
};

struct plan {
	FILE *out;
	const struct rows *rows;
	struct figures figures;
	const struct account **account; /* by name, capitals or not */
	enum fate *fate;
	size_t n;
	size_t unnamed; /* devices */
};

/* A line; files for Windows end theirs so. */
static void say(const struct plan *p, const char *line)
{
	fprintf(p->out, "%s\r\n", line);
}

static void when(FILE *out, int64_t us)
{
	char text[OUT_TIME];

	if (out_time(us, text)[0] == '\0')
		fputs("never", out);
	else
		fprintf(out, "%.19sZ", text);
}

/* --- who needs what --- */

static bool at_exchange(const char *service)
{
	return strcmp(service, "exchange-online-submission") == 0 ||
		strcmp(service, "exchange-online-legacy-tls") == 0;
}

static bool is_own_address(const struct plan *p, const char *account)
{
	const struct names *own = &p->rows->devices->own_domains;
	const char *at = strrchr(account, '@');

	for (size_t i = 0; at && i < own->n; i++)
		if (strcasecmp(at + 1, own->v[i]) == 0)
			return true;
	return false;
}

static enum fate fate_of(const struct plan *p, const struct account *a)
{
	bool exchange = false, own = false;

	for (size_t i = 0; i < a->devices.n; i++) {
		const struct device *d = rows_device(p->rows,
			a->devices.v[i]);

		for (size_t k = 0; d && k < d->services.n; k++) {
			exchange |= at_exchange(d->services.v[k]);
			own |= strcmp(d->services.v[k], "own") == 0;
		}
	}
	if (a->accepted == 0 && a->rejected > 0)
		return FATE_REFUSED;
	if (!exchange && !own)
		return FATE_ELSEWHERE;
	if (!powershell_is_identity(a->account))
		return FATE_NO_MAILBOX;
	if (exchange)
		return FATE_EXCEPTION;
	return is_own_address(p, a->account) ? FATE_LATER : FATE_ELSEWHERE;
}

static int by_name(const void *x, const void *y)
{
	const struct account *a = *(const struct account *const *)x;
	const struct account *b = *(const struct account *const *)y;
	int by = strcasecmp(a->account, b->account);

	return by != 0 ? by : strcmp(a->account, b->account);
}

static bool is_unnamed(const struct device *d)
{
	if (d->accounts.n > 0 || d->sessions == 0)
		return false;
	for (size_t i = 0; i < d->services.n; i++)
		if (at_exchange(d->services.v[i]))
			return d->use != USE_NONE;
	return false;
}

static void prepare(struct plan *p, const struct rows *r, FILE *out)
{
	*p = (struct plan){.out = out, .rows = r, .figures = figures_of(r),
		.n = r->accounts_n};
	p->account = xcalloc(p->n + 1, sizeof *p->account);
	p->fate = xcalloc(p->n + 1, sizeof *p->fate);
	for (size_t i = 0; i < p->n; i++)
		p->account[i] = r->account[i];
	qsort(p->account, p->n, sizeof *p->account, by_name);
	for (size_t i = 0; i < p->n; i++)
		p->fate[i] = fate_of(p, p->account[i]);
	for (size_t i = 0; i < r->devices_n; i++)
		p->unnamed += is_unnamed(r->device[i]);
}

/* --- the script --- */

static void head(const struct plan *p, const struct report_options *o)
{
	fputs("\xef\xbb\xbf", p->out);
	say(p, "# Plan: SMTP AUTH off for the organisation, and on for whom it "
		"is still needed.");
	fputs("# Made ", p->out);
	when(p->out, o->generated);
	fputs(" from what was heard from ", p->out);
	when(p->out, p->figures.first);
	fputs(" to ", p->out);
	when(p->out, p->figures.last);
	say(p, ".");
	if (o->choice) {
		fputs("# Only devices with ", p->out);
		powershell_literal(p->out, o->choice);
		say(p, ": the organisation's switch concerns all others too.");
	}
	say(p, "#");
	say(p, "# It changes nothing unless it is run with -Apply; until then "
		"every command runs");
	say(p, "# with -WhatIf and says what it would do.");
	say(p, "#");
	say(p, "#     .\\plan.ps1                        what would be done");
	say(p, "#     .\\plan.ps1 -Apply                 do it");
	say(p, "#     .\\plan.ps1 -Apply -AcceptUnnamed  ... although some "
		"accounts are not known (6)");
	say(p, "#     .\\plan.ps1 -Apply -OwnServers     ... for accounts of "
		"own servers too (2)");
	say(p, "#     .\\plan.ps1 -Rollback -Apply       take it back (5)");
	say(p, "#");
	say(p, "# For Windows PowerShell 5.1 and PowerShell 7, with the module "
		"ExchangeOnlineManagement.");
	say(p, "");
	say(p, "param(");
	say(p, "    [switch]$Apply,");
	say(p, "    [switch]$Rollback,");
	say(p, "    [switch]$OwnServers,");
	say(p, "    [switch]$AcceptUnnamed");
	say(p, ")");
	say(p, "$ErrorActionPreference = 'Stop'");
	say(p, "$Inert = -not $Apply");
	fprintf(p->out, "$Unnamed = %zu\r\n\r\n", p->unnamed);
}

static void preconditions(const struct plan *p)
{
	say(p, "# ---- 1. Preconditions ------------------------------------"
		"--------------------");
	say(p, "# * Connect-ExchangeOnline, as an Exchange administrator. The "
		"next command fails");
	say(p, "#   where that is missing, and nothing is changed then.");
	say(p, "# * Keep the state of today, to compare and to go back to:");
	say(p, "#     Get-CASMailbox -ResultSize Unlimited | Select-Object "
		"PrimarySmtpAddress,");
	say(p, "#         SmtpClientAuthenticationDisabled | Export-Csv "
		"before.csv");
	say(p, "#   and a copy of the inventory, which step 4 compares with.");
	say(p, "# * Security defaults and conditional access may refuse SMTP "
		"AUTH all the same.");
	if (p->figures.days < FIGURES_MONTH)
		fprintf(p->out, "# * WAIT: the capture is of %u day%s. What "
			"mails monthly was not heard; listen for\r\n"
			"#   at least %d days first.\r\n", p->figures.days,
			p->figures.days == 1 ? "" : "s", FIGURES_MONTH);
	if (p->figures.quiet + p->figures.silent > 0)
		fprintf(p->out, "# * %zu devices mail only when something "
			"fails, or were not heard at all: see the\r\n"
			"#   HTML report, and look at their settings.\r\n",
			p->figures.quiet + p->figures.silent);
	say(p, "$Before = (Get-TransportConfig)."
		"SmtpClientAuthenticationDisabled");
	say(p, "'SMTP AUTH is off for the organisation today:'");
	say(p, "$Before");
	say(p, "");
}

/* Who uses it, for a comment. */
static void users(const struct plan *p, const struct account *a)
{
	enum { SHOWN = 6 };
	FILE *out = p->out;

	fprintf(out, "%s, last used ", auth_use_label(a->use));
	when(out, a->last_seen);
	fprintf(out, ", by %zu device%s:", a->devices.n,
		a->devices.n == 1 ? "" : "s");
	for (size_t i = 0; i < a->devices.n && i < SHOWN; i++) {
		const struct device *d = rows_device(p->rows,
			a->devices.v[i]);

		fputs(i > 0 ? ", " : " ", out);
		powershell_literal(out, d && d->name ? d->name
			: a->devices.v[i]);
	}
	if (a->devices.n > SHOWN)
		fprintf(out, " +%zu", a->devices.n - SHOWN);
	say(p, "");
}

/* Exchange takes names with any capitals: one command is enough. */
static bool is_repeated(const struct plan *p, size_t i)
{
	return i > 0 && p->fate[i - 1] == p->fate[i] &&
		strcasecmp(p->account[i - 1]->account,
			p->account[i]->account) == 0;
}

static size_t count(const struct plan *p, enum fate fate)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->fate[i] == fate;
	return n;
}

static void set_mailboxes(const struct plan *p, enum fate fate,
	const char *value, bool comments)
{
	const char *margin = fate == FATE_LATER ? "        " : "    ";

	for (size_t i = 0; i < p->n; i++) {
		if (p->fate[i] != fate)
			continue;
		if (comments) {
			fprintf(p->out, "%s# ", margin);
			users(p, p->account[i]);
		}
		if (is_repeated(p, i))
			continue;
		fprintf(p->out, "%sSet-CASMailbox -Identity ", margin);
		powershell_literal(p->out, p->account[i]->account);
		fprintf(p->out, " -SmtpClientAuthenticationDisabled %s "
			"-WhatIf:$Inert\r\n", value);
	}
}

static void listed(const struct plan *p, enum fate fate, const char *title)
{
	if (count(p, fate) == 0)
		return;
	say(p, title);
	for (size_t i = 0; i < p->n; i++) {
		if (p->fate[i] != fate)
			continue;
		fputs("#     ", p->out);
		powershell_literal(p->out, p->account[i]->account);
		fputs(": ", p->out);
		users(p, p->account[i]);
	}
	say(p, "#");
}

static void forward(const struct plan *p)
{
	say(p, "if (-not $Rollback) {");
	say(p, "    if ($Apply -and ($Unnamed -gt 0) -and "
		"(-not $AcceptUnnamed)) {");
	say(p, "        throw 'Some devices log in with accounts that TLS "
		"hides: see 6, or add -AcceptUnnamed.'");
	say(p, "    }");
	say(p, "");
	say(p, "    # ---- 2. Exceptions: accounts that log in at Exchange "
		"Online today -------------");
	say(p, "    # A mailbox's own setting wins over the organisation's. "
		"OAuth senders need it");
	say(p, "    # too: the switch turns off the protocol, not only "
		"passwords.");
	if (count(p, FATE_EXCEPTION) == 0)
		say(p, "    # None was seen.");
	set_mailboxes(p, FATE_EXCEPTION, "$false", true);
	say(p, "");
	say(p, "    # ---- Accounts of your own servers: only once their "
		"devices send to Exchange");
	say(p, "    # Online. A name that has no mailbox there stops the "
		"script, before the switch.");
	say(p, "    if ($OwnServers) {");
	set_mailboxes(p, FATE_LATER, "$false", true);
	say(p, "    }");
	say(p, "");
	say(p, "    # ---- 3. The switch, last: who has no exception is cut "
		"off here ----------------");
	say(p, "    Set-TransportConfig -SmtpClientAuthenticationDisabled "
		"$true -WhatIf:$Inert");
	say(p, "}");
	say(p, "");
	say(p, "# ---- 4. Verification -------------------------------------"
		"--------------------");
	say(p, "# The same day: the last replies of `mailcensus list --where "
		"'standing=failing'`.");
	say(p, "# A week later: `mailcensus diff before.db -d census.db` "
		"says who still logs in, who");
	say(p, "# stopped, and who fails. `mailcensus report --fail-on basic` "
		"ends with 10 while a");
	say(p, "# password is in use.");
	say(p, "");
}

static void back(const struct plan *p)
{
	say(p, "# ---- 5. Rollback -----------------------------------------"
		"--------------------");
	say(p, "# The organisation first, so that everybody can send again at "
		"once; then the");
	say(p, "# mailboxes inherit again. One that had a setting of its own "
		"before (before.csv)");
	say(p, "# gets that one by hand.");
	say(p, "if ($Rollback) {");
	say(p, "    Set-TransportConfig -SmtpClientAuthenticationDisabled "
		"$false -WhatIf:$Inert");
	set_mailboxes(p, FATE_EXCEPTION, "$null", false);
	say(p, "    if ($OwnServers) {");
	set_mailboxes(p, FATE_LATER, "$null", false);
	say(p, "    }");
	say(p, "}");
	say(p, "");
}

static void unnamed_device(const struct plan *p, const struct device *d)
{
	FILE *out = p->out;

	fputs("#     ", out);
	powershell_literal(out, d->name ? d->name : d->id);
	fputs(" at ", out);
	powershell_literal(out, d->addresses.n > 0 ? d->addresses.v[0]
		: "-");
	fprintf(out, ", %s%s, last sent ", auth_use_label(d->use),
		d->evidence == EVIDENCE_INFERRED ? "~" : "");
	when(out, d->last_seen);
	if (d->last_accepted > 0) {
		fputs(", last let in ", out);
		when(out, d->last_accepted);
	}
	say(p, "");
}

static void not_named(const struct plan *p)
{
	say(p, "# ---- 6. What could not be named --------------------------"
		"--------------------");
	if (p->unnamed > 0) {
		fprintf(p->out, "# %zu device%s at Exchange Online and TLS "
			"hides the account. How to find it:\r\n", p->unnamed,
			p->unnamed == 1 ? " logs in" : "s log in");
		say(p, "# * the device's own settings (its web page);");
		say(p, "# * the tenant's sign-in log, client app \"Authenticated "
			"SMTP\", at the times below:");
		say(p, "#   `mailcensus import` reads its export and joins it "
			"with these devices;");
		say(p, "# * the SMTP AUTH clients report of the Exchange admin "
			"center: an account there");
		say(p, "#   that no device below has is one of these.");
	}
	for (size_t i = 0; i < p->rows->devices_n; i++)
		if (is_unnamed(p->rows->device[i]))
			unnamed_device(p, p->rows->device[i]);
	say(p, "#");
	listed(p, FATE_NO_MAILBOX, "# Names that are no address of a mailbox: "
		"find the mailbox, and add it to 2.");
	listed(p, FATE_REFUSED, "# Refused every time: whoever needs one of "
		"these must repair it first.");
	listed(p, FATE_ELSEWHERE, "# At other providers or of other domains: "
		"not touched by this switch.");
}

void devices_powershell(const struct rows *r, const struct report_options *o,
	FILE *out)
{
	struct plan p;

	prepare(&p, r, out);
	head(&p, o);
	preconditions(&p);
	forward(&p);
	back(&p);
	not_named(&p);
	free(p.account);
	free(p.fate);
}
