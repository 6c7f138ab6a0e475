/* query_names.c: the names that were heard last; see query.h. */
#include "inventory/query_private.h"
#include <stdlib.h>

/* Kinds that hosts are called by: kinds.h. */
static const char names_sql[] = "SELECT first_seen, subject, kind, value "
	"FROM identities WHERE first_seen BETWEEN ?1 AND ?2 AND kind IN "
	"('dhcp_host', 'dhcp_fqdn', 'dns', 'ptr', 'mdns', 'netbios', 'llmnr') "
	"ORDER BY first_seen DESC, subject, kind, value LIMIT ?3";

void name_list_free(struct name_list *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].subject);
		free(l->v[i].kind);
		free(l->v[i].name);
	}
	free(l->v);
	free(l);
}

static void add(struct name_list *l, sqlite3_stmt *s)
{
	l->v = xgrow(l->v, l->n, sizeof *l->v);
	l->v[l->n++] = (struct name_heard){sqlite3_column_int64(s, 0),
		query_text(s, 1), query_text(s, 2), query_text(s, 3)};
}

bool query_names_heard(struct query *q, int64_t since, int64_t until,
	size_t most, struct name_list **out, struct err *e)
{
	struct name_list *l = xcalloc(1, sizeof *l);
	sqlite3_stmt *s = NULL;
	bool row = true, ok;

	ok = sql_prepare(query_handle(q), &s, names_sql, e);
	if (ok) {
		sql_bind(s, 1, since);
		sql_bind(s, 2, until > 0 ? until : INT64_MAX);
		sql_bind(s, 3, (int64_t)most);
	}
	while (ok && (ok = sql_row(s, &row, e)) && row)
		add(l, s);
	sqlite3_finalize(s);
	if (!ok) {
		name_list_free(l);
		return false;
	}
	*out = l;
	return true;
}
