/* interfaces.h: which interfaces there are, and which of them looks like a
 * port that somebody mirrors traffic to. */
#pragma once
#include "capture/base/addr.h"
#include "capture/base/err.h"
#include <stddef.h>

enum {
	INTERFACE_NAME = 64,
	INTERFACE_NOTE = 256,
	INTERFACE_ADDRS = 8,
};

struct interface {
	char name[INTERFACE_NAME]; /* as the kernel has it: may hold anything */
	char note[INTERFACE_NOTE]; /* the administrator's alias, clean; or "" */
	bool up, running, loopback, promiscuous;
	bool has_mac;
	struct mac mac;
	size_t addrs_n;     /* though only INTERFACE_ADDRS are kept */
	struct addr addrs[INTERFACE_ADDRS];
	bool counted;       /* the counters are known: totals since boot */
	uint64_t received, received_bytes, sent;
	uint64_t dropped;   /* received, and lost by card or kernel */
	int speed;          /* Mbit/s; 0: not known */
};

struct interfaces {
	struct interface *list; /* in the kernel's order */
	size_t n;
};

bool interfaces_list(struct interfaces *out, struct err *e);
void interfaces_free(struct interfaces *list);

/* Up, hears much and hardly speaks, and has no address that is routed: so
 * looks a mirror port. Two lists taken some time apart tell better. */
bool interface_looks_mirrored(const struct interface *i);

/* "eth0, eth1, any", for a message. */
void interfaces_names(char *out, size_t cap);
