/* test_annotate.c: what the engineer says of devices stays, beside a writer. */
#include "inventory/annotate.h"
#include "inventory/query.h"
#include "inventory/resolve.h"
#include "tests/unit/sample.h"

struct office {
	char path[SAMPLE_PATH];
	struct db *db;
	struct device_list *list;
};

static void look(struct office *o)
{
	struct query *q;
	struct err e = {0};

	device_list_free(o->list);
	if (!query_open(&q, o->path, &e) || !query_devices(q, &o->list, &e))
		fail_msg("%s", e.text);
	query_close(q);
	check(o->list->n == 1);
}

static void office_open(struct office *o)
{
	struct record *r = sample_session(0, 1, "10.20.4.31", "192.0.2.25",
		25);
	struct writer *w;
	struct err e = {0};

	memset(o, 0, sizeof *o);
	sample_path(o->path);
	o->db = sample_db(o->path);
	if (!writer_open(&w, o->db, &e) || !writer_record(w, r, 0, &e) ||
		!writer_close(w, &e))
		fail_msg("%s", e.text);
	free(r);
	look(o);
}

static void office_close(struct office *o)
{
	device_list_free(o->list);
	db_close(o->db);
	sample_remove(o->path);
}

static void say(struct office *o, int64_t now, const char *word)
{
	struct annotation a = {0};
	struct err e = {0};

	if (!annotation_word(&a, word, &e) ||
		!annotate(&(struct annotate_to){o->path, now, 1000},
			(const char *const[]){o->list->v[0].id}, 1, &a, &e))
		fail_msg("%s: %s", word, e.text);
	look(o);
}

/* The writer is open all the while: a capture goes on. */
static void what_is_said_is_shown(void **state)
{
	struct office o;
	const struct device *d;

	(void)state;
	office_open(&o);
	check(!o.list->v[0].owner && o.list->v[0].status == STATUS_NONE);
	say(&o, 10, "owner=Anna = Example");
	say(&o, 11, "note=");
	say(&o, 12, "STATUS=Planned");
	say(&o, 13, "name=Copier, 2nd floor");
	d = &o.list->v[0];
	assert_string_equal(d->owner, "Anna = Example");
	check(!d->note && d->status == STATUS_PLANNED);
	assert_string_equal(d->name, "Copier, 2nd floor");
	assert_string_equal(d->name_from, "set");
	check(resolve_all(o.db, NULL));
	say(&o, 14, "owner=");
	d = &o.list->v[0];
	check(!d->owner && d->status == STATUS_PLANNED);
	say(&o, 15, "status=");
	say(&o, 16, "name=");
	d = &o.list->v[0];
	check(d->status == STATUS_NONE && !d->name);
	office_close(&o);
}

static void tagged(struct office *o, int64_t now, const char *word,
	const char *want)
{
	const struct device *d;

	say(o, now, word);
	d = &o->list->v[0];
	if (strcmp(d->tag ? d->tag : "", want) != 0)
		fail_msg("%s gives '%s', not '%s'", word, d->tag, want);
}

static void tags_are_a_list(void **state)
{
	struct office o;

	(void)state;
	office_open(&o);
	tagged(&o, 10, "tag=floor-2", "floor-2");
	tagged(&o, 11, "tag=floor-2, lease 2027 ,,FLOOR-2", "floor-2,lease 2027");
	tagged(&o, 12, "tag=+spare", "floor-2,lease 2027,spare");
	tagged(&o, 13, "tag=-lease 2027", "floor-2,spare");
	tagged(&o, 14, "tag=-spare", "floor-2");
	tagged(&o, 15, "tag=+a,-floor-2,b", "a,b");
	tagged(&o, 16, "tag=-A,-b", "");
	tagged(&o, 17, "tag=-nothing,+", "");
	tagged(&o, 18, "tag=+ c", "c");
	tagged(&o, 19, "tag=", "");
	office_close(&o);
}

static void more_tags_than_there_is_room_for_are_refused(void **state)
{
	struct office o;
	struct annotation a = {0};
	char word[300];
	struct err e = {0};

	(void)state;
	office_open(&o);
	memset(word, 'x', sizeof word);
	memcpy(word, "tag=", 4);
	word[4 + 255] = '\0';
	say(&o, 10, word);
	assert_string_equal(o.list->v[0].tag, word + 4);
	a.tag = "+y";
	check(!annotate(&(struct annotate_to){o.path, 11, 0},
		(const char *const[]){o.list->v[0].id}, 1, &a, &e));
	check(e.kind == ERR_USAGE);
	look(&o);
	assert_string_equal(o.list->v[0].tag, word + 4);
	office_close(&o);
}

/* The second is too long: the first is not written either. */
static void all_devices_or_none(void **state)
{
	struct office o;
	struct annotation a = {.tag = "+y", .owner = "Anna"};
	char word[300];
	int64_t n;
	struct err e = {0};

	(void)state;
	office_open(&o);
	memset(word, 'x', sizeof word);
	memcpy(word, "tag=", 4);
	word[4 + 255] = '\0';
	say(&o, 10, word);
	check(!annotate(&(struct annotate_to){o.path, 11, 0},
		(const char *const[]){"ip:10.99.9.9", o.list->v[0].id}, 2, &a,
		&e));
	check(sql_number(db_handle(o.db), "SELECT count(*) FROM annotations",
		0, &n, NULL));
	check(n == 1);
	a.tag = NULL;
	check(annotate(&(struct annotate_to){o.path, 11, 0},
		(const char *const[]){"ip:10.99.9.9", o.list->v[0].id}, 2, &a,
		&e));
	look(&o);
	assert_string_equal(o.list->v[0].owner, "Anna");
	office_close(&o);
}

static void the_later_word_wins(void **state)
{
	struct office o;

	(void)state;
	office_open(&o);
	say(&o, 20, "owner=later");
	say(&o, 19, "owner=earlier");
	assert_string_equal(o.list->v[0].owner, "later");
	office_close(&o);
}

static void nonsense_is_refused(void **state)
{
	static const char *const wrong[] = {"owner", "=x", "colour=red",
		"status=maybe", "note=a\x1b[2Jb", "note=\xe2\x80\xae", ""};
	char longer[300];

	(void)state;
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	memcpy(longer, "note=", 5);
	for (size_t i = 0; i <= sizeof wrong / sizeof wrong[0]; i++) {
		const char *word = i < sizeof wrong / sizeof wrong[0]
			? wrong[i] : longer;
		struct annotation a = {0};
		struct err e = {0};

		if (annotation_word(&a, word, &e) || e.kind != ERR_USAGE)
			fail_msg("'%s' is taken", word);
		check(!strchr(e.text, '\x1b'));
	}
}

static void a_missing_file_is_not_made(void **state)
{
	struct annotation a = {.owner = "x"};
	struct err e = {0};

	(void)state;
	check(!annotate(&(struct annotate_to){"/nonexistent/x.db", 1, 0},
		(const char *const[]){"ip:10.0.0.1"}, 1, &a, &e));
	check(e.kind != ERR_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_is_shown),
		cmocka_unit_test(tags_are_a_list),
		cmocka_unit_test(more_tags_than_there_is_room_for_are_refused),
		cmocka_unit_test(all_devices_or_none),
		cmocka_unit_test(the_later_word_wins),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(a_missing_file_is_not_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
