/* snapshot.c: see snapshot.h. */
#include "ui/dash/snapshot.h"
#include <assert.h>

size_t snapshot_rows(const struct snapshot *s, enum rows_kind kind)
{
	switch (kind) {
	case ROWS_DEVICES:
	case ROWS_MEMBERS: return s->devices ? s->devices->n : 0;
	case ROWS_ACCOUNTS: return s->accounts ? s->accounts->n : 0;
	case ROWS_SERVERS: return s->servers ? s->servers->n : 0;
	case ROWS_EVENTS: return s->events ? s->events->n : 0;
	case ROWS_SESSIONS: return s->sessions ? s->sessions->n : 0;
	case ROWS_KINDS: break;
	}
	return 0;
}

struct row snapshot_row(const struct snapshot *s, enum rows_kind kind,
	size_t i)
{
	struct row r = {.kind = kind};

	assert(i < snapshot_rows(s, kind));
	switch (kind) {
	case ROWS_DEVICES:
	case ROWS_MEMBERS: r.device = &s->devices->v[i]; break;
	case ROWS_ACCOUNTS: r.account = &s->accounts->v[i]; break;
	case ROWS_SERVERS: r.server = &s->servers->v[i]; break;
	case ROWS_EVENTS: r.event = &s->events->v[i]; break;
	case ROWS_SESSIONS: r.session = &s->sessions->v[i]; break;
	case ROWS_KINDS: break;
	}
	return r;
}

const char *row_id(const struct row *r)
{
	switch (r->kind) {
	case ROWS_DEVICES:
	case ROWS_MEMBERS: return r->device->id;
	case ROWS_ACCOUNTS: return r->account->account;
	case ROWS_SERVERS: return r->server->id;
	case ROWS_EVENTS: return r->event->id;
	case ROWS_SESSIONS: return r->session->id;
	case ROWS_KINDS: break;
	}
	return "";
}
