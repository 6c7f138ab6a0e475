/* page.c: mailcensus(1); see manual.h. */
#include "ui/manual/manual.h"
#include "ui/options.h"
#include <string.h>

static void synopsis(FILE *out)
{
	roff_section(out, "SYNOPSIS");
	for (int c = 0; c < COMMANDS; c++) {
		const struct command_row *row = options_command((enum command)c);

		fputs("\\fBmailcensus", out);
		if (row->name) {
			putc(' ', out);
			roff_text(out, row->name);
		}
		fputs("\\fR ", out);
		if (row->arguments[0] != '\0') {
			fputs("\\fI", out);
			roff_text(out, row->arguments);
			fputs("\\fR ", out);
		}
		fputs("[\\fIOPTIONS\\fR]\n.br\n", out);
	}
}

static void commands(FILE *out)
{
	roff_section(out, "COMMANDS");
	roff_paragraph(out, "Each takes --help, which lists its options.");
	for (int c = 0; c < COMMANDS; c++) {
		const struct command_row *row = options_command((enum command)c);

		roff_item(out, row->name ? row->name : "(none)", row->what);
	}
}

/* Of which commands an option is, where not of all. */
static void option_of(FILE *out, const struct option_row *row)
{
	const char *gap = " (";
	unsigned all = (1u << COMMANDS) - 1;

	if ((row->commands & all) == all)
		return;
	for (int c = 0; c < COMMANDS; c++) {
		const char *name = options_command((enum command)c)->name;

		if (!(row->commands & 1u << c))
			continue;
		fputs(gap, out);
		roff_text(out, name ? name : "without a command");
		gap = ", ";
	}
	fputs(")", out);
}

static void options(FILE *out)
{
	const struct option_row *row;

	roff_section(out, "OPTIONS");
	for (size_t i = 0; (row = options_row(i)) != NULL; i++) {
		const char *argument = row->argument;

		fputs(".TP\n", out);
		if (row->letter)
			fprintf(out, "\\fB\\-%c\\fR, ", row->letter);
		fputs("\\fB\\-\\-", out);
		roff_text(out, row->name);
		fputs("\\fR", out);
		if (argument) {
			fputs(argument[0] == '[' ? "\\fI" : " \\fI", out);
			roff_text(out, argument);
			fputs("\\fR", out);
		}
		putc('\n', out);
		roff_text(out, row->what);
		option_of(out, row);
		putc('\n', out);
	}
}

static void examples(FILE *out)
{
	static const char *const all[][2] = {
		{"mailcensus interfaces",
			"which interface hears the SPAN port?"},
		{"sudo mailcensus -i eth1 'vlan and host 10.0.0.5'",
			"watch it, with the dashboard"},
		{"mailcensus -r monday.pcap.gz -r tuesday/",
			"read captures, then the dashboard"},
		{"sudo mailcensus capture -i eth1 -d census.db",
			"for weeks, without a screen"},
		{"mailcensus ui -d census.db",
			"look at it meanwhile, any number of times"},
		{"mailcensus list --where 'auth=basic and breaks<2027-01-01'",
			"what stops working this year"},
		{"mailcensus set 10.20.4.31 owner=Anna tag=+floor-2",
			"say whose a device is"},
	};

	roff_section(out, "EXAMPLES");
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		roff_item(out, all[i][0], all[i][1]);
}

static void surroundings(FILE *out)
{
	roff_section(out, "EXIT STATUS");
	roff_item(out, "0", "done");
	roff_item(out, "1", "failed while it ran");
	roff_item(out, "2", "wrong usage, a bad filter, unreadable input");
	roff_item(out, "3", "finished, but incomplete: a damaged file, or more "
		"drops than --max-drop; what could be read is kept");
	roff_item(out, "10", "report --fail-on found such a device");
	roff_section(out, "SIGNALS");
	roff_item(out, "SIGINT, SIGTERM",
		"stop, write what is known, and say so in one line");
	roff_item(out, "SIGUSR1", "a line of statistics on standard error");
	roff_item(out, "SIGHUP", "ends the dashboard; a capture of its own "
		"stops with it, that of a service never");
	roff_section(out, "ENVIRONMENT");
	roff_item(out, "NO_COLOR", "if set and not empty, no colours unless "
		"--color=always; each has a letter beside it");
	roff_item(out, "TERM", "the kind of terminal");
	roff_item(out, "LC_ALL, LC_CTYPE, LANG", "whether it speaks UTF-8; "
		"where not, lines and bars are ASCII");
	roff_section(out, "FILES");
	roff_item(out, "mailcensus.db", "the inventory, one SQLite file, here "
		"unless -d names another; mode 0600");
}

void manual_page(FILE *out)
{
	fputs(".\\\" Made by the build from the tables of the program.\n"
	      ".TH MAILCENSUS 1 \"\" \"mailcensus " MAILCENSUS_VERSION "\" "
	      "\"User Commands\"\n.nh\n", out);
	roff_section(out, "NAME");
	fputs("mailcensus \\- which devices send mail, and which still depend "
	      "on SMTP AUTH\n", out);
	synopsis(out);
	roff_section(out, "DESCRIPTION");
	roff_paragraph(out, "mailcensus listens on a SPAN port, or reads "
		"captures, decodes the mail sessions that it sees, keeps an "
		"inventory of the devices behind them, and shows which of them "
		"use a password to send, with which account, and what to do "
		"about each. It never sends a packet and never keeps a password, "
		"a token or a message.");
	roff_paragraph(out, "With -i or -r and a terminal it shows the "
		"dashboard; without a terminal it prints the devices. With "
		"neither, on a terminal, it lets an interface be chosen.");
	commands(out);
	options(out);
	manual_keys(out);
	manual_filters(out);
	examples(out);
	surroundings(out);
	roff_section(out, "SEE ALSO");
	fputs(".BR pcap\\-filter (7),\n.BR tcpdump (8)\n", out);
}
