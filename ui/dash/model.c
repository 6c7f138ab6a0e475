/* model.c: see model.h. The state and its snapshot; model_key.c has what keys
 * do to them. */
#include "ui/dash/model.h"
#include "ui/dash/layout.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void model_init(struct dash_model *m)
{
	*m = (struct dash_model){.utf8 = true, .rows = 24, .cols = 80,
		.sort = COLUMN_AUTH, .falling = true, .menu = COLUMN_AUTH};
}

void model_free(struct dash_model *m)
{
	free(m->shown);
	free(m->selected);
	free(m->find_from);
	free(m->open);
	for (size_t i = 0; i < m->marks_n; i++)
		free(m->marks[i]);
	free(m->marks);
	rate_free(&m->rate);
	*m = (struct dash_model){0};
}

void model_message(struct dash_model *m, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(m->message, sizeof m->message, fmt, ap);
	va_end(ap);
}

const struct source_state *model_source(const struct dash_model *m)
{
	const struct source_state *best = NULL, *s;

	for (size_t i = 0; m->list && i < m->list->sources_n; i++) {
		s = &m->list->sources[i];
		if (!best || (s->running && !best->running) ||
			(s->running == best->running &&
				s->beat_at > best->beat_at))
			best = s;
	}
	return best;
}

int64_t model_now(const struct dash_model *m)
{
	const struct source_state *s = model_source(m);

	if (!m->list)
		return m->wall;
	return s && s->live && s->running && m->wall > m->list->now
		? m->wall : m->list->now;
}

/* The marks are sorted: where one is, or would be. */
static size_t mark_place(const struct dash_model *m, const char *id)
{
	size_t low = 0, high = m->marks_n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(m->marks[middle], id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool model_marked(const struct dash_model *m, const char *id)
{
	size_t at = mark_place(m, id);

	return at < m->marks_n && strcmp(m->marks[at], id) == 0;
}

void model_mark(struct dash_model *m, const char *id, bool on)
{
	size_t at = mark_place(m, id);
	char **grown, *copy;

	if (model_marked(m, id) == on)
		return;
	if (!on) {
		free(m->marks[at]);
		m->marks_n--;
		memmove(m->marks + at, m->marks + at + 1,
			(m->marks_n - at) * sizeof *m->marks);
		return;
	}
	copy = strdup(id);
	grown = copy ? realloc(m->marks, (m->marks_n + 1) * sizeof *grown)
		     : NULL;
	if (!grown) {
		free(copy);
		return;
	}
	m->marks = grown;
	memmove(grown + at + 1, grown + at, (m->marks_n - at) * sizeof *grown);
	grown[at] = copy;
	m->marks_n++;
}

const struct device *model_device(const struct dash_model *m, size_t row)
{
	return row < m->shown_n ? &m->list->v[m->shown[row]] : NULL;
}

const struct device *model_selected(const struct dash_model *m)
{
	return model_device(m, m->cursor);
}

const struct device *model_opened(const struct dash_model *m)
{
	for (size_t i = 0; m->open && m->list && i < m->list->n; i++)
		if (strcmp(m->list->v[i].id, m->open) == 0)
			return &m->list->v[i];
	return NULL;
}

/* The order is total, so that rows never jump without a reason. */
static int compare(const void *a, const void *b, void *context)
{
	const struct dash_model *m = context;
	const struct device *x = &m->list->v[*(const size_t *)a];
	const struct device *y = &m->list->v[*(const size_t *)b];
	int order = columns_compare(m->sort, m->falling, x, y);

	if (order == 0)
		order = columns_compare(COLUMN_MSGS, true, x, y);
	return order != 0 ? order : strcmp(x->id, y->id);
}

/* Keeps the cursor on its device; where that is not shown, near by. */
static void place_cursor(struct dash_model *m)
{
	size_t last = m->shown_n > 0 ? m->shown_n - 1 : 0;

	for (size_t i = 0; m->selected && i < m->shown_n; i++) {
		if (strcmp(model_device(m, i)->id, m->selected) != 0)
			continue;
		m->cursor = i;
		break;
	}
	if (!m->selected)
		m->cursor = 0;
	if (m->cursor > last)
		m->cursor = last;
	model_scroll_to_cursor(m);
}

void model_scroll_to_cursor(struct dash_model *m)
{
	struct layout l = layout_of(m);
	size_t rows = l.list_rows > 0 ? (size_t)l.list_rows : 1;

	if (m->view != VIEW_DEVICES)
		return;
	if (m->top > m->cursor)
		m->top = m->cursor;
	if (m->cursor - m->top >= rows)
		m->top = m->cursor - rows + 1;
	/* No empty rows at the end while there are some above. */
	if (m->top + rows > m->shown_n)
		m->top = m->shown_n > rows ? m->shown_n - rows : 0;
}

void model_select(struct dash_model *m, size_t row)
{
	const struct device *d;

	if (m->shown_n == 0)
		return;
	m->cursor = row < m->shown_n ? row : m->shown_n - 1;
	d = model_selected(m);
	free(m->selected);
	m->selected = strdup(d->id);
	model_scroll_to_cursor(m);
}

void model_arrange(struct dash_model *m)
{
	m->shown_n = 0;
	for (size_t i = 0; m->list && i < m->list->n; i++) {
		const struct device *d = &m->list->v[i];
		struct filter_subject x = {d, model_now(m),
			model_marked(m, d->id)};

		if (filter_match(&m->filter, &x))
			m->shown[m->shown_n++] = i;
	}
	if (m->shown_n > 0)
		qsort_r(m->shown, m->shown_n, sizeof *m->shown, compare, m);
	place_cursor(m);
}

void model_show(struct dash_model *m, const struct device_list *list)
{
	size_t n = list && list->n > 0 ? list->n : 1;
	size_t *shown = realloc(m->shown, n * sizeof *shown);
	const struct source_state *s;

	m->list = shown ? list : NULL;
	m->shown = shown ? shown : m->shown;
	s = model_source(m);
	if (s)
		rate_add(&m->rate, s);
	model_arrange(m);
}

void model_resize(struct dash_model *m, int rows, int cols)
{
	m->rows = rows;
	m->cols = cols;
	model_scroll_to_cursor(m);
}

void model_tick(struct dash_model *m, int64_t wall)
{
	m->wall = wall;
}

enum context model_context(const struct dash_model *m)
{
	switch (m->dialogue) {
	case DIALOGUE_FIND: return CONTEXT_FIND;
	case DIALOGUE_FILTER: return CONTEXT_FILTER;
	case DIALOGUE_SORT: return CONTEXT_SORT;
	case DIALOGUE_NONE: break;
	}
	switch (m->view) {
	case VIEW_DETAIL: return CONTEXT_DETAIL;
	case VIEW_HELP: return CONTEXT_HELP;
	case VIEW_DEVICES: break;
	}
	return CONTEXT_DEVICES;
}
