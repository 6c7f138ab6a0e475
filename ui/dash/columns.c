/* columns.c: what all kinds of columns share; see columns.h. */
#include "ui/dash/columns.h"
#include <string.h>
#include <strings.h>

const struct columns *columns_of(enum rows_kind kind)
{
	switch (kind) {
	case ROWS_ACCOUNTS: return &ACCOUNT_COLUMNS;
	case ROWS_SERVERS: return &SERVER_COLUMNS;
	case ROWS_EVENTS: return &EVENT_COLUMNS;
	case ROWS_SESSIONS: return &SESSION_COLUMNS;
	case ROWS_DEVICES:
	case ROWS_MEMBERS:
	case ROWS_KINDS: break;
	}
	return &DEVICE_COLUMNS;
}

void columns_fit(enum rows_kind kind, int cells, int address,
	int widths[COLUMNS_MAX])
{
	const struct columns *all = columns_of(kind);
	int room = cells + 1;

	for (int c = 0; c < COLUMNS_MAX; c++) {
		widths[c] = c < all->n && cells >= all->spec[c].from
			? all->spec[c].least : 0;
		room -= widths[c] > 0 ? widths[c] + 1 : 0;
	}
	for (const struct column_growth *g = all->growth; g->column >= 0;
		g++) {
		int *w = &widths[g->column];
		int more = g->most - *w;

		/* Few networks need the room that IPv6 takes. */
		if (g->column == all->address && more > address - *w)
			more = address - *w;
		if (*w == 0 || more <= 0 || room <= 0)
			continue;
		if (more > room)
			more = room;
		*w += more;
		room -= more;
	}
}

enum style columns_cell(int column, const struct row *r, int64_t now,
	int width, char out[COLUMN_TEXT])
{
	out[0] = '\0';
	switch (r->kind) {
	case ROWS_DEVICES:
	case ROWS_MEMBERS:
		return device_cell(column, r->device, now, width, out);
	case ROWS_ACCOUNTS:
		return account_cell(column, r->account, now, width, out);
	case ROWS_SERVERS: return server_cell(column, r->server, now, out);
	case ROWS_EVENTS:
		return event_cell(column, r->event, now, width, out);
	case ROWS_SESSIONS:
		return session_cell(column, r->session, width, out);
	case ROWS_KINDS: break;
	}
	return STYLE_PLAIN;
}

/* Its first bytes as a number, so that most comparisons end there. */
void column_key_text(struct column_key *k, const char *text)
{
	k->unknown = !text;
	k->text = text;
	for (size_t i = 0; i < sizeof k->high; i++) {
		unsigned char c = text ? (unsigned char)*text : 0;

		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c - 'A' + 'a');
		k->high = k->high << 8 | c;
		if (c != 0)
			text++;
	}
}

void columns_key(int column, const struct row *r, struct column_key *out)
{
	*out = (struct column_key){.text = NULL};
	switch (r->kind) {
	case ROWS_DEVICES:
	case ROWS_MEMBERS: device_key(column, r->device, out); break;
	case ROWS_ACCOUNTS: account_key(column, r->account, out); break;
	case ROWS_SERVERS: server_key(column, r->server, out); break;
	case ROWS_EVENTS: event_key(column, r->event, out); break;
	case ROWS_SESSIONS: session_key(column, r->session, out); break;
	case ROWS_KINDS: break;
	}
}

static int by_number(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int rising(const struct column_key *a, const struct column_key *b)
{
	if (a->high != b->high)
		return by_number(a->high, b->high);
	if (a->low != b->low)
		return by_number(a->low, b->low);
	return a->text && b->text ? strcasecmp(a->text, b->text) : 0;
}

int columns_compare(const struct column_key *a, const struct column_key *b,
	bool falling)
{
	if (a->unknown || b->unknown)
		return a->unknown - b->unknown;
	return falling ? rising(b, a) : rising(a, b);
}
