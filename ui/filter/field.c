/* field.c: see field.h; and what filter.h has to complete and to describe
 * fields. */
#include "ui/filter/field.h"
#include <stdio.h>
#include <string.h>

static const struct field_word USES[] = {
	{"basic", USE_BASIC}, {"oauth", USE_OAUTH}, {"other", USE_OTHER},
	{"none", USE_NONE}, {"auth?", USE_REQUIRED}, {"tls?", USE_UNKNOWN},
	{"required", USE_REQUIRED}, {"unknown", USE_UNKNOWN}, {NULL, 0},
};
static const struct field_word STANDINGS[] = {
	{"active", STANDING_ACTIVE}, {"failing", STANDING_FAILING},
	{"stopped", STANDING_STOPPED}, {"quiet", STANDING_QUIET}, {NULL, 0},
};
static const struct field_word EVIDENCES[] = {
	{"seen", EVIDENCE_SEEN}, {"resynced", EVIDENCE_RESYNCED},
	{"inferred", EVIDENCE_INFERRED}, {"implied", EVIDENCE_IMPLIED},
	{"imported", EVIDENCE_IMPORTED}, {NULL, 0},
};
static const struct field_word IS[] = {
	{"marked", IS_MARKED}, {"new", IS_NEW}, {"clear", IS_CLEAR},
	{"mta", IS_MTA}, {NULL, 0},
};
static const struct field_word VERSIONS[] = {
	{"none", 0}, {"ssl3", 0x300}, {"1.0", 0x301}, {"1.1", 0x302},
	{"1.2", 0x303}, {"1.3", 0x304}, {NULL, 0},
};
static const struct field_word SECONDS[] = {
	{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800},
	{NULL, 0},
};
const struct field_word FIELD_FACTORS[] = {
	{"", 1}, {"k", 1000}, {"M", 1000000}, {"G", 1000000000}, {NULL, 0},
};

static const struct field FIELDS[] = {
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
	{"msgs", FILTER_MSGS, TYPE_NUMBER, FIELD_FACTORS, ">100"},
	{"sessions", FILTER_SESSIONS, TYPE_NUMBER, FIELD_FACTORS, ">1k"},
	{"bytes", FILTER_BYTES, TYPE_NUMBER, FIELD_FACTORS, ">10M"},
	{"refused", FILTER_REFUSED, TYPE_NUMBER, FIELD_FACTORS, ">0"},
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

const struct field *field_at(size_t i)
{
	return i < FIELDS_N ? &FIELDS[i] : NULL;
}

const struct field *field_named(const char *name, size_t n)
{
	for (size_t i = 0; i < FIELDS_N; i++)
		if (strlen(FIELDS[i].name) == n &&
			field_begins(name, FIELDS[i].name))
			return &FIELDS[i];
	return NULL;
}

bool field_word_value(const struct field_word *w, const char *text,
	uint64_t *out)
{
	for (; w->name; w++) {
		if (!field_same(w->name, text))
			continue;
		*out = w->value;
		return true;
	}
	return false;
}

static int fold(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : (unsigned char)c;
}

bool field_same(const char *a, const char *b)
{
	while (*a && fold(*a) == fold(*b))
		a++, b++;
	return *a == *b;
}

bool field_begins(const char *a, const char *b)
{
	while (*b && fold(*a) == fold(*b))
		a++, b++;
	return *b == '\0';
}

bool field_contains(const char *text, const char *part)
{
	if (!text)
		return false;
	for (; *text; text++)
		if (field_begins(text, part))
			return true;
	return *part == '\0';
}

bool field_ends_word(char c)
{
	return c == '\0' || c == ' ' || c == '\t' || c == '(' || c == ')';
}

bool field_is_operator(char c)
{
	return c == '=' || c == '~' || c == '<' || c == '>' || c == '!';
}

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
	char typed[FILTER_VALUE];

	out[0] = '\0';
	while (start > 0 && !field_ends_word(text[start - 1]))
		start--;
	while (start + name < at && !field_is_operator(text[start + name]))
		name++;
	if (start + name == at) {
		if (name >= sizeof typed)
			return;
		snprintf(typed, sizeof typed, "%.*s", (int)name, text + start);
		for (size_t i = 0; i < FIELDS_N; i++)
			if (field_begins(FIELDS[i].name, typed))
				narrow(FIELDS[i].name, name, out, cap, &found);
		return;
	}
	f = field_named(text + start, name);
	start += name + 1;
	if (!f || f->type != TYPE_WORD || at < start ||
		at - start >= sizeof typed)
		return;
	snprintf(typed, sizeof typed, "%.*s", (int)(at - start), text + start);
	for (const struct field_word *w = f->words; w->name; w++)
		if (field_begins(w->name, typed))
			narrow(w->name, strlen(typed), out, cap, &found);
}

bool filter_unfinished(const char *text)
{
	static const char *const joins[] = {"and", "or", "not"};
	size_t start = strlen(text);

	while (start > 0 && !field_ends_word(text[start - 1]))
		start--;
	if (text[start] == '\0')
		return false;
	for (size_t i = 0; i < FIELDS_N; i++)
		if (field_begins(FIELDS[i].name, text + start))
			return true;
	for (size_t i = 0; i < sizeof joins / sizeof joins[0]; i++)
		if (field_begins(joins[i], text + start))
			return true;
	return false;
}

bool filter_describe(size_t i, const char **name, const char **values)
{
	if (i >= FIELDS_N)
		return false;
	*name = FIELDS[i].name;
	*values = FIELDS[i].help;
	return true;
}
