/* options.h: the command line. One table of commands and one of options make
 * the parser, --help, the man page and the completions. */
#pragma once
#include "capture/base/err.h"
#include "capture/live/filter.h"
#include <stddef.h>
#include <stdint.h>

enum command {
	CMD_WATCH, /* no verb: -i or -r with the dashboard */
	CMD_CAPTURE,
	CMD_READ,
	CMD_UI,
	CMD_LIST,
	CMD_SHOW,
	CMD_SESSIONS,
	CMD_REPORT,
	CMD_SET,
	CMD_IMPORT,
	CMD_DIFF,
	CMD_CHECK,
	CMD_INTERFACES,
	CMD_HELP,
	CMD_VERSION,
	COMMANDS
};

enum colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

enum { OPTIONS_LIST = 4096 }; /* most -i, -r and FILE together */

struct options {
	enum command command;
	enum command help_for; /* CMD_HELP: COMMANDS for all of them */
	const char **interfaces; /* -i */
	size_t interfaces_n;
	const char **files; /* -r, or the arguments of read */
	size_t files_n; /* ... or of import, or the words of set */
	char *bpf; /* the expression, or NULL; joined from arguments */
	const char *subject; /* DEVICE of show and set, BASELINE of diff */
	const char **rules;  /* --rules */
	size_t rules_n;
	const char **own;    /* --own-domain */
	size_t own_n;
	const char *db, *output, *format, *user, *oui_file;
	const char *linktype; /* -y, or NULL */
	const char *where;    /* --where, or NULL */
	const char *baseline; /* --baseline, or NULL */
	uint64_t memory, max_packets, max_drop;
	int ring_kib, snaplen;
	int64_t since, until; /* us since 1970; 0: none */
	int64_t at;           /* the same: --at of diff */
	enum colour colour;
	enum filter_form filter_form;
	bool max_drop_set, no_promiscuous, any_port, force, json, quiet;
	bool mask, pseudonymize, fail_on_basic, exit_code;
	bool again, follow, dry_run, rebuild, verbose, mouse_off;
	bool dump_filter;
};

/* Fills *o; what is in argv is borrowed. */
bool options_parse(struct options *o, int argc, char **argv, struct err *e);
void options_free(struct options *o);

/* The help text to stdout: of one command, or of all (COMMANDS). */
void options_help(enum command c);

/* The tables. */
struct command_row {
	const char *name; /* NULL: no verb */
	const char *arguments, *what;
};
struct option_row {
	int letter; /* 0: none */
	const char *name, *argument, *what; /* "[=...]": it may be left out */
	unsigned commands; /* bits of enum command */
};
const struct command_row *options_command(enum command c);
const struct option_row *options_row(size_t i); /* NULL after the last */
