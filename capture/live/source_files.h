/* source_files.h: frames out of capture files. The functions are those of
 * source.h, which says what they do. */
#pragma once
#include "capture/live/source.h"

struct source_files;

bool source_files_open(struct source_files **out,
	const struct source_options *o, struct err *e);
void source_files_close(struct source_files *s);
enum source_result source_files_next(struct source_files *s,
	struct frame *out);
size_t source_files_track(const struct source_files *s);
void source_files_state(struct source_files *s, size_t track,
	struct record_source *out);
void source_files_stop(struct source_files *s);
