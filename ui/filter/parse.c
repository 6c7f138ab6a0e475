/* parse.c: an expression becomes steps in reverse Polish order; see
 * filter.h. */
#include "ui/filter/field.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct parser {
	const char *text, *p;
	struct filter_expression *out;
	struct filter_error *error;
	unsigned depth;
};

static bool fail(struct parser *r, const char *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static bool fail(struct parser *r, const char *at, const char *fmt, ...)
{
	va_list ap;

	r->error->at = (size_t)(at - r->text);
	va_start(ap, fmt);
	vsnprintf(r->error->text, sizeof r->error->text, fmt, ap);
	va_end(ap);
	return false;
}

static void skip_blanks(struct parser *r)
{
	while (*r->p == ' ' || *r->p == '\t')
		r->p++;
}

/* Whether the next word is this one; then moves past it. */
static bool accept_word(struct parser *r, const char *word)
{
	size_t n = strlen(word);

	skip_blanks(r);
	if (!field_begins(r->p, word) || !field_ends_word(r->p[n]))
		return false;
	r->p += n;
	return true;
}

static struct filter_step *add(struct parser *r, enum filter_step_kind kind)
{
	struct filter_step *s;

	if (r->out->n == FILTER_STEPS) {
		fail(r, r->p, "too long: more than %d terms", FILTER_STEPS);
		return NULL;
	}
	s = &r->out->v[r->out->n++];
	*s = (struct filter_step){.kind = kind};
	return s;
}

/* A value: up to a blank or bracket, or in quotes. */
static bool read_value(struct parser *r, char out[FILTER_VALUE])
{
	const char *start = r->p;
	bool quoted = *r->p == '"';
	size_t n = 0;

	r->p += quoted;
	while (quoted ? *r->p != '"' && *r->p != '\0'
		      : !field_ends_word(*r->p)) {
		if (n + 1 == FILTER_VALUE)
			return fail(r, start, "longer than %d characters",
				FILTER_VALUE - 1);
		out[n++] = *r->p++;
	}
	out[n] = '\0';
	if (!quoted)
		return true;
	if (*r->p != '"')
		return fail(r, start, "the quote is not closed");
	r->p++;
	return true;
}

static bool read_compare(struct parser *r, enum filter_compare *out)
{
	static const struct {
		const char *text;
		enum filter_compare compare;
	} all[] = {
		{"!=", FILTER_UNEQUAL}, {"<=", FILTER_AT_MOST},
		{">=", FILTER_AT_LEAST}, {"==", FILTER_EQUAL},
		{"=", FILTER_EQUAL}, {"~", FILTER_CONTAINS},
		{"<", FILTER_LESS}, {">", FILTER_MORE},
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		size_t n = strlen(all[i].text);

		if (strncmp(r->p, all[i].text, n) != 0)
			continue;
		r->p += n;
		*out = all[i].compare;
		return true;
	}
	return fail(r, r->p, "expected = != ~ < <= > or >=");
}

/* Digits and a unit: "30d", "3k". */
static bool read_number(const char *text, enum field_words units,
	uint64_t *out)
{
	uint64_t n = 0, unit;
	const char *p = text;

	for (; *p >= '0' && *p <= '9'; p++) {
		if (n > UINT64_MAX / 1000000000000)
			return false;
		n = n * 10 + (uint64_t)(*p - '0');
	}
	if (p == text || !field_word_value(units, p, &unit))
		return false;
	*out = n * unit;
	return true;
}

static bool read_network(struct filter_step *s, const char *text)
{
	const char *slash = strchr(text, '/');
	char host[FILTER_VALUE];
	uint64_t bits = 0;

	snprintf(host, sizeof host, "%.*s",
		slash ? (int)(slash - text) : (int)strlen(text), text);
	if (!addr_parse(host, &s->addr)) {
		s->addr = (struct addr){0};
		/* 10.20 and 2001:db8: begin addresses; a mask needs all. */
		return !slash && *text != '\0' &&
			text[strspn(text, "0123456789abcdefABCDEF.:")] == '\0';
	}
	s->bits = (unsigned)addr_len(&s->addr) * 8;
	if (!slash)
		return true;
	if (!read_number(slash + 1, WORDS_FACTOR, &bits) || bits > s->bits)
		return false;
	s->bits = (unsigned)bits;
	return true;
}

static bool needs(struct parser *r, const char *at, const struct field *f)
{
	char values[FILTER_HELP];

	field_values(f, values);
	return fail(r, at, "write it as %s%s", f->name, values);
}

/* A day, or how long before or after today. */
static bool read_time(struct filter_step *s, const struct field *f)
{
	s->day = field_day(s->text, &s->number);
	if (f->type == FIELD_DATE && field_same(s->text, "now"))
		s->day = true; /* number 0: before any */
	return s->day || read_number(s->text, f->words, &s->number);
}

static bool expect_value(struct parser *r, const struct field *f,
	const char *at, struct filter_step *s)
{
	bool good = false;

	switch (f->type) {
	case FIELD_TEXT:
		return true;
	case FIELD_RCPT:
		if (s->compare != FILTER_CONTAINS &&
			field_word_value(f->words, s->text, &s->number))
			s->field = FILTER_RECIPIENTS;
		return true;
	case FIELD_WORD:
	case FIELD_TLS:
		good = field_word_value(f->words, s->text, &s->number);
		break;
	case FIELD_IP:
		good = read_network(s, s->text);
		break;
	case FIELD_AGE:
	case FIELD_DATE:
		good = read_time(s, f);
		break;
	case FIELD_NUMBER:
		good = read_number(s->text, f->words, &s->number);
		break;
	}
	return good || needs(r, at, f);
}

static bool may_compare(enum field_type type, enum filter_compare c)
{
	switch (type) {
	case FIELD_TEXT:
	case FIELD_RCPT:
		return c == FILTER_EQUAL || c == FILTER_UNEQUAL ||
			c == FILTER_CONTAINS;
	case FIELD_WORD:
	case FIELD_IP:
		return c == FILTER_EQUAL || c == FILTER_UNEQUAL;
	case FIELD_TLS:
	case FIELD_AGE:
	case FIELD_DATE:
	case FIELD_NUMBER:
		break;
	}
	return c != FILTER_CONTAINS;
}

/* A word that stands between terms and never is one. */
static bool joins(const char *p)
{
	return (field_begins(p, "or") && field_ends_word(p[2])) ||
		(field_begins(p, "and") && field_ends_word(p[3]));
}

static bool read_term(struct parser *r)
{
	const char *start = r->p, *at;
	const struct field *f;
	struct filter_step *s;
	size_t n = 0;

	while (!field_ends_word(start[n]) && !field_is_operator(start[n]) &&
		start[n] != '"')
		n++;
	s = add(r, FILTER_TERM);
	if (!s)
		return false;
	if (!field_is_operator(start[n])) {
		if (joins(start))
			return fail(r, start, "expected a field or a word");
		if (n > 0 && start[n] == '"')
			return fail(r, start + n,
				"expected an operator before the quote");
		return read_value(r, s->text);
	}
	f = field_named(start, n);
	if (!f)
		return fail(r, start, n > 0 ? "no field is named '%.*s'"
					    : "expected a field or a word%.*s",
			(int)(n < 40 ? n : 40), n > 0 ? start : "");
	r->p += n;
	at = r->p;
	s->field = f->field;
	if (!read_compare(r, &s->compare))
		return false;
	if (!may_compare(f->type, s->compare))
		return needs(r, at, f);
	at = r->p;
	if (field_ends_word(*at))
		return needs(r, at, f);
	return read_value(r, s->text) && expect_value(r, f, at, s);
}

static bool read_either(struct parser *r);

static bool read_not(struct parser *r)
{
	bool good;

	if (r->depth == FILTER_DEPTH)
		return fail(r, r->p, "nested deeper than %d", FILTER_DEPTH);
	r->depth++;
	if (accept_word(r, "not")) {
		good = read_not(r) && add(r, FILTER_NOT);
	} else if (*r->p == '(') {
		const char *open = r->p++;

		good = read_either(r);
		if (good && *r->p != ')')
			good = fail(r, open, "the bracket is not closed");
		r->p += good;
	} else if (*r->p == ')' || *r->p == '\0') {
		good = fail(r, r->p, "expected a field or a word");
	} else {
		good = read_term(r);
	}
	r->depth--;
	skip_blanks(r);
	return good;
}

/* A word that joins terms, without moving. */
static bool sees_or(const struct parser *r)
{
	return field_begins(r->p, "or") && field_ends_word(r->p[2]);
}

static bool read_both(struct parser *r)
{
	if (!read_not(r))
		return false;
	while (*r->p != '\0' && *r->p != ')' && !sees_or(r)) {
		accept_word(r, "and");
		if (!read_not(r) || !add(r, FILTER_AND))
			return false;
	}
	return true;
}

static bool read_either(struct parser *r)
{
	if (!read_both(r))
		return false;
	while (accept_word(r, "or"))
		if (!read_both(r) || !add(r, FILTER_OR))
			return false;
	return true;
}

bool filter_parse(struct filter_expression *out, const char *text,
	struct filter_error *e)
{
	struct filter_expression f = {.n = 0};
	struct parser r = {.text = text, .p = text, .out = &f, .error = e};

	skip_blanks(&r);
	if (*r.p != '\0') {
		if (!read_either(&r))
			return false;
		if (*r.p != '\0')
			return fail(&r, r.p, "no bracket is open here");
	}
	*out = f;
	return true;
}
