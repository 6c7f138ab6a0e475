/* keys.h: what each key does and where. The one table: keys are looked up in
 * it, and the help and the bottom bar are made from it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A key is a character of Unicode (control characters are Ctrl and a letter)
 * or one of these. */
enum key {
	KEYS_CTRL_C = 3,
	KEYS_TAB = 9,
	KEYS_CTRL_L = 12,
	KEYS_ENTER = 13,
	KEYS_CTRL_U = 21,
	KEYS_CTRL_W = 23,
	KEYS_CTRL_Z = 26,
	KEYS_ESC = 27,
	KEYS_UP = 0x110000,
	KEYS_DOWN,
	KEYS_LEFT,
	KEYS_RIGHT,
	KEYS_PAGE_UP,
	KEYS_PAGE_DOWN,
	KEYS_HOME,
	KEYS_END,
	KEYS_BACKSPACE,
	KEYS_DELETE,
	KEYS_BACKTAB,
	KEYS_F0, /* KEYS_F0 + 1 is F1 */
	KEYS_LAST = KEYS_F0 + 12,
};

enum command {
	COMMAND_NONE,
	COMMAND_UP,
	COMMAND_DOWN,
	COMMAND_PAGE_UP,
	COMMAND_PAGE_DOWN,
	COMMAND_HOME,
	COMMAND_END,
	COMMAND_LEFT,
	COMMAND_RIGHT,
	/* The numbered views, in their order. */
	COMMAND_DEVICES,
	COMMAND_ACCOUNTS,
	COMMAND_SERVERS,
	COMMAND_TIMELINE,
	COMMAND_EVENTS,
	COMMAND_HEALTH,
	COMMAND_NEXT_VIEW,
	COMMAND_PREVIOUS_VIEW,
	COMMAND_OPEN,
	COMMAND_PREVIOUS,
	COMMAND_NEXT,
	COMMAND_BACK,
	COMMAND_LEAVE, /* back, or out */
	COMMAND_CLEAR,
	COMMAND_HELP,
	COMMAND_FIND,
	COMMAND_FIND_NEXT,
	COMMAND_FIND_PREVIOUS,
	COMMAND_FILTER,
	COMMAND_SORT,
	COMMAND_SORT_LEFT,
	COMMAND_SORT_RIGHT,
	COMMAND_SORT_REVERSE,
	COMMAND_MARK,
	COMMAND_MARK_ALL,
	COMMAND_CLOSER,
	COMMAND_FARTHER,
	COMMAND_FOLLOW,
	COMMAND_LEVEL,
	COMMAND_PAUSE,
	COMMAND_REDRAW,
	COMMAND_SUSPEND,
	COMMAND_QUIT,
	COMMAND_ACCEPT,
	COMMAND_CANCEL,
	COMMAND_COMPLETE,
	COMMAND_OLDER,
	COMMAND_NEWER,
};

/* Where a key is pressed: a view, or a dialogue above one. */
enum context {
	CONTEXT_DEVICES = 1 << 0,
	CONTEXT_ACCOUNTS = 1 << 1,
	CONTEXT_SERVERS = 1 << 2,
	CONTEXT_TIMELINE = 1 << 3,
	CONTEXT_EVENTS = 1 << 4,
	CONTEXT_HEALTH = 1 << 5,
	CONTEXT_DEVICE = 1 << 6,
	CONTEXT_ACCOUNT = 1 << 7,
	CONTEXT_SERVER = 1 << 8,
	CONTEXT_SESSION = 1 << 9,
	CONTEXT_HELP = 1 << 10,
	CONTEXT_FIND = 1 << 11,
	CONTEXT_FILTER = 1 << 12,
	CONTEXT_SORT = 1 << 13,
	CONTEXT_CHOOSER = 1 << 14,
};

enum { BINDING_KEYS = 4, KEY_NAME = 16 };

struct binding {
	enum command command;
	unsigned where;              /* enum context, or'ed */
	uint32_t keys[BINDING_KEYS]; /* 0 ends them */
	const char *group;           /* heading in the help; NULL: not there */
	const char *help;
	const char *bar;             /* label in the bottom bar, or NULL */
};

/* The i-th of the table, in the order of the help; NULL after the last. */
const struct binding *keys_binding(size_t i);
enum command keys_command(uint32_t key, enum context where);
/* "F2", "s", "Space", "Ctrl-L"; "" for none. Returns out. */
const char *keys_name(uint32_t key, char out[KEY_NAME]);
