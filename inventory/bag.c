/* bag.c: see bag.h. */
#include "inventory/bag.h"
#include "inventory/sql.h"
#include <stdlib.h>
#include <string.h>

void bag_add(struct bag *b, const char *text, size_t len, uint64_t n)
{
	if (b->n == b->cap) {
		b->cap = b->cap > 0 ? 2 * b->cap : 16;
		b->v = xrealloc(b->v, b->cap, sizeof *b->v);
	}
	b->v[b->n].text = xcalloc(len + 1, 1);
	memcpy(b->v[b->n].text, text, len);
	b->v[b->n++].n = n;
}

static int by_text(const void *x, const void *y)
{
	const struct bag_item *a = x, *b = y;

	return strcmp(a->text, b->text);
}

static int by_count(const void *x, const void *y)
{
	const struct bag_item *a = x, *b = y;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return strcmp(a->text, b->text);
}

void bag_sort(struct bag *b)
{
	size_t kept = 0;

	if (b->n == 0)
		return;
	qsort(b->v, b->n, sizeof *b->v, by_text);
	for (size_t i = 1; i < b->n; i++) {
		if (strcmp(b->v[kept].text, b->v[i].text) == 0) {
			b->v[kept].n += b->v[i].n;
			free(b->v[i].text);
		} else {
			b->v[++kept] = b->v[i];
		}
	}
	b->n = kept + 1;
	qsort(b->v, b->n, sizeof *b->v, by_count);
}

char *bag_list(const struct bag *b, size_t most)
{
	size_t n = b->n < most ? b->n : most, size = 1;
	char *list, *p;

	if (n == 0)
		return NULL;
	for (size_t i = 0; i < n; i++)
		size += strlen(b->v[i].text) + 1;
	list = p = xcalloc(size, 1);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			*p++ = '\n';
		p = stpcpy(p, b->v[i].text);
	}
	return list;
}

void bag_free(struct bag *b)
{
	for (size_t i = 0; i < b->n; i++)
		free(b->v[i].text);
	free(b->v);
	*b = (struct bag){0};
}
