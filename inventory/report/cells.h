/* cells.h: rows of cells, for CSV and workbook alike, so that both have the
 * same columns; private to this folder. */
#pragma once
#include "inventory/report/csv.h"
#include "inventory/report/rows.h"
#include "inventory/report/xlsx.h"

/* One of both. */
struct cells {
	struct csv *csv;
	struct xlsx *xlsx;
};

void cells_text(struct cells *c, const char *text);
void cells_number(struct cells *c, uint64_t v);
void cells_time(struct cells *c, int64_t us);
void cells_yes(struct cells *c, bool yes);
/* All in one cell, "; " between two. */
void cells_names(struct cells *c, const struct names *n);
void cells_use(struct cells *c, enum auth_use use);
void cells_end_line(struct cells *c);

/* devices_cells.c: the columns of a device. */
extern const char *const device_titles[];
extern const size_t device_titles_n;
void device_cells(struct cells *c, const struct device *d);
