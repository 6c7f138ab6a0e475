/* dash.c: the loop of the dashboard; see dash.h. It waits for keys, takes what
 * was read of the inventory, and draws. */
#include "ui/dash/dash.h"
#include "ui/dash/loader.h"
#include "ui/dash/term.h"
#include "ui/dash/view.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
	WAIT = 250,      /* ms between two looks at the clock */
	WAIT_READ = 25,  /* the same, while something is being read */
	KEYS_AT_ONCE = 200,
};

struct dash {
	const struct dash_options *o;
	struct term *term;
	struct dash_model model;
	struct grid grid;
	struct loader *loader;
	struct snapshot snapshot;
	int64_t drawn;     /* s: when the screen was drawn last */
	bool changed;      /* since then */
	bool reading;      /* what is to be shown has not come yet */
	bool complained;   /* the message is about the inventory */
};

static int64_t clock_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* The inventory */

/* What is wrong with it stays on the screen until it is well again. */
static bool look_for_trouble(struct dash *d, struct err *e)
{
	enum loader_state state = loader_state(d->loader, e);

	if (state == LOADER_FAILED)
		return false;
	if (state == LOADER_TROUBLED)
		model_message(&d->model, "%s", e->text);
	else if (d->complained)
		d->model.message[0] = '\0';
	d->changed |= d->complained != (state == LOADER_TROUBLED);
	d->complained = state == LOADER_TROUBLED;
	return true;
}

static bool look(struct dash *d, struct err *e)
{
	struct wanted want;

	model_wanted(&d->model, &want);
	d->reading = loader_want(d->loader, &want, d->model.paused);
	if (loader_take(d->loader, &d->snapshot)) {
		model_show(&d->model, &d->snapshot);
		d->changed = true;
	}
	return look_for_trouble(d, e);
}

/* The screen */

static void draw(struct dash *d)
{
	int64_t now = clock_us(CLOCK_MONOTONIC) / 1000000;
	int rows, cols;

	term_size(d->term, &rows, &cols);
	if (rows != d->model.rows || cols != d->model.cols ||
		!d->grid.cells) {
		grid_free(&d->grid);
		grid_init(&d->grid, rows, cols, term_utf8(d->term));
		model_resize(&d->model, d->grid.rows, d->grid.cols);
		d->changed = true;
	}
	/* Ages count seconds; else nothing moves by itself. */
	if (d->changed || now != d->drawn)
		view_draw(&d->model, &d->grid);
	d->drawn = now;
	d->changed = false;
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
	int wait = d->reading ? WAIT_READ : WAIT;

	for (int i = 0; i < KEYS_AT_ONCE; i++, wait = 0) {
		struct term_input in = term_wait(d->term, wait);
		enum command command;

		d->changed |= in.event != TERM_NOTHING;
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

/* Why there is no inventory is best said before the screen is taken. */
static bool inventory_is_hopeless(const struct dash_options *o,
	struct query **q, struct err *e)
{
	struct stat st;

	if (*q || o->owns_capture || stat(o->db, &st) != 0 || st.st_size == 0)
		return false;
	return !query_open(q, o->db, e);
}

enum dash_end dash_run(const struct dash_options *o, struct err *e)
{
	struct dash d = {.o = o};
	enum dash_end end = DASH_FAILED;
	struct query *query = o->query;

	model_init(&d.model);
	d.model.version = o->version;
	d.model.source = o->source;
	d.model.db = o->db;
	d.model.owns_capture = o->owns_capture;
	if (inventory_is_hopeless(o, &query, e)) {
		model_free(&d.model);
		return DASH_FAILED;
	}
	if (query)
		query_oui(query, o->oui);
	if (loader_start(&d.loader, o, query, e) &&
		term_open(&d.term, o->colour, o->mouse, e)) {
		d.model.utf8 = term_utf8(d.term);
		end = loop(&d, e);
		if (!term_close(d.term) && end == DASH_QUIT)
			end = DASH_HANGUP;
	}
	model_free(&d.model);
	grid_free(&d.grid);
	loader_stop(d.loader);
	return end;
}
