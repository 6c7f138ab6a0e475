/* test_output.c: a report's file is whole or not there; tables on stdout. */
#include "tests/unit/check.h"
#include "ui/output.h"
#include "ui/table.h"
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/mailcensus-output-XXXXXX";

static const char *path(const char *name)
{
	static char text[128];

	snprintf(text, sizeof text, "%s/%s", folder, name);
	return text;
}

static unsigned entries(void)
{
	DIR *d = opendir(folder);
	unsigned n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n - 2;
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path("a"));
	return rmdir(folder);
}

static void a_file_appears_whole(void **state)
{
	struct output *o;
	struct err e = {0};
	struct stat st;

	(void)state;
	check(output_open(&o, path("a"), false, &e));
	fputs("hello", output_file(o));
	check(access(path("a"), F_OK) != 0);
	check(output_commit(o, &e));
	check(stat(path("a"), &st) == 0 && st.st_size == 5);
	check((st.st_mode & 0777) == 0600 && entries() == 1);
}

static void nothing_is_replaced_without_force(void **state)
{
	struct output *o;
	struct err e = {0};

	(void)state;
	check(!output_open(&o, path("a"), false, &e));
	check(e.kind == ERR_USAGE && strstr(e.text, "--force"));
	check(output_open(&o, path("a"), true, &e));
	check(output_commit(o, &e) && entries() == 1);
}

static void a_file_that_came_meanwhile_stays(void **state)
{
	struct output *o;
	struct err e = {0};
	FILE *f;

	(void)state;
	unlink(path("a"));
	check(output_open(&o, path("a"), false, &e));
	f = fopen(path("a"), "w");
	check(f && fclose(f) == 0);
	check(!output_commit(o, &e) && entries() == 1);
}

static void what_is_abandoned_leaves_nothing(void **state)
{
	struct output *o;
	struct err e = {0};

	(void)state;
	unlink(path("a"));
	check(output_open(&o, path("a"), false, &e));
	output_abandon(o);
	check(entries() == 0);
}

static void a_full_disk_is_told(void **state)
{
	struct output *o;
	struct err e = {0};

	(void)state;
	check(output_open(&o, path("a"), false, &e));
	/* The file behind the stream becomes one that takes nothing. */
	output_file(o);
	check(freopen("/dev/full", "w", output_file(o)) != NULL);
	fputs("hello", output_file(o));
	check(!output_commit(o, &e));
	check(e.kind == ERR_RUN && entries() == 0);
}

static void columns_are_as_wide_as_their_text(void **state)
{
	static const char *const titles[] = {"NAME", "N"};
	struct table *t = table_new(titles, 2, 1u << 1);
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	check(t && f);
	check(table_add(t, (const char *const[]){"a-long-name", "7"}));
	check(table_add(t, (const char *const[]){NULL, "12345"}));
	table_print(t, 8, f);
	fclose(f);
	assert_string_equal(text, "NAME          N\n"
		"a-long-\xe2\x80\xa6      7\n"
		"\xe2\x80\x94         12345\n");
	free(text);
	table_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_appears_whole),
		cmocka_unit_test(nothing_is_replaced_without_force),
		cmocka_unit_test(a_file_that_came_meanwhile_stays),
		cmocka_unit_test(what_is_abandoned_leaves_nothing),
		cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(columns_are_as_wide_as_their_text),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
