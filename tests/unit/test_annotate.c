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
		!annotate(o->path, o->list->v[0].id, &a, now, &e))
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
	check(!annotate("/nonexistent/x.db", "ip:10.0.0.1", &a, 1, &e));
	check(e.kind != ERR_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_is_shown),
		cmocka_unit_test(the_later_word_wins),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(a_missing_file_is_not_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
