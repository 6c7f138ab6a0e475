/* endpoint.h: what a mail server is called, whose service it is, and whether
 * it takes mail without AUTH. From what was seen; nothing is looked up. */
#pragma once
#include "capture/base/text.h"
#include "inventory/providers.h"
#include <stdbool.h>

/* In the order of their strength. */
enum endpoint_from {
	ENDPOINT_UNNAMED, ENDPOINT_SNI, ENDPOINT_PROXY, ENDPOINT_DNS,
	ENDPOINT_CERTIFICATE, ENDPOINT_BANNER, ENDPOINT_ADDRESS,
};

/* What is known of a server; NULL where it is not. */
struct names;
struct endpoint_facts {
	const char *sni;
	const char *proxied;    /* what a proxy was asked for */
	const char *dns;        /* the name whose address this was the answer
				 * for */
	const char *cert_cn, *cert_names; /* a list, a newline between two */
	const char *banner;
	const char *greeted;    /* the name that it begins with, or the fleet
				 * that it is one of, where that is known */
	const char *ip;
	const struct names *own; /* one's own domains; NULL: nobody asks
				  * whether a server is one's own */
};

/* The best name, into out. */
enum endpoint_from endpoint_name(const struct endpoint_facts *f,
	char out[TEXT_MAX]);
/* "sni" ..., or NULL. */
const char *endpoint_from_word(enum endpoint_from from);

/* Whose service it is, by the strongest fact that a rule knows. */
struct endpoint_service {
	const struct provider *of;
	enum endpoint_from from;
	char fact[TEXT_MAX]; /* the name or address that told */
};
bool endpoint_service(const struct providers *p,
	const struct endpoint_facts *f, struct endpoint_service *out);

/* Does it take no mail without AUTH? Not by DNS: what somebody asked for at
 * some time decides no verdict. */
bool endpoint_demands(const struct providers *p,
	const struct endpoint_facts *f);

/* Is the certificate, of which names were seen, for the name that the client
 * asked for (RFC 9525, 6.3)? True where one of the two is not known. */
bool endpoint_certificate_fits(const struct endpoint_facts *f);

/* The host name that begins a greeting, into out; false: there is none. One
 * of a provider's thousand front ends becomes "*.outlook.office365.com". */
bool endpoint_banner_host(const char *banner, char out[TEXT_MAX]);
bool endpoint_banner_group(const struct providers *p, const char *banner,
	char out[TEXT_MAX]);

/* Where the part of a greeting begins that changes each time: a date, a queue
 * id. At most its length. */
size_t endpoint_banner_cut(const char *banner);
