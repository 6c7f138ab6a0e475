/* devices_csv.c: devices for any spreadsheet, and for scripts. */
#include "inventory/report/cells.h"
#include "inventory/report/out.h"

bool report_devices_csv(struct query *q, const struct report_options *o,
	FILE *out, struct report_counts *counts, struct err *e)
{
	struct rows r = {0};
	struct csv csv;
	struct cells c = {.csv = &csv};
	bool ok = rows_read(&r, q, o, e);

	if (ok) {
		csv_begin(&csv, out);
		csv_header(&csv, device_titles, device_titles_n);
		for (size_t i = 0; i < r.devices_n; i++)
			device_cells(&c, r.device[i]);
		ok = out_check(out, e);
	}
	if (ok && counts)
		*counts = r.counts;
	rows_free(&r);
	return ok;
}
