/* view.h: the model drawn into a grid. Nothing here changes the model. */
#pragma once
#include "ui/dash/grid.h"
#include "ui/dash/layout.h"

/* The whole screen; g has the model's size. */
void view_draw(const struct dash_model *m, struct grid *g);
/* The lines of text and rows that a page has, and those above its rows. */
int view_height(const struct dash_model *m);
int view_head(const struct dash_model *m);
/* Whether a row has the text in one of its columns; a device anywhere. */
bool view_has(const struct dash_model *m, const struct row *r,
	const char *text);
/* The first and the last hour (since 1970) that the timeline knows; false:
 * it knows none. */
bool view_hours(const struct dash_model *m, int64_t *first, int64_t *last);
/* The numbered view whose tab is at that cell of the line of tabs. */
bool view_tab_at(const struct dash_model *m, int col, enum view *out);

/* Parts. */
void view_header(const struct dash_model *m, const struct layout *l,
	struct grid *g);
/* Progress and the numbers of the view, below the header. */
void view_progress(const struct dash_model *m, const struct layout *l,
	struct grid *g);
void view_summary(const struct dash_model *m, int row, struct grid *g);
/* How good the capture is, in a sentence. */
void view_verdict(const struct dash_model *m, struct pen *p);
/* "BASIC 37!  AUTH? 22!  TLS? 19", as far as there is room. */
void view_counts(const struct dash_model *m, struct pen *p);
void view_footer(const struct dash_model *m, const struct layout *l,
	struct grid *g);
/* Rows that scroll, of any kind. */
void view_list(const struct dash_model *m, const struct layout *l,
	struct grid *g);
void view_dialogue(const struct dash_model *m, const struct layout *l,
	struct grid *g);

/* A page that scrolls: lines are counted whether they are on the screen or
 * not; without a grid they are only counted. */
struct page {
	struct grid *g;
	int first, rows; /* the part of the screen */
	int skip;        /* lines of text above it */
	int cols;
	int row;         /* the next line of text */
	int head;        /* of those, above the rows of a list */
	bool brief;      /* one line an item */
};

/* The next line as a pen; one that writes nothing where it is off screen. */
struct pen page_line(struct page *p);
/* A label and its text, which goes on in further lines where it is long. */
void page_item(struct page *p, const char *label, enum style style,
	const char *text);
/* A text that goes on in further lines, indented by so many cells. */
void page_text(struct page *p, int indent, enum style style,
	const char *text);
/* The titles and rows of a list, as further lines of the page. */
void page_rows(const struct dash_model *m, struct page *p);

void view_device(const struct dash_model *m, struct page *p);
void view_account(const struct dash_model *m, struct page *p);
void view_server(const struct dash_model *m, struct page *p);
void view_session(const struct dash_model *m, struct page *p);
void view_timeline(const struct dash_model *m, struct page *p);
void view_health(const struct dash_model *m, struct page *p);
void view_help(const struct dash_model *m, struct page *p);
/* What is known of a device: the head of its page, and the pane below the
 * list. */
void view_facts(const struct dash_model *m, const struct device *d,
	struct page *p);
