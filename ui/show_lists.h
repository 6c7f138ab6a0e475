/* show_lists.h: what show says of a device's accounts and servers, each with
 * what it was concluded from. */
#pragma once
#include "inventory/query.h"

void show_accounts(const struct device *d, const struct account_list *l);
/* Those it sends to, and those that it is itself. */
void show_servers(const struct device *d, const struct server_list *l);
