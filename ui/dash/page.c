/* page.c: text that scrolls; see view.h. */
#include "ui/dash/view.h"
#include <stdio.h>
#include <string.h>

enum { LABEL = 11 };

struct pen page_line(struct page *p)
{
	int row = p->row++ - p->skip;
	bool seen = row >= 0 && row < p->rows;

	return pen_at(p->g, seen ? p->first + row : -1, 0, p->cols);
}

void page_item(struct page *p, const char *label, enum style style,
	const char *text)
{
	/* On a small screen the label has a line of its own. */
	bool narrow = p->cols < 60;
	int indent = narrow ? 2 : 2 + LABEL, room = p->cols - indent - 1;
	struct pen line = page_line(p);

	line.col = 1;
	pen_text(&line, STYLE_TITLE, label);
	if (narrow)
		line = page_line(p);
	if (p->brief) {
		line.col = indent;
		pen_text(&line, style, text);
		return;
	}
	while (*text) {
		char part[1024];
		size_t n = grid_break(p->g, text, room);

		snprintf(part, sizeof part, "%.*s", (int)n, text);
		line.col = indent;
		pen_text(&line, style, part);
		text += n;
		text += strspn(text, " ");
		if (*text)
			line = page_line(p);
	}
}
