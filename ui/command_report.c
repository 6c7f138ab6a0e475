/* command_report.c: sessions and report: what is known, as files. */
#include "inventory/query.h"
#include "inventory/report/report.h"
#include "ui/commands.h"
#include "ui/output.h"
#include <string.h>
#include <time.h>

enum format {
	SESSIONS_JSONL, SESSIONS_CSV, DEVICES_JSON, DEVICES_CSV, FORMATS
};

static bool write_format(enum format f, struct query *q,
	const struct report_options *r, FILE *out, struct err *e)
{
	switch (f) {
	case SESSIONS_JSONL: return report_sessions_jsonl(q, r, out, e);
	case SESSIONS_CSV: return report_sessions_csv(q, r, out, e);
	case DEVICES_JSON: return report_devices_json(q, r, out, e);
	case DEVICES_CSV: return report_devices_csv(q, r, out, e);
	case FORMATS: break;
	}
	return false;
}

static int report(const struct options *o, enum format f, struct err *e)
{
	struct report_options r = {
		.since = o->since,
		.until = o->until,
		.generated = (int64_t)time(NULL) * 1000000,
	};
	struct query *q;
	struct output *out;
	bool ok;

	if (!query_open(&q, o->db, e))
		return e->kind;
	query_as(q, o);
	ok = output_open(&out, o->output, o->force, e);
	if (ok) {
		ok = write_format(f, q, &r, output_file(out), e);
		if (ok)
			ok = output_commit(out, e);
		else
			output_abandon(out);
	}
	query_close(q);
	return ok ? 0 : (int)e->kind;
}

static bool is(const char *format, const char *name)
{
	return format && strcmp(format, name) == 0;
}

int command_sessions(const struct options *o, struct err *e)
{
	if (!o->format || is(o->format, "jsonl"))
		return report(o, SESSIONS_JSONL, e);
	if (is(o->format, "csv"))
		return report(o, SESSIONS_CSV, e);
	err_set(e, ERR_USAGE, "sessions knows the formats jsonl and csv, "
		"not '%s'", o->format);
	return e->kind;
}

int command_report(const struct options *o, struct err *e)
{
	if (is(o->format, "json"))
		return report(o, DEVICES_JSON, e);
	if (is(o->format, "csv"))
		return report(o, DEVICES_CSV, e);
	if (!o->format)
		err_set(e, ERR_USAGE, "report needs a format: -f csv or json");
	else
		err_set(e, ERR_USAGE, "report knows the formats csv and json, "
			"not '%s'", o->format);
	return e->kind;
}
