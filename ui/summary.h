/* summary.h: what came of a capture, in a line or two, and as exit status. */
#pragma once
#include "inventory/query.h"
#include "ui/ingest.h"
#include <stdio.h>

/* With what the inventory holds now; q NULL: with what was found. */
void summary_print(const struct ingest_summary *s, const struct options *o,
	struct query *q, FILE *out);
/* A line for each source. */
void summary_sources(const struct record_source *sources, size_t n,
	FILE *out);
int summary_status(const struct ingest_summary *s, const struct options *o);
