/* choose.c: see choose.h. */
#include "ui/choose.h"
#include "capture/base/text.h"
#include "capture/live/interfaces.h"
#include "capture/live/listen.h"
#include "capture/live/privileges.h"
#include "ui/dash/chooser.h"
#include "ui/dash/term.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WAIT = 250, MOST = 256 }; /* ms; interfaces */

struct ear {
	struct listen *listen; /* NULL: not allowed, or no interface */
	uint64_t before;       /* received, by the counters, at first */
	struct listen_count count;
};

struct choosing {
	struct interfaces list;
	struct ear ears[MOST];
	struct choice choices[MOST + 1];
	struct chooser chooser;
	struct term *term;
	struct grid grid;
	int64_t since; /* us */
};

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* Interfaces */

static void describe_link(const struct interface *i, struct choice *c)
{
	c->up = i->up && i->running;
	snprintf(c->link, sizeof c->link, "%s", !i->up ? "down"
		: i->running ? "up" : "no link");
	if (c->up && i->speed > 0)
		snprintf(c->link, sizeof c->link, "up %d Mbit/s", i->speed);
}

static void describe(const struct interface *i, struct choice *c)
{
	char address[ADDR_TEXT];
	size_t n;

	*c = (struct choice){.rate = 0};
	text_clean(c->name, sizeof c->name, i->name, strlen(i->name));
	n = (size_t)snprintf(c->note, sizeof c->note, "%s%s",
		i->addrs_n > 0 ? addr_format(&i->addrs[0], address) : "",
		i->addrs_n > 1 ? " ..." : "");
	if (i->note[0] != '\0')
		snprintf(c->note + n, sizeof c->note - n, "%s%s",
			n > 0 ? "  " : "", i->note);
}

static bool begin(struct choosing *c, const struct choose_options *o,
	struct err *e)
{
	struct chooser *all = &c->chooser;
	struct err why = {0};

	if (!interfaces_list(&c->list, e))
		return false;
	all->v = c->choices;
	all->deaf = true;
	all->version = MAILCENSUS_VERSION;
	all->at = MOST;
	for (size_t i = 0; i < c->list.n && i < MOST; i++) {
		const struct interface *of = &c->list.list[i];

		describe(of, &c->choices[all->n]);
		describe_link(of, &c->choices[all->n++]);
		c->ears[i].before = of->received;
		if (!of->up || of->loopback)
			continue;
		all->at = all->at < i ? all->at : i;
		if (listen_open(&c->ears[i].listen, of->name, &why))
			all->deaf = false;
	}
	all->at = all->at < all->n ? all->at : 0;
	if (access(o->db, R_OK) == 0) {
		struct choice *last = &c->choices[all->n++];

		*last = (struct choice){.inventory = true};
		text_clean(last->name, sizeof last->name, o->db,
			strlen(o->db));
	}
	c->since = now_us();
	return true;
}

/* What the interfaces have heard since the beginning. */
static void listen_all(struct choosing *c)
{
	struct interfaces fresh = {0};
	double seconds = (double)(now_us() - c->since) / 1e6;

	interfaces_list(&fresh, NULL);
	for (size_t i = 0; i < c->list.n && i < MOST; i++) {
		struct choice *choice = &c->choices[i];
		struct ear *ear = &c->ears[i];
		const struct interface *is = i < fresh.n &&
			strcmp(fresh.list[i].name, c->list.list[i].name) == 0
			? &fresh.list[i] : &c->list.list[i];

		describe_link(is, choice);
		choice->measured = is->counted && seconds > 0.2;
		if (choice->measured && is->received >= ear->before)
			choice->rate = (double)(is->received - ear->before) /
				seconds;
		if (!ear->listen) {
			choice->mirror = c->chooser.deaf &&
				interface_looks_mirrored(is);
			continue;
		}
		listen_take(ear->listen, &ear->count);
		choice->senders = ear->count.senders;
		choice->strangers = ear->count.frames == 0 ? 0
			: (unsigned)(ear->count.strangers * 100 /
				ear->count.frames);
		choice->mirror = listen_is_mirror(&ear->count);
	}
	interfaces_free(&fresh);
}

static void end(struct choosing *c)
{
	for (size_t i = 0; i < MOST; i++)
		listen_close(c->ears[i].listen);
	grid_free(&c->grid);
	interfaces_free(&c->list);
}

/* The screen */

static void draw(struct choosing *c)
{
	struct chooser *all = &c->chooser;
	int rows, cols;

	term_size(c->term, &rows, &cols);
	if (rows != all->rows || cols != all->cols || !c->grid.cells) {
		grid_free(&c->grid);
		grid_init(&c->grid, rows, cols, term_utf8(c->term));
		all->rows = c->grid.rows;
		all->cols = c->grid.cols;
	}
	chooser_look(all);
	chooser_draw(all, &c->grid);
	term_paint(c->term, &c->grid);
}

/* True when it is over; *chosen: an interface or the inventory. */
static bool take(struct choosing *c, bool *chosen)
{
	struct term_input in = term_wait(c->term, WAIT);
	enum command command = keys_command(in.key, CONTEXT_CHOOSER);

	*chosen = false;
	switch (in.event) {
	case TERM_NOTHING: break;
	case TERM_KEY:
		if (command == COMMAND_QUIT)
			return true;
		if (command == COMMAND_REDRAW)
			term_redraw(c->term);
		if (command == COMMAND_SUSPEND)
			term_suspend(c->term);
		*chosen = chooser_key(&c->chooser, command);
		return *chosen;
	case TERM_CLICK:
		chooser_click(&c->chooser, in.row);
		break;
	case TERM_RESIZE: term_redraw(c->term); break;
	case TERM_SUSPEND: term_suspend(c->term); break;
	case TERM_STOP:
	case TERM_HANGUP: return true;
	}
	return false;
}

/* False: there is no screen. */
static bool ask(struct choosing *c, const struct choose_options *o,
	bool *chosen, struct err *e)
{
	if (!term_open(&c->term, o->colour, o->mouse, e))
		return false;
	do {
		listen_all(c);
		draw(c);
	} while (!take(c, chosen));
	term_close(c->term);
	return true;
}

enum choose_end choose(const struct choose_options *o, char name[CHOOSE_NAME],
	struct err *e)
{
	struct choosing *c = calloc(1, sizeof *c);
	enum choose_end result = CHOOSE_FAILED;
	struct privileges who;
	bool chosen = false;

	if (!c) {
		err_set(e, ERR_RUN, "out of memory");
		return CHOOSE_FAILED;
	}
	if (begin(c, o, e) && privileges_choose(&who, o->user, e) &&
		privileges_assume(&who, e)) {
		bool asked = ask(c, o, &chosen, e);

		if (privileges_resume(&who, asked ? e : NULL) && asked)
			result = CHOOSE_LEFT;
	}
	chosen = chosen && result == CHOOSE_LEFT;
	if (chosen && c->choices[c->chooser.at].inventory) {
		result = CHOOSE_INVENTORY;
	} else if (chosen) {
		snprintf(name, CHOOSE_NAME, "%s",
			c->list.list[c->chooser.at].name);
		result = CHOOSE_INTERFACE;
	}
	end(c);
	free(c);
	return result;
}
