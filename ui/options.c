/* options.c: see options.h. */
#include "ui/options.h"
#include "ui/when.h"
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command_row COMMAND_ROWS[COMMANDS] = {
	[CMD_WATCH] = {NULL, "-i IF | -r FILE ... [EXPRESSION]",
		"watch an interface or read captures, on the dashboard;"
		" without either it asks which interface"},
	[CMD_CAPTURE] = {"capture", "-i IF [EXPRESSION]",
		"the same without a screen: service, nohup, cron"},
	[CMD_READ] = {"read", "FILE|DIR|- ...",
		"read captures without a screen, with a summary"},
	[CMD_UI] = {"ui", "",
		"the dashboard alone, on an inventory that another fills"},
	[CMD_LIST] = {"list", "", "the devices as a table"},
	[CMD_SHOW] = {"show", "DEVICE", "all that is known of one device"},
	[CMD_SESSIONS] = {"sessions", "",
		"one line a session, JSON lines or CSV"},
	[CMD_REPORT] = {"report", "", "the devices as a file to hand over"},
	[CMD_SET] = {"set",
		"DEVICE FIELD=TEXT ...",
		"what you say of a device: name, owner, tag, note, and as"
		" status todo, planned, done or exempt"},
	[CMD_IMPORT] = {"import", "FILE ...",
		"the tenant's own exports: SMTP AUTH clients report, sign-in"
		" log, mailbox list, message trace (CSV, JSON)"},
	[CMD_DIFF] = {"diff", "BASELINE.db | --at TIME",
		"what has changed since another inventory, or since a time"},
	[CMD_CHECK] = {"check", "",
		"whether an inventory is sound; brings an older one up to date"},
	[CMD_INTERFACES] = {"interfaces", "",
		"which interfaces there are, and what they have seen"},
	[CMD_HELP] = {"help", "[COMMAND]", "this text"},
	[CMD_VERSION] = {"version", "", "which mailcensus this is"},
};

enum option_id {
	OPT_INTERFACE, OPT_READ, OPT_DB, OPT_BPF, OPT_FILTER_FILE, OPT_RING,
	OPT_SNAPLEN, OPT_COUNT, OPT_NO_PROMISCUOUS, OPT_ANY_PORT,
	OPT_DUMP_FILTER, OPT_LINKTYPE, OPT_FOLLOW, OPT_AGAIN, OPT_DRY_RUN,
	OPT_MEMORY, OPT_MAX_DROP, OPT_USER, OPT_FORMAT, OPT_OUTPUT, OPT_FORCE,
	OPT_JSON, OPT_SINCE, OPT_UNTIL, OPT_WHERE, OPT_MASK, OPT_PSEUDONYMIZE,
	OPT_FAIL_ON, OPT_AT, OPT_EXIT_CODE, OPT_BASELINE, OPT_OUI, OPT_RULES, OPT_OWN, OPT_REBUILD, OPT_COLOUR,
	OPT_NO_MOUSE, OPT_LIST_IF, OPT_QUIET, OPT_VERBOSE, OPT_HELP, OPT_VERSION,
	OPTIONS
};

#define IN(c) (1u << CMD_##c)
#define LIVE (IN(WATCH) | IN(CAPTURE))
#define INGEST (LIVE | IN(READ))
#define SHOWS (IN(LIST) | IN(SHOW) | IN(SESSIONS) | IN(REPORT))
#define FILES (IN(SESSIONS) | IN(REPORT))
#define WRITES (FILES | IN(DIFF))
#define ALL ((1u << COMMANDS) - 1)

static const struct option_row OPTION_ROWS[OPTIONS] = {
	[OPT_INTERFACE] = {'i', "interface", "IF",
		"watch this interface; may be repeated", LIVE},
	[OPT_READ] = {'r', "read", "FILE",
		"read a capture, a folder of them, or - for standard input;"
		" pcap, pcapng, .gz, .zst; may be repeated", IN(WATCH)},
	[OPT_DB] = {'d', "db", "DB", "the inventory (default mailcensus.db)",
		INGEST | SHOWS | IN(UI) | IN(SET) | IN(IMPORT) |
		IN(DIFF) | IN(CHECK)},
	[OPT_BPF] = {0, "bpf", "EXPRESSION",
		"only packets that match (pcap-filter(7)), files too", INGEST},
	[OPT_FILTER_FILE] = {'F', "filter-file", "FILE",
		"the same, read from a file", INGEST},
	[OPT_RING] = {'B', "buffer", "KIB",
		"size of the kernel's packet ring: what it holds is not lost"
		" while the machine is busy (default: half a second of what"
		" passes the filter at the start, at least 32768)", LIVE},
	[OPT_SNAPLEN] = {'s', "snaplen", "BYTES",
		"bytes kept of a packet (default 262144: whole)", LIVE},
	[OPT_COUNT] = {'c', "count", "N", "stop after N packets", INGEST},
	[OPT_NO_PROMISCUOUS] = {'p', "no-promiscuous", NULL,
		"leave the interface out of promiscuous mode", LIVE},
	[OPT_ANY_PORT] = {0, "any-port", NULL,
		"look for mail on every TCP port, not only the usual ones",
		LIVE},
	[OPT_DUMP_FILTER] = {0, "dump-filter", "[=FORM]",
		"print the kernel's filter and do nothing: for tcpdump to take"
		" as its expression, or as its -d, -dd or -ddd (FORM) print",
		LIVE},
	[OPT_LINKTYPE] = {'y', "linktype", "TYPE",
		"the link type of that filter where there is no interface"
		" (default EN10MB)", LIVE},
	[OPT_FOLLOW] = {0, "follow", NULL,
		"wait for more of a capture that is being written, and for"
		" more files in its folder; Ctrl-C ends it",
		IN(WATCH) | IN(READ)},
	[OPT_AGAIN] = {0, "again", NULL,
		"read files that were read before all the same",
		IN(WATCH) | IN(READ)},
	[OPT_DRY_RUN] = {0, "dry-run", NULL,
		"decode everything, say what was found, and store nothing; no"
		" inventory is opened", IN(READ)},
	[OPT_MEMORY] = {0, "memory", "MIB",
		"bound of the capture process's tables (default 64): each buys"
		" 1,100 open connections, 24 of them mail", INGEST},
	[OPT_MAX_DROP] = {0, "max-drop", "N",
		"exit 3 if more than N packets were dropped", INGEST},
	[OPT_USER] = {'Z', "user", "USER",
		"started as root: become USER, who can write the inventory",
		INGEST},
	[OPT_FORMAT] = {'f', "format", "FORMAT",
		"sessions: jsonl, csv; report: html, csv, xlsx, json,"
		" markdown, powershell; diff: text, json", WRITES},
	[OPT_OUTPUT] = {'o', "output", "FILE",
		"write to FILE (mode 0600) instead of standard output",
		WRITES},
	[OPT_FORCE] = {0, "force", NULL, "replace FILE if it exists",
		WRITES},
	[OPT_JSON] = {0, "json", NULL, "as JSON", IN(LIST) | IN(SHOW)},
	[OPT_SINCE] = {0, "since", "TIME",
		"only sessions, or devices seen, from then on: 2026-11-24,"
		" 2026-11-24T18:00Z, or 7d, 12h, 30m ago", WRITES},
	[OPT_UNTIL] = {0, "until", "TIME",
		"only sessions, or devices seen, before then", WRITES},
	[OPT_WHERE] = {0, "where", "EXPRESSION",
		"only devices that it takes, as the dashboard's filter:"
		" 'auth=basic and server~office365'", FILES | IN(LIST)},
	[OPT_MASK] = {0, "mask", NULL,
		"shorten accounts and the names of devices and people", FILES},
	[OPT_PSEUDONYMIZE] = {0, "pseudonymize", NULL,
		"pseudonyms for accounts, names and addresses, by the key in"
		" DB.key, which is made", FILES},
	[OPT_FAIL_ON] = {0, "fail-on", "basic",
		"exit 10 if a device of the report uses a password and is not"
		" exempt", IN(REPORT)},
	[OPT_AT] = {0, "at", "TIME",
		"compare what was seen before then with what was seen since, in"
		" one inventory; --since and --until bound both", IN(DIFF)},
	[OPT_BASELINE] = {0, "baseline", "DB",
		"html: what has changed since that inventory, too", IN(REPORT)},
	[OPT_EXIT_CODE] = {0, "exit-code", NULL,
		"exit 10 if anything has changed", IN(DIFF)},
	[OPT_OUI] = {0, "oui-file", "CSV",
		"vendors from this file or folder instead of ieee-data's",
		SHOWS | INGEST | IN(UI) | IN(CHECK)},
	[OPT_RULES] = {0, "rules", "FILE", "more rules of what devices and servers "
		"are, in the form of devices.rules and providers.rules; may "
		"be repeated",
		INGEST | IN(CHECK)},
	[OPT_OWN] = {0, "own-domain", "DOMAIN", "recipients there are inside; may"
		" be repeated (default: guessed from the senders)",
		SHOWS | IN(IMPORT) | IN(DIFF)},
	[OPT_REBUILD] = {0, "rebuild", NULL, "draw all conclusions anew from "
		"the facts, by today's rules", IN(CHECK)},
	[OPT_COLOUR] = {0, "color", "WHEN", "auto, always or never",
		IN(WATCH) | IN(UI)},
	[OPT_NO_MOUSE] = {0, "no-mouse", NULL,
		"leave the mouse to the terminal", IN(WATCH) | IN(UI)},
	[OPT_LIST_IF] = {'D', "list-interfaces", NULL,
		"the same as the command interfaces", IN(WATCH)},
	[OPT_QUIET] = {'q', "quiet", NULL, "no progress and no summary",
		INGEST},
	[OPT_VERBOSE] = {'v', "verbose", NULL,
		"the summary names every source", INGEST},
	[OPT_HELP] = {'h', "help", NULL, "this text", ALL},
	[OPT_VERSION] = {0, "version", NULL, "which mailcensus this is",
		IN(WATCH)},
};

static const char TRY[] = "try 'mailcensus --help'";
static const char SHOW_TAKES[] = "show takes one device: its name, address or "
	"MAC; see 'mailcensus list'";

static const char DIFF_TAKES[] = "diff takes another inventory (BASELINE.db), "
	"or a time of this one (--at)";
static const char SET_TAKES[] = "set takes a device and what is said of it, as "
	"in: mailcensus set 10.20.4.31 owner=Anna status=planned";

const struct command_row *options_command(enum command c)
{
	return &COMMAND_ROWS[c];
}

const struct option_row *options_row(size_t i)
{
	return i < OPTIONS ? &OPTION_ROWS[i] : NULL;
}

static enum command command_named(const char *word)
{
	for (int c = 0; c < COMMANDS; c++)
		if (COMMAND_ROWS[c].name &&
			strcmp(COMMAND_ROWS[c].name, word) == 0)
			return (enum command)c;
	return COMMANDS;
}

static bool number(const char *text, uint64_t least, uint64_t most,
	const char *option, uint64_t *out, struct err *e)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
		*out < least || *out > most)
		return err_set(e, ERR_USAGE,
			"--%s takes a number from %llu to %llu, not '%s'",
			option, (unsigned long long)least,
			(unsigned long long)most, text);
	return true;
}

static bool number_int(const char *text, int least, int most,
	const char *option, int *out, struct err *e)
{
	uint64_t v;

	if (!number(text, (uint64_t)least, (uint64_t)most, option, &v, e))
		return false;
	*out = (int)v;
	return true;
}

static bool colour(const char *text, enum colour *out, struct err *e)
{
	if (strcmp(text, "auto") == 0)
		*out = COLOUR_AUTO;
	else if (strcmp(text, "always") == 0)
		*out = COLOUR_ALWAYS;
	else if (strcmp(text, "never") == 0)
		*out = COLOUR_NEVER;
	else
		return err_set(e, ERR_USAGE,
			"--color takes auto, always or never, not '%s'", text);
	return true;
}

static bool filter_form(const char *text, enum filter_form *out, struct err *e)
{
	if (!text)
		*out = FILTER_TEXT;
	else if (strcmp(text, "d") == 0)
		*out = FILTER_LISTING;
	else if (strcmp(text, "dd") == 0)
		*out = FILTER_C;
	else if (strcmp(text, "ddd") == 0)
		*out = FILTER_DECIMAL;
	else
		return err_set(e, ERR_USAGE,
			"--dump-filter takes d, dd or ddd, not '%s'", text);
	return true;
}

static bool append(const char ***list, size_t *n, const char *text,
	struct err *e)
{
	const char **more;

	if (*n >= OPTIONS_LIST)
		return err_set(e, ERR_USAGE, "more than %d names; "
			"name a folder instead", OPTIONS_LIST);
	more = realloc(*list, (*n + 1) * sizeof *more);
	if (!more)
		return err_set(e, ERR_RUN, "out of memory");
	*list = more;
	more[(*n)++] = text;
	return true;
}

enum { BPF_FILE_MAX = 64 * 1024 };

/* As tcpdump -F: the whole file is the expression. */
static bool bpf_file(struct options *o, const char *path, struct err *e)
{
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		return err_set(e, ERR_USAGE, "cannot open filter '%s': %s",
			path, strerror(errno));
	free(o->bpf);
	o->bpf = calloc(1, BPF_FILE_MAX + 1);
	n = o->bpf ? fread(o->bpf, 1, BPF_FILE_MAX + 1, f) : 0;
	fclose(f);
	if (n > BPF_FILE_MAX)
		return err_set(e, ERR_USAGE, "filter '%s' is over %d bytes",
			path, BPF_FILE_MAX);
	return true;
}

static bool bpf_words(struct options *o, const char *const *words, int n,
	struct err *e)
{
	size_t len = 1;
	char *p;

	if (n == 0)
		return true;
	if (o->bpf)
		return err_set(e, ERR_USAGE, "more than one filter given, "
			"the second begins with '%s'", words[0]);
	for (int i = 0; i < n; i++)
		len += strlen(words[i]) + 1;
	o->bpf = p = calloc(1, len);
	if (!p)
		return err_set(e, ERR_RUN, "out of memory");
	for (int i = 0; i < n; i++)
		p = stpcpy(stpcpy(p, words[i]), i + 1 < n ? " " : "");
	return true;
}

static bool one_option(struct options *o, enum option_id id, const char *arg,
	struct err *e)
{
	const char *name = OPTION_ROWS[id].name;

	switch (id) {
	case OPT_INTERFACE:
		return append(&o->interfaces, &o->interfaces_n, arg, e);
	case OPT_READ: return append(&o->files, &o->files_n, arg, e);
	case OPT_DB: o->db = arg; return true;
	case OPT_BPF: return bpf_words(o, &arg, 1, e);
	case OPT_FILTER_FILE: return bpf_file(o, arg, e);
	case OPT_RING:
		return number_int(arg, 64, 4 << 20, name, &o->ring_kib, e);
	case OPT_SNAPLEN:
		return number_int(arg, 64, 262144, name, &o->snaplen, e);
	case OPT_COUNT:
		return number(arg, 1, UINT64_MAX, name, &o->max_packets, e);
	case OPT_NO_PROMISCUOUS: o->no_promiscuous = true; return true;
	case OPT_ANY_PORT: o->any_port = true; return true;
	case OPT_DUMP_FILTER:
		o->dump_filter = true;
		return filter_form(arg, &o->filter_form, e);
	case OPT_LINKTYPE: o->linktype = arg; return true;
	case OPT_FOLLOW: o->follow = true; return true;
	case OPT_AGAIN: o->again = true; return true;
	case OPT_DRY_RUN: o->dry_run = true; return true;
	case OPT_MEMORY: return number(arg, 8, 65536, name, &o->memory, e);
	case OPT_MAX_DROP:
		o->max_drop_set = true;
		return number(arg, 0, UINT64_MAX, name, &o->max_drop, e);
	case OPT_USER: o->user = arg; return true;
	case OPT_FORMAT: o->format = arg; return true;
	case OPT_OUTPUT: o->output = arg; return true;
	case OPT_FORCE: o->force = true; return true;
	case OPT_JSON: o->json = true; return true;
	case OPT_SINCE: return when_parse(arg, name, &o->since, e);
	case OPT_UNTIL: return when_parse(arg, name, &o->until, e);
	case OPT_AT: return when_parse(arg, name, &o->at, e);
	case OPT_BASELINE: o->baseline = arg; return true;
	case OPT_EXIT_CODE: o->exit_code = true; return true;
	case OPT_WHERE: o->where = arg; return true;
	case OPT_MASK: o->mask = true; return true;
	case OPT_PSEUDONYMIZE: o->pseudonymize = true; return true;
	case OPT_FAIL_ON:
		o->fail_on_basic = strcmp(arg, "basic") == 0;
		return o->fail_on_basic || err_set(e, ERR_USAGE,
			"--fail-on knows basic, not '%s'", arg);
	case OPT_RULES: return append(&o->rules, &o->rules_n, arg, e);
	case OPT_OWN: return append(&o->own, &o->own_n, arg, e);
	case OPT_REBUILD: o->rebuild = true; return true;
	case OPT_OUI: o->oui_file = arg; return true;
	case OPT_COLOUR: return colour(arg, &o->colour, e);
	case OPT_NO_MOUSE: o->mouse_off = true; return true;
	case OPT_LIST_IF: o->command = CMD_INTERFACES; return true;
	case OPT_QUIET: o->quiet = true; return true;
	case OPT_VERBOSE: o->verbose = true; return true;
	case OPT_HELP:
		o->help_for = o->command == CMD_WATCH ? COMMANDS : o->command;
		o->command = CMD_HELP;
		return true;
	case OPT_VERSION: o->command = CMD_VERSION; return true;
	case OPTIONS: break;
	}
	assert(id < OPTIONS);
	return false;
}

/* The arguments of a verb that are no options. */
static bool positional(struct options *o, const char *const *words, int n,
	struct err *e)
{
	switch (o->command) {
	case CMD_WATCH:
	case CMD_CAPTURE: return bpf_words(o, words, n, e);
	case CMD_READ:
	case CMD_IMPORT:
		for (int i = 0; i < n; i++)
			if (!append(&o->files, &o->files_n, words[i], e))
				return false;
		return true;
	case CMD_SHOW:
		if (n != 1)
			return err_set(e, ERR_USAGE, "%s", SHOW_TAKES);
		o->subject = words[0];
		return true;
	case CMD_DIFF:
		if (n > 1)
			return err_set(e, ERR_USAGE, "%s", DIFF_TAKES);
		o->subject = words[0];
		return true;
	case CMD_SET:
		if (n < 2)
			return err_set(e, ERR_USAGE, "%s", SET_TAKES);
		o->subject = words[0];
		for (int i = 1; i < n; i++)
			if (!append(&o->files, &o->files_n, words[i], e))
				return false;
		return true;
	case CMD_HELP:
		o->help_for = command_named(words[0]);
		return true;
	case CMD_UI: case CMD_LIST: case CMD_SESSIONS: case CMD_REPORT:
	case CMD_CHECK: case CMD_INTERFACES: case CMD_VERSION:
	case COMMANDS: break;
	}
	return n == 0 || err_set(e, ERR_USAGE, "%s takes no argument '%s'; %s",
		COMMAND_ROWS[o->command].name, words[0], TRY);
}

/* What must be there, once all is read. */
static bool complete(const struct options *o, struct err *e)
{
	bool live = o->interfaces_n > 0, files = o->files_n > 0;

	if (o->linktype && !o->dump_filter)
		return err_set(e, ERR_USAGE, "--linktype goes with "
			"--dump-filter");
	if (o->dump_filter && (files || o->interfaces_n > 1 ||
			(live && o->linktype)))
		return err_set(e, ERR_USAGE, "--dump-filter is of one "
			"interface (-i) or of a link type (-y)");
	if (o->dump_filter)
		return true;
	if (o->command == CMD_WATCH && live && files)
		return err_set(e, ERR_USAGE, "-i and -r together; "
			"read the files first, into the same inventory (-d)");
	if (o->command == CMD_CAPTURE && !live)
		return err_set(e, ERR_USAGE, "capture needs an interface (-i); "
			"see 'mailcensus interfaces'");
	if (o->command == CMD_SHOW && !o->subject)
		return err_set(e, ERR_USAGE, "%s", SHOW_TAKES);
	if (o->command == CMD_READ && !files)
		return err_set(e, ERR_USAGE, "read needs a capture: a file, "
			"a folder, or - for standard input");
	if (o->baseline && (!o->format || strcmp(o->format, "html") != 0))
		return err_set(e, ERR_USAGE, "--baseline goes with -f html; "
			"see 'mailcensus diff' for text and JSON");
	if (o->baseline && (o->where || o->since || o->until))
		return err_set(e, ERR_USAGE, "--baseline compares all devices; "
			"leave out --where, --since and --until");
	if (o->command == CMD_DIFF && !o->subject == !o->at)
		return err_set(e, ERR_USAGE, "%s", DIFF_TAKES);
	if (o->command == CMD_DIFF && o->subject && (o->since || o->until))
		return err_set(e, ERR_USAGE, "--since and --until go with "
			"--at; two inventories are compared whole");
	if (o->command == CMD_IMPORT && !files)
		return err_set(e, ERR_USAGE, "import needs an export: a CSV "
			"or JSON file; see 'mailcensus import --help'");
	if (o->follow && !files)
		return err_set(e, ERR_USAGE, "--follow is for captures that "
			"another program writes (-r); -i needs none");
	for (size_t i = 0; o->follow && i < o->files_n; i++)
		if (strcmp(o->files[i], "-") == 0)
			return err_set(e, ERR_USAGE, "--follow takes folders "
				"and files; standard input is read as it "
				"comes anyway");
	return true;
}

/* getopt's two arrays, from the one table. */
static void getopt_tables(char *letters, struct option *longs)
{
	*letters++ = ':';
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_row *row = &OPTION_ROWS[i];

		longs[i] = (struct option){row->name,
			!row->argument ? no_argument
			: row->argument[0] == '[' ? optional_argument
			: required_argument, NULL, 256 + i};
		if (!row->letter)
			continue;
		*letters++ = (char)row->letter;
		if (row->argument)
			*letters++ = ':';
	}
	*letters = '\0';
	longs[OPTIONS] = (struct option){0};
}

static enum option_id option_of(int got)
{
	int i = got - 256;

	if (got >= 256)
		return (enum option_id)i;
	for (i = 0; i < OPTIONS; i++)
		if (OPTION_ROWS[i].letter == got)
			break;
	return (enum option_id)i;
}

static bool read_options(struct options *o, int argc, char **argv,
	struct err *e)
{
	char letters[1 + 2 * OPTIONS + 1];
	struct option longs[OPTIONS + 1];
	int got;

	getopt_tables(letters, longs);
	opterr = 0;
	optind = 0; /* GNU: begin afresh, whatever was parsed before */
	while ((got = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		enum option_id id = option_of(got);
		bool known = got != '?' && got != ':' && id < OPTIONS;

		if (got == ':')
			return err_set(e, ERR_USAGE,
				"option '%s' needs an argument; %s",
				argv[optind - 1], TRY);
		if (!known)
			return err_set(e, ERR_USAGE, "unknown option '%s'; %s",
				argv[optind - 1], TRY);
		if (id == OPT_ANY_PORT && o->command == CMD_READ)
			return err_set(e, ERR_USAGE, "files are read on every "
				"port; leave out --any-port");
		if (!(OPTION_ROWS[id].commands & 1u << o->command))
			return err_set(e, ERR_USAGE,
				"option --%s does not go with %s; %s",
				OPTION_ROWS[id].name,
				COMMAND_ROWS[o->command].name
					? COMMAND_ROWS[o->command].name
					: "-i and -r", TRY);
		if (!one_option(o, id, optarg, e))
			return false;
		if (o->command == CMD_HELP)
			return true;
	}
	return true;
}

bool options_parse(struct options *o, int argc, char **argv, struct err *e)
{
	*o = (struct options){
		.db = "mailcensus.db", .memory = 64, .help_for = COMMANDS};
	if (argc > 1 && argv[1][0] != '-') {
		o->command = command_named(argv[1]);
		if (o->command == COMMANDS)
			return err_set(e, ERR_USAGE,
				"unknown command '%s'; %s", argv[1], TRY);
		argc--;
		argv++;
	}
	if (!read_options(o, argc, argv, e))
		return false;
	if (o->command == CMD_HELP && o->help_for != COMMANDS)
		return true;
	/* getopt has put what is no option behind what is. */
	return (optind >= argc || positional(o,
			(const char *const *)argv + optind, argc - optind,
			e)) && complete(o, e);
}

void options_free(struct options *o)
{
	free(o->rules);
	free(o->own);
	free(o->interfaces);
	free(o->files);
	free(o->bpf);
}

/* The second column of help, broken at words so that a terminal of 80 columns
 * need not do it. */
static void help_text(int column, const char *text)
{
	enum { WIDTH = 79 };
	int at = column;

	while (*text) {
		int n = (int)strcspn(text, " ");

		if (at > column && at + 1 + n > WIDTH) {
			printf("\n%*s", column, "");
			at = column;
		}
		at += printf("%s%.*s", at > column ? " " : "", n, text);
		text += n;
		text += strspn(text, " ");
	}
	putchar('\n');
}

static void help_options(unsigned commands)
{
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_row *row = &OPTION_ROWS[i];
		char left[64];
		int n = 0;

		if (!(row->commands & commands))
			continue;
		if (row->letter)
			n = snprintf(left, sizeof left, "-%c, ", row->letter);
		else
			n = snprintf(left, sizeof left, "    ");
		snprintf(left + n, sizeof left - (size_t)n, "--%s%s%s",
			row->name,
			row->argument && row->argument[0] != '[' ? " " : "",
			row->argument ? row->argument : "");
		printf("  %-26s ", left);
		help_text(29, row->what);
	}
}

static void help_command(enum command c)
{
	const struct command_row *row = &COMMAND_ROWS[c];

	printf("usage: mailcensus%s%s [OPTIONS]%s%s\n\n%s\n\n",
		row->name ? " " : "", row->name ? row->name : "",
		row->arguments[0] ? " " : "", row->arguments, row->what);
	help_options(1u << c);
}

static void help_all(void)
{
	printf("mailcensus " MAILCENSUS_VERSION ": which devices send mail, "
		"and which still depend on SMTP AUTH\n\n");
	for (int c = 0; c < COMMANDS; c++) {
		const struct command_row *row = &COMMAND_ROWS[c];
		char left[64];

		snprintf(left, sizeof left, "%s%s%s",
			row->name ? row->name : "", row->name ? " " : "",
			row->arguments);
		printf("  mailcensus %-32s ", left);
		help_text(46, row->what);
	}
	printf("\noptions (each command has --help with its own):\n");
	help_options(ALL);
	printf("\nexit status: 0 done; 1 failed; 2 usage or unreadable input;\n"
		"3 finished, but incomplete; 10 report --fail-on found some\n");
}

void options_help(enum command c)
{
	if (c == COMMANDS)
		help_all();
	else
		help_command(c);
}
