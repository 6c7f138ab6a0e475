/* export.c: see export.h. */
#include "ui/export.h"
#include "inventory/report/key.h"
#include "ui/filter/filter.h"
#include "ui/output.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

bool export_filter(const char *where, struct filter_expression *f, struct err *e)
{
	struct filter_error wrong;

	if (filter_parse(f, where, &wrong))
		return true;
	return err_set(e, ERR_USAGE, "--where '%s': %s, at '%s'", where,
		wrong.text, where + wrong.at);
}

static bool take(const struct filter_expression *f, const struct device_list *l,
	struct names *ids, struct err *e)
{
	ids->v = calloc(l->n + 1, sizeof *ids->v);
	if (!ids->v)
		return err_set(e, ERR_RUN, "out of memory");
	for (size_t i = 0; i < l->n; i++) {
		struct filter_subject s = {&l->v[i], l->now, false};

		if (!filter_match(f, &s))
			continue;
		ids->v[ids->n] = strdup(l->v[i].id);
		if (!ids->v[ids->n++])
			return err_set(e, ERR_RUN, "out of memory");
	}
	return true;
}

bool export_where(struct query *q, const char *where, struct names *ids,
	struct err *e)
{
	struct device_list *l = NULL;
	struct filter_expression f;
	bool ok = export_filter(where, &f, e) && query_devices(q, &l, e) &&
		take(&f, l, ids, e);

	device_list_free(l);
	return ok;
}

static void free_ids(struct names *ids)
{
	for (size_t i = 0; i < ids->n; i++)
		free(ids->v[i]);
	free(ids->v);
}

static bool write_out(struct query *q, const struct export *x,
	const struct report_options *r, struct report_counts *counts,
	struct err *e)
{
	struct output *out;

	if (!output_open(&out, x->path, x->force, e))
		return false;
	if (!report_write(q, x->format, r, output_file(out), counts, e)) {
		output_abandon(out);
		return false;
	}
	return output_commit(out, e);
}

bool export_write(struct query *q, const char *db, const struct export *x,
	struct report_counts *counts, struct err *e)
{
	struct report_options r = x->options;
	uint8_t key[REPORT_KEY];
	struct names ids = {0};
	bool ok = true;

	if (r.generated == 0)
		r.generated = (int64_t)time(NULL) * 1000000;
	if (x->pseudonymize) {
		ok = report_key(db, key, e);
		r.key = key;
	}
	if (ok && x->where) {
		ok = export_where(q, x->where, &ids, e);
		r.devices = &ids;
		r.choice = x->where;
	}
	ok = ok && write_out(q, x, &r, counts, e);
	free_ids(&ids);
	explicit_bzero(key, sizeof key);
	return ok;
}
