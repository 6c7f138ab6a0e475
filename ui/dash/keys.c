/* keys.c: see keys.h. */
#include "ui/dash/keys.h"
#include <stdio.h>

enum {
	/* Whose rows are of the whole inventory, and pages with rows. */
	LISTS = CONTEXT_DEVICES | CONTEXT_ACCOUNTS | CONTEXT_SERVERS |
		CONTEXT_EVENTS,
	NUMBERED = LISTS | CONTEXT_TIMELINE | CONTEXT_HEALTH,
	LISTED = CONTEXT_DEVICE | CONTEXT_ACCOUNT | CONTEXT_SERVER,
	PAGES = LISTED | CONTEXT_SESSION,
	ROWS = LISTS | LISTED,
	VIEWS = NUMBERED | PAGES | CONTEXT_HELP,
	PROMPTS = CONTEXT_FIND | CONTEXT_FILTER,
	DIALOGUES = PROMPTS | CONTEXT_SORT,
	ALL = VIEWS | DIALOGUES | CONTEXT_CHOOSER,
	F1 = KEYS_F0 + 1,
	F2 = KEYS_F0 + 2,
	F3 = KEYS_F0 + 3,
	F4 = KEYS_F0 + 4,
	F8 = KEYS_F0 + 8,
	F10 = KEYS_F0 + 10,
};

/* In the order of the help and, for those with a label, of the bottom bar,
 * which shows a binding's first key. */
static const struct binding BINDINGS[] = {
	{COMMAND_ACCEPT, CONTEXT_CHOOSER, {KEYS_ENTER}, NULL, NULL, "Watch"},
	{COMMAND_UP, CONTEXT_CHOOSER, {KEYS_UP, 'k'}, NULL, NULL, NULL},
	{COMMAND_DOWN, CONTEXT_CHOOSER, {KEYS_DOWN, 'j'}, NULL, NULL, NULL},
	{COMMAND_PAGE_UP, CONTEXT_CHOOSER, {KEYS_PAGE_UP}, NULL, NULL, NULL},
	{COMMAND_PAGE_DOWN, CONTEXT_CHOOSER, {KEYS_PAGE_DOWN}, NULL, NULL,
		NULL},
	{COMMAND_HOME, CONTEXT_CHOOSER, {KEYS_HOME, 'g'}, NULL, NULL, NULL},
	{COMMAND_END, CONTEXT_CHOOSER, {KEYS_END, 'G'}, NULL, NULL, NULL},
	{COMMAND_QUIT, CONTEXT_CHOOSER, {F10, 'q', KEYS_ESC, KEYS_CTRL_C},
		NULL, NULL, "Quit"},

	{COMMAND_ACCEPT, DIALOGUES, {KEYS_ENTER}, NULL, NULL, "Keep"},
	{COMMAND_COMPLETE, CONTEXT_FILTER, {KEYS_TAB}, NULL, NULL, "Complete"},
	{COMMAND_OLDER, CONTEXT_FILTER, {KEYS_UP}, NULL, NULL, "Older"},
	{COMMAND_NEWER, CONTEXT_FILTER, {KEYS_DOWN}, NULL, NULL, NULL},
	{COMMAND_SORT_REVERSE, CONTEXT_SORT, {'r'}, NULL, NULL, "Reverse"},
	{COMMAND_CANCEL, PROMPTS, {KEYS_ESC}, NULL, NULL, "Clear"},
	{COMMAND_CANCEL, CONTEXT_SORT, {KEYS_ESC, 'q'}, NULL, NULL, "Cancel"},

	{COMMAND_UP, VIEWS | CONTEXT_SORT, {KEYS_UP, 'k'}, "Move", "up", NULL},
	{COMMAND_DOWN, VIEWS | CONTEXT_SORT, {KEYS_DOWN, 'j'}, "Move", "down",
		NULL},
	{COMMAND_PAGE_UP, VIEWS | CONTEXT_SORT, {KEYS_PAGE_UP, 2}, "Move",
		"page up", NULL},
	{COMMAND_PAGE_DOWN, VIEWS | CONTEXT_SORT, {KEYS_PAGE_DOWN, 6}, "Move",
		"page down", NULL},
	{COMMAND_HOME, VIEWS | CONTEXT_SORT, {KEYS_HOME, 'g'}, "Move", "first",
		NULL},
	{COMMAND_END, VIEWS | CONTEXT_SORT, {KEYS_END, 'G'}, "Move", "last",
		NULL},

	{COMMAND_HELP, VIEWS & ~CONTEXT_HELP, {F1, '?'}, "Views",
		"this help", "Help"},
	{COMMAND_DEVICES, VIEWS, {'1'}, "Views", "devices", NULL},
	{COMMAND_ACCOUNTS, VIEWS, {'2'}, "Views", "accounts", NULL},
	{COMMAND_SERVERS, VIEWS, {'3'}, "Views", "servers", NULL},
	{COMMAND_TIMELINE, VIEWS, {'4'}, "Views", "timeline", NULL},
	{COMMAND_EVENTS, VIEWS, {'5'}, "Views", "events", NULL},
	{COMMAND_HEALTH, VIEWS, {'6'}, "Views", "health of the capture", NULL},
	{COMMAND_NEXT_VIEW, VIEWS, {KEYS_TAB}, "Views", "next", NULL},
	{COMMAND_PREVIOUS_VIEW, VIEWS, {KEYS_BACKTAB}, "Views", "previous",
		NULL},
	{COMMAND_OPEN, ROWS, {KEYS_ENTER}, "Views", "all about the row",
		"Open"},
	{COMMAND_OPEN, CONTEXT_TIMELINE, {KEYS_ENTER}, NULL, NULL, "Events"},
	{COMMAND_PREVIOUS, PAGES, {KEYS_LEFT, 'h'}, "Views", "page before",
		"Previous"},
	{COMMAND_NEXT, PAGES, {KEYS_RIGHT, 'l'}, "Views", "page after",
		"Next"},
	{COMMAND_BACK, PAGES | CONTEXT_HELP,
		{KEYS_ESC, 'q', KEYS_BACKSPACE}, "Views", "back", "Back"},
	{COMMAND_BACK, CONTEXT_HELP, {F1, '?'}, NULL, NULL, NULL},

	{COMMAND_SORT, ROWS, {F2, 's'}, "Sort", "choose a column", "Sort"},
	{COMMAND_SORT_LEFT, ROWS, {'<'}, "Sort", "column before", NULL},
	{COMMAND_SORT_RIGHT, ROWS, {'>'}, "Sort", "column after", NULL},
	{COMMAND_SORT_REVERSE, ROWS, {'r'}, "Sort", "reverse", NULL},

	{COMMAND_FIND, ROWS, {F3, '/'}, "Find", "text (rows stay)", "Find"},
	{COMMAND_FIND_NEXT, ROWS, {'n'}, "Find", "next", NULL},
	{COMMAND_FIND_PREVIOUS, ROWS, {'N'}, "Find", "previous", NULL},

	{COMMAND_FILTER, LISTS, {F4, 'f'}, "Filter",
		"devices (rows vanish)", "Filter"},
	{COMMAND_CLEAR, NUMBERED, {KEYS_ESC}, "Filter",
		"clear: find, then filter", NULL},

	{COMMAND_MARK, CONTEXT_DEVICES, {' '}, "Mark", "row", NULL},
	{COMMAND_MARK_ALL, CONTEXT_DEVICES, {'*'}, "Mark",
		"all rows, or none; is=marked filters", NULL},

	{COMMAND_CLOSER, CONTEXT_TIMELINE, {'z', '+'}, "Timeline",
		"closer", "Closer"},
	{COMMAND_FARTHER, CONTEXT_TIMELINE, {'Z', '-'}, "Timeline",
		"farther", "Farther"},
	{COMMAND_LEFT, CONTEXT_TIMELINE, {KEYS_LEFT, 'h'}, "Timeline",
		"column before", NULL},
	{COMMAND_RIGHT, CONTEXT_TIMELINE, {KEYS_RIGHT, 'l'}, "Timeline",
		"column after", NULL},

	{COMMAND_FOLLOW, CONTEXT_EVENTS, {'F'}, "Events",
		"follow the latest, or not", "Follow"},
	{COMMAND_LEVEL, CONTEXT_EVENTS, {'v'}, "Events",
		"which: info+, warn+, all", "Level"},

	{COMMAND_PAUSE, NUMBERED | PAGES, {F8, 'p'}, "Live",
		"pause (capture goes on)", "Pause"},
	{COMMAND_REDRAW, ALL, {KEYS_CTRL_L}, "Live", "redraw", NULL},
	{COMMAND_SUSPEND, ALL, {KEYS_CTRL_Z}, "Live", "to the shell", NULL},

	{COMMAND_LEAVE, NUMBERED, {'q'}, "Leave", "back, or quit", NULL},
	{COMMAND_QUIT, NUMBERED, {F10, KEYS_CTRL_C}, "Leave", "quit", "Quit"},
	{COMMAND_QUIT, PAGES | CONTEXT_HELP | CONTEXT_SORT,
		{F10, KEYS_CTRL_C}, NULL, NULL, "Quit"},
	{COMMAND_QUIT, PROMPTS, {F10, KEYS_CTRL_C}, NULL, NULL, NULL},
};

const struct binding *keys_binding(size_t i)
{
	return i < sizeof BINDINGS / sizeof BINDINGS[0] ? &BINDINGS[i] : NULL;
}

enum command keys_command(uint32_t key, enum context where)
{
	const struct binding *b;

	for (size_t i = 0; key != 0 && (b = keys_binding(i)) != NULL; i++) {
		if ((b->where & where) == 0)
			continue;
		for (int k = 0; k < BINDING_KEYS; k++)
			if (b->keys[k] == key)
				return b->command;
	}
	return COMMAND_NONE;
}

const char *keys_name(uint32_t key, char out[KEY_NAME])
{
	static const struct {
		uint32_t key;
		const char *name;
	} names[] = {
		{KEYS_TAB, "Tab"}, {KEYS_ENTER, "Enter"}, {KEYS_ESC, "Esc"},
		{' ', "Space"}, {KEYS_UP, "Up"}, {KEYS_DOWN, "Down"},
		{KEYS_LEFT, "Left"}, {KEYS_RIGHT, "Right"},
		{KEYS_PAGE_UP, "PgUp"}, {KEYS_PAGE_DOWN, "PgDn"},
		{KEYS_HOME, "Home"}, {KEYS_END, "End"},
		{KEYS_BACKSPACE, "Backspace"},
		{KEYS_DELETE, "Del"}, {KEYS_BACKTAB, "Shift-Tab"},
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (names[i].key != key)
			continue;
		snprintf(out, KEY_NAME, "%s", names[i].name);
		return out;
	}
	if (key > KEYS_F0 && key <= KEYS_LAST)
		snprintf(out, KEY_NAME, "F%u", (unsigned)(key - KEYS_F0));
	else if (key > 0 && key < ' ')
		snprintf(out, KEY_NAME, "Ctrl-%c", (char)('@' + key));
	else if (key > ' ' && key < 0x7f)
		snprintf(out, KEY_NAME, "%c", (char)key);
	else
		out[0] = '\0';
	return out;
}
