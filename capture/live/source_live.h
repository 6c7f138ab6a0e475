/* source_live.h: frames off interfaces. The functions are those of source.h,
 * which says what they do. */
#pragma once
#include "capture/live/source.h"

struct source_live;

bool source_live_open(struct source_live **out,
	const struct source_options *o, struct err *e);
void source_live_close(struct source_live *s);
enum source_result source_live_next(struct source_live *s, struct frame *out);
void source_live_state(struct source_live *s, struct record_source *out);
void source_live_stop(struct source_live *s);
