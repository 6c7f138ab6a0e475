/* snapshot.c: see snapshot.h. */
#include "ui/dash/snapshot.h"
#include <assert.h>
#include <string.h>

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

/* Devices are by id. */
static size_t find_device(const struct device_list *l, const char *id)
{
	size_t low = 0, high = l ? l->n : 0;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int by = strcmp(l->v[middle].id, id);

		if (by == 0)
			return middle;
		if (by < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return SIZE_MAX;
}

size_t snapshot_find(const struct snapshot *s, enum rows_kind kind,
	const char *id)
{
	if (kind == ROWS_DEVICES || kind == ROWS_MEMBERS)
		return find_device(s->devices, id);
	for (size_t i = 0; i < snapshot_rows(s, kind); i++) {
		struct row row = snapshot_row(s, kind, i);

		if (strcmp(row_id(&row), id) == 0)
			return i;
	}
	return SIZE_MAX;
}
