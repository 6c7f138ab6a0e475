/* field.c: see field.h. */
#include "ui/filter/field.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

struct word {
	const char *name;
	uint64_t value;
};

static const struct word USES[] = {
	{"basic", USE_BASIC}, {"oauth", USE_OAUTH}, {"other", USE_OTHER},
	{"none", USE_NONE}, {"auth?", USE_REQUIRED}, {"tls?", USE_UNKNOWN},
	{"required", USE_REQUIRED}, {"unknown", USE_UNKNOWN}, {NULL, 0},
};
static const struct word EVIDENCES[] = {
	{"seen", EVIDENCE_SEEN}, {"resynced", EVIDENCE_RESYNCED},
	{"inferred", EVIDENCE_INFERRED}, {"implied", EVIDENCE_IMPLIED},
	{"imported", EVIDENCE_IMPORTED}, {NULL, 0},
};
static const struct word IS[] = {
	{"new", IS_NEW}, {"clear", IS_CLEAR}, {"mta", IS_MTA},
	{"marked", IS_MARKED}, {NULL, 0},
};
static const struct word VERSIONS[] = {
	{"none", 0}, {"ssl3", 0x300}, {"1.0", 0x301}, {"1.1", 0x302},
	{"1.2", 0x303}, {"1.3", 0x304}, {NULL, 0},
};
static const struct word SIDES[] = {
	{"internal", RECIPIENTS_INSIDE}, {"external", RECIPIENTS_OUTSIDE},
	{"inside", RECIPIENTS_INSIDE}, {"outside", RECIPIENTS_OUTSIDE},
	{NULL, 0},
};
static const struct word SECONDS[] = {
	{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800},
	{NULL, 0},
};
static const struct word FACTORS[] = {
	{"", 1}, {"k", 1000}, {"M", 1000000}, {"G", 1000000000}, {NULL, 0},
};

static const struct field FIELDS[] = {
	{"auth", FILTER_AUTH, FIELD_WORD, WORDS_USE,
		"=basic, oauth, other, none, auth?, tls?", "what it uses to send"},
	{"evidence", FILTER_EVIDENCE, FIELD_WORD, WORDS_EVIDENCE, NULL,
		"how that is known"},
	{"standing", FILTER_STANDING, FIELD_WORD, WORDS_STANDING, NULL,
		"whether it still does"},
	{"is", FILTER_IS, FIELD_WORD, WORDS_IS, NULL,
		"new since a day, with a password in clear, a mail server, "
		"marked on the dashboard"},
	{"finding", FILTER_FINDING, FIELD_WORD, WORDS_FINDING, NULL,
		"what is wrong with how it sends"},
	{"breaks", FILTER_BREAKS, FIELD_DATE, WORDS_SECONDS,
		"<2027-01-01 <60d =now", "when it stops working"},
	{"advice", FILTER_ADVICE, FIELD_TEXT, WORDS_NONE, "~oauth",
		"the way out"},
	{"type", FILTER_TYPE, FIELD_WORD, WORDS_TYPE, NULL, "what it is"},
	{"name", FILTER_NAME, FIELD_TEXT, WORDS_NONE, "~prn", "its name"},
	{"vendor", FILTER_VENDOR, FIELD_TEXT, WORDS_NONE, "~brother",
		"who made it"},
	{"model", FILTER_MODEL, FIELD_TEXT, WORDS_NONE, "~mx-", "its model"},
	{"ip", FILTER_IP, FIELD_IP, WORDS_NONE, "=10.2.0.0/16 =10.2",
		"its addresses"},
	{"mac", FILTER_MAC, FIELD_TEXT, WORDS_NONE, "~00:26:73",
		"its MAC addresses"},
	{"vlan", FILTER_VLAN, FIELD_TEXT, WORDS_NONE, "=204", "its VLANs"},
	{"account", FILTER_ACCOUNT, FIELD_TEXT, WORDS_NONE, "~scan@",
		"accounts that it used"},
	{"mech", FILTER_MECH, FIELD_TEXT, WORDS_NONE, "=LOGIN",
		"mechanisms that it used"},
	{"code", FILTER_CODE, FIELD_TEXT, WORDS_NONE, "~5.7.139",
		"replies that refused it"},
	{"refused", FILTER_REFUSED, FIELD_NUMBER, WORDS_FACTOR, ">0",
		"times that AUTH was refused"},
	{"server", FILTER_SERVER, FIELD_TEXT, WORDS_NONE, "~office365",
		"where it sends to"},
	{"service", FILTER_SERVICE, FIELD_TEXT, WORDS_NONE, "~exchange-online",
		"what kind of server that is"},
	{"tls", FILTER_TLS, FIELD_TLS, WORDS_VERSION, "<1.2 =none",
		"its lowest version"},
	{"ehlo", FILTER_EHLO, FIELD_TEXT, WORDS_NONE, "~RNP",
		"what it calls itself"},
	{"agent", FILTER_AGENT, FIELD_TEXT, WORDS_NONE, "~canon",
		"its mailer"},
	{"from", FILTER_FROM, FIELD_TEXT, WORDS_NONE, "~@contoso",
		"its senders"},
	{"rcpt", FILTER_RCPT, FIELD_RCPT, WORDS_RECIPIENTS,
		"=external =internal =contoso.example",
		"domains of its recipients"},
	{"msgs", FILTER_MSGS, FIELD_NUMBER, WORDS_FACTOR, ">100",
		"messages that it sent"},
	{"sessions", FILTER_SESSIONS, FIELD_NUMBER, WORDS_FACTOR, ">1k",
		"its sessions"},
	{"bytes", FILTER_BYTES, FIELD_NUMBER, WORDS_FACTOR, ">10M",
		"bytes of its mail"},
	{"cadence", FILTER_CADENCE, FIELD_WORD, WORDS_CADENCE, NULL,
		"how often it sends"},
	{"last", FILTER_LAST, FIELD_AGE, WORDS_SECONDS, "<30d >=2026-11-01",
		"since its last session, or its day"},
	{"first", FILTER_FIRST, FIELD_AGE, WORDS_SECONDS, "<24h <2026-11-01",
		"since its first session, or its day"},
	{"owner", FILTER_OWNER, FIELD_TEXT, WORDS_NONE, "=Anna",
		"who answers for it; \"\" nobody"},
	{"tag", FILTER_TAG, FIELD_TEXT, WORDS_NONE, "=floor-2", "your tags"},
	{"note", FILTER_NOTE, FIELD_TEXT, WORDS_NONE, "~lease", "your note"},
	{"status", FILTER_STATUS, FIELD_WORD, WORDS_STATUS, NULL,
		"how far you are with it"},
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

static const char *word_at(const struct word *w, size_t i, uint64_t *value)
{
	for (; i > 0 && w->name; i--)
		w++;
	*value = w->value;
	return w->name;
}

/* A word that another module gives to the i-th of an enum. */
static const char *named(size_t i, const char *word, uint64_t *value)
{
	*value = i;
	return word ? word : "none";
}

const char *field_word(enum field_words words, size_t i, uint64_t *value)
{
	switch (words) {
	case WORDS_NONE: break;
	case WORDS_USE: return word_at(USES, i, value);
	case WORDS_EVIDENCE: return word_at(EVIDENCES, i, value);
	case WORDS_IS: return word_at(IS, i, value);
	case WORDS_VERSION: return word_at(VERSIONS, i, value);
	case WORDS_RECIPIENTS: return word_at(SIDES, i, value);
	case WORDS_SECONDS: return word_at(SECONDS, i, value);
	case WORDS_FACTOR: return word_at(FACTORS, i, value);
	case WORDS_STANDING:
		return i > STANDING_QUIET ? NULL : named(i,
			standing_word((enum standing)i), value);
	case WORDS_TYPE:
		return i >= DEVICE_TYPES ? NULL : named(i,
			device_type_word((enum device_type)i), value);
	case WORDS_FINDING:
		return i >= FINDINGS ? NULL : named(i,
			finding_word((enum finding)i), value);
	case WORDS_CADENCE:
		return i >= CADENCES ? NULL : named(i,
			cadence_word((enum cadence)i), value);
	case WORDS_STATUS:
		return i >= STATUSES ? NULL : named(i,
			status_word((enum status)i), value);
	}
	return NULL;
}

bool field_word_value(enum field_words words, const char *text, uint64_t *out)
{
	const char *name;
	uint64_t value;

	for (size_t i = 0; (name = field_word(words, i, &value)) != NULL; i++) {
		if (!field_same(name, text))
			continue;
		*out = value;
		return true;
	}
	return false;
}

bool field_day(const char *text, uint64_t *out)
{
	struct tm tm = {0}, again;
	const char *end = strptime(text, "%Y-%m-%d", &tm);
	time_t at;

	if (!end || *end != '\0' || tm.tm_year < 70)
		return false;
	again = tm;
	at = timegm(&again);
	/* There is no 30 February. */
	if (at < 0 || again.tm_mday != tm.tm_mday)
		return false;
	*out = (uint64_t)at / 86400;
	return true;
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
	/* Most places differ in the first letter: there are many texts. */
	for (; *text; text++)
		if (fold(*text) == fold(*part) && field_begins(text, part))
			return true;
	return *part == '\0';
}

bool field_next_tag(const char **list, char out[TEXT_MAX])
{
	size_t n = strcspn(*list, ",");

	snprintf(out, TEXT_MAX, "%.*s", (int)n, *list);
	*list += n + ((*list)[n] == ',');
	return n > 0;
}

bool field_ends_word(char c)
{
	return c == '\0' || c == ' ' || c == '\t' || c == '(' || c == ')';
}

bool field_is_operator(char c)
{
	return c == '=' || c == '~' || c == '<' || c == '>' || c == '!';
}

void field_values(const struct field *f, char out[FILTER_HELP])
{
	size_t n = 0;
	const char *name;
	uint64_t value;

	if (f->example) {
		snprintf(out, FILTER_HELP, "%s", f->example);
		return;
	}
	out[0] = '\0';
	for (size_t i = 0; (name = field_word(f->words, i, &value)) != NULL &&
		n + strlen(name) + 3 < FILTER_HELP; i++)
		n += (size_t)snprintf(out + n, FILTER_HELP - n, "%s%s",
			i > 0 ? ", " : "=", name);
}

bool filter_describe(size_t i, struct filter_help *out)
{
	const struct field *f = field_at(i);

	if (!f)
		return false;
	out->name = f->name;
	out->what = f->what;
	field_values(f, out->values);
	return true;
}
