/* figures.h: what a report tells before its tables: how many devices send in
 * which way and how that is known, and what is to be done about them. */
#pragma once
#include "inventory/report/rows.h"

enum { FIGURES_WAYS = 128 };

/* Devices with the same advice. */
struct way {
	const struct device *first; /* has its texts */
	size_t devices;
	size_t open; /* of them neither done nor exempt */
};

struct figures {
	size_t senders; /* devices that sent, relays apart */
	size_t mtas;
	size_t quiet;   /* look like senders and sent nothing */
	size_t silent;  /* mail only when something fails */
	size_t shared;  /* accounts of several devices */
	size_t in_clear; /* devices whose password went without TLS */
	size_t failing;
	size_t unnamed_accounts; /* devices that log in, with what is hidden */
	size_t routed;  /* known by their address only */
	size_t by_use[USE_BASIC + 1]; /* of the senders */
	size_t by_evidence[USE_BASIC + 1][EVIDENCE_SEEN + 1];
	size_t by_status[STATUSES];
	/* A password is used, or AUTH where TLS hides it. */
	size_t must;
	size_t must_soonest;  /* of them what breaks first, */
	const char *soonest;  /* and that is when; NULL: no date is known */
	int64_t first, last;  /* us: what was heard at all */
	unsigned days;        /* begun ones, from first to last */
	/* In the order of when they break. */
	struct way way[FIGURES_WAYS];
	size_t ways_n;
};

/* A window of fewer days cannot see what happens monthly. */
enum { FIGURES_MONTH = 35 };

struct figures figures_of(const struct rows *r);
/* The number of a device's way, from 1; 0: it has none. */
size_t figures_way(const struct figures *f, const struct device *d);
bool figures_is_silent(const struct device *d);
bool figures_is_quiet(const struct device *d);

/* Devices by when they were first seen, in equal steps of time. */
enum { FIGURES_STEPS = 120 };
struct discovery {
	size_t new[FIGURES_STEPS];
	size_t n, total, most;
	int64_t step;     /* us */
	size_t last_quarter; /* first seen in the last quarter of the window */
};
struct discovery figures_discovery(const struct rows *r,
	const struct figures *f);
