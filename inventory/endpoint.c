/* endpoint.c: see endpoint.h. */
#include "inventory/endpoint.h"
#include "capture/base/addr.h"
#include "inventory/own.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* What nobody has to write a rule for. */
static const struct provider own_domain = {
	.service = "own", .rule = "own-domain", .way = WAY_OWN};
static const struct provider own_address = {
	.service = "own", .rule = "private-address", .way = WAY_OWN};

static size_t host_length(const char *p)
{
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) || p[n] == '-' || p[n] == '.' ||
		p[n] == '_')
		n++;
	return n;
}

/* RFC 5321, 4.2: "220 " Domain [SP text]; a lone label counts only where the
 * word behind it shows that it was meant as a name. */
bool endpoint_banner_host(const char *banner, char out[TEXT_MAX])
{
	size_t n = host_length(banner), letters = 0;
	const char *rest = banner + n;

	for (size_t i = 0; i < n; i++)
		letters += isalpha((unsigned char)banner[i]) != 0;
	if (letters == 0 || n >= TEXT_MAX || (*rest != '\0' && *rest != ' '))
		return false;
	if (!memchr(banner, '.', n) && strncasecmp(rest, " ESMTP", 6) != 0 &&
		strncasecmp(rest, " SMTP", 5) != 0)
		return false;
	memcpy(out, banner, n);
	out[n] = '\0';
	return true;
}

bool endpoint_banner_group(const struct providers *p, const char *banner,
	char out[TEXT_MAX])
{
	const char *fleet;

	if (!endpoint_banner_host(banner, out))
		return false;
	fleet = providers_fleet(p, out, strlen(out));
	if (fleet)
		text_clean(out, TEXT_MAX, fleet, strlen(fleet));
	return true;
}

static bool is_weekday(const char *p, size_t n)
{
	static const char days[7][4] = {
		"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

	for (int i = 0; i < 7; i++)
		if (n >= 3 && n <= 4 && strncmp(p, days[i], 3) == 0)
			return n == 3 || p[3] == ',';
	return false;
}

size_t endpoint_banner_cut(const char *banner)
{
	size_t at = strcspn(banner, " ");

	while (banner[at] != '\0') {
		const char *word = banner + at + 1;
		size_t n = strcspn(word, " "), digits = 0;

		for (size_t i = 0; i < n; i++)
			digits += isdigit((unsigned char)word[i]) != 0;
		if (is_weekday(word, n) || (n >= 6 && digits >= 3))
			return at;
		at += 1 + n;
	}
	return at;
}

static void copy(char out[TEXT_MAX], const char *p, size_t n)
{
	text_clean(out, TEXT_MAX, p, n);
}

/* A certificate for many hosts is named after the first of them. */
static bool certificate_name(const struct endpoint_facts *f,
	char out[TEXT_MAX])
{
	const char *p = f->cert_names ? f->cert_names : "";

	if (f->cert_cn && f->cert_cn[0] != '\0' && f->cert_cn[0] != '*') {
		copy(out, f->cert_cn, strlen(f->cert_cn));
		return true;
	}
	while (*p != '\0') {
		size_t n = strcspn(p, "\n");

		if (n > 0 && *p != '*') {
			copy(out, p, n);
			return true;
		}
		p += n + (p[n] == '\n');
	}
	if (!f->cert_cn || f->cert_cn[0] == '\0')
		return false;
	copy(out, f->cert_cn, strlen(f->cert_cn));
	return true;
}

/* A star stands for one label, the first. */
static bool certifies(const char *p, size_t n, const char *host)
{
	const char *dot = strchr(host, '.');

	if (n > 2 && p[0] == '*' && p[1] == '.')
		return dot && strlen(dot) == n - 1 &&
			strncasecmp(p + 1, dot, n - 1) == 0;
	return strlen(host) == n && strncasecmp(p, host, n) == 0;
}

bool endpoint_certificate_fits(const struct endpoint_facts *f)
{
	const char *p = f->cert_names ? f->cert_names : "";
	const char *cn = f->cert_cn ? f->cert_cn : "";

	if (!f->sni || f->sni[0] == '\0' || (*p == '\0' && *cn == '\0'))
		return true;
	/* The common name counts only where there are no others. */
	if (*p == '\0')
		return certifies(cn, strlen(cn), f->sni);
	while (*p != '\0') {
		size_t n = strcspn(p, "\n");

		if (certifies(p, n, f->sni))
			return true;
		p += n + (p[n] == '\n');
	}
	return false;
}

static bool greeting_name(const struct endpoint_facts *f, char out[TEXT_MAX])
{
	if (f->greeted) {
		copy(out, f->greeted, strlen(f->greeted));
		return true;
	}
	return f->banner && endpoint_banner_host(f->banner, out);
}

enum endpoint_from endpoint_name(const struct endpoint_facts *f,
	char out[TEXT_MAX])
{
	struct addr a;

	if (f->sni && f->sni[0] != '\0') {
		copy(out, f->sni, strlen(f->sni));
		return ENDPOINT_SNI;
	}
	if (f->proxied && !addr_parse(f->proxied, &a)) {
		copy(out, f->proxied, strlen(f->proxied));
		return ENDPOINT_PROXY;
	}
	if (f->dns && f->dns[0] != '\0') {
		copy(out, f->dns, strlen(f->dns));
		return ENDPOINT_DNS;
	}
	if (certificate_name(f, out))
		return ENDPOINT_CERTIFICATE;
	if (greeting_name(f, out))
		return ENDPOINT_BANNER;
	/* An address is no name, but the proxy's would be a wrong one. */
	if (f->proxied) {
		copy(out, f->proxied, strlen(f->proxied));
		return ENDPOINT_PROXY;
	}
	out[0] = '\0';
	return ENDPOINT_UNNAMED;
}

const char *endpoint_from_word(enum endpoint_from from)
{
	switch (from) {
	case ENDPOINT_SNI: return "sni";
	case ENDPOINT_PROXY: return "proxy";
	case ENDPOINT_DNS: return "dns";
	case ENDPOINT_CERTIFICATE: return "certificate";
	case ENDPOINT_BANNER: return "banner";
	case ENDPOINT_ADDRESS: return "address";
	case ENDPOINT_UNNAMED: break;
	}
	return NULL;
}

/* The rules that are asked; NULL: which domains are one's own, instead. */
struct question {
	const struct providers *rules;
	const struct names *own;
	struct endpoint_service *answer;
};

static bool ask(const struct question *q, enum endpoint_from from,
	const char *name, size_t n)
{
	struct endpoint_service *a = q->answer;

	a->of = q->rules ? providers_by_name(q->rules, name, n) : NULL;
	if (!a->of && q->rules)
		return false;
	copy(a->fact, name, n);
	if (!q->rules && own_has(q->own, a->fact))
		a->of = &own_domain;
	a->from = a->of ? from : ENDPOINT_UNNAMED;
	return a->of != NULL;
}

static bool ask_text(const struct question *q, enum endpoint_from from,
	const char *name)
{
	return name && name[0] != '\0' && ask(q, from, name, strlen(name));
}

/* One certificate serves many hosts: any of its names may tell. */
static bool ask_certificate(const struct question *q,
	const struct endpoint_facts *f)
{
	const char *p = f->cert_names ? f->cert_names : "";

	if (ask_text(q, ENDPOINT_CERTIFICATE, f->cert_cn))
		return true;
	while (*p != '\0') {
		size_t n = strcspn(p, "\n");

		if (n > 0 && ask(q, ENDPOINT_CERTIFICATE, p, n))
			return true;
		p += n + (p[n] == '\n');
	}
	return false;
}

static bool ask_names(const struct question *q,
	const struct endpoint_facts *f)
{
	char greeting[TEXT_MAX];

	return ask_text(q, ENDPOINT_SNI, f->sni) ||
		ask_text(q, ENDPOINT_PROXY, f->proxied) ||
		ask_text(q, ENDPOINT_DNS, f->dns) || ask_certificate(q, f) ||
		(greeting_name(f, greeting) &&
			ask_text(q, ENDPOINT_BANNER, greeting));
}

/* The address at the other end is a proxy's, where there is one. */
static bool address_of(const struct endpoint_facts *f, struct addr *out)
{
	const char *ip = f->proxied ? f->proxied : f->ip;

	return ip && addr_parse(ip, out);
}

bool endpoint_service(const struct providers *p,
	const struct endpoint_facts *f, struct endpoint_service *out)
{
	struct question q = {.rules = p, .own = f->own, .answer = out};
	bool has_addr = false;
	struct addr a;

	out->of = NULL;
	out->from = ENDPOINT_UNNAMED;
	out->fact[0] = '\0';
	if (ask_names(&q, f))
		return true;
	has_addr = address_of(f, &a);
	if (has_addr)
		out->of = providers_by_address(p, &a);
	q.rules = NULL;
	if (!out->of && f->own && ask_names(&q, f))
		return true;
	if (!out->of && f->own && has_addr && addr_is_private(&a))
		out->of = &own_address;
	out->fact[0] = '\0';
	if (!out->of)
		return false;
	out->from = ENDPOINT_ADDRESS;
	addr_format(&a, out->fact);
	return true;
}

bool endpoint_demands(const struct providers *p,
	const struct endpoint_facts *f)
{
	struct endpoint_facts seen = *f;
	struct endpoint_service s;

	seen.dns = NULL;
	seen.own = NULL;
	return endpoint_service(p, &seen, &s) && s.of->demands;
}
