/* ingest.h: the inventory process: starts the capture process, takes its
 * records and writes them, until the sources end or somebody says stop. */
#pragma once
#include "capture/base/err.h"
#include "capture/session/record.h"
#include "ui/options.h"
#include <stdint.h>

struct ingest;
struct query;

/* What came of it, for the summary and the exit code. */
struct ingest_summary {
	uint64_t sessions, packets, bytes, dropped, lost_records;
	uint64_t gaps, not_understood, malformed;
	/* Mail sessions: all, with one side alone, with gaps. */
	uint64_t found, one_sided, lossy;
	uint32_t sources, incomplete; /* cut, damaged or failed */
	uint32_t known;       /* files left out, since they were read before */
	char known_label[RECORD_LABEL]; /* the first of them */
	uint64_t devices_before, sessions_before; /* in the inventory */
	int64_t first_seen, last_seen; /* ns, packet time */
	int64_t took;                  /* us, wall clock */
	char reason[600];              /* of the first incomplete one, or "" */
	bool stopped;                  /* by a signal */
};

/* While privileged: opens sources and inventory, starts the capture process,
 * and becomes the user who called. Nothing of root is left afterwards. */
bool ingest_start(struct ingest **out, const struct options *o,
	struct err *e);

/* Runs to the end; SIGINT and SIGTERM stop it, SIGUSR1 prints a line of
 * statistics to stderr. speaks: it may say on stderr what hinders it.
 * progress: a line on stderr that is kept up to date. */
bool ingest_run(struct ingest *in, bool speaks, bool progress,
	struct ingest_summary *out, struct err *e);

/* A reader of the same inventory, opened before rights were dropped. Borrowed;
 * gone with ingest_free(). NULL where nothing is stored (--dry-run). */
struct query *ingest_query(const struct ingest *in);

/* The last word of each source; borrowed. */
const struct record_source *ingest_sources(const struct ingest *in,
	size_t *n);

void ingest_free(struct ingest *in);
