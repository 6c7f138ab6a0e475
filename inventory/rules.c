/* rules.c: see rules.h. */
#include "inventory/rules.h"
#include "capture/base/text.h"
#include "inventory/data/builtin.h"
#include "inventory/glob.h"
#include "inventory/providers.h"
#include "inventory/rulefile.h"
#include "inventory/sql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Limits of what people may write. */
enum {
	RULES_MOST = 4096,
	SCORE_MOST = 99,
	LIKELY = 60, /* percent: what a quiet device must look like */
};

struct rule {
	char *name, *pattern, *vendor, *model; /* the last two may be NULL */
	enum rule_of of;
	enum device_type type; /* TYPE_UNKNOWN: it tells the vendor alone */
	unsigned score;
};

struct rules {
	struct rule *v;
	size_t n, cap;
	struct providers *providers;
	struct rules_text *texts; /* of files that were added */
	size_t texts_n;
};

static const char *const type_words[DEVICE_TYPES] = {
	[TYPE_UNKNOWN] = "unknown", [TYPE_PRINTER] = "printer",
	[TYPE_SCANNER] = "scanner", [TYPE_NAS] = "nas", [TYPE_UPS] = "ups",
	[TYPE_CAMERA] = "camera", [TYPE_PHONE] = "phone",
	[TYPE_MANAGEMENT] = "management", [TYPE_NETWORK] = "network",
	[TYPE_BUILDING] = "building", [TYPE_APPLICATION] = "application",
	[TYPE_LIBRARY] = "library", [TYPE_MAIL_SERVER] = "mail-server",
	[TYPE_CLIENT] = "client",
};

static const char *const of_words[RULES_OF] = {
	[RULE_EHLO] = "ehlo", [RULE_DHCP_HOST] = "dhcp-host",
	[RULE_DHCP_CLASS] = "dhcp-class",
	[RULE_DHCP_OPTIONS] = "dhcp-options", [RULE_DHCP_FQDN] = "dhcp-fqdn",
	[RULE_DNS] = "dns", [RULE_MDNS] = "mdns", [RULE_SERVICE] = "service",
	[RULE_NETBIOS] = "netbios", [RULE_LLMNR] = "llmnr",
	[RULE_NTLM] = "ntlm", [RULE_AGENT] = "agent",
	[RULE_BANNER] = "banner", [RULE_CERTIFICATE] = "certificate",
	[RULE_OUI] = "oui", [RULE_JA4] = "ja4", [RULE_GRAMMAR] = "grammar",
};

/* "name" in a rule: any of these. */
static const bool is_host_name[RULES_OF] = {
	[RULE_EHLO] = true, [RULE_DHCP_HOST] = true, [RULE_DHCP_FQDN] = true,
	[RULE_DNS] = true, [RULE_MDNS] = true, [RULE_NETBIOS] = true,
	[RULE_LLMNR] = true, [RULE_NTLM] = true,
};
enum { OF_NAME = RULES_OF };

const char *device_type_word(enum device_type t)
{
	return type_words[t];
}

const char *rule_of_word(enum rule_of of)
{
	return of_words[of];
}

/* ---- reading --------------------------------------------------------- */

enum {
	F_NAME, F_OF, F_PATTERN, F_TYPE, F_SCORE, F_VENDOR, F_MODEL, FIELDS,
};

static int find(const char *const *words, int n, const char *word)
{
	for (int i = 0; i < n; i++)
		if (strcasecmp(words[i], word) == 0)
			return i;
	return -1;
}

static bool take_score(struct rule *r, const struct rulefile *f,
	struct err *e)
{
	const char *word = f->word[F_SCORE];
	char *end;
	long v = strtol(word, &end, 10);

	if (word[0] == '\0' || *end != '\0' || v < 1 || v > SCORE_MOST)
		return rulefile_wrong(f, e,
			"a score is a number from 1 to 99, not", word);
	r->score = (unsigned)v;
	return true;
}

static char *given(const struct rulefile *f, size_t at)
{
	return at >= f->words || f->word[at][0] == '\0' ||
		strcmp(f->word[at], "-") == 0 ? NULL : xstrdup(f->word[at]);
}

static bool take_pattern(const struct rulefile *f, struct err *e)
{
	const char *why = glob_wrong(f->word[F_PATTERN]);
	char text[96];

	if (!why)
		return true;
	snprintf(text, sizeof text, "not a pattern, as %s:", why);
	return rulefile_wrong(f, e, text, f->word[F_PATTERN]);
}

static bool fill(struct rule *r, const struct rulefile *f, struct err *e)
{
	int of, type;

	if (f->words < F_VENDOR)
		return rulefile_wrong(f, e,
			"a rule has at least five words, not only",
			f->word[F_NAME]);
	if (f->words > FIELDS)
		return rulefile_wrong(f, e, "one word too many:",
			f->word[FIELDS]);
	of = strcasecmp(f->word[F_OF], "name") == 0 ? OF_NAME
		: find(of_words, RULES_OF, f->word[F_OF]);
	if (of < 0)
		return rulefile_wrong(f, e, "nothing is known by the kind of",
			f->word[F_OF]);
	type = strcmp(f->word[F_TYPE], "-") == 0 ? (int)TYPE_UNKNOWN
		: find(type_words, DEVICE_TYPES, f->word[F_TYPE]);
	if (type < 0)
		return rulefile_wrong(f, e, "there is no type",
			f->word[F_TYPE]);
	if (!take_pattern(f, e) || !take_score(r, f, e))
		return false;
	r->of = (enum rule_of)of;
	r->type = (enum device_type)type;
	r->name = xstrdup(f->word[F_NAME]);
	r->pattern = xstrdup(f->word[F_PATTERN]);
	r->vendor = given(f, F_VENDOR);
	r->model = given(f, F_MODEL);
	return true;
}

static void rule_free(struct rule *r)
{
	free(r->name);
	free(r->pattern);
	free(r->vendor);
	free(r->model);
}

/* One of the same name gives way. */
static bool add(struct rules *rs, struct rule *r, const struct rulefile *f,
	struct err *e)
{
	for (size_t i = 0; i < rs->n; i++)
		if (strcasecmp(rs->v[i].name, r->name) == 0) {
			rule_free(&rs->v[i]);
			rs->v[i] = *r;
			return true;
		}
	if (rs->n == RULES_MOST) {
		rule_free(r);
		return err_set(e, ERR_USAGE, "'%s', line %u: more than %d "
			"rules", f->name, f->line, RULES_MOST);
	}
	if (rs->n == rs->cap) {
		rs->cap = rs->cap > 0 ? 2 * rs->cap : 128;
		rs->v = xrealloc(rs->v, rs->cap, sizeof *rs->v);
	}
	rs->v[rs->n++] = *r;
	return true;
}

static bool parse(struct rules *rs, const char *name, const char *text,
	size_t n, struct err *e)
{
	struct rulefile f = rulefile_init(name, text, n);
	bool any;

	for (;;) {
		struct rule r = {0};

		if (!rulefile_next(&f, &any, e))
			return false;
		if (!any)
			return true;
		if (f.words > F_OF && providers_have_kind(f.word[F_OF])
				? !providers_add(rs->providers, &f, e)
				: !fill(&r, &f, e) || !add(rs, &r, &f, e))
			return false;
	}
}

static struct rules *rules_new(void)
{
	struct rules *rs = xcalloc(1, sizeof *rs);

	rs->providers = providers_new();
	return rs;
}

bool rules_parse(struct rules **out, const char *name, const char *text,
	size_t n, struct err *e)
{
	struct rules *rs = rules_new();

	if (!parse(rs, name, text, n, e)) {
		rules_free(rs);
		return false;
	}
	providers_sort(rs->providers);
	*out = rs;
	return true;
}

static bool builtin(struct rules *rs, struct err *e)
{
	return parse(rs, "devices.rules", builtin_devices, builtin_devices_n,
			e) &&
		parse(rs, "providers.rules", builtin_providers,
			builtin_providers_n, e);
}

static bool add_text(struct rules *rs, const struct rules_text *t,
	struct err *e)
{
	if (!parse(rs, t->name, t->text, strlen(t->text), e))
		return false;
	rs->texts = xrealloc(rs->texts, rs->texts_n + 1, sizeof *rs->texts);
	rs->texts[rs->texts_n++] = (struct rules_text){
		xstrdup(t->name), xstrdup(t->text)};
	return true;
}

bool rules_with(struct rules **out, const struct rules_text *texts, size_t n,
	struct err *e)
{
	struct rules *rs = rules_new();
	bool ok = builtin(rs, e);

	for (size_t i = 0; ok && i < n; i++)
		ok = add_text(rs, &texts[i], e);
	if (!ok) {
		rules_free(rs);
		return false;
	}
	providers_sort(rs->providers);
	*out = rs;
	return true;
}

static void texts_free(struct rules_text *texts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(texts[i].name);
		free(texts[i].text);
	}
	free(texts);
}

/* A NUL ends a text; what is behind it would be left out unseen. */
static bool read_text(struct rules_text *t, const char *path, struct err *e)
{
	char *text;
	size_t n;

	if (!rulefile_read(path, &text, &n, e))
		return false;
	if (memchr(text, '\0', n)) {
		free(text);
		return err_set(e, ERR_USAGE, "rules '%s' hold a NUL byte: "
			"that is no text", path);
	}
	*t = (struct rules_text){xstrdup(path), text};
	return true;
}

bool rules_load(struct rules **out, const char *const *files, size_t n,
	struct err *e)
{
	struct rules_text *texts = xcalloc(n + 1, sizeof *texts);
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++)
		ok = read_text(&texts[i], files[i], e);
	ok = ok && rules_with(out, texts, n, e);
	texts_free(texts, n);
	return ok;
}

void rules_free(struct rules *rs)
{
	if (!rs)
		return;
	for (size_t i = 0; i < rs->n; i++)
		rule_free(&rs->v[i]);
	free(rs->v);
	providers_free(rs->providers);
	texts_free(rs->texts, rs->texts_n);
	free(rs);
}

const struct providers *rules_providers(const struct rules *rs)
{
	return rs->providers;
}

const struct rules_text *rules_added(const struct rules *rs, size_t *n)
{
	*n = rs->texts_n;
	return rs->texts;
}

size_t rules_count(const struct rules *rs)
{
	return rs->n;
}

uint64_t rules_print(const struct rules *rs)
{
	uint64_t h = RULEFILE_PRINT;

	for (size_t i = 0; i < rs->n; i++) {
		const struct rule *r = &rs->v[i];
		const unsigned numbers[] = {r->of, r->type, r->score};

		h = rulefile_print(h, r->name);
		h = rulefile_print(h, r->pattern);
		h = rulefile_print(h, r->vendor);
		h = rulefile_print(h, r->model);
		for (int k = 0; k < 3; k++)
			h = (h ^ numbers[k]) * 0x100000001b3;
	}
	return providers_print(rs->providers, h);
}

/* ---- judging --------------------------------------------------------- */

/* A rule that a fact fulfils. */
struct hit {
	const struct rule *rule;
	const struct rule_fact *fact;
};

/* A total order, so that the order of facts and of ties never shows. */
static bool better(const struct hit *a, const struct hit *b)
{
	int by;

	if (!b->rule)
		return true;
	if (a->rule->score != b->rule->score)
		return a->rule->score > b->rule->score;
	by = strcmp(a->rule->name, b->rule->name);
	if (by != 0)
		return by < 0;
	if (a->fact->of != b->fact->of)
		return a->fact->of < b->fact->of;
	return strcmp(a->fact->text, b->fact->text) < 0;
}

struct bench {
	struct hit by_type[DEVICE_TYPES][RULES_OF];
	struct hit vendor, model, mac;
	struct mac own;
};

static void weigh(struct bench *b, const struct hit *h, bool has_mac,
	const struct mac *mac)
{
	struct hit *best = &b->by_type[h->rule->type][h->fact->of];

	if (better(h, best))
		*best = *h;
	if (h->rule->vendor && better(h, &b->vendor))
		b->vendor = *h;
	if (h->rule->model && better(h, &b->model))
		b->model = *h;
	if (has_mac && better(h, &b->mac)) {
		b->mac = *h;
		b->own = *mac;
	}
}

/* Kinds of facts are taken as independent: what two of them leave open
 * multiplies. In 1/10000, so that no rounding depends on a machine. */
static unsigned together(const struct hit by_of[RULES_OF], struct hit *best)
{
	unsigned open = 10000;

	*best = (struct hit){0};
	for (int of = 0; of < RULES_OF; of++) {
		const struct hit *h = &by_of[of];

		if (!h->rule)
			continue;
		open = open * (100 - h->rule->score) / 100;
		if (better(h, best))
			*best = *h;
	}
	open = (10000 - open) / 100;
	return open > SCORE_MOST ? SCORE_MOST : open;
}

static bool is_own(const struct mac *m)
{
	return !mac_is_zero(m) && !mac_is_group(m);
}

static bool looks_at(const struct rule *r, enum rule_of of)
{
	return (int)r->of == OF_NAME ? is_host_name[of] : r->of == of;
}

/* A host's name is known with and without its domain. */
static void judge_fact(const struct rules *rs, const struct rule_fact *f,
	struct bench *b)
{
	char label[TEXT_MAX] = "";
	size_t n = strcspn(f->text, ".");

	if (is_host_name[f->of] && f->text[n] == '.' && n < sizeof label)
		memcpy(label, f->text, n);
	for (size_t i = 0; i < rs->n; i++) {
		struct hit h = {&rs->v[i], f};
		struct mac mac;
		bool has_mac;

		if (looks_at(h.rule, f->of) &&
			(glob_matches(h.rule->pattern, f->text, &mac,
				 &has_mac) ||
				(label[0] != '\0' && glob_matches(
					h.rule->pattern, label, &mac,
					&has_mac))))
			weigh(b, &h, has_mac && is_own(&mac), &mac);
	}
}

struct judgement rules_judge(const struct rules *rs,
	const struct rule_fact *facts, size_t n)
{
	struct judgement j = {0};
	struct bench *b = xcalloc(1, sizeof *b);
	struct hit best = {0};

	for (size_t i = 0; i < n; i++)
		judge_fact(rs, &facts[i], b);
	for (int t = TYPE_UNKNOWN + 1; t < DEVICE_TYPES; t++) {
		struct hit h;
		unsigned score = together(b->by_type[t], &h);

		if (score > j.score || (score > 0 && score == j.score &&
				better(&h, &best))) {
			j.score = score;
			j.type = (enum device_type)t;
			best = h;
		}
	}
	if (best.rule) {
		j.rule = best.rule->name;
		j.fact = best.fact->text;
		j.fact_of = best.fact->of;
	}
	j.vendor = b->vendor.rule ? b->vendor.rule->vendor : NULL;
	j.model = b->model.rule ? b->model.rule->model : NULL;
	j.has_mac = b->mac.rule != NULL;
	if (j.has_mac)
		j.mac = b->own;
	free(b);
	return j;
}

bool rules_is_sender(const struct judgement *j)
{
	return j->type > TYPE_UNKNOWN && j->type < TYPE_APPLICATION &&
		j->type != TYPE_NETWORK && j->score >= LIKELY;
}

bool rules_is_name(const char *name)
{
	static const char *const nobody[] = {
		"localhost", "localhost.localdomain", "localhost.local",
		"localdomain", "unknown", "none", "(none)",
	};
	struct addr a;

	if (name[0] == '\0' || name[0] == '[' || addr_parse(name, &a))
		return false;
	for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++)
		if (strcasecmp(name, nobody[i]) == 0)
			return false;
	return true;
}
