/* chooser.c: see chooser.h. */
#include "ui/dash/chooser.h"
#include "ui/dash/bar.h"
#include "ui/say.h"
#include <stdio.h>
#include <string.h>

enum { FIRST = 3, BELOW = 3, WIDE = 64 };

static bool tiny(const struct chooser *c)
{
	return c->rows < 12;
}

static int first_row(const struct chooser *c)
{
	return tiny(c) ? 1 : FIRST;
}

static size_t list_rows(const struct chooser *c)
{
	int rows = c->rows - first_row(c) - (tiny(c) ? 2 : BELOW);

	return rows > 0 ? (size_t)rows : 1;
}

static void scroll(struct chooser *c)
{
	if (c->top > c->at)
		c->top = c->at;
	if (c->at - c->top >= list_rows(c))
		c->top = c->at - list_rows(c) + 1;
}

void chooser_look(struct chooser *c)
{
	size_t best = c->at;
	double rate = -1;

	for (size_t i = 0; i < c->n; i++) {
		if (!c->v[i].mirror || c->v[i].rate <= rate)
			continue;
		best = i;
		rate = c->v[i].rate;
	}
	if (!c->moved)
		c->at = best;
	scroll(c);
}

bool chooser_key(struct chooser *c, enum command command)
{
	size_t last = c->n > 0 ? c->n - 1 : 0, page = list_rows(c);

	switch ((int)command) {
	case COMMAND_UP: c->at -= c->at > 0; break;
	case COMMAND_DOWN: c->at++; break;
	case COMMAND_PAGE_UP: c->at -= c->at < page ? c->at : page; break;
	case COMMAND_PAGE_DOWN: c->at += page; break;
	case COMMAND_HOME: c->at = 0; break;
	case COMMAND_END: c->at = last; break;
	case COMMAND_ACCEPT: return c->n > 0;
	default: return false;
	}
	if (c->at > last)
		c->at = last;
	c->moved = true;
	scroll(c);
	return false;
}

bool chooser_click(struct chooser *c, int row)
{
	size_t at = c->top + (size_t)(row - first_row(c));

	if (row < first_row(c) || at >= c->n || at >= c->top + list_rows(c))
		return false;
	c->at = at;
	c->moved = true;
	return true;
}

static void heard(const struct choice *v, struct grid *g, int row, int col)
{
	char text[SAY_MAX + 8], rate[SAY_MAX];

	snprintf(text, sizeof text, "%s/s", say_short(rate, v->rate));
	grid_right(g, row, col, 9, STYLE_PLAIN, text);
	if (v->senders == 0)
		return;
	snprintf(text, sizeof text, "%u %%", v->strangers);
	grid_right(g, row, col + 10, 10, STYLE_PLAIN, text);
	grid_right(g, row, col + 21, 7, STYLE_PLAIN,
		say_count(rate, v->senders));
}

/* The cells of a line, where there is room for all. */
enum { AT_NAME = 2, AT_LINK = 18, AT_HEARD = 34, AT_NOTE = 64, ROOMY = 100 };

static void put_interface(const struct chooser *c, const struct choice *v,
	int row, enum style style, struct grid *g)
{
	bool wide = c->cols >= WIDE;
	const char *looks = c->cols >= ROOMY ? "looks like a SPAN port"
					     : "SPAN port?";

	if (wide && v->measured)
		heard(v, g, row, AT_HEARD);
	if (wide || !v->mirror)
		grid_text(g, row, AT_LINK, AT_HEARD - AT_LINK - 1, style,
			v->link);
	if (wide)
		grid_text(g, row, AT_NOTE, c->cols - AT_NOTE, style,
			v->mirror ? looks : v->note);
	else if (v->mirror)
		grid_text(g, row, AT_LINK, c->cols - AT_LINK, style, looks);
}

static void put_choice(const struct chooser *c, size_t at, int row,
	struct grid *g)
{
	const struct choice *v = &c->v[at];
	enum style style = v->mirror ? STYLE_OAUTH
		: v->up || v->inventory ? STYLE_PLAIN : STYLE_DIM;

	grid_text(g, row, 0, 1, style, v->mirror ? "*" : " ");
	grid_tail(g, row, AT_NAME, AT_LINK - AT_NAME - 1,
		v->mirror ? STYLE_BOLD : style, v->name);
	if (v->inventory)
		grid_text(g, row, AT_LINK, c->cols - AT_LINK, STYLE_PLAIN,
			"look at this inventory");
	else
		put_interface(c, v, row, style, g);
	if (at == c->at)
		grid_inverse(g, row, 0, c->cols);
}

static void put_titles(const struct chooser *c, struct grid *g)
{
	int row = FIRST - 1;

	grid_repeat(g, row, 0, c->cols, STYLE_HEAD, " ");
	grid_text(g, row, AT_NAME, c->cols, STYLE_HEAD, "INTERFACE");
	grid_text(g, row, AT_LINK, c->cols, STYLE_HEAD, "LINK");
	if (c->cols < WIDE)
		return;
	grid_right(g, row, AT_HEARD, 9, STYLE_HEAD, "HEARS");
	grid_right(g, row, AT_HEARD + 10, 10, STYLE_HEAD, "FOR OTHERS");
	grid_right(g, row, AT_HEARD + 21, 7, STYLE_HEAD, "SENDERS");
	grid_text(g, row, AT_NOTE, c->cols - AT_NOTE, STYLE_HEAD, "NOTE");
}

static void put_hint(const struct chooser *c, struct grid *g)
{
	struct pen p = pen_at(g, c->rows - 2, 1, c->cols);
	const struct choice *v = c->n > 0 ? &c->v[c->at] : NULL;

	if (c->n == 0)
		pen_text(&p, STYLE_PLAIN, "there is no interface here; "
			"mailcensus -r FILE reads a capture");
	else if (c->deaf)
		pen_text(&p, STYLE_LOSS, "no right to listen: counters only; "
			"start it with sudo");
	else if (v->note[0] != '\0' && c->cols >= WIDE && v->mirror)
		pen_text(&p, STYLE_PLAIN, v->note);
	else
		pen_text(&p, STYLE_PLAIN, "listening on all of them; nothing "
			"is sent, and no frame is read yet");
}

void chooser_draw(const struct chooser *c, struct grid *g)
{
	struct pen p = pen_at(g, 0, 1, c->cols);

	grid_clear(g, 0, 0, g->rows, g->cols);
	g->cursor_row = g->cursor_col = -1;
	if (c->rows < 4 || c->cols < 20) {
		pen_text(&p, STYLE_PLAIN, "terminal too small: needs 40x8");
		return;
	}
	pen_format(&p, STYLE_TITLE, "mailcensus %s", c->version);
	pen_text(&p, STYLE_PLAIN, c->cols < WIDE ? "   which interface?"
		: "   Which interface hears the mirror port?");
	if (!tiny(c))
		put_titles(c, g);
	for (size_t i = 0; i < list_rows(c) && c->top + i < c->n; i++)
		put_choice(c, c->top + i, first_row(c) + (int)i, g);
	put_hint(c, g);
	bar_draw(CONTEXT_CHOOSER, c->rows - 1, g);
}
