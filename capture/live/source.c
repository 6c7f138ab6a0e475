/* source.c: see source.h: interfaces or files. */
#include "capture/live/source.h"
#include "capture/base/bytes.h"
#include "capture/live/source_files.h"
#include "capture/live/source_live.h"
#include <assert.h>
#include <stdlib.h>

/* Exactly one is not NULL. */
struct source {
	struct source_files *files;
	struct source_live *live;
};

bool source_open(struct source **out, const struct source_options *o,
	struct err *e)
{
	struct source *s = calloc(1, sizeof *s);
	bool ok;

	if (!s)
		return err_set(e, ERR_RUN, "cannot start: not enough memory");
	if (o->interfaces_n > 0 && o->files_n > 0)
		ok = err_set(e, ERR_USAGE, "interfaces and files cannot be "
			"read at once; give -i or -r");
	else if (o->interfaces_n > 0)
		ok = source_live_open(&s->live, o, e);
	else
		ok = source_files_open(&s->files, o, e);
	if (ok)
		*out = s;
	else
		free(s);
	return ok;
}

void source_close(struct source *s)
{
	if (!s)
		return;
	source_live_close(s->live);
	source_files_close(s->files);
	free(s);
}

enum source_result source_next(struct source *s, struct frame *out)
{
	return s->live ? source_live_next(s->live, out)
		       : source_files_next(s->files, out);
}

void source_wipe(struct source *s, const struct frame *f)
{
	union {
		const uint8_t *read;
		uint8_t *write;
	} p = {f->p};

	/* Frames are const for those who look at them; the memory is a
	 * buffer of the source's own, live or not. */
	(void)s;
	bytes_wipe(p.write, f->n);
}

size_t source_track(const struct source *s)
{
	return s->live ? 0 : source_files_track(s->files);
}

void source_state(struct source *s, size_t track, struct record_source *out)
{
	if (s->live)
		source_live_state(s->live, out);
	else
		source_files_state(s->files, track, out);
}

void source_stop(struct source *s)
{
	if (s->live)
		source_live_stop(s->live);
	else
		source_files_stop(s->files);
}
