/* diff_json.c: what has changed, for programs. */
#include "inventory/report/diff.h"
#include "inventory/report/json.h"
#include "inventory/report/out.h"

static json_t *device(const struct diff_device *d)
{
	json_t *o = json_object();

	if (!d) {
		json_decref(o);
		return json_null();
	}
	json_put_text(o, "device", d->id);
	json_put_text(o, "name", d->name);
	json_put_text(o, "address", d->address);
	json_put_text(o, "auth", auth_use_word(d->use));
	json_put_text(o, "evidence", evidence_word(d->evidence));
	json_put_bool(o, "failing", d->failing);
	json_put_names(o, "accounts", &d->accounts);
	json_put_names(o, "servers", &d->servers);
	json_put_number(o, "sessions", d->sessions);
	json_put_time(o, "first_seen", d->first_seen);
	json_put_time(o, "last_seen", d->last_seen);
	return o;
}

static json_t *item(const struct diff_item *x)
{
	json_t *o = json_object(), *changes = json_array();

	for (int c = 0; c < DIFF_CHANGES; c++)
		if (x->changes & DIFF_BIT(c))
			json_array_append_new(changes,
				json_string(diff_word((enum diff_change)c)));
	json_object_set_new(o, "changes", changes);
	json_object_set_new(o, "before", device(x->before));
	json_object_set_new(o, "after", device(x->after));
	return o;
}

static json_t *side(const struct diff_side *s)
{
	json_t *o = json_object(), *uses = json_object();

	json_put_time(o, "first_seen", s->first);
	json_put_time(o, "last_seen", s->last);
	json_put_number(o, "devices", s->n);
	for (int u = USE_UNKNOWN; u <= USE_BASIC; u++)
		json_put_number(uses, auth_use_word((enum auth_use)u),
			s->by_use[u]);
	json_object_set_new(o, "devices_by_auth", uses);
	return o;
}

bool report_diff_json(const struct diff *d, FILE *out, struct err *e)
{
	json_t *o = json_object(), *counts = json_object();
	json_t *list = json_array();

	for (int c = 0; c < DIFF_CHANGES; c++)
		json_put_number(counts, diff_word((enum diff_change)c),
			d->count[c]);
	json_put_number(counts, "same", d->same);
	json_put_number(counts, "silent-so-far", d->waiting);
	for (size_t i = 0; i < d->n; i++)
		json_array_append_new(list, item(&d->v[i]));
	json_put_number(o, "schema", JSON_SCHEMA);
	json_object_set_new(o, "before", side(&d->before));
	json_object_set_new(o, "after", side(&d->after));
	json_object_set_new(o, "counts", counts);
	json_object_set_new(o, "devices", list);
	return json_write(o, out, e) && out_check(out, e);
}
