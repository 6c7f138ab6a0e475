/* command_check.c: whether an inventory is sound, by SQLite's own checks and
 * ours; an older one is brought up to date. */
#include "inventory/check.h"
#include "inventory/db.h"
#include "inventory/resolve.h"
#include "inventory/rules.h"
#include "ui/commands.h"
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static bool rebuild(struct db *db, const struct options *o, struct err *e)
{
	bool stale = true;

	if (!o->rebuild && !resolve_is_stale(db, &stale, e))
		return false;
	if (!stale)
		return true;
	if (!resolve_all(db, e))
		return false;
	printf("all conclusions drawn anew, by today's rules\n");
	return true;
}

static void print(const struct check_result *r)
{
	printf("%" PRIu64 " sessions, %" PRIu64 " devices, schema %d\n",
		r->sessions, r->devices, r->schema);
	if (r->forgotten > 0)
		printf("%" PRIu64 " names and addresses of other hosts found "
			"no room\n", r->forgotten);
}

int command_check(const struct options *o, struct err *e)
{
	struct check_result result;
	struct db *db = NULL;
	bool ok;

	/* db_open() makes what is missing; here that is an error. */
	if (access(o->db, F_OK) != 0) {
		err_set(e, ERR_USAGE, "there is no inventory '%s'; name one "
			"with -d", o->db);
		return e->kind;
	}
	ok = db_open(&db, o->db, e) &&
		db_use_rules(db, o->rules, o->rules_n, e) &&
		db_use_vendors(db, o->oui_file, e) &&
		rebuild(db, o, e) && check_all(db, &result, e);
	if (ok)
		print(&result);
	db_close(db);
	return ok ? 0 : (int)e->kind;
}
