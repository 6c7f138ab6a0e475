/* test_db.c: the inventory's file: made, refused, locked. */
#include "inventory/file.h"
#include "inventory/schema.h"
#include "tests/unit/sample.h"
#include <sys/stat.h>

static void put_file(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "wb");

	check(f && fwrite(p, 1, n, f) == n && fclose(f) == 0);
}

static void run_sql(const char *path, const char *sql)
{
	sqlite3 *h = NULL;

	check(sqlite3_open(path, &h) == SQLITE_OK);
	check(sqlite3_exec(h, sql, NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(h);
}

static void a_new_file_is_its_owners_alone(void **state)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char path[SAMPLE_PATH], name[SAMPLE_PATH + 8];
	mode_t mask = umask(022);
	struct stat st;
	struct db *db;

	(void)state;
	sample_path(path);
	db = sample_db(path);
	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof name, "%s%s", path, ends[i]);
		check(stat(name, &st) == 0 && (st.st_mode & 0777) == 0600);
	}
	db_close(db);
	umask(mask);
	sample_remove(path);
}

static void the_head_of_the_file_says_whose_it_is(void **state)
{
	enum file_kind kind = FILE_MISSING;
	char path[SAMPLE_PATH];
	int64_t n = 0;
	struct db *db;

	(void)state;
	sample_path(path);
	check(file_check(path, &kind, NULL) && kind == FILE_MISSING);
	db = sample_db(path);
	/* While the writer lives: what a -wal holds does not count. */
	check(file_check(path, &kind, NULL) && kind == FILE_INVENTORY);
	check(sql_number(db_handle(db), "PRAGMA user_version", 0, &n, NULL));
	check(n == SCHEMA_VERSION);
	check(sql_number(db_handle(db), "SELECT count(*) FROM pragma_"
		"journal_mode WHERE journal_mode = 'wal'", 0, &n, NULL));
	check(n == 1);
	db_close(db);
	sample_remove(path);
}

static void the_sensor_is_made_once(void **state)
{
	uint8_t first[16], again[16], other[16];
	char path[SAMPLE_PATH], path2[SAMPLE_PATH];
	struct db *db;

	(void)state;
	sample_path(path);
	sample_path(path2);
	db = sample_db(path);
	db_sensor(db, first);
	db_close(db);
	db = sample_db(path);
	db_sensor(db, again);
	db_close(db);
	db = sample_db(path2);
	db_sensor(db, other);
	db_close(db);
	check(memcmp(first, again, 16) == 0);
	check(memcmp(first, other, 16) != 0);
	check(first[6] >> 4 == 4 && first[8] >> 6 == 2);
	sample_remove(path);
	sample_remove(path2);
}

/* The file as it is, to see that nobody touched it. */
static uint8_t *contents(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p = malloc(1 << 20);

	check(f && p);
	*n = fread(p, 1, 1 << 20, f);
	fclose(f);
	return p;
}

static void is_refused(const char *path, const char *because)
{
	size_t before_n, after_n;
	uint8_t *before = contents(path, &before_n), *after;
	struct db *db = NULL;
	struct err e = {0};

	check(!db_open(&db, path, &e) && !db);
	check(e.kind == ERR_USAGE);
	if (!strstr(e.text, because))
		fail_msg("%s", e.text);
	after = contents(path, &after_n);
	check(before_n == after_n && memcmp(before, after, before_n) == 0);
	free(before);
	free(after);
}

static void what_is_no_inventory_is_refused_untouched(void **state)
{
	char path[SAMPLE_PATH];
	uint8_t head[4096] = {0};
	struct db *db;

	(void)state;
	sample_path(path);
	put_file(path, "dear diary\n", 11);
	is_refused(path, "is no inventory");
	memcpy(head, "SQLite format 3", 16);
	for (size_t n = 1; n < 100; n++) {
		put_file(path, head, n);
		is_refused(path, "is no inventory");
	}
	put_file(path, head, sizeof head);
	is_refused(path, "another program");
	sample_remove(path);
	run_sql(path, "CREATE TABLE t (x); PRAGMA application_id = 7");
	is_refused(path, "another program");
	sample_remove(path);
	db = sample_db(path);
	db_close(db);
	run_sql(path, "PRAGMA user_version = 99");
	is_refused(path, "newer mailcensus (schema 99");
	sample_remove(path);
}

static void a_newer_version_hides_in_no_wal(void **state)
{
	char path[SAMPLE_PATH];
	struct db *db = NULL;
	struct err e = {0};
	sqlite3 *h = NULL;

	(void)state;
	sample_path(path);
	db_close(sample_db(path));
	check(sqlite3_open(path, &h) == SQLITE_OK);
	check(sqlite3_exec(h, "PRAGMA user_version = 99", NULL, NULL, NULL) ==
		SQLITE_OK);
	check(!db_open(&db, path, &e) && e.kind == ERR_USAGE);
	check(strstr(e.text, "newer mailcensus (schema 99"));
	sqlite3_close(h);
	sample_remove(path);
}

static void an_empty_file_becomes_an_inventory(void **state)
{
	char path[SAMPLE_PATH];

	(void)state;
	sample_path(path);
	put_file(path, "", 0);
	db_close(sample_db(path));
	sample_remove(path);
}

static void a_folder_is_no_file(void **state)
{
	struct db *db = NULL;
	struct err e = {0};

	(void)state;
	check(!db_open(&db, "/tmp", &e));
	check(strstr(e.text, "'/tmp' is no file"));
	check(!db_open(&db, "/nonexistent/x.db", &e));
	check(strstr(e.text, "cannot make '/nonexistent/x.db'"));
}

static void a_second_writer_learns_who_the_first_is(void **state)
{
	char path[SAMPLE_PATH], want[32];
	struct db *db, *second = NULL;
	struct err e = {0};

	(void)state;
	sample_path(path);
	db = sample_db(path);
	check(!db_open(&second, path, &e) && !second && e.kind == ERR_RUN);
	snprintf(want, sizeof want, "(pid %ld) is writing", (long)getpid());
	if (!strstr(e.text, want))
		fail_msg("%s", e.text);
	check(strstr(e.text, "mailcensus ui"));
	db_close(db);
	db_close(sample_db(path));
	sample_remove(path);
}

static void a_name_is_not_read_as_a_uri(void **state)
{
	char *uri = file_uri("/a b/50%?#.db", "?mode=ro");

	(void)state;
	assert_string_equal(uri, "file:/a b/50%25%3F%23.db?mode=ro");
	free(uri);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_file_is_its_owners_alone),
		cmocka_unit_test(the_head_of_the_file_says_whose_it_is),
		cmocka_unit_test(the_sensor_is_made_once),
		cmocka_unit_test(what_is_no_inventory_is_refused_untouched),
		cmocka_unit_test(a_newer_version_hides_in_no_wal),
		cmocka_unit_test(an_empty_file_becomes_an_inventory),
		cmocka_unit_test(a_folder_is_no_file),
		cmocka_unit_test(a_second_writer_learns_who_the_first_is),
		cmocka_unit_test(a_name_is_not_read_as_a_uri),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
