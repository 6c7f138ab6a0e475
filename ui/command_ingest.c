/* command_ingest.c: capture and read: without a screen. */
#include "ui/commands.h"
#include "ui/ingest.h"
#include "ui/summary.h"
#include <stdio.h>
#include <unistd.h>

int ingest_headless(const struct options *o, bool list, struct err *e)
{
	struct ingest_summary s;
	struct ingest *in;
	const struct record_source *sources;
	size_t n;
	bool ok, progress = !o->quiet && isatty(STDERR_FILENO);

	if (!ingest_start(&in, o, e))
		return e->kind;
	if (o->interfaces_n > 0 && !o->quiet)
		fprintf(stderr, "mailcensus: capturing into '%s'; "
			"'mailcensus ui -d %s' shows it, Ctrl-C ends it\n",
			o->db, o->db);
	ok = ingest_run(in, !o->quiet, progress, &s, e);
	sources = ingest_sources(in, &n);
	if (o->verbose)
		summary_sources(sources, n, stderr);
	if (!o->quiet)
		summary_print(&s, o, ingest_query(in), stderr);
	if (ok && list)
		ok = list_print(ingest_query(in), o, e);
	ingest_free(in);
	return ok ? summary_status(&s, o) : (int)e->kind;
}

int command_ingest(const struct options *o, struct err *e)
{
	return ingest_headless(o, false, e);
}
