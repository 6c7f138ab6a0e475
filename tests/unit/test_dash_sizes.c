/* test_dash_sizes.c: hostile names on screens of every size: no cell outside,
 * no broken line, nothing that steers a terminal. */
#include "capture/base/text.h"
#include "tests/unit/dash_fixture.h"
#include "ui/dash/width.h"

static const char *const HOSTILE[] = {
	"",
	" ",
	"\033[2J\033]0;x\007\r\n",
	"\xc2\x9b" "31m\xe2\x80\xae" "cod\xe2\x80\x8b",
	"\xff\xfe\xc0\xaf\xe2\x80",
	"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe5\x90\x8d",
	"a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
	"\xcc\x81\xcc\x81",
	"\xf0\x9f\x93\xa7\xf0\x9f\x96\xa8\xef\xb8\x8f\xe2\x80\x8d",
	"%s%n%99999d",
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
};
enum { HOSTILE_N = sizeof HOSTILE / sizeof HOSTILE[0], MANY = 400 };

static void hostile_open(struct office *o)
{
	static char *many[MANY], ids[OFFICE_MAX][16];

	office_open(o);
	for (size_t i = 0; i < MANY; i++)
		many[i] = words(HOSTILE[i % HOSTILE_N]);
	for (size_t i = 0; i < 4 * HOSTILE_N; i++) {
		const char *text = HOSTILE[i % HOSTILE_N];
		bool big = i % 3 == 0;
		struct office_row r = {NULL, text, text, text, text, text,
			(enum auth_use)(i % (USE_BASIC + 1)),
			(enum evidence)(i % (EVIDENCE_SEEN + 1)),
			i % 2 ? 0x7e7e : 0, big ? UINT64_MAX / 8192 : i,
			(int64_t)i * 40000, (enum role)(i % 5 == 0)};

		snprintf(ids[i], sizeof ids[i], "ip:%zu", i);
		r.id = ids[i];
		office_add(o, &r);
	}
	for (size_t i = 0; i < o->list.n; i += 2) {
		struct device *d = &o->v[i];

		d->accounts = d->from = d->domains = (struct names){many, MANY};
		d->addresses = d->macs = d->servers = d->accounts;
		d->helos = d->agents = d->codes = d->vlans = d->accounts;
		d->mechanisms = d->accounts;
		memset(d->hours, 0xff, sizeof d->hours);
		d->first_seen = INT64_MAX;
		d->last_seen = INT64_MIN;
		d->standing = (enum standing)(i / 2 % 4);
		d->auth_accepted = d->auth_rejected = UINT64_MAX / 2;
		if (i % 3 == 0)
			d->name = d->vendor = NULL;
	}
	o->source.label = words(HOSTILE[2]);
	o->source.dropped = o->source.packets = UINT64_MAX / 2;
	o->source.gaps = UINT64_MAX;
	o->source.bytes = UINT64_MAX;
	o->list.sessions = UINT64_MAX;
	o->list.db_bytes = UINT64_MAX;
	o->sessions.device = o->v[0].id;
	o->sessions.n = SESSIONS_MAX;
	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		struct session_line *s = &o->sessions.v[i];

		*s = (struct session_line){.at = (int64_t)i << 55,
			.tls = "1.2", .recipients = UINT64_MAX,
			.bytes = UINT64_MAX};
		snprintf(s->server, sizeof s->server, "%s",
			HOSTILE[i % HOSTILE_N]);
		snprintf(s->account, sizeof s->account, "%s", s->server);
		snprintf(s->auth, sizeof s->auth, "%.20s", s->server);
		snprintf(s->reply, sizeof s->reply, "%.12s", s->server);
	}
}

static bool cell_is_whole(const struct grid *g, int y, int x)
{
	const struct cell *c = grid_at(g, y, x);
	bool half = x > 0 && grid_at(g, y, x - 1)->width == 2;

	if (!g->utf8 && (c->n != 1 || c->s[0] < ' ' || c->s[0] > '~'))
		return false;
	return c->style < STYLES && c->n <= CELL_BYTES && c->width <= 2 &&
		(c->n > 0) == (c->width > 0) && half == (c->width == 0) &&
		x + c->width <= g->cols;
}

/* Each row is as wide as the screen, in whole characters. */
static void is_whole(const struct grid *g)
{
	static char row[GRID_MAX * CELL_BYTES + 1];
	bool whole = true;

	for (int y = 0; y < g->rows; y++) {
		for (int x = 0; x < g->cols; x++)
			whole = whole && cell_is_whole(g, y, x);
		row_text(g, y, row, sizeof row);
		whole = whole && text_is_clean(row, strlen(row));
	}
	check(whole);
	check(g->cursor_row < g->rows && g->cursor_col < g->cols);
}

static void draw_at(struct dash_model *m, int rows, int cols)
{
	struct grid g;

	m->utf8 = !m->utf8;
	model_resize(m, rows, cols);
	grid_init(&g, rows, cols, m->utf8);
	view_draw(m, &g);
	is_whole(&g);
	grid_free(&g);
}

/* In UTF-8 and in ASCII by turns. */
static void draw_sizes(struct dash_model *m)
{
	static const int rows[] = {8, 13, 24, 30};
	static const int cols[] = {1, 39, 40, 60, 100, 157};

	for (int c = 1; c <= 135; c++)
		draw_at(m, rows[c % 4], c);
	for (int r = 1; r <= 60; r++)
		draw_at(m, r, cols[r % 6]);
	for (int c = 136; c <= 250; c += 7)
		draw_at(m, rows[c % 4], c);
	draw_at(m, 100, 250);
}

static void any_size_shows_anything(void **state)
{
	static const char *const scripts[] = {"", "G ", "?", "<F2><End>",
		"/\xe6", "fname=((((\"", "<Enter>", "jjj<Enter><PgDn>"};
	static struct office o;

	(void)state;
	hostile_open(&o);
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		struct dash_model m;

		o.source.live = i % 2 == 0;
		o.source.file_size = UINT64_MAX;
		o.source.file_done = UINT64_MAX / 3;
		o.source.files = UINT32_MAX;
		model_begin(&m, &o, 24, 80, i % 2 == 0);
		model_tick(&m, i % 4 == 0 ? INT64_MAX : OFFICE_NOW);
		o.source.beat_at += 1;
		model_show(&m, &o.all);
		model_message(&m, "%s", i % 3 == 0 ? HOSTILE[10] : "");
		press(&m, scripts[i]);
		draw_sizes(&m);
		model_free(&m);
	}
	office_close(&o);
}

/* A storm of sizes and keys, as a terminal would send. */
static void keys_and_sizes_in_any_order(void **state)
{
	static const struct snapshot none = {.devices = NULL};
	static struct office o;
	struct dash_model m;
	uint32_t r = 1;

	(void)state;
	hostile_open(&o);
	model_begin(&m, &o, 24, 80, true);
	for (int i = 0; i < 2000; i++) {
		uint32_t key;

		r = r * 1664525 + 1013904223;
		key = r >> 8 & 0x7f;
		if (r >> 28 > 7)
			key = KEYS_UP + (r >> 8) % (KEYS_LAST - KEYS_UP + 1);
		model_key(&m, key);
		if ((r >> 24) % 8 == 0)
			model_show(&m, i % 2 ? &o.all : &none);
		if (i % 4 == 0)
			draw_at(&m, (int)(r >> 16 & 63) + 1,
				(int)(r >> 10 & 127) + 1);
	}
	model_free(&m);
	office_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_size_shows_anything),
		cmocka_unit_test(keys_and_sizes_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
