/* join.h: whose account is it? What the provider says of accounts is held
 * against what the wire says of devices whose account TLS hides. Pure: no
 * database, no clock. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lengths of names in bytes, a bit for each up to 255. */
struct join_lengths {
	uint64_t bits[4];
};

void join_add_length(struct join_lengths *l, size_t n);
bool join_has_length(const struct join_lengths *l, unsigned min, unsigned max);

struct join_account {
	struct join_lengths lengths; /* of all its names */
};

/* An account has signed in by SMTP, or a message of it has come in. */
struct join_event {
	int64_t at;   /* us, the provider's clock */
	uint64_t ip;  /* equal for equal addresses; 0: not known */
	uint32_t account;
	uint8_t outcome; /* enum record_outcome */
	bool message;
};

/* A try to authenticate, hidden in TLS, or all that is seen of one. */
struct join_try {
	int64_t at, end; /* us, its sensor's clock */
	uint64_t ip;     /* the client's address as the provider sees it */
	uint32_t device, sensor;
	uint16_t min, max; /* bytes of the account's name; 0: not known */
	uint8_t outcome;
};

/* A device has sent in clear from an address of this account. */
struct join_hint {
	uint32_t device, account;
};

struct join_facts {
	const struct join_account *accounts;
	struct join_event *events; /* are sorted here by time */
	struct join_try *tries;    /* ... by sensor and time */
	const struct join_hint *hints; /* by device, then account */
	size_t accounts_n, events_n, tries_n, hints_n;
	size_t devices_n, sensors_n;
};

enum join_why {
	JOIN_BY_TIMES = 1 << 0,
	JOIN_BY_LENGTH = 1 << 1,
	JOIN_BY_SENDER = 1 << 2,
};

enum {
	JOIN_LEAST = 10, /* a score below that is not worth a word */
	JOIN_SURE = 50,  /* from here on it is taken as the device's */
	JOIN_MOST = 5,   /* accounts of a device */
};

struct join_match {
	uint32_t device, account;
	unsigned score; /* 1-99: how likely, in percent */
	unsigned hits, tries; /* so many of its tries at times of events */
	uint32_t why;   /* enum join_why bits */
};

/* How far the provider's clock is ahead of a sensor's. */
struct join_clock {
	int64_t ahead; /* us */
	int64_t within; /* us: how closely times agree */
	uint32_t pairs; /* what that rests on; 0: it is not known */
};

struct join_result {
	struct join_match *matches; /* by device, the best first */
	size_t matches_n;
	struct join_clock *clocks; /* one a sensor */
};

void join(const struct join_facts *f, struct join_result *out);
void join_result_free(struct join_result *r);

/* The clock of tries of one sensor, both sorted by time: join_clock.c. */
struct join_clock join_clock_of(const struct join_facts *f,
	const struct join_try *tries, size_t n);
/* Could this be that? 0 to 1, times left aside. */
double join_likeness(const struct join_facts *f, const struct join_event *e,
	const struct join_try *t);
