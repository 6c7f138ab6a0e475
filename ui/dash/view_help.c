/* view_help.c: the help, made from the tables of keys, fields and columns;
 * see view.h. */
#include "ui/dash/line.h"
#include "ui/dash/view.h"
#include <string.h>

/* All keys of a group, in one item. */
static void group(struct page *p, const char *name)
{
	struct line l = {.n = 0};
	const struct binding *b;
	char key[KEY_NAME];

	for (size_t i = 0; (b = keys_binding(i)) != NULL; i++) {
		if (!b->group || strcmp(b->group, name) != 0)
			continue;
		line_part(&l, "   ", "%s", keys_name(b->keys[0], key));
		for (int k = 1; k < BINDING_KEYS && b->keys[k] != 0; k++)
			line_add(&l, " %s", keys_name(b->keys[k], key));
		line_add(&l, ": %s", b->help);
	}
	page_item(p, name, STYLE_PLAIN, l.text);
}

static void groups(struct page *p)
{
	const char *last = NULL;
	const struct binding *b;

	for (size_t i = 0; (b = keys_binding(i)) != NULL; i++) {
		if (!b->group || (last && strcmp(last, b->group) == 0))
			continue;
		last = b->group;
		group(p, last);
	}
}

static void fields(struct page *p)
{
	struct line l = {.n = 0};
	struct filter_help h;

	for (size_t i = 0; filter_describe(i, &h); i++)
		line_part(&l, "  ", "%s%s", h.name, h.values);
	line_part(&l, "  ", "and or not ( ); a word alone is looked for "
		"everywhere");
	page_item(p, "Fields", STYLE_PLAIN, l.text);
}

static void columns(struct page *p, enum rows_kind kind, const char *label)
{
	const struct columns *all = columns_of(kind);
	struct line l = {.n = 0};

	for (int c = 0; c < all->n; c++)
		if (all->spec[c].title[0] != '\0')
			line_part(&l, "; ", "%s %s", all->spec[c].title,
				all->spec[c].help);
	page_item(p, label, STYLE_PLAIN, l.text);
}

static void item(struct page *p, const char *label, const char *text)
{
	page_item(p, label, STYLE_PLAIN, text);
}

void view_help(const struct dash_model *m, struct page *p)
{
	groups(p);
	fields(p);
	page_line(p);
	item(p, "AUTH", "BASIC a password; OAUTH a token; OTHER neither; "
		"AUTH? the server demands AUTH, TLS hides which; TLS? hidden, "
		"not known; NONE without; MTA relays for others");
	item(p, "Signs", "~ inferred from TLS record lengths; * imported; "
		"! must change (red); ? hidden by TLS (yellow); "
		"+ OAuth (green); \xc2\xb7 no AUTH; # marked; "
		"capture loss is magenta");
	item(p, "TLS", "none, 1.0 to 1.3: the lowest; red below 1.2");
	columns(p, ROWS_DEVICES, "Devices");
	columns(p, ROWS_ACCOUNTS, "Accounts");
	columns(p, ROWS_SERVERS, "Servers");
	columns(p, ROWS_SESSIONS, "Sessions");
	item(p, "Colours", "each has a letter beside it: NO_COLOR=1 and "
		"--color=never lose nothing");
	item(p, "Times", "are UTC; while live, ages count from now, else from "
		"the last packet");
	item(p, "Mouse", "a click selects a row, another opens it; on a title "
		"it sorts; --no-mouse leaves it to the terminal");
	item(p, "Inventory", m->db ? m->db : "");
}
