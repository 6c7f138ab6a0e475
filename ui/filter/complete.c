/* complete.c: what may follow what has been typed of a filter; see filter.h. */
#include "ui/filter/field.h"
#include <stdio.h>
#include <string.h>

/* What has been found so far: what all candidates begin with, and some of
 * them to show. */
struct found {
	char common[FILTER_VALUE];
	bool any, many; /* many: they are not all the same */
	struct filter_completion *out;
	size_t shown; /* bytes of out->choices */
};

static bool continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The first n bytes, of which the last is no half of a character. */
static void keep(char *text, size_t n)
{
	while (n > 0 && continues(text[n]))
		n--;
	text[n] = '\0';
}

static void show(struct found *f, const char *candidate)
{
	size_t n = strlen(candidate), gap = f->shown > 0 ? 2 : 0;
	char *at = f->out->choices + f->shown;

	if (f->shown + gap + n >= sizeof f->out->choices)
		return;
	snprintf(at, n + gap + 1, "%s%s", gap > 0 ? "  " : "", candidate);
	f->shown += n + gap;
}

static bool shown(const struct found *f, const char *candidate)
{
	size_t n = strlen(candidate);

	for (const char *p = f->out->choices;
		(p = strstr(p, candidate)) != NULL; p++)
		if ((p == f->out->choices || p[-1] == ' ') &&
			(p[n] == '\0' || p[n] == ' '))
			return true;
	return false;
}

static void consider(struct found *f, const char *typed, const char *candidate)
{
	size_t n = 0;

	if (!candidate || !field_begins(candidate, typed) ||
		strlen(candidate) >= sizeof f->common || strchr(candidate, '"'))
		return;
	if (!f->any) {
		snprintf(f->common, sizeof f->common, "%s", candidate);
		f->any = true;
	} else if (strcmp(f->common, candidate) != 0) {
		f->many = true;
		while (f->common[n] != '\0' && f->common[n] == candidate[n])
			n++;
		keep(f->common, n);
	}
	if (!shown(f, candidate))
		show(f, candidate);
}

static void consider_all(struct found *f, const char *typed,
	const struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		consider(f, typed, names->v[i]);
}

static void consider_tags(struct found *f, const char *typed, const char *tags)
{
	char tag[TEXT_MAX];

	while (tags && field_next_tag(&tags, tag))
		consider(f, typed, tag);
}

/* What a device has in a field of text. */
static void consider_device(struct found *f, enum filter_field field,
	const char *typed, const struct device *d)
{
	switch ((int)field) {
	case FILTER_IP: consider_all(f, typed, &d->addresses); break;
	case FILTER_NAME: consider(f, typed, d->name); break;
	case FILTER_VENDOR: consider(f, typed, d->vendor); break;
	case FILTER_MODEL: consider(f, typed, d->model); break;
	case FILTER_MAC: consider_all(f, typed, &d->macs); break;
	case FILTER_VLAN: consider_all(f, typed, &d->vlans); break;
	case FILTER_ACCOUNT: consider_all(f, typed, &d->accounts); break;
	case FILTER_MECH: consider_all(f, typed, &d->mechanisms); break;
	case FILTER_FROM: consider_all(f, typed, &d->from); break;
	case FILTER_RCPT: consider_all(f, typed, &d->domains); break;
	case FILTER_SERVER: consider_all(f, typed, &d->servers); break;
	case FILTER_SERVICE: consider_all(f, typed, &d->services); break;
	case FILTER_EHLO: consider_all(f, typed, &d->helos); break;
	case FILTER_AGENT: consider_all(f, typed, &d->agents); break;
	case FILTER_CODE: consider_all(f, typed, &d->codes); break;
	case FILTER_ADVICE: consider(f, typed, d->advice); break;
	case FILTER_BREAKS: consider(f, typed, d->breaks); break;
	case FILTER_OWNER: consider(f, typed, d->owner); break;
	case FILTER_TAG: consider_tags(f, typed, d->tag); break;
	case FILTER_NOTE: consider(f, typed, d->note); break;
	default: break;
	}
}

static bool has_words(const struct field *f)
{
	return f->type == FIELD_WORD || f->type == FIELD_TLS ||
		f->type == FIELD_RCPT;
}

static void consider_values(struct found *f, const struct field *field,
	const char *typed, const struct device_list *l)
{
	const char *name;
	uint64_t value;

	for (size_t i = 0; has_words(field) &&
		(name = field_word(field->words, i, &value)) != NULL; i++)
		consider(f, typed, name);
	for (size_t i = 0; l && i < l->n; i++)
		consider_device(f, field->field, typed, &l->v[i]);
}

/* What is between the quotes needs them again where it holds a blank. */
static void put_value(struct found *f, bool quoted)
{
	bool quote = quoted || strpbrk(f->common, " \t()") != NULL;

	snprintf(f->out->text, sizeof f->out->text, "%s%s%s",
		quote ? "\"" : "", f->common, quote && !f->many ? "\"" : "");
}

/* Words are compared with "=" and hardly anything else: it need not be typed,
 * and does no harm where it is. */
static void put_field(struct found *f)
{
	const struct field *field = !f->many
		? field_named(f->common, strlen(f->common)) : NULL;

	snprintf(f->out->text, sizeof f->out->text, "%s%s", f->common,
		field && field->type == FIELD_WORD ? "=" : "");
}

/* Where the word begins that ends at byte at: blanks in quotes are of it. */
static size_t word_start(const char *text, size_t at)
{
	size_t start = 0;
	bool quoted = false;

	for (size_t i = 0; i < at; i++) {
		if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && field_ends_word(text[i]))
			start = i + 1;
	}
	return start;
}

void filter_complete(const char *text, size_t at, const struct device_list *l,
	struct filter_completion *out)
{
	size_t start = word_start(text, at), name = 0;
	struct found f = {.out = out};
	const struct field *field;
	char typed[FILTER_VALUE];
	bool quoted;

	*out = (struct filter_completion){.from = at};
	while (start + name < at && !field_is_operator(text[start + name]))
		name++;
	if (start + name == at) {
		if (name >= sizeof typed)
			return;
		snprintf(typed, sizeof typed, "%.*s", (int)name, text + start);
		for (size_t i = 0; (field = field_at(i)) != NULL; i++)
			consider(&f, typed, field->name);
		out->from = f.any ? start : at;
		if (f.any)
			put_field(&f);
		return;
	}
	field = field_named(text + start, name);
	start += name;
	while (start < at && field_is_operator(text[start]))
		start++;
	quoted = start < at && text[start] == '"';
	if (!field || at - start - quoted >= sizeof typed)
		return;
	snprintf(typed, sizeof typed, "%.*s", (int)(at - start - quoted),
		text + start + quoted);
	consider_values(&f, field, typed, l);
	out->from = f.any ? start : at;
	if (f.any)
		put_value(&f, quoted);
}

bool filter_unfinished(const char *text)
{
	static const char *const joins[] = {"and", "or", "not"};
	size_t start = strlen(text);
	const struct field *field;

	while (start > 0 && !field_ends_word(text[start - 1]))
		start--;
	if (text[start] == '\0')
		return false;
	for (size_t i = 0; (field = field_at(i)) != NULL; i++)
		if (field_begins(field->name, text + start))
			return true;
	for (size_t i = 0; i < sizeof joins / sizeof joins[0]; i++)
		if (field_begins(joins[i], text + start))
			return true;
	return false;
}
