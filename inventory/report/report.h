/* report.h: what is known, written out: one file a format, one escaper a
 * format. Each writes all of its output to `out` or fills e; closing the file
 * is the caller's. The order of lines never depends on chance. */
#pragma once
#include "capture/base/err.h"
#include "inventory/query.h"
#include <stdio.h>

struct report_options {
	const char *device;   /* sessions of this one only, or NULL: its id */
	int64_t since, until; /* us since 1970; 0: no limit */
	bool newest_first;    /* sessions */
	int64_t generated;    /* us: the wall clock, for the head of a report */
};

/* One JSON object a line, ASCII only, every key always there: the contract
 * that programs rely on. Adding keys is allowed; changing one is a new
 * "schema". */
bool report_sessions_jsonl(struct query *q, const struct report_options *o,
	FILE *out, struct err *e);
bool report_sessions_csv(struct query *q, const struct report_options *o,
	FILE *out, struct err *e);

/* since and until choose devices by when they were last and first seen. */
bool report_devices_csv(struct query *q, const struct report_options *o,
	FILE *out, struct err *e);
bool report_devices_json(struct query *q, const struct report_options *o,
	FILE *out, struct err *e);
