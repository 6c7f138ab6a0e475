/* test_diff.c: what has changed between two inventories, and two times. */
#include "inventory/diff.h"
#include "inventory/report/diff.h"
#include "tests/unit/sample.h"
#include <jansson.h>

enum { DAY = 86400, MOST = 64 };

/* Sessions of an office, in two weeks: what each device does. */
struct script {
	struct record *v[MOST];
	size_t n;
};

/* device: the last byte of its address and, with a MAC, of that. */
static struct record_session *session(struct script *s, int day, int device,
	const char *server)
{
	char ip[32];
	struct record *r;

	check(s->n < MOST);
	snprintf(ip, sizeof ip, "10.20.4.%d", device);
	r = sample_session((int64_t)day * DAY + device, s->n + 1, ip, server,
		587);
	r->session.client.mac.b[5] = (uint8_t)device;
	s->v[s->n++] = r;
	return &r->session;
}

static void login(struct script *s, int day, int device, const char *server,
	const char *account, enum record_outcome outcome)
{
	session(s, day, device, server);
	sample_auth(s->v[s->n - 1], "LOGIN", RECORD_BASIC, account, outcome);
	if (outcome == RECORD_ACCEPTED)
		sample_mail(s->v[s->n - 1], account, "contoso.example");
}

static void oauth(struct script *s, int day, int device, const char *account)
{
	session(s, day, device, "192.0.2.1");
	sample_auth(s->v[s->n - 1], "XOAUTH2", RECORD_OAUTH, account,
		RECORD_ACCEPTED);
	sample_mail(s->v[s->n - 1], account, "contoso.example");
}

static void plain(struct script *s, int day, int device)
{
	session(s, day, device, "192.0.2.1");
	sample_mail(s->v[s->n - 1], "m@contoso.example", "contoso.example");
}

static void first_week(struct script *s)
{
	for (int day = 0; day < 7; day++)
		for (int device = 1; device <= 6; device++)
			login(s, day, device, "192.0.2.1",
				"a@contoso.example", RECORD_ACCEPTED);
}

/* 1 as ever, 2 without AUTH, 3 refused, 4 by OAuth, 5 elsewhere with another
 * account, 6 silent, 7 new. */
static void second_week(struct script *s)
{
	for (int day = 14; day < 17; day++) {
		login(s, day, 1, "192.0.2.1", "A@contoso.example",
			RECORD_ACCEPTED);
		plain(s, day, 2);
		login(s, day, 3, "192.0.2.1", "a@contoso.example",
			RECORD_REJECTED);
		oauth(s, day, 4, "a@contoso.example");
		login(s, day, 5, "192.0.2.2", "b@contoso.example",
			RECORD_ACCEPTED);
		plain(s, day, 7);
	}
}

static void write_script(const char *path, struct script *s)
{
	struct db *db = sample_db(path);

	sample_write(db, s->v, s->n, s->n);
	db_close(db);
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	s->n = 0;
}

static struct query *open_query(const char *path)
{
	struct query *q = NULL;
	struct err e = {0};

	if (!query_open(&q, path, &e))
		fail_msg("%s", e.text);
	return q;
}

/* Which device has which changes, and in which order. */
static void judge(const struct diff *d)
{
	static const struct {
		int device;
		uint32_t changes;
	} want[] = {
		{7, DIFF_BIT(DIFF_NEW)}, {6, DIFF_BIT(DIFF_GONE)},
		{2, DIFF_BIT(DIFF_STOPPED)}, {3, DIFF_BIT(DIFF_FAILING)},
		{4, DIFF_BIT(DIFF_USE)},
		{5, DIFF_BIT(DIFF_SERVER) | DIFF_BIT(DIFF_ACCOUNT)},
	};

	check(d->n == sizeof want / sizeof want[0]);
	for (size_t i = 0; i < d->n; i++) {
		const struct diff_item *x = &d->v[i];
		const struct diff_device *v = x->after ? x->after : x->before;

		check(atoi(strrchr(v->address, '.') + 1) == want[i].device);
		check(x->changes == want[i].changes);
	}
	assert_string_equal(d->v[5].servers.v[0], "192.0.2.2:587");
	assert_string_equal(d->v[5].old_servers.v[0], "192.0.2.1:587");
	assert_string_equal(d->v[5].accounts.v[0], "b@contoso.example");
	check(d->same == 1 && d->waiting == 0);
	check(d->before.n == 6 && d->after.n == 6);
	check(d->before.by_use[USE_BASIC] == 6);
	for (int c = 0; c < DIFF_CHANGES; c++)
		check(d->count[c] == 1);
}

static void two_inventories_tell_what_has_changed(void **state)
{
	char a[SAMPLE_PATH], b[SAMPLE_PATH];
	struct script s = {.n = 0};
	struct query *before, *after;
	struct diff *d;
	struct err e = {0};

	(void)state;
	sample_path(a);
	sample_path(b);
	first_week(&s);
	write_script(a, &s);
	second_week(&s);
	write_script(b, &s);
	before = open_query(a);
	after = open_query(b);
	check(diff_inventories(before, after, &d, &e));
	judge(d);
	diff_free(d);
	check(diff_inventories(before, before, &d, &e));
	check(d->n == 0 && d->waiting == 6);
	diff_free(d);
	query_close(before);
	query_close(after);
	sample_remove(a);
	sample_remove(b);
}

static void copy(const char *from, const char *to)
{
	char command[3 * SAMPLE_PATH];

	snprintf(command, sizeof command, "cp %s %s", from, to);
	check(system(command) == 0);
}

/* A copy from before the change, and the inventory that went on since: what it
 * knew then is no news. And the same within one. */
static void one_that_grew_is_compared_with_what_it_was(void **state)
{
	char a[SAMPLE_PATH], b[SAMPLE_PATH];
	struct script s = {.n = 0};
	struct query *before, *after;
	struct diff *d;
	struct err e = {0};
	int64_t at = sample_start / 1000 + INT64_C(10) * DAY * 1000000;

	(void)state;
	sample_path(a);
	sample_path(b);
	first_week(&s);
	write_script(b, &s);
	copy(b, a);
	second_week(&s);
	write_script(b, &s);
	before = open_query(a);
	after = open_query(b);
	check(diff_inventories(before, after, &d, &e));
	judge(d);
	diff_free(d);
	check(diff_times(after, 0, at, 0, &d, &e));
	judge(d);
	diff_free(d);
	/* Silent for two days is nothing yet. */
	check(diff_times(after, 0, at - INT64_C(6) * DAY * 1000000,
		at - INT64_C(3) * DAY * 1000000, &d, &e));
	check(d->n == 0 && d->same == 6);
	diff_free(d);
	query_close(before);
	query_close(after);
	sample_remove(a);
	sample_remove(b);
}

/* Once it was known by its address, beyond a router; now by its card. */
static void a_device_of_another_form_is_the_same(void **state)
{
	char a[SAMPLE_PATH], b[SAMPLE_PATH];
	struct script s = {.n = 0};
	struct query *before, *after;
	struct diff *d;
	struct err e = {0};

	(void)state;
	sample_path(a);
	sample_path(b);
	plain(&s, 0, 1);
	s.v[0]->session.client.ttl = 61;
	s.v[0]->session.helo = sample_text(&s.v[0]->session, "label-dock-2");
	write_script(a, &s);
	plain(&s, 1, 2);
	s.v[0]->session.helo = sample_text(&s.v[0]->session, "LABEL-dock-2");
	write_script(b, &s);
	before = open_query(a);
	after = open_query(b);
	check(diff_inventories(before, after, &d, &e));
	check(strncmp(d->before.v[0].id, "ip:", 3) == 0);
	check(strncmp(d->after.v[0].id, "mac:", 4) == 0);
	check(d->n == 0 && d->same == 1);
	diff_free(d);
	query_close(before);
	query_close(after);
	sample_remove(a);
	sample_remove(b);
}

static void json_tells_the_same(void **state)
{
	char a[SAMPLE_PATH], *text = NULL;
	struct script s = {.n = 0};
	struct query *q;
	struct diff *d;
	struct err e = {0};
	size_t size;
	FILE *f = open_memstream(&text, &size);
	json_t *o, *first;

	(void)state;
	sample_path(a);
	first_week(&s);
	second_week(&s);
	write_script(a, &s);
	q = open_query(a);
	check(diff_times(q, 0, sample_start / 1000 + INT64_C(10) * DAY *
		1000000, 0, &d, &e));
	check(report_diff_json(d, f, &e) && fclose(f) == 0);
	o = json_loads(text, 0, NULL);
	check(json_integer_value(json_object_get(json_object_get(o, "counts"),
		"stopped-auth")) == 1);
	check(json_array_size(json_object_get(o, "devices")) == 6);
	first = json_array_get(json_object_get(o, "devices"), 0);
	check(json_is_null(json_object_get(first, "before")));
	assert_string_equal(json_string_value(json_array_get(json_object_get(
		first, "changes"), 0)), "new");
	json_decref(o);
	free(text);
	diff_free(d);
	query_close(q);
	sample_remove(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_inventories_tell_what_has_changed),
		cmocka_unit_test(one_that_grew_is_compared_with_what_it_was),
		cmocka_unit_test(a_device_of_another_form_is_the_same),
		cmocka_unit_test(json_tells_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
