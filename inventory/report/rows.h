/* rows.h: what the reports about devices are made of: what was chosen, hidden
 * where that is wanted, and in the order of what must change first. */
#pragma once
#include "inventory/report/report.h"

struct rows {
	/* Chosen, in order; borrowed from the lists below. */
	const struct device **device;
	const struct account **account;
	const struct server **server;
	size_t devices_n, accounts_n, servers_n;
	struct report_counts counts;
	/* All that there are. */
	struct device_list *devices;
	struct account_list *accounts;
	struct server_list *servers;
	struct health *health;
	struct coverage *coverage;
	const struct device **by_id; /* all, for rows_device() */
};

/* *r is zeroed before; rows_free() it whether it could be read or not. */
bool rows_read(struct rows *r, struct query *q,
	const struct report_options *o, struct err *e);
void rows_free(struct rows *r);
/* The device with that id, as the report shows it; NULL: there is none. */
const struct device *rows_device(const struct rows *r, const char *id);

/* Which devices o names, for those who read sessions. */
struct choice {
	const char **v; /* sorted; NULL: all */
	size_t n;
};
struct choice choice_of(const struct report_options *o);
bool choice_has(const struct choice *c, const char *id);
void choice_free(struct choice *c);
