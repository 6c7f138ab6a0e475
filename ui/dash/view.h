/* view.h: the model drawn into a grid. Nothing here changes the model. */
#pragma once
#include "ui/dash/grid.h"
#include "ui/dash/layout.h"

/* The whole screen; g has the model's size. */
void view_draw(const struct dash_model *m, struct grid *g);
/* The rows of text that the detail view or the help has, on its screen. */
int view_height(const struct dash_model *m);

/* Parts. */
void view_header(const struct dash_model *m, const struct layout *l,
	struct grid *g);
/* Progress and the counts of devices, below the header. */
void view_progress(const struct dash_model *m, const struct layout *l,
	struct grid *g);
/* "BASIC 37!  AUTH? 22!  TLS? 19", as far as there is room. */
void view_counts(const struct dash_model *m, struct pen *p);
void view_footer(const struct dash_model *m, const struct layout *l,
	struct grid *g);
void view_devices(const struct dash_model *m, const struct layout *l,
	struct grid *g);
void view_dialogue(const struct dash_model *m, const struct layout *l,
	struct grid *g);

/* A page that scrolls: rows are counted whether they are on the screen or
 * not; without a grid they are only counted. */
struct page {
	struct grid *g;
	int first, rows; /* the part of the screen */
	int skip;        /* rows of text above it */
	int cols;
	int row;         /* the next row of text */
	bool brief;      /* one line an item */
};

/* The next row as a pen; one that writes nothing where it is off screen. */
struct pen page_line(struct page *p);
/* A label and its text, which goes on in further rows where it is long. */
void page_item(struct page *p, const char *label, enum style style,
	const char *text);

void view_detail(const struct dash_model *m, struct page *p);
void view_help(const struct dash_model *m, struct page *p);
/* What is known of a device: the head of the detail view, and the pane below
 * the list. */
void view_facts(const struct dash_model *m, const struct device *d,
	struct page *p);
