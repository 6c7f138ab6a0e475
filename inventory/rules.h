/* rules.h: what a name that firmware made tells of its bearer. */
#pragma once
#include "capture/base/addr.h"
#include <stdbool.h>

/* Does a device of that name, or DHCP vendor class, usually send mail? */
bool rules_is_sender(const char *name);
/* The maker that a name shows, or NULL; *has_mac where the name carries the
 * whole MAC as well, which holds behind any router. */
const char *rules_vendor(const char *name, struct mac *mac, bool *has_mac);
/* Is it a name that tells one device from others? Not "localhost", not an
 * address. */
bool rules_is_name(const char *name);
