/* loader.h: the inventory is read by a thread of its own, so that no key has
 * to wait for it, however large it is. Its pieces come one by one. */
#pragma once
#include "ui/dash/dash.h"
#include "ui/dash/model.h"

struct loader;

/* Takes q, which is opened already, or NULL: it may appear later. All signals
 * are left to the caller's thread. */
bool loader_start(struct loader **out, const struct dash_options *o,
	struct query *q, struct err *e);
void loader_stop(struct loader *r);

/* What is on the screen, and so is to be read. While paused only what was not
 * read before is. Returns true while it has not come yet. */
bool loader_want(struct loader *r, const struct wanted *w, bool paused);
/* True if a piece is newer than what s holds: s holds the newest of each then,
 * and what it held before must not be used any more. */
bool loader_take(struct loader *r, struct snapshot *s);

enum loader_state { LOADER_WELL, LOADER_TROUBLED, LOADER_FAILED };
/* LOADER_FAILED: there will never be an inventory. Fills e unless well. */
enum loader_state loader_state(struct loader *r, struct err *e);
