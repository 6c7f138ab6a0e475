/* command_report.c: sessions and report: what is known, as files. */
#include "inventory/diff.h"
#include "inventory/query.h"
#include "ui/commands.h"
#include "ui/export.h"
#include <string.h>

static bool compare(struct query *q, const struct options *o,
	struct diff **out, struct err *e)
{
	struct query *before = NULL;
	bool ok = query_open(&before, o->baseline, e);

	if (ok) {
		query_as(before, o);
		ok = diff_inventories(before, q, out, e);
	}
	query_close(before);
	return ok;
}

static int report(const struct options *o, enum report_format f,
	struct err *e)
{
	struct export x = {
		.format = f,
		.path = o->output,
		.force = o->force,
		.where = o->where,
		.pseudonymize = o->pseudonymize,
		.options = {
			.since = o->since,
			.until = o->until,
			.mask = o->mask,
		},
	};
	struct report_counts counts = {0};
	struct query *q;
	bool ok;

	if (!query_open(&q, o->db, e))
		return e->kind;
	query_as(q, o);
	ok = (!o->baseline || compare(q, o, &x.options.changes, e)) &&
		export_write(q, o->db, &x, &counts, e);
	diff_free(x.options.changes);
	query_close(q);
	if (!ok)
		return e->kind;
	return o->fail_on_basic && counts.basic > 0 ? EXIT_FOUND : 0;
}

/* otherwise: where the command line names no format. */
static int report_of(const struct options *o, bool sessions,
	const char *otherwise, struct err *e)
{
	const char *word = o->format ? o->format : otherwise;
	enum report_format f;

	if (!word) {
		err_set(e, ERR_USAGE, "report needs a format: -f %s",
			report_format_list(sessions));
		return e->kind;
	}
	f = report_format_named(word, sessions);
	if (f != REPORT_FORMATS)
		return report(o, f, e);
	err_set(e, ERR_USAGE, "%s knows the formats %s, not '%s'",
		sessions ? "sessions" : "report", report_format_list(sessions),
		word);
	return e->kind;
}

int command_sessions(const struct options *o, struct err *e)
{
	return report_of(o, true, "jsonl", e);
}

int command_report(const struct options *o, struct err *e)
{
	return report_of(o, false, NULL, e);
}
