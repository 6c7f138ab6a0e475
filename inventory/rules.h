/* rules.h: what names and habits tell of the thing that has them: its type,
 * vendor and model. The rules are data: inventory/data/devices.rules, which
 * says at its head how they are written. Those about servers are read along
 * with them: providers.h. */
#pragma once
#include "capture/base/addr.h"
#include "capture/base/err.h"
#include <stdbool.h>
#include <stddef.h>

enum device_type {
	TYPE_UNKNOWN, TYPE_PRINTER, TYPE_SCANNER, TYPE_NAS, TYPE_UPS,
	TYPE_CAMERA, TYPE_PHONE, TYPE_MANAGEMENT, TYPE_NETWORK, TYPE_BUILDING,
	TYPE_APPLICATION, TYPE_LIBRARY, TYPE_MAIL_SERVER, TYPE_CLIENT,
	DEVICE_TYPES
};

const char *device_type_word(enum device_type t); /* "printer"; "unknown" */

/* What a rule looks at. */
enum rule_of {
	RULE_EHLO, RULE_DHCP_HOST, RULE_DHCP_CLASS, RULE_DHCP_OPTIONS,
	RULE_DHCP_FQDN, RULE_DNS, RULE_MDNS, RULE_SERVICE, RULE_NETBIOS,
	RULE_LLMNR, RULE_NTLM, RULE_AGENT, RULE_BANNER, RULE_CERTIFICATE,
	RULE_OUI, RULE_JA4, RULE_GRAMMAR,
	RULES_OF
};

const char *rule_of_word(enum rule_of of); /* "ehlo", "dhcp-class" */

/* One thing that is known of a device. */
struct rule_fact {
	enum rule_of of;
	const char *text; /* borrowed, as is all below */
};

struct judgement {
	enum device_type type;
	const char *vendor, *model; /* NULL: no rule says */
	unsigned score;   /* 1-99: how sure the type is; 0: it is unknown */
	const char *rule; /* the one that decided: its name */
	const char *fact; /* and what it matched */
	enum rule_of fact_of;
	bool has_mac;     /* a name carries the MAC of the device */
	struct mac mac;
};

struct rules;

/* The rules that came with the program, and those of more files: a rule there
 * replaces that of the same name. An error names file, line and reason. */
bool rules_load(struct rules **out, const char *const *files, size_t n,
	struct err *e);
/* The same from texts; name: what errors call it. */
struct rules_text {
	char *name, *text;
};
bool rules_with(struct rules **out, const struct rules_text *texts, size_t n,
	struct err *e);
/* The texts that were added to the program's own rules. Borrowed. */
const struct rules_text *rules_added(const struct rules *r, size_t *n);
/* From one text alone, without those of the program. */
bool rules_parse(struct rules **out, const char *name, const char *text,
	size_t n, struct err *e);
void rules_free(struct rules *r);
size_t rules_count(const struct rules *r); /* of those about devices */
struct providers;
const struct providers *rules_providers(const struct rules *r);
/* Equal rules have equal prints. */
uint64_t rules_print(const struct rules *r);

/* Of facts of one kind the best rule counts; kinds add to each other. The
 * result does not depend on the order of facts. Borrows from r and facts. */
struct judgement rules_judge(const struct rules *r,
	const struct rule_fact *facts, size_t n);

/* Does a thing of that type usually send mail of itself, and is it likely that
 * it is one? */
bool rules_is_sender(const struct judgement *j);

/* Is it a name that tells one device from others? Not "localhost", not an
 * address. */
bool rules_is_name(const char *name);
