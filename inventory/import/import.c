/* import.c: see import.h. A file is read twice: for its faults and for what it
 * is, then for its rows. Only then the inventory is touched. */
#include "inventory/import/import.h"
#include "inventory/beside.h"
#include "inventory/import/input.h"
#include "inventory/import/store.h"
#include "inventory/rules.h"
#include "inventory/tenant.h"
#include <stdlib.h>
#include <string.h>

enum { PATIENCE = 30000 }; /* ms: what a busy capture may take */

/* A file between its two readings. */
struct piece {
	struct input *in;
	enum date_order order;
	struct import_result *result;
};

/* What the dates of the whole file say of those that say nothing: 03/04/2026
 * is the third of April where another is 23/04/2026. */
struct orders {
	bool day, month;
};

static enum date_order order_of(const struct orders *o)
{
	if (o->day == o->month)
		return DATE_EITHER;
	return o->day ? DATE_DAY_FIRST : DATE_MONTH_FIRST;
}

static void note_order(struct orders *o, const char *when)
{
	enum date_order says;
	int64_t at;

	if (!when)
		return;
	date_read(when, DATE_EITHER, &at, &says);
	o->day |= says == DATE_DAY_FIRST;
	o->month |= says == DATE_MONTH_FIRST;
}

static bool look_through(struct piece *p, struct err *e)
{
	struct orders orders = {0};
	struct input_row row;
	bool any = true;

	if (!input_open(&p->in, p->result->path, e))
		return false;
	p->result->kind = input_kind(p->in);
	while (any) {
		if (!input_next(p->in, &row, &any, e))
			return false;
		if (any)
			note_order(&orders, row.values[IMPORT_AT]);
	}
	p->order = order_of(&orders);
	return input_digest(p->in, p->result->digest) &&
		input_rewind(p->in, e);
}

static bool take_row(struct piece *p, const struct input_row *row,
	struct import_row *room, struct store *s, struct err *e)
{
	struct import_result *r = p->result;
	enum import_refusal why = IMPORT_BAD_FIELDS;
	bool own = true;

	if (!row->bad_fields)
		why = import_row(r->kind, row->values, p->order, room);
	if (why == IMPORT_TAKEN && r->kind == IMPORT_TRACE &&
		!store_own(s, room->account, &own, e))
		return false;
	if (!own)
		why = IMPORT_FOREIGN;
	if (why != IMPORT_TAKEN) {
		r->refused[why]++;
		return true;
	}
	r->taken++;
	return store_row(s, r->kind, room, e);
}

static bool take_rows(struct piece *p, struct import_row *room,
	struct store *s, struct err *e)
{
	uint8_t digest[DECODER_DIGEST];
	struct input_row row;
	bool any = true;

	while (any) {
		if (!input_next(p->in, &row, &any, e) ||
			(any && !take_row(p, &row, room, s, e)))
			return false;
	}
	if (!input_digest(p->in, digest) ||
		memcmp(digest, p->result->digest, sizeof digest) != 0)
		return err_set(e, ERR_USAGE, "'%s' changed while it was read",
			p->result->path);
	if (p->result->taken == 0 && p->result->refused[IMPORT_FOREIGN] > 0)
		return err_set(e, ERR_USAGE, "which senders of '%s' are your "
			"own is not known: import the mailbox list or the "
			"SMTP AUTH clients report first or together with it, "
			"or say --own-domain", p->result->path);
	return true;
}

/* Whichever way they were named: what a trace is of one's own is known from
 * the others. */
static bool take_all(struct piece *pieces, const struct import_from *from,
	struct store *s, struct err *e)
{
	struct import_row room = {
		.names = xcalloc(IMPORT_NAMES, sizeof *room.names)};
	bool ok = true;

	for (size_t i = 0; ok && i < from->own_n; i++)
		ok = store_add_domain(s, from->own[i], e);
	for (int k = 0; ok && k < IMPORT_KINDS; k++)
		for (size_t i = 0; ok && i < from->n; i++)
			if (pieces[i].result->kind == (enum import_kind)k)
				ok = take_rows(&pieces[i], &room, s, e);
	free(room.names);
	return ok;
}

static void label(struct import_result *r, const char *path)
{
	const char *name = strrchr(path, '/');

	name = name ? name + 1 : path;
	*r = (struct import_result){.path = path};
	text_clean(r->label, sizeof r->label, name, strlen(name));
}

bool import_files(const struct import_from *from,
	struct import_result *results, struct err *e)
{
	struct piece *pieces = xcalloc(from->n, sizeof *pieces);
	struct store *s = NULL;
	struct rules *rules = NULL;
	sqlite3 *h = NULL;
	bool ok = true;

	for (size_t i = 0; ok && i < from->n; i++) {
		label(&results[i], from->files[i]);
		pieces[i].result = &results[i];
		ok = look_through(&pieces[i], e);
	}
	ok = ok && beside_open(&h, from->db, PATIENCE, e) &&
		store_open(&s, h, e) && take_all(pieces, from, s, e) &&
		store_commit(s, results, from->n, from->now, e);
	store_close(s);
	ok = ok && rules_load(&rules, NULL, 0, e) &&
		tenant_conclude(h, rules, e);
	rules_free(rules);
	sqlite3_close(h);
	for (size_t i = 0; i < from->n; i++)
		input_close(pieces[i].in);
	free(pieces);
	return ok;
}
