/* endpoint.c: see endpoint.h. */
#include "inventory/endpoint.h"
#include "capture/base/addr.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

struct service {
	const char *host; /* "*.x": any name below x; "x*y": around a region */
	const char *name;
	bool demands;
};

/* As their makers document them, 2026-11. Those that also relay for known
 * addresses (smtp-relay.gmail.com, mail.smtp2go.com, a connector behind
 * mail.protection.outlook.com) demand nothing. */
static const struct service services[] = {
	{"smtp.office365.com", "exchange-online-submission", true},
	{"outlook.office365.com", "exchange-online-submission", true},
	{"outlook.office.com", "exchange-online-submission", true},
	{"smtp-mail.outlook.com", "exchange-online-submission", true},
	{"smtp.partner.outlook.cn", "exchange-online-submission", true},
	{"smtp.office365.us", "exchange-online-submission", true},
	{"smtp-legacy.office365.com", "exchange-online-legacy-tls", true},
	{"smtp-hve.office365.com", "exchange-online-hve", true},
	{"smtp.hve.mx.microsoft", "exchange-online-hve", true},
	{"smtp.azurecomm.net", "azure-communication-services", true},
	{"*.mail.protection.outlook.com", "exchange-online-mx", false},
	{"mail.protection.outlook.com", "exchange-online-mx", false},
	{"*.mx.microsoft", "exchange-online-mx", false},
	/* A front end's greeting or certificate: after the names above. */
	{"*.outlook.office365.com", "exchange-online-submission", true},
	{"*.prod.outlook.com", "exchange-online-submission", true},
	{"smtp.gmail.com", "gmail", true},
	{"smtp.googlemail.com", "gmail", true},
	{"smtp-relay.gmail.com", "google-relay", false},
	{"*.l.google.com", "google-mx", false},
	{"email-smtp.*.amazonaws.com", "amazon-ses", true},
	{"email-smtp-fips.*.amazonaws.com", "amazon-ses", true},
	{"email-smtp.amazonaws.com", "amazon-ses", true},
	{"smtp.sendgrid.net", "sendgrid", true},
	{"smtp.mailgun.org", "mailgun", true},
	{"smtp.eu.mailgun.org", "mailgun", true},
	{"smtp.postmarkapp.com", "postmark", true},
	{"smtp-relay.brevo.com", "brevo", true},
	{"smtp-relay.sendinblue.com", "brevo", true},
	{"mail.smtp2go.com", "smtp2go", false},
	{"in-v3.mailjet.com", "mailjet", true},
	{"smtp.zoho.com", "zoho", true},
	{"smtp.zoho.eu", "zoho", true},
	{"smtppro.zoho.com", "zoho", true},
	{"smtp.mail.yahoo.com", "yahoo", true},
	{"smtp.mail.me.com", "icloud", true},
};

static bool matches(const char *pattern, const char *name, size_t n)
{
	const char *star = strchr(pattern, '*');
	size_t head, tail;

	if (!star)
		return strlen(pattern) == n &&
			strncasecmp(pattern, name, n) == 0;
	head = (size_t)(star - pattern);
	tail = strlen(star + 1);
	return n > head + tail && strncasecmp(pattern, name, head) == 0 &&
		strncasecmp(star + 1, name + n - tail, tail) == 0;
}

static const struct service *service_of(const char *name, size_t n)
{
	if (n > 0 && name[n - 1] == '.')
		n--;
	for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
		if (matches(services[i].host, name, n))
			return &services[i];
	return NULL;
}

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

bool endpoint_banner_group(const char *banner, char out[TEXT_MAX])
{
	const struct service *s;

	if (!endpoint_banner_host(banner, out))
		return false;
	s = service_of(out, strlen(out));
	if (s && s->host[0] == '*')
		strcpy(out, s->host);
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
	if (f->banner && endpoint_banner_host(f->banner, out))
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
	case ENDPOINT_UNNAMED: break;
	}
	return NULL;
}

const char *endpoint_service(const struct endpoint_facts *f, bool *demands)
{
	char certificate[TEXT_MAX] = "", banner[TEXT_MAX] = "";
	const char *names[] = {f->sni, f->proxied, f->dns, certificate,
		banner};

	certificate_name(f, certificate);
	if (f->banner)
		endpoint_banner_host(f->banner, banner);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct service *s = names[i]
			? service_of(names[i], strlen(names[i])) : NULL;

		if (s) {
			*demands = s->demands;
			return s->name;
		}
	}
	*demands = false;
	return NULL;
}
