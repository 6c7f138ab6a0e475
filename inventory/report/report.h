/* report.h: what is known, written out: one file a format, one escaper a
 * format. Each writes all of its output to `out` or fills e; closing the file
 * is the caller's. The order of lines never depends on chance. */
#pragma once
#include "capture/base/err.h"
#include "inventory/query.h"
#include <stdio.h>

struct diff;

struct report_options {
	const char *device;   /* this one only, or NULL: its id */
	const struct names *devices; /* these only (ids), or NULL: all */
	const char *choice;   /* how they were chosen, for people, or NULL */
	int64_t since, until; /* us since 1970; 0: no limit */
	bool newest_first;    /* sessions */
	/* Accounts and the names of devices and people are shortened. */
	bool mask;
	/* Pseudonyms in the place of accounts, names and addresses: REPORT_KEY
	 * secret bytes, or NULL. Equal things stay equal under one key. */
	const uint8_t *key;
	/* Told by the HTML report; is hidden in place. NULL: nobody asked. */
	struct diff *changes;
	int64_t generated;    /* us: the wall clock, for the head of a report */
};

enum { REPORT_KEY = 32 };

enum report_format {
	REPORT_HTML, REPORT_CSV, REPORT_XLSX, REPORT_JSON, REPORT_MARKDOWN,
	REPORT_POWERSHELL, REPORT_SESSIONS_JSONL, REPORT_SESSIONS_CSV,
	REPORT_FORMATS
};

/* What a report about devices came to. */
struct report_counts {
	size_t devices;
	size_t basic; /* those that use a password and are not exempt */
};

/* "csv"; of sessions "jsonl", "csv". */
const char *report_format_word(enum report_format f);
bool report_is_of_sessions(enum report_format f);
/* The format with that word, of sessions or of devices; REPORT_FORMATS: there
 * is none. */
enum report_format report_format_named(const char *word, bool sessions);
/* All of them as a sentence has them: "csv and json". */
const char *report_format_list(bool sessions);

/* Any of them. Of devices, since and until choose by when they were last and
 * first seen, and what must change first comes first. counts may be NULL; of
 * sessions it stays as it is. */
bool report_write(struct query *q, enum report_format f,
	const struct report_options *o, FILE *out,
	struct report_counts *counts, struct err *e);

/* One JSON object a line, ASCII only, every key always there: the contract
 * that programs rely on. Adding keys is allowed; changing one is a new
 * "schema". */
bool report_sessions_jsonl(struct query *q, const struct report_options *o,
	FILE *out, struct err *e);
bool report_sessions_csv(struct query *q, const struct report_options *o,
	FILE *out, struct err *e);
