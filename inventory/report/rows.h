/* rows.h: what the reports about devices are made of. */
#pragma once
#include "inventory/report/report.h"

struct rows {
	struct device_list *devices;
	struct account_list *accounts;
	struct server_list *servers;
	struct health *health;
};

bool rows_read(struct rows *r, struct query *q, struct err *e);
void rows_free(struct rows *r);
/* Does the report take this device? */
bool rows_device(const struct device *d, const struct report_options *o);
