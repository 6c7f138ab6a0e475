/* model_key.c: what the keys do to the model; keys.c says which do what. */
#include "ui/dash/layout.h"
#include "ui/dash/model.h"
#include "ui/dash/view.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void set_text(char **to, const char *from)
{
	char *copy = from ? strdup(from) : NULL;

	free(*to);
	*to = copy;
}

static size_t screenful(const struct dash_model *m)
{
	int rows = layout_of(m).list_rows - 1;

	return rows > 1 ? (size_t)rows : 1;
}

/* Moving. Here and below (int) says that only some commands mean something;
 * in_view() names them all. */

static void scroll_by(struct dash_model *m, int lines)
{
	int most = view_height(m) - layout_of(m).list_rows;

	m->scroll += lines;
	if (m->scroll > most)
		m->scroll = most;
	if (m->scroll < 0)
		m->scroll = 0;
}

static void scroll_page(struct dash_model *m, enum command command)
{
	int page = (int)screenful(m), all = view_height(m);

	switch ((int)command) {
	case COMMAND_UP: scroll_by(m, -1); break;
	case COMMAND_DOWN: scroll_by(m, 1); break;
	case COMMAND_PAGE_UP: scroll_by(m, -page); break;
	case COMMAND_PAGE_DOWN: scroll_by(m, page); break;
	case COMMAND_HOME: scroll_by(m, -all); break;
	case COMMAND_END: scroll_by(m, all); break;
	default: break;
	}
}

/* Where the cursor goes in a list of n rows. */
static size_t moved(const struct dash_model *m, enum command command,
	size_t row, size_t n)
{
	size_t page = screenful(m);

	switch ((int)command) {
	case COMMAND_UP: return row - (row > 0);
	case COMMAND_DOWN: return row + 1;
	case COMMAND_PAGE_UP: return row - (row < page ? row : page);
	case COMMAND_PAGE_DOWN: return row + page;
	case COMMAND_HOME: return 0;
	case COMMAND_END: return n;
	default: return row;
	}
}

/* The line of a page, from the top of the screen, that a row is on. */
static int line_of(const struct dash_model *m, size_t row)
{
	return view_head(m) + (int)row - m->scroll;
}

static void bring_to_screen(struct dash_model *m)
{
	int line = line_of(m, model_rows(m)->cursor);
	int last = layout_of(m).list_rows - 1;

	if (line < 0)
		scroll_by(m, line);
	else if (line > last)
		scroll_by(m, line - last);
}

/* A page of text with rows below it: one moves through the text, then from
 * row to row, and back. */
static void move_on_page(struct dash_model *m, enum command command)
{
	struct listing *r = model_list(m);
	int line = line_of(m, r->cursor), last = layout_of(m).list_rows - 1;
	bool seen = line >= 0 && line <= last;

	if (r->shown_n == 0 || (command == COMMAND_UP && r->cursor == 0) ||
		(!seen && (command == COMMAND_UP || command == COMMAND_DOWN)) ||
		(command == COMMAND_DOWN && r->cursor + 1 >= r->shown_n)) {
		scroll_page(m, command);
		return;
	}
	if (command == COMMAND_UP || command == COMMAND_DOWN) {
		model_select(m, moved(m, command, r->cursor, r->shown_n));
		bring_to_screen(m);
		return;
	}
	scroll_page(m, command);
	/* The nearest row that is on the screen now. */
	if (command == COMMAND_HOME || line_of(m, 0) > last)
		model_select(m, 0);
	else if (command == COMMAND_END)
		model_select(m, r->shown_n);
	else if (line_of(m, r->cursor) < 0)
		model_select(m, (size_t)(m->scroll - view_head(m)));
	else if (line_of(m, r->cursor) > last)
		model_select(m, r->cursor -
			(size_t)(line_of(m, r->cursor) - last));
}

static void move(struct dash_model *m, enum command command)
{
	struct listing *r = model_list(m);

	if (!r) {
		scroll_page(m, command);
	} else if (m->view >= VIEWS_NUMBERED) {
		move_on_page(m, command);
	} else {
		model_select(m, moved(m, command, r->cursor, r->shown_n));
		/* Whoever goes down wants to read, not to be taken along. */
		m->follow = m->follow && (m->view != VIEW_EVENTS ||
			r->cursor == 0);
	}
}

/* Views */

static void open_column(struct dash_model *m)
{
	const int64_t us_hour = 3600 * INT64_C(1000000);
	int64_t first, last, at;

	if (!view_hours(m, &first, &last))
		return;
	at = span_cursor(&m->span, last);
	m->since = at * us_hour;
	m->until = (at + span_hours(&m->span)) * us_hour;
	m->follow = false;
	m->stale |= 1u << ROWS_EVENTS;
	model_open(m, VIEW_EVENTS, NULL);
}

static void open_event(struct dash_model *m, const struct event *e)
{
	if (e->session[0] != '\0')
		model_open(m, VIEW_SESSION, e->session);
	else if (e->device)
		model_open(m, VIEW_DEVICE, e->device);
	else if (e->kind == EVENT_LOSS || e->kind == EVENT_SOURCE)
		model_go(m, VIEW_HEALTH);
}

static void open_row(struct dash_model *m)
{
	struct row r;

	if (m->view == VIEW_TIMELINE)
		open_column(m);
	if (!model_here(m, &r))
		return;
	model_select(m, model_rows(m)->cursor);
	switch (r.kind) {
	case ROWS_DEVICES:
	case ROWS_MEMBERS: model_open(m, VIEW_DEVICE, r.device->id); break;
	case ROWS_ACCOUNTS:
		model_open(m, VIEW_ACCOUNT, r.account->account);
		break;
	case ROWS_SERVERS: model_open(m, VIEW_SERVER, r.server->id); break;
	case ROWS_EVENTS: open_event(m, r.event); break;
	case ROWS_SESSIONS: model_open(m, VIEW_SESSION, r.session->id); break;
	case ROWS_KINDS: break;
	}
}

/* The page of the row beside the one that this page is of. */
static void open_beside(struct dash_model *m, int step)
{
	enum rows_kind kind;
	struct listing *r = model_below(m, &kind);
	enum view view = m->view;
	struct row row;
	char *id;

	/* From an account's page one does not get to another's device. */
	if (!r || r->shown_n == 0 || kind == ROWS_EVENTS ||
		(step < 0 && r->cursor == 0) ||
		(step > 0 && r->cursor + 1 >= r->shown_n))
		return;
	listing_select(r, &m->now, kind, r->cursor + (size_t)step);
	row = snapshot_row(&m->now, kind, r->shown[r->cursor]);
	id = strdup(row_id(&row));
	/* A page below has its own memory of where one was. */
	set_text(&m->back[m->depth - 1].selected, id);
	model_back(m);
	if (id)
		model_open(m, view, id);
	free(id);
}

static void next_view(struct dash_model *m, int step)
{
	int view = m->depth > 0 ? (int)m->back[0].view : (int)m->view;

	model_go(m, (enum view)((view + step + VIEWS_NUMBERED) %
		VIEWS_NUMBERED));
}

/* Order */

static void sort_by(struct dash_model *m, int column)
{
	struct listing *r = model_list(m);

	r->sort = column;
	r->falling = columns_of(model_kind(m))->spec[column].falling;
	model_arrange(m);
}

static void sort_reverse(struct dash_model *m)
{
	struct listing *r = model_list(m);

	r->falling = !r->falling;
	model_arrange(m);
}

static int next_column(const struct dash_model *m, int column, int step)
{
	const struct columns *c = columns_of(model_kind(m));

	do {
		column = (column + step + c->n) % c->n;
	} while (c->spec[column].fixed);
	return column;
}

static void sort_menu(struct dash_model *m, enum command command)
{
	int n = columns_of(model_kind(m))->n;

	switch ((int)command) {
	case COMMAND_UP: m->menu = next_column(m, m->menu, -1); break;
	case COMMAND_DOWN: m->menu = next_column(m, m->menu, 1); break;
	case COMMAND_PAGE_UP:
	case COMMAND_HOME: m->menu = next_column(m, n - 1, 1); break;
	case COMMAND_PAGE_DOWN:
	case COMMAND_END: m->menu = next_column(m, 0, -1); break;
	case COMMAND_SORT_REVERSE: sort_reverse(m); break;
	case COMMAND_ACCEPT:
		/* The same column again turns the order around. */
		if (m->menu == model_rows(m)->sort)
			sort_reverse(m);
		else
			sort_by(m, m->menu);
		m->dialogue = DIALOGUE_NONE;
		break;
	case COMMAND_CANCEL: m->dialogue = DIALOGUE_NONE; break;
	default: break;
	}
}

/* Find: rows stay */

/* Selects the next row that holds the text, from row on, all around. */
static bool find_from(struct dash_model *m, size_t row, bool backward)
{
	size_t n = model_rows(m)->shown_n;

	for (size_t i = 0; i < n; i++) {
		size_t at = backward ? (row + 2 * n - i) % n : (row + i) % n;
		struct row r;

		if (!model_row(m, at, &r) || !view_has(m, &r, m->find))
			continue;
		model_select(m, at);
		if (m->view >= VIEWS_NUMBERED)
			bring_to_screen(m);
		return true;
	}
	return false;
}

static void find_next(struct dash_model *m, bool backward)
{
	size_t n = model_rows(m)->shown_n, at = model_rows(m)->cursor;

	if (m->find[0] == '\0')
		model_message(m, "nothing to find yet: / begins");
	else if (n == 0 || !find_from(m, at + (backward ? n - 1 : 1),
				backward))
		model_message(m, "no row has '%.100s'", m->find);
}

static void find_begin(struct dash_model *m)
{
	struct row r;

	set_text(&m->find_from, model_here(m, &r) ? row_id(&r) : NULL);
	edit_set(&m->edit, "");
	m->dialogue = DIALOGUE_FIND;
}

/* Back to where the find began. */
static void find_return(struct dash_model *m)
{
	struct row r;

	for (size_t i = 0; m->find_from && model_row(m, i, &r); i++) {
		if (strcmp(row_id(&r), m->find_from) != 0)
			continue;
		model_select(m, i);
		return;
	}
}

static void find_typed(struct dash_model *m)
{
	snprintf(m->find, sizeof m->find, "%s", m->edit.text);
	find_return(m);
	model_count_found(m);
	if (m->found > 0)
		find_from(m, model_rows(m)->cursor, false);
}

static void find_prompt(struct dash_model *m, enum command command)
{
	if (command == COMMAND_CANCEL) {
		edit_set(&m->edit, "");
		find_typed(m);
	} else if (command != COMMAND_ACCEPT) {
		return;
	}
	m->dialogue = DIALOGUE_NONE;
}

/* Filter: rows vanish */

static void filter_apply(struct dash_model *m, const char *text)
{
	struct filter_error error = {0};

	m->typed = filter_parse(&m->filter, text, &error) ? TYPED_GOOD
							  : TYPED_WRONG;
	m->filter_error = error;
	if (m->typed == TYPED_WRONG)
		return;
	snprintf(m->filter_text, sizeof m->filter_text, "%s", text);
	model_arrange(m);
}

/* Rows follow what is typed, but do not vanish at the first letter of a
 * field's name; and an expression is not called wrong for what is missing at
 * its end. */
static void filter_typed(struct dash_model *m)
{
	if (filter_unfinished(m->edit.text)) {
		m->typed = TYPED_UNFINISHED;
		m->filter_error.text[0] = '\0';
		return;
	}
	filter_apply(m, m->edit.text);
	if (m->typed == TYPED_WRONG &&
		m->filter_error.at == strlen(m->edit.text))
		m->typed = TYPED_UNFINISHED;
}

static void filter_clear(struct dash_model *m)
{
	edit_set(&m->edit, "");
	filter_apply(m, "");
}

static void filter_begin(struct dash_model *m)
{
	edit_set(&m->edit, m->filter_text);
	m->typed = TYPED_GOOD;
	m->history_at = 0;
	m->dialogue = DIALOGUE_FILTER;
}

static void filter_remember(struct dash_model *m)
{
	size_t at = 0;

	if (m->filter_text[0] == '\0')
		return;
	while (at < m->history_n && strcmp(m->history[at], m->filter_text) != 0)
		at++;
	if (at == m->history_n && m->history_n < MODEL_HISTORY)
		m->history_n++;
	if (at == MODEL_HISTORY)
		at--;
	memmove(m->history[1], m->history[0], at * sizeof m->history[0]);
	memcpy(m->history[0], m->filter_text, sizeof m->history[0]);
}

/* history_at counts back: 1 is the latest, 0 an empty line. */
static void filter_recall(struct dash_model *m, bool older)
{
	if (older && m->history_at < m->history_n)
		m->history_at++;
	else if (!older && m->history_at > 0)
		m->history_at--;
	else
		return;
	edit_set(&m->edit,
		m->history_at > 0 ? m->history[m->history_at - 1] : "");
	filter_typed(m);
}

static void filter_completed(struct dash_model *m)
{
	struct filter_completion c;

	filter_complete(m->edit.text, m->edit.at, m->now.devices, &c);
	edit_replace(&m->edit, c.from, c.text);
	filter_typed(m);
	snprintf(m->choices, sizeof m->choices, "%s", c.choices);
}

static void filter_prompt(struct dash_model *m, enum command command)
{
	switch ((int)command) {
	case COMMAND_ACCEPT:
		filter_apply(m, m->edit.text);
		if (m->typed != TYPED_GOOD)
			return;
		filter_remember(m);
		m->dialogue = DIALOGUE_NONE;
		break;
	case COMMAND_CANCEL:
		filter_clear(m);
		m->dialogue = DIALOGUE_NONE;
		break;
	case COMMAND_COMPLETE: filter_completed(m); break;
	case COMMAND_OLDER: filter_recall(m, true); break;
	case COMMAND_NEWER: filter_recall(m, false); break;
	default: break;
	}
}

static void clear(struct dash_model *m)
{
	if (m->find[0] != '\0')
		m->find[0] = '\0';
	else if (m->depth > 0)
		model_back(m);
	else if (m->filter_text[0] != '\0')
		filter_clear(m);
}

/* Marks */

static void mark_row(struct dash_model *m)
{
	struct row r;

	if (!model_here(m, &r))
		return;
	model_mark(m, r.device->id, !model_marked(m, r.device->id));
	model_select(m, model_rows(m)->cursor + 1);
	model_arrange(m);
}

static void mark_all(struct dash_model *m)
{
	bool all = true;
	struct row r;

	for (size_t i = 0; model_row(m, i, &r); i++)
		all = all && model_marked(m, r.device->id);
	for (size_t i = 0; model_row(m, i, &r); i++)
		model_mark(m, r.device->id, !all);
	model_arrange(m);
}

/* Timeline and events */

static void move_column(struct dash_model *m, int step)
{
	int64_t first, last;

	if (view_hours(m, &first, &last))
		span_move(&m->span, step, first, last);
}

static void follow(struct dash_model *m)
{
	m->follow = !m->follow;
	model_arrange(m);
}

static void next_level(struct dash_model *m)
{
	m->level = (enum event_level)((m->level + 1) % EVENT_LEVELS);
	model_arrange(m);
}

static void in_view(struct dash_model *m, enum command command)
{
	switch (command) {
	case COMMAND_UP:
	case COMMAND_DOWN:
	case COMMAND_PAGE_UP:
	case COMMAND_PAGE_DOWN:
	case COMMAND_HOME:
	case COMMAND_END: move(m, command); break;
	case COMMAND_LEFT: move_column(m, -1); break;
	case COMMAND_RIGHT: move_column(m, 1); break;
	case COMMAND_DEVICES:
	case COMMAND_ACCOUNTS:
	case COMMAND_SERVERS:
	case COMMAND_TIMELINE:
	case COMMAND_EVENTS:
	case COMMAND_HEALTH:
		model_go(m, (enum view)(VIEW_DEVICES + (int)command -
			COMMAND_DEVICES));
		break;
	case COMMAND_NEXT_VIEW: next_view(m, 1); break;
	case COMMAND_PREVIOUS_VIEW: next_view(m, -1); break;
	case COMMAND_OPEN: open_row(m); break;
	case COMMAND_PREVIOUS: open_beside(m, -1); break;
	case COMMAND_NEXT: open_beside(m, 1); break;
	case COMMAND_BACK: model_back(m); break;
	case COMMAND_CLEAR: clear(m); break;
	case COMMAND_HELP: model_open(m, VIEW_HELP, m->open); break;
	case COMMAND_FIND: find_begin(m); break;
	case COMMAND_FIND_NEXT: find_next(m, false); break;
	case COMMAND_FIND_PREVIOUS: find_next(m, true); break;
	case COMMAND_FILTER: filter_begin(m); break;
	case COMMAND_SORT:
		m->menu = model_rows(m)->sort;
		m->dialogue = DIALOGUE_SORT;
		break;
	case COMMAND_SORT_LEFT:
		sort_by(m, next_column(m, model_rows(m)->sort, -1));
		break;
	case COMMAND_SORT_RIGHT:
		sort_by(m, next_column(m, model_rows(m)->sort, 1));
		break;
	case COMMAND_SORT_REVERSE: sort_reverse(m); break;
	case COMMAND_MARK: mark_row(m); break;
	case COMMAND_MARK_ALL: mark_all(m); break;
	case COMMAND_CLOSER: span_zoom(&m->span, true); break;
	case COMMAND_FARTHER: span_zoom(&m->span, false); break;
	case COMMAND_FOLLOW: follow(m); break;
	case COMMAND_LEVEL: next_level(m); break;
	case COMMAND_PAUSE: m->paused = !m->paused; break;
	case COMMAND_NONE:
	case COMMAND_LEAVE:
	case COMMAND_REDRAW:
	case COMMAND_SUSPEND:
	case COMMAND_QUIT:
	case COMMAND_ACCEPT:
	case COMMAND_CANCEL:
	case COMMAND_COMPLETE:
	case COMMAND_OLDER:
	case COMMAND_NEWER: break;
	}
}

enum command model_key(struct dash_model *m, uint32_t key)
{
	enum command command = keys_command(key, model_context(m));

	m->message[0] = m->choices[0] = '\0';
	if (command == COMMAND_LEAVE)
		return model_back(m) ? COMMAND_NONE : COMMAND_QUIT;
	if (command == COMMAND_QUIT || command == COMMAND_SUSPEND ||
		command == COMMAND_REDRAW)
		return command;
	switch (m->dialogue) {
	case DIALOGUE_NONE: in_view(m, command); break;
	case DIALOGUE_SORT: sort_menu(m, command); break;
	case DIALOGUE_FIND:
		if (command != COMMAND_NONE)
			find_prompt(m, command);
		else if (edit_key(&m->edit, key))
			find_typed(m);
		break;
	case DIALOGUE_FILTER:
		if (command != COMMAND_NONE)
			filter_prompt(m, command);
		else if (edit_key(&m->edit, key))
			filter_typed(m);
		break;
	}
	return COMMAND_NONE;
}

static void click_title(struct dash_model *m, int col)
{
	int column = layout_column_at(m, col);

	if (column < 0 || columns_of(model_kind(m))->spec[column].fixed)
		return;
	if (column == model_rows(m)->sort)
		sort_reverse(m);
	else
		sort_by(m, column);
}

static void click_row(struct dash_model *m, size_t at)
{
	const struct listing *r = model_rows(m);

	if (at >= r->shown_n)
		return;
	if (at == r->cursor)
		open_row(m);
	else
		model_select(m, at);
}

void model_click(struct dash_model *m, int row, int col)
{
	struct layout l = layout_of(m);
	enum view tab;

	if (m->dialogue != DIALOGUE_NONE || l.kind == LAYOUT_NONE)
		return;
	if (row == l.tabs && view_tab_at(m, col, &tab))
		model_go(m, tab);
	else if (model_rows(m) && row == l.titles)
		click_title(m, col);
	else if (model_rows(m) && row >= l.list && row < l.list + l.list_rows)
		click_row(m, m->view >= VIEWS_NUMBERED
			? (size_t)(row - l.list + m->scroll - view_head(m))
			: model_rows(m)->top + (size_t)(row - l.list));
}
