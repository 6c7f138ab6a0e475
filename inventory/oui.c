/* oui.c: see oui.h. */
#include "inventory/oui.h"
#include "capture/base/bytes.h"
#include "capture/base/text.h"
#include "inventory/sql.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	FILE_MAX = 64 << 20, /* the whole of the IEEE's is 5 MB */
	ENTRIES_MAX = 1 << 20,
	FIELD = 512,
};

/* Longest first: what a short prefix says, a longer one knows better. */
static const unsigned bits[] = {36, 28, 24};
enum { LENGTHS = sizeof bits / sizeof bits[0] };

struct entry {
	uint64_t prefix;
	uint32_t name; /* in names; 0: taken, by nobody that is named */
};

struct oui {
	struct entry *v[LENGTHS];
	size_t n[LENGTHS], cap[LENGTHS];
	char *names;
	size_t names_n, names_cap;
};

/* One field of RFC 4180 into out, what does not fit left out. True if another
 * one follows in this line. */
static bool field(struct rd *r, char out[FIELD], size_t *n)
{
	bool quoted = rd_left(r) > 0 && *r->p == '"';

	*n = 0;
	if (quoted)
		rd_u8(r);
	while (rd_left(r) > 0) {
		uint8_t c = rd_u8(r);

		if (quoted && c == '"') {
			if (rd_left(r) > 0 && *r->p == '"') {
				rd_u8(r);
			} else {
				quoted = false;
				continue;
			}
		} else if (!quoted && c == ',') {
			return true;
		} else if (!quoted && c == '\n') {
			return false;
		} else if (!quoted && c == '\r') {
			continue;
		}
		if (*n < FIELD)
			out[(*n)++] = (char)c;
	}
	return false;
}

/* 6, 7 or 9 hex digits. */
static bool prefix(const char *p, size_t n, size_t *length, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		if (!isxdigit((unsigned char)p[i]))
			return false;
		*out = *out << 4 | (uint64_t)(isdigit((unsigned char)p[i])
			? p[i] - '0' : tolower((unsigned char)p[i]) - 'a' + 10);
	}
	for (*length = 0; *length < LENGTHS; ++*length)
		if (bits[*length] == 4 * n)
			return true;
	return false;
}

static uint32_t keep_name(struct oui *o, const char *p, size_t n)
{
	char name[TEXT_MAX];
	size_t at = o->names_n, len;

	len = text_clean(name, sizeof name, p, n);
	/* Sub-assigned by the registry itself, or kept secret. */
	if (len == 0 || strcmp(name, "Private") == 0 ||
		strncmp(name, "IEEE Registration Authority", 27) == 0)
		return 0;
	if (at + len + 1 > o->names_cap) {
		o->names_cap = 2 * o->names_cap + sizeof name;
		o->names = xrealloc(o->names, o->names_cap, 1);
	}
	memcpy(o->names + at, name, len + 1);
	o->names_n += len + 1;
	return (uint32_t)at;
}

static void keep(struct oui *o, size_t length, uint64_t p, uint32_t name)
{
	if (o->n[length] >= ENTRIES_MAX)
		return;
	if (o->n[length] == o->cap[length]) {
		o->cap[length] = o->cap[length] > 0
			? 2 * o->cap[length] : 1024;
		o->v[length] = xrealloc(o->v[length], o->cap[length],
			sizeof *o->v[length]);
	}
	o->v[length][o->n[length]++] = (struct entry){p, name};
}

/* Registry,Assignment,Organization Name,... in each line. */
static void parse(struct oui *o, struct rd r)
{
	char f[FIELD];

	while (rd_left(&r) > 0) {
		size_t n, length = 0;
		uint64_t p = 0;
		bool more = field(&r, f, &n), good = false;

		if (more) {
			more = field(&r, f, &n);
			good = prefix(f, n, &length, &p);
		}
		if (more) {
			more = field(&r, f, &n);
			if (good)
				keep(o, length, p, keep_name(o, f, n));
		}
		while (more)
			more = field(&r, f, &n);
	}
}

static bool read_file(struct oui *o, const char *path, struct err *e)
{
	FILE *f = fopen(path, "rbe");
	struct stat st;
	uint8_t *p;
	size_t n;
	bool ok;

	if (!f || fstat(fileno(f), &st) != 0) {
		err_set(e, ERR_USAGE, "cannot open '%s': %s; --oui-file takes "
			"a CSV file of the IEEE", path, strerror(errno));
		if (f)
			fclose(f);
		return false;
	}
	if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
		fclose(f);
		return err_set(e, ERR_USAGE, "'%s' is no registry of the IEEE; "
			"--oui-file takes a CSV file", path);
	}
	p = xcalloc((size_t)st.st_size, 1);
	n = fread(p, 1, (size_t)st.st_size, f);
	ok = !ferror(f);
	if (!ok)
		err_set(e, ERR_USAGE, "cannot read '%s': %s", path,
			strerror(errno));
	fclose(f);
	parse(o, rd_init(p, n));
	free(p);
	return ok;
}

static size_t read_folder(struct oui *o, const char *path)
{
	static const char *const files[] = {
		"oui.csv", "mam.csv", "oui36.csv", "iab.csv"};
	size_t found = 0;

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		char *full = xcalloc(strlen(path) + 16, 1);

		stpcpy(stpcpy(stpcpy(full, path), "/"), files[i]);
		found += read_file(o, full, NULL);
		free(full);
	}
	return found;
}

static int by_prefix(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;

	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	return a->name < b->name ? -1 : a->name > b->name;
}

static bool load(struct oui *o, const char *path, struct err *e)
{
	static const char *const usual[] = {
		"/usr/share/ieee-data", "/var/lib/ieee-data"};
	struct stat st;

	if (!path) {
		for (size_t i = 0; i < 2; i++)
			if (read_folder(o, usual[i]) > 0)
				break;
		return true;
	}
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (read_folder(o, path) > 0)
			return true;
		return err_set(e, ERR_USAGE, "'%s' holds no oui.csv, mam.csv, "
			"oui36.csv or iab.csv", path);
	}
	if (!read_file(o, path, e))
		return false;
	if (oui_count(o) == 0)
		return err_set(e, ERR_USAGE, "'%s' names no prefix; --oui-file "
			"takes a CSV file of the IEEE", path);
	return true;
}

static struct oui *new(void)
{
	struct oui *o = xcalloc(1, sizeof *o);

	o->names_cap = 1 << 16;
	o->names = xcalloc(o->names_cap, 1);
	o->names_n = 1;
	return o;
}

static void sort(struct oui *o)
{
	for (size_t i = 0; i < LENGTHS; i++)
		if (o->n[i] > 0)
			qsort(o->v[i], o->n[i], sizeof *o->v[i], by_prefix);
}

bool oui_load(struct oui **out, const char *path, struct err *e)
{
	struct oui *o = new();

	if (!load(o, path, e)) {
		oui_free(o);
		return false;
	}
	sort(o);
	*out = o;
	return true;
}

struct oui *oui_parse(const void *p, size_t n)
{
	struct oui *o = new();

	parse(o, rd_init(p, n));
	sort(o);
	return o;
}

void oui_free(struct oui *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < LENGTHS; i++)
		free(o->v[i]);
	free(o->names);
	free(o);
}

/* The first of equal prefixes, as the registry lists some twice. */
static const struct entry *find(const struct oui *o, size_t length,
	uint64_t p)
{
	size_t low = 0, high = o->n[length];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (o->v[length][middle].prefix < p)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < o->n[length] && o->v[length][low].prefix == p)
		return &o->v[length][low];
	return NULL;
}

const char *oui_vendor(const struct oui *o, const struct mac *m)
{
	uint64_t whole = 0;

	if (mac_is_local(m) || mac_is_group(m))
		return NULL;
	for (int i = 0; i < 6; i++)
		whole = whole << 8 | m->b[i];
	for (size_t i = 0; i < LENGTHS; i++) {
		const struct entry *x = find(o, i, whole >> (48 - bits[i]));

		if (x)
			return x->name > 0 ? o->names + x->name : NULL;
	}
	return NULL;
}

size_t oui_count(const struct oui *o)
{
	size_t n = 0;

	for (size_t i = 0; i < LENGTHS; i++)
		n += o->n[i];
	return n;
}
