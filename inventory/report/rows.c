/* rows.c: see rows.h. */
#include "inventory/report/rows.h"
#include <string.h>

bool rows_read(struct rows *r, struct query *q, struct err *e)
{
	return query_devices(q, &r->devices, e) &&
		query_accounts(q, &r->accounts, e) &&
		query_servers(q, &r->servers, e) &&
		query_health(q, 0, &r->health, e);
}

void rows_free(struct rows *r)
{
	device_list_free(r->devices);
	account_list_free(r->accounts);
	server_list_free(r->servers);
	health_free(r->health);
}

bool rows_device(const struct device *d, const struct report_options *o)
{
	return (!o->device || strcmp(d->id, o->device) == 0) &&
		(o->since == 0 || d->last_seen >= o->since) &&
		(o->until == 0 || d->first_seen <= o->until);
}
