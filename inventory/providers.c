/* providers.c: see providers.h. A session asks for up to five names, thousands
 * of times a second, so that most rules are found by bisection: those without a
 * star by the name, "*.below" by each part of it that follows a dot. */
#include "inventory/providers.h"
#include "capture/base/text.h"
#include "inventory/glob.h"
#include "inventory/sql.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST = 4096, SERVICE_LONGEST = 63, DNS_LONGEST = 253 };

enum {
	F_NAME, F_KIND, F_PATTERN, F_SERVICE, F_WAY, F_AUTH, F_PROVIDER, FIELDS,
};

enum kind { KIND_SERVER, KIND_FLEET, KIND_ADDRESS, KINDS };

struct rule {
	struct provider says;
	char *name, *pattern, *service, *provider; /* what says points to */
	enum kind kind;
	size_t exact;     /* characters that are no wildcard */
	struct addr addr; /* of KIND_ADDRESS */
	unsigned bits;
};

struct index {
	const struct rule **v;
	size_t n;
};

struct providers {
	struct rule *v;
	size_t n, cap;
	struct index whole;     /* sorted by name */
	struct index below;     /* "*.x" sorted by x */
	struct index odd;       /* the others, the most exact first */
	struct index addresses; /* the longest prefix first */
};

static const struct {
	const char *word, *text;
} ways[WAYS] = {
	[WAY_SUBMISSION] = {"submission", "client submission"},
	[WAY_LEGACY_TLS] = {"legacy-tls", "the end point for old TLS"},
	[WAY_HIGH_VOLUME] = {"high-volume", "high volume e-mail"},
	[WAY_AZURE] = {"azure", "Azure Communication Services"},
	[WAY_MX] = {"mx", "direct send or a connector"},
	[WAY_PROVIDER] = {"provider", "another provider"},
	[WAY_OWN] = {"own", "a server of one's own"},
};

const char *service_way_word(enum service_way w)
{
	return ways[w].word;
}

const char *service_way_text(enum service_way w)
{
	return ways[w].text;
}

static const char *const kind_words[KINDS] = {
	[KIND_SERVER] = "server", [KIND_FLEET] = "fleet",
	[KIND_ADDRESS] = "address",
};

static int kind_of(const char *word)
{
	for (int k = 0; k < KINDS; k++)
		if (strcasecmp(kind_words[k], word) == 0)
			return k;
	return -1;
}

bool providers_have_kind(const char *kind)
{
	return kind_of(kind) >= 0;
}

struct providers *providers_new(void)
{
	return xcalloc(1, sizeof(struct providers));
}

static void rule_free(struct rule *r)
{
	free(r->name);
	free(r->pattern);
	free(r->service);
	free(r->provider);
}

static void forget_order(struct providers *p)
{
	struct index *all[] = {&p->whole, &p->below, &p->odd, &p->addresses};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		free(all[i]->v);
		*all[i] = (struct index){0};
	}
}

void providers_free(struct providers *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		rule_free(&p->v[i]);
	forget_order(p);
	free(p->v);
	free(p);
}

size_t providers_count(const struct providers *p)
{
	return p->n;
}

/* ---- reading --------------------------------------------------------- */

static bool is_service(const char *word)
{
	size_t n = strlen(word);

	return n > 0 && n <= SERVICE_LONGEST &&
		strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

/* "192.0.2.0/24", or an address alone. Bits behind the prefix are none. */
static bool parse_network(const char *word, struct rule *r)
{
	const char *slash = strchr(word, '/');
	char host[ADDR_TEXT], *end;
	size_t n = slash ? (size_t)(slash - word) : strlen(word);
	unsigned most;
	long bits;

	if (n >= sizeof host)
		return false;
	memcpy(host, word, n);
	host[n] = '\0';
	if (!addr_parse(host, &r->addr))
		return false;
	most = (unsigned)addr_len(&r->addr) * 8;
	r->bits = most;
	if (!slash)
		return true;
	bits = strtol(slash + 1, &end, 10);
	if (!isdigit((unsigned char)slash[1]) || *end != '\0' || bits < 0 ||
		bits > (long)most)
		return false;
	r->bits = (unsigned)bits;
	for (unsigned i = r->bits; i < most; i++)
		if (r->addr.b[i / 8] >> (7 - i % 8) & 1)
			return false;
	return true;
}

static bool take_pattern(struct rule *r, const struct rulefile *f,
	struct err *e)
{
	const char *word = f->word[F_PATTERN], *why;

	if (r->kind == KIND_ADDRESS)
		return parse_network(word, r) || rulefile_wrong(f, e,
			"a network is written as 192.0.2.0/24 or "
			"2001:db8::/32, without bits behind its prefix, unlike",
			word);
	why = strpbrk(word, "{}#") ? "a server's name has no {mac} or #:"
				   : glob_wrong(word);
	if (why)
		return rulefile_wrong(f, e, why, word);
	if (r->kind == KIND_FLEET && strncmp(word, "*.", 2) != 0)
		return rulefile_wrong(f, e,
			"a fleet's pattern begins with *., unlike", word);
	for (; *word != '\0'; word++)
		r->exact += *word != '*' && *word != '?';
	return true;
}

static bool take_way(struct rule *r, const struct rulefile *f, struct err *e)
{
	const char *auth = f->word[F_AUTH];
	int w = WAY_UNKNOWN + 1;

	while (w < WAYS && strcasecmp(ways[w].word, f->word[F_WAY]) != 0)
		w++;
	if (w == WAYS)
		return rulefile_wrong(f, e, "there is no way", f->word[F_WAY]);
	r->says.way = (enum service_way)w;
	r->says.demands = strcasecmp(auth, "required") == 0;
	return r->says.demands || strcasecmp(auth, "optional") == 0 ||
		rulefile_wrong(f, e, "AUTH is required or optional, not", auth);
}

static bool fill(struct rule *r, const struct rulefile *f, struct err *e)
{
	if (f->words < F_PROVIDER)
		return rulefile_wrong(f, e, "a rule about servers has at least "
			"six words, unlike", f->word[F_NAME]);
	if (f->words > FIELDS)
		return rulefile_wrong(f, e, "one word too many:",
			f->word[FIELDS]);
	r->kind = (enum kind)kind_of(f->word[F_KIND]);
	if (!take_pattern(r, f, e))
		return false;
	if (!is_service(f->word[F_SERVICE]))
		return rulefile_wrong(f, e, "a service is called by small "
			"letters, digits and hyphens, at most 63, not",
			f->word[F_SERVICE]);
	if (!take_way(r, f, e))
		return false;
	r->name = xstrdup(f->word[F_NAME]);
	r->pattern = xstrdup(f->word[F_PATTERN]);
	r->service = xstrdup(f->word[F_SERVICE]);
	if (f->words > F_PROVIDER && f->word[F_PROVIDER][0] != '\0' &&
		strcmp(f->word[F_PROVIDER], "-") != 0)
		r->provider = xstrdup(f->word[F_PROVIDER]);
	r->says.rule = r->name;
	r->says.service = r->service;
	r->says.name = r->provider;
	return true;
}

bool providers_add(struct providers *p, const struct rulefile *f,
	struct err *e)
{
	struct rule r = {0};

	if (!fill(&r, f, e))
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (strcasecmp(p->v[i].name, r.name) == 0) {
			rule_free(&p->v[i]);
			p->v[i] = r;
			return true;
		}
	if (p->n == MOST) {
		rule_free(&r);
		return err_set(e, ERR_USAGE, "'%s', line %u: more than %d "
			"rules about servers", f->name, f->line, MOST);
	}
	if (p->n == p->cap) {
		p->cap = p->cap > 0 ? 2 * p->cap : 128;
		p->v = xrealloc(p->v, p->cap, sizeof *p->v);
	}
	p->v[p->n++] = r;
	return true;
}

/* ---- order ----------------------------------------------------------- */

static bool is_below(const char *pattern)
{
	return strncmp(pattern, "*.", 2) == 0 && !strpbrk(pattern + 2, "*?");
}

static int by_name(const void *x, const void *y)
{
	const struct rule *const *a = x, *const *b = y;
	int by = strcasecmp((*a)->pattern, (*b)->pattern);

	return by != 0 ? by : strcmp((*a)->name, (*b)->name);
}

static int by_exactness(const void *x, const void *y)
{
	const struct rule *const *a = x, *const *b = y;

	return (*a)->exact != (*b)->exact
		? ((*a)->exact > (*b)->exact ? -1 : 1) : by_name(x, y);
}

static int by_prefix(const void *x, const void *y)
{
	const struct rule *const *a = x, *const *b = y;

	return (*a)->bits != (*b)->bits
		? ((*a)->bits > (*b)->bits ? -1 : 1) : by_name(x, y);
}

static struct index *index_of(struct providers *p, const struct rule *r)
{
	return r->kind == KIND_ADDRESS ? &p->addresses
		: is_below(r->pattern) ? &p->below
		: strpbrk(r->pattern, "*?") ? &p->odd : &p->whole;
}

static void sort(struct index *x,
	int (*order)(const void *, const void *))
{
	if (x->n > 0)
		qsort(x->v, x->n, sizeof(const struct rule *), order);
}

void providers_sort(struct providers *p)
{
	forget_order(p);
	for (size_t i = 0; i < p->n; i++) {
		struct index *x = index_of(p, &p->v[i]);

		if (!x->v)
			x->v = xcalloc(p->n, sizeof *x->v);
		x->v[x->n++] = &p->v[i];
	}
	sort(&p->whole, by_name);
	sort(&p->below, by_name);
	sort(&p->odd, by_exactness);
	sort(&p->addresses, by_prefix);
}

/* ---- asking ---------------------------------------------------------- */

/* The first of the index whose pattern, from its `skip`th character on, is the
 * name. */
static const struct rule *find(const struct index *x, size_t skip,
	const char *name)
{
	size_t low = 0, high = x->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcasecmp(x->v[middle]->pattern + skip, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < x->n && strcasecmp(x->v[low]->pattern + skip, name) == 0
		? x->v[low] : NULL;
}

/* A trailing dot is the root's. No label of a host name is empty. */
static bool take_name(char out[DNS_LONGEST + 1], const char *name, size_t n)
{
	if (n > 0 && name[n - 1] == '.')
		n--;
	if (n == 0 || n > DNS_LONGEST || name[0] == '.')
		return false;
	memcpy(out, name, n);
	out[n] = '\0';
	return !strstr(out, "..");
}

/* More labels are more characters, so the first that is found is the most
 * exact of its kind. */
static const struct rule *match(const struct providers *p, const char *host)
{
	const struct rule *r = find(&p->whole, 0, host);
	const char *dot = host;
	struct mac mac;
	bool has_mac;

	if (r)
		return r;
	while (!r && (dot = strchr(dot, '.')) != NULL)
		r = find(&p->below, 2, ++dot);
	for (size_t i = 0; i < p->odd.n; i++) {
		const struct rule *o = p->odd.v[i];

		if (r && r->exact >= o->exact)
			break;
		if (glob_matches(o->pattern, host, &mac, &has_mac))
			return o;
	}
	return r;
}

const struct provider *providers_by_name(const struct providers *p,
	const char *name, size_t n)
{
	char host[DNS_LONGEST + 1];
	const struct rule *r = take_name(host, name, n) ? match(p, host) : NULL;

	return r ? &r->says : NULL;
}

const char *providers_fleet(const struct providers *p, const char *name,
	size_t n)
{
	char host[DNS_LONGEST + 1];
	const struct rule *r = take_name(host, name, n) ? match(p, host) : NULL;

	return r && r->kind == KIND_FLEET ? r->pattern : NULL;
}

static bool is_in(const struct addr *a, const struct rule *r)
{
	size_t whole = r->bits / 8;
	unsigned rest = r->bits % 8;

	return a->family == r->addr.family &&
		memcmp(a->b, r->addr.b, whole) == 0 &&
		(rest == 0 || (a->b[whole] ^ r->addr.b[whole]) >> (8 - rest)
			== 0);
}

const struct provider *providers_by_address(const struct providers *p,
	const struct addr *a)
{
	for (size_t i = 0; i < p->addresses.n; i++)
		if (is_in(a, p->addresses.v[i]))
			return &p->addresses.v[i]->says;
	return NULL;
}

uint64_t providers_print(const struct providers *p, uint64_t h)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct rule *r = &p->v[i];
		const char *texts[] = {r->name, r->pattern, r->service,
			r->provider ? r->provider : ""};
		const unsigned numbers[] = {r->kind, r->says.way,
			r->says.demands};

		for (size_t t = 0; t < 4; t++)
			h = rulefile_print(h, texts[t]);
		for (size_t k = 0; k < 3; k++)
			h = (h ^ numbers[k]) * 0x100000001b3;
	}
	return h;
}
