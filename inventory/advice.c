/* advice.c: see advice.h. */
#include "inventory/advice.h"
#include "inventory/data/builtin.h"
#include "inventory/glob.h"
#include "inventory/rulefile.h"
#include "inventory/sql.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST = 1024 };

enum {
	F_NAME, F_USE, F_SERVICE, F_RECIPIENTS, F_TLS, F_BREAKS, F_SOURCE,
	F_WHAT, F_WHY, FIELDS,
};

struct rule {
	char *name, *service, *breaks, *source, *what, *why;
	int use;        /* enum auth_use, or ANY */
	int recipients; /* enum recipients, or ANY */
	bool old_only;
};

enum { ANY = -1, NONE = -2 };

struct advices {
	struct rule *v;
	size_t n;
};

static const char *const recipients_words[] = {
	[RECIPIENTS_UNKNOWN] = "unknown", [RECIPIENTS_INSIDE] = "inside",
	[RECIPIENTS_OUTSIDE] = "outside",
};

const char *recipients_word(enum recipients r)
{
	return recipients_words[r];
}

static int use_named(const char *word)
{
	if (strcmp(word, "*") == 0)
		return ANY;
	for (int u = USE_UNKNOWN; u <= USE_BASIC; u++)
		if (strcasecmp(auth_use_word((enum auth_use)u), word) == 0)
			return u;
	return NONE;
}

static int recipients_named(const char *word)
{
	if (strcmp(word, "*") == 0)
		return ANY;
	for (int r = 0; r <= RECIPIENTS_OUTSIDE; r++)
		if (strcasecmp(recipients_words[r], word) == 0)
			return r;
	return NONE;
}

/* 2026-12-31 */
static bool is_day(const char *t)
{
	for (int i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? t[i] != '-'
				     : !isdigit((unsigned char)t[i]))
			return false;
	return t[10] == '\0';
}

static bool check_days(const struct rulefile *f, struct err *e)
{
	const char *breaks = f->word[F_BREAKS], *source = f->word[F_SOURCE];

	if (strcmp(breaks, "-") != 0 && strcmp(breaks, "now") != 0 &&
		!is_day(breaks))
		return rulefile_wrong(f, e,
			"it breaks on a day as 2026-12-31, now or -, not",
			breaks);
	return strcmp(source, "-") == 0 || is_day(source) ||
		rulefile_wrong(f, e, "a source has a day as 2026-01-27, or -, "
			"not", source);
}

static char *given(const char *word)
{
	return strcmp(word, "-") == 0 ? NULL : xstrdup(word);
}

static bool fill(struct rule *r, const struct rulefile *f, struct err *e)
{
	const char *why;

	if (f->words != FIELDS)
		return rulefile_wrong(f, e, "a rule has nine words, unlike",
			f->word[F_NAME]);
	r->use = use_named(f->word[F_USE]);
	if (r->use == NONE)
		return rulefile_wrong(f, e, "there is no use", f->word[F_USE]);
	r->recipients = recipients_named(f->word[F_RECIPIENTS]);
	if (r->recipients == NONE)
		return rulefile_wrong(f, e, "recipients are inside, outside, "
			"unknown or *, not", f->word[F_RECIPIENTS]);
	r->old_only = strcasecmp(f->word[F_TLS], "old") == 0;
	if (!r->old_only && strcmp(f->word[F_TLS], "*") != 0)
		return rulefile_wrong(f, e, "TLS is old or *, not",
			f->word[F_TLS]);
	why = glob_wrong(f->word[F_SERVICE]);
	if (why)
		return rulefile_wrong(f, e, why, f->word[F_SERVICE]);
	if (!check_days(f, e))
		return false;
	r->name = xstrdup(f->word[F_NAME]);
	r->service = xstrdup(f->word[F_SERVICE]);
	r->breaks = given(f->word[F_BREAKS]);
	r->source = given(f->word[F_SOURCE]);
	r->what = xstrdup(f->word[F_WHAT]);
	r->why = xstrdup(f->word[F_WHY]);
	return true;
}

bool advices_parse(struct advices **out, const char *name, const char *text,
	size_t n, struct err *e)
{
	struct rulefile f = rulefile_init(name, text, n);
	struct advices *a = xcalloc(1, sizeof *a);
	bool any;

	for (;;) {
		struct rule r = {0};

		if (!rulefile_next(&f, &any, e))
			goto fail;
		if (!any)
			break;
		if (a->n == MOST) {
			rulefile_wrong(&f, e, "one rule too many:",
				f.word[F_NAME]);
			goto fail;
		}
		if (!fill(&r, &f, e))
			goto fail;
		a->v = xrealloc(a->v, a->n + 1, sizeof *a->v);
		a->v[a->n++] = r;
	}
	*out = a;
	return true;
fail:
	advices_free(a);
	return false;
}

bool advices_load(struct advices **out, struct err *e)
{
	return advices_parse(out, "timeline.rules", builtin_timeline,
		builtin_timeline_n, e);
}

void advices_free(struct advices *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->n; i++) {
		struct rule *r = &a->v[i];
		char *texts[] = {r->name, r->service, r->breaks, r->source,
			r->what, r->why};

		for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
			free(texts[t]);
	}
	free(a->v);
	free(a);
}

static bool fits(const struct rule *r, const struct advice_facts *f)
{
	struct mac mac;
	bool has_mac;

	return (r->use == ANY || r->use == (int)f->use) &&
		(r->recipients == ANY ||
			r->recipients == (int)f->recipients) &&
		(!r->old_only || f->tls_old) &&
		glob_matches(r->service, f->service, &mac, &has_mac);
}

struct advice advise(const struct advices *a, const struct advice_facts *f)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct rule *r = &a->v[i];

		if (fits(r, f))
			return (struct advice){r->name, r->what, r->why,
				r->breaks, r->source};
	}
	return (struct advice){0};
}

/* "now" is before any day, and any day before none. */
static int rank(const char *breaks)
{
	return !breaks ? 2 : strcmp(breaks, "now") == 0 ? 0 : 1;
}

bool advice_is_sooner(const struct advice *a, const struct advice *b)
{
	int x = rank(a->breaks), y = rank(b->breaks);

	if (!b->rule || !a->rule)
		return a->rule && !b->rule;
	if (x != y)
		return x < y;
	return x == 1 && strcmp(a->breaks, b->breaks) < 0;
}
