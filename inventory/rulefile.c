/* rulefile.c: see rulefile.h. */
#include "inventory/rulefile.h"
#include "capture/base/text.h"
#include "inventory/sql.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rulefile rulefile_init(const char *name, const char *text, size_t n)
{
	return (struct rulefile){.name = name, .p = text, .n = n};
}

bool rulefile_wrong(const struct rulefile *f, struct err *e,
	const char *what, const char *word)
{
	char clean[TEXT_MAX];

	text_clean(clean, sizeof clean, word, strlen(word));
	return err_set(e, ERR_USAGE, "'%s', line %u: %s '%s'; the head of the "
		"file that comes with mailcensus shows how a rule is written",
		f->name, f->line, what, clean);
}

/* Writes into f->text. */
static bool split(struct rulefile *f, struct err *e)
{
	char *p = f->text;

	f->words = 0;
	for (;;) {
		char end = ' ';

		while (*p == ' ')
			p++;
		if (*p == '\0' || *p == '#')
			return true;
		if (f->words == RULEFILE_WORDS)
			return rulefile_wrong(f, e, "one word too many:", p);
		if (*p == '"') {
			end = '"';
			p++;
		}
		f->word[f->words++] = p;
		while (*p != '\0' && *p != end)
			p++;
		if (end == '"' && *p == '\0')
			return rulefile_wrong(f, e,
				"a quote that does not end:",
				f->word[f->words - 1]);
		if (*p != '\0')
			*p++ = '\0';
	}
}

static bool take_line(struct rulefile *f, size_t n, struct err *e)
{
	if (n >= sizeof f->text)
		return err_set(e, ERR_USAGE, "'%s', line %u: longer than %zu "
			"bytes", f->name, f->line, sizeof f->text - 1);
	if (n > 0 && f->p[n - 1] == '\r')
		n--;
	for (size_t i = 0; i < n; i++)
		f->text[i] = f->p[i] == '\t' ? ' ' : f->p[i];
	f->text[n] = '\0';
	if (!text_is_clean(f->text, n))
		return rulefile_wrong(f, e,
			"characters that cannot be shown, in", f->text);
	return split(f, e);
}

bool rulefile_next(struct rulefile *f, bool *any, struct err *e)
{
	f->words = 0;
	while (f->n > 0 && f->words == 0) {
		const char *end = memchr(f->p, '\n', f->n);
		size_t n = end ? (size_t)(end - f->p) : f->n;

		f->line++;
		if (!take_line(f, n, e))
			return false;
		n += end != NULL;
		f->p += n;
		f->n -= n;
	}
	*any = f->words > 0;
	return true;
}

/* FNV-1a (Fowler, Noll and Vo): nobody gains by a collision. */
uint64_t rulefile_print(uint64_t h, const char *text)
{
	for (; text && *text != '\0'; text++)
		h = (h ^ (uint8_t)*text) * 0x100000001b3;
	return (h ^ (text ? 0xff : 0xfe)) * 0x100000001b3;
}

bool rulefile_read(const char *path, char **text, size_t *n, struct err *e)
{
	FILE *file = fopen(path, "r");
	bool ok;

	if (!file)
		return err_set(e, ERR_USAGE, "cannot open rules '%s': %s", path,
			strerror(errno));
	*text = xcalloc(RULEFILE_MOST + 1, 1);
	*n = fread(*text, 1, RULEFILE_MOST + 1, file);
	ok = !ferror(file) || err_set(e, ERR_RUN,
		"cannot read rules '%s': %s", path, strerror(errno));
	fclose(file);
	if (ok && *n > RULEFILE_MOST)
		ok = err_set(e, ERR_USAGE, "rules '%s' have over %d bytes",
			path, RULEFILE_MOST);
	if (!ok)
		free(*text);
	return ok;
}
