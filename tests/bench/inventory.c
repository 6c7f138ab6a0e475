/* inventory.c: makes an inventory of any size from a seed, as an office of so
 * many devices would fill it in 40 days, through the writer itself; and tells
 * how fast the writer kept up.
 *
 *     ninja -C build tests/bench/inventory
 *     build/tests/bench/inventory DB [DEVICES [SESSIONS [SEED]]]
 *
 * 100,000 devices and 1,000,000 sessions where nothing else is said. The same
 * numbers give the same facts everywhere. On stdout a line of JSON: how long
 * the sessions took to write and how long the last conclusions took, how large
 * the file became, and the memory at its peak. Every name is invented. */
#include "capture/base/bytes.h"
#include "inventory/db.h"
#include "inventory/write.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

enum {
	DAYS = 40, ROUTED = 250, /* devices behind one router */
	RELAYS = 10, FRONT_ENDS = 40, DEPARTMENTS = 500,
	QUIET = 50, /* one host of so many sends nothing */
};

/* 2026-10-15 00:00:00 UTC; ns. */
static const int64_t begin = 1792022400LL * 1000000000;
static const int64_t second = 1000000000;

/* What a device is to do; of 100 so many. */
enum habit {
	CLOUD_PRINTER, /* 587, STARTTLS: the password is in there */
	CLEAR_PRINTER, /* LOGIN to a relay, in clear */
	OPEN_PRINTER,  /* a relay that asks for none */
	APPLICATION,   /* PLAIN in clear to a provider */
	MODERN,        /* XOAUTH2 in TLS, without one seen */
	FAILING,       /* refused: SMTP AUTH is off */
	WINDOWS,       /* NTLM */
	MIGRATED,      /* with AUTH until day 20 */
	SMTPS,         /* 465 */
	SPRAYER,       /* many accounts, all refused */
	HABITS
};
static const unsigned share[HABITS] = {30, 20, 14, 10, 5, 6, 5, 5, 4, 1};

struct bench {
	uint64_t state;
	unsigned devices, sessions;
	bool *known; /* devices that were heard of */
	struct db *db;
	struct writer *writer;
	int64_t ticked; /* ns, monotonic */
	struct record r;
};

/* splitmix64: not for secrets, the same everywhere. */
static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static uint64_t draw(struct bench *b)
{
	return mix(b->state += UINT64_C(0x9e3779b97f4a7c15));
}

/* What stays the same of a device. */
static uint64_t trait(unsigned device, unsigned which)
{
	return mix(mix(device + 1u) + which);
}

static enum habit habit_of(unsigned device)
{
	unsigned at = (unsigned)(trait(device, 0) % 100);
	int h = 0;

	while (at >= share[h])
		at -= share[h++];
	return (enum habit)h;
}

static struct addr four(uint32_t ip)
{
	struct addr a = {.family = 4};
	struct wr w = wr_init(a.b, sizeof a.b);

	wr_be32(&w, ip);
	return a;
}

static struct addr six(uint32_t low)
{
	struct addr a = {.family = 6};
	struct wr w = wr_init(a.b, sizeof a.b);

	wr_be32(&w, 0x20010db8);
	wr_be64(&w, 0);
	wr_be32(&w, low);
	return a;
}

static struct mac card(unsigned device)
{
	static const uint8_t vendor[][3] = {{0x00, 0x26, 0x73},
		{0x00, 0x50, 0x56}, {0x00, 0x1b, 0xa9}, {0x00, 0x21, 0xb7}};
	struct mac m;

	memcpy(m.b, vendor[trait(device, 1) % 4], 3);
	m.b[3] = (uint8_t)(device >> 16);
	m.b[4] = (uint8_t)(device >> 8);
	m.b[5] = (uint8_t)device;
	return m;
}

static struct addr address(unsigned device, bool dual)
{
	return dual ? six(device) : four(0x0a100000u + device);
}

static bool is_routed(unsigned device)
{
	return device / ROUTED % 10 < 3;
}

static struct record_text text(struct record_session *s, const char *t)
{
	struct record_text x = {s->arena_n};
	size_t n = strlen(t) + 1;

	memcpy(s->arena + s->arena_n, t, n);
	s->arena_n = (uint16_t)(s->arena_n + n);
	return x;
}

static void ends(struct bench *b, struct record_session *s, unsigned device,
	enum habit h)
{
	bool dual = trait(device, 2) % 10 == 0 && draw(b) % 4 == 0;
	bool routed = is_routed(device);
	bool own = h == CLEAR_PRINTER || h == OPEN_PRINTER || h == WINDOWS ||
		h == MIGRATED;
	uint32_t at = (uint32_t)(own ? trait(device, 3) % RELAYS
				     : draw(b) % FRONT_ENDS);

	s->client = (struct record_end){address(device, dual),
		(uint16_t)(20000 + draw(b) % 40000), true, card(device), 64};
	if (routed) {
		s->client.mac = (struct mac){{0x00, 0x1c, 0x73, 0xff,
			(uint8_t)(device / ROUTED >> 8),
			(uint8_t)(device / ROUTED)}};
		s->client.ttl = 63;
		s->vlans[s->vlan_n++] = 10;
	} else {
		s->vlans[s->vlan_n++] = (uint16_t)(100 + device / 200 % 3000);
	}
	s->server = (struct record_end){
		four((own ? 0x0a000a0au : h == SMTPS ? 0xcb007119u
						      : 0xc6336400u) + at),
		own ? 25 : h == SMTPS ? 465 : 587, true,
		{{0x00, 0x1c, 0x73, 0xff, 0xff, (uint8_t)at}}, 60};
}

static void greet(struct record_session *s, unsigned device, enum habit h)
{
	char t[64];

	if (s->server.port == 25)
		snprintf(t, sizeof t, "relay%02u.contoso.example ESMTP ready",
			(unsigned)(trait(device, 3) % RELAYS));
	else
		snprintf(t, sizeof t, "AB%u.outlook.office365.com Microsoft "
			"ESMTP MAIL Service ready",
			(unsigned)(s->server.addr.b[3]));
	if (h != SMTPS) {
		s->banner = text(s, t);
		snprintf(t, sizeof t, trait(device, 4) % 4 == 0
				? "RNP0026730%05X" : "PRN-%05u",
			device & 0xfffff);
		s->helo = text(s, t);
		s->offered[s->offered_n++] = text(s, "LOGIN");
		s->offered[s->offered_n++] = text(s, "XOAUTH2");
		s->flags |= RECORD_TLS_OFFERED;
	}
}

static void account_of(unsigned device, enum habit h, uint64_t chance,
	char t[64])
{
	if (h == SPRAYER)
		snprintf(t, 64, "user%04u@contoso.example",
			(unsigned)(chance % 2000));
	else if (trait(device, 5) % 3 == 0)
		snprintf(t, 64, "scan-%03u@contoso.example",
			(unsigned)(trait(device, 6) % DEPARTMENTS));
	else
		snprintf(t, 64, "device%05u@contoso.example", device);
}

static void authenticate(struct bench *b, struct record_session *s,
	unsigned device, enum habit h)
{
	struct record_auth *a = &s->auth[s->auth_n++];
	bool refused = h == FAILING || h == SPRAYER || draw(b) % 50 == 0;
	char t[64];

	account_of(device, h, draw(b), t);
	*a = (struct record_auth){.at = s->first_seen + second / 5,
		.class = RECORD_BASIC, .confidence = 100,
		.evidence = RECORD_SEEN, .in_clear = s->tls == RECORD_TLS_NONE,
		.outcome = refused ? RECORD_REJECTED : RECORD_ACCEPTED,
		.code = refused ? 535 : 235};
	s->auth_total++;
	a->mechanism = text(s, h == WINDOWS ? "NTLM" :
		h == APPLICATION ? "PLAIN" : "LOGIN");
	a->account = text(s, t);
	if (h == WINDOWS) {
		snprintf(t, sizeof t, "WS-%05u", device);
		a->workstation = text(s, t);
		a->realm = text(s, "CONTOSO");
	}
	if (refused) {
		a->enhanced[0] = 5;
		a->enhanced[1] = 7;
		a->enhanced[2] = h == FAILING ? 139 : 3;
		a->reason = h == FAILING ? RECORD_TENANT_SWITCH
					 : RECORD_WRONG_PASSWORD;
	}
}

static void hide(struct bench *b, struct record_session *s, unsigned device,
	enum habit h)
{
	char t[64];

	s->tls = h == SMTPS ? RECORD_TLS_IMPLICIT : RECORD_TLS_STARTTLS;
	s->tls_version = trait(device, 7) % 10 == 0 ? 0x0301 :
		trait(device, 7) % 3 == 0 ? 0x0304 : 0x0303;
	s->tls_cipher = s->tls_version == 0x0304 ? 0x1302 : 0xc030;
	s->sni = text(s, h == SMTPS ? "smtp.example.com"
				    : "smtp.office365.com");
	snprintf(t, sizeof t, "%032x", (unsigned)(trait(device, 8) % 40));
	s->ja3 = text(s, t);
	snprintf(t, sizeof t, "t13d1516h2_8daaf6152771_%012x",
		(unsigned)(trait(device, 8) % 40));
	s->ja4 = text(s, t);
	if (s->tls_version != 0x0304) {
		s->cert_cn = text(s, h == SMTPS ? "smtp.example.com"
						: "outlook.com");
		s->cert_issuer = text(s, "Example Cloud CA");
		s->cert_not_after = begin / second + 300 * 86400;
	}
	if (h == MODERN || draw(b) % 20 == 0) {
		s->guess = RECORD_UNDECIDED;
	} else {
		struct record_auth *a = &s->auth[s->auth_n++];

		*a = (struct record_auth){.at = s->first_seen + second / 4,
			.class = RECORD_BASIC, .evidence = RECORD_INFERRED,
			.confidence = (uint8_t)(60 + draw(b) % 40),
			.outcome = RECORD_ACCEPTED, .account_min = 20,
			.account_max = 26};
		a->mechanism = text(s, "LOGIN");
		s->auth_total++;
		s->guess = RECORD_AUTH;
		s->guess_odds = 400;
	}
	s->messages++;
}

static void mail(struct bench *b, struct record_session *s, unsigned device,
	enum habit h)
{
	char t[64];

	account_of(device, h, 0, t);
	s->mails++;
	s->from[s->from_n++] = text(s, t);
	s->domains[s->domain_n++] = text(s, draw(b) % 5 == 0
			? "example.com" : "contoso.example");
	s->recipients = 1 + (uint32_t)(draw(b) % 3);
	s->bytes = 2000 + draw(b) % 400000;
	if (trait(device, 9) % 2 == 0)
		s->agent = text(s, "Example MFP 2.1");
	if (draw(b) % 40 == 0) {
		s->refusals[s->refusal_n++] =
			(struct record_refusal){550, {5, 1, 1}, 7};
		return;
	}
	s->messages++;
	s->accepted++;
}

/* A session of one device. n tells it from all others. */
static void session(struct bench *b, unsigned n, unsigned device, int64_t at)
{
	struct record_session *s = &b->r.session;
	enum habit h = habit_of(device);
	struct wr w;

	memset(&b->r, 0, sizeof b->r);
	b->r.kind = RECORD_SESSION;
	s->arena_n = 1;
	s->first_seen = at;
	s->last_seen = at + second + (int64_t)(draw(b) % 9000) * 1000000;
	w = wr_init(s->session, sizeof s->session);
	wr_be64(&w, (uint64_t)at);
	wr_be64(&w, mix(n));
	w = wr_init(s->conn, sizeof s->conn);
	wr_be64(&w, mix(n + UINT64_C(0x100000000)));
	wr_be64(&w, mix(n + UINT64_C(0x200000000)));
	s->flags = RECORD_SAW_CLIENT | RECORD_SAW_SERVER | RECORD_QUIT;
	s->ending = draw(b) % 30 == 0 ? RECORD_RESET : RECORD_CLOSED;
	ends(b, s, device, h);
	greet(s, device, h);
	if (h == CLOUD_PRINTER || h == MODERN || h == SMTPS) {
		hide(b, s, device, h);
	} else {
		bool after = at - begin > 20 * 86400 * second;

		if (h != OPEN_PRINTER && !(h == MIGRATED && after))
			authenticate(b, s, device, h);
		if (s->auth_n == 0 ||
			s->auth[0].outcome == RECORD_ACCEPTED)
			mail(b, s, device, h);
	}
	s->client_bytes = 400 + s->bytes + 4000 * s->messages;
	s->server_bytes = 500 + draw(b) % 4000;
	if (draw(b) % 100 == 0)
		s->gap_bytes = 1448;
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * second + t.tv_nsec;
}

/* A tick a second, as the program does while it reads. */
static bool take(struct bench *b, struct err *e)
{
	if (!writer_record(b->writer, &b->r, begin / 1000, e))
		return false;
	if (now() - b->ticked < second)
		return true;
	b->ticked = now();
	return writer_tick(b->writer, e);
}

static bool name(struct bench *b, unsigned device, enum record_name kind,
	const char *value, int64_t at, struct err *e)
{
	memset(&b->r, 0, sizeof b->r);
	b->r.kind = RECORD_IDENTITY;
	b->r.identity.at = at;
	b->r.identity.mac = card(device);
	b->r.identity.kind = (uint8_t)kind;
	snprintf(b->r.identity.value, sizeof b->r.identity.value, "%s",
		value);
	return take(b, e);
}

/* What the network says of a device when it comes up: of each third one. */
static bool lease(struct bench *b, unsigned device, int64_t at, struct err *e)
{
	char t[32];

	if (trait(device, 10) % 3 != 0 || b->known[device])
		return true;
	b->known[device] = true;
	memset(&b->r, 0, sizeof b->r);
	b->r.kind = RECORD_BINDING;
	b->r.binding = (struct record_binding){at, address(device, false),
		card(device), RECORD_BY_DHCP};
	snprintf(t, sizeof t, "prn-%05u", device);
	return take(b, e) && name(b, device, RECORD_DHCP_HOST, t, at, e);
}

/* Each device has its turn, evenly; for the rest a tenth of them send half. */
static unsigned next_device(struct bench *b, unsigned n)
{
	unsigned each = b->sessions / b->devices;

	if (each > 0 && n % each == 0 && n / each < b->devices)
		return (unsigned)(n / each * UINT64_C(1000003) % b->devices);
	if (draw(b) % 2 == 0)
		return (unsigned)(draw(b) % (b->devices / 10 + 1) * 7 %
			b->devices);
	return (unsigned)(draw(b) % b->devices);
}

/* One source for all of it. */
static bool source(struct bench *b, uint8_t state, unsigned n, int64_t at,
	struct err *e)
{
	struct record_source *s = &b->r.source;

	memset(&b->r, 0, sizeof b->r);
	b->r.kind = RECORD_SOURCE;
	s->id[0] = 1;
	s->live = true;
	s->state = state;
	strcpy(s->label, "eth1");
	s->first_seen = begin;
	s->last_seen = at;
	s->packets = n * UINT64_C(40);
	s->bytes = n * UINT64_C(9000);
	s->flows = s->sessions = n;
	return take(b, e);
}

static bool fill(struct bench *b, struct err *e)
{
	int64_t each = DAYS * 86400 * second / b->sessions, at = begin;
	unsigned quiet = b->devices / QUIET + 1;

	if (!source(b, RECORD_RUNNING, 0, begin, e))
		return false;
	for (unsigned n = 0; n < b->sessions; n++) {
		unsigned device = next_device(b, n);

		at = begin + n * each + (int64_t)(draw(b) % (uint64_t)each);
		at -= at % 1000;
		if (!lease(b, device, at - second, e))
			return false;
		session(b, n, device, at);
		if (!take(b, e))
			return false;
		if (n % (b->sessions / quiet + 1) == 0 &&
			!name(b, 0x800000 + n, RECORD_LOOKUP,
				"smtp.office365.com", at, e))
			return false;
	}
	return source(b, RECORD_DONE, b->sessions, at, e);
}

static bool run(struct bench *b, const char *path, struct err *e)
{
	int64_t began = now(), written;
	struct rusage use;
	struct stat st;

	b->ticked = began;
	if (!db_open(&b->db, path, e) ||
		!writer_open(&b->writer, b->db, e) || !fill(b, e))
		return false;
	written = now();
	if (!writer_close(b->writer, e))
		return false;
	b->writer = NULL;
	db_close(b->db);
	b->db = NULL;
	if (stat(path, &st) < 0 || getrusage(RUSAGE_SELF, &use) < 0)
		return err_set(e, ERR_RUN, "cannot look at '%s'", path);
	printf("{\"devices\":%u,\"sessions\":%u,\"writing_s\":%.2f,"
		"\"concluding_s\":%.2f,\"sessions_per_s\":%.0f,"
		"\"bytes\":%lld,\"bytes_per_session\":%.0f,"
		"\"peak_mib\":%.1f}\n", b->devices, b->sessions,
		(double)(written - began) / 1e9,
		(double)(now() - written) / 1e9,
		b->sessions / ((double)(now() - began) / 1e9),
		(long long)st.st_size, (double)st.st_size / b->sessions,
		(double)use.ru_maxrss / 1024);
	return true;
}

int main(int argc, char **argv)
{
	struct bench b = {.devices = 100000, .sessions = 1000000, .state = 1};
	struct err e = {0};
	bool ok;

	if (argc > 2)
		b.devices = (unsigned)strtoul(argv[2], NULL, 10);
	if (argc > 3)
		b.sessions = (unsigned)strtoul(argv[3], NULL, 10);
	if (argc > 4)
		b.state = strtoull(argv[4], NULL, 10);
	if (argc < 2 || b.devices == 0 || b.sessions == 0 ||
		b.devices > 1u << 23) {
		fprintf(stderr,
			"usage: inventory DB [DEVICES [SESSIONS [SEED]]]\n");
		return 2;
	}
	b.known = calloc(b.devices, sizeof *b.known);
	ok = b.known && run(&b, argv[1], &e);
	if (!ok)
		fprintf(stderr, "inventory: %s\n", e.text);
	writer_close(b.writer, NULL);
	db_close(b.db);
	free(b.known);
	return ok ? 0 : 1;
}
