/* model.h: everything the dashboard shows, as plain data. Keys and snapshots
 * change it, drawing only reads it: a test needs no terminal. */
#pragma once
#include "ui/dash/edit.h"
#include "ui/filter/filter.h"
#include "ui/dash/keys.h"
#include "ui/dash/rate.h"
#include "ui/dash/listing.h"
#include "ui/dash/span.h"

enum view {
	/* The numbered ones, in the order of their keys. */
	VIEW_DEVICES, VIEW_ACCOUNTS, VIEW_SERVERS, VIEW_TIMELINE, VIEW_EVENTS,
	VIEW_HEALTH,
	VIEWS_NUMBERED,
	/* Pages of one of something. */
	VIEW_DEVICE = VIEWS_NUMBERED, VIEW_ACCOUNT, VIEW_SERVER, VIEW_SESSION,
	VIEW_HELP,
};
enum dialogue { DIALOGUE_NONE, DIALOGUE_FIND, DIALOGUE_FILTER, DIALOGUE_SORT };

/* What is being typed as a filter: unfinished, the rest may make it good. */
enum typed { TYPED_GOOD, TYPED_UNFINISHED, TYPED_WRONG };

enum { MODEL_HISTORY = 8, MODEL_MESSAGE = 200, MODEL_DEPTH = 8 };

/* A view that another one was opened from. */
struct visit {
	enum view view;
	char *open, *selected;
	int scroll;
};

/* What is to be read of the inventory beside the devices. */
struct wanted {
	enum view view;
	char device[96], session[33]; /* whose sessions, what session; or "" */
	int64_t since, until;         /* of events; us, 0: no end */
};

struct dash_model {
	/* What the caller sets up; borrowed. */
	const char *version, *source, *db;
	bool utf8, owns_capture;
	int rows, cols;

	/* The snapshot; borrowed. wall: us, the clock. */
	struct snapshot now;
	int64_t wall;
	struct rate rate;

	enum view view;
	char *open;  /* the id of what a page is of, or NULL */
	int scroll;  /* of a page */
	struct visit back[MODEL_DEPTH]; /* where Esc leads, the last one first
					 * to go */
	size_t depth;
	enum dialogue dialogue;
	bool paused;
	char message[MODEL_MESSAGE];

	struct listing list[ROWS_KINDS];
	unsigned stale;  /* bits of kinds that are to be arranged anew */
	bool *passes;    /* each of the snapshot's devices: the filter */
	size_t passing;
	int menu;        /* where the sort menu stands */

	struct span span;        /* of the timeline */
	enum event_level level;  /* the least that is shown */
	bool follow;             /* the cursor stays on the latest event */
	int64_t since, until;    /* events of a column; us, 0: the latest */

	char **marks; /* ids of devices, sorted */
	size_t marks_n;

	struct filter_expression filter;
	char filter_text[EDIT_MAX]; /* what filter was made from */
	struct filter_error filter_error;
	char choices[256]; /* what Tab found may follow; or "" */
	enum typed typed; /* what is in the prompt; if not GOOD, filter is
			   * older than that */
	char history[MODEL_HISTORY][EDIT_MAX]; /* the latest first */
	size_t history_n, history_at;

	char find[EDIT_MAX];
	size_t found;    /* rows that have it, while it is being typed */
	char *find_from; /* the selection before a find began, or NULL */
	struct edit edit;
};

void model_init(struct dash_model *m);
void model_free(struct dash_model *m);

void model_resize(struct dash_model *m, int rows, int cols);
/* A new snapshot; its pieces stay the caller's and must live until the next
 * one is shown. */
void model_show(struct dash_model *m, const struct snapshot *s);
void model_tick(struct dash_model *m, int64_t wall); /* us since 1970 */
void model_message(struct dash_model *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Takes a key. Returns what only the caller can do: QUIT, SUSPEND, REDRAW;
 * else NONE. */
enum command model_key(struct dash_model *m, uint32_t key);
/* A click on the screen: on a row selects it, and opens it where it was; on a
 * column's title sorts by that, or turns the order around; on a tab goes
 * there. */
void model_click(struct dash_model *m, int row, int col);

/* What keys change. After a change of the filter or the order the rows are
 * arranged anew. */
void model_arrange(struct dash_model *m);
void model_select(struct dash_model *m, size_t row);
void model_scroll_to_cursor(struct dash_model *m);
void model_count_found(struct dash_model *m);
void model_mark(struct dash_model *m, const char *id, bool on);
/* Goes to a numbered view; opens a page (copies id), which may be the id's
 * own; back from it, false where nothing is below. */
void model_go(struct dash_model *m, enum view view);
void model_open(struct dash_model *m, enum view view, const char *id);
bool model_back(struct dash_model *m);

/* What drawing asks. */
enum context model_context(const struct dash_model *m);
/* The rows that the view shows; ROWS_KINDS: it has none. */
enum rows_kind model_kind(const struct dash_model *m);
struct listing *model_list(struct dash_model *m); /* of that kind, or NULL */
const struct listing *model_rows(const struct dash_model *m);
/* Those that the page was opened from, in order; NULL: from none. */
struct listing *model_below(struct dash_model *m, enum rows_kind *kind);
/* The at-th of those that are shown; false past the last. */
bool model_row(const struct dash_model *m, size_t at, struct row *out);
/* The row that the cursor is on. */
bool model_here(const struct dash_model *m, struct row *out);
/* The device that the cursor or the page is on, in whatever view; or NULL. */
const struct device *model_selected(const struct dash_model *m);
const struct device *model_device(const struct dash_model *m, const char *id);
/* What the page is of, or NULL. */
const struct device *model_opened(const struct dash_model *m);
const struct account *model_account(const struct dash_model *m);
const struct server_group *model_server(const struct dash_model *m);
bool model_marked(const struct dash_model *m, const char *id);
/* The source that is being captured or read, or was last; NULL: none. */
const struct source_state *model_source(const struct dash_model *m);
/* What ages count from: the clock while live, else the last packet. */
int64_t model_now(const struct dash_model *m);
void model_wanted(const struct dash_model *m, struct wanted *out);
