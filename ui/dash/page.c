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

void page_text(struct page *p, int indent, enum style style,
	const char *text)
{
	int room = p->cols - indent - 1;

	while (*text) {
		struct pen line = page_line(p);
		char part[1024];
		size_t n = grid_break(p->g, text, room);

		snprintf(part, sizeof part, "%.*s", (int)n, text);
		line.col = indent;
		pen_text(&line, style, part);
		text += n;
		text += strspn(text, " ");
	}
}

void page_item(struct page *p, const char *label, enum style style,
	const char *text)
{
	/* On a small screen the label has a line of its own. */
	bool narrow = p->cols < 60;
	int indent = narrow ? 2 : 2 + LABEL;
	struct pen line = page_line(p);

	line.col = 1;
	pen_text(&line, STYLE_TITLE, label);
	if (!narrow)
		p->row--;
	if (!p->brief && *text) {
		page_text(p, indent, style, text);
		return;
	}
	line = page_line(p);
	line.col = indent;
	pen_text(&line, style, text);
}
