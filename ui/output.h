/* output.h: where a report goes: standard output, or a file that is either
 * whole or not there. */
#pragma once
#include "capture/base/err.h"
#include <stdio.h>

struct output;

/* path NULL: standard output. A file is written beside its target with mode
 * 0600; an existing target is refused unless force. */
bool output_open(struct output **out, const char *path, bool force,
	struct err *e);
FILE *output_file(struct output *o); /* borrowed */

/* Syncs and renames. False if anything could not be written: then nothing is
 * left behind. Frees o. */
bool output_commit(struct output *o, struct err *e);
/* Throws the file away. Frees o. */
void output_abandon(struct output *o);
