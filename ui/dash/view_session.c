/* view_session.c: the dialogue of one session in words; see view.h. */
#include "ui/dash/view.h"
#include "ui/say.h"
#include <stdio.h>
#include <string.h>

static const char *arrow(enum talk_side s)
{
	return s == TALK_CLIENT ? ">" : s == TALK_SERVER ? "<" : " ";
}

static void line(const struct talk_line *l, struct page *p)
{
	bool narrow = p->cols < 60;
	int indent = narrow ? 2 : 16;
	struct pen pen = page_line(p);
	enum style style = l->grave ? STYLE_MUST
		: l->guessed ? STYLE_HIDDEN : STYLE_PLAIN;
	char at[SAY_MAX];

	p->row--;
	if (!narrow && l->at > 0) {
		say_time(at, l->at);
		pen.col = 1;
		pen_format(&pen, STYLE_DIM, "%.8s.%03d",
			strlen(at) >= 19 ? at + 11 : "",
			(int)(l->at / 1000 % 1000));
	}
	pen.col = indent - 2;
	pen_text(&pen, STYLE_TITLE, l->guessed ? "~" : arrow(l->side));
	page_text(p, indent, style, l->text);
}

void view_session(const struct dash_model *m, struct page *p)
{
	const struct talk *t = m->now.talk;
	struct pen pen;

	if (!t || !m->open || strcmp(t->session, m->open) != 0 || !t->found) {
		pen = page_line(p);
		pen.col = 1;
		pen_text(&pen, STYLE_PLAIN, t && m->open && !t->found &&
			strcmp(t->session, m->open) == 0
			? "this session is no longer in the inventory"
			: "reading");
		return;
	}
	for (size_t i = 0; i < t->n; i++)
		line(&t->v[i], p);
	page_line(p);
	page_text(p, 1, STYLE_DIM, "> client  < server  ~ inferred; "
		"passwords, tokens and messages are never kept");
}
