/* dash.c: the loop of the dashboard; see dash.h. It waits for keys, looks a
 * few times a second whether the inventory has grown, and draws. */
#include "ui/dash/dash.h"
#include "ui/dash/term.h"
#include "ui/dash/view.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
	WAIT = 250,      /* ms between two looks at the clock */
	RELOAD = 500,    /* ms between two looks at the inventory */
	APPEAR = 10000,  /* ms that a new inventory may take to become one */
	KEYS_AT_ONCE = 200,
};

struct dash {
	const struct dash_options *o;
	struct term *term;
	struct dash_model model;
	struct grid grid;
	struct query *query;
	struct device_list *list;
	struct session_lines *sessions;
	int64_t next;      /* ms: when to look at the inventory again */
	int64_t appeared;  /* ms: since when it is there and none; 0: is not */
	bool waited;       /* it was not there at first */
	bool complained;   /* the message is about the inventory */
};

static int64_t clock_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int64_t now_ms(void)
{
	return clock_us(CLOCK_MONOTONIC) / 1000;
}

/* The inventory */

static void complain(struct dash *d, const struct err *e)
{
	model_message(&d->model, "%s", e->text);
	d->complained = true;
}

/* False if there will never be one; true with query NULL: not yet. */
static bool open_inventory(struct dash *d, struct err *e)
{
	struct stat st;

	if (stat(d->o->db, &st) != 0 || st.st_size == 0) {
		d->waited = true;
		d->appeared = 0;
		return true;
	}
	if (query_open(&d->query, d->o->db, e)) {
		query_oui(d->query, d->o->oui);
		return true;
	}
	/* Whoever makes it now may not be through with it. */
	if (d->appeared == 0)
		d->appeared = now_ms();
	return (d->waited || d->o->owns_capture) &&
		now_ms() - d->appeared < APPEAR;
}

static void reload(struct dash *d)
{
	struct device_list *list;
	struct err e = {0};

	if (!query_devices(d->query, &list, &e)) {
		complain(d, &e);
		return;
	}
	model_show(&d->model, list);
	device_list_free(d->list);
	d->list = list;
	if (d->complained)
		d->model.message[0] = '\0';
	d->complained = false;
}

static void read_sessions(struct dash *d)
{
	struct err e = {0};

	if (!session_lines_read(d->sessions, d->query, d->model.open, &e))
		complain(d, &e);
}

static bool sessions_missing(const struct dash *d)
{
	return d->query && d->model.view == VIEW_DETAIL && d->model.open &&
		(!d->sessions->device ||
			strcmp(d->sessions->device, d->model.open) != 0);
}

/* A slow reload waits longer for the next: half of the time is the user's. */
static bool look(struct dash *d, struct err *e)
{
	int64_t begin = now_ms(), end;
	bool more = false;

	if (sessions_missing(d))
		read_sessions(d);
	if (begin < d->next || (d->model.paused && d->list))
		return true;
	if (!d->query && !open_inventory(d, e))
		return false;
	if (d->query)
		more = query_changed(d->query) || !d->list;
	if (more)
		reload(d);
	if (more && d->model.view == VIEW_DETAIL && d->model.open)
		read_sessions(d);
	end = now_ms();
	d->next = end + (end - begin > RELOAD ? end - begin : RELOAD);
	return true;
}

/* The screen */

static void draw(struct dash *d)
{
	int rows, cols;

	term_size(d->term, &rows, &cols);
	if (rows != d->model.rows || cols != d->model.cols ||
		!d->grid.cells) {
		grid_free(&d->grid);
		grid_init(&d->grid, rows, cols, term_utf8(d->term));
		model_resize(&d->model, d->grid.rows, d->grid.cols);
	}
	view_draw(&d->model, &d->grid);
	term_paint(d->term, &d->grid);
}

static void obey(struct dash *d, enum command command)
{
	if (command == COMMAND_SUSPEND)
		term_suspend(d->term);
	else if (command == COMMAND_REDRAW)
		term_redraw(d->term);
}

/* Takes what was pressed, all of it before anything is drawn again. */
static bool take_input(struct dash *d, enum dash_end *end)
{
	int wait = WAIT;

	for (int i = 0; i < KEYS_AT_ONCE; i++, wait = 0) {
		struct term_input in = term_wait(d->term, wait);
		enum command command;

		switch (in.event) {
		case TERM_NOTHING:
			return true;
		case TERM_KEY:
			command = model_key(&d->model, in.key);
			if (command == COMMAND_QUIT) {
				*end = DASH_QUIT;
				return false;
			}
			obey(d, command);
			break;
		case TERM_CLICK:
			model_click(&d->model, in.row, in.col);
			break;
		case TERM_RESIZE:
			term_redraw(d->term);
			break;
		case TERM_SUSPEND:
			term_suspend(d->term);
			break;
		case TERM_STOP:
		case TERM_HANGUP:
			*end = in.event == TERM_STOP ? DASH_QUIT : DASH_HANGUP;
			return false;
		}
	}
	return true;
}

static enum dash_end loop(struct dash *d, struct err *e)
{
	enum dash_end end;

	do {
		if (!look(d, e))
			return DASH_FAILED;
		if (!d->model.paused)
			model_tick(&d->model, clock_us(CLOCK_REALTIME));
		draw(d);
	} while (take_input(d, &end));
	return end;
}

enum dash_end dash_run(const struct dash_options *o, struct err *e)
{
	struct dash d = {.o = o, .query = o->query};
	enum dash_end end = DASH_FAILED;

	if (d.query)
		query_oui(d.query, o->oui);
	model_init(&d.model);
	d.model.version = o->version;
	d.model.source = o->source;
	d.model.db = o->db;
	d.model.owns_capture = o->owns_capture;
	d.sessions = calloc(1, sizeof *d.sessions);
	d.model.sessions = d.sessions;
	if (!d.sessions) {
		err_set(e, ERR_RUN, "out of memory");
	} else if ((d.query || open_inventory(&d, e)) &&
		term_open(&d.term, o->colour, o->mouse, e)) {
		d.model.utf8 = term_utf8(d.term);
		end = loop(&d, e);
		if (!term_close(d.term) && end == DASH_QUIT)
			end = DASH_HANGUP;
	}
	model_free(&d.model);
	grid_free(&d.grid);
	device_list_free(d.list);
	query_close(d.query);
	if (d.sessions)
		session_lines_free(d.sessions);
	free(d.sessions);
	return end;
}
