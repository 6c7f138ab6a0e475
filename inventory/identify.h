/* identify.h: whose is this end? A device is its network card where that can
 * be known, else its address. */
#pragma once
#include "capture/base/text.h"
#include "inventory/db_private.h"

struct identify;

enum { IDENTIFY_DEVICE = 5 + TEXT_MAX + ADDR_TEXT };

bool identify_open(struct identify **out, struct db *db, struct err *e);
void identify_close(struct identify *i);

/* "mac:00:26:73:a5:a8:f3", "ip:10.20.4.31", "ip:SITE/10.20.4.31". */
bool identify_end(struct identify *i, int64_t end,
	char out[IDENTIFY_DEVICE], struct err *e);

/* The MAC that ends the first label of an EHLO name, "" if there is none.
 * Sessions with another one are kept apart: whether it names the device, the
 * rules say. helo: may be NULL. */
const char *identify_called(const char *helo, char out[MAC_TEXT]);

/* Does this card speak for many senders, as a router's does? */
bool identify_is_router(struct identify *i, const char *mac, bool *router,
	struct err *e);
