/* model.h: everything the dashboard shows, as plain data. Keys and snapshots
 * change it, drawing only reads it: a test needs no terminal. */
#pragma once
#include "inventory/query.h"
#include "ui/dash/columns.h"
#include "ui/dash/edit.h"
#include "ui/filter/filter.h"
#include "ui/dash/keys.h"
#include "ui/dash/rate.h"
#include "ui/dash/sessions.h"

enum view { VIEW_DEVICES, VIEW_DETAIL, VIEW_HELP };
enum dialogue { DIALOGUE_NONE, DIALOGUE_FIND, DIALOGUE_FILTER, DIALOGUE_SORT };

/* What is being typed as a filter: unfinished, the rest may make it good. */
enum typed { TYPED_GOOD, TYPED_UNFINISHED, TYPED_WRONG };

enum { MODEL_HISTORY = 8, MODEL_MESSAGE = 200 };

struct dash_model {
	/* What the caller sets up; borrowed. */
	const char *version, *source, *db;
	bool utf8, owns_capture;
	int rows, cols;

	/* The snapshot; borrowed. wall: us, the clock. */
	const struct device_list *list;
	int64_t wall;
	struct rate rate;
	const struct session_lines *sessions; /* of the open device */

	enum view view, below; /* below: where Esc leads from the help */
	enum dialogue dialogue;
	bool paused;
	char message[MODEL_MESSAGE];

	/* The devices that pass the filter, in order: indices of list. */
	size_t *shown;
	size_t shown_n;
	char *selected; /* its id; NULL: whatever comes first */
	size_t cursor;  /* where it is in shown, or was */
	size_t top;     /* the first row on the screen */

	enum column sort;
	bool falling;
	enum column menu; /* where the sort menu stands */

	char **marks; /* ids, sorted */
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
	char *find_from; /* the selection before a find began, or NULL */
	struct edit edit;

	char *open;  /* the id of the device of the detail view, or NULL */
	int scroll;  /* of the detail view or the help */
};

void model_init(struct dash_model *m);
void model_free(struct dash_model *m);

void model_resize(struct dash_model *m, int rows, int cols);
/* A new snapshot (NULL: none yet). It stays the caller's and must live until
 * the next one is shown. */
void model_show(struct dash_model *m, const struct device_list *list);
void model_tick(struct dash_model *m, int64_t wall); /* us since 1970 */
void model_message(struct dash_model *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Takes a key. Returns what only the caller can do: QUIT, SUSPEND, REDRAW;
 * else NONE. */
enum command model_key(struct dash_model *m, uint32_t key);
/* A click on the screen: on a row of the list selects it, and opens it where
 * it was; on a column's title sorts by that, or turns the order around. */
void model_click(struct dash_model *m, int row, int col);

/* What keys change. After a change of the filter or the order the rows are
 * arranged anew. */
void model_arrange(struct dash_model *m);
void model_select(struct dash_model *m, size_t row);
void model_scroll_to_cursor(struct dash_model *m);
void model_mark(struct dash_model *m, const char *id, bool on);

/* What drawing asks. */
enum context model_context(const struct dash_model *m);
const struct device *model_device(const struct dash_model *m, size_t row);
const struct device *model_selected(const struct dash_model *m);
const struct device *model_opened(const struct dash_model *m);
bool model_marked(const struct dash_model *m, const char *id);
/* The source that is being captured or read, or was last; NULL: none. */
const struct source_state *model_source(const struct dash_model *m);
/* What ages count from: the clock while live, else the last packet. */
int64_t model_now(const struct dash_model *m);
