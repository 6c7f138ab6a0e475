/* providers.h: whose service a mail server is, and how one sends through it.
 * The rules are data: inventory/data/providers.rules, which says at its head
 * how they are written. */
#pragma once
#include "capture/base/addr.h"
#include "capture/base/err.h"
#include "inventory/rulefile.h"

/* How mail gets away. */
enum service_way {
	WAY_UNKNOWN, WAY_SUBMISSION, WAY_LEGACY_TLS, WAY_HIGH_VOLUME,
	WAY_AZURE, WAY_MX, WAY_PROVIDER, WAY_OWN,
	WAYS
};

const char *service_way_word(enum service_way w); /* "mx"; NULL for none */
/* "direct send or a connector": for people. */
const char *service_way_text(enum service_way w);

/* What a rule says of the servers that it fits. */
struct provider {
	const char *service; /* "exchange-online-submission" */
	const char *name;    /* "Microsoft", or NULL */
	const char *rule;
	enum service_way way;
	bool demands;        /* it takes no mail without AUTH */
};

struct providers;

struct providers *providers_new(void);
void providers_free(struct providers *p);
/* Are rules of that kind for here? */
bool providers_have_kind(const char *kind);
/* Takes the rule in hand; one of the same name gives way. */
bool providers_add(struct providers *p, const struct rulefile *f,
	struct err *e);
/* After the last one, and before anything is asked. */
void providers_sort(struct providers *p);
size_t providers_count(const struct providers *p);

/* What the most exact rule says; NULL: none fits. */
const struct provider *providers_by_name(const struct providers *p,
	const char *name, size_t n);
const struct provider *providers_by_address(const struct providers *p,
	const struct addr *a);
/* The pattern of a fleet that the name is one of, or NULL. */
const char *providers_fleet(const struct providers *p, const char *name,
	size_t n);

/* Goes on with a print of rules: equal ones have equal prints. */
uint64_t providers_print(const struct providers *p, uint64_t h);
