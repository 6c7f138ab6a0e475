/* findings.c: see findings.h. */
#include "inventory/findings.h"
#include "inventory/sql.h"
#include "inventory/tally.h"
#include <stdlib.h>

enum { TLS_1_2 = 0x0303 };

static const struct {
	const char *word, *text;
} findings[FINDINGS] = {
	[FINDING_SPRAY] = {"password-spray",
		"tries many accounts, and all are refused"},
	[FINDING_PASSWORD_IN_CLEAR] = {"password-in-clear",
		"its password goes over the wire without TLS"},
	[FINDING_TLS_STRIPPED] = {"starttls-stripped",
		"STARTTLS failed, and it sent its password all the same"},
	[FINDING_FAILING] = {"failing",
		"its last sessions with AUTH were all refused"},
	[FINDING_REFUSED_BY_POLICY] = {"refused-by-policy",
		"its server refuses this way of sending, not the password"},
	[FINDING_SHARED_ACCOUNT] = {"shared-account",
		"other devices use the same account"},
	[FINDING_TLS_OLD] = {"tls-below-1.2", "uses TLS below 1.2"},
	[FINDING_CERTIFICATE_EXPIRED] = {"certificate-expired",
		"accepts a certificate that has expired"},
	[FINDING_CERTIFICATE_WRONG] = {"certificate-wrong-name",
		"accepts a certificate for another name"},
	[FINDING_TLS_UNUSED] = {"starttls-unused",
		"STARTTLS was offered and not used"},
	[FINDING_HOLES] = {"lossy-capture",
		"packets are missing where AUTH may have been"},
	[FINDING_SILENT_UNTIL_FAULT] = {"silent-until-fault",
		"may be silent until something fails"},
};

const char *finding_word(enum finding f)
{
	return findings[f].word;
}

const char *finding_text(enum finding f)
{
	return findings[f].text;
}

/* Somebody who mistypes a name, or whose account was renamed, tries a few. */
enum { SPRAY = 5 };

static bool marked(const struct finding_facts *f, enum tally_mark mark)
{
	return f->marks >> mark & 1;
}

/* A hole matters where AUTH would be a surprise in it. */
static bool holes_matter(const struct finding_facts *f)
{
	return f->holes > 0 && (f->use == USE_NONE || f->use == USE_UNKNOWN);
}

static bool is_silent_until_fault(const struct finding_facts *f)
{
	return f->alerts && f->sessions > 0 &&
		(f->cadence == CADENCE_ONCE || f->cadence == CADENCE_IRREGULAR);
}

bool finding_tls_is_old(uint16_t version)
{
	return version > 0 && version < TLS_1_2;
}

uint32_t findings_of(const struct finding_facts *f)
{
	const bool found[FINDINGS] = {
		[FINDING_SPRAY] = f->sprayed >= SPRAY,
		[FINDING_PASSWORD_IN_CLEAR] =
			marked(f, MARK_PASSWORD_IN_CLEAR),
		[FINDING_TLS_STRIPPED] = marked(f, MARK_TLS_STRIPPED),
		[FINDING_FAILING] = f->standing == STANDING_FAILING,
		[FINDING_REFUSED_BY_POLICY] =
			marked(f, MARK_REFUSED_BY_POLICY),
		[FINDING_TLS_OLD] = finding_tls_is_old(f->tls_lowest),
		[FINDING_CERTIFICATE_EXPIRED] =
			marked(f, MARK_CERTIFICATE_EXPIRED),
		[FINDING_CERTIFICATE_WRONG] =
			marked(f, MARK_CERTIFICATE_WRONG),
		[FINDING_TLS_UNUSED] = marked(f, MARK_TLS_UNUSED),
		[FINDING_HOLES] = holes_matter(f),
		[FINDING_SILENT_UNTIL_FAULT] = is_silent_until_fault(f),
	};
	uint32_t bits = 0;

	for (int i = 0; i < FINDINGS; i++)
		if (found[i])
			bits |= FINDING_BIT(i);
	return bits;
}

const char *cadence_word(enum cadence c)
{
	static const char *const words[CADENCES] = {
		[CADENCE_ONCE] = "once", [CADENCE_HOURLY] = "hourly",
		[CADENCE_DAILY] = "daily", [CADENCE_WEEKLY] = "weekly",
		[CADENCE_MONTHLY] = "monthly",
		[CADENCE_IRREGULAR] = "irregular",
	};

	return words[c];
}

static int rising(const void *x, const void *y)
{
	const int64_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

/* Of the gaps between hours, or days, in which it sent; 0: one only. */
static int64_t median(const int64_t *hours, size_t n, int64_t unit)
{
	int64_t *gaps = xcalloc(n + 1, sizeof *gaps), middle;
	size_t found = 0;

	for (size_t i = 0; i + 1 < n; i++) {
		int64_t gap = hours[i] / unit - hours[i + 1] / unit;

		if (gap > 0)
			gaps[found++] = gap;
	}
	if (found > 0)
		qsort(gaps, found, sizeof *gaps, rising);
	middle = found > 0 ? gaps[found / 2] : 0;
	free(gaps);
	return middle;
}

int64_t cadence_gap(const int64_t *hours, size_t n)
{
	return median(hours, n, 1) * 3600 * 1000000;
}

enum cadence cadence_of(const int64_t *hours, size_t n)
{
	int64_t days;

	if (n == 0)
		return CADENCE_NONE;
	/* What lasts over midnight or an hour's end is one occasion. */
	if (hours[0] - hours[n - 1] <= 1)
		return CADENCE_ONCE;
	days = median(hours, n, 24);
	if (days == 0)
		return n >= 3 && median(hours, n, 1) <= 3 ? CADENCE_HOURLY
							  : CADENCE_IRREGULAR;
	/* Weekends are part of a daily habit, holidays of a weekly one. */
	if (days == 1)
		return median(hours, n, 1) <= 3 ? CADENCE_HOURLY
						: CADENCE_DAILY;
	if (days >= 6 && days <= 8)
		return CADENCE_WEEKLY;
	if (days >= 27 && days <= 35)
		return CADENCE_MONTHLY;
	return CADENCE_IRREGULAR;
}
