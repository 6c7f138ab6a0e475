/* main.c: the program: reads the command line, runs one verb, prints what
 * went wrong. */
#include "ui/commands.h"
#include <locale.h>
#include <signal.h>
#include <stdio.h>

static int run(const struct options *o, struct err *e)
{
	if (o->dump_filter && o->command != CMD_HELP)
		return command_filter(o, e);
	switch (o->command) {
	case CMD_WATCH: return command_watch(o, e);
	case CMD_CAPTURE:
	case CMD_READ: return command_ingest(o, e);
	case CMD_UI: return command_ui(o, e);
	case CMD_LIST: return command_list(o, e);
	case CMD_SHOW: return command_show(o, e);
	case CMD_SESSIONS: return command_sessions(o, e);
	case CMD_REPORT: return command_report(o, e);
	case CMD_SET: return command_set(o, e);
	case CMD_IMPORT: return command_import(o, e);
	case CMD_DIFF: return command_diff(o, e);
	case CMD_CHECK: return command_check(o, e);
	case CMD_INTERFACES: return command_interfaces(o, e);
	case CMD_HELP:
		options_help(o->help_for);
		return 0;
	case CMD_VERSION:
		puts("mailcensus " MAILCENSUS_VERSION);
		return 0;
	case COMMANDS: break;
	}
	return ERR_USAGE;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct options o;
	int status = ERR_USAGE;

	setlocale(LC_ALL, "");
	signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error */
	if (options_parse(&o, argc, argv, &e))
		status = run(&o, &e);
	options_free(&o);
	if (e.kind != ERR_NONE) {
		fprintf(stderr, "mailcensus: %s\n", e.text);
		status = e.kind;
	}
	if (fflush(stdout) != 0 && status == 0) {
		fprintf(stderr,
			"mailcensus: cannot write to standard output\n");
		status = ERR_RUN;
	}
	return status;
}
