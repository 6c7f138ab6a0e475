/* test_dash_screens.c: every view and dialogue, as golden_screen.h compares
 * them. */
#include "tests/unit/dash_fixture.h"

enum source_kind {
	LIVE, READING, DONE, LOSING, STALLED, NOTHING, EMPTY, OWNED, CUT,
};

static const struct screen {
	const char *name;
	int rows, cols;
	bool utf8;
	const char *keys;
	enum source_kind kind;
} SCREENS[] = {
	{"devices-80x24", 24, 80, true, "", LIVE},
	{"devices-80x24-ascii", 24, 80, false, "", LIVE},
	{"devices-120x40", 40, 120, true, "", LIVE},
	{"devices-120x40-ascii", 40, 120, false, "", LIVE},
	{"devices-200x50", 50, 200, true, "", LIVE},
	{"devices-40x8", 8, 40, true, "", LIVE},
	{"devices-40x8-ascii", 8, 40, false, "", LIVE},
	{"devices-60x14", 14, 60, true, "", LIVE},
	{"too-small-39x8", 8, 39, true, "", LIVE},
	{"done-80x24", 24, 80, true, "", DONE},
	{"empty-80x24", 24, 80, true, "", EMPTY},
	{"losing-120x40", 40, 120, true, "", LOSING},
	{"reading-80x24", 24, 80, true, "", READING},
	{"reading-80x24-ascii", 24, 80, false, "", READING},
	{"reading-120x40", 40, 120, true, "", READING},
	{"reading-40x8", 8, 40, true, "", READING},
	{"cut-80x24", 24, 80, true, "", CUT},
	{"cut-120x40", 40, 120, true, "", CUT},
	{"owned-80x24", 24, 80, true, "", OWNED},
	{"stalled-80x24", 24, 80, true, "", STALLED},
	{"waiting-80x24", 24, 80, true, "", NOTHING},
	{"detail-80x24", 24, 80, true, "<Enter>", LIVE},
	{"detail-80x24-ascii", 24, 80, false, "<Enter>", LIVE},
	{"detail-80x24-end", 24, 80, true, "<Enter><End>", LIVE},
	{"detail-120x40", 40, 120, true, "<Enter>", LIVE},
	{"detail-40x8", 8, 40, true, "<Enter>", LIVE},
	{"accounts-80x24", 24, 80, true, "2", LIVE},
	{"accounts-80x24-ascii", 24, 80, false, "2", LIVE},
	{"accounts-120x40", 40, 120, true, "2", LIVE},
	{"accounts-40x8", 8, 40, true, "2", LIVE},
	{"accounts-filtered", 24, 80, true, "fname~prn<Enter>2", LIVE},
	{"account-80x24", 24, 80, true, "2<Enter>", LIVE},
	{"account-120x40", 40, 120, true, "2<Enter>", LIVE},
	{"account-40x8", 8, 40, true, "2<Enter>", LIVE},
	{"servers-80x24", 24, 80, true, "3", LIVE},
	{"servers-80x24-ascii", 24, 80, false, "3", LIVE},
	{"servers-120x40", 40, 120, true, "3", LIVE},
	{"servers-40x8", 8, 40, true, "3", LIVE},
	{"server-80x24", 24, 80, true, "3<Enter>", LIVE},
	{"server-120x40", 40, 120, true, "3<Enter>", LIVE},
	{"server-40x8", 8, 40, true, "3<Enter>", LIVE},
	{"timeline-80x24", 24, 80, true, "4", LIVE},
	{"timeline-80x24-ascii", 24, 80, false, "4", LIVE},
	{"timeline-80x24-moved", 24, 80, true, "4Zhhhhhhhh", LIVE},
	{"timeline-120x40", 40, 120, true, "4z", LIVE},
	{"timeline-40x8", 8, 40, true, "4", LIVE},
	{"timeline-filtered", 24, 80, true, "fauth=basic<Enter>4", LIVE},
	{"events-80x24", 24, 80, true, "5", LIVE},
	{"events-80x24-ascii", 24, 80, false, "5", LIVE},
	{"events-80x24-warn", 24, 80, true, "5v", LIVE},
	{"events-80x24-all", 24, 80, true, "5vvj", LIVE},
	{"events-120x40", 40, 120, true, "5", LIVE},
	{"events-40x8", 8, 40, true, "5", LIVE},
	{"events-column", 24, 80, true, "4<Enter>", LIVE},
	{"health-80x24", 24, 80, true, "6", LIVE},
	{"health-80x24-ascii", 24, 80, false, "6", LIVE},
	{"health-120x40", 40, 120, true, "6", LIVE},
	{"health-40x8", 8, 40, true, "6", LIVE},
	{"session-80x24", 24, 80, true, "<Enter><Enter>", LIVE},
	{"session-80x24-ascii", 24, 80, false, "<Enter><Enter>", LIVE},
	{"session-120x40", 40, 120, true, "5<Enter>", LIVE},
	{"session-40x8", 8, 40, true, "5<Enter>", LIVE},
	{"help-80x24", 24, 80, true, "?", LIVE},
	{"help-80x24-end", 24, 80, true, "?<End>", LIVE},
	{"help-120x40", 40, 120, true, "?", LIVE},
	{"help-120x40-ascii", 40, 120, false, "?", LIVE},
	{"help-40x8", 8, 40, true, "?", LIVE},
	{"sort-80x24", 24, 80, true, "<F2>", LIVE},
	{"sort-40x8", 8, 40, true, "s<End>", LIVE},
	{"sorted-80x24", 24, 80, true, "<F2><Home><Enter>r", LIVE},
	{"find-80x24", 24, 80, true, "/prin", LIVE},
	{"find-40x8", 8, 40, true, "/prin", LIVE},
	{"filter-80x24", 24, 80, true, "f(auth=basic or is=mta) and last<1d",
		LIVE},
	{"filter-80x24-wrong", 24, 80, true, "fauth=basic and tls<9", LIVE},
	{"filter-120x40", 40, 120, true, "fserver~mail", LIVE},
	{"filter-80x24-unfinished", 24, 80, true, "fauth=basic auth=", LIVE},
	{"filter-40x8-wrong", 8, 40, true, "ftls<9", LIVE},
	{"filtered-80x24", 24, 80, true, "fauth=basic<Enter>", LIVE},
	{"filtered-80x24-away", 24, 80, true, "fauth=other<Enter>", LIVE},
	{"marked-80x24", 24, 80, true, "  <Down> p", LIVE},
};

static void kind_of(struct office *o, enum source_kind kind)
{
	static struct source_state more[3];
	struct source_state *s = &o->source;

	switch (kind) {
	case LIVE:
		break;
	case LOSING:
		s->dropped = 61120;
		s->gaps = 1204;
		break;
	case STALLED:
		s->beat_at -= 41000000;
		break;
	case DONE:
		s->running = false;
		s->live = false;
		s->state = words("done");
		s->label = words("span-2026-11-23.pcap.gz");
		break;
	case READING:
		s->live = false;
		s->label = words("span-2026-11-23.pcap.gz");
		s->file_done = UINT64_C(13314398618);
		s->file_size = UINT64_C(26091926323);
		s->files = 3;
		break;
	case CUT:
		s->running = s->live = false;
		s->state = words("cut");
		s->reason = words("the file ends within a packet");
		s->label = words("/var/captures/2026/11/23/span-11.pcap");
		memset(more, 0, sizeof more);
		more[0] = more[1] = more[2] = *s;
		more[1].beat_at = more[2].beat_at = 0;
		more[2].state = words("failed");
		o->list.sources = more;
		o->list.sources_n = 3;
		break;
	case EMPTY:
		o->list.n = o->list.mtas = 0;
		o->list.sessions = o->list.new_day = 0;
		memset(o->list.by_use, 0, sizeof o->list.by_use);
		break;
	case NOTHING:
	case OWNED:
		break;
	}
}

/* A second later, so that rates are known. */
static void pass_a_second(struct dash_model *m, struct office *o)
{
	o->source.beat_at += 1000000;
	o->source.packets += o->source.live ? 84100 : 1900000;
	o->source.bytes += 39000000;
	o->source.file_done += o->source.file_size > 0 ? 432013312 : 0;
	model_show(m, &o->all);
}

static char *draw(const struct screen *s)
{
	static struct office o;
	struct dash_model m;
	char *text;

	office_open(&o);
	office_more(&o);
	kind_of(&o, s->kind);
	model_begin(&m, &o, s->rows, s->cols, s->utf8);
	m.owns_capture = s->kind == OWNED;
	if (s->kind == NOTHING)
		model_show(&m, &(struct snapshot){.devices = NULL});
	else
		pass_a_second(&m, &o);
	press(&m, s->keys);
	text = screen_text(&m);
	model_free(&m);
	office_close(&o);
	return text;
}

static void screens_look_as_they_did(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof SCREENS / sizeof SCREENS[0]; i++) {
		char *text = draw(&SCREENS[i]);

		same_as_file(SCREENS[i].name, text);
		free(text);
	}
}

/* The letters are there in colour too, and the styles without them. */
static void red_has_a_letter_beside_it(void **state)
{
	struct office o;
	struct dash_model m;
	struct grid g;

	(void)state;
	office_open(&o);
	model_begin(&m, &o, 24, 80, true);
	grid_init(&g, 24, 80, true);
	view_draw(&m, &g);
	for (int row = 4; row < 14; row++) {
		enum style style = (enum style)grid_at(&g, row, 0)->style;
		char letter = grid_at(&g, row, 0)->s[0];

		check((letter == '!') == (style == STYLE_MUST));
		check((letter == '?') == (style == STYLE_HIDDEN));
		check((letter == '+') == (style == STYLE_OAUTH));
	}
	check(grid_at(&g, 4, 0)->style == STYLE_MUST);
	check(grid_at(&g, 4, 0)->inverse && !grid_at(&g, 5, 0)->inverse);
	grid_free(&g);
	model_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(screens_look_as_they_did),
		cmocka_unit_test(red_has_a_letter_beside_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
