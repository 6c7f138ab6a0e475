/* fuzz_write.c: any records in any order: none does harm, and what has been
 * concluded on the way is what resolve_all() concludes from the facts. */
#include "capture/base/bytes.h"
#include "capture/base/text.h"
#include "inventory/resolve.h"
#include "inventory/write.h"
#include "tests/unit/dump.h"
#include "inventory/db_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int64_t start = 1795507200LL * 1000000000;

/* A few bytes, as clean as the core makes them. */
static struct record_text text(struct rd *r, struct record_session *s)
{
	size_t n = rd_u8(r) & 15;
	struct rd raw;
	size_t len;

	if (n == 0 || s->arena_n + 64 > RECORD_ARENA)
		return (struct record_text){0};
	if (n > rd_left(r))
		n = rd_left(r);
	raw = rd_sub(r, n);
	len = text_clean(s->arena + s->arena_n, 63, raw.p, n);
	s->arena_n = (uint16_t)(s->arena_n + len + 1);
	return (struct record_text){(uint16_t)(s->arena_n - len - 1)};
}

static uint8_t texts(struct rd *r, struct record_session *s,
	struct record_text *t)
{
	uint8_t n = rd_u8(r) & 3;

	for (uint8_t i = 0; i < n; i++)
		t[i] = text(r, s);
	return n;
}

/* Few addresses and cards, so that they meet. */
static struct addr address(struct rd *r)
{
	uint8_t b[16] = {10}, n = rd_u8(r);

	b[3] = n & 7;
	if (n & 0x80)
		b[15] = b[3];
	return n & 0x80 ? addr_v6(b) : addr_v4(b);
}

static struct mac card(struct rd *r)
{
	uint8_t n = rd_u8(r);

	return (struct mac){{n >> 6 & 3, 0, 0, 0, 0, n & 3}};
}

static void end(struct rd *r, struct record_end *x)
{
	static const uint8_t ttls[] = {64, 64, 128, 63, 255, 0, 1, 64};
	uint8_t n = rd_u8(r);

	x->addr = address(r);
	x->mac = card(r);
	x->has_mac = n & 1;
	x->ttl = ttls[n >> 1 & 7];
	x->port = n & 0x10 ? 587 : 25;
}

static void auth(struct rd *r, struct record_session *s)
{
	struct record_auth *a = &s->auth[s->auth_n++];

	s->auth_total++;
	a->at = s->first_seen + rd_be16(r);
	a->mechanism = text(r, s);
	a->account = text(r, s);
	a->workstation = text(r, s);
	a->code = rd_u8(r) & 1 ? 535 : 0;
	a->enhanced[0] = rd_be16(r);
	a->enhanced[2] = rd_be16(r);
	a->class = rd_u8(r) % (RECORD_OTHER + 1);
	a->outcome = rd_u8(r) % (RECORD_ABORTED + 1);
	a->evidence = rd_u8(r) % (RECORD_INFERRED + 1);
	a->confidence = (uint8_t)(rd_u8(r) % 101);
	a->in_clear = rd_u8(r) & 1;
}

static void session(struct rd *r, struct record_session *s)
{
	uint8_t n = rd_u8(r);
	struct wr key = wr_init(s->session, sizeof s->session);

	s->arena_n = 1;
	s->first_seen = start + (n & 15) * 1800LL * 1000000000;
	s->last_seen = s->first_seen + rd_u8(r) * 1000000000LL;
	wr_be64(&key, (uint64_t)s->first_seen);
	wr_be64(&key, n >> 5);
	end(r, &s->client);
	end(r, &s->server);
	s->vlan_n = rd_u8(r) & 3;
	s->vlans[0] = rd_u8(r) & 1;
	s->flags = rd_be16(r);
	s->ending = rd_u8(r) % (RECORD_EVICTED + 1);
	s->banner = text(r, s);
	s->helo = text(r, s);
	s->agent = text(r, s);
	s->seen_as = text(r, s);
	s->offered_n = texts(r, s, s->offered);
	s->tls = rd_u8(r) % (RECORD_TLS_IMPLICIT + 1);
	s->tls_version = rd_be16(r);
	s->sni = text(r, s);
	s->cert_cn = text(r, s);
	s->cert_name_n = texts(r, s, s->cert_names);
	for (unsigned i = rd_u8(r) & 3; i > 0; i--)
		auth(r, s);
	s->mails = rd_u8(r) & 3;
	s->from_n = texts(r, s, s->from);
	s->domain_n = texts(r, s, s->domains);
	s->messages = rd_u8(r) & 3;
	s->accepted = rd_u8(r) & 3;
	s->bytes = rd_be64(r);
	s->client_bytes = rd_be16(r);
	s->refusal_n = rd_u8(r) & 3;
}

/* Nothing is as it should be, but that a bool is one. */
static void raw(struct rd *r, struct record *out)
{
	struct record_session *s = &out->session;

	rd_copy(r, s, rd_left(r) < sizeof *s ? rd_left(r) : sizeof *s);
	memset(&s->client.has_mac, 1, sizeof s->client.has_mac);
	memset(&s->server.has_mac, 0, sizeof s->server.has_mac);
	for (int i = 0; i < RECORD_AUTHS; i++) {
		memset(&s->auth[i].in_clear, 1, sizeof(bool));
		memset(&s->auth[i].initial, 0, sizeof(bool));
		memset(&s->auth[i].cancelled, 0, sizeof(bool));
	}
}

static void record(struct rd *r, uint8_t op, struct record *out)
{
	memset(out, 0, sizeof *out);
	out->kind = op & 4 ? RECORD_SESSION
		: op & 3   ? RECORD_SESSION + (op & 3)
			   : RECORD_HOUR;
	switch (out->kind) {
	case RECORD_SESSION:
		if (op == 0xff)
			raw(r, out);
		else
			session(r, &out->session);
		break;
	case RECORD_BINDING:
		out->binding.at = start + rd_be16(r) * 1000000LL;
		out->binding.addr = address(r);
		out->binding.mac = card(r);
		out->binding.how = rd_u8(r) % (RECORD_BY_DHCP + 2);
		break;
	case RECORD_IDENTITY:
		out->identity.at = start + rd_be16(r) * 1000000LL;
		out->identity.mac = card(r);
		out->identity.kind = rd_u8(r) % (RECORD_NAMES + 1);
		rd_copy(r, out->identity.value, rd_left(r) < 6 ? 0 : 6);
		break;
	case RECORD_SOURCE:
		out->source.id[0] = rd_u8(r) & 1;
		out->source.state = rd_u8(r) & 3;
		out->source.packets = rd_be64(r);
		out->source.stranger_n = rd_u8(r) & 3;
		for (int i = 0; i < out->source.stranger_n; i++)
			out->source.strangers[i] = (struct record_stranger){
				rd_u8(r) & 7, rd_u8(r), rd_be64(r)};
		break;
	case RECORD_HOUR:
		out->source.id[0] = rd_u8(r) & 1;
		out->source.first_seen = start + rd_be32(r) * 1000000000LL;
		out->source.packets = rd_be64(r);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(data, size);
	struct record *rec = malloc(sizeof *rec);
	struct writer *w = NULL;
	struct db *db = NULL;
	struct err e = {0};
	char *before, *after;

	if (!rec || !db_open(&db, ":memory:", &e) ||
		!writer_open(&w, db, &e))
		abort();
	while (rd_left(&r) > 0) {
		uint8_t op = rd_u8(&r);

		if (op == 0) {
			if (!writer_commit(w, &e))
				abort();
			continue;
		}
		record(&r, op, rec);
		/* Refused, or written: it must not fail otherwise. */
		if (!writer_record(w, rec, 1, &e) &&
			!strstr(e.text, "none should send"))
			abort();
	}
	if (!writer_close(w, &e))
		abort();
	before = dump_handle(db_handle(db), false, true);
	if (!resolve_all(db, &e))
		abort();
	after = dump_handle(db_handle(db), false, true);
	if (strcmp(before, after) != 0) {
		fprintf(stderr, "%s--- resolve_all() says\n%s", before,
			after);
		abort();
	}
	free(before);
	free(after);
	db_close(db);
	free(rec);
	return 0;
}
