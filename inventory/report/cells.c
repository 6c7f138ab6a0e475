/* cells.c: see cells.h. */
#include "inventory/report/cells.h"
#include "inventory/report/out.h"
#include "inventory/sql.h"
#include <stdlib.h>
#include <string.h>

void cells_text(struct cells *c, const char *text)
{
	if (c->csv)
		csv_text(c->csv, text);
	else
		xlsx_text(c->xlsx, text);
}

void cells_number(struct cells *c, uint64_t v)
{
	if (c->csv)
		csv_number(c->csv, v);
	else
		xlsx_number(c->xlsx, v);
}

void cells_time(struct cells *c, int64_t us)
{
	char text[OUT_TIME];

	cells_text(c, out_time(us, text));
}

void cells_yes(struct cells *c, bool yes)
{
	cells_text(c, yes ? "yes" : "no");
}

void cells_names(struct cells *c, const struct names *n)
{
	char *all = out_names(n);

	cells_text(c, all);
	free(all);
}

void cells_use(struct cells *c, enum auth_use use)
{
	if (c->csv)
		csv_text(c->csv, auth_use_word(use));
	else
		xlsx_use(c->xlsx, use);
}

void cells_end_line(struct cells *c)
{
	if (c->csv)
		csv_end_line(c->csv);
	else
		xlsx_end_line(c->xlsx);
}
