/* command_import.c: the tenant's own exports, held against what was seen. */
#include "inventory/import/import.h"
#include "inventory/query.h"
#include "ui/commands.h"
#include "ui/say.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* "signins.csv: sign-in log, 412 rows taken; left out: 9,310 not by SMTP" */
static void print(const struct import_result *r)
{
	const char *before = "; left out: ";
	char n[SAY_MAX];

	printf("%s: %s, %s row%s taken", r->label, import_kind_text(r->kind),
		say_count(n, r->taken), r->taken == 1 ? "" : "s");
	for (int i = IMPORT_TAKEN + 1; i < IMPORT_REFUSALS; i++) {
		if (r->refused[i] == 0)
			continue;
		printf("%s%s %s", before, say_count(n, r->refused[i]),
			import_refusal_text((enum import_refusal)i));
		before = ", ";
	}
	printf("%s\n", r->known ? " (imported before)" : "");
}

/* Says what an inventory that is missing, empty or too old needs. */
static bool is_there(const struct options *o, struct err *e)
{
	struct query *q = NULL;

	if (!query_open(&q, o->db, e))
		return false;
	query_close(q);
	return true;
}

int command_import(const struct options *o, struct err *e)
{
	struct import_from from = {
		.db = o->db, .files = o->files, .n = o->files_n,
		.own = o->own, .own_n = o->own_n, .now = now(),
	};
	struct import_result *results = calloc(o->files_n, sizeof *results);
	bool ok = is_there(o, e) && import_files(&from, results, e);

	for (size_t i = 0; ok && i < o->files_n; i++)
		print(&results[i]);
	free(results);
	return ok ? 0 : (int)e->kind;
}
