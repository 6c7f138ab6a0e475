/* sample.h: records as a capture process would send them, and inventories to
 * put them in, for the tests of inventory/. */
#pragma once
#include "capture/base/bytes.h"
#include "capture/session/record.h"
#include "inventory/db.h"
#include "inventory/db_private.h"
#include "inventory/write.h"
#include "tests/unit/check.h"
#include <stdio.h>
#include <unistd.h>

enum { SAMPLE_PATH = 64 };

/* 2026-11-24 08:00:00 UTC, ns. */
static const int64_t sample_start = 1795507200LL * 1000000000;
static const int64_t sample_second = 1000000000;

static inline struct record_text sample_text(struct record_session *s,
	const char *text)
{
	struct record_text t = {s->arena_n};
	size_t n = strlen(text) + 1;

	check(s->arena_n + n <= RECORD_ARENA);
	memcpy(s->arena + s->arena_n, text, n);
	s->arena_n = (uint16_t)(s->arena_n + n);
	return t;
}

static inline struct addr sample_addr(const char *text)
{
	struct addr a;

	check(addr_parse(text, &a));
	return a;
}

/* A minimal session: client to server:port, at so many seconds. n tells
 * sessions of one moment apart. */
static inline struct record *sample_session(int64_t seconds, uint64_t n,
	const char *client, const char *server, uint16_t port)
{
	struct record *r = calloc(1, sizeof *r);
	struct record_session *s;
	struct wr w;

	check(r != NULL);
	r->kind = RECORD_SESSION;
	s = &r->session;
	s->arena_n = 1;
	s->first_seen = sample_start + seconds * sample_second + 123456000;
	s->last_seen = s->first_seen + 2 * sample_second;
	w = wr_init(s->session, sizeof s->session);
	wr_be64(&w, (uint64_t)s->first_seen);
	wr_be64(&w, n);
	w = wr_init(s->conn, sizeof s->conn);
	wr_be64(&w, n);
	wr_be64(&w, (uint64_t)s->first_seen);
	s->client.addr = sample_addr(client);
	s->client.port = (uint16_t)(40000 + n % 20000);
	s->client.has_mac = true;
	s->client.mac = (struct mac){{0, 0x26, 0x73, 0xa5, 0xa8, 0xf3}};
	s->client.ttl = 64;
	s->server.addr = sample_addr(server);
	s->server.port = port;
	s->server.has_mac = true;
	s->server.mac = (struct mac){{0, 0x50, 0x56, 1, 2, 3}};
	s->server.ttl = 60;
	s->flags = RECORD_SAW_CLIENT | RECORD_SAW_SERVER;
	s->ending = RECORD_CLOSED;
	s->client_bytes = 500;
	s->server_bytes = 400;
	return r;
}

static inline struct record_auth *sample_auth(struct record *r,
	const char *mechanism, enum record_class class, const char *account,
	enum record_outcome outcome)
{
	struct record_session *s = &r->session;
	struct record_auth *a = &s->auth[s->auth_n++];

	check(s->auth_n <= RECORD_AUTHS);
	s->auth_total++;
	a->at = s->first_seen + sample_second;
	a->mechanism = sample_text(s, mechanism);
	if (account)
		a->account = sample_text(s, account);
	a->class = (uint8_t)class;
	a->outcome = (uint8_t)outcome;
	a->confidence = 100;
	a->in_clear = s->tls == RECORD_TLS_NONE;
	a->code = outcome == RECORD_REJECTED ? 535 : 235;
	return a;
}

static inline void sample_mail(struct record *r, const char *from,
	const char *domain)
{
	struct record_session *s = &r->session;

	s->mails++;
	s->from[s->from_n++] = sample_text(s, from);
	s->domains[s->domain_n++] = sample_text(s, domain);
	s->recipients++;
	s->messages++;
	s->accepted++;
	s->bytes += 2000;
	s->client_bytes += 2200;
}

/* A name that nothing has; in memory where there is such a folder, since a
 * commit waits for a disk. */
static inline void sample_path(char path[SAMPLE_PATH])
{
	static unsigned n;

	snprintf(path, SAMPLE_PATH, "%s/mailcensus-test.%ld.%u.db",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
		(long)getpid(), n++);
}

static inline void sample_remove(const char *path)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
	char name[SAMPLE_PATH + 16];

	for (size_t i = 0; i < 4; i++) {
		snprintf(name, sizeof name, "%s%s", path, ends[i]);
		unlink(name);
	}
}

/* A registry of one vendor: that of the whole world is long, and changes. */
static inline void sample_vendors(struct db *db, const char *path)
{
	char name[2 * SAMPLE_PATH];
	struct err e = {0};
	FILE *f;

	snprintf(name, sizeof name, "%s.csv", path);
	f = fopen(name, "w");
	check(f != NULL);
	fputs("Registry,Assignment,Organization Name,Organization Address\n"
		"MA-L,002673,\"RICOH COMPANY,LTD.\",Example\n", f);
	fclose(f);
	if (!db_use_vendors(db, name, &e))
		fail_msg("%s", e.text);
	unlink(name);
}

static inline struct db *sample_db(const char *path)
{
	struct db *db = NULL;
	struct err e = {0};

	if (!db_open(&db, path, &e))
		fail_msg("%s", e.text);
	sample_vendors(db, path);
	return db;
}

/* Writes them in the order given, with a commit after every `each`. */
static inline void sample_write(struct db *db, struct record *const *v,
	size_t n, size_t each)
{
	struct writer *w = NULL;
	struct err e = {0};

	if (!writer_open(&w, db, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < n; i++) {
		if (!writer_record(w, v[i], 1, &e))
			fail_msg("%s", e.text);
		if ((i + 1) % each == 0 && !writer_commit(w, &e))
			fail_msg("%s", e.text);
	}
	if (!writer_close(w, &e))
		fail_msg("%s", e.text);
}
