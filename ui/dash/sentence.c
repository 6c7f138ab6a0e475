/* sentence.c: see sentence.h. */
#include "ui/dash/sentence.h"
#include "ui/dash/columns.h"
#include "ui/words.h"
#include "ui/say.h"
#include <string.h>

/* These two hand the password itself to whoever listens. */
static bool bare_password(const struct device *d)
{
	for (size_t i = 0; i < d->mechanisms.n; i++)
		if (strcmp(d->mechanisms.v[i], "LOGIN") == 0 ||
			strcmp(d->mechanisms.v[i], "PLAIN") == 0)
			return true;
	return false;
}

static void mechanism(const struct device *d, struct line *out)
{
	if (d->mechanisms.n > 0)
		line_add(out, "AUTH %s", d->mechanisms.v[0]);
	else
		line_add(out, "AUTH");
	for (size_t i = 1; i < d->mechanisms.n && i < 4; i++)
		line_add(out, ", %s", d->mechanisms.v[i]);
}

static void basic(const struct device *d, struct line *out)
{
	mechanism(d, out);
	if (d->evidence == EVIDENCE_INFERRED)
		line_add(out, " inside TLS, inferred");
	else if (d->evidence == EVIDENCE_IMPORTED)
		line_add(out, ", by the tenant's own report");
	if (d->in_clear)
		line_add(out, " without TLS%s", bare_password(d)
			? ", its password in clear on the wire" : "");
	line_add(out, ". Must change before cut-over.");
}

static void by_use(const struct device *d, struct line *out)
{
	switch (d->use) {
	case USE_BASIC:
		basic(d, out);
		break;
	case USE_REQUIRED:
		line_add(out, "Its server takes no mail without AUTH, and TLS "
			"hides whether by password. Must be checked before "
			"cut-over.");
		break;
	case USE_UNKNOWN:
		line_add(out, "TLS hides the dialogue; whether it uses AUTH is "
			"not known.");
		break;
	case USE_OAUTH:
		mechanism(d, out);
		line_add(out, ". Ready; the mailbox needs its exception.");
		break;
	case USE_OTHER:
		mechanism(d, out);
		line_add(out, ". Neither a password nor OAuth.");
		break;
	case USE_NONE:
		line_add(out, "Mail goes without AUTH; the cut-over does not "
			"touch it.");
		break;
	}
}

static void standing(const struct device *d, struct line *out)
{
	switch (d->standing) {
	case STANDING_FAILING:
		line_add(out, " Failing: its last sessions with AUTH were "
			"refused.");
		break;
	case STANDING_STOPPED:
		line_add(out, " Stopped: nothing of it where more was due.");
		break;
	case STANDING_QUIET:
	case STANDING_ACTIVE:
		break;
	}
}

void sentence_verdict(const struct device *d, struct line *out)
{
	char label[16];

	line_add(out, "%s  ", words_auth(d, label));
	if (d->standing == STANDING_QUIET && d->sessions == 0) {
		line_add(out, "Looks like a sender, and has sent nothing so "
			"far.");
		return;
	}
	if (d->role == ROLE_MTA)
		line_add(out, "Relays for others. ");
	by_use(d, out);
	standing(d, out);
}

void sentence_why(const struct device *d, struct line *out)
{
	static const char *const how[] = {
		[EVIDENCE_NONE] = "nothing tells",
		[EVIDENCE_IMPLIED] = "implied by its server",
		[EVIDENCE_INFERRED] = "inferred from TLS record lengths",
		[EVIDENCE_IMPORTED] = "imported",
		[EVIDENCE_RESYNCED] = "seen in clear after a gap",
		[EVIDENCE_SEEN] = "seen in clear",
	};
	char n[SAY_MAX];

	line_add(out, "%s session%s", say_count(n, d->sessions),
		d->sessions == 1 ? "" : "s");
	line_add(out, ", %s message%s", say_count(n, d->messages),
		d->messages == 1 ? "" : "s");
	if (d->auth_accepted + d->auth_rejected > 0) {
		line_add(out, "; AUTH accepted %s",
			say_count(n, d->auth_accepted));
		line_add(out, ", refused %s", say_count(n, d->auth_rejected));
	}
	line_add(out, "; %s", how[d->evidence]);
	if (d->evidence == EVIDENCE_INFERRED)
		line_add(out, " (%u%%, from %s)", d->confidence,
			say_count(n, d->guesses));
}
