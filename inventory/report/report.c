/* report.c: the formats, by their words and what they write; see report.h. */
#include "inventory/report/devices.h"
#include "inventory/report/hide.h"
#include "inventory/report/out.h"
#include <string.h>

static const struct {
	const char *word;
	bool sessions;
} FORMAT_ROWS[REPORT_FORMATS] = {
	[REPORT_HTML] = {"html", false},
	[REPORT_CSV] = {"csv", false},
	[REPORT_XLSX] = {"xlsx", false},
	[REPORT_JSON] = {"json", false},
	[REPORT_MARKDOWN] = {"markdown", false},
	[REPORT_POWERSHELL] = {"powershell", false},
	[REPORT_SESSIONS_JSONL] = {"jsonl", true},
	[REPORT_SESSIONS_CSV] = {"csv", true},
};

const char *report_format_word(enum report_format f)
{
	return FORMAT_ROWS[f].word;
}

bool report_is_of_sessions(enum report_format f)
{
	return FORMAT_ROWS[f].sessions;
}

enum report_format report_format_named(const char *word, bool sessions)
{
	int f = 0;

	while (f < REPORT_FORMATS && (FORMAT_ROWS[f].sessions != sessions ||
			strcmp(FORMAT_ROWS[f].word, word) != 0))
		f++;
	return (enum report_format)f;
}

const char *report_format_list(bool sessions)
{
	return sessions ? "jsonl and csv"
		: "html, csv, xlsx, json, markdown and powershell";
}

static bool write_devices(enum report_format f, const struct rows *r,
	const struct report_options *o, FILE *out, struct err *e)
{
	switch (f) {
	case REPORT_HTML: devices_html(r, o, out); break;
	case REPORT_CSV: devices_csv(r, out); break;
	case REPORT_XLSX: return devices_xlsx(r, o, out, e);
	case REPORT_JSON: devices_json(r, o, out); break;
	case REPORT_MARKDOWN: devices_markdown(r, o, out); break;
	case REPORT_POWERSHELL: devices_powershell(r, o, out); break;
	case REPORT_SESSIONS_JSONL:
	case REPORT_SESSIONS_CSV:
	case REPORT_FORMATS:
		return err_set(e, ERR_USAGE, "there is no such format");
	}
	return true;
}

static bool devices(struct query *q, enum report_format f,
	const struct report_options *o, FILE *out,
	struct report_counts *counts, struct err *e)
{
	struct rows r = {0};
	bool ok;

	if (f == REPORT_POWERSHELL && hide_wanted(o))
		return err_set(e, ERR_USAGE, "a plan needs the accounts as "
			"they are; leave out --mask and --pseudonymize");
	ok = rows_read(&r, q, o, e) && write_devices(f, &r, o, out, e) &&
		out_check(out, e);
	if (ok && counts)
		*counts = r.counts;
	rows_free(&r);
	return ok;
}

bool report_write(struct query *q, enum report_format f,
	const struct report_options *o, FILE *out,
	struct report_counts *counts, struct err *e)
{
	if (f == REPORT_SESSIONS_JSONL)
		return report_sessions_jsonl(q, o, out, e);
	if (f == REPORT_SESSIONS_CSV)
		return report_sessions_csv(q, o, out, e);
	return devices(q, f, o, out, counts, e);
}
