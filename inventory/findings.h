/* findings.h: what is wrong with how a device sends, beside its verdict. Each is
 * a fact or follows from facts in one step; pure functions. */
#pragma once
#include "inventory/verdict.h"
#include <stddef.h>

/* In the order of concern. */
enum finding {
	FINDING_SPRAY,              /* many accounts, all refused */
	FINDING_PASSWORD_IN_CLEAR,  /* a password mechanism without TLS */
	FINDING_TLS_STRIPPED,       /* AUTH in clear after STARTTLS failed */
	FINDING_FAILING,            /* its last sessions were refused */
	FINDING_REFUSED_BY_POLICY,  /* the server takes its way no more */
	FINDING_SHARED_ACCOUNT,     /* other devices use its account */
	FINDING_TLS_OLD,            /* below TLS 1.2 */
	FINDING_CERTIFICATE_EXPIRED, /* and accepted all the same */
	FINDING_CERTIFICATE_WRONG,  /* not for the name that was asked for */
	FINDING_TLS_UNUSED,         /* STARTTLS offered and not used */
	FINDING_HOLES,              /* its verdict rests on lossy sessions */
	FINDING_SILENT_UNTIL_FAULT, /* may send again when something fails */
	FINDINGS
};

/* Bits of a set. */
#define FINDING_BIT(f) (UINT32_C(1) << (f))

/* How often a device sends. */
enum cadence {
	CADENCE_NONE, CADENCE_ONCE, CADENCE_HOURLY, CADENCE_DAILY,
	CADENCE_WEEKLY, CADENCE_MONTHLY, CADENCE_IRREGULAR,
	CADENCES
};

/* What the findings of a device follow from. */
struct finding_facts {
	uint32_t marks;  /* bits of enum tally_mark */
	enum auth_use use;
	enum standing standing;
	uint64_t sprayed, holes, sessions;
	uint16_t tls_lowest;
	bool alerts;     /* a type that mails when something fails */
	enum cadence cadence;
};

/* Below TLS 1.2, which RFC 8996 ended; 0: not known, and so not old. */
bool finding_tls_is_old(uint16_t version);

uint32_t findings_of(const struct finding_facts *f); /* FINDING_BITs */

const char *finding_word(enum finding f); /* "password-in-clear" */
const char *finding_text(enum finding f); /* a clause, for people */

const char *cadence_word(enum cadence c); /* NULL for none */

/* From the hours (since 1970) in which it sent, distinct and falling. */
enum cadence cadence_of(const int64_t *hours, size_t n);
/* The median gap between such hours, in us; 0: there is none. */
int64_t cadence_gap(const int64_t *hours, size_t n);
