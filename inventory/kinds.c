/* kinds.c: see kinds.h. */
#include "inventory/kinds.h"
#include <string.h>

static const struct name_kind kinds[RECORD_NAMES] = {
	[RECORD_DHCP_HOST] = {"dhcp_host", RULE_DHCP_HOST, 1, "dhcp"},
	[RECORD_DHCP_CLASS] = {"dhcp_class", RULE_DHCP_CLASS, 0, NULL},
	[RECORD_DHCP_FQDN] = {"dhcp_fqdn", RULE_DHCP_FQDN, 2, "dhcp"},
	[RECORD_DHCP_OPTIONS] = {"dhcp_options", RULE_DHCP_OPTIONS, 0, NULL},
	[RECORD_DNS] = {"dns", RULE_DNS, 7, "dns"},
	[RECORD_PTR] = {"ptr", RULE_DNS, 6, "ptr"},
	[RECORD_MDNS] = {"mdns", RULE_MDNS, 3, "mdns"},
	[RECORD_MDNS_INSTANCE] = {"mdns_instance", RULE_MDNS, 0, NULL},
	[RECORD_MDNS_SERVICE] = {"service", RULE_SERVICE, 0, NULL},
	[RECORD_NETBIOS] = {"netbios", RULE_NETBIOS, 4, "netbios"},
	[RECORD_LLMNR] = {"llmnr", RULE_LLMNR, 5, "llmnr"},
	[RECORD_LOOKUP] = {"lookup", -1, 0, NULL},
	[RECORD_RESOLVER] = {"resolver", -1, 0, NULL},
};

const struct name_kind *name_kind(enum record_name kind)
{
	return &kinds[kind];
}

const struct name_kind *name_kind_of(const char *word, enum record_name *kind)
{
	for (int i = 0; i < RECORD_NAMES; i++)
		if (strcmp(kinds[i].word, word) == 0) {
			*kind = (enum record_name)i;
			return &kinds[i];
		}
	return NULL;
}
