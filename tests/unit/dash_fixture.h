/* dash_fixture.h: an inventory made by hand, and screens as text. */
#pragma once
#include "tests/unit/check.h"
#include "ui/dash/view.h"
#include <stdio.h>
#include <time.h>

enum { OFFICE_MAX = 64 };

/* The texts of names point into it: it must not move. */
struct office {
	struct device_list list;
	struct device v[OFFICE_MAX];
	struct source_state source;
	char *texts[OFFICE_MAX][12];
	struct session_lines sessions;
};

/* 2026-11-24 20:31:14Z, us */
#define OFFICE_NOW (INT64_C(1795552274) * 1000000)

static inline char *words(const char *text)
{
	/* Nothing writes to them. */
	return (char *)(uintptr_t)text;
}

static inline struct names one(char **place, const char *text)
{
	if (!text)
		return (struct names){0};
	*place = words(text);
	return (struct names){place, 1};
}

struct office_row {
	const char *id, *name, *address, *vendor, *account, *mechanism;
	enum auth_use use;
	enum evidence evidence;
	uint16_t tls;
	uint64_t messages;
	int64_t age; /* s since the last session */
	enum role role;
};

static inline void office_add(struct office *o, const struct office_row *r)
{
	size_t n = o->list.n++;
	struct device *d = &o->v[n];
	char **t = o->texts[n];

	*d = (struct device){.id = words(r->id), .name = words(r->name),
		.name_from = words("ehlo"), .vendor = words(r->vendor),
		.use = r->use, .evidence = r->evidence, .confidence = 100,
		.role = r->role, .tls_lowest = r->tls,
		.some_clear = r->tls == 0, .messages = r->messages,
		.sessions = r->messages / 2 + 1, .bytes = r->messages * 4096,
		.recipients = r->messages * 2,
		.first_seen = OFFICE_NOW - INT64_C(604800) * 1000000,
		.last_seen = OFFICE_NOW - r->age * 1000000};
	d->in_clear = r->use == USE_BASIC && r->tls == 0;
	d->tls_unused = d->in_clear;
	d->addresses = one(&t[0], r->address);
	d->accounts = one(&t[1], r->account);
	d->mechanisms = one(&t[2], r->mechanism);
	d->servers = one(&t[3], "mail-gw.contoso.example:25");
	d->vlans = one(&t[4], "204");
	d->macs = one(&t[5], "00:80:77:1c:22:9a");
	d->helos = one(&t[6], r->name);
	d->from = one(&t[7], r->account);
	d->domains = one(&t[8], "contoso.example");
	/* Office hours: nights are silent, the rest goes up and down. */
	for (size_t h = 0; h < QUERY_HOURS; h++)
		if ((h + n) % 24 > 8 && (h + n) % 24 < 19)
			d->hours[h] = (uint32_t)(r->messages *
				((h * 7 + n) % 10) / 400);
	if (r->role == ROLE_MTA)
		o->list.mtas++;
	else
		o->list.by_use[r->use]++;
}

/* Ten devices of one capture: one of each kind. */
static inline void office_open(struct office *o)
{
	static const struct office_row rows[] = {
		{"ip:10.20.4.31", "PRN-2F-EAST", "10.20.4.31", "Brother",
			"scan@contoso.example", "LOGIN", USE_BASIC,
			EVIDENCE_SEEN, 0, 8412, 12, ROLE_DEVICE},
		{"ip:10.20.9.12", "ups-rack3", "10.20.9.12", "APC",
			"alerts@contoso.example", "PLAIN", USE_BASIC,
			EVIDENCE_SEEN, 0, 3, 176999, ROLE_DEVICE},
		{"ip:10.20.9.40", "nas01", "10.20.9.40", "QNAP", NULL, NULL,
			USE_REQUIRED, EVIDENCE_IMPLIED, 0x303, 212, 281,
			ROLE_DEVICE},
		{"ip:10.20.4.77", "MFP-Sales-C454e", "10.20.4.77", "Konica",
			"mfp-sales@contoso.example", "LOGIN", USE_BASIC,
			EVIDENCE_INFERRED, 0x301, 1904, 1869, ROLE_DEVICE},
		{"ip:10.20.7.18", NULL, "10.20.7.18", "Brother", NULL, NULL,
			USE_UNKNOWN, EVIDENCE_NONE, 0x303, 640, 58,
			ROLE_DEVICE},
		{"ip:10.20.8.5", "erp-app02", "10.20.8.5", "VMware", NULL,
			NULL, USE_UNKNOWN, EVIDENCE_NONE, 0x304, 15220, 1,
			ROLE_DEVICE},
		{"ip:2001:db8:20::6:90", "confroom-bar4",
			"2001:db8:20::6:90", "Seiko Epson",
			"room4@contoso.example", "XOAUTH2", USE_OAUTH,
			EVIDENCE_IMPORTED, 0x304, 77, 4320, ROLE_DEVICE},
		{"ip:10.20.8.30", "zabbix", "10.20.8.30", "VMware", NULL,
			NULL, USE_NONE, EVIDENCE_SEEN, 0, 530, 140,
			ROLE_DEVICE},
		{"ip:10.20.4.19", "printer-hq-07", "10.20.4.19", "Kyocera",
			NULL, NULL, USE_NONE, EVIDENCE_SEEN, 0, 96, 14101,
			ROLE_DEVICE},
		{"ip:10.20.1.10", "mail-gw", "10.20.1.10", "VMware", NULL,
			NULL, USE_NONE, EVIDENCE_SEEN, 0x304, 88341, 0,
			ROLE_MTA},
	};

	*o = (struct office){.list = {.v = o->v, .now = OFFICE_NOW,
		.first_seen = OFFICE_NOW - INT64_C(180000) * 1000000,
		.sessions = 48113, .new_day = 6, .sources = &o->source,
		.sources_n = 1, .db_bytes = 43000000}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		office_add(o, &rows[i]);
	o->source = (struct source_state){.label = words("eth1"),
		.live = true, .running = true, .state = words("running"),
		.beat_at = OFFICE_NOW, .packets = 611204118,
		.bytes = INT64_C(283000000000),
		.first_seen = OFFICE_NOW - INT64_C(8040) * 1000000,
		.last_seen = OFFICE_NOW};
}

static inline void office_sessions(struct office *o)
{
	struct session_lines *s = &o->sessions;

	s->device = strdup("ip:10.20.4.31");
	s->n = 3;
	s->v[0] = (struct session_line){.at = OFFICE_NOW - 12000000,
		.server = "mail-gw.contoso.example:25", .auth = "LOGIN",
		.reply = "235 2.7.0", .account = "scan@contoso.example",
		.tls = "none", .in_clear = true, .recipients = 1,
		.bytes = 188211};
	s->v[1] = s->v[0];
	s->v[1].at -= 994000000;
	s->v[1].recipients = 2;
	s->v[1].bytes = 1258291;
	s->v[2] = s->v[0];
	s->v[2].at -= 1991000000;
	s->v[2].recipients = s->v[2].bytes = 0;
	s->v[2].refused = true;
	strcpy(s->v[2].reply, "535 5.7.139");
	strcpy(s->v[2].why, "tenant switch");
}

static inline void model_begin(struct dash_model *m, struct office *o,
	int rows, int cols, bool utf8)
{
	model_init(m);
	m->version = "0.1";
	m->db = "census.db";
	m->utf8 = utf8;
	m->sessions = &o->sessions;
	model_resize(m, rows, cols);
	model_tick(m, OFFICE_NOW);
	model_show(m, &o->list);
}

/* Keys as text: "<F2>", "<Enter>" and characters. */
static inline void press(struct dash_model *m, const char *keys)
{
	static const struct {
		const char *name;
		uint32_t key;
	} names[] = {
		{"<Enter>", KEYS_ENTER}, {"<Esc>", KEYS_ESC},
		{"<Up>", KEYS_UP}, {"<Down>", KEYS_DOWN},
		{"<Left>", KEYS_LEFT}, {"<Right>", KEYS_RIGHT},
		{"<PgDn>", KEYS_PAGE_DOWN}, {"<PgUp>", KEYS_PAGE_UP},
		{"<Home>", KEYS_HOME}, {"<End>", KEYS_END},
		{"<Tab>", KEYS_TAB}, {"<Back>", KEYS_BACKSPACE},
		{"<F1>", KEYS_F0 + 1}, {"<F2>", KEYS_F0 + 2},
		{"<F3>", KEYS_F0 + 3}, {"<F4>", KEYS_F0 + 4},
		{"<F8>", KEYS_F0 + 8}, {"<F10>", KEYS_F0 + 10},
	};

	while (*keys) {
		uint32_t key = (unsigned char)*keys;
		size_t n = 1;

		for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
			size_t len = strlen(names[i].name);

			if (strncmp(keys, names[i].name, len) != 0)
				continue;
			key = names[i].key;
			n = len;
		}
		model_key(m, key);
		keys += n;
	}
}

/* A row as text, without the blanks at its end. */
static inline void row_text(const struct grid *g, int row, char *out,
	size_t cap)
{
	size_t n = 0;

	for (int col = 0; col < g->cols; col++) {
		const struct cell *c = grid_at(g, row, col);

		if (n + c->n >= cap)
			fail();
		memcpy(out + n, c->s, c->n);
		n += c->n;
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
}

/* The screen as text; free it. */
static inline char *screen_text(const struct dash_model *m)
{
	size_t cap = (size_t)m->rows * m->cols * CELL_BYTES + m->rows + 1;
	char *text = calloc(1, cap);
	struct grid g;
	size_t n = 0;

	assert_non_null(text);
	grid_init(&g, m->rows, m->cols, m->utf8);
	view_draw(m, &g);
	for (int row = 0; row < g.rows; row++) {
		row_text(&g, row, text + n, cap - n);
		n += strlen(text + n);
		text[n++] = '\n';
	}
	text[n] = '\0';
	grid_free(&g);
	return text;
}

static inline bool shows(const struct dash_model *m, const char *text)
{
	char *screen = screen_text(m);
	bool found = strstr(screen, text) != NULL;

	free(screen);
	return found;
}
