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

static size_t page_rows(const struct dash_model *m)
{
	int rows = layout_of(m).list_rows - 1;

	return rows > 1 ? (size_t)rows : 1;
}

/* Moving. Here and below (int) says that only some commands mean something;
 * in_view() names them all. */

static void scroll_page(struct dash_model *m, enum command command)
{
	int rows = layout_of(m).list_rows, most = view_height(m) - rows;

	switch ((int)command) {
	case COMMAND_UP: m->scroll--; break;
	case COMMAND_DOWN: m->scroll++; break;
	case COMMAND_PAGE_UP: m->scroll -= (int)page_rows(m); break;
	case COMMAND_PAGE_DOWN: m->scroll += (int)page_rows(m); break;
	case COMMAND_HOME: m->scroll = 0; break;
	case COMMAND_END: m->scroll = most; break;
	default: break;
	}
	if (m->scroll > most)
		m->scroll = most;
	if (m->scroll < 0)
		m->scroll = 0;
}

static void move(struct dash_model *m, enum command command)
{
	size_t row = m->cursor, page = page_rows(m);

	if (m->view != VIEW_DEVICES) {
		scroll_page(m, command);
		return;
	}
	switch ((int)command) {
	case COMMAND_UP: row -= row > 0; break;
	case COMMAND_DOWN: row++; break;
	case COMMAND_PAGE_UP: row -= row < page ? row : page; break;
	case COMMAND_PAGE_DOWN: row += page; break;
	case COMMAND_HOME: row = 0; break;
	case COMMAND_END: row = m->shown_n; break;
	default: break;
	}
	model_select(m, row);
}

/* Views */

static void go(struct dash_model *m, enum view view)
{
	m->view = view;
	m->scroll = 0;
	model_scroll_to_cursor(m);
}

static void open_device(struct dash_model *m, size_t row)
{
	const struct device *d = model_device(m, row);

	if (!d)
		return;
	model_select(m, row);
	set_text(&m->open, d->id);
	go(m, VIEW_DETAIL);
}

static void go_back(struct dash_model *m)
{
	go(m, m->view == VIEW_HELP ? m->below : VIEW_DEVICES);
}

static void show_help(struct dash_model *m)
{
	m->below = m->view;
	go(m, VIEW_HELP);
}

/* Order */

static void sort_by(struct dash_model *m, enum column c)
{
	m->sort = c;
	m->falling = columns_spec(c)->falling;
	model_arrange(m);
}

static void sort_reverse(struct dash_model *m)
{
	m->falling = !m->falling;
	model_arrange(m);
}

static enum column next_column(enum column c, int step)
{
	do {
		c = (enum column)(((int)c + step + COLUMNS) % COLUMNS);
	} while (!columns_sortable(c));
	return c;
}

static void sort_menu(struct dash_model *m, enum command command)
{
	switch ((int)command) {
	case COMMAND_UP: m->menu = next_column(m->menu, -1); break;
	case COMMAND_DOWN: m->menu = next_column(m->menu, 1); break;
	case COMMAND_PAGE_UP:
	case COMMAND_HOME: m->menu = next_column(COLUMNS - 1, 1); break;
	case COMMAND_PAGE_DOWN:
	case COMMAND_END: m->menu = next_column(COLUMN_MARK, -1); break;
	case COMMAND_SORT_REVERSE: sort_reverse(m); break;
	case COMMAND_ACCEPT:
		/* The same column again turns the order around. */
		if (m->menu == m->sort)
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
	size_t n = m->shown_n;

	for (size_t i = 0; i < n; i++) {
		size_t at = backward ? (row + 2 * n - i) % n : (row + i) % n;

		if (!filter_anywhere(model_device(m, at), m->find))
			continue;
		model_select(m, at);
		return true;
	}
	return false;
}

static void find_next(struct dash_model *m, bool backward)
{
	size_t n = m->shown_n;

	if (m->find[0] == '\0')
		model_message(m, "nothing to find yet: / begins");
	else if (n == 0 || !find_from(m, m->cursor + (backward ? n - 1 : 1),
				backward))
		model_message(m, "no row has '%.100s'", m->find);
}

static void find_begin(struct dash_model *m)
{
	const struct device *d = model_selected(m);

	set_text(&m->find_from, d ? d->id : NULL);
	edit_set(&m->edit, "");
	m->dialogue = DIALOGUE_FIND;
}

/* Back to where the find began. */
static void find_return(struct dash_model *m)
{
	for (size_t i = 0; m->find_from && i < m->shown_n; i++) {
		if (strcmp(model_device(m, i)->id, m->find_from) != 0)
			continue;
		model_select(m, i);
		return;
	}
}

static void find_typed(struct dash_model *m)
{
	snprintf(m->find, sizeof m->find, "%s", m->edit.text);
	find_return(m);
	if (m->find[0] != '\0' && m->shown_n > 0)
		find_from(m, m->cursor, false);
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

	filter_complete(m->edit.text, m->edit.at, m->list, &c);
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
	else if (m->filter_text[0] != '\0')
		filter_clear(m);
}

/* Marks */

static void mark_row(struct dash_model *m)
{
	const struct device *d = model_selected(m);

	if (!d)
		return;
	model_mark(m, d->id, !model_marked(m, d->id));
	model_select(m, m->cursor + 1);
	model_arrange(m);
}

static void mark_all(struct dash_model *m)
{
	bool all = true;

	for (size_t i = 0; i < m->shown_n; i++)
		all = all && model_marked(m, model_device(m, i)->id);
	for (size_t i = 0; i < m->shown_n; i++)
		model_mark(m, model_device(m, i)->id, !all);
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
	case COMMAND_DEVICES: go(m, VIEW_DEVICES); break;
	case COMMAND_OPEN: open_device(m, m->cursor); break;
	case COMMAND_PREVIOUS:
		if (m->cursor > 0)
			open_device(m, m->cursor - 1);
		break;
	case COMMAND_NEXT: open_device(m, m->cursor + 1); break;
	case COMMAND_BACK: go_back(m); break;
	case COMMAND_CLEAR: clear(m); break;
	case COMMAND_HELP: show_help(m); break;
	case COMMAND_FIND: find_begin(m); break;
	case COMMAND_FIND_NEXT: find_next(m, false); break;
	case COMMAND_FIND_PREVIOUS: find_next(m, true); break;
	case COMMAND_FILTER: filter_begin(m); break;
	case COMMAND_SORT:
		m->menu = m->sort;
		m->dialogue = DIALOGUE_SORT;
		break;
	case COMMAND_SORT_LEFT: sort_by(m, next_column(m->sort, -1)); break;
	case COMMAND_SORT_RIGHT: sort_by(m, next_column(m->sort, 1)); break;
	case COMMAND_SORT_REVERSE: sort_reverse(m); break;
	case COMMAND_MARK: mark_row(m); break;
	case COMMAND_MARK_ALL: mark_all(m); break;
	case COMMAND_PAUSE: m->paused = !m->paused; break;
	case COMMAND_NONE:
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
	enum column c = layout_column_at(m, col);

	if (!columns_sortable(c))
		return;
	if (c == m->sort)
		sort_reverse(m);
	else
		sort_by(m, c);
}

void model_click(struct dash_model *m, int row, int col)
{
	struct layout l = layout_of(m);
	size_t at = m->top + (size_t)(row - l.list);

	if (m->view != VIEW_DEVICES || m->dialogue != DIALOGUE_NONE ||
		l.kind == LAYOUT_NONE)
		return;
	if (row == l.titles)
		click_title(m, col);
	if (row < l.list || row >= l.list + l.list_rows || at >= m->shown_n)
		return;
	if (at == m->cursor)
		open_device(m, at);
	else
		model_select(m, at);
}
