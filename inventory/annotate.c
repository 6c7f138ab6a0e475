/* annotate.c: see annotate.h. */
#include "inventory/annotate.h"
#include "capture/base/text.h"
#include "inventory/beside.h"
#include "inventory/sql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const words[STATUSES] = {
	[STATUS_TODO] = "todo", [STATUS_PLANNED] = "planned",
	[STATUS_DONE] = "done", [STATUS_EXEMPT] = "exempt",
};

const char *status_word(enum status s)
{
	return words[s];
}

enum status status_named(const char *word)
{
	for (int s = STATUS_TODO; s < STATUSES; s++)
		if (strcasecmp(words[s], word) == 0)
			return (enum status)s;
	return STATUSES;
}

static bool is_text(const char *key, const char *value, struct err *e)
{
	size_t n = strlen(value);

	if (n >= TEXT_MAX)
		return err_set(e, ERR_USAGE, "%s is longer than %d bytes", key,
			TEXT_MAX - 1);
	if (!text_is_clean(value, n))
		return err_set(e, ERR_USAGE, "%s holds characters that cannot "
			"be shown: '%s'", key, value);
	return true;
}

bool annotation_word(struct annotation *a, const char *word, struct err *e)
{
	const struct {
		const char *key;
		const char **value;
	} fields[] = {
		{"name", &a->name}, {"owner", &a->owner}, {"tag", &a->tag},
		{"note", &a->note}, {"status", &a->status},
	};
	const char *equals = strchr(word, '=');
	size_t n = equals ? (size_t)(equals - word) : strlen(word);

	for (size_t i = 0; equals && i < sizeof fields / sizeof fields[0];
		i++) {
		if (strlen(fields[i].key) != n ||
			strncasecmp(fields[i].key, word, n) != 0)
			continue;
		*fields[i].value = equals + 1;
		if (fields[i].value == &a->status && equals[1] != '\0' &&
			status_named(equals + 1) == STATUSES)
			return err_set(e, ERR_USAGE, "status is todo, "
				"planned, done or exempt, not '%s'",
				equals + 1);
		return is_text(fields[i].key, equals + 1, e);
	}
	return err_set(e, ERR_USAGE, "set takes name=, owner=, tag=, note= "
		"and status=, not '%s'", word);
}

/* Tags */

/* The next of a list; false at its end. Borrows from the list. */
static bool next_tag(const char **list, const char **tag, size_t *n)
{
	const char *p = *list + strspn(*list, ", ");

	*tag = p;
	*n = strcspn(p, ",");
	*list = p + *n;
	while (*n > 0 && p[*n - 1] == ' ')
		(*n)--;
	return *n > 0;
}

/* Where the list has this tag, small or capital letters alike; or NULL. */
static char *find_tag(char *list, const char *tag, size_t n, size_t *length)
{
	const char *rest = list, *at;

	while (next_tag(&rest, &at, length))
		if (*length == n && strncasecmp(at, tag, n) == 0)
			return list + (at - list);
	return NULL;
}

static void drop_tag(char *list, const char *tag, size_t n)
{
	size_t length;
	char *at = find_tag(list, tag, n, &length);

	if (!at)
		return;
	length += at[length] == ',';
	memmove(at, at + length, strlen(at + length) + 1);
	length = strlen(list);
	if (length > 0 && list[length - 1] == ',')
		list[length - 1] = '\0';
}

static bool add_tag(char list[TEXT_MAX], const char *tag, size_t n)
{
	size_t at = strlen(list), length;

	if (n == 0 || find_tag(list, tag, n, &length))
		return true;
	if (at + (at > 0) + n >= TEXT_MAX)
		return false;
	if (at > 0)
		list[at++] = ',';
	memcpy(list + at, tag, n);
	list[at + n] = '\0';
	return true;
}

/* What is said of tags, on top of those that are there: a list that begins
 * with a sign changes them, another takes their place. */
static bool merge_tags(char list[TEXT_MAX], const char *said, struct err *e)
{
	const char *rest = said, *tag;
	size_t n;

	if (strspn(said + strspn(said, " "), "+-") == 0)
		list[0] = '\0';
	while (next_tag(&rest, &tag, &n)) {
		bool less = *tag == '-';

		if (less || *tag == '+') {
			size_t skip = 1 + strspn(tag + 1, " ");

			skip = skip < n ? skip : n;
			tag += skip;
			n -= skip;
		}
		if (less)
			drop_tag(list, tag, n);
		else if (!add_tag(list, tag, n))
			return err_set(e, ERR_USAGE, "the tags of a device "
				"are longer than %d bytes", TEXT_MAX - 1);
	}
	return true;
}

static bool read_tags(sqlite3_stmt *s, const char *device, char out[TEXT_MAX],
	struct err *e)
{
	bool found;

	out[0] = '\0';
	sql_bind_text(s, 1, device);
	if (!sql_row(s, &found, e))
		return false;
	if (found && sqlite3_column_text(s, 0))
		snprintf(out, TEXT_MAX, "%s",
			(const char *)sqlite3_column_text(s, 0));
	sql_reset(s);
	return true;
}

/* The statements of a writer. */
struct said {
	sqlite3 *h;
	sqlite3_stmt *write, *tags;
};

static bool write_one(struct said *w, const char *device,
	const struct annotation *a, int64_t now, struct err *e)
{
	enum status status = a->status ? status_named(a->status) : STATUSES;
	char tags[TEXT_MAX];

	if (a->tag && (!read_tags(w->tags, device, tags, e) ||
			!merge_tags(tags, a->tag, e)))
		return false;
	sql_bind_text(w->write, 1, device);
	sql_bind_text(w->write, 2, !a->status ? NULL
		: status < STATUSES ? words[status] : "");
	sql_bind_text(w->write, 3, a->owner);
	sql_bind_text(w->write, 4, a->note);
	sql_bind_text(w->write, 5, a->name);
	sql_bind_text(w->write, 6, a->tag ? tags : NULL);
	sql_bind(w->write, 7, now);
	return sql_run(w->write, e);
}

static bool write_all(struct said *w, const struct annotate_to *to,
	const char *const *devices, size_t n, const struct annotation *a,
	struct err *e)
{
	if (!sql_exec(w->h, "BEGIN IMMEDIATE", e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!write_one(w, devices[i], a, to->now, e))
			goto fail;
	if (sql_exec(w->h, "COMMIT", e))
		return true;
fail:
	sqlite3_exec(w->h, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

bool annotate(const struct annotate_to *to, const char *const *devices,
	size_t n, const struct annotation *a, struct err *e)
{
	/* A field that is not given keeps its value; "" becomes NULL. */
	static const char sql[] = "INSERT INTO annotations (device, status, "
		"owner, note, name, tag, updated_at) VALUES (?1, "
		"ifnull(?2, ''), nullif(?3, ''), nullif(?4, ''), "
		"nullif(?5, ''), nullif(?6, ''), ?7) "
		"ON CONFLICT (device) DO UPDATE SET "
		"status = ifnull(?2, status), "
		"owner = CASE WHEN ?3 IS NULL THEN owner "
		"ELSE nullif(?3, '') END, "
		"note = CASE WHEN ?4 IS NULL THEN note "
		"ELSE nullif(?4, '') END, "
		"name = CASE WHEN ?5 IS NULL THEN name "
		"ELSE nullif(?5, '') END, "
		"tag = CASE WHEN ?6 IS NULL THEN tag "
		"ELSE nullif(?6, '') END, updated_at = ?7 "
		"WHERE updated_at <= ?7";
	struct said w = {0};
	bool ok = beside_open(&w.h, to->db, to->patience, e) &&
		sql_prepare(w.h, &w.write, sql, e) &&
		sql_prepare(w.h, &w.tags, "SELECT tag FROM annotations "
			"WHERE device = ?1", e) &&
		write_all(&w, to, devices, n, a, e);

	sqlite3_finalize(w.write);
	sqlite3_finalize(w.tags);
	sqlite3_close(w.h);
	return ok;
}
