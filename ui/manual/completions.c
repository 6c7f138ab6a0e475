/* completions.c: what bash and zsh may offer on a command line; see
 * manual.h. */
#include "inventory/report/report.h"
#include "ui/manual/manual.h"
#include "ui/options.h"
#include <string.h>

enum kind { KIND_NONE, KIND_ANY, KIND_FILE, KIND_INTERFACE, KIND_USER,
	KIND_WORDS };

/* What the argument of an option is, by what help calls it; words: those that
 * it may be. */
static enum kind kind_of(const struct option_row *row, const char **words)
{
	static const struct {
		const char *argument;
		enum kind kind;
		const char *words;
	} kinds[] = {
		{"IF", KIND_INTERFACE, NULL}, {"FILE", KIND_FILE, NULL},
		{"DB", KIND_FILE, NULL}, {"CSV", KIND_FILE, NULL},
		{"USER", KIND_USER, NULL}, {"basic", KIND_WORDS, "basic"},
		{"WHEN", KIND_WORDS, "auto always never"},
		{"FORMAT", KIND_WORDS, NULL},
	};

	*words = NULL;
	if (!row->argument || row->argument[0] == '[')
		return KIND_NONE;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(kinds[i].argument, row->argument) != 0)
			continue;
		*words = kinds[i].words;
		return kinds[i].kind;
	}
	return KIND_ANY;
}

static void put_formats(FILE *out)
{
	bool again[REPORT_FORMATS] = {false};

	for (int f = 0; f < REPORT_FORMATS; f++)
		for (int g = 0; g < f; g++)
			again[f] |= strcmp(report_format_word(
					(enum report_format)f),
				report_format_word((enum report_format)g)) == 0;
	for (int f = 0; f < REPORT_FORMATS; f++)
		if (!again[f])
			fprintf(out, "%s%s", f > 0 ? " " : "",
				report_format_word((enum report_format)f));
}

static void put_words(FILE *out, const char *words)
{
	if (words)
		fputs(words, out);
	else
		put_formats(out);
}

static void put_verbs(FILE *out)
{
	for (int c = 0; c < COMMANDS; c++) {
		const char *name = options_command((enum command)c)->name;

		if (name)
			fprintf(out, " %s", name);
	}
}

/* bash */

static void bash_argument(FILE *out, const struct option_row *row)
{
	const char *words;
	enum kind kind = kind_of(row, &words);

	if (kind == KIND_NONE)
		return;
	fputs("\t", out);
	if (row->letter)
		fprintf(out, "-%c|", row->letter);
	fprintf(out, "--%s)", row->name);
	switch (kind) {
	case KIND_INTERFACE:
		fputs("\n\t\twords=$(command ls /sys/class/net 2>/dev/null)\n"
		      "\t\t;;\n", out);
		return;
	case KIND_USER:
		fputs("\n\t\tmapfile -t COMPREPLY < <(compgen -u -- \"$cur\")"
		      "\n\t\treturn ;;\n", out);
		return;
	case KIND_WORDS:
		fputs("\n\t\twords='", out);
		put_words(out, words);
		fputs("'\n\t\t;;\n", out);
		return;
	case KIND_FILE:
	case KIND_ANY:
	case KIND_NONE: break;
	}
	fputs("\n\t\treturn ;;\n", out);
}

static void bash_options(FILE *out, enum command c)
{
	const struct option_row *row;

	for (size_t i = 0; (row = options_row(i)) != NULL; i++) {
		if (!(row->commands & 1u << c))
			continue;
		if (row->letter)
			fprintf(out, " -%c", row->letter);
		fprintf(out, " --%s", row->name);
	}
}

void manual_bash(FILE *out)
{
	const struct option_row *row;

	fputs("# bash completion for mailcensus; made by its build.\n"
	      "_mailcensus()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} words='' verb=''\n\n"
	      "\tCOMPREPLY=()\n"
	      "\tif ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} != -* ]]; then\n"
	      "\t\tverb=${COMP_WORDS[1]}\n\tfi\n"
	      "\tcase ${COMP_WORDS[COMP_CWORD - 1]} in\n", out);
	for (size_t i = 0; (row = options_row(i)) != NULL; i++)
		bash_argument(out, row);
	fputs("\tesac\n"
	      "\tif [[ -z $words ]]; then\n\t\tcase $verb in\n", out);
	for (int c = 0; c < COMMANDS; c++) {
		const char *name = options_command((enum command)c)->name;

		fprintf(out, "\t\t%s) words='", name ? name : "''");
		if (!name || c == CMD_HELP)
			put_verbs(out);
		bash_options(out, (enum command)c);
		fputs("' ;;\n", out);
	}
	fputs("\t\tesac\n"
	      "\t\t[[ -n $verb && $verb != help && $cur != -* ]] && return\n"
	      "\tfi\n"
	      "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	      "}\n"
	      "complete -o bashdefault -o default -F _mailcensus mailcensus\n",
		out);
}

/* zsh */

/* Within single quotes and brackets, before colons. */
static void zsh_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else if (strchr("[]:\\", *text))
			fprintf(out, "\\%c", *text);
		else
			putc(*text, out);
	}
}

static void zsh_argument(FILE *out, const struct option_row *row)
{
	const char *words;
	enum kind kind = kind_of(row, &words);

	if (kind == KIND_NONE)
		return;
	fputc(':', out);
	zsh_text(out, row->argument);
	fputc(':', out);
	switch (kind) {
	case KIND_FILE: fputs("_files", out); break;
	case KIND_INTERFACE: fputs("_net_interfaces", out); break;
	case KIND_USER: fputs("_users", out); break;
	case KIND_WORDS:
		fputc('(', out);
		put_words(out, words);
		fputc(')', out);
		break;
	case KIND_ANY:
	case KIND_NONE: fputc(' ', out); break;
	}
}

static void zsh_option(FILE *out, const struct option_row *row)
{
	const char *repeat = strstr(row->what, "may be repeated") ? "*" : "";

	for (int form = row->letter ? 0 : 1; form < 2; form++) {
		fputs(" \\\n\t\t\t'", out);
		fputs(repeat, out);
		if (form == 0)
			fprintf(out, "-%c", row->letter);
		else
			fprintf(out, "--%s", row->name);
		fputc('[', out);
		zsh_text(out, row->what);
		fputc(']', out);
		zsh_argument(out, row);
		fputc('\'', out);
	}
}

static void zsh_command(FILE *out, enum command c)
{
	const struct command_row *command = options_command(c);
	const struct option_row *row;

	fprintf(out, "\t%s)\n\t\t_arguments -s", command->name
		? command->name : "*");
	for (size_t i = 0; (row = options_row(i)) != NULL; i++)
		if (row->commands & 1u << c)
			zsh_option(out, row);
	if (c == CMD_HELP) {
		fputs(" \\\n\t\t\t'1:COMMAND:(", out);
		put_verbs(out);
		fputs(")'", out);
	} else if (strstr(command->arguments, "FILE")) {
		fputs(" \\\n\t\t\t'*:FILE:_files'", out);
	}
	fputs("\n\t\t;;\n", out);
}

void manual_zsh(FILE *out)
{
	fputs("#compdef mailcensus\n# Made by the build of mailcensus.\n\n"
	      "_mailcensus()\n{\n\tlocal -a verbs\n\n\tverbs=(\n", out);
	for (int c = 0; c < COMMANDS; c++) {
		const struct command_row *row = options_command((enum command)c);

		if (!row->name)
			continue;
		fprintf(out, "\t\t'%s:", row->name);
		zsh_text(out, row->what);
		fputs("'\n", out);
	}
	fputs("\t)\n\tif (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then\n"
	      "\t\t_describe command verbs\n\t\treturn\n\tfi\n"
	      "\tif [[ $words[2] != -* ]]; then\n"
	      "\t\tshift words\n\t\t(( CURRENT-- ))\n\tfi\n"
	      "\tcase $words[1] in\n", out);
	for (int c = 0; c < COMMANDS; c++)
		if (options_command((enum command)c)->name)
			zsh_command(out, (enum command)c);
	zsh_command(out, CMD_WATCH);
	fputs("\tesac\n}\n\n_mailcensus \"$@\"\n", out);
}
