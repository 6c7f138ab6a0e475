/* keys.c: see keys.h. */
#include "ui/dash/keys.h"
#include <stdio.h>

enum {
	VIEWS = CONTEXT_DEVICES | CONTEXT_DETAIL | CONTEXT_HELP,
	PROMPTS = CONTEXT_FIND | CONTEXT_FILTER,
	DIALOGUES = PROMPTS | CONTEXT_SORT,
	ALL = VIEWS | DIALOGUES,
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

	{COMMAND_HELP, CONTEXT_DEVICES | CONTEXT_DETAIL, {F1, '?'}, "Views",
		"this help", "Help"},
	{COMMAND_DEVICES, CONTEXT_DETAIL | CONTEXT_HELP, {'1'}, "Views",
		"devices", NULL},
	{COMMAND_OPEN, CONTEXT_DEVICES, {KEYS_ENTER}, "Views",
		"all of a device", NULL},
	{COMMAND_PREVIOUS, CONTEXT_DETAIL, {KEYS_LEFT, 'h'}, "Views",
		"device before", "Previous"},
	{COMMAND_NEXT, CONTEXT_DETAIL, {KEYS_RIGHT, 'l'}, "Views",
		"device after", "Next"},
	{COMMAND_BACK, CONTEXT_DETAIL | CONTEXT_HELP,
		{KEYS_ESC, 'q', KEYS_BACKSPACE}, "Views", "back", "Back"},
	{COMMAND_BACK, CONTEXT_HELP, {F1, '?'}, NULL, NULL, NULL},

	{COMMAND_SORT, CONTEXT_DEVICES, {F2, 's'}, "Sort", "choose a column",
		"Sort"},
	{COMMAND_SORT_LEFT, CONTEXT_DEVICES, {'<'}, "Sort", "column before",
		NULL},
	{COMMAND_SORT_RIGHT, CONTEXT_DEVICES, {'>'}, "Sort", "column after",
		NULL},
	{COMMAND_SORT_REVERSE, CONTEXT_DEVICES, {'r'}, "Sort", "reverse",
		NULL},

	{COMMAND_FIND, CONTEXT_DEVICES, {F3, '/'}, "Find",
		"text (rows stay)", "Find"},
	{COMMAND_FIND_NEXT, CONTEXT_DEVICES, {'n'}, "Find", "next", NULL},
	{COMMAND_FIND_PREVIOUS, CONTEXT_DEVICES, {'N'}, "Find", "previous",
		NULL},

	{COMMAND_FILTER, CONTEXT_DEVICES, {F4, 'f'}, "Filter",
		"expression (rows vanish)", "Filter"},
	{COMMAND_CLEAR, CONTEXT_DEVICES, {KEYS_ESC}, "Filter",
		"clear: find, then filter", NULL},

	{COMMAND_MARK, CONTEXT_DEVICES, {' '}, "Mark", "row", NULL},
	{COMMAND_MARK_ALL, CONTEXT_DEVICES, {'*'}, "Mark",
		"all rows, or none; is=marked filters", NULL},

	{COMMAND_PAUSE, CONTEXT_DEVICES | CONTEXT_DETAIL, {F8, 'p'}, "Live",
		"pause (capture goes on)", "Pause"},
	{COMMAND_REDRAW, ALL, {KEYS_CTRL_L}, "Live", "redraw", NULL},
	{COMMAND_SUSPEND, ALL, {KEYS_CTRL_Z}, "Live", "to the shell", NULL},

	{COMMAND_QUIT, CONTEXT_DEVICES, {F10, 'q', KEYS_CTRL_C}, "Leave",
		"quit", "Quit"},
	{COMMAND_QUIT, CONTEXT_DETAIL | CONTEXT_HELP | CONTEXT_SORT,
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
