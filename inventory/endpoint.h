/* endpoint.h: what a mail server is called, whose service it is, and whether
 * it takes mail without AUTH. Names only; nothing is looked up. */
#pragma once
#include "capture/base/text.h"
#include <stdbool.h>

enum endpoint_from {
	ENDPOINT_UNNAMED, ENDPOINT_SNI, ENDPOINT_PROXY, ENDPOINT_DNS,
	ENDPOINT_CERTIFICATE, ENDPOINT_BANNER,
};

/* NULL where not known; cert_names: a list, a newline between two; proxied:
 * what a proxy was asked for; dns: the name whose address this was the answer
 * for. */
struct endpoint_facts {
	const char *sni, *cert_cn, *cert_names, *banner, *proxied, *dns;
};

/* The best name, into out. */
enum endpoint_from endpoint_name(const struct endpoint_facts *f,
	char out[TEXT_MAX]);
/* "sni" ..., or NULL. */
const char *endpoint_from_word(enum endpoint_from from);

/* "exchange-online-submission" ..., or NULL; demands: it takes no mail
 * without AUTH. By the first name that any service is known by. */
const char *endpoint_service(const struct endpoint_facts *f, bool *demands);

/* Is the certificate, of which names were seen, for the name that the client
 * asked for (RFC 9525, 6.3)? True where one of the two is not known. */
bool endpoint_certificate_fits(const struct endpoint_facts *f);

/* The host name that begins a greeting, into out; false: there is none. One
 * of a provider's thousand front ends becomes "*.outlook.office365.com". */
bool endpoint_banner_host(const char *banner, char out[TEXT_MAX]);
bool endpoint_banner_group(const char *banner, char out[TEXT_MAX]);

/* Where the part of a greeting begins that changes each time: a date, a queue
 * id. At most its length. */
size_t endpoint_banner_cut(const char *banner);
