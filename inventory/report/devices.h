/* devices.h: the formats of a report about devices; private to this folder.
 * Each writes all rows to out; what out did not take, out_check() tells. */
#pragma once
#include "inventory/report/rows.h"

void devices_html(const struct rows *r, const struct report_options *o,
	FILE *out);
void devices_csv(const struct rows *r, FILE *out);
/* False if the workbook could not be made; its rows wait in a file. */
bool devices_xlsx(const struct rows *r, const struct report_options *o,
	FILE *out, struct err *e);
void devices_json(const struct rows *r, const struct report_options *o,
	FILE *out);
void devices_markdown(const struct rows *r, const struct report_options *o,
	FILE *out);
/* The change plan. Nothing may be hidden in it. */
void devices_powershell(const struct rows *r, const struct report_options *o,
	FILE *out);
