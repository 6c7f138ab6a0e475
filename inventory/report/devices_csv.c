/* devices_csv.c: devices for any spreadsheet, and for scripts. */
#include "inventory/report/cells.h"
#include "inventory/report/devices.h"

void devices_csv(const struct rows *r, FILE *out)
{
	struct csv csv;
	struct cells c = {.csv = &csv};

	csv_begin(&csv, out);
	csv_header(&csv, device_titles, device_titles_n);
	for (size_t i = 0; i < r->devices_n; i++)
		device_cells(&c, r->device[i]);
}
