/* dash_fixture.h: an inventory made by hand, and screens as text. */
#pragma once
#include "tests/unit/golden_screen.h"
#include "ui/dash/view.h"
#include <stdio.h>
#include <time.h>

enum { OFFICE_MAX = 64 };

enum { OFFICE_ACCOUNTS = 5, OFFICE_SERVERS = 5, OFFICE_EVENTS = 9,
	OFFICE_WEEK = 24 * 7 };

/* The texts of names point into it: it must not move. */
struct office {
	struct device_list list;
	struct device v[OFFICE_MAX];
	struct source_state source;
	char *texts[OFFICE_MAX][12];
	struct session_lines sessions;
	struct account_list accounts;
	struct account account[OFFICE_ACCOUNTS];
	struct server_list servers;
	struct server server[OFFICE_SERVERS];
	struct server_groups *groups;
	struct event_list events;
	struct event event[OFFICE_EVENTS];
	struct timeline timeline;
	struct timeline_hour hours[OFFICE_WEEK];
	struct health health;
	struct health_hour heard[OFFICE_WEEK];
	struct health_stranger stranger;
	struct talk talk;
	struct snapshot all;
	char *lists[32][4];
	size_t lists_n;
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

/* Ten devices of one capture: one of each kind, by id. */
static inline void office_open(struct office *o)
{
	static const struct office_row rows[] = {
		{"ip:10.20.1.10", "mail-gw", "10.20.1.10", "VMware", NULL,
			NULL, USE_NONE, EVIDENCE_SEEN, 0x304, 88341, 0,
			ROLE_MTA},
		{"ip:10.20.4.19", "printer-hq-07", "10.20.4.19", "Kyocera",
			NULL, NULL, USE_NONE, EVIDENCE_SEEN, 0, 96, 14101,
			ROLE_DEVICE},
		{"ip:10.20.4.31", "PRN-2F-EAST", "10.20.4.31", "Brother",
			"scan@contoso.example", "LOGIN", USE_BASIC,
			EVIDENCE_SEEN, 0, 8412, 12, ROLE_DEVICE},
		{"ip:10.20.4.77", "MFP-Sales-C454e", "10.20.4.77", "Konica",
			"mfp-sales@contoso.example", "LOGIN", USE_BASIC,
			EVIDENCE_INFERRED, 0x301, 1904, 1869, ROLE_DEVICE},
		{"ip:10.20.7.18", NULL, "10.20.7.18", "Brother", NULL, NULL,
			USE_UNKNOWN, EVIDENCE_NONE, 0x303, 640, 58,
			ROLE_DEVICE},
		{"ip:10.20.8.30", "zabbix", "10.20.8.30", "VMware", NULL,
			NULL, USE_NONE, EVIDENCE_SEEN, 0, 530, 140,
			ROLE_DEVICE},
		{"ip:10.20.8.5", "erp-app02", "10.20.8.5", "VMware", NULL,
			NULL, USE_UNKNOWN, EVIDENCE_NONE, 0x304, 15220, 1,
			ROLE_DEVICE},
		{"ip:10.20.9.12", "ups-rack3", "10.20.9.12", "APC",
			"alerts@contoso.example", "PLAIN", USE_BASIC,
			EVIDENCE_SEEN, 0, 3, 176999, ROLE_DEVICE},
		{"ip:10.20.9.40", "nas01", "10.20.9.40", "QNAP", NULL, NULL,
			USE_REQUIRED, EVIDENCE_IMPLIED, 0x303, 212, 281,
			ROLE_DEVICE},
		{"ip:2001:db8:20::6:90", "confroom-bar4",
			"2001:db8:20::6:90", "Seiko Epson",
			"room4@contoso.example", "XOAUTH2", USE_OAUTH,
			EVIDENCE_IMPORTED, 0x304, 77, 4320, ROLE_DEVICE},
	};

	*o = (struct office){.list = {.v = o->v, .now = OFFICE_NOW,
		.first_seen = OFFICE_NOW - INT64_C(180000) * 1000000,
		.sessions = 48113, .new_day = 6, .sources = &o->source,
		.sources_n = 1, .db_bytes = 43000000}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		office_add(o, &rows[i]);
	o->all.devices = &o->list;
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

	s->device = words("ip:10.20.4.31");
	s->n = 3;
	s->v[0] = (struct session_line){.at = OFFICE_NOW - 12000000,
		.id = "18ab000000000000aaaaaaaaaaaaaaaa",
		.server = "mail-gw.contoso.example:25", .auth = "LOGIN",
		.reply = "235 2.7.0", .account = "scan@contoso.example",
		.tls = "none", .in_clear = true, .recipients = 1,
		.bytes = 188211};
	s->v[1] = s->v[0];
	s->v[1].at -= 994000000;
	s->v[1].id[31] = 'b';
	s->v[1].recipients = 2;
	s->v[1].bytes = 1258291;
	s->v[2] = s->v[0];
	s->v[2].id[31] = 'c';
	s->v[2].at -= 1991000000;
	s->v[2].recipients = s->v[2].bytes = 0;
	s->v[2].refused = true;
	strcpy(s->v[2].reply, "535 5.7.139");
	strcpy(s->v[2].why, "tenant switch");
	o->all.sessions = s;
}

/* At most four, a blank between two. */
static inline struct names list(struct office *o, const char *text)
{
	static char room[32][128];
	char **v = o->lists[o->lists_n], *p;
	size_t n = 0;

	snprintf(room[o->lists_n], sizeof room[0], "%s", text);
	p = strtok(room[o->lists_n++], " ");
	for (; p && n < 4; p = strtok(NULL, " "))
		v[n++] = p;
	return (struct names){v, n};
}

static inline void office_accounts(struct office *o)
{
	const int64_t last = OFFICE_NOW - 12000000;
	struct account all[OFFICE_ACCOUNTS] = {
		{.account = words("CONTOSO\\svc-erp"), .use = USE_BASIC,
			.mechanisms = list(o, "NTLM"),
			.devices = list(o, "ip:10.20.4.77"), .sessions = 3,
			.rejected = 12, .first_seen = last, .last_seen = last},
		{.account = words("mfp-sales@contoso.example"),
			.use = USE_BASIC, .mechanisms = list(o, "LOGIN"),
			.devices = list(o, "ip:10.20.4.77"), .sessions = 953,
			.messages = 1904, .accepted = 953,
			.first_seen = last, .last_seen = last},
		{.account = words("room4@contoso.example"), .use = USE_OAUTH,
			.mechanisms = list(o, "XOAUTH2"),
			.devices = list(o, "ip:2001:db8:20::6:90"), .sessions = 39,
			.messages = 77, .accepted = 39, .first_seen = last,
			.last_seen = last - INT64_C(4320000000)},
		{.account = words("scan@contoso.example"), .use = USE_BASIC,
			.mechanisms = list(o, "PLAIN LOGIN"),
			.devices = list(o, "ip:10.20.4.31 ip:10.20.9.12"), .sessions = 4207,
			.messages = 18220, .accepted = 4205, .rejected = 2,
			.in_clear = true, .last_seen = last,
			.first_seen = last - INT64_C(604800000000)},
		{.account = words("old@contoso.example"), .use = USE_OTHER,
			.sessions = 1, .accepted = 1, .first_seen = last,
			.last_seen = last - INT64_C(270000000000)},
	};

	memcpy(o->account, all, sizeof all);
	for (size_t i = 0; i < OFFICE_ACCOUNTS; i++)
		for (size_t h = 7; h < 19; h++)
			o->account[i].hours[h] = (uint32_t)
				(all[i].sessions * (h % 5) / 100);
	o->accounts = (struct account_list){o->account, OFFICE_ACCOUNTS};
	o->all.accounts = &o->accounts;
}

static inline void office_servers(struct office *o)
{
	const struct server v[OFFICE_SERVERS] = {
		{.ip = words("10.20.1.10"), .port = 25,
			.name = words("mail-gw.contoso.example"),
			.name_from = words("banner"),
			.banners = list(o, "Postfix"),
			.offered = list(o, "LOGIN PLAIN"), .starttls = true,
			.sessions = 4211, .messages = 9041, .devices = 4,
			.device_ids = list(o, "ip:10.20.4.19 ip:10.20.4.31 ip:10.20.8.30 ip:10.20.9.12")},
		{.ip = words("52.97.1.34"), .port = 587,
			.name = words("smtp.office365.com"),
			.name_from = words("sni"),
			.service = words("exchange-online-submission"),
			.starttls = true, .sessions = 80, .devices = 2,
			.seen_as = list(o, "203.0.113.9"),
			.device_ids = list(o, "ip:10.20.8.5 ip:10.20.9.40")},
		{.ip = words("52.97.1.35"), .port = 587,
			.name = words("smtp.office365.com"),
			.name_from = words("sni"),
			.service = words("exchange-online-submission"),
			.starttls = true, .sessions = 131, .devices = 1,
			.device_ids = list(o, "ip:10.20.8.5")},
		{.ip = words("2001:db8::25"), .port = 25, .sessions = 1},
		{.ip = words("192.0.2.7"), .port = 465, .sessions = 39,
			.name = words("relay.example.com"),
			.name_from = words("certificate")},
	};

	memcpy(o->server, v, sizeof v);
	for (size_t i = 0; i < OFFICE_SERVERS; i++) {
		o->server[i].first_seen = OFFICE_NOW - INT64_C(604800000000);
		o->server[i].last_seen = OFFICE_NOW - (int64_t)i * 700000000;
	}
	o->server[0].by_use[USE_BASIC] = 4207;
	o->server[0].by_use[USE_NONE] = 4;
	o->server[1].by_use[USE_REQUIRED] = 80;
	o->server[2].by_use[USE_REQUIRED] = 131;
	o->server[4].by_use[USE_UNKNOWN] = 39;
	o->servers = (struct server_list){o->server, OFFICE_SERVERS};
	o->groups = server_groups_from(&o->servers);
	assert_non_null(o->groups);
	o->all.servers = o->groups;
}

static inline void office_events(struct office *o)
{
	const int64_t s = 1000000;
	struct event v[OFFICE_EVENTS] = {
		{.id = words("a"), .at = OFFICE_NOW - 12 * s,
			.kind = EVENT_AUTH, .level = EVENT_INFO,
			.device = words("ip:10.20.4.31"),
			.who = words("PRN-2F-EAST"),
			.session = "18ab000000000000aaaaaaaaaaaaaaaa",
			.text = words("LOGIN scan@contoso.example 235 2.7.0 "
				"CLEAR -> mail-gw.contoso.example:25")},
		{.id = words("b"), .at = OFFICE_NOW - 40 * s,
			.kind = EVENT_MAIL, .level = EVENT_ALL,
			.device = words("ip:10.20.8.30"),
			.who = words("zabbix"),
			.text = words("without AUTH, 1 message -> mail-gw")},
		{.id = words("c"), .at = OFFICE_NOW - 71 * s,
			.kind = EVENT_NEW, .level = EVENT_INFO,
			.device = words("ip:10.20.7.18"),
			.who = words("10.20.7.18"),
			.text = words("first mail session; now TLS?, Brother")},
		{.id = words("d"), .at = OFFICE_NOW - 88 * s,
			.kind = EVENT_HIDDEN, .level = EVENT_INFO,
			.device = words("ip:10.20.9.40"), .who = words("nas01"),
			.text = words("AUTH hidden by STARTTLS -> "
				"smtp.office365.com:587")},
		{.id = words("e"), .at = OFFICE_NOW - 300 * s,
			.kind = EVENT_REFUSED, .level = EVENT_WARN,
			.device = words("ip:10.20.4.31"),
			.who = words("PRN-2F-EAST"),
			.session = "18ab000000000000aaaaaaaaaaaaaaac",
			.text = words("LOGIN scan@contoso.example 535 5.7.139 "
				"(tenant switch) CLEAR -> mail-gw")},
		{.id = words("f"), .at = OFFICE_NOW - 301 * s,
			.kind = EVENT_NAME, .level = EVENT_INFO,
			.device = words("ip:10.20.4.31"),
			.who = words("PRN-2F-EAST"),
			.text = words("ptr says prn-2f-east.contoso.example")},
		{.id = words("g"), .at = OFFICE_NOW - 9000 * s,
			.kind = EVENT_GAP, .level = EVENT_WARN,
			.device = words("ip:10.20.8.5"),
			.who = words("erp-app02"),
			.text = words("2.8 KiB of the session not captured")},
		{.id = words("h"), .at = OFFICE_NOW - 99000 * s,
			.kind = EVENT_LOSS, .level = EVENT_WARN,
			.who = words("capture"),
			.text = words("61,120 packets dropped in this hour")},
		{.id = words("i"), .at = OFFICE_NOW - 180000 * s,
			.kind = EVENT_SOURCE, .level = EVENT_INFO,
			.who = words("eth1"),
			.text = words("capture begins")},
	};

	memcpy(o->event, v, sizeof v);
	o->events = (struct event_list){.v = o->event, .n = OFFICE_EVENTS};
	o->all.events = &o->events;
}

/* A week, with a gap on its fifth day and loss on its sixth. */
static inline void office_hours(struct office *o)
{
	const int64_t hour = 3600 * INT64_C(1000000);
	int64_t first = OFFICE_NOW / hour - OFFICE_WEEK + 1;

	for (size_t i = 0; i < OFFICE_WEEK; i++) {
		struct timeline_hour *t = &o->hours[i];
		struct health_hour *h = &o->heard[i];
		bool gap = i >= 100 && i < 109;

		t->at = h->at = (first + (int64_t)i) * hour;
		if (gap)
			continue;
		t->by_use[USE_BASIC] = (uint32_t)(i % 24 > 6 ? i % 12 * 40 : 1);
		t->by_use[USE_NONE] = 13;
		t->by_use[USE_REQUIRED] = (uint32_t)(i % 5);
		t->by_use[USE_UNKNOWN] = (uint32_t)(i % 7 * 9);
		h->packets = 3600000 + i * 1000;
		h->bytes = h->packets * 700;
		h->dropped = i == 130 ? 61120 : 0;
	}
	o->timeline = (struct timeline){o->hours, OFFICE_WEEK};
	o->stranger = (struct health_stranger){
		words("ethertype 0x88f7 (PTP)"), 8120};
	o->health = (struct health){.total = {.packets = 611204118,
		.bytes = INT64_C(283000000000), .dropped = 61120,
		.not_understood = 8120, .malformed = 3, .gaps = 12,
		.gap_bytes = 2868, .duplicates = 4100000,
		.out_of_order = 3310, .sessions = 48113, .one_sided = 433,
		.lossy = 12}, .v = o->heard, .n = OFFICE_WEEK,
		.strangers = &o->stranger, .strangers_n = 1};
	o->all.timeline = &o->timeline;
	o->all.health = &o->health;
}

/* One session that says everything, and one guess. */
static inline void office_talk(struct office *o)
{
	static struct auth_row auth[2];
	static struct refusal_row refusal;
	struct session_row r = {.first_seen = OFFICE_NOW - 12598000,
		.last_seen = OFFICE_NOW - 12000000,
		.client_ip = words("10.20.4.31"), .client_port = 40312,
		.server_ip = words("10.20.1.10"), .server_port = 25,
		.server_name = words("mail-gw.contoso.example"),
		.server_name_from = words("banner"),
		.banner = words("mail-gw.contoso.example ESMTP Postfix"),
		.helo = words("PRN-2F-EAST"), .offered = list(o, "LOGIN PLAIN"),
		.tls_mode = "none", .tls_offered = true, .auth = auth,
		.auth_n = 2, .auth_total = 2, .from = list(o, "scan@contoso.example"),
		.domains = list(o, "contoso.example example.com"), .recipients = 3,
		.mails = 1, .messages = 1, .accepted = 1, .bytes = 188211,
		.agent = words("Brother MFC"), .refusals = &refusal,
		.refusals_n = 1, .end = "closed", .sides = "both",
		.flags = RECORD_QUIT, .use = USE_BASIC, .hops = 1,
		.client_bytes = 191022, .server_bytes = 911,
		.source = words("eth1"), .vlans = list(o, "204"),
		.device = words("ip:10.20.4.31")};

	refusal = (struct refusal_row){.verb = 7, .code = 550,
		.enhanced = words("5.7.1")};
	auth[0] = (struct auth_row){.at = OFFICE_NOW - 12300000,
		.mechanism = words("LOGIN"),
		.account = words("scan@contoso.example"),
		.outcome = "accepted", .code = 235, .enhanced = words("2.7.0"),
		.evidence = EVIDENCE_SEEN, .confidence = 100,
		.in_clear = true};
	auth[1] = (struct auth_row){.at = OFFICE_NOW - 12200000,
		.mechanism = words("PLAIN"), .outcome = "rejected",
		.evidence = EVIDENCE_INFERRED, .confidence = 87,
		.account_min = 16, .account_max = 18,
		.reason = RECORD_TENANT_SWITCH};
	strcpy(o->talk.session, "18ab000000000000aaaaaaaaaaaaaaaa");
	talk_from(&o->talk, &r);
	o->all.talk = &o->talk;
}

/* Everything that views beside the devices show. */
static inline void office_more(struct office *o)
{
	office_sessions(o);
	office_accounts(o);
	office_servers(o);
	office_events(o);
	office_hours(o);
	office_talk(o);
}

static inline void office_close(struct office *o)
{
	struct server_groups *g = o->groups;

	/* The list is not its own here. */
	for (size_t i = 0; g && i < g->n; i++) {
		free(g->v[i].id);
		free(g->v[i].v);
		free(g->v[i].devices.v);
		free(g->v[i].offered.v);
	}
	if (g)
		free(g->v);
	free(g);
	o->groups = NULL;
}

static inline void model_begin(struct dash_model *m, struct office *o,
	int rows, int cols, bool utf8)
{
	model_init(m);
	m->version = "0.1";
	m->db = "census.db";
	m->utf8 = utf8;
	model_resize(m, rows, cols);
	model_tick(m, OFFICE_NOW);
	model_show(m, &o->all);
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
		{"<Tab>", KEYS_TAB}, {"<BackTab>", KEYS_BACKTAB}, {"<Back>", KEYS_BACKSPACE},
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

/* The screen as text; free it. */
static inline char *screen_text(const struct dash_model *m)
{
	struct grid g;
	char *text;

	grid_init(&g, m->rows, m->cols, m->utf8);
	view_draw(m, &g);
	text = grid_as_text(&g);
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
