/* model.c: see model.h. The state and its snapshot; model_key.c has what keys
 * do to them. */
#include "ui/dash/model.h"
#include "ui/dash/layout.h"
#include "ui/dash/view.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ZOOM = 1 };

void model_init(struct dash_model *m)
{
	*m = (struct dash_model){.utf8 = true, .rows = 24, .cols = 80,
		.span = {.zoom = FIRST_ZOOM}, .level = EVENT_INFO,
		.follow = true};
	for (int k = 0; k < ROWS_KINDS; k++)
		listing_init(&m->list[k], (enum rows_kind)k);
}

static void visit_free(struct visit *v)
{
	free(v->open);
	free(v->selected);
	*v = (struct visit){.open = NULL};
}

void model_free(struct dash_model *m)
{
	for (int k = 0; k < ROWS_KINDS; k++)
		listing_free(&m->list[k]);
	while (m->depth > 0)
		visit_free(&m->back[--m->depth]);
	free(m->find_from);
	free(m->open);
	free(m->passes);
	for (size_t i = 0; i < m->marks_n; i++)
		free(m->marks[i]);
	free(m->marks);
	rate_free(&m->rate);
	*m = (struct dash_model){.utf8 = false};
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
	const struct device_list *l = m->now.devices;
	const struct source_state *best = NULL, *s;

	for (size_t i = 0; l && i < l->sources_n; i++) {
		s = &l->sources[i];
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

	if (!m->now.devices)
		return m->wall;
	return s && s->live && s->running && m->wall > m->now.devices->now
		? m->wall : m->now.devices->now;
}

/* Marks */

/* They are sorted: where one is, or would be. */
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

/* Rows */

static enum rows_kind kind_of(enum view view)
{
	switch (view) {
	case VIEW_DEVICES: return ROWS_DEVICES;
	case VIEW_ACCOUNTS: return ROWS_ACCOUNTS;
	case VIEW_SERVERS: return ROWS_SERVERS;
	case VIEW_EVENTS: return ROWS_EVENTS;
	case VIEW_DEVICE: return ROWS_SESSIONS;
	case VIEW_ACCOUNT:
	case VIEW_SERVER: return ROWS_MEMBERS;
	case VIEW_TIMELINE:
	case VIEW_HEALTH:
	case VIEW_SESSION:
	case VIEW_HELP: break;
	}
	return ROWS_KINDS;
}

enum rows_kind model_kind(const struct dash_model *m)
{
	return kind_of(m->view);
}

struct listing *model_list(struct dash_model *m)
{
	enum rows_kind k = model_kind(m);

	return k < ROWS_KINDS ? &m->list[k] : NULL;
}

const struct listing *model_rows(const struct dash_model *m)
{
	enum rows_kind k = model_kind(m);

	return k < ROWS_KINDS ? &m->list[k] : NULL;
}

bool model_row(const struct dash_model *m, size_t at, struct row *out)
{
	const struct listing *r = model_rows(m);

	if (!r || at >= r->shown_n)
		return false;
	*out = snapshot_row(&m->now, model_kind(m), r->shown[at]);
	return true;
}

bool model_here(const struct dash_model *m, struct row *out)
{
	const struct listing *r = model_rows(m);

	return r && model_row(m, r->cursor, out);
}

const struct device *model_device(const struct dash_model *m, const char *id)
{
	size_t at = id ? snapshot_find(&m->now, ROWS_DEVICES, id) : SIZE_MAX;

	return at != SIZE_MAX ? &m->now.devices->v[at] : NULL;
}

const struct device *model_opened(const struct dash_model *m)
{
	return m->view == VIEW_DEVICE ? model_device(m, m->open) : NULL;
}

const struct account *model_account(const struct dash_model *m)
{
	size_t at = m->view == VIEW_ACCOUNT && m->open
		? snapshot_find(&m->now, ROWS_ACCOUNTS, m->open) : SIZE_MAX;

	return at != SIZE_MAX ? &m->now.accounts->v[at] : NULL;
}

const struct server_group *model_server(const struct dash_model *m)
{
	size_t at = m->view == VIEW_SERVER && m->open
		? snapshot_find(&m->now, ROWS_SERVERS, m->open) : SIZE_MAX;

	return at != SIZE_MAX ? &m->now.servers->v[at] : NULL;
}

const struct device *model_selected(const struct dash_model *m)
{
	struct row r;

	if (m->view == VIEW_DEVICE)
		return model_opened(m);
	if (m->view == VIEW_SESSION)
		return m->now.talk ? model_device(m, m->now.talk->device)
				   : NULL;
	if (!model_here(m, &r))
		return NULL;
	switch (r.kind) {
	case ROWS_DEVICES:
	case ROWS_MEMBERS: return r.device;
	case ROWS_EVENTS: return model_device(m, r.event->device);
	case ROWS_ACCOUNTS:
	case ROWS_SERVERS:
	case ROWS_SESSIONS:
	case ROWS_KINDS: break;
	}
	return NULL;
}

/* Arranging */

/* The device whose page is open, or lies below a session's. */
static const char *device_open(const struct dash_model *m)
{
	if (m->view == VIEW_DEVICE)
		return m->open;
	for (size_t i = m->depth; i > 0; i--)
		if (m->back[i - 1].view == VIEW_DEVICE)
			return m->back[i - 1].open;
	return NULL;
}

/* Is one of those devices among them that pass the filter? */
static bool any_passes(const struct dash_model *m, const struct names *ids)
{
	if (m->filter.n == 0)
		return true;
	for (size_t i = 0; i < ids->n; i++) {
		size_t at = snapshot_find(&m->now, ROWS_DEVICES, ids->v[i]);

		if (at != SIZE_MAX && m->passes[at])
			return true;
	}
	return false;
}

static bool event_passes(const struct dash_model *m, const struct event *e)
{
	size_t at = SIZE_MAX;

	if (e->level < m->level)
		return false;
	if (m->filter.n == 0)
		return true;
	if (e->device)
		at = snapshot_find(&m->now, ROWS_DEVICES, e->device);
	return at != SIZE_MAX && m->passes[at];
}

static bool passes(const struct dash_model *m, enum rows_kind kind, size_t i)
{
	switch (kind) {
	case ROWS_DEVICES: return m->passes[i];
	case ROWS_ACCOUNTS:
		return any_passes(m, &m->now.accounts->v[i].devices);
	case ROWS_SERVERS:
		return any_passes(m, &m->now.servers->v[i].devices);
	case ROWS_EVENTS: return event_passes(m, &m->now.events->v[i]);
	case ROWS_SESSIONS:
		/* Those that were read may be another device's still. */
		return device_open(m) && strcmp(m->now.sessions->device,
			device_open(m)) == 0;
	case ROWS_MEMBERS:
	case ROWS_KINDS: break;
	}
	return false;
}

/* The devices of the account or server that is open. */
static void add_members(const struct dash_model *m, struct listing *r,
	size_t n)
{
	const struct account *a = model_account(m);
	const struct server_group *v = model_server(m);
	const struct names *ids = a ? &a->devices : v ? &v->devices : NULL;

	for (size_t i = 0; ids && i < ids->n; i++) {
		size_t at = snapshot_find(&m->now, ROWS_DEVICES, ids->v[i]);

		if (at != SIZE_MAX && r->shown_n < n)
			r->shown[r->shown_n++] = at;
	}
}

static void filter_devices(struct dash_model *m)
{
	const struct device_list *l = m->now.devices;
	int64_t now = model_now(m);

	m->passing = 0;
	for (size_t i = 0; l && i < l->n; i++) {
		struct filter_subject x = {&l->v[i], now,
			model_marked(m, l->v[i].id)};

		m->passes[i] = m->filter.n == 0 || filter_match(&m->filter, &x);
		m->passing += m->passes[i];
	}
}

static void arrange(struct dash_model *m, enum rows_kind kind)
{
	size_t n = snapshot_rows(&m->now, kind);
	struct listing *r = &m->list[kind];
	size_t *shown = realloc(r->shown, (n + 1) * sizeof *shown);

	m->stale &= ~(1u << kind);
	r->shown_n = 0;
	if (!shown)
		return;
	r->shown = shown;
	if (kind == ROWS_MEMBERS)
		add_members(m, r, n);
	else
		for (size_t i = 0; i < n; i++)
			if (passes(m, kind, i))
				shown[r->shown_n++] = i;
	if (kind == ROWS_EVENTS && m->follow) {
		free(r->selected);
		r->selected = NULL;
		r->top = 0;
	}
	listing_arrange(r, &m->now, kind);
}

static void arrange_stale(struct dash_model *m, enum rows_kind kind)
{
	if (kind < ROWS_KINDS && (m->stale & 1u << kind))
		arrange(m, kind);
}

/* What is on the screen, and where the page on it was opened from; the rest
 * can wait. */
static void arrange_here(struct dash_model *m)
{
	if (m->depth > 0 && m->back[m->depth - 1].view < VIEWS_NUMBERED)
		arrange_stale(m, kind_of(m->back[m->depth - 1].view));
	arrange_stale(m, model_kind(m));
	model_scroll_to_cursor(m);
	if (m->dialogue == DIALOGUE_FIND)
		model_count_found(m);
}

void model_count_found(struct dash_model *m)
{
	struct row r;

	m->found = 0;
	for (size_t i = 0; m->find[0] != '\0' && model_row(m, i, &r); i++)
		m->found += view_has(m, &r, m->find);
}

void model_arrange(struct dash_model *m)
{
	filter_devices(m);
	m->stale = (1u << ROWS_KINDS) - 1;
	arrange_here(m);
}

void model_scroll_to_cursor(struct dash_model *m)
{
	struct listing *r = model_list(m);
	int rows = layout_of(m).list_rows;

	if (r && m->view < VIEWS_NUMBERED)
		listing_scroll(r, rows > 0 ? (size_t)rows : 1);
}

void model_select(struct dash_model *m, size_t row)
{
	struct listing *r = model_list(m);

	if (!r)
		return;
	listing_select(r, &m->now, model_kind(m), row);
	model_scroll_to_cursor(m);
}

void model_show(struct dash_model *m, const struct snapshot *s)
{
	size_t n = s->devices ? s->devices->n : 0;
	bool *passes = realloc(m->passes, n + 1);
	const struct source_state *source;

	m->now = *s;
	if (!passes)
		m->now = (struct snapshot){.devices = NULL};
	else
		m->passes = passes;
	/* Indices of what is gone now. */
	for (int k = 0; k < ROWS_KINDS; k++)
		m->list[k].shown_n = 0;
	source = model_source(m);
	if (source)
		rate_add(&m->rate, source);
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

/* Going from view to view */

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static void enter(struct dash_model *m, enum view view)
{
	m->view = view;
	m->scroll = 0;
	m->stale |= 1u << ROWS_MEMBERS | 1u << ROWS_SESSIONS;
	arrange_here(m);
}

void model_go(struct dash_model *m, enum view view)
{
	while (m->depth > 0)
		visit_free(&m->back[--m->depth]);
	free(m->open);
	m->open = NULL;
	if (view == VIEW_EVENTS && m->until != 0)
		m->stale |= 1u << ROWS_EVENTS;
	m->since = m->until = 0;
	enter(m, view);
}

void model_open(struct dash_model *m, enum view view, const char *id)
{
	const struct listing *r = model_rows(m);
	char *open = copy(id);

	if (m->depth == MODEL_DEPTH) {
		visit_free(&m->back[0]);
		memmove(m->back, m->back + 1,
			(MODEL_DEPTH - 1) * sizeof m->back[0]);
		m->depth--;
	}
	m->back[m->depth++] = (struct visit){m->view, m->open,
		copy(r ? r->selected : NULL), m->scroll};
	m->open = open;
	m->view = view;
	r = model_rows(m);
	/* A page's rows are others each time. */
	if (r && view >= VIEWS_NUMBERED) {
		free(m->list[model_kind(m)].selected);
		m->list[model_kind(m)].selected = NULL;
	}
	enter(m, view);
}

bool model_back(struct dash_model *m)
{
	struct visit *v;
	int scroll;

	if (m->depth == 0)
		return false;
	v = &m->back[--m->depth];
	if (m->view == VIEW_EVENTS)
		m->since = m->until = 0;
	free(m->open);
	m->open = v->open;
	m->view = v->view;
	scroll = v->scroll;
	if (model_list(m) && m->view >= VIEWS_NUMBERED) {
		free(model_list(m)->selected);
		model_list(m)->selected = v->selected;
	} else {
		free(v->selected);
	}
	enter(m, m->view);
	m->scroll = scroll;
	return true;
}

struct listing *model_below(struct dash_model *m, enum rows_kind *kind)
{
	enum view view = m->depth > 0 ? m->back[m->depth - 1].view : m->view;

	*kind = kind_of(view);
	/* Members are those of the page that they are on. */
	if (m->depth == 0 || *kind == ROWS_KINDS || *kind == ROWS_MEMBERS)
		return NULL;
	arrange_stale(m, *kind);
	return &m->list[*kind];
}

enum context model_context(const struct dash_model *m)
{
	static const enum context views[] = {
		[VIEW_DEVICES] = CONTEXT_DEVICES,
		[VIEW_ACCOUNTS] = CONTEXT_ACCOUNTS,
		[VIEW_SERVERS] = CONTEXT_SERVERS,
		[VIEW_TIMELINE] = CONTEXT_TIMELINE,
		[VIEW_EVENTS] = CONTEXT_EVENTS,
		[VIEW_HEALTH] = CONTEXT_HEALTH,
		[VIEW_DEVICE] = CONTEXT_DEVICE,
		[VIEW_ACCOUNT] = CONTEXT_ACCOUNT,
		[VIEW_SERVER] = CONTEXT_SERVER,
		[VIEW_SESSION] = CONTEXT_SESSION,
		[VIEW_HELP] = CONTEXT_HELP,
	};

	switch (m->dialogue) {
	case DIALOGUE_FIND: return CONTEXT_FIND;
	case DIALOGUE_FILTER: return CONTEXT_FILTER;
	case DIALOGUE_SORT: return CONTEXT_SORT;
	case DIALOGUE_NONE: break;
	}
	return views[m->view];
}

void model_wanted(const struct dash_model *m, struct wanted *out)
{
	const char *device = device_open(m);

	*out = (struct wanted){.view = m->view, .since = m->since,
		.until = m->until};
	snprintf(out->device, sizeof out->device, "%s", device ? device : "");
	if (m->view == VIEW_SESSION && m->open)
		snprintf(out->session, sizeof out->session, "%s", m->open);
	/* Below the help everything goes on. */
	if (m->view == VIEW_HELP && m->depth > 0)
		out->view = m->back[m->depth - 1].view;
}
