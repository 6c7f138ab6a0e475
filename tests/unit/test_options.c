/* test_options.c: the command line. */
#include "tests/unit/check.h"
#include "ui/options.h"
#include "ui/when.h"
#include <stdio.h>
#include <unistd.h>

enum { WORDS = 32 };

/* Parses a line of words that blanks part; *e holds what was wrong. */
static bool parse(struct options *o, struct err *e, const char *line)
{
	static char text[512];
	char *argv[WORDS] = {0}, *word, *rest = text;
	int argc = 0;

	*e = (struct err){0};
	snprintf(text, sizeof text, "mailcensus %s", line);
	while ((word = strsep(&rest, " ")) != NULL && argc + 1 < WORDS)
		if (*word)
			argv[argc++] = word;
	return options_parse(o, argc, argv, e);
}

static void parses(struct options *o, const char *line)
{
	struct err e;

	if (!parse(o, &e, line))
		fail_msg("'%s': %s", line, e.text);
}

static void refuses(const char *line, const char *why)
{
	struct options o;
	struct err e;

	if (parse(&o, &e, line))
		fail_msg("'%s' was taken", line);
	options_free(&o);
	check(e.kind == ERR_USAGE);
	if (!strstr(e.text, why))
		fail_msg("'%s': '%s' does not say '%s'", line, e.text, why);
}

static void tcpdump_letters_work(void **state)
{
	struct options o;

	(void)state;
	parses(&o, "-i eth1 -i eth2 -p -s 128 -B 4096 vlan and host x -c 5");
	check(o.command == CMD_WATCH && o.interfaces_n == 2);
	assert_string_equal(o.interfaces[1], "eth2");
	assert_string_equal(o.bpf, "vlan and host x");
	check(o.no_promiscuous && o.snaplen == 128 && o.ring_kib == 4096);
	check(o.max_packets == 5 && o.memory == 64);
	options_free(&o);
}

static void options_may_follow_arguments(void **state)
{
	struct options o;

	(void)state;
	parses(&o, "read a.pcap -d x.db b.pcap -q");
	check(o.command == CMD_READ && o.files_n == 2 && o.quiet);
	assert_string_equal(o.files[0], "a.pcap");
	assert_string_equal(o.files[1], "b.pcap");
	assert_string_equal(o.db, "x.db");
	options_free(&o);
	parses(&o, "read -");
	check(o.files_n == 1);
	options_free(&o);
}

static void a_device_is_one_argument(void **state)
{
	struct options o;

	(void)state;
	parses(&o, "show 10.20.4.31 --json");
	check(o.command == CMD_SHOW && o.json);
	assert_string_equal(o.subject, "10.20.4.31");
	options_free(&o);
	refuses("show", "one device");
	refuses("show a b", "one device");
}

static void help_is_at_every_level(void **state)
{
	struct options o;

	(void)state;
	parses(&o, "--help");
	check(o.command == CMD_HELP && o.help_for == COMMANDS);
	parses(&o, "report --help");
	check(o.command == CMD_HELP && o.help_for == CMD_REPORT);
	parses(&o, "help read");
	check(o.command == CMD_HELP && o.help_for == CMD_READ);
	parses(&o, "help");
	check(o.command == CMD_HELP && o.help_for == COMMANDS);
	parses(&o, "--version");
	check(o.command == CMD_VERSION);
	parses(&o, "-D");
	check(o.command == CMD_INTERFACES);
	options_free(&o);
}

static void the_filter_can_be_asked_for(void **state)
{
	struct options o;

	(void)state;
	parses(&o, "--dump-filter");
	check(o.dump_filter && o.filter_form == FILTER_TEXT && !o.linktype);
	parses(&o, "--dump-filter=ddd -y RAW host 10.0.0.5");
	check(o.filter_form == FILTER_DECIMAL);
	assert_string_equal(o.linktype, "RAW");
	assert_string_equal(o.bpf, "host 10.0.0.5");
	options_free(&o);
	parses(&o, "capture -i eth0 --dump-filter=d");
	check(o.filter_form == FILTER_LISTING && o.interfaces_n == 1);
	options_free(&o);
	refuses("--dump-filter=x", "'x'");
	refuses("--dump-filter -r a.pcap", "one interface");
	refuses("--dump-filter -i eth0 -i eth1", "one interface");
	refuses("--dump-filter -i eth0 -y RAW", "one interface");
	refuses("-i eth0 -y RAW", "--dump-filter");
}

static void mistakes_are_named(void **state)
{
	(void)state;
	refuses("--follow", "-r");
	refuses("bogus", "unknown command 'bogus'");
	refuses("--bogus", "--bogus");
	refuses("-i", "needs an argument");
	refuses("-i eth0 -r x.pcap", "together");
	refuses("capture", "-i");
	refuses("read", "a file");
	refuses("read x --snaplen 5", "does not go with read");
	refuses("-i eth0 -s 5", "from 64");
	refuses("-i eth0 -s 12x", "'12x'");
	refuses("-i eth0 -c -1", "'-1'");
	refuses("list extra", "no argument 'extra'");
	refuses("-i eth0 --color maybe", "'maybe'");
	refuses("sessions --since yesterday", "'yesterday'");
	refuses("read x -F /nonexistent", "/nonexistent");
	refuses("-r x --dry-run", "does not go with -i and -r");
}

static void times_are_read(void **state)
{
	int64_t t;
	struct err e;

	(void)state;
	check(when_parse("2026-11-24", "since", &t, &e));
	check(t == 1795478400 * INT64_C(1000000));
	check(when_parse("2026-11-24T18:00Z", "since", &t, &e));
	check(t == 1795543200 * INT64_C(1000000));
	check(when_parse("7d", "since", &t, &e) && t > 0);
	check(!when_parse("7x", "since", &t, &e));
	check(!when_parse("2026-13-01", "since", &t, &e));
	check(!when_parse("", "since", &t, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcpdump_letters_work),
		cmocka_unit_test(options_may_follow_arguments),
		cmocka_unit_test(a_device_is_one_argument),
		cmocka_unit_test(help_is_at_every_level),
		cmocka_unit_test(the_filter_can_be_asked_for),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(times_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
