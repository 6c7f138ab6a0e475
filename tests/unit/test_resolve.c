/* test_resolve.c: whose an end is, and what a device is made of. Whatever the
 * writer has concluded bit by bit, resolve_all() concludes from the facts. */
#include "inventory/identify.h"
#include "inventory/query.h"
#include "inventory/resolve.h"
#include "tests/unit/dump.h"
#include "tests/unit/sample.h"

enum { MOST = 128 };

/* An inventory that is being filled. */
struct scene {
	char path[SAMPLE_PATH];
	struct db *db;
	struct record *v[MOST];
	size_t n;
	struct query *query;
	struct device_list *devices;
};

static void scene_open(struct scene *s)
{
	memset(s, 0, sizeof *s);
	sample_path(s->path);
	s->db = sample_db(s->path);
}

/* For documentation (RFC 9542, 2.1.3): no maker's, so no rule knows it. */
static struct mac card(uint8_t n)
{
	return (struct mac){{0, 0, 0x5e, 0, 0x53, n}};
}

static struct record_session *add(struct scene *s, const char *client,
	uint8_t mac, uint8_t ttl)
{
	struct record *r = sample_session((int64_t)s->n * 60, s->n, client,
		"192.0.2.25", 25);

	check(s->n < MOST);
	s->v[s->n++] = r;
	r->session.client.mac = card(mac);
	r->session.client.ttl = ttl;
	return &r->session;
}

static struct record *last(struct scene *s)
{
	return s->v[s->n - 1];
}

static void add_binding(struct scene *s, const char *ip, uint8_t mac,
	enum record_how how)
{
	struct record *r = calloc(1, sizeof *r);

	check(r && s->n < MOST);
	r->kind = RECORD_BINDING;
	r->binding.at = sample_start + (int64_t)s->n * sample_second;
	r->binding.addr = sample_addr(ip);
	r->binding.mac = card(mac);
	r->binding.how = (uint8_t)how;
	s->v[s->n++] = r;
}

static void add_identity(struct scene *s, uint8_t mac,
	enum record_name kind, const char *value)
{
	struct record *r = calloc(1, sizeof *r);

	check(r && s->n < MOST);
	r->kind = RECORD_IDENTITY;
	r->identity.at = sample_start + (int64_t)s->n * sample_second;
	r->identity.mac = card(mac);
	r->identity.kind = (uint8_t)kind;
	strcpy(r->identity.value, value);
	s->v[s->n++] = r;
}

/* Writes what has been added, commits after each record, and looks. What was
 * concluded must not depend on the commits: a new inventory in one go, from
 * the last record to the first, and resolve_all() must agree. */
static void scene_write(struct scene *s)
{
	struct record *back[MOST];
	char other[SAMPLE_PATH], *now, *again, *reversed;
	struct err e = {0};
	struct db *db;

	sample_write(s->db, s->v, s->n, 1);
	now = dump(s->path, true, true);
	if (!resolve_all(s->db, &e))
		fail_msg("%s", e.text);
	again = dump(s->path, true, true);
	dump_equal(now, again);
	for (size_t i = 0; i < s->n; i++)
		back[i] = s->v[s->n - 1 - i];
	sample_path(other);
	db = sample_db(other);
	sample_write(db, back, s->n, MOST);
	db_close(db);
	reversed = dump(other, true, true);
	dump_equal(now, reversed);
	sample_remove(other);
	free(now);
	free(again);
	free(reversed);

	device_list_free(s->devices);
	query_close(s->query);
	s->devices = NULL;
	s->query = NULL;
	if (!query_open(&s->query, s->path, &e) ||
		!query_devices(s->query, &s->devices, &e))
		fail_msg("%s", e.text);
}

static const struct device *device(const struct scene *s, const char *id)
{
	const struct device *d = device_find(s->devices, id);

	if (!d) {
		for (size_t i = 0; i < s->devices->n; i++)
			print_message("%s\n", s->devices->v[i].id);
		fail_msg("no device %s", id);
	}
	return d;
}

static void scene_close(struct scene *s)
{
	device_list_free(s->devices);
	query_close(s->query);
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	db_close(s->db);
	sample_remove(s->path);
}

static void a_near_device_is_its_card(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	add(&s, "10.20.4.31", 1, 64);
	add(&s, "10.20.4.32", 1, 128); /* the lease changed */
	add(&s, "2001:db8::31", 1, 255);
	add(&s, "10.20.4.33", 2, 63);
	add(&s, "10.20.4.34", 3, 0);
	add(&s, "10.20.4.35", 4, 64)->client.has_mac = false;
	add(&s, "127.0.0.1", 0, 64)->client.mac = (struct mac){{0}};
	add(&s, "10.20.4.36", 5, 64)->client.mac.b[0] = 1;
	add(&s, "10.20.4.37", 6, 64)->client.mac.b[0] = 2;
	scene_write(&s);
	check(s.devices->n == 7);
	check(device(&s, "mac:00:00:5e:00:53:01")->addresses.n == 3);
	check(device(&s, "mac:00:00:5e:00:53:01")->macs.n == 1);
	check(device(&s, "ip:10.20.4.33")->macs.n == 0);
	device(&s, "ip:10.20.4.34");
	device(&s, "ip:10.20.4.35");
	device(&s, "ip:127.0.0.1");
	device(&s, "ip:10.20.4.36");
	device(&s, "ip:10.20.4.37");
	scene_close(&s);
}

static void a_fourth_sender_makes_a_router(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	for (int i = 1; i <= 3; i++) {
		char ip[ADDR_TEXT];

		snprintf(ip, sizeof ip, "10.20.4.%d", i);
		add(&s, ip, 1, 64);
	}
	scene_write(&s);
	check(s.devices->n == 1);
	device(&s, "mac:00:00:5e:00:53:01");
	add(&s, "10.20.4.4", 1, 64);
	scene_write(&s);
	check(s.devices->n == 4);
	check(device(&s, "ip:10.20.4.1")->macs.n == 0);
	device(&s, "ip:10.20.4.4");
	scene_close(&s);
}

static void a_lease_outranks_the_frame(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	add(&s, "10.20.4.31", 1, 61);
	scene_write(&s);
	device(&s, "ip:10.20.4.31");
	add_binding(&s, "10.20.4.31", 7, RECORD_BY_DHCP);
	scene_write(&s);
	check(s.devices->n == 1);
	check(device(&s, "mac:00:00:5e:00:53:07")->macs.n == 0);
	/* The last lease wins, whenever it is told. */
	add_binding(&s, "10.20.4.31", 8, RECORD_BY_DHCP);
	add_binding(&s, "10.20.4.31", 9, RECORD_BY_ARP);
	scene_write(&s);
	check(s.devices->n == 1);
	device(&s, "mac:00:00:5e:00:53:08");
	scene_close(&s);
}

static void four_leases_make_no_router(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	for (int i = 1; i <= 5; i++) {
		char ip[ADDR_TEXT];

		snprintf(ip, sizeof ip, "10.20.4.%d", i);
		add(&s, ip, 1, 64);
	}
	scene_write(&s);
	check(s.devices->n == 5);
	add_binding(&s, "10.20.4.2", 1, RECORD_BY_DHCP);
	add_binding(&s, "10.20.4.3", 1, RECORD_BY_DHCP);
	scene_write(&s);
	check(s.devices->n == 1);
	scene_close(&s);
}

static void a_random_card_counts_once_it_is_bound(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	add(&s, "10.20.4.37", 6, 64)->client.mac.b[0] = 2;
	scene_write(&s);
	device(&s, "ip:10.20.4.37");
	add_binding(&s, "10.20.4.37", 6, RECORD_BY_ARP);
	last(&s)->binding.mac.b[0] = 2;
	scene_write(&s);
	check(s.devices->n == 1);
	device(&s, "mac:02:00:5e:00:53:06");
	scene_close(&s);
}

static void both_sides_of_a_router_are_one_device(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	add(&s, "10.20.4.31", 9, 63);
	scene_write(&s);
	device(&s, "ip:10.20.4.31");
	add(&s, "10.20.4.31", 1, 64);
	scene_write(&s);
	check(s.devices->n == 1);
	check(device(&s, "mac:00:00:5e:00:53:01")->sessions == 2);
	/* A second card with that address: nobody knows whose the far one
	 * is. */
	add(&s, "10.20.4.31", 2, 64);
	scene_write(&s);
	check(s.devices->n == 3);
	check(device(&s, "mac:00:00:5e:00:53:01")->sessions == 1);
	check(device(&s, "mac:00:00:5e:00:53:02")->sessions == 1);
	check(device_find(s.devices, "ip:10.20.4.31") != NULL);
	scene_close(&s);
}

static void add_named(struct scene *s, const char *client, uint8_t mac,
	uint8_t ttl, const char *name)
{
	struct record_session *x = add(s, client, mac, ttl);

	x->helo = sample_text(x, name);
}

static void a_name_tells_the_card_behind_a_router(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	add_named(&s, "10.30.4.31", 9, 62, "BRN008077112233");
	add_named(&s, "10.30.4.31", 9, 62, "[10.30.4.31]");
	add_named(&s, "2001:db8::31", 9, 62, "brn008077112233.contoso.example");
	add_named(&s, "10.30.4.32", 9, 62, "00:26:73:a5:a8:f3");
	add_named(&s, "10.30.4.33", 9, 62, "002673a5a8f4"); /* a container */
	add_named(&s, "10.30.4.34", 9, 62, "RNP01002673A5A8"); /* a group */
	scene_write(&s);
	check(s.devices->n == 4);
	check(device(&s, "mac:00:80:77:11:22:33")->sessions == 3);
	check(device(&s, "mac:00:80:77:11:22:33")->addresses.n == 2);
	check(device(&s, "mac:00:80:77:11:22:33")->macs.n == 0);
	device(&s, "mac:00:26:73:a5:a8:f3");
	device(&s, "ip:10.30.4.33");
	device(&s, "ip:10.30.4.34");
	scene_close(&s);
}

static void a_second_name_is_another_device(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	add_named(&s, "10.30.4.31", 9, 62, "BRN008077112233");
	scene_write(&s);
	device(&s, "mac:00:80:77:11:22:33");
	add_named(&s, "10.30.4.31", 9, 62, "BRN008077112234");
	add(&s, "10.30.4.31", 9, 62);
	scene_write(&s);
	check(s.devices->n == 3);
	check(device(&s, "mac:00:80:77:11:22:33")->sessions == 1);
	check(device(&s, "mac:00:80:77:11:22:34")->sessions == 1);
	check(device(&s, "ip:10.30.4.31")->sessions == 1);
	/* Nor does the one name of a relay speak for the others. */
	add_named(&s, "10.30.4.32", 9, 62, "BRN008077112235");
	add_named(&s, "10.30.4.32", 9, 61, "erp.contoso.example");
	scene_write(&s);
	check(device(&s, "ip:10.30.4.32")->sessions == 2);
	scene_close(&s);
}

static void a_name_tells_which_lease_it_was(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	for (uint8_t i = 1; i <= 2; i++) {
		char name[TEXT_MAX];

		add_binding(&s, "10.30.4.31", i, RECORD_BY_DHCP);
		snprintf(name, sizeof name, "BRN00005E0053%02X", i);
		add_named(&s, "10.30.4.31", 9, 62, name);
		add_named(&s, "10.20.4.31", i, 64, name);
		add_named(&s, "10.20.4.31", 9, 63, name);
	}
	add(&s, "10.30.4.31", 9, 62);
	/* Seen from one side only, it had the address before. */
	add_named(&s, "10.20.4.40", 3, 64, "BRN00005E005303");
	add_named(&s, "10.20.4.40", 9, 63, "BRN00005E005304");
	scene_write(&s);
	check(s.devices->n == 4);
	device(&s, "mac:00:00:5e:00:53:03");
	device(&s, "mac:00:00:5e:00:53:04");
	check(device(&s, "mac:00:00:5e:00:53:01")->sessions == 3);
	check(device(&s, "mac:00:00:5e:00:53:02")->sessions == 4);
	scene_close(&s);
}

static void a_mac_ends_a_name(void **state)
{
	static const struct {
		const char *name, *mac;
	} cases[] = {
		{"RNP002673A5A8F3", "00:26:73:a5:a8:f3"},
		{"SEC002673a5a8f3.contoso.example", "00:26:73:a5:a8:f3"},
		{"x00-26-73-A5-A8-F3", "00:26:73:a5:a8:f3"},
		{"00:26:73:a5:a8:f3", "00:26:73:a5:a8:f3"},
		{"0-26-73-a5-a8-f3", ""}, {"26-73-a5-a8-f3", ""},
		{"002673a5a8f3", ""}, {"x02673a5a8f3", ""},
		{"x00-26-73-a5:a8-f3", ""}, {"", ""}, {".", ""}, {"f3", ""},
		{"-f3", ""}, {"[10.30.4.31]", ""}, {NULL, ""},
	};
	char mac[MAC_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(identify_called(cases[i].name, mac),
			cases[i].mac);
}

static void a_near_card_outranks_its_name(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	/* Called after its wired card, it sends by the other one. */
	add_named(&s, "10.20.4.31", 1, 64, "BRN008077112233");
	add_named(&s, "10.20.4.31", 9, 63, "BRN008077112233");
	scene_write(&s);
	check(s.devices->n == 1);
	check(device(&s, "mac:00:00:5e:00:53:01")->sessions == 2);
	add_binding(&s, "10.30.4.31", 2, RECORD_BY_DHCP);
	add_named(&s, "10.30.4.31", 9, 62, "BRN008077112234");
	scene_write(&s);
	device(&s, "mac:00:00:5e:00:53:02");
	scene_close(&s);
}

static void a_mac_that_routers_share_is_no_devices(void **state)
{
	static const struct mac shared[] = {
		{{0x00, 0x00, 0x5e, 0x00, 0x01, 0x0a}},
		{{0x00, 0x00, 0x5e, 0x00, 0x02, 0x0a}},
		{{0x00, 0x00, 0x0c, 0x07, 0xac, 0x01}},
		{{0x00, 0x00, 0x0c, 0x9f, 0xf1, 0x23}},
		{{0x00, 0x05, 0x73, 0xa0, 0x01, 0x23}},
		{{0x00, 0x07, 0xb4, 0x00, 0x01, 0x01}},
	};
	static const struct mac own[] = {
		{{0x00, 0x00, 0x5e, 0x00, 0x03, 0x0a}},
		{{0x00, 0x00, 0x0c, 0x9f, 0xe1, 0x23}},
		{{0x00, 0x05, 0x73, 0xa0, 0x11, 0x23}},
	};
	char ip[ADDR_TEXT], id[5 + MAC_TEXT] = "mac:";
	struct scene s;

	(void)state;
	scene_open(&s);
	for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++) {
		snprintf(ip, sizeof ip, "10.20.5.%zu", i + 1);
		add(&s, ip, 1, 64)->client.mac = shared[i];
		add_binding(&s, ip, 1, RECORD_BY_ARP);
		last(&s)->binding.mac = shared[i];
	}
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
		snprintf(ip, sizeof ip, "10.20.6.%zu", i + 1);
		add(&s, ip, 1, 64)->client.mac = own[i];
	}
	scene_write(&s);
	check(s.devices->n == 9);
	for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++) {
		snprintf(ip, sizeof ip, "ip:10.20.5.%zu", i + 1);
		check(device(&s, ip)->macs.n == 0);
	}
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
		mac_format(&own[i], id + 4);
		device(&s, id);
	}
	scene_close(&s);
}

static void mail_without_auth_hides_no_auth_elsewhere(void **state)
{
	struct record_session *x;
	const struct device *d;
	struct scene s;

	(void)state;
	scene_open(&s);
	x = add(&s, "10.20.4.31", 1, 64);
	x->helo = sample_text(x, "nas01");
	sample_mail(last(&s), "nas@contoso.example", "contoso.example");
	scene_write(&s);
	d = device(&s, "nas01");
	check(d->use == USE_NONE && d->evidence == EVIDENCE_SEEN);
	check(d->some_clear && !d->in_clear && !d->tls_unused);
	x = add(&s, "10.20.4.31", 1, 64);
	x->server.addr = sample_addr("52.97.1.34");
	x->server.port = 587;
	x->tls = RECORD_TLS_STARTTLS;
	x->tls_version = 0x0302;
	x->sni = sample_text(x, "smtp.office365.com");
	x->client_bytes = 4000;
	scene_write(&s);
	d = device(&s, "nas01");
	check(d->use == USE_REQUIRED && d->evidence == EVIDENCE_IMPLIED);
	check(d->tls_lowest == 0x0302 && d->servers.n == 2);
	assert_string_equal(d->servers.v[0], "192.0.2.25:25");
	assert_string_equal(d->servers.v[1], "smtp.office365.com:587");
	check(s.devices->by_use[USE_REQUIRED] == 1);
	scene_close(&s);
}

static void a_guess_never_overrules_a_sighting(void **state)
{
	const struct device *d;
	struct record_auth *a;
	struct scene s;

	(void)state;
	scene_open(&s);
	add(&s, "10.20.4.31", 1, 64);
	sample_auth(last(&s), "XOAUTH2", RECORD_OAUTH, "a@contoso.example",
		RECORD_ACCEPTED);
	add(&s, "10.20.4.31", 1, 64);
	a = sample_auth(last(&s), "LOGIN", RECORD_BASIC, NULL,
		RECORD_ACCEPTED);
	a->evidence = RECORD_INFERRED;
	a->confidence = 98;
	scene_write(&s);
	d = device(&s, "10.20.4.31");
	check(d->use == USE_OAUTH && d->evidence == EVIDENCE_SEEN);
	/* Basic, seen once, is what has to be changed. */
	add(&s, "10.20.4.31", 1, 64);
	a = sample_auth(last(&s), "LOGIN", RECORD_BASIC, "b@contoso.example",
		RECORD_REJECTED);
	a->enhanced[0] = 5;
	a->enhanced[1] = 7;
	a->enhanced[2] = 139;
	scene_write(&s);
	d = device(&s, "10.20.4.31");
	check(d->use == USE_BASIC && d->in_clear && d->accounts.n == 2);
	check(d->auth_accepted == 2 && d->auth_rejected == 1);
	assert_string_equal(d->codes.v[0], "535 5.7.139");
	scene_close(&s);
}

static void a_relay_is_an_mta(void **state)
{
	struct record_session *x;
	struct scene s;

	(void)state;
	scene_open(&s);
	add(&s, "10.20.4.31", 1, 64);
	sample_mail(last(&s), "a@contoso.example", "example.com");
	scene_write(&s);
	check(device(&s, "10.20.4.31")->role == ROLE_DEVICE);
	/* It takes mail from another ... */
	x = add(&s, "10.20.4.77", 2, 64);
	x->server.addr = sample_addr("10.20.4.31");
	sample_mail(last(&s), "b@contoso.example", "example.com");
	scene_write(&s);
	check(device(&s, "10.20.4.31")->role == ROLE_MTA);
	check(device(&s, "10.20.4.77")->role == ROLE_DEVICE);
	check(s.devices->mtas == 1 && s.devices->by_use[USE_NONE] == 1);
	/* ... which its own mail to itself does not do ... */
	x = add(&s, "10.20.4.77", 2, 64);
	x->server.addr = x->client.addr;
	sample_mail(last(&s), "b@contoso.example", "example.com");
	for (int i = 0; i < 8; i++) {
		char from[40];

		snprintf(from, sizeof from, "a@d%d.example", i);
		add(&s, "10.20.4.77", 2, 64);
		sample_mail(last(&s), from, "example.com");
		sample_mail(last(&s), "a@D1.EXAMPLE", "example.com");
		sample_mail(last(&s), "", "example.com");
	}
	scene_write(&s);
	check(device(&s, "10.20.4.77")->role == ROLE_DEVICE);
	/* ... or it sends for ten domains. */
	add(&s, "10.20.4.77", 2, 64);
	sample_mail(last(&s), "a@d8.example", "example.com");
	scene_write(&s);
	check(device(&s, "10.20.4.77")->role == ROLE_MTA);
	scene_close(&s);
}

static void the_most_used_comes_first(void **state)
{
	static const char *const from[] = {"z@contoso.example",
		"b@contoso.example", "z@contoso.example", "a@contoso.example",
		"z@contoso.example"};
	const struct device *d;
	struct scene s;

	(void)state;
	scene_open(&s);
	for (int i = 0; i < 5; i++) {
		add(&s, "10.20.4.31", 1, 64);
		sample_mail(last(&s), from[i], "example.com");
	}
	scene_write(&s);
	d = device(&s, "10.20.4.31");
	check(d->from.n == 3);
	assert_string_equal(d->from.v[0], "z@contoso.example");
	assert_string_equal(d->from.v[1], "a@contoso.example");
	assert_string_equal(d->from.v[2], "b@contoso.example");
	scene_close(&s);
}

static void names_have_their_order(void **state)
{
	struct record_session *x;
	struct record_auth *a;
	const struct device *d;
	struct scene s;

	(void)state;
	scene_open(&s);
	x = add(&s, "10.20.4.31", 1, 64);
	x->helo = sample_text(x, "[127.0.0.1]");
	scene_write(&s);
	check(!device(&s, "10.20.4.31")->name);
	add(&s, "10.20.4.31", 1, 64);
	a = sample_auth(last(&s), "NTLM", RECORD_BASIC, "svc", RECORD_UNKNOWN);
	a->workstation = sample_text(&last(&s)->session, "ERP-APP02");
	scene_write(&s);
	d = device(&s, "10.20.4.31");
	assert_string_equal(d->name, "ERP-APP02");
	assert_string_equal(d->name_from, "ntlm");
	x = add(&s, "10.20.4.31", 1, 64);
	x->helo = sample_text(x, "erp-app02.contoso.example");
	scene_write(&s);
	d = device(&s, "10.20.4.31");
	assert_string_equal(d->name, "erp-app02.contoso.example");
	assert_string_equal(d->name_from, "ehlo");
	add_identity(&s, 1, RECORD_DHCP_HOST, "erp");
	add_identity(&s, 1, RECORD_DHCP_FQDN, "erp.contoso.example");
	scene_write(&s);
	d = device(&s, "10.20.4.31");
	assert_string_equal(d->name, "erp");
	assert_string_equal(d->name_from, "dhcp");
	scene_close(&s);
}

static void a_printer_that_sent_nothing_is_quiet(void **state)
{
	const struct device *d;
	struct scene s;

	(void)state;
	scene_open(&s);
	add_identity(&s, 1, RECORD_DHCP_HOST, "RNP002673A5A801");
	add_binding(&s, "10.20.4.31", 1, RECORD_BY_DHCP);
	add_identity(&s, 2, RECORD_DHCP_HOST, "LAPTOP-77");
	add_identity(&s, 3, RECORD_DHCP_HOST, "x");
	add_identity(&s, 3, RECORD_DHCP_CLASS, "Hewlett-Packard LaserJet");
	scene_write(&s);
	check(s.devices->n == 2);
	d = device(&s, "RNP002673A5A801");
	check(d->standing == STANDING_QUIET && d->sessions == 0);
	assert_string_equal(d->addresses.v[0], "10.20.4.31");
	check(s.devices->by_use[USE_UNKNOWN] == 0);
	add_binding(&s, "10.20.4.31", 1, RECORD_BY_DHCP);
	scene_write(&s);
	check(device(&s, "RNP002673A5A801")->last_seen ==
		last(&s)->binding.at / 1000);
	add(&s, "10.20.4.31", 1, 64);
	sample_mail(last(&s), "a@contoso.example", "contoso.example");
	scene_write(&s);
	check(device(&s, "10.20.4.31")->standing == STANDING_ACTIVE);
	scene_close(&s);
}

static void three_refusals_in_a_row_are_failing(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	for (int i = 0; i < 5; i++) {
		add(&s, "10.20.4.31", 1, 64);
		sample_auth(last(&s), "LOGIN", RECORD_BASIC,
			"a@contoso.example",
			i == 1 ? RECORD_ACCEPTED : RECORD_REJECTED);
		if (i == 3) {
			scene_write(&s);
			check(device(&s, "10.20.4.31")->standing ==
				STANDING_ACTIVE);
		}
	}
	/* One that is still open says nothing yet. */
	add(&s, "10.20.4.31", 1, 64)->ending = RECORD_OPEN;
	sample_auth(last(&s), "LOGIN", RECORD_BASIC, "a@contoso.example",
		RECORD_ACCEPTED);
	scene_write(&s);
	check(device(&s, "10.20.4.31")->standing == STANDING_FAILING);
	scene_close(&s);
}

static void three_mails_without_auth_since_are_stopped(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	for (int i = 0; i < 6; i++) {
		add(&s, "10.20.4.31", 1, 64);
		if (i == 1)
			sample_auth(last(&s), "LOGIN", RECORD_BASIC,
				"a@contoso.example", RECORD_ACCEPTED);
		if (i != 2)
			sample_mail(last(&s), "a@contoso.example",
				"contoso.example");
		if (i == 4) {
			scene_write(&s);
			check(device(&s, "10.20.4.31")->standing ==
				STANDING_ACTIVE);
		}
	}
	scene_write(&s);
	check(device(&s, "10.20.4.31")->standing == STANDING_STOPPED);
	scene_close(&s);
}

static void long_silence_is_measured_by_habit(void **state)
{
	const int64_t day = 86400;
	struct scene s;

	(void)state;
	scene_open(&s);
	for (int i = 0; i < 12; i++) {
		struct record *r = sample_session(i * 7 * day, s.n,
			"10.20.4.31", "192.0.2.25", 25);

		/* Daily for four days, and weekly. */
		s.v[s.n++] = r;
		if (i < 4) {
			r = sample_session(i * day, s.n, "10.20.4.32",
				"192.0.2.25", 25);
			r->session.client.mac.b[5] = 9;
			s.v[s.n++] = r;
		}
	}
	scene_write(&s);
	check(device(&s, "10.20.4.31")->standing == STANDING_ACTIVE);
	check(device(&s, "10.20.4.32")->standing == STANDING_STOPPED);
	check(s.devices->new_day == 0);
	scene_close(&s);
}

static void a_thousand_senders_are_bounded(void **state)
{
	const struct device *d;
	struct scene s;
	int64_t n;

	(void)state;
	scene_open(&s);
	for (int i = 0; i < 100; i++) {
		char from[40];

		snprintf(from, sizeof from, "bounce-%d@contoso.example", i);
		add(&s, "10.20.4.31", 1, 64);
		sample_mail(last(&s), from, "example.com");
	}
	/* Which are kept goes by the order of arrival, here the same. */
	sample_write(s.db, s.v, s.n, 1);
	check(query_open(&s.query, s.path, NULL));
	check(query_devices(s.query, &s.devices, NULL));
	d = device(&s, "10.20.4.31");
	check(d->from.n == 32 && d->messages == 100);
	check(sql_number(db_handle(s.db), "SELECT count(*) FROM end_tally "
		"WHERE kind = 3", 0, &n, NULL) && n == 64);
	check(resolve_all(s.db, NULL));
	check(sql_number(db_handle(s.db), "SELECT count(*) FROM end_tally "
		"WHERE kind = 3", 0, &n, NULL) && n == 64);
	scene_close(&s);
}

/* Forged packets have any port, a server's too. */
static void a_server_on_port_0_is_no_device(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	add(&s, "10.20.4.31", 1, 64);
	last(&s)->session.server.port = 0;
	scene_write(&s);
	check(s.devices->n == 1);
	scene_close(&s);
}

/* A writer that dies between two commits leaves a note that devices wait. */
static void what_a_dead_writer_left_is_made_up_for(void **state)
{
	struct writer *w = NULL;
	char *whole, *again;
	struct scene s;

	(void)state;
	scene_open(&s);
	add(&s, "10.20.4.31", 1, 64);
	add(&s, "10.20.4.32", 2, 64);
	scene_write(&s);
	whole = dump(s.path, true, true);
	check(sql_exec(db_handle(s.db), "DELETE FROM devices;"
		"UPDATE meta SET value = 2 WHERE key = 'stale'", NULL));
	check(writer_open(&w, s.db, NULL) && writer_close(w, NULL));
	again = dump(s.path, true, true);
	dump_equal(whole, again);
	free(whole);
	free(again);
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_near_device_is_its_card),
		cmocka_unit_test(a_fourth_sender_makes_a_router),
		cmocka_unit_test(a_lease_outranks_the_frame),
		cmocka_unit_test(four_leases_make_no_router),
		cmocka_unit_test(a_random_card_counts_once_it_is_bound),
		cmocka_unit_test(both_sides_of_a_router_are_one_device),
		cmocka_unit_test(a_name_tells_the_card_behind_a_router),
		cmocka_unit_test(a_second_name_is_another_device),
		cmocka_unit_test(a_name_tells_which_lease_it_was),
		cmocka_unit_test(a_mac_ends_a_name),
		cmocka_unit_test(a_near_card_outranks_its_name),
		cmocka_unit_test(a_mac_that_routers_share_is_no_devices),
		cmocka_unit_test(mail_without_auth_hides_no_auth_elsewhere),
		cmocka_unit_test(a_guess_never_overrules_a_sighting),
		cmocka_unit_test(a_relay_is_an_mta),
		cmocka_unit_test(the_most_used_comes_first),
		cmocka_unit_test(names_have_their_order),
		cmocka_unit_test(a_printer_that_sent_nothing_is_quiet),
		cmocka_unit_test(three_refusals_in_a_row_are_failing),
		cmocka_unit_test(three_mails_without_auth_since_are_stopped),
		cmocka_unit_test(long_silence_is_measured_by_habit),
		cmocka_unit_test(a_thousand_senders_are_bounded),
		cmocka_unit_test(a_server_on_port_0_is_no_device),
		cmocka_unit_test(what_a_dead_writer_left_is_made_up_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
