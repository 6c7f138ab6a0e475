/* progress.h: how a capture or the reading of files goes, on stderr. */
#pragma once
#include "capture/session/record.h"

/* One line, rewritten in place: file, share, rate, time left. took: us. */
void progress_line(const struct record_source *sources, size_t n,
	int64_t took);
void progress_clear(void);

/* The line that SIGUSR1 asks for. */
void progress_statistics(const struct record_source *sources, size_t n,
	uint64_t sessions);
