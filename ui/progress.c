/* progress.c: see progress.h. */
#include "ui/progress.h"
#include "ui/say.h"
#include <inttypes.h>
#include <stdio.h>

#define SECOND INT64_C(1000000) /* us */

/* The last path component: long paths would wrap the line. */
static const char *base_name(const char *path)
{
	const char *name = path;

	for (const char *p = path; *p; p++)
		if (p[0] == '/' && p[1] != '\0')
			name = p + 1;
	return name;
}

void progress_line(const struct record_source *sources, size_t n,
	int64_t took)
{
	uint64_t done = 0, size, rate;
	const struct record_source *now = n > 0 ? &sources[n - 1] : NULL;
	char rate_text[SAY_MAX], left[SAY_MAX];

	if (!now)
		return;
	for (size_t i = 0; i < n; i++)
		done += sources[i].file_done;
	/* file_size of the source is its own; of the set it is not known
	 * before every file has begun, so the share is by files and bytes. */
	size = now->file_size;
	rate = took > 0 ? done * (uint64_t)SECOND / (uint64_t)took : 0;
	fprintf(stderr, "\r\033[K%.40s", base_name(now->label));
	if (now->files > 1)
		fprintf(stderr, " (%" PRIu32 " of %" PRIu32 ")",
			now->files_done + 1 > now->files ? now->files
							 : now->files_done + 1,
			now->files);
	if (size > 0 && now->file_done <= size) {
		fprintf(stderr, "  %3.0f%%",
			100.0 * (double)now->file_done / (double)size);
		if (rate > 0)
			fprintf(stderr, "  %s left",
				say_span(left, (int64_t)((size -
					now->file_done) * (uint64_t)SECOND /
					rate)));
	}
	fprintf(stderr, "  %s/s  %" PRIu64 " packets",
		say_bytes(rate_text, rate), now->packets);
	fflush(stderr);
}

void progress_clear(void)
{
	fputs("\r\033[K", stderr);
}

void progress_statistics(const struct record_source *sources, size_t n,
	uint64_t sessions)
{
	uint64_t packets = 0, dropped = 0, gaps = 0, lost = 0;

	for (size_t i = 0; i < n; i++) {
		packets += sources[i].packets;
		dropped += sources[i].dropped;
		gaps += sources[i].gaps;
		lost += sources[i].lost_records;
	}
	fprintf(stderr, "mailcensus: %" PRIu64 " packets, %" PRIu64
		" dropped, %" PRIu64 " gaps, %" PRIu64 " session records, %"
		PRIu64 " lost\n", packets, dropped, gaps, sessions, lost);
}
