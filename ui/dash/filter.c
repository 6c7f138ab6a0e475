/* filter.c: see filter.h. An expression becomes steps in reverse Polish
 * order; the table of fields says what each may be compared with. */
#include "ui/dash/filter.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What a field holds, and so which comparisons it knows. */
enum type {
	TYPE_TEXT,     /* = != ~ */
	TYPE_WORD,     /* = != one of its words */
	TYPE_IP,       /* = != an address, a network or a prefix */
	TYPE_TLS,      /* all, with 1.2 or none */
	TYPE_AGE,      /* all, with 30d */
	TYPE_NUMBER,   /* all, with 100 or 3k */
};

enum { IS_MARKED, IS_NEW, IS_CLEAR, IS_MTA };

struct word {
	const char *name;
	uint64_t value;
};

static const struct word USES[] = {
	{"basic", USE_BASIC}, {"oauth", USE_OAUTH}, {"other", USE_OTHER},
	{"none", USE_NONE}, {"auth?", USE_REQUIRED}, {"tls?", USE_UNKNOWN},
	{"required", USE_REQUIRED}, {"unknown", USE_UNKNOWN}, {NULL, 0},
};
static const struct word STANDINGS[] = {
	{"active", STANDING_ACTIVE}, {"failing", STANDING_FAILING},
	{"stopped", STANDING_STOPPED}, {"quiet", STANDING_QUIET}, {NULL, 0},
};
static const struct word EVIDENCES[] = {
	{"seen", EVIDENCE_SEEN}, {"resynced", EVIDENCE_RESYNCED},
	{"inferred", EVIDENCE_INFERRED}, {"implied", EVIDENCE_IMPLIED},
	{"imported", EVIDENCE_IMPORTED}, {NULL, 0},
};
static const struct word IS[] = {
	{"marked", IS_MARKED}, {"new", IS_NEW}, {"clear", IS_CLEAR},
	{"mta", IS_MTA}, {NULL, 0},
};
static const struct word VERSIONS[] = {
	{"none", 0}, {"ssl3", 0x300}, {"1.0", 0x301}, {"1.1", 0x302},
	{"1.2", 0x303}, {"1.3", 0x304}, {NULL, 0},
};
static const struct word SECONDS[] = {
	{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800},
	{NULL, 0},
};
static const struct word FACTORS[] = {
	{"", 1}, {"k", 1000}, {"M", 1000000}, {"G", 1000000000}, {NULL, 0},
};

static const struct field {
	const char *name;
	enum filter_field field;
	enum type type;
	const struct word *words;
	const char *help; /* what may follow the name */
} FIELDS[] = {
	{"auth", FILTER_AUTH, TYPE_WORD, USES,
		"=basic|oauth|other|none|auth?|tls?"},
	{"is", FILTER_IS, TYPE_WORD, IS, "=new|clear|mta|marked"},
	{"standing", FILTER_STANDING, TYPE_WORD, STANDINGS,
		"=active|failing|stopped|quiet"},
	{"evidence", FILTER_EVIDENCE, TYPE_WORD, EVIDENCES,
		"=seen|resynced|inferred|implied|imported"},
	{"tls", FILTER_TLS, TYPE_TLS, VERSIONS, "<1.2 =none"},
	{"ip", FILTER_IP, TYPE_IP, NULL, "=10.2.0.0/16 =10.2"},
	{"last", FILTER_LAST, TYPE_AGE, SECONDS, "<30d"},
	{"first", FILTER_FIRST, TYPE_AGE, SECONDS, "<24h"},
	{"msgs", FILTER_MSGS, TYPE_NUMBER, FACTORS, ">100"},
	{"sessions", FILTER_SESSIONS, TYPE_NUMBER, FACTORS, ">1k"},
	{"bytes", FILTER_BYTES, TYPE_NUMBER, FACTORS, ">10M"},
	{"refused", FILTER_REFUSED, TYPE_NUMBER, FACTORS, ">0"},
	{"name", FILTER_NAME, TYPE_TEXT, NULL, "~prn"},
	{"vendor", FILTER_VENDOR, TYPE_TEXT, NULL, "~brother"},
	{"account", FILTER_ACCOUNT, TYPE_TEXT, NULL, "~scan@"},
	{"server", FILTER_SERVER, TYPE_TEXT, NULL, "~office365"},
	{"mech", FILTER_MECH, TYPE_TEXT, NULL, "=LOGIN"},
	{"from", FILTER_FROM, TYPE_TEXT, NULL, "~@contoso"},
	{"rcpt", FILTER_RCPT, TYPE_TEXT, NULL, "=contoso.example"},
	{"ehlo", FILTER_EHLO, TYPE_TEXT, NULL, "~RNP"},
	{"agent", FILTER_AGENT, TYPE_TEXT, NULL, "~canon"},
	{"code", FILTER_CODE, TYPE_TEXT, NULL, "~5.7.139"},
	{"mac", FILTER_MAC, TYPE_TEXT, NULL, "~00:26:73"},
	{"vlan", FILTER_VLAN, TYPE_TEXT, NULL, "=204"},
};
enum { FIELDS_N = sizeof FIELDS / sizeof FIELDS[0] };

static int fold(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : (unsigned char)c;
}

static bool same(const char *a, const char *b)
{
	while (*a && fold(*a) == fold(*b))
		a++, b++;
	return *a == *b;
}

/* a begins with b. */
static bool begins(const char *a, const char *b)
{
	while (*b && fold(*a) == fold(*b))
		a++, b++;
	return *b == '\0';
}

static bool contains(const char *text, const char *part)
{
	if (!text)
		return false;
	for (; *text; text++)
		if (begins(text, part))
			return true;
	return *part == '\0';
}

/* Reading */

struct parser {
	const char *text, *p;
	struct filter *out;
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

static bool ends_word(char c)
{
	return c == '\0' || c == ' ' || c == '\t' || c == '(' || c == ')';
}

static bool is_operator(char c)
{
	return c == '=' || c == '~' || c == '<' || c == '>' || c == '!';
}

/* Whether the next word is this one; then moves past it. */
static bool accept_word(struct parser *r, const char *word)
{
	size_t n = strlen(word);

	skip_blanks(r);
	if (!begins(r->p, word) || !ends_word(r->p[n]))
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
static bool read_value(struct parser *r, char out[FILTER_TEXT])
{
	const char *start = r->p;
	bool quoted = *r->p == '"';
	size_t n = 0;

	r->p += quoted;
	while (quoted ? *r->p != '"' && *r->p != '\0' : !ends_word(*r->p)) {
		if (n + 1 == FILTER_TEXT)
			return fail(r, start, "longer than %d characters",
				FILTER_TEXT - 1);
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

static bool word_value(const struct word *w, const char *text, uint64_t *out)
{
	for (; w->name; w++) {
		if (!same(w->name, text))
			continue;
		*out = w->value;
		return true;
	}
	return false;
}

/* Digits and a unit: "30d", "3k". */
static bool read_number(const char *text, const struct word *units,
	uint64_t *out)
{
	uint64_t n = 0, unit;
	const char *p = text;

	for (; *p >= '0' && *p <= '9'; p++) {
		if (n > UINT64_MAX / 1000000000000)
			return false;
		n = n * 10 + (uint64_t)(*p - '0');
	}
	if (p == text || !word_value(units, p, &unit))
		return false;
	*out = n * unit;
	return true;
}

static bool read_network(struct filter_step *s, const char *text)
{
	const char *slash = strchr(text, '/');
	char host[FILTER_TEXT];
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
	if (!read_number(slash + 1, FACTORS, &bits) || bits > s->bits)
		return false;
	s->bits = (unsigned)bits;
	return true;
}

static bool needs(struct parser *r, const char *at, const struct field *f)
{
	return fail(r, at, "'%s' needs %s%s", f->name, f->name, f->help);
}

static bool expect_value(struct parser *r, const struct field *f,
	const char *at, struct filter_step *s)
{
	bool good = false;

	switch (f->type) {
	case TYPE_TEXT:
		return true;
	case TYPE_WORD:
	case TYPE_TLS:
		good = word_value(f->words, s->text, &s->number);
		break;
	case TYPE_IP:
		good = read_network(s, s->text);
		break;
	case TYPE_AGE:
	case TYPE_NUMBER:
		good = read_number(s->text, f->words, &s->number);
		break;
	}
	return good || needs(r, at, f);
}

static bool may_compare(enum type type, enum filter_compare c)
{
	switch (type) {
	case TYPE_TEXT:
		return c == FILTER_EQUAL || c == FILTER_UNEQUAL ||
			c == FILTER_CONTAINS;
	case TYPE_WORD:
	case TYPE_IP:
		return c == FILTER_EQUAL || c == FILTER_UNEQUAL;
	case TYPE_TLS:
	case TYPE_AGE:
	case TYPE_NUMBER:
		break;
	}
	return c != FILTER_CONTAINS;
}

static const struct field *field_named(const char *name, size_t n)
{
	for (size_t i = 0; i < FIELDS_N; i++)
		if (strlen(FIELDS[i].name) == n && begins(name, FIELDS[i].name))
			return &FIELDS[i];
	return NULL;
}

/* A word that stands between terms and never is one. */
static bool joins(const char *p)
{
	return (begins(p, "or") && ends_word(p[2])) ||
		(begins(p, "and") && ends_word(p[3]));
}

static bool read_term(struct parser *r)
{
	const char *start = r->p, *at;
	const struct field *f;
	struct filter_step *s;
	size_t n = 0;

	while (!ends_word(start[n]) && !is_operator(start[n]) &&
		start[n] != '"')
		n++;
	s = add(r, FILTER_TERM);
	if (!s)
		return false;
	if (!is_operator(start[n])) {
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
		return fail(r, at, "'%s' is compared as in %s%s", f->name,
			f->name, f->help);
	at = r->p;
	if (ends_word(*at))
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
	return begins(r->p, "or") && ends_word(r->p[2]);
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

bool filter_parse(struct filter *out, const char *text,
	struct filter_error *e)
{
	struct filter f = {.n = 0};
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

/* Comparing */

static bool text_holds(const struct filter_step *s, const char *text)
{
	if (!text)
		return false;
	return s->compare == FILTER_CONTAINS ? contains(text, s->text)
					     : same(text, s->text);
}

static bool any_holds(const struct filter_step *s, const struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (text_holds(s, names->v[i]))
			return true;
	return false;
}

static bool any_contains(const struct names *names, const char *part)
{
	for (size_t i = 0; i < names->n; i++)
		if (contains(names->v[i], part))
			return true;
	return false;
}

bool filter_anywhere(const struct device *d, const char *word)
{
	return contains(d->id, word) || contains(d->name, word) ||
		contains(d->vendor, word) ||
		any_contains(&d->addresses, word) ||
		any_contains(&d->macs, word) ||
		any_contains(&d->accounts, word) ||
		any_contains(&d->mechanisms, word) ||
		any_contains(&d->from, word) ||
		any_contains(&d->domains, word) ||
		any_contains(&d->helos, word) ||
		any_contains(&d->agents, word) ||
		any_contains(&d->servers, word) ||
		any_contains(&d->codes, word);
}

static bool in_network(const struct filter_step *s, const char *text)
{
	struct addr a;
	size_t n = strlen(s->text);

	if (s->addr.family == 0) {
		char last = s->text[n - 1];

		/* 10.2 means 10.2.x.x and not 10.20.x.x */
		return begins(text, s->text) &&
			(last == '.' || last == ':' || text[n] == '.' ||
				text[n] == ':' || text[n] == '\0');
	}
	if (!addr_parse(text, &a) || a.family != s->addr.family)
		return false;
	for (unsigned i = 0; i < s->bits; i += 8) {
		unsigned left = s->bits - i;
		uint8_t mask = (uint8_t)(left >= 8 ? 0xff : 0xff00 >> left);

		if (((a.b[i / 8] ^ s->addr.b[i / 8]) & mask) != 0)
			return false;
	}
	return true;
}

static bool any_in_network(const struct filter_step *s, const struct names *n)
{
	for (size_t i = 0; i < n->n; i++)
		if (in_network(s, n->v[i]))
			return true;
	return false;
}

static bool number_holds(const struct filter_step *s, uint64_t n)
{
	switch (s->compare) {
	case FILTER_LESS: return n < s->number;
	case FILTER_AT_MOST: return n <= s->number;
	case FILTER_MORE: return n > s->number;
	case FILTER_AT_LEAST: return n >= s->number;
	case FILTER_EQUAL:
	case FILTER_UNEQUAL:
	case FILTER_CONTAINS:
		break;
	}
	return n == s->number;
}

static uint64_t age(int64_t now, int64_t at)
{
	return now > at ? (uint64_t)(now - at) / 1000000 : 0;
}

/* "none" is a session without TLS; a version compares with the lowest that
 * was seen, so that tls<1.2 names old TLS and not those without any. */
static bool tls_holds(const struct filter_step *s, const struct device *d)
{
	if (s->number == 0 && (s->compare == FILTER_EQUAL ||
				s->compare == FILTER_UNEQUAL))
		return d->some_clear;
	return d->tls_lowest != 0 && number_holds(s, d->tls_lowest);
}

static bool is_holds(const struct filter_step *s,
	const struct filter_subject *x)
{
	switch (s->number) {
	case IS_MARKED: return x->marked;
	case IS_NEW: return age(x->now, x->device->first_seen) < 86400;
	case IS_CLEAR: return x->device->in_clear;
	default: return x->device->role == ROLE_MTA;
	}
}

static bool term_holds(const struct filter_step *s,
	const struct filter_subject *x)
{
	const struct device *d = x->device;

	switch (s->field) {
	case FILTER_ANYWHERE: return filter_anywhere(d, s->text);
	case FILTER_AUTH: return s->number == (uint64_t)d->use;
	case FILTER_IP: return any_in_network(s, &d->addresses);
	case FILTER_NAME: return text_holds(s, d->name);
	case FILTER_VENDOR: return text_holds(s, d->vendor);
	case FILTER_MAC: return any_holds(s, &d->macs);
	case FILTER_VLAN: return any_holds(s, &d->vlans);
	case FILTER_ACCOUNT: return any_holds(s, &d->accounts);
	case FILTER_MECH: return any_holds(s, &d->mechanisms);
	case FILTER_FROM: return any_holds(s, &d->from);
	case FILTER_RCPT: return any_holds(s, &d->domains);
	case FILTER_SERVER: return any_holds(s, &d->servers);
	case FILTER_EHLO: return any_holds(s, &d->helos);
	case FILTER_AGENT: return any_holds(s, &d->agents);
	case FILTER_CODE: return any_holds(s, &d->codes);
	case FILTER_STANDING: return s->number == (uint64_t)d->standing;
	case FILTER_EVIDENCE: return s->number == (uint64_t)d->evidence;
	case FILTER_IS: return is_holds(s, x);
	case FILTER_TLS: return tls_holds(s, d);
	case FILTER_LAST: return number_holds(s, age(x->now, d->last_seen));
	case FILTER_FIRST: return number_holds(s, age(x->now, d->first_seen));
	case FILTER_MSGS: return number_holds(s, d->messages);
	case FILTER_SESSIONS: return number_holds(s, d->sessions);
	case FILTER_BYTES: return number_holds(s, d->bytes);
	case FILTER_REFUSED: return number_holds(s, d->auth_rejected);
	}
	return false;
}

bool filter_match(const struct filter *f, const struct filter_subject *x)
{
	bool stack[FILTER_STEPS + 1];
	size_t n = 0;

	if (f->n == 0)
		return true;
	for (size_t i = 0; i < f->n; i++) {
		const struct filter_step *s = &f->v[i];

		switch (s->kind) {
		case FILTER_TERM:
			stack[n++] = term_holds(s, x) !=
				(s->compare == FILTER_UNEQUAL);
			break;
		case FILTER_NOT:
			stack[n - 1] = !stack[n - 1];
			break;
		case FILTER_AND:
			n--;
			stack[n - 1] = stack[n - 1] && stack[n];
			break;
		case FILTER_OR:
			n--;
			stack[n - 1] = stack[n - 1] || stack[n];
			break;
		}
	}
	return stack[0];
}

/* Helping */

/* Narrows what is certain to what this candidate shares with it. */
static void narrow(const char *candidate, size_t typed, char *out, size_t cap,
	size_t *found)
{
	size_t n = 0;

	candidate += typed;
	if ((*found)++ == 0) {
		snprintf(out, cap, "%s", candidate);
		return;
	}
	while (out[n] != '\0' && out[n] == candidate[n])
		n++;
	out[n] = '\0';
}

void filter_complete(const char *text, size_t at, char *out, size_t cap)
{
	size_t start = at, name = 0, found = 0;
	const struct field *f;
	char typed[FILTER_TEXT];

	out[0] = '\0';
	while (start > 0 && !ends_word(text[start - 1]))
		start--;
	while (start + name < at && !is_operator(text[start + name]))
		name++;
	if (start + name == at) {
		if (name >= sizeof typed)
			return;
		snprintf(typed, sizeof typed, "%.*s", (int)name, text + start);
		for (size_t i = 0; i < FIELDS_N; i++)
			if (begins(FIELDS[i].name, typed))
				narrow(FIELDS[i].name, name, out, cap, &found);
		return;
	}
	f = field_named(text + start, name);
	start += name + 1;
	if (!f || f->type != TYPE_WORD || at < start ||
		at - start >= sizeof typed)
		return;
	snprintf(typed, sizeof typed, "%.*s", (int)(at - start), text + start);
	for (const struct word *w = f->words; w->name; w++)
		if (begins(w->name, typed))
			narrow(w->name, strlen(typed), out, cap, &found);
}

bool filter_describe(size_t i, const char **name, const char **values)
{
	if (i >= FIELDS_N)
		return false;
	*name = FIELDS[i].name;
	*values = FIELDS[i].help;
	return true;
}
