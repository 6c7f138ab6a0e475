/* report.c: the formats by their words; see report.h. */
#include "inventory/report/report.h"
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

bool report_write(struct query *q, enum report_format f,
	const struct report_options *o, FILE *out,
	struct report_counts *counts, struct err *e)
{
	switch (f) {
	case REPORT_HTML: return report_devices_html(q, o, out, counts, e);
	case REPORT_CSV: return report_devices_csv(q, o, out, counts, e);
	case REPORT_XLSX: return report_devices_xlsx(q, o, out, counts, e);
	case REPORT_JSON: return report_devices_json(q, o, out, counts, e);
	case REPORT_MARKDOWN:
		return report_devices_markdown(q, o, out, counts, e);
	case REPORT_POWERSHELL:
		return report_devices_powershell(q, o, out, counts, e);
	case REPORT_SESSIONS_JSONL: return report_sessions_jsonl(q, o, out, e);
	case REPORT_SESSIONS_CSV: return report_sessions_csv(q, o, out, e);
	case REPORT_FORMATS: break;
	}
	return err_set(e, ERR_USAGE, "there is no such format");
}
