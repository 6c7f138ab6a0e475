/* bar.c: see bar.h. */
#include "ui/dash/bar.h"
#include <string.h>

static const struct binding *labelled(size_t *i, enum context where)
{
	const struct binding *b;

	while ((b = keys_binding((*i)++)) != NULL)
		if (b->bar && (b->where & where) != 0)
			return b;
	return NULL;
}

void bar_draw(enum context where, int row, struct grid *g)
{
	const struct binding *b, *last = NULL;
	struct pen p = pen_at(g, row, 0, g->cols);
	char name[KEY_NAME];
	int way_out = 0;

	for (size_t i = 0; (b = labelled(&i, where)) != NULL;)
		last = b;
	if (last)
		way_out = (int)strlen(keys_name(last->keys[0], name)) +
			(int)strlen(last->bar);
	for (size_t i = 0; (b = labelled(&i, where)) != NULL;) {
		int cells;

		keys_name(b->keys[0], name);
		cells = (int)strlen(name) + (int)strlen(b->bar) + 1;
		if (b != last && p.col + cells + way_out > p.end)
			continue;
		pen_text(&p, STYLE_PLAIN, name);
		pen_text(&p, STYLE_KEY, b->bar);
		pen_text(&p, STYLE_PLAIN, " ");
	}
}
