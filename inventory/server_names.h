/* server_names.h: "52.97.1.34:587" becomes "smtp.office365.com:587", and
 * "exchange-online-submission". */
#pragma once
#include "capture/base/text.h"
#include "inventory/query_private.h"

struct server_names;

/* "[2001:db8::1]:587", "mx.example:25": the host without brackets, and the
 * port. False: it is no such label. */
bool server_label_split(const char *label, char host[TEXT_MAX],
	const char **port);

/* own: one's own domains; borrowed. */
bool server_names_open(struct server_names **out, struct query *q,
	const struct names *own, struct err *e);
void server_names_close(struct server_names *s);
/* The service of one; "other" where nobody knows it. Borrowed until the next
 * call. */
bool server_names_service(struct server_names *s, const char *label,
	const char **service, struct err *e);
/* Names each that has a name; the many addresses of one become one. */
bool server_names_apply(struct server_names *s, struct names *n,
	struct err *e);
