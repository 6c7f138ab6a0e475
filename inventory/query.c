/* query.c: the read-only connection; see query.h. */
#include "inventory/query.h"
#include "capture/base/text.h"
#include "inventory/endpoint.h"
#include "inventory/file.h"
#include "inventory/oui.h"
#include "inventory/query_private.h"
#include "inventory/schema.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What tells one state of a file from another. */
struct print {
	dev_t device;
	ino_t inode;
	off_t size, wal;
	struct timespec changed;
};

struct query {
	char *path;
	sqlite3 *h;
	bool immutable; /* opened as a file that nobody writes */
	int held;
	struct print print;
	int64_t version; /* data_version at the last question; -1: none */
	char *oui_path;
	struct oui *oui;
	struct advices *advices;
	struct rules *rules;
	int64_t rules_print; /* of what the inventory was concluded with */
	struct names own;
};

static struct print print_of(const char *path)
{
	char *wal = xcalloc(strlen(path) + 5, 1);
	struct print p = {.wal = -1};
	struct stat st;

	if (stat(path, &st) == 0)
		p = (struct print){st.st_dev, st.st_ino, st.st_size, -1,
			st.st_mtim};
	stpcpy(stpcpy(wal, path), "-wal");
	if (stat(wal, &st) == 0)
		p.wal = st.st_size;
	free(wal);
	return p;
}

static bool same_file(const struct print *a, const struct print *b)
{
	return a->device == b->device && a->inode == b->inode;
}

static bool same_print(const struct print *a, const struct print *b)
{
	return same_file(a, b) && a->size == b->size && a->wal == b->wal &&
		a->changed.tv_sec == b->changed.tv_sec &&
		a->changed.tv_nsec == b->changed.tv_nsec;
}

/* Opens and reads something: only then SQLite looks for its helpers. */
static int try_open(const char *path, const char *how, sqlite3 **out)
{
	char *uri = file_uri(path, how);
	int code = sqlite3_open_v2(uri, out, SQLITE_OPEN_READONLY |
			SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);

	free(uri);
	if (code != SQLITE_OK)
		return code;
	sqlite3_busy_timeout(*out, 5000);
	return sqlite3_exec(*out, "SELECT count(*) FROM sqlite_master", NULL,
		NULL, NULL);
}

/* A file that its writer has left needs new helpers beside it; where they
 * cannot be made (a disk for reading only, another's folder), nobody writes
 * there either, and it can be read as it lies. Not so while a -wal holds a
 * part of it. */
static bool connect(struct query *q, struct err *e)
{
	int code = try_open(q->path, "?mode=ro", &q->h);

	q->print = print_of(q->path);
	q->immutable = false;
	q->version = -1;
	if (code == SQLITE_OK)
		return true;
	if ((code & 0xff) == SQLITE_CANTOPEN ||
		(code & 0xff) == SQLITE_READONLY ||
		(code & 0xff) == SQLITE_PERM) {
		if (q->print.wal > 0)
			return err_set(e, ERR_RUN, "cannot read '%s': "
				"'%s-wal' holds a part of it and this folder "
				"cannot be written; copy both to another one",
				q->path, q->path);
		sqlite3_close(q->h);
		q->h = NULL;
		q->immutable = true;
		code = try_open(q->path, "?mode=ro&immutable=1", &q->h);
	}
	return code == SQLITE_OK || sql_fail(q->h, e, "read");
}

static bool check_version(struct query *q, struct err *e)
{
	int64_t version;

	if (!sql_number(q->h, "PRAGMA user_version", 0, &version, e))
		return false;
	if (version > SCHEMA_VERSION)
		return err_set(e, ERR_USAGE, "'%s' was made by a newer "
			"mailcensus (schema %lld, this one knows %d); update",
			q->path, (long long)version, SCHEMA_VERSION);
	if (version < SCHEMA_VERSION)
		return err_set(e, ERR_USAGE, "'%s' was made by an older "
			"mailcensus; 'mailcensus check -d %s' brings it up "
			"to date", q->path, q->path);
	return true;
}

bool query_open(struct query **out, const char *path, struct err *e)
{
	struct query *q = xcalloc(1, sizeof *q);
	enum file_kind kind;

	q->path = xstrdup(path);
	if (!file_check(path, &kind, e))
		goto fail;
	if (kind == FILE_MISSING) {
		err_set(e, ERR_USAGE, "there is no inventory '%s'; make one "
			"with -i or -r, or name another with -d", path);
		goto fail;
	}
	if (kind == FILE_EMPTY) {
		err_set(e, ERR_USAGE, "'%s' is empty; fill it with -i or -r",
			path);
		goto fail;
	}
	if (!connect(q, e) || !check_version(q, e))
		goto fail;
	*out = q;
	return true;
fail:
	query_close(q);
	return false;
}

void query_close(struct query *q)
{
	if (!q)
		return;
	assert(q->held == 0);
	sqlite3_close(q->h);
	oui_free(q->oui);
	advices_free(q->advices);
	rules_free(q->rules);
	free(q->oui_path);
	names_free(&q->own);
	free(q->path);
	free(q);
}

/* The file was replaced, or has a writer now that an immutable connection
 * would not see. What cannot be opened stays as it was. */
static void reconnect(struct query *q)
{
	struct query fresh = {.path = q->path};

	if (connect(&fresh, NULL)) {
		sqlite3_close(q->h);
		q->h = fresh.h;
		q->immutable = fresh.immutable;
		q->print = fresh.print;
	} else {
		sqlite3_close(fresh.h);
	}
	q->version = -1;
}

bool query_changed(struct query *q)
{
	struct print now = print_of(q->path);
	int64_t version = 0;

	if (q->held == 0 && now.inode != 0 &&
		(!same_file(&now, &q->print) ||
			(q->immutable && !same_print(&now, &q->print))))
		reconnect(q);
	if (!sql_number(q->h, "PRAGMA data_version", 0, &version, NULL))
		return true; /* whoever asks next learns why */
	if (version == q->version)
		return false;
	q->version = version;
	return true;
}

sqlite3 *query_handle(struct query *q)
{
	return q->h;
}

const char *query_path(const struct query *q)
{
	return q->path;
}

void query_oui(struct query *q, const char *path)
{
	free(q->oui_path);
	q->oui_path = xstrdup(path);
	oui_free(q->oui);
	q->oui = NULL;
}

void query_own_domain(struct query *q, const char *domain)
{
	names_add(&q->own, domain);
}

const struct names *query_own(const struct query *q)
{
	return &q->own;
}

bool query_vendors(struct query *q, struct oui **out, struct err *e)
{
	if (!q->oui && !oui_load(&q->oui, q->oui_path, e))
		return false;
	*out = q->oui;
	return true;
}

bool query_advices(struct query *q, struct advices **out, struct err *e)
{
	if (!q->advices && !advices_load(&q->advices, e))
		return false;
	*out = q->advices;
	return true;
}

enum { TEXTS_MOST = 64 };

/* A file that others wrote may hold anything: what is no rules counts as none,
 * as for a writer that is not told of them. */
static bool read_rules(struct query *q, struct rules **out, struct err *e)
{
	struct rules_text texts[TEXTS_MOST];
	sqlite3_stmt *s = NULL;
	size_t n = 0;
	bool row, ok;

	ok = sql_prepare(q->h, &s, "SELECT name, text FROM rule_texts "
		"WHERE length(text) <= 1048576 ORDER BY seq", e);
	while (ok && n < TEXTS_MOST && (ok = sql_row(s, &row, e)) && row) {
		const char *text = (const char *)sqlite3_column_text(s, 1);

		texts[n++] = (struct rules_text){
			query_text(s, 0), xstrdup(text ? text : "")};
	}
	sqlite3_finalize(s);
	ok = ok && (rules_with(out, texts, n, NULL) ||
		rules_with(out, NULL, 0, e));
	for (size_t i = 0; i < n; i++) {
		free(texts[i].name);
		free(texts[i].text);
	}
	return ok;
}

/* Read anew when a writer has drawn its conclusions by others. */
bool query_rules(struct query *q, const struct rules **out, struct err *e)
{
	struct rules *rules;
	int64_t print;

	if (!sql_number(q->h, "SELECT value FROM meta WHERE key = 'rules'", 0,
			&print, e))
		return false;
	if (!q->rules || print != q->rules_print) {
		if (!read_rules(q, &rules, e))
			return false;
		rules_free(q->rules);
		q->rules = rules;
		q->rules_print = print;
	}
	*out = q->rules;
	return true;
}

bool query_begin(struct query *q, struct err *e)
{
	if (sqlite3_exec(q->h, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
		return sql_fail(q->h, e, "read");
	return true;
}

void query_end(struct query *q)
{
	sqlite3_exec(q->h, "COMMIT", NULL, NULL, NULL);
}

void query_hold(struct query *q, int by)
{
	q->held += by;
}

static char *clean(const char *text, size_t n)
{
	char room[TEXT_MAX];

	if (n < TEXT_MAX && text_is_clean(text, n)) {
		char *copy = xcalloc(n + 1, 1);

		memcpy(copy, text, n);
		return copy;
	}
	text_clean(room, sizeof room, text, n);
	return xstrdup(room);
}

char *query_text(sqlite3_stmt *s, int at)
{
	const char *text = (const char *)sqlite3_column_text(s, at);

	return text ? clean(text, (size_t)sqlite3_column_bytes(s, at)) : NULL;
}

enum { NAMES_MAX = 1024 };

static void add(struct names *n, char *taken)
{
	n->v = xgrow(n->v, n->n, sizeof *n->v);
	n->v[n->n++] = taken;
}

void names_add(struct names *n, const char *text)
{
	add(n, clean(text, strlen(text)));
}

struct names query_names(sqlite3_stmt *s, int at, char between)
{
	const char *p = (const char *)sqlite3_column_text(s, at), *end;
	struct names n = {0};

	if (!p)
		return n;
	end = p + sqlite3_column_bytes(s, at);
	while (n.n < NAMES_MAX) {
		const char *stop = memchr(p, between, (size_t)(end - p));

		if (!stop)
			stop = end;
		add(&n, clean(p, (size_t)(stop - p)));
		if (stop == end)
			break;
		p = stop + 1;
	}
	return n;
}

bool names_have(const struct names *n, const char *text)
{
	for (size_t i = 0; i < n->n; i++)
		if (strcmp(n->v[i], text) == 0)
			return true;
	return false;
}

void names_free(struct names *n)
{
	for (size_t i = 0; i < n->n; i++)
		free(n->v[i]);
	free(n->v);
	*n = (struct names){0};
}

void query_why(struct service_why *w, char **service,
	const struct endpoint_service *s)
{
	*w = (struct service_why){.way = WAY_UNKNOWN};
	*service = NULL;
	if (!s->of)
		return;
	*service = xstrdup(s->of->service);
	w->from = endpoint_from_word(s->from);
	w->fact = xstrdup(s->fact);
	w->rule = xstrdup(s->of->rule);
	w->provider = xstrdup(s->of->name);
	w->way = s->of->way;
	w->demands = s->of->demands;
}

void query_why_free(struct service_why *w)
{
	free(w->fact);
	free(w->rule);
	free(w->provider);
	*w = (struct service_why){.way = WAY_UNKNOWN};
}

unsigned query_enum(sqlite3_stmt *s, int at, unsigned most)
{
	int64_t v = sqlite3_column_int64(s, at);

	return v < 0 || v > most ? 0 : (unsigned)v;
}

uint64_t query_count(sqlite3_stmt *s, int at)
{
	int64_t v = sqlite3_column_int64(s, at);

	return v < 0 ? 0 : (uint64_t)v;
}

void query_hex(sqlite3_stmt *s, int at, char out[33])
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = sqlite3_column_blob(s, at);
	int n = sqlite3_column_bytes(s, at);

	for (int i = 0; i < 16 && i < n; i++) {
		*out++ = digits[p[i] >> 4];
		*out++ = digits[p[i] & 0xf];
	}
	*out = '\0';
}
