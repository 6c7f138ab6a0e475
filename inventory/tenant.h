/* tenant.h: what follows from the tenant's exports together with what was
 * seen: which account a device has, where TLS hides it. */
#pragma once
#include "capture/base/err.h"
#include "inventory/sql.h"

struct rules;

/* Draws those conclusions anew, by join.h, on a connection that may write and
 * has no transaction open. rules: whose a server is. Nothing is done where
 * nothing was imported. */
bool tenant_conclude(sqlite3 *h, const struct rules *rules, struct err *e);
